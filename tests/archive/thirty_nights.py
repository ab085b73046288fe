"""An archive with nights of history: real rows in a real database, made without a crawl.

Six papers, each with its own habits; what befalls one of them on the last night is asked for by name.
"""

from __future__ import annotations

import random
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from archive.health import judge_night
from archive.times import iso
from archive.writer import ArchiveWriter
from tests.archive.sample import Sample

#: A Sunday, two in the morning.
LAST_NIGHT = datetime(2026, 11, 22, 2, tzinfo=UTC)


@dataclass(frozen=True, kw_only=True)
class Paper:
    """How a paper usually is: new articles on Monday to Sunday, and shares of them that have a field."""

    name: str
    week: tuple[int, ...] = (20, 22, 21, 23, 20, 9, 8)
    authors: float = 0.8
    dates: float = 1.0
    pictures: float = 0.9
    words: int = 450
    #: Pages a night that are no articles.
    others: int = 2


PAPERS = (
    Paper(name="capital-ledger", week=(60, 66, 63, 64, 58, 25, 22)),
    Paper(name="elbe-bote", week=(0, 6, 0, 0, 6, 0, 0), authors=0.3, pictures=0.2),
    Paper(name="harbour-student", week=(3, 4, 3, 5, 6, 0, 0), words=700),
    Paper(name="millbrook-courier"),
    Paper(name="orbit-daily", week=(33, 30, 31, 35, 30, 18, 16), authors=0.95),
    Paper(name="valley-herald", week=(12, 14, 11, 12, 13, 6, 5)),
)


@dataclass(frozen=True, kw_only=True)
class Mishap:
    """What happened to a paper in a night; the default is nothing."""

    #: Of the pages that would be new articles: so many of a hundred are refused, for this reason.
    rejected: str | None = None
    share: float = 1.0
    #: HTTP status or network reason of the front page and every page.
    failing: str | None = None
    detail: str | None = None
    status: int | None = None
    #: How the feed ended: event and reason.
    feed: tuple[str, str] | None = None
    #: The feed answers, and nothing in it is new.
    feed_still: bool = False
    volume: float = 1.0
    paper: dict[str, Any] = field(default_factory=dict)


class Nights(Sample):
    """Writes nights for papers."""

    def __init__(self, folder: Path, papers: tuple[Paper, ...] = PAPERS, *, seed: int = 7) -> None:
        super().__init__(folder)
        self.papers = papers
        self.db.conn.execute("pragma synchronous = off")
        self.chance = random.Random(seed)
        self.number = 0
        self._offset = self.db.execute("select coalesce(max(offset), 0) from captures").fetchone()[0]

    def night(self, at: datetime, mishaps: dict[str, Mishap] | None = None, *, volume: float = 1.0) -> int:
        """One crawl with all that it did. Gives the run."""
        run = self.run(at, sources=[])
        self.db.execute("update runs set finished_at = ? where id = ?", [iso(at + timedelta(minutes=47)), run])
        for paper in self.papers:
            mishap = (mishaps or {}).get(paper.name, Mishap())
            self._paper(run, at, replace(paper, **mishap.paper), mishap, volume * mishap.volume)
        self.db.conn.commit()
        return run

    def _paper(self, run: int, at: datetime, paper: Paper, mishap: Mishap, volume: float) -> None:
        home = f"https://{paper.name}.example/"
        self.source(paper.name, home)
        front = self._document(run, at, paper.name, home, kind="front", mishap=mishap)
        feed = home + "feed.xml"
        self._document(run, at, paper.name, feed, kind="feed", mishap=mishap)
        wanted = paper.week[at.weekday()] * volume
        number = max(0, round(self.chance.gauss(wanted, wanted**0.5 * 0.8))) if wanted else 0
        if not front:
            number = min(number, 4)
        for _ in range(number):
            self._page(run, at, paper, mishap, feed if not (mishap.feed or mishap.feed_still) else home)
        for _ in range(paper.others if front else 0):
            self._outcome(run, at, paper.name, "rejected", "index-page", status=200)
        for _ in range(number // 2 if front else 0):
            url_id = self._outcome(run, at, paper.name, "unchanged", "http-304", status=304)
            self.db.execute("update urls set state = 'kept' where id = ?", [url_id])
        for _ in range(number * 2):
            self._outcome(run, at, paper.name, "known", "kept")

    def _document(self, run: int, at: datetime, source: str, url: str, *, kind: str, mishap: Mishap) -> bool:
        known = self.db.execute("select id from urls where url = ?", [url]).fetchone()
        url_id = known[0] if known else self.url(url, source=source, kind=kind, state="read")
        ended = mishap.feed if kind == "feed" else None
        if mishap.failing:
            ended = ("failed", mishap.failing)
        if ended is None:
            self.event(run, url_id, "read", at=at, detail="40 pages listed")
            self.capture(run, url, source=source, url_id=url_id, payload_size=40_000, fetched_at=iso(at))
            return True
        self.event(run, url_id, ended[0], at=at, reason=ended[1], detail=mishap.detail)
        if mishap.status:
            self.capture(run, url, source=source, url_id=url_id, status=mishap.status, fetched_at=iso(at))
        return False

    def _page(self, run: int, at: datetime, paper: Paper, mishap: Mishap, where: str) -> None:
        if mishap.failing:
            self._outcome(run, at, paper.name, "failed", mishap.failing, status=mishap.status, detail=mishap.detail)
        elif mishap.rejected and self.chance.random() < mishap.share:
            self._outcome(run, at, paper.name, "rejected", mishap.rejected, status=200)
        else:
            url_id = self._outcome(run, at, paper.name, "new", None, status=200, state="kept")
            self.sighting(run, url_id, where, "feed" if where.endswith("xml") else "front")
            self._article(url_id, at, paper)

    def _article(self, url_id: int, at: datetime, paper: Paper) -> None:
        (url,) = self.db.execute("select url from urls where id = ?", [url_id]).fetchone()
        has = self.chance.random
        words = max(30, round(self.chance.gauss(paper.words, paper.words / 5)))
        id_ = self.article(
            f"Headline {self.number}",
            "A paragraph of the story.",
            url=url,
            source=paper.name,
            authors=["Ana Kovač"] if has() < paper.authors else [],
            published_at=iso(at - timedelta(hours=5)) if has() < paper.dates else None,
            images=[{"url": "https://a.example/1.jpg"}] if has() < paper.pictures else [],
            description="What it is about.",
            language="en",
            first_seen_at=iso(at),
            word_count=words,
        )
        self.db.execute("update urls set article_id = ? where id = ?", [id_, url_id])

    def _outcome(
        self,
        run: int,
        at: datetime,
        source: str,
        outcome: str,
        reason: str | None,
        *,
        status: int | None = None,
        state: str | None = None,
        detail: str | None = None,
    ) -> int:
        self.number += 1
        url = f"https://{source}.example/news/{self.number}"
        state = state or (outcome if outcome in ("rejected", "failed", "gone", "refused") else "kept")
        url_id = self.url(url, source=source, state=state, reason=reason, first_seen_at=iso(at))
        self.outcome(run, url_id, outcome, reason, source)
        if outcome != "known":
            self.event(run, url_id, outcome, at=at, reason=reason, detail=detail)
        if status:
            size = self.chance.randint(15_000, 60_000) if status == 200 else 0
            self.capture(run, url, status=status, source=source, url_id=url_id, payload_size=size, fetched_at=iso(at))
        return url_id


def simulate(folder: Path, *, nights: int = 30, papers: tuple[Paper, ...] = PAPERS, seed: int = 7) -> Path:
    """An archive with so many ordinary nights up to the one before the last, all judged. Gives its folder."""
    with Nights(folder, papers, seed=seed) as writing:
        for ago in range(nights, 0, -1):
            run = writing.night(LAST_NIGHT - timedelta(days=ago))
    return judged(folder, run)


def one_more(folder: Path, mishaps: dict[str, Mishap], *, nights: int = 1, papers: tuple[Paper, ...] = PAPERS) -> Path:
    """So many further nights on which something happens, judged; the first of them is LAST_NIGHT."""
    with Nights(folder, papers, seed=11) as writing:
        (begun,) = writing.db.execute("select count(*) from urls").fetchone()
        writing.number = begun
        for day in range(nights):
            run = writing.night(LAST_NIGHT + timedelta(days=day), mishaps)
    return judged(folder, run)


def judged(folder: Path, run: int) -> Path:
    """Judge a night, and those before it that nobody judged."""
    with ArchiveWriter(folder, purpose="test") as writer:
        judge_night(writer, run, LAST_NIGHT + timedelta(hours=1))
    return folder


#: What happens on the last night of the archive that is looked at.
A_BAD_NIGHT = {
    "capital-ledger": Mishap(failing="http-403", status=403),
    "harbour-student": Mishap(failing="network", detail="SSL routines: certificate verify failed"),
    "millbrook-courier": Mishap(paper={"authors": 0.0, "pictures": 0.0, "words": 90}),
    "orbit-daily": Mishap(rejected="consent-wall", share=0.9),
}
