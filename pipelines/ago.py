"""Words that count back from the fetch in ("vor 3 Stunden", "gestern"), the Moment out."""

from __future__ import annotations

import re
from datetime import UTC, timedelta

from archive.types import Precision
from pipelines.clock import Clock, Moment, whole_day

_AGO = re.compile(
    r"(?:(?:vor|il y a|hace|há|prije|pred|för|for|πριν(?: από)?|منذ)\s+)?"
    r"(?P<n>\d{1,3}|an?|one|einem?r?|une?|uno|una)\s*"
    r"(?P<unit>min(?:ute)?[a-zäöüů]{0,2}|minuti|hours?|hrs?|stunden?|heures?|horas?|ore|uur|uren|sati?"
    r"|godzin[ay]?|tim(?:me|mar|er)|"
    r"days?|tage?n?|jours?|d[ií]as?|giorni?|dag(?:en|ar|e)?|dan[a]?|dni|weeks?|wochen?|semaines?|semanas?"
    r"|минут[аы]?|час(?:а|ов)?|д(?:ень|ня|ней)|хвилин[аи]?|годин[аи]?|дн(?:і|ів)|dakika|saat|gün"
    r"|分钟|分|小时|小時|時間|天|日|분|시간|일|λεπτά|ώρ(?:α|ες)|(?:η)?μέρες|دقائق|ساعات?|أيام)"
    r"\s*(?P<ago>ago|geleden|fa|temu|atrás|sedan|siden|назад|тому|önce|前|전)?",
    re.IGNORECASE,
)
_AGO_BEFORE = re.compile(r"(?i)\b(?:vor|il y a|hace|há|prije|pred|för|πριν(?: από)?|منذ)\s+\w")
_YESTERDAY_WORDS = """
    yesterday gestern hier ayer ieri ontem gisteren jučer juče wczoraj včera igår i~går eilen вчера вчора dün χθες أمس
    昨天 昨日 어제
"""
_YESTERDAY = frozenset(word.replace("~", " ") for word in _YESTERDAY_WORDS.split())
_TODAY_WORDS = """
    today heute aujourd'hui hoy oggi hoje vandaag danas dzisiaj dziś dnes idag i~dag tänään сегодня сьогодні bugün
    σήμερα اليوم 今天 今日 오늘
"""
_TODAY = frozenset(word.replace("~", " ") for word in _TODAY_WORDS.split())
_DAY = 1440
_WEEK = 7 * _DAY
#: How a unit begins → minutes.
_UNITS = {
    1: "mi мин хви dak 分 분 λεπ دقا",
    60: "ho hr st he or uu ur sa go ti час год saa 小 時 시 ώρ ساع",
    _DAY: "da ta jo di dí gi dn de де дн gün 天 日 일 μέρ ημέ أيا",
    _WEEK: "we wo se",
}
_MINUTES = {begins: minutes for minutes, listed in _UNITS.items() for begins in listed.split()}


def read_ago(text: str, clock: Clock) -> Moment | None:
    """The moment of "2 hours ago" and the like; None for any other text."""
    word = text.strip(" .,:|·•").casefold()
    if word in _TODAY or word in _YESTERDAY:
        return whole_day(clock.today - timedelta(days=word in _YESTERDAY), text, "relative")
    found = _AGO.search(text)
    if not found or not (found["ago"] or _AGO_BEFORE.search(found[0])):
        return None
    unit = found["unit"].casefold()
    minutes = (int(found["n"]) if found["n"].isdigit() else 1) * _unit(unit)
    if minutes >= _DAY:
        return whole_day(clock.today - timedelta(days=minutes // _DAY), found[0], "relative")
    at = (clock.fetched_at.astimezone(UTC) - timedelta(minutes=minutes)).replace(second=0, microsecond=0)
    day = at.astimezone(clock.zone).date()
    return Moment(at=at, precision=Precision.MINUTE, as_written=found[0], day=day, inferred="relative")


def _unit(word: str) -> int:
    return next((_MINUTES[word[:n]] for n in (3, 2, 1) if word[:n] in _MINUTES), 1)
