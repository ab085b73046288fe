#!/usr/bin/env python3
"""What one article more costs an archive of a thousand, of ten thousand, and so on: the curve behind docs/scale.md.

    bench/growth.py                                   archives of 1,000, 3,000 and 10,000 articles, made for it
    bench/growth.py --sizes 1000,10000,100000,1000000 --folder DIR     kept in DIR, and taken from there the next time

Of each archive: bytes an article in its rows, its index, the narrow rows for counting with the lists of values, and
the index of stories (none in these); and processor milliseconds, which other work on the machine hardly changes: of
taking in an article in bulk, of storing one more as a crawl does, without the commit, of the newest 20 hits of a
common, a middling and a rare word, of reading one article, and of an export's rows. The last column divides the largest
archive's figure by the smallest's: 1 is flat.
"""

from __future__ import annotations

import argparse
import json
import random
import resource
import sqlite3
import sys
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from statistics import median
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from archive.query import Query
from archive.reading import Archive
from archive.writer import ArchiveWriter
from bench.corpus import Corpus
from bench.tables import table

#: Articles stored one by one into each archive, and taken out again.
_MORE = 200
#: Ranks of the words searched for: half of the articles have the first, a handful the last.
_RANKS = {"common": 100, "middling": 2_000, "rare": 40_000}
_EXPORTED = 500


def grow(folder: Path, articles: int, *, repeat: int = 5) -> dict[str, float]:
    """The archive of ``articles`` in ``folder``, made if there is none → figure → its value."""
    corpus = Corpus(seed=1, articles=articles)
    told: dict[str, float] = {}
    if not (folder / "archive.db").exists():
        generating = _cpu(lambda: sum(1 for _ in corpus.rows()))
        told["ms in bulk"] = (_cpu(lambda: corpus.fill(folder)) - generating) / articles
    told |= _sizes(folder / "archive.db", articles)
    told["ms one more"] = _one_more(folder, articles)
    with Archive(folder) as archive:
        for name, rank in _RANKS.items():
            query = Query(text=corpus.vocabulary[rank], limit=20)
            told[f"ms newest 20, {name} word"] = _each(lambda q=query: list(archive.search(q)), repeat)
        ids = [hit.id for hit in archive.search(Query(limit=20))]
        told["ms article"] = _each(lambda: [archive.get(id_) for id_ in ids], repeat) / len(ids)
        told["ms a row exported"] = _each(lambda: _export(archive), repeat) / _EXPORTED
    return told


def _export(archive: Archive) -> None:
    with tempfile.TemporaryDirectory() as folder:
        archive.export(Query(limit=_EXPORTED), to=Path(folder, "rows.csv"))


def _one_more(folder: Path, articles: int) -> float:
    """Milliseconds to store an article as a crawl does, its index and all; nothing stays."""
    later = Corpus(seed=2, articles=_MORE)
    with ArchiveWriter(folder, purpose="bench", dry_run=True) as writer:
        fresh = [(source, article) for source, article in later]
        chance = random.Random(articles)
        chance.shuffle(fresh)

        def store() -> None:
            for number, (source, article) in enumerate(fresh):
                assert article.published_at is not None
                writer.articles.store(
                    article,
                    source=source,
                    seen_at=article.published_at + timedelta(hours=1),
                    capture_id=None,
                    url_id=None,
                    key=f"urn:bench:{number}",
                )

        return _cpu(store) / _MORE


def _sizes(path: Path, articles: int) -> dict[str, float]:
    """Bytes an article of everything in the database, by what it is for."""
    with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as db:
        (page,) = db.execute("pragma page_size").fetchone()
        tables = dict(db.execute("select name, tbl_name from sqlite_master where rootpage > 0"))
        sums = dict.fromkeys(("articles", "index", "counting", "stories", "rest"), 0)
        for name, owner in tables.items():
            (pages,) = db.execute(
                "select coalesce(sum(pageno), 0) from dbstat where name = ? and aggregate = true", [name]
            ).fetchone()
            sums[_kind(owner)] += pages * page
    return {f"bytes, {kind}": size / articles for kind, size in sums.items()}


def _kind(owner: str) -> str:
    if owner == "articles":
        return "articles"
    if owner.startswith("articles_fts"):
        return "index"
    if owner in ("facts", "facet_values"):
        return "counting"
    return "stories" if owner.startswith("story_") else "rest"


def _each(task: Callable[[], object], repeat: int) -> float:
    """The median of processor milliseconds, after one unmeasured round."""
    task()
    return median(_cpu(task) for _ in range(repeat))


def _cpu(task: Callable[[], object]) -> float:
    """Processor milliseconds of this process and of those that it ended meanwhile."""

    def used() -> float:
        children = resource.getrusage(resource.RUSAGE_CHILDREN)
        return time.process_time() + children.ru_utime + children.ru_stime

    begin = used()
    task()
    return 1000 * (used() - begin)


def report(told: Mapping[int, Mapping[str, float]]) -> str:
    """The curve as a table, a line a figure."""
    sizes = list(told)
    names = list(dict.fromkeys(name for figures in told.values() for name in figures))
    rows = []
    for name in names:
        values = [told[size].get(name) for size in sizes]
        known = [value for value in values if value is not None]
        ratio = f"{known[-1] / known[0]:.1f}" if len(known) > 1 and known[0] else "–"
        rows.append([name, *("–" if value is None else _shown(name, value) for value in values), ratio])
    return table(["an article", *(f"{size:,}" for size in sizes), "last / first"], rows)


def _shown(name: str, value: float) -> str:
    return f"{value:,.0f}" if name.startswith("bytes") else f"{value:.3g}"


def measure(sizes: Sequence[int], folder: Path, repeat: int) -> dict[int, dict[str, float]]:
    """Each size's figures, the smallest first."""
    return {size: grow(folder / f"{size}", size, repeat=repeat) for size in sorted(sizes)}


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sizes", default="1000,3000,10000", help="articles of each archive, by commas")
    parser.add_argument("--folder", type=Path, help="where archives are kept; left out: a temporary folder")
    parser.add_argument("--repeat", type=int, default=5)
    parser.add_argument("--json", action="store_true", help="the figures as JSON")
    given = parser.parse_args()
    try:
        sizes = [int(size) for size in given.sizes.split(",")]
    except ValueError:
        parser.error(f"--sizes {given.sizes}: write whole numbers by commas, such as 1000,10000")
    if min(sizes) < 50:
        parser.error("--sizes: 50 articles or more")
    with tempfile.TemporaryDirectory() as temporary:
        told: dict[Any, dict[str, float]] = dict(measure(sizes, given.folder or Path(temporary), given.repeat))
    print(json.dumps(told) if given.json else report(told))


if __name__ == "__main__":
    main()
