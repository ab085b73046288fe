"""What cleaning made of a page, written into the archive: the last station of the item pipeline."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Self

from scrapy import signals
from scrapy.crawler import Crawler
from scrapy.exceptions import DropItem

from archive.articles import Stored
from archive.care.tombstones import TAKEN_DOWN
from archive.ledger import Entry, Verdict
from archive.rhythm import Rhythm
from archive.times import utc_now
from archive.types import Article, Outcome, Page, Reason, Rejection, State
from archive.writer import ArchiveWriter
from crawler.desk import Desk, desk_of
from crawler.errand import Errand
from crawler.fetch.revisit import article_due, rejection_due
from pipelines.rights import signals_of
from pipelines.stages import Cleaned


def verdict_on(writer: ArchiveWriter, entry: Entry, page: Page, result: Article | Rejection, now: datetime) -> Verdict:
    """Store an article, or not, and say what that makes of its URL."""
    if isinstance(result, Rejection):
        return Verdict(
            state=State.REJECTED,
            outcome=Outcome.REJECTED,
            reason=result.reason,
            detail=result.detail or None,
            due_at=rejection_due(result.reason, entry.first_seen_at, now, entry.rhythm),
        )
    stored = writer.articles.store(
        result,
        source=entry.source,
        seen_at=page.fetched_at,
        capture_id=entry.capture_id,
        url_id=entry.id,
        key=entry.url,
    )
    if stored.outcome is Outcome.REFUSED:
        writer.forget(entry.id, entry.capture_id, result.canonical_url, result.url, entry.url, now=now)
        return Verdict(state=State.REFUSED, outcome=Outcome.REFUSED, reason=TAKEN_DOWN)
    duplicate = stored.outcome is Outcome.DUPLICATE
    return Verdict(
        state=State.DUPLICATE if duplicate else State.KEPT,
        outcome=stored.outcome,
        reason=f"of {stored.article_id}" if duplicate else None,
        detail=f"revision {stored.revision}" if stored.outcome is Outcome.UPDATED else None,
        due_at=None if duplicate else article_due(entry.first_seen_at, now, _rhythm(entry, result, stored, now)),
        article_id=stored.article_id,
    )


def _rhythm(entry: Entry, article: Article, stored: Stored, now: datetime) -> Rhythm:
    """The URL's rhythm with what was just stored."""
    live = article.type == "LiveBlogPosting" or bool(article.entries)
    if stored.outcome is not Outcome.UPDATED:
        return replace(entry.rhythm, live=live)
    return Rhythm(changes=stored.revision - 1, changed_at=now, live=live)


def respected(
    writer: ArchiveWriter, entry: Entry, page: Page, result: Article | Rejection, respect: tuple[str, ...]
) -> Article | Rejection:
    """The result, or its refusal where page or site ask for what the operator respects. Nothing is asked by default."""
    if isinstance(result, Rejection) or not respect:
        return result
    rights = writer.rights.of_page(entry.capture_id, page.final_url, entry.source, page.fetched_at)
    asked = [f"{ask.what} ({ask.signal}: {ask.value})" for ask in rights.asks if ask.what in respect]
    if not asked:
        return result
    return Rejection(reason=Reason.RIGHTS, detail="; ".join(asked)[:500], extractor=result.extractor)


def _give_to_browser(desk: Desk, entry: Entry, item: Cleaned) -> str | None:
    """Raises DropItem for a page that is to be rendered first; else why it is not, though it should be; or None."""
    source = desk.sources[entry.source]
    needed = desk.renderings.are_needed(source, item.page, item.result)
    # the scripts of an archive's copy would bring what their site shows today
    if not needed or desk.writer.is_borrowed(entry.capture_id):
        return None
    if desk.renderings.unable is None:
        desk.render(entry, source)
        raise DropItem(f"to be rendered: {entry.url}", log_level="DEBUG")
    return desk.renderings.unable


def _not_rendered(result: Article | Rejection, why: str) -> Rejection:
    """The gate's refusal, and why nothing was done about it."""
    assert isinstance(result, Rejection), "an article needs no browser"
    return replace(result, detail=f"{result.detail}; not rendered: {why}"[:500])


class Keep:
    """Item pipeline: Cleaned in; an Article out if it is new or changed, else the item is dropped, with the reason."""

    def __init__(self) -> None:
        self.desk: Desk | None = None

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Finds the desk when the spider opens."""
        keep = cls()

        def opened() -> None:
            keep.desk = desk_of(crawler)

        crawler.signals.connect(opened, signal=signals.spider_opened, weak=False)
        return keep

    def process_item(self, item: object) -> object:
        """Write the outcome into articles and ledger."""
        if not isinstance(item, Cleaned) or self.desk is None:
            return item
        desk, now = self.desk, utc_now()
        entry = desk.writer.ledger.entry(item.page.url)
        assert entry is not None, "a page comes from the ledger"
        source = desk.sources[entry.source]
        if entry.capture_id is not None:
            desk.writer.rights.record(entry.capture_id, signals_of(item.result.rights))
        unable = _give_to_browser(desk, entry, item)
        if unable:
            item = replace(item, result=_not_rendered(item.result, unable))
        result = respected(desk.writer, entry, item.page, item.result, source.respect)
        verdict = verdict_on(desk.writer, entry, item.page, result, now)
        if unable:  # until then there may be a browser
            verdict = replace(verdict, due_at=article_due(entry.first_seen_at, now, entry.rhythm))
        desk.samples.clean(entry.url, result)
        desk.settle(Errand(source=source, entry=entry), verdict, now=now)
        desk.page_left(entry.id)
        if isinstance(result, Article) and verdict.outcome in (Outcome.NEW, Outcome.UPDATED):
            return result
        raise DropItem(f"{verdict.outcome}: {entry.url}", log_level="DEBUG")  # the ledger's line says more
