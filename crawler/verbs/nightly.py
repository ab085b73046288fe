"""``nightdesk nightly``: the one command for a timer."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from crawler.errors import INTERRUPTED
from crawler.verbs.crawl import print_funnel
from crawler.verbs.option import archive_option

_BUDGET = "Ask for no more than N pages and documents, or bytes (5GB); may be given for both."


@click.command()
@click.argument("names", metavar="[SOURCE…]", nargs=-1)
@click.option("--deadline", metavar="HH:MM", help="When nothing new is begun any more, by this machine's clock.")
@click.option("--budget", "total", metavar="N|SIZE", multiple=True, help=_BUDGET)
@click.option("--source-budget", "each", metavar="N|SIZE", multiple=True, help="The same for each source.")
@click.option("--json", "as_json", is_flag=True, help="The funnel as JSON, one object a source.")
@click.option("-v", "--verbose", is_flag=True, help="Log to standard error instead of the archive's logs folder.")
@archive_option
def nightly(
    names: tuple[str, ...],
    deadline: str | None,
    total: tuple[str, ...],
    each: tuple[str, ...],
    as_json: bool,
    verbose: bool,
    archive: Path,
) -> None:
    """Do all that a night has to do: finish what is left, crawl what is due, look after the sources, report.

    Without options it keeps to [night] of sources.toml. A second one ends at once and says who is at work.
    """
    from crawler.night.budget import read_limits
    from crawler.night.nightly import NightOptions, crawl_night, the_night

    try:
        budget, source_budget = read_limits(total), read_limits(each)
    except ValueError as error:
        raise click.UsageError(str(error)) from None
    options = NightOptions(
        folder=archive,
        sources=names,
        deadline=deadline,
        budget=budget,
        source_budget=source_budget,
        verbose=verbose,
    )
    with the_night(archive):
        result = crawl_night(options)
        print_funnel(archive, result, as_json=as_json)
        if result.interrupted:
            click.echo("nightdesk: interrupted; the next night goes on from here", err=True)
            sys.exit(INTERRUPTED)
