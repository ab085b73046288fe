"""Switches our components on, in order. One line in ADDONS is all that a settings file needs."""

from __future__ import annotations

from pathlib import Path

from scrapy.downloadermiddlewares.robotstxt import RobotsTxtMiddleware
from scrapy.settings import BaseSettings

from crawler.agent import user_agent
from crawler.desk import Desk
from crawler.fetch.browser import missing
from crawler.fetch.capture import Capture
from crawler.fetch.checkpoint import Checkpoint
from crawler.fetch.guard import Guard
from crawler.fetch.politeness import Politeness
from crawler.fetch.reservations import Reservations
from crawler.fetch.robots import Robots
from crawler.keep import Keep
from crawler.night.progress import Progress
from crawler.rendering import NEVER, SLOT
from crawler.sources import load_config, pick, require_contact
from pipelines.stages import Refine


class NightdeskAddon:
    """The crawl's components and their places."""

    def update_settings(self, settings: BaseSettings) -> None:
        """Called by Scrapy before the components are built. Raises ConfigError for a wrong sources.toml."""
        self._apply_sources(settings)
        put = settings.setdefault_in_component_priority_dict
        put("EXTENSIONS", Desk, 0)  # opens the archive: before all that uses it
        put("EXTENSIONS", Progress, 500)
        put("DOWNLOADER_MIDDLEWARES", Guard, 50)  # before robots.txt (100) is asked for
        put("DOWNLOADER_MIDDLEWARES", RobotsTxtMiddleware, None)
        put("DOWNLOADER_MIDDLEWARES", Robots, 100)
        put("DOWNLOADER_MIDDLEWARES", Checkpoint, 900)  # the proxy is chosen at 750
        put("DOWNLOADER_MIDDLEWARES", Reservations, 110)
        put("DOWNLOADER_MIDDLEWARES", Politeness, 940)  # behind retries and redirects: each of them is a request
        put("DOWNLOADER_MIDDLEWARES", Capture, 950)  # next to the network: bodies as received, redirects, robots.txt
        put("ITEM_PIPELINES", Refine, 300)
        put("ITEM_PIPELINES", Keep, 800)

    def _apply_sources(self, settings: BaseSettings) -> None:
        """Who asks, and how often: as the archive's sources.toml has it."""
        config = load_config(Path(settings["NIGHTDESK_ARCHIVE"]))
        chosen = pick(config, tuple(name for name in settings.getlist("NIGHTDESK_SOURCES") if name))
        require_contact(config, chosen)
        if any(source.render != NEVER for source in chosen) and missing(config.chromium) is None:
            # at the settings file's own priority: this is what it would say if it could look into sources.toml
            handlers = dict.fromkeys(("http", "https"), "crawler.fetch.render.RenderHandler")
            settings.set("DOWNLOAD_HANDLERS", settings.getdict("DOWNLOAD_HANDLERS") | handlers, priority="project")
        declared = {
            "USER_AGENT": user_agent(config.contact),
            "DOWNLOAD_DELAY": config.delay,
            "DOWNLOAD_SLOTS": {s.host: {"delay": s.delay} for s in chosen if s.delay != config.delay}
            | {SLOT: {"delay": 0, "concurrency": settings.getint("NIGHTDESK_BROWSER_PAGES")}},
            "NIGHTDESK_WORKERS": config.workers,
        }
        for name, value in declared.items():
            settings.set(name, value, priority="addon")
