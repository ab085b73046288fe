#!/usr/bin/env python3
"""Articles a second of `nightdesk crawl` against two bare Scrapy spiders that fetch the same pages.

    bench/crawl.py --sites sites.json --proxy http://127.0.0.1:8089     any local internet behind a proxy
    bench/crawl.py                                                      the bundled newspapers (small)

``sites.json``: host → list of {"served": article URL}; each host has a front page that leads to its articles.
Politeness delays are off for all three; each gets a fresh process and the same settings for concurrency:

    nightdesk   the whole night: robots.txt, feeds, sitemaps, sections, WARC, cleaning, ledger, search index
    fetch       a spider that is given every URL that nightdesk fetched, fetches them, throws them away: the limit
    callback    the same, calling trafilatura (with metadata) in its callback on the articles: what one writes first

With ``--articles-only`` the two are given the articles' URLs alone, and so save what finding them costs (in the
local internet of one article a host: seven requests out of eight). Runs alternate, ``--rounds`` times; ratios
are of the medians. nightdesk must beat ``callback``.
"""

from __future__ import annotations

import argparse
import json
import os
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent

_SPIDER = """
import json, sys
import scrapy
from scrapy.crawler import AsyncCrawlerProcess

given = json.load(open(sys.argv[1]))
articles, clean = set(given["articles"]), sys.argv[2] == "callback"
if clean:
    import trafilatura
taken = 0

class Bare(scrapy.Spider):
    name = "bare"

    async def start(self):
        for url in given["urls"]:
            yield scrapy.Request(url)

    def parse(self, response):
        global taken
        if response.request.url not in articles:
            return
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


def run_spider(kind: str, urls: list[str], articles: list[str], env: dict[str, str], folder: Path) -> tuple[int, float]:
    """A bare spider's articles and seconds."""
    (folder / "urls.json").write_text(json.dumps({"urls": urls, "articles": articles}))
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


@dataclass(frozen=True, kw_only=True)
class Night:
    """What a crawl fetched."""

    urls: list[str]
    articles: list[str]
    seconds: float


def run_nightdesk(homes: dict[str, str], env: dict[str, str], folder: Path) -> Night:
    """A whole night into a new archive. Articles are the pages that were cleaned, kept or refused."""
    archive = folder / "archive"
    archive.mkdir()
    blocks = [f'[sources."{name}"]\nhome = "{home}"\n' for name, home in homes.items()]
    (archive / "sources.toml").write_text('[crawl]\ncontact = "bench@nightdesk.example"\ndelay = 0\n' + "".join(blocks))
    start = time.perf_counter()
    subprocess.run(
        [sys.executable, "-m", "crawler", "crawl", "-a", archive, "--json"], env=env, check=True, capture_output=True
    )
    seconds = time.perf_counter() - start
    with closing(sqlite3.connect(archive / "archive.db")) as db:
        urls = [url for (url,) in db.execute("select distinct url from captures where status = 200 order by id")]
        cleaned = db.execute(
            "select url from run_urls join urls on urls.id = url_id where outcome in ('new', 'duplicate', 'rejected')"
        )
        return Night(urls=urls, articles=[url for (url,) in cleaned], seconds=seconds)


@contextmanager
def bundled() -> Iterator[tuple[str, dict[str, str]]]:
    """The bundled newspapers: proxy and homes."""
    from crawler.demo import PAPERS, DemoInternet

    with DemoInternet(1) as internet:
        yield internet.proxy_url, {paper.name: paper.home for paper in PAPERS}


def environment(proxy: str) -> dict[str, str]:
    return os.environ | {"http_proxy": proxy, "no_proxy": "", "PYTHONPATH": str(ROOT)}


def measure(proxy: str, homes: dict[str, str], *, rounds: int, articles_only: bool) -> dict[str, list[float]]:
    """Articles a second of each contender, one figure a round."""
    env = environment(proxy)
    rates: dict[str, list[float]] = {"nightdesk": [], "fetch": [], "callback": []}
    for _ in range(rounds):
        with tempfile.TemporaryDirectory() as folder:
            night = run_nightdesk(homes, env, Path(folder))
        rates["nightdesk"].append(len(night.articles) / night.seconds)
        print(f"nightdesk: {len(night.articles)} articles in {night.seconds:.1f} s", file=sys.stderr)
        for kind in ("fetch", "callback"):
            with tempfile.TemporaryDirectory() as folder:
                urls = night.articles if articles_only else night.urls
                taken, seconds = run_spider(kind, urls, night.articles, env, Path(folder))
            if taken < 0.95 * len(night.articles):
                raise SystemExit(f"{kind} got only {taken} of {len(night.articles)} articles: no fair comparison")
            rates[kind].append(taken / seconds)
            print(f"{kind}: {taken} articles in {seconds:.1f} s", file=sys.stderr)
    return rates


def main() -> int:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--sites", type=Path, help="sites.json of a local internet")
    options.add_argument("--proxy", help="where it is served")
    options.add_argument("--hosts", type=int, default=0, help="only that many hosts (default: all)")
    options.add_argument("--articles-only", action="store_true", help="give the bare spiders the articles alone")
    options.add_argument("--rounds", type=int, default=1)
    options.add_argument("--json", action="store_true")
    chosen = options.parse_args()
    if bool(chosen.sites) != bool(chosen.proxy):
        options.error("--sites and --proxy go together")
    how = {"rounds": chosen.rounds, "articles_only": chosen.articles_only}
    if chosen.sites:
        hosts = list(json.loads(chosen.sites.read_text()))[: chosen.hosts or None]
        rates = measure(chosen.proxy, {host: f"http://{host}/" for host in hosts}, **how)
    else:
        with bundled() as (proxy, homes):
            rates = measure(proxy, homes, **how)
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
