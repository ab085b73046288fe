"""Tombstones of the attached database ``part`` into ours; what any of them stands for is gone after it."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from archive.care.takedown import take_out
from archive.care.tombstones import TAKEN_DOWN, tombstone_number
from archive.care.trace import Target, find
from archive.times import from_iso

if TYPE_CHECKING:
    from archive.writer import ArchiveWriter

_NAMES = "scope, name, article_id, canonical_url, source, reason, who, at, digests"


def take_tombstones(writer: ArchiveWriter) -> int:
    """Unite the tombstones and what is to be overwritten → how many are new: those in ``temp.map_stone``."""
    db = writer.db
    before = db.execute("select coalesce(max(id), 0) from main.tombstones").fetchone()[0]
    db.execute(
        f"insert into main.tombstones ({_NAMES}, scrubbed) select {_NAMES}, 1 from part.tombstones where true"  # noqa: S608
        " on conflict (scope, name, at) do update set article_id = coalesce(article_id, excluded.article_id),"
        " canonical_url = coalesce(canonical_url, excluded.canonical_url), source = coalesce(source, excluded.source),"
        " reason = max(reason, excluded.reason), digests = max(digests, excluded.digests)"
    )
    db.execute("create temp table map_stone (theirs integer primary key, ours integer not null)")
    db.execute(
        "insert into map_stone select p.id, m.id from part.tombstones p join main.tombstones m using (scope, name, at)"
    )
    db.execute(
        "insert or ignore into main.tombstone_keys (key, tombstone_id)"
        " select key, ours from part.tombstone_keys join map_stone on theirs = tombstone_id"
    )
    db.execute(
        "insert or ignore into main.erasures (warc_file_id, offset, length, tombstone_id, record_id, url, digest)"
        " select f.ours, offset, length, s.ours, record_id, url, digest from part.erasures p"
        " join map_file f on f.theirs = p.warc_file_id join map_stone s on s.theirs = p.tombstone_id"
    )
    db.execute("delete from map_stone where ours <= ?", [before])
    return int(db.execute("select count(*) from map_stone").fetchone()[0])


def apply_tombstones(writer: ArchiveWriter) -> int:
    """Take out what came in, or was there, though a tombstone of either side stands for it → how many articles."""
    db, removed = writer.db, 0
    for number, urls in sorted(_concerned(writer).items()):
        scope, name, at = db.execute("select scope, name, at from tombstones where id = ?", [number]).fetchone()
        keys = [key for (key,) in db.execute("select key from tombstone_keys where tombstone_id = ?", [number])]
        found = find(db, writer.folder, Target(scope=scope, name=name, keys=tuple(keys)), also=urls)
        take_out(writer, found, number, from_iso(at))
        if found.articles:
            db.execute("update tombstones set scrubbed = 0 where id = ?", [number])
        removed += len(found.articles)
    return removed


def _concerned(writer: ArchiveWriter) -> dict[int, set[int]]:
    """Tombstones that are new to ours, and those that stand for something that came in, with ids of its URLs."""
    db = writer.db
    found: defaultdict[int, set[int]] = defaultdict(set)
    if not db.execute("select exists (select 1 from tombstones)").fetchone()[0]:
        return found
    for (number,) in db.execute("select ours from map_stone").fetchall():
        found[number] = set()
    open_urls = "select ours, url from part.urls join map_url on theirs = id where reason is not ?"
    for url_id, url in db.execute(open_urls, [TAKEN_DOWN]).fetchall():
        if number := tombstone_number(db, url):
            found[number].add(url_id)
    articles = "select id, url, canonical_url from part.articles"
    for id_, *urls in db.execute(articles).fetchall():
        known = db.execute("select tombstone_id from tombstone_keys where key = ?", [f"id:{id_}"]).fetchone()
        if number := known[0] if known else tombstone_number(db, *urls):
            found[number].update(())
    return found
