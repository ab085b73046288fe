"""Runs of one archive in, the same in another out: known again by what they were given, numbered by when they began."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sqlite_utils import Database

#: What a run is known again by in any archive; those of the first nightdesks have no uid.
_KEY = (
    "coalesce(uid, kind || ' ' || started_at || ' ' || arguments) || ' '"
    " || row_number() over (partition by coalesce(uid, kind || ' ' || started_at || ' ' || arguments) order by id)"
)
#: Of two states of one run the one that knows more.
_STATUS = "instr('running crashed interrupted finished', {})"
#: Where runs are pointed at.
_POINTERS = (
    ("run_urls", "run_id"),
    ("url_events", "run_id"),
    ("captures", "run_id"),
    ("sightings", "first_run"),
    ("sightings", "last_run"),
    ("nights", "run_id"),
    ("source_nights", "run_id"),
)


def take_runs(db: Database, into: int | None) -> int:
    """Fill ``temp.map_run`` for the runs of the attached ``part``, whose new ones get rows → how many those are.

    ``into``: those that ours does not know are parts of this run of ours.
    """
    db.execute("create temp table map_run (theirs integer primary key, ours integer not null)")
    db.execute(
        f"insert into map_run select p.id, m.id from (select id, {_KEY} as key from part.runs) p"  # noqa: S608
        f" join (select id, {_KEY} as key from main.runs) m using (key)"
    )
    if into is not None:
        db.execute("insert or ignore into map_run select id, ? from part.runs", [into])
        return 0
    better = f"{_STATUS.format('p.status')} > {_STATUS.format('main.runs.status')}"
    db.execute(
        "update main.runs set status = p.status, finished_at = coalesce(p.finished_at, main.runs.finished_at)"  # noqa: S608
        f" from part.runs p join map_run on theirs = p.id where ours = main.runs.id and {better}"
        " and p.status <> 'running'"
    )
    new = db.execute("select id from part.runs where id not in (select theirs from map_run) order by started_at, id")
    added = [id_ for (id_,) in new.fetchall()]
    for id_ in added:
        cursor = db.execute(
            "insert into main.runs (uid, kind, started_at, finished_at, status, software, arguments, recovered)"
            " select uid, kind, started_at, finished_at, iif(status = 'running', 'crashed', status),"
            " software, arguments, recovered from part.runs where id = ?",
            [id_],
        )
        db.execute("insert into map_run values (?, ?)", [id_, cursor.lastrowid])
    return len(added)


def number_anew(db: Database) -> dict[int, int]:
    """Number the runs in the order in which they began, wherever they are pointed at → old to new, of those that moved.

    The last run is the one with the highest number, to every command.
    """
    order = [id_ for (id_,) in db.execute("select id from main.runs order by started_at, coalesce(uid, arguments), id")]
    moved = {old: new for old, new in zip(order, sorted(order), strict=True) if old != new}
    if not moved:
        return moved
    db.execute("pragma defer_foreign_keys = on")
    db.execute("create temp table moved (old integer primary key, new integer not null)")
    db.conn.executemany("insert into moved values (?, ?)", list(moved.items()))
    for table, column in (("runs", "id"), *_POINTERS):
        db.execute(
            f"update main.{table} set {column} = -(select new from moved where old = {column})"  # noqa: S608
            f" where {column} in (select old from moved)"
        )
        db.execute(f"update main.{table} set {column} = -{column} where {column} < 0")  # noqa: S608 (our own words)
    db.execute("drop table moved")
    return moved
