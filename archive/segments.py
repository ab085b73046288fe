"""Rows of the index → its segments, made in a process of their own; and segments into the index that they are for.

An FTS5 index is a list of segments, each a sorted tree of words in pages of its own. Building them is nearly all
the work of indexing, and SQLite does it on one core. Here several processes index different articles, each in a
small database in memory, and the finished pages are copied over and entered in the list; merging goes on from there
as SQLite likes. What is relied on is FTS5's file format, which has been the same since 2015: three kinds of
records, named below. ``insert into articles_fts (articles_fts) values ('integrity-check')`` proves a copy.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from multiprocessing import parent_process
from threading import Thread

from archive.facts import INDEX_COLUMNS

#: Bytes of memory for words before they become a segment: one segment for a batch of any usual size.
_HASH_SIZE = 1 << 30
#: Ids in ``…_data``: the sums of words for ranking, and the list of segments. All others are pages.
_AVERAGES, _STRUCTURE = 1, 10
#: A page's id is its segment's number times this, and the page's own.
_SEGMENT = 1 << 37
_MOST_SEGMENTS = 2000
#: Levels that a crawl has for its own segments, below those of a load: 256 commits and more until they meet.
_BELOW = 4

IndexRow = tuple[int, str, str, str | None, str, str]


@dataclass(frozen=True, slots=True)
class Segments:
    """What a process has made: one or more segments."""

    #: Of each: its number in there, first and last page.
    listed: list[tuple[int, int, int]]
    #: (id, block), (segment, term, page), (seq, sizes).
    pages: list[tuple[int, bytes]]
    terms: list[tuple[int, bytes, int]]
    sizes: list[tuple[int, bytes]]
    #: How many rows, then how many words of each column.
    sums: list[int]


def end_with_parent() -> None:
    """Begin a process that makes segments: it does not outlive a load that is killed."""
    Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    parent = parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)


def make_segments(create: str, rows: Sequence[IndexRow]) -> Segments:
    """Index rows, which rise by seq, in memory. ``create``: the index's own ``create virtual table``."""
    db = sqlite3.connect(":memory:", isolation_level=None)
    # The texts are not kept, only what the index makes of them.
    db.execute(create.replace("content='articles_indexed', content_rowid='seq'", "content=''"))
    for name, value in (("hashsize", _HASH_SIZE), ("automerge", 0)):
        db.execute("insert into articles_fts (articles_fts, rank) values (?, ?)", [name, value])
    db.execute("begin")
    db.executemany(f"insert into articles_fts (rowid, {INDEX_COLUMNS}) values (?, ?, ?, ?, ?, ?)", rows)
    db.execute("commit")
    (structure,) = db.execute("select block from articles_fts_data where id = ?", [_STRUCTURE]).fetchone()
    (averages,) = db.execute("select block from articles_fts_data where id = ?", [_AVERAGES]).fetchone()
    made = Segments(
        listed=[segment for _, level in _levels(structure) for segment in level],
        pages=db.execute("select id, block from articles_fts_data where id >= ?", [_SEGMENT]).fetchall(),
        terms=db.execute("select segid, term, pgno from articles_fts_idx").fetchall(),
        sizes=db.execute("select id, sz from articles_fts_docsize").fetchall(),
        sums=list(_numbers(averages)),
    )
    db.close()
    return made


def add_segments(db: sqlite3.Connection, made: Segments) -> int:
    """Enter segments into the index, in the caller's transaction → how many there are in its first level now.

    The connection must not have searched the index: FTS5 would not notice the change.
    """
    (structure,) = db.execute("select block from articles_fts_data where id = ?", [_STRUCTURE]).fetchone()
    (averages,) = db.execute("select block from articles_fts_data where id = ?", [_AVERAGES]).fetchone()
    levels = _levels(structure) or [(0, [])]
    taken = {number for _, level in levels for number, _, _ in level}
    free = iter(number for number in range(1, _MOST_SEGMENTS) if number not in taken)
    numbers = {old: next(free) for old, _, _ in made.listed}
    moved = ((id_ + (numbers[id_ // _SEGMENT] - id_ // _SEGMENT) * _SEGMENT, block) for id_, block in made.pages)
    db.executemany("insert into articles_fts_data (id, block) values (?, ?)", moved)
    terms = ((numbers[segment], term, page) for segment, term, page in made.terms)
    db.executemany("insert into articles_fts_idx (segid, term, pgno) values (?, ?, ?)", terms)
    db.executemany("insert into articles_fts_docsize (id, sz) values (?, ?)", made.sizes)
    levels[0][1].extend((numbers[old], first, last) for old, first, last in made.listed)
    cookie, (_, _, writes) = structure[:4], _head(structure)
    pages = sum(last - first + 1 for _, first, last in made.listed)
    db.execute(
        "update articles_fts_data set block = ? where id = ?", [cookie + _listing(levels, writes + pages), _STRUCTURE]
    )
    before = list(_numbers(averages)) or [0] * len(made.sums)
    sums = b"".join(_varint(a + b) for a, b in zip(before, made.sums, strict=True))
    db.execute("update articles_fts_data set block = ? where id = ?", [sums, _AVERAGES])
    return len(levels[0][1])


def rest_segments(db: sqlite3.Connection) -> None:
    """Put what a load left on the lower levels on one above them, in the caller's transaction.

    SQLite merges a level in the midst of a commit when it has 16 segments. Among those of a load, which are large,
    the small ones of a crawl would make it merge all of them at once, for minutes: measured at a million articles.
    The connection must not have searched the index, as for ``add_segments``.
    """
    (structure,) = db.execute("select block from articles_fts_data where id = ?", [_STRUCTURE]).fetchone()
    levels = _levels(structure)
    if any(merging for merging, _ in levels) or not any(level for _, level in levels[:_BELOW]):
        return
    levels += [(0, [])] * (_BELOW + 1 - len(levels))
    lower = [segment for _, level in reversed(levels[:_BELOW]) for segment in level]  # a higher level is older
    raised: list[_Level] = [(0, []) for _ in range(_BELOW)] + [(0, [*levels[_BELOW][1], *lower]), *levels[_BELOW + 1 :]]
    (_, _, writes) = _head(structure)
    block = structure[:4] + _listing(raised, writes)
    db.execute("update articles_fts_data set block = ? where id = ?", [block, _STRUCTURE])


# ── the list of segments: a cookie of four bytes, then numbers ───────────────────────────────────────

_Level = tuple[int, list[tuple[int, int, int]]]


def _head(structure: bytes) -> tuple[int, int, int]:
    """How many levels, how many segments, and how many pages were ever written."""
    numbers = _numbers(structure[4:])
    return next(numbers), next(numbers), next(numbers)


def _levels(structure: bytes) -> list[_Level]:
    """For each level how many of its segments are being merged, and the segments."""
    numbers = _numbers(structure[4:])
    count, _, _ = next(numbers), next(numbers), next(numbers)
    levels: list[_Level] = []
    for _ in range(count):
        merging, segments = next(numbers), next(numbers)
        levels.append((merging, [(next(numbers), next(numbers), next(numbers)) for _ in range(segments)]))
    return levels


def _listing(levels: Sequence[_Level], writes: int) -> bytes:
    numbers = [len(levels), sum(len(level) for _, level in levels), writes]
    for merging, level in levels:
        numbers += [merging, len(level), *(number for segment in level for number in segment)]
    return b"".join(map(_varint, numbers))


def _varint(number: int) -> bytes:
    """SQLite's: seven bits a byte, the highest first, a bit for "goes on". For numbers below 2^56."""
    parts = [number & 0x7F]
    while number := number >> 7:
        parts.append(number & 0x7F | 0x80)
    return bytes(reversed(parts))


def _numbers(block: bytes) -> Iterator[int]:
    number = 0
    for byte in block:
        number = number << 7 | byte & 0x7F
        if byte < 0x80:
            yield number
            number = 0
