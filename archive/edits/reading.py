"""Revisions in, what changed between two of them out; a Query and kinds in, the edits of the archive out."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from archive.edits.diff import Op, Piece, diff_lines, diff_texts
from archive.edits.kinds import Kind, Stated, kinds_of
from archive.query import Query
from archive.record import Revision
from archive.selection import selection
from archive.times import from_iso, from_iso_or_none, iso

if TYPE_CHECKING:
    from sqlite_utils import Database


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """What changed from one revision of an article to a later one."""

    article_id: str
    before: Revision
    after: Revision
    #: The time of change that the page stated, with each text; None: it stated none.
    modified_before: datetime | None
    modified_after: datetime | None
    kinds: tuple[Kind, ...]
    #: The headline.
    title: Piece
    #: The text, every sentence of both revisions in order.
    pieces: tuple[Piece, ...]

    @property
    def shows(self) -> bool:
        """Whether anything differs that a reader sees."""
        return any(piece.op is not Op.SAME for piece in (self.title, *self.pieces))

    @property
    def words_added(self) -> int:
        """Words that the text has now and had not."""
        return _words(self.pieces, Op.ADDED)

    @property
    def words_removed(self) -> int:
        """Words that the text had and has no more."""
        return _words(self.pieces, Op.REMOVED)


@dataclass(frozen=True, slots=True, kw_only=True)
class Edit:
    """A change of an article, as it is found again."""

    article_id: str
    #: The revision that it made.
    revision: int
    #: Since when the site was seen to show it.
    at: datetime
    source: str
    title: str
    url: str | None
    published_at: datetime | None
    kinds: tuple[Kind, ...]
    words_added: int
    words_removed: int


def change_between(before: Revision, after: Revision) -> Change:
    """Compare two revisions of an article."""
    title, pieces = diff_lines(before.title, after.title), diff_texts(before.body, after.body)
    stated = _stated(before), _stated(after)
    return Change(
        article_id=after.article_id,
        before=before,
        after=after,
        modified_before=stated[0].modified_at,
        modified_after=stated[1].modified_at,
        kinds=kinds_of(title, pieces, *stated),
        title=title,
        pieces=pieces,
    )


def changes_among(revisions: Sequence[Revision]) -> list[Change]:
    """What each revision changed of the one before it."""
    return [change_between(before, after) for before, after in pairwise(revisions)]


def edits_of(
    db: Database,
    query: Query,
    kinds: Sequence[Kind] = (),
    *,
    since: datetime | None = None,
    until: datetime | None = None,
) -> Iterator[Edit]:
    """Edits of a query's articles that are of all of the kinds, seen within these times, the newest first."""
    chosen = selection(db, query)
    parameters: dict[str, Any] = dict(chosen.parameters)
    wanted = [f"e.kinds like :kind{n}" for n in range(len(kinds))]
    parameters |= {f"kind{n}": f'%"{kind}"%' for n, kind in enumerate(kinds)}
    for name, moment, sign in (("seen_from", since, ">="), ("seen_to", until, "<=")):
        if moment is not None:
            wanted.append(f"e.at {sign} :{name}")
            parameters[name] = iso(moment)
    if query != Query():
        wanted.append(f"e.article_id in ({chosen.sql('a.id')})")
    rows = db.query(
        f"""
        select e.*, x.source, x.title, x.url, x.published_at from edits e join articles x on x.id = e.article_id
        where {" and ".join(wanted) or "true"} order by e.at desc, e.article_id, e.revision desc
        """,  # noqa: S608 (our own words)
        parameters,
    )
    return map(_edit, rows)


def edits_due(db: Database) -> int:
    """How many articles have revisions that were not looked at yet."""
    return int(db.execute("select count(*) from edits_due").fetchone()[0])


def _edit(row: Mapping[str, Any]) -> Edit:
    return Edit(
        article_id=row["article_id"],
        revision=row["revision"],
        at=from_iso(row["at"]),
        source=row["source"],
        title=row["title"],
        url=row["url"],
        published_at=from_iso_or_none(row["published_at"]),
        kinds=tuple(map(Kind, json.loads(row["kinds"]))),
        words_added=row["words_added"],
        words_removed=row["words_removed"],
    )


def _stated(revision: Revision) -> Stated:
    record = revision.record
    return Stated(
        modified_at=from_iso_or_none(record.get("modified_at")),
        corrections=record.get("corrections") or [],
        live=bool(record.get("entries")) or record.get("type") == "LiveBlogPosting",
    )


def _words(pieces: Sequence[Piece], op: Op) -> int:
    """Words of whole sentences, and within changed ones, of one sort."""
    number = 0
    for piece in pieces:
        if piece.op is op:
            number += len((piece.after or piece.before or "").split())
        number += sum(len(words.text.split()) for words in piece.words if words.op is op)
    return number
