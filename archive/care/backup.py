"""An archive in, a copy of it as it was at one instant out; beside a crawl, and only what has changed since the last.

First the database, by SQLite's own backup: all rows of one instant. Then of each WARC file the bytes that these rows
vouch for, which were on the disk before the rows were committed. A complete file with the size and time of the last
backup is not copied again. At the end one step makes the new backup the valid one; until then the earlier one is whole.
"""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from archive.care.damage import Progress, silent
from archive.care.joinfiles import copy_bytes, sync_folder
from archive.care.manifest import NAME, Kept, Manifest, digest_of, read_manifest, write_manifest, wrong_files
from archive.errors import ArchiveError
from archive.lock import WriterLock
from archive.opening import connect_to_read, open_to_read
from archive.times import iso, utc_now
from archive.version import __version__
from archive.warcstore import moved_to

#: Beside the database and the WARC files: what belongs to an archive.
_FOLDERS = ("exports", "reports")
_LOCK = "backup.lock"
#: A takedown that comes between makes the copy one of two instants: it is made again.
_TRIES = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class BackedUp:
    """What a backup came to."""

    #: Files that were copied, their bytes, and files that had not changed.
    copied: int
    bytes: int
    unchanged: int
    #: WARC files that the archive has lost, and whether an earlier backup has them.
    lost: tuple[str, ...]
    #: In words, what is wrong with the copy: only where it was looked at.
    wrong: tuple[str, ...] = ()


def back_up(folder: Path, to: Path, progress: Progress = silent, *, check: bool = False) -> BackedUp:
    """Bring the backup in the folder ``to`` up to date, or make it. ``check``: read all of it back.

    Raises ArchiveError for a folder that holds something else, NotAnArchive, Locked.
    """
    open_to_read(folder / "archive.db").close()
    before = _earlier(folder, to)
    to.mkdir(parents=True, exist_ok=True)
    lock = WriterLock(to, "backup", name=_LOCK)
    try:
        for _ in range(_TRIES):
            copy = _Copy(folder, to, before, progress)
            if copy.make():
                break
        else:
            raise ArchiveError(f"{folder} had pages taken down while it was copied: try again")
        write_manifest(to, copy.manifest)
        _tidy(to, copy.manifest)
        wrong = tuple(wrong_files(to, copy.manifest)) if check else ()
    finally:
        lock.release()
    return BackedUp(copied=copy.copied, bytes=copy.bytes, unchanged=copy.unchanged, lost=tuple(copy.lost), wrong=wrong)


def _earlier(folder: Path, to: Path) -> Manifest | None:
    if to.resolve() == folder.resolve() or (to / "archive.db").exists():
        raise ArchiveError(f"{to} is an archive: name a folder for its backup that is empty or holds an earlier one")
    begun = (to / _LOCK).exists() and not (to / NAME).exists()  # a first one that was cut off
    if begun or not to.is_dir() or not any(to.iterdir()):
        return None
    return read_manifest(to)


class _Copy:
    """One attempt at a copy."""

    def __init__(self, folder: Path, to: Path, before: Manifest | None, progress: Progress) -> None:
        self._folder, self._to, self._progress = folder, to, progress
        self._before = dict(before.files) if before else {}
        self._files: dict[str, Kept] = {}
        self._now = utc_now()
        self._database = f"archive-{self._now:%Y%m%dT%H%M%SZ}.db"
        if before and before.database == self._database:  # two within a second
            self._database = f"archive-{self._now:%Y%m%dT%H%M%SZ}-2.db"
        self.copied = self.bytes = self.unchanged = 0
        self.lost: list[str] = []

    @property
    def manifest(self) -> Manifest:
        return Manifest(
            made_at=iso(self._now),
            software=f"nightdesk {__version__}",
            database=self._database,
            files=self._files,
        )

    def make(self) -> bool:
        """Copy all → False if a takedown came between."""
        self._copy_database()
        with closing(sqlite3.connect(self._to / self._database)) as db:
            files = db.execute("select path, size, closed from warc_files order by id").fetchall()
            stones = _stones(db)
        total, done = sum(size for _, size, _ in files), 0
        for path, size, closed in files:
            self._progress("copied", done, total)
            self._copy_warc(path, size, closed=bool(closed))
            done += size
        for path in self._others():
            self._copy_other(path)
        with closing(connect_to_read(self._folder / "archive.db")) as db:
            return _stones(db) == stones

    def _copy_database(self) -> None:
        place = self._to / self._database
        part = place.with_name(place.name + ".part")
        part.unlink(missing_ok=True)
        with closing(connect_to_read(self._folder / "archive.db")) as db, closing(sqlite3.connect(part)) as copy:
            db.backup(copy)
            copy.execute("pragma journal_mode = delete")
            copy.execute("pragma synchronous = full")
        size = part.stat().st_size
        digest = digest_of(part, size)
        assert digest is not None, "it was just written"
        part.replace(place)
        sync_folder(self._to)
        self._files["archive.db"] = Kept(size=size, sha256=digest, mtime_ns=0)
        self.copied, self.bytes = self.copied + 1, self.bytes + size

    def _copy_warc(self, path: str, size: int, *, closed: bool) -> None:
        source = self._folder / path
        try:
            status = source.stat()
        except FileNotFoundError:
            self._copy_absent(path, size)
            return
        kept = self._before.get(path)
        same = kept is not None and (kept.size, kept.mtime_ns) == (min(size, status.st_size), status.st_mtime_ns)
        if kept is not None and closed and same and (self._to / path).exists():
            self._keep(path, kept)
        else:
            self._copy(path, size, status.st_mtime_ns if closed else 0)

    def _copy_absent(self, path: str, size: int) -> None:
        """A file that is not in its place: it lies elsewhere, or is lost."""
        kept, moved = self._before.get(path), moved_to(self._folder / path)
        if moved is None:
            if size:
                self.lost.append(path)
            if kept is not None:
                self._files[path] = kept  # the last copy that there is
        elif kept is not None and kept.sha256 == moved.sha256 and (self._to / path).exists():
            self._keep(path, kept)
        else:
            self._copy(path, size, 0)

    def _others(self) -> Iterator[Path]:
        yield from sorted(self._folder.glob("*.toml"))
        for name in _FOLDERS:
            yield from sorted(path for path in (self._folder / name).rglob("*") if path.is_file())

    def _copy_other(self, source: Path) -> None:
        path = source.relative_to(self._folder).as_posix()
        try:
            status = source.stat()
        except FileNotFoundError:
            return  # a report that is just being replaced
        kept = self._before.get(path)
        if kept and (kept.size, kept.mtime_ns) == (status.st_size, status.st_mtime_ns) and (self._to / path).exists():
            self._keep(path, kept)
        else:
            self._copy(path, status.st_size, status.st_mtime_ns)

    def _keep(self, path: str, kept: Kept) -> None:
        self._files[path] = kept
        self.unchanged += 1

    def _copy(self, path: str, size: int, mtime_ns: int) -> None:
        target = self._to / path
        target.parent.mkdir(parents=True, exist_ok=True)
        part = target.with_name(target.name + ".part")
        digest = copy_bytes(self._folder / path, part, size)
        size = part.stat().st_size
        part.replace(target)
        sync_folder(target.parent)
        self._files[path] = Kept(size=size, sha256=digest, mtime_ns=mtime_ns)
        self.copied, self.bytes = self.copied + 1, self.bytes + size


def _stones(db: sqlite3.Connection) -> tuple[object, ...]:
    """How many takedowns there are, and records overwritten."""
    sql = "select (select count(*) from tombstones), (select count(*) from erasures where done)"
    return tuple(db.execute(sql).fetchone())


def _tidy(to: Path, manifest: Manifest) -> None:
    """Delete what the valid backup does not name: databases of earlier ones, reports that were taken back."""
    for path in [*to.glob("archive-*"), *(path for name in (*_FOLDERS, "warc") for path in (to / name).rglob("*"))]:
        name = path.relative_to(to).as_posix()
        if path.is_file() and name not in (*manifest.files, manifest.database):
            path.unlink()


def restore(source: Path, to: Path, progress: Progress = silent) -> int:
    """Make an archive of a backup, every file checked while it is copied → how many files.

    Raises ArchiveError for what is no backup or is damaged, and for a folder that is not empty; then nothing is left.
    """
    manifest = read_manifest(source)
    if to.exists() and any(to.iterdir()):
        raise ArchiveError(f"{to} is not empty: name a new folder to restore into")
    part = to.with_name(to.name + ".part")
    shutil.rmtree(part, ignore_errors=True)
    part.mkdir(parents=True)
    try:
        _restore_files(source, part, manifest, progress)
    except BaseException:
        shutil.rmtree(part, ignore_errors=True)
        raise
    if to.exists():
        to.rmdir()
    part.replace(to)
    sync_folder(to.parent)
    return len(manifest.files)


def _restore_files(source: Path, to: Path, manifest: Manifest, progress: Progress) -> None:
    total, done = sum(kept.size for kept in manifest.files.values()), 0
    for name, kept in sorted(manifest.files.items()):
        progress("restored", done, total)
        place = source / (manifest.database if name == "archive.db" else name)
        (to / name).parent.mkdir(parents=True, exist_ok=True)
        try:
            digest = copy_bytes(place, to / name, kept.size)
        except FileNotFoundError:
            digest = ""
        if digest != kept.sha256:
            raise ArchiveError(f"{place} is damaged or missing: it is not what was backed up; nothing was restored")
        done += kept.size
