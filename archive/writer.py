"""The writing half: one writer, raw bytes before rows, batches in one transaction each.

Promise 1 is kept in ``commit``: the WARC is synced to the disk before the transaction that points at it is
committed. Promise 6 is kept in ``_recover``: what a killed process left behind in a WARC is taken into the
database (or, if it is half a record, cut off) before anything new is written.
"""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from archive.articles import ArticleStore
from archive.backfills import BackfillStore
from archive.captures import (
    ROLL_OVER,
    Conversion,
    Exchange,
    ImportedFile,
    Original,
    WarcFile,
    cut_torn_tail,
    decode_member,
    encode_conversion,
    encode_exchange,
    encode_import,
    encode_warcinfo,
    iter_members,
)
from archive.care.erase import overwrite_pending
from archive.care.takedown import close_url, finish, note_erasure
from archive.care.tombstones import tombstone_number
from archive.errors import DRIVER_ERRORS
from archive.hosts import HostStore
from archive.imports import ImportStore
from archive.ledger import Ledger
from archive.lock import WriterLock
from archive.record import CAPTURE, PLACED, capture_from_row
from archive.recovered import Recovered, note_recovered
from archive.revisits import find_original, find_repeated
from archive.rights import RightsStore
from archive.schema import migrate
from archive.sitefiles import SiteFiles
from archive.sqlite import Database
from archive.templates import TemplateStore
from archive.times import iso, utc_now
from archive.types import CaptureRef
from archive.urls import normalise_or_none

#: Pages whose answer is kept, but of which the killed run did not come to say so: it was struck between the two.
_UNSAID = """
    select urls.id, max(captures.id) from runs
    join captures on captures.run_id = runs.id and captures.status = 200 and captures.url_id is not null
    join urls on urls.id = captures.url_id and urls.kind = 'page' and captures.id > coalesce(urls.capture_id, 0)
    where runs.status = 'running'
      and not exists (select 1 from url_events where url_id = urls.id and url_events.capture_id = captures.id)
    group by urls.id
"""
_LEFT_OPEN = "select id, path, size from warc_files where closed = 0"
_OFFSETS = "select offset from captures where warc_file_id = ? and offset >= ?"


@dataclass(frozen=True, slots=True, kw_only=True)
class WarcInfo:
    """What the first record of each WARC file says of its making."""

    agent: str
    #: ``obey`` or ``ignore``.
    robots: str = "obey"
    #: Name or contact of who runs the crawl.
    operator: str | None = None


class ArchiveWriter:
    """The one process that writes an archive: its ledger, its articles, its templates, its captures and what is
    known of hosts and rights.

    Creates the archive if the folder has none. With ``dry_run`` nothing is ever committed, and nothing may be
    kept in the WARC. Raises Locked if another process is writing, NotAnArchive if the folder's database is not ours.
    """

    def __init__(
        self,
        folder: Path,
        *,
        purpose: str,
        info: WarcInfo | None = None,
        roll_over: int = ROLL_OVER,
        dry_run: bool = False,
    ) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.folder = folder
        self._info = info or WarcInfo(agent="")
        self._roll_over = roll_over
        self._lock = WriterLock(folder, purpose)
        try:
            self.db = _open(folder / "archive.db")
        except BaseException:
            self._lock.release()
            raise
        self.ledger = Ledger(self.db)
        self.templates = TemplateStore(self.db)
        self.articles = ArticleStore(self.db, self.templates)
        self.rights = RightsStore(self.db)
        self.hosts = HostStore(self.db)
        self.files = SiteFiles(self.db)
        self.backfills = BackfillStore(self.db, self.ledger)
        self.imports = ImportStore(self.db)
        self._warc: WarcFile | None = None
        self._warc_id = 0
        self._serial = 0
        #: Bytes of the open WARC file that stay when what was written since the last commit is undone.
        self._committed = 0
        self.dry_run = dry_run
        self.begin()
        self.recovered = Recovered() if dry_run else self._recover()
        self.commit()
        if not dry_run:
            self._finish_takedowns()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if kind is None:
            self.close()
        else:
            self.abandon()

    def commit(self) -> None:
        """Make all that was written so far permanent: first the WARC, then the rows. Nothing in a dry run."""
        if self.dry_run:
            return
        if self._warc is not None:
            self._warc.sync()
            self.db.execute("update warc_files set size = ? where id = ?", [self._warc.size, self._warc_id])
            self._committed = self._warc.size
        self.db.commit()
        self.begin()

    def begin(self) -> None:
        """Open a transaction that may write from its first statement on.

        One that only reads at first cannot wait for another program's write lock later: SQLite gives up at once.
        """
        self.db.execute("begin immediate")

    def roll_back(self) -> None:
        """Undo all that was written since the last commit, rows and records: as if it had not been begun."""
        self.db.rollback()
        if self._warc is not None:
            self._warc.cut(self._committed)
        self.begin()

    def abandon(self) -> None:
        """Let go of an archive that cannot be written any more, as if killed: the next start mends it.

        Whatever is written after it raises sqlite3.ProgrammingError. Without it, a statement after one that the
        database answered with a rollback would be committed on its own. May be called twice.
        """
        if self._warc is not None:
            self._warc.drop()
            self._warc = None
        with contextlib.suppress(*DRIVER_ERRORS):
            self.db.close()
        self._lock.release()

    def close(self) -> None:
        """Commit, close the WARC file, and let the next writer in."""
        self._close_warc()
        if self.dry_run:
            self.db.rollback()
        self.db.commit()
        overwrite_pending(self.db, self.folder)
        self.db.commit()
        self.db.close()
        self._lock.release()

    def forget(self, url_id: int, capture_id: int | None, *urls: str | None, now: datetime) -> None:
        """A page came in that turned out to be one that was taken down, under another of these URLs.

        Its URL is refused from now on, and its record is overwritten when the archive is closed.
        """
        tombstone = tombstone_number(self.db, *urls)
        assert tombstone is not None, "a tombstone stands for one of its URLs"
        close_url(self.db, url_id, tombstone, now)
        if capture_id is not None:
            note_erasure(self.db, self.folder, capture_id, tombstone)

    def _finish_takedowns(self) -> None:
        """Do what a takedown that was cut off had still to do."""
        (pending,) = self.db.execute("select exists (select 1 from erasures where not done)").fetchone()
        (left,) = self.db.execute("select exists (select 1 from tombstones where not scrubbed)").fetchone()
        if left:
            with contextlib.suppress(sqlite3.OperationalError):  # no room to do it in: what was begun must go on
                finish(self)
        elif pending:
            overwrite_pending(self.db, self.folder)
            self.commit()

    def keep(self, exchange: Exchange, *, run: int, url_id: int | None) -> int:
        """Write an exchange to the WARC and its row; the capture's id. A payload that its URL gave before is not
        written again: a revisit record names it.
        """
        original = self.find_original(exchange)
        members, digest = encode_exchange(exchange, original)
        return self.keep_encoded(exchange, members, digest, run=run, url_id=url_id, original=original)

    def find_original(self, exchange: Exchange) -> Original | None:
        """The kept answer whose payload an exchange repeats, for ``encode_exchange``; None: there is none."""
        return find_original(self.db, self.folder, exchange)

    def keep_encoded(
        self,
        exchange: Exchange,
        members: list[bytes],
        digest: str,
        *,
        run: int,
        url_id: int | None,
        original: Original | None = None,
    ) -> int:
        """``keep`` for records that were encoded elsewhere, such as in a thread; ``original``: with which."""
        return self._keep(
            members,
            run_id=run,
            source=exchange.source,
            url_id=url_id,
            url=exchange.url,
            fetched_at=exchange.fetched_at,
            status=exchange.status,
            content_type=next((v for k, v in exchange.response_headers if k.lower() == "content-type"), None),
            payload_size=len(exchange.body),
            payload_digest=digest,
            origin=exchange.origin,
            payload_id=original and original.capture_id,
            record_id=exchange.record_id,
        )

    def keep_import(self, file: ImportedFile, *, run: int, url_id: int | None) -> int:
        """Write an imported file to the WARC and its row; the capture's id."""
        members, digest = encode_import(file)
        return self._keep(
            members,
            run_id=run,
            source=file.source,
            url_id=url_id,
            url=file.url,
            fetched_at=file.fetched_at,
            status=None,
            content_type=file.content_type,
            payload_size=len(file.body),
            payload_digest=digest,
            record_id=file.record_id,
        )

    def keep_member(
        self,
        member: bytes,
        *,
        run: int,
        source: str,
        url_id: int,
        url: str,
        fetched_at: datetime,
        status: int | None,
        content_type: str | None,
        payload_size: int,
        digest: str,
        origin: str | None,
        record_id: str | None,
    ) -> int:
        """Write a record that was made elsewhere, as its gzip member, to the WARC and its row; the capture's id.

        In a dry run there is only the row, which points nowhere and is never committed.
        """
        columns: dict[str, Any] = {
            "run_id": run,
            "source": source,
            "url_id": url_id,
            "url": url,
            "fetched_at": fetched_at,
            "status": status,
            "content_type": content_type,
            "payload_size": payload_size,
            "payload_digest": digest,
            "origin": origin,
            "record_id": record_id,
        }
        if self.dry_run:
            return self._insert_capture(offset=self._pretend(), length=len(member), **columns)
        return self._keep([member], **columns)

    def _pretend(self) -> int:
        """An offset in a file that is not there."""
        if not self._warc_id:
            made = self.db.execute("insert into warc_files (path, started_at) values ('', ?)", [iso(utc_now())])
            assert made.lastrowid is not None
            self._warc_id = made.lastrowid
        self._serial += 1
        return self._serial

    def keep_conversion(self, conversion: Conversion, *, made_from: int, run: int, url_id: int) -> int:
        """Write what a browser made of the answer ``made_from`` to the WARC and its row; the capture's id."""
        members, digest = encode_conversion(conversion)
        return self._keep(
            members,
            run_id=run,
            source=conversion.source,
            url_id=url_id,
            url=conversion.url,
            fetched_at=conversion.made_at,
            status=None,
            content_type="text/html; charset=utf-8",
            payload_size=len(conversion.body),
            payload_digest=digest,
            record_id=conversion.record_id,
            made_from=made_from,
        )

    def _keep(self, members: list[bytes], **columns: Any) -> int:
        """Records into the WARC, and the row of the first of them; the capture's id."""
        offset = self._open_warc().append(members)
        return self._insert_capture(offset=offset, length=len(members[0]), **columns)

    def is_borrowed(self, capture_id: int | None) -> bool:
        """True for a capture that was not asked of its site: a copy of another archive."""
        sql = "select exists (select 1 from captures where id = ? and origin is not null)"
        (found,) = self.db.execute(sql, [capture_id]).fetchone()
        return bool(found)

    def capture_ref(self, capture_id: int) -> CaptureRef:
        """Where a capture lies."""
        sql = f"select {CAPTURE} from captures c {PLACED} where c.id = ?"  # noqa: S608 (our own words)
        ref = capture_from_row(next(self.db.query(sql, [capture_id])))
        assert ref is not None, "a capture has a place"
        return ref

    def _insert_capture(self, *, fetched_at: datetime, **columns: Any) -> int:
        row: Mapping[str, Any] = columns | {"fetched_at": iso(fetched_at), "warc_file_id": self._warc_id}
        names, marks = ", ".join(row), ", ".join(f":{name}" for name in row)
        cursor = self.db.execute(f"insert into captures ({names}) values ({marks})", dict(row))  # noqa: S608
        assert cursor.lastrowid is not None
        return cursor.lastrowid

    def _open_warc(self) -> WarcFile:
        """The file to append to, rolled over when it is full."""
        assert not self.dry_run, "a dry run keeps nothing"
        if self._warc is not None and self._warc.size >= self._roll_over:
            self._close_warc()
        if self._warc is None:
            now = utc_now()
            path = self._free_name(now)
            cursor = self.db.execute("insert into warc_files (path, started_at) values (?, ?)", [path, iso(now)])
            assert cursor.lastrowid is not None
            self._warc_id = cursor.lastrowid
            self.commit()  # the row first: a file on disk without one would not be found after a crash
            self.db.commit()
            self.db.execute("pragma wal_checkpoint(full)")  # synced: also after a power cut
            self.begin()
            self._warc = WarcFile(self.folder, path)
            info = self._info
            self._warc.append([encode_warcinfo(path, agent=info.agent, robots=info.robots, operator=info.operator)])
            self._committed = self._warc.size
        return self._warc

    def _free_name(self, now: datetime) -> str:
        """A name with time and serial that no file has, nor any file that a row remembers."""
        while True:
            path = f"warc/{now:%Y}/{now:%m}/nightdesk-{now:%Y%m%d%H%M%S}-{self._serial:05}.warc.gz"
            self._serial += 1
            known = self.db.execute("select 1 from warc_files where path = ?", [path]).fetchone()
            if known is None and not (self.folder / path).exists():
                return path

    def _close_warc(self) -> None:
        if self._warc is not None:
            self._warc.close()
            self.db.execute("update warc_files set size = ?, closed = 1 where id = ?", [self._warc.size, self._warc_id])
            self._warc = None

    def _recover(self) -> Recovered:
        """Take in what a killed run wrote to its WARC files but did not get to commit."""
        found = [self._recover_file(*row) for row in self.db.execute(_LEFT_OPEN).fetchall()]
        unsaid = self.db.execute(_UNSAID).fetchall() if found else []
        for url_id, capture_id in unsaid:
            self._wait_for_cleaning(url_id, capture_id)
        recovered = Recovered(
            captures=sum(each.captures for each in found),
            pages=sum(each.pages for each in found) + len(unsaid),
            torn_bytes=sum(each.torn_bytes for each in found),
            lost_bytes=sum(each.lost_bytes for each in found),
            files=tuple(file for each in found for file in each.files),
        )
        run = self.db.execute("select max(id) from runs").fetchone()[0]
        if recovered and run is not None:
            note_recovered(self.db, run, recovered)
        return recovered

    def _recover_file(self, warc_id: int, path: str, size: int) -> Recovered:
        """The same of one file, of which committed rows vouch for ``size`` bytes."""
        full, end, self._warc_id = self.folder / path, size, warc_id
        there = full.stat().st_size if full.exists() else 0
        run = self.db.execute("select max(id) from runs").fetchone()[0]
        captures = pages = 0
        if there > size:
            # A disk that filled up in the middle of a commit may leave rows that the file's own row is behind of.
            known = {row[0] for row in self.db.execute(_OFFSETS, [warc_id, size])}
            for offset, length, member in iter_members(full, size):
                end = offset + length
                page = self._adopt(member, offset, run) if run is not None and offset not in known else None
                captures += page is not None
                pages += bool(page)
            cut_torn_tail(full, end)
        self.db.execute("update warc_files set closed = 1, size = ? where id = ?", [end, warc_id])
        torn, lost = max(there - end, 0), max(size - there, 0)
        files = (path,) if torn or lost else ()
        return Recovered(captures=captures, pages=pages, torn_bytes=torn, lost_bytes=lost, files=files)

    def adopt(self, file_id: int, offset: int, member: bytes, *, run: int) -> bool | None:
        """Give a record of a complete WARC file the row that it has lost; as a start does after a kill."""
        before, self._warc_id = self._warc_id, file_id
        try:
            return self._adopt(member, offset, run)
        finally:
            self._warc_id = before

    def _adopt(self, member: bytes, offset: int, run: int) -> bool | None:
        """Give an orphaned response its row. None: no response; True: a page that now waits to be cleaned."""
        capture = decode_member(member)
        payload_id = find_repeated(self.db, capture) if capture and capture.repeats else None
        if capture is None or (capture.repeats and payload_id is None):  # what repeats nothing that is here is no page
            return None
        known = self.db.execute(
            "select id, source, kind from urls where url = ?", [normalise_or_none(capture.asked)]
        ).fetchone()
        capture_id = self._insert_capture(
            run_id=run,
            source=known[1] if known else None,
            url_id=known[0] if known else None,
            url=capture.url,
            fetched_at=capture.fetched_at,
            status=capture.status,
            content_type=next((v for k, v in capture.headers if k == "content-type"), None),
            offset=offset,
            length=len(member),
            payload_size=len(capture.raw),
            payload_digest=capture.digest,
            origin=capture.origin,
            made_from=self._answer_before(known[0]) if known and capture.made_by else None,
            payload_id=payload_id,
            record_id=capture.record_id,
        )
        if known is None or known[2] != "page" or not (capture.status == 200 or capture.made_by):
            return False
        self._wait_for_cleaning(known[0], capture_id)
        return True

    def _wait_for_cleaning(self, url_id: int, capture_id: int) -> None:
        """A page that a killed run left in the WARC is cleaned by the next, not fetched again."""
        self.db.execute(
            # The validators and the digest are those of an earlier answer: they would pass this one off as unchanged.
            "update urls set state = 'captured', reason = 'recovered', capture_id = :capture, state_at = :now,"
            " fetched_at = (select fetched_at from captures where id = :capture),"
            " etag = null, last_modified = null, body_digest = null where id = :id",
            {"capture": capture_id, "now": iso(utc_now()), "id": url_id},
        )

    def _answer_before(self, url_id: int) -> int | None:
        """The answer that a browser made a page of, where the kill left no more than the page."""
        (found,) = self.db.execute(
            "select max(id) from captures where url_id = ? and status = 200", [url_id]
        ).fetchone()
        return found if found is None else int(found)


def _open(path: Path) -> Database:
    """The archive's database, brought to the present schema, ready for one writer beside many readers."""
    connection = sqlite3.connect(path, timeout=30)
    db = Database(connection)
    try:
        migrate(db, str(path))
    except BaseException:
        connection.close()
        raise
    with db.ensure_autocommit_on():
        db.execute("pragma synchronous = normal")
        db.execute("pragma foreign_keys = on")
        db.execute("pragma cache_size = -65536")  # 64 MiB
    return db
