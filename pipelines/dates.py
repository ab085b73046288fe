"""A date as somebody wrote it in, an instant out: with its precision, and what had to be inferred."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta, timezone, tzinfo
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from archive.types import Precision
from pipelines.months import month_number

#: Longest text that is searched for a date.
_LONGEST = 300


@dataclass(frozen=True, slots=True, kw_only=True)
class Moment:
    """An instant read from text."""

    #: UTC; for precision ``day`` 00:00 UTC of the day that was written, never shifted by a zone.
    at: datetime
    precision: Precision
    as_written: str
    #: ``year``, ``zone``, ``relative``, or None: everything was written.
    inferred: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Clock:
    """What a reader of dates must know: when the page was fetched, in which zone and language it is written."""

    fetched_at: datetime
    #: IANA name; None: not declared.
    timezone: str | None = None
    #: BCP 47; decides between 3/4 and 4/3, and what "listopad" means.
    language: str | None = None

    @property
    def zone(self) -> tzinfo:
        """The declared zone, UTC if there is none or nobody knows it."""
        try:
            return ZoneInfo(self.timezone) if self.timezone else UTC
        except (ZoneInfoNotFoundError, ValueError, OSError):
            return UTC

    @property
    def today(self) -> date:
        """The day of the fetch, where the newspaper is."""
        return self.fetched_at.astimezone(self.zone).date()


_HOURS = {"UTC": 0, "GMT": 0, "UT": 0, "Z": 0, "WET": 0, "BST": 1, "CET": 1, "MEZ": 1, "WEST": 1, "CEST": 2, "MESZ": 2,
          "EET": 2, "EEST": 3, "MSK": 3, "IST": 5.5, "SGT": 8, "HKT": 8, "AWST": 8, "JST": 9, "KST": 9, "AEST": 10,
          "AEDT": 11, "NZST": 12, "NZDT": 13, "EST": -5, "EDT": -4, "CST": -6, "CDT": -5, "MST": -7, "MDT": -6,
          "PST": -8, "PDT": -7, "AKST": -9, "AKDT": -8, "HST": -10}  # fmt: skip
_REGIONS = {
    "ET": "America/New_York",
    "CT": "America/Chicago",
    "MT": "America/Denver",
    "PT": "America/Los_Angeles",
}

_ZONE = r"(?P<zone>Z|(?:UTC|GMT)?\s?[+-]\d{1,2}(?::?\d{2})?|[A-Z]{2,4}T|[ECMP]T|UTC|MEZ|MSK)(?![\w:])"
_TIME = re.compile(
    r"(?<![\d.:/+-])(?P<h>[01]?\d|2[0-3])(?:\s?(?::|h|\.)\s?(?P<m>[0-5]\d)(?::(?P<s>[0-5]\d)(?:[.,]\d{1,9})?)?)?"
    r"(?P<half>\s?[ap]\.?\s?m\b\.?)?(?:\s?(?:Uhr|uur|hrs|h)\b)?(?:\s?\(?" + _ZONE + r"\)?)?",
    re.IGNORECASE,
)
_ISO = re.compile(
    r"(?<!\d)(?P<y>[12]\d{3})-(?P<mo>\d{1,2})-(?P<d>\d{1,2})(?!\d)"
    r"(?:(?:\s*T\s*|\s+(?:at\s+)?)(?P<h>[01]?\d|2[0-4]):(?P<m>[0-5]\d)(?::(?P<s>[0-5]\d)(?:[.,]\d{1,9})?)?"
    r"(?:\s*" + _ZONE + r")?)?",
    re.IGNORECASE,
)
_COMPACT = re.compile(r"^([12]\d{3})([01]\d)([0-3]\d)(?:T?(\d{2})(\d{2})(\d{2})?(Z|[+-]\d{2}:?\d{2})?)?$")
_EPOCH = re.compile(r"^1[0-9]{9}(?:[0-9]{3})?$")
_WORD = r"[^\W\d_]{3,12}"
_DAY_MONTH = re.compile(
    r"(?<![\d.:/-])(?P<d>[0-3]?\d)(?:\.|º|ª|°|(?:st|nd|rd|th|er|e)\b)?\s*(?:-\s?)?(?:(?:de|of)\s+|d['’]\s*)?"
    rf"(?P<mo>{_WORD})\.?(?:\s*,?\s*(?:-\s?)?(?:(?:de|del|of)\s+)?(?P<y>[12]\d{{3}}|['’]\d{{2}})(?![\d:]))?",
    re.IGNORECASE,
)
_MONTH_DAY = re.compile(
    rf"(?<![^\W\d_])(?P<mo>{_WORD})\.?\s+(?P<d>[0-3]?\d)(?:st|nd|rd"
    rf"|th)?(?![\d:])(?:\s*,?\s*(?P<y>[12]\d{{3}})(?![\d:]))?",
    re.IGNORECASE,
)
#: As the C library writes it: "Nov 10 12:00:00 CET 2025".
_ASCTIME = re.compile(
    rf"(?<![^\W\d_])(?P<mo>{_WORD})\s+(?P<d>[0-3]?\d)\s+\d\d:\d\d(?::\d\d)?(?:\s[A-Z+]{{1,5}}\d{{0,4}})?\s+(?P<y>[12]\d{{3}})(?!\d)"
)
_YEAR_MONTH_DAY = re.compile(rf"(?<!\d)(?P<y>[12]\d{{3}})\.?,?\s+(?P<mo>{_WORD})\s+(?P<d>[0-3]?\d)(?![\d:])")
_CJK = re.compile(r"(?P<y>[12]\d{3})\s?[年년]\s?(?P<mo>1[0-2]|0?[1-9])\s?[月월]\s?(?P<d>[0-3]?\d)\s?[日일]")
_NUMERIC = re.compile(
    r"(?<![\d.:/-])(?P<a>[0-3]?\d)(?P<sep>[./-])\s?(?P<b>[0-3]?\d)(?P=sep)\s?(?P<y>[12]\d{3}|\d{2})(?![\d:/-])"
)
_YEAR_FIRST = re.compile(r"(?<!\d)(?P<y>[12]\d{3})(?P<sep>[./])\s?(?P<mo>[01]?\d)(?P=sep)\s?(?P<d>[0-3]?\d)(?!\d)")
_AGO = re.compile(
    r"(?:(?:vor|il y a|hace|há|prije|pred|för|for)\s+)?(?P<n>\d{1,3}|an?|one|einem?r?|une?|uno|una)\s*"
    r"(?P<unit>min(?:ute)?[a-zäöüů]{0,2}|minuti|hours?|hrs?|stunden?|heures?|horas?|ore|uur|uren|sati?"
    r"|godzin[ay]?|tim(?:me|mar|er)|"
    r"days?|tage?n?|jours?|d[ií]as?|giorni?|dag(?:en|ar|e)?|dan[a]?|dni|weeks?|wochen?|semaines?|semanas?)"
    r"\s*(?P<ago>ago|geleden|fa|temu|atrás|sedan|siden)?",
    re.IGNORECASE,
)
_AGO_BEFORE = re.compile(r"(?i)\b(?:vor|il y a|hace|há|prije|pred|för)\s+\w")
_YESTERDAY = frozenset(
    ("yesterday", "gestern", "hier", "ayer", "ieri", "ontem", "gisteren", "jučer", "wczoraj", "včera", "igår")
)
_TODAY = frozenset(
    ("today", "heute", "aujourd'hui", "hoy", "oggi", "hoje", "vandaag", "danas", "dzisiaj", "dnes", "idag")
)
_MINUTES = {"mi": 1, "ho": 60, "hr": 60, "st": 60, "he": 60, "or": 60, "uu": 60, "ur": 60, "sa": 60, "go": 60, "ti": 60,
            "da": 1440, "ta": 1440, "jo": 1440, "di": 1440, "dí": 1440, "gi": 1440, "dn": 1440,
            "we": 10080, "wo": 10080, "se": 10080}  # fmt: skip


def _zone_of(text: str | None) -> tzinfo | None:
    if not text:
        return None
    name = text.strip().upper()
    if name in _REGIONS:
        return ZoneInfo(_REGIONS[name])
    found = re.fullmatch(r"(?:UTC|GMT)?\s?([+-])(\d{1,2}):?(\d{2})?", name)
    hours: float | None
    if found:
        hours = int(found[2]) + int(found[3] or 0) / 60
        hours = -hours if found[1] == "-" else hours
    else:
        hours = _HOURS.get(name)
    if hours is None or abs(hours) >= 24:
        return None
    return timezone(timedelta(hours=hours))


def _moment(day: date, clock: Clock, found: re.Match[str] | None, written: str, inferred: str | None) -> Moment | None:
    """A day, and the time of day that a match of ``_TIME`` or ``_ISO`` holds."""
    hour = found["h"] if found else None
    if found is None or hour is None:
        at = datetime.combine(day, time(), UTC)
        return Moment(at=at, precision=Precision.DAY, as_written=written, inferred=inferred)
    hours = int(hour)
    half = (found.groupdict().get("half") or "").strip().lower()[:1]
    if half:
        hours = hours % 12 + (12 if half == "p" else 0)
    extra, hours = divmod(hours, 24)
    zone = _zone_of(found["zone"])
    if zone is None:
        zone = clock.zone
        inferred = f"{inferred}, zone" if inferred else "zone"
    try:
        local = datetime.combine(day, time(hours, int(found["m"] or 0), int(found["s"] or 0)), zone)
        at = (local + timedelta(days=extra)).astimezone(UTC)
    except (ValueError, OverflowError):
        return None
    precision = Precision.SECOND if found["s"] else Precision.MINUTE
    return Moment(at=at, precision=precision, as_written=written, inferred=inferred)


def _day(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def latest_such_day(month: int, day: int, today: date) -> date | None:
    """The latest day with this month and day that is not after ``today``; None if there is none (31 June)."""
    # Eight years reach over a century's missing leap day (1900, 2100).
    for year in range(today.year, max(today.year - 9, 0), -1):
        found = _day(year, month, day)
        if found and found <= today:
            return found
    return None


def _full_year(text: str, today: date) -> int:
    digits = text.lstrip("'’")
    if len(digits) == 4:
        return int(digits)
    century = today.year // 100 * 100
    year = century + int(digits)
    return year if year <= today.year + 1 else year - 100


def _month_first(clock: Clock, sep: str) -> bool:
    """Whether 3/4 means March the fourth: in the United States, and where nobody says which English it is."""
    language = (clock.language or "").lower().replace("_", "-")
    return sep != "." and language in ("en-us", "en", "en-ph", "")


def _numeric_day(found: re.Match[str], clock: Clock) -> date | None:
    a, b, year = int(found["a"]), int(found["b"]), _full_year(found["y"], clock.today)
    if len(found["y"]) == 2 and found["sep"] == "-":
        return None
    orders = [(b, a), (a, b)]
    if _month_first(clock, found["sep"]):
        orders.reverse()
    days = [day for month, number in orders if (day := _day(year, month, number))]
    return next((day for day in days if day <= clock.today), days[0] if days else None)


def _named_day(found: re.Match[str], clock: Clock) -> tuple[date, str | None] | None:
    month = month_number(found["mo"], clock.language)
    if month is None:
        return None
    if found["y"]:
        day = _day(_full_year(found["y"], clock.today), month, int(found["d"]))
        return (day, None) if day else None
    day = latest_such_day(month, int(found["d"]), clock.today)
    return (day, "year") if day else None


_Span = tuple[int, int, date, str | None]


def _spans(text: str, clock: Clock) -> Iterator[_Span]:
    """Every day in a text: where it starts and ends, the day, and what was inferred."""
    for pattern in (_YEAR_FIRST, _CJK):
        for found in pattern.finditer(text):
            if day := _day(int(found["y"]), int(found["mo"]), int(found["d"])):
                yield *found.span(), day, None
    for found in _NUMERIC.finditer(text):
        if day := _numeric_day(found, clock):
            yield *found.span(), day, None
    for pattern in (_ASCTIME, _YEAR_MONTH_DAY, _MONTH_DAY, _DAY_MONTH):
        for found in pattern.finditer(text):
            if named := _named_day(found, clock):
                yield *found.span(), *named


def _time_near(text: str, start: int, end: int) -> re.Match[str] | None:
    """A time of day in a date, right after it ("…, at 14:05 CET"), or before it ("14:05, 10 Nov")."""
    inside = next((found for found in _TIME.finditer(text, start, end) if ":" in found[0]), None)
    if inside:
        return inside
    after = re.match(
        r"[\s,.|·•–-]*(?:(?:at|um|a las|alle|à|om|u|kl\.?|o|às|ob|ore|at:)\s+)?[\s,|·•–-]*", text[end:], re.I
    )
    following = _TIME.match(text, end + (after.end() if after else 0))
    if following and (following["m"] or following["half"]):
        return following
    before = None
    for found in _TIME.finditer(text, max(0, start - 24), start):
        if found["m"] or found["half"]:
            before = found
    if before and re.fullmatch(r"[\s,|·•–-]*(?:on\s+)?", text[before.end() : start], re.IGNORECASE):
        return before
    return None


def iter_dates(text: str, clock: Clock) -> Iterator[Moment]:
    """Every date written out in a text, those with a year first; a machine's stamps among them."""
    text = text[:_LONGEST]
    taken: list[tuple[int, int]] = []
    for found in _ISO.finditer(text):
        day = _day(int(found["y"]), int(found["mo"]), int(found["d"]))
        moment = _moment(day, clock, found, found[0].strip(), None) if day else None
        if moment:
            taken.append(found.span())
            yield moment
    spans = sorted(_spans(text, clock), key=lambda span: (span[3] is not None, span[0] - span[1]))
    for start, end, day, inferred in spans:
        if any(start < t_end and t_start < end for t_start, t_end in taken):
            continue
        taken.append((start, end))
        near = _time_near(text, start, end)
        first, last = (min(start, near.start()), max(end, near.end())) if near else (start, end)
        moment = _moment(day, clock, near, text[first:last].strip(), inferred)
        if moment:
            yield moment


def _stamp(text: str, clock: Clock) -> Moment | None:
    """Stamps that only machines write: seconds since 1970, and ISO 8601 without hyphens."""
    if _EPOCH.match(text):
        at = datetime.fromtimestamp(int(text[:10]), UTC)
        return Moment(at=at, precision=Precision.SECOND, as_written=text)
    compact = _COMPACT.match(text)
    if not compact:
        return None
    year, month, day, hour, minute, second, zone = compact.groups()
    stamp = f"{year}-{month}-{day}"
    if hour:
        stamp += f"T{hour}:{minute}" + (f":{second}" if second else "") + (zone or "")
    moment = next(iter_dates(stamp, clock), None)
    return replace(moment, as_written=text) if moment else None


def _relative(text: str, clock: Clock) -> Moment | None:
    word = text.strip(" .,:|·•").casefold()
    if word in _TODAY or word in _YESTERDAY:
        day = clock.today - timedelta(days=word in _YESTERDAY)
        at = datetime.combine(day, time(), UTC)
        return Moment(at=at, precision=Precision.DAY, as_written=text, inferred="relative")
    found = _AGO.search(text)
    if not found or not (found["ago"] or _AGO_BEFORE.search(found[0])):
        return None
    minutes = (int(found["n"]) if found["n"].isdigit() else 1) * _MINUTES[found["unit"][:2].lower()]
    at = clock.fetched_at.astimezone(UTC) - timedelta(minutes=minutes)
    if minutes >= 1440:
        day = clock.today - timedelta(days=minutes // 1440)
        at = datetime.combine(day, time(), UTC)
        return Moment(at=at, precision=Precision.DAY, as_written=found[0], inferred="relative")
    at = at.replace(second=0, microsecond=0)
    return Moment(at=at, precision=Precision.MINUTE, as_written=found[0], inferred="relative")


def read_date(text: str, clock: Clock) -> Moment | None:
    """The first date in a short text (a meta value, a ``time`` element, a byline); None if there is none."""
    text = " ".join(text[:_LONGEST].split())
    return _stamp(text, clock) or next(iter_dates(text, clock), None) or _relative(text, clock)
