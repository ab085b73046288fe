"""refine in worker processes: Pages in, Articles or Rejections out, whatever a page does to a worker.

A page that takes too long, or that kills its worker, costs itself (a Rejection that says so) and nothing
else. Workers are replaced after some hundred pages, because the parsers below us do not give all memory back.
"""

from __future__ import annotations

import asyncio
import ctypes
import faulthandler
import multiprocessing
import os
import signal
import threading
from collections.abc import Callable
from concurrent.futures import Executor, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from types import FrameType
from typing import Any

from archive.types import Article, Page, Reason, Rejection, Template

Refined = Article | Rejection


class _TooLong(BaseException):
    """Raised inside a worker by its timer; not an Exception, so that no parser swallows it."""


def refine_in_time(page: Page, seconds: float, template: Template | None = None) -> Refined:
    """``refine``, stopped after ``seconds``, as ``in_time`` does."""
    from pipelines import refine

    return in_time(lambda: refine(page, template), seconds)


def in_time(clean: Callable[[], Refined], seconds: float) -> Refined:
    """What cleaning gives, stopped after ``seconds``; the process ends itself if it cannot be stopped by twice that.

    The second limit is for time spent inside a C library, where Python's own alarm is not heard. Works in any thread,
    for a cluster's workers run their tasks in others than the main one; one page at a time in a process.
    """
    from pipelines import EXTRACTOR

    alarm = _Signal(seconds) if threading.current_thread() is threading.main_thread() else _Interrupt(seconds)
    with open(os.devnull, "w") as nowhere:  # noqa: PTH123
        faulthandler.dump_traceback_later(2 * seconds, exit=True, file=nowhere)
        try:
            with alarm:
                return clean()
        except _TooLong:
            return Rejection(
                reason=Reason.TIMED_OUT, detail=f"cleaning took more than {seconds:g} s", extractor=EXTRACTOR
            )
        finally:
            faulthandler.cancel_dump_traceback_later()


class _Signal:
    """Raises _TooLong in the main thread, by the process's alarm clock."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._before: Any = None

    def __enter__(self) -> None:
        self._before = signal.signal(signal.SIGALRM, self._ring)
        signal.setitimer(signal.ITIMER_REAL, self._seconds)

    def __exit__(self, *_error: object) -> None:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, self._before)

    def _ring(self, _signum: int, _frame: FrameType | None) -> None:
        raise _TooLong


class _Interrupt:
    """Raises _TooLong in the thread that enters it, from another thread, between two steps of Python's."""

    def __init__(self, seconds: float) -> None:
        self._timer = threading.Timer(seconds, self._ring)
        self._timer.daemon = True
        self._thread = threading.get_ident()
        self._lock = threading.Lock()
        self._over = False

    def __enter__(self) -> None:
        self._timer.start()

    def __exit__(self, *_error: object) -> None:
        with self._lock:
            self._over = True
        self._timer.cancel()
        # Had it rung and not been heard yet, it would ring in whatever the thread does next.
        _raise_in(self._thread, None)

    def _ring(self) -> None:
        with self._lock:
            if not self._over:
                _raise_in(self._thread, _TooLong)


def _raise_in(thread: int, error: type[BaseException] | None) -> None:
    """Have a thread raise an exception at its next step; None takes back one that it has not raised yet."""
    ctypes.pythonapi.PyThreadState_SetAsyncExc(ctypes.c_ulong(thread), ctypes.py_object(error) if error else None)


def _begin_worker() -> None:
    """A Ctrl-C in the terminal is the crawl's to handle; and a worker does not outlive a killed crawl."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)


def process_executor(workers: int, preload: str = "pipelines.body") -> Executor:
    """Worker processes forked from a server that has imported the parsers, or another module, once."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload([preload])
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
