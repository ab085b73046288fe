"""What robots.txt and tdmrep.json say of rights; and for how long what they say is good."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.sitefiles import SiteFile
from crawler.fetch.reservations import is_due
from crawler.fetch.robots import FRESH, is_good, means
from crawler.fetch.siterights import robots_signals, tdmrep_signals

NOW = datetime(2026, 11, 22, 2, 0, tzinfo=UTC)


def test_lines_of_a_group_are_said_to_its_robots() -> None:
    text = (
        "\ufeffLicense: https://gazette.example/rsl.xml\n"
        "User-Agent: OneBot\nuser-agent: TwoBot  # both\nDisallow: /x/\nContent-Usage: train-ai=n\n"
        "Sitemap: https://gazette.example/map.xml\n"
        "User-agent: *\nAllow: /\nContent-usage:  /a b/ search=n # not this\nContent-Signal: ai-train=no\n"
    )
    assert robots_signals(text.encode()) == [
        ("robots.txt license", "https://gazette.example/rsl.xml"),
        ("robots.txt content-usage for OneBot, TwoBot", "train-ai=n"),
        ("robots.txt content-usage for *", "/a b/ search=n"),
        ("robots.txt content-signal for *", "ai-train=no"),
    ]


@pytest.mark.parametrize("body", [b"", b"{", b"{}", b"[1, 2]", b"\xff\xfe", b"[" * 100_000])
def test_what_is_no_tdmrep_file_says_nothing(body: bytes) -> None:
    assert tdmrep_signals(body) == []


@given(st.binary(max_size=300))
def test_no_bytes_make_reading_fail(body: bytes) -> None:
    assert len(robots_signals(b"User-agent: *\nContent-Usage: " + body)) <= 302
    tdmrep_signals(body)


@pytest.mark.parametrize(
    ("status", "meaning"),
    [(200, "rules"), (401, "free"), (403, "free"), (404, "free"), (429, "closed"), (503, "closed")],
)
def test_a_robots_txt_is_what_rfc_9309_makes_of_its_status(status: int, meaning: str) -> None:
    assert means(status) == meaning


def a_file(age: timedelta, status: int | None = 200) -> SiteFile:
    return SiteFile(url="http://gazette.example/x", asked_at=NOW - age, status=status, read_at=NOW - age)


def test_a_stored_robots_txt_is_good_for_a_day_and_one_from_the_future_not_at_all() -> None:
    ages = [timedelta(0), timedelta(hours=23), timedelta(hours=24), timedelta(seconds=-1)]
    assert [is_good(a_file(age), NOW, FRESH) for age in ages] == [True, True, False, False]
    never_read = SiteFile(url="http://gazette.example/x", asked_at=NOW, status=500)
    assert not is_good(never_read, NOW, FRESH)


@pytest.mark.parametrize(
    ("status", "hours", "due"),
    [(200, 23, False), (200, 24, True), (404, 24, False), (404, 168, True), (None, 24, False)],
)
def test_reservations_are_asked_for_daily_where_there_are_some_and_weekly_where_not(
    status: int | None, hours: int, due: bool
) -> None:
    assert is_due(a_file(timedelta(hours=hours), status), NOW) is due
    assert is_due(None, NOW)
