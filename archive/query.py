"""One Query: what search, count and export all take, so that they always agree."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Literal, get_args

from archive.errors import BadQuery
from archive.times import utc_now
from archive.when import span_of
from archive.words import Understood, understand

#: ``newest`` and ``oldest``: by ``published_at``, or ``first_seen_at`` for what has no date.
Sort = Literal["newest", "oldest", "relevance"]
SORTS: tuple[str, ...] = get_args(Sort)

_LANGUAGE = re.compile(r"[A-Za-z]{2,8}(?:[-_][A-Za-z0-9]{1,8})*")


@dataclass(frozen=True, slots=True, kw_only=True)
class Query:
    """Which articles, in which order. A filter left out does not narrow anything.

    ``Query(text='harbour "third round"', source="gazette", since="2026-11")``. Raises BadQuery for a filter
    that cannot be understood; ``text`` is always understood, see ``understood``.
    """

    #: Words, "phrases", AND OR NOT, (groups), prefix*, NEAR(a b, 5): the language is in archive/words.py.
    text: str = ""
    #: Name of a source, as in sources.toml.
    source: str | None = None
    #: Words of an author's name, side by side; case and accents do not matter.
    author: str | None = None
    #: The whole name of a section, in any case.
    section: str | None = None
    #: Language tag; ``en`` is also ``en-GB``.
    language: str | None = None
    #: From the first second of this day, month, year or instant: a datetime once the Query is made.
    since: str | date | None = None
    #: Up to the last second of this day, month, year or instant, included: a datetime once the Query is made.
    until: str | date | None = None
    #: None: newest first in a list, oldest first in an export. ``relevance`` without words is ``newest``.
    sort: Sort | None = None
    #: At most so many, the first in that order; None: all.
    limit: int | None = None
    #: How ``text`` was read.
    words: Understood = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Check the filters, and turn the dates into instants."""
        now = utc_now()
        first = None if self.since is None else span_of(self.since, name="since", now=now)[0]
        last = None if self.until is None else span_of(self.until, name="until", now=now)[1]
        if first and last and first > last:
            raise BadQuery(f"since ({first:%Y-%m-%d %H:%M}) is later than until ({last:%Y-%m-%d %H:%M})")
        if self.sort is not None and self.sort not in SORTS:
            raise BadQuery(f"sort: {self.sort!r} is unknown; write one of {', '.join(SORTS)}")
        if self.limit is not None and self.limit < 1:
            raise BadQuery(f"limit: {self.limit} is too small; write 1 or more, or leave it out for all")
        if self.language is not None and not _LANGUAGE.fullmatch(self.language):
            raise BadQuery(f"language: {self.language[:80]!r} is no language tag; write one such as en or pt-BR")
        object.__setattr__(self, "since", first)
        object.__setattr__(self, "until", last)
        object.__setattr__(self, "words", understand(self.text))

    @property
    def understood(self) -> str:
        """The text as it was read, in the words one would type for it."""
        return self.words.spelling

    @property
    def first(self) -> datetime | None:
        """``since`` as the instant that it became."""
        return self.since if isinstance(self.since, datetime) else None

    @property
    def last(self) -> datetime | None:
        """``until`` as the instant that it became, itself included."""
        return self.until if isinstance(self.until, datetime) else None
