"""A builder of sample archives: real rows in a real database, without the crawler."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlite_utils import Database

from archive.schema import migrate
from archive.seq import seq_floor
from archive.times import from_iso, iso
from archive.urls import article_id, normalise_url

NIGHT_1 = datetime(2026, 11, 10, 2, tzinfo=UTC)
NIGHT_2 = datetime(2026, 11, 11, 2, tzinfo=UTC)


class Sample:
    """Rows in, an archive's folder out. Use as a context manager; open ``folder`` with Archive afterwards."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir(exist_ok=True)
        self.db = Database(folder / "archive.db")
        migrate(self.db, str(folder / "archive.db"))
        self._offset = 0

    def __enter__(self) -> Sample:
        return self

    def __exit__(self, *_: object) -> None:
        self.db.conn.commit()
        self.db.close()

    def _insert(self, table: str, row: dict[str, Any], *, ignore: bool = False) -> int:
        names, marks = ", ".join(row), ", ".join("?" * len(row))
        how = "insert or ignore" if ignore else "insert"
        # Not by way of sqlite-utils, which asks the database what the table is like: thousands of rows take minutes.
        cursor = self.db.conn.execute(f"{how} into {table} ({names}) values ({marks})", list(row.values()))
        return int(cursor.lastrowid or 0)

    def source(self, name: str = "gazette", home: str | None = None) -> str:
        row = {
            "id": name,
            "title": name.title(),
            "home": home or f"https://{name}.test/",
            "first_seen_at": iso(NIGHT_1),
        }
        self._insert("sources", row, ignore=True)
        return name

    def run(self, started: datetime = NIGHT_1, status: str = "finished", **arguments: Any) -> int:
        row = {
            "kind": "crawl",
            "started_at": iso(started),
            "finished_at": iso(started.replace(minute=12)) if status == "finished" else None,
            "status": status,
            "software": "nightdesk 0.1.0",
            "arguments": json.dumps(arguments),
        }
        return self._insert("runs", row)

    def url(self, url: str, *, source: str = "gazette", kind: str = "page", state: str = "kept", **columns: Any) -> int:
        self.source(source)
        row = {
            "url": url,
            "source": source,
            "kind": kind,
            "state": state,
            "state_at": iso(NIGHT_1),
            "first_seen_at": iso(NIGHT_1),
            "last_seen_at": iso(NIGHT_1),
        } | columns
        return self._insert("urls", row)

    def outcome(self, run: int, url_id: int, outcome: str, reason: str | None = None, source: str = "gazette") -> None:
        row = {"run_id": run, "url_id": url_id, "source": source, "outcome": outcome, "reason": reason}
        self._insert("run_urls", row)

    def event(self, run: int, url_id: int, event: str, *, at: datetime = NIGHT_1, **columns: Any) -> None:
        row = {"url_id": url_id, "run_id": run, "at": iso(at), "event": event} | columns
        self._insert("url_events", row)

    def sighting(self, run: int, url_id: int, where: str, via: str) -> None:
        row = {"url_id": url_id, "where_url": where, "via": via, "first_run": run, "last_run": run}
        self._insert("sightings", row)

    def capture(self, run: int, url: str, *, status: int = 200, source: str = "gazette", **columns: Any) -> int:
        path = "warc/2026/11/nightdesk-20261110020000-00001.warc.gz"
        warc_file = {"id": 1, "path": path, "started_at": iso(NIGHT_1), "size": 123_456}
        self._insert("warc_files", warc_file, ignore=True)
        self._offset += 1000
        row = {
            "run_id": run,
            "source": source,
            "url": url,
            "fetched_at": iso(NIGHT_1),
            "status": status,
            "content_type": "text/html",
            "warc_file_id": 1,
            "offset": self._offset,
            "length": 900,
            "payload_size": 5000,
            "payload_digest": "sha1:3I42H3S6NNFQ2MSVX7XZKYAYSCX5QBYJ",
        } | columns
        return self._insert("captures", row)

    def article(self, title: str = "A title", body: str = "A body.", *, url: str | None = None, **columns: Any) -> str:
        """Insert an article; lists are given as lists, ``published_at`` as ISO text. Gives its id."""
        (number,) = self.db.execute("select count(*) from articles").fetchone()
        url = normalise_url(url or f"https://gazette.test/news/{number}")
        moment = from_iso(columns.get("published_at") or columns.get("first_seen_at") or iso(NIGHT_1))
        row = {
            "seq": seq_floor(moment) + number,
            "id": article_id(url),
            "url": url,
            "canonical_url": url,
            "source": columns.get("source", "gazette"),
            "title": title,
            "body": body,
            "word_count": len(body.split()),
            "access": "unknown",
            "first_seen_at": iso(NIGHT_1),
            "last_seen_at": iso(NIGHT_1),
            "revised_at": iso(NIGHT_1),
            "content_hash": "c0ffee",
            "extractor": "nightdesk 0.1.0, trafilatura 2.3.1",
        } | {
            name: json.dumps(value, ensure_ascii=False) if isinstance(value, list | dict) else value
            for name, value in columns.items()
        }
        self.source(str(row["source"]))
        self._insert("articles", row)
        return str(row["id"])


HARBOUR = "https://harbour-news.test/harbour-talks"
HARBOUR_BODY = (
    "As new talks move forward, the dockers’ union says that the offer is “not a serious one”.\n\n"
    "The port’s directors met the union for the third round on Monday. Nobody expected an agreement, and there"
    " was none: the offer on the table was the one of the second round, with a new date on it.\n\n"
    "“We shall be here next week, and the week after,” said the union’s secretary."
)


def two_nights(folder: Path) -> Path:
    """An archive of two sources and two runs with something of everything. Gives its folder."""
    with Sample(folder) as sample:
        sample.source("harbour-news")
        sample.source("kurir", "http://kurir.test/")
        first = sample.run(NIGHT_1, sources=["harbour-news", "kurir"])
        second = sample.run(NIGHT_2, status="interrupted", sources=["harbour-news"], limit=None)
        _harbour(sample, first, second)
        _kurir(sample, first)
        _documents(sample, first, second)
    return folder


def _harbour(sample: Sample, first: int, second: int) -> None:
    before = sample.capture(first, HARBOUR, source="harbour-news")
    after = sample.capture(second, HARBOUR, source="harbour-news")
    id_ = sample.article(
        "Explainer: Harbour talks continue as dockers refuse the offer",
        HARBOUR_BODY,
        url=HARBOUR,
        source="harbour-news",
        description="The third round of talks in the harbour ended without an agreement.",
        authors=["Ana Kovač"],
        published_at="2026-11-10T00:00:00Z",
        published_precision="day",
        published_as_written="Nov 10",
        section="News",
        tags=["harbour", "union"],
        language="en-GB",
        images=[{"url": None, "caption": "Union and port officials.", "credit": "Credit: Harbour News", "alt": None}],
        comments=["Well put."],
        reading_minutes=3,
        revision=2,
        revised_at=iso(NIGHT_2),
        last_seen_at=iso(NIGHT_2),
        capture_id=after,
        origins={
            "title": {"origin": "html", "confidence": 0.9},
            "published_at": {
                "origin": "byline",
                "confidence": 0.7,
                "inferred": "year",
                "rivals": [["feed", "2026-11-10T08:30:00Z"]],
            },
            "authors": {"origin": "byline", "confidence": 0.8},
        },
    )
    sample.db["revisions"].insert(
        {
            "article_id": id_,
            "revision": 1,
            "valid_from": iso(NIGHT_1),
            "valid_until": iso(NIGHT_2),
            "title": "Harbour talks continue",
            "body": "As new talks move forward.",
            "content_hash": "decaf",
            "capture_id": before,
            "record": json.dumps({"authors": '["Ana Kovač"]', "section": "News"}),
        }
    )
    url_id = sample.url(
        HARBOUR,
        source="harbour-news",
        article_id=id_,
        capture_id=after,
        fetched_at=iso(NIGHT_2),
        due_at="2026-11-17T02:00:00Z",
    )
    sample.sighting(first, url_id, "https://harbour-news.test/feed.xml", "feed")
    sample.sighting(first, url_id, "https://harbour-news.test/", "front")
    sample.outcome(first, url_id, "new", source="harbour-news")
    sample.outcome(second, url_id, "updated", source="harbour-news")
    sample.event(first, url_id, "captured", capture_id=before)
    sample.event(first, url_id, "new")
    sample.event(second, url_id, "captured", at=NIGHT_2, capture_id=after)
    sample.event(second, url_id, "updated", at=NIGHT_2, detail="revision 2")
    amp = sample.url(
        HARBOUR + "/gallery",
        source="harbour-news",
        state="duplicate",
        article_id=id_,
        reason=f"of {id_}",
    )
    sample.outcome(first, amp, "duplicate", f"of {id_}", source="harbour-news")
    sample.event(first, amp, "duplicate", reason=f"of {id_}")


def _kurir(sample: Sample, first: int) -> None:
    for number, (title, author) in enumerate(
        [("Luka čeka odgovor", "Ivan Horvat"), ("Sindikat: ponuda nije dovoljna", "Ana Kovač")]
    ):
        url = f"http://kurir.test/artikel.php?id={number}"
        id_ = sample.article(
            title,
            "Pregovori u luci trajat će još tjedan dana, kažu iz sindikata.",
            url=url,
            source="kurir",
            authors=[author],
            published_at=f"2025-0{number + 1}-15T18:40:00Z",
            published_precision="minute",
            section="Luka",
            language="hr",
            gone_at=iso(NIGHT_2) if number else None,
        )
        url_id = sample.url(url, source="kurir", article_id=id_, capture_id=sample.capture(first, url, source="kurir"))
        sample.outcome(first, url_id, "new", source="kurir")
    sample.article("Undated", "A page without a date.", url="http://kurir.test/undated", source="kurir")
    wall = sample.url(
        "http://kurir.test/zid",
        source="kurir",
        state="rejected",
        reason="consent-wall",
        detail="a dialog, and 12 words beside it",
    )
    sample.outcome(first, wall, "rejected", "consent-wall", source="kurir")
    sample.event(first, wall, "rejected", reason="consent-wall", detail="a dialog, and 12 words beside it")
    left = sample.url("http://kurir.test/kasnije", source="kurir", state="found", due_at=iso(NIGHT_1))
    sample.outcome(first, left, "waiting", "limit", source="kurir")


def _documents(sample: Sample, first: int, second: int) -> None:
    feed = sample.url(
        "http://kurir.test/atom.xml", source="kurir", kind="feed", state="failed", reason="http-503", attempts=1
    )
    sample.event(first, feed, "failed", reason="http-503", detail="asked to wait 1:00:00")
    front = sample.url("https://harbour-news.test/", source="harbour-news", kind="front", state="read")
    sample.event(second, front, "read", at=NIGHT_2, detail="4 pages listed")
