"""refine in worker processes: Pages in, Articles or Rejections out, whatever a page does to a worker.

A page that takes too long, or that kills its worker, costs itself (a Rejection that says so) and nothing
else. Workers are replaced after some hundred pages, because the parsers below us do not give all memory back.
"""

from __future__ import annotations

import asyncio
import faulthandler
import multiprocessing
import os
import signal
import threading
from collections.abc import Callable
from concurrent.futures import Executor, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from types import FrameType

from archive.types import Article, Page, Reason, Rejection, Template

Refined = Article | Rejection


class _TooLong(BaseException):
    """Raised inside a worker by its timer; not an Exception, so that no parser swallows it."""


def refine_in_time(page: Page, seconds: float, template: Template | None = None) -> Refined:
    """``refine``, stopped after ``seconds``; the process ends itself if it cannot be stopped by twice that.

    The second limit is for time spent inside a C library, where Python's own alarm is not heard.
    Runs in a worker's main thread.
    """
    from pipelines import EXTRACTOR, refine

    def alarm(_signum: int, _frame: FrameType | None) -> None:
        raise _TooLong

    before = signal.signal(signal.SIGALRM, alarm)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    with open(os.devnull, "w") as nowhere:  # noqa: PTH123
        faulthandler.dump_traceback_later(2 * seconds, exit=True, file=nowhere)
        try:
            return refine(page, template)
        except _TooLong:
            return Rejection(
                reason=Reason.TIMED_OUT, detail=f"cleaning took more than {seconds:g} s", extractor=EXTRACTOR
            )
        finally:
            signal.setitimer(signal.ITIMER_REAL, 0)
            faulthandler.cancel_dump_traceback_later()
            signal.signal(signal.SIGALRM, before)


def _begin_worker() -> None:
    """A Ctrl-C in the terminal is the crawl's to handle; and a worker does not outlive a killed crawl."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)


def process_executor(workers: int) -> Executor:
    """Worker processes forked from a server that has imported the parsers once."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["pipelines.body"])
    return ProcessPoolExecutor(workers, mp_context=context, initializer=_begin_worker)


class RefinePool:
    """Refines pages side by side. Use from one event loop; ``close`` when done.

    ``seconds``: allowed for one page. ``recycle_after``: pages after which the workers are replaced.
    ``make_executor``: workers → any ``concurrent.futures.Executor`` whose tasks are functions and arguments
    that can be pickled, such as one that runs them on a cluster.
    """

    def __init__(
        self,
        workers: int = 0,
        *,
        seconds: float = 30.0,
        recycle_after: int = 500,
        make_executor: Callable[[int], Executor] = process_executor,
    ) -> None:
        self.workers = workers or os.cpu_count() or 1
        self._seconds = seconds
        self._recycle_after = recycle_after
        self._make = make_executor
        self._executor: Executor | None = None
        self._used = 0
        self._alone = asyncio.Lock()
        #: Pages handed in and not yet handed back.
        self.waiting = 0
        self._under_way: set[asyncio.Future[Refined]] = set()
        #: True: no page is cleaned any more.
        self.halted = False

    async def refine(self, page: Page, template: Template | None = None) -> Refined:
        """Refine one page with what its source is known to repeat; never raises for what a page does."""
        if self.halted:
            raise asyncio.CancelledError
        self.waiting += 1
        try:
            executor = self._current()
            try:
                return await self._run(executor, page, template)
            except BrokenProcessPool:
                # One of the pages under way killed its worker, which fails them all: find out which.
                self._drop(executor)
                return await self._refine_alone(page, template)
        finally:
            self.waiting -= 1

    def halt(self) -> None:
        """Give up all pages that are being cleaned: their ``refine`` raises CancelledError."""
        self.halted = True
        for future in list(self._under_way):
            future.cancel()
        if self._executor is not None:
            # Python 3.14 has terminate_workers for this; before it, the process would wait for them at its end.
            for worker in list((getattr(self._executor, "_processes", None) or {}).values()):
                worker.terminate()
            self.close()

    def close(self) -> None:
        """End the workers; pages not begun are dropped."""
        if self._executor is not None:
            self._executor.shutdown(wait=False, cancel_futures=True)
            self._executor = None

    def _current(self) -> Executor:
        if self._executor is None or self._used >= self._recycle_after * self.workers:
            if self._executor is not None:
                self._executor.shutdown(wait=False)
            self._executor = self._make(self.workers)
            self._used = 0
        self._used += 1
        return self._executor

    def _drop(self, broken: Executor) -> None:
        if self._executor is broken:
            self._executor = None
            broken.shutdown(wait=False)

    async def _refine_alone(self, page: Page, template: Template | None) -> Refined:
        from pipelines import EXTRACTOR

        async with self._alone:
            executor = self._make(1)
            try:
                return await self._run(executor, page, template)
            except BrokenProcessPool:
                return Rejection(
                    reason=Reason.CRASHED,
                    detail=f"the cleaning process died on this page, or hung for {2 * self._seconds:g} s",
                    extractor=EXTRACTOR,
                )
            finally:
                executor.shutdown(wait=False)

    async def _run(self, executor: Executor, page: Page, template: Template | None) -> Refined:
        loop = asyncio.get_running_loop()
        future = loop.run_in_executor(executor, refine_in_time, page, self._seconds, template)
        self._under_way.add(future)
        try:
            return await future
        finally:
            self._under_way.discard(future)
