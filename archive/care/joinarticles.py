"""Articles of the attached database ``part`` into ours: new ones as they are, shared ones with both their histories."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from archive.care.timelines import Side, Text, join, same, text_of
from archive.care.tombstones import tombstone_number
from archive.seq import next_seq, of_second
from archive.times import from_iso

if TYPE_CHECKING:
    from sqlite_utils import Database

    from archive.writer import ArchiveWriter

_EARLIER = "select group_concat(valid_from || content_hash) from {}.revisions where article_id = p.id"


def take_articles(writer: ArchiveWriter) -> tuple[int, int]:
    """→ how many articles are new, and how many shared ones have changed by it."""
    db = writer.db
    columns = [row[1] for row in db.execute("pragma main.table_info(articles)")]
    told = [name for name in columns if name not in ("seq", "url_id", "capture_id")]
    differs = " or ".join(f"m.{name} is not p.{name}" for name in told)
    new = db.execute(
        "select id, url, canonical_url from part.articles p"
        " where not exists (select 1 from main.articles where id = p.id) order by first_seen_at, id"
    ).fetchall()
    wanted = [id_ for id_, *urls in new if not _taken_down(db, id_, urls)]
    shared = db.execute(
        f"select p.id from part.articles p join main.articles m using (id) where {differs}"  # noqa: S608 (our words)
        f" or ({_EARLIER.format('main')}) is not ({_EARLIER.format('part')})"
    ).fetchall()
    for id_ in wanted:
        _enter(writer, id_)
    changed = sum(_join(writer, id_) for (id_,) in shared)
    return len(wanted), changed


def _taken_down(db: Database, id_: str, urls: list[str | None]) -> bool:
    key = db.execute("select 1 from tombstone_keys where key = ?", [f"id:{id_}"]).fetchone()
    return key is not None or tombstone_number(db, *urls) is not None


def _enter(writer: ArchiveWriter, id_: str) -> None:
    side = _side(writer.db, "part", id_)
    row = dict(side.row)
    row["seq"] = _seq(writer, row)
    names = ", ".join(row)
    writer.db.execute(
        f"insert into main.articles ({names}) values ({', '.join(':' + name for name in row)})",  # noqa: S608
        row,
    )
    _write_earlier(writer.db, id_, side.earlier)


def _seq(writer: ArchiveWriter, row: Mapping[str, Any]) -> int:
    return next_seq(writer.db, from_iso(row["published_at"] or row["first_seen_at"]))


def _join(writer: ArchiveWriter, id_: str) -> bool:
    ours, theirs = _side(writer.db, "main", id_), _side(writer.db, "part", id_)
    joined = join(ours, theirs)
    row = dict(joined.row)
    before = [*ours.earlier, text_of(ours.row)]
    told = {name: value for name, value in row.items() if name not in ("seq", "url_id", "capture_id")}
    if same(before, [*joined.earlier, text_of(row)]) and all(ours.row[name] == told[name] for name in told):
        return False
    row["seq"] = ours.row["seq"]
    published = row["published_at"] and from_iso(row["published_at"])
    if published and not of_second(row["seq"], published):
        row["seq"] = _seq(writer, row)
    row = {name: value for name, value in row.items() if name != "id"}
    sets = ", ".join(f"{name} = :{name}" for name in row)
    writer.db.execute(f"update main.articles set {sets} where id = :id", row | {"id": id_})  # noqa: S608 (our words)
    if not same(ours.earlier, joined.earlier) or ours.row["revised_at"] != row["revised_at"]:
        writer.db.execute("delete from main.revisions where article_id = ?", [id_])
        _write_earlier(writer.db, id_, joined.earlier)
    return True


def _write_earlier(db: Database, id_: str, texts: tuple[Text, ...]) -> None:
    """The earlier revisions, each until the next: the last of them until the article's present text."""
    if not texts:
        return
    (present,) = db.execute("select revised_at from main.articles where id = ?", [id_]).fetchone()
    until = [*(text.since for text in texts[1:]), present]
    db.conn.executemany(
        "insert into main.revisions (article_id, revision, valid_from, valid_until, title, body, content_hash,"
        " capture_id, record) values (?, ?, ?, ?, ?, ?, ?, ?, ?)",
        [
            (id_, n, text.since, end, text.title, text.body, text.content_hash, text.capture_id, text.record)
            for n, (text, end) in enumerate(zip(texts, until, strict=True), 1)
        ],
    )


def _side(db: Database, schema: str, id_: str) -> Side:
    """An article of ours, or one of theirs with our numbers of its URL and captures."""
    row = dict(next(iter(db.query(f"select * from {schema}.articles where id = ?", [id_]))))  # noqa: S608 (our words)
    revisions = list(
        db.query(f"select * from {schema}.revisions where article_id = ? order by revision", [id_])  # noqa: S608
    )
    if schema == "part":
        row["url_id"] = _mapped(db, "map_url", row["url_id"])
        for each in (row, *revisions):
            each["capture_id"] = _mapped(db, "map_capture", each["capture_id"])
    return Side(
        row=row,
        earlier=tuple(
            Text(
                since=each["valid_from"],
                content_hash=each["content_hash"],
                title=each["title"],
                body=each["body"],
                capture_id=each["capture_id"],
                record=each["record"],
            )
            for each in revisions
        ),
    )


def _mapped(db: Database, table: str, id_: int | None) -> int | None:
    if id_ is None:
        return None
    found = db.execute(f"select ours from temp.{table} where theirs = ?", [id_]).fetchone()  # noqa: S608 (our words)
    return None if found is None else int(found[0])
