"""A database in, what is wrong with it out: pages, foreign keys, the index, and rows that must agree with others."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from archive.care.damage import Damage, Progress
from archive.facts import facts_of
from archive.fingerprint import content_hash
from archive.seq import SLOTS_PER_SECOND, seq_floor
from archive.times import from_iso
from archive.types import Outcome
from archive.urls import article_id

if TYPE_CHECKING:
    from sqlite_utils import Database

_MOST = 1_000
#: More articles of one second than have room there use the next seconds' numbers.
_OVERFLOW_S = 3_600
#: Events that a run notes of a page only together with an outcome.
_OUTCOMES = ", ".join(f"'{outcome}'" for outcome in Outcome if outcome not in (Outcome.WAITING, Outcome.KNOWN))


def check_pages(db: Database, path: str, *, quick: bool) -> Iterator[Damage]:
    """SQLite's own check of its pages and indexes."""
    check = "quick_check" if quick else "integrity_check"
    try:
        told = [(path, str(said)) for (said,) in db.execute(f"pragma {check}({_MOST})").fetchall()]
    except sqlite3.DatabaseError as error:
        told = [*_by_table(db, path, check)] or [(path, str(error))]
    for where, said in told:
        for line in said.splitlines():
            if line != "ok" and not line.startswith("*** in database"):
                mend = "reindex" if " index " in f" {line} " else None
                yield Damage(kind="database", where=where, what=line, mend=mend)


def _by_table(db: Database, path: str, check: str) -> Iterator[tuple[str, str]]:
    """Where the check of the whole breaks off: which table it is."""
    try:
        names = [name for (name,) in db.execute("select name from sqlite_master where type = 'table' and rootpage > 0")]
    except sqlite3.DatabaseError:
        return
    for name in names:
        try:
            for (said,) in db.execute(f"pragma {check}([{name}])").fetchall():
                yield f"{path}, {name}", str(said)
        except sqlite3.DatabaseError as error:
            yield f"{path}, {name}", str(error)


def check_keys(db: Database) -> Iterator[Damage]:
    """Rows that point at rows that there are not."""
    for table, row, parent, _ in db.execute("pragma foreign_key_check"):
        yield Damage(kind="database", where=f"{table}, row {row}", what=f"it points at a row of {parent} that is gone")


def check_articles(db: Database, progress: Progress) -> Iterator[Damage]:
    """Texts against their hashes, ids and keys against what they are made from, revisions against one another."""
    (number,) = db.execute("select count(*) from articles").fetchone()
    rows = db.query(
        "select a.seq, a.id, a.title, a.body, a.url, a.canonical_url, a.content_hash, a.published_at, a.revision,"
        " a.revised_at, a.authors, a.tags, a.origins, a.rights, u.url as ledger from articles a"
        " left join urls u on u.id = a.url_id order by a.seq"
    )
    for n, row in enumerate(rows):
        if n % 500 == 0:
            progress("articles", n, number)
        yield from _article(row)
        yield from _chain(db, row)


def _named(row: Any) -> str:
    return f"{row['title'][:120]} ({row['id']})"


def _article(row: Any) -> Iterator[Damage]:
    where, article = f"archive.db, articles, row {row['seq']}", _named(row)
    if content_hash(row["title"], row["body"]) != row["content_hash"]:
        what = "its headline and text are not those that were stored: their hash differs"
        yield Damage(kind="article", where=where, what=what, article=article)
    names = {name for name in (row["canonical_url"], row["url"], row["ledger"]) if name}
    if names and row["id"] not in {article_id(name) for name in names}:
        yield Damage(kind="article", where=where, what="its id is made from none of its addresses", article=article)
    if row["published_at"]:
        off = row["seq"] - seq_floor(from_iso(row["published_at"]))
        if not 0 <= off < _OVERFLOW_S * SLOTS_PER_SECOND:
            yield Damage(kind="article", where=where, what="its place is not that of its date", article=article)
    for column in ("authors", "tags", "origins", "rights"):
        try:
            json.loads(row[column])
        except ValueError:
            yield Damage(kind="article", where=where, what=f"its {column} are no JSON", article=article)


def _chain(db: Database, row: Any) -> Iterator[Damage]:
    revisions = list(
        db.query(
            "select revision, valid_from, valid_until, title, body, content_hash from revisions where article_id = ?"
            " order by revision",
            [row["id"]],
        )
    )
    where, article = f"archive.db, revisions of {row['id']}", _named(row)
    if [each["revision"] for each in revisions] != list(range(1, row["revision"])):
        yield Damage(kind="article", where=where, what=f"they are not 1 to {row['revision'] - 1}", article=article)
    starts = [*(each["valid_from"] for each in revisions), row["revised_at"]]
    for each, following in zip(revisions, starts[1:], strict=True):
        if not each["valid_from"] <= each["valid_until"] == following:
            what = f"revision {each['revision']} does not end where the next begins"
            yield Damage(kind="article", where=where, what=what, article=article)
        if content_hash(each["title"], each["body"]) != each["content_hash"]:
            what = f"the text of revision {each['revision']} is not that which was stored: its hash differs"
            yield Damage(kind="article", where=where, what=what, article=article)


def check_facts(db: Database) -> Iterator[Damage]:
    """The narrow rows that search counts by, against what they are made from."""
    insert = facts_of("from articles new")
    query = insert[insert.index("select new.seq") :].rstrip(";")
    names = insert[insert.index("(") + 1 : insert.index(")")]
    made = f"with made ({names}) as ({query})"
    differs = " or ".join(
        f"f.{name} is not m.{name}" for name in map(str.strip, names.split(",")) if name not in ("seq", "one", "many")
    )
    rows = db.execute(
        f"{made} select a.seq, a.title, a.id, f.one, f.many, m.one, m.many, {differs} from articles a"  # noqa: S608
        " join made m using (seq) left join facts f using (seq)"
    )
    for seq, title, id_, one, many, one_made, many_made, other in rows:
        same = (_words(one), _words(many)) == (_words(one_made), _words(many_made))
        if other or not same:
            yield Damage(
                kind="index",
                where=f"archive.db, facts, row {seq}",
                what="what it is filtered and counted by is not what its row says",
                article=f"{title[:120]} ({id_})",
                mend="facts",
            )
    for (seq,) in db.execute("select seq from facts where seq not in (select seq from articles)"):
        what = "there is no article of this row"
        yield Damage(kind="index", where=f"archive.db, facts, row {seq}", what=what, mend="facts")


def _words(text: str | None) -> frozenset[str]:
    return frozenset((text or "").split())


def check_index(db: Database, path: str, *, whole: bool) -> Iterator[Damage]:
    """The full-text index: an entry for each article; and, ``whole``, every word of it. That needs to write."""
    told = {
        "an article is not in the index": "select seq from articles except select id from articles_fts_docsize",
        "an entry of the index has no article": "select id from articles_fts_docsize except select seq from articles",
    }
    for what, sql in told.items():
        for (seq,) in db.execute(sql):
            yield Damage(kind="index", where=f"{path}, articles_fts, row {seq}", what=what, mend="index")
    if not whole:
        return
    try:
        db.execute("insert into articles_fts (articles_fts, rank) values ('integrity-check', 1)")
    except sqlite3.DatabaseError as error:
        what = f"its words are not those of the articles: {error}"
        yield Damage(kind="index", where=f"{path}, articles_fts", what=what, mend="index")
    finally:
        db.rollback()


def check_ledger(db: Database) -> Iterator[Damage]:
    """Each run's pages have an outcome, and each URL's state is true."""
    for what, sql in _LEDGER.items():
        for where, title, id_ in db.execute(sql):
            article = f"{title[:120]} ({id_})" if id_ else None
            yield Damage(kind="ledger", where=f"archive.db, {where}", what=what, article=article)


_LEDGER = {
    "the run did something with this page, but its numbers do not have it": f"""
        select distinct 'run ' || e.run_id || ', ' || u.url, null, null from url_events e
        join urls u on u.id = e.url_id and u.kind = 'page'
        where e.event in ({_OUTCOMES})
          and not exists (select 1 from run_urls r where r.run_id = e.run_id and r.url_id = e.url_id)
    """,  # noqa: S608 (our own words)
    "the run has ended, and this page is still queued in it": """
        select 'run ' || r.run_id || ', ' || u.url, null, null from run_urls r join urls u on u.id = r.url_id
        join runs on runs.id = r.run_id and runs.status = 'finished'
        where r.outcome = 'waiting' and r.reason = 'queued'
    """,
    "it stands as kept, and there is no article": """
        select 'urls, ' || url, null, null from urls
        where state in ('kept', 'duplicate') and not exists (select 1 from articles where id = article_id)
    """,
    "its raw page waits to be cleaned, and there is none": """
        select 'urls, ' || url, null, null from urls where state = 'captured' and capture_id is null
    """,
    "the URL that it is read from is another article's": """
        select 'articles, row ' || a.seq, a.title, a.id from articles a join urls u on u.id = a.url_id
        where u.state = 'kept' and u.article_id <> a.id
    """,
}


def check_derived(db: Database) -> Iterator[Damage]:
    """Stories and edits, as far as they are not due anyway."""
    for (what, mend), sql in _DERIVED.items():
        for where, title, id_ in db.execute(sql):
            article = f"{title[:120]} ({id_})" if title else id_
            yield Damage(kind="story", where=f"archive.db, {where}", what=what, article=article, mend=mend)


_DERIVED = {
    ("the article was never put among the stories", "stories"): """
        select 'story_texts', title, id from articles where id not in (select article_id from story_texts)
          and id not in (select article_id from story_due)
    """,
    ("there is no article of that id", "stories"): """
        select 'story_texts, row ' || number, null, article_id from story_texts
        where article_id not in (select id from articles) and article_id not in (select article_id from story_due)
    """,
    ("its story is named by no member of it", "stories"): """
        select 'story_members', title, a.id from story_members m join articles a on a.id = m.article_id
        where not exists (select 1 from story_members n where n.article_id = m.story and n.story = m.story)
    """,
    ("it is alone in its story", "stories"): """
        select 'story_members', title, a.id from story_members m join articles a on a.id = m.article_id
        where (select count(*) from story_members n where n.story = m.story) < 2
    """,
    ("what its revisions changed was not noted", "edits"): """
        select 'edits', title, a.id from articles a
        where revision > 1 and id not in (select article_id from edits_due)
          and (select count(*) from edits where article_id = a.id) <> revision - 1
    """,
}


def check_takedowns(db: Database) -> Iterator[Damage]:
    """What was taken down is gone."""
    for scope, name in db.execute(
        "select scope, name from tombstones t where not scrubbed"
        " or exists (select 1 from erasures e where e.tombstone_id = t.id and not e.done)"
    ):
        what = "the takedown was cut off; whoever writes to the archive next finishes it"
        yield Damage(kind="takedown", where=f"{scope} {name}", what=what, mend="takedowns")
    rows = db.execute(
        "select t.name, a.title, a.id from tombstone_keys k join tombstones t on t.id = k.tombstone_id"
        " join articles a on k.key = 'id:' || a.id"
    )
    for name, title, id_ in rows:
        what = "it was taken down, and is here all the same: take it down again"
        yield Damage(kind="takedown", where=name, what=what, article=f"{title[:120]} ({id_})")
