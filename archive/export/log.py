"""What has been exported from an archive, and which articles each export held: ``exports/`` in the archive's folder.

Whoever has to take an article back wants to know who was given it. So each export that the command line makes is noted
beside the archive: a line in ``log.jsonl``, and the ids of its articles in a file of their own. The database is not
touched. Where the folder cannot be written to, as on a medium for reading, nothing is noted.
"""

from __future__ import annotations

import gzip
import json
import secrets
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from archive.errors import ArchiveError
from archive.export import whole_file
from archive.export.chosen import iter_rows
from archive.export.wanted import Wanted, to_json
from archive.export.write import Exported
from archive.times import from_iso, iso

if TYPE_CHECKING:
    from sqlite_utils import Database

FOLDER = "exports"
LOG = "log.jsonl"


@dataclass(frozen=True, slots=True, kw_only=True)
class Noted:
    """One export of the past."""

    at: datetime
    rows: int
    format: str
    #: Where it was written to, as it was then; None: to a stream.
    path: str | None
    sha256: str
    #: What was asked for: archive/export/wanted.py.
    wanted: Mapping[str, Any]
    #: File with the ids of its articles, beside the log.
    ids: str


def note(db: Database, folder: Path, done: Exported, wanted: Wanted, at: datetime) -> bool:
    """Note what was exported, the chosen of it → False where nothing can be written."""
    place = folder / FOLDER
    ids = f"{at:%Y%m%dT%H%M%SZ}-{secrets.token_hex(4)}.ids.gz"
    told = {
        "at": iso(at),
        "rows": done.rows,
        "format": done.format,
        "path": None if done.path is None else str(done.path.absolute()),
        "sha256": done.sha256,
        "wanted": to_json(wanted),
        "ids": ids,
    }
    try:
        place.mkdir(exist_ok=True)
        with whole_file(place / ids) as file, gzip.GzipFile("", "wb", 6, file, mtime=0) as packed:
            for _, id_ in iter_rows(db, "h.id", latest=True):
                packed.write(f"{id_}\n".encode())
        with (place / LOG).open("ab") as log:  # one write: lines of two exports do not mix
            log.write(json.dumps(told, ensure_ascii=False).encode() + b"\n")
    except (OSError, ArchiveError):
        return False
    return True


def exports_of(folder: Path) -> list[Noted]:
    """What has been exported, in order. Raises ArchiveError if the list cannot be read."""
    path = folder / FOLDER / LOG
    try:
        lines = path.read_bytes().splitlines()
    except FileNotFoundError:
        return []
    except OSError as error:
        raise ArchiveError(f"{path} cannot be read: {error.strerror}") from error
    return [noted for line in lines if (noted := _noted(line))]


def exports_with(folder: Path, id_: str) -> Iterator[Noted]:
    """The exports that held an article. Raises ArchiveError if a list of ids cannot be read."""
    for noted in exports_of(folder):
        path = folder / FOLDER / noted.ids
        try:
            with gzip.open(path, "rt", encoding="ascii") as ids:
                if any(line.rstrip() == id_ for line in ids):
                    yield noted
        except (OSError, EOFError, ValueError) as error:
            raise ArchiveError(f"{path} cannot be read: {error}") from error


def _noted(line: bytes) -> Noted | None:
    """A line of the log; None for one that a kill has cut off."""
    try:
        told = json.loads(line)
        return Noted(**told | {"at": from_iso(told["at"])})
    except (ValueError, TypeError, KeyError):
        return None
