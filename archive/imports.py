"""How far each file of others has been taken in, and the repeats of payloads that are still to come.

A file is known by a digest, not by its name, and by what was wanted of it. So the same command goes on where the last
one ended, however it ended, and a file that was moved is not gone through again.
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, BinaryIO

from archive.sqlite import Database
from archive.times import from_iso, from_iso_or_none, iso, iso_or_none

#: A file up to this many bytes is digested whole; of a larger one its length and pieces of 1 MiB, this many in all.
_WHOLE = 64 * 1024 * 1024
_PIECE, _PIECES = 1 << 20, 16


@dataclass(frozen=True, slots=True, kw_only=True)
class Import:
    """A file, and how far it has been taken in."""

    id: int
    #: Where its next record begins, as whoever reads it writes places; empty: at the beginning.
    place: str
    #: True: there is nothing more to do.
    done: bool
    problem: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Repeat:
    """A page was seen again with a payload that another record has: a WARC revisit record."""

    url: str
    at: datetime
    #: ``sha1:BASE32`` of the payload; None: its site said that nothing had changed.
    digest: str | None
    of_url: str
    #: When that payload was captured; None: the record does not say.
    of_at: datetime | None
    source: str
    #: FILE@OFFSET.
    origin: str


class ImportStore:
    """The tables ``imports`` and ``import_repeats``. Each call is part of the caller's transaction."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def open(self, digest: str, wish: Mapping[str, Any], name: str, now: datetime) -> Import:
        """The import of that file under that wish, begun if it is new."""
        text = json.dumps(wish, ensure_ascii=False, sort_keys=True)
        self._db.execute(
            "insert into imports (digest, wish, name, place, started_at) values (?, ?, ?, '', ?)"
            " on conflict (digest, wish) do update set name = excluded.name",
            [digest, text, name, iso(now)],
        )
        id_, place, finished, problem = self._db.execute(
            "select id, place, finished_at, problem from imports where digest = ? and wish = ?", [digest, text]
        ).fetchone()
        return Import(id=id_, place=place, done=finished is not None, problem=problem)

    def move(self, id_: int, place: str, counts: Mapping[str, int]) -> None:
        """All before ``place`` has been taken in. ``counts``: what became of the records since the last call."""
        (known,) = self._db.execute("select counts from imports where id = ?", [id_]).fetchone()
        total = Counter(json.loads(known)) + Counter(counts)
        self._db.execute(
            "update imports set place = ?, counts = ? where id = ?", [place, json.dumps(total, sort_keys=True), id_]
        )

    def finish(self, id_: int, now: datetime, problem: str | None) -> None:
        """There is nothing more to do. ``problem``: what could not be read."""
        self._db.execute("update imports set finished_at = ?, problem = ? where id = ?", [iso(now), problem, id_])

    # ---- captures -----------------------------------------------------------------------------------------

    def capture(self, url: str, at: datetime, digest: str) -> int | None:
        """The id of this very capture, if the archive has it: the same address, second and payload."""
        row = self._db.execute(
            "select id from captures where url = ? and fetched_at = ? and payload_digest = ?", [url, iso(at), digest]
        ).fetchone()
        return None if row is None else int(row[0])

    def is_told_of(self, capture: int) -> bool:
        """Whether a page's story tells of a capture: False for one that a killed run left behind."""
        (told,) = self._db.execute(
            "select exists (select 1 from captures join url_events on url_events.url_id = captures.url_id"
            " where captures.id = ? and url_events.capture_id = captures.id)",
            [capture],
        ).fetchone()
        return bool(told)

    def adopt(self, capture: int, *, run: int, source: str, url_id: int, origin: str | None) -> None:
        """Give a capture that a killed run left behind to the page that it is of."""
        self._db.execute(
            "update captures set run_id = ?, source = ?, url_id = ?, origin = ? where id = ? and url_id is null",
            [run, source, url_id, origin, capture],
        )

    # ---- repeats ------------------------------------------------------------------------------------------

    def remember(self, repeat: Repeat) -> None:
        """Keep a repeat until its payload has come."""
        self._db.execute(
            "insert or ignore into import_repeats (url, at, digest, of_url, of_at, source, origin)"
            " values (?, ?, ?, ?, ?, ?, ?)",
            [
                *(repeat.url, iso(repeat.at), repeat.digest, repeat.of_url, iso_or_none(repeat.of_at)),
                *(repeat.source, repeat.origin),
            ],
        )

    def forget(self, repeat: Repeat) -> None:
        """Its payload has come."""
        self._db.execute("delete from import_repeats where url = ? and at = ?", [repeat.url, iso(repeat.at)])

    def repeats(self, after: tuple[str, str] = ("", ""), limit: int = 500) -> Iterator[Repeat]:
        """Repeats whose payload has not come yet, by address and time, those behind ``after``."""
        rows = self._db.execute(
            "select url, at, digest, of_url, of_at, source, origin from import_repeats where (url, at) > (?, ?)"
            " order by url, at limit ?",
            [*after, limit],
        ).fetchall()
        for url, at, digest, of_url, of_at, source, origin in rows:
            yield Repeat(
                url=url,
                at=from_iso(at),
                digest=digest,
                of_url=of_url,
                of_at=from_iso_or_none(of_at),
                source=source,
                origin=origin,
            )

    def payload_of(self, repeat: Repeat) -> tuple[int, int | None] | None:
        """The capture that has a repeat's payload, and the ledger's URL that it is of. None: it is not here."""
        rows = self._db.execute(
            """
            select id, url_id from captures
            where url = :url and (status = 200 or status is null)
              and (payload_digest = :digest or (:digest is null and fetched_at <= :at))
            order by fetched_at = :of_at desc, fetched_at <= :at desc, fetched_at desc limit 1
            """,
            {"url": repeat.of_url, "digest": repeat.digest, "at": iso(repeat.at), "of_at": iso_or_none(repeat.of_at)},
        ).fetchall()
        return (int(rows[0][0]), rows[0][1]) if rows else None


def digest_of_file(path: Path) -> str:
    """SHA-256 of a file; of one larger than 64 MiB, of its length and 16 MiB spread over it, and said so."""
    with path.open("rb") as file:
        return digest_of_stream(file, path.stat().st_size)


def digest_of_stream(file: BinaryIO, size: int) -> str:
    """The same for an open file of that size, which must be able to seek."""
    if size <= _WHOLE:
        found = hashlib.sha256()
        while part := file.read(_PIECE):
            found.update(part)
        return f"sha256:{found.hexdigest()}"
    found = hashlib.sha256(str(size).encode())
    for number in range(_PIECES):
        file.seek((size - _PIECE) * number // (_PIECES - 1))
        found.update(file.read(_PIECE))
    return f"sampled-sha256:{found.hexdigest()}"
