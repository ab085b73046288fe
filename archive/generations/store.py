"""Generations written: begun, applied text by text, ended, taken back. Each call is part of the caller's transaction.

A text is known by its article and its capture. What a generation replaces is kept in ``former_texts``, column by
column, so that it can be put back even where the text has become an earlier revision since. Revisions are what the
site changed: none is made here, none goes, and none gets another number.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from archive.fingerprint import content_hash
from archive.generations.tally import Tally
from archive.generations.texts import Text, present_columns, revision_columns
from archive.generations.wanted import Wanted
from archive.row import KEPT_WITH_REVISION, as_json
from archive.seq import next_seq, of_second, second_of
from archive.spacing import spaced_columns
from archive.sqlite import Database
from archive.times import from_iso, from_iso_or_none, iso

_FACETS = "select id, field, value from facet_values where id in (select value from json_each(?))"
#: The ledger's columns that cleaning a page changes.
PAGE_COLUMNS = "state, reason, detail, state_at, due_at, due_because, article_id, fetched_at, attempts"


@dataclass(frozen=True, slots=True, kw_only=True)
class Generation:
    """One round of cleaning again."""

    id: int
    wanted: Wanted
    #: What did it, with versions.
    extractor: str
    begun_at: datetime
    #: None: there is more to do.
    finished_at: datetime | None
    #: When the former values were put back; None: it stands.
    undone_at: datetime | None
    tally: Tally
    #: Captures that are still to be cleaned.
    left: int
    #: Texts whose former values are kept.
    texts: int


class GenerationStore:
    """The tables of generations."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def begin(self, wanted: Wanted, extractor: str, now: datetime) -> int:
        """A new generation's number."""
        cursor = self._db.execute(
            "insert into generations (asked, extractor, begun_at) values (?, ?, ?)",
            [wanted.as_json(), extractor, iso(now)],
        )
        assert cursor.lastrowid is not None
        return cursor.lastrowid

    def all(self) -> list[Generation]:
        """Every generation, oldest first."""
        return list(generations_of(self._db))

    def unfinished(self) -> Generation | None:
        """The one that was begun and neither finished nor taken back; None: there is none."""
        return next((each for each in self.all() if each.finished_at is None and each.undone_at is None), None)

    def go_on(self, generation: int, extractor: str) -> None:
        """Another version may go on with what an earlier one began; each record says itself what made it."""
        self._db.execute("update generations set extractor = ? where id = ?", [extractor, generation])

    def save(self, generation: int, tally: Tally) -> None:
        """Write down the counts so far."""
        self._db.execute("update generations set tally = ? where id = ?", [as_json(tally.as_kept()), generation])

    def tally_of(self, generation: int) -> Tally:
        """The counts as they were last saved."""
        (told,) = self._db.execute("select tally from generations where id = ?", [generation]).fetchone()
        return Tally.from_dict(json.loads(told))

    def finish(self, generation: int, now: datetime, *, changed: bool) -> None:
        """All is done. What changed nothing is no generation, and leaves no trace."""
        if changed:
            self._db.execute("update generations set finished_at = ? where id = ?", [iso(now), generation])
        else:
            self._db.execute("delete from generations where id = ?", [generation])

    def done(self, generation: int, texts: Iterable[Text]) -> None:
        """Take them off the queue."""
        self._db.conn.executemany(
            "delete from generation_queue where generation_id = ? and warc_file_id = ? and offset = ?",
            [(generation, text.warc_file_id, text.capture.offset) for text in texts],
        )

    # ── a text ──

    def replace(self, generation: int, text: Text, changed: Mapping[str, Any]) -> None:
        """Give a text new values; the former ones are kept. Nothing for one that is another text by now."""
        assert text.article_id is not None
        present = present_columns(self._db, text.article_id, text.capture_id)
        if present is not None:
            self._replace_present(generation, text.article_id, text.capture_id, changed)
            return
        earlier = revision_columns(self._db, text.article_id, text.capture_id)
        if earlier is not None:
            self._replace_earlier(generation, text.article_id, text.capture_id, changed)

    def _replace_present(self, generation: int, article_id: str, capture_id: int, changed: Mapping[str, Any]) -> None:
        columns = dict(changed)
        row = next(iter(self._db.query("select * from articles where id = ?", [article_id])))
        new = row | columns
        columns["content_hash"] = content_hash(new["title"], new["body"])
        columns["spaced"] = spaced_columns(new)
        base = new["published_at"] or new["first_seen_at"]
        if new["published_at"] != row["published_at"] and not of_second(row["seq"], from_iso(base)):
            columns["seq"] = next_seq(self._db, from_iso(base))
        columns = {name: value for name, value in columns.items() if value != row[name]}
        facets = self._facets_of(row["seq"])
        self._update_article(article_id, columns)
        forgotten = [facet for facet in facets if not self._has_facet(facet["id"])]
        former = {name: row[name] for name in columns}
        self._keep_former(generation, article_id, capture_id, former, forgotten)

    def _replace_earlier(self, generation: int, article_id: str, capture_id: int, changed: Mapping[str, Any]) -> None:
        row = next(
            iter(
                self._db.query(
                    "select title, body, content_hash, record from revisions where article_id = ? and capture_id = ?",
                    [article_id, capture_id],
                )
            )
        )
        record = json.loads(row["record"]) | {name: changed[name] for name in KEPT_WITH_REVISION if name in changed}
        new = {"title": changed.get("title", row["title"]), "body": changed.get("body", row["body"])}
        new |= {"content_hash": content_hash(new["title"], new["body"]), "record": as_json(record)}
        new = {name: value for name, value in new.items() if value != row[name]}
        self._update_revision(article_id, capture_id, new)
        self._keep_former(generation, article_id, capture_id, {name: row[name] for name in new}, [])

    def _keep_former(
        self, generation: int, article_id: str, capture_id: int, former: dict[str, Any], facets: list[dict[str, Any]]
    ) -> None:
        self._db.execute(
            "insert into former_texts (article_id, capture_id, generation_id, former, facets) values (?, ?, ?, ?, ?)",
            [article_id, capture_id, generation, as_json(former), as_json(facets)],
        )

    def _facets_of(self, seq: int) -> list[dict[str, Any]]:
        """The values that an article is filtered by, with their numbers."""
        (words,) = self._db.execute("select one || ' ' || many from facts where seq = ?", [seq]).fetchone()
        numbers = [int(word[1:]) for word in words.split()]
        return list(self._db.query(_FACETS, [as_json(numbers)]))

    def _has_facet(self, number: int) -> bool:
        return self._db.execute("select 1 from facet_values where id = ?", [number]).fetchone() is not None

    def _update_article(self, article_id: str, columns: Mapping[str, Any]) -> None:
        if columns:
            sets = ", ".join(f"{name} = :{name}" for name in columns)
            self._db.execute(f"update articles set {sets} where id = :id", {**columns, "id": article_id})  # noqa: S608

    def _update_revision(self, article_id: str, capture_id: int, columns: Mapping[str, Any]) -> None:
        if columns:
            sets = ", ".join(f"{name} = :{name}" for name in columns)
            self._db.execute(
                f"update revisions set {sets} where article_id = :article and capture_id = :capture",  # noqa: S608
                {**columns, "article": article_id, "capture": capture_id},
            )

    # ── a page ──

    def keep_page(self, generation: int, url_id: int, article_id: str | None, former: Mapping[str, Any]) -> None:
        """Remember what the ledger said of a page before it was cleaned again. ``article_id``: of the new article."""
        self._db.execute(
            "insert into former_pages (generation_id, url_id, article_id, former) values (?, ?, ?, ?)",
            [generation, url_id, article_id, as_json(dict(former))],
        )

    def page_columns(self, url_id: int) -> dict[str, Any]:
        """What the ledger says of a page."""
        return next(iter(self._db.query(f"select {PAGE_COLUMNS} from urls where id = ?", [url_id])))  # noqa: S608

    def not_asked(self, url_id: int, former: Mapping[str, Any]) -> None:
        """A page that was settled from its capture was not asked for: when it last was, and how often, stays."""
        self._db.execute(
            "update urls set fetched_at = :fetched_at, attempts = :attempts where id = :id",
            {"fetched_at": former["fetched_at"], "attempts": former["attempts"], "id": url_id},
        )

    # ── the way back ──

    def undo(self, generation: int, now: datetime) -> Undone:
        """Put back all that a generation replaced. Later ones must have been undone before."""
        texts = self._undo_texts(generation)
        pages, kept = self._undo_pages(generation)
        for table in ("former_texts", "former_pages", "generation_queue"):
            self._db.execute(f"delete from {table} where generation_id = ?", [generation])  # noqa: S608 (our words)
        self._db.execute("update generations set undone_at = ? where id = ?", [iso(now), generation])
        return Undone(generation=generation, texts=texts, pages=pages, kept=kept)

    def _undo_texts(self, generation: int) -> int:
        rows = self._db.execute(
            "select article_id, capture_id, former, facets from former_texts where generation_id = ?"
            " order by rowid desc",
            [generation],
        ).fetchall()
        for article_id, capture_id, former, facets in rows:
            columns = json.loads(former)
            self._remember_facets(json.loads(facets))
            if "record" not in columns and present_columns(self._db, article_id, capture_id) is not None:
                self._put_back(article_id, columns)
            elif (earlier := revision_columns(self._db, article_id, capture_id)) is not None:
                self._update_revision(article_id, capture_id, self._as_revision(article_id, earlier[0], columns))
        return len(rows)

    def _put_back(self, article_id: str, columns: dict[str, Any]) -> None:
        """The former columns of a present text; its place in the order too, or the next if somebody has taken it."""
        seq = columns.get("seq")
        if seq is not None and self._db.execute("select 1 from articles where seq = ?", [seq]).fetchone():
            columns["seq"] = next_seq(self._db, second_of(seq))
        self._update_article(article_id, columns)

    def _as_revision(self, article_id: str, number: int, columns: Mapping[str, Any]) -> dict[str, Any]:
        """Former columns of what was the present text then, for the revision that it has become."""
        if "record" in columns:
            return dict(columns)
        (record,) = self._db.execute(
            "select record from revisions where article_id = ? and revision = ?", [article_id, number]
        ).fetchone()
        kept = json.loads(record) | {name: columns[name] for name in KEPT_WITH_REVISION if name in columns}
        told = {name: columns[name] for name in ("title", "body", "content_hash") if name in columns}
        return told | {"record": as_json(kept)}

    def _remember_facets(self, facets: Iterable[Mapping[str, Any]]) -> None:
        """Give values that no article had any more their numbers again, where those are free."""
        for facet in facets:
            self._db.execute(
                "insert or ignore into facet_values (id, field, value) values (:id, :field, :value)", dict(facet)
            )

    def _undo_pages(self, generation: int) -> tuple[int, int]:
        """Pages as the ledger had them, and how many stay articles because a crawl has seen them since."""
        rows = self._db.execute(
            "select url_id, article_id, former from former_pages where generation_id = ?", [generation]
        ).fetchall()
        kept = 0
        for url_id, article_id, former in rows:
            if article_id is not None and not self._forget_article(article_id, url_id):
                kept += 1
                continue
            columns = json.loads(former)
            sets = ", ".join(f"{name} = :{name}" for name in columns)
            self._db.execute(f"update urls set {sets} where id = :id", columns | {"id": url_id})  # noqa: S608
        return len(rows) - kept, kept

    def _forget_article(self, article_id: str, url_id: int) -> bool:
        """Take out an article that a generation made of a page, unless somebody has seen it since."""
        cursor = self._db.execute(
            "delete from articles where id = ? and url_id = ? and revision = 1"
            " and capture_id = (select capture_id from urls where id = ?) and first_seen_at = last_seen_at"
            " and not exists (select 1 from urls where article_id = articles.id and id <> ?)",
            [article_id, url_id, url_id, url_id],
        )
        return cursor.rowcount > 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Undone:
    """What taking a generation back came to."""

    generation: int
    #: Texts that have their former values again.
    texts: int
    #: Pages that are again what they were before.
    pages: int
    #: Pages that stay articles, because a crawl has seen them since.
    kept: int


def generations_of(db: Any) -> Iterator[Generation]:
    """Every generation of an archive, oldest first."""
    for row in db.query(
        "select g.*, (select count(*) from generation_queue q where q.generation_id = g.id) as still,"
        " (select count(*) from former_texts f where f.generation_id = g.id) as texts from generations g order by id"
    ):
        yield Generation(
            id=row["id"],
            wanted=Wanted.from_json(row["asked"]),
            extractor=row["extractor"],
            begun_at=from_iso(row["begun_at"]),
            finished_at=from_iso_or_none(row["finished_at"]),
            undone_at=from_iso_or_none(row["undone_at"]),
            tally=Tally.from_dict(json.loads(row["tally"])),
            left=row["still"],
            texts=row["texts"],
        )
