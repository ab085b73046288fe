"""An open archive in, the same in less room out, and how much that gained."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from archive.care.erase import pack

if TYPE_CHECKING:
    from archive.writer import ArchiveWriter


@dataclass(frozen=True, slots=True, kw_only=True)
class Compacted:
    """Bytes of the database and its journal, before and after."""

    before: int
    after: int
    #: False: somebody reads, so that the journal could not be emptied.
    emptied: bool


def compact(writer: ArchiveWriter) -> Compacted:
    """Merge the full-text index into one segment, pack the database, and empty its journal."""
    before = database_bytes(writer.folder)
    writer.commit()
    writer.db.commit()
    try:
        emptied = pack(writer.db)
    finally:
        writer.begin()
    return Compacted(before=before, after=database_bytes(writer.folder), emptied=emptied)


def database_bytes(folder: Path) -> int:
    """Of the database with its write-ahead log."""
    paths = (folder / "archive.db", folder / "archive.db-wal")
    return sum(path.stat().st_size for path in paths if path.exists())
