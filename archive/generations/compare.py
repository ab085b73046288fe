"""A record as it is and as cleaning would make it now in; which fields differ, and what would be lost, out. Pure."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from archive.generations.texts import CLEANED

#: What a record is, not how it was come by.
FIELDS = tuple(name for name in CLEANED if name not in ("extractor", "template", "origins", "dropped", "word_count"))
_JSON = ("authors", "tags", "entries", "corrections", "images", "comments", "rights", "dropped", "origins")
#: A text with less than this part of its words is told of as a loss.
_SHORTER = 0.7
#: Values of ``access`` and the like that say nothing.
_NOTHING = (None, "", "[]", "{}", "unknown", 0)
#: Fields whose loss is told of; a page that has no ``comments`` or ``description`` any more is none the worse.
_MISSED = ("authors", "published_at", "modified_at", "section", "language", "images", "description", "tags", "entries")


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """What cleaning again makes of one record."""

    #: Columns → the new values, of all that differ, also of those that only say how a field was come by.
    changed: Mapping[str, Any] = field(default_factory=dict)
    #: Of ``FIELDS``, those that differ.
    fields: tuple[str, ...] = ()
    #: In a few words each: what the record would lose.
    losses: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.changed)


def compare(before: Mapping[str, Any], after: Mapping[str, Any]) -> Difference:
    """Compare the ``CLEANED`` columns of two records of one page.

    The same lines left out for a reason that counts otherwise by now ("in 15 of the last 16") are no difference.
    """
    changed = {name: after[name] for name in CLEANED if not _same(name, before.get(name), after[name])}
    fields = tuple(name for name in FIELDS if name in changed)
    return Difference(changed=changed, fields=fields, losses=tuple(_losses(before, after, fields)))


def has(value: Any) -> bool:
    """Whether a record says anything in a field."""
    return value not in _NOTHING


def _same(name: str, before: Any, after: Any) -> bool:
    if before == after:
        return True
    if name not in _JSON or before is None or after is None:
        return False
    old, new = json.loads(before), json.loads(after)
    if name == "dropped":
        old, new = ([each["text"] for each in side] for side in (old, new))
    return bool(old == new)


def _losses(before: Mapping[str, Any], after: Mapping[str, Any], fields: tuple[str, ...]) -> list[str]:
    told = [f"{name} lost" for name in _MISSED if name in fields and has(before[name]) and not has(after[name])]
    words = [_words(side) for side in (before, after)]
    if "body" in fields and words[1] < _SHORTER * words[0]:
        told.append(f"body {words[0]:,} → {words[1]:,} words")
    return told


def _words(record: Mapping[str, Any]) -> int:
    """Words of a text and of what it was cleaned of because its source repeats it: that is no loss."""
    texts = [record["body"], *(each["text"] for each in json.loads(record.get("dropped") or "[]"))]
    return sum(len(text.split()) for text in texts)
