"""What a reader of the page sees in; candidates for its dates out: marked dates, date lines, dates in bylines."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import timedelta
from itertools import islice

from archive.types import Precision
from pipelines.candidates import Candidate
from pipelines.clock import Clock, Moment
from pipelines.datelines import (
    is_of_a_look,
    names_weekday,
    read_date_at_edge,
    read_date_in_parts,
    read_date_line,
    read_labelled_date,
    told_parts,
)
from pipelines.dates import iter_dates, read_date
from pipelines.datetold import UNSURE, candidate
from pipelines.landmarks import Landmarks
from pipelines.stamps import Stamp

_DIGIT = re.compile(r"\d")
_IN_UTC = re.compile(r"(?i)(?:\dZ|[+-]00:?00|\b(?:UTC|GMT))$|^\d{10,13}$")
_MOST_STAMPS = 12
#: Lines after the headline in which a date may stand beside other things.
_NEAR = 6
_FEW_DAYS = 3
_Marked = tuple[Stamp, Moment]
_MANY_DAYS = 6
#: Characters that may stand between the headline and the date.
_STANDFIRST = 400
#: Words beside a date that make it a teaser's.
_MANY_WORDS = 10
#: "Last updated:" in an element before that of the date.
_LONGEST_LABEL = 30
#: Dates in the head of the article, beside no name, are surer than this.
IN_THE_HEAD = 0.83


def same_instant_elsewhere(moment: Moment, shown: Moment) -> bool:
    """True if a stamp in UTC may fall on the day that is shown, in some zone of the world, and on another in UTC."""
    if moment.precision is Precision.DAY or not _IN_UTC.search(moment.as_written):
        return False
    step = shown.day - moment.at.date()
    return (step == timedelta(days=-1) and moment.at.hour < 12) or (step == timedelta(days=1) and moment.at.hour >= 10)


def on_the_day_shown(moment: Moment, shown: Moment) -> Moment:
    """A stamp in UTC with the day that its page shows for it."""
    return replace(moment, day=shown.day, as_written=shown.as_written)


def _read_stamp(stamp: Stamp, clock: Clock) -> Moment | None:
    machine = read_date(stamp.machine, clock) if stamp.machine else None
    shown = read_date(stamp.shown, clock) if _DIGIT.search(stamp.shown) else None
    if machine and shown and not shown.inferred and same_instant_elsewhere(machine, shown):
        return on_the_day_shown(machine, shown)
    return machine or shown


def stamps_shown(stamps: list[Stamp], clock: Clock, *, updated: bool) -> Iterator[Candidate[Moment]]:
    """Dates with a mark of their own. The first is the article's; the others may be teasers', comments', events'."""
    read = ((stamp, _read_stamp(stamp, clock)) for stamp in stamps[:_MOST_STAMPS] if stamp.updated is updated)
    found = [(stamp, moment) for stamp, moment in read if moment]
    many = _days(found) >= _MANY_DAYS
    lead, confidence = _lead(found)
    for stamp, moment in found:
        if many or stamp is not lead or _is_masthead(stamp.shown, moment, clock, above=not stamp.near):
            yield candidate(moment, "html", UNSURE)
        else:
            yield candidate(moment, "html", confidence)


def lists_stories(stamps: list[Stamp], clock: Clock) -> bool:
    """True if a page's marked dates are so many that they are those of other stories."""
    read = ((stamp, _read_stamp(stamp, clock)) for stamp in stamps[:_MOST_STAMPS])
    return _days([(stamp, moment) for stamp, moment in read if moment]) >= _MANY_DAYS


def _lead(found: list[_Marked]) -> tuple[Stamp | None, float]:
    """The article's own one of a page's marked dates, and how often such a one is right."""
    written = [pair for pair in found if not pair[1].without_year] or found
    written = [pair for pair in written if pair[0].machine or len(pair[0].shown.split()) <= _MANY_WORDS]
    hidden = [pair for pair in written if not pair[0].shown]
    far = [pair for pair in written if not pair[0].near and pair[0].shown]
    near = [pair for pair in written if pair[0].near and pair[0].shown]
    if hidden:  # a meta element inside the article
        return hidden[0][0], 0.83
    # One date over the headline and many below it: those are other stories'.
    if far and (not near or (_days(far) == 1 and _days(near) >= _FEW_DAYS)):
        return far[0][0], 0.82 if near else 0.72
    if not near:
        return None, UNSURE
    stamp = near[0][0]
    if stamp.below > _STANDFIRST:
        return stamp, 0.6 if _days(near) == 1 else UNSURE
    in_the_head = [pair for pair in near if pair[0].below <= _STANDFIRST]
    return stamp, 0.86 if _days(in_the_head) < _FEW_DAYS else 0.82


def _days(pairs: Iterable[_Marked]) -> int:
    return len({moment.day for _, moment in pairs})


def _is_masthead(text: str, moment: Moment, clock: Clock, *, above: bool) -> bool:
    """The paper's own date over its pages: "Sunday, November 22, 2026" on any page fetched that day."""
    return above and moment.precision is Precision.DAY and moment.day == clock.today and names_weekday(text)


def lines_shown(seen: Landmarks, clock: Clock, *, updated: bool) -> Iterator[Candidate[Moment]]:
    """Lines around the headline that are dates and nothing else, or have one in a place of its own."""
    found: list[tuple[int, Moment]] = []
    before = ""
    for number, line in enumerate(seen.lines):
        label, before = _label(before, line), line
        if not _DIGIT.search(line):
            continue
        near = bool(seen.headlines) and 0 <= number - seen.before < _NEAR
        for part, changed in told_parts(line):
            if (changed or _is_of_change(label, part)) is not updated:
                continue
            moment = _read_line(part, clock, near=near)
            if moment and (
                is_of_a_look(f"{label} {part}") or _is_masthead(part, moment, clock, above=number < seen.before)
            ):
                yield candidate(moment, "text", UNSURE)
            elif moment:
                found.append((number, moment))
    days = len({moment.day for _, moment in found})
    for place, (number, moment) in enumerate(found):
        teased = days >= _MANY_DAYS or (days >= _FEW_DAYS and (place > 0 or moment.without_year))
        yield candidate(moment, "text", UNSURE if teased else 0.85 - number / 1000)


def _is_of_change(label: str, line: str) -> bool:
    """True if a label, or the part of a label that the line is, tells of a change."""
    parts = told_parts(label)
    return any(changed for part, changed in parts if len(parts) == 1 or line in part)


def _label(before: str, line: str) -> str:
    """The line before, if it is a label ("Last updated:") or holds this one, which is an element inside it."""
    alone = len(before) <= _LONGEST_LABEL and not _DIGIT.search(before)
    return before if alone or line in before else ""


def _read_line(line: str, clock: Clock, *, near: bool) -> Moment | None:
    moment = read_date_line(line, clock) or read_labelled_date(line, clock)
    if moment is None and near:
        moment = read_date_in_parts(line, clock) or read_date_at_edge(line, clock)
    return moment if near or moment is None or not moment.without_year else None


def bylines_shown(seen: Landmarks, clock: Clock, *, updated: bool) -> Iterator[Candidate[Moment]]:
    """Dates written out beside the writers' names; the first such place is the article's, others are comments'."""
    for number, (text, _) in enumerate(seen.bylines[:3]):
        for part, changed in told_parts(text):
            if changed is updated and _DIGIT.search(part):
                for moment in islice(iter_dates(part, clock), 1):
                    if not moment.without_year:
                        yield candidate(moment, "byline", 0.8 if number == 0 else UNSURE)
