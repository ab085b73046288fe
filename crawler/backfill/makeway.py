"""The night goes first: a backfill does not begin while one is going on, and ends when one wants to begin."""

from __future__ import annotations

import asyncio
import logging
import signal
from collections.abc import Callable
from pathlib import Path

from archive.errors import Locked
from archive.lock import purpose_of

log = logging.getLogger("nightdesk.page")

#: The file that a night locks in an archive's folder from its first to its last moment.
NIGHT_LOCK = "nightly.lock"
#: What a process that takes the archive's lock for a backfill says that it is doing.
BACKFILL = "backfill"
#: The same of who cleans again. Both make way.
REEXTRACT = "reextract"
_LOOK_S = 1.0


def refuse_by_night(folder: Path, what: str = "a backfill") -> None:
    """Raise Locked while a night of this archive goes on."""
    if wanted_by_night(folder):
        raise Locked(f"a night of {folder} is going on; {what} waits until it is over")


def wanted_by_night(folder: Path) -> bool:
    """Whether a night of this archive goes on, or waits for whoever makes way."""
    return purpose_of(folder, NIGHT_LOCK) is not None


async def make_way(folder: Path, told: Callable[[], None]) -> None:
    """Wait until a night wants to begin; then call ``told``, and stop this process's crawl as an operator would."""
    while not wanted_by_night(folder):  # noqa: ASYNC110 (another process takes it: nothing tells)
        await asyncio.sleep(_LOOK_S)
    log.warning("a night is about to begin: the backfill makes way")
    told()
    signal.raise_signal(signal.SIGTERM)
