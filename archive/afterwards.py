"""An open writer in; what is derived from the articles brought up to date: stories, edits, the bitmap index.

It is done after a crawl, an import and a backfill, not page by page: in one go the index of shingles is written in
fewer and fuller pages, and no download waits for it. What is due stands in the database, so that it does not matter
when a process ends: the next goes on.
"""

from __future__ import annotations

from archive.bitmaps import renew
from archive.edits.catchup import note_edits
from archive.stories.grouping import Stories
from archive.writer import ArchiveWriter

#: Articles taken up after one crawl: a few minutes. An old archive is brought up over some nights, or by hand.
MOST_AT_ONCE = 50_000


def catch_up(writer: ArchiveWriter, *, most: int | None = None) -> int:
    """Take up what is new, changed or gone → how many articles, ``most`` of each sort at most. Commits in between."""
    number = note_edits(writer.db, writer.commit, most=most)
    number += Stories(writer.db).catch_up(writer.commit, most=most)
    renew(writer.db.conn, writer.commit)
    return number
