"""What was found of a page in, the archive without it out: rows, words, traces, files and the bytes in the WARC.

One transaction removes the rows, sets the tombstones and notes which records are to be overwritten. What then touches
files (``finish``) follows from those notes alone and may be repeated: it is taken up again by whoever writes to the
archive next, if a kill cuts it off.
"""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from archive.captures import iter_members
from archive.care.erase import overwrite_pending, scrub
from archive.care.heads import head_of
from archive.care.tombstones import TAKEN_DOWN, add_key, key_of_url
from archive.care.trace import Found, find, target_of
from archive.errors import ArchiveError
from archive.export.log import Noted, exports_with
from archive.fingerprint import line_fingerprint
from archive.row import as_json
from archive.stories.grouping import Stories
from archive.times import iso
from archive.warcstore import bring_back

if TYPE_CHECKING:
    from sqlite_utils import Database

    from archive.writer import ArchiveWriter


@dataclass(frozen=True, slots=True, kw_only=True)
class Takedown:
    """What was removed, or would be."""

    scope: str
    name: str
    #: Ids and headlines of the articles. The headlines are told once, and not kept.
    articles: tuple[tuple[str, str], ...]
    revisions: int
    urls: int
    #: Captures whose records were overwritten, those of lists that quote it, and of these none unless it was wished.
    captures: int
    lists: int
    lists_too: bool
    #: Reports that were deleted.
    files: tuple[str, ...]
    #: Past exports that held one of the articles.
    exports: tuple[Noted, ...]
    #: Why not all of these are known, in words: a list of an export that cannot be read.
    unread: tuple[str, ...]
    #: Copies of the database from before a migration, in the archive's folder: they are left as they are.
    copies: tuple[str, ...]
    #: False: somebody reads the database, so that its journal could not be emptied; the next write tries again.
    scrubbed: bool


def take_down(
    writer: ArchiveWriter, name: str, *, reason: str, who: str, now: datetime, lists_too: bool = False
) -> Takedown:
    """Remove a page, named by its URL or id, or all of a domain. Of a dry run, what would be removed.

    What the archive never met is refused from now on all the same. Raises NotFound for a name that is neither URL,
    id nor domain.
    """
    target = target_of(writer.db, name)
    found = find(writer.db, writer.folder, target)
    titles = [(id_, title) for id_ in found.articles for (title,) in _titles(writer.db, id_)]
    held, unread = _exports(writer.folder, found.articles)
    scrubbed = True
    if not writer.dry_run:
        writer.commit()
        writer.db.commit()
        writer.db.execute("pragma secure_delete = on")
        writer.begin()
        remove(writer, found, reason=reason, who=who, now=now, lists_too=lists_too)
        scrubbed = finish(writer)
    return Takedown(
        scope=target.scope,
        name=target.name,
        articles=tuple(titles),
        revisions=found.revisions,
        urls=len(found.urls),
        captures=len(found.captures),
        lists=len(found.lists),
        lists_too=lists_too,
        files=tuple(path.relative_to(writer.folder).as_posix() for path in found.files),
        exports=held,
        unread=unread,
        copies=tuple(path.name for path in sorted(writer.folder.glob("archive-before-*.db"))),
        scrubbed=scrubbed,
    )


def _exports(folder: Path, articles: Iterable[str]) -> tuple[tuple[Noted, ...], tuple[str, ...]]:
    """Past exports that held one of the articles, and why not all of them are known, which keeps no page here."""
    held: dict[str, Noted] = {}
    unread: dict[str, None] = {}
    for id_ in articles:
        try:
            held |= {noted.ids: noted for noted in exports_with(folder, id_)}
        except ArchiveError as error:
            unread[str(error)] = None
    return tuple(sorted(held.values(), key=lambda noted: noted.at)), tuple(unread)


def _titles(db: Database, id_: str) -> Iterator[tuple[str]]:
    yield from db.execute("select title from articles where id = ?", [id_]).fetchall()


def remove(
    writer: ArchiveWriter, found: Found, *, reason: str, who: str, now: datetime, lists_too: bool = False
) -> None:
    """Take the rows out, set the tombstones and note what is to be overwritten, in the transaction that is open."""
    numbers = _set_tombstones(writer.db, found, reason=reason, who=who, now=now)
    take_out(writer, found, next(iter(numbers.values())), now, lists_too=lists_too)


def take_out(writer: ArchiveWriter, found: Found, tombstone: int, now: datetime, *, lists_too: bool = False) -> None:
    """What was found goes, for a tombstone that stands."""
    for path in found.files:  # they can be made again, so it does not matter if the rows stay after all
        path.unlink(missing_ok=True)
    captures = [*found.captures, *(found.lists if lists_too else ())]
    for capture_id in captures:
        note_erasure(writer.db, writer.folder, capture_id, tombstone)
    _forget_lines(writer.db, found.articles)
    _forget_evidence(writer.db, found)
    for id_ in found.articles:
        _delete_article(writer.db, id_)
    for url_id in found.urls:
        close_url(writer.db, url_id, tombstone, now)


def finish(writer: ArchiveWriter) -> bool:
    """Commit; then overwrite what is to be, and leave no deleted text in the database → False: a reader hinders it."""
    writer.commit()
    overwrite_pending(writer.db, writer.folder)
    writer.commit()
    writer.db.commit()
    try:
        return scrub(writer.db)
    finally:
        writer.begin()


def _set_tombstones(db: Database, found: Found, *, reason: str, who: str, now: datetime) -> dict[str | None, int]:
    """A tombstone for what was named, and one for each article besides → article's id (None: as named), number."""
    target, numbers = found.target, {}
    articles = {id_: _told(db, id_) for id_ in found.articles}
    only = next(iter(articles)) if target.scope == "page" and len(articles) == 1 else None
    digests = _digests(db, found.captures)
    named = {"scope": target.scope, "name": target.name, "digests": as_json(digests)}
    stated = {"reason": reason, "who": who, "at": iso(now)}
    numbers[only] = _insert(db, {**(articles[only] if only else {}), **named, **stated})
    for key in (*target.keys, *([f"id:{only}"] if only else [])):
        add_key(db, numbers[only], key)
    for id_, told in articles.items():
        if id_ != only:
            numbers[id_] = _insert(db, {**told, "scope": "page", "digests": "[]", **stated})
            add_key(db, numbers[id_], f"id:{id_}")
    return numbers


def _told(db: Database, id_: str) -> dict[str, Any]:
    sql = "select id, coalesce(url, canonical_url), canonical_url, source from articles where id = ?"
    article_id, url, canonical, source = db.execute(sql, [id_]).fetchone()
    return {"article_id": article_id, "name": url or article_id, "canonical_url": canonical, "source": source}


def _insert(db: Database, row: dict[str, Any]) -> int:
    names = ", ".join(row)
    cursor = db.execute(
        f"insert into tombstones ({names}) values ({', '.join(':' + name for name in row)})"  # noqa: S608
        " on conflict (scope, name, at) do update set reason = excluded.reason returning id",
        row,
    )
    return int(cursor.fetchone()[0])


def _digests(db: Database, captures: Iterable[int]) -> list[str]:
    found = (db.execute("select payload_digest from captures where id = ?", [id_]).fetchone()[0] for id_ in captures)
    return sorted(set(found))


def note_erasure(db: Database, folder: Path, capture_id: int, tombstone: int) -> None:
    """Note that a capture's record is to be overwritten, with those that were written beside it: its request …"""
    file_id, path, offset, length, url, digest = db.execute(
        "select warc_file_id, path, c.offset, length, url, payload_digest from captures c"
        " join warc_files w on w.id = warc_file_id where c.id = ?",
        [capture_id],
    ).fetchone()
    (until,) = db.execute(
        "select min(offset) from captures where warc_file_id = ? and offset > ?", [file_id, offset]
    ).fetchone()
    bring_back(folder / path)
    members = _members(folder / path, offset, length, until)
    for at, size, record_id in members:
        db.execute(
            "insert or ignore into erasures (warc_file_id, offset, length, tombstone_id, record_id, url, digest)"
            " values (?, ?, ?, ?, ?, ?, ?)",
            [file_id, at, size, tombstone, record_id, url, digest if at == offset else None],
        )
    db.execute("delete from rights where capture_id = ?", [capture_id])
    db.execute("delete from generation_queue where capture_id = ?", [capture_id])


def _members(path: Path, offset: int, length: int, until: int | None) -> list[tuple[int, int, str]]:
    """(offset, length, record id) of a capture's record and of its companions, up to the next capture's."""
    unknown = "<urn:uuid:00000000-0000-0000-0000-000000000000>"
    found: list[tuple[int, int, str]] = []
    if path.exists():
        for at, size, member in iter_members(path, offset):
            if found and (until is not None and at >= until):
                break
            head = head_of(member)
            beside = head.get("warc-concurrent-to"), head.get("warc-refers-to")
            if found and (found[0][2] not in beside or head.get("warc-type") not in ("request", "metadata")):
                break
            found.append((at, size, head.get("warc-record-id", unknown)))
            if at == offset and size != length:
                return [(offset, length, found[0][2])]
    return found or [(offset, length, unknown)]


def _forget_lines(db: Database, articles: Iterable[str]) -> None:
    """Take the articles out of what their sources' templates are learnt from: lines that only they had go."""
    lines: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for id_ in articles:
        source, own = _lines_of(db, id_)
        lines[source].update(own)
    for source, counts in lines.items():
        db.conn.executemany(
            "delete from template_lines where source = ? and fingerprint = ? and articles - ? <= 1 and hand is null",
            [(source, line, number) for line, number in counts.items()],
        )
        recent = "select article, lines from template_recent where source = ?"
        for article, packed in db.execute(recent, [source]).fetchall():
            left = b"".join(
                packed[n : n + 8]
                for n in range(0, len(packed), 8)
                if f"{int.from_bytes(packed[n : n + 8], 'little'):016x}" not in counts
            )
            db.execute("update template_recent set lines = ? where source = ? and article = ?", [left, source, article])


def _lines_of(db: Database, id_: str) -> tuple[str, set[str]]:
    """The article's source, and fingerprints of all lines that it ever had."""
    source, *texts = db.execute(
        "select source, title, coalesce(description, ''), body, dropped from articles where id = ?", [id_]
    ).fetchone()
    earlier = db.execute(
        "select title, body, coalesce(record ->> 'dropped', '[]') from revisions where article_id = ?", [id_]
    ).fetchall()
    dropped = [texts.pop(), *(row[2] for row in earlier)]
    texts += [text for row in earlier for text in row[:2]]
    said = [line for text in texts for line in text.splitlines()]
    said += [each["text"] for left in dropped for each in json.loads(left)]
    return source, {line_fingerprint(line) for line in said if line.strip()}


def _forget_evidence(db: Database, found: Found) -> None:
    """Sentences of the nights' judgements that quote a headline or an address go."""
    said = [title for id_ in found.articles for (title,) in _titles(db, id_) if title]
    said += [db.execute("select url from urls where id = ?", [id_]).fetchone()[0] for id_ in found.urls]
    for text in said:
        rows = db.execute(
            "select source, run_id, evidence from source_nights where instr(evidence, ?)",
            [json.dumps(text, ensure_ascii=False)[1:-1]],
        ).fetchall()
        for source, run, evidence in rows:
            left = [sentence for sentence in json.loads(evidence) if text not in sentence]
            db.execute(
                "update source_nights set evidence = ? where source = ? and run_id = ?", [as_json(left), source, run]
            )


def _delete_article(db: Database, id_: str) -> None:
    """An article with its revisions, edits, words, facts and place among the stories."""
    db.execute("delete from former_texts where article_id = ?", [id_])  # what it read before it was cleaned anew
    db.execute("delete from revisions where article_id = ?", [id_])
    db.execute("delete from articles where id = ?", [id_])  # its words, facts and edits go with it
    db.execute("delete from edits_due where article_id = ?", [id_])
    db.execute("update urls set article_id = null where article_id = ?", [id_])
    Stories(db).take_up(id_)


def close_url(db: Database, url_id: int, tombstone: int, now: datetime) -> None:
    """A URL of the ledger is refused from now on, and what was said of it is forgotten. Its past outcomes stay."""
    (url,) = db.execute("select url from urls where id = ?", [url_id]).fetchone()
    add_key(db, tombstone, key_of_url(url))
    db.execute(
        "update urls set state = 'refused', reason = ?, detail = null, state_at = ?, due_at = null, due_because = null,"
        " attempts = 0, etag = null, last_modified = null, body_digest = null, hints = '[]', article_id = null"
        " where id = ?",
        [TAKEN_DOWN, iso(now), url_id],
    )
    db.execute("update url_events set detail = null where url_id = ?", [url_id])
    db.execute("delete from backfill_pages where url_id = ?", [url_id])
    db.execute("delete from former_pages where url_id = ?", [url_id])
