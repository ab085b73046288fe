"""The option that every command of the crawler has, and the names that a shell completes."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path

import click
from click.shell_completion import CompletionItem

from crawler.errors import CrawlerError

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


def complete_declared(ctx: click.Context, _parameter: click.Parameter, begun: str) -> list[CompletionItem]:
    """Names in sources.toml that begin so. One with mistakes has none."""
    from crawler.sources import load_config

    folder = ctx.params.get("archive") or os.environ.get("NIGHTDESK_ARCHIVE") or "."
    with suppress(CrawlerError, OSError):
        names = (source.name for source in load_config(Path(folder)).sources)
        return [CompletionItem(name) for name in names if name.startswith(begun)]
    return []
