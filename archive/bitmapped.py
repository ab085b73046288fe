"""The bitmap index, read: parts of it as they are asked for. How it is made, and why: archive/bitmaps.py.

Parts never change under one token, so they are kept in memory for whoever asks next, also on another connection.
"""

from __future__ import annotations

import sqlite3
from array import array
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager
from functools import lru_cache
from itertools import chain
from operator import itemgetter
from typing import TYPE_CHECKING

from archive.bitmaps import MOST_DUE
from archive.bits import array_of, at_least, counts_between, every, flagged, numbers_of, set_of, unpacked

if TYPE_CHECKING:
    from sqlite_utils import Database

#: Pictures kept in memory: of the archives that are open, the last ones used.
_PICTURES = 2
#: Bytes of sets kept in memory, for each picture.
_MOST_BYTES = 96_000_000
#: More hits than this share of an archive are counted by what is not among them.
_MOST_SHARE = 0.5


class _Parts:
    """What was read of one picture so far. Threads share it: all that can happen is that one is read twice."""

    def __init__(self) -> None:
        self.sets: dict[str, int] = {}
        self.arrays: dict[str, array[int]] = {}
        self.names: frozenset[str] = frozenset()


@lru_cache(maxsize=_PICTURES)
def _parts_of(token: str) -> _Parts:  # noqa: ARG001 (what it is told apart by)
    return _Parts()


class BitmapIndex:
    """The bitmap index as it is at this instant; good for one read transaction."""

    def __init__(self, db: Database, token: str, articles: int, due: Iterable[int]) -> None:
        self._db = db
        self._parts = _parts_of(token)
        if not self._parts.names:
            self._parts.names = frozenset(name for (name,) in db.execute("select name from bitmap_parts"))
        #: How many articles it is of: their numbers are lower than this.
        self.articles = articles
        #: Articles that came, changed or went since: their ``seq``.
        self.due = sorted(due)

    @property
    def every(self) -> int:
        """The set of all articles."""
        return every(self.articles)

    @property
    def seqs(self) -> array[int]:
        """The ``seq`` of each number, rising."""
        return self._array("q", "seqs")

    def valid(self, bits: int) -> int:
        """A set without the articles that are due."""
        return bits & ~self._numbered(self.due) if self.due else bits

    def value(self, id_: int) -> int | None:
        """The articles that have a value; None: it is a rare one."""
        return self._set(f"value {id_}")

    def word(self, fts: str) -> int | None:
        """The articles that a word as FTS5 is sent it is in; None: it is a rare one, or more than a word."""
        if not fts.startswith('"') or not fts.endswith('"'):
            return None
        term = _term_of(self._create(), fts[1:-1].replace('""', '"'))
        return None if term is None else self._set(f"word {term}")

    def between(self, column: str, least: int | None, most: int | None) -> int:
        """The articles whose number in a column of ``SLICED`` is there, and from least to most."""
        (zero,), known = self._array("q", f"least {column}"), self._set(f"known {column}") or 0
        slices: list[int] = []
        while (bits := self._set(f"digit {column} {len(slices)}")) is not None:
            slices.append(bits)
        found = known if least is None else at_least(slices, least - zero, known)
        return found if most is None else found & ~at_least(slices, most + 1 - zero, known)

    def is_known(self, expression: str, least: int, most: int) -> bool:
        """Whether ``matched`` need not walk."""
        return f"match {least} {most} {expression}" in self._parts.sets

    def forget_walks(self) -> None:
        """Forget what FTS5 has walked: for measuring what a search costs that nobody asked before."""
        self._parts.sets = {key: bits for key, bits in self._parts.sets.items() if not key.startswith("match ")}

    def matched(self, expression: str, least: int, most: int) -> int:
        """The articles that an FTS5 expression matches with a ``seq`` from least to most, walked by FTS5."""
        key = f"match {least} {most} {expression}"
        if key not in self._parts.sets:
            sql = "select rowid from articles_fts where articles_fts match ? and rowid between ? and ?"
            self._hold(key, self._numbered(chain.from_iterable(self._db.execute(sql, [expression, least, most]))))
        return self._parts.sets[key]

    def found(self, rows: Iterable[tuple[int]]) -> int:
        """The articles of some ``seq``."""
        return self._numbered(chain.from_iterable(rows))

    def values_in(self, bits: int) -> Counter[int]:
        """Number of each value → how many articles in a set have it."""
        prefix = "value "
        common = [int(name.removeprefix(prefix)) for name in self._parts.names if name.startswith(prefix)]
        counts = {id_: (bits & (self.value(id_) or 0)).bit_count() for id_ in common}
        counts |= self._rare_in(bits)
        return Counter({id_: number for id_, number in counts.items() if number})

    def days_in(self, bits: int) -> Counter[int]:
        """Day since 1970 → how many articles in a set are of it."""
        days = self._array("q", "days")
        counts = counts_between(bits, [*days[1::2], self.articles])
        return Counter({day: number for day, number in zip(days[::2], counts, strict=True) if number})

    def _rare_in(self, bits: int) -> Counter[int]:
        if bits.bit_count() > _MOST_SHARE * self.articles:
            totals = self._array("I", "rare totals")
            counts = Counter(dict(zip(totals[::2], totals[1::2], strict=True)))
            counts.subtract(self._rare_in(self.every ^ bits))
            return counts
        ids, ends = self._array("I", "rare values"), self._array("I", "rare ends")
        numbers = list(numbers_of(bits))
        begins = map(ends.__getitem__, map((-1).__add__, numbers))
        spans = map(slice, begins, map(ends.__getitem__, numbers))
        found: Counter[int] = Counter()
        if numbers and numbers[0] == 0:  # nobody stands before the first
            found.update(ids[: ends[0]])
            next(spans)
        found.update(chain.from_iterable(map(ids.__getitem__, spans)))
        return found

    def _numbered(self, seqs: Iterable[int]) -> int:
        """The set of the articles of some ``seq``; others are left out."""
        known, size = self.seqs, self.articles
        wanted = list(seqs)
        if len(wanted) * 8 > size:
            chosen = set(wanted)
            return flagged(bytes(map(chosen.__contains__, known)))
        places = ((bisect_left(known, seq), seq) for seq in wanted)
        return set_of((n for n, seq in places if n < size and known[n] == seq), size)

    def _set(self, name: str) -> int | None:
        if name not in self._parts.names:
            return None
        if name not in self._parts.sets:
            self._hold(name, unpacked(self._read(name)))
        return self._parts.sets[name]

    def _hold(self, name: str, bits: int) -> None:
        if (len(self._parts.sets) + 1) * (self.articles >> 3) > _MOST_BYTES:
            self._parts.sets = {}
        self._parts.sets[name] = bits

    def _array(self, kind: str, name: str) -> array[int]:
        if name not in self._parts.arrays:
            self._parts.arrays[name] = array_of(kind, self._read(name))
        return self._parts.arrays[name]

    def _read(self, name: str) -> bytes:
        (data,) = self._db.execute("select data from bitmap_parts where name = ?", [name]).fetchone()
        return bytes(data)

    def _create(self) -> str:
        (sql,) = self._db.execute("select sql from sqlite_master where name = 'articles_fts'").fetchone()
        return str(sql)


@contextmanager
def one_instant(db: Database) -> Iterator[None]:
    """What is read inside is of one instant, whatever is written meanwhile."""
    if db.conn.in_transaction:
        yield
        return
    db.conn.execute("begin")
    try:
        yield
    finally:
        db.conn.execute("rollback")


def index_of(db: Database) -> BitmapIndex | None:
    """The bitmap index; None: there is none, or it is of too long ago. Ask for it in a transaction."""
    for token, articles in db.execute("select token, articles from bitmap_index").fetchall():
        due = [seq for (seq,) in db.execute("select seq from bitmap_due limit ?", [MOST_DUE + 1])]
        return None if len(due) > MOST_DUE else BitmapIndex(db, token, articles, due)
    return None


@lru_cache(maxsize=4096)
def _term_of(create: str, text: str) -> str | None:
    """The word that the index has for a text; None: it is none, or several."""
    with closing(sqlite3.connect(":memory:")) as db:
        db.execute(create.replace("content='articles_indexed', content_rowid='seq'", "content=''"))
        db.execute("create virtual table terms using fts5vocab(articles_fts, instance)")
        db.execute("insert into articles_fts (rowid, title) values (1, ?)", [text])
        found = list(map(itemgetter(0), db.execute("select term from terms limit 2")))
    return found[0] if len(found) == 1 else None
