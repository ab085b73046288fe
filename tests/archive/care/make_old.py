"""How the databases in old/ were made: each by the code of its own version, with whose packages are installed.

    PYTHONPATH=A_CHECKOUT_OF_THAT_VERSION python tests/archive/care/make_old.py old/NAME.db.xz

One night with a page that is kept, changed and kept again, one that is refused, and a feed, in real WARC files; the
database, packed. (The WARC files are left out: migrating does not look at them.)
"""

from __future__ import annotations

import lzma
import sqlite3
import sys
import tempfile
from datetime import UTC, datetime, timedelta
from pathlib import Path

from archive.captures import Exchange
from archive.ledger import Verdict
from archive.types import Article, Hint, Kind, Link, Outcome, State, Via
from archive.writer import ArchiveWriter

NOW = datetime(2026, 11, 22, 2, 0, tzinfo=UTC)
FEED = "http://gazette.example/feed.xml"
PAGES = {
    "http://gazette.example/news/bridge": ("Bridge reopens after repairs", "The old bridge reopened on Tuesday."),
    "http://gazette.example/news/ferry": ("Ferry every forty minutes", "The ferry will cross the sound from Monday."),
}


def write(folder: Path) -> None:
    with ArchiveWriter(folder, purpose="crawl") as writer:
        writer.ledger.add_source("gazette", home="http://gazette.example/", title="The Gazette", now=NOW)
        for night in range(2):
            now = NOW + timedelta(days=night)
            run = writer.ledger.start_run("crawl", {"night": night}, now)
            links = [
                Link(url=url, kind=Kind.PAGE, hint=Hint(via=Via.FEED, where=FEED, title=title))
                for url, (title, _) in PAGES.items()
            ]
            wall = Link(url="http://gazette.example/wall", kind=Kind.PAGE, hint=Hint(via=Via.FEED, where=FEED))
            feed = Link(url=FEED, kind=Kind.FEED, hint=Hint(via=Via.GIVEN, where="sources.toml"))
            writer.ledger.discover([feed, *links, wall], source="gazette", run=run, now=now)
            for url, (title, body) in PAGES.items():
                page(writer, run, url, (title, body if night == 0 else f"{body} It was said again."), now)
            entry = writer.ledger.entry(wall.url)
            refused = Verdict(state=State.REJECTED, outcome=Outcome.REJECTED, reason="consent-wall", detail="a dialog")
            writer.ledger.settle(entry, refused, run=run, now=now)
            writer.ledger.finish_run(run, "finished", now + timedelta(minutes=4))
            writer.commit()


def page(writer: ArchiveWriter, run: int, url: str, text: tuple[str, str], now: datetime) -> None:
    title, body = text
    entry = writer.ledger.entry(url)
    exchange = Exchange(
        url=url,
        asked=url,
        source="gazette",
        fetched_at=now,
        request_headers=(("User-Agent", "nightdesk"),),
        status=200,
        response_headers=(("Content-Type", "text/html"),),
        body=f"<h1>{title}</h1><p>{body}</p>".encode(),
    )
    capture = writer.keep(exchange, run=run, url_id=entry.id)
    article = Article(
        url=url,
        canonical_url=url,
        title=title,
        body=body,
        authors=["Ana Kovač"],
        tags=["harbour"],
        section="News",
        published_at=NOW,
        extractor="test 1",
    )
    stored = writer.articles.store(article, source="gazette", seen_at=now, capture_id=capture, url_id=entry.id)
    verdict = Verdict(
        state=State.KEPT, outcome=stored.outcome, article_id=stored.article_id, capture_id=capture, full_answer=True
    )
    writer.ledger.settle(entry, verdict, run=run, now=now)


def main() -> None:
    with tempfile.TemporaryDirectory() as place:
        write(Path(place))
        db = sqlite3.connect(Path(place) / "archive.db")
        db.execute("vacuum into ?", [f"{place}/packed.db"])
        db.close()
        Path(sys.argv[1]).write_bytes(lzma.compress(Path(place, "packed.db").read_bytes(), preset=9))


if __name__ == "__main__":
    main()
