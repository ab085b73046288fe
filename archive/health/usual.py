"""A source's earlier nights in; what is usual for it out: by medians, so that a few odd nights do not count."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import comb, sqrt
from statistics import median

from archive.health.values import Figures, Finding, SourceNight
from archive.health.verdicts import Health, Level

#: Nights that the past consists of at most, and how old they may be.
NIGHTS = 30
OLDEST = timedelta(days=120)
#: Nights of a past from which on volume is judged, and shares of pages.
ENOUGH = 7
SOME = 3
#: For so long a paper is told to be quieter than it was.
_HABIT = timedelta(days=28)
#: Median absolute deviation → standard deviation, for normal numbers.
_SIGMA = 1.4826
#: Two nights' times of day that are near one another, in hours.
SAME_TIME = 2.0
_UNLIKELY = 0.001
_SATURDAY = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Past:
    """What a night is compared with."""

    #: Comparable nights on which all was well, oldest first.
    good: tuple[SourceNight, ...]
    #: Comparable nights, whatever they were, oldest first.
    recent: tuple[SourceNight, ...]


def past_of(at: datetime, tonight: Figures, before: Iterable[SourceNight]) -> Past:
    """The nights that tonight can be compared with: after about as many hours, if possible at that time of day.

    A source's first night has no like: it brings the backlog of years.
    """
    comparable = [
        night
        for night in before
        if at - OLDEST <= night.at < at and _about_as_long(tonight.hours_since, night.figures.hours_since)
    ]
    same_time = [night for night in comparable if _hours_apart(night.at, at) <= SAME_TIME]
    chosen = same_time if len(same_time) >= ENOUGH else comparable
    good = [night for night in chosen if night.level is Level.WELL or _habit(night, at)]
    return Past(good=tuple(good[-NIGHTS:]), recent=tuple(chosen[-NIGHTS:]))


def _habit(night: SourceNight, at: datetime) -> bool:
    """A night that was called quiet some weeks ago: by now, that is how the paper is."""
    return night.verdict is Health.QUIET and at - night.at >= _HABIT


def _about_as_long(one: float | None, other: float | None) -> bool:
    if one is None or other is None:
        return False
    return 0.5 <= max(one, 1.0) / max(other, 1.0) <= 2.0


def _hours_apart(one: datetime, other: datetime) -> float:
    """Of the day: 23:30 and 00:30 are an hour apart."""
    hours = abs((one - other).total_seconds()) / 3600 % 24
    return min(hours, 24 - hours)


@dataclass(frozen=True, slots=True, kw_only=True)
class Volume:
    """How many new articles are usual on a night, and by how many that varies."""

    level: float
    spread: float


def usual_volume(at: datetime, past: Sequence[SourceNight]) -> Volume | None:
    """New articles to expect on the weekday of ``at``; None: too little is known."""
    return usual_week(past).get(at.weekday())


def usual_week(past: Sequence[SourceNight]) -> dict[int, Volume]:
    """Weekday → new articles to expect, for those of which enough is known."""
    if len(past) < ENOUGH:
        return {}
    numbers = [(night.at.weekday(), night.figures.new) for night in past]
    levels = {weekday: level for weekday in range(7) if (level := _level(weekday, numbers)) is not None}
    residuals = [abs(new - levels[weekday]) for weekday, new in numbers if weekday in levels]
    spread = _SIGMA * median(residuals) if residuals else 0.0
    return {day: Volume(level=level, spread=max(spread, sqrt(level), 1.0)) for day, level in levels.items()}


def _level(weekday: int, numbers: Sequence[tuple[int, int]]) -> float | None:
    """The median of the same weekday; where that is known too seldom, of working days or weekends. None: neither is."""
    same = [new for day, new in numbers if day == weekday]
    if len(same) < SOME:
        same = [new for day, new in numbers if (day < _SATURDAY) == (weekday < _SATURDAY)]
    return float(median(same)) if len(same) >= SOME else None


Counted = Callable[[Figures], tuple[int, int]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """A share that is not what it was: tonight's count of how many, over so many nights, and the usual share."""

    count: int
    of: int
    nights: int
    #: None: there is too little past to know.
    usual: float | None

    def told(self, what: str) -> str:
        """``9 of 12 …``, with the share and the usual one."""
        over = "" if self.nights == 1 else f" over {self.nights} nights"
        usual = "" if self.usual is None else f", usually {self.usual:.0%}"
        return f"{self.count:,} of {self.of:,} {what}{over} ({self.count / self.of:.0%}{usual})."


def found(change: Change | None, verdict: Health, what: str) -> Finding | None:
    """The finding that a change is; None for none."""
    return None if change is None else Finding(verdict=verdict, evidence=(change.told(what),))


def risen(tonight: Figures, past: Past, counted: Counted, *, always: float = 2.0, few: int = 5) -> Change | None:
    """Whether a share has risen beyond what is usual; a share of ``always`` is too high whatever is usual."""
    count, of = counted(tonight)
    usual, spread = _usual_share(past.good, counted)
    if of >= few and count / of >= always:
        return Change(count=count, of=of, nights=1, usual=usual)
    if usual is None:
        return None
    for nights in (1, 3, 7):
        count, of = _pooled(tonight, past.recent, nights, counted)
        limit = usual + max(0.25, 3 * spread)
        if of >= few and count / of >= limit and _at_least(count, of, max(usual, 0.02)) < _UNLIKELY:
            return Change(count=count, of=of, nights=nights, usual=usual)
    return None


def fallen(tonight: Figures, past: Past, counted: Counted, *, few: int = 4) -> Change | None:
    """Whether a share that is usually high has collapsed."""
    usual, spread = _usual_share(past.good, counted)
    if usual is None or usual < 0.5:
        return None
    for nights in (1, 3, 7):
        count, of = _pooled(tonight, past.recent, nights, counted)
        limit = usual - max(0.35, 3 * spread)
        if of >= few and count / of <= limit and _at_least(of - count, of, max(1 - usual, 0.02)) < _UNLIKELY:
            return Change(count=count, of=of, nights=nights, usual=usual)
    return None


def _pooled(tonight: Figures, recent: Sequence[SourceNight], nights: int, counted: Counted) -> tuple[int, int]:
    """The counts of tonight and the nights before it. (0, 0) when tonight has nothing to count, or is like nothing."""
    if not counted(tonight)[1] or len(recent) < nights - 1:
        return 0, 0
    pairs = [counted(tonight), *(counted(night.figures) for night in recent[len(recent) - nights + 1 :])]
    return sum(count for count, _ in pairs), sum(of for _, of in pairs)


def _usual_share(past: Sequence[SourceNight], counted: Counted) -> tuple[float | None, float]:
    """The median share of the past nights, and its spread; (None, 0) when there are too few."""
    pairs = [(count, of) for count, of in (counted(night.figures) for night in past) if of]
    if len(pairs) < SOME:
        return None, 0.0
    shares = [count / of for count, of in pairs]
    middle = median(shares)
    return middle, _SIGMA * median(abs(share - middle) for share in shares)


def _at_least(count: int, of: int, share: float) -> float:
    """The chance of ``count`` or more hits in ``of`` trials of that share."""
    if of > 200:  # the normal curve will do, and its tail is what matters
        distance = (count - 0.5 - of * share) / sqrt(of * share * (1 - share))
        return 0.0 if distance > 3.1 else 1.0
    return sum(comb(of, k) * share**k * (1 - share) ** (of - k) for k in range(count, of + 1))
