from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from archive.types import Precision
from pipelines.datelines import is_update, read_date_in_parts, read_date_line, read_labelled_date
from pipelines.dates import Clock, Moment, latest_such_day, read_date
from pipelines.dayorder import find_day_order
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
        ("10-Nov-2026", "2026-11-10T00:00:00+00:00", Precision.DAY),
        ("2026년 11월 10일", "2026-11-10T00:00:00+00:00", Precision.DAY),
        ("令和8年11月10日", "2026-11-10T00:00:00+00:00", Precision.DAY),
        ("民國115年11月10日", "2026-11-10T00:00:00+00:00", Precision.DAY),
        ("10 листопада 2026", "2026-11-10T00:00:00+00:00", Precision.DAY),
        ("10 лист. 2026", "2026-11-10T00:00:00+00:00", Precision.DAY),
        ("10 ноября 2026 г.", "2026-11-10T00:00:00+00:00", Precision.DAY),
        ("10 Kasım 2026", "2026-11-10T00:00:00+00:00", Precision.DAY),
        ("10 Νοεμβρίου 2026", "2026-11-10T00:00:00+00:00", Precision.DAY),
        ("١٠ نوفمبر ٢٠٢٦", "2026-11-10T00:00:00+00:00", Precision.DAY),
        ("10 تشرين الثاني/نوفمبر 2026", "2026-11-10T00:00:00+00:00", Precision.DAY),
        ("10 בנובמבר 2026", "2026-11-10T00:00:00+00:00", Precision.DAY),
        ("10 tháng 11, 2026", "2026-11-10T00:00:00+00:00", Precision.DAY),
        ("2026 m. lapkričio 10 d.", "2026-11-10T00:00:00+00:00", Precision.DAY),
        ("2026. gada 10. novembris", "2026-11-10T00:00:00+00:00", Precision.DAY),
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
        "11月10日",
        "11월 10일",
        "10 лист.",
        "10 Kasım",
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
    ("written", "day"),
    [
        ("2026-11-14T00:00:00+01:00", 14),
        ("2026-11-14T00:00:00-05:00", 14),
        ("2026-11-14T00:00:00Z", 14),
        ("Sat, 14 Nov 2026 00:00:00 +0100", 14),
        ("Nov 14, 2026 12:00 am", 14),
        ("2026-11-13T24:00:00Z", 14),
    ],
)
def test_midnight_is_a_day_and_the_one_that_was_written(written: str, day: int) -> None:
    moment = read(written)
    assert moment is not None
    assert (moment.at.isoformat(), moment.precision) == (f"2026-11-{day}T00:00:00+00:00", Precision.DAY)


def test_midnight_where_the_paper_is_is_a_day_though_written_in_utc() -> None:
    moment = read("2026-11-13T23:00:00Z", timezone="Europe/Berlin")
    assert moment is not None
    assert (moment.at.isoformat(), moment.precision) == ("2026-11-14T00:00:00+00:00", Precision.DAY)
    other = read("2026-11-13T23:00:00Z", timezone="Europe/Lisbon")
    assert other is not None
    assert other.precision is Precision.SECOND


@pytest.mark.parametrize(
    ("written", "timezone", "day"),
    [
        ("2026-11-10T18:00:00-08:00", None, date(2026, 11, 10)),
        ("Nov 10, 2026 at 5:00 PM PST", None, date(2026, 11, 10)),
        ("2026-11-10T06:03:42+0800", None, date(2026, 11, 10)),
        ("2026-11-11T02:30:00Z", "America/New_York", date(2026, 11, 10)),
        ("2026-11-11T02:30:00Z", None, date(2026, 11, 11)),
    ],
)
def test_the_day_of_an_instant_is_that_of_its_own_zone_or_the_papers(
    written: str, timezone: str | None, day: date
) -> None:
    moment = read(written, timezone=timezone)
    assert moment is not None
    assert moment.day == day


@pytest.mark.parametrize(
    ("language", "month", "day", "inferred"),
    [
        ("en-US", 3, 4, None),
        (None, 3, 4, "order"),
        ("en", 3, 4, "order"),
        ("en-GB", 4, 3, None),
        ("fr", 4, 3, None),
        ("es-MX", 4, 3, None),
    ],
)
def test_the_language_decides_between_day_and_month(
    language: str | None, month: int, day: int, inferred: str | None
) -> None:
    moment = read("3/4/2026", language=language)
    assert moment is not None
    assert (moment.at.month, moment.at.day, moment.inferred) == (month, day, inferred)


@pytest.mark.parametrize("language", ["en", "en-US", "en-GB", None])
def test_of_two_readings_the_one_after_the_fetch_is_not_meant(language: str | None) -> None:
    moment = read("12/11/2026", language=language)
    assert moment is not None
    assert (moment.day, moment.inferred) == (date(2026, 11, 12), None)


def test_a_pages_other_dates_tell_the_order_and_else_its_country() -> None:
    assert find_day_order(["25/10/2026", "03/10/2026"], (), None) is True
    assert find_day_order(["10/25/2026"], (), "https://www.gazette.co.uk/") is False
    assert find_day_order(["03/10/2026"], {date(2026, 10, 3)}, None) is True
    assert find_day_order(["03/10/2026"], {date(2026, 3, 10)}, None) is False
    assert find_day_order(["03/10/2026"], (), "https://www.gazette.co.uk/") is True
    assert find_day_order(["03/10/2026"], (), "https://www.gazette.io/") is None


def test_listopad_is_october_in_croatian_and_november_in_polish() -> None:
    assert month_number("listopada", "hr") == 10
    assert month_number("listopada", "pl") == 11
    assert month_number("lis", "pl-PL") == 11
    assert month_number("listopada") == 11


@pytest.mark.parametrize("text", ["iPhone Pro 11", "Gen 2", "set 3", "Mac 10", "Sub 5"])
def test_english_words_are_no_months_though_they_are_elsewhere(text: str) -> None:
    assert read(text, language="en") is None
    assert read(text) is None


def test_an_afternoon_is_one_in_greek_and_arabic() -> None:
    for written in ("10 Νοεμβρίου 2026, 2:05 μ.μ.", "10 نوفمبر 2026 2:05 م"):
        moment = read(written)
        assert moment is not None
        assert moment.at.isoformat() == "2026-11-10T14:05:00+00:00"


@pytest.mark.parametrize(
    ("written", "instant", "precision"),
    [
        ("2 hours ago", "2026-11-22T10:00:00+00:00", Precision.MINUTE),
        ("vor 3 Stunden", "2026-11-22T09:00:00+00:00", Precision.MINUTE),
        ("hace 3 días", "2026-11-19T00:00:00+00:00", Precision.DAY),
        ("yesterday", "2026-11-21T00:00:00+00:00", Precision.DAY),
        ("3 часа назад", "2026-11-22T09:00:00+00:00", Precision.MINUTE),
        ("3小时前", "2026-11-22T09:00:00+00:00", Precision.MINUTE),
        ("2 saat önce", "2026-11-22T10:00:00+00:00", Precision.MINUTE),
        ("wczoraj", "2026-11-21T00:00:00+00:00", Precision.DAY),
    ],
)
def test_relative_dates_are_marked(written: str, instant: str, precision: Precision) -> None:
    moment = read(written)
    assert moment is not None
    assert (moment.at.isoformat(), moment.precision, moment.inferred) == (instant, precision, "relative")


@pytest.mark.parametrize(
    "text", ["3 min read", "Lectura de 3 min", "", "Ana Kovač", "five of 12", "version 1.2.3", "12:30", "99/99/2026"]
)
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


def test_a_date_may_be_one_of_the_parts_of_a_line() -> None:
    moment = read_date_in_parts("by Ana Kovač · Dec 20, 2025 at 3:00 am · One comment so far", CLOCK)
    assert moment is not None
    assert moment.as_written == "Dec 20, 2025 at 3:00 am"
    assert read_date_in_parts("The fire of Dec 20, 2025 and what followed", CLOCK) is None


@pytest.mark.parametrize("line", ["Posted on the 15/12/2025 at 19:00 by Ana", "Published Apr 26, 2023 · 9 comments"])
def test_a_date_after_its_label_is_read(line: str) -> None:
    assert read_labelled_date(line, CLOCK) is not None
