"""The model of blocks: the quick way through its trees gives what the slow way gives."""

from __future__ import annotations

import random
from math import exp
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.evidence import FEATURES
from pipelines.judge import Judge, load_judge


def grow(seed: int) -> dict[str, Any]:
    """A tree of up to eight leaves, as nested nodes and as the model's file has it."""
    chance = random.Random(seed)
    nodes: list[tuple[int, float, int]] = []
    leaves: list[float] = []

    def branch(depth: int) -> tuple[Any, int]:
        if depth == 3 or (depth and chance.random() < 0.3):
            leaves.append(chance.uniform(-1, 1))
            return leaves[-1], 1 << (len(leaves) - 1)
        feature, threshold = chance.randrange(len(FEATURES)), float(chance.randrange(10))
        left, left_bits = branch(depth + 1)
        nodes.append((feature, threshold, left_bits))
        right, right_bits = branch(depth + 1)
        return (feature, threshold, left, right), left_bits | right_bits

    nested, _ = branch(0)
    return {"nested": nested, "nodes": nodes, "leaves": leaves}


def walk(node: Any, row: list[float]) -> float:
    while isinstance(node, tuple):
        feature, threshold, left, right = node
        node = left if row[feature] <= threshold else right
    return float(node)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.integers(0, 10**6), min_size=1, max_size=12), st.integers(0, 10**6))
def test_the_quick_score_is_the_sum_of_the_leaves_reached(seeds: list[int], seed: int) -> None:
    trees = [grow(each) for each in seeds]
    judge = Judge({"features": list(FEATURES), "names": {}, "words": {}, "bias": 0.25, "trees": trees})
    chance = random.Random(seed)
    rows = [[float(chance.randrange(11)) for _ in FEATURES] for _ in range(3)]
    totals = [0.25 + sum(walk(tree["nested"], row) for tree in trees) for row in rows]
    assert judge.judge(rows) == pytest.approx([1 / (1 + exp(-total)) for total in totals])
    assert judge.judge([]) == []


def test_the_package_brings_its_model() -> None:
    judge = load_judge()
    assert len(judge.odds.names) > 500 and len(judge.odds.words) > 1000


def test_a_model_of_other_features_is_refused() -> None:
    with pytest.raises(ValueError, match="other features"):
        Judge({"features": ["size"], "names": {}, "words": {}, "bias": 0, "trees": []})
