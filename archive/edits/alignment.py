"""Two lists in, what they have in common in the same order out; it always ends soon, whatever they hold.

What stands once in both holds the rest in place (patience diff, by Bram Cohen); what lies between is gone through in
the same way, and by difflib where it is short. difflib alone takes time by the square and more: a text in which one
line stands ten thousand times would never end.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Hashable, Sequence
from difflib import SequenceMatcher

#: Where nothing stands once, stretches are compared by difflib if the product of their lengths is no larger.
_SMALL = 40_000

#: Places in both lists and how many items from there on are the same.
Block = tuple[int, int, int]


def common_blocks(a: Sequence[Hashable], b: Sequence[Hashable]) -> list[Block]:
    """The stretches that both have, in order, none overlapping another."""
    found: list[Block] = []
    left = [(0, len(a), 0, len(b))]
    while left:
        a_low, a_high, b_low, b_high = left.pop()
        while a_low < a_high and b_low < b_high and a[a_low] == b[b_low]:
            found.append((a_low, b_low, 1))
            a_low, b_low = a_low + 1, b_low + 1
        while a_low < a_high and b_low < b_high and a[a_high - 1] == b[b_high - 1]:
            a_high, b_high = a_high - 1, b_high - 1
            found.append((a_high, b_high, 1))
        if a_low == a_high or b_low == b_high:
            continue
        held = _held(a[a_low:a_high], b[b_low:b_high])
        if held:
            places = [(a_low + i, b_low + j) for i, j in held]
            found += [(i, j, 1) for i, j in places]
            ends = [*places, (a_high, b_high)]
            starts = [(a_low, b_low), *((i + 1, j + 1) for i, j in places)]
            left += [(a0, a1, b0, b1) for (a0, b0), (a1, b1) in zip(starts, ends, strict=True) if a0 < a1 and b0 < b1]
        elif (a_high - a_low) * (b_high - b_low) <= _SMALL:
            matcher = SequenceMatcher(None, a[a_low:a_high], b[b_low:b_high], autojunk=False)
            found += [(a_low + i, b_low + j, n) for i, j, n in matcher.get_matching_blocks() if n]
    return _joined(sorted(found))


def _held(a: Sequence[Hashable], b: Sequence[Hashable]) -> list[tuple[int, int]]:
    """Places of what stands once in both, as many as are in the same order."""
    often_a, often_b = Counter(a), Counter(b)
    where = {item: j for j, item in enumerate(b) if often_b[item] == 1 and often_a[item] == 1}
    pairs = [(i, where[item]) for i, item in enumerate(a) if item in where]
    # The longest rising row of places in b.
    tops: list[int] = []
    last: list[int] = []
    before: list[int] = []
    for n, (_, j) in enumerate(pairs):
        at = bisect_left(tops, j)
        before.append(last[at - 1] if at else -1)
        tops[at : at + 1] = [j]
        last[at : at + 1] = [n]
    row: list[tuple[int, int]] = []
    n = last[-1] if last else -1
    while n >= 0:
        row.append(pairs[n])
        n = before[n]
    return row[::-1]


def _joined(blocks: list[Block]) -> list[Block]:
    """Blocks that follow one another in both lists as one."""
    joined: list[Block] = []
    for i, j, n in blocks:
        if joined and (joined[-1][0] + joined[-1][2], joined[-1][1] + joined[-1][2]) == (i, j):
            joined[-1] = (joined[-1][0], joined[-1][1], joined[-1][2] + n)
        else:
            joined.append((i, j, n))
    return joined
