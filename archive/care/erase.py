"""A record of a WARC file in; a tombstone of exactly its length in its place, so that every later offset stays true.

The tombstone is a WARC ``metadata`` record with the record's own id. Where the room allows it is packed without
compression and filled up with spaces, else compressed and filled up by gzip's extra field: both are read by whatever
reads WARC. What stands there afterwards depends on the row of ``erasures`` alone, so a write that was cut off is
simply done again.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import struct
import zlib
from base64 import b32encode
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from archive.times import from_iso, iso
from archive.warcstore import bring_back

if TYPE_CHECKING:
    from sqlite_utils import Database

#: What the block of a tombstone's record begins with: whoever reads a WARC of ours knows it by this.
MARK = b"nightdesk-tombstone: "
_BLOCK = 0xFFFF
_HEAD, _TAIL = 10, 8
#: For readers to finish what they read.
_PATIENCE_MS = 2_000


def tombstone_member(length: int, *, record_id: str, url: str, digest: str | None, at: datetime) -> bytes:
    """A gzip member of ``length`` bytes that says that a record was taken down, and when.

    Raises ValueError where there is no room for it, which no record with an id and a date leaves.
    """
    blocks = max(1, -(-(length - _HEAD - _TAIL) // (_BLOCK + 5)))
    room = length - _HEAD - _TAIL - 5 * blocks
    stated = f"payload-digest: {digest}\r\n" if digest else ""
    body = MARK + f"taken down\r\nremoved: {iso(at)}\r\n{stated}".encode()
    plain = _record(record_id, url, at, body, room)
    if plain is not None:
        return _stored(plain, blocks)
    for fields, shown in ((body, url), (MARK + b"taken down\r\n", None), (b"", None)):
        packed = _packed(_headed(record_id, shown, at, fields), length)
        if packed is not None:
            return packed
    raise ValueError(f"{length} bytes are no room for a record")


def _record(record_id: str, url: str, at: datetime, body: bytes, room: int) -> bytes | None:
    """A record of exactly ``room`` bytes, its block filled up with spaces; None: it is longer."""
    # Its own length is written in it: where that takes one digit more or less, no block fits but with another head.
    for more in ((), ("Nightdesk-Fill: -",)):
        fill = room - len(_headed(record_id, url, at, body, *more))
        for less in range(min(fill, 20) + 1):
            record = _headed(record_id, url, at, body + b" " * (fill - less), *more)
            if len(record) == room:
                return record
    return None


def _headed(record_id: str, url: str | None, at: datetime, body: bytes, *more: str) -> bytes:
    digest = b32encode(hashlib.sha1(body, usedforsecurity=False).digest()).decode()
    head = [
        "WARC/1.1",
        "WARC-Type: metadata",
        f"WARC-Record-ID: {record_id}",
        f"WARC-Date: {iso(at)}",
        *([f"WARC-Target-URI: {url}"] if url else []),
        *(["Content-Type: application/warc-fields", f"WARC-Block-Digest: sha1:{digest}"] if url else []),
        *more,
        f"Content-Length: {len(body)}",
    ]
    return "\r\n".join(head).encode() + b"\r\n\r\n" + body + b"\r\n\r\n"


def _stored(plain: bytes, blocks: int) -> bytes:
    """A gzip member without compression, in so many blocks."""
    packed = [b"\x1f\x8b\x08\0\0\0\0\0\0\xff"]
    for n in range(blocks):
        part = plain[n * _BLOCK : (n + 1) * _BLOCK]
        packed += [struct.pack("<BHH", n == blocks - 1, len(part), len(part) ^ 0xFFFF), part]
    return b"".join([*packed, struct.pack("<II", zlib.crc32(plain), len(plain) & 0xFFFFFFFF)])


def _packed(plain: bytes, length: int) -> bytes | None:
    """A compressed gzip member that is filled up to ``length``; None: it is longer, or cannot be filled so far."""
    packer = zlib.compressobj(9, zlib.DEFLATED, -zlib.MAX_WBITS)
    deflated = packer.compress(plain) + packer.flush()
    fill = length - _HEAD - _TAIL - len(deflated)
    head = b"\x1f\x8b\x08\0\0\0\0\0\0\xff"
    if fill and not 6 <= fill <= _BLOCK + 2:
        return None
    if fill:
        field = b"nd" + struct.pack("<H", fill - 6) + bytes(fill - 6)
        head = b"\x1f\x8b\x08\x04\0\0\0\0\0\xff" + struct.pack("<H", len(field)) + field
    return head + deflated + struct.pack("<II", zlib.crc32(plain), len(plain) & 0xFFFFFFFF)


def overwrite_pending(db: Database, folder: Path) -> int:
    """Overwrite the records that are to be, and say so in the transaction that is open → how many.

    The rows that order it must be committed. A file that is not there has nothing to overwrite.
    """
    rows = list(
        db.query(
            "select e.*, path, t.at from erasures e join warc_files w on w.id = e.warc_file_id"
            " join tombstones t on t.id = e.tombstone_id where not e.done order by e.warc_file_id, e.offset"
        )
    )
    for path in dict.fromkeys(row["path"] for row in rows):
        bring_back(folder / path)  # what lies elsewhere is removed there, too
        if (folder / path).exists():
            _overwrite(folder / path, [row for row in rows if row["path"] == path])
    db.conn.executemany(
        "update erasures set done = 1 where warc_file_id = ? and offset = ?",
        [(row["warc_file_id"], row["offset"]) for row in rows],
    )
    return len(rows)


def _overwrite(path: Path, rows: list[Mapping[str, Any]]) -> None:
    if path.stat().st_nlink > 1:
        _make_own(path)
    size = path.stat().st_size
    with path.open("r+b", buffering=0) as file:
        for row in rows:
            if row["offset"] + row["length"] > size:
                continue  # cut off before: there is nothing
            member = memoryview(
                tombstone_member(
                    row["length"],
                    record_id=row["record_id"],
                    url=row["url"],
                    digest=row["digest"],
                    at=from_iso(row["at"]),
                )
            )
            file.seek(row["offset"])
            while member:
                member = member[file.write(member) :]
        os.fsync(file.fileno())


def _make_own(path: Path) -> None:
    """A file that another archive has too, by a hard link, is copied first: that archive is not ours to change."""
    part = path.with_name(path.name + ".part")
    shutil.copyfile(path, part)
    with part.open("rb") as file:
        os.fsync(file.fileno())
    part.replace(path)


def scrub(db: Database) -> bool:
    """Free the database's unused pages, its index and its journal of what was deleted → False: a reader hinders it."""
    if not pack(db):
        return False
    db.execute("update tombstones set scrubbed = 1")
    db.conn.commit()
    return True


def pack(db: Database) -> bool:
    """Write the index and the database anew without unused pages, and empty the journal → False: a reader hinders it.

    Call it outside any transaction. The index is merged into one segment, since deleted words stay in the others.
    """
    db.execute("insert into articles_fts (articles_fts) values ('optimize')")
    db.conn.commit()
    db.execute("vacuum")
    return empty_journal(db)


def empty_journal(db: Database) -> bool:
    """Put what the write-ahead log holds into the database, and cut the log to nothing → False: a reader hinders it."""
    (patience,) = db.execute("pragma busy_timeout").fetchone()
    db.execute(f"pragma busy_timeout = {_PATIENCE_MS}")
    (busy, *_) = db.execute("pragma wal_checkpoint(truncate)").fetchone()
    db.execute(f"pragma busy_timeout = {patience}")
    return not busy
