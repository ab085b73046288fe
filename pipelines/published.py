"""Every date that is told of an article in; when it was published and changed out."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, timedelta

from archive.types import Origin, Precision
from pipelines.candidates import Candidate, Choice, choose
from pipelines.clock import Clock, Moment
from pipelines.datelines import told_parts
from pipelines.dateshown import (
    IN_THE_HEAD,
    bylines_shown,
    lines_shown,
    lists_stories,
    on_the_day_shown,
    same_instant_elsewhere,
    stamps_shown,
)
from pipelines.datetold import UNSURE, changed_told, published_told
from pipelines.dayorder import find_day_order, is_of_numbers
from pipelines.landmarks import Landmarks, find_stamps_beside
from pipelines.sheet import Sheet
from pipelines.structured import Structured

_SLACK = timedelta(days=1)
_FIRST_YEAR_OF_THE_WEB = 1990
_FIRST_YEAR_OF_NEWSPAPERS = 1605
_PLACEHOLDERS = frozenset({1, 1900, 1969, 1970})
#: Origins that may be believed for a date before the web.
_STRONG = frozenset(("json-ld", "meta", "microdata", "feed", "sitemap", "url"))
#: Origins of days that are told where the paper is: a machine's bare day may be one in UTC.
_LOCAL = frozenset(("html", "byline", "text", "url"))
_Dates = list[Candidate[Moment]]
#: A day of change may stand in for that of the publication if it is shown in the article's head; how sure that is.
_SURE_OF_CHANGE = 0.8
_OF_A_CHANGE = 0.5


@dataclass(frozen=True, slots=True, kw_only=True)
class Dating:
    """When an article was published and last changed."""

    published: Choice[Moment] | None
    modified: Choice[Moment] | None


def believable(moment: Moment, clock: Clock, *, strong: bool) -> bool:
    """False for a date after the fetch, for a placeholder, and for one before the web without strong evidence."""
    if moment.at > clock.fetched_at + _SLACK or moment.at.year in _PLACEHOLDERS:
        return False
    return moment.at.year >= (_FIRST_YEAR_OF_NEWSPAPERS if strong else _FIRST_YEAR_OF_THE_WEB)


def choose_dates(
    sheet: Sheet,
    told: Structured,
    seen: Landmarks,
    clock: Clock,
    *,
    from_text: list[Moment],
    changed_in_text: list[Moment],
) -> Dating:
    """Published and modified. The dates from lines of the body (byline, dateline) are the last resort."""
    clock = _with_order(clock, sheet, told, seen)
    changes = _shown(seen, clock, updated=True)
    first = (
        _published(sheet, told, seen, clock, from_text=from_text, changed={c.value.day for c in changes})
        or _as_changed(_believed(changes, clock), seen, clock)
        or _choose(_believed(stamps_shown(find_stamps_beside(seen), clock, updated=False), clock), clock)
    )
    changes = [*changed_told(told, clock), *changes, *_in_text(changed_in_text[:1])]
    changed = _choose(_believed(changes, clock), clock)
    if first and changed and changed.value.at < first.value.at and changed.value.day != first.value.day:
        changed = None
    return Dating(published=first, modified=changed)


def _with_order(clock: Clock, sheet: Sheet, told: Structured, seen: Landmarks) -> Clock:
    """The clock, with the order of day and month that the page's dates or its country show."""
    texts = [*seen.lines, *(stamp.shown for stamp in seen.stamps), *(text for text, _ in seen.bylines)]
    texts = [text for text in texts if is_of_numbers(text)]
    days: set[date] = set()
    if texts:
        sure = (c.value for c in (*published_told(sheet, told, clock), *changed_told(told, clock)))
        days = {moment.day for moment in sure if moment.inferred != "order"}
    return replace(clock, day_first=find_day_order(texts, days, sheet.url))


def _shown(seen: Landmarks, clock: Clock, *, updated: bool) -> _Dates:
    return [
        *stamps_shown(seen.stamps, clock, updated=updated),
        *lines_shown(seen, clock, updated=updated),
        *bylines_shown(seen, clock, updated=updated),
    ]


def _tells_both(lines: Iterable[str]) -> bool:
    """True if a line has both: "First published in March 2022. Updated on May 7, 2026"."""
    return any(len({changed for _, changed in told_parts(line)}) > 1 for line in lines)


def _in_text(moments: Iterable[Moment]) -> _Dates:
    def sure(moment: Moment) -> float:
        return 0.4 if "order" in (moment.inferred or "") else 0.5

    return [Candidate(value=m, origin="text", confidence=sure(m), inferred=m.inferred) for m in moments]


def _believed(candidates: Iterable[Candidate[Moment]], clock: Clock) -> _Dates:
    return [c for c in candidates if believable(c.value, clock, strong=c.origin in _STRONG)]


def _published(
    sheet: Sheet, told: Structured, seen: Landmarks, clock: Clock, *, from_text: list[Moment], changed: set[date]
) -> Choice[Moment] | None:
    machine = _believed(published_told(sheet, told, clock), clock)
    shown = _believed(_shown(seen, clock, updated=False), clock)
    sure = {c.value.day for c in shown if c.confidence > UNSURE}
    # Of the last change, of other stories, of the paper itself, of events.
    doubted = changed.union(c.value.day for c in shown) - sure
    if len({moment.day for moment in from_text}) <= 2:  # more days than two: a list of events
        shown += _believed(_in_text(m for m in from_text[:2] if m.day not in doubted), clock)
    return _choose([*machine, *_earlier(shown, machine)], clock)


def _as_changed(changes: _Dates, seen: Landmarks, clock: Clock) -> Choice[Moment] | None:
    """The one day in the article's head, though it is of a change: it was published then or before.

    For guides that show "Updated July 9, 2025" and nothing else. None on pages that list many other dates.
    """
    # In an element of the writers' alone it was right on none of three pages.
    shown = (c for c in changes if c.origin != "byline" and c.inferred in (None, "zone"))
    head = [c for c in shown if c.confidence >= _SURE_OF_CHANGE]
    if len({c.value.day for c in head}) != 1 or _tells_both(seen.lines) or lists_stories(seen.stamps, clock):
        return None
    choice = _choose(head, clock)
    if choice is None:
        return None
    inferred = ", ".join(filter(None, ("change", choice.value.inferred)))
    origin = replace(choice.origin, confidence=_OF_A_CHANGE, inferred=inferred)
    return Choice(value=replace(choice.value, inferred=inferred), origin=origin)


def _earlier(shown: _Dates, machine: _Dates) -> _Dates:
    """What is shown, surest where the page's head has an earlier day than its markup.

    Many systems tell the day of the last change, or of a move to a new system, as that of the publication: of ten
    such pages, what they show was right on nine.
    """
    told = next((c.value for c in sorted(machine, key=lambda c: -c.confidence) if c.confidence > UNSURE), None)
    if told is None:
        return shown
    if any(c.confidence > UNSURE and c.value.day == told.day for c in shown):
        return shown  # the page shows the day that it tells
    return [replace(c, confidence=0.96) if _is_earlier(c, told) else c for c in shown]


def _is_earlier(shown: Candidate[Moment], told: Moment) -> bool:
    moment = shown.value
    return shown.confidence > IN_THE_HEAD and moment.day < told.day and not same_instant_elsewhere(told, moment)


def _by_day(moment: Moment) -> object:
    return moment.day


def _written(moment: Moment) -> str:
    return moment.as_written


def _contradicts(chosen: Moment, rival: Moment) -> bool:
    return not (same_instant_elsewhere(chosen, rival) or same_instant_elsewhere(rival, chosen))


def _choose(candidates: _Dates, clock: Clock) -> Choice[Moment] | None:
    """The surest date; with its time of day, where another place tells the same day with it."""
    choice = choose(candidates, same=_by_day, written=_written, contradicts=_contradicts)
    if choice is None or max(c.confidence for c in candidates) <= UNSURE:
        return None
    known = (None, "zone") if clock.timezone else (None,)  # where the paper's zone is declared, it is as good as told
    told = [c for c in candidates if c.confidence > UNSURE and c.value.inferred in known]
    finish = _with_hour if choice.value.precision is Precision.DAY else _with_day
    return replace(choice, value=finish(choice, told))


def _with_hour(choice: Choice[Moment], told: _Dates) -> Moment:
    """A chosen day, with the time of day that another place has for it."""
    day = choice.value
    finer = [c.value for c in told if c.value.precision is not Precision.DAY]
    same_day = next((moment for moment in finer if moment.day == day.day), None)
    if same_day or choice.origin.origin not in _LOCAL:
        return same_day or day
    return next((on_the_day_shown(moment, day) for moment in finer if same_instant_elsewhere(moment, day)), day)


def _with_day(choice: Choice[Moment], told: _Dates) -> Moment:
    """A chosen instant, on the day that the page shows for it, if the page has none of the instant's own day."""
    moment = choice.value
    others = [c for c in told if c.value != moment]
    if any(c.value.day == moment.day for c in others):
        return moment
    # The words of an address are nobody's, and come last.
    local = sorted((c for c in others if c.origin in _LOCAL), key=lambda c: c.origin == "url")
    here = (on_the_day_shown(moment, c.value) for c in local if same_instant_elsewhere(moment, c.value))
    return next(here, moment)


def origin_of(choice: Choice[Moment]) -> Origin:
    """The origin of a chosen date, with what was inferred for the very value."""
    return replace(choice.origin, inferred=choice.value.inferred)
