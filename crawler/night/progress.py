"""A crawl's live lines on a terminal's standard error: found, fetched, kept, for each source at work."""

from __future__ import annotations

import asyncio
import sys
from typing import TYPE_CHECKING, Self

from scrapy import signals
from scrapy.crawler import Crawler
from scrapy.exceptions import NotConfigured

from crawler.desk import Desk, desk_of

if TYPE_CHECKING:
    from rich.live import Live
    from rich.table import Table

#: Sources shown at a time: those that changed last.
_LINES = 12
_SECONDS_BETWEEN = 0.25


class Progress:
    """An extension; off unless standard error is a terminal."""

    def __init__(self) -> None:
        self._live: Live | None = None
        self._drawing: asyncio.Task[None] | None = None
        self._shown: dict[str, tuple[int, ...]] = {}
        self._recent: list[str] = []

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Raises NotConfigured when nobody would see it."""
        if not sys.stderr.isatty():
            raise NotConfigured
        progress = cls()

        async def opened() -> None:
            progress.start(desk_of(crawler))

        crawler.signals.connect(opened, signal=signals.spider_opened, weak=False)
        crawler.signals.connect(progress.stop, signal=signals.spider_closed)
        return progress

    def start(self, desk: Desk) -> None:
        """Begin drawing."""
        from rich.console import Console
        from rich.live import Live

        self._live = Live(console=Console(stderr=True), auto_refresh=False, transient=True)
        self._live.start()
        self._drawing = asyncio.create_task(self._draw_always(desk))

    def stop(self) -> None:
        """Erase the lines."""
        if self._drawing is not None:
            self._drawing.cancel()
        if self._live is not None:
            self._live.stop()

    async def _draw_always(self, desk: Desk) -> None:
        assert self._live is not None
        while True:
            self._live.update(self.table(desk), refresh=True)
            await asyncio.sleep(_SECONDS_BETWEEN)

    def table(self, desk: Desk) -> Table:
        """The sources that changed last, and the sum of all."""
        from rich.table import Table

        numbers: dict[str, tuple[int, ...]] = {
            name: (count["found"], count["fetched"], count["kept"], count["done"])
            for name, count in desk.counts.items()
        }
        for name, now in numbers.items():
            if self._shown.get(name) != now:
                self._recent = [name, *(other for other in self._recent if other != name)]
        self._shown = numbers
        table = Table(box=None, pad_edge=False, show_edge=False)
        table.add_column("source", no_wrap=True, max_width=40)
        for heading in ("found", "fetched", "kept", "done"):
            table.add_column(heading, justify="right")
        for name in sorted(self._recent[:_LINES]):
            table.add_row(name, *map(str, numbers[name]))
        if len(numbers) > 1:
            total = [sum(column) for column in zip(*numbers.values(), strict=True)]
            table.add_row(f"all {len(numbers)} sources", *map(str, total), style="bold")
        return table
