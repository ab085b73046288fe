"""Damage in, the same mended as far as tables or WARC allow out: nothing goes that could be the last copy."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from archive.afterwards import catch_up
from archive.care.damage import Damage
from archive.facts import facts_of, values_of_all
from archive.times import iso, utc_now

if TYPE_CHECKING:
    from archive.writer import ArchiveWriter


def repair(writer: ArchiveWriter, found: Iterable[Damage]) -> Iterator[Damage]:
    """Mend what can be, each way once → the same damage, each with whether it was mended. Commits.

    - An index, the full-text index and the facts are made anew from the articles.
    - Files and records that no row knows of are taken in, as the start after a crash does.
    - A capture whose record is lost is flagged, and its page is asked for again, if it is one of a newspaper's.
    - Stories and edits are derived again.
    """
    damages = list(found)
    ways = {damage.mend for damage in damages if damage.mend and not damage.mend.startswith("flag ")}
    for way in ("reindex", "facts", "index", "adopt", "stories", "edits"):
        if way in ways:
            _WAYS[way](writer)
    for damage in damages:
        if damage.mend and damage.mend.startswith("flag "):
            _flag(writer, int(damage.mend.removeprefix("flag ")))
    writer.commit()
    if ways & {"stories", "edits", "adopt"}:
        catch_up(writer)
        writer.commit()
    for damage in damages:
        flagged = damage.mend is not None and damage.mend.startswith("flag ")
        yield replace(damage, mended=damage.mend is not None and not flagged)


def _reindex(writer: ArchiveWriter) -> None:
    writer.db.execute("reindex")


def _facts(writer: ArchiveWriter) -> None:
    """Facts and, since it has their words, the index."""
    db = writer.db
    db.execute("delete from facts")
    db.execute(f"insert into facet_values (field, value) {values_of_all('true')} on conflict do nothing")
    db.execute(facts_of("from articles new").rstrip(";"))
    _index(writer)


def _index(writer: ArchiveWriter) -> None:
    writer.db.execute("insert into articles_fts (articles_fts) values ('rebuild')")


def _stories(writer: ArchiveWriter) -> None:
    db = writer.db
    for table in ("story_members", "story_prints", "story_texts", "story_due"):
        db.execute(f"delete from {table}")  # noqa: S608 (our own words)
    db.execute("insert into story_due (article_id) select id from articles order by seq")


def _edits(writer: ArchiveWriter) -> None:
    writer.db.execute(
        "insert or ignore into edits_due (article_id) select id from articles where revision > 1 order by seq"
    )


def _adopt(writer: ArchiveWriter) -> None:
    """Take in files without rows, and records without rows in files that have one."""
    db, folder = writer.db, writer.folder
    known = {path for (path,) in db.execute("select path from warc_files")}
    for path in sorted((folder / "warc").rglob("*.warc.gz")):
        name = path.relative_to(folder).as_posix()
        if name not in known:
            db.execute("insert into warc_files (path, started_at) values (?, ?)", [name, iso(utc_now())])
    for id_, name in db.execute("select id, path from warc_files order by id").fetchall():
        if (folder / name).exists():
            adopt_file(writer, id_, folder / name)


def adopt_file(writer: ArchiveWriter, file_id: int, path: Path) -> int:
    """Give every whole record of a file that should have a row one → how many. The file is complete after it."""
    from archive.care.checkwarc import offsets_of

    number = 0
    run = writer.db.execute("select max(id) from runs").fetchone()[0]
    known = {row[0] for row in writer.db.execute("select offset from captures where warc_file_id = ?", [file_id])}
    size = 0
    for offset, member in offsets_of(path, sorted(known)):
        size = max(size, offset + len(member))
        if run is not None and offset not in known:
            number += writer.adopt(file_id, offset, member, run=run) is not None
    writer.db.execute("update warc_files set size = max(size, ?), closed = 1 where id = ?", [size, file_id])
    return number


def _flag(writer: ArchiveWriter, capture_id: int) -> None:
    now = iso(utc_now())
    db = writer.db
    db.execute("update captures set damaged_at = coalesce(damaged_at, ?) where id = ?", [now, capture_id])
    db.execute(  # without validators, or the site would say that nothing has changed
        "update urls set due_at = ?, due_because = 'its raw page is damaged', etag = null, last_modified = null,"
        " body_digest = null where capture_id = ? and kind = 'page' and state in ('kept', 'rejected', 'captured')"
        " and due_at is not null",
        [now, capture_id],
    )
    db.execute(
        "update urls set state = 'found', reason = 'damaged-capture', due_at = ? where capture_id = ?"
        " and state = 'captured'",
        [now, capture_id],
    )


_WAYS = {
    "reindex": _reindex,
    "facts": _facts,
    "index": _index,
    "adopt": _adopt,
    "stories": _stories,
    "edits": _edits,
}
