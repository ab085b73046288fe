"""Switches our components on, in order. One line in ADDONS is all that a settings file needs."""

from __future__ import annotations

from scrapy.settings import BaseSettings

from crawler.desk import Desk
from crawler.fetch.capture import Capture
from crawler.fetch.guard import Guard
from crawler.fetch.politeness import Politeness
from crawler.keep import Keep
from crawler.night.progress import Progress
from pipelines.stages import Refine


class NightdeskAddon:
    """The crawl's components and their places."""

    def update_settings(self, settings: BaseSettings) -> None:
        """Called by Scrapy before the components are built."""
        put = settings.setdefault_in_component_priority_dict
        put("EXTENSIONS", Desk, 0)  # opens the archive: before all that uses it
        put("EXTENSIONS", Progress, 500)
        put("EXTENSIONS", Politeness, 500)
        put("DOWNLOADER_MIDDLEWARES", Guard, 50)  # before robots.txt (100) is asked for
        put("DOWNLOADER_MIDDLEWARES", Capture, 950)  # next to the network: bodies as received, redirects, robots.txt
        put("ITEM_PIPELINES", Refine, 300)
        put("ITEM_PIPELINES", Keep, 800)
