"""A search → what would narrow it, or widen it again, each as a link to the search that it would be."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from markupsafe import Markup

from archive.fields import Filter
from archive.query import Query
from archive.reading import Archive
from archive.search import Hits
from archive.web.layout import plainly
from archive.web.links import facet_filter, in_order, search_url, with_filter, with_span, without_filter
from archive.web.timeline import MOST, bars_of, draw, label

#: Counted on the page, in its order; the timeline stands for years and months.
_FIELDS = ("source", "section", "author", "tag", "language", "type", "access")
_VALUES = 8
#: Filters shown as chips; a query with more is changed in the box.
_CHIPS = 40
#: Characters that a page has for addresses that hold the whole query: the longer it is, the fewer links there are.
_ADDRESSES = 30_000
_STATES = {
    "revised": ("changed since", "never changed"),
    "gone": ("removed from their site", "still on their site"),
    "earliest": ("the first copy of each story", ""),
}
#: Filters that are tried to be done without, where nothing is found.
_TRIED = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """A word that leads to another search."""

    words: str
    url: str
    count: int | None = None
    #: It is what the search has now; the link takes it away.
    on: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Timeline:
    """When the articles are from."""

    picture: Markup
    #: Of what it shows, in words.
    first: str
    last: str


def _room(query: Query) -> int:
    """How many links there is room for."""
    return _ADDRESSES // len(search_url(query))


def chips(query: Query) -> Iterator[Link]:
    """The filters that narrow the search; each leads to it without itself, or nowhere where there is no room."""
    room = _room(query) // 4
    for n, each in enumerate(query.narrowing[:_CHIPS]):
        yield Link(words=plainly(each.spelling), url=search_url(without_filter(query, each)) if n < room else "")


def facet_lists(hits: Hits, query: Query) -> Iterator[dict[str, object]]:
    """Of each field the commonest values, each with how many articles the search has of it."""
    most = min(_VALUES, _room(query) // (3 * len(_FIELDS)))
    for name, facet in hits.facets(_FIELDS, most=most).items() if most else ():
        links = []
        for value, number in facet.values:
            filter_ = facet_filter(name, value)
            if filter_ not in query.narrowing and value.strip():
                links.append(Link(words=plainly(value), url=search_url(with_filter(query, filter_)), count=number))
        if links:
            yield {"name": name, "links": links, "others": facet.others, "missing": facet.missing}


def states(query: Query) -> Iterator[Link]:
    """What articles can be: with it, without it; where there is room."""
    for state, (has, has_not) in _STATES.items() if _room(query) > _CHIPS else ():
        for words, negated in ((has, False), (has_not, True)):
            filter_ = Filter("is", (state,), negated=negated)
            on = filter_ in query.narrowing
            if words:
                other = replace(filter_, negated=not negated)
                changed = without_filter(query, filter_ if on else other)
                yield Link(words=words, url=search_url(changed if on else with_filter(changed, filter_)), on=on)


def timeline(hits: Hits, query: Query) -> Timeline | None:
    """The picture; None where it would have one bar, or more than there is room for."""
    most = min(MOST, 3 * _room(query) // 4)
    step, bars = bars_of(hits.timeline("day"), most)
    if not 2 <= len(bars) <= most:
        return None
    drawn = draw(bars, step, lambda bar: search_url(with_span(query, bar.span)))
    return Timeline(picture=drawn, first=label(bars[0], step), last=label(bars[-1], step))


def orders(query: Query) -> Iterator[Link]:
    """The orders that it can be in."""
    now = query.sort or "newest"
    for name in ("newest", "oldest", "relevance"):
        if name != "relevance" or query.text:
            words = {"relevance": "most relevant"}.get(name, name)
            yield Link(words=words, url=search_url(in_order(query, None if name == "newest" else name)), on=name == now)


def wider(archive: Archive, query: Query) -> Iterator[Link]:
    """With one filter less, or any of the words: searches near this one that find something."""
    near = [(f"without {each.spelling}", without_filter(query, each)) for each in query.narrowing[:_TRIED]]
    words = query.text.split()
    if 1 < len(words) <= _TRIED and all(word.isalnum() for word in words):
        near.append(("with any of the words", replace(query, text=" OR ".join(words))))
    for told, searched in near:
        if number := archive.count(searched):
            yield Link(words=plainly(told), url=search_url(searched), count=number)
