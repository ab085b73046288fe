"""Pages are made in a few threads, each with an Archive of its own that stays open; none may take too long."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TypeVar

from archive.reading import Archive

_T = TypeVar("_T")
#: Pages made at a time, and downloads: these may take minutes, and pages must not wait for them.
_PAGES, _DOWNLOADS = 4, 3
#: Seconds of a database's work for one page; then it is given up.
PATIENCE_S = 15.0


class Desk:
    """The open archives of a server."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._held = threading.local()
        self._pages = ThreadPoolExecutor(_PAGES, thread_name_prefix="page")
        self._downloads = ThreadPoolExecutor(_DOWNLOADS, thread_name_prefix="download")

    async def read(self, page: Callable[[Archive], _T]) -> _T:
        """Call ``page`` in a thread. Raises what it raises, and TooSlow."""
        return await asyncio.get_running_loop().run_in_executor(self._pages, self._read, page)

    async def download(self, write: Callable[[Archive], _T]) -> _T:
        """Call ``write`` in a thread for what may take long."""
        return await asyncio.get_running_loop().run_in_executor(self._downloads, self._write, write)

    def _read(self, page: Callable[[Archive], _T]) -> _T:
        archive: Archive | None = getattr(self._held, "archive", None)
        if archive is None:
            archive = self._held.archive = Archive(self.folder)
        with archive.within(PATIENCE_S):
            return page(archive)

    def _write(self, write: Callable[[Archive], _T]) -> _T:
        with Archive(self.folder) as archive:
            return write(archive)

    def close(self) -> None:
        """Take no more work; what is under way is not waited for."""
        self._pages.shutdown(wait=False, cancel_futures=True)
        self._downloads.shutdown(wait=False, cancel_futures=True)
