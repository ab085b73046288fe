"""The declared newspapers and what the archive knows of each, for a person or as JSON."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from archive.standing import Standing
    from crawler.sources import Source

_STYLES = {"sick": "bold red", "watch": "yellow", "well": ""}


def print_listed(sources: Sequence[Source], standings: Mapping[str, Standing], *, as_json: bool) -> None:
    """One line a newspaper, as they are declared."""
    if as_json:
        for source in sources:
            click.echo(json.dumps(_as_dict(source, standings.get(source.name)), ensure_ascii=False))
    else:
        _print_table(sources, standings)


def _as_dict(source: Source, standing: Standing | None) -> dict[str, object]:
    from archive.record import plain

    declared: dict[str, object] = plain(source)
    names = ("articles", "last_run", "last_run_at", "verdict", "judged_run")
    return declared | {name: plain(getattr(standing, name)) if standing else None for name in names}


def _print_table(sources: Sequence[Source], standings: Mapping[str, Standing]) -> None:
    from archive.typeset import cell, columned, new_console, put_table, styled

    table = columned("source", ">articles", "last run", "health", "front page", "given")
    for source in sources:
        standing = standings.get(source.name)
        looked = standing and standing.last_run_at
        health, style = _health(source, standing)
        table.add_row(
            cell(source.name),
            cell(standing.articles if standing else 0),
            cell(f"{looked:%Y-%m-%d %H:%M}" if looked else "never"),
            styled(health, style=style),
            cell(source.home),
            cell(_given(source)),
        )
    put_table(new_console(), table)


def _health(source: Source, standing: Standing | None) -> tuple[str, str]:
    """What is told of its health, and in what style. What the operator has decided comes first."""
    if source.is_paused(datetime.now().astimezone().date()):
        return "paused" if source.paused is True else f"paused until {source.paused}", "dim"
    if standing is None or standing.verdict is None or standing.level is None:
        return "", ""
    return standing.verdict.value, _STYLES[standing.level]


def _given(source: Source) -> str:
    given = (("feeds", source.feeds), ("sitemaps", source.sitemaps), ("sections", source.sections))
    return ", ".join(f"{len(urls)} {name if len(urls) > 1 else name[:-1]}" for name, urls in given if urls)
