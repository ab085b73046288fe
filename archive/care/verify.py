"""An archive's folder in, all that is wrong with it out, as it is found. Nothing is written, and a crawl may go on.

What is checked: SQLite's pages and indexes, foreign keys, every text against its hash, revisions, facts, the index
against the texts, the ledger's numbers, stories, takedowns; and every byte of the WARC files, record by record, against
gzip's sums, the digests in their heads and those in the rows. What no sum guards is not checked: a byte that has
changed in a column of the ledger or in a field that no hash covers.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from itertools import chain
from pathlib import Path

from archive.care.checkdatabase import (
    check_articles,
    check_derived,
    check_facts,
    check_index,
    check_keys,
    check_ledger,
    check_pages,
    check_takedowns,
)
from archive.care.checkwarc import check_files
from archive.care.damage import Damage, Progress, silent
from archive.errors import Locked
from archive.lock import WriterLock
from archive.opening import open_to_read


def verify(folder: Path, progress: Progress = silent, *, quick: bool = False) -> Iterator[Damage]:
    """Check an archive. ``quick``: neither WARC records nor texts are read. Raises NotAnArchive, Locked.

    A damaged database is told of as far as it can be read. The words of the index are compared only while nobody
    writes: SQLite asks for a lock to do so, though nothing is changed.
    """
    path = folder / "archive.db"
    with closing(open_to_read(path)) as db:
        sound = True
        for damage in check_pages(db, path.name, quick=quick):
            sound = False
            yield damage
        db.execute("begin")  # all rows of one instant, beside whoever writes
        yield from _readable(check_files(db, folder, progress, quick=quick), path.name)
        checks = [check_keys(db), check_ledger(db), check_derived(db), check_takedowns(db)]
        if not quick:
            checks += [check_articles(db, progress), check_facts(db)]
        checks.append(check_index(db, path.name, whole=False))
        for check in checks:
            yield from _readable(check, path.name)
        db.rollback()
    if not quick and sound:
        yield from _index_words(folder)


def _readable(check: Iterator[Damage], path: str) -> Iterator[Damage]:
    """The check, ended with a word where the database itself cannot be read any further."""
    try:
        yield from check
    except sqlite3.DatabaseError as error:
        yield Damage(kind="database", where=path, what=f"it cannot be read any further: {error}")


def _index_words(folder: Path) -> Iterator[Damage]:
    from archive.sqlite import Database

    try:
        lock = WriterLock(folder, "verify")
    except (Locked, OSError):
        return
    try:
        with closing(Database(sqlite3.connect(folder / "archive.db", timeout=5))) as db:
            yield from chain(check_index(db, "archive.db", whole=True))
    except sqlite3.OperationalError:
        return  # a medium for reading, or another program that writes
    finally:
        lock.release()
