"""What the crawler refuses to touch."""

from __future__ import annotations

from typing import Self
from urllib.parse import urlsplit

from scrapy import Request, signals
from scrapy.crawler import Crawler
from scrapy.exceptions import IgnoreRequest

from archive.care.tombstones import TAKEN_DOWN
from crawler.desk import Desk, desk_of
from crawler.errand import Errand
from crawler.fetch.addresses import Allowed

PRIVATE = "private-address"
SCHEME = "scheme"

#: Characters. Longer addresses are traps or mistakes, and many servers refuse them.
LONGEST_URL = 4096


class Refused(IgnoreRequest):
    """A request that is not made. ``reason`` is the ledger's."""

    def __init__(self, reason: str, detail: str) -> None:
        super().__init__(detail)
        self.reason = reason
        self.detail = detail


class Guard:
    """Downloader middleware before all others: keeps requests, also redirected ones, on their source's site.

    Where a name leads is seen when it is resolved (crawler/fetch/resolver.py).
    """

    def __init__(self) -> None:
        self.desk: Desk | None = None
        self._allowed = Allowed()

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Finds the desk when the spider opens."""
        guard = cls()

        def opened() -> None:
            guard.desk = desk_of(crawler)
            guard._allowed = Allowed.of(guard.desk.allowed)

        crawler.signals.connect(opened, signal=signals.spider_opened, weak=False)
        return guard

    def process_request(self, request: Request) -> None:
        """Raises Refused for another scheme than http(s), a host that is none of the public internet, another site."""
        errand: Errand | None = request.meta.get("errand")
        if not request.url.startswith(("http://", "https://")):
            raise Refused(SCHEME, f"{request.url[:200]} is not http or https")
        if len(request.url) > LONGEST_URL:
            raise Refused("url-too-long", f"{len(request.url)} characters")
        if refusal := self._allowed.refusal(urlsplit(request.url).hostname or ""):
            raise Refused(PRIVATE, refusal)
        if errand is not None and self.desk is not None and not self.desk.may_ask(request.url, errand):
            raise Refused("off-site", f"redirected to {request.url[:200]}")
        if errand is not None and self.desk is not None and self.desk.is_taken_down(request.url):
            raise Refused(TAKEN_DOWN, "")
