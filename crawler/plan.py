"""What a run met and would do: the lists that it read, and, of a dry run, what a crawl would do with each page."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlsplit

from scrapy.robotstxt import RobotParser

from archive.ledger import Verdict
from archive.types import Kind, Outcome, State
from crawler.agent import AGENT
from crawler.errand import Errand
from crawler.sample import Samples


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentRead:
    """A feed, sitemap, front or section page, and what came of asking for it."""

    source: str
    kind: Kind
    url: str
    state: State
    reason: str | None
    detail: str | None
    #: Pages that it lists; None: it was not read, or is unchanged.
    listed: int | None = None
    #: True: it lists sitemaps.
    is_index: bool = False
    #: How many links lead to it from a front page or from robots.txt; 0: it was given.
    depth: int = 0


class Plan:
    """One run's. ``samples``: the pages that a dry run fetches all the same, to show what would be kept."""

    def __init__(self, samples: Samples) -> None:
        self.samples = samples
        self.documents: list[DocumentRead] = []
        #: When a dry run has ended: each page that it met, what a crawl would do with it, and why.
        self.pages: list[dict[str, str]] = []
        self._robots: dict[str, RobotParser] = {}

    def read(self, errand: Errand, verdict: Verdict, *, listed: int | None = None) -> None:
        """A document was asked for. ``listed``: pages in it; None: it was not read, or is unchanged."""
        entry = errand.entry
        document = DocumentRead(
            source=errand.source.name,
            kind=entry.kind,
            url=entry.url,
            state=verdict.state,
            reason=verdict.reason,
            detail=verdict.detail,
            listed=listed,
            is_index=bool(verdict.is_index),
            depth=errand.depth,
        )
        self.documents.append(document)

    def note_robots(self, url: str, parser: RobotParser) -> None:
        """Remember the robots.txt of a URL's host."""
        self._robots[urlsplit(url).netloc] = parser

    def is_forbidden(self, url: str) -> bool:
        """Whether a robots.txt that was read in this run forbids a URL."""
        parser = self._robots.get(urlsplit(url).netloc)
        return parser is not None and not parser.allowed(url, AGENT)

    def finish(self, rows: list[dict[str, str]]) -> None:
        """The ledger's rows of a dry run are its pages, refused where robots.txt would refuse them."""
        self.pages = [self._with_robots(self.samples.as_planned(row)) for row in rows]

    def _with_robots(self, row: dict[str, str]) -> dict[str, str]:
        if row["outcome"] != Outcome.WAITING or not self.is_forbidden(row["url"]):
            return row
        return row | {"outcome": str(Outcome.REFUSED), "reason": "robots.txt"}
