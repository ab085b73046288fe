"""An archive of an earlier version in, one of this version out, with a copy of the former database beside it."""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from archive.lock import WriterLock
from archive.opening import connect_to_read
from archive.schema import check_ours, migrate, migrations
from archive.sqlite import Database


@dataclass(frozen=True, slots=True, kw_only=True)
class Migrated:
    """What was done."""

    #: Steps that were taken, by name; empty: the archive was of this version.
    steps: tuple[str, ...]
    #: The copy of the database as it was; None: there was nothing to do.
    copy: Path | None


def bring_forward(folder: Path) -> Migrated:
    """Take the steps that the archive has not seen. Raises NotAnArchive, Locked; sqlite3.Error if there is no room.

    Each step is a transaction: one that is cut off is taken anew. The copy of the first attempt stays.
    """
    path = folder / "archive.db"
    lock = WriterLock(folder, "migrate")
    try:
        with closing(connect_to_read(path)) as connection:
            db = Database(connection)
            check_ours(db, str(path))
            applied = {step.name for step in migrations.applied(db)}
            steps = tuple(step.name for step in migrations._migrations if step.name not in applied)
            if not steps:
                return Migrated(steps=(), copy=None)
            copy = _copy(connection, path)
        with closing(sqlite3.connect(path, timeout=30)) as connection:
            migrate(Database(connection), str(path))
    finally:
        lock.release()
    return Migrated(steps=steps, copy=copy)


def _copy(connection: sqlite3.Connection, path: Path) -> Path:
    last = connection.execute(
        "select name from _sqlite_migrations where migration_set = 'nightdesk' order by name desc limit 1"
    ).fetchone()
    target = path.with_name(f"archive-before-{last[0].split('_')[0] if last else 'm000'}.db")
    if not target.exists():
        part = target.with_name(target.name + ".part")
        part.unlink(missing_ok=True)
        with closing(sqlite3.connect(part)) as copy:
            connection.backup(copy)
            copy.execute("pragma journal_mode = delete")
        with part.open("rb") as file:
            os.fsync(file.fileno())
        part.replace(target)
    return target
