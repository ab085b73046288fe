"""The list of a package's articles: which text of each it has, and a digest of each row.

What may change in an archive without a new text (when an article was last seen, whether it is gone) stands in the
list as it was. So the rows can be made again whatever has come to the archive since, and what is missing or differs can
be named.
"""

from __future__ import annotations

import csv
import hashlib
import io
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

from archive.export.chosen import add_past, iter_rows
from archive.export.columns import Column
from archive.export.earlier import iter_export
from archive.export.jsonl import object_sql

if TYPE_CHECKING:
    from sqlite_utils import Database

_HEADER = (
    *("id", "revision", "revised_at", "valid_until", "content_hash", "first_seen_at", "last_seen_at", "gone_at", "row"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Missing:
    """A row of a package that an archive cannot give again."""

    id: str
    #: For a person: ``the article is gone from the archive`` …
    why: str


def write_members(db: Database, columns: Sequence[Column], file: BinaryIO) -> None:
    """Write the list of the chosen, whose rows have these columns."""
    text = io.TextIOWrapper(file, encoding="utf-8", newline="", write_through=True)
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(_HEADER)
    cells = "h.id, h.revision, a.revised_at, h.valid_until, a.content_hash, h.first_seen_at, h.last_seen_at, h.gone_at"
    for _, *told, row in iter_rows(db, f"{cells}, {row_sql(columns)}"):
        writer.writerow([*told, row_digest(row)])
    text.detach()


def row_sql(columns: Sequence[Column]) -> str:
    """SQL of what a row's digest is made from."""
    return object_sql({column.name: column for column in columns})


def row_digest(row: bytes) -> str:
    """16 hex digits for a row."""
    return hashlib.blake2b(row, digest_size=8).hexdigest()


def read_members(folder: Path) -> Iterator[Mapping[str, Any]]:
    """The list of a package, article by article. Raises ArchiveError if it cannot be read."""
    return iter_export(folder)


def choose_members(db: Database, folder: Path, *, history: bool = False) -> list[Missing]:
    """Put a package's articles on the list in the texts that it has, as far as the archive has them → the others.

    ``history``: of the others it is told which revision is meant, since there are several.
    """
    db.execute(
        "create temp table member (place integer primary key, id text, revision integer, revised_at text,"
        " valid_until text, content_hash text, first_seen_at text, last_seen_at text, gone_at text, row text)"
    )
    db.conn.executemany(
        f"insert into member ({', '.join(_HEADER)}) values ({', '.join('?' * len(_HEADER))})",  # noqa: S608
        ([member.get(name) or None for name in _HEADER] for member in read_members(folder)),
    )
    add_past(
        db,
        "from member m cross join articles a on a.id = m.id and a.revised_at <> m.revised_at"
        " cross join revisions r on r.article_id = a.id and r.valid_from = m.revised_at",
        {},
    )
    db.execute(
        """
        insert into chosen (place, id, seq, past, revision, valid_until, first_seen_at, last_seen_at, gone_at)
        select m.place, m.id, a.seq, coalesce(p.row, 0), m.revision, m.valid_until,
               m.first_seen_at, m.last_seen_at, m.gone_at
        from member m join articles a on a.id = m.id
        left join past p on p.id = m.id and p.revised_at = m.revised_at
        where a.revised_at = m.revised_at or p.row is not null order by m.place
        """
    )
    absent = db.execute(
        "select m.id, m.revision, a.id is null,"
        " (select 'the article was taken down on ' || substr(t.at, 1, 10) || ': ' || t.reason"
        " from tombstone_keys k join tombstones t on t.id = k.tombstone_id where k.key = 'id:' || m.id)"
        " from member m left join articles a on a.id = m.id"
        " where m.place not in (select place from chosen) order by m.place"
    )
    return [
        Missing(
            id=id_,
            why=(f"revision {number}: " if history else "") + ((taken or _GONE) if gone else _OTHER_TEXT),
        )
        for id_, number, gone, taken in absent
    ]


_GONE = "the article is gone from the archive"
_OTHER_TEXT = "the archive has the article, but no longer this text of it"


def find_different(db: Database, columns: Sequence[Column]) -> list[str]:
    """Of the members that were found, the ids of those whose rows are not as the package has them."""
    return [
        id_
        for _, id_, expected, row in iter_rows(
            db,
            f"h.id, (select m.row from member m where m.place = h.place), {row_sql(columns)}",  # noqa: S608
        )
        if row_digest(row) != expected
    ]
