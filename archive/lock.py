"""One writer at a time: a lock that the kernel releases when its holder dies."""

from __future__ import annotations

import fcntl
import json
import os
import time
from pathlib import Path

from archive.errors import Locked
from archive.times import iso, utc_now

#: A reader that looks whether somebody writes holds the lock for less than this, and a writer waits as long.
_GLANCE_S = 0.05
_TRIES = 4


class WriterLock:
    """An exclusive lock on an archive's folder, held until ``release``. Raises Locked, naming the holder.

    ``name``: the lock's file. Who writes holds ``archive.lock``; a whole night, whose steps write one after the
    other, has one of its own.
    """

    def __init__(self, folder: Path, purpose: str, name: str = "archive.lock") -> None:
        self._file = (folder / name).open("a+")
        if not self._take():
            holder = self._read_holder()
            self._file.close()
            raise Locked(f"{folder} is being written by {holder}; wait for it to finish, or stop that process")
        self._file.truncate(0)
        self._file.write(json.dumps({"pid": os.getpid(), "purpose": purpose, "since": iso(utc_now())}))
        self._file.flush()

    def _take(self) -> bool:
        for left in reversed(range(_TRIES)):
            try:
                fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                if left:
                    time.sleep(_GLANCE_S)
            else:
                return True
        return False

    def _read_holder(self) -> str:
        self._file.seek(0)
        try:
            held = json.loads(self._file.read())
            return f"`nightdesk {held['purpose']}` (process {held['pid']}, since {held['since']})"
        except (ValueError, KeyError, TypeError):
            return "another process"

    def release(self) -> None:
        """Let the next writer in. The file stays: removing it would race with a waiting process."""
        if not self._file.closed:
            self._file.truncate(0)
            self._file.close()


def writer_is_at_work(folder: Path) -> bool:
    """Whether a process holds the archive's lock; also True where that cannot be told.

    It cannot without a lock file, nor on a medium mounted read-only, whose writer may be another machine.
    """
    try:
        return bool(os.statvfs(folder).f_flag & os.ST_RDONLY) or _is_held(folder / "archive.lock")
    except OSError:
        return True


def purpose_of(folder: Path, name: str = "archive.lock") -> str | None:
    """What the holder of a lock is doing, as it was told to ``WriterLock``; None: nobody holds it.

    An empty text where somebody does, but says not what for.
    """
    path = folder / name
    try:
        if not _is_held(path):
            return None
        held = json.loads(path.read_bytes())
        return str(held["purpose"])
    except FileNotFoundError:
        return None
    except (OSError, ValueError, KeyError, TypeError):
        return ""


def _is_held(path: Path) -> bool:
    with path.open("rb") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)  # closing the file gives it back
        except BlockingIOError:
            return True
    return False
