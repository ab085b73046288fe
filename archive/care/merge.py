"""Two archives in, the first with all that the second has out: ``merge_into``. Merging again changes nothing.

What belongs together is recognised by what it is, never by a row's number: sources by name, runs by a uid, URLs by
their spelling, WARC files by their first record, captures by their place, articles by id. Where both know something of
one thing, a rule decides that does not ask which archive came first; docs/care.md has them all.

Files are copied first, complete or not at all; then one transaction brings in the rows. A kill before its end leaves
at most files without rows, and the same merge again goes over them.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from archive.care.erase import overwrite_pending
from archive.care.joinarticles import take_articles
from archive.care.joinfiles import take_files
from archive.care.joinlog import take_exports
from archive.care.joinrows import take_captures, take_sources, take_stories_of_urls, take_the_rest, take_urls
from archive.care.joinruns import number_anew, take_runs
from archive.care.jointombs import apply_tombstones, take_tombstones
from archive.care.takedown import finish
from archive.errors import ArchiveError, NoArchive
from archive.lock import WriterLock

if TYPE_CHECKING:
    from sqlite_utils import Database

    from archive.writer import ArchiveWriter

_MAPS = ("map_run", "map_file", "map_url", "taken_url", "map_capture", "map_stone", "new_backfill")


@dataclass(frozen=True, slots=True, kw_only=True)
class Merged:
    """What came of a merge. All of it is nothing when the archive had everything already."""

    runs: int
    urls: int
    captures: int
    #: WARC files that came in, or that more bytes of came in.
    files: int
    #: Articles that are new, and shared ones of which something new is known.
    articles: int
    changed: int
    tombstones: int
    #: Articles that a tombstone of either archive took out.
    removed: int
    exports: int

    def __bool__(self) -> bool:
        return any((self.runs, self.urls, self.captures, self.files, self.articles, self.changed, self.tombstones))


def merge_into(writer: ArchiveWriter, part: Path, *, run: int | None = None, link: bool = False) -> Merged:
    """Join the archive in the folder ``part`` into an open one, and commit. ``part`` is recovered and migrated first.

    ``run``: the part's runs are all of that run, as where a night was divided among several machines. ``link``: its
    complete WARC files become the archive's by hard links where that is possible, for a part that is thrown away.
    What is derived is due afterwards: archive/afterwards.py. Raises NoArchive, NotAnArchive, Locked; and ArchiveError
    for an archive that is to be joined with itself.
    """
    _prepare(writer.folder, part)
    lock = WriterLock(part, "merge")
    try:
        with _attached(writer, part) as db:
            merged, moved = _join(writer, db, part, run=run, link=link)
            writer.commit()
    finally:
        lock.release()
    _forget_reports(writer.folder, moved)
    overwrite_pending(writer.db, writer.folder)
    if merged.removed:
        finish(writer)
    writer.commit()
    return merged


def _prepare(folder: Path, part: Path) -> None:
    """Bring the part to the present schema, and take in what a kill left in its WARC files."""
    from archive.writer import ArchiveWriter

    if not (part / "archive.db").is_file():
        raise NoArchive(f"there is no archive in {part}")
    if part.resolve() == folder.resolve():
        raise ArchiveError(f"{part} is the very archive that it was to be joined into")
    ArchiveWriter(part, purpose="merge").close()


@contextmanager
def _attached(writer: ArchiveWriter, part: Path) -> Iterator[Database]:
    """The part's database as ``part``, and a transaction; a failure leaves ours as it was."""
    db = writer.db
    writer.commit()
    db.commit()
    db.execute("attach ? as part", [str(part / "archive.db")])
    try:
        db.execute("begin immediate")
        yield db
    except BaseException:
        db.rollback()
        raise
    finally:
        db.commit()
        for name in _MAPS:
            db.execute(f"drop table if exists temp.{name}")
        db.commit()
        db.execute("detach part")
        writer.begin()


def _join(
    writer: ArchiveWriter, db: Database, part: Path, *, run: int | None, link: bool
) -> tuple[Merged, dict[int, int]]:
    take_sources(db)
    runs = take_runs(db, run)
    moved = number_anew(db) if runs else {}
    db.conn.executemany("update map_run set ours = ? where theirs = ?", _after(db, moved))
    db.execute("create temp table map_file (theirs integer primary key, ours integer not null)")
    files = list(take_files(db, writer.folder, part, link=link))
    db.conn.executemany("insert into map_file values (?, ?)", [(file.theirs, file.ours) for file in files])
    urls = take_urls(db)
    captures = take_captures(db)
    take_stories_of_urls(db)
    stones = take_tombstones(writer)
    take_the_rest(db)
    articles, changed = take_articles(writer)
    removed = apply_tombstones(writer)
    db.conn.executemany(  # bytes that came over it brought back what had been overwritten
        "update erasures set done = 0 where warc_file_id = ?", [(file.ours,) for file in files if file.came]
    )
    merged = Merged(
        runs=runs,
        urls=urls,
        captures=captures,
        files=sum(file.came for file in files),
        articles=articles,
        changed=changed,
        tombstones=stones,
        removed=removed,
        exports=take_exports(writer.folder, part),
    )
    return merged, moved


def _after(db: Database, moved: dict[int, int]) -> list[tuple[int, int]]:
    """(our number of a run after all were numbered anew, theirs) of those that moved."""
    if not moved:
        return []
    return [(moved[ours], theirs) for theirs, ours in db.execute("select theirs, ours from map_run") if ours in moved]


def _forget_reports(folder: Path, moved: dict[int, int]) -> None:
    """Reports of nights that have another number now would be of the wrong night: they can be made anew."""
    for path in (folder / "reports").glob("night-*"):
        number = path.stem.rpartition("-")[2]
        if number.isdigit() and int(number) in moved:
            path.unlink(missing_ok=True)
