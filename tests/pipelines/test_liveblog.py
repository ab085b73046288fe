"""Live blogs: entries with their times."""

from __future__ import annotations

import json
from datetime import UTC, datetime

from archive.types import Article
from pipelines import extract

TEXTS = (
    "The wind has dropped to force five, and the harbour master expects the first ferry to leave at noon.",
    "The eastern pier is closed. Two boats have broken their moorings, and nobody is hurt, says the coast guard.",
    "The ferry is tied up for the night. Its forty passengers are given soup and blankets in the school.",
)
FETCHED = datetime(2026, 11, 22, tzinfo=UTC)


def page(entries: str, head: str = "") -> Article:
    found = extract(
        f"<html><head><title>Storm night</title>{head}</head><body><main><article><h1>Storm night</h1>"
        f"{entries}</article></main></body></html>",
        "https://gazette.example/2026/storm-night",
        FETCHED,
    )
    assert isinstance(found, Article)
    return found


def test_entries_are_read_from_the_page_with_their_times_and_headings() -> None:
    entries = "".join(
        f'<section class="liveblog-entry"><time datetime="2026-11-09T{20 + n}:00:00+01:00">{20 + n}:00</time>'
        f"<h2>Hour {n}</h2><p>{text}</p></section>"
        for n, text in enumerate(TEXTS)
    )
    found = page(entries).entries
    assert [entry.body for entry in found] == list(TEXTS)
    assert [entry.title for entry in found] == ["Hour 0", "Hour 1", "Hour 2"]
    assert [entry.as_written for entry in found] == ["20:00", "21:00", "22:00"]
    assert found[0].at == datetime(2026, 11, 9, 19, 0, tzinfo=UTC)


def test_a_time_without_its_day_is_kept_as_written_only() -> None:
    entries = "".join(
        f'<div class="live-update"><div>{20 + n}.15 Uhr</div><p>{text}</p></div>' for n, text in enumerate(TEXTS)
    )
    found = page(entries).entries
    assert [(entry.at, entry.as_written) for entry in found] == [(None, f"{20 + n}.15 Uhr") for n in range(3)]


def test_entries_that_the_page_describes_itself_are_taken_where_it_shows_no_times() -> None:
    updates = [
        {
            "@type": "BlogPosting",
            "headline": f"Hour {n}",
            "datePublished": f"2026-11-09T{20 + n}:00:00Z",
            "articleBody": text,
        }
        for n, text in enumerate(TEXTS)
    ]
    told = {"@type": "LiveBlogPosting", "headline": "Storm night", "liveBlogUpdate": updates}
    head = f'<script type="application/ld+json">{json.dumps(told)}</script>'
    found = page("".join(f"<p>{text}</p>" for text in TEXTS), head)
    assert [(entry.title, entry.body) for entry in found.entries] == [(f"Hour {n}", TEXTS[n]) for n in range(3)]
    assert found.entries[2].at == datetime(2026, 11, 9, 22, 0, tzinfo=UTC)


def test_an_article_with_dated_boxes_is_no_live_blog() -> None:
    entries = "".join(
        f'<section class="chapter"><time datetime="2026-11-09">9 November</time><p>{text}</p></section>'
        for text in TEXTS
    )
    assert page(entries).entries == []
