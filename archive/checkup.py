"""A folder in, what can be told of its database without opening it as an archive: for who finds out what is wrong."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from archive.errors import NotAnArchive
from archive.schema import check_ours, steps_missing
from archive.sqlite import Database
from archive.times import from_iso_or_none


@dataclass(frozen=True, slots=True, kw_only=True)
class Checkup:
    """What was found. All that needs a readable database of ours is at its default without one."""

    #: Bytes of the database; None: there is none.
    size: int | None = None
    #: Why it cannot be read; None: it can.
    problem: str | None = None
    #: False: it is another program's, or a later nightdesk's.
    ours: bool = False
    #: Migrations that it has not seen yet.
    behind: int = 0
    last_run: int | None = None
    last_run_at: datetime | None = None
    #: ``running``, ``finished``, ``interrupted`` or ``crashed``.
    last_run_status: str | None = None
    #: The latest moment at which a run began or ended.
    latest_at: datetime | None = None
    #: Compressed bytes that the last run added to the WARC files.
    bytes_of_last_run: int = 0


#: Oldest SQLite that has all that the archive's statements need: ``returning`` and strict tables.
_OLDEST = (3, 37, 0)


def sqlite_here() -> tuple[str, str | None]:
    """The version of SQLite that this Python has, and why it will not do; None: it will."""
    if sqlite3.sqlite_version_info < _OLDEST:
        return sqlite3.sqlite_version, f"{'.'.join(map(str, _OLDEST))} is needed"
    try:
        with closing(sqlite3.connect(":memory:")) as db:
            db.execute("create virtual table t using fts5(x)")
    except sqlite3.Error as error:
        return sqlite3.sqlite_version, f"no full-text search: {error}"
    return sqlite3.sqlite_version, None


def check_up(folder: Path) -> Checkup:
    """Look at a folder's database, read-only. Never raises for what is wrong with it."""
    path = folder / "archive.db"
    try:
        size = path.stat().st_size
    except OSError:
        return Checkup()
    try:
        with closing(sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True, timeout=5)) as connection:
            return _look(Database(connection), path, size)
    except sqlite3.Error as error:
        return Checkup(size=size, problem=str(error))


def _look(db: Database, path: Path, size: int) -> Checkup:
    try:
        check_ours(db, str(path))
    except NotAnArchive:
        return Checkup(size=size)
    behind = steps_missing(db)
    if not db["runs"].exists():
        return Checkup(size=size, ours=True, behind=behind)
    last = db.execute("select id, started_at, status from runs order by id desc limit 1").fetchone()
    latest = db.execute("select max(max(started_at), max(coalesce(finished_at, started_at))) from runs").fetchone()[0]
    added = db.execute("select sum(length) from captures where run_id = (select max(run_id) from captures)").fetchone()[
        0
    ]
    return Checkup(
        size=size,
        ours=True,
        behind=behind,
        last_run=last and last[0],
        last_run_at=from_iso_or_none(last and last[1]),
        last_run_status=last and last[2],
        latest_at=from_iso_or_none(latest),
        bytes_of_last_run=int(added or 0),
    )
