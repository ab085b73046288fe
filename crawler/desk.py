"""The archive that a crawl works on: opened with the crawl, committed every second, closed with it."""

from __future__ import annotations

import asyncio
import logging
from collections import Counter, defaultdict
from collections.abc import Callable, Coroutine, Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Self
from urllib.parse import urlsplit

from scrapy import signals
from scrapy.crawler import Crawler
from twisted.python.failure import Failure

from archive.care.tombstones import tombstone_number
from archive.clock import mend_clock
from archive.errors import DRIVER_ERRORS
from archive.ledger import Entry, Verdict
from archive.sitefiles import SiteFile
from archive.times import iso, utc_now
from archive.types import Hint, Kind, Link, Outcome, State, Via
from archive.urls import normalise_url
from archive.writer import ArchiveWriter, WarcInfo
from crawler.backfill.wish import Wish
from crawler.errand import Errand
from crawler.errors import ConfigError
from crawler.fetch.because import why_due
from crawler.fetch.browser import missing
from crawler.fetch.hosts import Hosts, Rest
from crawler.fetch.polling import poll_again
from crawler.fetch.traps import Traps
from crawler.night.budget import Budget
from crawler.night.spending import read_spending
from crawler.plan import Plan
from crawler.rendering import NEVER, RENDERINGS, Renderings, total
from crawler.sample import Samples
from crawler.sources import CrawlConfig, Source, load_config, part_paused, pick
from pipelines.site import same_site

log = logging.getLogger("nightdesk.page")

_NO_END = 10_000_000


def _as_it_is(_entry: Entry, verdict: Verdict) -> Verdict:
    """An ordinary run's verdicts stand."""
    return verdict


def _nobody_waits(_entry_id: int) -> None:
    """Stands in for the frontier until there is one."""


def _nobody_takes(_entry: Entry) -> None:
    """The same."""


def _nobody_asks() -> None:
    """The same."""


class Desk:
    """An extension, so that ``scrapy crawl news`` and ``nightdesk crawl`` are the same crawl.

    Raises ConfigError, Locked or NotAnArchive when the archive cannot be worked on.
    """

    def __init__(
        self,
        folder: Path,
        *,
        source_names: tuple[str, ...] = (),
        limit: int = 0,
        revisit: str = "due",
        dry_run: bool = False,
        urls: list[str] | None = None,
        commit_seconds: float = 1.0,
        longest_pause: timedelta = timedelta(minutes=5),
        user_agent: str = "",
        purpose: str = "crawl",
        sample: int = 0,
        brief: bool = False,
        backfill: Wish | None = None,
    ) -> None:
        self.config: CrawlConfig = load_config(folder)
        chosen = pick(self.config, (backfill.source,) if backfill else source_names)
        #: Sources that the operator has paused; a dry run looks at those too that it is named.
        self.left_out: tuple[Source, ...] = ()
        if not (dry_run and source_names):
            chosen, self.left_out = part_paused(chosen, datetime.now().astimezone().date())
        #: Of a dry run: pages that it fetches all the same, to show what would be kept.
        self.samples = Samples(sample if dry_run else 0)
        #: True: of long lists of sitemaps, and of lists in several parts, only the newest are read.
        self.brief = brief
        most = self.samples.each or limit or (_NO_END if backfill else 0)  # a backfill is bounded by its budget
        self.sources = {s.name: replace(s, max_pages=most or s.max_pages) for s in chosen}
        #: Pages named by the operator, each with its source.
        self.given = [self._given(text) for text in urls or []]
        #: False: only the pages given are asked for.
        self.whole_sources = bool(source_names) or not self.given
        #: What this run is to fetch of the past; None: it is an ordinary one.
        self.backfill = backfill
        #: Steps and pages of the backfill that a later run has to do, once it has ended; None: it has not.
        self.left: tuple[int, int] | None = None
        #: What a verdict becomes before it is written down; a backfill has its own mind about when things are due.
        self.revise: Callable[[Entry, Verdict], Verdict] = _as_it_is
        self.dry_run = dry_run
        self.revisit = revisit
        self.counts: defaultdict[str, Counter[str]] = defaultdict(Counter)
        self.budget = Budget()
        #: Sources whose night is over, because of their host or of the operator's limit, and why.
        self.paused: dict[str, str] = {}
        #: How the crawl ended: ``finished``, ``shutdown`` (on request), or what went wrong; None: not yet.
        self.end: str | None = None
        #: Why pages are left, if the run is stopped.
        self.stopped_by = "interrupted"
        self.plan = Plan(self.samples)
        #: Called with the ledger's id when a page has left the item pipeline; the spider listens.
        self.page_left: Callable[[int], None] = _nobody_waits
        #: Called when all that was discovered so far is on the disk; the spider listens.
        self.saved: Callable[[], None] = _nobody_asks
        #: Highest id of a URL that is on the disk: no page beyond it is asked for, or a kill between its answer and
        #: the next commit would leave an answer to a question that nobody remembers, and the page be fetched twice.
        self.saved_id = 0
        #: Why the archive cannot be written any more; None: it can.
        self.trouble: BaseException | None = None
        self._stop: Callable[[], Coroutine[Any, Any, None]] | None = None
        self._stopping: asyncio.Task[None] | None = None
        #: Until when those of them are left alone that are for their host's sake.
        self.wait_until: dict[str, datetime] = {}
        self._commit_seconds = commit_seconds
        self._committing: asyncio.Task[None] | None = None
        self.writer = ArchiveWriter(
            folder,
            purpose=purpose,
            info=WarcInfo(agent=user_agent, operator=self.config.contact),
            dry_run=dry_run,
        )
        self.traps = Traps(self.writer.ledger.relatives)
        self.renderings = Renderings()
        #: Called with a captured page that a browser is to be given, and with one that waits for a later run.
        self.to_browser: Callable[[Entry], None] = _nobody_takes
        self.put_off: Callable[[Entry], None] = _nobody_takes
        self.hosts = Hosts(self.writer.hosts, longest_pause=longest_pause, most_requests=self.config.host_requests)
        usual = {"sources": list(source_names), "limit": limit, "revisit": revisit}
        usual |= {"paused": [source.name for source in self.left_out]}
        self.run = self._start_run({"backfill": backfill.as_dict()} if backfill else usual)

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Reads the NIGHTDESK_ settings."""
        settings = crawler.settings
        desk = cls(
            Path(settings["NIGHTDESK_ARCHIVE"]),
            source_names=tuple(name for name in settings.getlist("NIGHTDESK_SOURCES") if name),
            limit=settings.getint("NIGHTDESK_LIMIT"),
            revisit=settings["NIGHTDESK_REVISIT"],
            dry_run=settings.getbool("NIGHTDESK_DRY_RUN"),
            urls=settings.getlist("NIGHTDESK_URLS"),
            commit_seconds=settings.getfloat("NIGHTDESK_COMMIT_SECONDS"),
            longest_pause=timedelta(seconds=settings.getfloat("NIGHTDESK_LONGEST_PAUSE")),
            user_agent=settings["USER_AGENT"],
            purpose=settings["NIGHTDESK_PURPOSE"],
            sample=settings.getint("NIGHTDESK_SAMPLE"),
            brief=settings.getbool("NIGHTDESK_BRIEF"),
            backfill=Wish.of(wish) if (wish := settings.getdict("NIGHTDESK_BACKFILL")) else None,
        )
        desk.budget = read_spending(settings, desk.sources.values())
        gap = missing(desk.config.chromium)
        unable = f"{gap[0]}: {gap[1]}" if gap else None
        off = desk.dry_run or bool(wish)
        desk.renderings = Renderings(most=settings.getint("NIGHTDESK_MAX_RENDERS"), unable=unable, off=off)
        crawler.signals.connect(desk.spider_opened, signal=signals.spider_opened)
        crawler.signals.connect(desk.spider_closed, signal=signals.spider_closed)
        crawler.signals.connect(desk.failed, signal=signals.spider_error)
        crawler.signals.connect(desk.failed, signal=signals.item_error)
        desk._stop = crawler.stop_async
        return desk

    def _start_run(self, arguments: dict[str, object]) -> int:
        now, ledger = utc_now(), self.writer.ledger
        #: URLs that are due after all, because the clock of an earlier run was ahead.
        self.mended = mend_clock(self.writer.db, now)
        if self.mended:
            log.warning("the clock of an earlier run was ahead: %d URLs that it put off are due now", self.mended)
        run = ledger.start_run("crawl", arguments, now)
        for source in self.sources.values():
            ledger.add_source(source.name, home=source.home, title=source.title, now=now)
            self.writer.rights.declare(source.name, source.basis, now)
        if self.revisit != "due":
            ledger.make_due(list(self.sources), now, lists_only=self.revisit == "lists")
        self.writer.commit()
        self.saved_id = ledger.last_id()
        return run

    async def spider_opened(self) -> None:
        """Begin committing; leave alone whoever asked for it in an earlier night."""
        wanting = [source.name for source in self.sources.values() if source.render != NEVER]
        if wanting and self.renderings.unable:
            log.warning("no page is rendered (%s), though wanted for: %s", self.renderings.unable, ", ".join(wanting))
        for source in self.sources.values():
            rest = self.hosts.rest(source.host)
            if rest is not None and rest.over:
                front = self.document(source.home, Kind.FRONT, source, via=Via.GIVEN, where="sources.toml")
                self.leave(Errand(source=source, entry=front), rest)
        if self.writer.recovered:
            log.warning("recovered from a killed run: %s", self.writer.recovered)
        self._committing = asyncio.create_task(self._commit_always())

    async def spider_closed(self, reason: str) -> None:
        """Commit, close the run, close the archive."""
        for name, costs in self.renderings.costs.items():
            log.info("%s: a browser had %d of its pages: %s", name, len(costs), total(costs))
        if self._committing is not None:
            self._committing.cancel()
        if self.trouble is None:
            try:
                self._finish(reason)
            except DRIVER_ERRORS as error:
                self.trouble = error
        if self.trouble is not None:
            self.writer.abandon()

    def _finish(self, reason: str) -> None:
        ledger = self.writer.ledger
        for source, until in self.wait_until.items():
            ledger.postpone(source, until)
        for source, why in self.paused.items():
            ledger.leave_waiting(self.run, why, source=source)
        why = self.budget.over(None, utc_now()) or "not reached"
        ledger.leave_waiting(self.run, why if reason == "finished" else self.stopped_by)
        self.hosts.save()
        ledger.finish_run(self.run, "finished" if reason == "finished" else "interrupted", utc_now())
        if self.dry_run:
            self.plan.finish(ledger.plan(self.run))
        self.writer.close()
        self.end = reason

    async def _commit_always(self) -> None:
        while self.trouble is None:
            await asyncio.sleep(self._commit_seconds)
            self.save()

    def save(self) -> None:
        """Commit; what was discovered may be asked for from then on."""
        try:
            self.hosts.save()
            self.writer.commit()
        except DRIVER_ERRORS as error:
            self.cannot_write(error)
        else:
            self.saved_id = self.writer.ledger.last_id()
            self.saved()

    def failed(self, failure: Failure) -> None:
        """A callback or an item pipeline raised: if it was the disk or the database, the crawl ends."""
        if isinstance(failure.value, DRIVER_ERRORS):
            self.cannot_write(failure.value)

    def cannot_write(self, error: BaseException) -> None:
        """Stop the crawl: nothing more can be kept, and no site is to blame."""
        if self.trouble is None:
            self.trouble = error
            log.critical("the archive cannot be written: %s; stopping", error)
            self.writer.abandon()
            if self._stop is not None:
                self._stopping = asyncio.get_running_loop().create_task(self._stop())

    def discover(self, links: list[Link], source: Source) -> None:
        """Write links into the ledger; pages among them become due if they are new."""
        found = self.writer.ledger.discover(links, source=source.name, run=self.run, now=utc_now())
        self.counts[source.name]["found"] += found

    def relist(self, where_url: str, source: Source) -> None:
        """An unchanged document lists what it listed before."""
        self.counts[source.name]["found"] += self.writer.ledger.relist(where_url, run=self.run, now=utc_now())

    def enter_due(self) -> None:
        """Bring in what is due, whoever lists it tonight or not."""
        self.writer.ledger.enter_due(list(self.sources), run=self.run, now=utc_now())
        for name, queued in self.writer.ledger.queued(self.run).items():
            self.counts[name]["found"] += queued

    def document(self, url: str, kind: Kind, source: Source, *, via: Via, where: str) -> Entry:
        """The ledger's entry of a URL, made if it is new."""
        link = Link(url=url, kind=kind, hint=Hint(via=via, where=where))
        self.discover([link], source)
        entry = self.writer.ledger.entry(url)
        assert entry is not None
        return entry

    def settle(
        self, errand: Errand, verdict: Verdict, *, now: datetime | None = None, listed: int | None = None
    ) -> None:
        """Write down what became of a URL, and say so in the log: one line a URL. ``listed``: pages in a document."""
        now, entry = now or utc_now(), errand.entry
        if entry.kind is not Kind.PAGE:
            verdict = poll_again(entry, verdict, now)
        verdict = self.revise(entry, verdict)
        verdict = replace(verdict, due_because=verdict.due_because or why_due(entry, verdict, now))
        self.writer.ledger.settle(entry, verdict, run=self.run, now=now)
        self.traps.note(entry, verdict.state, verdict.outcome, verdict.reason)
        if verdict.outcome is not None:
            self._count(errand.source.name, verdict.outcome)
        if entry.kind is Kind.PAGE:
            self.samples.settle(entry.url, verdict)
        else:
            self.plan.read(errand, verdict, listed=listed)
        log.info(
            "%s %s %s%s",
            errand.source.name,
            verdict.outcome or verdict.state,
            entry.url,
            "".join(f" ({text})" for text in (verdict.reason, verdict.detail) if text),
        )

    def note_read(
        self, errand: Errand, said: str, problem: str | None, capture_id: int | None, *, now: datetime
    ) -> None:
        """A list was read for a backfill: into its story, but its state and its time stay those of the nights."""
        self.writer.ledger.note(errand.entry.id, State.READ, run=self.run, now=now, detail=said, capture_id=capture_id)
        reason, told = "unreadable" if problem else None, f"{said}; {problem}" if problem else said
        self.plan.read(errand, Verdict(state=State.READ, outcome=None, reason=reason, detail=told))
        log.info("%s read %s (%s)", errand.source.name, errand.entry.url, said)

    def render(self, entry: Entry, source: Source) -> None:
        """Have a captured page rendered, or put it off if its source has had its number for this run."""
        ledger, now = self.writer.ledger, utc_now()
        if self.renderings.take(source):
            ledger.note(entry.id, "to-render", run=self.run, now=now)
            self.to_browser(entry)
        else:
            ledger.put_off(entry, RENDERINGS, run=self.run, now=now)
            log.info("%s waiting %s (%s)", source.name, entry.url, RENDERINGS)
            self.put_off(entry)

    def over(self, source: str) -> str | None:
        """Why nothing more is begun for a source in this run; None: something may be."""
        if source not in self.paused and (why := self.budget.over(source, utc_now())):
            self.paused[source] = why
        return self.paused.get(source)

    def leave(self, errand: Errand, rest: Rest) -> None:
        """A URL waits for a later run, because its host is to be left alone in this one."""
        entry, now = errand.entry, utc_now()
        self.writer.ledger.leave(entry, rest.reason, until=rest.until, run=self.run, now=now)
        log.info("%s waiting %s (%s until %s)", errand.source.name, entry.url, rest.reason, iso(rest.until))
        self.end_night(errand.source, rest)

    def end_night(self, source: Source, rest: Rest) -> None:
        """If it is the source's own host that is to be left alone, nothing more of the source is asked for."""
        if rest.over and rest.host.removeprefix("www.") == source.host.removeprefix("www."):
            if self.paused.get(source.name) != rest.reason:
                log.warning("%s: its night is over (%s), due %s", source.name, rest.reason, iso(rest.until))
            self.paused[source.name] = rest.reason
            self.wait_until[source.name] = rest.until

    def keep_site_file(self, file: SiteFile, signals: list[tuple[str, str]]) -> None:
        """Remember a robots.txt or tdmrep.json, and what it says of rights."""
        self.writer.files.save(file)
        if file.capture_id is not None:
            self.writer.rights.record(file.capture_id, signals)

    def _count(self, source: str, outcome: Outcome) -> None:
        self.counts[source]["done"] += 1
        if outcome in (Outcome.NEW, Outcome.UPDATED):
            self.counts[source]["kept"] += 1

    def is_own(self, url: str, source: Source) -> bool:
        """True for a URL on the source's site or on one of its ``also_on`` hosts."""
        return same_site(url, source.home) or any(same_site(url, f"http://{host}/") for host in source.also_on)

    @property
    def allowed(self) -> tuple[str, ...]:
        """Hosts and networks that may be asked though they are none of the public internet: the operator named them."""
        lenders = self.backfill.lenders if self.backfill else ()
        return (*self.config.allow, *(urlsplit(f"//{host}").hostname or "" for host in lenders))

    def is_taken_down(self, url: str) -> bool:
        """True for what was taken out of the archive for good."""
        return tombstone_number(self.writer.db, url) is not None

    def may_ask(self, url: str, errand: Errand) -> bool:
        """True for a URL that a request of the errand may go to, also by a redirect."""
        if errand.lent and self.backfill is not None:
            return urlsplit(url).netloc in self.backfill.lenders
        return self.is_own(url, errand.source)

    def _given(self, text: str) -> tuple[str, Source]:
        try:
            url = normalise_url(text)
        except ValueError as error:
            raise ConfigError(f"--url: {error}") from None
        for source in self.sources.values():
            if self.is_own(url, source):
                return url, source
        for source in self.left_out:
            if self.is_own(url, source):
                raise ConfigError(f"{url} is on the site of {source.name}, which is paused; nothing of it is asked for")
        raise ConfigError(f"{url} is on no source's site; add its paper with `nightdesk sources add URL`")

    def enter_given(self) -> Iterator[Errand]:
        """Make the pages that the operator named due now, whatever their schedule says; fronts and feeds as errands."""
        now, where = utc_now(), "command line"
        for url, source in self.given:
            kind = Kind.FRONT if url == source.home else Kind.PAGE
            self.writer.ledger.ask_now(url, now)
            entry = self.document(url, kind, source, via=Via.GIVEN, where=where)
            if entry.kind is not Kind.PAGE:
                yield Errand(source=source, entry=entry)


def desk_of(crawler: Crawler) -> Desk:
    """The crawl's desk. Only after the engine was made: from spider_opened on."""
    desk = crawler.get_extension(Desk)
    assert desk is not None, "the add-on puts the Desk among the extensions"
    return desk
