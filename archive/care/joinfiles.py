"""WARC files of one archive in, the same in another out: known again by their first record, renamed for a clash."""

from __future__ import annotations

import hashlib
import os
import re
import shutil
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from archive.captures import iter_members
from archive.parts import is_link
from archive.warcstore import moved_to, open_warc

if TYPE_CHECKING:
    from sqlite_utils import Database

_ENDING = ".warc.gz"
_BLOCK = 1 << 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Placed:
    """A file of the other archive in ours."""

    theirs: int
    ours: int
    #: True: bytes came in, as a new file or as more of one that was there.
    came: bool


def take_files(db: Database, folder: Path, part: Path, *, link: bool) -> Iterator[Placed]:
    """Bring the WARC files of the attached database ``part``, in its folder, to ours, with their rows."""
    for row in list(db.query("select id, path, started_at, size, closed from part.warc_files order by id")):
        yield _take(db, folder, part, row, link=link)


def _take(db: Database, folder: Path, part: Path, row: Mapping[str, Any], *, link: bool) -> Placed:
    if is_link(
        part / row["path"], folder / row["path"]
    ):  # a part of ours: nothing is to be read to know the file again
        (ours,) = db.execute("select id from warc_files where path = ?", [row["path"]]).fetchone()
        return Placed(theirs=row["id"], ours=int(ours), came=False)
    mark = _mark(part / row["path"])
    base = _base(row["path"], mark)
    other = f"{base.removesuffix(_ENDING)}-{mark}{_ENDING}" if mark else base
    for path in dict.fromkeys((base, other)):
        found = db.execute("select id, size, started_at from warc_files where path = ?", [path]).fetchone()
        if found is None:
            # A file without a row is what a kill left of this very merge.
            _bring(part / row["path"], folder / path, row, link=link)
            cursor = db.execute(
                "insert into warc_files (path, started_at, size, closed) values (?, ?, ?, 1)",
                [path, row["started_at"], row["size"]],
            )
            return Placed(theirs=row["id"], ours=int(cursor.lastrowid or 0), came=True)
        if _mark(folder / path) == mark and (mark is not None or found[2] == row["started_at"]):
            more = mark is not None and row["size"] > found[1]
            if more:
                _bring(part / row["path"], folder / path, row, link=link)
                db.execute("update warc_files set size = ? where id = ?", [row["size"], found[0]])
            return Placed(theirs=row["id"], ours=int(found[0]), came=more)
    raise AssertionError("a name that is made of a file's own bytes belongs to it")


def _mark(path: Path) -> str | None:
    """Eight hex digits of a file's first record, which has an id of its own; None: it is not there, or torn."""
    with suppress(OSError):
        for _, _, member in iter_members(path, 0):
            return hashlib.sha256(member).hexdigest()[:8]
    return None


def _base(path: str, mark: str | None) -> str:
    """The name before an earlier merge made it another."""
    return re.sub(rf"-{mark}(?={re.escape(_ENDING)}$)", "", path) if mark else path


def _bring(source: Path, target: Path, row: Mapping[str, Any], *, link: bool) -> None:
    """The bytes that rows vouch for, complete or not at all; of a file that is lost, nothing."""
    if not source.exists() and moved_to(source) is None:
        return
    target.parent.mkdir(parents=True, exist_ok=True)
    part = target.with_name(target.name + ".part")
    part.unlink(missing_ok=True)
    whole = link and row["closed"] and source.exists() and source.stat().st_size == row["size"]
    if not (whole and _linked(source, part)):
        copy_bytes(source, part, row["size"])
    part.replace(target)
    sync_folder(target.parent)


def _linked(source: Path, target: Path) -> bool:
    try:
        os.link(source, target)
    except OSError:
        return False
    return True


def copy_bytes(source: Path, target: Path, size: int) -> str:
    """Copy the first ``size`` bytes, synced to the disk → their SHA-256. Fewer, where there are no more."""
    digest, left = hashlib.sha256(), size
    with open_warc(source) as file, target.open("wb") as copy:
        while left and (block := file.read(min(left, _BLOCK))):
            copy.write(block)
            digest.update(block)
            left -= len(block)
        copy.flush()
        os.fsync(copy.fileno())
    if source.exists():
        shutil.copystat(source, target)
    return digest.hexdigest()


def sync_folder(folder: Path) -> None:
    """Return once the names in a folder are on the disk."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
