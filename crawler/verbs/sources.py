"""``nightdesk sources``: declare newspapers, list them, see what a crawl would do."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from crawler.errors import INTERRUPTED
from crawler.verbs.entered import print_entered
from crawler.verbs.listed import print_listed
from crawler.verbs.look import echo_pinned, found_as_json, print_found
from crawler.verbs.option import archive_option, complete_declared
from crawler.verbs.plan import print_plan

if TYPE_CHECKING:
    from archive.standing import Standing
    from crawler.sources import Source

_SAMPLE = "Fetch and clean the N newest pages of each, and show them: headline, authors, date, first words."


@click.group()
def sources() -> None:
    """Declare newspapers, list them, and see what would be fetched."""


@sources.command("add")
@click.argument("urls", metavar="URL…", nargs=-1, required=True)
@click.option("--name", help="Short name, for one URL; otherwise made from its host.")
@click.option("--no-check", is_flag=True, help="Only write them into sources.toml; ask nothing of the sites.")
@click.option("--sample", metavar="N", type=click.IntRange(min=0), default=3, show_default=True, help=_SAMPLE)
@click.option("--pin", is_flag=True, help="Write the feeds, sitemaps and sections that are found into sources.toml.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object a newspaper.")
@archive_option
def sources_add(
    urls: tuple[str, ...], name: str | None, no_check: bool, sample: int, pin: bool, as_json: bool, archive: Path
) -> None:
    """Add newspapers by the URLs of their front pages, and show what is found there and what would be kept.

    They are added whatever the look at them brings; nothing else is stored.
    """
    from crawler.sourcelist.write import declare

    if name and len(urls) > 1:
        raise click.UsageError("--name is for one URL")
    if no_check and pin:
        raise click.UsageError("--pin writes what a check finds: leave out --no-check")
    added = declare(archive, list(urls), name=name)
    if no_check:
        for source in added:
            row = json.dumps({"name": source.name, "home": source.home}) if as_json else f"{source.name}\t{source.home}"
            click.echo(row)
    if len(added) < len(urls):
        click.echo(f"{len(urls) - len(added)} already declared", err=True)
    if added and not no_check:
        _look(archive, added, sample=sample, pin=pin, as_json=as_json)


def _look(folder: Path, added: Sequence[Source], *, sample: int, pin: bool, as_json: bool) -> None:
    """One dry run over all that was added: Twisted's reactor starts once a process."""
    from archive.errors import ArchiveError
    from crawler.errors import CrawlerError
    from crawler.night.crawl import CrawlOptions, crawl
    from crawler.sourcelist.found import found_in
    from crawler.sourcelist.write import pin as write_pins

    names = tuple(source.name for source in added)
    try:
        result = crawl(CrawlOptions(folder=folder, sources=names, dry_run=True, sample=sample, brief=True))
    except (ArchiveError, CrawlerError) as error:
        for source in added:
            problem = {"name": source.name, "home": source.home, "problem": str(error)}
            click.echo(json.dumps(problem) if as_json else f"{source.name}\t{source.home}")
        click.echo(f"nightdesk: added, but not looked at: {error}", err=True)
        return
    found = found_in(added, result.documents, result.plan, result.samples)
    for each in found:
        click.echo(found_as_json(each)) if as_json else print_found(each)
    if pin:
        pinned = {each.source.name: each.pinned for each in found if each.pinned}
        write_pins(folder, pinned)
        echo_pinned(pinned)
    if result.interrupted:
        click.echo("nightdesk: interrupted; they are added, and not all was looked at", err=True)
        sys.exit(INTERRUPTED)


@sources.command("list")
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line, with all that is declared.")
@archive_option
def sources_list(as_json: bool, archive: Path) -> None:
    """List the newspapers: articles, last run, health of the last night, whether they are paused."""
    from crawler.sources import load_config

    declared = load_config(archive).sources
    if not declared:
        click.echo("no source declared so far; add one with: nightdesk sources add URL", err=True)
    else:
        print_listed(declared, _standings(archive), as_json=as_json)


def _standings(folder: Path) -> dict[str, Standing]:
    """What the archive knows of its sources; nothing if it cannot be read, which is said."""
    from archive.errors import ArchiveError
    from archive.reading import Archive

    try:
        with Archive(folder) as archive:
            return archive.standings()
    except ArchiveError as error:
        click.echo(f"nightdesk: no figures: {error}", err=True)
        return {}


@sources.command("check")
@click.argument("names", metavar="[SOURCE…]", nargs=-1, shell_complete=complete_declared)
@click.option("--sample", metavar="N", type=click.IntRange(min=0), default=0, show_default=True, help=_SAMPLE)
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line: documents, pages, then the sample.")
@archive_option
def sources_check(names: tuple[str, ...], sample: int, as_json: bool, archive: Path) -> None:
    """Read feeds, sitemaps and fronts, say what a crawl would fetch and why; keep nothing.

    No article is fetched but for the sample.
    """
    from crawler.night.crawl import CrawlOptions, crawl

    options = CrawlOptions(folder=archive, sources=names, revisit="lists", dry_run=True, sample=sample)
    print_plan(crawl(options), as_json=as_json)


@sources.command("import")
@click.argument("file", metavar="FILE", type=click.Path(path_type=Path))
@click.option("--skip-wrong", is_flag=True, help="Add the good lines even if others are wrong.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line of the file.")
@archive_option
def sources_import(file: Path, skip_wrong: bool, as_json: bool, archive: Path) -> None:
    """Add the newspapers of a list: OPML from a feed reader, a CSV table, or a URL a line.

    The columns of a table are url and any of name, title, feeds, sitemaps, sections, timezone and the other keys of
    sources.toml. All are added in one write, or none if a line is wrong.
    """
    from crawler.sourcelist.lists import read_list
    from crawler.sourcelist.write import enter

    found = enter(archive, read_list(file), skip_wrong=skip_wrong)
    written = skip_wrong or not found.wrong
    print_entered(file, found, written=written, as_json=as_json)
    if not written:
        sys.exit(1)


@sources.command("pause")
@click.argument("names", metavar="SOURCE…", nargs=-1, required=True, shell_complete=complete_declared)
@click.option(
    "--until",
    metavar="DATE",
    type=click.DateTime(["%Y-%m-%d"]),
    help="Crawl them again from that day on (2027-01-31), by this machine's clock; without it, until you resume them.",
)
@archive_option
def sources_pause(names: tuple[str, ...], until: datetime | None, archive: Path) -> None:
    """Leave newspapers out of crawls, and keep what the archive has of them."""
    from crawler.sourcelist.write import pause

    if until is not None and until.date() <= datetime.now().astimezone().date():
        raise click.UsageError(f"--until: {until:%Y-%m-%d} is no day to come")
    pause(archive, names, until.date() if until else None)
    click.echo(f"paused{f' until {until:%Y-%m-%d}' if until else ''}: {', '.join(names)}", err=True)


@sources.command("resume")
@click.argument("names", metavar="SOURCE…", nargs=-1, required=True, shell_complete=complete_declared)
@archive_option
def sources_resume(names: tuple[str, ...], archive: Path) -> None:
    """Crawl newspapers again that were paused."""
    from crawler.sourcelist.write import resume

    resumed = resume(archive, names)
    others = [name for name in names if name not in resumed]
    if resumed:
        click.echo(f"crawled again: {', '.join(resumed)}", err=True)
    if others:
        click.echo(f"not paused: {', '.join(others)}", err=True)


@sources.command("remove")
@click.argument("names", metavar="SOURCE…", nargs=-1, required=True, shell_complete=complete_declared)
@archive_option
def sources_remove(names: tuple[str, ...], archive: Path) -> None:
    """Take newspapers out of sources.toml; articles and pages that the archive has of them stay."""
    from crawler.sourcelist.write import remove

    remove(archive, names)
    click.echo(f"removed: {', '.join(names)}; what the archive has of them stays", err=True)
