"""Article ↔ row, and the revisions between them. Writing half: the reading half is archive/reading.py."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from archive.care.tombstones import tombstone_number
from archive.fingerprint import same_text
from archive.row import KEPT_WITH_REVISION, as_json, differ_by_template_only, row_of
from archive.seq import next_seq, of_second
from archive.sqlite import Database
from archive.templates import TemplateStore
from archive.times import from_iso, iso
from archive.types import Article, Outcome
from archive.urls import article_id


@dataclass(frozen=True, slots=True, kw_only=True)
class Stored:
    """What storing an article came to."""

    #: NEW, UPDATED, UNCHANGED or DUPLICATE; REFUSED: it was taken down once, and nothing is stored.
    outcome: Outcome
    article_id: str
    #: The revision that holds its text.
    revision: int
    #: For a person: what was done otherwise than usual.
    note: str | None = None


class ArticleStore:
    """The articles table and its revisions. Each call is part of the caller's transaction.

    ``templates`` learns from each new article, once: neither revisions nor duplicates count again.
    """

    def __init__(self, db: Database, templates: TemplateStore) -> None:
        self._db = db
        self._templates = templates

    def store(
        self,
        article: Article,
        *,
        source: str,
        seen_at: datetime,
        capture_id: int | None,
        url_id: int,
        key: str | None = None,
    ) -> Stored:
        """Insert a new article, make a revision of a changed one, or move ``last_seen_at`` of an unchanged one.

        ``seen_at``: when it was fetched. ``url_id``: the ledger's URL that gave it. ``key``: what the id is made
        from when the article has no URL at all.

        An article that is read from another URL already is a DUPLICATE if the texts are the same story; if they
        are not, the page's canonical address is wrong (a habit of content systems), and its own URL is taken.
        A URL that stopped answering hands its article over to the next one that gives it.

        What was seen before the present text leaves the article as it is: ``_see_older``.
        """
        canonical = article.canonical_url or article.url or key
        if canonical is None:
            raise ValueError("an article without a URL needs a key to make its id from")
        if tombstone_number(self._db, canonical, article.url, key) is not None:
            return Stored(outcome=Outcome.REFUSED, article_id=article_id(canonical), revision=0)
        found = self._find(article_id(canonical))
        if found is not None and found["url_id"] != url_id and found["gone_at"] is None:
            if same_text(article.title, article.body, found["title"], found["body"]):
                self._see(found["id"], seen_at)
                return Stored(outcome=Outcome.DUPLICATE, article_id=found["id"], revision=found["revision"])
            article = replace(article, canonical_url=article.url)
            canonical = article.url or canonical
            found = self._find(article_id(canonical))
        seen = {"url_id": url_id, "capture_id": capture_id, "last_seen_at": iso(seen_at), "gone_at": None}
        if found is None:
            return self._insert(article, article_id(canonical), source, seen)
        return self._see_again(article, found, seen)

    def mark_gone(self, id_: str, at: datetime) -> None:
        """The site answers 404 or 410 for it since ``at``."""
        self._db.execute("update articles set gone_at = coalesce(gone_at, ?) where id = ?", [iso(at), id_])

    def mark_seen(self, id_: str, at: datetime) -> None:
        """The site still has it, unchanged, at ``at``."""
        self._see(id_, at)

    def _find(self, id_: str) -> dict[str, Any] | None:
        rows = self._db.query(
            "select id, url_id, seq, title, body, dropped, revision, revised_at, last_seen_at, content_hash, gone_at,"
            " capture_id from articles where id = ?",
            [id_],
        )
        return next(iter(rows), None)

    def _see(self, id_: str, at: datetime) -> None:
        self._db.execute(
            "update articles set last_seen_at = max(last_seen_at, :at), gone_at = iif(gone_at > :at, gone_at, null)"
            " where id = :id",
            {"at": iso(at), "id": id_},
        )

    def _insert(self, article: Article, id_: str, source: str, seen: dict[str, Any]) -> Stored:
        at = from_iso(seen["last_seen_at"])
        row = row_of(article) | seen
        row |= {"id": id_, "source": source, "first_seen_at": iso(at), "revised_at": iso(at)}
        row["seq"] = next_seq(self._db, article.published_at or at)
        self._db.table("articles").insert(row)
        self._templates.learn(source, article, (article.published_at or at).date())
        return Stored(outcome=Outcome.NEW, article_id=id_, revision=1)

    def _see_again(self, article: Article, found: dict[str, Any], seen: dict[str, Any]) -> Stored:
        row, at = row_of(article), seen["last_seen_at"]
        same = (
            row["content_hash"] == found["content_hash"]
            or self._same_bytes(found["capture_id"], seen["capture_id"])
            or differ_by_template_only(row, found)
        )
        # A crawl may clean two addresses of an article in another order than it asked for them, so that only a
        # saved copy is held against ``last_seen_at``.
        if at < found["revised_at"] or (at < found["last_seen_at"] and self._is_saved_copy(seen["capture_id"])):
            return self._see_older(row, found, seen, same=same)
        if same:
            self._see(found["id"], from_iso(seen["last_seen_at"]))
            self._db.execute("update articles set url_id = ? where id = ?", [seen["url_id"], found["id"]])
            return Stored(outcome=Outcome.UNCHANGED, article_id=found["id"], revision=found["revision"])
        self._keep_revision(found["id"], at)
        base = article.published_at
        if base is not None and not of_second(found["seq"], base):
            row["seq"] = next_seq(self._db, base)
        row |= seen | {"revised_at": at, "revision": found["revision"] + 1}
        row["last_seen_at"] = max(at, found["last_seen_at"])
        if found["gone_at"] is not None and found["gone_at"] > at:
            row["gone_at"] = found["gone_at"]
        sets = ", ".join(f"{column} = :{column}" for column in row)
        self._db.execute(f"update articles set {sets} where id = :id", row | {"id": found["id"]})  # noqa: S608
        return Stored(outcome=Outcome.UPDATED, article_id=found["id"], revision=found["revision"] + 1)

    def _see_older(self, row: dict[str, Any], found: dict[str, Any], seen: dict[str, Any], *, same: bool) -> Stored:
        """A copy from before the archive's last look: the present text stays.

        Another text becomes an earlier revision where its place among the others is certain: then it is UPDATED,
        with that revision's number.
        """
        id_, at = found["id"], seen["last_seen_at"]
        self._db.execute("update articles set first_seen_at = min(first_seen_at, ?) where id = ?", [at, id_])
        if same:
            return Stored(outcome=Outcome.UNCHANGED, article_id=id_, revision=found["revision"])
        number = self._keep_earlier(row, found, seen)
        if number is None:
            note = "an older copy; the archive has a newer text"
            return Stored(outcome=Outcome.UNCHANGED, article_id=id_, revision=found["revision"], note=note)
        note = f"an older copy, kept as revision {number}"
        return Stored(outcome=Outcome.UPDATED, article_id=id_, revision=number, note=note)

    def _keep_earlier(self, row: dict[str, Any], found: dict[str, Any], seen: dict[str, Any]) -> int | None:
        """Make a text a revision between those that were seen before and after it; its number.

        None: it is one of these two texts, another was seen at the same instant, or no later one began after it.
        The later revisions are numbered anew.
        """
        id_, at = found["id"], seen["last_seen_at"]
        earlier = self._db.execute(
            "select revision, valid_from, content_hash from revisions where article_id = ? order by revision", [id_]
        ).fetchall()
        timeline = [*earlier, (found["revision"], found["revised_at"], found["content_hash"])]
        before = [known for known in timeline if known[1] <= at]
        after = [known for known in timeline if known[1] > at]
        neighbours = [*before[-1:], *after[:1]]
        if not after or any(since == at or text == row["content_hash"] for _, since, text in neighbours):
            return None
        number, until, _ = after[0]
        for sql in (  # by way of negative numbers: they must be unique after every single row
            "update revisions set revision = -revision - 1 where article_id = :id and revision >= :number",
            "update revisions set revision = -revision where article_id = :id and revision < 0",
            "update articles set revision = revision + 1 where id = :id",
            "update revisions set valid_until = :at where article_id = :id and revision = :number - 1",
        ):
            self._db.execute(sql, {"id": id_, "number": number, "at": at})
        kept = {column: row[column] for column in ("title", "body", "content_hash")}
        kept |= {"article_id": id_, "revision": number, "valid_from": at, "valid_until": until}
        kept |= {"capture_id": seen["capture_id"], "record": as_json({name: row[name] for name in KEPT_WITH_REVISION})}
        self._db.table("revisions").insert(kept)
        return int(number)

    def _is_saved_copy(self, capture_id: int | None) -> bool:
        """True for an imported file, which has no HTTP status, and for a copy of another archive."""
        found = self._db.execute(
            "select (status is null and made_from is null) or origin is not null from captures where id = ?",
            [capture_id],
        ).fetchone()
        return bool(found and found[0])

    def _same_bytes(self, before: int | None, now: int | None) -> bool:
        """True if both captures hold the same payload: then it was our cleaning that changed, not the page."""
        (same,) = self._db.execute(
            "select exists (select 1 from captures a join captures b using (payload_digest)"
            " where a.id = ? and b.id = ?)",
            [before, now],
        ).fetchone()
        return bool(same)

    def _keep_revision(self, id_: str, until: str) -> None:
        record = ", ".join(f"'{c}', {c}" for c in KEPT_WITH_REVISION)
        self._db.execute(
            f"""
            insert into revisions (article_id, revision, valid_from, valid_until, title, body, content_hash,
                                   capture_id, record)
            select id, revision, revised_at, :until, title, body, content_hash, capture_id, json_object({record})
            from articles where id = :id
            """,  # noqa: S608 (column names of our own)
            {"id": id_, "until": until},
        )
