"""The pace that a site asks for: its robots.txt Crawl-delay, where it is slower than ours."""

from __future__ import annotations

from typing import Self

from scrapy import Request, signals
from scrapy.crawler import Crawler
from scrapy.robotstxt import RobotParser

#: A site that asks for more gets this: at its wish a night would see a handful of its pages.
LONGEST_DELAY = 60.0


def delay_for(asked: float | None, ours: float) -> float:
    """Seconds between two requests to a host: the longer of the site's wish and our own pace."""
    return max(ours, min(asked or 0.0, LONGEST_DELAY))


class Politeness:
    """An extension that slows a host down to its robots.txt's Crawl-delay for the rest of the crawl."""

    def __init__(self, crawler: Crawler, user_agent: str) -> None:
        self._crawler = crawler
        self._user_agent = user_agent

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Listens for robots.txt files as they are read."""
        politeness = cls(crawler, crawler.settings["USER_AGENT"])
        crawler.signals.connect(politeness.robots_parsed, signal=signals.robots_parsed)
        return politeness

    def robots_parsed(self, robotparser: RobotParser, request: Request) -> None:
        """Set the host's pace, in its present download slot and for slots made later."""
        asked = robotparser.crawl_delay(self._user_agent)
        assert self._crawler.engine is not None
        downloader = self._crawler.engine.downloader
        key = downloader.get_slot_key(request)
        slot = downloader.slots.get(key)
        per_slot = downloader.per_slot_settings.get(key, {})
        ours = slot.delay if slot is not None else per_slot.get("delay", downloader.settings.getfloat("DOWNLOAD_DELAY"))
        delay = delay_for(asked, ours)
        if slot is not None:
            slot.delay = delay
        downloader.per_slot_settings[key] = per_slot | {"delay": delay}
