"""The values of a source's night: what was counted, what was found, what it comes to."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from archive.health.verdicts import MEANINGS, Health, Level
from archive.record import plain
from archive.types import Kind, Outcome


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """A feed, sitemap, front or section page in one night."""

    kind: Kind
    url: str
    #: ``read``, ``failed``, ``gone`` or ``refused``.
    event: str
    reason: str | None
    detail: str | None
    #: New pages that it listed.
    new: int

    @property
    def read(self) -> bool:
        """Whether it answered, or is unchanged since it last did."""
        return self.event == "read"


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """A reason why something was not answered: how often, and in the words of one case."""

    count: int
    example: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """One source's night in numbers. What cannot be known any more is None."""

    #: Hours since the source's night before began; None: its first.
    hours_since: float | None
    #: Outcome → pages.
    pages: Mapping[Outcome, int]
    #: Outcome → reason → pages, for outcomes that have reasons.
    reasons: Mapping[Outcome, Mapping[str, int]]
    #: Documents that were read; the feeds among them, and those that were not read, one by one.
    read: int
    documents: tuple[Document, ...]
    #: Why pages and documents failed or were refused; a TLS failure is ``certificate``.
    faults: Mapping[str, Fault]
    #: HTTP status → answers; their bytes as received.
    statuses: Mapping[str, int]
    bytes: int
    #: Of the new articles, how many have the field: authors, published, image, description, section, language.
    filled: Mapping[str, int]
    #: Median words of the new articles; None: there are none.
    words: float | None
    #: Lines that the source was known to repeat, and how many of them tonight's new articles still have.
    template_lines: int | None = None
    template_seen: int | None = None
    #: Mean seconds until the host of its front page answers.
    latency_s: float | None = None

    @property
    def new(self) -> int:
        """New articles."""
        return self.pages.get(Outcome.NEW, 0)

    @property
    def cleaned(self) -> int:
        """Pages that answered and were judged."""
        return sum(self.pages.get(outcome, 0) for outcome in _CLEANED)

    def rejected(self, *reasons: str) -> int:
        """Pages that answered and were no article, for one of these reasons."""
        return sum(self.reasons.get(Outcome.REJECTED, {}).get(reason, 0) for reason in reasons)

    def status(self, *statuses: int) -> int:
        """Answers with one of these HTTP statuses."""
        return sum(self.statuses.get(str(status), 0) for status in statuses)

    @property
    def requests(self) -> int:
        """Answers of any status, robots.txt not counted."""
        return sum(self.statuses.values())


#: 304 is no cleaning, but has the outcome ``unchanged`` too: only what is new to us is counted as judged.
_CLEANED = (Outcome.NEW, Outcome.UPDATED, Outcome.DUPLICATE, Outcome.REJECTED)


def figures_from(value: Mapping[str, Any]) -> Figures:
    """Figures from the JSON that they were stored as."""
    return Figures(
        **dict(value)
        | {
            "pages": {Outcome(name): number for name, number in value["pages"].items()},
            "reasons": {Outcome(name): dict(reasons) for name, reasons in value["reasons"].items()},
            "documents": tuple(Document(**each | {"kind": Kind(each["kind"])}) for each in value["documents"]),
            "faults": {name: Fault(**fault) for name, fault in value["faults"].items()},
        }
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """Something that is not as it should be, with the numbers that show it."""

    verdict: Health
    #: Sentences.
    evidence: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Control:
    """What today's cleaning makes of raw pages: of good nights that were kept then, and of tonight."""

    old: int
    old_good: int
    new: int
    new_good: int
    #: Day of the newest of the old pages.
    old_day: str
    #: What made the records of the old pages, and what would make them now.
    old_extractor: str
    extractor: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceNight:
    """One source's night, judged."""

    run: int
    source: str
    #: When the run began.
    at: datetime
    figures: Figures
    verdict: Health
    #: Sentences; the first tell of the verdict, further ones of whatever else was found.
    evidence: tuple[str, ...]
    #: Nights in a row, this one included, with this verdict.
    nights: int = 1

    @property
    def level(self) -> Level:
        """How much it matters."""
        return MEANINGS[self.verdict].level

    @property
    def words(self) -> str:
        """The verdict in words."""
        return MEANINGS[self.verdict].words

    @property
    def cause(self) -> str:
        """What is likely behind it; empty when all is well."""
        return MEANINGS[self.verdict].cause

    @property
    def next_step(self) -> str:
        """What the operator may do; empty when all is well."""
        return MEANINGS[self.verdict].next_step.replace("{source}", self.source).replace(" RUN", f" {self.run}")

    def as_dict(self) -> dict[str, Any]:
        """For ``--json`` and the report."""
        held: dict[str, Any] = plain(self)
        return held | {"level": self.level, "words": self.words, "cause": self.cause, "next_step": self.next_step}
