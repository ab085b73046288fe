"""Query → hits, their number, and what they have in common.

The listing, the count, the facets and the export run on the same ``Selection``, so they cannot disagree.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from archive.bitmapped import one_instant
from archive.cursor import Cursor, read_cursor, write_cursor
from archive.errors import ArchiveError
from archive.facets import FACETS, Facet, facets_of, timeline_of
from archive.matching import matches_of
from archive.picked import Placed, passages_of, picked_of
from archive.query import Query
from archive.ranking import Ranking, order_of, parts_of, ranking_named, ranking_of
from archive.record import COLUMNS, JOINED_CAPTURE, StoredArticle, article_from_row
from archive.selection import selection
from archive.spacing import joined

if TYPE_CHECKING:
    from sqlite_utils import Database

_SNIPPET_WORDS = 32
#: The largest number that SQLite takes.
_MOST = 2**63 - 1
#: Longer lists are not read article by article.
_MOST_PICKED = 1_000
#: Around found words inside SQLite: two noncharacters, which no text holds.
_OPEN, _CLOSE = "\ufdd0", "\ufdd1"
#: Columns of the passages that match.
_PASSAGES = (
    ", highlight(articles_fts, 0, :open, :close) as headline"
    f", snippet(articles_fts, 3, :open, :close, '…', {_SNIPPET_WORDS}) as in_body"
    f", snippet(articles_fts, 2, :open, :close, '…', {_SNIPPET_WORDS}) as in_description"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Hit:
    """An article that was found, and the words around what was looked for."""

    article: StoredArticle
    #: The title with marks around the words looked for.
    headline: str
    #: A passage of the body, or of the description, with marks; its beginning where there are no words to mark.
    snippet: str

    @property
    def id(self) -> str:
        """The article's id."""
        return self.article.id

    @property
    def url(self) -> str | None:
        """The article's URL."""
        return self.article.url

    @property
    def title(self) -> str:
        """The title without marks."""
        return self.article.title

    @property
    def source(self) -> str:
        """Name of the article's source."""
        return self.article.source

    @property
    def published_at(self) -> datetime | None:
        """When the article was published."""
        return self.article.published_at


class Hits:
    """What a Query finds; iterate for each Hit, any number of times. The numbers do not need the iteration."""

    def __init__(self, db: Database, query: Query, marks: tuple[str, str], after: str | None = None) -> None:
        self._db = db
        self._marks = marks
        self._after = None if after is None else read_cursor(after, query)
        self._cursor: str | None = None
        #: The Query that was asked.
        self.query = query

    def __iter__(self) -> Iterator[Hit]:
        """Read one hit after the other."""
        self._cursor = None
        order = self.ranking.order
        shown = list(self._after.place) if self._after and order == "scored" else []
        last: tuple[int, ...] = ()
        found = _found(self._db, self.query, order, self._after, more=1)
        for number, (grade, row) in enumerate(found):
            if number == self.query.limit:
                place = tuple(sorted(shown)) if order == "scored" else last
                self._cursor = write_cursor(Cursor(place, order), self.query)
                return
            seq = row["at_seq"]
            last = (seq,) if grade is None else (grade, seq)
            shown.append(seq)
            yield _hit(row, self._marks)

    @property
    def cursor(self) -> str | None:
        """For ``after`` of the next search, once the hits were read to the query's limit; None: that was all."""
        return self._cursor

    @property
    def total(self) -> int:
        """How many articles match, whatever the query's limit."""
        return count(self._db, self.query, limited=False)

    @property
    def ranking(self) -> Ranking:
        """How they were put in order: by relevance not every hit of a common word is scored."""
        with _while_open():
            return ranking_of(self._db, self.query) if self._after is None else ranking_named(self._after.order)

    def facets(self, fields: Sequence[str] = FACETS, *, most: int | None = 10) -> dict[str, Facet]:
        """Field → its commonest values among all that match, whatever the limit. Raises BadQuery."""
        with _while_open():
            return facets_of(self._db, self.query, fields, most=most)

    def timeline(self, step: str = "month") -> list[tuple[date, int]]:
        """(first day, articles) of each day, week, month or year, whatever the limit. Raises BadQuery."""
        with _while_open():
            return timeline_of(self._db, self.query, step)

    @property
    def counted_at_once(self) -> bool:
        """Whether facets and timeline take some tenths of a second however many match: the bitmap index has them."""
        with _while_open(), one_instant(self._db):
            return matches_of(self._db, self.query, at_once=True) is not None

    @property
    def understood(self) -> str:
        """The words as they were read; see ``Query.understood``."""
        return self.query.understood


def count(db: Database, query: Query, *, limited: bool = True) -> int:
    """How many articles a listing or an export of the Query has; without its limit if not ``limited``."""
    with _while_open(), one_instant(db):
        found = matches_of(db, query, at_once=True)
        number = 0 if found is None else found.bits.bit_count()
        for chosen in [selection(db, query)] if found is None else found.due:
            sql = chosen.of_keys("count(*)") if chosen.where != "true" else "select count(*) from articles"
            number += db.execute(sql, chosen.parameters).fetchone()[0]
    return min(number, query.limit) if limited and query.limit else number


def iter_articles(db: Database, query: Query) -> Iterator[StoredArticle]:
    """The articles of a Query, read one after the other."""
    for row in iter_found(db, query, COLUMNS, joins=JOINED_CAPTURE):
        yield article_from_row(row)


def iter_found(db: Database, query: Query, columns: str, *, joins: str = "") -> Iterator[dict[str, Any]]:
    """Columns of the articles of a Query, in its order: ``a`` is the article; ``at_seq`` comes besides."""
    with _while_open():
        for _, row in _found(db, query, order_of(db, query), None, columns=columns, joins=joins):
            yield row


@contextmanager
def _while_open() -> Iterator[None]:
    """Hits and articles may be walked long after they were asked for: say so if the archive was closed since."""
    try:
        yield
    except sqlite3.ProgrammingError as error:
        if "closed" not in str(error):
            raise
        raise ArchiveError("the archive is closed") from error


def _found(
    db: Database,
    query: Query,
    order: str,
    after: Cursor | None,
    *,
    columns: str | None = None,
    joins: str = JOINED_CAPTURE,
    more: int = 0,
) -> Iterator[tuple[int | None, dict[str, Any]]]:
    """Grade and row of each hit, up to the query's limit and ``more``; with the passages if no columns are named."""
    left = None if query.limit is None else min(query.limit, _MOST) + more
    with _while_open():
        placed = None if left is None or left > _MOST_PICKED else picked_of(db, query, order, after, left)
        if placed is not None:
            yield from _looked_up(db, query, placed, columns, joins)
            return
        for part in parts_of(db, query, order, after):
            wanted = columns or COLUMNS + (_PASSAGES if part.selection.match else "")
            limit = -1 if left is None else min(left + len(part.shown), _MOST)
            parameters = part.parameters | {"limit": limit, "open": _OPEN, "close": _CLOSE}
            for row in db.query(part.sql(wanted, joins), parameters):
                if row["at_seq"] in part.shown:
                    continue
                if left is not None:
                    left -= 1
                yield part.grade, row
                if left == 0:
                    return


def _looked_up(
    db: Database, query: Query, placed: Sequence[Placed], columns: str | None, joins: str
) -> Iterator[tuple[int | None, dict[str, Any]]]:
    """Grade and row of articles that are known already, with the passages if no columns are named."""
    match = None if columns else selection(db, query).match
    passages: dict[int, Any] = {}
    if match:
        passages = passages_of(db, [seq for _, seq in placed], match, _PASSAGES, {"open": _OPEN, "close": _CLOSE})
    sql = f"select a.seq as at_seq, {columns or COLUMNS} from articles a {joins} where a.seq = ?"  # noqa: S608
    for grade, seq in placed:
        for row in db.query(sql, [seq]):
            yield grade, row | passages.get(seq, {})


def _hit(row: dict[str, Any], marks: tuple[str, str]) -> Hit:
    article = article_from_row(row)
    headline = row.get("headline") or article.title
    return Hit(article=article, headline=_marked(headline, marks), snippet=_marked(_passage(row, article), marks))


def _passage(row: dict[str, Any], article: StoredArticle) -> str:
    """The body's passage if it has a found word, else the description's, else how the article begins."""
    for column in ("in_body", "in_description"):
        if _OPEN in (row.get(column) or ""):
            return str(row[column])
    return article.description or _beginning(article.body)


def _beginning(body: str) -> str:
    words = body[:1000].split()
    cut = len(words) > _SNIPPET_WORDS or len(body) > 1000
    return " ".join(words[:_SNIPPET_WORDS]) + ("…" if cut else "")


def _marked(text: str, marks: tuple[str, str]) -> str:
    return " ".join(joined(text).split()).replace(_OPEN, marks[0]).replace(_CLOSE, marks[1])
