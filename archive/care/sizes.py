"""An archive in; out, what it takes on the disk: by half, by table, by source, and what each night added."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from archive.care.compact import database_bytes
from archive.times import from_iso

if TYPE_CHECKING:
    from sqlite_utils import Database

#: Nights told of, the last ones.
_NIGHTS = 30


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceSize:
    """What a source takes."""

    name: str
    articles: int
    #: Of its captures in the WARC files, packed.
    warc_bytes: int
    #: Of its headlines and texts, earlier ones included, as UTF-8.
    text_bytes: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Night:
    """What a run added."""

    run: int
    at: datetime
    captures: int
    warc_bytes: int
    #: Articles that it was the first to keep.
    articles: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Sizes:
    """What an archive takes. Sizes are bytes."""

    warc_bytes: int
    database_bytes: int
    #: Of the database, unused: `nightdesk compact` gives it back.
    free_bytes: int
    #: Table → bytes with its indexes, the largest first; empty where this SQLite cannot tell. The parts of the
    #: full-text index are one.
    tables: Mapping[str, int]
    sources: tuple[SourceSize, ...]
    nights: tuple[Night, ...]


def sizes_of(db: Database, folder: Path) -> Sizes:
    """Measure it. Reads every page of the database: seconds for a gigabyte."""
    (warc,) = db.execute("select coalesce(sum(size), 0) from warc_files").fetchone()
    (free,) = db.execute("select freelist_count * page_size from pragma_freelist_count, pragma_page_size").fetchone()
    return Sizes(
        warc_bytes=warc,
        database_bytes=database_bytes(folder),
        free_bytes=free,
        tables=_tables(db),
        sources=_sources(db),
        nights=_nights(db),
    )


def _tables(db: Database) -> dict[str, int]:
    sql = """
        select iif(d.name like 'articles_fts%', 'articles_fts', coalesce(t.tbl_name, d.name)), sum(d.pgsize)
        from (select name, sum(pgsize) as pgsize from dbstat group by name) d
        left join sqlite_master t on t.name = d.name group by 1 order by 2 desc
    """
    try:
        return dict(db.execute(sql).fetchall())
    except sqlite3.OperationalError:  # SQLite was built without dbstat
        return {}


def _sources(db: Database) -> tuple[SourceSize, ...]:
    rows = db.execute(
        """
        select s.id, (select count(*) from articles where source = s.id),
               (select coalesce(sum(length), 0) from captures where source = s.id),
               (select coalesce(sum(length(cast(title as blob)) + length(cast(body as blob))), 0)
                from articles where source = s.id)
               + (select coalesce(sum(length(cast(r.title as blob)) + length(cast(r.body as blob))), 0)
                  from revisions r join articles a on a.id = r.article_id where a.source = s.id)
        from sources s order by 3 desc, 1
        """
    )
    return tuple(
        SourceSize(name=name, articles=articles, warc_bytes=warc, text_bytes=text)
        for name, articles, warc, text in rows
    )


def _nights(db: Database) -> tuple[Night, ...]:
    rows = db.execute(
        """
        select r.id, r.started_at, (select count(*) from captures where run_id = r.id),
               (select coalesce(sum(length), 0) from captures where run_id = r.id),
               (select count(*) from run_urls where run_id = r.id and outcome = 'new')
        from runs r order by r.id desc limit ?
        """,
        [_NIGHTS],
    ).fetchall()
    return tuple(
        Night(run=run, at=from_iso(at), captures=captures, warc_bytes=size, articles=articles)
        for run, at, captures, size, articles in reversed(rows)
    )
