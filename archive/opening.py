"""An archive's database, opened so that nothing can be written: beside a crawl, or on a medium mounted read-only."""

from __future__ import annotations

import sqlite3
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote

from archive.errors import ArchiveError, Locked, NotAnArchive

if TYPE_CHECKING:
    from sqlite_utils import Database

#: A reader waits so long for a writer that is just closing its journal; in WAL mode it hardly ever has to.
_BUSY_S = 10.0


def open_to_read(path: Path) -> Database:
    """Open an archive's database so that nothing can be written. Raises NotAnArchive or Locked."""
    from archive.sqlite import Database  # 0.1 s, not for --help

    try:
        db = Database(connect_to_read(path), execute_plugins=False, recursive_triggers=False)
        try:
            _check(db, path)
        except BaseException:
            db.close()
            raise
    except sqlite3.DatabaseError as error:
        if primary_code(error) == sqlite3.SQLITE_BUSY:
            raise Locked(f"{path} is locked by another program: {error}; try again when it is done") from error
        raise NotAnArchive(f"{path} cannot be read as an archive: {error}") from error
    return db


def connect_to_read(path: Path, *, one_thread: bool = True) -> sqlite3.Connection:
    """A connection that cannot write; ``one_thread`` False: threads may hand it on."""
    uri = "file:" + quote(str(path.absolute()))
    connection = sqlite3.connect(f"{uri}?mode=ro", uri=True, timeout=_BUSY_S, check_same_thread=one_thread)
    try:
        connection.execute("select 1 from sqlite_master").fetchone()
    except sqlite3.DatabaseError as error:
        connection.close()
        if primary_code(error) not in (sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_READONLY):
            raise
        return _connect_immutable(path, uri, error, one_thread=one_thread)
    return connection


def primary_code(error: sqlite3.Error) -> int:
    """SQLite's primary result code."""
    return error.sqlite_errorcode & 0xFF


def _connect_immutable(path: Path, uri: str, error: sqlite3.DatabaseError, *, one_thread: bool) -> sqlite3.Connection:
    """The way to read from a medium where SQLite cannot make its ``-shm`` file: nobody else can write there."""
    journal = path.with_name(path.name + "-wal")
    if journal.exists() and journal.stat().st_size:
        raise ArchiveError(
            f"{path} has unfinished business in {journal.name} that cannot be read here ({error});"
            " copy the folder to a place that can be written to, and open it there"
        ) from error
    return sqlite3.connect(f"{uri}?immutable=1", uri=True, check_same_thread=one_thread)


def _check(db: Database, path: Path) -> None:
    from archive.schema import check_ours, migrations

    db.execute("pragma query_only = on")
    check_ours(db, str(path))
    if db.execute("select 1 from sqlite_master").fetchone() is None:
        raise NotAnArchive(f"{path} is empty; make it an archive with: nightdesk init {path.parent}")
    if migrations.pending(db):
        raise NotAnArchive(
            f"{path} was made by an earlier nightdesk; run this once to bring it forward:"
            f" nightdesk migrate -a {path.parent}"
        )
