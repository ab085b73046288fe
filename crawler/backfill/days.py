"""Which days an address, a date or a list speaks of, and whether a page may be of the days that are wanted. Pure."""

from __future__ import annotations

import calendar
import re
from dataclasses import dataclass
from datetime import date, timedelta
from urllib.parse import parse_qsl

from archive.times import parse_stamp
from archive.types import Hint
from crawler.discovery.spelling import parts_of

#: An instant's day in UTC may be the one before or after where the paper is. Days that it writes itself are its own.
SLACK = timedelta(days=1)
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_YEAR = r"(19[89]\d|20[0-4]\d)"
_MONTH = rf"(0?[1-9]|1[0-2]|(?:{'|'.join(_MONTHS)})[a-z]*)"
_DAY = r"(0?[1-9]|[12]\d|3[01])"
#: In an article's address: year and month as segments of the path, or joined by hyphens, or eight digits. A number
#: behind a month is a day only if nothing but a slash follows: /2024/05/10-things is no tenth of May.
_IN_PAGES = (
    re.compile(rf"/{_YEAR}[/-]{_MONTH}[/-]{_DAY}(?=[/_]|$)"),
    re.compile(rf"[/_-]{_YEAR}([01]\d)([0-3]\d)(?=[/_.-]|$)"),
    re.compile(rf"/{_YEAR}[/-]{_MONTH}()(?=[/_-]|$)"),
)
#: In the address of a list, wherever no digit is next to it: sitemap-2024-05.xml, posts_202405.xml.gz, /archive/2024.
_IN_LISTS = (
    *_IN_PAGES,
    re.compile(rf"(?<!\d){_YEAR}[/_.-]?([01]\d)[/_.-]?([0-3]\d)(?!\d)"),
    re.compile(rf"(?<!\d){_YEAR}[/_.-]?(0[1-9]|1[0-2])()(?!\d)"),
    re.compile(rf"(?<!\d){_YEAR}()()(?!\d)"),
)
_KEYS = {"y": 0, "yyyy": 0, "year": 0, "jahr": 0, "m": 1, "mm": 1, "month": 1, "monat": 1, "d": 2, "dd": 2, "day": 2}


@dataclass(frozen=True, slots=True, kw_only=True)
class Days:
    """From one day to another, both included."""

    first: date
    last: date

    def may_hold(self, first: date | None, last: date | None) -> bool:
        """Whether something of those days (None: as early, or as late, as may be) can be of these."""
        return (first is None or first <= self.last) and (last is None or last >= self.first)

    def holds(self, day: date) -> bool:
        """Whether an instant's day in UTC is one of these, somewhere on earth."""
        return self.may_hold(day - SLACK, day + SLACK)

    def months(self) -> list[Days]:
        """The calendar months in it, cut to its own days, newest first."""
        found, last = [], self.last
        while last >= self.first:
            first = max(last.replace(day=1), self.first)
            found.append(Days(first=first, last=last))
            last = first - timedelta(days=1)
        return found


def days_of_page(url: str) -> Days | None:
    """The day or month that an article's address names; None: it names none."""
    _, path, _ = parts_of(url)
    return _first_match(_IN_PAGES, path.lower())


def days_of_list(url: str) -> Days | None:
    """The day, month or year that the address of a sitemap or of an archive names; None: it names none."""
    _, path, query = parts_of(url)
    named: dict[int, str] = {}
    for key, value in parse_qsl(query):
        if key.lower() in _KEYS and value.isascii() and value.isdigit():
            named.setdefault(_KEYS[key.lower()], value)
    if 0 in named and (days := _days(named[0], named.get(1, ""), named.get(2, ""))):
        return days
    return _first_match(_IN_LISTS, f"{path}?{query}".lower())


def _first_match(patterns: tuple[re.Pattern[str], ...], text: str) -> Days | None:
    for pattern in patterns:
        for match in pattern.finditer(text):
            if days := _days(*match.groups()):
                return days
    return None


def _days(year: str, month: str, day: str) -> Days | None:
    """A calendar day, month or year; None: there is no such one."""
    try:
        if not month:
            return Days(first=date(int(year), 1, 1), last=date(int(year), 12, 31))
        number = int(month) if month.isdigit() else _MONTHS.index(month[:3]) + 1
        if day:
            return Days(first=date(int(year), number, int(day)), last=date(int(year), number, int(day)))
        end = calendar.monthrange(int(year), number)[1]
        return Days(first=date(int(year), number, 1), last=date(int(year), number, end))
    except ValueError:
        return None


@dataclass(frozen=True, slots=True, kw_only=True)
class Dating:
    """What is known of a page's day before it is fetched."""

    #: It was published not before and not after; None: not known.
    first: date | None
    last: date | None
    #: What says so, for a person.
    because: str


def dating_of(url: str, hint: Hint, *, listed: Days | None = None, captured: date | None = None) -> Dating:
    """When a page was published, as its address, the list's entry for it and the list itself have it.

    ``listed``: the days that the list is of. ``captured``: when an archive took its copy: not before publication.
    """
    if days := days_of_page(url):
        return Dating(first=days.first, last=days.last, because=f"its address says {_told(days)}")
    if stamp := parse_stamp(hint.published):
        return Dating(first=stamp.date() - SLACK, last=stamp.date() + SLACK, because=f"its list says {stamp:%Y-%m-%d}")
    if listed is not None:
        return Dating(first=listed.first, last=listed.last, because=f"its list is of {_told(listed)}")
    if captured is not None:
        return Dating(first=None, last=captured + SLACK, because=f"an archive had it on {captured}")
    if stamp := parse_stamp(hint.modified):
        return Dating(first=None, last=stamp.date() + SLACK, because=f"last changed on {stamp:%Y-%m-%d}")
    return Dating(first=None, last=None, because="no date is known")


def _told(days: Days) -> str:
    return f"{days.first}" if days.first == days.last else f"{days.first} to {days.last}"
