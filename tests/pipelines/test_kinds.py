"""The gate by how a page is built: its trees, what it says of a page, and whom it does not judge."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest

from archive.types import Article, Page, Rejection
from pipelines import refine
from pipelines.addresses import is_list, other_kind
from pipelines.kinds import Kinds, is_judged, shipped_kinds, sum_of
from pipelines.landmarks import find_landmarks
from pipelines.sheet import Sheet, open_sheet
from pipelines.structured import read_structured
from pipelines.traits import ENGLISH, Traits, read_traits
from tests.pipelines.test_pages import load_page

#: Prices above three tell against an article, and more so with few words; unknown words go right.
_TREE = [0, 3.0, 0, 0.1, -1.0, [1, 0.5, 0, 1.0, 2.0, 0.5]]
_SMALL = {
    "traits": ["prices", "“we”"],
    "trees": [_TREE],
    "kinds": {"shop": [[0, 3.0, 0, 0.0, 0.0, 1.0]], "forum": [0.5]},
    "limit": 1.0,
    "limit_without_words": 0.4,
}


def opened(page: Page) -> Sheet:
    sheet = open_sheet(page)
    assert isinstance(sheet, Sheet)
    return sheet


def traits_of(page: Page) -> Traits:
    sheet = opened(page)
    return read_traits(sheet, read_structured(sheet), find_landmarks(sheet.tree))


def known(prices: float, we: float) -> Traits:
    return {**dict.fromkeys(ENGLISH, 0.0), "prices": prices, "“we”": we}


def test_a_row_falls_through_a_tree_to_its_leaf() -> None:
    assert sum_of([_TREE, 0.25], [3.0, 0.0]) == -0.75
    assert sum_of([_TREE], [4.0, 0.5]) == 2.0
    assert sum_of([_TREE], [4.0, 0.6]) == 0.5


def test_an_unknown_value_goes_where_its_node_sends_it() -> None:
    assert sum_of([[0, 1.0, 1, 0.0, 5.0, 7.0]], [math.nan]) == 5.0
    assert sum_of([[0, 1.0, 0, 0.0, 5.0, 7.0]], [math.nan]) == 7.0


def test_a_page_whose_words_are_unknown_has_a_limit_of_its_own() -> None:
    kinds = Kinds(_SMALL)
    assert not kinds.is_other(known(9, 0.9))
    assert kinds.is_other({**known(9, 0.9), **dict.fromkeys(ENGLISH, math.nan)})
    assert kinds.is_other(known(9, 0.1))


def test_the_evidence_names_what_tells_against_an_article_and_nothing_unknown() -> None:
    kinds = Kinds(_SMALL)
    assert kinds.evidence(known(9, 0.1)) == ["“we” 0.1", "prices 9"]
    assert kinds.evidence(known(9, 0.9)) == ["prices 9"]
    assert kinds.evidence(known(1, 0.1)) == []
    assert kinds.kind(known(9, 0.1)) == "shop"
    assert kinds.kind(known(1, 0.1)) == "forum"


def test_the_shipped_model_was_learnt_from_the_traits_that_are_read() -> None:
    """Fails when a trait was added, renamed or taken away: run bench/train_gate.py."""
    read = traits_of(load_page("gate-forum-thread"))
    assert list(read) == shipped_kinds()._traits
    assert set(read) >= ENGLISH


def test_words_of_a_page_in_another_language_are_not_judged() -> None:
    page = load_page("gate-hungarian-flash")
    assert all(math.isnan(traits_of(page)[name]) for name in ENGLISH)
    undeclared = replace(page, body=page.body.replace(b' lang="hu"', b""))
    assert math.isnan(traits_of(undeclared)["small words"])
    english = load_page("gate-flash-without-declarations")
    undeclared = replace(english, body=english.body.replace(b' lang="en"', b""))
    assert traits_of(undeclared)["small words"] > 0.15


def test_what_a_feed_brings_is_not_judged_by_its_build() -> None:
    page = load_page("gate-brought-by-a-feed")
    assert isinstance(refine(page), Article)
    alone = refine(replace(page, hints=()))
    assert isinstance(alone, Rejection)
    assert alone.detail.startswith("like an offer of services: ")


def test_a_page_that_calls_itself_news_is_not_judged_by_its_build() -> None:
    page = load_page("gate-news-among-goods")
    silent = refine(replace(page, body=page.body.replace(b"NewsArticle", b"WebPage")))
    assert isinstance(refine(page), Article)
    assert isinstance(silent, Rejection)


def test_a_bare_page_is_not_judged_by_its_build() -> None:
    page = load_page("gate-forum-thread")
    sheet = opened(page)
    assert is_judged(sheet, read_structured(sheet))
    bare = opened(replace(page, body=page.body.replace(b"<a ", b"<b ")))
    assert not is_judged(bare, read_structured(bare))


@pytest.mark.parametrize(
    ("url", "kind"),
    [
        ("https://a.example/index.php?topic=55.0", "forum"),
        ("https://a.example/r/boats/comments/1abc/leak/", "forum"),
        ("https://a.example/discussion/39620/leak", "forum"),
        ("https://a.example/wiki/Leak", "manual"),
        ("https://a.example/news/wiki/leak", None),
        ("https://a.example/product-ratings-this-year/", None),
        ("https://a.example/politics/boards-of-schools-elected", None),
        ("https://a.example/artikel.php?id=12", None),
    ],
)
def test_an_address_tells_a_forum_or_a_manual(url: str, kind: str | None) -> None:
    assert other_kind(url) == kind


@pytest.mark.parametrize(
    ("url", "listed"),
    [
        ("https://a.example/news", True),
        ("https://a.example/de/aktuelles/", True),
        ("https://a.example/hub/science", True),
        ("https://a.example/sections/science/", True),
        ("https://a.example/news/bridge-shut", False),
        ("https://a.example/topics/gear/best-scooter", False),
    ],
)
def test_an_address_tells_a_list(url: str, listed: bool) -> None:
    assert is_list(url) is listed
