"""The pace of every host, and its rest: what crawler/fetch/backoff.py decides, put into force at the downloader."""

from __future__ import annotations

import logging
from datetime import UTC, datetime
from functools import partial
from time import monotonic
from typing import TYPE_CHECKING, Self

from scrapy import Request, signals
from scrapy.crawler import Crawler
from scrapy.exceptions import (
    CannotResolveHostError,
    DownloadConnectionRefusedError,
    DownloadFailedError,
    DownloadTimeoutError,
)
from scrapy.http import Response
from scrapy.robotstxt import RobotParser
from twisted.python.failure import Failure

from crawler.agent import AGENT
from crawler.desk import Desk, desk_of
from crawler.errand import Errand
from crawler.fetch.backoff import answered, delay_for, failed, pace
from crawler.fetch.hosts import AtRest, Rest

if TYPE_CHECKING:
    from scrapy.core.downloader import Downloader

log = logging.getLogger("nightdesk.host")

#: Seconds. With no pause at all, Scrapy's downloader begins several requests of a slot at once, whatever its
#: concurrency: it counts those on the wire only when their tasks have begun to run.
_TICK_S = 0.001
_NO_ANSWER = (CannotResolveHostError, DownloadTimeoutError, DownloadConnectionRefusedError, DownloadFailedError)


class Politeness:
    """Downloader middleware near the network, at 940: sees robots.txt, redirects and each second attempt."""

    def __init__(self, crawler: Crawler) -> None:
        self._crawler = crawler
        self.desk: Desk | None = None
        #: Host → seconds between two requests that its sources declare; the slowest of them.
        self._declared: dict[str, float] = {}
        #: Host → Crawl-delay of its robots.txt.
        self._asked: dict[str, float | None] = {}

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Listens for answers as they arrive, and for robots.txt files as they are read."""
        politeness = cls(crawler)
        crawler.signals.connect(politeness.opened, signal=signals.spider_opened)
        crawler.signals.connect(politeness.robots_parsed, signal=signals.robots_parsed)
        crawler.signals.connect(politeness.response_downloaded, signal=signals.response_downloaded)
        return politeness

    def opened(self) -> None:
        """Learn the pace of each source's home."""
        self.desk = desk_of(self._crawler)
        for source in self.desk.sources.values():
            self._declare(source.host, source.delay)

    def process_request(self, request: Request) -> None:
        """Raises AtRest for a host that is to be left alone."""
        if "rendering" in request.meta:  # of what was kept; what its scripts ask for is judged on its own
            return
        desk, downloader = self._of_crawl()
        host = downloader.get_slot_key(request)
        errand: Errand | None = request.meta.get("errand")
        if errand is not None:
            self._declare(host, errand.source.delay)
        if rest := desk.hosts.rest(host):
            raise AtRest(rest)
        desk.hosts.count(host)
        self._set_pace(host)

    def response_downloaded(self, response: Response, request: Request) -> None:
        """An answer: before the downloader takes the host's next request from its queue."""
        if "rendering" in request.meta:
            return
        desk, downloader = self._of_crawl()
        retry_after = response.headers.get("Retry-After")
        decide = partial(
            answered,
            status=response.status,
            latency_s=request.meta.get("download_latency"),
            retry_after=retry_after.decode("latin-1") if retry_after else None,
            now=datetime.now(UTC),
            longest_pause=desk.hosts.longest_pause,
        )
        host = downloader.get_slot_key(request)
        self._follow(host, desk.hosts.change(host, decide), f"answered {response.status}")

    def process_exception(self, request: Request, exception: Exception) -> None:
        """No answer: the next request waits from now on, not from when this one began."""
        if not isinstance(exception, _NO_ANSWER):
            return
        desk, downloader = self._of_crawl()
        host = downloader.get_slot_key(request)
        if (slot := downloader.slots.get(host)) is not None:
            slot.lastseen = monotonic()
        rest = desk.hosts.change(host, partial(failed, now=datetime.now(UTC)))
        self._follow(host, rest, type(exception).__name__)

    def robots_parsed(self, robotparser: RobotParser, request: Request) -> None:
        """A host's rules are known: its Crawl-delay holds from now on, where it is slower than our pace."""
        _, downloader = self._of_crawl()
        host = downloader.get_slot_key(request)
        self._asked[host] = robotparser.crawl_delay(AGENT)
        errand: Errand | None = request.meta.get("errand")
        if errand is not None:
            self._declare(host, errand.source.delay)
        self._set_pace(host)

    def _of_crawl(self) -> tuple[Desk, Downloader]:
        assert self.desk is not None and self._crawler.engine is not None, "nothing is asked before the spider opens"
        return self.desk, self._crawler.engine.downloader

    def _declare(self, host: str, delay_s: float) -> None:
        self._declared[host] = max(self._declared.get(host, 0.0), delay_s)

    def _set_pace(self, host: str) -> None:
        """Set the pause between two requests, in the host's present download slot and for slots made later."""
        desk, downloader = self._of_crawl()
        ours = self._declared.get(host, downloader.settings.getfloat("DOWNLOAD_DELAY"))
        delay = max(_TICK_S, pace(desk.hosts.state(host), delay_for(self._asked.get(host), ours)))
        if (slot := downloader.slots.get(host)) is not None:
            slot.delay = delay
        downloader.per_slot_settings[host] = downloader.per_slot_settings.get(host, {}) | {"delay": delay}

    def _follow(self, host: str, rest: Rest | None, because: str) -> None:
        self._set_pace(host)
        if rest is None:
            return
        how = "its night is over" if rest.over else f"waiting {rest.seconds:.0f} s"
        log.warning("%s %s: %s, %s; nothing before %s", host, because, rest.reason, how, f"{rest.until:%F %T} UTC")
        self._send_back(host, rest)

    def _send_back(self, host: str, rest: Rest) -> None:
        """What waits in the host's slot does not go out any more."""
        _, downloader = self._of_crawl()
        if (slot := downloader.slots.get(host)) is not None:
            while slot.queue:
                _, waiting = slot.queue.popleft()
                waiting.errback(Failure(AtRest(rest)))  # type: ignore[no-untyped-call]
