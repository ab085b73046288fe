"""``nightdesk nightly``: the one command for a timer."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from crawler.errors import INTERRUPTED, SICK
from crawler.verbs.crawl import print_funnel
from crawler.verbs.option import archive_option, complete_declared

if TYPE_CHECKING:
    from crawler.night.crawl import CrawlResult
    from crawler.night.nightly import NightOptions

_BUDGET = "Ask for no more than N pages and documents, or bytes (5GB); may be given for both."


@click.command()
@click.argument("names", metavar="[SOURCE…]", nargs=-1, shell_complete=complete_declared)
@click.option("--deadline", metavar="HH:MM", help="When nothing new is begun any more, by this machine's clock.")
@click.option("--budget", "total", metavar="N|SIZE", multiple=True, help=_BUDGET)
@click.option("--source-budget", "each", metavar="N|SIZE", multiple=True, help="The same for each source.")
@click.option(
    "--sick-status",
    metavar="N",
    type=click.IntRange(0, 125),
    default=SICK,
    show_default=True,
    help="Status of a night that went well but has sick sources; 0 for who knows only success and failure.",
)
@click.option(
    "--dask",
    metavar="ADDRESS",
    help="Divide the night among the workers of a Dask scheduler, such as tcp://10.0.0.5:8786.",
)
@click.option("--json", "as_json", is_flag=True, help="The funnel as JSON, one object a source.")
@click.option("-v", "--verbose", is_flag=True, help="Log to standard error instead of the archive's logs folder.")
@archive_option
def nightly(
    names: tuple[str, ...],
    deadline: str | None,
    total: tuple[str, ...],
    each: tuple[str, ...],
    sick_status: int,
    dask: str | None,
    as_json: bool,
    verbose: bool,
    archive: Path,
) -> None:
    """Do all that a night has to do: finish what is left, crawl what is due, look after the sources, report.

    Without options it keeps to [night] of sources.toml. A second one ends at once and says who is at work.
    """
    from crawler.night.budget import read_limits
    from crawler.night.morning import look_after
    from crawler.night.nightly import NightOptions, the_night
    from crawler.sources import load_config

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
        dask=dask,
    )
    with the_night(archive):
        result = _crawled(options)
        print_funnel(archive, result, as_json=as_json)
        if result.interrupted:
            click.echo("nightdesk: interrupted; the next night goes on from here", err=True)
            sys.exit(INTERRUPTED)
        morning = look_after(archive, result.run, load_config(archive))
    for problem in morning.untold:
        click.echo(f"nightdesk: not everybody was told: {problem}", err=True)
    click.echo(f"{morning.headline}\nreport: {morning.page}", err=True)
    if morning.sick:
        click.echo(f"sick: {', '.join(morning.sick)}; more: nightdesk health -a {archive}", err=True)
        sys.exit(sick_status)


def _crawled(options: NightOptions) -> CrawlResult:
    """The night's crawl; if it cannot be finished, people are told before the error goes its way."""
    from archive.errors import ArchiveError
    from crawler.errors import CrawlerError
    from crawler.night.nightly import crawl_night
    from crawler.night.notify import alarm
    from crawler.sources import load_config

    notify = load_config(options.folder).notify
    try:
        return crawl_night(options)
    except (ArchiveError, CrawlerError, OSError) as error:
        for problem in alarm(notify, options.folder, str(error)):
            click.echo(f"nightdesk: not everybody was told: {problem}", err=True)
        raise
