"""The chosen articles in; the captures that show them out, with all that those need to be replayed."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from archive.captures import fields_of, iter_members
from archive.record import CAPTURE, PLACED, capture_from_row
from archive.types import CaptureRef

if TYPE_CHECKING:
    from sqlite_utils import Database

#: In every text that an article had; the answer that a rendering was made of; the payload that a revisit repeats; the
#: redirects that led there.
_NEEDED = """
    create temp table needed as
    with recursive needed (id) as (
        select capture_id from articles where seq in (select seq from chosen) and capture_id is not null
        union
        select r.capture_id from chosen h join articles a on a.seq = h.seq join revisions r on r.article_id = a.id
        where r.capture_id is not null
        union
        select made_from from captures join needed using (id) where made_from is not null
        union
        select payload_id from captures join needed using (id) where payload_id is not null
        union
        select hop.id from needed join captures c on c.id = needed.id
        join captures hop on hop.url_id = c.url_id and hop.run_id = c.run_id
        where hop.status between 300 and 399 and hop.status <> 304
    )
    select id from needed join captures c using (id)
    where not exists (select 1 from erasures e where e.warc_file_id = c.warc_file_id and e.offset = c.offset)
"""
#: Records that stand behind an answer: its request, and what led to it.
_MOST_BESIDE = 2
#: Bytes read for them at a time.
_PIECE = 16 * 1024


def find_needed(db: Database) -> int:
    """Put the captures that the chosen need into the table ``needed``; how many they are."""
    db.execute(_NEEDED)
    (number,) = db.execute("select count(*) from needed").fetchone()
    return int(number)


def iter_needed(db: Database) -> Iterator[tuple[int, CaptureRef]]:
    """Each capture that is needed and where it lies, file by file in the order of the records."""
    sql = f"""
        select c.id, {CAPTURE} from needed n join captures c on c.id = n.id {PLACED}
        order by c.warc_file_id, c.offset
    """  # noqa: S608 (our own words)
    for row in db.query(sql):
        ref = capture_from_row(row)
        assert ref is not None, "a capture has a place"
        yield row["id"], ref


def records_beside(folder: Path, ref: CaptureRef, record_id: str) -> list[bytes]:
    """The records that are concurrent to an answer: they stand behind it."""
    found: list[bytes] = []
    for _, _, member in iter_members(folder / ref.file, ref.offset + ref.length, piece=_PIECE):
        if len(found) == _MOST_BESIDE or fields_of(member).get("warc-concurrent-to") != record_id:
            break
        found.append(member)
    return found
