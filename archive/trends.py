"""Several queries over one time axis → how many articles of each there are in every day, week, month or year.

Where there is a bitmap index, it counts the days of any query, in some milliseconds. Without, what is few, or is looked
up article by article, is counted in one walk over all of it; and what is many and has words in the index for all of it,
step by step: FTS5 skips to a range of ``seq`` and counts there without touching a row, so a word that 300,000 articles
have costs some tens of milliseconds, and so do all articles.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import TYPE_CHECKING

from archive.bitmapped import index_of, one_instant
from archive.errors import BadQuery
from archive.facets import STEPS, begin_of, day_counts, facets_of, last_of, next_of
from archive.facts import EVERY
from archive.fields import Filter
from archive.query import Query, combined
from archive.search import count
from archive.selection import Selection, number_word, selection
from archive.seq import SLOTS_PER_SECOND, day_of, seq_floor
from archive.times import utc_now
from archive.when import days_between

if TYPE_CHECKING:
    from sqlite_utils import Database

#: Hits up to which one walk over them is quicker than a look at each step (2 µs a hit, 0.2 ms a step).
_WALKED = 20_000
#: Hits above which a query that must be looked up article by article is not counted unasked, as on the search page.
MOST_LOOKED_UP = 100_000
_EPOCH = date(1970, 1, 1).toordinal()
Span = tuple[date, date]


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One query, of one source or of all, over the axis."""

    #: What finds the articles of the line; without order and limit, which say nothing of a number.
    query: Query
    #: Number of the query among those asked; lines of one query over several sources share it.
    number: int
    #: None: of all sources.
    source: str | None
    #: Articles, whatever the axis shows.
    total: int
    #: Articles of each step; None: they are too many to be looked up unasked.
    counts: tuple[int, ...] | None
    #: All articles of each step, of the source if there is one, whatever the query; None: not asked for.
    every: tuple[int, ...] | None

    @property
    def outside(self) -> int:
        """Articles that lie before or behind the axis."""
        return 0 if self.counts is None else self.total - sum(self.counts)

    def reaches(self, span: Span) -> bool:
        """Whether the query asks for any of these days at all."""
        first, last = _clipped(self.query, span)
        return first <= last

    def share(self, n: int) -> float | None:
        """Of all articles of a step, the part that the query finds; None: there are no articles, or none was asked."""
        if self.counts is None or self.every is None or not self.every[n]:
            return None
        return self.counts[n] / self.every[n]


@dataclass(frozen=True, slots=True, kw_only=True)
class Trends:
    """Lines over one axis."""

    #: ``day``, ``week``, ``month`` or ``year``.
    step: str
    #: True: the step that was wished for would have been too many; this is the next longer that fits.
    coarser: bool
    #: First and last day of each step, without a gap; empty: nothing was found.
    spans: tuple[Span, ...]
    lines: tuple[Line, ...]


def plain_query(query: Query) -> Query:
    """The query without its order and its limit."""
    return replace(query, sort=None, limit=None)


def within_days(query: Query, span: Span) -> Query:
    """The query narrowed to some days, besides the time that it is narrowed to already."""
    first, last = _clipped(query, span)
    return replace(query, since=first, until=last)


def _clipped(query: Query, span: Span) -> tuple[datetime, datetime]:
    first, last = days_between(*span)
    return max(query.first or first, first), min(query.last or last, last)


def trends_of(
    db: Database,
    queries: Sequence[Query],
    *,
    step: str | None = None,
    sources: Sequence[str] | None = None,
    share: bool = False,
    most: int = 400,
    every: bool = False,
) -> Trends:
    """The lines of queries, one each; with ``sources``, one for each of these; all of one instant. Raises BadQuery.

    ``step``: as long as that, or longer if the axis would have more than ``most`` steps; None: the shortest that has
    no more, or twice as many months, for a year would be twelve times as long. ``every``: count also what takes long.
    """
    if step is not None and step not in STEPS:
        raise BadQuery(f"by: {step[:80]!r} is unknown; write one of {', '.join(STEPS)}")
    wanted = [
        (number, source, plain_query(query if source is None else _of_source(query, source)))
        for number, query in enumerate(queries)
        for source in (sources if sources is not None else [None])
    ]
    with one_instant(db):
        return _trends(db, wanted, step=step, share=share, most=most, every=every)


def _trends(
    db: Database,
    wanted: Sequence[tuple[int, str | None, Query]],
    *,
    step: str | None,
    share: bool,
    most: int,
    every: bool,
) -> Trends:
    asked = [(number, source, _Asked(db, query, every=every)) for number, source, query in wanted]
    chosen, spans = axis([each.span for _, _, each in asked if each.span], step=step, most=most)
    bases: dict[tuple[str | None, datetime | None, datetime | None], tuple[int, ...]] = {}
    lines = []
    for number, source, each in asked:
        base = (source, each.query.first, each.query.last)
        if share and base not in bases:
            bases[base] = _every(db, *base).counts(spans) or ()
        lines.append(
            Line(
                query=each.query,
                number=number,
                source=source,
                total=each.total,
                counts=each.counts(spans),
                every=bases[base] if share else None,
            )
        )
    coarser = step is not None and STEPS.index(chosen) > STEPS.index(step)
    return Trends(step=chosen, coarser=coarser, spans=spans, lines=tuple(lines))


def axis(spans: Iterable[Span], *, step: str | None, most: int) -> tuple[str, tuple[Span, ...]]:
    """First and last days of lines → the step, and the spans of all steps from the earliest to the latest.

    Where even years are more than ``most``, the last ones up to next year: one page that dates itself 9999 must not
    push all others together.
    """
    ends = list(spans)
    if not ends:
        return step or "month", ()
    first, last = min(begin for begin, _ in ends), max(end for _, end in ends)
    for chosen in STEPS[STEPS.index(step or "day") :]:
        room = 2 * most if step is None and chosen == "month" else most
        found = _spans(first, last, chosen, room)
        if len(found) <= room:
            return chosen, found
    latest = min(last.year, max(utc_now().year + 1, first.year))
    earliest = max(first.year, latest - most + 1)
    return "year", tuple((date(year, 1, 1), date(year, 12, 31)) for year in range(earliest, latest + 1))


def _spans(first: date, last: date, step: str, most: int) -> tuple[Span, ...]:
    """The spans of the steps, or of the first that are too many."""
    found: list[Span] = []
    begin = begin_of(first, step)
    while begin <= last and len(found) <= most:
        end = last_of(begin, step)
        found.append((begin, end))
        if end >= last:
            break
        begin = next_of(begin, step)
    return tuple(found)


def _of_source(query: Query, source: str) -> Query:
    return combined(query.understood, [*query.filters, Filter("source", (source,))])


def _every(db: Database, source: str | None, first: datetime | None, last: datetime | None) -> _Asked:
    return _Asked(db, Query(source=source, since=first, until=last), every=True)


class _Asked:
    """A query, how many articles it has, and from when to when they are."""

    def __init__(self, db: Database, query: Query, *, every: bool) -> None:
        self._db = db
        self.query = query
        self.total = count(db, query)
        # The range of seq is not part of it: each step brings its own.
        self._chosen = _indexed(db, replace(query, since=None, until=None))
        beginnings = '" *' in (query.read.expression or "")  # FTS5 gathers all words of a beginning at each look
        skips = self._chosen.core == "articles_fts" and not query.one_per_story and not beginnings
        pictured = is_pictured(db, query)
        self._too_many = not (every or skips or pictured) and self.total > MOST_LOOKED_UP
        walks = not self._too_many and (pictured or not skips or self.total <= _WALKED)
        self._days = sorted(day_counts(db, query).items()) if walks else None
        self.span = self._span()

    def counts(self, spans: Sequence[Span]) -> tuple[int, ...] | None:
        """Articles of each span, which follow one another; None: they are too many to be looked up."""
        if self._too_many:
            return None
        if self._days is not None:
            return _summed(self._days, spans)
        return tuple(self._between(span) for span in spans)

    def _span(self) -> Span | None:
        """Days of the first and the last article; None: there is none, or it is not looked for."""
        if self._too_many or not self.total:
            return None
        if self._days is not None:
            return self._days[0][0], self._days[-1][0]
        return self._end("asc"), self._end("desc")

    def _end(self, direction: str) -> date:
        chosen = _indexed(self._db, self.query)
        sql = f"{chosen.of_keys(chosen.key)} order by {chosen.key} {direction} limit 1"
        (seq,) = self._db.execute(sql, chosen.parameters).fetchone()
        return date.fromordinal(_EPOCH + day_of(seq))

    def _between(self, span: Span) -> int:
        first, last = _clipped(self.query, span)
        if first > last:
            return 0
        keys = {"least": seq_floor(first), "most": seq_floor(last) + SLOTS_PER_SECOND - 1}
        sql = f"{self._chosen.of_keys('count(*)')} and {self._chosen.key} between :least and :most"
        (number,) = self._db.execute(sql, self._chosen.parameters | keys).fetchone()
        return int(number)


def _summed(days: Sequence[tuple[date, int]], spans: Sequence[Span]) -> tuple[int, ...]:
    """Counts of days, in order, as those of spans."""
    ends = [last for _, last in spans]
    sums = [0] * len(spans)
    for day, number in days:
        n = bisect_left(ends, day)
        if n < len(spans) and day >= spans[n][0]:
            sums[n] += number
    return tuple(sums)


def is_pictured(db: Database, query: Query) -> bool:
    """Whether a query is counted by the bitmap index, in some milliseconds however many it finds."""
    with one_instant(db):
        return not query.one_per_story and index_of(db) is not None


def _indexed(db: Database, query: Query) -> Selection:
    """The selection of a query; of all articles by way of the index, which counts them quicker than their rows."""
    chosen = selection(db, query)
    if chosen.match is None and "f." not in chosen.where.replace("f.seq", ""):
        return selection(db, query, match_too=number_word(EVERY))
    return chosen


def writing_most(db: Database, queries: Sequence[Query], most: int) -> tuple[list[str], int, bool]:
    """Sources with most of the queries' articles, how many sources there are, and whether the articles were counted.

    False: these are so many that the sources with most articles of any kind were taken.
    """
    plain = [plain_query(query) for query in queries]
    if all(is_pictured(db, query) for query in plain) or sum(count(db, query) for query in plain) <= MOST_LOOKED_UP:
        sums: Counter[str] = Counter()
        for query in plain:
            sums.update(dict(facets_of(db, query, ["source"], most=None)["source"].values))
        return _first(sums, most), len(sums), True
    sizes = Counter(dict(db.execute("select source, count(*) from articles group by source")))
    named = {name for query in plain if query.source for name in query.source}
    kept = Counter({name: number for name, number in sizes.items() if not named or name in named})
    return _first(kept, most), len(kept), False


def _first(sums: Counter[str], most: int) -> list[str]:
    return sorted(sums, key=lambda name: (-sums[name], name))[:most]
