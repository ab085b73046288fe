"""The Scrapy item pipeline around ``refine``: a Page in, a Cleaned out. Thin: what it means is decided elsewhere."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from typing import Self

from scrapy.crawler import Crawler
from scrapy.exceptions import DropItem

from archive.types import Article, Page, Rejection, Template
from pipelines.pool import RefinePool


@dataclass(frozen=True, slots=True, kw_only=True)
class Cleaned:
    """A page and what cleaning made of it."""

    page: Page
    result: Article | Rejection


class LeftForLater(DropItem):
    """The page stays in the WARC, marked as not yet cleaned; it comes round again when there is room."""


def _nothing_learnt(_source: str) -> None:
    """Stands in for the archive until there is one."""


class Refine:
    """Cleans pages in worker processes. At most ``backlog`` pages wait in memory; the raw captures hold the rest."""

    def __init__(self, pool: RefinePool, backlog: int) -> None:
        self.pool = pool
        self.backlog = backlog
        #: Source → what it is known to repeat; whoever has the archive puts its own here.
        self.template_of: Callable[[str], Template | None] = _nothing_learnt

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Reads NIGHTDESK_WORKERS, NIGHTDESK_SECONDS_PER_PAGE and NIGHTDESK_BACKLOG."""
        settings = crawler.settings
        pool = RefinePool(settings.getint("NIGHTDESK_WORKERS"), seconds=settings.getfloat("NIGHTDESK_SECONDS_PER_PAGE"))
        return cls(pool, settings.getint("NIGHTDESK_BACKLOG"))

    @property
    def room(self) -> int:
        """Pages that may still be handed in."""
        return self.backlog - self.pool.waiting

    async def process_item(self, item: object) -> object:
        """Page → Cleaned; anything else passes through. Raises LeftForLater when the backlog is full."""
        if not isinstance(item, Page):
            return item
        if self.room <= 0:
            raise LeftForLater(item.url, log_level="DEBUG")
        template = self.template_of(item.source) if item.source else None
        try:
            return Cleaned(page=item, result=await self.pool.refine(item, template))
        except (asyncio.CancelledError, BrokenProcessPool):
            if not self.pool.halted:
                raise
            raise LeftForLater(item.url, log_level="DEBUG") from None

    def close_spider(self) -> None:
        """End the workers."""
        self.pool.close()
