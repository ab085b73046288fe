"""``nightdesk crawl``: one crawl of all sources, or of those named, and its funnel."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from crawler.errors import INTERRUPTED
from crawler.verbs.option import archive_option, complete_declared
from crawler.verbs.plan import print_plan

if TYPE_CHECKING:
    from crawler.night.crawl import CrawlResult


@click.command()
@click.argument("names", metavar="[SOURCE…]", nargs=-1, shell_complete=complete_declared)
@click.option("--url", "urls", metavar="URL", multiple=True, help="Fetch this page now; may be repeated.")
@click.option(
    "--limit", metavar="N", type=click.IntRange(min=1), default=None, help="Ask for N pages a source at most."
)
@click.option(
    "--revisit",
    type=click.Choice(["due", "all"]),
    default="due",
    show_default=True,
    help="Known articles to ask for again: those whose time has come, or all.",
)
@click.option("--dry-run", is_flag=True, help="Say what would be fetched and why; fetch no article, keep nothing.")
@click.option("--json", "as_json", is_flag=True, help="The funnel as JSON, one object a source.")
@click.option("-v", "--verbose", is_flag=True, help="Log to standard error instead of the archive's logs folder.")
@archive_option
def crawl(
    names: tuple[str, ...],
    urls: tuple[str, ...],
    limit: int | None,
    revisit: str,
    dry_run: bool,
    as_json: bool,
    verbose: bool,
    archive: Path,
) -> None:
    """Crawl all sources, or those named; print what became of every page discovered."""
    from crawler.night.crawl import CrawlOptions
    from crawler.night.crawl import crawl as run_crawl

    result = run_crawl(
        CrawlOptions(
            folder=archive,
            sources=names,
            urls=urls,
            limit=limit or 0,
            revisit=revisit,
            dry_run=dry_run,
            verbose=verbose,
        )
    )
    if dry_run:
        print_plan(result, as_json=as_json)
    else:
        print_funnel(archive, result, as_json=as_json)
    if result.interrupted:
        click.echo("nightdesk: interrupted; the next crawl goes on from here", err=True)
        sys.exit(INTERRUPTED)


def print_funnel(folder: Path, result: CrawlResult, *, as_json: bool) -> None:
    """What became of every page that a crawl met, source by source."""
    from archive.reading import Archive
    from archive.terminal import print_run
    from crawler.sources import say_paused

    with Archive(folder) as archive:
        funnel = archive.funnel(result.run)
        if as_json:
            for source, outcomes in funnel.items():
                click.echo(json.dumps({"run": result.run, "source": source, **outcomes}, ensure_ascii=False))
        else:
            print_run(archive.run(result.run), funnel, archive.problems(result.run))
    if result.left_out:
        click.echo(say_paused(result.left_out), err=True)
    if result.mended:
        click.echo(
            f"nightdesk: an earlier run's clock was ahead; {result.mended} URLs that it put off were due after all",
            err=True,
        )
    if result.log is not None:
        click.echo(f"log: {result.log}", err=True)
