"""One writer at a time: a lock that the kernel releases when its holder dies."""

from __future__ import annotations

import fcntl
import json
import os
from pathlib import Path

from archive.errors import Locked
from archive.times import iso, utc_now


class WriterLock:
    """An exclusive lock on an archive's folder, held until ``release``. Raises Locked, naming the holder."""

    def __init__(self, folder: Path, purpose: str) -> None:
        self._file = (folder / "archive.lock").open("a+")
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            holder = self._read_holder()
            self._file.close()
            raise Locked(
                f"{folder} is being written by {holder}; wait for it to finish, or stop that process"
            ) from None
        self._file.truncate(0)
        self._file.write(json.dumps({"pid": os.getpid(), "purpose": purpose, "since": iso(utc_now())}))
        self._file.flush()

    def _read_holder(self) -> str:
        self._file.seek(0)
        try:
            held = json.loads(self._file.read())
            return f"`nightdesk {held['purpose']}` (process {held['pid']}, since {held['since']})"
        except (ValueError, KeyError, TypeError):
            return "another process"

    def release(self) -> None:
        """Let the next writer in. The file stays: removing it would race with a waiting process."""
        self._file.truncate(0)
        self._file.close()
