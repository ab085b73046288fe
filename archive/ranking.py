"""Query → its articles, the most relevant first, with bounded work.

bm25 reads every hit, and walks every word's list to its end. That is right for some thousand hits and takes seconds
for a word that every third of a million articles has; there it also says little, for what is everywhere tells
nothing apart. So:

- few hits of words that are not too common: **scored** by bm25, a word in the headline counting ten times;
- else **graded**: first what has all in the headline, then in headline or description, then the words near one
  another, then the rest; within a grade the newest first. Every hit has its grade; none is left out.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from archive.bitmapped import BitmapIndex, index_of, one_instant
from archive.cursor import Cursor
from archive.matching import matches_of
from archive.query import Query
from archive.selection import Selection, selection
from archive.wordtree import AnyOf, In, Not, Term, read_tree, sendable_text

if TYPE_CHECKING:
    from sqlite_utils import Database

#: Weights of title, authors, description, body and facts: a word in the title says more than one in the body.
_BM25 = "bm25(10.0, 4.0, 3.0, 1.0, 0.0)"
#: Hits that are scored at most: 3 µs each.
MOST_SCORED = 12_000
#: Articles that the words may have, together, for bm25 to find out how rare each is: 0.1 µs each, twice.
MOST_WALKED = 300_000
#: Words at most between the words of a passage that has them near one another.
_NEAR = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Ranking:
    """How hits were put in order."""

    #: ``newest``, ``oldest``, ``scored`` or ``graded``.
    order: str
    #: For a person: what that means.
    told: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """A statement that gives hits in order, or a part of them."""

    selection: Selection
    where: str
    by: str
    parameters: dict[str, Any]
    #: Every ``seq`` that was shown already, of hits in the order of their score.
    shown: frozenset[int]
    #: Where grades come first: which one this is.
    grade: int | None

    def sql(self, columns: str, joins: str) -> str:
        """The statement, for columns of articles; first of all their ``seq``."""
        chosen = self.selection
        return (
            f"select {chosen.key} as at_seq, {columns} from {chosen.from_} {joins} where {self.where}"  # noqa: S608
            f" order by {self.by} limit :limit"
        )


_TOLD = {
    "newest": "newest first",
    "oldest": "oldest first",
    "scored": "by bm25 score; a word in the headline counts most",
    "graded": (
        "too many hits to score each: those with the words in the headline first, then in the description,"
        " then near one another, then the others; of each the newest first"
    ),
}


def ranking_of(db: Database, query: Query) -> Ranking:
    """The order that the hits of a Query come in."""
    return ranking_named(order_of(db, query))


def ranking_named(order: str) -> Ranking:
    """The ranking of an order."""
    return Ranking(order=order, told=_TOLD[order])


def order_of(db: Database, query: Query) -> str:
    """``newest``, ``oldest``, ``scored`` or ``graded``."""
    read = query.read
    if query.sort != "relevance" or not read.expression or read.negated:
        return query.sort if query.sort == "oldest" else "newest"
    with one_instant(db):
        index = index_of(db)
        left = MOST_WALKED
        for term in read.terms:
            left -= _walked(db, index, term, left + 1)
            if left < 0:
                return "graded"
        found = matches_of(db, query, at_once=True)
        hits = _at_most(db, selection(db, query), MOST_SCORED) if found is None else found.bits.bit_count()
    return "scored" if hits <= MOST_SCORED else "graded"


def _walked(db: Database, index: BitmapIndex | None, term: str, most: int) -> int:
    """How many articles FTS5 walks to find a term's, or as many as ``most``: a phrase costs as much as its words."""
    words = [index and index.word(f'"{word}"') for word in term.strip('"').split()]
    if index is not None and all(words):
        return min((index.valid(word or 0).bit_count() for word in words), default=0)
    (found,) = db.execute(
        "select count(*) from (select 1 from articles_fts where articles_fts match ? limit ?)", [term, most]
    ).fetchone()
    return int(found)


def _at_most(db: Database, chosen: Selection, most: int) -> int:
    """How many are selected; any number above ``most`` if there are more."""
    sql = f"select count(*) from ({chosen.of_keys('1')} limit {most + 1})"  # noqa: S608 (our own words)
    (found,) = db.execute(sql, chosen.parameters).fetchone()
    return int(found)


def parts_of(db: Database, query: Query, order: str, after: Cursor | None = None) -> Iterator[Part]:
    """The statements that give the hits in that order, one after the other, from ``after`` on."""
    if order != "graded":
        yield _part(selection(db, query), order, after)
        return
    better: list[str] = []
    for grade, expression in enumerate(grades_of(query)):
        wanted = f"{expression} NOT ({' OR '.join(better)})" if better else expression
        better.append(expression)
        if after is None or grade >= after.place[0]:
            chosen = selection(db, query, match_too=wanted)
            yield _part(chosen, order, after if after and after.place[0] == grade else None, grade)


def _part(chosen: Selection, order: str, after: Cursor | None, grade: int | None = None) -> Part:
    where, parameters = chosen.where, dict(chosen.parameters)
    shown: frozenset[int] = frozenset()
    if order == "scored":
        where += f" and articles_fts.rank match '{_BM25}'"
        shown = frozenset(after.place if after else ())
    elif after is not None:
        where += f" and {chosen.key} {'>' if order == 'oldest' else '<'} :after"
        parameters["after"] = after.place[-1]
    by = "articles_fts.rank" if order == "scored" else f"{chosen.key} {'asc' if order == 'oldest' else 'desc'}"
    return Part(selection=chosen, where=where, by=by, parameters=parameters, shown=shown, grade=grade)


def grades_of(query: Query) -> list[str]:
    """FTS5 expressions, from what says most to the query's own."""
    expression = query.read.expression
    assert expression is not None
    grades = [f"({{title}} : ({expression}))", f"({{title description}} : ({expression}))"]
    tree = read_tree(sendable_text(query.text))
    items = getattr(tree, "items", ())
    words = [item for item in items if isinstance(item, Term) and not item.fts.startswith("NEAR")]
    if len(words) > 1 and not any(isinstance(item, Not | In | AnyOf) for item in items) and not isinstance(tree, AnyOf):
        grades.append(f"NEAR({' '.join(word.fts for word in words)}, {_NEAR})")
    return [*grades, f"({expression})"]
