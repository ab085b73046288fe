"""The bitmap index: which articles have which values and which common words, as one bit an article.

FTS5 walks the lists of words, a quarter of a microsecond an article; of a word that every third of a million
articles has that is 0.1 s, for each count, and facets have to look at what each hit has besides. Here articles have
numbers in the order of their ``seq``, and each common value and common word is a row of bits, so that a search is a
few operations on integers and a count is counting bits. What is rare stands as a list of numbers an article.

It is a picture of the archive at one instant, made anew as a whole after a crawl. Triggers note in ``bitmap_due``
which articles came, changed or went since: readers take these out of the picture and look them up in the index
itself (archive/matching.py), so what they count is always the present.
"""

from __future__ import annotations

import sqlite3
import uuid
from array import array
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import closing
from itertools import chain

from archive.bits import bytes_of, packed_of, set_of, slices_of
from archive.facts import EVERY, INDEX_COLUMNS, LETTER
from archive.seq import day_of

#: Smaller archives have none: counting is quick enough.
LEAST = 10_000
#: Archives from this size on have the common words too, not only values.
WORDS_FROM = 200_000
#: Numbers of ``facts`` that searches ask for from and to. Not ``last_seen``: it moves every night.
SLICED = ("words", "published", "modified", "first_seen", "retrieved")
#: A value has bits of its own if at least every so-many-th article has it, a word likewise.
VALUE_SHARE, WORD_SHARE = 256, 16
#: Articles that readers look up one by one at most: more, and they do without the picture.
MOST_DUE = 2_000
#: Made anew once so many are due.
DUE = 500
#: Articles that are looked at to find which words are common.
_SAMPLE = 2_000


def renew(db: sqlite3.Connection, commit: Callable[[], None]) -> bool:
    """Make the index anew if there is reason to → whether it was. ``db`` is the writer's, in a transaction or none."""
    commit()
    (articles,) = db.execute("select count(*) from facts").fetchone()
    known = db.execute("select 1 from bitmap_index").fetchone()
    if articles < LEAST:
        if known:
            _forget(db)
            commit()
        return False
    (due,) = db.execute("select count(*) from bitmap_due").fetchone()
    if known and due < DUE:
        return False
    _make(db)
    commit()
    return True


def _forget(db: sqlite3.Connection) -> None:
    for table in ("bitmap_index", "bitmap_parts", "bitmap_due"):
        db.execute(f"delete from {table}")  # noqa: S608 (our own words)


def _make(db: sqlite3.Connection) -> None:
    seqs, ends, ids = _values(db)
    size = len(seqs)
    _forget(db)
    _keep(db, "seqs", bytes_of(seqs))
    _keep(db, "days", bytes_of(_days(seqs)))
    for name, data in chain(_value_parts(ends, ids), _number_parts(db)):
        _keep(db, name, data)
    if size >= WORDS_FROM:
        numbers = {seq: number for number, seq in enumerate(seqs)}
        for term in _common_terms(db, seqs):
            rows = db.execute("select rowid from articles_fts where articles_fts match ?", [f'"{term}"'])
            found = list(map(numbers.__getitem__, chain.from_iterable(rows)))
            if len(found) * WORD_SHARE >= size:
                _keep(db, f"word {term}", packed_of(set_of(found, size), size))
    db.execute("insert into bitmap_index (id, token, articles) values (1, ?, ?)", [uuid.uuid4().hex, size])


def _keep(db: sqlite3.Connection, name: str, data: bytes) -> None:
    db.execute("insert into bitmap_parts (name, data) values (?, ?)", [name, data])


def _values(db: sqlite3.Connection) -> tuple[array[int], array[int], array[int]]:
    """Every ``seq``, rising; numbers of all values; and for each article where its own end in there."""
    seqs, ends, ids = array("q"), array("I"), array("I")
    for seq, one, many in db.execute("select seq, one, many from facts order by seq"):
        ids.extend(map(int, f"{one} {many}".replace(LETTER, "").split()))
        seqs.append(seq)
        ends.append(len(ids))
    return seqs, ends, ids


def _days(seqs: array[int]) -> array[int]:
    """Days since 1970 that have articles, each with the number of its first article, alternating."""
    days = array("q")
    last = None
    for number, day in enumerate(map(day_of, seqs)):
        if day != last:
            days.extend((day, number))
            last = day
    return days


def _value_parts(ends: array[int], ids: array[int]) -> Iterator[tuple[str, bytes]]:
    """The parts for values: bits of each common one, and of the rare ones the numbers that each article has."""
    size = len(ends)
    counts = Counter(ids)
    common = {id_: bytearray((size + 7) >> 3) for id_, number in counts.items() if number * VALUE_SHARE >= size}
    common.pop(EVERY, None)
    rare, rare_ends = array("I"), array("I")
    begin = 0
    for number, end in enumerate(ends):
        byte, bit = number >> 3, 1 << (number & 7)
        for id_ in ids[begin:end]:
            if id_ in common:
                common[id_][byte] |= bit
            elif id_ != EVERY:
                rare.append(id_)
        rare_ends.append(len(rare))
        begin = end
    yield "rare values", bytes_of(rare)
    yield "rare ends", bytes_of(rare_ends)
    yield "rare totals", bytes_of(array("I", chain.from_iterable(Counter(rare).items())))
    for id_, bits in common.items():
        yield f"value {id_}", bytes(bits)


def _number_parts(db: sqlite3.Connection) -> Iterator[tuple[str, bytes]]:
    """The parts for numbers: of each its lowest, which articles have one, and its binary digits above the lowest."""
    for column in SLICED:
        found = [number for (number,) in db.execute(f"select {column} from facts order by seq")]  # noqa: S608
        size, least = len(found), min((number for number in found if number is not None), default=0)
        yield f"least {column}", bytes_of(array("q", [least]))
        yield f"known {column}", packed_of(set_of((n for n, each in enumerate(found) if each is not None), size), size)
        above = array("Q", (0 if number is None else number - least for number in found))
        for digit, bits in enumerate(slices_of(above)):
            yield f"digit {column} {digit}", packed_of(bits, size)


def _common_terms(db: sqlite3.Connection, seqs: array[int]) -> list[str]:
    """Words, as the index has them, that seem to be common: told by a sample, so one or another may be missing."""
    sample = seqs[:: max(len(seqs) // _SAMPLE, 1)]
    (create,) = db.execute("select sql from sqlite_master where name = 'articles_fts'").fetchone()
    with closing(sqlite3.connect(":memory:")) as memory:
        memory.execute(create.replace("content='articles_indexed', content_rowid='seq'", "content=''"))
        memory.execute("create virtual table terms using fts5vocab(articles_fts, row)")
        for seq in sample:
            memory.execute(
                f"insert into articles_fts (rowid, {INDEX_COLUMNS}) values (?, ?, ?, ?, ?, ?)",  # noqa: S608
                db.execute(f"select seq, {INDEX_COLUMNS} from articles_indexed where seq = ?", [seq]).fetchone(),  # noqa: S608
            )
        least = 0.85 * len(sample) / WORD_SHARE
        found = memory.execute("select term from terms where doc >= ? order by doc desc", [least]).fetchall()
    return [term for (term,) in found if LETTER not in term]
