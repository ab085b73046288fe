"""The chosen in numbers: what the README and the descriptions of a package tell."""

from __future__ import annotations

import platform
import sqlite3
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from archive.errors import BadQuery
from archive.export.chosen import number_chosen, select_chosen
from archive.export.sample import Drawn
from archive.export.wanted import Wanted
from archive.reasons import because
from archive.times import iso
from archive.version import __version__

if TYPE_CHECKING:
    from sqlite_utils import Database


@dataclass(frozen=True, slots=True, kw_only=True)
class Label:
    """What a person says of the data set."""

    title: str = "Articles of a nightdesk archive"
    #: ``Kovač, Ana`` for a person, anything else for an institution.
    creators: tuple[str, ...] = ()
    #: Under which terms it is handed on; None: nothing is said.
    licence: str | None = None

    def __post_init__(self) -> None:
        """Check the values. Raises BadQuery."""
        if not self.title.strip() or not all(name.strip() for name in self.creators):
            raise BadQuery("a title or a creator needs a name")


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceFacts:
    """One newspaper among the chosen."""

    name: str
    title: str | None
    home: str
    articles: int
    #: Days of publication of the first and the last article that has a date.
    first: str | None
    last: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """A data set in numbers."""

    label: Label
    wanted: Wanted
    #: When it was made.
    created: datetime
    #: Rows of the data, and the articles that they are of: fewer in a history.
    rows: int
    articles: int
    words: int
    undated: int
    sources: tuple[SourceFacts, ...]
    #: Language → articles; None: not known.
    languages: Mapping[str | None, int]
    #: Access → articles.
    access: Mapping[str, int]
    #: What made the records → articles.
    extractors: Mapping[str, int]
    strata: tuple[Drawn, ...]
    #: Of the sources' pages that the archive knows of: state, reason in words → pages.
    pages: Mapping[tuple[str, str], int]
    #: Crawls and imports that the archive has seen, the first and the last day of them.
    runs: int
    first_run: str | None
    last_run: str | None
    software: Mapping[str, str]

    @property
    def first(self) -> str | None:
        """Day of the earliest publication."""
        return min((source.first for source in self.sources if source.first), default=None)

    @property
    def last(self) -> str | None:
        """Day of the latest publication."""
        return max((source.last for source in self.sources if source.last), default=None)

    @property
    def size(self) -> str:
        """How much it is: articles, and in a history how many texts they had."""
        articles = f"{self.articles:,} {'article' if self.articles == 1 else 'articles'}"
        texts = f"{self.rows:,} {'revision' if self.rows == 1 else 'revisions'}"
        return f"{articles} in {texts}" if self.wanted.history else articles

    @property
    def as_of(self) -> str:
        """The instant that the archive is shown as of."""
        return iso(self.wanted.instant or self.created)


def facts_of(db: Database, wanted: Wanted, label: Label, created: datetime, drawn: Sequence[Drawn]) -> Facts:
    """Count what is chosen, and the pages of its sources that are no part of it."""
    articles, words, undated = _one(
        db, "count(*), coalesce(sum(n), 0), count(*) - count(at)", "a.word_count as n, a.published_at as at"
    )
    sources = _sources(db)
    runs, first_run, last_run = db.execute(
        "select count(*), min(substr(started_at, 1, 10)), max(substr(started_at, 1, 10)) from runs"
    ).fetchone()
    return Facts(
        label=label,
        wanted=wanted,
        created=created,
        rows=number_chosen(db),
        articles=articles,
        words=words,
        undated=undated,
        sources=sources,
        languages=_counts(db, "a.language"),
        access=_counts(db, "a.access"),
        extractors=_counts(db, "a.extractor"),
        strata=tuple(drawn),
        pages=_pages(db, [source.name for source in sources]),
        runs=runs,
        first_run=first_run,
        last_run=last_run,
        software={"nightdesk": __version__, "Python": platform.python_version(), "SQLite": sqlite3.sqlite_version},
    )


def _one(db: Database, columns: str, of: str) -> tuple[Any, ...]:
    found: tuple[Any, ...] = db.execute(f"select {columns} from ({select_chosen(db, of, latest=True)})").fetchone()  # noqa: S608
    return found


def _counts(db: Database, column: str) -> dict[Any, int]:
    rows = select_chosen(db, f"{column} as value", latest=True)
    return dict(db.execute(f"select value, count(*) from ({rows}) group by 1 order by 2 desc, 1"))  # noqa: S608


def _sources(db: Database) -> tuple[SourceFacts, ...]:
    rows = select_chosen(db, "a.source as source, substr(a.published_at, 1, 10) as day", latest=True)
    found = db.execute(
        f"""
        select f.source, s.title, coalesce(s.home, ''), f.number, f.first, f.last
        from (select source, count(*) as number, min(day) as first, max(day) as last from ({rows}) group by source) f
        left join sources s on s.id = f.source order by f.source
        """  # noqa: S608 (our own words)
    )
    names = ("name", "title", "home", "articles", "first", "last")
    return tuple(SourceFacts(**dict(zip(names, row, strict=True))) for row in found)


def _pages(db: Database, sources: Sequence[str]) -> dict[tuple[str, str], int]:
    marks = ", ".join("?" * len(sources))
    pages: dict[tuple[str, str], int] = {}
    for state, reason, number in db.execute(
        f"""
        select state, iif(state in ('kept', 'duplicate'), null, reason), count(*) from urls
        where kind = 'page' and source in ({marks}) group by 1, 2 order by 1, 3 desc, 2
        """,  # noqa: S608 (question marks)
        list(sources),
    ):
        key = (state, because(reason) or "")
        pages[key] = pages.get(key, 0) + number
    return pages
