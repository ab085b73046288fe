#!/usr/bin/env python3
"""What searches cost: the first 20 hits, counts, facets and timelines, of searches of every kind.

    bench/search.py                              10,000 articles, made for it
    bench/search.py --archive DIR --articles N   in an archive that is made in DIR if there is none, and stays

The bitmap index is there, as after a crawl, and what is remembered of FTS5's walks is forgotten before each time: each
search is as if nobody had asked it before. The articles are those of bench/corpus.py, about 450 words each; what is
asked is in bench/questions.py. Each search runs once unmeasured, then ``--repeat`` times; milliseconds are those of the
whole call in Python, rows read and passages cut. "plain bm25" is what one would write in SQL on an FTS5 table, this
one: ``match … order by rank limit 20`` with snippets; it is asked where a search has words and no filter. Facets and
timelines of more than 100,000 hits stand apart.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from archive.bitmapped import index_of
from archive.opening import open_to_read
from archive.query import Query
from archive.reading import Archive
from bench.corpus import Corpus
from bench.ingest import index_bytes
from bench.questions import questions
from bench.tables import table

#: Facets and timelines are promised to be quick up to so many hits.
MANY = 100_000
_PAGE = 20
#: What time is: of the wall, or of the processor where others use it too.
CLOCK = time.perf_counter
_PLAIN = f"""
    select a.id, a.title, a.source, a.published_at, snippet(articles_fts, 3, '[', ']', '…', 32)
    from articles_fts join articles a on a.seq = articles_fts.rowid
    where articles_fts match ? order by rank limit {_PAGE}"""

Times = dict[str, list[float]]


def ask(
    archive: Archive, text: str, plain: Callable[[str], float], forget: Callable[[], None], repeat: int
) -> tuple[int, Times, list[str]]:
    """One search → hits, what was measured → milliseconds each time, and how the relevant ones were ranked."""

    def timed(task: Callable[[], object]) -> float:
        forget()
        return _timed(task)

    query = replace(Query.parse(text), limit=_PAGE)
    relevant = replace(query, sort="relevance")
    tasks: dict[str, Callable[[], object]] = {
        "newest": lambda: list(archive.search(query)),
        "relevance": lambda: list(archive.search(relevant)),
        "count": lambda: archive.search(query).total,
        "facets": lambda: archive.search(query).facets(),
        "timeline": lambda: archive.search(query).timeline("month"),
    }
    hits = archive.search(query).total
    times: Times = {}
    for name, task in tasks.items():
        many = name in ("facets", "timeline") and hits > MANY
        task()
        times[f"{name} of many" if many else name] = [timed(task) for _ in range(repeat)]
    if query.read.expression and not query.read.negated and not query.narrowing:
        expression = query.read.expression
        plain(expression)
        times["plain bm25"] = [plain(expression) for _ in range(repeat)]
    return hits, times, [archive.search(relevant).ranking.order]


def _timed(task: Callable[[], object]) -> float:
    begin = CLOCK()
    task()
    return 1000 * (CLOCK() - begin)


def percentile(values: Sequence[float], share: float) -> float:
    """The value that so large a share does not exceed."""
    ordered = sorted(values)
    return ordered[min(int(share * len(ordered)), len(ordered) - 1)]


def measure(folder: Path, corpus: Corpus, *, repeat: int, each: int, kinds: Sequence[str] = ()) -> dict[str, Any]:
    """Every search of every kind, or of some kinds → the figures."""
    asked = {kind: texts for kind, texts in questions(corpus, each).items() if not kinds or kind in kinds}
    found: dict[str, Any] = {}
    every: Times = {}
    with Archive(folder) as archive, closing(open_to_read(folder / "archive.db")) as db:

        def plain(expression: str) -> float:
            return _timed(lambda: db.execute(_PLAIN, [expression]).fetchall())

        def forget() -> None:
            index = index_of(db)
            if index is not None:
                index.forget_walks()

        articles = len(archive)
        for kind, texts in asked.items():
            hits, times, orders = [], Times(), []
            for text in texts:
                number, measured, order = ask(archive, text, plain, forget, repeat)
                hits.append(number)
                orders += order
                for name, values in measured.items():
                    times.setdefault(name, []).extend(values)
                    every.setdefault(name, []).extend(values)
            graded = orders.count("graded")
            found[kind] = {"hits": [min(hits), max(hits)], "graded": graded, "ms": _summed(times)}
            print(kind, file=sys.stderr)
    path = folder / "archive.db"
    sizes = {"bytes": path.stat().st_size / articles, "index_bytes": index_bytes(path) / articles}
    return {"articles": articles, "kinds": found, "all": _summed(every), **sizes}


def _summed(times: Times) -> dict[str, dict[str, float]]:
    return {
        name: {"p50": percentile(values, 0.5), "p95": percentile(values, 0.95), "most": max(values)}
        for name, values in times.items()
    }


def report(told: Mapping[str, Any]) -> str:
    """The figures as tables."""
    names = ["newest", "relevance", "plain bm25", "count", "facets", "timeline"]
    rows = []
    for kind, one in told["kinds"].items():
        least, most = one["hits"]
        row = [kind, f"{least:,}" if least == most else f"{least:,}–{most:,}"]
        for name in names:
            figures = one["ms"].get(name) or one["ms"].get(f"{name} of many")
            row += ["–"] if figures is None else [f"{figures['p50']:,.1f}  {figures['p95']:,.1f}"]
        rows.append(row)
    spread = [
        [name, f"{one['p50']:,.1f}", f"{one['p95']:,.1f}", f"{one['most']:,.1f}"] for name, one in told["all"].items()
    ]
    return "\n\n".join(
        [
            f"{told['articles']:,} articles, {told['bytes'] / 1000:.1f} kB each, of it the index"
            f" {told['index_bytes'] / 1000:.2f} kB",
            "Milliseconds, p50 and p95:",
            table(["searches", "hits", *names], rows),
            table(["ms over all searches", "p50", "p95", "most"], spread),
        ]
    )


@contextmanager
def _folder(given: Path | None) -> Iterator[Path]:
    if given is not None:
        yield given
        return
    with tempfile.TemporaryDirectory() as made:
        yield Path(made, "archive")


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--articles", type=int, default=10_000, help="how many there are, or are made (10,000)")
    parser.add_argument("--seed", type=int, default=1, help="of the articles that are made")
    parser.add_argument("--archive", type=Path, metavar="DIR", help="where they are; made there if there are none")
    parser.add_argument("--repeat", type=int, default=3, help="times that each search is measured (3)")
    parser.add_argument("--each", type=int, default=8, help="searches of each kind (8)")
    parser.add_argument("--kind", action="append", default=[], help="only searches of this kind; may be repeated")
    parser.add_argument("--json", action="store_true", help="the figures as JSON")
    parser.add_argument("--processor", action="store_true", help="processor time: where others work besides")
    given = parser.parse_args()
    if given.processor:
        global CLOCK  # noqa: PLW0603 (one for all that is measured)
        CLOCK = time.process_time
    corpus = Corpus(seed=given.seed, articles=given.articles)
    with _folder(given.archive) as folder:
        if not (folder / "archive.db").exists():
            corpus.fill(folder)
        told = measure(folder, corpus, repeat=given.repeat, each=given.each, kinds=given.kind)
    print(json.dumps(told) if given.json else report(told))


if __name__ == "__main__":
    main()
