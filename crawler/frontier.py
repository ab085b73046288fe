"""What to ask for next: documents that list pages first, then the pages that are due, fairly over the sources.

The ledger is the queue; only what is under way is in memory, a few pages a source. So a crawl of any size
starts at once, is never held up by one slow host, and loses nothing when it is killed.
"""

from __future__ import annotations

import asyncio
from collections import Counter, deque
from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import suppress
from time import monotonic

from archive.captures import read_capture
from archive.encodings import Unpackable
from archive.errors import DamagedCapture
from archive.ledger import Entry, Verdict
from archive.times import utc_now
from archive.types import Kind, Outcome, Page, State
from crawler.desk import Desk
from crawler.errand import Errand
from crawler.fetch.judge import too_many_documents, trapped
from crawler.fetch.revisit import failure_due
from crawler.rendering import Rendering
from crawler.sources import Source
from pipelines.stages import Refine

#: The ledger's reason for pages past a source's ``max_pages``: its documents are read all the same.
LIMIT = "limit"
#: Sources whose feeds, sitemaps and fronts are being read at once. At a second between two requests to a host
#: this is about what one process can fetch; more would only put off the first pages, and leave the cleaning idle.
_OPEN_SOURCES = 100
#: Pages of one source asked for at once: one on the wire, one waiting for its turn. More would only lengthen a stop,
#: since what has been handed to the downloader is fetched, at the host's pace.
_PER_SOURCE = 2
#: Entries taken from the ledger at a time: one query serves this many requests. With 2,000 sources every further one
#: costs the crawl 0.1 s before its first request, and a few megabytes.
_BATCH = 16
#: Times that one page or document is put off within a run because its host asks for patience.
_MOST_HOLDS = 8
#: Between two looks at the errands that are held: the night may be over before their host's rest is.
_LOOK_AGAIN_S = 0.2


#: Pages handed to the browser's queue at a time.
_MOST_RENDERING = 4


class Frontier:
    """Hands out errands and pages until there is nothing left to do.

    ``openings``: source → the documents that its night begins with, asked for when its turn comes. Further ones
    are put in by ``add_document``, at most ``most_documents`` of a source besides those declared; a page is under way
    from when it is handed out until ``done``.
    """

    def __init__(
        self, desk: Desk, refine: Refine, openings: Callable[[Source], Iterable[Errand]], *, most_documents: int
    ) -> None:
        self._desk = desk
        self._most_documents = most_documents
        self._refine = refine
        self._openings = openings
        self._unopened = deque(desk.sources.values() if desk.whole_sources else ())
        self._documents: deque[Errand] = deque()
        self._documents_asked: set[int] = set()
        #: How many of them nobody declared.
        self._discovered: Counter[str] = Counter()
        #: Documents of each source that are waiting or under way.
        self._reading: Counter[str] = Counter()
        self._ready: dict[str, deque[Entry]] = {name: deque() for name in desk.sources}
        self._under_way: dict[int, str] = {}
        self._active: Counter[str] = Counter()
        self._asked: Counter[str] = Counter()
        #: Sources whose ledger may hold pages that are not in ``_ready`` yet.
        self._unread = set(desk.sources)
        #: Sources with pages that are not on the disk yet, and so not to be asked for.
        self._unsaved: set[str] = set()
        self._cleaning: set[int] = set()
        #: Captured pages that wait for the browser, and those that it has; all of them are in ``_cleaning`` too.
        self._to_render: deque[Entry] = deque()
        self._rendering: set[int] = set()
        #: Captured pages that this run leaves to the next.
        self._put_off: set[int] = set()
        #: Whether the ledger may hold captured pages that nobody is cleaning.
        self._captured_left = True
        self._changed = asyncio.Event()
        #: Errands whose host asked for patience, each with the time from which they are handed out again.
        self._held: list[tuple[float, Errand]] = []
        #: How often each was held, by the ledger's id.
        self._holds: Counter[int] = Counter()

    def add_document(self, errand: Errand) -> None:
        """Ask for a feed, sitemap, front or section page, once a run."""
        if errand.entry.id in self._documents_asked:
            return
        self._documents_asked.add(errand.entry.id)
        name = errand.source.name
        if errand.depth and self._discovered[name] >= self._most_documents:
            self._desk.settle(errand, too_many_documents(utc_now()))
            return
        self._discovered[name] += errand.depth > 0
        self._documents.append(errand)
        self._reading[name] += 1
        self._changed.set()

    def document_done(self, source: str) -> None:
        """A document was read, or failed; its pages are in the ledger."""
        self._reading[source] -= 1
        if not self._reading[source]:
            del self._reading[source]
        self._unsaved.add(source)
        self._changed.set()

    def saved(self) -> None:
        """All that was discovered is on the disk."""
        self._unread |= self._unsaved
        self._unsaved.clear()
        self._changed.set()

    def hold(self, errand: Errand, seconds: float) -> bool:
        """Hand out an errand again when its host may be asked again. False: it was held often enough."""
        self._holds[errand.entry.id] += 1
        if self._holds[errand.entry.id] > _MOST_HOLDS:
            return False
        self._held.append((monotonic() + seconds, errand))
        self._changed.set()
        return True

    def captured(self, entry_id: int) -> None:
        """A page is in the WARC and on its way to cleaning: its host may be asked for the next."""
        self._active[self._under_way[entry_id]] -= 1
        self._cleaning.add(entry_id)
        self._changed.set()

    def render(self, entry: Entry) -> None:
        """A captured page is for the browser, before it is cleaned or again."""
        self._to_render.append(entry)
        self._changed.set()

    def rendered(self, entry_id: int) -> None:
        """The browser is done with a page, which is on its way to cleaning."""
        self._rendering.discard(entry_id)
        self._changed.set()

    def put_off(self, entry: Entry) -> None:
        """A captured page is left to the next run."""
        self._put_off.add(entry.id)
        self.done(entry.id)

    def leave(self, entry_id: int) -> None:
        """A page stays in the WARC for now: there was no room to clean it."""
        self._captured_left = True
        self.done(entry_id)

    def done(self, entry_id: int) -> None:
        """A page is settled."""
        source = self._under_way.pop(entry_id, None)
        if source is not None and entry_id not in self._cleaning:
            self._active[source] -= 1
        self._cleaning.discard(entry_id)
        self._rendering.discard(entry_id)
        self._changed.set()

    async def work(self) -> AsyncIterator[Errand | Page | Rendering]:
        """Errands to send, raw pages to clean and to render, until all is done."""
        while True:
            self._changed.clear()
            self._open_sources()
            while self._documents:
                errand = self._documents.popleft()
                if self._desk.over(errand.source.name) not in (None, LIMIT):
                    self.document_done(errand.source.name)  # it is still due
                else:
                    yield errand
            for errand in (*self._released(), *self._next_pages()):
                yield errand
            for page in self._left_to_clean():
                yield page
            for rendering in self._next_renderings():
                yield rendering
            busy = self._reading or self._under_way or self._cleaning
            if self._unsaved and not busy:
                self._desk.save()  # nothing else to do: no waiting for the next commit
            if not (self._unopened or busy or self._more()):
                return
            await self._something_to_do()
            await asyncio.sleep(0)  # the event may have been set all along; the downloads must have their turn

    async def _something_to_do(self) -> None:
        """Something has changed, or one of the errands that are held may be at an end, one way or the other."""
        with suppress(TimeoutError):
            async with asyncio.timeout(_LOOK_AGAIN_S if self._held else None):
                await self._changed.wait()

    def _released(self) -> list[Errand]:
        """Errands that were held long enough. Those whose source's night is over meanwhile are given up: still due."""
        held, self._held, ready = self._held, [], []
        for when, errand in held:
            if self._desk.over(errand.source.name) not in (None, LIMIT):
                self._give_up(errand)
            elif when <= monotonic():
                ready.append(errand)
            else:
                self._held.append((when, errand))
        return ready

    def _give_up(self, errand: Errand) -> None:
        if errand.entry.kind is Kind.PAGE:
            self.done(errand.entry.id)
        else:
            self.document_done(errand.source.name)

    def _open_sources(self) -> None:
        while self._unopened and len(self._reading) < _OPEN_SOURCES:
            source = self._unopened.popleft()
            if source.name in self._desk.paused:
                continue
            for errand in self._openings(source):
                self.add_document(errand)

    def _more(self) -> bool:
        return any(self._ready.values()) or bool(self._unread or self._unsaved)

    def _next_pages(self) -> list[Errand]:
        """As many pages as each source may have under way."""
        if self._desk.dry_run and not self._desk.samples.each:
            self._unread.clear()
        errands = []
        for name, source in self._desk.sources.items():
            ready = self._ready[name]
            if self._desk.over(name):
                ready.clear()
                self._unread.discard(name)
                continue
            if self._desk.samples.each and not self._may_sample(name):
                continue
            if not ready and name in self._unread and self._active[name] < _PER_SOURCE:
                self._fill(name)
            while ready and self._active[name] < _PER_SOURCE:
                if self._asked[name] >= source.max_pages:
                    self._desk.paused[name] = LIMIT
                    ready.clear()
                    break
                entry = ready.popleft()
                if trap := self._desk.traps.catches(entry):
                    self._leave_trap(source, entry, trap)
                    continue
                if not (self._desk.samples.each and self._desk.plan.is_forbidden(entry.url)):  # which costs no request
                    self._desk.samples.begin(entry)
                    self._asked[name] += 1
                self._active[name] += 1
                self._under_way[entry.id] = name
                errands.append(Errand(source=source, entry=entry))
        return errands

    def _leave_trap(self, source: Source, entry: Entry, why: str) -> None:
        self._desk.settle(Errand(source=source, entry=entry), trapped(entry, why, utc_now()))
        self._changed.set()  # where all of a batch are refused, nothing else says that there is room for the next

    def _may_sample(self, name: str) -> bool:
        """Which pages are a source's newest is known when all its lists are read; and each is to be cleaned at once."""
        listed = not (self._unopened or self._reading[name] or name in self._unsaved)
        return listed and len(self._under_way) < self._refine.room

    def _fill(self, name: str) -> None:
        busy = {entry_id for entry_id, source in self._under_way.items() if source == name}
        desk = self._desk
        batch = desk.writer.ledger.claim(
            name, run=desk.run, now=utc_now(), limit=_BATCH, but_not=busy, up_to=desk.saved_id
        )
        self._ready[name].extend(desk.samples.order(batch))
        if len(batch) < _BATCH:
            self._unread.discard(name)

    def _left_to_clean(self) -> list[Page]:
        """Pages that were captured but not cleaned: left by a killed run, or by a full backlog."""
        if self._refine.room <= 0 or self._desk.dry_run or not self._captured_left:
            return []
        room = max(1, self._refine.room // 2)
        busy = self._cleaning | self._under_way.keys() | self._put_off
        ledger = self._desk.writer.ledger
        pages, entries = [], ledger.captured(list(self._desk.sources), limit=room, but_not=busy)
        self._captured_left = len(entries) == room
        for entry in entries:
            page, source = self._page_of(entry), self._desk.sources[entry.source]
            if page is None:
                continue
            self._cleaning.add(entry.id)
            first = self._desk.renderings.come_first(source, page)
            if first and not self._desk.writer.is_borrowed(entry.capture_id):
                self._desk.render(entry, source)
            else:
                pages.append(page)
        return pages

    def _next_renderings(self) -> list[Rendering]:
        """As many pages as the browser may have waiting. Their bodies are read only now: they may be many."""
        found = []
        while self._to_render and len(self._rendering) < _MOST_RENDERING:
            url = self._to_render.popleft().url
            entry = self._desk.writer.ledger.entry(url)
            assert entry is not None, "captured pages are in the ledger"
            page = None
            if self._desk.over(entry.source) in (None, LIMIT):
                page = self._page_of(entry)
            else:
                self._put_off.add(entry.id)
            if page is None:
                self.done(entry.id)
                continue
            self._rendering.add(entry.id)
            found.append(Rendering(errand=Errand(source=self._desk.sources[entry.source], entry=entry), page=page))
        return found

    def _page_of(self, entry: Entry) -> Page | None:
        """The raw page behind an entry; a damaged capture is settled as failed, to be fetched anew."""
        desk = self._desk
        source = desk.sources[entry.source]
        assert entry.capture_id is not None
        ref = desk.writer.capture_ref(entry.capture_id)
        try:
            capture = read_capture(desk.writer.folder, ref)
            body = capture.body
        except (DamagedCapture, Unpackable) as error:
            now = utc_now()
            verdict = Verdict(
                state=State.FAILED,
                outcome=Outcome.FAILED if entry.kind is Kind.PAGE else None,
                reason="bad-encoding" if isinstance(error, Unpackable) else "damaged-capture",
                detail=str(error),
                due_at=failure_due(entry.attempts, now),
                answered=False,
            )
            desk.settle(Errand(source=source, entry=entry), verdict, now=now)
            return None
        return Page(
            url=entry.url,
            final_url=capture.url,
            status=capture.status or 200,
            headers=capture.headers,
            body=body,
            fetched_at=capture.fetched_at,
            source=entry.source,
            timezone=source.timezone,
            truncated=capture.truncated,
            hints=entry.hints,
            capture=ref,
            rendered_by=capture.made_by,
        )
