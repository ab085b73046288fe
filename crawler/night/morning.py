"""After the crawl: each source's night is judged, written up, and told to whom the operator named."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from archive.health import Level, judge_night
from archive.reading import Archive
from archive.report import write_metrics, write_report
from archive.times import utc_now
from archive.writer import ArchiveWriter
from crawler.night.control import compare
from crawler.night.notify import notify
from crawler.sources import CrawlConfig


@dataclass(frozen=True, slots=True, kw_only=True)
class Morning:
    """What the operator finds."""

    #: The report's page.
    page: Path
    #: The night in one line.
    headline: str
    #: Names of the sources that are sick.
    sick: tuple[str, ...]
    #: Who could not be told, and why.
    untold: tuple[str, ...]


def look_after(folder: Path, run: int, config: CrawlConfig) -> Morning:
    """Judge a run's night, write its report and metrics, tell people. Raises ArchiveError if it cannot be written."""
    zones = {source.name: source.timezone for source in config.sources}
    with ArchiveWriter(folder, purpose="nightly") as writer:
        nights = compare(writer, judge_night(writer, run, utc_now()), timezones=zones, workers=config.workers)
    page = write_report(folder, run)
    if config.night.metrics:
        write_metrics(folder, folder / config.night.metrics)
    with Archive(folder) as archive:
        report = archive.report(run)
    return Morning(
        page=page,
        headline=report.headline,
        sick=tuple(night.source for night in nights if night.level is Level.SICK),
        untold=tuple(notify(config.notify, report)),
    )
