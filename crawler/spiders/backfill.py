"""The spider of a newspaper's past: an ordinary one with another queue, other lists to read, other places to ask."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.http import Response
from scrapy.robotstxt import ProtegoRobotParser, RobotParser
from twisted.python.failure import Failure

from archive.backfills import Step
from archive.errors import DRIVER_ERRORS
from archive.ledger import Verdict
from archive.times import utc_now
from archive.types import Kind, Outcome, Page, State
from archive.urls import normalise_or_none
from crawler.backfill.cdx import original_headers, read_copy_url
from crawler.backfill.course import Course
from crawler.backfill.frontier import BackfillFrontier
from crawler.backfill.lists import read_list
from crawler.backfill.makeway import make_way
from crawler.backfill.warcs import PIECE, Piece, read_at, read_piece, take_pages
from crawler.errand import Errand
from crawler.errors import ConfigError
from crawler.fetch.hosts import AtRest, Rest, host_of
from crawler.frontier import Frontier
from crawler.spiders.news import _GUESSED, _USUAL_SITEMAP, NewsSpider, _header, _headers
from pipelines.stages import Refine

#: A record that is larger than so many bytes is not waited for.
_LARGEST_PIECE = 16 * PIECE


class BackfillSpider(NewsSpider):
    """Fetches what the setting NIGHTDESK_BACKFILL says of one source's past; `nightdesk backfill` fills it in."""

    name = "backfill"
    course: Course
    frontier: Frontier

    @classmethod
    def from_crawler(cls, crawler: Crawler, *args: Any, **kwargs: Any) -> BackfillSpider:
        """Raises ConfigError when nobody said what to fetch."""
        if not crawler.settings.getdict("NIGHTDESK_BACKFILL"):
            raise ConfigError("NIGHTDESK_BACKFILL says nothing; use `nightdesk backfill SOURCE --from DAY`")
        spider = super().from_crawler(crawler, *args, **kwargs)
        assert isinstance(spider, BackfillSpider)
        spider._pieces = {}
        spider._tasks = set()
        return spider

    #: Bytes asked for of a WARC file, by its step: more where a record is larger.
    _pieces: dict[int, int]
    _tasks: set[asyncio.Task[None]]

    async def start(self) -> AsyncIterator[Any]:
        """As on any night, until nothing is left or the budget is spent."""
        async for work in super().start():
            yield work
        self.course.finish()

    def new_frontier(self, refine: Refine) -> Frontier:
        """The backfill's own."""
        assert self.desk.backfill is not None, "from_crawler saw to it"
        self.course = Course(self.desk, self.desk.backfill)
        return BackfillFrontier(self.desk, refine, self.course, self._open_file, most_documents=self.most_documents)

    def begin(self) -> None:
        """Look out for a night; what there is to do, the course has brought in."""
        if not self.desk.dry_run:
            self._spawn(make_way(self.desk.writer.folder, self.course.left_for_the_night))

    def _spawn(self, work: Any) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def closed(self, _reason: str) -> None:
        """Nothing is looked out for any more."""
        for task in self._tasks:
            task.cancel()

    def _request(self, errand: Errand) -> Request:
        request = super()._request(errand)
        for name in ("If-None-Match", "If-Modified-Since"):  # what a list says is needed, changed or not
            if errand.entry.kind is not Kind.PAGE:
                request.headers.pop(name, None)
        if errand.entry.kind is Kind.PAGE:
            copy = self.course.copy_of(errand.entry)
            return request.replace(url=copy, meta={"errand": replace(errand, lent=True)}) if copy else request
        step = self.course.step_of(errand)
        return request if step.way != "warc" else self._part(request, step)

    def _part(self, request: Request, step: Step) -> Request:
        size = self._pieces.get(step.id, PIECE)
        part = request.replace(meta=request.meta | {"download_maxsize": size + PIECE})
        part.headers["Range"] = f"bytes={step.offset}-{step.offset + size - 1}"
        part.headers["Accept-Encoding"] = "identity"  # offsets count the file's own bytes
        return part

    # ---- pages ------------------------------------------------------------------------------------------

    def parse_page(self, response: Response) -> Iterator[Page]:
        """A page that answered, or an archive's copy of it."""
        errand: Errand = response.meta["errand"]
        if not errand.lent or response.status != 200:
            yield from super().parse_page(response)
            return
        told = read_copy_url(response.url)
        url = normalise_or_none(told[0]) if told else None
        if told is None or url is None or not self.desk.is_own(url, errand.source):
            self._settle_copy(errand, "off-site", f"redirected to {response.url[:200]}")
            self.frontier.done(errand.entry.id)
            return
        headers: dict[str, list[str]] = {}
        for name, value in original_headers(_headers(response)):
            if name not in ("etag", "last-modified"):  # the archive's word is no validator for the site
                headers.setdefault(name, []).append(value)
        for page in super().parse_page(response.replace(headers=headers)):
            yield replace(page, final_url=url, fetched_at=told[1])

    def _settle_status(self, errand: Errand, response: Response) -> None:
        if not errand.lent:
            super()._settle_status(errand, response)
            return
        if rest := self.desk.hosts.rest(host_of(response.url)):
            self._rest(errand, rest)
        self._settle_copy(errand, f"http-{response.status}", "the archive's answer, not the site's")

    def unanswered(self, failure: Failure) -> None:
        """Nothing came back, or the request was not made."""
        errand: Errand = failure.request.meta["errand"]  # type: ignore[attr-defined]
        if errand.entry.kind is not Kind.PAGE:
            self.course.leave(self.course.step_of(errand))
        if isinstance(failure.value, AtRest):
            self._rest(errand, failure.value.rest)
        super().unanswered(failure)

    def _rest(self, errand: Errand, rest: Rest) -> None:
        """A host that is to be left alone for longer than a run waits ends this one, be it an archive's."""
        if rest.over and errand.lent:
            self.desk.paused.setdefault(errand.source.name, rest.reason)

    def _settle_copy(self, errand: Errand, reason: str, detail: str) -> None:
        """No copy was to be had: that says nothing of the page on its site."""
        outcome = Outcome.FAILED if errand.entry.kind is Kind.PAGE else None
        verdict = Verdict(state=State.FAILED, outcome=outcome, reason=reason, detail=detail, answered=False)
        self.desk.settle(errand, verdict)

    # ---- lists and files ----------------------------------------------------------------------------------

    async def parse_document(self, response: Response) -> None:
        """A list or a part of a WARC file that answered."""
        errand: Errand = response.meta["errand"]
        if self._held(errand, response):
            return
        step = self.course.step_of(errand)
        if step.way == "warc" and response.status in (200, 206, 416):
            self.course.answered(step)
            await self._read_part(step, errand, response)
        elif response.status == 200:
            self.course.answered(step)
            self._read_document(step, errand, response)
        else:
            self._settle_status(errand, response)
        self.frontier.document_done(errand.source.name)

    def _read_document(self, step: Step, errand: Errand, response: Response) -> None:
        content_type = _header(response, "Content-Type") or ""
        said, problem = read_list(self.course, step, response.body, response.url, content_type)
        if step.guessed and problem:
            self.course.fail(step, problem)
        else:
            self.course.end(step, said)
        self._settle_read(errand, said, problem, response.meta.get("capture_id"))

    def _settle_read(self, errand: Errand, said: str, problem: str | None, capture_id: int | None = None) -> None:
        now = utc_now()
        if not self.course.is_ours(errand.entry):
            self.desk.note_read(errand, said, problem, capture_id, now=now)
            return
        verdict = Verdict(
            state=State.READ,
            outcome=None,
            reason="unreadable" if problem else None,
            detail=f"{said}; {problem}" if problem else said,
            due_at=now,
            capture_id=capture_id,
        )
        self.desk.settle(errand, verdict, now=now)

    def robots_parsed(self, robotparser: RobotParser, request: Request) -> None:
        """A robots.txt was read on the way to ``request``: the sitemaps that it names, or the usual place."""
        self.desk.plan.note_robots(request.url, robotparser)
        errand: Errand | None = request.meta.get("errand")
        wanted = "sitemaps" in self.course.wish.ways and not self.course.source.sitemaps
        if errand is None or errand.lent or not wanted:
            return
        named = list(robotparser.rp.sitemaps) if isinstance(robotparser, ProtegoRobotParser) else []
        base = "/".join(request.url.split("/", 3)[:3])
        where = base + "/robots.txt" if named else _GUESSED
        for text in named or [_USUAL_SITEMAP]:
            url = normalise_or_none(text if "://" in text else base + "/" + text.lstrip("/"))
            if url and self.desk.is_own(url, errand.source):
                self.course.add("sitemaps", url, self.course.days.last, listed_by=where)

    def _open_file(self, step: Step) -> None:
        assert isinstance(self.frontier, BackfillFrontier)
        self.frontier.file_opened()
        self._spawn(self._read_file(step))

    async def _read_file(self, step: Step) -> None:
        """The next piece of a WARC file on this disk."""
        try:
            size = self._pieces.get(step.id, PIECE)
            data, last = await asyncio.to_thread(read_at, Path(step.place), step.offset, size)
        except OSError as error:
            self.course.fail(step, f"cannot be read: {error.strerror}")
        else:
            await self._read_piece(step, data, last=last)
        self.frontier.document_done(self.course.source.name)

    async def _read_part(self, step: Step, errand: Errand, response: Response) -> None:
        """The next piece of a WARC file elsewhere."""
        if response.status == 416:  # there is nothing behind what was read last
            data, last = b"", True
        elif response.status == 200:  # a server that gives no parts
            data, last = response.body[step.offset :], True
        else:
            data, last = response.body, _is_last(_header(response, "Content-Range"))
        said, problem = await self._read_piece(step, data, last=last)
        if last or problem:
            self._settle_read(errand, said, problem)

    async def _read_piece(self, step: Step, data: bytes, *, last: bool) -> tuple[str, str | None]:
        source = self.course.source
        homes = (source.home, *(f"http://{host}/" for host in source.also_on))
        piece = await asyncio.to_thread(read_piece, data, step.offset, homes)
        try:
            said = f"{take_pages(self.course, step.place, piece)} pages taken from {len(data)} bytes"
        except DRIVER_ERRORS as error:
            self.desk.cannot_write(error)
            return "", None
        problem = self._go_on(step, piece, said, last=last)
        assert isinstance(self.frontier, BackfillFrontier)
        self.frontier.pages_captured()
        return said, problem

    def _go_on(self, step: Step, piece: Piece, said: str, *, last: bool) -> str | None:
        """Where the file is read from next; what is wrong with it, or None."""
        size = self._pieces.get(step.id, PIECE)
        self.course.move(step, piece.end)
        problem = piece.problem
        if problem is None and last:
            torn = f"; its last {piece.torn} bytes are no whole record" if piece.torn else ""
            self.course.end(step, said + torn)
        elif problem is None and piece.end == step.offset:
            self._pieces[step.id] = 2 * size
            if 2 * size > _LARGEST_PIECE:
                problem = f"the record at byte {piece.end} does not end"
        if problem is not None:
            self.course.fail(step, problem)
        return problem


def _is_last(content_range: str | None) -> bool:
    """Whether ``bytes 0-99/100`` is the end of a file; where it does not say, it is."""
    match = re.fullmatch(r"bytes (\d+)-(\d+)/(\d+)", (content_range or "").strip())
    return match is None or int(match[2]) + 1 >= int(match[3])
