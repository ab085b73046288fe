"""Where tasks run: an Executor of ``concurrent.futures``, and what it says when a worker has died."""

from __future__ import annotations

import os
from collections.abc import Callable
from concurrent.futures import Executor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from functools import partial
from typing import Self

from pipelines.pool import process_executor


def _nothing() -> None:
    """A process pool ends with its executor."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Machines:
    """One machine's processes or a cluster's workers, behind the one interface that both have.

    Tasks are functions and arguments that can be pickled, and idempotent: a task may run twice.
    """

    #: For a person.
    name: str
    #: Tasks that run at a time.
    width: int
    #: Number of workers → an executor.
    make: Callable[[int], Executor]
    #: What a future raises when the worker of its task has died, and no other could do it either.
    died: tuple[type[BaseException], ...]
    #: Workers are replaced after so many tasks, because the parsers do not give all memory back; None: never.
    recycle_after: int | None
    close: Callable[[], None] = _nothing

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        self.close()


def this_machine(workers: int = 0, *, preload: str, recycle_after: int | None) -> Machines:
    """Processes of this machine, one per core unless said otherwise. ``preload``: the module of the tasks."""
    width = workers or os.cpu_count() or 1
    return Machines(
        name=f"{width} processes" if width > 1 else "one process",
        width=width,
        make=partial(process_executor, preload=preload),
        died=(BrokenProcessPool,),
        recycle_after=recycle_after,
    )
