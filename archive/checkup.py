"""A folder in, what can be told of its database without opening it as an archive: for who finds out what is wrong."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from archive.errors import NotAnArchive
from archive.lock import writer_is_at_work
from archive.schema import check_ours, steps_missing
from archive.sqlite import Database
from archive.times import from_iso_or_none
from archive.warcstore import size_of


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
    warc_files: int = 0
    #: WARC files that have fewer bytes than rows vouch for, each with how many are there and how many should be.
    short: tuple[tuple[str, int, int], ...] = ()
    #: Bytes behind those that rows vouch for, in files that a run left open. The next start looks at them.
    unclosed_bytes: int = 0


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


def _look_at_files(db: Database, folder: Path) -> tuple[int, tuple[tuple[str, int, int], ...], int]:
    """The number of WARC files; those that are short; bytes that a run which is no more did not come to vouch for."""
    files = db.execute("select path, size, closed from warc_files").fetchall()
    short, unclosed = [], 0
    for file, size, closed in files:
        try:
            there = size_of(folder / file)
        except OSError:
            there = 0
        if there < size:
            short.append((file, there, size))
        elif not closed:
            unclosed += there - size
    return len(files), tuple(short), 0 if writer_is_at_work(folder) else unclosed


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
    number, short, unclosed = _look_at_files(db, path.parent)
    return Checkup(
        size=size,
        ours=True,
        behind=behind,
        warc_files=number,
        short=short,
        unclosed_bytes=unclosed,
        last_run=last and last[0],
        last_run_at=from_iso_or_none(last and last[1]),
        last_run_status=last and last[2],
        latest_at=from_iso_or_none(latest),
        bytes_of_last_run=int(added or 0),
    )
