"""A few pages of each source that a dry run fetches and cleans, to show what a crawl would keep; none is stored."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from archive.ledger import Entry, Verdict
from archive.types import Article, Outcome, Rejection


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """A page that was fetched to be shown, and what came of it."""

    source: str
    url: str
    #: Whether it had been answered before this run.
    known: bool
    #: What a crawl would do with it, and why; None: the run ended before it was known.
    outcome: Outcome | None = None
    reason: str | None = None
    detail: str | None = None
    #: What cleaning made of it; None: no page came.
    result: Article | Rejection | None = None


@dataclass(slots=True)
class Samples:
    """All of a run, in the order in which they were asked for."""

    #: Pages of each source; 0: none are fetched.
    each: int = 0
    taken: dict[str, Sample] = field(default_factory=dict)

    def order(self, entries: list[Entry]) -> list[Entry]:
        """The pages first that most kinds of lists name, which are hardly ever a paper's imprint; else as they were."""
        if self.each:
            return sorted(entries, key=lambda entry: -len({hint.via for hint in entry.hints}))
        return entries

    def begin(self, entry: Entry) -> None:
        """A page is asked for."""
        if self.each:
            known = entry.fetched_at is not None
            self.taken[entry.url] = Sample(source=entry.source, url=entry.url, known=known)

    def settle(self, url: str, verdict: Verdict) -> None:
        """It is known what became of a page."""
        if url in self.taken:
            self.taken[url] = replace(
                self.taken[url], outcome=verdict.outcome, reason=verdict.reason, detail=verdict.detail
            )

    def clean(self, url: str, result: Article | Rejection) -> None:
        """A page was cleaned."""
        if url in self.taken:
            self.taken[url] = replace(self.taken[url], result=result)

    def as_planned(self, row: dict[str, str]) -> dict[str, str]:
        """A row of the ledger's plan as it would be if no page had been fetched to be shown."""
        sample = self.taken.get(row["url"])
        if sample is not None:
            row = row | {"outcome": str(Outcome.WAITING), "fetched_at": row["fetched_at"] if sample.known else ""}
        waits = self.each and row["outcome"] == Outcome.WAITING
        return row | {"reason": "not reached"} if waits else row
