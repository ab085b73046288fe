"""One Query: what search, count, facets, timeline and export all take, so that they always agree."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, fields
from datetime import date, datetime
from typing import Any, Literal, get_args

from archive.errors import BadQuery
from archive.fields import (
    FIELDS,
    SPANS,
    VALUES,
    Filter,
    checked,
    field_named,
    read_numbers,
    read_span,
    written_numbers,
    written_span,
)
from archive.times import utc_now
from archive.when import span_of
from archive.words import Understood, understand

#: ``newest`` and ``oldest``: by ``published_at``, or ``first_seen_at`` for what has no date.
Sort = Literal["newest", "oldest", "relevance"]
SORTS: tuple[str, ...] = get_args(Sort)

#: One value, or several of which any will do; a tuple once the Query is made.
Values = str | Sequence[str] | None
#: ``2026-10..2026-11`` and the like, or first and last; the former once the Query is made.
Dates = str | date | tuple[str | date | None, str | date | None] | None
#: ``>300``, ``300..500`` and the like, or least and most; the former once the Query is made.
Sizes = str | int | tuple[int | None, int | None] | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Query:
    """Which articles, in which order. A filter left out does not narrow anything; all that are given must be true.

    ``Query(text='harbour "third round"', source=["gazette", "kurir"], since="2026-11", without={"tag": "sport"})``, or
    the same typed: ``Query.parse('harbour "third round" source:gazette,kurir date:2026-11.. -tag:sport')``. Raises
    BadQuery for a filter that cannot be understood; ``text`` is always understood, see ``understood``.
    """

    #: Words, "phrases", AND OR NOT, (groups), prefix*, NEAR(a b, 5), title:word: the language is in archive/words.py.
    text: str = ""
    #: Name of a source, as in sources.toml.
    source: Values = None
    #: The whole name of a section, in any case.
    section: Values = None
    #: A whole tag, in any case.
    tag: Values = None
    #: Language tag; ``en`` is also ``en-GB``.
    language: Values = None
    #: ``free``, ``metered``, ``paywalled`` or ``unknown``.
    access: Values = None
    #: schema.org type, such as ``OpinionNewsArticle``, in any case.
    type: Values = None
    #: Words of an author's name, side by side; case and accents do not matter. After ``=``: the whole name.
    author: Values = None
    #: From the first second of this day, month, year or instant: a datetime once the Query is made.
    since: str | date | None = None
    #: Up to the last second of this day, month, year or instant, included: a datetime once the Query is made.
    until: str | date | None = None
    #: When it was published; what has no date is not found.
    published: Dates = None
    #: When it was last changed, as the publisher says.
    modified: Dates = None
    #: When it was first fetched.
    first_seen: Dates = None
    #: When it was last found on the site.
    last_seen: Dates = None
    #: When the page that the present text was read from was fetched.
    retrieved: Dates = None
    #: How many words it has.
    words: Sizes = None
    #: True: only what has had another text before; False: only what has not.
    revised: bool | None = None
    #: True: only what the site has removed; False: only what it has not, as far as known.
    gone: bool | None = None
    #: Id of an article: it and the other copies of its story.
    story: str | None = None
    #: True: of each story among what is found only the copy that came first.
    one_per_story: bool = False
    #: Filters that must not be true: ``{"tag": "sport", "author": ["Ana Li"]}``; tuples once the Query is made.
    without: Mapping[str, Values] | tuple[Filter, ...] = ()
    #: Further filters that must be true too: ``{"tag": "harbour"}`` beside ``tag="union"`` finds what has both.
    also: Mapping[str, Values] | tuple[Filter, ...] = ()
    #: None: newest first in a list, oldest first in an export. ``relevance`` without words is ``newest``.
    sort: Sort | None = None
    #: At most so many, the first in that order; None: all.
    limit: int | None = None
    #: How ``text`` was read.
    read: Understood = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Check the filters, and bring each into the one way to write it."""
        now = utc_now()
        for name in VALUES:
            values = _checked_values(name, getattr(self, name), now)
            object.__setattr__(self, name, values or None)
        first = None if self.since is None else span_of(self.since, name="since", now=now)[0]
        last = None if self.until is None else span_of(self.until, name="until", now=now)[1]
        if first and last and first > last:
            raise BadQuery(f"since ({first:%Y-%m-%d %H:%M}) is later than until ({last:%Y-%m-%d %H:%M})")
        object.__setattr__(self, "since", first)
        object.__setattr__(self, "until", last)
        for name in _DATES:
            object.__setattr__(self, name, _span(name, getattr(self, name), now))
        object.__setattr__(self, "words", _sizes(self.words))
        if self.sort is not None and self.sort not in SORTS:
            raise BadQuery(f"sort: {self.sort!r} is unknown; write one of {', '.join(SORTS)}")
        if self.limit is not None and self.limit < 1:
            raise BadQuery(f"limit: {self.limit} is too small; write 1 or more, or leave it out for all")
        if self.story is not None:
            object.__setattr__(self, "story", checked("story", self.story, now))
        object.__setattr__(self, "without", _filters(self.without, now, negated=True))
        object.__setattr__(self, "also", _filters(self.also, now, negated=False))
        object.__setattr__(self, "read", understand(self.text))

    @classmethod
    def parse(cls, text: str, **further: Any) -> Query:
        """The Query that a person typed: words and filters. Raises BadQuery, which tells the place.

        ``source:gazette author:"Ana Li" date:2026-10..2026-11 words:>300 is:revised -tag:sport "third round" OR har*``.
        What is given in ``further`` narrows it besides, as when it were typed behind.
        """
        from archive.typed import read_typed

        given = {name: value for name, value in further.items() if value is not None}
        unknown = given.keys() - {f.name for f in fields(cls) if f.init and f.name != "text"}
        if unknown:
            raise BadQuery(f"there is no filter {', '.join(sorted(unknown))}")
        words, filters = read_typed(text)
        return combined(words, [*filters, *cls(**given).filters])

    @property
    def spelling(self) -> str:
        """The one way to type this Query: ``parse`` makes the same Query of it."""
        order = [f"sort:{self.sort}"] if self.sort else []
        order += [f"limit:{self.limit}"] if self.limit else []
        told = '"?"' if self.read.hopeless else self.understood
        return " ".join(filter(None, [*(each.spelling for each in self.narrowing), *order, told]))

    def __str__(self) -> str:
        return self.spelling

    @property
    def understood(self) -> str:
        """The text as it was read, in the words one would type for it."""
        return self.read.spelling

    @property
    def narrowing(self) -> tuple[Filter, ...]:
        """All filters, in the order of the canonical spelling; not sort and limit."""
        found = [Filter(name, values) for name in VALUES if (values := getattr(self, name))]
        if self.first or self.last:
            found.append(Filter("date", (written_span((self.first, self.last)),)))
        found += [Filter(name.replace("_", "-"), (value,)) for name in _DATES if (value := getattr(self, name))]
        found += [Filter("words", (str(self.words),))] if self.words else []
        for name in ("revised", "gone"):
            wanted = getattr(self, name)
            found += [] if wanted is None else [Filter("is", (name,), negated=not wanted)]
        found += [Filter("is", ("earliest",))] if self.one_per_story else []
        found += [Filter("story", (self.story,))] if self.story else []
        assert isinstance(self.also, tuple) and isinstance(self.without, tuple)
        found += [*self.also, *self.without]
        return tuple(sorted(dict.fromkeys(found), key=lambda each: (FIELDS.index(each.field), each)))

    @property
    def filters(self) -> tuple[Filter, ...]:
        """All filters, with sort and limit."""
        order = [Filter("sort", (self.sort,))] if self.sort else []
        return (*self.narrowing, *order, *([Filter("limit", (str(self.limit),))] if self.limit else []))

    @property
    def first(self) -> datetime | None:
        """``since`` as the instant that it became."""
        return self.since if isinstance(self.since, datetime) else None

    @property
    def last(self) -> datetime | None:
        """``until`` as the instant that it became, itself included."""
        return self.until if isinstance(self.until, datetime) else None


_DATES = tuple(name.replace("-", "_") for name in SPANS if name != "date")


def combined(text: str, filters: Iterable[Filter]) -> Query:
    """The Query of a text and filters, each of which narrows it. Of sort and limit the last one counts."""
    given: dict[str, Any] = {"text": text}
    also: list[Filter] = []
    without: list[Filter] = []
    for each in dict.fromkeys(filters):
        name, (value, *more) = each.field, each.values
        flag = {"revised": "revised", "gone": "gone", "earliest": "one_per_story"}.get(value) if name == "is" else None
        keyword = name.replace("-", "_")
        if name == "limit":
            given["limit"] = int(value)
        elif name == "sort":
            given["sort"] = value
        elif flag and not more and flag not in given:
            given[flag] = not each.negated
        elif name == "date" and not more and not each.negated and not {"since", "until"} & given.keys():
            given["since"], given["until"] = read_span("date", value, utc_now())
        elif each.negated:
            without.append(each)
        elif name in VALUES and keyword not in given:
            given[keyword] = each.values
        elif keyword in (*_DATES, "words", "story") and not more and keyword not in given:
            given[keyword] = value
        else:
            also.append(each)
    return Query(**given, also=tuple(also), without=tuple(without))


def _checked_values(name: str, values: Values, now: datetime) -> tuple[str, ...]:
    if values is None:
        return ()
    given = (values,) if isinstance(values, str) else tuple(values)
    if not given:
        raise BadQuery(f"{name}: a value is missing; leave the filter out to find any")
    for value in given:
        if not isinstance(value, str):
            raise BadQuery(f"{name}: {value!r} is no text")
    return tuple(dict.fromkeys(checked(name, value, now) for value in given))


def _filters(given: Mapping[str, Values] | tuple[Filter, ...], now: datetime, *, negated: bool) -> tuple[Filter, ...]:
    """Filters by name, or made already, each checked, in order."""
    pairs = given.items() if isinstance(given, Mapping) else [(each.field, each.values) for each in given]
    made = []
    for name, values in pairs:
        known = field_named(name)
        if known is None or known in ("sort", "limit"):
            raise BadQuery(f"there is no filter {name}; there are {', '.join(FIELDS[:-2])}")
        if checked_ := _checked_values(known, values, now):
            made.append(Filter(known, tuple(sorted(checked_)), negated=negated))
    return tuple(sorted(set(made)))


def _span(name: str, value: Dates, now: datetime) -> str | None:
    if value is None:
        return None
    field_ = name.replace("_", "-")
    if isinstance(value, tuple):
        first, last = (None if each is None else span_of(each, name=field_, now=now) for each in value)
        return written_span(read_span(field_, written_span((first and first[0], last and last[1])), now))
    span = read_span(field_, value, now) if isinstance(value, str) else span_of(value, name=field_, now=now)
    return written_span(span)


def _sizes(value: Sizes) -> str | None:
    if value is None:
        return None
    if isinstance(value, int):
        value = (value, value)
    return written_numbers(read_numbers("words", value if isinstance(value, str) else written_numbers(value)))
