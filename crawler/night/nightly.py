"""A whole night: the lock, the crawl with what an earlier one left, and the morning after it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from time import monotonic, sleep

from archive.lock import WriterLock, purpose_of
from crawler.backfill.makeway import BACKFILL, NIGHT_LOCK, REEXTRACT
from crawler.errors import ConfigError
from crawler.night.budget import FREE, Limits, read_deadline
from crawler.night.crawl import CrawlOptions, CrawlResult, crawl
from crawler.sources import load_config

#: Seconds that a backfill has to make way: it looks every second, and stops within some more.
_PATIENCE_S = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class NightOptions:
    """What the operator said on the command line; what he left out stands in ``[night]`` of sources.toml."""

    folder: Path
    #: Empty: all.
    sources: tuple[str, ...] = ()
    #: ``06:00``, by the machine's clock.
    deadline: str | None = None
    budget: Limits = FREE
    source_budget: Limits = FREE
    verbose: bool = False
    #: Address of a Dask scheduler, whose workers crawl, each its share; None: this machine does.
    dask: str | None = None


def crawl_night(options: NightOptions) -> CrawlResult:
    """The crawl of a night. Raises as ``crawl`` does, and Locked while another night of this archive goes on."""
    from crawler.shares.night import crawl_divided, finish_earlier

    night = load_config(options.folder).night
    deadline = options.deadline or night.deadline
    asked = CrawlOptions(
        folder=options.folder,
        sources=options.sources,
        budget=options.budget | Limits(requests=night.max_requests, bytes=night.max_bytes),
        source_budget=options.source_budget,
        deadline=_instant(deadline) if deadline else None,
        purpose="nightly",
        verbose=options.verbose,
    )
    if options.dask is None:
        finish_earlier(options.folder)
        return crawl(asked)
    from crawler.machines.cluster import cluster  # an extra

    with cluster(options.dask) as machines:
        return crawl_divided(asked, machines)


def _instant(text: str) -> datetime:
    try:
        return read_deadline(text, datetime.now().astimezone())
    except ValueError as error:
        raise ConfigError(f"--deadline: {error}") from None


def _let_backfill_end(folder: Path) -> None:
    """A backfill, or who cleans again, makes way on seeing the night's lock: give it time to close the archive."""
    end = monotonic() + _PATIENCE_S
    while purpose_of(folder) in (BACKFILL, REEXTRACT) and monotonic() < end:
        sleep(0.2)


@contextmanager
def the_night(folder: Path) -> Iterator[None]:
    """Hold the night's lock. Raises ConfigError if the folder is no archive's, Locked naming who holds it."""
    load_config(folder)
    lock = WriterLock(folder, "nightly", NIGHT_LOCK)
    try:
        _let_backfill_end(folder)
        yield
    finally:
        lock.release()
