"""``nightdesk health``: how each source's last night was, the sick ones first, with cause and next step."""

from __future__ import annotations

import click

from archive.completion import complete_source
from archive.errors import NotFound
from archive.health.values import SourceNight
from archive.health.verdicts import Level
from archive.pager import paged
from archive.reading import Archive
from archive.typeset import cell, columned, indented, new_console, paired, put, styled
from archive.verb import reading, say, to_json

_STYLE = {Level.SICK: "bold red", Level.WATCH: "yellow", Level.WELL: ""}


@click.command()
@click.argument("sources", metavar="[SOURCE]...", nargs=-1, shell_complete=complete_source)
@click.option("--run", type=int, metavar="RUN", help="Another night than the last.")
@click.option("--json", "as_json", is_flag=True, help="JSON Lines: one source a line, with its figures.")
@reading
def health(archive: Archive, *, sources: tuple[str, ...], run: int | None, as_json: bool) -> None:
    """Tell how each source's night was, compared with its own past: the sick ones first, with cause and next step."""
    nights = archive.health(run)
    known = {night.source for night in nights}
    if missing := [name for name in sources if name not in known]:
        raise NotFound(
            f"the night has no source {', '.join(map(repr, missing))}; it has: {', '.join(sorted(known)) or 'none'}"
        )
    shown = [night for night in nights if not sources or night.source in sources]
    if as_json:
        for night in shown:
            click.echo(to_json(night.as_dict()))
    elif shown:
        with paged():
            _print(shown, each=bool(sources))
    else:
        say("no night so far that could be judged; crawl first: nightdesk crawl")


def _print(nights: list[SourceNight], *, each: bool) -> None:
    console = new_console()
    sick = sum(night.level is Level.SICK for night in nights)
    watch = sum(night.level is Level.WATCH for night in nights)
    first = nights[0]
    noun = "source" if len(nights) == 1 else "sources"
    counts = f"{len(nights)} {noun}: {sick} sick, {watch} to watch, {len(nights) - sick - watch} well"
    put(console, styled(f"Run {first.run}, {first.at:%Y-%m-%d %H:%M} UTC. {counts}", style="bold"))
    for night in nights:
        if each or night.level is not Level.WELL:
            put(console)
            _print_one(night)
    well = [night for night in nights if night.level is Level.WELL]
    if well and not each:
        table = columned("well", ">new", "")
        table.columns[-1].no_wrap = False  # a sentence, folded under itself
        for night in well:
            table.add_row(*map(cell, [night.source, night.figures.new, night.evidence[0]]))
        put(console)
        put(console, table)


def _print_one(night: SourceNight) -> None:
    console = new_console()
    since = f", for {night.nights} nights" if night.nights > 1 and night.level is not Level.WELL else ""
    put(console, styled(f"{night.source}: {night.words}{since}", style=_STYLE[night.level]))
    for sentence in night.evidence:
        put(console, indented(styled(sentence)))
    pairs = [("likely", night.cause), ("next", night.next_step)]
    if told := [pair for pair in pairs if pair[1]]:
        put(console, indented(paired(told)))
