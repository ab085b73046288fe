"""One crawl, from options to its end: what `nightdesk crawl` and `nightdesk sources check` do."""

from __future__ import annotations

import os
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from scrapy import signals
from scrapy.crawler import AsyncCrawlerProcess
from scrapy.settings import Settings

from archive.afterwards import MOST_AT_ONCE, catch_up
from archive.errors import DRIVER_ERRORS, CannotWrite, Locked
from archive.times import utc_now
from archive.writer import ArchiveWriter
from crawler.backfill.wish import Wish
from crawler.desk import Desk
from crawler.errors import CrawlerError
from crawler.night.budget import FREE, Limits
from crawler.night.stop import Stop
from crawler.plan import DocumentRead
from crawler.sample import Sample
from crawler.sources import Source, load_config
from crawler.spiders.backfill import BackfillSpider
from crawler.spiders.news import NewsSpider

#: Seconds for a whole answer when only a look is taken.
_BRIEF_TIMEOUT = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class CrawlOptions:
    """What to crawl, and how."""

    folder: Path
    #: Empty: all.
    sources: tuple[str, ...] = ()
    urls: tuple[str, ...] = ()
    #: Pages a source at most; 0: each source's own ``max_pages``.
    limit: int = 0
    #: ``due``, ``all`` or ``none``.
    revisit: str = "due"
    dry_run: bool = False
    #: Of a dry run: pages of each source to fetch and clean all the same; and whether to look at the newest lists only.
    sample: int = 0
    brief: bool = False
    #: What the whole run, and each source that says nothing of its own, may cost.
    budget: Limits = FREE
    source_budget: Limits = FREE
    #: Nothing is begun after it.
    deadline: datetime | None = None
    #: What a second process is told that this one is doing.
    purpose: str = "crawl"
    #: What of the past to fetch, instead of what is due; None: an ordinary crawl.
    backfill: Wish | None = None
    #: Put what came in with the stories that it belongs to. A part of an archive leaves that to the whole.
    look_through: bool = True
    #: Log to standard error instead of the archive's ``logs`` folder.
    verbose: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class CrawlResult:
    """How a crawl went."""

    run: int
    #: Stopped on request (Ctrl-C, SIGTERM); the next crawl goes on.
    interrupted: bool
    documents: tuple[DocumentRead, ...]
    #: Of a dry run: each page met, and what a crawl would do with it.
    plan: tuple[dict[str, str], ...]
    #: Of a dry run: the pages that it fetched to show what would be kept.
    samples: tuple[Sample, ...]
    #: Sources that were not crawled because the operator has paused them.
    left_out: tuple[Source, ...]
    log: Path | None
    #: URLs that were due after all, because the clock of an earlier run was ahead.
    mended: int
    #: Documents and pages of a backfill that are left for the next; None: it did not get to its end, or was none.
    left: tuple[int, int] | None = None


def crawl(options: CrawlOptions) -> CrawlResult:
    """Run a crawl to its end; once a process, because Twisted's reactor does not start twice.

    Raises ConfigError, Locked, NotAnArchive, CannotWrite, or CrawlerError for whatever else ended the crawl.
    """
    load_config(options.folder)  # what is wrong with it is said before a log file is made
    settings = Settings()
    settings.setmodule("crawler.settings", priority="project")
    log = None if options.verbose else options.folder / "logs" / f"crawl-{utc_now():%Y%m%dT%H%M%SZ}-{os.getpid()}.log"
    settings.update(
        {
            "NIGHTDESK_ARCHIVE": str(options.folder),
            "NIGHTDESK_SOURCES": list(options.sources),
            "NIGHTDESK_URLS": list(options.urls),
            "NIGHTDESK_LIMIT": options.limit,
            "NIGHTDESK_REVISIT": options.revisit,
            "NIGHTDESK_DRY_RUN": options.dry_run,
            "NIGHTDESK_MAX_REQUESTS": options.budget.requests or 0,
            "NIGHTDESK_MAX_BYTES": options.budget.bytes or 0,
            "NIGHTDESK_SOURCE_REQUESTS": options.source_budget.requests or 0,
            "NIGHTDESK_SOURCE_BYTES": options.source_budget.bytes or 0,
            "NIGHTDESK_DEADLINE": options.deadline.isoformat() if options.deadline else "",
            "NIGHTDESK_PURPOSE": options.purpose,
            "NIGHTDESK_SAMPLE": options.sample,
            "NIGHTDESK_BRIEF": options.brief,
            "NIGHTDESK_BACKFILL": options.backfill.as_dict() if options.backfill else {},
        },
        priority="cmdline",
    )
    if options.brief:  # somebody sits before it
        settings.update({"DOWNLOAD_TIMEOUT": _BRIEF_TIMEOUT, "RETRY_TIMES": 0}, priority="cmdline")
    if log is not None:
        log.parent.mkdir(exist_ok=True)
        settings.set("LOG_FILE", str(log), priority="cmdline")
    process = AsyncCrawlerProcess(settings)
    crawler = process.create_crawler(BackfillSpider if options.backfill else NewsSpider)
    stop = Stop(crawler, settings.getfloat("NIGHTDESK_GRACE_SECONDS"))
    crawler.signals.connect(stop.opened, signal=signals.spider_opened)
    task = process.crawl(crawler)
    with stop:
        process.start(install_signal_handlers=False)
    error = task.exception() if task.done() and not task.cancelled() else None
    if error is not None:
        raise error
    desk = crawler.get_extension(Desk)
    assert desk is not None
    if desk.trouble is not None:
        raise CannotWrite(
            f"{options.folder} cannot be written: {desk.trouble}; the crawl was stopped. Free some space or mend the"
            " folder's permissions: the next crawl goes on from what was committed"
        )
    if desk.end not in ("finished", "shutdown", None):
        raise CrawlerError(f"the crawl ended early ({desk.end}); {log or 'the log'} tells why, the next goes on")
    if desk.end == "finished" and not options.dry_run and options.look_through:
        _look_through(options.folder, options.purpose)
    return CrawlResult(
        run=desk.run,
        interrupted=desk.end != "finished",
        documents=tuple(desk.plan.documents),
        plan=tuple(desk.plan.pages),
        samples=tuple(desk.samples.taken.values()),
        left_out=desk.left_out,
        log=log,
        mended=desk.mended,
        left=desk.left,
    )


def _look_through(folder: Path, purpose: str) -> None:
    """Put what came in with the stories that it belongs to. What is left undone here, the next crawl does."""
    try:
        with ArchiveWriter(folder, purpose=purpose) as writer:
            catch_up(writer, most=MOST_AT_ONCE)
    except Locked:
        return  # somebody was quicker; nothing is lost
    except DRIVER_ERRORS as error:
        raise CannotWrite(
            f"{folder} cannot be written: {error}; the crawl itself is complete, and the next one goes on from here"
        ) from error
