"""Rows of numbers in, how likely each passage is the article's out: boosted trees as plain data, read from a file."""

from __future__ import annotations

import json
from bisect import bisect_left
from collections.abc import Mapping, Sequence
from functools import cache
from importlib.resources import files
from itertools import accumulate, repeat
from math import exp
from operator import and_, getitem
from typing import Any

from pipelines.evidence import FEATURES, Odds, weigh
from pipelines.passages import Passage

_LEAVES = 8
#: The lowest bit of every byte: of the leaves still possible the leftmost.
_LOWEST = bytes(max(0, (byte & -byte).bit_length() - 1) for byte in range(1 << _LEAVES))
#: How often a feature's values must come on a page to be looked up beforehand.
_REPEATED = 3
_SHORT, _ALL = 60, 0.95
_HEADINGS = frozenset(("h1", "h2", "h3", "h4", "h5"))


class Judge:
    """A trained model: ``bench/train_blocks.py`` makes its data.

    Trees have at most eight leaves, so that the leaves still possible in a tree are the bits of a byte, and those of
    all trees one long integer. A number that is above a node's threshold takes the leaves on the node's left side away;
    all thresholds of one feature are passed in order, so what they take away together is worked out beforehand.
    Lucchese et al., "QuickScorer: a fast algorithm to rank documents with additive ensembles of regression trees",
    SIGIR 2015.
    """

    def __init__(self, data: Mapping[str, Any]) -> None:
        """Raises ValueError if the data was made for other features."""
        if tuple(data["features"]) != FEATURES:
            raise ValueError("the model was trained on other features: train it again")
        self.odds = Odds(names=data["names"], words=data["words"])
        trees = data["trees"]
        self._bias = float(data["bias"])
        nodes: dict[int, list[tuple[float, int]]] = {}
        for number, tree in enumerate(trees):
            for feature, threshold, left in tree["nodes"]:
                nodes.setdefault(feature, []).append((threshold, left << (_LEAVES * number)))
        every = (1 << (_LEAVES * len(trees))) - 1
        self._passed: list[tuple[int, list[float], list[int]]] = []
        for feature, found in sorted(nodes.items()):
            found.sort()
            kept = list(accumulate((every ^ left for _, left in found), and_, initial=every))
            self._passed.append((feature, [threshold for threshold, _ in found], kept))
        self._every = every
        values = [[*tree["leaves"], *[0.0] * (_LEAVES - len(tree["leaves"]))] for tree in trees]
        values += [[0.0] * _LEAVES] * (len(values) % 2)
        self._half = len(values) // 2
        #: For a tree of the first half and one of the second: what both say, by their leaves.
        self._pairs = [
            [one + other for other in second for one in first]
            for first, second in zip(values[: self._half], values[self._half :], strict=True)
        ]

    def chances(self, passages: Sequence[Passage], title: str) -> list[float]:
        """For each passage of a page, 0 to 1: that it is the article's. ``title``: the page's ``title`` element."""
        judged = [not _is_bare_link(passage) for passage in passages]
        found = iter(self.judge(weigh(passages, title, self.odds, judged)))
        return [next(found) if is_judged else 0.0 for is_judged in judged]

    def judge(self, rows: Sequence[Sequence[float]]) -> list[float]:
        """The same for rows of FEATURES, a feature at a time for all of them."""
        left = [self._every] * len(rows)
        common = self._every
        columns = list(zip(*rows, strict=True))
        for feature, thresholds, kept in self._passed if columns else ():
            column = columns[feature]
            values = set(column)
            if len(values) == 1:
                common &= kept[bisect_left(thresholds, column[0])]
                continue
            if _REPEATED * len(values) < len(column):  # each value is looked up once
                found = {value: kept[bisect_left(thresholds, value)] for value in values}
                masks = map(found.__getitem__, column)
            else:
                masks = map(kept.__getitem__, map(bisect_left, repeat(thresholds), map(float, column)))
            left = list(map(and_, left, masks))
        return [1 / (1 + exp(-self._bias - self._total(leaves & common))) for leaves in left]

    def _total(self, leaves: int) -> float:
        """The sum of the trees' values, two trees at a time: their lowest leaves as a number of six bits."""
        lowest = leaves.to_bytes(2 * self._half, "little").translate(_LOWEST)
        first, second = lowest[: self._half], lowest[self._half :]
        both = int.from_bytes(first, "little") | int.from_bytes(second, "little") << 3
        total: float = sum(map(getitem, self._pairs, both.to_bytes(self._half, "little")))
        return total


def _is_bare_link(passage: Passage) -> bool:
    """True for a short link and nothing else: one passage in five, and one in seventeen of them is the article's."""
    length = len(passage.text)
    return length < _SHORT and passage.linked >= _ALL * length and passage.tag not in _HEADINGS


@cache
def load_judge() -> Judge:
    """The model that comes with the package."""
    return Judge(json.loads((files("pipelines") / "blocks.json").read_text(encoding="utf-8")))
