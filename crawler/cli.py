"""The ``nightdesk`` command: the reading verbs of archive/cli.py, and those that crawl and clean.

Exit status: 0 done; 1 not done: what was named cannot be taken or written, or our own fault; 2 wrong usage or
query; 3 wrong configuration, or no archive there; 4 another process is writing; 5 not found; 7 interrupted, the
next run goes on from there; 8 the disk is full, or the folder may not be read or written.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

import click

from archive.cli import reading_commands
from archive.errors import DRIVER_ERRORS, ArchiveError, CannotWrite
from archive.version import __version__
from crawler.errors import CrawlerError

if TYPE_CHECKING:
    from crawler.night.crawl import CrawlResult
    from crawler.sources import Source

INTERRUPTED = 7

_TEMPLATE = """\
# The newspapers of this archive. What a source leaves out (feeds, sitemaps, sections) is discovered.
# All keys: docs/add-a-source.md. Check a source without storing anything: nightdesk sources check NAME

[crawl]
{contact}
# delay = 1.0        # seconds between two requests to one host
# max_pages = 2000   # pages asked for per source and crawl, newest first
# workers = 0        # processes that clean pages; 0: one per core
"""


archive_option = click.option(
    "-a",
    "--archive",
    type=click.Path(file_okay=False, path_type=Path),
    default=Path(),
    envvar="NIGHTDESK_ARCHIVE",
    show_envvar=True,
    metavar="DIR",
    help="The archive's folder; the present folder if not given.",
)


class _Group(click.Group):
    """Says an expected error in plain words, with its exit status, instead of a traceback."""

    def invoke(self, ctx: click.Context) -> object:
        """Run the command."""
        try:
            return super().invoke(ctx)
        except (ArchiveError, CrawlerError) as error:
            for line in str(error).splitlines():
                click.echo(f"nightdesk: {line}", err=True)
            raise SystemExit(error.exit_status) from error
        except BrokenPipeError:
            raise
        except DRIVER_ERRORS as error:
            click.echo(f"nightdesk: cannot read or write: {error}", err=True)
            raise SystemExit(CannotWrite.exit_status) from error


@click.group(cls=_Group, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(__version__, prog_name="nightdesk")
def nightdesk() -> None:
    """A news archive: crawl news sites every night, keep what came, give clean records back."""


for _command in reading_commands:
    nightdesk.add_command(_command)


@nightdesk.command()
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path))
@click.option("--contact", metavar="MAIL|URL", help="Where a site's owner reaches you; part of the user agent.")
def init(folder: Path, contact: str | None) -> None:
    """Make an archive in FOLDER, or bring an existing one to this version."""
    from archive.writer import ArchiveWriter
    from crawler.errors import ConfigError
    from crawler.sources import FILE, load_config

    folder.mkdir(parents=True, exist_ok=True)
    path = folder / FILE
    fresh = not path.exists()
    if fresh:
        line = f"contact = {json.dumps(contact)}" if contact else '# contact = "you@example.org"'
        path.write_text(_TEMPLATE.format(contact=line), encoding="utf-8")
        try:
            load_config(folder)
        except ConfigError:
            path.unlink()
            raise
    elif contact:
        raise ConfigError(f"{path} exists; change contact under [crawl] there")
    ArchiveWriter(folder, purpose="init").close()
    click.echo(f"{folder} is {'a new' if fresh else 'an'} archive. Sources are declared in {path}", err=True)
    if fresh:
        click.echo(f"Next: nightdesk sources add https://… -a {folder}; nightdesk crawl -a {folder}", err=True)


@nightdesk.group()
def sources() -> None:
    """Declare newspapers, list them, and see what would be fetched."""


@sources.command("add")
@click.argument("urls", metavar="URL…", nargs=-1, required=True)
@click.option("--name", help="Short name, for one URL; otherwise made from its host.")
@archive_option
def sources_add(urls: tuple[str, ...], name: str | None, archive: Path) -> None:
    """Add newspapers by the URLs of their front pages."""
    from crawler.sources import declare

    if name and len(urls) > 1:
        raise click.UsageError("--name is for one URL")
    added = declare(archive, list(urls), name=name)
    for source in added:
        click.echo(f"{source.name}\t{source.home}")
    if len(added) < len(urls):
        click.echo(f"{len(urls) - len(added)} already declared", err=True)


@sources.command("list")
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line.")
@archive_option
def sources_list(as_json: bool, archive: Path) -> None:
    """List the newspapers, with what is declared of them."""
    from dataclasses import asdict

    from crawler.sources import load_config

    declared = load_config(archive).sources
    if not declared:
        click.echo("no source declared so far; add one with: nightdesk sources add URL", err=True)
    for source in declared:
        click.echo(json.dumps(asdict(source), ensure_ascii=False) if as_json else _source_line(source))


def _source_line(source: Source) -> str:
    given = [
        f"{len(urls)} {name}"
        for name, urls in (("feeds", source.feeds), ("sitemaps", source.sitemaps), ("sections", source.sections))
        if urls
    ]
    return f"{source.name}\t{source.home}\t{', '.join(given) or 'all discovered'}"


@sources.command("check")
@click.argument("names", metavar="[SOURCE…]", nargs=-1)
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line: documents, then pages.")
@archive_option
def sources_check(names: tuple[str, ...], as_json: bool, archive: Path) -> None:
    """Read feeds, sitemaps and fronts, say what a crawl would fetch and why; fetch no article, keep nothing."""
    from crawler.night.crawl import CrawlOptions, crawl

    _print_plan(crawl(CrawlOptions(folder=archive, sources=names, dry_run=True)), as_json=as_json)


@nightdesk.command()
@click.argument("names", metavar="[SOURCE…]", nargs=-1)
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
        _print_plan(result, as_json=as_json)
    else:
        _print_funnel(archive, result, as_json=as_json)
    if result.interrupted:
        click.echo("nightdesk: interrupted; the next crawl goes on from here", err=True)
        sys.exit(INTERRUPTED)


def _print_funnel(folder: Path, result: CrawlResult, *, as_json: bool) -> None:
    from archive.reading import Archive
    from archive.terminal import print_run

    with Archive(folder) as archive:
        funnel = archive.funnel(result.run)
        if as_json:
            for source, outcomes in funnel.items():
                click.echo(json.dumps({"run": result.run, "source": source, **outcomes}, ensure_ascii=False))
        else:
            print_run(archive.run(result.run), funnel, archive.problems(result.run))
    if result.log is not None:
        click.echo(f"log: {result.log}", err=True)


def _print_plan(result: CrawlResult, *, as_json: bool) -> None:
    if as_json:
        from dataclasses import asdict

        for line in (*({"document": asdict(d)} for d in result.documents), *({"page": p} for p in result.plan)):
            click.echo(json.dumps(line, ensure_ascii=False))
        return
    for name in sorted({d.source for d in result.documents} | {p["source"] for p in result.plan}):
        click.echo(name)
        for document in result.documents:
            if document.source == name:
                said = ": ".join(text for text in (document.reason, document.detail) if text)
                click.echo(f"  {document.state:<8} {document.kind:<8} {document.url}" + (f" ({said})" if said else ""))
        _print_pages([page for page in result.plan if page["source"] == name])


def _print_pages(pages: Iterable[dict[str, str]]) -> None:
    shown = list(pages)
    for page in shown:
        if page["outcome"] == "waiting":
            why = "due again" if page["fetched_at"] else "new"
            click.echo(f"  fetch    {page['url']} ({why}; listed by {page['via'].replace(',', ', ')})")
        else:
            click.echo(f"  leave    {page['url']} ({page['outcome']}: {page['reason']})")
    fetch = sum(page["outcome"] == "waiting" for page in shown)
    click.echo(f"  {fetch} pages would be fetched, {len(shown) - fetch} left alone")


@nightdesk.command("import")
@click.argument("files", metavar="FILE…", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--source", default="import", show_default=True, help="Name of the source that the records belong to.")
@click.option("--url", metavar="URL", help="Address of the page, for one FILE; otherwise what the page itself says.")
@click.option(
    "--fetched-at",
    metavar="DATE",
    help="When the pages were saved (2026-11-10, or with a time); otherwise each file's own date.",
)
@click.option("--json", "as_json", is_flag=True, help="One JSON object a file.")
@archive_option
def import_files(
    files: tuple[Path, ...], source: str, url: str | None, fetched_at: str | None, as_json: bool, archive: Path
) -> None:
    """Take in saved HTML pages and plain-text page dumps, cleaned like crawled ones."""
    from contextlib import closing

    if url and len(files) > 1:
        raise click.UsageError("--url is for one FILE")
    refused = 0
    try:
        from crawler.imports import import_saved  # takes a second: Ctrl-C meanwhile is met here too

        with closing(import_saved(archive, files, source=source, url=url, fetched_at=fetched_at)) as all_taken:
            for taken in all_taken:
                refused += taken.problem is not None
                if as_json:
                    click.echo(json.dumps(taken.as_dict(), ensure_ascii=False))
                else:
                    click.echo(taken.line(), err=taken.problem is not None)
    except KeyboardInterrupt:
        click.echo("nightdesk: interrupted; the files told of so far are in the archive", err=True)
        sys.exit(130)
    if refused:
        sys.exit(1)


@nightdesk.command()
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path), default=Path("demo-archive"))
def demo(folder: Path) -> None:
    """Crawl the bundled newspapers, served on loopback, into FOLDER; each run is the next of three nights."""
    from crawler.demo.night import run_night

    sys.exit(run_night(folder))


def main() -> None:
    """Entry point of the ``nightdesk`` script."""
    nightdesk()
