"""A site's tdmrep.json, asked for before its first page; and, where the operator respects it, what a site reserves."""

from __future__ import annotations

import asyncio
import logging
from datetime import datetime, timedelta
from typing import Self
from urllib.parse import urlsplit

from scrapy import Request, signals
from scrapy.crawler import Crawler
from scrapy.exceptions import IgnoreRequest
from scrapy.http import Response
from scrapy.http.request import NO_CALLBACK

from archive.rights import TDMREP_PATH
from archive.sitefiles import SiteFile
from archive.times import utc_now
from archive.types import Kind
from crawler.desk import Desk, desk_of
from crawler.errand import Errand
from crawler.fetch.guard import Refused
from crawler.fetch.hosts import AtRest
from crawler.fetch.robots import capture_of
from crawler.fetch.siterights import tdmrep_signals

RIGHTS = "rights"
log = logging.getLogger("nightdesk.page")

#: A site that has the file is asked for it once a day, one that has none once a week.
FRESH = timedelta(hours=24)
ABSENT = timedelta(days=7)
_LARGEST = 1024 * 1024


def is_due(file: SiteFile | None, now: datetime) -> bool:
    """True if a tdmrep.json is to be asked for (again). A time in the future is a clock that was wrong."""
    if file is None:
        return True
    age = now - file.asked_at
    return not timedelta(0) <= age < (FRESH if file.status == 200 else ABSENT)


class Reservations:
    """Downloader middleware behind robots.txt, whose rules the file itself is asked under."""

    def __init__(self, crawler: Crawler) -> None:
        self._crawler = crawler
        self.desk: Desk | None = None
        #: Scheme and host with port → done when its file is known.
        self._asked: dict[str, asyncio.Task[None]] = {}

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Finds the desk when the spider opens."""
        reservations = cls(crawler)

        def opened() -> None:
            reservations.desk = desk_of(crawler)

        crawler.signals.connect(opened, signal=signals.spider_opened, weak=False)
        return reservations

    async def process_request(self, request: Request) -> None:
        """Raises Refused for a page whose site asks for what the operator respects. Never asks for it then."""
        errand: Errand | None = request.meta.get("errand")
        if errand is None or errand.entry.kind is not Kind.PAGE or self.desk is None:
            return
        parts = urlsplit(request.url)
        site = f"{parts.scheme}://{parts.netloc}"
        if site not in self._asked:
            self._asked[site] = asyncio.create_task(self._read(f"{site}{TDMREP_PATH}"))
        await asyncio.shield(self._asked[site])
        if errand.source.respect:
            rights = self.desk.writer.rights.of_page(None, request.url, errand.source.name, utc_now())
            if ask := next((ask for ask in rights.asks if ask.what in errand.source.respect), None):
                raise Refused(RIGHTS, f"{ask.what}: {ask.signal}: {ask.value}"[:300])

    async def _read(self, url: str) -> None:
        """Ask for the file if it is due, and write down what it says; that it cannot be had holds up nothing."""
        assert self.desk is not None and self._crawler.engine is not None
        now = utc_now()
        if not is_due(self.desk.writer.files.find(url), now):
            return
        request = Request(url, priority=1000, callback=NO_CALLBACK)
        response: Response | None = None
        try:
            response = await self._crawler.engine.download_async(request)
        except AtRest:
            return
        except Exception as error:  # noqa: BLE001 (whatever the download handler raises: the page's own turn will tell)
            if not isinstance(error, IgnoreRequest):
                log.info("%s could not be had: %s", url, type(error).__name__)
                return
        if response is not None and (response.status == 429 or response.status >= 500):
            return
        found = response is not None and response.status == 200
        body = response.body[:_LARGEST] if response is not None and found else b""
        file = SiteFile(
            url=url,
            asked_at=now,
            status=response.status if response is not None else None,
            read_at=now if found else None,
            body=body,
            capture_id=capture_of(url, response) if response is not None else None,
        )
        self.desk.keep_site_file(file, tdmrep_signals(body))
