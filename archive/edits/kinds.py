"""What changed in a text in, what kind of change it was out: by the texts, and by what the page says of itself."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from archive.edits.diff import Op, Piece


class Kind(StrEnum):
    """A kind of change; one change may be of several."""

    HEADLINE = "headline"
    CORRECTION = "correction"
    REMOVED = "removed"
    ADDED = "added"
    REWORDED = "reworded"
    FIGURES = "figures"
    MOVED = "moved"
    TYPO = "typo"
    LIVE = "live"
    SILENT = "silent"


#: For a person.
WORDS = {
    Kind.HEADLINE: "headline changed",
    Kind.CORRECTION: "correction appended",
    Kind.REMOVED: "text removed",
    Kind.ADDED: "text added",
    Kind.REWORDED: "text reworded",
    Kind.FIGURES: "figures changed",
    Kind.MOVED: "text moved",
    Kind.TYPO: "only spelling or punctuation",
    Kind.LIVE: "a live blog went on",
    Kind.SILENT: "silent: the stated time of change was not moved",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Stated:
    """What a page says of itself at one time."""

    #: None: it states no time of change.
    modified_at: datetime | None
    corrections: Sequence[str]
    live: bool


_NUMBER = re.compile(r"\d+(?:[.,:]\d+)*")
_LETTERS = re.compile(r"[\W_]+")
#: A word of so many letters is misspelt where it differs from another in two at most, behind the first two: "un-" and
#: "il-" change what is said.
_LONG_WORD, _SAME_START, _MOST_LETTERS = 4, 2, 2


def kinds_of(title: Piece, pieces: Sequence[Piece], before: Stated, after: Stated) -> tuple[Kind, ...]:
    """The kinds of a change, in the order of ``Kind``. ``title``: the headline's piece."""
    changed = [piece for piece in pieces if piece.op is not Op.SAME]
    ops = {piece.op for piece in changed}
    reworded = [piece for piece in changed if piece.op is Op.CHANGED]
    told = [piece for piece in (title, *reworded) if piece.op is Op.CHANGED]
    slips = [piece for piece in told if is_slip(piece)]
    corrected = any(each not in before.corrections for each in after.corrections)
    found = {
        Kind.HEADLINE: title.op is Op.CHANGED and title not in slips,
        Kind.CORRECTION: corrected,
        Kind.REMOVED: Op.REMOVED in ops,
        Kind.ADDED: Op.ADDED in ops and not _only_corrections(changed, after),
        Kind.REWORDED: any(piece not in slips for piece in reworded),
        Kind.FIGURES: any(_figures(piece) for piece in told),
        Kind.MOVED: Op.MOVED in ops,
        Kind.TYPO: bool(slips) and ops <= {Op.CHANGED} and len(slips) == len(told),
        Kind.LIVE: after.live,
        Kind.SILENT: is_silent(before, after) and not corrected,
    }
    return tuple(kind for kind, holds in found.items() if holds)


def is_silent(before: Stated, after: Stated) -> bool:
    """True if the page stated when it was changed, and states the same or an earlier time although it was."""
    if before.modified_at is None or after.modified_at is None:
        return False
    return after.modified_at <= before.modified_at


def is_slip(piece: Piece) -> bool:
    """True if in a changed sentence only signs, capitals or letters of a few words differ, and no number."""
    removed, added = "", ""
    if _figures(piece):
        return False
    for words in (*piece.words, None):
        if words is None or words.op is Op.SAME:
            if not _same_words(removed, added):
                return False
            removed = added = ""
        elif words.op is Op.REMOVED:
            removed += words.text
        else:
            added += words.text
    return True


def _same_words(removed: str, added: str) -> bool:
    if _LETTERS.sub("", removed).casefold() == _LETTERS.sub("", added).casefold():
        return True
    old, new = (_LETTERS.sub(" ", text).casefold().split() for text in (removed, added))
    return len(old) == len(new) and all(a == b or _misspelt(a, b) for a, b in zip(old, new, strict=True))


def _misspelt(a: str, b: str) -> bool:
    if min(len(a), len(b)) < _LONG_WORD or a[:_SAME_START] != b[:_SAME_START]:
        return False
    return _distance(a, b) <= _MOST_LETTERS


def _distance(a: str, b: str) -> int:
    """Letters to put in, take out, change, or swap with the next (optimal string alignment)."""
    rows = [list(range(len(b) + 1))]
    for i in range(1, len(a) + 1):
        row = [i]
        for j in range(1, len(b) + 1):
            best = min(rows[i - 1][j] + 1, row[j - 1] + 1, rows[i - 1][j - 1] + (a[i - 1] != b[j - 1]))
            if i > 1 and j > 1 and a[i - 1] == b[j - 2] and a[i - 2] == b[j - 1]:
                best = min(best, rows[i - 2][j - 2] + 1)
            row.append(best)
        rows.append(row)
    return rows[-1][-1]


def _figures(piece: Piece) -> bool:
    return _NUMBER.findall(piece.before or "") != _NUMBER.findall(piece.after or "")


def _only_corrections(changed: Sequence[Piece], after: Stated) -> bool:
    notes = " ".join(" ".join(each.split()) for each in after.corrections)
    return all(piece.after is not None and piece.after in notes for piece in changed if piece.op is Op.ADDED)
