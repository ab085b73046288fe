"""Who changed, the site or we: raw pages in a real archive, cleaned again beside one another."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from archive.captures import Exchange
from archive.health import Health, SourceNight, amend, judge_night, source_nights_of
from archive.ledger import Verdict
from archive.types import Hint, Kind, Link, Page, State, Via
from archive.writer import ArchiveWriter
from crawler.keep import verdict_on
from crawler.night.control import compare
from pipelines import refine
from tests.a_site_with_a_template import FIRST_DAY, SOURCE, build

HOME = "http://saltmarsh-echo.example/"
NIGHT_1 = FIRST_DAY + timedelta(days=40)
NIGHT_2 = NIGHT_1 + timedelta(days=1)

Change = Callable[[bytes], bytes]


def night(writer: ArchiveWriter, pages: list[Page], *, spoil: Change = bytes, told: Change = bytes) -> int:
    """A crawl of some pages; ``spoil``: what the site did to them, ``told``: what cleaning saw instead of them."""
    now = NIGHT_2 if writer.db.execute("select 1 from articles").fetchone() else NIGHT_1
    ledger = writer.ledger
    ledger.add_source(SOURCE, home=HOME, title=None, now=now)
    run = ledger.start_run("crawl", {}, now)
    hint = Hint(via=Via.GIVEN, where=HOME)
    links = [Link(url=page.url, kind=Kind.PAGE, hint=hint) for page in pages]
    ledger.discover([*links, Link(url=HOME, kind=Kind.FRONT, hint=hint)], source=SOURCE, run=run, now=now)
    front = ledger.entry(HOME)
    assert front is not None
    ledger.settle(front, Verdict(state=State.READ, outcome=None), run=run, now=now)
    for page in pages:
        take_in(writer, replace(page, body=spoil(page.body), fetched_at=now), told, run)
    ledger.finish_run(run, "finished", now + timedelta(minutes=1))
    writer.commit()
    return run


def take_in(writer: ArchiveWriter, page: Page, told: Change, run: int) -> None:
    entry = writer.ledger.entry(page.url)
    assert entry is not None
    exchange = Exchange(
        url=page.url,
        asked=page.url,
        source=SOURCE,
        fetched_at=page.fetched_at,
        status=200,
        response_headers=(("Content-Type", "text/html; charset=utf-8"),),
        body=page.body,
    )
    capture = writer.keep(exchange, run=run, url_id=entry.id)
    captured = Verdict(state=State.CAPTURED, outcome=None, capture_id=capture, full_answer=True)
    writer.ledger.settle(entry, captured, run=run, now=page.fetched_at)
    entry = writer.ledger.entry(page.url)
    assert entry is not None
    result = refine(replace(page, body=told(page.body)))
    verdict = verdict_on(writer, entry, page, result, page.fetched_at)
    writer.ledger.settle(entry, verdict, run=run, now=page.fetched_at)


def without_authors(body: bytes) -> bytes:
    """The page with no byline in it."""
    return re.sub(rb'<meta name="author"[^>]*>|<p class="by">.*?</p>', b"", body)


def doubtful(writer: ArchiveWriter, run: int, verdict: Health) -> list[SourceNight]:
    """The night, called doubtful: the control does not ask how anybody came to doubt it."""
    (judged,) = judge_night(writer, run, NIGHT_2)
    called = replace(judged, verdict=verdict, evidence=("It looks so.",))
    amend(writer, [called])
    return [called]


@pytest.fixture
def pages() -> list[Page]:
    return [made.page for made in build()[:12]]


def test_old_pages_that_still_have_their_authors_show_that_the_site_changed(
    writer: ArchiveWriter, pages: list[Page]
) -> None:
    night(writer, pages[:6])
    run = night(writer, pages[6:], spoil=without_authors)
    (found,) = compare(writer, doubtful(writer, run, Health.AUTHORS_GONE), workers=1)
    assert found.verdict is Health.AUTHORS_GONE
    assert found.evidence[0] == "It looks so."
    assert "Of 6 raw pages up to 11 October, which gave good articles then, 6 do so today" in found.evidence[1]
    assert found.evidence[1].endswith("of 6 pages of tonight, 0: the site changed.")
    assert source_nights_of(writer.db, run) == [found]


def test_old_pages_that_have_lost_their_authors_too_show_that_we_changed(
    writer: ArchiveWriter, pages: list[Page]
) -> None:
    """What an earlier nightdesk read from the raw pages, and this one does not: their authors."""
    earlier = {page.url: page.body for page in pages}
    by_spoilt = {without_authors(body): body for body in earlier.values()}
    night(writer, pages[:6], spoil=without_authors, told=by_spoilt.__getitem__)
    run = night(writer, pages[6:], spoil=without_authors)
    (found,) = compare(writer, doubtful(writer, run, Health.AUTHORS_GONE), workers=1)
    assert found.verdict is Health.OURS
    assert "0 do so today; of 6 pages of tonight, 0: the cleaning changed, not the site" in found.evidence[1]


def test_pages_that_are_not_understood_any_more_are_compared_by_text_and_fields(
    writer: ArchiveWriter, pages: list[Page]
) -> None:
    def emptied(body: bytes) -> bytes:
        return body.replace(b"<p", b"<template").replace(b"</p>", b"</template>")

    night(writer, pages[:6])
    run = night(writer, pages[6:], spoil=emptied)
    (found,) = compare(writer, doubtful(writer, run, Health.LAYOUT_CHANGED), workers=1)
    assert found.verdict is Health.LAYOUT_CHANGED
    assert found.evidence[1].endswith("of 6 pages of tonight, 0: the site changed.")


def test_a_damaged_capture_says_nothing_and_hurts_nothing(
    writer: ArchiveWriter, pages: list[Page], tmp_path: Path
) -> None:
    night(writer, pages[:6])
    run = night(writer, pages[6:], spoil=without_authors)
    nights = doubtful(writer, run, Health.AUTHORS_GONE)
    first = writer.db.execute("select min(id) from captures where status = 200").fetchone()[0]
    writer.db.execute("update captures set payload_digest = 'sha1:OTHER' where id = ?", [first])
    (found,) = compare(writer, nights, workers=1)
    assert "Of 5 raw pages" in found.evidence[1]


def test_nights_without_a_doubt_and_sources_without_a_past_are_left_as_they_are(
    writer: ArchiveWriter, pages: list[Page]
) -> None:
    run = night(writer, pages[:6], spoil=without_authors)
    (fine,) = judge_night(writer, run, NIGHT_1)
    assert compare(writer, [fine]) == [fine]
    (alone,) = doubtful(writer, run, Health.AUTHORS_GONE)
    assert compare(writer, [alone], workers=1) == [alone]
