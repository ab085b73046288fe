#!/usr/bin/env python3
"""Articles in, with the index: how many a second, in bulk, as a crawl stores them, and with what others would use.

    bench/ingest.py                        8,000 articles of about 450 words
    bench/ingest.py --articles 100000      more; all are held in memory, 6 kB each

The same rows, made before the clock runs, go into a fresh file each time: by our bulk path; row by row into an
archive, whose triggers keep the index; through sqlite-utils into a table with the triggers of its own ``enable_fts``;
and by plain inserts with one ``rebuild`` at the end. All have the same words and the same tokenizer for Latin script;
ours also have words for each filter, a list of beginnings and narrow rows for counting. Processor time is that of all
processes, making the rows' keys included: where others use the machine too, articles a second say little.
"""

from __future__ import annotations

import argparse
import json
import os
import sqlite3
import sys
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from sqlite_utils import Database

from archive.bulk import BulkLoader
from archive.seq import seq_floor
from archive.spacing import INDEXED
from archive.times import from_iso
from bench.corpus import Corpus, open_shelf
from bench.tables import table

Rows = Sequence[Mapping[str, Any]]

_SOURCES = 60
_TOKENIZE = "unicode61 remove_diacritics 2"


def in_bulk(folder: Path, rows: Rows) -> float:
    """``BulkLoader`` → seconds, with the start of its processes and the merging at the end."""
    open_shelf(folder, _SOURCES)
    begin = time.monotonic()
    with BulkLoader(folder) as loader:
        loader.add(rows)
    return time.monotonic() - begin


def one_by_one(folder: Path, rows: Rows) -> float:
    """Row by row into an archive, a thousand in a transaction: what storing costs a crawl."""
    open_shelf(folder, _SOURCES)
    numbered = _numbered(rows)
    begin = time.monotonic()
    with closing(_plain(folder)) as db:
        _insert(db, numbered)
    return time.monotonic() - begin


def by_sqlite_utils(folder: Path, rows: Rows) -> float:
    """``insert_all`` into a table with ``enable_fts(create_triggers=True)``."""
    folder.mkdir()
    numbered = _numbered(rows)
    db = Database(folder / "archive.db")
    db.enable_wal()
    begin = time.monotonic()
    db.table("articles").insert_all(numbered[:1], pk="seq")
    db.table("articles").enable_fts(INDEXED, create_triggers=True, tokenize=_TOKENIZE)
    db.table("articles").insert_all(numbered[1:], pk="seq")
    seconds = time.monotonic() - begin
    db.close()
    return seconds


def load_and_rebuild(folder: Path, rows: Rows) -> float:
    """Plain inserts, then FTS5's ``rebuild``."""
    folder.mkdir()
    numbered = _numbered(rows)
    columns = ", ".join(name for name in numbered[0] if name != "seq")
    indexed = ", ".join(INDEXED)
    begin = time.monotonic()
    with closing(_plain(folder)) as db:
        db.execute("pragma journal_mode = wal")
        db.execute(f"create table articles (seq integer primary key, {columns})")
        _insert(db, numbered)
        db.execute(
            f"create virtual table articles_fts using fts5({indexed}, content='articles', content_rowid='seq',"
            f" tokenize='{_TOKENIZE}')"
        )
        db.execute("insert into articles_fts (articles_fts) values ('rebuild')")
    return time.monotonic() - begin


WAYS: dict[str, Callable[[Path, Rows], float]] = {
    "nightdesk, in bulk": in_bulk,
    "nightdesk, one by one": one_by_one,
    "sqlite-utils, FTS triggers": by_sqlite_utils,
    "plain load, then rebuild": load_and_rebuild,
}


def _plain(folder: Path) -> sqlite3.Connection:
    db = sqlite3.connect(folder / "archive.db", isolation_level=None)
    db.execute("pragma synchronous = normal")
    return db


def _insert(db: sqlite3.Connection, rows: Sequence[dict[str, Any]]) -> None:
    names = list(rows[0])
    sql = f"insert into articles ({', '.join(names)}) values ({', '.join(':' + name for name in names)})"
    for at in range(0, len(rows), 1000):
        db.execute("begin")
        db.executemany(sql, rows[at : at + 1000])
        db.execute("commit")


def _numbered(rows: Rows) -> list[dict[str, Any]]:
    """Rows with a key that rises with time; the bulk path makes its own."""
    return [{"seq": seq_floor(from_iso(row["published_at"])) + n % 65_536, **row} for n, row in enumerate(rows)]


def index_bytes(path: Path) -> int:
    """The room that the index takes: words, sizes, and where each text is if it keeps that."""
    with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as db:
        names = [
            n for (n,) in db.execute("select name from sqlite_master where name like 'articles_fts_%' and rootpage")
        ]
        names += [n for (n,) in db.execute("select name from sqlite_master where name = 'facts'")]
        sql = "select coalesce(sum(pageno), 0) from dbstat where name = ? and aggregate = true"  # pages
        (size,) = db.execute("pragma page_size").fetchone()
        return size * sum(db.execute(sql, [name]).fetchone()[0] for name in names)


def _processor() -> float:
    """Seconds of processors used so far, by this process and those that it has waited for."""
    times = os.times()
    return times.user + times.system + times.children_user + times.children_system


def measure(articles: int, seed: int) -> dict[str, Any]:
    """Every way on the same rows → articles a second, and bytes an article."""
    rows = list(Corpus(seed=seed, articles=articles).rows())
    words = sum(row["word_count"] for row in rows) / len(rows)
    ways = {}
    for name, way in WAYS.items():
        with tempfile.TemporaryDirectory() as folder:
            used = _processor()
            seconds = way(Path(folder, "a"), rows)
            used = _processor() - used
            path = Path(folder, "a", "archive.db")
            with closing(sqlite3.connect(path)) as db:
                (found,) = db.execute("select count(*) from articles").fetchone()
            if found != articles:
                raise SystemExit(f"{name}: {found} of {articles} articles are there")
            ways[name] = {
                "per_second": articles / seconds,
                "processor_ms": 1000 * used / articles,
                "bytes": path.stat().st_size / articles,
                "index_bytes": index_bytes(path) / articles,
            }
    return {"articles": articles, "words": words, "ways": ways}


def report(told: Mapping[str, Any]) -> str:
    """The figures as a table."""
    base = told["ways"]["sqlite-utils, FTS triggers"]["per_second"]
    rows = [
        [
            name,
            f"{way['per_second']:,.0f}",
            f"{way['per_second'] / base:.1f}",
            f"{way['processor_ms']:.2f}",
            f"{way['bytes'] / 1000:.1f}",
            f"{way['index_bytes'] / 1000:.1f}",
        ]
        for name, way in told["ways"].items()
    ]
    head = ["way", "articles/s", "× sqlite-utils", "processor ms each", "kB an article", "of it index"]
    return f"{told['articles']:,} articles of {told['words']:.0f} words\n\n{table(head, rows)}"


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--articles", type=int, default=8000, help="how many (8000)")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--json", action="store_true", help="the figures as JSON")
    given = parser.parse_args()
    if given.articles < 2:
        parser.error("--articles: write 2 or more")
    told = measure(given.articles, given.seed)
    print(json.dumps(told) if given.json else report(told))


if __name__ == "__main__":
    main()
