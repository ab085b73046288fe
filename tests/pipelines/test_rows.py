"""Rows of tables of articles: which column is what, what each value means, and what is wrong with it."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.types import Article, Precision, Rejection
from pipelines.columns import USUAL, WrongColumns, columns_of, read_map
from pipelines.rows import BadCell, NoRow, Row, cells_of, refine_row
from tests.warcs import page

SAVED = datetime(2024, 5, 17, tzinfo=UTC)
NEWS_PLEASE = {
    "authors": ["Ana Kovač", "Ben Miller"],
    "date_download": "2024-05-17 08:30:00",
    "date_modify": None,
    "date_publish": "2024-05-16 17:03:00",
    "description": "The bridge is open again.",
    "filename": "https%3A%2F%2Fgazette.example%2Fnews%2F1.json",
    "image_url": "https://gazette.example/bridge.jpg",
    "language": "en",
    "localpath": None,
    "maintext": "The bridge is open again after two years.\nIt had cost the town four millions.",
    "source_domain": "gazette.example",
    "title": "Bridge reopens",
    "title_page": None,
    "title_rss": None,
    "url": "https://gazette.example/news/1?utm_source=x",
}


def article(cells: dict[str, Any], *, clean: bool = False, **told: str) -> Article:
    result = refine_row(Row(cells=cells, columns=columns_of(cells, told), saved_at=SAVED), clean=clean)
    assert isinstance(result, Article), result
    return result


def test_news_pleases_json_is_understood_without_a_map() -> None:
    got = article(NEWS_PLEASE)
    assert (got.url, got.title) == ("https://gazette.example/news/1", "Bridge reopens")
    assert got.body == "The bridge is open again after two years.\n\nIt had cost the town four millions."
    assert got.authors == ["Ana Kovač", "Ben Miller"]
    assert got.published_at == datetime(2024, 5, 16, 17, 3, tzinfo=UTC)
    assert (got.description, got.language, got.site_name) == ("The bridge is open again.", "en", "gazette.example")
    assert [image.url for image in got.images] == ["https://gazette.example/bridge.jpg"]
    assert (got.origins["title"].origin, got.origins["authors"].evidence) == ("import", "column authors")
    row = Row(cells=NEWS_PLEASE, columns=columns_of(NEWS_PLEASE, {}), saved_at=SAVED)
    assert row.fetched_at() == datetime(2024, 5, 17, 8, 30, tzinfo=UTC)


def test_a_told_column_comes_before_the_usual_one() -> None:
    cells = {"title": "SEO title", "Kicker": "The headline", "text": "One.\n\nTwo.", "Published Date": "2024-05-01"}
    got = article(cells, title="Kicker")
    assert (got.title, got.published_at, got.published_precision) == (
        "The headline",
        datetime(2024, 5, 1, tzinfo=UTC),
        Precision.DAY,
    )


@pytest.mark.parametrize(
    ("names", "told", "said"),
    [
        (["a", "b"], {}, "no column is known to be the title; say which with --map title=COLUMN; columns are a, b"),
        (["headline"], {}, "no column is known to be the body"),
        (["headline", "text"], {"title": "Headline"}, "there is no column 'Headline'; columns are headline, text"),
    ],
)
def test_columns_that_give_no_article_are_told(names: list[str], told: dict[str, str], said: str) -> None:
    with pytest.raises(WrongColumns, match=said):
        columns_of(names, told)


@given(st.lists(st.text(max_size=12), max_size=12))
def test_no_column_is_two_fields(names: list[str]) -> None:
    try:
        found = columns_of([*names, "title", "body"], {})
    except WrongColumns:
        return
    assert len(set(found.values())) == len(found)
    assert set(found) <= set(USUAL)


def test_a_map_is_read() -> None:
    assert read_map("title=headline, body = text") == {"title": "headline", "body": "text"}


@pytest.mark.parametrize(
    ("cell", "authors"),
    [
        ("Ana Kovač; Ben Miller", ["Ana Kovač", "Ben Miller"]),
        ("['Ana Kovač', 'Ben Miller']", ["Ana Kovač", "Ben Miller"]),
        ('["Ana Kovač"]', ["Ana Kovač"]),
        ([{"name": "Ana Kovač"}], ["Ana Kovač"]),
        ("By Ana Kovač and Ben Miller", ["Ana Kovač", "Ben Miller"]),
        ("nan", []),
        (None, []),
    ],
)
def test_authors_are_read_however_a_table_lists_them(cell: object, authors: list[str]) -> None:
    assert article({"title": "T", "body": "One.", "authors": cell}).authors == authors


@pytest.mark.parametrize(
    ("cell", "at", "precision"),
    [
        ("2024-05-16", datetime(2024, 5, 16, tzinfo=UTC), "day"),
        ("2024-05-16T10:00:00+02:00", datetime(2024, 5, 16, 8, tzinfo=UTC), "second"),
        ("2024-05-16 10:00", datetime(2024, 5, 16, 10, tzinfo=UTC), "minute"),
        (1715853600, datetime(2024, 5, 16, 10, tzinfo=UTC), "second"),
        ("1715853600000", datetime(2024, 5, 16, 10, tzinfo=UTC), "second"),
        ("16 May 2024", datetime(2024, 5, 16, tzinfo=UTC), "day"),
    ],
)
def test_dates_are_read_in_the_spellings_of_tables(cell: object, at: datetime, precision: str) -> None:
    got = article({"title": "T", "body": "One.", "date": cell})
    assert (got.published_at, got.published_precision) == (at, precision)


@pytest.mark.parametrize(
    ("cells", "said"),
    [
        ({"date": "soon"}, "column date: 'soon' is no date"),
        ({"url": "gazette"}, "column url: 'gazette' is no http or https address"),
        ({"title": ["a"]}, "column title: text is wanted, not a list"),
    ],
)
def test_a_wrong_value_is_told_with_its_column(cells: dict[str, object], said: str) -> None:
    with pytest.raises(BadCell, match=said):
        article({"title": "T", "body": "One."} | cells)


def test_a_row_without_headline_or_text_is_refused() -> None:
    for cells, reason in (({"title": "", "body": "x"}, "not-article"), ({"title": "T", "body": " "}, "too-short")):
        result = refine_row(Row(cells=cells, columns=columns_of(cells, {}), saved_at=SAVED))
        assert isinstance(result, Rejection)
        assert result.reason == reason


def test_tags_in_a_text_are_undone_and_a_page_is_cleaned_as_one() -> None:
    assert article({"title": "T", "body": "<p>One &amp; two.</p><p>Three.</p>"}).body == "One & two.\n\nThree."
    got = article({"html": page(3).decode(), "date": "2024-05-01", "url": "http://gazette.example/news/3"})
    assert (got.title, got.published_at) == ("Bridge 3 reopens", datetime(2024, 5, 1, tzinfo=UTC))
    assert got.body.startswith("Paragraph 0 of story 3")


def test_a_text_can_be_cleaned_as_a_dump_is() -> None:
    lines = ["Skip to content", *(f"Paragraph {n} about the bridge and what it cost the town." for n in range(5))]
    text = "\n".join([*lines, "Share this article"])
    assert "Share this" in article({"title": "Bridge", "body": text}).body
    assert "Share this" not in article({"title": "Bridge", "body": text}, clean=True).body


@pytest.mark.parametrize("raw", [b"[1]", b"{", b"nothing"])
def test_what_is_no_row_is_told(raw: bytes) -> None:
    with pytest.raises(NoRow):
        cells_of(raw)


@given(st.dictionaries(st.sampled_from(["title", "text", "date", "author", "url", "tags", "x"]), st.text(max_size=40)))
def test_a_row_of_anything_gives_an_article_a_reason_or_the_wrong_column(cells: dict[str, str]) -> None:
    cells = json.loads(json.dumps(cells))
    try:
        result = refine_row(Row(cells=cells, columns=columns_of(cells, {}), saved_at=SAVED))
    except (BadCell, WrongColumns):
        return
    assert isinstance(result, Article | Rejection)
