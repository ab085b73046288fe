"""The search page: a typed query in; hits, what they have in common, and when they are from, out."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any

from archive.errors import BadQuery
from archive.facets import Facet
from archive.fields import VALUES, Filter
from archive.query import Query
from archive.reading import Archive
from archive.record import plain
from archive.search import Hit, Hits
from archive.times import utc_now
from archive.web.asked import Answer, Asked, as_json, elsewhere
from archive.web.layout import MARKS, minute, page, plainly
from archive.web.links import in_order, search_url, with_filter, with_span, without_span
from archive.web.narrowing import Link, chips, facet_lists, orders, states, timeline, wider

_HITS = 20
#: Hits up to which facets and timeline are counted unasked where there is no bitmap index; a million take seconds.
_COUNTED = 100_000
#: Characters of a query that a page takes: each of its links holds it.
_LONGEST = 2000
#: Characters of its address: a letter that is none of ASCII's takes six and more.
_LONGEST_ADDRESS = 2500
#: What a form's fields besides the box mean in the query language.
_FORM = ("value", "since", "until", "is", "sort")
#: Fields of an article that JSON has of each hit; the rest is at its own address.
_TOLD = ("id", "source", "url", "title", "authors", "published_at", "published_precision", "first_seen_at", "section",
         "tags", "language", "access", "type", "word_count", "revision", "story")  # fmt: skip
#: What a search can be saved as: as data, and as references.
SAVES = ((".csv", "CSV"), (".jsonl", "JSON Lines"), (".package.zip", "Data package"), (".md.zip", "Markdown"),
         (".txt.zip", "Plain text"), (".xml", "TEI"))  # fmt: skip
REFERENCES = ((".bib", "BibTeX"), (".ris", "RIS"), (".csl.json", "CSL-JSON"))
#: Names of sources that the form proposes.
_PROPOSED = 300


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
        if len(search_url(query)) > _LONGEST_ADDRESS:
            raise BadQuery("this query makes too long an address for a page; JSON, files and the command line take it")
        return _page(archive, hits, query, wanted)
    except BadQuery as error:
        if wanted.ending == "json":
            told = {"error": str(error).partition("\n")[0], "at": error.at, "end": error.end}
            return as_json(told, 400)
        typed = wanted.wishes.get("q", "")
        return page("search.html", status=400, here="/search", q=typed, query=None, error=_marked_error(error, typed))


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
    if value := wanted.wishes.get("value", "").strip():
        field = wanted.wishes.get("field", "")
        if field not in VALUES:
            raise BadQuery(f"there is no filter {field[:80]}; there are {', '.join(VALUES)}")
        query = with_filter(query, Filter(field, (value,), negated=bool(wanted.wishes.get("not"))))
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
    found, number = [_hit(hit) for hit in hits], _count(hits, query)
    told = {
        "query": query.spelling,
        "count": number,
        "hits": found,
        "next": search_url(query, ".json", after=_cursor(hits, query)) if _cursor(hits, query) else None,
    }
    count = wanted.wishes.get("count")
    if count == "none" or (count != "all" and number > _COUNTED and not hits.counted_at_once):
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
    count = wanted.wishes.get("count")
    counted = count == "all" or (count != "none" and (total <= _COUNTED or hits.counted_at_once))
    line = timeline(hits, query) if counted and total else None
    cursor, ranking = _cursor(hits, query), hits.ranking
    return page(
        "search.html",
        here="/search",
        error=None,
        q=query.spelling,
        query=query,
        read=plainly(query.understood) if query.read.mended else "",
        total=total,
        hits=found,
        chips=[*chips(query)],
        filters=len(query.narrowing),
        facets=list(facet_lists(hits, query)) if total and counted else [],
        states=list(states(query)),
        fields=VALUES,
        sources=archive.source_names()[:_PROPOSED],
        count=None if counted else search_url(query, count=None if count == "none" else "all"),
        many=count != "none",
        timeline=line,
        orders=list(orders(query)),
        told=ranking.told if ranking.order == "graded" else "",
        next=search_url(query, after=cursor) if cursor else None,
        later=bool(wanted.wishes.get("after")),
        first=search_url(query),
        all_times=search_url(without_span(query)) if query.first or query.last else None,
        **_to_take(archive, query, total, wanted.home, utc_now()),
        **_nothing(archive, query, total),
    )


def _to_take(archive: Archive, query: Query, total: int, home: str, now: datetime) -> dict[str, Any]:
    """Where the search is as files, as a feed, for programs; and how to cite it."""
    found = f"{total:,} article{'' if total == 1 else 's'}"
    searched = f"search “{plainly(query.spelling)}”" if query.spelling else "all articles"
    return {
        "saves": [Link(words=name, url=search_url(query, ending)) for ending, name in SAVES],
        "references": [Link(words=name, url=search_url(query, ending)) for ending, name in REFERENCES],
        "feeds": [Link(words=name, url=search_url(query, f".{name.lower()}")) for name in ("Atom", "RSS")],
        "json": search_url(query, ".json"),
        "cited": f"News archive “{plainly(archive.folder.absolute().name)}”, {searched}: {found} on {minute(now)}."
        f" {home}{search_url(query)}",
    }


def _nothing(archive: Archive, query: Query, total: int) -> dict[str, Any]:
    """Where nothing is found: sources that are not there, and what would be found with a filter less."""
    if total:
        return {"unknown": [], "wider": []}
    return {"unknown": _unknown(archive, query), "wider": list(wider(archive, query))}


def _unknown(archive: Archive, query: Query) -> list[str]:
    """Sources that the query names and the archive has not."""
    names = set(archive.source_names())
    return [name for name in query.source or () if name not in names]
