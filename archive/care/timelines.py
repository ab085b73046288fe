"""What two archives know of one article in, the one history out: every text in the order of time, each once. Pure.

An article's timeline is its texts, each with the instant since when it was seen. Both timelines together are sorted by
that instant; of texts that follow one another unchanged the first stays. So it does not matter which of the two
archives is called the first, and joining one of them again changes nothing.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from archive.row import KEPT_WITH_REVISION

#: Columns of an article's row that are not of the text itself, and differ between archives that agree.
OF_THE_PLACE = ("seq", "url_id", "capture_id", "revision", "first_seen_at", "last_seen_at", "gone_at", "revised_at")


@dataclass(frozen=True, slots=True, kw_only=True)
class Text:
    """A text as one archive has it."""

    since: str
    content_hash: str
    title: str
    body: str
    #: Of the archive that is joined into, None where there is none.
    capture_id: int | None
    #: JSON text of the other columns.
    record: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Side:
    """An article as one archive has it: its present row, and its earlier texts, oldest first."""

    row: Mapping[str, Any]
    earlier: tuple[Text, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Joined:
    """An article as both archives have it together."""

    #: Columns of its row; ``seq`` and ``url_id`` are those of the side that its present text is from.
    row: Mapping[str, Any]
    earlier: tuple[Text, ...]


def text_of(row: Mapping[str, Any]) -> Text:
    """The present text of an article's row."""
    return Text(
        since=row["revised_at"],
        content_hash=row["content_hash"],
        title=row["title"],
        body=row["body"],
        capture_id=row["capture_id"],
        record=json.dumps({name: row[name] for name in KEPT_WITH_REVISION}, ensure_ascii=False, separators=(",", ":")),
    )


def join(ours: Side, theirs: Side) -> Joined:
    """Both sides together."""
    texts = _in_order([*_texts(ours), *_texts(theirs)])
    last = texts[-1]
    row = dict(_present(ours.row, theirs.row, last))
    sides = ours.row, theirs.row
    seen = max(side["last_seen_at"] for side in sides)
    gone = [side["gone_at"] for side in sides if side["gone_at"] is not None and side["gone_at"] >= seen]
    row |= {
        "first_seen_at": min(side["first_seen_at"] for side in sides),
        "last_seen_at": seen,
        "gone_at": min(gone, default=None),
        "revised_at": last.since,
        "revision": len(texts),
        "source": min((side["first_seen_at"], side["source"]) for side in sides)[1],
    }
    return Joined(row=row, earlier=tuple(texts[:-1]))


def _texts(side: Side) -> list[Text]:
    return [*side.earlier, text_of(side.row)]


def _in_order(texts: Iterable[Text]) -> list[Text]:
    """Sorted by time, without those that only repeat the one before."""
    at: dict[tuple[str, str], Text] = {}
    for text in texts:
        key = text.since, text.content_hash
        if key not in at or text.record > at[key].record:
            at[key] = text
    found: list[Text] = []
    for text in sorted(at.values(), key=lambda text: (text.since, text.content_hash)):
        if not found or found[-1].content_hash != text.content_hash:
            found.append(text)
    return found


def _present(ours: Mapping[str, Any], theirs: Mapping[str, Any], last: Text) -> Mapping[str, Any]:
    """The row that the last text is the present one of; of two, the one that the later version of nightdesk made."""
    able = [row for row in (ours, theirs) if row["content_hash"] == last.content_hash]
    exact = [row for row in able if row["revised_at"] == last.since]
    return max(exact or able, key=_rank)


def _rank(row: Mapping[str, Any]) -> tuple[str, str]:
    told = {name: value for name, value in row.items() if name not in OF_THE_PLACE}
    return row["extractor"], json.dumps(told, sort_keys=True, ensure_ascii=False)


def same(one: Sequence[Text], other: Sequence[Text]) -> bool:
    """Whether two timelines tell the same."""
    return [(t.since, t.content_hash) for t in one] == [(t.since, t.content_hash) for t in other]
