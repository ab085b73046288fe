#!/usr/bin/env python3
"""What pages of the reading room cost, beside a writer at work, and beside plain Datasette on the same data.

    bench/web.py                              2,000 articles, made for it
    bench/web.py --archive DIR --articles N   in an archive that is made in DIR if there is none, and stays

Servers listen on loopback only, each a process of its own. First one reader asks for one page after the other, each
kind of page once unmeasured; what is measured is from the request to the last byte, and the server's own processor
time. Then several readers ask at once, for ``--seconds``. All the while a writer stores articles and commits every
half second, as a crawl does (``--still``: no writer). The peer is Datasette as it comes, on the same file: its table of
articles, newest first, fifty a page; the same with its full-text search; and that with a facet.

An answer that is no 200, a page above 100 kB, or a writer that met a lock is told and makes the exit status 1.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import re
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.client import HTTPConnection
from pathlib import Path
from typing import Any
from urllib.parse import quote_plus

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from archive.reading import Archive
from archive.times import utc_now
from archive.types import Hint, Kind, Link, Via
from archive.writer import ArchiveWriter
from bench.corpus import Corpus
from bench.questions import questions
from bench.search import percentile
from bench.tables import table

ROOT = Path(__file__).resolve().parent.parent
#: Kind of page → milliseconds at a million articles that 95 of 100 shall not take longer than.
LIMITS = {"home": 100.0, "hits": 150.0, "search": 400.0, "article": 30.0}
#: Each kind of ours, and what it is set beside.
PEERS = {"home": "table", "hits": "table, search", "search": "table, search, facet", "article": "table"}
#: Bytes of a page, without its sheet and its script.
WEIGHT = 100_000
_LINE = re.compile(r"http://127\.0\.0\.1:(\d+)")


@dataclass(slots=True)
class Told:
    """What the answers to one kind of request came to."""

    ms: list[float] = field(default_factory=list)
    cpu_ms: list[float] = field(default_factory=list)
    most_bytes: int = 0
    #: Of the slowest.
    slowest: str = ""
    wrong: list[str] = field(default_factory=list)

    def add(self, path: str, status: int, size: int, ms: float, cpu_ms: float = 0.0) -> None:
        """Count an answer."""
        if status != 200:
            self.wrong.append(f"{path}: {status}")
        if not self.ms or ms > max(self.ms):
            self.slowest = path
        self.ms.append(ms)
        self.cpu_ms.append(cpu_ms)
        self.most_bytes = max(self.most_bytes, size)

    def figures(self) -> dict[str, Any]:
        """The numbers."""
        return {
            "requests": len(self.ms),
            "p50": percentile(self.ms, 0.5),
            "p95": percentile(self.ms, 0.95),
            "most": max(self.ms),
            "slowest": self.slowest,
            "cpu_p50": percentile(self.cpu_ms, 0.5),
            "cpu_p95": percentile(self.cpu_ms, 0.95),
            "most_bytes": self.most_bytes,
            "wrong": self.wrong,
        }


class Reader:
    """Asks one server, over one connection."""

    def __init__(self, port: int, pid: int) -> None:
        self._connection = HTTPConnection("127.0.0.1", port, timeout=120)
        self._pid = pid

    def ask(self, path: str) -> tuple[int, int, float, float]:
        """Status, bytes, milliseconds, and milliseconds of the server's processor."""
        cpu, begin = self._cpu_ms(), time.perf_counter()
        self._connection.request("GET", path)
        answer = self._connection.getresponse()
        size = len(answer.read())
        return answer.status, size, 1000 * (time.perf_counter() - begin), self._cpu_ms() - cpu

    def _cpu_ms(self) -> float:
        """Time of the server's threads on a processor so far."""
        threads = Path(f"/proc/{self._pid}/task").iterdir()
        return sum(int((each / "schedstat").read_text().split()[0]) for each in threads) / 1e6

    def close(self) -> None:
        """Hang up."""
        self._connection.close()


@contextmanager
def serving(command: Sequence[str]) -> Iterator[tuple[int, int]]:
    """A server that tells its address on standard error. Gives port and process."""
    environment = os.environ | {"PYTHONPATH": str(ROOT), "PYTHONWARNINGS": "ignore"}
    server = subprocess.Popen(command, stderr=subprocess.PIPE, stdout=subprocess.DEVNULL, text=True, env=environment)
    assert server.stderr is not None
    try:
        said = ""
        for line in server.stderr:
            said += line
            if found := _LINE.search(line):
                break
        else:
            raise SystemExit(f"{command[1:4]} did not begin to serve:\n{said}")
        threading.Thread(target=server.stderr.read, daemon=True).start()
        yield int(found[1]), server.pid
    finally:
        server.terminate()
        server.wait(30)


class Writer(threading.Thread):
    """Stores articles and commits every half second until told to end."""

    def __init__(self, folder: Path, corpus: Corpus, per_second: int = 20) -> None:
        super().__init__(daemon=True)
        self._folder, self._corpus, self._per_second = folder, corpus, per_second
        self._end = threading.Event()
        self.stored = 0
        self.commits: list[float] = []
        self.wrong = ""

    def run(self) -> None:
        """Do it in a connection of its own."""
        try:
            with ArchiveWriter(self._folder, purpose="bench") as writer:
                run = writer.ledger.start_run("crawl", {}, utc_now())
                while not self._end.wait(0.5):
                    for _ in range(self._per_second // 2):
                        self._store(writer, run)
                    begin = time.perf_counter()
                    writer.commit()
                    self.commits.append(1000 * (time.perf_counter() - begin))
                writer.ledger.finish_run(run, "finished", utc_now())
        except Exception as error:  # noqa: BLE001 (what it met is what is measured)
            self.wrong = repr(error)

    def _store(self, writer: ArchiveWriter, run: int) -> None:
        """One article more than the corpus has."""
        source, article = self._corpus.article(self._corpus.articles + self.stored)
        url, now, hint = str(article.url), utc_now(), Hint(via=Via.FEED, where="https://paper.test/feed")
        writer.ledger.discover([Link(url=url, kind=Kind.PAGE, hint=hint)], source=source, run=run, now=now)
        entry = writer.ledger.entry(url)
        assert entry is not None
        writer.articles.store(article, source=source, seen_at=now, capture_id=None, url_id=entry.id)
        self.stored += 1

    def end(self) -> None:
        """Stop after the commit under way."""
        self._end.set()
        self.join(60)


def requests_of(folder: Path, corpus: Corpus, each: int, seed: int = 1) -> dict[str, list[str]]:
    """Kind of page → addresses of it: searches of every kind of bench/questions.py, articles by lot."""
    chance = random.Random(f"{seed} pages")
    asked = [text for texts in questions(corpus, each, seed).values() for text in texts]
    with Archive(folder) as archive:
        drawn = [chance.randrange(corpus.articles) for _ in range(10 * each)]
        ids = [archive.get(str(corpus.article(number)[1].url)).id for number in drawn]
    return {
        "home": ["/"] * max(2 * each, 3),
        "hits": [f"/search?q={quote_plus(text)}&count=none" for text in asked],
        "search": [f"/search?q={quote_plus(text)}" for text in asked],
        "article": [f"/article/{id_}" for id_ in ids],
        "trends": [f"/trends?q={quote_plus(text)}" for text in asked],
        "trends, 3": [
            f"/trends?q={'&q='.join(map(quote_plus, asked[n : n + 3]))}" for n in range(0, len(asked) - 2, 3)
        ],
        "trends, split": [f"/trends?q={quote_plus(text)}&split=source&of=share" for text in asked[::3]],
        "sources": ["/sources"] * each,
        "source": [f"/source/paper{number % corpus.sources:03}" for number in range(each)],
    }


def peer_requests(corpus: Corpus, each: int, seed: int = 1) -> dict[str, list[str]]:
    """The same of Datasette's table: as it comes, searched, searched and counted by source."""
    made = questions(corpus, each, seed)
    words = [quote_plus(text) for kind in ("common word", "middling word", "rare word") for text in made[kind]]
    newest = "/archive/articles?_sort_desc=seq&_size=50"
    return {
        "table": [newest] * max(2 * each, 3),
        "table, search": [f"{newest}&_search={word}" for word in words],
        "table, search, facet": [f"{newest}&_search={word}&_facet=source" for word in words],
    }


def one_by_one(port: int, pid: int, requests: Mapping[str, Sequence[str]]) -> dict[str, Told]:
    """One reader, one page after the other; each kind's first request is made once before."""
    told = {kind: Told() for kind in requests}
    reader = Reader(port, pid)
    for kind, paths in requests.items():
        reader.ask(paths[0])
        for path in paths:
            told[kind].add(path, *reader.ask(path))
    reader.close()
    return told


def at_once(port: int, pid: int, paths: Sequence[str], readers: int, seconds: float) -> tuple[float, Told]:
    """Several readers for some seconds → answers a second, and what they came to."""
    told, lock = Told(), threading.Lock()
    end = time.monotonic() + seconds

    def read(number: int) -> None:
        chance, reader = random.Random(number), Reader(port, pid)
        while time.monotonic() < end:
            path = chance.choice(paths)
            status, size, ms, _ = reader.ask(path)
            with lock:
                told.add(path, status, size, ms)
        reader.close()

    begin = time.monotonic()
    threads = [threading.Thread(target=read, args=[number]) for number in range(readers)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    return len(told.ms) / (time.monotonic() - begin), told


def measure(folder: Path, corpus: Corpus, *, each: int, readers: int, seconds: float, still: bool) -> dict[str, Any]:
    """All the figures."""
    requests, peers = requests_of(folder, corpus, each), peer_requests(corpus, each)
    python = sys.executable
    ours = [python, "-m", "crawler", "serve", "-a", str(folder), "--port", "0"]
    plain = [python, "-m", "datasette", "serve", str(folder / "archive.db"), "--host", "127.0.0.1", "--port", "0"]
    writer = None if still else Writer(folder, corpus)
    told: dict[str, Any] = {"articles": corpus.articles, "readers": readers}
    if writer:
        writer.start()
    try:
        for name, command, asked in (("room", ours, requests), ("datasette", plain, peers)):
            with serving(command) as (port, pid):
                alone = one_by_one(port, pid, asked)
                every = [path for paths in asked.values() for path in paths]
                rate, crowd = at_once(port, pid, every, readers, seconds)
            told[name] = {kind: one.figures() for kind, one in alone.items()}
            told[f"{name} at once"] = crowd.figures() | {"per_second": rate}
    finally:
        if writer:
            writer.end()
    if writer:
        commits = {"p50": percentile(writer.commits, 0.5), "most": max(writer.commits)} if writer.commits else {}
        told["writer"] = {"stored": writer.stored, "commit_ms": commits, "wrong": writer.wrong}
    return told | {"faults": faults_of(told)}


def faults_of(told: Mapping[str, Any]) -> list[str]:
    """What must not be: other answers than 200, heavy pages, a writer that was kept out."""
    found = [f"{kind}: {wrong}" for kind, one in told["room"].items() for wrong in one["wrong"]]
    found += [f"at once: {wrong}" for wrong in told["room at once"]["wrong"]]
    found += [
        f"{kind}: a page of {one['most_bytes']:,} bytes"
        for kind, one in told["room"].items()
        if one["most_bytes"] > WEIGHT
    ]
    writer = told.get("writer")
    if writer and writer["wrong"]:
        found.append(f"the writer: {writer['wrong']}")
    return found


def _cells(one: Mapping[str, Any]) -> list[str]:
    figures = [one[name] for name in ("p50", "p95", "most", "cpu_p50", "cpu_p95")]
    return [str(one["requests"]), *(f"{each:,.1f}" for each in figures), f"{one['most_bytes'] / 1000:,.0f}"]


def report(told: Mapping[str, Any]) -> str:
    """The figures as text."""
    rows = []
    for kind, one in told["room"].items():
        limit, peer = LIMITS.get(kind), told["datasette"].get(PEERS.get(kind, ""))
        share = f"{one['p95'] / limit:.2f}" if limit else "–"
        ratio = f"{one['p95'] / peer['p95']:.2f}" if peer else "–"
        rows.append([kind, *_cells(one), f"{limit:,.0f}" if limit else "–", share, ratio])
    for kind, one in told["datasette"].items():
        wrong = f", {len(one['wrong'])} not answered" if one["wrong"] else ""
        rows.append([f"Datasette: {kind}{wrong}", *_cells(one), "–", "–", "–"])
    head = ["page", "asked", "p50 ms", "p95 ms", "most", "CPU p50", "CPU p95", "most kB", "limit", "p95 / limit"]
    head.append("p95 / Datasette")
    crowd, peer = told["room at once"], told["datasette at once"]
    lines = [
        f"{told['articles']:,} articles" + (", a writer beside" if "writer" in told else ""),
        table(head, rows),
        f"{told['readers']} readers at once, all kinds mixed: {crowd['per_second']:,.1f} pages a second, p95"
        f" {crowd['p95']:,.0f} ms; Datasette's own {peer['per_second']:,.1f}, p95 {peer['p95']:,.0f} ms"
        f" (ratio {crowd['per_second'] / peer['per_second']:.2f})",
        *(f"slowest {kind}: {one['most']:,.0f} ms {one['slowest']}" for kind, one in told["room"].items()),
    ]
    if writer := told.get("writer"):
        commits = writer["commit_ms"]
        lines.append(f"the writer stored {writer['stored']:,}; a commit took {commits.get('p50', 0):.0f} ms (p50), "
                     f"{commits.get('most', 0):.0f} ms at most")  # fmt: skip
    return "\n\n".join([*lines, *(f"FAULT {fault}" for fault in told["faults"][:20])])


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
    parser.add_argument("--articles", type=int, default=2_000, help="how many there are, or are made (2,000)")
    parser.add_argument("--seed", type=int, default=1, help="of the articles that are made")
    parser.add_argument("--archive", type=Path, metavar="DIR", help="where they are; made there if there are none")
    parser.add_argument("--each", type=int, default=4, help="searches of each kind; of other pages alike (4)")
    parser.add_argument("--readers", type=int, default=4, help="readers at once (4)")
    parser.add_argument("--seconds", type=float, default=10, help="for which they ask (10)")
    parser.add_argument("--still", action="store_true", help="without a writer beside: the archive stays as it is")
    parser.add_argument("--json", action="store_true", help="the figures as JSON")
    given = parser.parse_args()
    corpus = Corpus(seed=given.seed, articles=given.articles)
    with _folder(given.archive) as folder:
        if not (folder / "archive.db").exists():
            corpus.fill(folder)
        told = measure(folder, corpus, each=given.each, readers=given.readers, seconds=given.seconds, still=given.still)
    print(json.dumps(told) if given.json else report(told))
    if told["faults"]:
        raise SystemExit(1)


if __name__ == "__main__":
    main()
