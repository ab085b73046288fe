"""``nightdesk search``: hits, or their number, what they have in common, or how many there were when."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

import click

from archive import terminal
from archive.facets import FACETS, STEPS, Facet
from archive.pager import paged
from archive.query import Query
from archive.querying import Querying, query_of, querying
from archive.reading import Archive
from archive.record import plain
from archive.search import Hits
from archive.typeset import MARKS, columned, indented, new_console, put, put_line, styled
from archive.verb import reading, say, to_json

#: Hits shown when nobody says how many: a screenful or two.
_SHOWN = 20
#: Values shown of each field.
_VALUES = 8
#: Columns of the longest bar.
_BAR = 40


@click.command(cls=Querying)
@querying
@click.option("--count", "only_count", is_flag=True, help="Only say how many there are.")
@click.option("--facets", is_flag=True, help="Only count them by source, section, tag, author, year and so on.")
@click.option("--timeline", "step", type=click.Choice(STEPS), help="Only count them by day, week, month or year.")
@click.option("--after", metavar="CURSOR", help="Go on behind the page that gave this cursor.")
@click.option(
    "--json", "as_json", is_flag=True, help="JSON Lines, one article a line, with its snippet; one object of counts."
)
@reading
def search(
    archive: Archive,
    *,
    words: tuple[str, ...],
    only_count: bool,
    facets: bool,
    step: str | None,
    after: str | None,
    as_json: bool,
    **filters: Any,
) -> None:
    """Find articles by words and filters, newest first.

    \b
    harbour talks            both words, anywhere in title, authors, description or body
    "harbour talks"          these words side by side
    harbour OR port          either
    talks NOT strike         without the word, phrase or group after NOT
    (harbour OR port) talks  groups
    dock*                    words that begin so
    NEAR(union offer, 5)     with at most 5 words between them
    title:harbour            in the headline
    source:gazette,kurir     of either; also section: tag: lang: access: type:
    author:"Ana Li"          by a person whose name holds these words
    date:2026-10..2026-11    from October to November; also published: modified:
                             first-seen: last-seen: retrieved:
    words:>300 is:revised    long ones whose text was changed; is:gone, is:earliest
    -tag:sport               what is not so

    Quote for the shell: nightdesk search '"harbour talks" NOT strike'. Without QUERY: all articles. The
    first 20 are shown if there is no --limit; --json and --count take all.
    """
    query = query_of(words, **filters)
    hits = archive.search(query, marks=MARKS)
    if only_count and not (facets or step):
        number = archive.count(query)
        click.echo(to_json({"count": number}) if as_json else number)
    elif facets or step:
        _counts(hits, facets=facets, step=step, as_json=as_json)
    elif as_json:
        _as_lines(archive, archive.search(query, after=after))
    else:
        query = query if query.limit else replace(query, limit=_SHOWN)
        hits = archive.search(query, marks=MARKS, after=after)
        shown = -1
        with paged():
            shown = terminal.print_hits(hits)
        if shown >= 0:  # else the reader left before the end
            _sum_up(archive, hits, shown)


def _as_lines(archive: Archive, hits: Hits) -> None:
    shown = 0
    for shown, hit in enumerate(hits, 1):  # noqa: B007 (the last number counts)
        click.echo(to_json(plain(hit.article) | {"headline": hit.headline, "snippet": hit.snippet}))
    _sum_up(archive, hits, shown)


def _sum_up(archive: Archive, hits: Hits, shown: int) -> None:
    """Say how many there are when that is more than shown, and help where there are none."""
    if shown:
        if hits.cursor:
            say(f"\n{shown:,} of {hits.total:,} articles; the next: --after {hits.cursor}")
        if hits.ranking.order == "graded":
            say(hits.ranking.told)
        return
    say("no articles match")
    _unknown_sources(archive, hits.query)


def _unknown_sources(archive: Archive, query: Query) -> None:
    names = archive.source_names()
    for name in query.source or ():
        if name not in names:
            say(f"there is no source {name!r}; there are: {', '.join(names) or 'none'}")


# ── counts ───────────────────────────────────────────────────────────────────────────────────────────


def _counts(hits: Hits, *, facets: bool, step: str | None, as_json: bool) -> None:
    counted = hits.facets(most=None if as_json else _VALUES) if facets else {}
    line = hits.timeline(step) if step else []
    total = hits.total
    if as_json:
        told: dict[str, Any] = {"count": total}
        if facets:
            told["facets"] = {name: _facet_object(facet) for name, facet in counted.items()}
        if step:
            told["timeline"] = [{"from": begin, "count": number} for begin, number in line]
        click.echo(to_json(told))
        return
    with paged():
        put(new_console(), styled(f"{total:,} {'article' if total == 1 else 'articles'}", style="bold"))
        if total:
            _print_facets(counted)
            _print_timeline(line, step)


def _facet_object(facet: Facet) -> dict[str, Any]:
    return {"values": [{"value": value, "count": number} for value, number in facet.values], "missing": facet.missing}


def _print_facets(facets: Mapping[str, Facet]) -> None:
    console = new_console()
    for name in FACETS:
        facet = facets.get(name)
        if facet is None or name == "month" or not facet.values:
            continue
        put(console)
        put(console, styled(name, style="bold"))
        table = columned("", ">")
        table.show_header = False
        for value, number in facet.values:
            table.add_row(styled(_cut(value)), styled(f"{number:,}"))
        if facet.others:
            table.add_row(styled(f"{facet.others:,} more", style="dim"), styled(f"{facet.others_count:,}", style="dim"))
        if facet.missing:
            table.add_row(styled("none", style="dim"), styled(f"{facet.missing:,}", style="dim"))
        put(console, indented(table))


def _print_timeline(line: Sequence[tuple[date, int]], step: str | None) -> None:
    if not line or step is None:
        return
    console = new_console()
    most = max(number for _, number in line)
    length = len(f"{most:,}")
    put(console)
    for begin, number in line:
        bar = "█" * round(_BAR * number / most) or ("▏" if number else "")
        put_line(console, f"{_label(begin, step)}  {number:>{length},}  {bar}".rstrip())


def _label(begin: date, step: str) -> str:
    if step == "week":
        year, week, _ = begin.isocalendar()
        return f"{year}-W{week:02} {begin:%d %b}"
    return begin.isoformat()[: {"year": 4, "month": 7}.get(step, 10)]


def _cut(value: str) -> str:
    return value if len(value) <= 56 else value[:55] + "…"
