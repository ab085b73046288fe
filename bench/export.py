#!/usr/bin/env python3
"""How fast an archive is exported, and in how much memory, beside what else writes its rows.

    bench/export.py                          4,000 articles, two rounds, in under a minute
    bench/export.py --articles 100000        a larger archive
    bench/export.py --archive DIR            one's own
    bench/export.py --kinds csv              only CSV

Every contender writes the same rows and columns to a file, and has it on the disk at the end: nightdesk (which also
makes a digest), the command line of SQLite, Python's csv and json, pandas. The CSV files are then read and must have
the same cells. Each runs in a process of its own, one after the other, round by round; told is the best round. Start-up
(the interpreter, its modules) is shown apart and is no part of the other figures. ``× ours`` is the processor time of
each by that of nightdesk for the same kind of file: the disk is as busy as others make it. Peak memory is that of
the whole process, also with a fifth of the articles.
"""

from __future__ import annotations

import argparse
import csv
import json
import os
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from importlib import import_module
from importlib.util import find_spec
from itertools import zip_longest
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from archive.bulk import BulkLoader
from archive.export.columns import EVERY, columns_of
from archive.row import row_of
from archive.times import iso
from archive.urls import article_id
from archive.writer import ArchiveWriter
from bench.corpus import Corpus
from bench.tables import table

_FROM = "from articles a left join captures c on c.id = a.capture_id left join warc_files w on w.id = c.warc_file_id"


def statement() -> str:
    """The rows of an export of everything, as anybody would ask SQLite for them."""
    cells = []
    for column in columns_of(None):
        sql = column.sql.replace("h.", "a.")
        sql = f"iif({sql}, 'true', 'false')" if column.kind == "truth" else sql
        cells.append(f"{sql} as {column.name}")
    return f"select {', '.join(cells)} {_FROM} order by a.seq"


# ── the contenders ───────────────────────────────────────────────────────────────────────────────────


def ours(archive: Path, to: Path) -> None:
    from archive import Archive

    with Archive(archive) as opened:
        opened.export(None, to)


def by_module(archive: Path, to: Path) -> None:
    with closing(sqlite3.connect(archive / "archive.db")) as db, to.open("w", newline="", encoding="utf-8") as file:
        rows = db.execute(statement())
        writer = csv.writer(file)
        writer.writerow([name for name, *_ in rows.description])
        writer.writerows(rows)


def by_json(archive: Path, to: Path) -> None:
    parsed = {name for name, column in EVERY.items() if column.is_json}
    with closing(sqlite3.connect(archive / "archive.db")) as db, to.open("w", encoding="utf-8") as file:
        rows = db.execute(statement())
        names = [name for name, *_ in rows.description]
        for row in rows:
            told = {n: json.loads(cell) if n in parsed else cell for n, cell in zip(names, row, strict=True)}
            file.write(json.dumps(told, ensure_ascii=False) + "\n")


def by_pandas(archive: Path, to: Path) -> None:
    import pandas as pd

    with closing(sqlite3.connect(archive / "archive.db")) as db:
        frame = pd.read_sql_query(statement(), db, dtype={"reading_minutes": "Int64", "capture_offset": "Int64"})
    if to.suffix == ".parquet":
        frame.to_parquet(to, compression="zstd", index=False)
    else:
        frame.to_csv(to, index=False)


def by_shell(mode: str) -> Callable[[Path, Path], None]:
    def run(archive: Path, to: Path) -> None:
        command = ["sqlite3", "-readonly", "-header", f"-{mode}", str(archive / "archive.db"), statement()]
        with to.open("wb") as file:
            subprocess.run(command, stdout=file, check=True)

    return run


#: Kind of file → contender → what writes it; the first is ours.
CONTENDERS: dict[str, dict[str, Callable[[Path, Path], None]]] = {
    "csv": {"nightdesk": ours, "sqlite3": by_shell("csv"), "csv module": by_module, "pandas": by_pandas},
    "jsonl": {"nightdesk": ours, "sqlite3": by_shell("json"), "json module": by_json},
    "parquet": {"nightdesk": ours, "pandas": by_pandas},
}
#: What each loads before it begins.
_MODULES = {"nightdesk": ["archive.export.write", "archive.sqlite"], "pandas": ["pandas"]}


# ── one run ──────────────────────────────────────────────────────────────────────────────────────────


def run_one(kind: str, name: str, archive: Path, to: Path) -> None:
    """In a process of its own: write, and print what it took as JSON."""
    modules = ["pyarrow.parquet"] if kind == "parquet" else []
    for module in [*modules, *_MODULES.get(name, ())]:
        import_module(module)
    begun, used = time.perf_counter(), _processor()
    CONTENDERS[kind][name](archive, to)
    with to.open("rb") as file:
        os.fsync(file.fileno())
    told = {"seconds": time.perf_counter() - begun, "processor": _processor() - used}
    # The shell is a process of a process; ours would be told in its place.
    print(json.dumps(told | {"peak_mb": None if name == "sqlite3" else _peak_mb()}))


def _processor() -> float:
    times = os.times()
    return times.user + times.system + times.children_user + times.children_system


def _peak_mb() -> float:
    status = Path("/proc/self/status").read_text(encoding="ascii")
    return next(int(line.split()[1]) / 1024 for line in status.splitlines() if line.startswith("VmHWM"))


def measure(kind: str, name: str, archive: Path, to: Path) -> dict[str, Any]:
    """Run a contender → seconds, processor seconds, start-up, peak in MB."""
    begun = time.perf_counter()
    command = [sys.executable, __file__, "--run", f"{kind}/{name}", "--archive", archive, "--to", to]
    done = subprocess.run([str(word) for word in command], capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(f"{kind} by {name}: {done.stderr}")
    told: dict[str, Any] = json.loads(done.stdout)
    return told | {"startup": time.perf_counter() - begun - told["seconds"], "bytes": to.stat().st_size}


# ── the archive and what was written ─────────────────────────────────────────────────────────────────


def fill(folder: Path, corpus: Corpus, articles: int) -> Path:
    """An archive of so many made-up articles, each with a capture, a picture and somebody's words in quotes."""
    now = "2026-11-01T00:00:00Z"
    with ArchiveWriter(folder, purpose="bench") as writer:
        db = writer.db.conn
        db.executemany(
            "insert into sources (id, title, home, first_seen_at) values (?, ?, ?, ?)",
            [(f"paper{n:03}", f"Paper {n}", f"https://paper{n:03}.test/", now) for n in range(corpus.sources)],
        )
        db.execute(
            "insert into runs (id, kind, started_at, finished_at, status, software, arguments)"
            f" values (1, 'crawl', '{now}', '{now}', 'finished', 'bench', '{{}}')"
        )
        db.execute(f"insert into warc_files values (1, 'warc/1.warc.gz', '{now}', 1, 1)")
        db.executemany(
            "insert into captures (id, run_id, source, url, fetched_at, status, warc_file_id, offset, length,"
            " payload_size, payload_digest) values (?, 1, 'paper000', ?, ?, 200, 1, ?, 900, 5000, ?)",
            ((n + 1, f"https://paper000.test/{n}", now, n * 1000, "sha1:" + "A" * 32) for n in range(articles)),
        )
        db.commit()
    with BulkLoader(folder) as loader:
        for number in range(articles):
            source, article = corpus.article(number)
            assert article.published_at
            at = iso(article.published_at)
            row = row_of(article) | {"id": article_id(str(article.url)), "source": source, "capture_id": number + 1}
            row |= {"first_seen_at": at, "last_seen_at": at, "revised_at": at, "body": _quoted(article.body)}
            picture = {"url": f"{article.url}.jpg", "caption": article.title, "credit": None, "alt": None}
            loader.add([row | {"images": json.dumps([picture], ensure_ascii=False)}])
    return folder


def _quoted(body: str) -> str:
    paragraphs = body.split("\n\n")
    return "\n\n".join(f'"{text}" she said.' if number % 3 == 1 else text for number, text in enumerate(paragraphs))


def same_cells(one: Path, other: Path) -> bool:
    """Whether two CSV files hold the same texts, whatever their quotes and line ends."""
    return all(a == b for a, b in zip_longest(_cells(one), _cells(other)))


def _cells(path: Path) -> Iterator[list[str]]:
    csv.field_size_limit(2**31 - 1)
    with path.open(newline="", encoding="utf-8") as file:
        yield from csv.reader(file)


# ── the report ───────────────────────────────────────────────────────────────────────────────────────


def present() -> dict[str, list[str]]:
    """Kind → contenders that are installed here."""
    lacking = {name for name in ("pandas", "pyarrow") if find_spec(name) is None}
    lacking |= set() if shutil.which("sqlite3") else {"sqlite3"}
    if "pyarrow" in lacking:
        lacking.add("parquet")
    return {kind: [n for n in names if n not in lacking] for kind, names in CONTENDERS.items() if kind not in lacking}


def race(
    archive: Path, smaller: Path, scratch: Path, *, kinds: dict[str, list[str]], rounds: int
) -> dict[str, dict[str, dict[str, Any]]]:
    """Kind → contender → its best round, with the peak in the smaller archive. Stops where cells differ."""
    best: dict[str, dict[str, dict[str, Any]]] = {}
    for number in range(rounds):
        for kind, names in kinds.items():
            for name in names:
                to = scratch / f"{name.replace(' ', '-')}.{kind}"
                told = measure(kind, name, archive, to)
                if not number and kind == "csv" and not same_cells(scratch / "nightdesk.csv", to):
                    raise SystemExit(f"the cells of {name} are others")
                had = best.setdefault(kind, {}).setdefault(name, told)
                best[kind][name] = {key: min(had[key], told[key]) if had[key] else None for key in had}
    for kind, names in best.items():
        for name, told in names.items():
            peak = measure(kind, name, smaller, scratch / f"small.{kind}")["peak_mb"] if told["peak_mb"] else None
            told["peak_mb_of_a_fifth"] = peak
            told["times_ours"] = told["processor"] / names["nightdesk"]["processor"]
    return best


def rows_of(results: dict[str, dict[str, dict[str, Any]]], articles: int) -> Iterator[list[str]]:
    """The results as the rows of a table."""
    for kind, names in results.items():
        for name, told in names.items():
            yield [
                f"{kind}: {name}",
                f"{told['seconds']:.2f}",
                f"{told['processor']:.2f}",
                f"{articles / told['seconds']:,.0f}",
                f"{told['bytes'] / told['seconds'] / 1e6:.0f}",
                f"{told['times_ours']:.2f}",
                f"{told['startup']:.2f}",
                *(f"{mb:.0f}" if (mb := told[key]) else "–" for key in ("peak_mb", "peak_mb_of_a_fifth")),
            ]


_HEAD = ["", "seconds", "processor s", "articles/s", "MB/s", "× ours", "start-up s", "peak MB", "of a fifth"]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--articles", type=int, default=4000)
    parser.add_argument("--archive", type=Path, help="export this one")
    parser.add_argument("--rounds", type=int, default=2)
    parser.add_argument("--kinds", default=",".join(CONTENDERS), help="%(default)s, or some of them")
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--run", help=argparse.SUPPRESS)
    parser.add_argument("--to", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.run:
        run_one(*options.run.split("/"), options.archive, options.to)
        return 0
    with tempfile.TemporaryDirectory(prefix="nightdesk-") as folder:
        scratch = Path(folder)
        corpus = Corpus(articles=options.articles)
        archive = options.archive or fill(scratch / "archive", corpus, options.articles)
        with closing(sqlite3.connect(f"file:{archive / 'archive.db'}?mode=ro", uri=True)) as db:
            (articles,) = db.execute("select count(*) from articles").fetchone()
        smaller = fill(scratch / "smaller", corpus, max(1, articles // 5))
        kinds = {kind: names for kind, names in present().items() if kind in options.kinds.split(",")}
        results = race(archive, smaller, scratch, kinds=kinds, rounds=options.rounds)
    if options.json:
        print(json.dumps({"articles": articles, "results": results}))
    else:
        print(f"{articles:,} articles\n\n{table(_HEAD, rows_of(results, articles))}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
