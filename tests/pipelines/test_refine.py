from __future__ import annotations

import pickle
import subprocess
import sys
from datetime import UTC, date, datetime
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import pipelines
from archive.types import Article, Page, Reason, Rejection
from pipelines import EXTRACTOR, extract, refine, refine_dump
from pipelines.sheet import MAX_BYTES

FETCHED = datetime(2026, 11, 22, 2, 0, tzinfo=UTC)
TEXT = (
    "The town council voted on Tuesday night to keep the ferry running through the winter, ending a long quarrel. " * 3
)
HTML = (
    "<html lang=en><head><title>Ferry to run</title></head><body><article><h1>Ferry to run</h1>"
    f"<p>Nov 10</p><p>{TEXT}</p></article></body></html>"
)


def page(body: bytes, **changes: object) -> Page:
    fields = {"url": "http://gazette.example/a", "final_url": "http://gazette.example/a", "fetched_at": FETCHED}
    return Page(body=body, **(fields | changes))  # type: ignore[arg-type]


def test_these_names_are_for_everyone() -> None:
    assert sorted(pipelines.__all__) == ["EXTRACTOR", "extract", "refine", "refine_dump"]


def test_extract_takes_bytes_and_text_alike() -> None:
    from_text, from_bytes = extract(HTML, fetched_at=FETCHED), extract(HTML.encode(), fetched_at=FETCHED)
    assert isinstance(from_text, Article)
    assert from_text == from_bytes
    assert from_text.title == "Ferry to run"
    assert from_text.url is None
    assert from_text.extractor == EXTRACTOR


@pytest.mark.parametrize("kind", [bytearray, memoryview])
def test_extract_takes_every_kind_of_bytes(kind: type) -> None:
    assert extract(kind(HTML.encode()), fetched_at=FETCHED) == extract(HTML, fetched_at=FETCHED)


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        ({"html": None}, "html: bytes or str is wanted, not NoneType"),
        ({"html": 17}, "html: bytes or str is wanted, not int"),
        ({"url": b"http://gazette.example/a"}, "url: a str is wanted, not bytes"),
        ({"fetched_at": date(2026, 11, 22)}, "fetched_at: a datetime is wanted, not date"),
        ({"fetched_at": "2026-11-22"}, "fetched_at: a datetime is wanted, not str"),
    ],
)
def test_extract_says_what_it_wants(arguments: dict[str, Any], complaint: str) -> None:
    with pytest.raises(TypeError, match=complaint):
        extract(**{"html": HTML, **arguments})


@pytest.mark.parametrize("end", [datetime.max.replace(tzinfo=UTC), datetime.min.replace(tzinfo=UTC)])
def test_the_ends_of_time_are_no_time_of_fetch(end: datetime) -> None:
    with pytest.raises(ValueError, match="fetched_at: a time of this age is wanted"):
        extract(HTML, fetched_at=end)


@pytest.mark.parametrize("year", [2, 9998])
def test_a_strange_year_of_fetch_breaks_nothing(year: int) -> None:
    html = HTML.replace("<p>Nov 10</p>", "<p>Dec 31</p><p>January 1</p><time datetime='2026-11-10'>Nov 10</time>")
    assert isinstance(extract(html, fetched_at=datetime(year, 12, 31, 23, 59, tzinfo=UTC)), Article)


def test_refine_dump_says_what_it_wants() -> None:
    with pytest.raises(TypeError, match="text: a str is wanted, not bytes"):
        refine_dump(b"A headline", fetched_at=FETCHED)  # type: ignore[arg-type]


def test_text_is_not_decoded_a_second_time() -> None:
    html = HTML.replace("<title>", '<meta charset="windows-1252"><title>').replace(
        "Ferry to run", "Fähre fährt – jetzt"
    )
    article = extract(html, fetched_at=FETCHED)
    assert isinstance(article, Article)
    assert article.title == "Fähre fährt – jetzt"


def test_a_naive_time_of_fetch_is_utc() -> None:
    article = extract(HTML, fetched_at=datetime(2026, 11, 22))  # noqa: DTZ001
    assert isinstance(article, Article)
    assert article.published_at == datetime(2026, 11, 10, tzinfo=UTC)


def test_without_a_time_of_fetch_no_date_lies_in_the_future() -> None:
    article = extract(HTML)
    assert isinstance(article, Article)
    assert article.published_at is not None
    assert article.published_at <= datetime.now(UTC)


def test_an_address_that_is_none_is_no_address() -> None:
    article = extract(HTML, url="not a url", fetched_at=FETCHED)
    assert isinstance(article, Article)
    assert (article.url, article.canonical_url) == (None, None)


def test_the_same_page_gives_the_same_article() -> None:
    assert refine(page(HTML.encode())) == refine(page(HTML.encode()))


def test_an_article_travels_between_processes() -> None:
    article = refine(page(HTML.encode()))
    assert pickle.loads(pickle.dumps(article)) == article


def test_a_failure_of_ours_is_a_rejection_that_says_where(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(_sheet: object) -> None:
        raise KeyError("ferry")

    monkeypatch.setattr(pipelines, "read_structured", fail)
    outcome = refine(page(HTML.encode()))
    assert isinstance(outcome, Rejection)
    assert outcome.reason is Reason.CRASHED
    assert "KeyError" in outcome.detail
    assert "test_refine.py" in outcome.detail


def test_a_huge_page_is_unreadable() -> None:
    outcome = refine(page(b"<p>" + b"x" * MAX_BYTES))
    assert isinstance(outcome, Rejection)
    assert outcome.reason is Reason.UNREADABLE


@pytest.mark.parametrize(
    "html",
    [
        "<div>" * 50_000 + TEXT,
        "<b><i><p>" * 3_000 + TEXT,
        "<table><tr><td>" * 2_000 + TEXT,
        HTML.replace("<p>Nov 10</p>", '<script type="application/ld+json">' + "[" * 100_000 + "</script>"),
        HTML.replace("<p>Nov 10</p>", '<script type="application/ld+json">' + '{"@graph":' * 5_000 + "</script>"),
        HTML.replace("<p>Nov 10</p>", '<script type="application/ld+json">' + '"' * 20_000 + "</script>"),
        HTML.replace("Nov 10", "1 " * 20_000),
        HTML.replace("Nov 10", "(" * 20_000 + "Photo: " * 500),
        HTML.replace("<p>Nov 10</p>", "<p>By " + "A " * 10_000 + "</p>"),
        "<?xml version='1.0' encoding='utf-16'?>" + HTML,
        "\x00" + HTML,
    ],
    ids=[
        "deep",
        "misnested",
        "tables",
        "brackets",
        "graphs",
        "quotes",
        "digits",
        "parentheses",
        "byline",
        "xml",
        "nul",
    ],
)
def test_hostile_markup_ends_in_an_outcome(html: str) -> None:
    outcome = extract(html, url="http://gazette.example/a", fetched_at=FETCHED)
    assert isinstance(outcome, Article) or outcome.reason is not Reason.CRASHED, outcome


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.binary(max_size=400))
def test_any_bytes_end_in_an_outcome(body: bytes) -> None:
    outcome = refine(page(body))
    assert isinstance(outcome, Article) or outcome.reason is not Reason.CRASHED, outcome


PIECES = st.sampled_from(
    [
        "<p>",
        "</p>",
        "<div class='byline'>",
        "<h1>",
        "</h1>",
        "<table>",
        "<td>",
        "<time datetime='2026-99-99'>",
        "<meta charset=x>",
        "<meta property=og:title content='",
        "'>",
        '<script type="application/ld+json">',
        '{"@type":"NewsArticle","author":[{},',
        "</script>",
        "<figure><img src=x>",
        "<figcaption>",
        "By Jo",
        "<a href='http://[x'>",
        "<link rel=canonical href='http://[x'>",
        "&#0;",
        "&#xD800;",
        "<svg><title>",
        "<!--",
        "-->",
        "<body>",
        "<html>",
        "<template>",
        "<frameset>",
        TEXT,
    ]
)


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(PIECES | st.text(max_size=12), max_size=40))
def test_any_soup_of_markup_ends_in_an_outcome(pieces: list[str]) -> None:
    outcome = extract("".join(pieces), url="http://gazette.example/a", fetched_at=FETCHED)
    assert isinstance(outcome, Article) or outcome.reason is not Reason.CRASHED, outcome


def test_importing_the_package_does_not_import_trafilatura() -> None:
    code = "import sys, pipelines; sys.exit('trafilatura' in sys.modules or 'bs4' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
