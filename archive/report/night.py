"""A run in; all that its report tells out: the funnel, each source with its past, and the last nights in numbers."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from archive.completeness import Completeness
from archive.errors import NotFound
from archive.figures import completeness_of, funnel_of, problems_of, run_of, runs_of
from archive.health.measure import FIELDS
from archive.health.nights import comparable_nights, last_night, source_nights_of
from archive.health.usual import NIGHTS, Volume, past_of, usual_volume
from archive.health.values import SourceNight
from archive.health.verdicts import MEANINGS, Health, Level
from archive.query import Query
from archive.reasons import because, happened
from archive.record import plain
from archive.search import count
from archive.times import from_iso
from archive.types import Outcome, Run
from archive.version import __version__

if TYPE_CHECKING:
    from pathlib import Path

    from sqlite_utils import Database

#: Nights that are told of source by source.
_SHOWN = NIGHTS


@dataclass(frozen=True, slots=True, kw_only=True)
class Sum:
    """All sources' night in numbers, for the charts."""

    run: int
    at: datetime
    new: int
    updated: int
    #: Pages that answered and are no articles; pages that failed.
    rejected: int
    failed: int
    requests: int
    bytes: int
    #: Level → sources.
    levels: Mapping[Level, int]
    #: Field → share of the new articles that have it; None: there are no new ones.
    filled: Mapping[str, float | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Lost:
    """Pages that came to nothing for one reason."""

    outcome: Outcome
    reason: str | None
    #: In words.
    told: str
    count: int
    #: The sources with most of them, and one of the addresses.
    sources: tuple[tuple[str, int], ...]
    example: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceReport:
    """One source in the report."""

    night: SourceNight
    title: str | None
    home: str
    #: What is usual on such a weekday; None: too little is known.
    usual: Volume | None
    #: What its lists showed of the night's articles, and how many they missed at least; None: it had no new ones.
    completeness: Completeness | None
    #: Its last nights up to this one: (run, new articles, verdict).
    history: tuple[tuple[int, int, Health], ...]

    @property
    def missed(self) -> str:
        """How many articles no list showed, at least, in words; empty where the lists do not tell."""
        estimate = self.completeness and self.completeness.estimate
        if not estimate:
            return ""
        return f"{estimate.missed:.0f} ({estimate.low:.0f} to {estimate.high:.0f})"

    def as_dict(self) -> dict[str, Any]:
        """For JSON."""
        past = [{"run": run, "new": new, "verdict": verdict} for run, new, verdict in self.history]
        about = {"title": self.title, "home": self.home, "usual": plain(self.usual), "history": past}
        return self.night.as_dict() | about | {"completeness": plain(self.completeness)}


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """One night, told whole."""

    archive: str
    run: Run
    #: Articles in the archive.
    articles: int
    funnel: Mapping[Outcome, int]
    lost: tuple[Lost, ...]
    #: Sick ones first.
    sources: tuple[SourceReport, ...]
    #: The last nights, this one the last.
    nights: tuple[Sum, ...]

    def at_level(self, level: Level) -> tuple[SourceReport, ...]:
        """The sources of a level."""
        return tuple(source for source in self.sources if source.night.level is level)

    @property
    def sick(self) -> bool:
        """Whether somebody should be told: a source is sick, or the run was killed."""
        return bool(self.at_level(Level.SICK)) or self.run.status == "crashed"

    @property
    def headline(self) -> str:
        """The night in two sentences."""
        new = self.funnel.get(Outcome.NEW, 0)
        articles = f"{_many(new, 'new article')} from {_many(len(self.sources), 'source')}"
        sick, watch = len(self.at_level(Level.SICK)), len(self.at_level(Level.WATCH))
        fate = {"crashed": " The run was killed.", "interrupted": " The run was stopped early."}
        state = "All is well." if not sick and not watch else f"{sick} sick, {watch} to watch."
        return f"{articles}. {state}{fate.get(self.run.status, '')}"

    def as_dict(self) -> dict[str, Any]:
        """For JSON."""
        return {
            "software": f"nightdesk {__version__}",
            "archive": self.archive,
            "headline": self.headline,
            "sick": self.sick,
            "run": plain(self.run),
            "articles": self.articles,
            "funnel": plain(self.funnel),
            "lost": plain(self.lost),
            "sources": [source.as_dict() for source in self.sources],
            "nights": plain(self.nights),
        }

    def as_json(self) -> str:
        """The report as JSON text."""
        return json.dumps(self.as_dict(), ensure_ascii=False, indent=1) + "\n"


def report_of(db: Database, folder: Path, run: int | None = None) -> Report:
    """Tell a night, the last one if none is named. Raises NotFound when there is no such crawl."""
    chosen = last_night(runs_of(db, folder)) if run is None else run_of(db, folder, run)
    if chosen is None:
        raise NotFound("no crawl so far that could be told of; start one with: nightdesk crawl")
    if chosen.kind != "crawl":
        raise NotFound(f"run {chosen.id} is an import, not a night; see: nightdesk runs {chosen.id}")
    nights = source_nights_of(db, chosen.id)
    runs = [
        number
        for (number,) in db.execute(
            "select run_id from nights where run_id < ? order by run_id desc limit ?", [chosen.id, _SHOWN - 1]
        )
    ]
    funnel: Counter[Outcome] = Counter()
    for counts in funnel_of(db, chosen.id).values():
        funnel.update(counts)
    return Report(
        archive=folder.absolute().name,
        run=chosen,
        articles=count(db, Query()),
        funnel=funnel,
        lost=tuple(_lost(db, chosen.id)),
        sources=tuple(_sources(db, nights, runs, completeness_of(db, chosen.id))),
        nights=(*_sums(db, runs), _tonight(chosen, nights)),
    )


def _sources(
    db: Database, nights: list[SourceNight], runs: list[int], completeness: Mapping[str, Completeness]
) -> Iterator[SourceReport]:
    about = {row["id"]: row for row in db.query("select id, title, home from sources")}
    history: defaultdict[str, list[tuple[int, int, Health]]] = defaultdict(list)
    for source, run, new, verdict in db.execute(
        "select source, run_id, coalesce(json_extract(figures, '$.pages.new'), 0), verdict from source_nights"
        " where run_id in (select value from json_each(?)) order by run_id",
        [json.dumps(runs)],
    ):
        history[source].append((run, new, Health(verdict)))
    for night in nights:
        past = past_of(night.at, night.figures, comparable_nights(db, night.source, night.at, night.figures))
        yield SourceReport(
            night=night,
            title=about[night.source]["title"],
            home=about[night.source]["home"],
            usual=usual_volume(night.at, past.good),
            completeness=completeness.get(night.source),
            history=(*history[night.source], (night.run, night.figures.new, night.verdict)),
        )


def _sums(db: Database, runs: list[int]) -> Iterator[Sum]:
    """Earlier nights in numbers, oldest first."""
    filled = ", ".join(f"sum(json_extract(figures, '$.filled.{name}')) as {name}" for name in FIELDS)
    rows = db.query(
        f"""
        select run_id, started_at, coalesce(sum(json_extract(figures, '$.pages.new')), 0) as new,
               coalesce(sum(json_extract(figures, '$.pages.updated')), 0) as updated,
               coalesce(sum(json_extract(figures, '$.pages.rejected')), 0) as rejected,
               coalesce(sum(json_extract(figures, '$.pages.failed')), 0) as failed,
               sum(json_extract(figures, '$.bytes')) as bytes, json_group_array(verdict) as verdicts,
               sum((select sum(value) from json_each(figures, '$.statuses'))) as requests, {filled}
        from source_nights n join runs r on r.id = n.run_id
        where run_id in (select value from json_each(?)) group by run_id order by run_id
        """,  # noqa: S608 (our own words)
        [json.dumps(runs)],
    )
    for row in rows:
        yield Sum(
            run=row["run_id"],
            at=from_iso(row["started_at"]),
            new=row["new"],
            updated=row["updated"],
            rejected=row["rejected"],
            failed=row["failed"],
            requests=row["requests"] or 0,
            bytes=row["bytes"] or 0,
            levels=Counter(MEANINGS[Health(verdict)].level for verdict in json.loads(row["verdicts"])),
            filled={name: (row[name] or 0) / row["new"] if row["new"] else None for name in FIELDS},
        )


def _tonight(run: Run, nights: list[SourceNight]) -> Sum:
    pages: Counter[Outcome] = Counter()
    for night in nights:
        pages.update(night.figures.pages)
    new = pages[Outcome.NEW]
    filled = {name: sum(night.figures.filled.get(name, 0) for night in nights) for name in FIELDS}
    return Sum(
        run=run.id,
        at=run.started_at,
        new=new,
        updated=pages[Outcome.UPDATED],
        rejected=pages[Outcome.REJECTED],
        failed=pages[Outcome.FAILED],
        requests=sum(night.figures.requests for night in nights),
        bytes=sum(night.figures.bytes for night in nights),
        levels=Counter(night.level for night in nights),
        filled={name: number / new if new else None for name, number in filled.items()},
    )


def _lost(db: Database, run: int) -> Iterator[Lost]:
    """Why pages came to nothing, the commonest reason first."""
    groups: defaultdict[tuple[Outcome, str | None], list[tuple[str, int, str]]] = defaultdict(list)
    for problem in problems_of(db, run):
        if problem.kind.value == "page":
            groups[problem.outcome, problem.reason].append((problem.source, problem.count, problem.example))
    for (outcome, reason), cases in sorted(groups.items(), key=lambda item: -sum(case[1] for case in item[1])):
        cases.sort(key=lambda case: -case[1])
        yield Lost(
            outcome=outcome,
            reason=reason,
            told=": ".join(filter(None, [happened(outcome), because(reason)])),
            count=sum(number for _, number, _ in cases),
            sources=tuple((source, number) for source, number, _ in cases[:4]),
            example=cases[0][2],
        )


def _many(number: int, what: str) -> str:
    return f"{number:,} {what}{'' if number == 1 else 's'}"
