"""``nightdesk export``: articles as files, as a data package; packages checked and made again, texts filled in."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import click

from archive.export.formats import FORMATS, format_named, place_of
from archive.export.wanted import STRATA, Sample, Wanted
from archive.querying import query_of, querying
from archive.reading import Archive
from archive.record import plain
from archive.verb import Command, reading, say, to_json


class _Export(click.Group):
    """A group whose first word may be a query: it then is the command ``write``, whose help is the group's."""

    #: The command that is meant where none is named.
    #: Its name is one that nobody types.
    default = ""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Put the default command's name before words that do not begin with a command's."""
        if not args or args[0] not in {*self.commands, *ctx.help_option_names}:
            args = [self.default, *args]
        return super().parse_args(ctx, args)

    def format_usage(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The default command's, and that of the others."""
        formatter.write_usage(ctx.command_path, "[QUERY]... --to FILE [OPTIONS]")
        formatter.write_usage(ctx.command_path, "COMMAND [ARGS]...", prefix="       ")

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The default command's options, and the other commands."""
        self.commands[self.default].format_options(ctx, formatter)
        self.format_commands(ctx, formatter)


@click.group(cls=_Export)
def export() -> None:
    """Write articles to a file, a folder or a data package; QUERY and filters as in search, all articles without.

    The ending of FILE says the format: .csv, .jsonl, .parquet, .hf.jsonl (Hugging Face), .xml (TEI), .atom, .rss;
    .md.zip, .txt.zip and .xml.zip have one file an article. All but .parquet and .zip may have .gz or .zst behind them.
    There are as many rows as `search --count` says, of one instant, oldest first. To look for a word that is a
    command's name, such as verify, put it into quotes: '"verify"'.
    """


def _writing(command: Command) -> Command:
    """Give the command the options that say what is written and how."""
    for option in reversed(
        [
            click.option(
                "--to",
                "target",
                metavar="FILE",
                help="Where to write; a file of that name is replaced once the new one is complete. - is stdout.",
            ),
            click.option(
                "--format",
                "format_",
                type=click.Choice(list(FORMATS)),
                help="Where the ending does not say it; markdown, text and tei-files also make a folder.",
            ),
            click.option("--columns", metavar="A,B…", help="Of a table: only these columns, in this order."),
            click.option(
                "--no-text", is_flag=True, help="Without the publisher's words: body, summary, pictures, comments."
            ),
            click.option(
                "--excel", is_flag=True, help="For spreadsheets: byte order mark, CRLF, no cell run as a formula."
            ),
            click.option(
                "--as-of", metavar="WHEN", help="The archive as it was at the end of that day, month or instant."
            ),
            click.option("--one-per-story", is_flag=True, help="Of copies in several papers only the earliest."),
            click.option(
                "--since-export",
                multiple=True,
                type=click.Path(exists=True, path_type=Path),
                metavar="FILE|DIR",
                help="Only what this earlier export has not, or in another text; may be given several times.",
            ),
            click.option("--sample", type=click.IntRange(min=1), metavar="N", help="N articles drawn by lot."),
            click.option("--seed", type=int, metavar="S", help="Another seed draws other articles; 0 if not given."),
            click.option("--by", metavar="A,B…", help=f"Draw N of each combination of these: {', '.join(STRATA)}."),
            click.option("--json", "as_json", is_flag=True, help="What was written, as one JSON object on stdout."),
        ]
    ):
        command = option(command)
    return command


@export.command(_Export.default, hidden=True)
@querying
@_writing
@reading
def write(
    archive: Archive,
    *,
    words: tuple[str, ...],
    target: str | None,
    format_: str | None,
    columns: str | None,
    no_text: bool,
    excel: bool,
    as_of: str | None,
    one_per_story: bool,
    since_export: tuple[Path, ...],
    sample: int | None,
    seed: int | None,
    by: str | None,
    as_json: bool,
    **filters: Any,
) -> None:
    """Write articles to a file, a folder or a data package."""
    from archive.export.write import Shape, export_to, export_to_stream

    if sample is None and (by is not None or seed is not None):
        raise click.UsageError("--by and --seed are for --sample N")
    if target is None:
        raise click.UsageError("say where to: --to FILE")
    wanted = Wanted(
        query=query_of(words, **filters),
        as_of=as_of,
        one_per_story=one_per_story,
        since=since_export,
        sample=None if sample is None else Sample(size=sample, seed=seed or 0, by=tuple(_names(by) or ())),
    )
    place = None if target == "-" else place_of(target, format_)
    form = place.format if place else format_named(format_ or "csv")
    shape = Shape(format=form, columns=_names(columns), text=not no_text, excel=excel)
    if place:
        done = export_to(archive.file, wanted, shape, place)
    else:
        done = export_to_stream(archive.file, wanted, shape, sys.stdout.buffer)
        sys.stdout.buffer.flush()  # before anything is said of it: it may not be written at all
    if as_json and place:
        click.echo(to_json(plain(replace(done, path=None)) | {"path": str(done.path)}))
    say(f"{_articles(done.rows)}{f' in {target}' if place else ''}")


def _names(written: str | None) -> tuple[str, ...] | None:
    """``a,b`` → names; None for None."""
    return None if written is None else tuple(name.strip() for name in written.split(",") if name.strip())


def _articles(number: int) -> str:
    return f"{number:,} {'article' if number == 1 else 'articles'}"
