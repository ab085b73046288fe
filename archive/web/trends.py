"""Several queries over time, side by side: as a page, a drawing, CSV and JSON. Everything is in the address."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import quote_plus, urlencode

from markupsafe import Markup

from archive.errors import BadQuery
from archive.facets import STEPS
from archive.fields import Filter
from archive.query import Query, combined
from archive.reading import Archive
from archive.times import utc_now
from archive.trends import Line, Trends, within_days
from archive.web.asked import Answer, Asked, as_json, to_save
from archive.web.asked import as_csv as table
from archive.web.chart import MOST_CURVES, Curve, in_page, nice_top, number, step_name, swatch, to_file
from archive.web.layout import page, plainly
from archive.web.links import search_url

#: Queries and sources that a chart stays readable with; a file takes more queries.
_QUERIES, _SOURCES, _IN_FILES = MOST_CURVES, 12, 50
#: Characters of all queries together: each link of the page holds one of them.
_LONGEST = 2000
#: Steps of a chart that nobody wished for shorter, of any chart, and of a file.
_UNASKED, _STEPS, _FILE_STEPS = 130, 400, 5000
#: Numbers that a page has room for, and that it shows unasked.
_CELLS, _FEW_CELLS = 1600, 800
#: Bytes of links in the table of numbers, and with those in the drawing, that keep a page below 100 kB.
_TABLE_BYTES, _LINK_BYTES = 45_000, 58_000
MEASURES = {"": "number of articles", "share": "share of all articles"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What an address asks for."""

    #: As typed, and as understood with the dates that narrow all of them.
    typed: tuple[str, ...]
    queries: tuple[Query, ...]
    step: str | None
    share: bool
    by_source: bool
    since: str
    until: str
    #: Count also what takes long.
    every: bool

    def url(self, ending: str = "", **changes: Any) -> str:
        """Where this is, or something near it, is found again."""
        wish = replace(self, **changes) if changes else self
        given = [("q", typed) for typed in wish.typed]
        given += [("since", wish.since), ("until", wish.until), ("by", wish.step or "")]
        given += [("of", "share" if wish.share else ""), ("split", "source" if wish.by_source else "")]
        given += [("count", "all" if wish.every else "")]
        return f"/trends{ending}?{urlencode([(name, value) for name, value in given if value])}"


class _Misread(Exception):
    """The query of that number cannot be understood."""

    def __init__(self, number_: int, error: BadQuery) -> None:
        super().__init__(str(error))
        self.number = number_
        self.error = error


def show(archive: Archive, wanted: Asked) -> Answer:
    """The page, or its numbers as JSON. What cannot be understood is shown with its place marked."""
    try:
        wish = read_wish(wanted)
    except _Misread as misread:
        return _misread(wanted, misread)
    if wanted.ending == "json":
        trends = _trends(archive, wish, in_file=True)[0]
        return as_json(_as_json(wish, trends))
    if not wish.queries:
        return page(
            "trends.html",
            here="/trends",
            wish=wish,
            error=None,
            **_form(wish),
            trends=None,
            examples=_examples(archive),
        )
    return _page(archive, wish)


def as_csv(archive: Archive, wanted: Asked) -> Answer:
    """The numbers as CSV, a row a step and line."""
    wish = _wish_of_file(wanted)
    trends = _trends(archive, wish, in_file=True)[0]
    source = ["source"] if wish.by_source else []
    share = ["all_articles", "share"] if wish.share else []
    columns = ["from", "to", "query", *source, "articles", *share]
    return table(columns, _file_rows(wish, trends), "trends")


def _file_rows(wish: Wish, trends: Trends) -> Iterator[list[Any]]:
    for line in trends.lines:
        for n, (first, last) in enumerate(trends.spans):
            row: list[Any] = [first, last, wish.queries[line.number].spelling]
            row += [line.source] if wish.by_source else []
            row.append(None if line.counts is None else line.counts[n])
            if wish.share:
                part = line.share(n)
                row += [line.every[n] if line.every else None, None if part is None else f"{part:.9f}"]
            yield row


def as_svg(archive: Archive, wanted: Asked) -> Answer:
    """The chart as a file. Of several sources each is a curve, those with most articles."""
    wish = _wish_of_file(wanted)
    if len(wish.queries) > _QUERIES:
        raise BadQuery(f"a chart stays readable with {_QUERIES} queries, and these are {len(wish.queries)}")
    if wish.by_source and len(wish.queries) > 1:
        raise BadQuery("a drawing by source is of one query: its curves are the sources; write one q")
    trends, _ = _trends(archive, wish, panels=_QUERIES)
    if any(line.counts is None for line in trends.lines):
        raise BadQuery("to count that many articles takes some seconds, and is done when asked for: add count=all")
    curves = [_curve(wish, trends, line, n) for n, line in enumerate(trends.lines)]
    top = _top(curves)
    shown = sorted({0, len(trends.spans) // 2, len(trends.spans) - 1}) if trends.spans else []
    ticks = [(n, step_name(trends.spans[n], trends.step)) for n in shown]
    name = _name(wish) if not wish.by_source else f"{_told(wish.queries[0])}, by source"
    drawn = to_file(curves, top, name=plainly(name), about=_about(wish, trends), ticks=ticks, unit=_unit(wish))
    return to_save(drawn.encode(errors="replace"), "trends.svg", "image/svg+xml; charset=utf-8")


def read_wish(wanted: Asked) -> Wish:
    """What an address asks for. Raises _Misread for a query, BadQuery for anything else."""
    typed = tuple(text for text in wanted.lists.get("q", ()) if text.strip())
    since, until = (wanted.wishes.get(name, "").strip() for name in ("since", "until"))
    if sum(map(len, typed)) > _LONGEST:
        raise BadQuery(f"these queries have {sum(map(len, typed)):,} characters; the page takes {_LONGEST:,}")
    if len(typed) > _IN_FILES:
        raise BadQuery(f"these are {len(typed)} queries; {_IN_FILES} can be counted at a time")
    span = [Filter("date", (f"{since}..{until}",))] if since or until else []
    queries = []
    for n, text in enumerate(typed):
        try:
            query = Query.parse(text)
        except BadQuery as error:
            raise _Misread(n, error) from error
        queries.append(combined(query.understood, [*query.filters, *span]) if span else query)
    return Wish(
        typed=typed,
        queries=tuple(queries),
        step=_one_of("by", wanted, STEPS),
        share=_one_of("of", wanted, ("share",)) is not None,
        by_source=_one_of("split", wanted, ("source",)) is not None,
        since=since,
        until=until,
        every=_one_of("count", wanted, ("all",)) is not None,
    )


def _one_of(name: str, wanted: Asked, known: Sequence[str]) -> str | None:
    wish = wanted.wishes.get(name) or None
    if wish is not None and wish not in known:
        raise BadQuery(f"{name}: {wish[:80]!r} is unknown; write {' or '.join(known)}, or leave it out")
    return wish


def _wish_of_file(wanted: Asked) -> Wish:
    try:
        wish = read_wish(wanted)
    except _Misread as misread:
        raise misread.error from misread
    if not wish.queries:
        raise BadQuery("a query is missing: write q=WORDS, once for each query to compare")
    return wish


def _trends(
    archive: Archive, wish: Wish, *, in_file: bool = False, panels: int = _SOURCES
) -> tuple[Trends, tuple[int, bool] | None]:
    """The lines, and if they are by source, how many sources there are and whether they were chosen by their hits."""
    queries = wish.queries if in_file else wish.queries[:_QUERIES]
    sources, told = None, None
    if wish.by_source:
        sources, number_, counted = archive.sources_writing_most(queries, panels)
        told = number_, counted
    most = _most(wish, len(queries) * (1 if sources is None else len(sources)), in_file=in_file)
    trends = archive.trends(queries, step=wish.step, sources=sources, share=wish.share, most=most, every=wish.every)
    if in_file and trends.coarser:
        raise BadQuery(f"that would be more than {_FILE_STEPS:,} steps; take longer ones, or narrow the time")
    return trends, told


def _most(wish: Wish, lines: int, *, in_file: bool) -> int:
    """Steps at most: a file has those of its page, or as many as somebody wished for."""
    if in_file and wish.step:
        return _FILE_STEPS
    steps, cells = (_STEPS, _CELLS) if wish.step else (_UNASKED, _FEW_CELLS)
    return min(steps, max(cells // max(lines, 1), 4))


def _page(archive: Archive, wish: Wish) -> Answer:
    trends, told = _trends(archive, wish)
    shown = [line for line in trends.lines if line.counts is not None]
    curves = [_curve(wish, trends, line, line.number) for line in shown]
    top = _top(curves)
    in_table, in_drawing = _links_that_fit(trends)
    if not in_drawing:
        curves = [replace(curve, link=None) for curve in curves]
    queries = wish.queries[:_QUERIES]
    return page(
        "trends.html",
        here="/trends",
        wish=wish,
        error=None,
        **_form(wish),
        trends=trends,
        legend=[_legend(wish, trends, n) for n in range(len(queries))],
        left_out=[(_told(query), _without(wish, n)) for n, query in enumerate(wish.queries) if n >= _QUERIES],
        charts=list(_charts(wish, trends, shown, curves, top)),
        axis=[number(top * part, _unit(wish)) for part in (1, 0.5, 0)],
        ticks=_ticks(trends),
        shown=shown,
        uncounted=[line for line in trends.lines if line.counts is None],
        rows=list(_rows(wish, trends, shown, linked=in_table)),
        linked=in_table,
        outside=[(line, search_url(line.query)) for line in shown if line.outside],
        unfinished=bool(trends.spans) and trends.spans[-1][1] >= utc_now().date() >= trends.spans[-1][0],
        once=any(query.one_per_story for query in queries),
        sources=told,
        told=_told,
        measures=MEASURES,
        examples=[],
        svg=wish.url(".svg", step=trends.step) if not (wish.by_source and len(queries) > 1) else None,
        csv=wish.url(".csv", step=trends.step),
        daily=wish.url(".csv", step="day"),
        json=wish.url(".json", step=trends.step),
    )


def _form(wish: Wish) -> dict[str, Any]:
    """The boxes of the form: those with queries, and an empty one while there is room."""
    boxes = list(wish.typed) or [""]
    return {"boxes": [*boxes, ""] if len(boxes) < _QUERIES else boxes, "most": _QUERIES}


def _misread(wanted: Asked, misread: _Misread) -> Answer:
    """A query that cannot be understood, beside the others."""
    error, typed = misread.error, [text for text in wanted.lists.get("q", ()) if text.strip()]
    words = str(error).partition("\n")[0]
    if wanted.ending == "json":
        return as_json({"error": words, "query": misread.number, "at": error.at, "end": error.end}, 400)
    text = typed[misread.number]
    parts = None
    if error.at is not None:
        parts = text[max(error.at - 200, 0) : error.at], text[error.at : error.end] or " ", text[error.end :][:200]
    wish = Wish(typed=tuple(typed), queries=(), step=None, share=False, by_source=False, since="", until="",
                every=False)  # fmt: skip
    told = {"words": words, "parts": parts, "number": misread.number}
    return page(
        "trends.html", status=400, here="/trends", wish=wish, error=told, **_form(wish), trends=None, examples=[]
    )


def _curve(wish: Wish, trends: Trends, line: Line, style: int) -> Curve:
    assert line.counts is not None
    counts = line.counts
    reached = [line.reaches(span) for span in trends.spans]
    values = [line.share(n) if wish.share else count if reached[n] else None for n, count in enumerate(counts)]
    name = line.source if wish.by_source and line.source is not None else _told(wish.queries[line.number])

    def told(n: int) -> str:
        part = line.share(n)
        share = "" if part is None else f", {number(part, '%')}"
        return f"{step_name(trends.spans[n], trends.step)}: {counts[n]:,}{share}"

    return Curve(style=style, name=plainly(name)[:120], values=tuple(values), told=told,
                 link=lambda n: point_url(line.query, trends, n))  # fmt: skip


def point_url(query: Query, trends: Trends, n: int) -> str:
    """The search that lists the articles of a step."""
    return f"/search?q={quote_plus(within_days(query, trends.spans[n]).spelling, safe=':,')}"


def _links_that_fit(trends: Trends) -> tuple[bool, bool]:
    """Whether there is room for links in the table, and in the drawing too."""
    size = table = 0
    for line in trends.lines:
        for n, count in enumerate(line.counts or ()):
            if count:
                length = len(point_url(line.query, trends, n))
                table, size = table + length + 22, size + 2 * length + 120
    return table <= _TABLE_BYTES, size <= _LINK_BYTES


def _charts(
    wish: Wish, trends: Trends, lines: Sequence[Line], curves: Sequence[Curve], top: float
) -> Iterator[tuple[str | None, str | None, Markup]]:
    """Source, where it stands alone, and drawing: one for all, or one for each source on the same scale."""
    if not trends.spans:
        return
    if not wish.by_source:
        yield None, None, in_page(curves, top, name=plainly(_name(wish)), about=_about(wish, trends), id_="chart")
        return
    for n, source in enumerate(dict.fromkeys(line.source for line in lines)):
        assert source is not None
        drawn = [replace(curve, name=_told(wish.queries[line.number]))
                 for line, curve in zip(lines, curves, strict=True) if line.source == source]  # fmt: skip
        alone = wish.url(typed=tuple(_in_source(query, source) for query in wish.queries), by_source=False)
        yield source, alone, in_page(drawn, top, name=plainly(source), about=_about(wish, trends), id_=f"chart{n}")


def _in_source(query: Query, source: str) -> str:
    return combined(query.understood, [*query.filters, Filter("source", (source,))]).spelling


def _legend(wish: Wish, trends: Trends, n: int) -> dict[str, Any]:
    """A query with its sample of line, its number and where it leads."""
    lines = [line for line in trends.lines if line.number == n]
    query = replace(wish.queries[n], sort=None, limit=None)
    total = None if wish.by_source else sum(line.total for line in lines)
    return {"swatch": swatch(n), "words": _told(query), "total": total, "url": search_url(query),
            "without": _without(wish, n) if len(wish.typed) > 1 else None}  # fmt: skip


def _without(wish: Wish, n: int) -> str:
    return wish.url(typed=wish.typed[:n] + wish.typed[n + 1 :])


def _rows(wish: Wish, trends: Trends, lines: Sequence[Line], *, linked: bool) -> Iterator[tuple[str, list[Any]]]:
    """A row of the table for each step: its name, and number, share and address of each line."""
    for n, span in enumerate(trends.spans):
        cells: list[tuple[int | None, str | None, str | None]] = []
        for line in lines:
            assert line.counts is not None
            part = line.share(n)
            url = point_url(line.query, trends, n) if linked and line.counts[n] else None
            if not line.reaches(span):
                cells.append((None, None, None))
                continue
            cells.append((line.counts[n], number(part, "%") if wish.share and part is not None else None, url))
        yield step_name(span, trends.step), cells


def _ticks(trends: Trends) -> list[str]:
    """Words of the first, the middle and the last step."""
    spans = trends.spans
    chosen = spans if len(spans) < 3 else (spans[0], spans[len(spans) // 2], spans[-1])
    return [step_name(span, trends.step) for span in chosen]


def _top(curves: Sequence[Curve]) -> float:
    return nice_top(max((value for curve in curves for value in curve.values if value is not None), default=0))


def _unit(wish: Wish) -> str:
    return "%" if wish.share else ""


def _told(query: Query) -> str:
    return plainly(replace(query, sort=None, limit=None).spelling) or "all articles"


def _name(wish: Wish) -> str:
    return ", ".join(_told(query)[:60] for query in wish.queries[:_QUERIES])


def _about(wish: Wish, trends: Trends) -> str:
    """What the drawing shows, in a sentence."""
    if not trends.spans:
        return "Nothing was found."
    measure = "Share of all articles" if wish.share else "Articles"
    first, last = trends.spans[0][0], trends.spans[-1][1]
    return f"{measure} each {trends.step}, {first.isoformat()} to {last.isoformat()}."


def _as_json(wish: Wish, trends: Trends) -> dict[str, Any]:
    lines = []
    for line in trends.lines:
        told: dict[str, Any] = {"query": wish.queries[line.number].spelling, "source": line.source}
        told |= {"total": line.total, "outside": line.outside, "articles": line.counts}
        if wish.share:
            told |= {"all_articles": line.every, "share": [line.share(n) for n in range(len(trends.spans))]}
        lines.append(told | {"search": search_url(line.query)})
    steps = [{"from": first, "to": last} for first, last in trends.spans]
    return {"by": trends.step, "steps": steps, "lines": lines}


def _examples(archive: Archive) -> list[tuple[str, str]]:
    """Comparisons that this archive can show: its largest sources, and by the states that articles are in."""
    largest, number_, _ = archive.sources_writing_most([Query()], 3)
    empty = Wish(typed=(), queries=(), step=None, share=False, by_source=False, since="", until="", every=False)
    found = []
    if number_ > 1:
        typed = tuple(Query(source=name).spelling for name in largest)
        found.append(("The largest sources", empty.url(typed=typed)))
    if largest:
        changed = ("is:revised", "is:gone")
        found.append(
            ("Articles that were changed, and those that were removed, of all", empty.url(typed=changed, share=True))
        )
    return found
