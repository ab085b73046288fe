"""Tasks side by side, their results in the order of the tasks; a task that kills its worker costs itself."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import CancelledError, Executor, Future
from typing import Generic, TypeVar

from crawler.errors import CrawlerError
from crawler.machines.machines import Machines

T = TypeVar("T")
R = TypeVar("R")

#: Tasks that wait for each worker, so that none stands idle: no more, for they hold what they were made of.
_AHEAD = 2


class Lanes(Generic[T, R]):
    """Runs ``call`` on each task; use as a context manager.

    ``split``: a task → smaller ones, itself alone if it cannot be split. ``given_up``: the result of such a task
    that kills every worker it is given to.
    """

    def __init__(
        self,
        machines: Machines,
        call: Callable[[T], list[R]],
        *,
        split: Callable[[T], Sequence[T]],
        given_up: Callable[[T], list[R]],
    ) -> None:
        self._machines = machines
        self._call = call
        self._split = split
        self._given_up = given_up
        self._executor: Executor | None = None
        self._used = 0

    def __enter__(self) -> Lanes[T, R]:
        return self

    def __exit__(self, *_error: object) -> None:
        if self._executor is not None:
            self._executor.shutdown(wait=False, cancel_futures=True)

    def in_order(self, tasks: Iterable[T]) -> Iterator[tuple[T, list[R]]]:
        """Each task with its result. What a task raises is raised here."""
        window: deque[tuple[T, Future[list[R]] | None]] = deque()
        for task in tasks:
            window.append((task, self._begin(task)))
            if len(window) >= (1 + _AHEAD) * self._machines.width:
                yield self._take(*window.popleft())
        while window:
            yield self._take(*window.popleft())

    def _begin(self, task: T) -> Future[list[R]] | None:
        """The task under way; None: the workers have died, and it is still to be begun."""
        try:
            return self._current().submit(self._call, task)
        except self._machines.died:
            self._drop()
            return None

    def _take(self, task: T, future: Future[list[R]] | None) -> tuple[T, list[R]]:
        try:
            if future is not None:
                return task, future.result()
        except self._machines.died:
            self._drop()
        except CancelledError:
            raise CrawlerError(
                f"{self._machines.name}: the work was taken back, as when a scheduler ends; what was done is kept, and"
                " the same command goes on from there"
            ) from None
        return task, self._alone(task)

    def _alone(self, task: T) -> list[R]:
        """A task by itself, after some task killed the workers: a guilty one is split until it is one page."""
        executor = self._machines.make(1)
        try:
            self._assure(executor)
            return executor.submit(self._call, task).result()
        except self._machines.died:
            parts = self._split(task)
        finally:
            executor.shutdown(wait=False)
        if len(parts) <= 1:
            return self._given_up(task)
        return [result for part in parts for result in self._alone(part)]

    def _assure(self, executor: Executor) -> None:
        """Workers that die of a task that does nothing are no proof against any page."""
        try:
            executor.submit(int).result()
        except self._machines.died as error:
            raise CrawlerError(f"the workers ({self._machines.name}) die as soon as they begin: {error}") from error

    def _current(self) -> Executor:
        limit = self._machines.recycle_after
        if self._executor is not None and limit is not None and self._used >= limit * self._machines.width:
            self._executor.shutdown(wait=False)
            self._executor = None
        if self._executor is None:
            self._executor, self._used = self._machines.make(self._machines.width), 0
        self._used += 1
        return self._executor

    def _drop(self) -> None:
        if self._executor is not None:
            self._executor.shutdown(wait=False, cancel_futures=False)
            self._executor = None
