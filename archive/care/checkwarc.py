"""WARC files and their rows in, what is wrong with them out: every byte is read, and every fault has its offset."""

from __future__ import annotations

import base64
import hashlib
import mmap
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from archive.care.damage import Damage, Progress
from archive.care.erase import MARK
from archive.care.heads import split_member
from archive.warcstore import at_hand, size_of

if TYPE_CHECKING:
    from sqlite_utils import Database

_GZIP = b"\x1f\x8b\x08"
#: Types of records that have a row of their own.
_WITH_ROW = ("response", "revisit", "resource", "conversion")


@dataclass(frozen=True, slots=True, kw_only=True)
class _File:
    id: int
    path: str
    size: int
    closed: bool


@dataclass(frozen=True, slots=True)
class _Told:
    """Who is told how far it has got, and what was done before this file, of how many bytes."""

    progress: Progress
    done: int
    of: int


def check_files(db: Database, folder: Path, progress: Progress, *, quick: bool) -> Iterator[Damage]:
    """Every WARC file: there, as long as rows vouch for, and, unless ``quick``, readable record by record."""
    files = [
        _File(id=id_, path=path, size=size, closed=bool(closed))
        for id_, path, size, closed in db.execute("select id, path, size, closed from warc_files order by id")
    ]
    total, done = sum(file.size for file in files), 0
    for file in files:
        yield from _check_file(db, folder, file, _Told(progress, done, total), quick=quick)
        done += file.size
    known = {file.path for file in files}
    for path in sorted((folder / "warc").rglob("*.warc.gz")):
        name = path.relative_to(folder).as_posix()
        if name not in known and not db.execute("select 1 from warc_files where path = ?", [name]).fetchone():
            yield Damage(kind="warc", where=name, what="no row knows of this file", mend="adopt")


def _check_file(db: Database, folder: Path, file: _File, told: _Told, *, quick: bool) -> Iterator[Damage]:
    path = folder / file.path
    rows = _rows(db, file.id)
    try:
        length = size_of(path)
    except OSError as error:
        if rows or file.size:
            yield Damage(kind="warc", where=file.path, what=f"it cannot be read: {error.strerror}")
            yield from (_lost(file, row, "its file is not there") for row in rows.values())
        return
    if length < file.size:
        yield Damage(kind="warc", where=file.path, what=f"it ends at byte {length:,}, rows vouch for {file.size:,}")
    elif file.closed and length > file.size:
        what = f"it goes on after byte {file.size:,}, where it ended when it was closed"
        yield Damage(kind="warc", where=f"{file.path} @ {file.size}", what=what, mend="adopt")
    if quick:
        yield from (
            _lost(file, row, "it lies beyond the file's end")
            for row in rows.values()
            if row["offset"] + row["length"] > length
        )
        return
    if min(length, file.size):
        with (
            at_hand(path) as here,
            here.open("rb") as opened,
            mmap.mmap(opened.fileno(), 0, access=mmap.ACCESS_READ) as data,
        ):
            yield from _check_records(file, data, rows, told)
    else:
        yield from (_lost(file, row, "it lies beyond the file's end") for row in rows.values())


def _rows(db: Database, file_id: int) -> dict[int, Mapping[str, Any]]:
    """Offset → the capture there, with the article of its URL."""
    rows = db.query(
        """
        select c.id, c.offset, c.length, c.url, c.payload_digest, c.payload_size, e.tombstone_id as tombstone,
               a.title, a.id as article_id
        from captures c left join erasures e on e.warc_file_id = c.warc_file_id and e.offset = c.offset and e.done
        left join urls u on u.id = c.url_id left join articles a on a.id = u.article_id
        where c.warc_file_id = ? order by c.offset
        """,
        [file_id],
    )
    return {row["offset"]: row for row in rows}


def _check_records(
    file: _File, data: mmap.mmap, rows: Mapping[int, Mapping[str, Any]], told: _Told
) -> Iterator[Damage]:
    """Walk the members one after the other; after a damaged one, go on at the next that a row or its mark shows."""
    end, at, seen = min(file.size, len(data)), 0, set[int]()
    starts = sorted(rows)
    while at < end:
        told.progress("WARC", told.done + at, told.of)
        row = rows.get(at)
        seen.add(at)
        member, length = _member(data, at, end)
        if member is None:
            yield _damaged(file, at, row)
            at = _next(data, at, end, starts)
            continue
        yield from _check_record(file, at, length, member, row)
        at += length
    for offset in starts:
        if offset not in seen:
            what = "no record begins there" if offset < len(data) else "it lies beyond the file's end"
            yield _lost(file, rows[offset], what)


def _member(data: mmap.mmap, at: int, end: int) -> tuple[bytes | None, int]:
    """The gzip member at an offset, packed, and its length; None for one that is damaged or torn."""
    unpacker, place = zlib.decompressobj(zlib.MAX_WBITS + 16), at
    while place < end and not unpacker.eof:
        chunk = data[place : min(place + (1 << 20), end)]
        try:
            unpacker.decompress(chunk)
        except zlib.error:
            return None, 0
        place += len(chunk) - len(unpacker.unused_data)
    return (data[at:place], place - at) if unpacker.eof else (None, 0)


def _next(data: mmap.mmap, at: int, end: int, starts: list[int]) -> int:
    """Where to go on after a damaged member: at the next gzip head that unpacks, or a row's offset, or the end."""
    row = next((start for start in starts if start > at), end)
    place = at
    while 0 <= (place := data.find(_GZIP, place + 1, row)) < row:
        if _member(data, place, end)[0] is not None:
            return place
    return row


def _check_record(file: _File, at: int, length: int, member: bytes, row: Mapping[str, Any] | None) -> Iterator[Damage]:
    try:
        head, block = split_member(member)
    except ValueError as error:
        yield _damaged(file, at, row, str(error))
        return
    type_ = head.get("warc-type")
    if row is None:
        if type_ in _WITH_ROW:
            what = f"no row knows of this record of {head.get('warc-target-uri', 'nothing')[:200]}"
            yield Damage(kind="warc", where=f"{file.path} @ {at}", what=what, mend="adopt")
        return
    if row["tombstone"] is not None:
        if not block.startswith(MARK) and type_ != "metadata":
            yield _lost(file, row, "it was taken down, and its record is there")
        return
    if length != row["length"]:
        yield _lost(file, row, f"the record is {length:,} bytes long, its row says {row['length']:,}")
    if type_ not in _WITH_ROW:
        yield _lost(file, row, f"the record there is a {type_}")
    elif row["payload_digest"] not in (found := _digest(head, block), head.get("warc-payload-digest")):
        yield _lost(file, row, f"its payload has the digest {found}, its row says {row['payload_digest']}")
    stated = head.get("warc-block-digest", "")
    if len(stated) == len(_sha1(b"")) and stated.startswith("sha1:") and stated != _sha1(block):  # others write hex
        yield _lost(file, row, f"its block has the digest {_sha1(block)}, its head says {stated}")


def _digest(head: Mapping[str, str], block: bytes) -> str:
    """The digest of a record's payload; of a revisit, which has none of its own, as it is stated."""
    if head.get("warc-type") == "revisit":
        return head.get("warc-payload-digest", "")
    if head.get("content-type", "").startswith("application/http"):
        block = block.partition(b"\r\n\r\n")[2]
    return _sha1(block)


def _sha1(data: bytes) -> str:
    return f"sha1:{base64.b32encode(hashlib.sha1(data, usedforsecurity=False).digest()).decode()}"


def _damaged(file: _File, at: int, row: Mapping[str, Any] | None, why: str = "") -> Damage:
    what = f"the record there cannot be read{f': {why}' if why else ''}"
    if row is None:
        return Damage(kind="warc", where=f"{file.path} @ {at}", what=what)
    return _lost(file, row, what)


def _lost(file: _File, row: Mapping[str, Any], what: str) -> Damage:
    return Damage(
        kind="warc",
        where=f"{file.path} @ {row['offset']}, captures, row {row['id']}, {row['url'][:200]}",
        what=what,
        article=f"{row['title'][:120]} ({row['article_id']})" if row["article_id"] else None,
        mend=f"flag {row['id']}",
    )


def offsets_of(path: Path, starts: list[int]) -> Iterator[tuple[int, bytes]]:
    """(offset, bytes) of every whole member of a file, those behind a damaged one too. ``starts``: known offsets."""
    if not path.stat().st_size:
        return
    with path.open("rb") as opened, mmap.mmap(opened.fileno(), 0, access=mmap.ACCESS_READ) as data:
        at = 0
        while at < len(data):
            member, length = _member(data, at, len(data))
            if member is not None:
                yield at, member
            at = at + length if member is not None else _next(data, at, len(data), starts)
