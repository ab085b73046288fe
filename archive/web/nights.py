"""Sources and nights: who is well, what a run did with how many pages, and the addresses behind each number."""

from __future__ import annotations

from archive.entries import PAGE
from archive.errors import NotFound
from archive.health.measure import FIELDS
from archive.query import Query
from archive.reading import Archive
from archive.reasons import because, happened
from archive.record import plain
from archive.types import Outcome
from archive.web.asked import Answer, Asked, as_json
from archive.web.layout import page
from archive.web.links import search_url, with_span
from archive.web.timeline import bars_of, draw, label

#: Runs and sources shown on a page; a table links to what is further back.
_RUNS, _SOURCES = 60, 400


def show_sources(archive: Archive, wanted: Asked) -> Answer:
    """Every source, with its articles and how its last night was judged."""
    standings = list(archive.standings().values())
    if wanted.ending == "json":
        return as_json(standings)
    order = {"sick": 0, "watch": 1}
    standings.sort(key=lambda each: (order.get(str(each.level), 2), each.source))
    return page("sources.html", here="/sources", standings=standings[:_SOURCES], number=len(standings))


def show_source(archive: Archive, wanted: Asked) -> Answer:
    """One source: its articles over time, its nights with their verdicts, how many of its articles have which field."""
    name = wanted.parts["name"]
    standing = archive.standings().get(name)
    if standing is None:
        raise NotFound(f"there is no source {name[:200]!r}")
    nights = archive.nights_of_source(name)
    if wanted.ending == "json":
        return as_json({"standing": plain(standing), "nights": [night.as_dict() for night in nights]})
    query = Query(source=name)
    step, bars = bars_of(archive.search(query).timeline("day"))
    drawn = draw(bars, step, lambda bar: search_url(with_span(query, bar.span))) if len(bars) > 1 else None
    return page(
        "source.html",
        here="/sources",
        standing=standing,
        nights=list(reversed(nights)),
        fields=list(FIELDS),
        articles=search_url(query),
        timeline=drawn,
        spans=(label(bars[0], step), label(bars[-1], step)) if bars else None,
    )


def show_nights(archive: Archive, wanted: Asked) -> Answer:
    """Every run with what it did."""
    runs = list(reversed(archive.runs()))
    if wanted.ending == "json":
        return as_json(runs)
    shown = [(run, _sums(archive, run.id)) for run in runs[:_RUNS]]
    return page("nights.html", here="/nights", runs=shown, number=len(runs), outcomes=list(Outcome), told=happened)


def show_night(archive: Archive, wanted: Asked) -> Answer:
    """One run: its funnel, source by source; what went wrong; who is not well. Each number leads to its addresses."""
    number = int(wanted.parts["run"])
    run, funnel = archive.run(number), archive.funnel(number)
    problems = archive.problems(number)
    judged = archive.health(number) if run.kind == "crawl" else []
    if wanted.ending == "json":
        return as_json(plain(run) | {"funnel": funnel, "problems": problems, "health": [n.as_dict() for n in judged]})
    sums = _sums(archive, number)
    return page(
        "night.html",
        here="/nights",
        run=run,
        sums=sums,
        outcomes=[outcome for outcome in Outcome if sums.get(outcome)],
        funnel=sorted(funnel.items(), key=lambda item: -sum(item[1].values()))[:_SOURCES],
        number=len(funnel),
        unwell=[night for night in judged if night.level != "well"],
        judged=len(judged),
        problems=[(problem, because(problem.reason)) for problem in problems[:_SOURCES]],
        told=happened,
    )


def show_ledger(archive: Archive, wanted: Asked) -> Answer:
    """The addresses that a run had an outcome for; of one source, for one reason."""
    number = int(wanted.parts["run"])
    archive.run(number)
    outcome, source, reason = (wanted.wishes.get(name) or None for name in ("outcome", "source", "reason"))
    if outcome is not None and outcome not in list(Outcome):
        raise NotFound(f"there is no outcome {outcome[:80]!r}; there are {', '.join(Outcome)}")
    found = archive.entries(number, outcome=outcome, source=source, reason=reason, after=wanted.number("after") or 0)
    if wanted.ending == "json":
        return as_json(found)
    following = found[-1].id if len(found) == PAGE else None
    chosen = {"outcome": outcome, "source": source, "reason": reason}
    return page("ledger.html", here="/nights", run=number, entries=found, chosen={k: v for k, v in chosen.items() if v},
                following=following, told=happened, because=because)  # fmt: skip


def show_url(archive: Archive, wanted: Asked) -> Answer:
    """The story of an address: seen where, asked when, answered what, kept or refused why."""
    history = archive.explain(wanted.wishes.get("url", ""))
    if wanted.ending == "json":
        return as_json(history)
    return page("url.html", here="/nights", history=history, told=happened, because=because)


def _sums(archive: Archive, run: int) -> dict[Outcome, int]:
    sums: dict[Outcome, int] = {}
    for counts in archive.funnel(run).values():
        for outcome, number in counts.items():
            sums[outcome] = sums.get(outcome, 0) + number
    return sums
