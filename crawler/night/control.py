"""Who changed, the site or we? Yesterday's raw pages are cleaned again beside tonight's.

If the old ones still give what they gave and tonight's do not, the site changed; if neither do, we did.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping, Sequence
from dataclasses import replace
from statistics import median

from archive.captures import read_capture
from archive.encodings import Unpackable
from archive.errors import DamagedCapture
from archive.health import Control, Health, SourceNight, amend, source_nights_of
from archive.health.judging import overturned
from archive.health.samples import Sample, new_pages, old_pages
from archive.health.values import Finding
from archive.health.verdicts import DOUBTFUL
from archive.types import Article, Page
from archive.writer import ArchiveWriter
from pipelines import EXTRACTOR
from pipelines.pool import Refined, RefinePool

log = logging.getLogger("nightdesk.control")

#: Sources that are looked into in one night: when more are doubtful at once, these tell it for all.
_MOST = 40


def compare(
    writer: ArchiveWriter,
    nights: Sequence[SourceNight],
    *,
    timezones: Mapping[str, str | None] | None = None,
    workers: int = 0,
    seconds: float = 30.0,
) -> list[SourceNight]:
    """Look into the doubtful nights among those judged, write what came of it → the whole night, amended.

    ``timezones``: source → the zone that it declares. ``workers``, ``seconds``: as for cleaning in a crawl.
    """
    doubtful = [night for night in nights if night.verdict in DOUBTFUL][:_MOST]
    if not doubtful:
        return list(nights)
    amended = asyncio.run(_compare(writer, doubtful, timezones or {}, RefinePool(workers, seconds=seconds)))
    amend(writer, amended)
    return source_nights_of(writer.db, doubtful[0].run)


async def _compare(
    writer: ArchiveWriter, doubtful: Sequence[SourceNight], timezones: Mapping[str, str | None], pool: RefinePool
) -> list[SourceNight]:
    found = []
    try:
        for night in doubtful:
            control = await _control(writer, night, timezones.get(night.source), pool)
            before = Finding(verdict=night.verdict, evidence=night.evidence)
            after = overturned(before, control) if control else before
            found.append(replace(night, verdict=after.verdict, evidence=after.evidence))
    finally:
        pool.close()
    return found


async def _control(writer: ArchiveWriter, night: SourceNight, timezone: str | None, pool: RefinePool) -> Control | None:
    """Clean both kinds of pages; None: there are none of one kind."""
    old, new = old_pages(writer.db, night), new_pages(writer.db, night)
    if not old or not new:
        return None
    template = writer.templates.current(night.source)

    async def cleaned(samples: Sequence[Sample]) -> list[Refined]:
        pages = [page for sample in samples if (page := _page(writer, night.source, sample, timezone))]
        return list(await asyncio.gather(*(pool.refine(page, template) for page in pages)))

    was_old, was_new = await cleaned(old), await cleaned(new)
    words = median(sample.words for sample in old)
    filled = median(sample.filled for sample in old)

    def good(results: Sequence[Refined]) -> int:
        return sum(_good(result, night.verdict, words=words, filled=filled) for result in results)

    return Control(
        old=len(was_old),
        old_good=good(was_old),
        new=len(was_new),
        new_good=good(was_new),
        old_day=f"{old[0].fetched_at.day} {old[0].fetched_at:%B}",
        old_extractor=old[0].extractor,
        extractor=EXTRACTOR,
    )


def _good(result: Refined, verdict: Health, *, words: float, filled: float) -> bool:
    """Whether a page still gives what the source's pages gave when all was well."""
    if not isinstance(result, Article):
        return False
    if verdict is Health.DATES_GONE:
        return result.published_at is not None
    if verdict is Health.AUTHORS_GONE:
        return bool(result.authors)
    has = (result.published_at is not None) + bool(result.authors) + bool(result.images)
    return result.word_count >= words / 2 and has >= filled - 1


def _page(writer: ArchiveWriter, source: str, sample: Sample, timezone: str | None) -> Page | None:
    """The raw page as cleaning gets it; None if its capture is damaged: then it says nothing."""
    try:
        capture = read_capture(writer.folder, sample.capture)
        body = capture.body
    except (DamagedCapture, Unpackable) as error:
        log.warning("left out of the control of %s: %s: %s", source, sample.url, error)
        return None
    return Page(
        url=sample.url,
        final_url=capture.url,
        status=capture.status or 200,
        headers=capture.headers,
        body=body,
        fetched_at=sample.fetched_at,
        source=source,
        timezone=timezone,
        truncated=capture.truncated,
        hints=sample.hints,
        capture=sample.capture,
        rendered_by=capture.made_by,
    )
