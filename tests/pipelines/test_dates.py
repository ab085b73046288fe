from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from archive.types import Precision
from pipelines.datelines import is_update, read_date_line
from pipelines.dates import Clock, Moment, latest_such_day, read_date
from pipelines.months import month_number

FETCHED = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)


def read(text: str, *, language: str | None = None, timezone: str | None = None) -> Moment | None:
    return read_date(text, Clock(fetched_at=FETCHED, timezone=timezone, language=language))


@pytest.mark.parametrize(
    ("written", "instant", "precision"),
    [
        ("2026-11-10T08:30:00+01:00", "2026-11-10T07:30:00+00:00", Precision.SECOND),
        ("2026-11-10T08:30:00.123Z", "2026-11-10T08:30:00+00:00", Precision.SECOND),
        ("2020-12-23T11:48:54-0800", "2020-12-23T19:48:54+00:00", Precision.SECOND),
        ("2026-11-10", "2026-11-10T00:00:00+00:00", Precision.DAY),
        ("20261110T083000Z", "2026-11-10T08:30:00+00:00", Precision.SECOND),
        ("1762800000", "2025-11-10T18:40:00+00:00", Precision.SECOND),
        ("Tue, 10 Nov 2026 08:30:00 GMT", "2026-11-10T08:30:00+00:00", Precision.SECOND),
        ("Mon Nov 10 12:00:00 CET 2025", "2025-11-10T11:00:00+00:00", Precision.SECOND),
        ("November 10, 2026 3:05 p.m. ET", "2026-11-10T20:05:00+00:00", Precision.MINUTE),
        ("Tuesday 10 November 2026 08.30 GMT", "2026-11-10T08:30:00+00:00", Precision.MINUTE),
        ("10.11.2026", "2026-11-10T00:00:00+00:00", Precision.DAY),
        ("1. 11. 2026", "2026-11-01T00:00:00+00:00", Precision.DAY),
        ("13/4/2026", "2026-04-13T00:00:00+00:00", Precision.DAY),
        ("2026年11月10日", "2026-11-10T00:00:00+00:00", Precision.DAY),
        ("2026. november 10.", "2026-11-10T00:00:00+00:00", Precision.DAY),
    ],
)
def test_what_is_written_in_full_is_read_in_full(written: str, instant: str, precision: Precision) -> None:
    moment = read(written)
    assert moment is not None
    assert (moment.at.isoformat(), moment.precision, moment.inferred) == (instant, precision, None)


@pytest.mark.parametrize(
    "written",
    [
        "Nov 10",
        "10. November",
        "10 de noviembre",
        "10 nov.",
        "10 novembre",
        "10 de novembro",
        "10 november",
        "10. studenoga",
        "10. marraskuuta",
        "10 listopadu",
        "10 ноября",
        "Nov. 10th",
    ],
)
def test_a_date_without_a_year_is_the_latest_such_day(written: str) -> None:
    moment = read(written)
    assert moment is not None
    assert moment.at == datetime(2026, 11, 10, tzinfo=UTC)
    assert (moment.precision, moment.inferred) == (Precision.DAY, "year")
    assert moment.as_written in (written, written.rstrip("."))


def test_a_day_still_to_come_this_year_was_last_year() -> None:
    moment = read("Dec 24")
    assert moment is not None
    assert moment.at == datetime(2025, 12, 24, tzinfo=UTC)


def test_the_day_of_the_fetch_is_not_in_the_future() -> None:
    moment = read("Nov 22")
    assert moment is not None
    assert moment.at == datetime(2026, 11, 22, tzinfo=UTC)


def test_the_twenty_ninth_of_february_is_that_of_the_last_leap_year() -> None:
    assert latest_such_day(2, 29, date(2026, 11, 22)) == date(2024, 2, 29)
    assert latest_such_day(2, 29, date(1904, 2, 28)) == date(1896, 2, 29)


def test_a_day_that_no_year_has_is_no_date() -> None:
    assert read("31 June") is None
    assert latest_such_day(6, 31, date(2026, 11, 22)) is None


@settings(max_examples=150, deadline=None)
@given(st.dates(date(1996, 1, 1), date(2090, 12, 31)), st.integers(1, 12), st.integers(1, 31))
def test_the_latest_such_day_is_never_later_than_today_and_no_later_one_exists(
    today: date, month: int, day: int
) -> None:
    found = latest_such_day(month, day, today)
    if found is None:
        assert (month, day) in {(2, 30), (2, 31), (4, 31), (6, 31), (9, 31), (11, 31)}
        return
    assert found <= today
    assert (found.month, found.day) == (month, day)
    later = found + timedelta(days=1)
    while later <= today:
        assert (later.month, later.day) != (month, day)
        later += timedelta(days=27 if later + timedelta(days=27) < found.replace(day=1) else 1)


def test_a_time_without_a_zone_is_in_the_declared_one_and_says_so() -> None:
    moment = read("10. November 2026, 14:05 Uhr", timezone="Europe/Berlin")
    assert moment is not None
    assert (moment.at.isoformat(), moment.inferred) == ("2026-11-10T13:05:00+00:00", "zone")


def test_a_time_without_any_zone_is_utc_and_says_so() -> None:
    moment = read("10 Nov 2026 14:05")
    assert moment is not None
    assert (moment.at.isoformat(), moment.inferred) == ("2026-11-10T14:05:00+00:00", "zone")


def test_an_unknown_zone_of_the_source_counts_as_none() -> None:
    moment = read("10 Nov 2026 14:05", timezone="Mars/Olympus")
    assert moment is not None
    assert moment.at.hour == 14


def test_a_day_is_never_shifted_by_a_zone() -> None:
    moment = read("10 Nov 2026", timezone="Pacific/Auckland")
    assert moment is not None
    assert moment.at == datetime(2026, 11, 10, tzinfo=UTC)


@pytest.mark.parametrize(
    ("language", "month", "day"), [("en-US", 3, 4), (None, 3, 4), ("en-GB", 4, 3), ("fr", 4, 3), ("es-MX", 4, 3)]
)
def test_the_language_decides_between_day_and_month(language: str | None, month: int, day: int) -> None:
    moment = read("3/4/2026", language=language)
    assert moment is not None
    assert (moment.at.month, moment.at.day) == (month, day)


def test_listopad_is_october_in_croatian_and_november_in_polish() -> None:
    assert month_number("listopada", "hr") == 10
    assert month_number("listopada", "pl") == 11


@pytest.mark.parametrize(
    ("written", "instant", "precision"),
    [
        ("2 hours ago", "2026-11-22T10:00:00+00:00", Precision.MINUTE),
        ("vor 3 Stunden", "2026-11-22T09:00:00+00:00", Precision.MINUTE),
        ("hace 3 días", "2026-11-19T00:00:00+00:00", Precision.DAY),
        ("yesterday", "2026-11-21T00:00:00+00:00", Precision.DAY),
    ],
)
def test_relative_dates_are_marked(written: str, instant: str, precision: Precision) -> None:
    moment = read(written)
    assert moment is not None
    assert (moment.at.isoformat(), moment.precision, moment.inferred) == (instant, precision, "relative")


@pytest.mark.parametrize("text", ["3 min read", "", "Ana Kovač", "five of 12", "version 1.2.3", "12:30", "99/99/2026"])
def test_other_texts_hold_no_date(text: str) -> None:
    assert read(text) is None


@settings(max_examples=150, deadline=None)
@given(st.text(max_size=60))
def test_any_text_is_read_without_an_error(text: str) -> None:
    moment = read(text)
    assert moment is None or moment.at.tzinfo is UTC


@settings(max_examples=100, deadline=None)
@given(st.datetimes(datetime(1990, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC)))  # noqa: DTZ001
def test_a_machines_stamp_comes_back_as_it_was(moment: datetime) -> None:
    moment = moment.replace(microsecond=0)
    found = read(moment.isoformat())
    assert found is not None
    assert found.at == moment


CLOCK = Clock(fetched_at=FETCHED)


@pytest.mark.parametrize(
    "line", ["Nov 10", "Updated: Nov 12", "Published 10 November 2026, 14:05 CET", "Stand: 10.11.2026 um 9:00 Uhr"]
)
def test_a_line_of_nothing_but_dates_is_a_date_line(line: str) -> None:
    assert read_date_line(line, CLOCK) is not None


@pytest.mark.parametrize("line", ["On 10 November 2026 the ferry sank.", "May 5 be enough", "Kovač, 10 Nov", "Nov"])
def test_a_line_with_other_words_is_none(line: str) -> None:
    assert read_date_line(line, CLOCK) is None


def test_a_line_tells_whether_it_is_of_a_change() -> None:
    assert is_update("Updated: Nov 12")
    assert is_update("Zuletzt aktualisiert am 12.11.2026")
    assert not is_update("Published Nov 12")
