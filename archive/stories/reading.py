"""An article's id, or a Query, in; stories with all their copies out, the earliest copy first."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from archive.query import Query
from archive.selection import selection
from archive.stories.credit import Credit, credit_from
from archive.times import from_iso, from_iso_or_none
from archive.types import Precision

if TYPE_CHECKING:
    from sqlite_utils import Database


@dataclass(frozen=True, slots=True, kw_only=True)
class Copy:
    """One of the articles of a story."""

    id: str
    source: str
    title: str
    url: str | None
    published_at: datetime | None
    published_precision: Precision | None
    first_seen_at: datetime
    word_count: int
    #: Part of the shorter of two texts that it has in common with ``nearest``, 0 to 1.
    share: float
    #: Id of the copy by which it was found to be of this story; None: it was stored first.
    nearest: str | None
    #: The agency that it names as its own source, and where it does so; None: it names none.
    credit: Credit | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """Articles that are copies of one another, or hold one another; two at least."""

    #: Id of the copy that was stored first: not always the earliest.
    id: str
    #: In the order of their times: published, else first seen.
    copies: tuple[Copy, ...]

    @property
    def earliest(self) -> Copy:
        """The copy that was published first, as far as the papers say; else first seen."""
        return self.copies[0]

    @property
    def sources(self) -> tuple[str, ...]:
        """Who has it, in the order in which they had it."""
        return tuple(dict.fromkeys(copy.source for copy in self.copies))

    @property
    def credit(self) -> Credit | None:
        """The agency that most copies name; of several, the one that the earlier copy names."""
        named = [copy.credit for copy in self.copies if copy.credit]
        agencies = [credit.agency for credit in named]
        return max(named, key=lambda credit: agencies.count(credit.agency), default=None)


def story_of(db: Database, id_: str) -> Story | None:
    """The story that an article is of; None: it is alone, or was not taken up yet."""
    found = db.execute("select story from story_members where article_id = ?", [id_]).fetchone()
    return _story(db, found[0]) if found else None


def stories_of(db: Database, query: Query, *, least: int = 2) -> Iterator[Story]:
    """The stories that a query's articles are of, those with at least so many copies; the newest article's first.

    ``query.sort`` and ``query.limit`` are about the articles.
    """
    chosen = selection(db, query)
    told: set[str] = set()
    found = db.execute(
        f"select m.story from ({chosen.sql('a.id as id')}) join story_members m on m.article_id = id",  # noqa: S608
        chosen.parameters,
    )
    for (name,) in found:
        if name not in told:
            told.add(name)
            story = _story(db, name)
            if len(story.copies) >= least:
                yield story


def stories_due(db: Database) -> int:
    """How many articles wait to be taken up."""
    return int(db.execute("select count(*) from story_due").fetchone()[0])


def _story(db: Database, name: str) -> Story:
    rows = db.query(
        """
        select a.id, a.source, title, url, published_at, published_precision, first_seen_at, word_count, share, nearest,
               agency, agency_origin, agency_evidence
        from story_members m join articles a on a.id = m.article_id left join story_texts t on t.article_id = a.id
        where m.story = ? order by a.seq
        """,
        [name],
    )
    return Story(id=name, copies=tuple(map(_copy, rows)))


def _copy(row: Mapping[str, Any]) -> Copy:
    return Copy(
        id=row["id"],
        source=row["source"],
        title=row["title"],
        url=row["url"],
        published_at=from_iso_or_none(row["published_at"]),
        published_precision=row["published_precision"] and Precision(row["published_precision"]),
        first_seen_at=from_iso(row["first_seen_at"]),
        word_count=row["word_count"],
        share=row["share"],
        nearest=row["nearest"],
        credit=credit_from(row["agency"], row["agency_origin"], row["agency_evidence"]),
    )
