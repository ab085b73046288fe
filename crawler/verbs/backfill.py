"""``nightdesk backfill``: a newspaper's past, within a budget, in the hours that the nights leave."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from crawler.errors import INTERRUPTED
from crawler.verbs.crawl import print_funnel
from crawler.verbs.option import archive_option, complete_declared
from crawler.verbs.plan import print_plan

_WAYS = click.Choice(["sitemaps", "sections", "cdx", "warc"])
_BUDGET = "Ask for no more than N pages and documents, or bytes (5GB); may be given for both."


@click.command()
@click.argument("source", metavar="SOURCE", shell_complete=complete_declared)
@click.option("--from", "first", metavar="DAY", required=True, help="First day, as 2024-01-01.")
@click.option("--to", "last", metavar="DAY", help="Last day; today if not given.")
@click.option(
    "--via", "ways", type=_WAYS, multiple=True, help="Where to look; may be repeated. Else the paper's own lists."
)
@click.option("--cdx", metavar="URL", help="CDX server of a web archive; else cdx under [backfill] in sources.toml.")
@click.option("--warc", "warcs", metavar="FILE|URL", multiple=True, help="A WARC file to take pages from.")
@click.option("--budget", "total", metavar="N|SIZE", multiple=True, help=_BUDGET)
@click.option("--deadline", metavar="HH:MM", help="When nothing new is begun any more, by this machine's clock.")
@click.option("--dry-run", is_flag=True, help="Read the lists, say what would be fetched; fetch no page, keep nothing.")
@click.option("--json", "as_json", is_flag=True, help="The funnel, or the plan, as JSON.")
@click.option("-v", "--verbose", is_flag=True, help="Log to standard error instead of the archive's logs folder.")
@archive_option
def backfill(
    source: str,
    first: str,
    last: str | None,
    ways: tuple[str, ...],
    cdx: str | None,
    warcs: tuple[str, ...],
    total: tuple[str, ...],
    deadline: str | None,
    dry_run: bool,
    as_json: bool,
    verbose: bool,
    archive: Path,
) -> None:
    """Fetch a newspaper's articles of past days, newest first; the same command again goes on where it ended.

    It gives way to the nights: it does not begin while one is going on, and ends when one wants to begin.
    """
    from datetime import datetime

    from crawler.backfill.makeway import BACKFILL, refuse_by_night
    from crawler.backfill.wish import read_wish
    from crawler.night.budget import read_deadline, read_limits
    from crawler.night.crawl import CrawlOptions, crawl
    from crawler.sources import load_config, pick

    try:
        budget = read_limits(total)
        until = read_deadline(deadline, datetime.now().astimezone()) if deadline else None
    except ValueError as error:
        raise click.UsageError(str(error)) from None
    config = load_config(archive)
    pick(config, (source,))
    wish = read_wish(source, first=first, last=last, ways=ways, cdx=cdx, warcs=warcs, configured=config.backfill)
    refuse_by_night(archive)
    options = CrawlOptions(
        folder=archive,
        sources=(source,),
        dry_run=dry_run,
        budget=budget,
        deadline=until,
        purpose=BACKFILL,
        backfill=wish,
        verbose=verbose,
    )
    result = crawl(options)
    if dry_run:
        print_plan(result, as_json=as_json)
    else:
        print_funnel(archive, result, as_json=as_json)
    if result.interrupted:
        click.echo("nightdesk: interrupted; the same command goes on from here", err=True)
        sys.exit(INTERRUPTED)
    if result.left and any(result.left) and not dry_run:
        lists, pages = result.left
        click.echo(f"nightdesk: {pages} pages and {lists} lists are left; the same command goes on from here", err=True)
