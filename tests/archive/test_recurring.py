"""Is a line its source's, or its articles' own? The rule on counts, case by case."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from archive.recurring import LineCount, SourceCount, is_template, told

PAPER = SourceCount(articles=400, days=40, authors=20, sections=6)
HOUSE_LINE = LineCount(
    length=90,
    articles=380,
    first=1,
    last=400,
    span_days=40,
    edges=370,
    echoes=10,
    days=40,
    authors=20,
    sections=6,
)


def line(**changes: Any) -> LineCount:
    return replace(HOUSE_LINE, **changes)


FRESH = line(articles=12, first=1, last=12, span_days=0, edges=11, echoes=0, days=1, authors=7, sections=4)
LEGAL = line(articles=40, last=398, span_days=90, edges=39, echoes=1, days=30, authors=12, sections=2)

TEMPLATE = {
    "on nearly every page": HOUSE_LINE,
    "in the midst of every page, such as a newsletter's box": line(edges=0),
    "a design that was replaced long ago": line(articles=95, last=100, days=10, edges=90),
    "a new design, on its first day": replace(FRESH, first=389, last=400),
    "a short label at the edge": line(length=12),
    "a legal line under opinions, in a tenth of the pages, for months": LEGAL,
}
OWN = {
    "in seven articles": line(articles=7, first=394, span_days=4, edges=0, days=4, authors=5),
    "a running story, in every third article of its week": line(articles=20, first=300, last=360, days=5, edges=0),
    "a running story in a row": replace(FRESH, first=300, last=311, sections=1),
    "a paragraph that speaks of what the headlines speak of": line(echoes=300),
    "an author's biography": line(articles=40, authors=1, edges=40, span_days=90, days=30),
    "a weekly column's standing headline": line(articles=52, last=399, authors=1, length=25, span_days=350, days=50),
    "a subheading that every article has": line(length=14, edges=40),
    "one section's subject": line(sections=1),
    "a quotation that came up now and then": line(articles=9, first=100, last=200, days=8, edges=1),
    "twelve articles in a row, of one day, long ago": replace(FRESH, first=100, last=111),
    "what few pages have, between their paragraphs": replace(LEGAL, edges=20),
    "what few pages have, and only for a month": replace(LEGAL, span_days=30),
}


@pytest.mark.parametrize("count", TEMPLATE.values(), ids=TEMPLATE)
def test_this_is_the_sources(count: LineCount) -> None:
    assert is_template(count, PAPER)


@pytest.mark.parametrize("count", OWN.values(), ids=OWN)
def test_this_is_an_articles_own(count: LineCount) -> None:
    assert not is_template(count, PAPER)


def test_the_first_articles_of_a_source_are_enough_where_all_have_it() -> None:
    def seen(articles: int, of: int) -> bool:
        count = line(articles=articles, last=of, days=1, authors=3, sections=2, edges=articles, echoes=0)
        return is_template(count, SourceCount(articles=of, days=1, authors=5, sections=3))

    assert [n for n in range(1, 13) if seen(n, n)] == [8, 9, 10, 11, 12]
    assert seen(11, 12)
    assert not seen(8, 12)


def test_a_paper_with_one_author_and_no_sections_can_have_a_template_too() -> None:
    alone = SourceCount(articles=30, days=20, authors=1, sections=1)
    assert is_template(line(articles=29, last=30, days=19, authors=1, sections=1, edges=29), alone)


@pytest.mark.parametrize(
    ("count", "words"),
    [
        (line(articles=14, first=386), "in 14 of the source's last 15 articles"),
        (line(articles=14, first=100, last=115), "in 14 of 16 articles, 285 articles ago"),
        (line(articles=0, first=0, last=0), "not seen so far"),
    ],
)
def test_how_common_a_line_is_is_told_in_words(count: LineCount, words: str) -> None:
    assert told(count, PAPER) == words


@settings(max_examples=200, deadline=None)
@given(st.integers(1, 500), st.integers(0, 500), st.integers(0, 500))
def test_one_more_article_with_the_line_never_makes_it_less_of_a_template(first: int, gap: int, more: int) -> None:
    """In a source that has it in every article since its first."""
    last = first + more
    count = line(articles=more + 1, first=first, last=last, edges=more + 1, echoes=0)
    source = replace(PAPER, articles=last + gap)
    after = replace(count, articles=more + 2, last=last + 1, edges=more + 2)
    assert is_template(after, replace(source, articles=last + 1)) or not is_template(count, source)
