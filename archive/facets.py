"""Query → how many of its articles have which values, and how many there are a day, week, month or year.

Nothing here touches the articles' own rows: values come from the narrow rows of ``facts``, days from ``seq`` alone.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
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
_FEW = 999  # parameters that any SQLite takes


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
    chosen = selection(db, query)
    single, several = any(name in SINGLE for name in fields), any(name in SEVERAL for name in fields)
    counts: dict[str, Counter[str]] = {name: Counter() for name in fields}
    missing: dict[str, int] = {}
    if single or several:
        columns = ", ".join(filter(None, ["f.one" if single else "", "f.many" if several else ""]))
        rows = db.execute(chosen.of_facts(columns), chosen.parameters).fetchall()
        total = len(rows)
        ids: Counter[str] = Counter()
        if single:
            for values, number in Counter(row[0] for row in rows).items():
                for id_ in values.split():
                    ids[id_] += number
        if several:
            ids.update(" ".join([row[-1] for row in rows]).split())
        for field, value, number in _named(db, ids):
            if field in counts:
                counts[field][value] += number
        missing = {name: total - sum(counts[name].values()) for name in fields if name in SINGLE}
    if {"year", "month"} & set(fields):
        days = _days(db, query)
        for name, length in (("year", 4), ("month", 7)):
            if name in counts:
                counts[name] = _by_prefix(days, length)
    return {name: _facet(name, counts[name], missing.get(name, 0), most) for name in fields}


def timeline_of(db: Database, query: Query, step: str = "month") -> list[tuple[date, int]]:
    """(first day, articles) of each day, week (from Monday), month or year between the first and the last article.

    Those without articles are there, with nought. The query's limit does not count. Raises BadQuery.
    """
    if step not in STEPS:
        raise BadQuery(f"timeline: {step!r} is unknown; write one of {', '.join(STEPS)}")
    counts: Counter[date] = Counter()
    for number, articles in _days(db, query).items():
        counts[_begin(_date(number), step)] += articles
    if not counts:
        return []
    line, begin, last = [], min(counts), max(counts)
    while begin <= last:
        line.append((begin, counts[begin]))
        if begin == last:
            break
        begin = _next(begin, step)
    return line


def _facet(name: str, counts: Counter[str], missing: int, most: int | None) -> Facet:
    timely = name in ("year", "month")
    ordered = sorted(counts.items(), key=(lambda pair: pair[0]) if timely else (lambda pair: (-pair[1], pair[0])))
    shown = ordered if timely or most is None else ordered[:most]
    rest = ordered[len(shown) :]
    return Facet(
        field=name,
        values=tuple(shown),
        missing=missing,
        others=len(rest),
        others_count=sum(number for _, number in rest),
        single=name not in SEVERAL,
    )


def _named(db: Database, ids: Counter[str]) -> Iterable[tuple[str, str, int]]:
    """(field, value, number) of what stands in ``facts``."""
    numbers = {int(id_.removeprefix(LETTER)): number for id_, number in ids.items()}
    if len(numbers) > 20 * _FEW:  # cheaper to read all names than to look up so many
        for id_, field, value in db.execute("select id, field, value from facet_values"):
            if id_ in numbers:
                yield field, value, numbers[id_]
        return
    wanted = list(numbers)
    for at in range(0, len(wanted), _FEW):
        some = wanted[at : at + _FEW]
        marks = ", ".join("?" * len(some))
        sql = f"select id, field, value from facet_values where id in ({marks})"  # noqa: S608 (marks alone)
        for id_, field, value in db.execute(sql, some):
            yield field, value, numbers[id_]


def _days(db: Database, query: Query) -> Counter[int]:
    """Day since 1970 → articles."""
    chosen = selection(db, query)
    rows = db.execute(chosen.of_keys(f"({chosen.key} - {_DAY} * ({chosen.key} < 0) + ({chosen.key} < 0)) / {_DAY}"),
                      chosen.parameters)  # fmt: skip
    return Counter(number for (number,) in rows)


def _date(number: int) -> date:
    return _EPOCH + timedelta(days=number)


def _by_prefix(days: Counter[int], length: int) -> Counter[str]:
    counts: Counter[str] = Counter()
    for number, articles in days.items():
        counts[_date(number).isoformat()[:length]] += articles
    return counts


def _begin(day: date, step: str) -> date:
    if step == "week":
        return day - timedelta(days=min(day.weekday(), (day - date.min).days))
    if step == "month":
        return day.replace(day=1)
    return day.replace(month=1, day=1) if step == "year" else day


def _next(begin: date, step: str) -> date:
    if step in ("day", "week"):
        return begin + timedelta(days=1 if step == "day" else 7)
    month = begin.month % 12 + 1 if step == "month" else 1
    return date(begin.year + (month == 1), month, 1)
