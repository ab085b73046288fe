"""A text in, the dates that are written in it out: with their time of day if there is one, and what was inferred."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from functools import lru_cache

from archive.types import Precision
from pipelines.ago import read_ago
from pipelines.clock import Clock, Moment
from pipelines.dayorder import day_of_numbers, day_or_none, full_year
from pipelines.months import month_number
from pipelines.timeofday import ZONE, moment_of, time_near

__all__ = ["Clock", "Moment", "iter_dates", "latest_such_day", "read_date"]

#: Longest text that is searched for a date.
_LONGEST = 300
_ISO = re.compile(
    r"(?<!\d)(?P<y>[12]\d{3})-(?P<mo>\d{1,2})-(?P<d>\d{1,2})(?!\d)"
    r"(?:(?:\s*T\s*|\s+(?:at\s+)?)(?P<h>[01]?\d|2[0-4]):(?P<m>[0-5]\d)(?::(?P<s>[0-5]\d)(?:[.,]\d{1,9})?)?"
    r"(?:\s*" + ZONE + r")?)?",
    re.IGNORECASE,
)
_DIGIT = re.compile(r"\d")
_COMPACT = re.compile(r"^([12]\d{3})([01]\d)([0-3]\d)(?:T?(\d{2})(\d{2})(\d{2})?(Z|[+-]\d{2}:?\d{2})?)?$")
_EPOCH = re.compile(r"^1[0-9]{9}(?:[0-9]{3})?$")
_WORD = r"[^\W\d_]{3,12}"
#: Arabic names of two words or of two letters, and two calendars' names side by side ("تشرين الثاني/نوفمبر").
_MONTH = (
    rf"(?P<mo>(?:تشرين|كانون)\s[^\W\d_]{{3,7}}|{_WORD}|آب)"
    r"(?:\s?/\s?[\u0621-\u064a]{2,8}(?:\s[\u0621-\u064a]{4,7})?)?"
)
_DAY_MONTH = re.compile(
    r"(?<![\d.:/-])(?P<d>[0-3]?\d)(?:\.|º|ª|°|(?:st|nd|rd|th|er|e)\b)?\s*(?:[-/]\s?)?(?:(?:de|of|ta)\s+|d['’]\s*)?"
    rf"{_MONTH}\.?(?:\s*,?\s*(?:[-/]\s?)?(?:(?:de|del|of)\s+)?(?P<y>[12]\d{{3}}|['’]\d{{2}})(?![\d:]))?",
    re.IGNORECASE,
)
_MONTH_DAY = re.compile(
    rf"(?<![^\W\d_])(?P<mo>{_WORD})\.?(?:\s+|-)(?P<d>[0-3]?\d)(?:st|nd|rd"
    rf"|th)?(?![\d:])(?:\s*[,-]?\s*(?P<y>[12]\d{{3}})(?![\d:]))?",
    re.IGNORECASE,
)
#: As the C library writes it: "Nov 10 12:00:00 CET 2025".
_ASCTIME = re.compile(
    rf"(?<![^\W\d_])(?P<mo>{_WORD})\s+(?P<d>[0-3]?\d)\s+\d\d:\d\d(?::\d\d)?(?:\s[A-Z+]{{1,5}}\d{{0,4}})?\s+(?P<y>[12]\d{{3}})(?!\d)"
)
#: "2026. november 10.", "2026 m. lapkričio 10 d.", "2026. gada 10. novembris".
_YEAR_MONTH_DAY = re.compile(rf"(?<!\d)(?P<y>[12]\d{{3}})(?:\s?m)?\.?,?\s+(?P<mo>{_WORD})\s+(?P<d>[0-3]?\d)(?![\d:])")
_YEAR_DAY_MONTH = re.compile(rf"(?<!\d)(?P<y>[12]\d{{3}})\. gada (?P<d>[0-3]?\d)\. (?P<mo>{_WORD})")
#: Japan's reigns and Taiwan's republic, by the year before their first.
_ERAS = {"令和": 2018, "平成": 1988, "昭和": 1925, "民國": 1911, "民国": 1911}
_EAST_ASIAN = re.compile(
    rf"(?:(?P<era>{'|'.join(_ERAS)})?\s?(?P<y>[12]\d{{3}}|(?<=[和成國国])(?:\d{{1,3}}|元))\s?[年년]\s?)?"
    r"(?<!\d)(?P<mo>1[0-2]|0?[1-9])\s?[月월]\s?(?P<d>[0-3]?\d)\s?[日일号號]"
)
_VIETNAMESE = re.compile(
    r"(?<!\d)(?P<d>[0-3]?\d)\s+tháng\s+(?P<mo>1[0-2]|0?[1-9])(?:\s*,?\s*(?:năm\s+)?(?P<y>[12]\d{3}))?(?!\d)",
    re.IGNORECASE,
)
_NUMERIC = re.compile(
    r"(?<![\d.:/-])(?P<a>[0-3]?\d)(?P<sep>[./-])\s?(?P<b>[0-3]?\d)(?P=sep)\s?(?P<y>[12]\d{3}|\d{2})(?![\d:/-])"
)
_YEAR_FIRST = re.compile(r"(?<!\d)(?P<y>[12]\d{3})(?P<sep>[./])\s?(?P<mo>[01]?\d)(?P=sep)\s?(?P<d>[0-3]?\d)(?!\d)")
#: Digits that a pattern's ``[0-3]`` does not know: of Arabic and Persian, and as wide as a Chinese character.
_DIGITS = {ord(zero) + n: ord("0") + n for zero in "٠۰０" for n in range(10)}


def latest_such_day(month: int, day: int, today: date) -> date | None:
    """The latest day with this month and day that is not after ``today``; None if there is none (31 June)."""
    # Eight years reach over a century's missing leap day (1900, 2100).
    for year in range(today.year, max(today.year - 9, 0), -1):
        found = day_or_none(year, month, day)
        if found and found <= today:
            return found
    return None


def _dated(year: int | None, month: int, number: int, clock: Clock) -> tuple[date, str | None] | None:
    """A day and what was inferred for it: the year, where none was written."""
    if year is not None:
        day = day_or_none(year, month, number)
        return (day, None) if day else None
    day = latest_such_day(month, number, clock.today)
    return (day, "year") if day else None


def _named_day(found: re.Match[str], clock: Clock) -> tuple[date, str | None] | None:
    month = month_number(found["mo"], clock.language)
    if month is None:
        return None
    year = full_year(found["y"], clock.today) if found["y"] else None
    return _dated(year, month, int(found["d"]), clock)


def _east_asian_day(found: re.Match[str], clock: Clock) -> tuple[date, str | None] | None:
    written = found["y"]
    year = None
    if written:
        year = (1 if written == "元" else int(written)) + (_ERAS[found["era"]] if found["era"] else 0)
    return _dated(year, int(found["mo"]), int(found["d"]), clock)


_Span = tuple[int, int, date, str | None]


def _spans(text: str, clock: Clock) -> Iterator[_Span]:
    """Every day in a text: where it starts and ends, the day, and what was inferred."""
    for found in _YEAR_FIRST.finditer(text):
        if day := day_or_none(int(found["y"]), int(found["mo"]), int(found["d"])):
            yield *found.span(), day, None
    for found in _NUMERIC.finditer(text):
        if numbered := day_of_numbers(found, clock):
            yield *found.span(), *numbered
    for pattern in (_ASCTIME, _YEAR_MONTH_DAY, _YEAR_DAY_MONTH, _MONTH_DAY, _DAY_MONTH):
        for found in pattern.finditer(text):
            if named := _named_day(found, clock):
                yield *found.span(), *named
    if text.isascii():
        return
    for found in _EAST_ASIAN.finditer(text):
        if named := _east_asian_day(found, clock):
            yield *found.span(), *named
    for found in _VIETNAMESE.finditer(text):
        year = int(found["y"]) if found["y"] else None
        if named := _dated(year, int(found["mo"]), int(found["d"]), clock):
            yield *found.span(), *named


def iter_dates(text: str, clock: Clock) -> Iterator[Moment]:
    """Every date written out in a text, those with a year first; a machine's stamps among them."""
    return iter(_dates_in(text[:_LONGEST], clock))


# The same lines of a page are asked for dates of publication, for changes, for bylines and for what is no text.
@lru_cache(maxsize=512)
def _dates_in(text: str, clock: Clock) -> tuple[Moment, ...]:
    return tuple(_find_dates(text, clock)) if _DIGIT.search(text) else ()


def _find_dates(original: str, clock: Clock) -> Iterator[Moment]:
    text = original if original.isascii() else original.translate(_DIGITS)
    taken: list[tuple[int, int]] = []
    for found in _ISO.finditer(text):
        day = day_or_none(int(found["y"]), int(found["mo"]), int(found["d"]))
        moment = moment_of(day, clock, found, original[slice(*found.span())].strip(), None) if day else None
        if moment:
            taken.append(found.span())
            yield moment
    spans = sorted(_spans(text, clock), key=lambda span: (span[3] == "year", span[0] - span[1]))
    for start, end, day, inferred in spans:
        if any(start < t_end and t_start < end for t_start, t_end in taken):
            continue
        taken.append((start, end))
        near = time_near(text, start, end)
        first, last = (min(start, near.start()), max(end, near.end())) if near else (start, end)
        moment = moment_of(day, clock, near, original[first:last].strip(), inferred)
        if moment:
            yield moment


def _stamp(text: str, clock: Clock) -> Moment | None:
    """Stamps that only machines write: seconds since 1970, and ISO 8601 without hyphens."""
    if _EPOCH.match(text):
        at = datetime.fromtimestamp(int(text[:10]), UTC)
        day = at.astimezone(clock.zone).date()
        return Moment(at=at, precision=Precision.SECOND, as_written=text, day=day)
    compact = _COMPACT.match(text)
    if not compact:
        return None
    year, month, day_, hour, minute, second, zone = compact.groups()
    stamp = f"{year}-{month}-{day_}"
    if hour:
        stamp += f"T{hour}:{minute}" + (f":{second}" if second else "") + (zone or "")
    moment = next(iter_dates(stamp, clock), None)
    return replace(moment, as_written=text) if moment else None


def read_date(text: str, clock: Clock) -> Moment | None:
    """The first date in a short text (a meta value, a ``time`` element, a byline); None if there is none."""
    return _read(" ".join(text[:_LONGEST].split()), clock)


@lru_cache(maxsize=512)
def _read(text: str, clock: Clock) -> Moment | None:
    return _stamp(text, clock) or next(iter_dates(text, clock), None) or read_ago(text, clock)
