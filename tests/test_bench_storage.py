"""The benchmark of storage runs, on a small archive, and its sums are right."""

from __future__ import annotations

import gzip
import json
import subprocess
import sys
from pathlib import Path

from archive.writer import ArchiveWriter
from tests.archive.test_captures import exchange
from tests.archive.test_writer import found
from tests.conftest import NOW, an_article, open_archive

ROOT = Path(__file__).parent.parent
FURNITURE = b"<nav>Home, News, Sport, Culture, Opinion, the same on every page of it</nav>" * 20


def build(folder: Path, *, site: str, pages: int, packed: bool) -> None:
    with ArchiveWriter(folder, purpose="test") as writer:
        for n in range(pages):
            url = f"http://{site}.example/{n}"
            body = FURNITURE + f"<p>{n} {n * 7919}</p>".encode() * 5
            headers = [("Content-Type", "text/html")] + [("Content-Encoding", "gzip")] * packed
            sent = gzip.compress(body) if packed else body
            one = exchange(sent, url=url, asked=url, response_headers=tuple(headers))
            capture = writer.keep(one, run=1, url_id=found(writer, url))
            article = an_article(url=url, canonical_url=url, title=f"Page {n}")
            writer.articles.store(
                article, source="gazette", seen_at=NOW, capture_id=capture, url_id=found(writer, url), key=url
            )


def bench(folder: Path, *options: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "bench/storage.py", str(folder), *options]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=300)


def test_each_way_of_packing_is_tried_and_the_bytes_add_up(tmp_path: Path) -> None:
    folder = tmp_path / "archive"
    open_archive(folder).close()
    build(folder, site="one", pages=12, packed=False)
    build(folder, site="two", pages=12, packed=True)
    build(folder, site="few", pages=3, packed=False)  # too few to learn from: left out
    done = bench(folder, "--json")
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    assert told["articles"] == 27
    in_files = sum(path.stat().st_size for path in folder.glob("warc/**/*.warc.gz"))
    assert round(sum(each["bytes an article"] for each in told["warc"].values()) * 27) == in_files
    assert {"warcinfo", "response", "request"} == set(told["warc"])
    pages = sum(told["database"].values()) * 27
    assert round(pages) <= (folder / "archive.db").stat().st_size
    received, undone = told["packing"]["as received"], told["packing"]["encodings undone"]
    assert set(received) == set(undone) and len(received) == 7
    ours, learnt = "gzip 6", "zstd 3, a dictionary a site"
    assert received[ours]["time"] == 1
    assert undone[learnt]["bytes a record"] < undone[ours]["bytes a record"]
    assert undone[learnt]["dictionaries, bytes"] > 0 == undone[ours]["dictionaries, bytes"]
    assert f"| {learnt} |" in bench(folder).stdout


def test_an_archive_without_articles_is_said_to_be_one(tmp_path: Path) -> None:
    open_archive(tmp_path).close()
    done = bench(tmp_path)
    assert done.returncode == 1 and "has no articles" in done.stderr
