"""``nightdesk import``: saved pages and text dumps into the archive."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import click

from crawler.verbs.option import archive_option


@click.command("import")
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
