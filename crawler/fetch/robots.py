"""robots.txt as RFC 9309 has it, in the place of Scrapy's own middleware.

Scrapy takes an error page of status 500 for rules and no answer for permission, and lets all but the first of
several waiting requests pass unchecked; here no request of a host goes out before its rules are known.
"""

from __future__ import annotations

import asyncio
from typing import Self
from urllib.parse import urlsplit

from scrapy import Request, signals
from scrapy.crawler import Crawler
from scrapy.exceptions import IgnoreRequest, NotConfigured
from scrapy.http import Response
from scrapy.http.request import NO_CALLBACK
from scrapy.robotstxt import ProtegoRobotParser, RobotParser

from crawler.fetch.checkpoint import BadCertificate
from crawler.fetch.guard import Refused

ROBOTS = "robots.txt"
UNREACHABLE = "robots-unreachable"

#: RFC 9309 section 2.5: what a crawler must be able to read.
_LARGEST = 500 * 1024


def means(status: int) -> str:
    """What an answer's status makes of a robots.txt (RFC 9309 section 2.3.1): ``rules``, ``free`` or ``closed``."""
    if 200 <= status < 300:
        return "rules"
    return "closed" if status == 429 or status >= 500 else "free"


class Robots:
    """Downloader middleware: raises Refused for what a host's robots.txt forbids, or while it cannot be read."""

    def __init__(self, crawler: Crawler, user_agent: str) -> None:
        self._crawler = crawler
        self._user_agent = user_agent
        #: Host with port → its rules, or why there are none to be had.
        self._rules: dict[str, asyncio.Task[RobotParser | str]] = {}

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Raises NotConfigured when ROBOTSTXT_OBEY is off."""
        if not crawler.settings.getbool("ROBOTSTXT_OBEY"):
            raise NotConfigured
        return cls(crawler, crawler.settings["USER_AGENT"])

    async def process_request(self, request: Request) -> None:
        """Let a request pass that the rules allow."""
        if request.meta.get("dont_obey_robotstxt"):
            return
        host = urlsplit(request.url).netloc
        if host not in self._rules:
            self._rules[host] = asyncio.create_task(self._read(request))
        rules = await asyncio.shield(self._rules[host])
        if isinstance(rules, str):
            raise Refused(UNREACHABLE, rules)
        if not rules.allowed(request.url, self._user_agent):
            raise Refused(ROBOTS, "")

    async def _read(self, request: Request) -> RobotParser | str:
        parts = urlsplit(request.url)
        robots = Request(
            f"{parts.scheme}://{parts.netloc}/robots.txt",
            priority=1000,
            meta={"dont_obey_robotstxt": True},
            callback=NO_CALLBACK,
        )
        assert self._crawler.engine is not None
        try:
            response: Response = await self._crawler.engine.download_async(robots)
        except (Refused, BadCertificate):
            raise  # holds for every page of the host, and says more than that robots.txt cannot be read
        except IgnoreRequest as error:
            if "redirect" not in str(error):
                return f"{robots.url}: {error}"
            body = b""  # section 2.3.1.2: after five redirects, as if there were none
        except Exception as error:  # noqa: BLE001 (whatever the download handler raises: recorded as the reason)
            return f"{robots.url}: {type(error).__name__}"
        else:
            meaning = means(response.status)
            if meaning == "closed":
                return f"{robots.url} answered {response.status}"
            body = response.body[:_LARGEST] if meaning == "rules" else b""
        rules = ProtegoRobotParser.from_crawler(self._crawler, body)
        await self._crawler.signals.send_catch_log_async(signals.robots_parsed, robotparser=rules, request=request)
        return rules
