"""A backfill under way: what it has found goes into its queue, what becomes of it is written down.

The desk's ledger holds its pages, archive/backfills.py its steps and their order; decisions are those of days.py.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import date, timedelta

from archive.backfills import Step
from archive.ledger import HELD, OUT_OF_RANGE, Entry, Verdict
from archive.times import utc_now
from archive.types import Hint, Kind, Link, Outcome, State, Via
from crawler.backfill.cdx import questions
from crawler.backfill.days import SLACK, Days, dating_of
from crawler.backfill.wish import Wish
from crawler.desk import Desk
from crawler.errand import Errand
from crawler.fetch.judge import NO_SITEMAP
from crawler.fetch.revisit import AGES
from pipelines.site import site_of

#: What the operator's own file or command names.
_DECLARED = "sources.toml"
_VIAS = {"sitemaps": Via.SITEMAP, "sections": Via.SECTION, "cdx": Via.ARCHIVE, "warc": Via.ARCHIVE}
_KINDS = {"sitemaps": Kind.SITEMAP, "sections": Kind.SECTION, "cdx": Kind.SITEMAP, "warc": Kind.SITEMAP}
#: Copies made so long after the last day are looked at too, for pages whose address says that they are of these days.
_LATER = timedelta(days=31)
#: An article is looked at again while it is younger than this; what is older is settled once it is kept.
_YOUNG = AGES[-1]
_SETTLED = "a backfill asked for it, and nights do not come back to the past"


class Course:
    """One run of a backfill."""

    def __init__(self, desk: Desk, wish: Wish) -> None:
        self.desk = desk
        self.wish = wish
        self.days = wish.days
        self.source = desk.sources[wish.source]
        self._store = desk.writer.backfills
        now = utc_now()
        self._number, fresh = self._store.open(wish.as_dict(), now)
        #: The step behind each document that is being asked for, by the ledger's id.
        self._steps: dict[int, Step] = {}
        #: Steps that failed in this run.
        self._tried: set[int] = set()
        if fresh:
            self._plan()
        self.desk.counts[self.source.name]["found"] += self._store.enter_left(self._number, desk.run)
        desk.revise = self.revise

    def _plan(self) -> None:
        """The first steps; they lead to the others."""
        source, last = self.source, self.days.last
        if "sitemaps" in self.wish.ways:
            for url in source.sitemaps:
                self.add("sitemaps", url, last, listed_by=_DECLARED)
        if "sections" in self.wish.ways or ("sitemaps" in self.wish.ways and not source.sitemaps):
            self.add("sections", source.home, last, listed_by=_DECLARED)  # on the way to it, robots.txt is read
        if "sections" in self.wish.ways:
            for url in source.sections:
                self.add("sections", url, last, listed_by=_DECLARED)
        if self.wish.cdx is not None:
            asked = Days(first=self.days.first, last=min(last + _LATER, max(last, utc_now().date())))
            for site in dict.fromkeys((site_of(source.home), *source.also_on)):
                for url, month in questions(self.wish.cdx, site, asked):
                    self.add("cdx", url, month.last, listed_by=_DECLARED)
        for place in self.wish.warcs:
            self.add("warc", place, last, listed_by=_DECLARED)

    # ---- steps --------------------------------------------------------------------------------------------

    def add(
        self, way: str, place: str, newest: date, *, listed_by: str, continues: bool = False, guessed: bool = False
    ) -> bool:
        """A document or file to read, once a backfill; whether it is one that was not known."""
        newest = min(newest, self.days.last)
        return self._store.add_step(
            self._number, way, place, newest, listed_by=listed_by, continues=continues, guessed=guessed
        )

    def next_step(self) -> Step | None:
        """The newest step that is left; those that turn out to be of other days are ended here."""
        while step := self._store.next_step(self._number, but_not=self._tried):
            if not (step.continues and self._is_past(step.listed_by)):
                return step
            self.end(step, "what comes before it in the list is older than the days asked for")
        return None

    def _is_past(self, place: str) -> bool:
        """Whether a part of a list showed articles, all of them too old: then so are those behind it."""
        newest = self._store.newest_listed(place)
        return newest is not None and not self.days.may_hold(None, newest + SLACK)

    def errand(self, step: Step) -> Errand:
        """What to ask for to take a step whose place is a URL."""
        entry = self._document(step)
        self._steps[entry.id] = step
        lent = step.way in ("cdx", "warc")
        return Errand(source=self.source, entry=entry, lent=lent, kept=step.way != "warc")

    def _document(self, step: Step) -> Entry:
        kind = Kind.FRONT if step.place == self.source.home else _KINDS[step.way]
        via = Via.GIVEN if step.listed_by == _DECLARED else _VIAS[step.way]
        hint = Hint(via=via, where=step.listed_by)
        self._discover([Link(url=step.place, kind=kind, hint=hint)])
        entry = self.desk.writer.ledger.entry(step.place)
        assert entry is not None
        return entry

    def step_of(self, errand: Errand) -> Step:
        """The step that a document was asked for."""
        return self._steps[errand.entry.id]

    def end(self, step: Step, said: str) -> None:
        """A step is done."""
        self._store.end_step(step, said)

    def fail(self, step: Step, said: str) -> None:
        """A step failed; where it was a guess, others like it are not tried."""
        self._tried.add(step.id)
        if step.guessed:
            self._store.miss(self._number, step)
        else:
            self._store.fail_step(step, said)

    def leave(self, step: Step) -> None:
        """A step got no answer, for whatever reason: this run does not try it again."""
        self._tried.add(step.id)

    def answered(self, step: Step) -> None:
        """It got one after all, when its host had been waited for."""
        self._tried.discard(step.id)

    def move(self, step: Step, offset: int) -> None:
        """A WARC file has been gone through up to ``offset``."""
        self._store.move(step, offset)

    def finish(self) -> None:
        """All that this run could do is done: close the backfill if nothing is left."""
        self._store.finish(self._number, utc_now())
        self.desk.left = self._store.left(self._number)

    # ---- pages --------------------------------------------------------------------------------------------

    def found(self, links: Iterable[Link], *, listed: Days | None = None) -> tuple[int, int]:
        """Pages that a list of the source's own names; how many are wanted, and how many are of other days."""
        wanted = other = 0
        for link in links:
            if self.desk.is_own(link.url, self.source):
                taken = self.take(link, listed=listed)
                wanted += taken is True
                other += taken is False
        return wanted, other

    def take(
        self, link: Link, *, listed: Days | None = None, captured: date | None = None, copy: str | None = None
    ) -> bool | None:
        """Queue a page. False: it is of other days. None: what it is was known before."""
        dating = dating_of(link.url, link.hint, listed=listed, captured=captured)
        self._discover([link])
        name, run = self.source.name, self.desk.run
        if not self.days.may_hold(dating.first, dating.last):
            known = self._store.refuse(link.url, source=name, run=run, now=utc_now(), detail=dating.because)
            return False if known else None
        newest = min(dating.last or self.days.last, self.days.last)
        queued = self._store.put(self._number, link.url, newest, source=name, run=run, copy=copy)
        return True if queued else None

    def _discover(self, links: list[Link]) -> None:
        ledger, now = self.desk.writer.ledger, utc_now()
        found = ledger.discover(links, source=self.source.name, run=self.desk.run, now=now, held=True)
        self.desk.counts[self.source.name]["found"] += found

    def claim(self, limit: int, but_not: set[int]) -> list[Entry]:
        """Pages to ask for now, newest first."""
        ledger = self.desk.writer.ledger
        claimed = self._store.claim(
            self._number, run=self.desk.run, limit=limit, but_not=but_not, up_to=self.desk.saved_id
        )
        return [entry for url in claimed if (entry := ledger.entry(url))]

    def copy_of(self, entry: Entry) -> str | None:
        """Where a page is asked for, if not at its own address."""
        return self._store.copy_of(self._number, entry.id)

    def left_for_the_night(self) -> None:
        """A night wants to begin: pages that are left when this run has stopped say so."""
        self.desk.stopped_by = "night"

    # ---- what became of it ----------------------------------------------------------------------------------

    def revise(self, entry: Entry, verdict: Verdict) -> Verdict:
        """A verdict as a backfill means it: nights do not come back to the past, nor read the lists that lead there."""
        if entry.kind is not Kind.PAGE:
            return self._revise_list(entry, verdict)
        if not self._store.holds(self._number, entry.id):
            return verdict
        self._store.settled(self._number, entry.id, verdict.state)
        if verdict.article_id is None or verdict.outcome is Outcome.DUPLICATE:
            return replace(verdict, due_at=None, due_because=_SETTLED)
        return self._revise_kept(verdict, self._store.published_on(verdict.article_id))

    def _revise_list(self, entry: Entry, verdict: Verdict) -> Verdict:
        step = self._steps.get(entry.id)
        if step is not None and verdict.reason == NO_SITEMAP:
            self.end(step, NO_SITEMAP)
            return verdict
        if step is not None and verdict.state is not State.READ:
            self.fail(step, verdict.reason or "failed")
        if not self.is_ours(entry):
            return verdict
        return replace(verdict, due_at=None, reason=verdict.reason or HELD)

    def is_ours(self, entry: Entry) -> bool:
        """Whether only backfills have met a list. What a night reads too is not to look as if it had been read."""
        return entry.reason == HELD

    def _revise_kept(self, verdict: Verdict, published: date | None) -> Verdict:
        young = published is not None and utc_now().date() - published < _YOUNG
        verdict = verdict if young else replace(verdict, due_at=None, due_because=_SETTLED)
        if published is None or self.days.holds(published) or verdict.state is not State.KEPT:
            return verdict
        return replace(verdict, reason=OUT_OF_RANGE, detail=f"published on {published}")
