"""Ctrl-C and SIGTERM: once, and what is under way has some seconds to finish; twice, and it is left as it is.

Either way the archive is closed in order: what was not finished is still due, and the next run goes on from there.
"""

from __future__ import annotations

import asyncio
import logging
import signal
from collections.abc import Coroutine
from types import FrameType
from typing import Any, Self

from scrapy.crawler import Crawler

from crawler.fetch.halt import HaltingDownloader
from pipelines.stages import Refine

log = logging.getLogger("nightdesk.page")

_SIGNALS = (signal.SIGINT, signal.SIGTERM)


class Stop:
    """A context in which the two signals end a crawl in order. Before the crawl has begun they are remembered."""

    def __init__(self, crawler: Crawler, grace: float) -> None:
        self._crawler = crawler
        #: Seconds that what is under way may take.
        self._grace = grace
        self._asked = 0
        self._loop: asyncio.AbstractEventLoop | None = None
        self._stopping: asyncio.Task[None] | None = None
        self._before: dict[signal.Signals, Any] = {}

    def __enter__(self) -> Self:
        self._before = {each: signal.signal(each, self._early) for each in _SIGNALS}
        return self

    def __exit__(self, *_error: object) -> None:
        for each, handler in self._before.items():
            signal.signal(each, handler)

    def _early(self, _signum: int, _frame: FrameType | None) -> None:
        self._asked += 1

    async def opened(self) -> None:
        """From here on the event loop hears the signals. To be called when the spider has opened."""
        self._loop = asyncio.get_running_loop()
        for each in _SIGNALS:
            self._loop.add_signal_handler(each, self._heard)
        if self._asked:
            self._begin()

    def _heard(self) -> None:
        self._asked += 1
        if self._asked == 1:
            self._begin()
        else:
            self._halt()

    def _begin(self) -> None:
        assert self._loop is not None
        log.warning("asked to stop: what is under way has %g s to finish", self._grace)
        self._stopping = self._loop.create_task(_quietly(self._crawler.stop_async()))
        self._loop.call_later(self._grace, self._halt)

    def _halt(self) -> None:
        engine = self._crawler.engine
        if engine is not None and isinstance(engine.downloader, HaltingDownloader):
            engine.downloader.halt()
        refine = self._crawler.get_item_pipeline(Refine)
        if refine is not None:
            refine.pool.halt()


async def _quietly(stopping: Coroutine[Any, Any, None]) -> None:
    """The crawl may end by itself just then."""
    try:
        await stopping
    except RuntimeError as error:
        log.info("already at its end: %s", error)
