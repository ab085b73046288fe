#!/usr/bin/env python3
"""Articles a second of `nightdesk crawl` against two bare Scrapy spiders over the same pages.

    bench/crawl.py --sites sites.json --proxy http://127.0.0.1:8089     any local internet behind a proxy
    bench/crawl.py                                                      the bundled newspapers (small)

``sites.json``: host → list of {"served": article URL}; each host has a front page that leads to its articles.
Politeness delays are off for all three; each gets a fresh process and the same settings for concurrency:

    fetch       a spider that fetches the front pages and the articles and throws them away: the limit
    callback    the same, calling trafilatura (with metadata) in its callback: what one would write first
    nightdesk   the whole night: robots.txt, feeds, sitemaps, sections, WARC, cleaning, ledger, search index

Runs of the three alternate, ``--rounds`` times; ratios are of the medians. nightdesk must beat ``callback``.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent

_SPIDER = """
import json, sys
import scrapy
from scrapy.crawler import AsyncCrawlerProcess

urls, clean = json.load(open(sys.argv[1])), sys.argv[2] == "callback"
if clean:
    import trafilatura
taken = 0

class Bare(scrapy.Spider):
    name = "bare"

    async def start(self):
        for url in urls:
            yield scrapy.Request(url)

    def parse(self, response):
        global taken
        if clean:
            trafilatura.bare_extraction(response.body, url=response.url, with_metadata=True)
        taken += 1

process = AsyncCrawlerProcess({
    "ROBOTSTXT_OBEY": False, "DOWNLOAD_DELAY": 0, "CONCURRENT_REQUESTS": 64, "CONCURRENT_REQUESTS_PER_DOMAIN": 1,
    "TELNETCONSOLE_ENABLED": False, "REMOTE_CONTROL_ENABLED": False, "LOG_LEVEL": "ERROR", "USER_AGENT": "bench",
    "DEFAULT_REQUEST_HEADERS": {"Accept-Encoding": "gzip, deflate"},
})
process.crawl(Bare)
process.start()
print(taken)
"""


def run_spider(kind: str, urls: list[str], env: dict[str, str], folder: Path) -> tuple[int, float]:
    """A bare spider's pages and seconds."""
    (folder / "urls.json").write_text(json.dumps(urls))
    (folder / "spider.py").write_text(_SPIDER)
    start = time.perf_counter()
    done = subprocess.run(
        [sys.executable, folder / "spider.py", folder / "urls.json", kind],
        env=env,
        capture_output=True,
        text=True,
        check=True,
    )
    return int(done.stdout), time.perf_counter() - start


def run_nightdesk(homes: dict[str, str], env: dict[str, str], folder: Path) -> tuple[int, float]:
    """Pages cleaned by a whole night into a new archive (kept or refused), and its seconds."""
    import sqlite3

    archive = folder / "archive"
    shutil.rmtree(archive, ignore_errors=True)
    archive.mkdir()
    blocks = [f'[sources."{name}"]\nhome = "{home}"\n' for name, home in homes.items()]
    (archive / "sources.toml").write_text('[crawl]\ncontact = "bench@nightdesk.example"\ndelay = 0\n' + "".join(blocks))
    start = time.perf_counter()
    subprocess.run(
        [sys.executable, "-m", "crawler", "crawl", "-a", archive, "--json"], env=env, check=True, capture_output=True
    )
    seconds = time.perf_counter() - start
    with closing(sqlite3.connect(archive / "archive.db")) as db:
        counted = db.execute(
            "select count(*) from run_urls where outcome in ('new', 'duplicate', 'rejected')"
        ).fetchone()
    return int(counted[0]), seconds


@contextmanager
def bundled() -> Iterator[tuple[str, dict[str, str], list[str]]]:
    """The bundled newspapers: proxy, homes, and the articles that the server lists."""
    from crawler.demo import PAPERS, DemoInternet

    with DemoInternet(1) as internet:
        folder = Path(tempfile.mkdtemp())
        homes = {paper.name: paper.home for paper in PAPERS}
        env = environment(internet.proxy_url)
        run_nightdesk(homes, env, folder)
        import sqlite3

        with closing(sqlite3.connect(folder / "archive" / "archive.db")) as db:
            rows = db.execute("select url from urls where kind = 'page' and state <> 'refused'").fetchall()
        shutil.rmtree(folder)
        yield internet.proxy_url, homes, [url for (url,) in rows]


def environment(proxy: str) -> dict[str, str]:
    return os.environ | {"http_proxy": proxy, "no_proxy": "", "PYTHONPATH": str(ROOT)}


def measure(proxy: str, homes: dict[str, str], articles: list[str], rounds: int) -> dict[str, list[float]]:
    """Articles a second of each contender, one figure a round."""
    env = environment(proxy)
    rates: dict[str, list[float]] = {"fetch": [], "callback": [], "nightdesk": []}
    for _ in range(rounds):
        for kind, figures in rates.items():
            folder = Path(tempfile.mkdtemp())
            try:
                if kind == "nightdesk":
                    taken, seconds = run_nightdesk(homes, env, folder)
                else:
                    taken, seconds = run_spider(kind, articles, env, folder)
            finally:
                shutil.rmtree(folder)
            if taken < 0.95 * len(articles):
                raise SystemExit(f"{kind} got only {taken} of {len(articles)} articles: no fair comparison")
            figures.append(taken / seconds)
            print(f"{kind}: {taken} articles in {seconds:.1f} s", file=sys.stderr)
    return rates


def main() -> int:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--sites", type=Path, help="sites.json of a local internet")
    options.add_argument("--proxy", help="where it is served")
    options.add_argument("--hosts", type=int, default=0, help="only that many hosts (default: all)")
    options.add_argument("--rounds", type=int, default=1)
    options.add_argument("--json", action="store_true")
    chosen = options.parse_args()
    if bool(chosen.sites) != bool(chosen.proxy):
        options.error("--sites and --proxy go together")
    if chosen.sites:
        sites = json.loads(chosen.sites.read_text())
        hosts = list(sites)[: chosen.hosts or None]
        homes = {host: f"http://{host}/" for host in hosts}
        rates = measure(chosen.proxy, homes, [page["served"] for h in hosts for page in sites[h]], chosen.rounds)
    else:
        with bundled() as (proxy, homes, articles):
            rates = measure(proxy, homes, articles, chosen.rounds)
    medians = {kind: statistics.median(figures) for kind, figures in rates.items()}
    ratios = {kind: medians["nightdesk"] / medians[kind] for kind in ("fetch", "callback")}
    if chosen.json:
        print(json.dumps({"articles_per_second": medians, "nightdesk_over": ratios}))
    else:
        for kind, rate in medians.items():
            print(f"{kind:<10} {rate:7.1f} articles/s")
        print(f"nightdesk / callback {ratios['callback']:.2f}   (to be above 1: the whole night beats bare extraction)")
        print(f"nightdesk / fetch    {ratios['fetch']:.2f}   (1 would be: all that we add costs nothing)")
    return 0


if __name__ == "__main__":
    sys.path.insert(0, str(ROOT))
    sys.exit(main())
