"""The one spider: reads what lists pages, asks for the pages that are due, and hands raw Pages on."""

from __future__ import annotations

import asyncio
import hashlib
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from dataclasses import replace
from typing import Any

from scrapy import Request, Spider, signals
from scrapy.crawler import Crawler
from scrapy.http import Response
from scrapy.robotstxt import ProtegoRobotParser, RobotParser
from twisted.python.failure import Failure

from archive.ledger import Verdict
from archive.times import utc_now
from archive.types import Kind, Link, Page, State, Via
from archive.urls import normalise_or_none
from crawler.desk import Desk, desk_of
from crawler.discovery import FrontListing, Listing, sniff
from crawler.discovery.feeds import read_feed
from crawler.discovery.links import read_front
from crawler.discovery.sitemaps import read_sitemap
from crawler.errand import Errand
from crawler.fetch import judge
from crawler.fetch.backoff import PATIENCE
from crawler.fetch.halt import HALTED
from crawler.fetch.hosts import AtRest, host_of
from crawler.fetch.polling import is_due, newest_of, quiet_since
from crawler.frontier import Frontier
from crawler.rendering import SLOT, Rendering, RenderingFailed
from crawler.sources import Source
from pipelines.stages import LeftForLater, Refine

#: Documents that lead to one another: sitemap index → index → sitemap, a section's further pages.
_MAX_DEPTH = 3
#: Sitemaps of one source read in one crawl, newest first.
_MAX_SITEMAPS = 200
#: The same for each sitemap index, when only a look is taken.
_FEW_SITEMAPS = 3
#: Pages that the documents of one source may list in one crawl. Each costs the archive about a kilobyte.
MOST_LINKS = 1_000_000
#: Section pages found in a front page's menus that are read.
_MAX_SECTIONS = 12
#: Bytes from which on a document is read in a thread.
_WORTH_A_THREAD = 256 * 1024
#: Headers that hold for an answer's own bytes, not for what a browser made of them.
_OF_THE_BYTES = ("content-type", "content-encoding", "content-length")
#: Asked for when neither robots.txt nor the operator names a sitemap; that it is missing is no failure.
_USUAL_SITEMAP = "/sitemap.xml"
_GUESSED = "the usual place"


class NewsSpider(Spider):
    """Crawls the sources of an archive's sources.toml. Settings: the NIGHTDESK_ lines of crawler/settings.py."""

    name = "news"
    desk: Desk
    frontier: Frontier

    @classmethod
    def from_crawler(cls, crawler: Crawler, *args: Any, **kwargs: Any) -> NewsSpider:
        """Listen for robots.txt files, and for pages that leave the item pipeline early."""
        spider = super().from_crawler(crawler, *args, **kwargs)
        assert isinstance(spider, NewsSpider)
        crawler.signals.connect(spider.robots_parsed, signal=signals.robots_parsed)
        crawler.signals.connect(spider.page_dropped, signal=signals.item_dropped)
        crawler.signals.connect(spider.page_failed, signal=signals.item_error)
        return spider

    async def start(self) -> AsyncIterator[Any]:
        """Requests for documents and pages, and raw pages left to clean, until nothing is left."""
        self.desk = desk_of(self.crawler)
        self._links_taken: Counter[str] = Counter()
        refine = self.crawler.get_item_pipeline(Refine)
        assert refine is not None
        refine.template_of = self.desk.writer.templates.current
        self.frontier = self.new_frontier(refine)
        self.desk.page_left = self.frontier.done
        self.desk.to_browser, self.desk.put_off = self.frontier.render, self.frontier.put_off
        self.begin()
        self.desk.saved = self.frontier.saved
        self.desk.save()
        async for work in self.frontier.work():
            if isinstance(work, Rendering):
                yield self._render_request(work)
            else:
                yield work if isinstance(work, Page) else self._request(work)

    def new_frontier(self, refine: Refine) -> Frontier:
        """What decides on the order of the night."""
        return Frontier(self.desk, refine, self._openings, most_documents=self.most_documents)

    @property
    def most_documents(self) -> int:
        """Documents of a source that are read in one run, besides those declared."""
        return self.settings.getint("NIGHTDESK_MOST_DOCUMENTS")

    def begin(self) -> None:
        """Bring in what there is to do."""
        for errand in self.desk.enter_given():
            self.frontier.add_document(errand)
        if self.desk.whole_sources:
            self.desk.enter_due()

    def _openings(self, source: Source) -> Iterator[Errand]:
        """The documents that a source's night begins with: declared ones, and those discovered on earlier nights."""
        declared = (
            (Kind.FEED, source.feeds),
            (Kind.SITEMAP, source.sitemaps),
            (Kind.SECTION, source.sections),
            (Kind.FRONT, (source.home,)),
        )
        for kind, urls in declared:
            for url in urls:
                entry = self.desk.document(url, kind, source, via=Via.GIVEN, where="sources.toml")
                if is_due(entry, utc_now()):
                    yield Errand(source=source, entry=entry)
        for entry in self.desk.writer.ledger.documents(source.name, utc_now()):
            yield Errand(source=source, entry=entry, depth=1)

    def _request(self, errand: Errand) -> Request:
        entry, headers = errand.entry, {}
        if entry.state in (State.KEPT, State.READ):
            if entry.etag:
                headers["If-None-Match"] = entry.etag
            if entry.last_modified:
                headers["If-Modified-Since"] = entry.last_modified
        page = entry.kind is Kind.PAGE
        return Request(
            entry.url,
            headers=headers,
            callback=self.parse_page if page else self.parse_document,
            errback=self.unanswered,
            meta={"errand": errand},
            dont_filter=True,
            priority=0 if page else 10,
        )

    # ---- pages ------------------------------------------------------------------------------------------

    def parse_page(self, response: Response) -> Iterator[Page]:
        """A page that answered: into the ledger as captured, and on to cleaning."""
        errand: Errand = response.meta["errand"]
        if response.status != 200:
            if not self._held(errand, response):
                self._settle_status(errand, response)
                self.frontier.done(errand.entry.id)
            return
        if self._same_as_before(errand, response):
            self.frontier.done(errand.entry.id)
            return
        capture_id = response.meta.get("capture_id")  # a dry run keeps nothing
        now = utc_now()
        verdict = Verdict(state=State.CAPTURED, outcome=None, capture_id=capture_id, **_marks(response))
        self.desk.writer.ledger.settle(errand.entry, verdict, run=self.desk.run, now=now)
        self.desk.counts[errand.source.name]["fetched"] += 1
        self.frontier.captured(errand.entry.id)
        page = Page(
            url=errand.entry.url,
            final_url=response.url,
            status=response.status,
            headers=_headers(response),
            body=response.body,
            fetched_at=now,
            source=errand.source.name,
            timezone=errand.source.timezone,
            truncated="dataloss" in response.flags,
            hints=errand.entry.hints,
            capture=None if capture_id is None else self.desk.writer.capture_ref(capture_id),
        )
        if self.desk.renderings.come_first(errand.source, page):
            self.desk.render(errand.entry, errand.source)
        else:
            yield page

    def _same_as_before(self, errand: Errand, response: Response) -> bool:
        """Settle an answer with the very bytes of the last one, of a server that has no 304 for it, like a 304."""
        entry = errand.entry
        if entry.state not in (State.KEPT, State.READ) or entry.body_digest != digest_of(response.body):
            return False
        verdict = judge.unchanged(entry, utc_now(), response.meta.get("capture_id"))
        self._settle_unchanged(errand, replace(verdict, reason=judge.SAME_BODY, **_marks(response)), response)
        return True

    def _settle_unchanged(self, errand: Errand, verdict: Verdict, response: Response) -> None:
        entry, now = errand.entry, utc_now()
        if entry.article_id:
            self.desk.writer.articles.mark_seen(entry.article_id, now)
        if entry.kind is not Kind.PAGE:
            self.desk.relist(response.url, errand.source)
        self.desk.settle(errand, verdict, now=now)

    def _settle_status(self, errand: Errand, response: Response) -> None:
        entry, now = errand.entry, utc_now()
        if response.status == 304:
            verdict = judge.unchanged(entry, now, response.meta.get("capture_id"))
            self._settle_unchanged(errand, verdict, response)
            return
        verdict = judge.refused_status(entry, response.status, now, retry_after=_header(response, "Retry-After"))
        if verdict.state is State.GONE and entry.state is State.KEPT and entry.article_id:
            self.desk.writer.articles.mark_gone(entry.article_id, now)
        if verdict.state is State.GONE and [hint.where for hint in entry.hints] == [_GUESSED]:
            verdict = judge.no_sitemap(now)
        if rest := self.desk.hosts.rest(host_of(response.url)):
            if verdict.due_at is not None:
                verdict = replace(verdict, due_at=max(verdict.due_at, rest.until))
            self.desk.end_night(errand.source, rest)
        self.desk.settle(errand, verdict, now=now)

    def _look_at_host(self, errand: Errand, url: str) -> None:
        """After a failure: is that the end of the source's night?"""
        if rest := self.desk.hosts.rest(host_of(url)):
            self.desk.end_night(errand.source, rest)

    def _held(self, errand: Errand, response: Response) -> bool:
        """Whether the host asked for a patience that this run has: the URL is asked for again when it is over."""
        rest = self.desk.hosts.rest(host_of(response.url)) if response.status in PATIENCE else None
        if rest is None or rest.over or not self.frontier.hold(errand, rest.seconds):
            return False
        self.desk.writer.ledger.note(
            errand.entry.id,
            "asked",
            run=self.desk.run,
            now=utc_now(),
            reason=f"http-{response.status}",
            detail=f"to be asked again in {rest.seconds:.0f} s",
            capture_id=response.meta.get("capture_id"),
        )
        return True

    def page_dropped(self, item: object, exception: BaseException) -> None:
        """A page that found no room to be cleaned stays captured; others were settled before they were dropped."""
        if isinstance(item, Page) and isinstance(exception, LeftForLater):
            self._page_left(item)

    def page_failed(self, item: object) -> None:
        """Our own fault, in the log with its traceback; the page stays captured, to be cleaned by a later run."""
        if isinstance(item, Page):
            entry = self.desk.writer.ledger.entry(item.url)
            if entry is not None:
                self.frontier.done(entry.id)

    def _page_left(self, page: Page) -> None:
        entry = self.desk.writer.ledger.entry(page.url)
        if entry is not None:
            self.frontier.leave(entry.id)

    # ---- pages that a browser makes -----------------------------------------------------------------------

    def _render_request(self, rendering: Rendering) -> Request:
        """To the browser, with the answer that was kept."""
        return Request(
            rendering.page.final_url,
            callback=self.parse_rendered,
            errback=self.unrendered,
            meta={"rendering": rendering, "errand": rendering.errand, "download_slot": SLOT, "dont_retry": True},
            dont_filter=True,
        )

    def parse_rendered(self, response: Response) -> Iterator[Page]:
        """What the browser made of a page: into the ledger in the answer's place, and on to cleaning."""
        rendering: Rendering = response.meta["rendering"]
        capture_id, now = response.meta["capture_id"], utc_now()
        # without validators: that the shell is unchanged says nothing of what its scripts bring
        verdict = Verdict(
            state=State.CAPTURED,
            outcome=None,
            event="rendered",
            detail=f"{response.meta['rendering_cost']}; {response.meta['made_by']}",
            capture_id=capture_id,
            full_answer=True,
        )
        entry = rendering.errand.entry
        self.desk.writer.ledger.settle(entry, verdict, run=self.desk.run, now=now)
        self.frontier.rendered(entry.id)
        page = rendering.page
        kept = tuple(pair for pair in page.headers if pair[0] not in _OF_THE_BYTES)
        yield replace(
            page,
            headers=(("content-type", "text/html; charset=utf-8"), *kept),
            body=response.body,
            fetched_at=now,
            capture=self.desk.writer.capture_ref(capture_id),
            rendered_by=response.meta["made_by"],
        )

    def unrendered(self, failure: Failure) -> None:
        """The browser made nothing of a page, or was not given it."""
        rendering: Rendering = failure.request.meta["rendering"]  # type: ignore[attr-defined]
        errand, error, now = rendering.errand, failure.value, utc_now()
        if self.desk.trouble is not None or isinstance(error, HALTED):
            return  # it stays captured
        if isinstance(error, AtRest):
            self.frontier.put_off(errand.entry)
            return
        assert error is not None
        told = judge.no_rendering if isinstance(error, RenderingFailed) else judge.no_answer
        self.desk.settle(errand, told(errand.entry, error, now), now=now)  # type: ignore[arg-type]
        self.frontier.done(errand.entry.id)

    # ---- documents that list pages ------------------------------------------------------------------------

    async def parse_document(self, response: Response) -> None:
        """A feed, sitemap, front or section page that answered: its links go into the ledger."""
        errand: Errand = response.meta["errand"]
        if self._held(errand, response):
            return
        if response.status != 200:
            self._settle_status(errand, response)
        elif not self._same_as_before(errand, response):
            await self._read(errand, response)
        self.frontier.document_done(errand.source.name)

    async def _read(self, errand: Errand, response: Response) -> None:
        entry, source, now = errand.entry, errand.source, utc_now()
        content_type = _header(response, "Content-Type") or ""
        document = (response.body, response.url, content_type, entry.kind, source.also_on)
        if len(response.body) < _WORTH_A_THREAD:
            listing = _read_listing(*document)
        else:  # a sitemap of 50,000 lines takes seconds, in which the downloads go on
            listing = await asyncio.to_thread(_read_listing, *document)
        pages = [link for link in listing.links if link.kind is Kind.PAGE and self.desk.is_own(link.url, source)]
        room = max(0, MOST_LINKS - self._links_taken[source.name])
        whole = len(pages) <= room
        self._links_taken[source.name] += len(pages)
        self.desk.discover(pages[:room], source)
        fresh = self.desk.writer.ledger.fresh(response.url, self.desk.run)
        told = (f"{len(pages)} pages listed", listing.problem, self._left_out(errand, listing, len(pages) - room))
        verdict = Verdict(
            state=State.FAILED if listing.problem and not listing.links else State.READ,
            outcome=None,
            reason="unreadable" if listing.problem else None,
            detail="; ".join(text for text in told if text),
            due_at=now,
            capture_id=response.meta.get("capture_id"),
            yielded_at=quiet_since(entry, now, fresh=fresh, newest=newest_of(pages, now)) if whole else now,
            is_index=any(link.kind is Kind.SITEMAP for link in listing.links),
            # not recognised, it is read again, and what there was no room for gets another chance
            **(_marks(response) if whole else {"full_answer": True}),
        )
        self.desk.settle(errand, verdict, now=now, listed=len(pages))
        self._follow(errand, listing, response.url)

    def _left_out(self, errand: Errand, listing: Listing, beyond: int) -> str | None:
        """What a document leads to and is not followed, in words."""
        sitemaps = sum(link.kind is Kind.SITEMAP for link in listing.links)
        followed = _MAX_SITEMAPS if errand.depth < _MAX_DEPTH else 0
        left = [f"{beyond} of them beyond the {MOST_LINKS} taken of one source"] if beyond > 0 else []
        if sitemaps > followed:
            why = f"only the newest {followed} are read" if followed else "nested too deep"
            left.append(f"{sitemaps - followed} of its {sitemaps} sitemaps are left: {why}")
        return "; ".join(left) or None

    def _follow(self, errand: Errand, listing: Listing, where: str) -> None:
        """Further documents that this one leads to."""
        source, depth = errand.source, errand.depth + 1
        found: list[tuple[str, Kind, str | None]] = []
        if depth <= _MAX_DEPTH:
            found += [(link.url, link.kind, link.hint.modified) for link in self._newest_sitemaps(listing.links)]
            if (
                listing.next and not self.desk.brief
            ):  # older than the front page itself, which alone is read in every run
                older = Kind.SECTION if errand.entry.kind is Kind.FRONT else errand.entry.kind
                found.append((listing.next, older, None))
        if isinstance(listing, FrontListing) and errand.entry.kind is Kind.FRONT:
            if not source.feeds:
                found += [(url, Kind.FEED, None) for url in listing.feeds]
            if not source.sections:
                found += [(link.url, Kind.SECTION, None) for link in listing.sections[:_MAX_SECTIONS]]
        via = {Kind.FEED: Via.FEED, Kind.SITEMAP: Via.SITEMAP}.get(errand.entry.kind, Via.FRONT)
        for url, kind, modified in found:
            normal = normalise_or_none(url)
            if normal and self.desk.is_own(normal, source):
                entry = self.desk.document(normal, kind, source, via=via, where=where)
                if entry.kind is not Kind.PAGE and is_due(entry, utc_now(), said_modified=modified):
                    self.frontier.add_document(Errand(source=source, entry=entry, depth=depth))

    def _newest_sitemaps(self, links: tuple[Link, ...]) -> list[Link]:
        sitemaps = [link for link in links if link.kind is Kind.SITEMAP]
        sitemaps.sort(key=lambda link: link.hint.modified or "", reverse=True)
        return sitemaps[: _FEW_SITEMAPS if self.desk.brief else _MAX_SITEMAPS]

    def robots_parsed(self, robotparser: RobotParser, request: Request) -> None:
        """A robots.txt was read on the way to ``request``: its sitemaps, or the usual place when it has none."""
        self.desk.plan.note_robots(request.url, robotparser)
        errand: Errand | None = request.meta.get("errand")
        if errand is None or errand.entry.kind is Kind.PAGE or errand.source.sitemaps:
            return
        named = list(robotparser.rp.sitemaps) if isinstance(robotparser, ProtegoRobotParser) else []
        robots = request.url.split("/", 3)
        base = "/".join(robots[:3])
        where = base + "/robots.txt" if named else _GUESSED
        for text in named or [base + _USUAL_SITEMAP]:
            url = normalise_or_none(text if "://" in text else base + "/" + text.lstrip("/"))
            if url and self.desk.is_own(url, errand.source):
                entry = self.desk.document(url, Kind.SITEMAP, errand.source, via=Via.SITEMAP, where=where)
                if entry.kind is Kind.SITEMAP and is_due(entry, utc_now()):
                    self.frontier.add_document(Errand(source=errand.source, entry=entry, depth=1))

    # ---- no answer ------------------------------------------------------------------------------------------

    def unanswered(self, failure: Failure) -> None:
        """Nothing came back, or the request was not made."""
        request: Request = failure.request  # type: ignore[attr-defined]
        errand: Errand = request.meta["errand"]
        if self.desk.trouble is not None or isinstance(failure.value, HALTED):
            return  # our disk's fault or our own wish, not the page's: it stays due
        now = utc_now()
        assert failure.value is not None
        if isinstance(failure.value, AtRest):
            rest = failure.value.rest
            if not rest.over and self.frontier.hold(errand, rest.seconds):
                return
            self.desk.leave(errand, rest)
        else:
            self.desk.settle(errand, judge.no_answer(errand.entry, failure.value, now), now=now)
            self._look_at_host(errand, request.url)
        if errand.entry.kind is Kind.PAGE:
            self.frontier.done(errand.entry.id)
        else:
            self.frontier.document_done(errand.source.name)


def _read_listing(body: bytes, url: str, content_type: str, kind: Kind, also_on: tuple[str, ...]) -> Listing:
    """Read a document as what it is, whatever it was declared to be."""
    actual = sniff(body, content_type, url)
    if actual is Kind.FEED and kind is not Kind.SITEMAP:
        return read_feed(body, url, content_type)
    if kind in (Kind.SITEMAP, Kind.FEED) or actual is Kind.SITEMAP:
        return read_sitemap(body, url) if kind is not Kind.FEED else read_feed(body, url, content_type)
    return read_front(body, url, kind=kind, content_type=content_type, also_on=also_on)


def digest_of(body: bytes) -> str:
    """What stands for a body when two answers are compared."""
    return hashlib.blake2b(body, digest_size=16).hexdigest()


def _marks(response: Response) -> dict[str, Any]:
    """What a full answer is recognised by next time: the fields of a Verdict."""
    return {
        "full_answer": True,
        "etag": _header(response, "ETag"),
        "last_modified": _header(response, "Last-Modified"),
        "body_digest": digest_of(response.body),
    }


def _header(response: Response, name: str) -> str | None:
    value = response.headers.get(name)
    return value.decode("latin-1") if value else None


def _headers(response: Response) -> tuple[tuple[str, str], ...]:
    return tuple(
        (name.decode("latin-1").lower(), value.decode("latin-1"))
        for name, values in response.headers.items()
        for value in values or []
    )
