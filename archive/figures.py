"""The archive in numbers: what it holds, its runs, and what each run did."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from archive.completeness import LIST_OF, Completeness, judge_lists
from archive.errors import NotFound
from archive.health.verdicts import MEANINGS, Health, Level
from archive.lock import writer_is_at_work
from archive.recovered import recovered_from
from archive.seq import SLOTS_PER_SECOND
from archive.times import from_iso, from_iso_or_none, iso
from archive.types import Kind, Outcome, Run, State, Via

if TYPE_CHECKING:
    from sqlite_utils import Database


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceFigures:
    """One source in numbers."""

    name: str
    title: str | None
    home: str
    articles: int
    #: Times of its oldest and newest article (published, else first seen); None: it has none.
    oldest: datetime | None
    newest: datetime | None
    #: Its page URLs by state; their sum is every page ever discovered there.
    pages: Mapping[State, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Stats:
    """The whole archive in numbers."""

    articles: int
    #: Earlier texts kept of articles that changed.
    revisions: int
    #: Articles that the site no longer has.
    gone: int
    oldest: datetime | None
    newest: datetime | None
    #: Raw records in the WARC files, and the bytes of both halves on disk.
    captures: int
    warc_files: int
    warc_bytes: int
    database_bytes: int
    runs: int
    #: The latest run; None: there was none.
    last_run: Run | None
    sources: tuple[SourceFigures, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """Something in a run that a person may want to look at: a document, or a group of pages."""

    source: str
    kind: Kind
    #: What became of it: an Outcome, or ``failed`` for a document.
    outcome: Outcome
    reason: str | None
    #: URLs that it happened to, and one of them.
    count: int
    example: str
    detail: str | None


def stats_of(db: Database, database: Path) -> Stats:
    """Count everything."""
    sources = _sources(db)
    (revisions,) = db.execute("select count(*) from revisions").fetchone()
    (gone,) = db.execute("select count(*) from articles where gone_at is not null").fetchone()
    captures = db.execute("select count(*) from captures").fetchone()[0]
    warc_files, warc_bytes = db.execute("select count(*), coalesce(sum(size), 0) from warc_files").fetchone()
    runs = runs_of(db, database.parent)
    return Stats(
        articles=sum(source.articles for source in sources),
        revisions=revisions,
        gone=gone,
        oldest=min((s.oldest for s in sources if s.oldest), default=None),
        newest=max((s.newest for s in sources if s.newest), default=None),
        captures=captures,
        warc_files=warc_files,
        warc_bytes=warc_bytes,
        database_bytes=database.stat().st_size,
        runs=len(runs),
        last_run=runs[-1] if runs else None,
        sources=sources,
    )


def runs_of(db: Database, folder: Path) -> list[Run]:
    """Every run, oldest first. One that says it is running while nobody writes was killed: ``crashed``."""
    runs = _runs(db)
    running = {run.id for run in runs if run.status == "running"}
    if not running or writer_is_at_work(folder):
        return runs
    # Read again: a run may have ended, or begun, between the first reading and the look at the lock.
    return [
        replace(run, status="crashed") if run.status == "running" and run.id in running else run for run in _runs(db)
    ]


def _runs(db: Database) -> list[Run]:
    return [
        Run(
            id=row["id"],
            kind=row["kind"],
            started_at=from_iso(row["started_at"]),
            finished_at=from_iso_or_none(row["finished_at"]),
            status=row["status"],
            software=row["software"],
            arguments=json.loads(row["arguments"]),
            recovered=recovered_from(row["recovered"]),
        )
        for row in db.query("select * from runs order by id")
    ]


def run_of(db: Database, folder: Path, run: int) -> Run:
    """One run. Raises NotFound, which names the last one."""
    return _one(runs_of(db, folder), run)


def _one(runs: list[Run], run: int) -> Run:
    found = next((each for each in runs if each.id == run), None)
    if found is None:
        last = f"the last one is {runs[-1].id}" if runs else "there was none so far"
        raise NotFound(f"no run has the number {run}; {last}")
    return found


def funnel_of(db: Database, run: int) -> dict[str, Counter[Outcome]]:
    """What a run did with each source's pages; the sum of a Counter is what was discovered."""
    _one(_runs(db), run)
    funnel: dict[str, Counter[Outcome]] = {}
    for source, outcome, number in db.execute(
        "select source, outcome, count(*) from run_urls where run_id = ? group by 1, 2 order by 1, 2", [run]
    ):
        funnel.setdefault(source, Counter())[Outcome(outcome)] = number
    return funnel


def sums_of(db: Database, first: int, last: int) -> dict[int, Counter[Outcome]]:
    """Run → what it did with how many pages, of the runs from one to another."""
    sums: dict[int, Counter[Outcome]] = {}
    sql = "select run_id, outcome, count(*) from run_urls where run_id between ? and ? group by 1, 2"
    for run, outcome, number in db.execute(sql, [first, last]):
        sums.setdefault(run, Counter())[Outcome(outcome)] = number
    return sums


def levels_of(db: Database, first: int, last: int) -> dict[int, Counter[Level]]:
    """Run → how many sources were well, to watch and sick, of the judged runs from one to another."""
    levels: dict[int, Counter[Level]] = {}
    sql = "select run_id, verdict, count(*) from source_nights where run_id between ? and ? group by 1, 2"
    for run, verdict, number in db.execute(sql, [first, last]):
        levels.setdefault(run, Counter())[MEANINGS[Health(verdict)].level] += number
    return levels


def problems_of(db: Database, run: int) -> list[Problem]:
    """What went otherwise than hoped in a run: documents that failed one by one, pages grouped by reason."""
    _one(_runs(db), run)
    documents = db.query(
        """
        select u.source, u.kind, iif(e.event = 'waiting', 'waiting', 'failed') as outcome, e.reason,
               1 as number, u.url, e.detail
        from url_events e join urls u on u.id = e.url_id
        where e.run_id = ? and e.event in ('failed', 'gone', 'refused', 'waiting') and u.kind <> 'page'
        order by u.source, u.url
        """,
        [run],
    )
    pages = db.query(
        """
        select r.source, 'page' as kind, r.outcome, r.reason, count(*) as number, min(u.url) as url,
               null as detail
        from run_urls r join urls u on u.id = r.url_id
        where r.run_id = ? and r.outcome in ('rejected', 'refused', 'failed', 'waiting')
        group by r.source, r.outcome, r.reason order by r.source, number desc, r.reason
        """,
        [run],
    )
    return [
        Problem(
            source=row["source"],
            kind=Kind(row["kind"]),
            outcome=Outcome(row["outcome"]),
            reason=row["reason"],
            count=row["number"],
            example=row["url"],
            detail=row["detail"],
        )
        for row in [*documents, *pages]
    ]


def completeness_of(db: Database, run: int) -> dict[str, Completeness]:
    """Source → what its lists showed of the articles that were new in a run, and how many they missed at least.

    Only what was published since the crawl before counts, a day's grace given, because a sitemap remembers for longer
    than a feed. In a source's first crawl that is the last day, and undated articles are left out.
    """
    started = _one(_runs(db), run).started_at
    before = db.execute(
        "select started_at from runs where id < ? and kind = 'crawl'"
        " and json_extract(arguments, '$.backfill') is null order by id desc limit 1",
        [run],
    ).fetchone()
    previous = from_iso(before[0]) if before else started
    rows = db.execute(
        """
        select r.source, group_concat(distinct s.via)
        from run_urls r
        join sources on sources.id = r.source
        join urls u on u.id = r.url_id
        join articles a on a.id = u.article_id
        join sightings s on s.url_id = r.url_id and s.first_run <= r.run_id
        where r.run_id = :run and r.outcome = 'new'
          and iif(sources.first_seen_at < :started,
                  coalesce(a.published_at, :started) >= :since,
                  a.published_at >= :yesterday)
        group by r.source, r.url_id order by r.source
        """,
        {
            "run": run,
            "started": iso(started),
            "since": f"{previous - timedelta(days=1):%Y-%m-%d}",
            "yesterday": f"{started - timedelta(days=1):%Y-%m-%d}",
        },
    )
    pages: dict[str, list[frozenset[str]]] = {}
    for source, vias in rows:
        on = frozenset(LIST_OF[Via(via)] for via in vias.split(",") if Via(via) in LIST_OF)
        pages.setdefault(source, []).append(on)
    return {source: judge_lists(histories) for source, histories in pages.items()}


def _sources(db: Database) -> tuple[SourceFigures, ...]:
    articles = {
        source: (number, _moment(lowest), _moment(highest))
        for source, number, lowest, highest in db.execute(
            "select source, count(*), min(seq), max(seq) from articles group by source"
        )
    }
    pages: dict[str, Counter[State]] = {}
    for source, state, number in db.execute(
        "select source, state, count(*) from urls where kind = 'page' group by 1, 2"
    ):
        pages.setdefault(source, Counter())[State(state)] = number
    found = []
    for row in db.query("select id, title, home from sources order by id"):
        number, oldest, newest = articles.get(row["id"], (0, None, None))
        found.append(
            SourceFigures(
                name=row["id"],
                title=row["title"],
                home=row["home"],
                articles=number,
                oldest=oldest,
                newest=newest,
                pages=pages.get(row["id"], Counter()),
            )
        )
    return tuple(found)


def _moment(seq: int) -> datetime:
    return datetime.fromtimestamp(seq // SLOTS_PER_SECOND, UTC)
