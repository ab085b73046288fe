"""The archive as it was at an instant → the chosen: what a Query would have found then, in the texts of then.

Articles whose present text was valid then are found by the archive's own index. Those that have changed since are
put, as they were, into a small archive of their own, and the same Query is asked of that: so
words, filters and dates mean the same there, whatever the index is made of.
"""

from __future__ import annotations

import tempfile
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from archive.export.chosen import add_past, article_columns
from archive.query import Query
from archive.selection import selection
from archive.seq import SLOTS_PER_SECOND, seq_floor
from archive.spacing import spaced_columns
from archive.times import from_iso, iso

if TYPE_CHECKING:
    from sqlite_utils import Database

_SEEN = "('new', 'updated', 'unchanged', 'duplicate')"


def choose_as_of(db: Database, query: Query, instant: datetime) -> None:
    """Put on the list what a Query would have found at an instant, in its order of then."""
    at = iso(instant)
    _keep_earlier_texts(db, at)
    _find(db, replace(query, sort=None, limit=None, one_per_story=False), at)
    way = "desc" if query.sort in ("newest", "relevance") else "asc"
    db.execute(
        f"""
        insert into chosen (id, seq, past, revision, first_seen_at, last_seen_at, gone_at)
        select a.id, a.seq, f.past, coalesce(p.revision, a.revision), a.first_seen_at, a.last_seen_at, a.gone_at
        from found f join articles a on a.id = f.id left join past p on p.row = f.past
        order by substr(f.moment, 1, 19) {way}, f.seq {way}, a.id {way}
        """  # noqa: S608 (our own words)
    )
    db.execute("drop table found")
    if query.one_per_story:
        _keep_one_per_story(db)
    if query.limit is not None:
        db.execute(
            "delete from chosen where place not in (select place from chosen order by place limit ?)", [query.limit]
        )
    _recall_visits(db, at)


def _find(db: Database, query: Query, at: str) -> None:
    """Put what the Query finds into a table: in the present texts that were valid then, and in those of then."""
    db.execute("create temp table found (id text primary key, past integer, moment text, seq integer)")
    now = selection(db, query, default_sort="oldest")
    db.execute(
        "insert into found select id, 0, moment, seq from ("  # noqa: S608 (our own words)
        + now.sql("a.id, coalesce(a.published_at, a.first_seen_at) as moment, a.seq, a.first_seen_at")
        + ") where first_seen_at <= :instant and id not in (select id from past)",
        now.parameters | {"instant": at},
    )
    _find_among_earlier(db, query)


def _keep_one_per_story(db: Database) -> None:
    """Take off the list what is a copy of an article that stands there with a lower ``seq``."""
    db.execute(
        """
        delete from chosen where place in (
            select place from (
                select h.place, row_number() over (partition by coalesce(m.story, h.id) order by h.seq) as number
                from chosen h left join story_members m on m.article_id = h.id)
            where number > 1)
        """
    )


def _keep_earlier_texts(db: Database, at: str) -> None:
    """Fill ``past`` with the articles that had another text then, as they were."""
    add_past(
        db,
        """
        from (select distinct article_id from revisions) x
        cross join articles a on a.id = x.article_id and a.first_seen_at <= :at and a.revised_at > :at
        cross join revisions r on r.article_id = a.id and r.revision = coalesce(
            (select max(revision) from revisions where article_id = a.id and valid_from <= :at),
            (select min(revision) from revisions where article_id = a.id))
        """,
        {"at": at},
    )


def _find_among_earlier(db: Database, query: Query) -> None:
    """Ask the Query of the texts in ``past``."""
    from archive.schema import migrate
    from archive.sqlite import Database as Opened

    if db.execute("select 1 from past limit 1").fetchone() is None:
        return
    with tempfile.TemporaryDirectory(prefix="nightdesk-") as folder:
        path = Path(folder) / "archive.db"
        then = Opened(path)
        try:
            migrate(then, str(path))
            _fill(then, db)
            wanted = selection(then, query, default_sort="oldest")
            found = then.execute(wanted.sql("a.id"), wanted.parameters)
            db.conn.executemany(
                "insert into found select id, row, coalesce(published_at, first_seen_at), seq from past where id = ?",
                found,
            )
        finally:
            then.close()


def _fill(then: Database, db: Database) -> None:
    """Make the archive of the texts in ``past``, through the index that every archive has."""
    then.execute("pragma synchronous = off")
    columns = article_columns(db)
    names = ", ".join(columns)
    rows = db.execute(f"select {names} from past order by coalesce(published_at, first_seen_at), row")  # noqa: S608
    with then.atomic():
        for number, row in enumerate(rows):
            values = dict(zip(columns, row, strict=True))
            moment = from_iso(values["published_at"] or values["first_seen_at"])
            values["spaced"] = spaced_columns(values)
            seq = seq_floor(moment) + number % SLOTS_PER_SECOND
            then.conn.execute(
                f"insert into articles ({names}) values ({', '.join('?' * len(columns))})",  # noqa: S608
                list((values | {"seq": seq}).values()),
            )
        stories = db.execute(
            "select article_id, story, share, nearest from story_members where story in"
            " (select story from story_members where article_id in (select id from past))"
        )
        then.conn.executemany("insert into story_members values (?, ?, ?, ?)", stories)


def _recall_visits(db: Database, at: str) -> None:
    """Of what was visited since: when it had been seen last at that time, and if it was gone, by the ledger."""
    db.execute("update chosen set gone_at = null where last_seen_at <= :at and gone_at > :at", {"at": at})
    db.execute(
        f"""
        update chosen set last_seen_at = max(first_seen_at, coalesce(
            (select max(coalesce(c.fetched_at, e.at)) from urls u
             join url_events e on e.url_id = u.id left join captures c on c.id = e.capture_id
             where u.article_id = chosen.id and e.event in {_SEEN} and coalesce(c.fetched_at, e.at) <= :at),
            first_seen_at)), gone_at = null, visited = 1
        where last_seen_at > :at
        """,  # noqa: S608 (our own words)
        {"at": at},
    )
    db.execute(
        """
        update chosen set gone_at = (
            select min(e.at) from urls u join url_events e on e.url_id = u.id
            where u.article_id = chosen.id and e.event = 'gone' and e.at > chosen.last_seen_at and e.at <= :at)
        where visited
        """,
        {"at": at},
    )
