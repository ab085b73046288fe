"""Scrapy's downloader with a brake: what is waiting for its turn or on the wire can be given up at once."""

from __future__ import annotations

import asyncio
from typing import Any

from scrapy import Request
from scrapy.core.downloader import Downloader
from scrapy.crawler import Crawler
from twisted.internet.defer import CancelledError, Deferred

#: What a request that was given up fails with: it says nothing of the site.
HALTED: tuple[type[BaseException], ...] = (asyncio.CancelledError, CancelledError)


class HaltingDownloader(Downloader):
    """The DOWNLOADER of settings.py."""

    def __init__(self, crawler: Crawler) -> None:
        super().__init__(crawler)
        self._open: set[Deferred[Any]] = set()

    def fetch(self, request: Request, *_spider: Any) -> Deferred[Any]:
        """As Scrapy's, remembered until it is done."""
        fetching: Deferred[Any] = super().fetch(request)
        self._open.add(fetching)

        def done(result: Any) -> Any:
            self._open.discard(fetching)
            return result

        return fetching.addBoth(done)

    def halt(self) -> None:
        """Give up every request that has not been answered."""
        for fetching in list(self._open):
            fetching.cancel()
