"""Query → the set of its articles, by the bitmap index where that has what is asked, and by FTS5 where it has not.

What is wanted all at once (the words and filters of a search) falls in two: what the bitmap index has, which costs
some 10 µs each, and the rest, phrases and rare words, which FTS5 is asked in one expression, together with whatever
makes its walk shorter. Articles that changed since the index was made are asked of the archive one by one.
"""

from __future__ import annotations

import json
import re
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import TYPE_CHECKING

from archive.bitmapped import BitmapIndex, index_of, one_instant
from archive.bitmaps import SLICED
from archive.bits import between, every, highest, lowest, numbers_of
from archive.facts import LETTER
from archive.fields import Filter
from archive.query import Query
from archive.selection import Narrowed, Selection, narrowed, selection
from archive.words import compiled
from archive.wordtree import All, AnyOf, Node, Not, Term, read_tree, sendable_text

if TYPE_CHECKING:
    from sqlite_utils import Database

#: A set of fewer than this part of all articles makes the walk of FTS5 shorter.
_NARROW = 10
#: Facts of fewer than this part of all articles are looked up one by one, not all read.
_FEW = 20
#: Articles that FTS5 walks in the time that reading twenty by their ``seq`` takes.
FAR = 20_000
#: Articles that lie between two that are due, from which on FTS5 had better jump; and how often it does at most.
_APART, _STRETCHES = 4_000, 15
_VALUE = re.compile(f'"{LETTER}([0-9]+)"')
_LEAST, _MOST = -(2**63), 2**63 - 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Matches:
    """The articles of a Query."""

    index: BitmapIndex
    #: Those that are as they were when the index was made.
    bits: int
    #: How the others are asked for: each of these finds some.
    due: tuple[Selection, ...]


def matches_of(db: Database, query: Query, *, at_once: bool = False) -> Matches | None:
    """The articles of a Query; None: the index is of no help. Call and use it in one transaction.

    With ``at_once`` only if FTS5 need not be asked, but for what is due.
    """
    index = None if query.one_per_story else index_of(db)
    if index is None:
        return None
    asked = _Asked(db, index, query)
    if at_once and not asked.at_once:
        return None
    bits = index.valid(asked.bits())
    return Matches(index=index, bits=bits, due=_of_due(selection(db, query), index))


def few_of(db: Database, query: Query, most: int) -> list[int] | None:
    """``seq`` of all that a Query finds, rising; None: they are more than so many, or not known without asking FTS5."""
    with one_instant(db):
        found = matches_of(db, query, at_once=True)
        if found is None or found.bits.bit_count() > most:
            return None
        seqs = [found.index.seqs[number] for number in numbers_of(found.bits)]
        seqs += _due_in(db, found)
    return sorted(seqs) if len(seqs) <= most else None


def next_of(db: Database, query: Query, most: int, *, oldest: bool, after: int | None) -> list[int] | None:
    """``seq`` of what a Query finds next behind a seq, in order; None: FTS5 had better walk there, which is not far."""
    with one_instant(db):
        found = matches_of(db, query, at_once=True)
        if found is None:
            return None
        seqs, size = found.index.seqs, found.index.articles
        if oldest:
            start = 0 if after is None else bisect_right(seqs, after)
            numbers, end = lowest(found.bits & ~every(start), most), size
        else:
            start = size if after is None else bisect_left(seqs, after)
            numbers, end = highest(found.bits & every(start), most), 0
        if abs((numbers[-1] if len(numbers) == most else end) - start) < FAR:
            return None
        due = _due_in(db, found)
    if after is not None:
        due = [seq for seq in due if (seq > after if oldest else seq < after)]
    return sorted([*(seqs[number] for number in numbers), *due], reverse=not oldest)[:most]


def _due_in(db: Database, found: Matches) -> list[int]:
    """``seq`` of those that are found among what is due."""
    return [
        seq for chosen in found.due for (seq,) in db.execute(chosen.of_keys(chosen.key), chosen.parameters).fetchall()
    ]


def _of_due(chosen: Selection, index: BitmapIndex) -> tuple[Selection, ...]:
    """The selection, of articles that are due only: of each stretch of time that has some.

    FTS5 takes a millisecond to find a single article of a common word, and walks four thousand others in that time.
    """
    if chosen.match is None:
        core, where = f"bitmap_due d cross join {chosen.core}", f"{chosen.where} and {chosen.key} = d.seq"
        return (replace(chosen, core=core, where=where),) if index.due else ()
    core = f"{chosen.core} cross join bitmap_due d on d.seq = {chosen.key}"
    where = f"{chosen.where} and {chosen.key} between :due_first and :due_last"
    return tuple(
        replace(chosen, core=core, where=where, parameters=chosen.parameters | {"due_first": first, "due_last": last})
        for first, last in _stretches(index)
    )


def _stretches(index: BitmapIndex) -> list[tuple[int, int]]:
    """Where articles that are due lie: the first and the last ``seq`` of stretches with few others between."""
    places = [bisect_left(index.seqs, seq) for seq in index.due]
    gaps = sorted(((b - a, n) for n, (a, b) in enumerate(pairwise(places), 1) if b - a > _APART), reverse=True)
    starts = [0, *sorted(n for _, n in gaps[:_STRETCHES])]
    return [(index.due[a], index.due[b - 1]) for a, b in pairwise([*starts, len(places)])] if places else []


class _Asked:
    """A Query, taken apart."""

    def __init__(self, db: Database, index: BitmapIndex, query: Query) -> None:
        self._db = db
        self._index = index
        self._hopeless = query.read.hopeless
        #: Wanted all at once: sets with the FTS5 expression of each, if there is one that is short.
        self._sets: list[tuple[int, str | None]] = []
        #: Any of which is wanted: a set, and what FTS5 has to be asked, or (True) what is not that.
        self._mixed: list[tuple[int, list[tuple[str, bool]]]] = []
        mixed: list[tuple[str, bool]] = []
        #: Wanted and unwanted, of FTS5.
        self._rest: list[str] = []
        self._unwanted: list[str] = []
        self._conditions: list[Narrowed] = []
        self._least, self._most = _LEAST, _MOST
        tree = None if self._hopeless else read_tree(sendable_text(query.text))
        for item in tree.items if isinstance(tree, All) else [] if tree is None else [tree]:
            if not self._mix(item):
                self._word(item)
            else:
                mixed.append(compiled(item))
        for each in query.narrowing:
            self._filter(each)
        if self._rest and mixed:  # all in one walk, in which each makes it shorter for the others
            self._mixed = []
            for expression, negated in mixed:
                (self._unwanted if negated else self._rest).append(expression)

    @property
    def at_once(self) -> bool:
        """Whether the bitmap index has all that is asked."""
        if self._conditions:
            return False
        if self._rest and not self._index.is_known(self._walk, self._least, self._most):
            return False
        walked = [*([] if self._rest else self._unwanted), *(each for _, others in self._mixed for each, _ in others)]
        return all(self._index.is_known(each, _LEAST, _MOST) for each in walked)

    def bits(self) -> int:
        """The set of all articles that are wanted, as the index has them."""
        index = self._index
        bits = 0 if self._hopeless else index.every
        for found, _ in self._sets:
            bits &= found
        for found, others in self._mixed:
            either = found
            for expression, negated in others:
                walked = self._walked(expression)
                either |= index.every ^ walked if negated else walked
            bits &= either
        if bits and self._rest:
            bits &= index.matched(self._walk, self._least, self._most)
        elif bits:
            for each in self._unwanted:
                bits &= ~self._walked(each)
        for condition in self._conditions:
            bits &= self._looked_up(condition, bits) if bits else 0
        return bits

    def _word(self, item: Node) -> None:
        found = self._known(item)
        if found is not None:
            self._sets.append((found, item.fts if isinstance(item, Term) else None))
            return
        expression, negated = compiled(item)
        (self._unwanted if negated else self._rest).append(expression)

    def _mix(self, item: Node) -> bool:
        """Note what is wanted of several, some of which the index has; False: it has none, or all."""
        if not isinstance(item, AnyOf):
            return False
        known = [self._known(each) for each in item.items]
        others = [compiled(node) for each, node in zip(known, item.items, strict=True) if each is None]
        if not 0 < len(others) < len(known):
            return False
        bits = 0
        for each in known:
            bits |= each or 0
        self._mixed.append((bits, others))
        return True

    def _known(self, node: Node) -> int | None:
        """The set of a node whose words the index has; None: it lacks one, or there is more than words."""
        if isinstance(node, Term):
            return self._index.word(node.fts)
        if isinstance(node, Not):
            found = self._known(node.item)
            return None if found is None else self._index.every ^ found
        if not isinstance(node, All | AnyOf):
            return None
        bits = self._index.every if isinstance(node, All) else 0
        for item in node.items:
            found = self._known(item)
            if found is None:
                return None
            bits = bits & found if isinstance(node, All) else bits | found
        return bits

    def _filter(self, each: Filter) -> None:
        if each.values == ("earliest",):
            return
        made = narrowed(self._db, each)
        if each.field == "date":
            self._sets.append((self._dated(each, made), None))
        elif made.column in SLICED:
            bits = 0
            for least, most in made.spans:
                bits |= self._index.between(made.column, least, most)
            self._sets.append((self._index.every ^ bits if each.negated else bits, None))
        elif made.condition is not None:
            self._conditions.append(made)
        else:
            self._valued(each, made.expressions)

    def _dated(self, each: Filter, made: Narrowed) -> int:
        seqs, bits = self._index.seqs, 0
        for least, most in made.spans:
            first = 0 if least is None else bisect_left(seqs, least)
            end = len(seqs) if most is None else bisect_left(seqs, most + 1)
            bits |= between(first, end)
            if len(made.spans) == 1 and not each.negated:
                self._least = max(self._least, _LEAST if least is None else least)
                self._most = min(self._most, _MOST if most is None else most)
        return self._index.every ^ bits if each.negated else bits

    def _valued(self, each: Filter, expressions: Sequence[str]) -> None:
        ids = [_VALUE.fullmatch(expression) for expression in expressions]
        joined = " OR ".join(expressions)
        if not all(ids):  # words of names
            (self._unwanted if each.negated else self._rest).append(joined)
            return
        bits = 0
        for id_ in filter(None, ids):
            found = self._index.value(int(id_[1]))
            bits |= self._walked(id_[0]) if found is None else found
        self._sets.append((self._index.every ^ bits, None) if each.negated else (bits, joined))

    @property
    def _walk(self) -> str:
        """What FTS5 is asked for the rest: with all that makes its way shorter."""
        most = self._index.articles // _NARROW
        narrow = [sql for found, sql in self._sets if sql and found.bit_count() <= most]
        wanted = " AND ".join(f"({each})" for each in [*self._rest, *narrow])
        return f"({wanted}) NOT ({' OR '.join(self._unwanted)})" if self._unwanted else wanted

    def _walked(self, expression: str) -> int:
        return self._index.matched(expression, _LEAST, _MOST)

    def _looked_up(self, condition: Narrowed, bits: int) -> int:
        """The articles in a set whose facts fulfil a condition, and perhaps some that are not in it."""
        from_, parameters = "facts f", dict(condition.parameters)
        if bits.bit_count() * _FEW < self._index.articles:
            from_ = "json_each(:few) j cross join facts f on f.seq = j.value"
            parameters["few"] = json.dumps([self._index.seqs[number] for number in numbers_of(bits)])
        where = (condition.condition or "true").replace("{key}", "f.seq")
        return self._index.found(self._db.execute(f"select f.seq from {from_} where {where}", parameters))  # noqa: S608
