"""A day, month, year or instant as a person writes it → its first and last second, in UTC."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time, timedelta

from archive.errors import BadQuery

FORMS = "2026, 2026-11, 2026-11-10, 2026-11-10T08:30Z, today, yesterday or -7d"

_MONTH = re.compile(r"([0-9]{4})(?:-([0-9]{1,2}))?")
_DAY = re.compile(r"([0-9]{4})-([0-9]{1,2})-([0-9]{1,2})")
_DAYS_AGO = re.compile(r"-([0-9]{1,5})d")
_TO_THE_MINUTE = re.compile(r"[^T ]+[T ][0-9]{2}:?[0-9]{2}(?![:0-9])")
_SECOND = timedelta(seconds=1)

Span = tuple[datetime, datetime]


def span_of(value: str | date, *, name: str, now: datetime) -> Span:
    """First and last second of what ``value`` names, both in it.

    Days are UTC's; a time without a zone is taken as UTC. ``name`` is the filter's, for the message of
    BadQuery; ``now`` is what ``today`` and ``-7d`` count from.
    """
    try:
        span = _span(value, now.astimezone(UTC))
    except (ValueError, OverflowError):
        span = None
    if span is None:
        raise BadQuery(f"{name}: {str(value)[:80]!r} is no date that can be understood; write {FORMS}")
    return span


def _span(value: str | date, now: datetime) -> Span | None:
    if isinstance(value, datetime):
        second = value.replace(tzinfo=value.tzinfo or UTC).astimezone(UTC).replace(microsecond=0)
        return second, second
    if isinstance(value, date):
        return days_between(value, value)
    text = value.strip()
    relative = _relative(text.lower(), now.date())
    if relative:
        return days_between(relative, relative)
    if match := _MONTH.fullmatch(text):
        year, month = int(match[1]), int(match[2] or 0)
        return days_between(date(year, month or 1, 1), _end_of_month(year, month or 12))
    if match := _DAY.fullmatch(text):
        day = date(*map(int, match.groups()))
        return days_between(day, day)
    return _instant(text)


def _relative(text: str, today: date) -> date | None:
    ago = {"today": "-0d", "yesterday": "-1d"}.get(text, text)
    match = _DAYS_AGO.fullmatch(ago)
    return today - timedelta(days=int(match[1])) if match else None


def _end_of_month(year: int, month: int) -> date:
    if month == 12:
        return date(year, 12, 31)
    return date(year, month + 1, 1) - timedelta(days=1)


def days_between(first: date, last: date) -> Span:
    """The first second of the first day, and the last of the last."""
    return datetime.combine(first, time.min, UTC), datetime.combine(last, time(23, 59, 59), UTC)


def _instant(text: str) -> Span | None:
    moment = datetime.fromisoformat(text)
    if not re.search("[T ]", text):  # another way to write a day, such as 20261110 or 2026-W46-2
        return days_between(moment.date(), moment.date())
    second = moment.replace(tzinfo=moment.tzinfo or UTC).astimezone(UTC).replace(microsecond=0)
    length = timedelta(minutes=1) if _TO_THE_MINUTE.match(text) else _SECOND
    return second, second + (length - _SECOND)
