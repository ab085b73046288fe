"""What became of a page of others in; its capture, its article and its URL's state in the archive out."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from archive.articles import Stored
from archive.care.tombstones import TAKEN_DOWN, tombstone_number
from archive.incoming.answers import Passed
from archive.ledger import IMPORT_HOME, Entry, Verdict
from archive.reasons import because
from archive.times import from_iso, from_iso_or_none, utc_now
from archive.types import Article, Hint, Kind, Link, Outcome, Rejection, State, Via
from archive.writer import ArchiveWriter
from crawler.fetch.revisit import article_due, rejection_due
from crawler.intake.tasks import Done
from crawler.intake.wish import Owners
from pipelines.rights import signals_of

#: A page that was captured less than this ago is asked for again on its usual schedule, if its newspaper is crawled.
_YOUNG = timedelta(days=30)
#: A conversion is another form of what was captured within this time before it.
_SAME_VISIT = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Settled:
    """What one page came to."""

    outcome: Outcome
    reason: str | None = None
    detail: str | None = None
    article_id: str | None = None
    title: str | None = None


class Settler:
    """Writes what became of pages, one after the other. Each call is part of the writer's transaction.

    ``from_past``: pages of WARC files and rows, which may be years old: those of crawled newspapers are not asked for
    again because they were taken in, unless they are young.
    """

    def __init__(self, writer: ArchiveWriter, run: int, owners: Owners) -> None:
        self._writer = writer
        self._run = run
        self._owners = owners
        self._sources: set[str] = {id_ for (id_,) in writer.db.execute("select id from sources")}

    def settle(self, done: Done, *, from_past: bool) -> Settled | Passed:
        """Keep the record, store the article, say where its URL stands."""
        writer, now = self._writer, utc_now()
        if self._is_taken_down(done):
            return Settled(outcome=Outcome.REFUSED, reason=TAKEN_DOWN, detail=because(TAKEN_DOWN))
        known = self._known(done)
        if known is not None and from_past and done.kept and done.kept.origin and writer.imports.is_told_of(known):
            return Passed.KNOWN
        if done.converted and self._is_kept(done):
            return Passed.CONVERTED
        self.add_source(done.source)
        before = writer.ledger.entry(done.address)
        entry = self._discover(done, now, held=from_past)
        capture_id = self._keep(done, known, entry)
        writer.rights.record(capture_id, signals_of(done.result.rights))
        writer.ledger.note(
            entry.id, State.CAPTURED, run=self._run, now=now, detail=done.place, capture_id=capture_id
        )  # fmt: skip
        result = self._respected(done, entry, capture_id)
        if isinstance(result, Rejection):
            verdict = _refused(result, done.place, before)
        else:
            verdict = self._stored(result, done, entry, capture_id)
        verdict = replace(
            verdict,
            due_at=self._due_at(entry, before, verdict, done) if from_past else self._due_as_before(entry),
            capture_id=None if before and before.state is not State.CAPTURED else capture_id,
        )
        writer.ledger.settle(entry, verdict, run=self._run, now=now)
        assert verdict.outcome is not None
        if isinstance(result, Rejection):
            return Settled(outcome=verdict.outcome, reason=result.reason, detail=result.detail)
        return Settled(outcome=verdict.outcome, article_id=verdict.article_id, title=result.title)

    def _is_taken_down(self, done: Done) -> bool:
        result = done.result
        urls = (result.canonical_url, result.url) if isinstance(result, Article) else ()
        return tombstone_number(self._writer.db, done.address, *urls) is not None

    def see_again(self, entry: Entry, seen_at: datetime, origin: str) -> Settled | Passed:
        """A page was seen again with the content that it had: of a revisit record."""
        if entry.article_id is None:
            return Settled(outcome=Outcome.REJECTED, reason=entry.reason or entry.state)
        (last,) = self._writer.db.execute(
            "select last_seen_at from articles where id = ?", [entry.article_id]
        ).fetchone()
        if from_iso(last) >= seen_at:
            return Passed.KNOWN
        self._writer.articles.mark_seen(entry.article_id, seen_at)
        verdict = Verdict(
            state=entry.state,
            outcome=Outcome.UNCHANGED,
            reason=entry.reason,
            detail=f"seen again with the same content: {origin}",
            due_at=entry.due_at,
        )
        self._writer.ledger.settle(entry, verdict, run=self._run, now=utc_now())
        return Settled(outcome=Outcome.UNCHANGED, article_id=entry.article_id)

    def add_source(self, name: str) -> None:
        """Make a source known; one that is no newspaper of sources.toml is never crawled."""
        if name not in self._sources:
            declared = self._owners.declares(name)
            home, title = (declared.home, declared.title) if declared else (IMPORT_HOME, None)
            self._writer.ledger.add_source(name, home=home, title=title, now=utc_now())
            self._sources.add(name)

    def _known(self, done: Done) -> int | None:
        if done.kept is None:
            return done.capture_id
        return self._writer.imports.capture(done.kept.url, done.seen_at, done.kept.digest)

    def _is_kept(self, done: Done) -> bool:
        """Whether the page that a conversion was made of has given an article already."""
        entry = self._writer.ledger.entry(done.address)
        if entry is None or entry.state is not State.KEPT:
            return False
        (seen,) = self._writer.db.execute(
            "select last_seen_at from articles where id = ?", [entry.article_id]
        ).fetchone() or (None,)
        last = from_iso_or_none(seen)
        return last is not None and abs(last - done.seen_at) <= _SAME_VISIT

    def _discover(self, done: Done, now: datetime, *, held: bool) -> Entry:
        place = done.place.rpartition("@")[0] if done.kept and done.kept.origin else done.place
        link = Link(url=done.address, kind=Kind.PAGE, hint=Hint(via=Via.GIVEN, where=f"import of {place}"))
        self._writer.ledger.discover([link], source=done.source, run=self._run, now=now, held=held)
        entry = self._writer.ledger.entry(done.address)
        assert entry is not None
        return entry

    def _keep(self, done: Done, known: int | None, entry: Entry) -> int:
        """The capture's id; nothing is written twice."""
        if known is not None:
            if done.kept is not None:
                self._writer.imports.adopt(
                    known, run=self._run, source=done.source, url_id=entry.id, origin=done.kept.origin
                )
            return known
        kept = done.kept
        assert kept is not None, "a page without a record of its own has another's"
        return self._writer.keep_member(
            kept.member,
            run=self._run,
            source=done.source,
            url_id=entry.id,
            url=kept.url,
            fetched_at=done.seen_at,
            status=kept.status,
            content_type=kept.content_type,
            payload_size=kept.payload_size,
            digest=kept.digest,
            origin=kept.origin,
            record_id=kept.record_id,
        )

    def _respected(self, done: Done, entry: Entry, capture_id: int) -> Article | Rejection:
        """The result, or its refusal where the page asks for what the operator respects."""
        declared = self._owners.declares(entry.source)
        if declared is None or not declared.respect:
            return done.result
        from archive.types import Page
        from crawler.keep import respected

        page = Page(url=entry.url, final_url=entry.url, body=b"", fetched_at=done.seen_at)
        return respected(
            self._writer, replace(entry, capture_id=capture_id), page, done.result, declared.respect
        )  # fmt: skip

    def _stored(self, article: Article, done: Done, entry: Entry, capture_id: int) -> Verdict:
        stored = self._writer.articles.store(
            article,
            source=entry.source,
            seen_at=done.seen_at,
            capture_id=capture_id,
            url_id=entry.id,
            key=entry.url,
        )
        state, reason = self._state(entry, stored)
        revised = f"revision {stored.revision}" if stored.outcome is Outcome.UPDATED else None
        note = stored.note or revised
        return Verdict(
            state=state,
            outcome=stored.outcome,
            reason=reason,
            detail=f"import of {done.place}: {note}" if note else f"import of {done.place}",
            article_id=stored.article_id,
            # The text is not the last answer's any more: its validators must not save us the next one.
            full_answer=stored.outcome in (Outcome.NEW, Outcome.UPDATED),
        )

    def _state(self, entry: Entry, stored: Stored) -> tuple[State, str | None]:
        """Where the URL stands now, and why. A saved copy does not bring a vanished page back."""
        if entry.state is State.CAPTURED and not self._is_left_behind(entry):
            return State.CAPTURED, entry.reason  # a crawl's own answer is still to be cleaned
        if stored.outcome is Outcome.DUPLICATE:
            return State.DUPLICATE, f"of {stored.article_id}"
        (gone,) = self._writer.db.execute(
            "select gone_at is not null from articles where id = ?", [stored.article_id]
        ).fetchone()
        return (State.GONE, entry.reason) if gone else (State.KEPT, None)

    def _is_left_behind(self, entry: Entry) -> bool:
        """Whether what waits to be cleaned is an import's own record, which a kill left without its page."""
        (own,) = self._writer.db.execute(
            "select exists (select 1 from captures where id = ? and (origin is not null or status is null)"
            " and made_from is null)",
            [entry.capture_id],
        ).fetchone()
        return bool(own)

    def _due_as_before(self, entry: Entry) -> datetime | None:
        """As it was, for a URL of a source that is crawled; an imported file alone has nobody to ask again."""
        due_at, home = self._writer.db.execute(
            "select due_at, home from urls join sources on sources.id = source where urls.id = ?", [entry.id]
        ).fetchone()
        return None if home == IMPORT_HOME or entry.url.startswith("urn:") else from_iso_or_none(due_at)

    def _due_at(self, entry: Entry, before: Entry | None, verdict: Verdict, done: Done) -> datetime | None:
        """As it was; for a URL that was not known before, on schedule if it is young and its newspaper is crawled."""
        if before is not None:
            return self._due_as_before(entry)
        now = utc_now()
        declared = self._owners.declares(entry.source)
        if declared is None or entry.url.startswith("urn:") or now - done.seen_at > _YOUNG:
            return None
        if isinstance(done.result, Rejection):
            return rejection_due(done.result.reason, done.seen_at, now, entry.rhythm)
        return None if verdict.outcome is Outcome.DUPLICATE else article_due(done.seen_at, now, entry.rhythm)


def _refused(result: Rejection, place: str, before: Entry | None) -> Verdict:
    """A bad copy says nothing of the page: what is known of that stays."""
    state = before.state if before else State.REJECTED
    if before and state is State.CAPTURED and before.reason == "recovered":  # what a killed import left behind
        state = State.KEPT if before.article_id else State.REJECTED
    return Verdict(
        state=state,
        outcome=Outcome.REJECTED,
        reason=result.reason,
        detail=f"import of {place}: {result.detail}",
        article_id=before.article_id if before else None,
    )
