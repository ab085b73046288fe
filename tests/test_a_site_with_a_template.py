"""A whole site, page by page, whose design changes half-way: what is learnt, and that nothing of its own is lost."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from archive.learnt import Learnt, learnt_from
from archive.types import Article, Hint, Kind, Link, Template, Via
from archive.writer import ArchiveWriter
from pipelines import refine
from tests.a_site_with_a_template import (
    BACKGROUND,
    BIOGRAPHY,
    COLUMN,
    FIRST_DAY,
    NEW_HOUSE,
    OLD_HOUSE,
    PAGES,
    QUOTATION,
    REDESIGN,
    REFRAIN,
    SOURCE,
    Made,
    build,
    has_background,
    house_of,
)

SITE = build()


@pytest.fixture(scope="module")
def crawled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[ArchiveWriter, list[Article]]]:
    """The site's pages cleaned and kept in order, each with what had been learnt by then."""
    with ArchiveWriter(tmp_path_factory.mktemp("site"), purpose="test") as writer:
        writer.ledger.add_source(SOURCE, home="https://saltmarsh-echo.test/", title=None, now=FIRST_DAY)
        writer.ledger.start_run("crawl", {}, FIRST_DAY)
        yield writer, [keep(writer, made, writer.templates.current(SOURCE)) for made in SITE]


def keep(writer: ArchiveWriter, made: Made, template: Template | None) -> Article:
    page = made.page
    article = refine(page, template)
    assert isinstance(article, Article), article
    hint = Hint(via=Via.FEED, where="https://saltmarsh-echo.test/feed")
    writer.ledger.discover([Link(url=page.url, kind=Kind.PAGE, hint=hint)], source=SOURCE, run=1, now=page.fetched_at)
    entry = writer.ledger.entry(page.url)
    assert entry is not None
    writer.articles.store(article, source=SOURCE, seen_at=page.fetched_at, capture_id=None, url_id=entry.id)
    return article


def learnt(writer: ArchiveWriter) -> dict[str, Learnt]:
    return {line.text: line for line in learnt_from(writer.db, SOURCE).lines}


def test_the_site_is_large_enough_and_its_house_lines_are_known_to_no_list(
    crawled: tuple[ArchiveWriter, list[Article]],
) -> None:
    _, articles = crawled
    assert len(articles) == PAGES >= 30
    for number in (0, REDESIGN):
        assert all(line in articles[number].body for line in house_of(number))


def test_each_design_is_learnt_from_at_most_a_dozen_of_its_pages(crawled: tuple[ArchiveWriter, list[Article]]) -> None:
    _, articles = crawled
    for number, article in enumerate(articles):
        since = number if number < REDESIGN else number - REDESIGN
        left = [line for line in house_of(number) if line in article.body]
        assert not left or since < 12, f"page {number} still has {left}"
        assert {each.text for each in article.dropped} == set(house_of(number)) - set(left)


def test_no_article_loses_a_word_of_its_own(crawled: tuple[ArchiveWriter, list[Article]]) -> None:
    for made, article in zip(SITE, crawled[1], strict=True):
        assert [paragraph for paragraph in made.own if paragraph not in article.body] == []


def test_what_recurs_for_good_reason_is_watched_and_kept(crawled: tuple[ArchiveWriter, list[Article]]) -> None:
    writer, articles = crawled
    lines = learnt(writer)
    for text, times in ((BACKGROUND, 7), (BIOGRAPHY, 8), (QUOTATION, 4), (COLUMN, 4)):
        assert (lines[text].state, lines[text].count.articles) == ("watched", times)
    assert articles[23].body.count(REFRAIN) == 4
    assert sum(BACKGROUND in article.body for article in articles) == sum(map(has_background, range(PAGES)))


def test_cleaned_again_with_all_that_was_learnt_every_page_is_its_own_text(
    crawled: tuple[ArchiveWriter, list[Article]],
) -> None:
    """The old design's lines stay template for the pages made with it."""
    writer, _ = crawled
    template = writer.templates.current(SOURCE)
    assert template is not None
    assert len(template.lines) == len(OLD_HOUSE) + len(NEW_HOUSE)
    for made in SITE:
        again = refine(made.page, template)
        assert isinstance(again, Article)
        assert again.body == "\n\n".join(made.own)


def test_counted_anew_from_the_archive_it_is_the_same_template(crawled: tuple[ArchiveWriter, list[Article]]) -> None:
    writer, articles = crawled
    before = learnt(writer)
    dated = [(article, article.published_at.date()) for article in articles if article.published_at]
    assert len(dated) == PAGES
    writer.templates.relearn(SOURCE, dated)
    assert learnt(writer) == before
