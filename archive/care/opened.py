"""The archive's folder as an option of the commands that care for one."""

from __future__ import annotations

from pathlib import Path

import click

from archive.errors import NoArchive

archive_folder = click.option(
    "-a",
    "--archive",
    "folder",
    type=click.Path(file_okay=False, path_type=Path),
    default=Path(),
    envvar="NIGHTDESK_ARCHIVE",
    show_envvar=True,
    metavar="DIR",
    help="The archive's folder; the present folder if not given.",
)


def existing(folder: Path) -> Path:
    """The folder, for what must not make an archive where there is none. Raises NoArchive."""
    if not (folder / "archive.db").is_file():
        raise NoArchive(f"there is no archive in {folder}; make one with: nightdesk init {folder}")
    return folder
