"""Query → hits, newest first without a sort; and their number.

The listing, the count and the export run on the same ``Selection``, so they cannot disagree.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from archive.errors import ArchiveError
from archive.query import Query
from archive.record import COLUMNS, JOINED_CAPTURE, StoredArticle, article_from_row
from archive.seq import SLOTS_PER_SECOND, seq_floor
from archive.wordtree import has_words, quoted, sendable_text

if TYPE_CHECKING:
    from sqlite_utils import Database

#: A word in the title says more than one in the body: weights of title, authors, description, body.
_BM25 = "bm25(10.0, 4.0, 3.0, 1.0)"
_SNIPPET_WORDS = 32
#: The largest number that SQLite takes.
_MOST = 2**63 - 1
#: Around found words inside SQLite: two noncharacters, which no text holds.
_OPEN, _CLOSE = "\ufdd0", "\ufdd1"


@dataclass(frozen=True, slots=True, kw_only=True)
class Selection:
    """A Query as SQL: everything from ``from`` to ``limit``. The article is ``a``, the index ``articles_fts``."""

    from_: str
    where: str
    order: str
    limit: str
    parameters: dict[str, Any]
    #: True: ``articles_fts`` takes part, so snippets can be asked for.
    indexed: bool

    def sql(self, columns: str, *, joins: str = "") -> str:
        """The whole statement."""
        return f"select {columns} from {self.from_} {joins} where {self.where} {self.order} {self.limit}"  # noqa: S608


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
    """What a Query finds; iterate for each Hit, any number of times. ``total`` does not need the iteration."""

    def __init__(self, db: Database, query: Query, marks: tuple[str, str]) -> None:
        self._db = db
        self._marks = marks
        #: The Query that was asked.
        self.query = query

    def __iter__(self) -> Iterator[Hit]:
        """Read one hit after the other."""
        return _iter_hits(self._db, self.query, self._marks)

    @property
    def total(self) -> int:
        """How many articles match, whatever the query's limit."""
        return count(self._db, self.query, limited=False)

    @property
    def understood(self) -> str:
        """The words as they were read; see ``Query.understood``."""
        return self.query.understood


def selection(query: Query, *, default_sort: str = "newest") -> Selection:
    """The SQL of a Query."""
    words = query.words
    wanted = [f"({words.expression})"] if words.expression and not words.negated else []
    filters, parameters = _filters(query)
    if query.author is not None:
        author = sendable_text(query.author)
        if has_words(author):
            wanted.append(f"(authors : {quoted(author)})")
        else:
            filters.append("false")
    if words.hopeless:
        filters.append("false")
    if words.expression and words.negated:
        filters.append("a.seq not in (select rowid from articles_fts where articles_fts match :unwanted)")
        parameters["unwanted"] = words.expression
    sort = query.sort or default_sort
    from_, key, order = "articles a", "a.seq", ""
    if wanted:
        from_, key = "articles_fts cross join articles a on a.seq = articles_fts.rowid", "articles_fts.rowid"
        filters.append("articles_fts match :words")
        parameters["words"] = " AND ".join(wanted)
        if sort == "relevance" and words.expression and not words.negated:
            filters.append(f"articles_fts.rank match '{_BM25}'")
            order = "order by articles_fts.rank"
    filters += _range(query, key, parameters)
    parameters["limit"] = -1 if query.limit is None else min(query.limit, _MOST)
    return Selection(
        from_=from_,
        where=" and ".join(filters) or "true",
        order=order or f"order by {key} {'asc' if sort == 'oldest' else 'desc'}",
        limit="limit :limit",
        parameters=parameters,
        indexed=bool(wanted),
    )


def count(db: Database, query: Query, *, limited: bool = True) -> int:
    """How many articles a listing or an export of the Query has; without its limit if not ``limited``."""
    chosen = selection(query)
    inner = f"select 1 from {chosen.from_} where {chosen.where}"  # noqa: S608 (our own words)
    with _while_open():
        (number,) = db.execute(f"select count(*) from ({inner})", chosen.parameters).fetchone()  # noqa: S608
    return min(int(number), query.limit) if limited and query.limit else int(number)


def iter_articles(db: Database, query: Query) -> Iterator[StoredArticle]:
    """The articles of a Query, read one after the other."""
    chosen = selection(query)
    with _while_open():
        for row in db.query(chosen.sql(COLUMNS, joins=JOINED_CAPTURE), chosen.parameters):
            yield article_from_row(row)


@contextmanager
def _while_open() -> Iterator[None]:
    """Hits and articles may be walked long after they were asked for: say so if the archive was closed since."""
    try:
        yield
    except sqlite3.ProgrammingError as error:
        if "closed" not in str(error):
            raise
        raise ArchiveError("the archive is closed") from error


def _filters(query: Query) -> tuple[list[str], dict[str, Any]]:
    """Conditions on the article's own columns."""
    filters: list[str] = []
    parameters: dict[str, Any] = {}
    if query.source is not None:
        filters.append("a.source = :source")
        parameters["source"] = sendable_text(query.source)
    if query.section is not None:
        # nocase knows only ASCII letters; the usual ways to write a name make up for the others.
        written = sendable_text(query.section).strip()
        spellings = {written, written.lower(), written.upper(), written.capitalize(), written.title()}
        named = {f"section{n}": spelling for n, spelling in enumerate(sorted(spellings))}
        filters.append(f"a.section collate nocase in ({', '.join(':' + name for name in named)})")
        parameters |= named
    if query.language is not None:
        filters.append("(a.language = :language collate nocase or a.language like :dialects)")
        tag = query.language.replace("_", "-")
        parameters |= {"language": tag, "dialects": f"{tag}-%"}
    return filters, parameters


def _range(query: Query, key: str, parameters: dict[str, Any]) -> list[str]:
    """The dates as a range of ``key``: no index on dates is needed."""
    filters = []
    if query.first is not None:
        filters.append(f"{key} >= :from_seq")
        parameters["from_seq"] = seq_floor(query.first)
    if query.last is not None:
        filters.append(f"{key} < :to_seq")
        parameters["to_seq"] = seq_floor(query.last) + SLOTS_PER_SECOND
    return filters


def _iter_hits(db: Database, query: Query, marks: tuple[str, str]) -> Iterator[Hit]:
    chosen = selection(query)
    columns = COLUMNS
    if chosen.indexed:
        columns += (
            ", highlight(articles_fts, 0, :open, :close) as headline"
            f", snippet(articles_fts, 3, :open, :close, '…', {_SNIPPET_WORDS}) as in_body"
            f", snippet(articles_fts, 2, :open, :close, '…', {_SNIPPET_WORDS}) as in_description"
        )
    parameters = chosen.parameters | ({"open": _OPEN, "close": _CLOSE} if chosen.indexed else {})
    with _while_open():
        for row in db.query(chosen.sql(columns, joins=JOINED_CAPTURE), parameters):
            article = article_from_row(row)
            headline = row["headline"] if chosen.indexed else article.title
            yield Hit(
                article=article,
                headline=_marked(headline, marks),
                snippet=_marked(_passage(row, article), marks),
            )


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
    return " ".join(text.split()).replace(_OPEN, marks[0]).replace(_CLOSE, marks[1])
