"""Two numbers and a year in, the day out: whether 10/11/2026 is in October or in November."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from datetime import date, timedelta
from urllib.parse import urlsplit

from pipelines.clock import Clock

_NUMBERS = re.compile(r"(?<![\d.:/-])([0-3]?\d)([./-])\s?([0-3]?\d)\2\s?([12]\d{3}|\d{2})(?![\d:/-])")
#: English as it is written where months come first; everybody else's months come second.
_MONTH_FIRST = ("en-us", "en-ph", "es-us")
#: Nobody says which English it is; in Canada both are written.
_EITHER = ("", "en", "en-ca", "fr-ca")
#: Two-letter domains that say nothing of the country, or whose country writes both ways.
_ANYWHERE = frozenset(
    ("us", "ph", "ca", "co", "io", "me", "tv", "ai", "to", "cc", "fm", "ly", "gg", "so", "sh", "vc", "ws")
)


def day_or_none(year: int, month: int, day: int) -> date | None:
    """The day, None if no calendar has it."""
    try:
        return date(year, month, day)
    except ValueError:
        return None


def full_year(text: str, today: date) -> int:
    """A year of four digits or two ("'26"): of two, the latest that is not after next year."""
    digits = text.lstrip("'’")
    if len(digits) == 4:
        return int(digits)
    year = today.year // 100 * 100 + int(digits)
    return year if year <= today.year + 1 else year - 100


def day_of_numbers(found: re.Match[str], clock: Clock) -> tuple[date, str | None] | None:
    """The day of a match with the groups ``a``, ``b``, ``y`` and ``sep``; ``order`` if which is the month was guessed.

    A day after the fetch is not meant where the other order gives one before it.
    """
    a, b, year = int(found["a"]), int(found["b"]), full_year(found["y"], clock.today)
    if len(found["y"]) == 2 and found["sep"] == "-":
        return None
    day_first = _day_first(clock, found["sep"])
    orders = [(a, b), (b, a)] if day_first in (True, None) else [(b, a), (a, b)]
    days = [day for number, month in orders if (day := day_or_none(year, month, number))]
    past = [day for day in days if day <= clock.today + timedelta(days=1)] or days
    if not past:
        return None
    if day_first is None and len(set(past)) == 2:
        return past[1], "order"  # as Americans write it: the more frequent of the two where it is not told
    return past[0], None


def _day_first(clock: Clock, sep: str) -> bool | None:
    """What the page, else its language, says of the order; None: nothing."""
    if clock.day_first is not None:
        return clock.day_first
    language = (clock.language or "").lower().replace("_", "-")
    if sep == ".":
        return language not in _MONTH_FIRST
    if language in _EITHER:
        return None
    return language not in _MONTH_FIRST


def is_of_numbers(text: str) -> bool:
    """True if a text has a date whose day and month are both numbers, before the year."""
    return bool(_NUMBERS.search(text))


def find_day_order(texts: Iterable[str], days: Collection[date], url: str | None) -> bool | None:
    """Whether a page writes the day first: by its dates that can be read one way only, else by its country.

    ``days``: what the page says elsewhere, beyond doubt. None where nothing tells.
    """
    votes = 0
    for text in texts:
        for first, _, second, year in _NUMBERS.findall(text):
            votes += _vote(int(first), int(second), int(year), days)
    if votes:
        return votes > 0
    top = (urlsplit(url).hostname or "").rpartition(".")[2] if url else ""
    return True if len(top) == 2 and top not in _ANYWHERE else None


def _vote(a: int, b: int, year: int, days: Collection[date]) -> int:
    """1: the day comes first, -1: the month does, 0: it may be either."""
    if a > 12 or b > 12:
        return (a > 12) - (b > 12)
    if a == b or year < 100:
        return 0
    return (day_or_none(year, b, a) in days) - (day_or_none(year, a, b) in days)
