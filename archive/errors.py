"""What can go wrong in the archive, as exceptions a caller can act on.

ArchiveError                 root; ``str()`` names the thing and the way out
├── NoArchive                the folder holds no archive
├── NotAnArchive             archive.db is some other program's database, or too new for us
├── Locked                   another process is writing; says which
├── CannotWrite              the disk is full, or the folder may not be written
├── NotFound                 no such article, URL or run
│   └── TakenDown            there was one, and it was taken down
├── TooSlow                  it took longer than was allowed
├── BadQuery                 a filter's value cannot be understood (words never raise)
└── DamagedCapture           the WARC does not hold what a row says it holds
"""

from __future__ import annotations

import sqlite3

#: What the operating system and SQLite raise when an archive cannot be read or written.
DRIVER_ERRORS: tuple[type[Exception], ...] = (OSError, sqlite3.Error)


class ArchiveError(Exception):
    """Root of this package's errors. ``exit_status`` is the command line's."""

    exit_status = 1


class NoArchive(ArchiveError):
    """The folder holds no archive."""

    exit_status = 3


class NotAnArchive(ArchiveError):
    """archive.db is another program's database, or of a later nightdesk."""

    exit_status = 3


class Locked(ArchiveError):
    """Another process is writing to the archive."""

    exit_status = 4


class CannotWrite(ArchiveError):
    """The disk is full, or the folder may not be written."""

    exit_status = 8


class NotFound(ArchiveError):
    """No such article, URL or run."""

    exit_status = 5


class TakenDown(NotFound):
    """It was in the archive and was taken down: ``Archive.tombstone`` says when, and why."""


class BadQuery(ArchiveError):
    """A filter's value cannot be understood. ``at``, ``end``: which characters of what was typed, if it was."""

    exit_status = 2

    def __init__(self, message: str, *, at: int | None = None, end: int | None = None) -> None:
        super().__init__(message)
        self.at = at
        self.end = end


class TooSlow(ArchiveError):
    """It took longer than was allowed."""


class DamagedCapture(ArchiveError):
    """A WARC file does not hold what a row says it holds."""
