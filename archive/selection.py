"""Query → SQL: which articles, as one condition that list, count, facets, timeline and export share.

Whatever the index has a word for (values of fields, and the text's words) becomes one FTS5 expression; dates that
order the archive become a range of ``seq``; other dates and numbers are looked up in the narrow rows of ``facts``.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from archive.facts import EVERY, GONE, LETTER, REVISED
from archive.fields import NUMBERS, SPANS, VALUES, Filter, read_numbers, read_span
from archive.query import Query
from archive.seq import SLOTS_PER_SECOND, seq_floor
from archive.times import utc_now
from archive.wordtree import has_words, quoted, sendable_text

if TYPE_CHECKING:
    from sqlite_utils import Database

#: The largest number that SQLite takes.
_MOST = 2**63 - 1
_STATES = {"revised": REVISED, "gone": GONE}


@dataclass(frozen=True, slots=True, kw_only=True)
class Selection:
    """A Query as SQL. The article is ``a``, its facts ``f``, the index ``articles_fts``."""

    #: Where rows come from, without the articles themselves; ``key`` is their ``seq``.
    core: str
    where: str
    order: str
    limit: str
    parameters: dict[str, Any]
    #: The FTS5 expression; None: the index takes no part, and there are no snippets.
    match: str | None
    key: str

    @property
    def from_(self) -> str:
        """Where rows come from, with the articles."""
        return f"{self.core} cross join articles a on a.seq = {self.key}"

    def sql(self, columns: str, *, joins: str = "") -> str:
        """The whole statement, for columns of articles."""
        return f"select {columns} from {self.from_} {joins} where {self.where} {self.order} {self.limit}"  # noqa: S608

    def ascending(self, columns: Sequence[str], *, after: int | None = None) -> str:
        """A statement for ``seq`` and columns of facts, of all that is selected, from behind a seq ``:after`` on."""
        joined = "f." in " ".join(columns) and "facts f" not in self.core
        core = f"{self.core} cross join facts f on f.seq = {self.key}" if joined else self.core
        where = self.where if after is None else f"{self.where} and {self.key} > :after"
        listed = ", ".join([f"{self.key} as seq", *columns])
        return f"select {listed} from {core} where {where} order by {self.key}"  # noqa: S608 (our own words)

    def of_keys(self, columns: str) -> str:
        """A statement for what the key tells, of all that is selected, in no order."""
        return f"select {columns} from {self.core} where {self.where}"  # noqa: S608 (our own words)


@dataclass(frozen=True, slots=True, kw_only=True)
class Narrowed:
    """A filter as SQL. Whether it is negated is left to ``condition``, else to the caller."""

    #: FTS5 expressions, any of which stands for a value.
    expressions: tuple[str, ...] = ()
    #: Where it asks for numbers from and to (None: without an end): the column of facts, and any of these spans.
    column: str | None = None
    spans: tuple[tuple[int | None, int | None], ...] = ()
    #: For what is looked up, with ``{key}`` where the seq is meant; None: it is one of the others.
    condition: str | None = None
    parameters: Mapping[str, Any] = field(default_factory=dict)


def narrowed(db: Database, each: Filter) -> Narrowed:
    """One filter."""
    making = _Making(db, Query())
    if each.field in VALUES or each.field == "is":
        found = [expression for value in each.values for expression in making.expressions(each.field, value)]
        return Narrowed(expressions=tuple(found))
    making.narrow(each)
    condition, parameters = " and ".join(making.conditions), making.parameters
    if each.field == "story":
        return Narrowed(condition=condition, parameters=parameters)
    column = SPANS.get(each.field, each.field)
    return Narrowed(column=column, spans=_spans(each), condition=condition, parameters=parameters)


def _spans(each: Filter) -> tuple[tuple[int | None, int | None], ...]:
    """What a filter by dates or numbers asks for: ``seq``, seconds since 1970 or words, from and to."""
    if each.field == "date":
        return tuple(map(_seqs, each.values))
    if each.field in NUMBERS:
        return tuple(read_numbers(each.field, value) for value in each.values)
    return tuple(_seconds(each.field, value) for value in each.values)


def _seconds(field: str, value: str) -> tuple[int | None, int | None]:
    """The first and the last second of a span of dates, since 1970."""
    first, last = (None if moment is None else int(moment.timestamp()) for moment in read_span(field, value, utc_now()))
    return first, last


def _seqs(value: str) -> tuple[int | None, int | None]:
    """The first and the last ``seq`` of a span of dates."""
    first, last = read_span("date", value, utc_now())
    least = None if first is None else seq_floor(first)
    return least, None if last is None else seq_floor(last) + SLOTS_PER_SECOND - 1


def selection(db: Database, query: Query, *, default_sort: str = "newest", match_too: str | None = None) -> Selection:
    """The SQL of a Query; with ``match_too``, only of what this FTS5 expression matches besides."""
    made = _Making(db, query)
    made.words(match_too)
    for each in query.narrowing:
        made.narrow(each)
    match = made.match()
    core, key = ("facts f", "f.seq") if match is None else ("articles_fts", "articles_fts.rowid")
    conditions = [condition.replace("{key}", key) for condition in made.conditions]
    if match is not None:
        conditions.insert(0, "articles_fts match :match")
        made.parameters["match"] = match
        if any("f." in condition for condition in conditions):
            core += f" cross join facts f on f.seq = {key}"
    where = " and ".join(conditions) or "true"
    if query.one_per_story:
        where += f" and {_earliest(core, where, key)}"
    sort = query.sort or default_sort
    return Selection(
        core=core,
        where=where,
        order=f"order by {key} {'asc' if sort == 'oldest' else 'desc'}",
        limit="limit :limit",
        parameters=made.parameters | {"limit": -1 if query.limit is None else min(query.limit, _MOST)},
        match=match,
        key=key,
    )


def _earliest(core: str, where: str, key: str) -> str:
    """No copy of the story that is found too came before."""
    return f"""not exists (
        select 1 from articles m cross join story_members mine on mine.article_id = m.id
            cross join story_members other on other.story = mine.story
            cross join articles o on o.id = other.article_id
        where m.seq = {key} and o.seq < {key}
            and exists (select 1 from {core} where {where} and {key} = o.seq))"""  # noqa: S608 (our own words)


class _Making:
    """The parts of a Selection as they come together."""

    def __init__(self, db: Database, query: Query) -> None:
        self._db = db
        self._query = query
        self._wanted: list[str] = []
        self._unwanted: list[str] = []
        #: With ``{key}`` where the seq is meant.
        self.conditions: list[str] = []
        self.parameters: dict[str, Any] = {}

    def words(self, match_too: str | None) -> None:
        """The text's words."""
        read = self._query.read
        if read.hopeless:
            self.conditions.append("false")
        if read.expression:
            (self._unwanted if read.negated else self._wanted).append(f"({read.expression})")
        if match_too:
            self._wanted.append(f"({match_too})")

    def match(self) -> str | None:
        """One FTS5 expression of all that the index has words for; None: nothing."""
        if not self._wanted and not self._unwanted:
            return None
        wanted = " AND ".join(self._wanted) or number_word(EVERY)
        return f"({wanted}) NOT ({' OR '.join(self._unwanted)})" if self._unwanted else wanted

    def narrow(self, each: Filter) -> None:
        """One filter."""
        if each.field in SPANS:
            self._any([self._span(each.field, value) for value in each.values], negated=each.negated)
        elif each.field == "words":
            self._any([self._size(value) for value in each.values], negated=each.negated)
        elif each.field == "story":
            self._any([self._story(value) for value in each.values], negated=each.negated)
        elif each.values != ("earliest",):
            self._valued(each)

    def _valued(self, each: Filter) -> None:
        expressions = [found for value in each.values for found in self.expressions(each.field, value)]
        if expressions:
            (self._unwanted if each.negated else self._wanted).append(f"({' OR '.join(expressions)})")
        elif not each.negated:
            self.conditions.append("false")

    def expressions(self, field: str, value: str) -> list[str]:
        """FTS5 expressions, any of which stands for the value; none: no article can have it."""
        if field == "is":
            return [number_word(_STATES[value])]
        value = sendable_text(value)
        if field == "author" and not value.startswith("="):
            return [f"(authors : {quoted(value)})"] if has_words(value) else []
        if field == "author":
            value = value[1:]
        return [number_word(id_) for id_ in self._ids(field, value)]

    def _ids(self, field: str, value: str) -> Iterable[int]:
        """Numbers of a value in any case: nocase knows only ASCII letters, the usual spellings make up for others."""
        value = value.strip()
        exact = field == "source"
        spellings = (
            [value] if exact else sorted({value, value.lower(), value.upper(), value.capitalize(), value.title()})
        )
        collate = "" if exact else "collate nocase"
        marks = ", ".join("?" * len(spellings))
        sql = f"select id from facet_values where field = ? and (value {collate} in ({marks})"  # noqa: S608 (marks)
        parameters = [field, *spellings]
        if field == "language":
            tag = value.replace("_", "-")
            sql += " or value collate nocase = ? or value like ?"
            parameters += [tag, f"{tag}-%"]
        return [id_ for (id_,) in self._db.execute(sql + ") order by id", parameters)]

    def _any(self, conditions: list[str], *, negated: bool) -> None:
        joined = " or ".join(conditions)
        self.conditions.append(f"not coalesce({joined}, false)" if negated else f"({joined})")

    def _span(self, field: str, value: str) -> str:
        if field == "date":
            return self._between("{key}", *_seqs(value))
        return self._between(f"f.{SPANS[field]}", *_seconds(field, value))

    def _size(self, value: str) -> str:
        return self._between("f.words", *read_numbers("words", value))

    def _between(self, column: str, least: int | None, most: int | None) -> str:
        parts = []
        for sign, bound in ((">=", least), ("<=", most)):
            if bound is not None:
                parts.append(f"{column} {sign} :{self._parameter(bound)}")
        return " and ".join(parts) or "true"

    def _story(self, value: str) -> str:
        name = self._parameter(sendable_text(value))
        copies = f"""
            select seq from articles where id = :{name} or id in (
                select other.article_id from story_members mine join story_members other using (story)
                where mine.article_id = :{name})"""  # noqa: S608 (a name of ours)
        return f"{{key}} in ({copies})"

    def _parameter(self, value: object) -> str:
        name = f"p{len(self.parameters)}"
        self.parameters[name] = value
        return name


def number_word(id_: int) -> str:
    """The FTS5 expression of the word that stands for a value."""
    return f'"{LETTER}{id_}"'
