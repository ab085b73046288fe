"""Which articles an export holds, in which order and in which revision: a list on disk, whatever its length.

An export reads from a connection of its own, in one transaction: count, rows and the numbers of its README are of
one instant, though a crawl goes on. The archive is opened read-only; lists are temporary tables.
"""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from archive.opening import open_to_read
from archive.query import Query
from archive.record import JOINED_CAPTURE
from archive.search import iter_found
from archive.selection import selection

if TYPE_CHECKING:
    from sqlite_utils import Database

#: ``place`` is the order. ``past``: 0 the article's present text, else the row of it in the table ``past``.
#: What changes without a new revision stands here, as it was at the time that the export is of. Null in all rows: that
#: is now, and the articles themselves say it; to copy it from them would be to read every text twice.
#: ``latest``: 0 for an earlier text that stands before the one chosen of its article; only a history has such.
_CHOSEN = """
    create temp table chosen (
        place integer primary key,
        id text,
        seq integer,
        past integer not null default 0,
        revision integer,
        valid_until text,
        latest integer not null default 1,
        first_seen_at text,
        last_seen_at text,
        gone_at text,
        visited integer not null default 0
    )
"""
#: What all texts of an article share.
CARRIED = ("seq", "first_seen_at", "last_seen_at", "gone_at", "visited")
_TOLD = re.compile(r"\bh\.(id|revision|first_seen_at|last_seen_at|gone_at)\b")
#: Column → what it is in a revision ``r``; the others are in its ``record``.
_OF_A_REVISION = {
    "title": "r.title",
    "body": "r.body",
    "content_hash": "r.content_hash",
    "capture_id": "r.capture_id",
    "revision": "r.revision",
    "revised_at": "r.valid_from",
}
#: Lines joined at a time: few enough to stay in the processor's cache until they are written.
_JOINED = 40
#: Rows read from the database at a time: more of them leave the processor's cache before they are written.
_BATCH = 10


@contextmanager
def snapshot(database: Path) -> Iterator[Database]:
    """The archive's database as it is at this instant, for as long as the block lasts."""
    db = open_to_read(database)
    try:
        db.conn.isolation_level = None
        db.execute("pragma query_only = off")  # for temporary tables; the file itself is open read-only
        db.execute("begin")
        db.execute("select 1 from articles").fetchone()
        make_lists(db)
        yield db
    finally:
        db.close()


def make_lists(db: Database) -> None:
    """Empty lists of what is chosen and of earlier texts."""
    db.execute(_CHOSEN)
    # Without the cast the number would have no type, and its index would be no use to whoever looks one up.
    db.execute("create temp table past as select cast(0 as integer) as row, a.* from articles a limit 0")
    db.execute("create unique index temp.past_row on past (row)")


def choose(db: Database, query: Query, *, default_sort: str = "oldest") -> None:
    """Put a Query's articles on the list as they are now, oldest first unless the query says otherwise."""
    if query.sort == "relevance":
        found = ((row["at_seq"],) for row in iter_found(db, query, "a.seq"))
        db.conn.executemany("insert into chosen (seq) values (?)", found)
        return
    wanted = selection(db, query, default_sort=default_sort)
    db.execute(
        f"insert into chosen (seq) {wanted.of_keys(wanted.key)} {wanted.order} {wanted.limit}", wanted.parameters
    )


def tell_chosen(db: Database) -> None:
    """Copy what the articles say of themselves to the list, for whoever asks the list alone or changes it."""
    db.execute(
        """
        update chosen set (id, revision, first_seen_at, last_seen_at, gone_at) = (
            select a.id, a.revision, a.first_seen_at, a.last_seen_at, a.gone_at
            from articles a where a.seq = chosen.seq)
        where first_seen_at is null
        """
    )


def article_columns(db: Database) -> list[str]:
    """The names of the columns of ``articles``."""
    return [name for _, name, *_ in db.execute("pragma main.table_info(articles)")]


def add_past(db: Database, revisions: str, parameters: dict[str, Any]) -> None:
    """Put articles as they were into ``past``, numbered.

    ``revisions``: the statement from its ``from`` on, with a revision ``r`` of an article ``a``. What a revision
    does not tell is taken as it is now.
    """
    cells = ", ".join(_OF_A_REVISION.get(column) or _recorded(column) for column in article_columns(db))
    (before,) = db.execute("select coalesce(max(row), 0) from past").fetchone()
    db.execute(f"insert into past select {before} + row_number() over (), {cells} {revisions}", parameters)


def _recorded(column: str) -> str:
    path = f"'$.{column}'"
    return f"iif(json_type(r.record, {path}) is null, a.{column}, json_extract(r.record, {path}))"


def number_chosen(db: Database) -> int:
    """How many rows the export will have."""
    (number,) = db.execute("select count(*) from chosen").fetchone()
    return int(number)


def number_of_articles(db: Database) -> int:
    """How many articles these are of: fewer than rows in a history."""
    (number,) = db.execute("select coalesce(sum(latest), 0) from chosen").fetchone()
    return int(number)


def iter_rows(db: Database, columns: str, *, latest: bool = False) -> Iterator[tuple[Any, ...]]:
    """The chosen, in order, each as a tuple: its place, and the columns, written as in ``select_chosen``."""
    cursor = db.execute(f"{select_chosen(db, columns, latest=latest)} order by place")
    while rows := cursor.fetchmany(_BATCH):
        yield from rows


def iter_joined(db: Database, line: str, between: bytes) -> Iterator[bytes]:
    """The chosen, in order, as lines that SQLite has joined, some of them at a time; ``line``: their SQL.

    A step into SQLite for each line costs as much as a third of the line: Python's lock is let go and taken again.
    """
    (last,) = db.execute("select coalesce(max(place), 0) from chosen").fetchone()
    rows = f"{select_chosen(db, f'{line} as line', stretch=True)} order by place"
    sql = f"select cast(group_concat(line, x'{between.hex()}') as blob) from ({rows})"  # noqa: S608 (our own words)
    waiting = [(first, min(first + _JOINED, last + 1)) for first in range(1, last + 1, _JOINED)][::-1]
    while waiting:
        first, end = waiting.pop()
        try:
            (joined,) = db.execute(sql, {"first": first, "end": end}).fetchone()
        except sqlite3.DataError:  # together they are longer than anything may be in SQLite
            if end - first == 1:
                raise
            middle = (first + end) // 2
            waiting += [(middle, end), (first, middle)]
            continue
        if joined is not None:
            yield joined


def select_chosen(db: Database, columns: str, *, latest: bool = False, stretch: bool = False) -> str:
    """The statement that gives the place and the columns of each that is chosen.

    In it ``h`` is the row of ``chosen``, ``a`` the article as it was, ``c`` its capture, ``w`` the WARC file.
    ``latest``: of each article only its last text, so that articles are counted and not the texts of a history.
    ``stretch``: only those from the place ``:first`` to before ``:end``.
    """
    which = " and h.latest" if latest else ""
    which += " and h.place >= :first and h.place < :end" if stretch else ""
    if db.execute("select first_seen_at from chosen limit 1").fetchone() == (None,):
        columns = _TOLD.sub(r"a.\1", columns)
    select = f"select h.place as place, {columns} from chosen h cross join"  # noqa: S608 (our own words)
    sql = f"{select} articles a on a.seq = h.seq {JOINED_CAPTURE} where h.past = 0{which}"
    if holds_past(db):
        sql += f" union all {select} past a on a.row = h.past {JOINED_CAPTURE} where h.past > 0{which}"
    return sql


def holds_past(db: Database) -> bool:
    """True: earlier texts are among the chosen."""
    return db.execute("select 1 from chosen where past > 0 limit 1").fetchone() is not None
