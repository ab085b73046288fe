"""What an export is of: a Query, and what is made of the articles that it finds. To JSON and back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any, Literal, get_args

from archive.errors import BadQuery
from archive.query import Query
from archive.times import iso, utc_now
from archive.when import span_of

#: What a sample can be drawn within.
Stratum = Literal["source", "section", "language", "access", "type", "year", "month", "day"]
STRATA: tuple[str, ...] = get_args(Stratum)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """So many articles, drawn by lot: the same ones again from the same archive."""

    size: int
    seed: int = 0
    #: Draw ``size`` of each combination of these; empty: of all.
    by: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        """Check the values. Raises BadQuery."""
        if self.size < 1:
            raise BadQuery(f"sample: {self.size} is too small; write 1 or more")
        unknown = [name for name in self.by if name not in STRATA]
        if unknown:
            raise BadQuery(f"by: {', '.join(map(repr, unknown))} is unknown; write some of {', '.join(STRATA)}")
        if len(set(self.by)) < len(self.by):
            raise BadQuery("by: each may stand there once")


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Which articles an export holds. In this order: found, not had before, drawn, each with its earlier texts."""

    query: Query
    #: The archive as it was then; None: as it is. A datetime once the value is made.
    as_of: str | date | None = None
    #: Earlier exports, files or packages: what they have in the same text is left out.
    since: tuple[Path, ...] = ()
    sample: Sample | None = None
    #: True: a row a revision, the oldest first; False: a row an article.
    history: bool = False

    def __post_init__(self) -> None:
        """Turn the instant into one. Raises BadQuery."""
        if self.history and self.since:
            raise BadQuery(
                "a history has every text, since an export only those that it has not; leave out one of the two"
            )
        if self.as_of is not None:
            last = span_of(self.as_of, name="as of", now=utc_now())[1]
            object.__setattr__(self, "as_of", last)
            if self.query.sort == "relevance" and self.query.text:
                raise BadQuery("as of an instant nothing can be ordered by relevance; leave out one of the two")

    @property
    def instant(self) -> datetime | None:
        """``as_of`` as the instant that it became."""
        return self.as_of if isinstance(self.as_of, datetime) else None


def to_json(wanted: Wanted) -> dict[str, Any]:
    """What is wanted as a JSON object, without what was left open; ``since`` is told by the package itself."""
    told: dict[str, Any] = {"query": wanted.query.spelling}
    if wanted.instant:
        told["as_of"] = iso(wanted.instant)
    if wanted.sample:
        told["sample"] = {"size": wanted.sample.size, "seed": wanted.sample.seed, "by": list(wanted.sample.by)}
    if wanted.history:
        told["history"] = True
    return told


def from_json(told: Mapping[str, Any]) -> Wanted:
    """The reverse of ``to_json``. Raises BadQuery for what is no such object."""
    try:
        sample = told.get("sample")
        return Wanted(
            query=Query.parse(told["query"]),
            as_of=told.get("as_of"),
            sample=Sample(size=sample["size"], seed=sample["seed"], by=tuple(sample["by"])) if sample else None,
            history=bool(told.get("history")),
        )
    except (KeyError, TypeError, ValueError) as error:
        raise BadQuery(f"this is no description of an export: {error!r}") from error
