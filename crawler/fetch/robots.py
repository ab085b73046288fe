"""robots.txt as RFC 9309 has it, in the place of Scrapy's own middleware.

Scrapy takes an error page of status 500 for rules and no answer for permission, lets all but the first of several
waiting requests pass unchecked, and forgets the rules with the crawl; here no request of a host goes out before its
rules are known, and they are kept for a day.
"""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Self
from urllib.parse import urlsplit

from scrapy import Request, signals
from scrapy.crawler import Crawler
from scrapy.exceptions import IgnoreRequest, NotConfigured
from scrapy.http import Response
from scrapy.http.request import NO_CALLBACK
from scrapy.robotstxt import ProtegoRobotParser, RobotParser

from archive.sitefiles import SiteFile
from archive.times import utc_now
from crawler.agent import AGENT
from crawler.desk import Desk, desk_of
from crawler.fetch.checkpoint import BadCertificate
from crawler.fetch.guard import Refused
from crawler.fetch.hosts import AtRest, host_of
from crawler.fetch.siterights import robots_signals

ROBOTS = "robots.txt"
UNREACHABLE = "robots-unreachable"

#: RFC 9309 section 2.5: what a crawler must be able to read.
_LARGEST = 500 * 1024
#: Section 2.4: not used for longer, unless the file cannot be reached; then up to the month of section 2.3.1.4.
FRESH = timedelta(hours=24)
STALE = timedelta(days=30)
#: A site whose rules cannot be had is asked for them again after this.
AGAIN = timedelta(hours=1)


def means(status: int) -> str:
    """What an answer's status makes of a robots.txt (RFC 9309 section 2.3.1): ``rules``, ``free`` or ``closed``."""
    if 200 <= status < 300:
        return "rules"
    return "closed" if status == 429 or status >= 500 else "free"


def is_good(file: SiteFile, now: datetime, fresh: timedelta) -> bool:
    """True for a copy that was read less than ``fresh`` ago; not for one from the future: a clock was wrong."""
    return file.read_at is not None and timedelta(0) <= now - file.read_at < fresh


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """What is known of a site's rules."""

    #: None: they are not to be had, so the site is closed.
    parser: RobotParser | None
    #: Why there is no parser; empty where there is one.
    why: str = ""
    #: On the monotonic clock.
    good_until: float


class Robots:
    """Downloader middleware: raises Refused for what a site's robots.txt forbids, or while it cannot be read.

    ``fresh``: for so long a stored copy is used without asking again; RFC 9309 allows a day.
    """

    def __init__(self, crawler: Crawler, fresh: timedelta) -> None:
        self._crawler = crawler
        self._fresh = min(fresh, FRESH)
        self.desk: Desk | None = None
        #: Scheme and host with port → its rules.
        self._rules: dict[str, asyncio.Task[Rules]] = {}

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Raises NotConfigured when ROBOTSTXT_OBEY is off."""
        if not crawler.settings.getbool("ROBOTSTXT_OBEY"):
            raise NotConfigured
        robots = cls(crawler, timedelta(hours=crawler.settings.getfloat("NIGHTDESK_ROBOTS_HOURS")))

        def opened() -> None:
            robots.desk = desk_of(crawler)

        crawler.signals.connect(opened, signal=signals.spider_opened, weak=False)
        return robots

    async def process_request(self, request: Request) -> None:
        """Let a request pass that the rules allow. Raises AtRest while its host is to be left alone."""
        if request.meta.get("dont_obey_robotstxt"):
            return
        parts = urlsplit(request.url)
        rules = await self._rules_of(f"{parts.scheme}://{parts.netloc}", request)
        if rules.parser is None:
            raise Refused(UNREACHABLE, rules.why)
        if not rules.parser.allowed(request.url, AGENT):
            raise Refused(ROBOTS, "")

    async def _rules_of(self, site: str, request: Request) -> Rules:
        task = self._rules.get(site)
        if task is None or _is_over(task):
            task = self._rules[site] = asyncio.create_task(self._read(site, request))
        return await asyncio.shield(task)

    async def _read(self, site: str, request: Request) -> Rules:
        assert self.desk is not None, "nothing is asked before the spider opens"
        url, now = f"{site}/robots.txt", utc_now()
        stored = self.desk.writer.files.find(url)
        if stored is not None and stored.read_at is not None and is_good(stored, now, self._fresh):
            return await self._announce(stored, request, (stored.read_at + FRESH - now).total_seconds())
        if stored is not None and is_good(stored, now, STALE) and now - stored.asked_at < AGAIN:
            return await self._announce(stored, request, AGAIN.total_seconds())
        found = await self._ask(url, stored, now)
        if isinstance(found, str):
            return Rules(parser=None, why=found, good_until=time.monotonic() + AGAIN.total_seconds())
        unreachable = found.status is None or means(found.status) == "closed"
        return await self._announce(found, request, (AGAIN if unreachable else FRESH).total_seconds())

    async def _announce(self, file: SiteFile, request: Request, good_for_s: float) -> Rules:
        """The rules of a file, told to whoever listens: as if it had been read just now."""
        parser = ProtegoRobotParser.from_crawler(self._crawler, file.body)
        await self._crawler.signals.send_catch_log_async(signals.robots_parsed, robotparser=parser, request=request)
        return Rules(parser=parser, good_until=time.monotonic() + good_for_s)

    async def _ask(self, url: str, stored: SiteFile | None, now: datetime) -> SiteFile | str:
        """The file as it is now; the stored copy, while it cannot be reached; or why there is none.

        Raises AtRest where the host asks for patience: that is no word on its rules.
        """
        assert self.desk is not None
        answer = await self._fetch(url)
        if isinstance(answer, Response) and means(answer.status) != "closed":
            rules = means(answer.status) == "rules"
            body, capture_id = answer.body[:_LARGEST] if rules else b"", capture_of(url, answer)
            file = SiteFile(url=url, asked_at=now, status=answer.status, read_at=now, body=body, capture_id=capture_id)
            self.desk.keep_site_file(file, robots_signals(body))
            return file
        status = None if isinstance(answer, str) else answer.status
        if stored is not None:
            stored = replace(stored, asked_at=now, status=status)
            self.desk.writer.files.save(stored)
        if isinstance(answer, Response) and (rest := self.desk.hosts.rest(host_of(answer.url))):
            raise AtRest(rest)
        if stored is not None and is_good(stored, now, STALE):
            return stored
        return answer if isinstance(answer, str) else f"{url} answered {status}"

    async def _fetch(self, url: str) -> Response | str:
        """The answer, or why there is none. Raises AtRest while the host is to be left alone."""
        assert self._crawler.engine is not None
        robots = Request(url, priority=1000, meta={"dont_obey_robotstxt": True}, callback=NO_CALLBACK)
        try:
            response: Response = await self._crawler.engine.download_async(robots)
        except (Refused, BadCertificate, AtRest):
            raise  # holds for every page of the host, and says more than that robots.txt cannot be read
        except IgnoreRequest as error:
            if "redirect" not in str(error):
                return f"{url}: {error}"
            return Response(url, status=404)  # section 2.3.1.2: after five redirects, as if there were none
        except Exception as error:  # noqa: BLE001 (whatever the download handler raises: recorded as the reason)
            return f"{url}: {type(error).__name__}"
        return response


def _is_over(task: asyncio.Task[Rules]) -> bool:
    """True if a site's rules are to be read again: they are old, or its host was at rest when they were asked for.

    Another failure holds for the whole crawl: a certificate, a private address.
    """
    if not task.done():
        return False
    if task.cancelled() or isinstance(task.exception(), AtRest):
        return True
    return task.exception() is None and task.result().good_until < time.monotonic()


def capture_of(url: str, response: Response) -> int | None:
    """The id of the exchange for ``url`` itself, also where it led to another; None in a dry run."""
    if response.request is None:
        return None
    first = response.request.meta.get("first_capture_id")
    found: int | None = first if response.request.url != url else response.request.meta.get("capture_id")
    return found
