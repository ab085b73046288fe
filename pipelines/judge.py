"""Rows of numbers in, how likely each passage is the article's out: boosted trees as plain data, read from a file."""

from __future__ import annotations

import json
from bisect import bisect_left
from collections.abc import Mapping, Sequence
from functools import cache
from importlib.resources import files
from itertools import accumulate
from math import exp
from operator import and_, getitem
from typing import Any

from pipelines.evidence import FEATURES, Odds, weigh
from pipelines.passages import Passage

_LEAVES = 8
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
        self._size = len(trees)
        self._bias = float(data["bias"])
        nodes: dict[int, list[tuple[float, int]]] = {}
        for number, tree in enumerate(trees):
            for feature, threshold, left in tree["nodes"]:
                nodes.setdefault(feature, []).append((threshold, left << (_LEAVES * number)))
        every = (1 << (_LEAVES * self._size)) - 1
        self._passed: list[tuple[int, list[float], list[int]]] = []
        for feature, found in sorted(nodes.items()):
            found.sort()
            kept = list(accumulate((every ^ left for _, left in found), and_, initial=every))
            self._passed.append((feature, [threshold for threshold, _ in found], kept))
        self._every = every
        self._values = [_values(tree["leaves"]) for tree in trees]

    def chances(self, passages: Sequence[Passage], title: str) -> list[float]:
        """For each passage of a page, 0 to 1: that it is the article's. ``title``: the page's ``title`` element."""
        judged = [not _is_bare_link(passage) for passage in passages]
        found = iter(self.judge(weigh(passages, title, self.odds, judged)))
        return [next(found) if is_judged else 0.0 for is_judged in judged]

    def judge(self, rows: Sequence[Sequence[float]]) -> list[float]:
        """The same for rows of FEATURES, a feature at a time for all of them."""
        left = [self._every] * len(rows)
        columns = list(zip(*rows, strict=True))
        for feature, thresholds, kept in self._passed if columns else ():
            left = [
                leaves & kept[bisect_left(thresholds, value)]
                for leaves, value in zip(left, columns[feature], strict=True)
            ]
        totals = (sum(map(getitem, self._values, leaves.to_bytes(self._size, "little"))) for leaves in left)
        return [1 / (1 + exp(-self._bias - total)) for total in totals]


def _is_bare_link(passage: Passage) -> bool:
    """True for a short link and nothing else: one passage in five, and one in seventeen of them is the article's."""
    length = len(passage.text)
    return length < _SHORT and passage.linked >= _ALL * length and passage.tag not in _HEADINGS


def _values(leaves: Sequence[float]) -> list[float]:
    """A tree's value for every set of leaves still possible: that of the lowest bit, the leftmost leaf."""
    every = [*leaves, *[0.0] * (_LEAVES - len(leaves))]
    return [every[max(0, (byte & -byte).bit_length() - 1)] for byte in range(1 << _LEAVES)]


@cache
def load_judge() -> Judge:
    """The model that comes with the package."""
    return Judge(json.loads((files("pipelines") / "blocks.json").read_text(encoding="utf-8")))
