"""A page's passages and its true text in; which of the passages are in that text out."""

from __future__ import annotations

from bisect import bisect_right, insort
from collections.abc import Sequence

from pipelines.evidence import words_of

#: Places in the text that are tried for one passage: "Share" may stand in it many times.
_MOST_PLACES = 6
_SHINGLE = 4
#: Words from which on a passage that is not in the text word by word may be there in large part.
_LONG = 6
_IN_PART = 0.5


def align(passages: Sequence[str], truth: str) -> list[bool]:
    """True for each passage that belongs to the truth.

    Passages are found in the truth word by word and in its order, so that a menu's "Travel" is not taken for the
    heading of that name: of all ways to do so the one that covers most of the truth, by the chaining method of patience
    sorting with weights. What is in the truth with small changes is found by its runs of four words.
    """
    words = words_of(truth)
    text = f" {' '.join(words)} "
    keys = [" ".join(words_of(passage)) for passage in passages]
    placed = _chain([_places(key, text) for key in keys])
    runs = set(zip(*(words[n:] for n in range(_SHINGLE)), strict=False))
    return [n in placed or (f" {key} " not in text and _in_part(key, runs)) for n, key in enumerate(keys)]


def _places(key: str, text: str) -> list[tuple[int, int]]:
    places: list[tuple[int, int]] = []
    start = text.find(f" {key} ") if key else -1
    while start >= 0 and len(places) < _MOST_PLACES:
        places.append((start, start + len(key)))
        start = text.find(f" {key} ", start + 1)
    return places


def _chain(places: Sequence[Sequence[tuple[int, int]]]) -> set[int]:
    """Numbers of the passages in the heaviest chain of places that follow each other in the text."""
    links: list[tuple[int, int]] = []  # passage, the link before (-1: none)
    best: list[tuple[int, int, int]] = [(0, 0, -1)]  # end, weight, link: of rising end and weight
    for number, found in enumerate(places):
        longer = []
        for start, end in found:
            _, weight, before = best[bisect_right(best, start + 1, key=lambda link: link[0]) - 1]
            longer.append((end, weight + end - start, len(links)))
            links.append((number, before))
        for link in longer:
            at = bisect_right(best, link[0], key=lambda other: other[0])
            if best[at - 1][1] < link[1]:
                insort(best, link)
                at = best.index(link) + 1
                while at < len(best) and best[at][1] <= link[1]:
                    del best[at]
    chain, link = set(), best[-1][2]
    while link >= 0:
        number, link = links[link]
        chain.add(number)
    return chain


def _in_part(key: str, runs: set[tuple[str, ...]]) -> bool:
    words = key.split()
    if len(words) < _LONG:
        return False
    own = list(zip(*(words[n:] for n in range(_SHINGLE)), strict=False))
    return sum(run in runs for run in own) >= _IN_PART * len(own)
