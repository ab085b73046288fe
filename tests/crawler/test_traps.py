"""Addresses without end are cut off by what came of their like, and nothing else is."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from archive.ledger import Entry
from archive.types import Hint, Kind, Outcome, Reason, State, Via
from crawler.fetch.traps import IN_VAIN, PER_ARTICLE, PROBES, Traps, beginning_of, family_of
from tests.crawler.loopback import crawl, serving
from tests.crawler.test_guard import OPEN, STORY, declare, ledger

SITE = "http://paper.example"


@pytest.mark.parametrize(
    ("url", "family", "beginning"),
    [
        ("/calendar/2031/05", "/calendar/#/#", "/calendar/"),
        ("/calendar/2031/5?view=week&day=7", "/calendar/#/#?day&view", "/calendar/"),
        ("/shop/shoes?sort=price&filter=red", "/shop/shoes?filter&sort", "/shop/shoes"),
        ("/shop/shoes?filter=&sort=name&sort=x", "/shop/shoes?filter&sort", "/shop/shoes"),
        ("/story-4711.html", "/story-#.html", "/story-"),
        ("/2026/11/20/bridge-reopens", "/#/#/#/bridge-reopens", "/"),
        ("/about", None, "/about"),
    ],
)
def test_a_family_is_the_address_without_its_numbers_and_values(url: str, family: str | None, beginning: str) -> None:
    assert family_of(SITE + url) == (family and SITE + family)
    assert beginning_of(SITE + url) == SITE + beginning


def entry(url: str, via: Via = Via.SITEMAP, state: State = State.FOUND) -> Entry:
    return Entry(
        id=1,
        url=SITE + url,
        source="paper",
        kind=Kind.PAGE,
        state=state,
        reason=None,
        first_seen_at=datetime(2026, 11, 22, tzinfo=UTC),
        fetched_at=None,
        attempts=0,
        etag=None,
        last_modified=None,
        capture_id=None,
        article_id=None,
        hints=(Hint(via=via, where="http://paper.example/map.xml"),),
    )


class Paper:
    """A ledger of one source, in memory."""

    def __init__(self) -> None:
        self.rows: list[tuple[str, State, str | None]] = []
        self.asked = 0
        self.traps = Traps(self.history)

    def history(self, source: str, beginning: str) -> Iterator[tuple[str, State, str | None]]:
        self.asked += 1
        assert source == "paper"
        return (row for row in self.rows if row[0].startswith(beginning))

    def fetch(self, url: str, reason: Reason | None = Reason.INDEX_PAGE) -> None:
        page = entry(url)
        state = State.REJECTED if reason else State.KEPT
        self.rows.append((page.url, state, reason))
        self.traps.note(page, state, Outcome.REJECTED if reason else Outcome.NEW, reason)


def test_a_calendar_is_cut_off_after_its_budget() -> None:
    paper = Paper()
    for n in range(IN_VAIN):
        paper.fetch(f"/calendar/2031/{n}")
        assert paper.traps.catches(entry("/calendar/2099/1")) is None
    paper.fetch("/calendar/2031/last")
    paper.fetch("/calendar/2031/99")
    told = paper.traps.catches(entry("/calendar/2099/1"))
    assert told == f"{SITE}/calendar/#/#: {IN_VAIN + 1} pages in vain, 0 articles"
    assert paper.traps.catches(entry("/calendar/2099/1/programme")) is None
    assert paper.traps.catches(replace(entry("/calendar/2099/1"), source="post")) is None
    assert paper.asked == 1


def test_the_next_run_remembers_and_tries_a_few() -> None:
    paper = Paper()
    for n in range(IN_VAIN + 1):
        paper.fetch(f"/calendar/2031/{n}")
    paper.traps = Traps(paper.history)
    for n in range(PROBES):
        assert paper.traps.catches(entry("/calendar/2099/1")) is None
        paper.fetch(f"/calendar/2032/{n}")
    assert paper.traps.catches(entry("/calendar/2099/1"))


def test_a_paper_that_numbers_its_articles_is_no_trap() -> None:
    paper = Paper()
    for n in range(1000):
        paper.fetch(f"/story/{n}", Reason.NOT_ARTICLE if n % 3 else None)
    assert paper.traps.catches(entry("/story/1001")) is None
    for n in range(1000, 1000 + IN_VAIN + PER_ARTICLE * 334):
        paper.fetch(f"/story/{n}")
    assert paper.traps.catches(entry("/story/9999"))


@pytest.mark.parametrize(
    "reason", [Reason.BLOCKED, Reason.NEEDS_JAVASCRIPT, Reason.CONSENT_WALL, Reason.LOGIN_WALL, Reason.CRASHED]
)
def test_a_night_of_walls_cuts_off_nothing(reason: Reason) -> None:
    paper = Paper()
    for n in range(10 * IN_VAIN):
        paper.fetch(f"/story/{n}", reason)
    assert paper.traps.catches(entry("/story/9999")) is None


def test_what_a_feed_or_the_operator_names_and_what_is_held_is_asked_for_all_the_same() -> None:
    paper = Paper()
    for n in range(2 * IN_VAIN):
        paper.fetch(f"/story/{n}")
    assert paper.traps.catches(entry("/story/9999"))
    for exempt in (
        entry("/story/9999", Via.FEED),
        entry("/story/9999", Via.GIVEN),
        entry("/story/9999", state=State.KEPT),
        entry("/story/9999", state=State.GONE),
    ):
        assert paper.traps.catches(exempt) is None


def test_a_night_among_calendars_brings_the_articles_and_tells_what_was_left(tmp_path: Path) -> None:
    where: dict[str, Any] = {}
    month = "<html><title>Calendar</title><body><h1>Events</h1><a href='/next'>Next month</a></body></html>"
    with serving(where, OPEN) as site:
        home = f"http://{OPEN}:{site.port}"
        calendar = [f"/calendar/{2000 + n // 12}/{n % 12}" for n in range(600)]
        stories = [f"/story/{n}" for n in range(8)]
        where |= dict.fromkeys(calendar, month)
        where |= {path: STORY.replace("harbour", f"harbour of Port {path[-1]}") for path in stories}
        where["/map.xml"] = (
            200,
            {"Content-Type": "application/xml"},
            b"<urlset xmlns='http://www.sitemaps.org/schemas/sitemap/0.9'>"
            + "".join(f"<url><loc>{home}{path}</loc></url>" for path in calendar + stories).encode()
            + b"</urlset>",
        )
        folder = declare(tmp_path, f"{home}/", source=f'sitemaps = ["{home}/map.xml"]')
        crawl(folder, delay=0.05)
        asked = [path for path in site.paths(OPEN) if path.startswith("/calendar")]
        assert IN_VAIN < len(asked) < 500  # those being cleaned meanwhile are not known yet
        left = [row for row in ledger(folder, "%/calendar/%") if row[1] == "refused"]
        assert len(left) == len(calendar) - len(asked)
        assert {row[2] for row in left} == {"trap"}
        assert left[-1][3].startswith(f"{home}/calendar/#/#: ")
        assert {row[1] for row in ledger(folder, "%/story/%")} <= {"kept", "duplicate"}
