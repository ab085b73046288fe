"""Query → how many of its articles have which values, and how many there are a day, week, month or year.

Nothing here touches the articles' own rows: values come from the narrow rows of ``facts``, days from ``seq`` alone.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from heapq import nlargest
from typing import TYPE_CHECKING, Literal, get_args

from archive.errors import BadQuery
from archive.facts import LETTER, SEVERAL, SINGLE
from archive.query import Query
from archive.selection import selection
from archive.seq import SLOTS_PER_SECOND

if TYPE_CHECKING:
    from sqlite_utils import Database

Step = Literal["day", "week", "month", "year"]
STEPS: tuple[str, ...] = get_args(Step)
#: What can be counted. ``year`` and ``month`` are those of the date that orders the archive.
FACETS: tuple[str, ...] = ("source", "section", "tag", "author", "language", "access", "type", "year", "month")

_DAY = 86_400 * SLOTS_PER_SECOND
_EPOCH = date(1970, 1, 1)
#: The day of a ``seq``, also of one before 1970.
_DAY_OF = f"({{key}} - {_DAY} * ({{key}} < 0) + ({{key}} < 0)) / {_DAY}"
#: Articles of which SQLite joins the values to one text; its longest text would hold those of ten million.
_AT_ONCE = 200_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Facet:
    """The values of one field among the articles that a Query finds."""

    field: str
    #: (value, articles that have it), the commonest first; years and months in their order.
    values: tuple[tuple[str, int], ...]
    #: Articles that have no value; 0 where an article can have several.
    missing: int
    #: Different values that are not among ``values``, which are the commonest, and how often they come together.
    others: int
    others_count: int
    #: False: an article can have several values, so the counts can sum up to more than there are articles.
    single: bool

    @property
    def sum(self) -> int:
        """All counts together: where ``single``, the number of articles."""
        return sum(number for _, number in self.values) + self.others_count + self.missing


def facets_of(db: Database, query: Query, fields: Sequence[str] = FACETS, *, most: int | None = 10) -> dict[str, Facet]:
    """Field → the ``most`` common values of each, None: all. The query's limit does not count. Raises BadQuery."""
    unknown = [name for name in fields if name not in FACETS]
    if unknown:
        raise BadQuery(f"{unknown[0]!r} cannot be counted; name some of {', '.join(FACETS)}")
    counts: dict[str, Counter[str]] = {name: Counter() for name in fields}
    single, several = any(name in SINGLE for name in fields), any(name in SEVERAL for name in fields)
    wanted = " || ' ' || ".join(["f.one"] * single + ["f.many"] * several)
    total, ids, days = _tallies(db, query, wanted, days=bool({"year", "month"} & set(fields)))
    del ids[""]  # of articles without tags and authors
    for field, numbers in _by_field(db, ids).items():
        if field in counts:
            counts[field] = numbers
    for name, length in (("year", 4), ("month", 7)):
        if name in counts:
            counts[name] = _by_prefix(days, length)
    return {name: _facet(db, name, counts[name], total, most) for name in fields}


def timeline_of(db: Database, query: Query, step: str = "month") -> list[tuple[date, int]]:
    """(first day, articles) of each day, week (from Monday), month or year between the first and the last article.

    Those without articles are there, with nought. The query's limit does not count. Raises BadQuery.
    """
    if step not in STEPS:
        raise BadQuery(f"timeline: {step!r} is unknown; write one of {', '.join(STEPS)}")
    counts: Counter[date] = Counter()
    for day, articles in day_counts(db, query).items():
        counts[begin_of(day, step)] += articles
    if not counts:
        return []
    line, begin, last = [], min(counts), max(counts)
    while begin <= last:
        line.append((begin, counts[begin]))
        if begin == last:
            break
        begin = next_of(begin, step)
    return line


def _facet(db: Database, name: str, counts: Counter[str], total: int, most: int | None) -> Facet:
    """The facet of a field, from how often there is what stands for each value."""
    if name in ("year", "month"):
        shown = sorted(counts.items())
    else:
        least = min(nlargest(most, counts.values())) if most and counts else 1
        common = {id_: number for id_, number in counts.items() if number >= least}
        shown = sorted(_named(db, common), key=lambda pair: (-pair[1], pair[0]))[:most]
    shown_count, every = sum(number for _, number in shown), counts.total()
    return Facet(
        field=name,
        values=tuple(shown),
        missing=total - every if name in SINGLE else 0,
        others=len(counts) - len(shown),
        others_count=every - shown_count,
        single=name not in SEVERAL,
    )


def _tallies(db: Database, query: Query, wanted: str, *, days: bool) -> tuple[int, Counter[str], Counter[str]]:
    """How many articles there are, how often each word of the wanted facts, and how often each day since 1970.

    SQLite joins what a hundred thousand articles have to one text: to hand over row by row takes three times as long.
    """
    chosen = selection(db, query)
    columns = [f"{wanted or 'null'} as facts", f"{_DAY_OF.format(key=chosen.key) if days else 'null'} as day"]
    total, after = 0, None
    words: Counter[str] = Counter()
    dates: Counter[str] = Counter()
    while True:
        rows = chosen.ascending(columns, after=after)
        found, after, facts, day = db.execute(
            "select count(*), max(seq), group_concat(facts, ' '), group_concat(day, ' ')"  # noqa: S608 (our own words)
            f" from ({rows} limit {_AT_ONCE})",
            chosen.parameters | {"after": after},
        ).fetchone()
        total += found
        words.update(facts.split(" ") if facts else ())
        dates.update(day.split(" ") if day else ())
        if found < _AT_ONCE:
            return total, words, dates


def _by_field(db: Database, ids: Counter[str]) -> dict[str, Counter[str]]:
    """Field → how often there is what stands for each of its values."""
    known = json.dumps([int(id_.removeprefix(LETTER)) for id_ in ids])
    sql = """
        select v.field, group_concat(v.id, ' ') from json_each(?) j cross join facet_values v on v.id = j.value
        where field <> 'is' group by field"""
    return {
        field: Counter({id_: ids[id_] for id_ in (LETTER + number for number in listed.split(" "))})
        for field, listed in db.execute(sql, [known])
    }


def _named(db: Database, numbers: Mapping[str, int]) -> Iterable[tuple[str, int]]:
    """Value and number, for what stands for the value and number."""
    known = json.dumps([int(id_.removeprefix(LETTER)) for id_ in numbers])
    sql = "select v.id, v.value from json_each(?) j cross join facet_values v on v.id = j.value"
    for id_, value in db.execute(sql, [known]):
        yield value, numbers[f"{LETTER}{id_}"]


def day_counts(db: Database, query: Query) -> dict[date, int]:
    """Day → articles, of the days that have any. The query's limit does not count."""
    return {_date(day): number for day, number in _tallies(db, query, "", days=True)[2].items()}


def _date(number: str) -> date:
    return _EPOCH + timedelta(days=int(number))


def _by_prefix(days: Counter[str], length: int) -> Counter[str]:
    counts: Counter[str] = Counter()
    for day, articles in days.items():
        counts[_date(day).isoformat()[:length]] += articles
    return counts


def begin_of(day: date, step: str) -> date:
    """The first day of the step that a day is in."""
    if step == "week":
        return day - timedelta(days=min(day.weekday(), (day - date.min).days))
    if step == "month":
        return day.replace(day=1)
    return day.replace(month=1, day=1) if step == "year" else day


def next_of(begin: date, step: str) -> date:
    """The first day of the next step."""
    if step in ("day", "week"):
        return begin + timedelta(days=1 if step == "day" else 7)
    month = begin.month % 12 + 1 if step == "month" else 1
    return date(begin.year + (month == 1), month, 1)


def last_of(begin: date, step: str) -> date:
    """The last day of the step that begins then."""
    try:
        return next_of(begin, step) - timedelta(days=1)
    except (ValueError, OverflowError):  # the last year that there is
        return date.max
