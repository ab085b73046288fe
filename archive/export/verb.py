"""``nightdesk export``: articles as files, as a data package; packages checked and made again, texts filled in."""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from archive.errors import ArchiveError, NotFound
from archive.export.formats import FORMATS, format_named, place_of
from archive.export.log import Noted, exports_of, exports_with, note
from archive.export.package.facts import Label
from archive.export.package.make import Packing, write_package
from archive.export.package.reproduce import Reproduced
from archive.export.package.reproduce import reproduce as reproduce_package
from archive.export.package.verify import verify as verify_package
from archive.export.rehydrate import rehydrate as rehydrate_export
from archive.export.wanted import STRATA, Sample, Wanted
from archive.export.write import Exported, Shape, export_to, export_to_stream
from archive.querying import Querying, query_of, querying
from archive.reading import Archive
from archive.record import plain
from archive.times import utc_now
from archive.urls import article_id, normalise_url
from archive.verb import Command, plainly, reading, say, to_json

if TYPE_CHECKING:
    from sqlite_utils import Database


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
                "--package",
                type=click.Path(path_type=Path),
                metavar="DIR",
                help="Make a data package, a new folder: data, dictionary, README, citation, digests.",
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
            click.option(
                "--history", is_flag=True, help="A row for each text that an article had, with the times of each."
            ),
            click.option("--one-per-story", is_flag=True, help="Of copies of a story only the earliest: is:earliest."),
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
            click.option("--pack", type=click.Choice(["gz", "zst"]), help="Pack the data file of a package."),
            click.option("--title", metavar="TEXT", help="Of a package."),
            click.option(
                "--creator",
                multiple=True,
                metavar="NAME",
                help="Who made the data set: 'Family, Given'; several times.",
            ),
            click.option("--licence", metavar="NAME|URL", help="Terms on which the package is passed on."),
            click.option("--json", "as_json", is_flag=True, help="What was written, as one JSON object on stdout."),
        ]
    ):
        command = option(command)
    return command


@export.command(_Export.default, cls=Querying, hidden=True)
@querying
@_writing
@reading
def write(
    archive: Archive,
    *,
    words: tuple[str, ...],
    target: str | None,
    package: Path | None,
    format_: str | None,
    columns: str | None,
    no_text: bool,
    excel: bool,
    as_of: str | None,
    history: bool,
    since_export: tuple[Path, ...],
    sample: int | None,
    seed: int | None,
    by: str | None,
    pack: str | None,
    title: str | None,
    creator: tuple[str, ...],
    licence: str | None,
    as_json: bool,
    **filters: Any,
) -> None:
    """Write articles to a file, a folder or a data package."""
    if sample is None and (by is not None or seed is not None):
        raise click.UsageError("--by and --seed are for --sample N")
    if (target is None) == (package is None):
        raise click.UsageError("say where to: --to FILE, or --package DIR")
    if target is not None and (title or creator or licence or pack):
        raise click.UsageError("--title, --creator, --licence and --pack are for --package DIR")
    wanted = Wanted(
        query=query_of(words, **filters),
        as_of=as_of,
        history=history,
        since=since_export,
        sample=None if sample is None else Sample(size=sample, seed=seed or 0, by=tuple(_names(by) or ())),
    )
    shaped: dict[str, Any] = {"columns": _names(columns), "text": not no_text, "excel": excel}
    if package is not None:
        label = Label(creators=creator, licence=licence, **({"title": title} if title else {}))
        packing = Packing(
            shape=Shape(format=format_named(format_ or "csv"), **shaped), packing=f".{pack}" if pack else ""
        )
        done = write_package(archive.file, wanted, packing, package, label=label, after=_noting(archive, wanted))
    else:
        done = _file(archive, wanted, shaped, target or "-", format_)
    if as_json and done.path:
        click.echo(to_json(plain(replace(done, path=None)) | {"path": str(done.path)}))
    say(f"{_written(done, wanted)}{f' in {done.path}' if done.path else ''}")


def _file(archive: Archive, wanted: Wanted, shaped: dict[str, Any], target: str, format_: str | None) -> Exported:
    if target != "-":
        place = place_of(target, format_)
        return export_to(archive.file, wanted, Shape(format=place.format, **shaped), place, _noting(archive, wanted))
    shape = Shape(format=format_named(format_ or "csv"), **shaped)
    return export_to_stream(archive.file, wanted, shape, sys.stdout.buffer, _noting(archive, wanted))


def _written(done: Exported, wanted: Wanted) -> str:
    return (
        f"{_rows(done.rows, wanted.history)} of {_articles(done.articles)}" if wanted.history else _articles(done.rows)
    )


def _noting(archive: Archive, wanted: Wanted) -> Callable[[Database, Exported], None]:
    """Note the export beside the archive, and say so where that is not possible."""

    def note_it(db: Database, done: Exported) -> None:
        if not note(db, archive.folder, done, wanted, utc_now()):
            say(f"not noted among the exports of {archive.folder}: nothing can be written there")

    return note_it


@export.command()
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="One JSON object.")
@plainly
def verify(folder: Path, *, as_json: bool) -> None:
    """Check a data package: every file whole, as many articles as stated. Needs no archive.

    The exit status is 1 if anything is wrong.
    """
    found = verify_package(folder)
    if as_json:
        click.echo(to_json(found))
    else:
        for sentence in found.wrong:
            click.echo(sentence)
        state = "wrong" if found.wrong else "all as stated"
        say(f"{folder}: {found.files} files, {_rows(found.rows, found.history)}: {state}")
    if found.wrong:
        raise SystemExit(ArchiveError.exit_status)


@export.command()
@click.argument("package", metavar="DIR", type=click.Path(path_type=Path))
@click.option(
    "--to", "target", type=click.Path(path_type=Path), metavar="DIR", help="Keep what was made, in a new folder."
)
@click.option("--json", "as_json", is_flag=True, help="One JSON object.")
@reading
def reproduce(archive: Archive, *, package: Path, target: Path | None, as_json: bool) -> None:
    """Make the data of a package again from the archive, and compare them.

    Lists what has been taken out of the archive since (exit status 5), and what it tells otherwise now (exit status 1).
    """
    found = reproduce_package(archive.file, package, target)
    if as_json:
        click.echo(to_json(found))
    else:
        for each in found.missing:
            click.echo(f"{each.id}  {each.why}")
        for id_ in found.different:
            click.echo(f"{id_}  the archive tells it otherwise now")
        say(_told(found))
    if not found.same:
        raise SystemExit(ArchiveError.exit_status)
    if found.missing:
        raise SystemExit(NotFound.exit_status)


def _told(found: Reproduced) -> str:
    rows = _rows(found.rows, found.history)
    if found.same_bytes:
        return f"{rows}: the same bytes again"
    if found.different:
        same = found.again - len(found.different)
        return f"{same:,} of {rows} are the same, {len(found.different):,} differ"
    if found.missing:
        gone = len(found.missing)
        return f"{found.again:,} of {rows} are the same, {gone:,} missing; none differs"
    return f"{rows}: all the same; other versions of the software have packed them into other bytes"


@export.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--to", "target", required=True, metavar="FILE", help="Where to write, .csv or .jsonl.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object.")
@reading
def rehydrate(archive: Archive, *, file: Path, target: str, as_json: bool) -> None:
    """Fill the texts into FILE, an export without them, from your own archive.

    A text is filled in if it is the very one that was exported. The others are listed, and their cells stay empty: exit
    status 5.
    """
    found = rehydrate_export(archive.file, file, place_of(target))
    if as_json:
        click.echo(to_json(plain(replace(found, path=Path())) | {"path": target}))
    else:
        for each in found.missing:
            click.echo(f"{each.id}  {each.why}")
    say(f"{found.rows - len(found.missing):,} of {_articles(found.rows)} filled in, in {target}")
    if found.missing:
        raise SystemExit(NotFound.exit_status)


@export.command()
@click.option("--with", "article", metavar="ID|URL", help="Only those that held this article.")
@click.option("--json", "as_json", is_flag=True, help="JSON Lines, one export a line.")
@reading
def log(archive: Archive, *, article: str | None, as_json: bool) -> None:
    """List the exports that were made of the archive on the command line, oldest first."""
    found = exports_of(archive.folder) if article is None else exports_with(archive.folder, _id(archive, article))
    number = 0
    for number, noted in enumerate(found, 1):  # noqa: B007 (the last number counts)
        click.echo(to_json(noted) if as_json else _noted(noted))
    if not number:
        say("no export is noted" if article is None else "no export that is noted held it")


def _noted(noted: Noted) -> str:
    return f"{noted.at:%Y-%m-%d %H:%M}  {noted.rows:>9,}  {noted.format:<9}  {noted.path or 'to a stream'}"


def _id(archive: Archive, article: str) -> str:
    """The id of an article, also of one that is no longer there."""
    try:
        return archive.get(article).id
    except NotFound:
        return article_id(normalise_url(article)) if "/" in article else article.strip().lower()


def _names(written: str | None) -> tuple[str, ...] | None:
    """``a,b`` → names; None for None."""
    return None if written is None else tuple(name.strip() for name in written.split(",") if name.strip())


def _articles(number: int) -> str:
    return f"{number:,} {'article' if number == 1 else 'articles'}"


def _rows(number: int, history: bool) -> str:  # noqa: FBT001 (read at a glance)
    return _articles(number) if not history else f"{number:,} {'revision' if number == 1 else 'revisions'}"
