"""Every date that is told of an article in; when it was published and changed out."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import islice

from archive.types import Origin, Precision, Via
from pipelines.candidates import Candidate, Choice, choose
from pipelines.datelines import is_update, read_date_at_edge, read_date_line, read_labelled_date
from pipelines.dates import Clock, Moment, iter_dates, read_date
from pipelines.jsonld import text_in
from pipelines.landmarks import Landmarks, Stamp, find_stamps_beside
from pipelines.sheet import Sheet
from pipelines.structured import Structured

_PUBLISHED_WORDS = """
    article:published_time og:article:published_time datepublished article:published og:published_time
    published-date publish-date publish_date publishdate publication_date published_date published_at published pubdate
    parsely-pub-date sailthru.date cxenseparse:recs:publishtime cxenseparse:publishtime date.created
    dc.date.issued dcterms.issued dc.date.created dcterms.created dcterms.date dc.date rnews:datepublished
    originalpublicationdate citation_publication_date citation_online_date article_date_original bt:pubdate
    dc.created date_published article.published date
"""
_PUBLISHED = tuple(_PUBLISHED_WORDS.split())
_MODIFIED_WORDS = """
    article:modified_time og:updated_time datemodified article:modified article:updated_time dcterms.modified
    dc.date.modified last-modified lastmod date_modified article.updated cxenseparse:recs:articlemodified
"""
_MODIFIED = tuple(_MODIFIED_WORDS.split())
_IN_URL = re.compile(r"/((?:19|20)\d\d)[/_-]?(0[1-9]|1[0-2])[/_-]?(0[1-9]|[12]\d|3[01])(?=[/_.-]|$)")
_DIGIT = re.compile(r"\d")
_SLACK = timedelta(days=1)
_FIRST_YEAR_OF_THE_WEB = 1990
_FIRST_YEAR_OF_NEWSPAPERS = 1605
_MOST_STAMPS = 12
#: Lines after the headline in which a date may stand beside other things.
_NEAR = 6
_MANY_DAYS = 6
#: Origins of dates that readers see, or that tell of the article in so many words.
_SHOWN = frozenset(("json-ld", "html", "byline", "text"))
_PLACEHOLDERS = frozenset({1, 1900, 1969, 1970})


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


def _read(text: str | None, origin: str, confidence: float, clock: Clock) -> Iterator[Candidate[Moment]]:
    moment = read_date(text, clock) if text else None
    if moment and believable(moment, clock, strong=confidence >= 0.85):
        if moment.inferred in ("year", "relative"):
            confidence -= 0.3  # any date that is written out knows better
        yield Candidate(value=moment, origin=origin, confidence=confidence, inferred=moment.inferred)


def _published(sheet: Sheet, told: Structured, seen: Landmarks, clock: Clock) -> Iterator[Candidate[Moment]]:
    yield from _read(text_in(told.article.get("datePublished")), "json-ld", 0.95, clock)
    yield from _read(text_in(told.article.get("dateCreated")), "json-ld", 0.8, clock)
    yield from _read(text_in(told.page.get("datePublished")), "json-ld", 0.88, clock)
    for name in _PUBLISHED:
        for value in told.meta.get(name, ())[:2]:
            yield from _read(value, "meta", 0.9 if name != "date" else 0.85, clock)
    for value in told.microdata.get("datePublished", ())[:1]:
        yield from _read(value, "microdata", 0.82, clock)
    yield from _stamps(seen.stamps, clock, updated=False)
    yield from _lines(seen, clock, updated=False)
    yield from _bylines(seen, clock, updated=False)
    for hint in sheet.page.hints:
        if hint.via in (Via.FEED, Via.SITEMAP):
            yield from _read(hint.published, str(hint.via), 0.65, clock)
    if sheet.url and (found := _IN_URL.search(sheet.url)):
        yield from _read("-".join(found.groups()), "url", 0.6, clock)


def _stamps(stamps: list[Stamp], clock: Clock, *, updated: bool) -> list[Candidate[Moment]]:
    """Those of the article; none of a list with many days: events, teasers, comments."""
    found: list[Candidate[Moment]] = []
    for number, stamp in enumerate(stamp for stamp in stamps[:_MOST_STAMPS] if stamp.updated is updated):
        confidence = (0.75 if stamp.near else 0.5) - number / 100
        read = (list(_read(text, "html", confidence, clock)) for text in (stamp.machine, stamp.shown))
        found += next((candidates for candidates in read if candidates), [])
    return [] if _is_list(found) else found


def _is_list(candidates: list[Candidate[Moment]]) -> bool:
    return len({_by_day(candidate.value) for candidate in candidates}) >= _MANY_DAYS


def _bylines(seen: Landmarks, clock: Clock, *, updated: bool) -> Iterator[Candidate[Moment]]:
    """Dates written out beside the writers' names."""
    for text, _ in seen.bylines[:3]:
        if _DIGIT.search(text) and is_update(text) is updated:
            for moment in islice(iter_dates(text, clock), 1):
                if believable(moment, clock, strong=False) and moment.inferred != "year":
                    yield Candidate(value=moment, origin="byline", confidence=0.6, inferred=moment.inferred)


def _lines(seen: Landmarks, clock: Clock, *, updated: bool) -> Iterator[Candidate[Moment]]:
    """Lines around the headline that are dates and nothing else."""
    for number, line in enumerate(seen.lines):
        if _DIGIT.search(line) and is_update(line) is updated:
            moment = read_date_line(line, clock) or read_labelled_date(line, clock)
            if moment is None and 0 <= number - seen.before < _NEAR and seen.headlines:
                moment = read_date_at_edge(line, clock)
            if moment and believable(moment, clock, strong=False):
                sure = (0.42 if moment.inferred == "year" else 0.62) - number / 1000
                yield Candidate(value=moment, origin="text", confidence=sure, inferred=moment.inferred)


def _modified(told: Structured, seen: Landmarks, clock: Clock) -> Iterator[Candidate[Moment]]:
    yield from _read(text_in(told.article.get("dateModified")), "json-ld", 0.95, clock)
    yield from _read(text_in(told.page.get("dateModified")), "json-ld", 0.85, clock)
    for name in _MODIFIED:
        for value in told.meta.get(name, ())[:1]:
            yield from _read(value, "meta", 0.9, clock)
    for value in told.microdata.get("dateModified", ())[:1]:
        yield from _read(value, "microdata", 0.82, clock)
    yield from _stamps(seen.stamps, clock, updated=True)
    yield from _lines(seen, clock, updated=True)
    yield from _bylines(seen, clock, updated=True)


def _by_day(moment: Moment) -> object:
    return moment.at.date()


def _written(moment: Moment) -> str:
    return moment.as_written


def _choose(candidates: list[Candidate[Moment]]) -> Choice[Moment] | None:
    choice = choose(candidates, same=_by_day, written=_written)
    if choice is None or choice.value.precision is not Precision.DAY:
        return choice
    # The same day told with its hour elsewhere: the hour is worth having.
    finer = [c.value for c in candidates if c.value.precision is not Precision.DAY and c.value.inferred is None]
    same_day = next((m for m in finer if m.at.date() == choice.value.at.date()), None)
    return replace(choice, value=same_day) if same_day else choice


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
    published = list(_published(sheet, told, seen, clock))
    days = {moment.at.date() for moment in from_text}
    for moment in from_text[:2] if len(days) <= 2 else ():  # more days than two: a list of events
        if believable(moment, clock, strong=False):
            published.append(Candidate(value=moment, origin="text", confidence=0.5, inferred=moment.inferred))
    first = _choose(published) or _choose(_stamps(find_stamps_beside(seen), clock, updated=False))
    changes = list(_modified(told, seen, clock))
    for moment in changed_in_text[:1]:
        if believable(moment, clock, strong=False):
            changes.append(Candidate(value=moment, origin="text", confidence=0.5, inferred=moment.inferred))
    changed = _choose(changes)
    if first is None and changed and changed.origin.origin in _SHOWN:
        # A page that tells only of its last change was published then or before: marked, and better than nothing.
        # Where no reader sees a date, a stamp in a meta element tells of the template as often as of the text.
        value = replace(changed.value, inferred="modified")
        first = Choice(value=value, origin=replace(changed.origin, confidence=0.3, inferred="modified"))
    if first and changed and _before(changed.value.at, first.value):
        changed = None
    return Dating(published=first, modified=changed)


def _before(modified: datetime, published: Moment) -> bool:
    return modified < published.at and modified.date() != published.at.date()


def origin_of(choice: Choice[Moment]) -> Origin:
    """The origin of a chosen date, with what was inferred for the very value."""
    return replace(choice.origin, inferred=choice.value.inferred)
