"""A Query in; a WACZ 1.1.1 file out: https://specs.webrecorder.net/wacz/1.1.1/. Streamed: memory does not grow with it.

WARC files and index stand in it unpacked (they are packed already), so that a viewer reads what it needs by range.
"""

from __future__ import annotations

import hashlib
import json
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, cast

from archive.captures import ROLL_OVER, encode_warcinfo, read_capture, read_member, warcinfo_of
from archive.cdxj import iter_cdxj
from archive.errors import DamagedCapture
from archive.export import check_new_file, whole_file
from archive.export.chosen import choose, number_chosen, snapshot
from archive.export.files import Counted
from archive.query import Query
from archive.times import iso, utc_now
from archive.types import CaptureRef
from archive.version import __version__
from archive.wacz.needed import find_needed, iter_needed, records_beside
from archive.wacz.pages import page_lines
from archive.wacz.zipnum import NAME, write_zipnum

if TYPE_CHECKING:
    from sqlite_utils import Database

_VERSION = "1.1.1"
#: Where a capture lies in the WACZ file.
_PLACE, _JOINED = 'packed."offset", packed.file', "join packed on packed.capture_id = c.id"
_PACKED = """
    create temp table packed (
        capture_id integer primary key, file text not null, "offset" integer not null
    )
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Packed:
    """What a WACZ file came to."""

    path: Path
    #: Articles chosen: as many as the query counts.
    articles: int
    #: Of them those whose raw page is in it.
    pages: int
    #: Answers, revisits, renderings and imported files.
    captures: int
    #: Captures that could not be read, and why: left out.
    damaged: tuple[str, ...]
    bytes: int
    sha256: str


@dataclass(slots=True)
class _Zip:
    """The open file and what is in it so far."""

    file: zipfile.ZipFile
    created: datetime
    resources: list[dict[str, object]] = field(default_factory=list)

    @contextmanager
    def entry(self, name: str, *, deflated: bool = False, listed: bool = True) -> Iterator[Counted]:
        """A file in it to write; listed in the description with its digest."""
        info = zipfile.ZipInfo(name, self.created.timetuple()[:6])
        info.compress_type = zipfile.ZIP_DEFLATED if deflated else zipfile.ZIP_STORED
        with self.file.open(info, "w", force_zip64=True) as raw:
            counted = Counted(cast("BinaryIO", raw))
            yield counted
        if listed:
            told = {"name": Path(name).name.lower(), "path": name, "hash": f"sha256:{counted.sha256}"}
            self.resources.append(told | {"bytes": counted.bytes})

    def add(self, name: str, data: bytes, *, deflated: bool = False, listed: bool = True) -> None:
        """A whole file."""
        with self.entry(name, deflated=deflated, listed=listed) as entry:
            entry.write(data)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Records:
    """A capture and its records."""

    capture_id: int
    ref: CaptureRef
    members: list[bytes]


#: What is done with the chosen and what became of them, while they are still there.
After = Callable[["Database", Packed], None]


def pack(
    folder: Path,
    query: Query,
    target: Path,
    *,
    title: str | None = None,
    roll_over: int = ROLL_OVER,
    after: After | None = None,
) -> Packed:
    """Write the captures of the articles that a Query finds, and what they need, to a WACZ file.

    Raises ArchiveError; then there is no file.
    """
    check_new_file(target)
    with snapshot(folder / "archive.db") as db:
        choose(db, query)
        find_needed(db)
        db.execute(_PACKED)
        with whole_file(target) as file, zipfile.ZipFile(file, "w") as opened:
            archive = _Zip(opened, utc_now())
            damaged = _write_warcs(db, folder, archive, roll_over)
            with archive.entry(f"indexes/{NAME}") as entry:
                blocks = write_zipnum(iter_cdxj(db, place=_PLACE, joined=_JOINED), entry)
            archive.add("indexes/index.idx", blocks)
            with archive.entry("pages/pages.jsonl", deflated=True) as entry:
                pages = sum(entry.write(line) > 0 for line in page_lines(db)) - 1
            _describe(archive, query, title)
        (captures,) = db.execute("select count(*) from packed").fetchone()
        with target.open("rb") as whole:
            digest = hashlib.file_digest(whole, "sha256").hexdigest()
        done = Packed(
            path=target,
            articles=number_chosen(db),
            pages=pages,
            captures=captures,
            damaged=damaged,
            bytes=target.stat().st_size,
            sha256=digest,
        )
        if after:
            after(db, done)
    return done


def _write_warcs(db: Database, folder: Path, archive: _Zip, roll_over: int) -> tuple[str, ...]:
    """The records that are needed, as they lie in the archive's files; what was damaged."""
    damaged: list[str] = []
    records = _readable(db, folder, damaged)
    ahead = next(records, None)
    for serial in count():  # an archive without a record is one all the same
        name = f"nightdesk-{archive.created:%Y%m%d%H%M%S}-{serial:05}.warc.gz"
        with archive.entry(f"archive/{name}") as entry:
            told = None
            entry.write(encode_warcinfo(name, agent="", robots=None, operator=None))
            while ahead is not None and entry.bytes < roll_over:
                if told != ahead.ref.file and (info := warcinfo_of(folder, ahead.ref.file)):
                    entry.write(info)  # who wrote the file that the next records come from, how
                told = ahead.ref.file
                db.execute("insert into packed values (?, ?, ?)", [ahead.capture_id, name, entry.bytes])
                for member in ahead.members:
                    entry.write(member)
                ahead = next(records, None)
        if ahead is None:
            break
    return tuple(damaged)


def _readable(db: Database, folder: Path, damaged: list[str]) -> Iterator[_Records]:
    """Each capture with its records."""
    for capture_id, ref in iter_needed(db):
        try:
            capture = read_capture(folder, ref)
            members = [read_member(folder, ref), *records_beside(folder, ref, capture.record_id)]
        except DamagedCapture as error:
            damaged.append(str(error))
        else:
            yield _Records(capture_id=capture_id, ref=ref, members=members)


def _describe(archive: _Zip, query: Query, title: str | None) -> None:
    told = {
        "profile": "data-package",
        "wacz_version": _VERSION,
        "title": title or f"Articles of a nightdesk archive: {query.spelling or 'all of them'}",
        "description": "Answers of news sites as a nightdesk archive received them, with the texts of the articles.",
        "created": iso(archive.created),
        "software": f"nightdesk {__version__}",
        "resources": archive.resources,
    }
    data = json.dumps(told, indent=2, ensure_ascii=False).encode()
    archive.add("datapackage.json", data, deflated=True, listed=False)
    digest = {"path": "datapackage.json", "hash": f"sha256:{hashlib.sha256(data).hexdigest()}"}
    archive.add("datapackage-digest.json", json.dumps(digest).encode(), deflated=True, listed=False)
