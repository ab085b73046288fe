"""A text and what cleaning made of it in; the tally, and in earnest the archive, with one more out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from archive.articles import ArticleStore
from archive.generations.compare import compare
from archive.generations.store import GenerationStore
from archive.generations.tally import Tally
from archive.generations.texts import Text
from archive.ledger import Entry
from archive.rights import rights_of
from archive.sqlite import Database
from archive.templates import TemplateStore
from archive.times import from_iso, utc_now
from archive.types import Article, Outcome, Rejection, State
from archive.writer import ArchiveWriter
from crawler.again.task import Cleaned
from crawler.fetch.because import why_due
from crawler.keep import respected, verdict_on
from crawler.rendering import Renderings
from crawler.sources import Source

_RENDERINGS = Renderings()


class _Unteachable(TemplateStore):
    """What is cleaned again teaches nothing: one template holds for all pages, and all can be put back."""

    def learn(self, *_article: Any) -> None:
        """Leave it."""


class Trial:
    """Judges, and writes nothing."""

    def __init__(self, db: Database, tally: Tally, sources: Mapping[str, Source]) -> None:
        self._db = db
        self.tally = tally
        self._sources = sources

    def take(self, text: Text, cleaned: Cleaned) -> None:
        """Count one more."""
        if cleaned.problem is not None:
            self.tally.cannot(text, cleaned.problem)
        elif text.article_id is None:
            self._page(text, cleaned)
        elif cleaned.rejection is not None:
            self.tally.refuse(text, str(cleaned.rejection.reason), cleaned.rejection.detail)
        elif asked := self._asked(text):
            self.tally.refuse(text, "rights", asked)
        else:
            assert cleaned.row is not None
            self._text(text, cleaned.row)

    def _text(self, text: Text, row: Mapping[str, Any]) -> Mapping[str, Any]:
        """What differs of a text."""
        difference = compare(text.before, row)
        self.tally.count(text, difference, row)
        return difference.changed

    def _page(self, text: Text, cleaned: Cleaned) -> None:
        source = self._sources.get(text.source)
        result = cleaned.article or cleaned.rejection
        assert result is not None and cleaned.page is not None
        if source is not None and _RENDERINGS.are_needed(source, cleaned.page, result):
            self.tally.page(text, "left")
        elif isinstance(result, Article) and not self._asked(text):
            self.tally.page(text, "articles", result.title)
        else:
            self.tally.page(text, "rejected")

    def _asked(self, text: Text) -> str | None:
        """What page or site ask for that the operator respects; None: nothing."""
        source = self._sources.get(text.source)
        if source is None or not source.respect:
            return None
        url, at = self._db.execute("select url, fetched_at from captures where id = ?", [text.capture_id]).fetchone()
        asks = rights_of(self._db, text.capture_id, url, text.source, from_iso(at)).asks
        return (
            "; ".join(f"{ask.what} ({ask.signal}: {ask.value})" for ask in asks if ask.what in source.respect) or None
        )


class Earnest(Trial):
    """Judges, and writes. ``run``: the run that pages are settled in."""

    def __init__(
        self, writer: ArchiveWriter, tally: Tally, sources: Mapping[str, Source], *, generation: int, run: int | None
    ) -> None:
        super().__init__(writer.db, tally, sources)
        self._writer = writer
        self._writer.articles = ArticleStore(writer.db, _Unteachable(writer.db))
        self._store = GenerationStore(writer.db)
        self._generation = generation
        self._run = run

    def take(self, text: Text, cleaned: Cleaned) -> None:
        """Write what became of one more."""
        # What a page says of rights is said by the page: a better reading adds to it, whatever becomes of the record.
        self._writer.rights.record(text.capture_id, cleaned.signals)
        super().take(text, cleaned)

    def _text(self, text: Text, row: Mapping[str, Any]) -> Mapping[str, Any]:
        changed = super()._text(text, row)
        if changed:
            self._store.replace(self._generation, text, changed)
        return changed

    def _page(self, text: Text, cleaned: Cleaned) -> None:
        result, source = cleaned.article or cleaned.rejection, self._sources.get(text.source)
        entry = self._writer.ledger.entry(text.url) if text.url else None
        assert result is not None and cleaned.page is not None
        if entry is None or entry.capture_id != text.capture_id or entry.state not in (State.CAPTURED, State.REJECTED):
            return  # it became something else since it was listed
        if source is not None and _RENDERINGS.are_needed(source, cleaned.page, result):
            self.tally.page(text, "left")
            return
        result = respected(self._writer, entry, cleaned.page, result, source.respect if source else ())
        title = result.title if isinstance(result, Article) else None
        self.tally.page(text, "articles" if title is not None else "rejected", title)
        still = isinstance(result, Rejection) and entry.state is State.REJECTED and entry.reason == result.reason
        if not still:
            self._settle(entry, cleaned, result, utc_now())

    def _settle(self, entry: Entry, cleaned: Cleaned, result: Article | Rejection, now: datetime) -> None:
        assert self._run is not None and cleaned.page is not None
        former = self._store.page_columns(entry.id)
        verdict = verdict_on(self._writer, entry, cleaned.page, result, now)
        verdict = replace(verdict, due_because=why_due(entry, verdict, now))
        self._writer.ledger.settle(entry, verdict, run=self._run, now=now)
        self._store.not_asked(entry.id, former)
        self.tally.counts["settled"] += 1
        if verdict.outcome in (Outcome.NEW, Outcome.REJECTED):
            made = verdict.article_id if verdict.outcome is Outcome.NEW else None
            self._store.keep_page(self._generation, entry.id, made, former)
