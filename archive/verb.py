"""What every command that reads an archive shares: the archive, open, and what goes wrong in one line and a status."""

from __future__ import annotations

import errno
import functools
import json
import shutil
import sqlite3
import sys
import textwrap
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import click

from archive.errors import ArchiveError
from archive.reading import Archive
from archive.record import plain

Command = Callable[..., None]


def reading(command: Command) -> Command:
    """Give the command an open archive, and turn what can go wrong into a line and an exit status."""

    @click.option(
        "-a",
        "--archive",
        "folder",
        default=".",
        envvar="NIGHTDESK_ARCHIVE",
        show_envvar=True,
        metavar="DIR",
        help="The archive's folder; the present folder if not given.",
    )
    @functools.wraps(command)
    def run(folder: str, **arguments: Any) -> None:
        with Archive(folder) as archive:
            try:
                command(archive, **arguments)
            except sqlite3.DatabaseError as error:
                raise ArchiveError(f"the database of {folder} cannot be read: {error}") from error

    return plainly(run)


def plainly(command: Command) -> Command:
    """Turn what can go wrong in a command into a line and an exit status."""

    @functools.wraps(command)
    def run(*arguments: Any, **options: Any) -> None:
        if hasattr(sys.stdout, "reconfigure"):
            sys.stdout.reconfigure(errors="backslashreplace")  # a terminal that cannot show a letter
        try:
            command(*arguments, **options)
            sys.stdout.flush()
        except ArchiveError as error:
            _fail(str(error), error.exit_status)
        except OSError as error:
            if error.errno == errno.EPIPE:  # a reader that has seen enough: click ends us without a word
                raise
            with suppress(OSError):
                sys.stdout.close()  # or what is left in it is tried again, and fails again, at the very end
            what = error.filename or "the output"
            _fail(f"{what} cannot be read or written: {error.strerror or error}", ArchiveError.exit_status)
        except KeyboardInterrupt:
            raise SystemExit(130) from None

    return run


def _fail(message: str, status: int) -> None:
    say(f"nightdesk: {message}")
    raise SystemExit(status)


def say(message: str) -> None:
    """To standard error: data alone goes to standard output. On a terminal no word of the first line is broken."""
    click.echo(_folded(message, shutil.get_terminal_size().columns) if sys.stderr.isatty() else message, err=True)


def _folded(message: str, width: int) -> str:
    """The first line in as many as it takes; the others, which may point into one another, as they are."""
    first, newline, rest = message.partition("\n")
    if len(first) <= width:
        return message
    lines = textwrap.wrap(first, max(width, 20), break_long_words=False, break_on_hyphens=False, subsequent_indent="  ")
    return "\n".join(lines) + newline + rest


def to_json(value: Any) -> str:
    """A value of the archive as JSON on one line."""
    return json.dumps(plain(value), ensure_ascii=False)
