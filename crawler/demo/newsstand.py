"""The five newspapers, and every document of theirs by host, address and night."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta, timezone
from urllib.parse import urlsplit

from crawler.demo import (
    capital_ledger,
    elbe_bote,
    harbour_student,
    ledger_data,
    millbrook_courier,
    millbrook_frame,
    orbit_daily,
)
from crawler.demo.documents import Document, Site, redirect
from crawler.demo.editions import Edition, load_edition, opening


@dataclass(frozen=True, slots=True, kw_only=True)
class Paper:
    """A bundled newspaper. ``name`` is what sources.toml calls it, ``home`` its front page."""

    name: str
    title: str
    home: str

    @property
    def host(self) -> str:
        """Host name of the front page."""
        return urlsplit(self.home).netloc


PAPERS = (
    Paper(name="harbour-student", title=harbour_student.TITLE, home=harbour_student.HOME),
    Paper(name="millbrook-courier", title=millbrook_frame.TITLE, home=millbrook_frame.HOME),
    Paper(name="capital-ledger", title=ledger_data.TITLE, home=ledger_data.HOME),
    Paper(name="elbe-bote", title=elbe_bote.TITLE, home=elbe_bote.HOME),
    Paper(name="orbit-daily", title=orbit_daily.TITLE, home=orbit_daily.HOME),
)
_BUILDERS: Mapping[str, Callable[[Edition], Site]] = {
    "harbour-student": harbour_student.build,
    "millbrook-courier": millbrook_courier.build,
    "capital-ledger": capital_ledger.build,
    "elbe-bote": elbe_bote.build,
    "orbit-daily": orbit_daily.build,
}
_ZONES = {
    "harbour-student": timezone(timedelta(hours=1)),
    "millbrook-courier": timezone(timedelta(hours=2)),
    "capital-ledger": timezone(timedelta(hours=1)),
    "elbe-bote": timezone(timedelta(hours=1)),
    "orbit-daily": UTC,
}


class Newsstand:
    """All sites on all nights, as they are for one ``today``."""

    def __init__(self, today: date, *, traps: bool = True) -> None:
        self._today = today
        self._traps = traps
        self._papers = {paper.host: paper for paper in PAPERS}
        self._sites: dict[tuple[str, int], Site] = {}

    @property
    def hosts(self) -> list[str]:
        """Every host name that answers, those that only redirect to their ``www.`` included."""
        bare = [host.removeprefix("www.") for host in self._papers if host.startswith("www.")]
        return [*self._papers, *bare]

    def site(self, host: str, night: int) -> Site | None:
        """A paper's site on a night; None for a host of no paper."""
        paper = self._papers.get(host) or self._papers.get(f"www.{host}")
        if paper is None:
            return None
        if (paper.name, night) not in self._sites:
            edition = load_edition(paper.name, self._today, night, zone=_ZONES[paper.name], traps=self._traps)
            self._sites[paper.name, night] = _BUILDERS[paper.name](edition)
        return self._sites[paper.name, night]

    def find(self, host: str, path: str, query: str, night: int) -> Document:
        """The document at an address of a host that answers, with the time of its last change."""
        if host not in self._papers:
            target = f"{path}?{query}" if query else path
            return redirect(f"http://www.{host}{target}")
        document = self._document(host, path, query, night)
        changed = self._changed(host, path, query, night, document)
        return replace(document, modified=changed)

    def _document(self, host: str, path: str, query: str, night: int) -> Document:
        site = self.site(host, night)
        assert site is not None
        return site.find(path, query)

    def _changed(self, host: str, path: str, query: str, night: int, document: Document) -> datetime:
        """The opening of the night since which its bytes are these; for the first night, what it says itself."""
        while night > 1:
            before = self._document(host, path, query, night - 1)
            if (before.status, before.body) != (document.status, document.body):
                return opening(self._today, night)
            night -= 1
        return document.modified or opening(self._today, 1)
