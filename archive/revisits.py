"""An answer in; the kept one whose payload it repeats out, if there is one. What WARC calls a revisit.

The site's 304 repeats the last full answer that its URL gave; an answer with the payload of the one before it repeats
that. Only the same URL is looked at, and only its latest answer: one look at an index, however long the archive.
"""

from __future__ import annotations

from pathlib import Path

from archive.captures import Capture, Exchange, Original, read_capture
from archive.errors import DamagedCapture
from archive.record import CAPTURE, PLACED, capture_from_row
from archive.sqlite import Database
from archive.times import iso
from archive.warcrecord import digest_of

#: The latest answer that the site gave: for a 304 the latest with a page behind it.
_LATEST = """
    select coalesce(payload_id, id) from captures
    where url = :url and origin is null and {answer} order by fetched_at desc, id desc limit 1
"""
_PAGE = "(status = 200 or payload_id is not null)"
_ALIKE = "status = :status"
#: Found damaged since it was kept, or taken down: the next answer is kept whole.
_DOUBTED = """
    select exists (select 1 from captures c join url_events e on e.url_id = c.url_id
                   where c.id = :id and e.reason = 'damaged-capture' and e.at >= c.fetched_at)
        or exists (select 1 from captures where id = :id and damaged_at is not null)
        or exists (select 1 from captures c join erasures e on (e.warc_file_id, e.offset) = (c.warc_file_id, c.offset)
                   where c.id = :id)
"""


def find_original(db: Database, folder: Path, exchange: Exchange) -> Original | None:
    """The answer whose payload an exchange repeats; None: the exchange is to be kept whole."""
    not_modified = exchange.status == 304
    if exchange.truncated or exchange.origin or not (exchange.body or not_modified):
        return None
    sql = _LATEST.format(answer=_PAGE if not_modified else _ALIKE)
    found = db.execute(sql, {"url": exchange.url, "status": exchange.status}).fetchone()
    if found is None:
        return None
    row = next(db.query(f"select c.id, c.url, c.fetched_at, c.record_id, {CAPTURE} from captures c {PLACED}"  # noqa: S608
                        " where c.id = ?", [found[0]]))  # fmt: skip
    if not not_modified and row["capture_digest"] != digest_of(exchange.body):
        return None
    if db.execute(_DOUBTED, {"id": row["id"]}).fetchone()[0]:
        return None
    record_id = row["record_id"] or _read_record_id(folder, row)
    if record_id is None:
        return None
    return Original(
        capture_id=row["id"],
        record_id=record_id,
        url=row["url"],
        fetched_at=row["fetched_at"],
        digest=row["capture_digest"],
    )


def find_repeated(db: Database, revisit: Capture) -> int | None:
    """The row whose payload a revisit repeats, by what its record says; None: there is none."""
    assert revisit.repeats is not None, "a revisit"
    found = db.execute(
        "select coalesce(payload_id, id) from captures where url = ? and fetched_at = ? and payload_digest = ?"
        " order by id limit 1",
        [revisit.repeats.url, iso(revisit.repeats.fetched_at), revisit.digest],
    ).fetchone()
    return None if found is None else int(found[0])


def _read_record_id(folder: Path, row: dict[str, object]) -> str | None:
    """Of an answer that was kept before ids were noted."""
    ref = capture_from_row(row)
    assert ref is not None, "a capture has a place"
    try:
        return read_capture(folder, ref).record_id
    except DamagedCapture:
        return None
