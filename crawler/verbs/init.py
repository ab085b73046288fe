"""``nightdesk init``: a new archive's folder, or an old one brought to this version."""

from __future__ import annotations

import json
from pathlib import Path

import click

_TEMPLATE = """\
# The newspapers of this archive. What a source leaves out (feeds, sitemaps, sections) is discovered.
# All keys: docs/add-a-source.md. Check a source without storing anything: nightdesk sources check NAME

[crawl]
{contact}
# delay = 1.0        # seconds between two requests to one host
# max_pages = 2000   # pages asked for per source and crawl, newest first
# workers = 0        # processes that clean pages; 0: one per core
"""


@click.command()
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
