"""An article's id in; every text that it had out, oldest first, the last the present one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from archive.record import (
    CAPTURE,
    COLUMNS,
    JOINED_CAPTURE,
    PLACED,
    Revision,
    capture_from_row,
    revision_from_row,
    unpacked,
)
from archive.row import KEPT_WITH_REVISION
from archive.times import from_iso

if TYPE_CHECKING:
    from sqlite_utils import Database

_EARLIER = f"""
    select r.*, {CAPTURE} from revisions r left join captures c on c.id = r.capture_id {PLACED}
    where r.article_id = ? order by r.revision
"""  # noqa: S608 (our own words)


def revisions_from(db: Database, article_id: str) -> list[Revision]:
    """The revisions of an article; of one that there is not, none."""
    present = f"select {COLUMNS} from articles a {JOINED_CAPTURE} where a.id = ?"  # noqa: S608 (our own words)
    return [
        *map(revision_from_row, db.query(_EARLIER, [article_id])),
        *(
            Revision(
                article_id=article_id,
                number=row["revision"],
                valid_from=from_iso(row["revised_at"]),
                valid_until=None,
                title=row["title"],
                body=row["body"],
                content_hash=row["content_hash"],
                capture=capture_from_row(row),
                record={name: unpacked(name, row[name]) for name in KEPT_WITH_REVISION},
            )
            for row in db.query(present, [article_id])
        ),
    ]
