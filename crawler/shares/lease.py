"""One crawler a site, on whichever machine: a lock for as long as it works, and a fence that sends an old one away.

A lock alone would do if machines only ever died. One that was thought dead, and its task given to another, may be
alive. So whoever begins first writes its own name into the fence of each site; who finds another's there ends at once,
within half a second, as if killed; and nobody begins before the locks are free. Where a lock stays held, because a
machine is cut off and does not see the fence, the site is not crawled: two at once would be worse than none.
"""

from __future__ import annotations

import os
import re
import time
from collections.abc import Callable, Iterable
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType
from typing import Self

from archive.errors import Locked
from archive.lock import WriterLock

#: Below an archive's folder: the parts of its nights, and the leases of sites.
PARTS = "parts"
LEASES = "leases"
#: Seconds between two looks at the fence, and that an old crawler has to notice it and end.
LOOK_S = 0.5
_PATIENCE_S = 30.0


class Lease:
    """The right to ask some sites, as a context manager. Raises Locked where somebody else does not give it up."""

    def __init__(self, folder: Path, sites: Iterable[str], token: str, *, patience_s: float = _PATIENCE_S) -> None:
        self._folder = folder / PARTS / LEASES
        self._sites = sorted(sites)  # in one order: two that want several sites do not wait for each other
        self._token = token
        self._patience_s = patience_s
        self._held = ExitStack()

    def __enter__(self) -> Self:
        self._folder.mkdir(parents=True, exist_ok=True)
        for site in self._sites:
            _write(self._fence(site), self._token)
        end = time.monotonic() + self._patience_s
        try:
            for site in self._sites:
                self._held.callback(self._lock(site, end).release)
        except BaseException:
            self._held.close()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._held.close()

    @property
    def is_mine(self) -> bool:
        """Whether nobody else has begun with one of the sites since."""
        return all(_read(self._fence(site)) == self._token for site in self._sites)

    def _lock(self, site: str, end: float) -> WriterLock:
        while True:
            try:
                return WriterLock(self._folder, "crawl of a share", f"{_plain(site)}.lock")
            except Locked:
                if time.monotonic() >= end:
                    raise
                time.sleep(LOOK_S / 2)

    def _fence(self, site: str) -> Path:
        return self._folder / f"{_plain(site)}.fence"


def watch(lease: Lease, orphaned: Callable[[], bool], stop: Path, ask_to_stop: Callable[[], None]) -> None:
    """Look now and then, for ever: end this process at once when the lease is another's or nobody waits for it.

    ``stop``: a file that asks for an end in order, once it is there.
    """
    asked = False
    while True:
        if orphaned() or not lease.is_mine:
            os._exit(1)
        if stop.exists() and not asked:
            asked = True
            ask_to_stop()
        time.sleep(LOOK_S)


def _plain(site: str) -> str:
    """A site as the name of a file."""
    return re.sub(r"[^a-z0-9.-]", "_", site.lower()) or "_"


def _write(path: Path, text: str) -> None:
    """The text, whole or not at all."""
    new = path.with_name(f"{path.name}.{os.getpid()}.new")
    new.write_text(text, encoding="utf-8")
    new.replace(path)


def _read(path: Path) -> str | None:
    try:
        return path.read_text(encoding="utf-8")
    except FileNotFoundError:
        return None
