#!/usr/bin/env python3
"""Cleaning an archive again: articles a second, beside trafilatura over the same pages on the same cores.

    bench/reextract.py                             the page fixtures of the tests, a few times over
    bench/reextract.py --pages FOLDER --workers 2  any folder of saved pages (``*.html``, packed with gzip or not)

The pages are put into an archive's WARC once, with records that say that an earlier version made them. Then, in turn:

    nightdesk    `nightdesk reextract`: read from the WARC, cleaned in processes, compared with what was there, written
    dry run      the same without writing
    trafilatura  ``bare_extraction`` with metadata, in as many processes, of the pages' bytes as they lie in memory

Rates are of the median of ``--rounds``; the ratio is what counts. Then what a page costs in one process, step by step.
"""

from __future__ import annotations

import argparse
import gzip
import json
import multiprocessing
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from archive.captures import Exchange, read_capture
from archive.generations.choose import fill_queue, make_queue
from archive.generations.texts import iter_queue
from archive.generations.wanted import Wanted
from archive.ledger import Verdict
from archive.opening import open_to_read
from archive.types import Article, Hint, Kind, Link, Page, State, Via
from archive.writer import ArchiveWriter
from bench.tables import table
from crawler.again.options import Asked
from crawler.again.reextract import reextract, try_again, undo
from crawler.keep import verdict_on
from pipelines import refine

ROOT = Path(__file__).resolve().parent.parent
_SOURCE = "bench"
_AT = datetime(2026, 11, 1, tzinfo=UTC)


def pages_of(folder: Path) -> list[bytes]:
    """The saved pages below a folder."""
    found = []
    for path in sorted(folder.rglob("*.html*")):
        body = path.read_bytes()
        found.append(gzip.decompress(body) if path.suffix == ".gz" else body)
    return found


def fill(folder: Path, bodies: Sequence[bytes], copies: int) -> list[bytes]:
    """An archive of the pages that are articles, ``copies`` times → their bytes, in its order."""
    kept = []
    with ArchiveWriter(folder, purpose="bench") as writer:
        writer.ledger.add_source(_SOURCE, home="http://bench.example/", title=None, now=_AT)
        run = writer.ledger.start_run("crawl", {}, _AT)
        for number, body in enumerate(bodies):
            made = refine(_page("http://bench.example/0", body))
            if isinstance(made, Article):
                for copy in range(copies):
                    _take_in(writer, run, f"http://bench.example/{number}/{copy}", body, made)
                    kept.append(body)
        writer.ledger.finish_run(run, "finished", _AT)
        writer.db.execute("update articles set extractor = 'nightdesk 0.0.1, trafilatura 0.0.1', language = 'xx'")
    return kept


def _page(url: str, body: bytes) -> Page:
    return Page(url=url, final_url=url, body=body, fetched_at=_AT, source=_SOURCE)


def _take_in(writer: ArchiveWriter, run: int, url: str, body: bytes, made: Article) -> None:
    link = Link(url=url, kind=Kind.PAGE, hint=Hint(via=Via.GIVEN, where="bench"))
    writer.ledger.discover([link], source=_SOURCE, run=run, now=_AT)
    entry = writer.ledger.entry(url)
    assert entry is not None
    headers = (("Content-Type", "text/html"),)
    exchange = Exchange(
        url=url, asked=url, source=_SOURCE, fetched_at=_AT, status=200, response_headers=headers, body=body
    )
    capture = writer.keep(exchange, run=run, url_id=entry.id)
    captured = Verdict(state=State.CAPTURED, outcome=None, capture_id=capture, full_answer=True)
    writer.ledger.settle(entry, captured, run=run, now=_AT)
    entry = writer.ledger.entry(url)
    assert entry is not None
    article = replace(made, url=url, canonical_url=url)
    writer.ledger.settle(entry, verdict_on(writer, entry, _page(url, body), article, _AT), run=run, now=_AT)


def _bare(bodies: Sequence[bytes]) -> int:
    from trafilatura import bare_extraction

    return sum(bare_extraction(body, with_metadata=True) is not None for body in bodies)


def trafilatura(bodies: Sequence[bytes], workers: int) -> float:
    """Seconds for all pages, the start of the processes and the import left out."""
    parts = [bodies[at : at + 25] for at in range(0, len(bodies), 25)]
    with ProcessPoolExecutor(workers, mp_context=multiprocessing.get_context("spawn")) as pool:
        list(pool.map(_bare, [[b"<html><body><p>Warm.</p></body></html>"]] * (4 * workers)))
        begin = time.monotonic()
        list(pool.map(_bare, parts))
        return time.monotonic() - begin


def timed(call: Callable[[], object]) -> float:
    begin = time.monotonic()
    call()
    return time.monotonic() - begin


def steps(folder: Path) -> dict[str, float]:
    """Milliseconds of one process's CPU a page: to read it from the WARC, to clean it; and of a whole ``reextract``."""
    db = open_to_read(folder / "archive.db")
    db.execute("pragma query_only = off")
    make_queue(db)
    fill_queue(db, 0, Wanted(force=True), extractor="", templates={})
    texts = list(iter_queue(db, 0))
    db.close()
    begin = time.process_time()
    captures = [read_capture(folder, text.capture) for text in texts]
    bodies = [capture.body for capture in captures]
    read = time.process_time()
    for body in bodies:
        refine(_page("http://bench.example/0", body))
    cleaned = time.process_time()
    reextract(Asked(folder=folder, wanted=Wanted(force=True), workers=1), lambda _done, _all: None)
    written = time.process_time()  # of this process: comparing and writing; cleaning is another's
    undo(folder, None)
    each = {"read": read - begin, "clean": cleaned - read, "compare and write": written - cleaned}
    return {name: 1000 * seconds / len(texts) for name, seconds in each.items()}


def measure(bodies: Sequence[bytes], *, copies: int, workers: int, rounds: int) -> dict[str, Any]:
    """Everything."""
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary) / "archive"
        kept = fill(folder, bodies, copies)
        asked = Asked(folder=folder, wanted=Wanted(), workers=workers)
        seconds: dict[str, list[float]] = {"nightdesk": [], "dry run": [], "trafilatura": []}
        for _ in range(rounds):
            seconds["dry run"].append(timed(lambda: try_again(asked, lambda _done, _all: None)))
            seconds["nightdesk"].append(timed(lambda: reextract(asked, lambda _done, _all: None)))
            undo(folder, None)
            seconds["trafilatura"].append(trafilatura(kept, workers))
        rates = {name: len(kept) / statistics.median(each) for name, each in seconds.items()}
        return {
            "articles": len(kept),
            "workers": workers,
            "articles_per_second": rates,
            "over_trafilatura": {name: rates[name] / rates["trafilatura"] for name in ("nightdesk", "dry run")},
            "ms_a_page": steps(folder),
        }


def main() -> int:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--pages", type=Path, default=ROOT / "tests" / "pages")
    options.add_argument("--copies", type=int, default=3)
    options.add_argument("--most", type=int, default=1_000_000, help="pages of the folder at most")
    options.add_argument("--workers", type=int, default=2)
    options.add_argument("--rounds", type=int, default=3)
    options.add_argument("--json", action="store_true")
    chosen = options.parse_args()
    bodies = pages_of(chosen.pages)[: chosen.most]
    told = measure(bodies, copies=chosen.copies, workers=chosen.workers, rounds=chosen.rounds)
    if chosen.json:
        print(json.dumps(told))
        return 0
    print(f"{told['articles']} articles, {told['workers']} processes")
    rates, ratios = told["articles_per_second"], told["over_trafilatura"]
    rows = [[name, f"{rate:.1f}", f"{ratios.get(name, 1):.2f}"] for name, rate in rates.items()]
    print(table(["", "articles/s", "× trafilatura"], rows))
    total = sum(told["ms_a_page"].values())
    rows = [[name, f"{ms:.2f}", f"{100 * ms / total:.0f} %"] for name, ms in told["ms_a_page"].items()]
    print(table(["one process", "ms a page", "share"], rows))
    return 0


if __name__ == "__main__":
    sys.exit(main())
