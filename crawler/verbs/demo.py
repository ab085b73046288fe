"""``nightdesk demo``: the bundled newspapers, offline."""

from __future__ import annotations

import sys
from pathlib import Path

import click


@click.command()
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path), default=Path("demo-archive"))
def demo(folder: Path) -> None:
    """Crawl the bundled newspapers, served on loopback, into FOLDER; each run is the next of three nights."""
    from crawler.demo.night import run_night

    sys.exit(run_night(folder))
