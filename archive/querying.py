"""The options of a command that takes a Query, and the Query that they mean."""

from __future__ import annotations

import re
from typing import Any

import click

from archive.completion import complete_source
from archive.query import SORTS, Query
from archive.verb import Command, say

_MINUS = re.compile(r"-[A-Za-z][A-Za-z_-]*:")


class Querying(click.Command):
    """A command whose words may be filters with a hyphen before them: ``-tag:sport`` is no option."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Read the arguments, such filters as words."""
        return super().parse_args(ctx, [f" {word}" if _MINUS.match(word) else word for word in args])


def querying(command: Command) -> Command:
    """Give the command the options of a Query."""
    for option in reversed(
        [
            click.argument("words", nargs=-1, metavar="[QUERY]..."),
            click.option("--source", metavar="NAME", help="Only of this source.", shell_complete=complete_source),
            click.option("--author", metavar="NAME", help="Only by this author; part of a name will do."),
            click.option("--section", metavar="NAME", help="Only of this section."),
            click.option("--lang", "language", metavar="TAG", help="Only in this language; en is also en-GB."),
            click.option(
                "--since",
                metavar="WHEN",
                help="Only from then on: 2026, 2026-11, 2026-11-10, 2026-11-10T08:30Z, today, yesterday, -7d (UTC).",
            ),
            click.option("--until", metavar="WHEN", help="Only up to then, that day, month or year included."),
            click.option("--sort", type=click.Choice(SORTS), help="The order of the articles."),
            click.option("--limit", type=click.IntRange(min=1), metavar="N", help="At most so many."),
        ]
    ):
        command = option(command)
    return command


def query_of(words: tuple[str, ...], **filters: Any) -> Query:
    """The Query of a command's words and options; how words were read is said where that is not as they were typed.

    Raises BadQuery.
    """
    query = Query.parse(" ".join(words), **filters)
    if query.read.mended:
        say(f"searched for: {query.understood}" if query.understood else "there is no word in this query")
    return query
