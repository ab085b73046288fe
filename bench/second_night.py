#!/usr/bin/env python3
"""Requests and bytes of the nights after the first, over newspapers on which nothing changes.

    bench/second_night.py --sites sites.json --proxy http://127.0.0.1:8089     any local internet behind a proxy
    bench/second_night.py                                                      the bundled newspapers (small)

``sites.json``: host → anything; each host has a front page at ``/``. Politeness delays are off. Between two nights the
archive is moved into the past (``bench/clock.py``), so a month passes in minutes: nights 1, 2, 3, 9, 10 and 31 are
crawled by default, the first being that of the first crawl.

Requests are what went over the wire, robots.txt and redirects included; bytes are those of the bodies as received.
WARC is what the night added on disk. A night on which articles are due again for their age asks for these, too.
"""

from __future__ import annotations

import argparse
import json
import os
import sqlite3
import subprocess
import sys
import tempfile
import time
from contextlib import closing
from dataclasses import asdict, dataclass
from datetime import timedelta
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
_NIGHTS = (1, 2, 3, 9, 10, 31)


@dataclass(frozen=True, kw_only=True)
class Night:
    """What one night cost."""

    number: int
    requests: int
    not_modified: int
    #: Of lists of pages, of articles, of robots.txt and the like.
    documents: int
    pages: int
    other: int
    body_bytes: int
    warc_bytes: int
    new: int
    seconds: float


def crawl(folder: Path, env: dict[str, str], number: int) -> Night:
    """One night into the archive in this folder."""
    before = _warc_bytes(folder)
    start = time.perf_counter()
    done = subprocess.run(
        [sys.executable, "-m", "crawler", "crawl", "-a", folder, "--json"],
        env=env,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise SystemExit(f"night {number} ended with status {done.returncode}:\n{done.stderr}")
    seconds = time.perf_counter() - start
    with closing(sqlite3.connect(folder / "archive.db")) as db:
        requests, not_modified, documents, pages, body_bytes = db.execute(
            """
            select count(*), count(*) filter (where status = 304), count(*) filter (where kind <> 'page'),
                   count(*) filter (where kind = 'page'), coalesce(sum(payload_size), 0)
            from captures left join urls on urls.id = url_id where run_id = (select max(id) from runs)
            """
        ).fetchone()
        (new,) = db.execute(
            "select count(*) from run_urls where run_id = (select max(id) from runs) and outcome = 'new'"
        ).fetchone()
    return Night(
        number=number,
        requests=requests,
        not_modified=not_modified,
        documents=documents,
        pages=pages,
        other=requests - documents - pages,
        body_bytes=body_bytes,
        warc_bytes=_warc_bytes(folder) - before,
        new=new,
        seconds=seconds,
    )


def _warc_bytes(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.glob("warc/**/*.gz"))


def measure(proxy: str, homes: dict[str, str], nights: list[int]) -> list[Night]:
    """Crawl the nights one after the other into a new archive."""
    from bench.clock import let_time_pass

    env = os.environ | {"http_proxy": proxy, "no_proxy": "", "PYTHONPATH": str(ROOT)}
    measured: list[Night] = []
    with tempfile.TemporaryDirectory() as parent:
        folder = Path(parent)
        blocks = [f'[sources."{name}"]\nhome = "{home}"\n' for name, home in homes.items()]
        crawl_table = '[crawl]\ncontact = "bench@nightdesk.example"\ndelay = 0\n'
        (folder / "sources.toml").write_text(crawl_table + "".join(blocks), encoding="utf-8")
        for number in nights:
            if measured:
                let_time_pass(folder, timedelta(days=number - measured[-1].number))
            measured.append(crawl(folder, env, number))
            print(f"night {number}: {measured[-1].seconds:.0f} s", file=sys.stderr)
    return measured


def shown(nights: list[Night], sources: int) -> str:
    """The nights as a table in Markdown."""
    first = nights[0]
    lines = [
        f"{sources} sources, {first.new} articles on the first night",
        "",
        "| Night | requests | a source | answered 304 | lists | articles | robots.txt … | body bytes | share | WARC |",
        "|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|",
    ]
    for n in nights:
        share = f"{100 * n.body_bytes / first.body_bytes:.1f} %" if first.body_bytes else ""
        cells = [n.number, n.requests, f"{n.requests / sources:.1f}", n.not_modified, n.documents, n.pages, n.other]
        cells += [f"{n.body_bytes:,}", share, f"{n.warc_bytes:,}"]
        lines.append("| " + " | ".join(map(str, cells)) + " |")
    return "\n".join(lines)


def main() -> int:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--sites", type=Path, help="sites.json of a local internet")
    options.add_argument("--proxy", help="where it is served")
    options.add_argument("--hosts", type=int, default=0, help="only that many hosts (default: all)")
    options.add_argument(
        "--nights", default=",".join(map(str, _NIGHTS)), help="which nights, rising (default: %(default)s)"
    )
    options.add_argument("--json", action="store_true")
    chosen = options.parse_args()
    if bool(chosen.sites) != bool(chosen.proxy):
        options.error("--sites and --proxy go together")
    nights = sorted({int(number) for number in chosen.nights.split(",")})
    if chosen.sites:
        hosts = list(json.loads(chosen.sites.read_text()))[: chosen.hosts or None]
        homes = {host: f"http://{host}/" for host in hosts}
        measured = measure(chosen.proxy, homes, nights)
    else:
        from crawler.demo import PAPERS, DemoInternet

        homes = {paper.name: paper.home for paper in PAPERS}
        with DemoInternet(1) as internet:
            measured = measure(internet.proxy_url, homes, nights)
    if chosen.json:
        print(json.dumps({"sources": len(homes), "nights": [asdict(night) for night in measured]}))
    else:
        print(shown(measured, len(homes)))
    return 0


if __name__ == "__main__":
    sys.path.insert(0, str(ROOT))
    sys.exit(main())
