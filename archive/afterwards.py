"""An open writer in; what is derived from the articles brought up to date: stories.

It is done after a crawl, an import and a backfill, not page by page: in one go the index of shingles is written in
fewer and fuller pages, and no download waits for it. What is due stands in the database, so that it does not matter
when a process ends: the next goes on.
"""

from __future__ import annotations

from archive.stories.grouping import Stories
from archive.writer import ArchiveWriter

#: Articles taken up after one crawl: a few minutes. An old archive is brought up over some nights, or by hand.
MOST_AT_ONCE = 50_000


def catch_up(writer: ArchiveWriter, *, most: int | None = None) -> int:
    """Take up articles that are new, changed or gone → how many, ``most`` at most. Commits now and then."""
    return Stories(writer.db).catch_up(writer.commit, most=most)
