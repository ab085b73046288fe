"""Two texts in; whether one is a copy of the other, or holds it, out. Pure.

What decides is the part of the shorter text that also stands in the longer one: so a copy with a cut tail, one with
paragraphs added, and an agency's piece inside a reporter's own are all found by one number.
"""

from __future__ import annotations

from dataclasses import dataclass

from archive.stories.shingles import Shingles

#: Shingles that a text must have for anything to be said: some 24 words, three lines of a column.
FEWEST = 20
#: The least part of the shorter text that two articles of one story share: of different newspapers …
_SHARED = 0.4
#: … of one newspaper, which also fills forms: weather, markets, results, the same terms under each offer …
_SHARED_AT_HOME = 0.6
#: … and of one newspaper on days further apart, where it is a series rather than a second telling.
_SHARED_LATER = 0.8
_SOON_DAYS = 14
#: A form filled anew has the words of another and numbers of its own: less than this part of them is shared.
_NUMBERS_SHARED = 0.5
_FEWEST_NUMBERS = 4
#: Two texts belong together by way of a third if they share this part of the shortest, and so many shingles.
_RELATED, _FEWEST_RELATED = 0.25, 12


@dataclass(frozen=True, slots=True, kw_only=True)
class Text:
    """An article's text, for comparing."""

    shingles: Shingles
    source: str
    #: Its day of publication, else of its first fetch, counted from some day.
    day: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Likeness:
    """How much two texts share."""

    #: Part of the shorter text's shingles that the longer one has too: 0 to 1.
    share: float
    #: True: they are one story.
    copy: bool
    #: Shingles that both have, and that the shorter text has.
    shared: int
    fewest: int

    def is_related(self, fewest: int) -> bool:
        """True if both hold the same passage of a third text, which has ``fewest`` shingles."""
        return self.shared >= max(_FEWEST_RELATED, _RELATED * min(self.fewest, fewest))


def likeness(a: Text, b: Text, *, common: frozenset[int]) -> Likeness:
    """Compare two texts. ``common``: chosen shingles of passages that newspapers print under everything."""
    first, second = a.shingles.without(common), b.shingles.without(common)
    fewest = min(len(first), len(second))
    if fewest < FEWEST:
        return Likeness(share=0.0, copy=False, shared=0, fewest=fewest)
    shared = len(first & second)
    share = shared / fewest
    enough = share >= _needed(a, b) and shared >= FEWEST
    return Likeness(share=share, copy=enough and not _form_filled_anew(a, b), shared=shared, fewest=fewest)


def _needed(a: Text, b: Text) -> float:
    if a.source != b.source:
        return _SHARED
    return _SHARED_AT_HOME if abs(a.day - b.day) <= _SOON_DAYS else _SHARED_LATER


def _form_filled_anew(a: Text, b: Text) -> bool:
    """True where the same words stand around different numbers."""
    short, long = sorted((a.shingles, b.shingles), key=lambda shingles: len(shingles.hashes))
    if len(short.numbers) < _FEWEST_NUMBERS:
        return False
    return len(short.numbers & long.numbers) < _NUMBERS_SHARED * len(short.numbers)
