"""``nightdesk reextract``: records made anew from what was captured, and the way back."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING, Any

import click

from archive.querying import Querying, query_of, querying
from crawler.errors import INTERRUPTED
from crawler.verbs.option import archive_option

if TYPE_CHECKING:
    from archive.generations.wanted import Wanted
    from crawler.again.options import Reextraction

#: Seconds between two words on how far it has got.
_EVERY_S = 2.0


@click.command(cls=Querying)
@querying
@click.option("--older-than", metavar="VERSION", help="Only what an earlier nightdesk made: 0.2, or 0.2.1.")
@click.option("--pending", is_flag=True, help="Pages that were captured and never cleaned, instead of articles.")
@click.option("--rejected", is_flag=True, help="Pages that were rejected, instead of articles.")
@click.option("--force", is_flag=True, help="Also what this version and what is known of its source made.")
@click.option("--dry-run", is_flag=True, help="Say what would change; write nothing.")
@click.option("--samples", metavar="N", type=click.IntRange(min=0), default=3, show_default=True, help="Shown a field.")
@click.option("--list", "listed", is_flag=True, help="The generations so far.")
@click.option(
    "--rollback",
    metavar="[N]",
    is_flag=False,
    flag_value="last",
    help="Put back what the last generation replaced, or all from the last back to generation N.",
)
@click.option(
    "--workers", metavar="N", type=click.IntRange(min=1), help="Processes; else as [crawl] says, or one a core."
)
@click.option("--dask", metavar="ADDRESS", help="Let a Dask cluster do it: its scheduler, such as tcp://10.0.0.5:8786.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object; with --list one a line.")
@archive_option
def reextract(
    *,
    words: tuple[str, ...],
    older_than: str | None,
    pending: bool,
    rejected: bool,
    force: bool,
    dry_run: bool,
    samples: int,
    listed: bool,
    rollback: str | None,
    workers: int | None,
    dask: str | None,
    as_json: bool,
    archive: Path,
    **filters: Any,
) -> None:
    """Clean again what was captured: articles that an earlier version made, or those of QUERY.

    Try it with --dry-run first. What is replaced is kept as a generation, and --rollback puts it back. It makes no
    revisions: those are what sites changed. Killed or stopped, the same command goes on.
    """
    if dask and workers:
        raise click.UsageError("either --dask, whose workers are its own, or --workers")
    if listed:
        _list(archive, as_json=as_json)
    elif rollback is not None:
        _undo(archive, rollback, as_json=as_json)
    else:
        wanted = _wanted(words, filters, older_than, pending=pending, rejected=rejected, force=force)
        found = _clean(archive, wanted, workers=workers or 0, dask=dask, dry_run=dry_run)
        _show(found, dry_run=dry_run, samples=samples, as_json=as_json)


def _wanted(
    words: tuple[str, ...],
    filters: dict[str, Any],
    older_than: str | None,
    *,
    pending: bool,
    rejected: bool,
    force: bool,
) -> Wanted:
    from archive.generations.wanted import Wanted, version_of

    if older_than is not None and version_of(older_than) is None:
        raise click.UsageError(f"--older-than {older_than!r}: write a version such as 0.2 or 0.2.1")
    given = {name: value for name, value in filters.items() if value is not None}
    if pending or rejected:
        if words or given.keys() - {"source"}:
            raise click.UsageError(
                "--pending and --rejected are of pages, which no query finds: leave all but --source out"
            )
        return Wanted(
            source=given.get("source"), older_than=older_than, pending=pending, rejected=rejected, force=force
        )
    return Wanted(query=query_of(words, **filters).spelling, older_than=older_than, force=force)


def _clean(folder: Path, wanted: Wanted, *, workers: int, dask: str | None, dry_run: bool) -> Reextraction:
    from crawler.again.options import Asked
    from crawler.again.reextract import reextract as apply
    from crawler.again.reextract import try_again

    asked = Asked(folder=folder, wanted=wanted, workers=workers, dask=dask)
    return (try_again if dry_run else apply)(asked, _progress())


def _show(found: Reextraction, *, dry_run: bool, samples: int, as_json: bool) -> None:
    from crawler.again.show import print_reextraction

    if as_json:
        click.echo(json.dumps(found.as_dict() | {"dry_run": dry_run}, ensure_ascii=False))
    else:
        print_reextraction(found, dry_run=dry_run, samples=samples)
    _say_end(found, dry_run=dry_run)


def _say_end(found: Reextraction, *, dry_run: bool) -> None:
    if found.generation is not None and found.ended_by is None:
        click.echo(f"generation {found.generation}; take it back with: nightdesk reextract --rollback", err=True)
    if found.ended_by is not None:
        why = {"interrupted": "interrupted", "night": "a night is about to begin"}[found.ended_by]
        then = "these are the figures so far" if dry_run else "the same command goes on from here"
        click.echo(f"nightdesk: {why}; {then}", err=True)
        sys.exit(INTERRUPTED)


def _progress() -> Callable[[int, int], None]:
    """Says how far it has got, on a terminal, now and then."""
    began = last = monotonic()

    def say(done: int, captures: int) -> None:
        nonlocal last
        now = monotonic()
        if sys.stderr.isatty() and now - last >= _EVERY_S:
            last = now
            click.echo(f"{done:,} of {captures:,}, {done / (now - began):.0f} a second", err=True)

    return say


def _list(folder: Path, *, as_json: bool) -> None:
    from archive.verb import to_json
    from crawler.again.reextract import generations
    from crawler.again.show import print_generations

    every = generations(folder)
    for each in every if as_json else ():
        told = {"asked": each.wanted.as_typed(), "extractor": each.extractor, "begun_at": each.begun_at}
        told |= {"finished_at": each.finished_at, "undone_at": each.undone_at, "left": each.left}
        click.echo(to_json({"generation": each.id, **told, "counts": dict(each.tally.counts)}))
    if not as_json and every:
        print_generations(every)
    if not every:
        click.echo("nothing was cleaned again so far", err=True)


def _undo(folder: Path, which: str, *, as_json: bool) -> None:
    from crawler.again.reextract import undo

    if which != "last" and not which.isdecimal():
        raise click.UsageError(
            f"--rollback {which!r}: write the number of a generation; nightdesk reextract --list has them"
        )
    for each in undo(folder, None if which == "last" else int(which)):
        told = {"generation": each.generation, "texts": each.texts, "pages": each.pages, "kept": each.kept}
        if as_json:
            click.echo(json.dumps(told))
            continue
        click.echo(f"generation {each.generation} taken back: {each.texts:,} texts and {each.pages:,} pages as before")
        if each.kept:
            click.echo(f"{each.kept:,} pages stay articles: a crawl has seen them since", err=True)
