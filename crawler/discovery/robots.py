"""A robots.txt in, the lines that find things out: its sitemaps, and the delay it asks of us.

What may be fetched is decided elsewhere, by the parser that Scrapy uses.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

from crawler.discovery.spelling import absolute

#: Bytes that RFC 9309 asks a reader to take; the rest is not read.
MAX_ROBOTS = 500 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class RobotsFile:
    """What a robots.txt says besides permissions."""

    #: Absolute, in the file's order.
    sitemaps: tuple[str, ...] = ()
    #: Seconds between two requests, for our agent, else for all; None: not stated.
    crawl_delay: float | None = None


def read_robots(body: bytes, url: str, agent: str = "nightdesk") -> RobotsFile:
    """The Sitemap lines of the robots.txt found at ``url``, and the Crawl-delay for ``agent``.

    ``agent`` may be a whole User-Agent header: its product token counts.
    """
    lines = list(_lines(body))
    found = (absolute(value, url) for name, value in lines if name == "sitemap")
    return RobotsFile(
        sitemaps=tuple(dict.fromkeys(target for target in found if target)),
        crawl_delay=_delay(lines, agent.partition("/")[0].strip().lower()),
    )


def _lines(body: bytes) -> Iterator[tuple[str, str]]:
    """(name in lower case, value) of each line that has both."""
    for line in body[:MAX_ROBOTS].decode("utf-8-sig", "replace").splitlines():
        name, colon, value = line.partition(":")
        # a fragment means nothing in a sitemap's URL, so that "#" always begins a comment
        value = value.partition("#")[0].strip()
        if colon and value and "#" not in name:
            yield name.strip().lower(), value


def _delay(lines: list[tuple[str, str]], product: str) -> float | None:
    """The greatest Crawl-delay among the groups for ``product``; if it has no group, among those for ``*``."""
    delays: dict[str, list[float]] = {}
    group: list[str] = []
    heading = False
    for name, value in lines:
        if name == "user-agent":
            group = [*(group if heading else ()), value.partition("/")[0].strip().lower()]
            for agent in group:
                delays.setdefault(agent, [])
        elif name == "crawl-delay":
            for agent in group:
                delays[agent] += _seconds(value)
        heading = name == "user-agent" or (heading and name == "sitemap")
    return max(delays.get(product, delays.get("*", [])), default=None)


def _seconds(value: str) -> list[float]:
    try:
        seconds = float(value)
    except ValueError:
        return []
    return [seconds] if math.isfinite(seconds) and seconds >= 0 else []
