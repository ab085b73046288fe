"""A newspaper that was crawled: an archive with real WARC files, without a network and without cleaning."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from archive.afterwards import catch_up
from archive.captures import Exchange
from archive.ledger import Verdict
from archive.types import Article, Hint, Kind, Link, Outcome, State, Via
from archive.writer import ArchiveWriter
from tests.conftest import NOW, an_article

HOME = "http://gazette.example/"
FEED = HOME + "feed.xml"


class Paper:
    """Writes nights into an archive. Use as a context manager; what it writes is committed when it is left."""

    def __init__(self, folder: Path, *, night: int = 0, roll_over: int = 1_000_000_000) -> None:
        self.now = NOW + timedelta(days=night)
        self.writer = ArchiveWriter(folder, purpose="test", roll_over=roll_over)
        self.writer.ledger.add_source("gazette", home=HOME, title="The Gazette", now=self.now)
        self.run = self.writer.ledger.start_run("crawl", {"night": night}, self.now)

    def __enter__(self) -> Paper:
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        if kind is None:
            self.writer.ledger.finish_run(self.run, "finished", self.now + timedelta(minutes=9))
            catch_up(self.writer)
            self.writer.close()
        else:
            self.writer.abandon()

    def answer(self, url: str, body: bytes, *, url_id: int | None, status: int = 200) -> int:
        exchange = Exchange(
            url=url,
            asked=url,
            source="gazette",
            fetched_at=self.now,
            request_headers=(("User-Agent", "nightdesk"),),
            status=status,
            response_headers=(("Content-Type", "text/html; charset=utf-8"),),
            body=body,
        )
        return self.writer.keep(exchange, run=self.run, url_id=url_id)

    def lists(self, *titled: tuple[str, str]) -> None:
        """A feed with these pages: URL and headline of each."""
        body = "".join(f"<item><title>{title}</title><link>{url}</link></item>" for url, title in titled)
        links = [
            Link(url=url, kind=Kind.PAGE, hint=Hint(via=Via.FEED, where=FEED, title=title)) for url, title in titled
        ]
        feed = Link(url=FEED, kind=Kind.FEED, hint=Hint(via=Via.GIVEN, where="sources.toml"))
        self.writer.ledger.discover([feed, *links], source="gazette", run=self.run, now=self.now)
        entry = self.writer.ledger.entry(FEED)
        assert entry is not None
        capture = self.answer(FEED, body.encode(), url_id=entry.id)
        verdict = Verdict(state=State.READ, outcome=None, capture_id=capture)
        self.writer.ledger.settle(entry, verdict, run=self.run, now=self.now)

    def prints(self, url: str, title: str, body: str, *, at: datetime | None = None, **fields: Any) -> Outcome:
        """A page was fetched and cleaned."""
        ledger, now = self.writer.ledger, at or self.now
        article: Article = an_article(
            **{"url": url, "canonical_url": url, "title": title, "body": body, "published_at": NOW} | fields
        )
        hint = Hint(via=Via.FEED, where=FEED, title=title)
        ledger.discover([Link(url=url, kind=Kind.PAGE, hint=hint)], source="gazette", run=self.run, now=now)
        entry = ledger.entry(url)
        assert entry is not None
        page = f"<html><h1>{title}</h1><p>{body}</p></html>".encode()
        capture = self.answer(url, page, url_id=entry.id)
        self.writer.rights.record(capture, [("meta:robots", "noai")])
        taken = Verdict(state=State.CAPTURED, outcome=None, capture_id=capture, full_answer=True, etag='"1"')
        ledger.settle(entry, taken, run=self.run, now=now)
        entry = ledger.entry(url)
        assert entry is not None
        stored = self.writer.articles.store(
            article, source="gazette", seen_at=now, capture_id=capture, url_id=entry.id, key=url
        )
        duplicate = stored.outcome is Outcome.DUPLICATE
        if stored.outcome is Outcome.REFUSED:
            self.writer.forget(entry.id, capture, article.canonical_url, url, now=now)
            verdict = Verdict(state=State.REFUSED, outcome=Outcome.REFUSED, reason="taken-down")
        else:
            verdict = Verdict(
                state=State.DUPLICATE if duplicate else State.KEPT,
                outcome=stored.outcome,
                reason=f"of {stored.article_id}" if duplicate else None,
                article_id=stored.article_id,
            )
        ledger.settle(entry, verdict, run=self.run, now=now)
        self.writer.commit()
        return stored.outcome
