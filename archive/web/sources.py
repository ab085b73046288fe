"""Sources: who is well; of each one its days, its volume, its nights, what it repeats, and what it says of use."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date
from itertools import takewhile
from typing import Any

from archive.errors import NotFound
from archive.facets import last_of
from archive.health.measure import FIELDS
from archive.health.values import SourceNight
from archive.learnt import Learnt
from archive.query import Query
from archive.reading import Archive
from archive.record import plain
from archive.times import utc_now
from archive.web.asked import Answer, Asked, as_csv, as_json, elsewhere
from archive.web.calendar import Year, calendar_of, year_up_to, years_of
from archive.web.chart import Curve, in_page
from archive.web.layout import page
from archive.web.links import search_url

#: Sources, nights and lines shown on a page; files have all.
_SOURCES, _NIGHTS, _LINES = 400, 30, 150


def show_sources(archive: Archive, wanted: Asked) -> Answer:
    """Every source, with its articles and how its last night was judged."""
    standings = list(archive.standings().values())
    if wanted.ending == "json":
        return as_json(standings)
    if wanted.ending == "csv":
        columns = ["source", "articles", "verdict", "level", "judged_run", "last_run", "last_run_at"]
        return as_csv(columns, ([getattr(each, name) for name in columns] for each in standings), "sources")
    order = {"sick": 0, "watch": 1}
    standings.sort(key=lambda each: (order.get(str(each.level), 2), each.source))
    levels = [(level, sum(str(each.level) == level for each in standings)) for level in ("sick", "watch", "well")]
    return page(
        "sources.html",
        here="/sources",
        standings=standings[:_SOURCES],
        number=len(standings),
        levels=[(level, count) for level, count in levels if count],
        articles=lambda name: search_url(Query(source=name)),
        compare=_compared([each.source for each in sorted(standings, key=lambda each: -each.articles)[:6]]),
    )


def show_source(archive: Archive, wanted: Asked) -> Answer:
    """One source: its days and volume, its nights with their verdicts, how many of its articles have which field."""
    name = wanted.parts["name"]
    if on := wanted.wishes.get("on"):
        return elsewhere(search_url(Query(source=name, since=on, until=on)))
    standing, profile = archive.standing(name), archive.profile(name)
    nights = archive.nights_of_source(name)
    if wanted.ending == "json":
        told = {"standing": plain(standing), "profile": plain(profile)}
        return as_json(told | {"nights": [night.as_dict() for night in nights]})
    years, all_years = years_of(archive, name)
    days = _days(wanted, years, nights)
    shown = list(reversed(nights[-_NIGHTS:]))
    learnt = archive.template(name)
    return page(
        "source.html",
        here="/sources",
        standing=standing,
        profile=profile,
        articles=search_url(Query(source=name)),
        trend=f"/trends?{_wish(name)}",
        last=shown[0] if shown else None,
        in_a_row=len(list(takewhile(lambda night: night.verdict == shown[0].verdict, shown))),
        nights=shown,
        number=len(nights),
        fields=list(FIELDS),
        coverage=list(_coverage(shown)),
        years=years,
        more_years=all_years - len(years),
        year=wanted.number("year"),
        calendar=calendar_of(archive, name, days, nights, begun=_begun(years)) if days else None,
        dots=days is not None and days[0] < _begun(years),
        left_out=sum(line.left_out for line in learnt.lines),
        learnt_from=learnt.articles,
    )


def show_nights(archive: Archive, wanted: Asked) -> Answer:
    """A source's judged nights as CSV."""
    name = wanted.parts["name"]
    archive.standing(name)
    columns = ["run", "at", "verdict", "level", "nights", "new", "rejected", "failed", *FIELDS, "evidence"]
    return as_csv(columns, map(_night_row, archive.nights_of_source(name)), "nights")


def show_template(archive: Archive, wanted: Asked) -> Answer:
    """What a source repeats on its pages, line by line: what is left out and why, what is only watched."""
    name = wanted.parts["name"]
    learnt = archive.template(name)
    if wanted.ending == "json":
        return as_json(learnt)
    if wanted.ending == "csv":
        columns = ["state", "text", "told", "articles", "first_day", "last_day", "place", "fingerprint", "hand_at"]
        return as_csv(columns, map(_line_row, learnt.lines), "template")
    every = wanted.wishes.get("lines") == "all"
    lines = [line for line in learnt.lines if every or line.settled]
    return page(
        "template.html",
        here="/sources",
        learnt=learnt,
        lines=lines[:_LINES],
        number=len(lines),
        left_out=sum(line.left_out for line in learnt.lines),
        watched=sum(not line.settled for line in learnt.lines),
        every=every,
        place=_place,
    )


def _days(wanted: Asked, years: Sequence[Year], nights: Sequence[SourceNight]) -> tuple[date, date] | None:
    """The year that is wished for, else the one up to the last article or night; None: there is no article."""
    if not years:
        return None
    wish = wanted.number("year", least=1)
    if wish is not None:
        if not any(each.number == wish for each in years):
            raise NotFound(f"there is no article of {wish}; there are some of {years[0].number} to {years[-1].number}")
        return date(wish, 1, 1), date(wish, 12, 31)
    today = utc_now().date()
    months = [(year.number, n) for year in years for n, count in enumerate(year.months, 1) if count]
    newest = last_of(date(*months[-1], 1), "month")
    if newest > today:  # some page may date itself to any day
        newest = max([today, *(night.at.date() for night in nights)])
    return year_up_to(max([newest, *(night.at.date() for night in nights)]))


def _begun(years: Sequence[Year]) -> date:
    """The month of a source's first article, of the years that are shown."""
    return min(date(year.number, n, 1) for year in years for n, count in enumerate(year.months, 1) if count)


def _coverage(nights: Sequence[SourceNight]) -> Iterator[tuple[str, str | None, Any]]:
    """Of each field: its name, the share that had it in the last night with new articles, and its past as a drawing."""
    past = list(reversed(nights))
    if sum(night.figures.new > 0 for night in past) < 2:
        return
    for n, field in enumerate(FIELDS):
        values = [_share(night, field) for night in past]
        last = next((value for value in reversed(values) if value is not None), None)
        curve = Curve(style=0, name=field, values=tuple(values))
        about = f"Share of each night's new articles that have {field}, over {len(past)} nights."
        yield (
            field,
            None if last is None else f"{100 * last:.0f} %",
            in_page([curve], 1, name=field, about=about, id_=f"field{n}"),
        )


def _share(night: SourceNight, field: str) -> float | None:
    return night.figures.filled.get(field, 0) / night.figures.new if night.figures.new else None


def _night_row(night: SourceNight) -> list[Any]:
    pages = night.figures.pages
    counts = [night.figures.new, *(pages.get(outcome, 0) for outcome in ("rejected", "failed"))]  # type: ignore[call-overload]
    filled = [night.figures.filled.get(field, 0) for field in FIELDS]
    return [night.run, night.at, night.verdict, night.level, night.nights, *counts, *filled, " ".join(night.evidence)]


def _line_row(line: Learnt) -> list[Any]:
    days = [line.first_day, line.last_day]
    return [
        line.state,
        line.text,
        line.told,
        line.count.articles,
        *days,
        round(line.place, 3),
        line.fingerprint,
        line.hand_at,
    ]


def _place(line: Learnt) -> str:
    """Where on the page it stands, in words."""
    if line.first_day is None:
        return ""
    if line.place < 0.25:
        return "near the beginning"
    return "near the end" if line.place > 0.75 else "in the midst"


def _compared(names: Sequence[str]) -> str | None:
    """Where sources are set side by side; None: there are no two."""
    return f"/trends?{'&'.join(map(_wish, names))}" if len(names) > 1 else None


def _wish(name: str) -> str:
    return search_url(replace(Query(), source=name)).partition("?")[2]
