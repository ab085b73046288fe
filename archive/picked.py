"""Few articles among many, by their ``seq`` → rows in order, with the passages that match.

For searches whose articles are known without FTS5 (archive/matching.py) and are few: walking the lists of common words
until twenty such turn up takes as long as the lists are. The rows are read one by one instead, and grades and
passages come from an index in memory that holds just these.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from typing import TYPE_CHECKING, Any

from archive.cursor import Cursor
from archive.facts import INDEX_COLUMNS
from archive.matching import few_of, next_of
from archive.query import Query
from archive.ranking import grades_of

if TYPE_CHECKING:
    from sqlite_utils import Database

#: Articles whose grades are told so at most: 0.4 ms each.
MOST_GRADED = 200

Placed = tuple[int | None, int]


def picked_of(db: Database, query: Query, order: str, after: Cursor | None, most: int) -> list[Placed] | None:
    """Grade (None but for ``graded``) and ``seq`` of what comes next; None: FTS5 had better find them."""
    if order == "scored":
        return None
    if order != "graded":
        place = None if after is None else after.place[-1]
        seqs = next_of(db, query, most, oldest=order == "oldest", after=place)
        return None if seqs is None else [(None, seq) for seq in seqs]
    few = few_of(db, query, MOST_GRADED)
    if few is None:
        return None
    graded = _graded(db, query, few)
    if after is not None:
        graded = [(g, seq) for g, seq in graded if (g, -seq) > (after.place[0], -after.place[1])]
    return [*graded[:most]]


def _graded(db: Database, query: Query, seqs: Sequence[int]) -> list[tuple[int, int]]:
    """Grade and ``seq``, the best grade first, of each the newest first."""
    left, placed = set(seqs), []
    with _indexed(db, seqs) as memory:
        for grade, expression in enumerate(grades_of(query)):
            sql = "select rowid from articles_fts where articles_fts match ? order by rowid desc"
            found = [seq for (seq,) in memory.execute(sql, [expression]) if seq in left]
            placed += [(grade, seq) for seq in found]
            left.difference_update(found)
    return placed


def passages_of(db: Database, seqs: Sequence[int], match: str, columns: str, marks: dict[str, str]) -> dict[int, Any]:
    """``seq`` → what the columns say of the passages in it that match."""
    sql = f"select rowid as seq{columns} from articles_fts where articles_fts match :match"  # noqa: S608 (our own words)
    with _indexed(db, seqs) as memory:
        memory.row_factory = sqlite3.Row
        return {row["seq"]: dict(row) for row in memory.execute(sql, {"match": match, **marks})}


@contextmanager
def _indexed(db: Database, seqs: Sequence[int]) -> Iterator[sqlite3.Connection]:
    """An index of some articles, in memory."""
    (create,) = db.execute("select sql from sqlite_master where name = 'articles_fts'").fetchone()
    with closing(sqlite3.connect(":memory:")) as memory:
        for said in ("content='articles_indexed', content_rowid='seq',", "prefix='3'"):
            create = create.replace(said, "")
        memory.execute(create.rstrip(" \n,)") + ")")
        for seq in seqs:
            texts = db.execute(f"select seq, {INDEX_COLUMNS} from articles_indexed where seq = ?", [seq])  # noqa: S608
            memory.executemany(f"insert into articles_fts (rowid, {INDEX_COLUMNS}) values (?, ?, ?, ?, ?, ?)", texts)  # noqa: S608
        yield memory
