"""Revisions that came in, in; a row for what each changed, out: edits are found by kind without comparing texts.

Articles whose revisions are new or numbered anew stand in ``edits_due``; triggers see to that.
"""

from __future__ import annotations

from collections.abc import Callable

from archive.edits.reading import changes_among
from archive.revisions import revisions_from
from archive.row import as_json
from archive.sqlite import Database
from archive.times import iso

#: Articles between two commits.
_BATCH = 100


def note_edits(db: Database, commit: Callable[[], None], *, most: int | None = None) -> int:
    """Compare the revisions of articles that are due, committing now and then → how many articles, ``most`` at most."""
    done = 0
    while True:
        size = _BATCH if most is None else min(_BATCH, most - done)
        due = db.execute("select article_id from edits_due order by rowid limit ?", [size]).fetchall()
        if not due:
            return done
        for (id_,) in due:
            _note(db, id_)
        done += len(due)
        commit()


def _note(db: Database, id_: str) -> None:
    db.execute("delete from edits where article_id = ?", [id_])
    rows = [
        (
            id_,
            change.after.number,
            iso(change.after.valid_from),
            as_json(change.kinds),
            change.words_added,
            change.words_removed,
        )
        for change in changes_among(revisions_from(db, id_))
        if change.shows  # two texts that differed by what cleaning now leaves out of both are no edit of the site's
    ]
    db.conn.executemany("insert into edits values (?, ?, ?, ?, ?, ?)", rows)
    db.execute("delete from edits_due where article_id = ?", [id_])
