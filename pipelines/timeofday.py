"""A day and the words around it in, the Moment out: times of day and time zones as people and machines write them."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time, timedelta, timezone, tzinfo
from zoneinfo import ZoneInfo

from archive.types import Precision
from pipelines.clock import Clock, Moment, whole_day

_HOURS = {"UTC": 0, "GMT": 0, "UT": 0, "Z": 0, "WET": 0, "BST": 1, "CET": 1, "MEZ": 1, "WEST": 1, "CEST": 2, "MESZ": 2,
          "EET": 2, "EEST": 3, "MSK": 3, "TRT": 3, "IST": 5.5, "WIB": 7, "SGT": 8, "HKT": 8, "AWST": 8, "JST": 9,
          "KST": 9, "AEST": 10, "AEDT": 11, "NZST": 12, "NZDT": 13, "EST": -5, "EDT": -4, "CST": -6, "CDT": -5,
          "MST": -7, "MDT": -6, "PST": -8, "PDT": -7, "AKST": -9, "AKDT": -8, "HST": -10}  # fmt: skip
_REGIONS = {
    "ET": "America/New_York",
    "CT": "America/Chicago",
    "MT": "America/Denver",
    "PT": "America/Los_Angeles",
}
_NAMES = "|".join(sorted([*_HOURS, *_REGIONS], key=len, reverse=True))
ZONE = rf"(?P<zone>(?:UTC|GMT)?\s?[+-]\d{{1,2}}(?::?\d{{2}})?|{_NAMES}|(?-i:[A-Z]{{2,4}}T))(?![\w:])"
_TIME = re.compile(
    r"(?:(?P<noon>午前|午後|上午|下午|早上|晚上|오전|오후)\s?)?(?<![\d.:/+-])(?P<h>[01]?\d|2[0-3])"
    r"(?:\s?(?::|h|\.|時|时|点|點|시)\s?(?P<m>[0-5]\d|\d(?=[分분]))(?:[分분]|:(?P<s>[0-5]\d)(?:[.,]\d{1,9})?)?)?"
    r"(?P<half>\s?(?:[ap]\.?\s?m\b|[πμ]\.?\s?μ\b|[صم]\b)\.?)?(?:\s?(?:Uhr|uur|hrs|h)\b)?(?:\s?\(?" + ZONE + r"\)?)?",
    re.IGNORECASE,
)
#: "p.m." by its first letter in English, Greek and Arabic; before the hour in Chinese, Japanese and Korean.
_AFTERNOON = ("p", "μ", "م", "午後", "下午", "晚上", "오후")
_BETWEEN = re.compile(
    r"[\s,.|·•–-]*(?:[грr]\.,?\s*)?(?:(?:at|um|a las|alle|à|om|u|klo?\.?|o|o godz\.|godz\.|às|ob|ore|la ora|at:|в|о|об"
    r"|στις|saat|الساعة)\s+)?[\s,|·•–-]*",
    re.IGNORECASE,
)
_BEFORE = re.compile(r"[\s,|·•–-]*(?:on\s+)?", re.IGNORECASE)
#: How far before a date its time of day may stand.
_REACH = 24


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


def moment_of(
    day: date, clock: Clock, found: re.Match[str] | None, written: str, inferred: str | None
) -> Moment | None:
    """A day with the time of day that a match holds (groups ``h``, ``m``, ``s``, ``zone``, perhaps ``half``).

    Midnight is what systems write that keep a day only: it gives the day as written, whatever its zone.
    """
    if found is None or found["h"] is None:
        return whole_day(day, written, inferred)
    told_zone = _zone_of(found["zone"])
    zone = told_zone or clock.zone
    try:
        local = _local(day, found).replace(tzinfo=zone)
        at = local.astimezone(UTC)
        here = local if local.utcoffset() else at.astimezone(clock.zone)  # a stamp in UTC is told where the paper is
    except (ValueError, OverflowError):
        return None
    for midnight in (local, here):
        if midnight.time() == time():
            return whole_day(midnight.date(), written, inferred)
    if told_zone is None:
        inferred = f"{inferred}, zone" if inferred else "zone"
    precision = Precision.SECOND if found["s"] else Precision.MINUTE
    return Moment(at=at, precision=precision, as_written=written, day=here.date(), inferred=inferred)


def _local(day: date, found: re.Match[str]) -> datetime:
    """A day with the time of day of a match, as written."""
    hour = int(found["h"])
    groups = found.groupdict()
    half = groups.get("noon") or (groups.get("half") or "").strip().lower()[:1]
    if half:
        hour = hour % 12 + (12 if half in _AFTERNOON else 0)
    told = time(hour % 24, int(found["m"] or 0), int(found["s"] or 0))
    return datetime.combine(day + timedelta(days=hour // 24), told)


def time_near(text: str, start: int, end: int) -> re.Match[str] | None:
    """A time of day in a date, right after it ("…, at 14:05 CET"), or before it ("14:05, 10 Nov")."""
    inside = next((found for found in _TIME.finditer(text, start, end) if ":" in found[0]), None)
    if inside:
        return inside
    after = _BETWEEN.match(text, end)
    following = _TIME.match(text, after.end() if after else end)
    if following and (following["m"] or following["half"]):
        return following
    before = None
    for found in _TIME.finditer(text, max(0, start - _REACH), start):
        if found["m"] or found["half"]:
            before = found
    return before if before and _BEFORE.fullmatch(text, before.end(), start) else None
