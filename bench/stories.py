#!/usr/bin/env python3
"""How good the grouping into stories is, against known truth and beside others; and what an article costs.

    bench/stories.py                      quality on three seeds; cost at 1,000, 10,000 and 100,000 articles
    bench/stories.py --sizes 1000         quicker; --sizes 1000,10000,100000,1000000 the whole curve
    bench/stories.py --pieces 40 --json   a smaller set, as JSON

Quality is told in pairs: two articles of one story are a pair that should be found. Precision: of the pairs found, how
many are right. Recall: of those that should be, how many are found. Beside nightdesk stand the hash of the text, the
headline, trafilatura's fingerprint and, where it is installed, MinHash with LSH of datasketch. The set is
bench/copies.py.

For the cost an archive is filled with synthetic articles' shingles up to each size, and 300 articles of the set are
taken up there, half of them copies of others.
"""

from __future__ import annotations

import argparse
import json
import random
import sqlite3
import sys
import tempfile
import time
from array import array
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime, timedelta
from itertools import combinations
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from sqlite_utils import Database

from archive.fingerprint import content_hash, plain
from archive.schema import migrate
from archive.seq import seq_floor
from archive.stories.grouping import Stories
from archive.stories.shingles import WINDOW, shingles_of
from archive.times import iso
from bench.copies import SOURCES, Made, make_set

_FIRST_DAY = datetime(2026, 1, 1, tzinfo=UTC)
#: Articles that are taken up at each size, half of them copies of others.
_TAKEN_UP = 300
#: Made-up articles that are put in at a time, in the index's order: each time touches all pages of it.
_FILLED_AT_ONCE = 50_000
#: Which story a page that holds six is of is not asked.
_NOT_ASKED = "page of briefs"


def fill(folder: Path, articles: Sequence[Made]) -> Database:
    """An archive with these articles, not grouped yet; the id of each is its number."""
    db = Database(folder / "archive.db")
    migrate(db, "archive.db")
    db.execute("pragma synchronous = normal")
    db.execute("pragma cache_size = -65536")
    rows = [(source, source, f"https://{source}.test/", iso(_FIRST_DAY)) for source in SOURCES]
    db.conn.executemany("insert into sources (id, title, home, first_seen_at) values (?, ?, ?, ?)", rows)
    add(db, articles, 0)
    return db


def add(db: Database, articles: Sequence[Made], number: int) -> None:
    """Store articles under ids from a number on."""
    rows = []
    for n, made in enumerate(articles, number):
        at = _FIRST_DAY + timedelta(days=made.day)
        when, hash_ = iso(at), content_hash(made.title, made.body)
        rows.append((seq_floor(at) + n, str(n), made.source, made.title, made.body, when, when, when, when, hash_))
    db.conn.executemany(
        "insert into articles (seq, id, source, title, body, word_count, access, published_at, first_seen_at,"
        " last_seen_at, revised_at, content_hash, extractor) values (?, ?, ?, ?, ?, 0, 'free', ?, ?, ?, ?, ?, 'bench')",
        rows,
    )
    db.conn.commit()


# ── quality ──────────────────────────────────────────────────────────────────────────────────────────


def by_nightdesk(articles: Sequence[Made]) -> list[str]:
    """A name of the story of each article."""
    with tempfile.TemporaryDirectory() as folder:
        db = fill(Path(folder), articles)
        Stories(db).catch_up(db.conn.commit)
        stories = dict(db.execute("select article_id, story from story_members"))
        db.close()
    return [stories.get(str(n), str(n)) for n in range(len(articles))]


def by_hash(articles: Sequence[Made]) -> list[str]:
    return [content_hash("", made.body) for made in articles]


def by_headline(articles: Sequence[Made]) -> list[str]:
    return [plain(made.title).casefold() for made in articles]


def by_trafilatura(articles: Sequence[Made]) -> list[str]:
    """Its fingerprint, a SimHash of 64 bits; the likeness from which on two are one is the best for this very set."""
    from trafilatura.deduplication import Simhash

    prints = [Simhash(made.body) for made in articles]
    return joined(
        len(prints),
        ((a, b) for a, b in combinations(range(len(prints)), 2) if prints[a].similarity(prints[b]) >= 0.82),
    )


def by_datasketch(articles: Sequence[Made]) -> list[str]:
    """MinHash of 128 permutations over the same shingles, LSH at a Jaccard similarity of 0.4."""
    from datasketch import MinHash, MinHashLSH

    index = MinHashLSH(threshold=0.4, num_perm=128)
    pairs = []
    for n, made in enumerate(articles):
        sketch = MinHash(num_perm=128)
        sketch.update_batch([value.to_bytes(4, "big", signed=True) for value in shingles_of(made.body).hashes])
        pairs += [(int(found), n) for found in index.query(sketch)]
        index.insert(str(n), sketch)
    return joined(len(articles), pairs)


def joined(count: int, pairs: Iterable[tuple[int, int]]) -> list[str]:
    """Names of the groups that pairs make, each with all that hang together."""
    parent = list(range(count))

    def root(n: int) -> int:
        while parent[n] != n:
            parent[n] = parent[parent[n]]
            n = parent[n]
        return n

    for a, b in pairs:
        parent[root(a)] = root(b)
    return [str(root(n)) for n in range(count)]


def judge(articles: Sequence[Made], names: Sequence[str]) -> dict[str, object]:
    """Precision and recall in pairs, and what went wrong by the kinds of the articles."""
    asked = [n for n, made in enumerate(articles) if made.kind != _NOT_ASKED]
    truth = _pairs((n, articles[n].story) for n in asked if articles[n].story)
    found = _pairs((n, names[n]) for n in asked)
    wrong, missed = Counter[str](), Counter[str]()
    for pairs, count in ((found - truth, wrong), (truth - found, missed)):
        for a, b in pairs:
            count[" / ".join(sorted({articles[a].kind, articles[b].kind}))] += 1
    right = len(found & truth)
    return {
        "pairs": len(truth),
        "found": len(found),
        "precision": right / max(1, len(found)),
        "recall": right / len(truth),
        "wrong": dict(wrong.most_common(6)),
        "missed": dict(missed.most_common(6)),
    }


def _pairs(named: Iterable[tuple[int, str | None]]) -> set[tuple[int, int]]:
    groups: dict[str | None, list[int]] = defaultdict(list)
    for n, name in named:
        groups[name].append(n)
    return {pair for group in groups.values() for pair in combinations(sorted(group), 2)}


SYSTEMS: dict[str, Callable[[Sequence[Made]], list[str]]] = {
    "nightdesk": by_nightdesk,
    "same text (hash)": by_hash,
    "same headline": by_headline,
    "trafilatura SimHash": by_trafilatura,
    "datasketch MinHash LSH": by_datasketch,
}


def quality(seeds: Sequence[int], pieces: int) -> dict[str, dict[str, object]]:
    """System → its figures over the seeds' sets, the articles of each by themselves."""
    told: dict[str, dict[str, object]] = {}
    sets = [make_set(seed, pieces) for seed in seeds]
    for system, group in SYSTEMS.items():
        started = time.perf_counter()
        try:
            judged = [judge(articles, group(articles)) for articles in sets]
        except ImportError:
            continue
        took = time.perf_counter() - started
        number = sum(map(len, sets))
        told[system] = {
            "precision": [round(float(str(each["precision"])), 4) for each in judged],
            "recall": [round(float(str(each["recall"])), 4) for each in judged],
            "ms_an_article": round(1000 * took / number, 2),
            "wrong": judged[0]["wrong"],
            "missed": judged[0]["missed"],
        }
    return {"set": {"articles": [len(each) for each in sets], "pairs": [_true_pairs(each) for each in sets]}} | told


def _true_pairs(articles: Sequence[Made]) -> int:
    return len(_pairs((n, made.story) for n, made in enumerate(articles) if made.story))


# ── cost ─────────────────────────────────────────────────────────────────────────────────────────────


def cost(sizes: Sequence[int], folder: Path) -> list[dict[str, float]]:
    """What some hundred articles cost at each size of the archive."""
    pieces, articles = 60, make_set(99, 60)
    while len(articles) < _TAKEN_UP * len(sizes):
        pieces *= 2
        articles = make_set(99, pieces)
    db = fill(folder, [])
    told, there, at = [], 0, 0
    for size in sizes:
        _synthetic(db, there, size)
        there = size
        sample = articles[at : at + _TAKEN_UP]
        add(db, sample, 10**9 + at)
        at += len(sample)
        db.execute("pragma wal_checkpoint(truncate)")
        wal = folder / "archive.db-wal"
        started, before = time.perf_counter(), time.process_time()
        taken = Stories(db).catch_up(db.conn.commit)
        told.append(
            {
                "articles": size,
                "ms_an_article": round(1000 * (time.perf_counter() - started) / taken, 2),
                "ms_of_the_processor": round(1000 * (time.process_time() - before) / taken, 2),
                "written_kB_an_article": round(wal.stat().st_size / taken / 1000, 1) if wal.exists() else 0.0,
                "index_bytes_an_article": round(_index_bytes(db) / (size + at)),
            }
        )
    db.close()
    return told


def _synthetic(db: Database, first: int, last: int) -> None:
    """Articles of 450 words as far as looking up goes: their chosen shingles, drawn at random."""
    rng = random.Random(first)
    prints = 2 * 446 // (WINDOW + 1)
    (taken,) = db.execute("select coalesce(max(number), 0) + 1 from story_texts").fetchone()
    for start in range(first, last, _FILLED_AT_ONCE):
        texts, index = [], []
        for n in range(start, min(last, start + _FILLED_AT_ONCE)):
            number = taken + n - first
            chosen = [rng.getrandbits(32) - (1 << 31) for _ in range(prints)]
            texts.append((number, f"s{n}", rng.choice(SOURCES), 738_000 + n % 400, array("i", chosen).tobytes()))
            index += [(value, number) for value in chosen]
        db.conn.executemany(
            "insert into story_texts (number, article_id, source, day, prints) values (?, ?, ?, ?, ?)", texts
        )
        index.sort()
        db.conn.executemany("insert or ignore into story_prints values (?, ?)", index)
        db.conn.commit()


def _index_bytes(db: Database) -> int:
    try:
        (size,) = db.execute(
            "select sum(pgsize) from dbstat where name in ('story_prints', 'story_texts', 'story_members')"
            " or name like 'sqlite_autoindex_story%'"
        ).fetchone()
    except sqlite3.OperationalError:  # built without dbstat
        return 0
    return int(size)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seeds", default="1,2,3")
    parser.add_argument("--pieces", type=int, default=120, help="agency pieces of each length in a set")
    parser.add_argument("--sizes", default="1000,10000,100000")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    told = quality([int(seed) for seed in options.seeds.split(",")], options.pieces)
    with tempfile.TemporaryDirectory() as folder:
        curve = cost([int(size) for size in options.sizes.split(",")], Path(folder))
    if options.json:
        print(json.dumps({"quality": told, "cost": curve}))
        return 0
    print_quality(told)
    print("\n| articles in the archive | ms an article | of the processor | kB written | bytes of index an article |")
    print("|---:|---:|---:|---:|---:|")
    for row in curve:
        print("| " + " | ".join(f"{value:,}" for value in row.values()) + " |")
    return 0


def print_quality(told: dict[str, dict[str, object]]) -> None:
    sets = told.pop("set")
    print(f"articles in each set: {sets['articles']}, pairs that are copies: {sets['pairs']}\n")
    print("| system | precision | recall | ms an article |\n|---|---|---|---:|")
    for system, row in told.items():
        figures = ", ".join(map(str, _listed(row["precision"]))), ", ".join(map(str, _listed(row["recall"])))
        print(f"| {system} | {figures[0]} | {figures[1]} | {row['ms_an_article']} |")
    print(f"\nnightdesk: wrong {told['nightdesk']['wrong']}, missed {told['nightdesk']['missed']}")


def _listed(value: object) -> list[object]:
    return value if isinstance(value, list) else [value]


if __name__ == "__main__":
    sys.exit(main())
