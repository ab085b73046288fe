"""Pieces made by one thread → what is done with each by another, in order: SQLite reads on while a file is written.

SQLite, the digest and the file let go of Python's lock while they work, so that two cores are busy. The connection
stays with the thread that opened it.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable
from queue import Queue
from typing import TypeVar

T = TypeVar("T")

#: Pieces that may wait, each of some hundred kilobytes: more would only take memory.
_WAITING = 3


def each_behind(pieces: Iterable[T], work: Callable[[T], object]) -> None:
    """Call ``work`` with each piece in a thread of its own; return when all is done.

    Raises what ``work`` raised, at the next piece at the latest, and nothing is done after it; or what the pieces
    raised, when those before it are done.
    """
    queue: Queue[T | None] = Queue(_WAITING)
    failed: list[BaseException] = []

    def run() -> None:
        while (piece := queue.get()) is not None:
            if failed:
                continue
            try:
                work(piece)
            except BaseException as error:  # noqa: BLE001 (raised again below)
                failed.append(error)

    worker = threading.Thread(target=run, name="export", daemon=True)
    worker.start()
    try:
        for piece in pieces:
            if failed:
                break
            queue.put(piece)
    finally:
        queue.put(None)
        worker.join()
    if failed:
        raise failed[0]
