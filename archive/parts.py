"""Some sources of an archive as an archive of their own, to be crawled elsewhere; and what it knows better, taken back.

A part has all that a crawl of its sources asks an archive for: what they have and when it is due, their articles,
templates, hosts and site files, and the captures behind them, whose WARC files are links into the archive's folder.
It has no index and no triggers: nobody searches it. What came in comes back by archive/care/merge.py; a part descends
from the archive, so where that weighs what two strangers say, ``adopt`` then takes the part's word.

Copying takes as long as there are rows of the sources: some ten seconds for a million URLs, and their articles' texts.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Sequence
from contextlib import closing
from pathlib import Path

from archive.care.tombstones import TAKEN_DOWN
from archive.schema import migrate
from archive.sqlite import Database
from archive.warcstore import note_of
from archive.writer import ArchiveWriter

#: Table → which of the archive's rows a part has. ``mine``: the sources' names; ``is_mine``: whether a URL is theirs.
_ROWS = {
    "sources": "id in mine",
    "runs": "status <> 'running'",
    "urls": "source in mine",
    "sightings": "url_id in (select id from main.urls)",
    "articles": "source in mine",
    "revisions": "article_id in (select id from main.articles)",
    "site_files": "is_mine(url)",
    "captures": "id in (select id from held)",
    "warc_files": "id in (select warc_file_id from main.captures)",
    "rights": "capture_id in (select id from main.captures)",
    "bases": "source in mine",
    "hosts": "is_mine('http://' || host || '/')",
    "template_sources": "source in mine",
    "template_lines": "source in mine",
    "template_recent": "source in mine",
    "tombstones": "true",
    "tombstone_keys": "true",
    "erasures": "warc_file_id in (select id from main.warc_files)",
}
#: Captures that something copied points at, and those whose payload these repeat or that they were made from.
_HELD = """
    insert or ignore into held
    with pointed (id) as (
        select capture_id from main.urls union select capture_id from main.articles
        union select capture_id from main.revisions union select capture_id from main.site_files
    )
    select id from pointed where id is not null
    union select payload_id from hub.captures where id in (select id from pointed) and payload_id is not null
    union select made_from from hub.captures where id in (select id from pointed) and made_from is not null
"""
#: What only the part has looked after: all but where and when a URL was first found.
_ADOPTED = (
    "kind", "state", "reason", "detail", "state_at", "due_at", "due_because", "attempts", "etag", "last_modified",
    "body_digest", "is_index", "hints", "last_seen_at", "listed_at", "fetched_at", "yielded_at", "article_id",
)  # fmt: skip


def make_part(folder: Path, part: Path, sources: Sequence[str], is_mine: Callable[[str], bool]) -> None:
    """Make the part, complete or not at all. What stands there already, of an earlier attempt, is left as it is.

    ``is_mine``: whether a URL lies on one of the sources' sites.
    """
    if (part / "archive.db").exists():
        return
    making = part / "making"
    shutil.rmtree(making, ignore_errors=True)
    making.mkdir(parents=True)
    database = making / "archive.db"
    with closing(Database(database)) as db:
        migrate(db, str(database))
        for name in [name for (name,) in db.execute("select name from sqlite_master where type = 'trigger'")]:
            db.execute(f"drop trigger {name}")
        db.execute("attach ? as hub", [str(folder / "archive.db")])
        files = _copy(db, sources, is_mine)
        db.execute("detach hub")
        db.conn.execute("pragma journal_mode = delete")  # one file, to be moved as one
    for path in files:
        link(folder / path, part / path)
    database.replace(part / "archive.db")
    shutil.rmtree(making)


def _copy(db: Database, sources: Sequence[str], is_mine: Callable[[str], bool]) -> list[str]:
    """Copy the rows in one transaction, from the archive as it is at one instant → the WARC files that they name."""
    db.conn.create_function("is_mine", 1, is_mine)
    db.execute("create temp table mine (id text primary key)")
    db.execute("create temp table held (id integer primary key)")
    db.conn.executemany("insert into mine values (?)", [(name,) for name in sources])
    db.conn.commit()
    db.execute("begin")
    for table, condition in _ROWS.items():
        if table == "captures":
            db.execute(_HELD)
        names = ", ".join(name for _, name, *_ in db.execute(f"pragma main.table_info({table})"))
        db.execute(
            f"insert into main.{table} ({names}) select {names} from hub.{table} where {condition}"  # noqa: S608
        )
    files = [path for (path,) in db.execute("select path from main.warc_files")]
    db.conn.commit()
    return files


def link(target: Path, place: Path) -> None:
    """Let a WARC file of the archive be seen in the part; of one that was moved out, the note that says where it is."""
    place.parent.mkdir(parents=True, exist_ok=True)
    for there, here in ((target, place), (note_of(target), note_of(place))):
        if there.exists() and not here.is_symlink():
            here.symlink_to(there.resolve())


def is_link(place: Path, target: Path) -> bool:
    """Whether a WARC file of a part is this one of the archive's own."""
    pairs = ((place, target), (note_of(place), note_of(target)))
    return any(here.is_symlink() and here.resolve() == there.resolve() for here, there in pairs)


def adopt(writer: ArchiveWriter, part: Path, sources: Sequence[str]) -> None:
    """After a part was merged: what it says of its URLs and sources holds, for nobody else has looked at them since.

    What was taken down meanwhile stays so. Commits.
    """
    writer.commit()
    writer.db.commit()
    writer.db.execute("attach ? as part", [str(part / "archive.db")])
    try:
        writer.begin()
        cells = ", ".join(f"{name} = p.{name}" for name in _ADOPTED)
        differs = " or ".join(f"p.{name} is not main.urls.{name}" for name in _ADOPTED)
        writer.db.execute(
            f"update main.urls set {cells} from part.urls p where p.url = main.urls.url"  # noqa: S608 (our own words)
            f" and p.source in (select value from json_each(?)) and main.urls.reason is not '{TAKEN_DOWN}'"
            f" and ({differs})",
            [json.dumps(list(sources))],
        )
        writer.db.execute(
            "update main.sources set steady = p.steady from part.sources p where p.id = main.sources.id"
            " and p.id in (select value from json_each(?))",
            [json.dumps(list(sources))],
        )
        writer.db.commit()
    finally:
        writer.db.rollback()
        writer.db.execute("detach part")
        writer.begin()
