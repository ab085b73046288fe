"""The judged nights in the database: judge those that are not yet, write them, read them back."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING

from archive.health.judging import judge
from archive.health.measure import measure
from archive.health.usual import NIGHTS, OLDEST, SAME_TIME
from archive.health.values import Figures, SourceNight, figures_from
from archive.health.verdicts import Health
from archive.record import plain
from archive.times import from_iso, iso
from archive.types import Run

if TYPE_CHECKING:
    from sqlite_utils import Database

    from archive.writer import ArchiveWriter


#: Hours between two crawls below which a source is crawled many times a day.
_OFTEN = 12.0


def judge_night(writer: ArchiveWriter, run: int, now: datetime) -> list[SourceNight]:
    """Judge a run's night, source by source, and write it; also crawls before it that nobody judged.

    Safe to repeat: a night that is judged already is judged anew.
    """
    db = writer.db
    unjudged = _unjudged(db, before=run)
    for each in [*unjudged, run]:
        judged = list(_judged(db, each))
        db.execute("delete from source_nights where run_id = ?", [each])
        db.execute("insert or replace into nights (run_id, judged_at) values (?, ?)", [each, iso(now)])
        _write(db, judged)
    writer.commit()
    return source_nights_of(db, run)


def amend(writer: ArchiveWriter, nights: Iterable[SourceNight]) -> None:
    """Write nights whose verdict or evidence was changed after they were judged."""
    _write(writer.db, nights)
    writer.commit()


def source_nights_of(db: Database, run: int) -> list[SourceNight]:
    """A run's night, the sick sources first. One that nobody has judged yet is judged now, and not written."""
    judged = db.execute("select 1 from nights where run_id = ?", [run]).fetchone()
    found = [_with_row(db, night) for night in (_stored(db, run) if judged else _judged(db, run))]
    order = list(Health)
    found.sort(key=lambda night: (-order.index(night.verdict), night.source))
    return found


def nights_of(
    db: Database, source: str, *, before: datetime, most: int = 2 * NIGHTS, same_time: bool = False
) -> list[SourceNight]:
    """A source's last judged nights that began before a time, oldest first: twice as many as a comparison takes.

    ``same_time``: only those that began at about the same time of day, for a source that is crawled many times a day.
    """
    rows = db.execute(
        """
        select n.run_id, n.source, r.started_at, n.figures, n.verdict, n.evidence
        from source_nights n join runs r on r.id = n.run_id
        where n.source = :source and r.started_at < :before and r.started_at >= :oldest
          and (not :same_time
               or abs((strftime('%H', r.started_at) - strftime('%H', :before) + 36) % 24 - 12) <= :near)
        order by n.run_id desc limit :most
        """,
        {
            "source": source,
            "before": iso(before),
            "oldest": iso(before - OLDEST),
            "same_time": same_time,
            "near": SAME_TIME,
            "most": most,
        },
    ).fetchall()
    return [_night(row) for row in reversed(rows)]


def comparable_nights(db: Database, source: str, at: datetime, figures: Figures) -> list[SourceNight]:
    """The nights that a source's night may be compared with, oldest first."""
    often = figures.hours_since is not None and figures.hours_since < _OFTEN
    return nights_of(db, source, before=at, same_time=often)


def last_night(runs: Sequence[Run]) -> Run | None:
    """The last crawl that is over; None: there was none."""
    crawls = [each for each in runs if each.kind == "crawl" and each.status != "running" and not is_backfill(each)]
    return crawls[-1] if crawls else None


def is_backfill(run: Run) -> bool:
    """Whether a crawl fetched old articles only: that is no night."""
    return bool(run.arguments.get("backfill"))


def _unjudged(db: Database, *, before: int) -> list[int]:
    """Crawls that nobody judged, of the last ones before a run; backfills left out."""
    rows = db.execute(
        "select id, id in (select run_id from nights) from runs"
        " where kind = 'crawl' and id < ? and json_extract(arguments, '$.backfill') is null"
        " and status <> 'running' order by id desc limit ?",
        [before, NIGHTS],
    ).fetchall()
    return [run for run, judged in reversed(rows) if not judged]


def _judged(db: Database, run: int) -> Iterator[SourceNight]:
    at = from_iso(db.execute("select started_at from runs where id = ?", [run]).fetchone()[0])
    for source, figures in measure(db, run).items():
        finding = judge(at, figures, comparable_nights(db, source, at, figures))
        yield SourceNight(
            run=run, source=source, at=at, figures=figures, verdict=finding.verdict, evidence=finding.evidence
        )


def _write(db: Database, nights: Iterable[SourceNight]) -> None:
    db.conn.executemany(
        "insert or replace into source_nights (run_id, source, figures, verdict, evidence) values (?, ?, ?, ?, ?)",
        [
            (
                night.run,
                night.source,
                json.dumps(plain(night.figures), ensure_ascii=False),
                night.verdict,
                json.dumps(night.evidence, ensure_ascii=False),
            )
            for night in nights
        ],
    )


def _stored(db: Database, run: int) -> list[SourceNight]:
    rows = db.execute(
        "select n.run_id, n.source, r.started_at, n.figures, n.verdict, n.evidence"
        " from source_nights n join runs r on r.id = n.run_id where n.run_id = ?",
        [run],
    )
    return [_night(row) for row in rows]


def _with_row(db: Database, night: SourceNight) -> SourceNight:
    """The night with the number of nights in a row that its verdict has stood."""
    verdicts = [
        verdict
        for (verdict,) in db.execute(
            "select verdict from source_nights where source = ? and run_id < ? order by run_id desc limit ?",
            [night.source, night.run, 12 * NIGHTS],
        )
    ]
    same = next((n for n, verdict in enumerate(verdicts) if verdict != night.verdict), len(verdicts))
    return replace(night, nights=same + 1)


def _night(row: Sequence[object]) -> SourceNight:
    run, source, started, figures, verdict, evidence = row
    return SourceNight(
        run=int(str(run)),
        source=str(source),
        at=from_iso(str(started)),
        figures=figures_from(json.loads(str(figures))),
        verdict=Health(str(verdict)),
        evidence=tuple(json.loads(str(evidence))),
    )
