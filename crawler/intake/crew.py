"""Batches in, what became of them out, in their order, worked on side by side. Any ``concurrent.futures`` executor.

Batches are handed in as their results are taken, so that no more than WINDOW are in memory. A batch that kills its
worker is gone through task by task; the one that does it again has ``crashed``, and costs nothing else.
"""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import BrokenExecutor, Executor, Future
from dataclasses import dataclass, replace
from typing import Generic, TypeVar

from crawler.errors import CrawlerError
from crawler.intake.tasks import Batch, Done, Left, work, work_without_cleaning
from pipelines.pool import process_executor

#: Batches handed in and not taken back: as many for any number of workers up to half of it, so that what is learnt
#: from one article is there for the same later ones whoever works.
WINDOW = 8
#: Pages after which a worker is replaced, because the parsers do not give all memory back.
_RECYCLE_AFTER = 1000

T = TypeVar("T")


class NoWorkers(CrawlerError):
    """No worker process can be started."""


@dataclass(frozen=True, slots=True)
class _UnderWay(Generic[T]):
    batch: Batch
    label: T
    future: Future[list[Done | Left]]


class Crew:
    """Workers. ``close`` when done."""

    def __init__(self, jobs: int = 0, *, make_executor: Callable[[int], Executor] = process_executor) -> None:
        self.jobs = jobs or os.cpu_count() or 1
        self._make = make_executor
        self._executor: Executor | None = None
        self._pages = 0
        self._window = max(WINDOW, 2 * self.jobs)

    def run(self, batches: Iterable[tuple[Batch, T]]) -> Iterator[tuple[T, list[Done | Left]]]:
        """What became of each batch, with the label that it came with; in their order."""
        under_way: deque[_UnderWay[T]] = deque()
        for batch, label in batches:
            under_way.append(self._begin(batch, label))
            if len(under_way) >= self._window:
                yield self._take(under_way)
        while under_way:
            yield self._take(under_way)

    def close(self) -> None:
        """End the workers at once; what is not begun is dropped."""
        if self._executor is not None:
            # Python 3.14 has terminate_workers for this; before it, the process would wait for them at its end.
            for worker in list((getattr(self._executor, "_processes", None) or {}).values()):
                worker.terminate()
            self._executor.shutdown(wait=False, cancel_futures=True)
            self._executor = None

    def _begin(self, batch: Batch, label: T) -> _UnderWay[T]:
        if self._executor is not None and self._pages >= _RECYCLE_AFTER * self.jobs:
            self._executor.shutdown(wait=False)
            self._executor = None
        if self._executor is None:
            self._executor, self._pages = self._make(self.jobs), 0
        self._pages += len(batch.tasks)
        return _UnderWay(batch, label, self._submit(batch))

    def _submit(self, batch: Batch) -> Future[list[Done | Left]]:
        if not batch.tasks:
            done: Future[list[Done | Left]] = Future()
            done.set_result([])
            return done
        assert self._executor is not None
        try:
            return self._executor.submit(work, batch)
        except BrokenExecutor as error:
            broken: Future[list[Done | Left]] = Future()
            broken.set_exception(error)
            return broken

    def _take(self, under_way: deque[_UnderWay[T]]) -> tuple[T, list[Done | Left]]:
        first = under_way.popleft()
        try:
            return first.label, first.future.result()
        except BrokenExecutor:
            # One of the batches under way killed its worker, which fails them all: find out whether it was this one.
            results = self._one_by_one(first.batch)
        if self._executor is not None:
            self._executor.shutdown(wait=False)
        self._executor, self._pages = self._make(self.jobs), 0
        for number, each in enumerate(under_way):
            if not each.future.done() or each.future.exception() is not None:
                under_way[number] = _UnderWay(each.batch, each.label, self._submit(each.batch))
        return first.label, results

    def _tried(self, batch: Batch) -> Executor:
        """A worker that works. Raises NoWorkers if it was not the page that killed the other."""
        executor = self._make(1)
        try:
            executor.submit(work, replace(batch, tasks=())).result()
        except BrokenExecutor as error:
            executor.shutdown(wait=False)
            raise NoWorkers("the processes that clean pages end at once; is there memory for them?") from error
        return executor

    def _one_by_one(self, batch: Batch) -> list[Done | Left]:
        results: list[Done | Left] = []
        executor: Executor | None = None
        for task in batch.tasks:
            one = replace(batch, tasks=(task,))
            executor = executor or self._make(1)
            try:
                results += executor.submit(work, one).result()
            except BrokenExecutor:
                results += work_without_cleaning(
                    one, f"the cleaning process died on this page, or hung for {2 * batch.seconds:g} s"
                )
                executor.shutdown(wait=False)
                executor = self._tried(batch)
        if executor is not None:
            executor.shutdown(wait=False)
        return results
