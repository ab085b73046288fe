"""The training of the gate, as far as it goes without LightGBM."""

from __future__ import annotations

import math
from pathlib import Path

from bench.train_gate import _plain_tree, folds_of, read_lessons, site_of
from pipelines.kinds import sum_of

PAGES = Path(__file__).parent / "pages"


def test_pages_of_one_site_are_one_site() -> None:
    assert site_of("https://www.paper.co.uk/a") == site_of("https://sport.paper.co.uk/b") == "paper.co.uk"
    assert site_of("https://blog.paper.example/a") == "paper.example"
    assert site_of("http://unknown.example/1") != site_of("http://unknown.example/2")


def test_every_split_puts_a_site_into_one_fold() -> None:
    sites = [f"{number}.example" for number in range(40)]
    first, second = folds_of([*sites, *sites], 0), folds_of(sites, 1)
    assert set(first) == set(sites)
    assert set(first.values()) == set(second.values()) == {0, 1, 2, 3, 4}
    assert first != second


def test_a_trained_tree_gives_the_same_as_plain_data() -> None:
    leaf = {"leaf_value": 0.123456}
    other = {"leaf_value": -2.0}
    node = {
        "split_feature": 1,
        "threshold": 3.00004,
        "default_left": True,
        "internal_value": 0.51239,
        "left_child": leaf,
        "right_child": other,
    }
    tree = _plain_tree(node)
    assert tree == [1, 3.0, 1, 0.512, 0.1235, -2.0]
    assert sum_of([tree], [0.0, math.nan]) == 0.1235


def test_lessons_are_read_from_page_fixtures() -> None:
    lessons = {lesson.id: lesson for lesson in read_lessons(PAGES, "article")}
    assert lessons["gate-forum-thread"].judged
    assert not lessons["gate-news-among-goods"].judged
    assert lessons["gate-shop-shelf"].traits["share of shop names"] > 0.3
