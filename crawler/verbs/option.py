"""The option that every command of the crawler has."""

from __future__ import annotations

from pathlib import Path

import click

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
