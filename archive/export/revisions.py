"""The chosen, an article each → a row for each text that these articles had: the history of a Query's articles.

The Query finds articles as ever; each then brings along its earlier texts, the oldest first, in its own place in the
order. As of an instant these are the texts that it had had by then.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from archive.export.chosen import CARRIED, add_past, tell_chosen

if TYPE_CHECKING:
    from sqlite_utils import Database


def add_earlier_texts(db: Database) -> None:
    """Put on the list, before each article, the texts that it had before the one that is chosen."""
    tell_chosen(db)
    (before,) = db.execute("select coalesce(max(row), 0) from past").fetchone()
    add_past(
        db,
        "from chosen h cross join articles a on a.seq = h.seq"
        " cross join revisions r on r.article_id = h.id and r.revision < h.revision",
        {},
    )
    db.execute("create index temp.chosen_id on chosen (id)")  # else each earlier text looks through the whole list
    carried = ", ".join(f"h.{name}" for name in CARRIED)
    db.execute(
        f"""
        create temp table texts as
        select h.place as at, h.id, h.past, h.revision, null as valid_until, 1 as latest, {carried} from chosen h
        union all
        select h.place, h.id, p.row, r.revision, r.valid_until, 0, {carried}
        from past p cross join chosen h on h.id = p.id
        cross join revisions r on r.article_id = p.id and r.revision = p.revision
        where p.row > :before
        order by 1, 4
        """,  # noqa: S608 (our own words)
        {"before": before},
    )
    db.execute("drop index temp.chosen_id")
    db.execute("delete from chosen")
    names = f"id, past, revision, valid_until, latest, {', '.join(CARRIED)}"
    db.execute(f"insert into chosen ({names}) select {names} from texts order by rowid")  # noqa: S608
    db.execute("drop table texts")
