"""``nightdesk import``: files of others into the archive."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from crawler.verbs.option import archive_option

if TYPE_CHECKING:
    from crawler.machines.machines import Machines

#: As crawler/intake/wish.py has them; that module is not waited for to show the help.
_FORMATS = ("warc", "wacz", "csv", "json", "saved")


@click.command("import")
@click.argument("files", metavar="FILE…", nargs=-1, required=True, type=click.Path(path_type=Path, allow_dash=True))
@click.option("--source", metavar="NAME", help="The source that all records go under.")
@click.option(
    "--source-by",
    type=click.Choice(["site"]),
    help="Saved pages too go under the newspaper of their site, not under `import`.",
)
@click.option("--url", metavar="URL", help="Address of the page, for one FILE; otherwise what the page itself says.")
@click.option(
    "--fetched-at",
    metavar="DATE",
    help="When the pages were saved (2026-11-10, or with a time); otherwise each file's own date.",
)
@click.option("--url-prefix", "prefixes", metavar="URL", multiple=True, help="Only pages whose address begins so.")
@click.option("--site", "sites", metavar="DOMAIN", multiple=True, help="Only pages of this site.")
@click.option("--since", metavar="DAY", help="Only pages captured from this day on.")
@click.option("--until", metavar="DAY", help="Only pages captured until this day.")
@click.option("--limit", type=click.IntRange(min=1), help="Take so many pages; the next run goes on behind them.")
@click.option("--map", "maps", metavar="FIELD=COLUMN,…", multiple=True, help="Which column of a table is which field.")
@click.option("--clean", is_flag=True, help="Clean the texts of a table as text dumps are cleaned.")
@click.option("--format", "format_", type=click.Choice(_FORMATS), help="What the files are; otherwise by their bytes.")
@click.option("--jobs", type=click.IntRange(min=1), help="Processes that clean; otherwise one a core.")
@click.option("--dask", metavar="ADDRESS", help="Let a Dask cluster clean: its scheduler, such as tcp://10.0.0.5:8786.")
@click.option("--dry-run", is_flag=True, help="Say what would come of it, and keep nothing.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object a file.")
@archive_option
def import_files(
    files: tuple[Path, ...], url: str | None, limit: int | None, jobs: int | None,
    dask: str | None, dry_run: bool, as_json: bool,
    archive: Path, **words: Any,
) -> None:  # fmt: skip
    """Take in WARC and WACZ files, saved HTML pages, text dumps, and tables of articles (CSV, JSON lines).

    FILE is a file, a folder, or - for standard input. Everything is cleaned like crawled pages, and kept raw.
    """
    from contextlib import ExitStack, closing

    if url and len(files) > 1:
        raise click.UsageError("--url is for one FILE")
    if dask and jobs:
        raise click.UsageError("either --dask, whose workers are its own, or --jobs")
    problems = 0
    try:
        # takes a second: Ctrl-C meanwhile is met here too
        from crawler.intake.progress import progress_of
        from crawler.intake.run import Intake, processes
        from crawler.intake.wish import read_wish

        by_site = words.pop("source_by") is not None
        wish = read_wish(url=url, by_site=by_site, format=words.pop("format_"), **words)
        with progress_of(files) as told, ExitStack() as stack:
            machines = processes(jobs) if jobs else stack.enter_context(_cluster(dask)) if dask else None
            intake = Intake(archive, wish, limit=limit, machines=machines, dry_run=dry_run, told=told)
            with closing(intake.run(files)) as all_taken:
                for taken in all_taken:
                    problems += taken.problem is not None
                    if as_json:
                        click.echo(json.dumps(taken.as_dict(), ensure_ascii=False))
                    else:
                        click.echo(taken.line(), err=taken.problem is not None)
    except KeyboardInterrupt:
        click.echo("nightdesk: interrupted; the files told of so far are in the archive", err=True)
        sys.exit(130)
    _sum_up(intake.counts, dry_run=dry_run)
    if problems:
        sys.exit(1)


def _cluster(address: str) -> Machines:
    from crawler.machines.cluster import cluster

    return cluster(address)


def _sum_up(counts: Any, *, dry_run: bool) -> None:
    """The numbers of all files, for a person."""
    if counts.records > 1:
        click.echo("", err=True)
        for line in counts.table():
            click.echo(line, err=True)
    if counts.misfits:
        click.echo(f"{counts.misfits:,} records do not have the digest that they declare; they are kept so", err=True)
    if dry_run:
        click.echo("nothing was kept: this was a dry run", err=True)
