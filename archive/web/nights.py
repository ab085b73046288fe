"""Nights: what each run did with how many pages, and the addresses behind each number."""

from __future__ import annotations

from collections import Counter
from typing import Any

from archive.entries import PAGE, Entry
from archive.errors import NotFound
from archive.reading import Archive
from archive.reasons import because, happened, seen
from archive.record import plain
from archive.types import Outcome
from archive.web.asked import Answer, Asked, as_csv, as_json
from archive.web.funnel import draw_runs, stages_of
from archive.web.layout import page
from archive.web.records import capture_url

#: Runs and sources shown on a page; a table links to what is further back.
_RUNS, _SOURCES = 40, 400


def show_nights(archive: Archive, wanted: Asked) -> Answer:
    """Every run with what it did, the last ones first."""
    runs = list(reversed(archive.runs()))
    if wanted.ending == "json":
        return as_json(runs)
    if wanted.ending == "csv":
        sums = archive.sums(runs[-1].id, runs[0].id) if runs else {}
        columns = ["run", "kind", "status", "started_at", "finished_at", "software", *Outcome]
        rows = ([run.id, run.kind, run.status, run.started_at, run.finished_at, run.software,
                 *(sums.get(run.id, Counter())[outcome] for outcome in Outcome)] for run in runs)  # fmt: skip
        return as_csv(columns, rows, "nights")
    before = wanted.number("before")
    shown = [run for run in runs if before is None or run.id < before][:_RUNS]
    sums = archive.sums(shown[-1].id, shown[0].id) if shown else {}
    counted = [(run, sums.get(run.id, Counter())) for run in shown]
    return page(
        "nights.html",
        here="/nights",
        runs=counted,
        levels=archive.levels(shown[-1].id, shown[0].id) if shown else {},
        drawing=draw_runs(list(reversed(counted))) if len(shown) > 1 else None,
        number=len(runs),
        outcomes=[outcome for outcome in Outcome if any(sums_.get(outcome) for _, sums_ in counted)],
        earlier=shown[-1].id if shown and shown[-1].id != runs[-1].id else None,
        told=happened,
    )


def show_night(archive: Archive, wanted: Asked) -> Answer:
    """One run: its funnel, source by source; what went wrong; who is not well. Each number leads to its addresses."""
    number = int(wanted.parts["run"])
    run, funnel = archive.run(number), archive.funnel(number)
    if wanted.ending == "csv":
        rows = (
            [source, counts.total(), *(counts[outcome] for outcome in Outcome)] for source, counts in funnel.items()
        )
        return as_csv(["source", "met", *Outcome], rows, f"night-{number}")
    problems = archive.problems(number)
    judged = archive.health(number) if run.kind == "crawl" else []
    if wanted.ending == "json":
        return as_json(plain(run) | {"funnel": funnel, "problems": problems, "health": [n.as_dict() for n in judged]})
    sums = {outcome: sum(counts[outcome] for counts in funnel.values()) for outcome in Outcome}
    numbers = [each.id for each in archive.runs()]
    return page(
        "night.html",
        here="/nights",
        run=run,
        sums=sums,
        stages=stages_of(sums),
        outcomes=[outcome for outcome in Outcome if sums[outcome]],
        funnel=sorted(funnel.items(), key=lambda item: -item[1].total())[:_SOURCES],
        number=len(funnel),
        unwell=[night for night in judged if night.level != "well"],
        judged=len(judged),
        problems=[(problem, because(problem.reason)) for problem in problems[:_SOURCES]],
        problems_number=len(problems),
        before=max((each for each in numbers if each < number), default=None),
        after=min((each for each in numbers if each > number), default=None),
        told=happened,
    )


def show_ledger(archive: Archive, wanted: Asked) -> Answer:
    """The addresses that a run had an outcome for; of one source, for one reason."""
    number = int(wanted.parts["run"])
    archive.run(number)
    chosen = {name: wanted.wishes[name] for name in ("outcome", "source", "reason") if wanted.wishes.get(name)}
    unknown = [each for each in chosen.get("outcome", "").split(",") if each and each not in list(Outcome)]
    if unknown:
        raise NotFound(f"there is no outcome {unknown[0][:80]!r}; there are {', '.join(Outcome)}")
    if wanted.ending == "csv":
        columns = ["url", "source", "outcome", "reason", "article_id", "capture_file", "capture_offset"]
        return as_csv(columns, map(_ledger_row, archive.iter_entries(number, **chosen)), f"night-{number}-pages")
    found = archive.entries(number, after=wanted.number("after") or 0, **chosen)
    if wanted.ending == "json":
        return as_json(found)
    following = found[-1].id if len(found) == PAGE else None
    return page("ledger.html", here="/nights", run=number, entries=found, chosen=chosen, capture_url=capture_url,
                following=following, told=happened, because=because)  # fmt: skip


def _ledger_row(entry: Entry) -> list[Any]:
    place = (entry.capture.file, entry.capture.offset) if entry.capture else (None, None)
    return [entry.url, entry.source, entry.outcome, entry.reason, entry.article_id, *place]


def show_url(archive: Archive, wanted: Asked) -> Answer:
    """The story of an address: seen where, asked when, answered what, kept or refused why."""
    history = archive.explain(wanted.wishes.get("url", ""))
    if wanted.ending == "json":
        return as_json(history)
    stone = archive.tombstone(history.url)
    answers = [event for event in history.events if event.capture and stone is None]
    return page("url.html", here="/nights", history=history, told=happened, because=because, stone=stone,
                capture_url=capture_url, last=answers[-1] if answers else None, seen=seen)  # fmt: skip
