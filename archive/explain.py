"""An article in; for each of its fields the value, where it came from and what spoke against it out, as words."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from archive.record import StoredArticle
from archive.times import iso
from archive.types import Origin, Precision

_LONGEST = 160
#: Fields whose value would fill the screen.
_LONG = ("body",)


@dataclass(frozen=True, slots=True, kw_only=True)
class Explained:
    """One field, explained."""

    field: str
    #: Shortened; empty for a field that is the text itself.
    value: str
    #: "json-ld, confidence 0.95, zone inferred".
    because: str
    #: The words or the mark it was read from; empty where the value shows them.
    evidence: str
    #: "not feed: …", the best first.
    rivals: tuple[str, ...]
    #: True: one of the rivals is about as good.
    conflict: bool


def explain(article: StoredArticle) -> Iterator[Explained]:
    """Every field whose origin was noted, in the order in which it was noted."""
    for name, origin in article.origins.items():
        value = "" if name in _LONG else _shown(article, name)
        yield Explained(
            field=name,
            value=value,
            because=_because(origin),
            evidence=_evidence(article, name, origin, value),
            rivals=tuple(f"not {rival}: {value}" for rival, value in origin.rivals),
            conflict=origin.conflict,
        )


def _because(origin: Origin) -> str:
    inferred = f", {origin.inferred} inferred" if origin.inferred else ""
    return f"{origin.origin}, confidence {origin.confidence:.2f}{inferred}"


def _evidence(article: StoredArticle, name: str, origin: Origin, value: str) -> str:
    written = article.published_as_written if name == "published_at" else None
    evidence = origin.evidence or written or ""
    return evidence if evidence != value else ""


def _shown(article: StoredArticle, name: str) -> str:
    value: Any = getattr(article, name, None)
    if isinstance(value, datetime):
        day = name == "published_at" and article.published_precision is Precision.DAY
        return f"{value:%Y-%m-%d}" if day else iso(value)
    text = ", ".join(map(str, value)) if isinstance(value, list) else str(value or "")
    return text if len(text) <= _LONGEST else text[: _LONGEST - 1].rstrip() + "…"
