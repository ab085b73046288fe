"""The search page: a typed query in; hits, what they have in common, and when they are from, out."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from markupsafe import Markup

from archive.errors import BadQuery
from archive.facets import Facet
from archive.fields import Filter
from archive.query import Query
from archive.reading import Archive
from archive.record import plain
from archive.search import Hit, Hits
from archive.web.asked import Answer, Asked, as_json, elsewhere
from archive.web.layout import MARKS, page, plainly
from archive.web.links import (
    facet_filter,
    in_order,
    search_url,
    with_filter,
    with_span,
    without_filter,
    without_span,
)
from archive.web.timeline import bars_of, draw, label

_HITS = 20
#: Counted on the page, in its order; the timeline stands for years and months.
_FIELDS = ("source", "section", "tag", "author", "language", "access", "type")
_VALUES = 8
#: Hits up to which facets and timeline are counted unasked (measured: 0.4 s); a million take some seconds.
_COUNTED = 100_000
#: Characters of a query that a page takes: each of its links holds it.
_LONGEST = 2000
#: What a form's fields besides the box mean in the query language.
_FORM = ("date", "since", "until", "is", "sort")
#: Fields of an article that JSON has of each hit; the rest is at its own address.
_TOLD = ("id", "source", "url", "title", "authors", "published_at", "published_precision", "first_seen_at", "section",
         "tags", "language", "access", "type", "word_count", "revision", "story")  # fmt: skip
SAVES = ((".csv", "CSV"), (".jsonl", "JSON Lines"), (".md.zip", "Markdown"), (".bib", "BibTeX"), (".ris", "RIS"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """A word that leads to another search."""

    words: str
    url: str
    count: int | None = None


def show(archive: Archive, wanted: Asked) -> Answer:
    """A page of hits, or of JSON. What cannot be understood is shown with its place marked."""
    try:
        query = asked_query(wanted)
        if form := _from_form(wanted, query):
            return elsewhere(search_url(form))
        hits = archive.search(replace(query, limit=min(query.limit or _HITS, _HITS)), marks=MARKS,
                              after=wanted.wishes.get("after") or None)  # fmt: skip
        if wanted.ending == "json":
            return _as_json(hits, query, wanted)
        return _page(archive, hits, query, wanted)
    except BadQuery as error:
        if wanted.ending == "json":
            told = {"error": str(error).partition("\n")[0], "at": error.at, "end": error.end}
            return as_json(told, 400)
        return page("search.html", status=400, here="/search", q=wanted.wishes.get("q", ""), query=None,
                    error=_marked_error(error, wanted.wishes.get("q", "")))  # fmt: skip


def asked_query(wanted: Asked) -> Query:
    """The Query of an address. Raises BadQuery."""
    typed = wanted.wishes.get("q", "")
    if len(typed) > _LONGEST:
        raise BadQuery(f"this query has {len(typed):,} characters; the page takes {_LONGEST:,}, the command line any")
    return Query.parse(typed)


def _from_form(wanted: Asked, query: Query) -> Query | None:
    """The Query with what the form's other fields say; None: they say nothing."""
    if not any(wanted.wishes.get(name, "").strip() for name in _FORM):
        return None
    first, last = (wanted.wishes.get(name, "").strip() for name in ("since", "until"))
    if first or last:
        query = replace(with_span(query, f"{first}..{last}"))
    if state := wanted.wishes.get("is"):
        query = with_filter(query, Filter("is", (state,)))
    if sort := wanted.wishes.get("sort"):
        query = in_order(query, sort)
    return query


def _marked_error(error: BadQuery, typed: str) -> dict[str, Any]:
    """What is wrong, and the query in three parts: before the place, the place, behind it."""
    at, end = error.at, error.end
    parts = None if at is None else (typed[max(at - 200, 0) : at], typed[at:end] or " ", typed[end:][:200])
    return {"words": str(error).partition("\n")[0], "parts": parts}


def _as_json(hits: Hits, query: Query, wanted: Asked) -> Answer:
    found = [_hit(hit) for hit in hits]
    told = {
        "query": query.spelling,
        "count": _count(hits, query),
        "hits": found,
        "next": search_url(query, ".json", after=_cursor(hits, query)) if _cursor(hits, query) else None,
    }
    if hits.total > _COUNTED and wanted.wishes.get("count") != "all":
        return as_json(told | {"facets": None, "timeline": None, "counted": search_url(query, ".json", count="all")})
    facets = {name: _facet(facet) for name, facet in hits.facets().items()}
    line = [{"from": first, "count": number} for first, number in hits.timeline()]
    return as_json(told | {"facets": facets, "timeline": line})


def _facet(facet: Facet) -> dict[str, Any]:
    values = [{"value": value, "count": number} for value, number in facet.values]
    return {"values": values, "missing": facet.missing, "others": facet.others}


def _hit(hit: Hit) -> dict[str, Any]:
    held: dict[str, Any] = plain(hit.article)
    opened, closed = MARKS
    snippet = hit.snippet.replace(opened, "[").replace(closed, "]")
    return {name: held[name] for name in _TOLD} | {"snippet": snippet, "page": f"/article/{hit.id}"}


def _count(hits: Hits, query: Query) -> int:
    """How many there are, no more than the query's own limit: as an export has them."""
    total = hits.total
    return min(total, query.limit) if query.limit else total


def _cursor(hits: Hits, query: Query) -> str | None:
    return None if query.limit is not None else hits.cursor


def _page(archive: Archive, hits: Hits, query: Query, wanted: Asked) -> Answer:
    found = list(hits)
    total = _count(hits, query)
    counted = total <= _COUNTED or wanted.wishes.get("count") == "all"
    line, spans = _timeline(hits, query) if counted else (None, None)
    return page(
        "search.html",
        here="/search",
        error=None,
        q=query.spelling,
        query=query,
        total=total,
        hits=found,
        chips=[*_chips(query)],
        facets=list(_facets(hits, query)) if total and counted else [],
        count=None if counted else search_url(query, count="all"),
        timeline=line,
        spans=spans,
        orders=list(_orders(query)),
        once=_once(query),
        told=hits.ranking.told if hits.ranking.order == "graded" else "",
        next=search_url(query, after=_cursor(hits, query)) if _cursor(hits, query) else None,
        later=bool(wanted.wishes.get("after")),
        first=search_url(query),
        saves=[Link(words=name, url=search_url(query, ending)) for ending, name in SAVES],
        json=search_url(query, ".json"),
        atom=search_url(query, ".atom"),
        home=wanted.home,
        unknown=_unknown(archive, query) if not total else [],
        all_times=search_url(without_span(query)) if query.first or query.last else None,
    )


def _chips(query: Query) -> Iterator[Link]:
    """The filters that narrow the search; each leads to it without itself."""
    for each in query.narrowing:
        yield Link(words=plainly(each.spelling), url=search_url(without_filter(query, each)))


def _facets(hits: Hits, query: Query) -> Iterator[dict[str, Any]]:
    for name, facet in hits.facets(_FIELDS, most=_VALUES).items():
        links = []
        for value, number in facet.values:
            filter_ = facet_filter(name, value)
            if filter_ not in query.narrowing and value.strip():
                links.append(Link(words=plainly(value), url=search_url(with_filter(query, filter_)), count=number))
        if links:
            yield {"name": name, "links": links, "others": facet.others, "missing": facet.missing}


def _timeline(hits: Hits, query: Query) -> tuple[Markup | None, tuple[str, str] | None]:
    """The picture, and the first and last of what it shows in words."""
    step, bars = bars_of(hits.timeline("day"))
    if len(bars) < 2:
        return None, None
    drawn = draw(bars, step, lambda bar: search_url(with_span(query, bar.span)))
    return drawn, (label(bars[0], step), label(bars[-1], step))


def _orders(query: Query) -> Iterator[tuple[str, str | None]]:
    """The orders, with where each leads; None: it is in this order."""
    now = query.sort or "newest"
    for name in ("newest", "oldest", "relevance"):
        if name != "relevance" or query.text:
            yield name, None if name == now else search_url(in_order(query, None if name == "newest" else name))


def _once(query: Query) -> Link:
    """The search with one copy of each story, or again with all."""
    if query.one_per_story:
        return Link(words="show all copies of a story", url=search_url(replace(query, one_per_story=False)))
    return Link(words="one copy of each story", url=search_url(replace(query, one_per_story=True)))


def _unknown(archive: Archive, query: Query) -> list[str]:
    """Sources that the query names and the archive has not."""
    names = set(archive.source_names())
    return [name for name in query.source or () if name not in names]
