#!/usr/bin/env python3
"""A crawl of the bundled newspapers, killed with SIGKILL at random instants, again and again, and what that cost.

    bench/kills.py --kills 200 --seed 7

An archive is crawled, killed, crawled on, killed …, until a crawl comes to its end before it is killed; then the next
archive. Told of each of them, all of it to be none:

    lost        pages and articles that a crawl without kills has and this one has not, or has otherwise
    twice       pages whose answer 200 was fetched again though it had been kept
    torn        rows that point at no readable record of the WARC
    unaccounted pages of a run without an outcome, URLs without a state
    unclean     whatever else `nightdesk verify` finds

Instants are drawn over half the time for which a crawl without kills holds the archive, Python's start left out. So
an archive is killed a few times before it is done, in its recovery of what the last kill left as well as at its work;
the last crawls have little left to do, and are killed at their closing.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from contextlib import closing, suppress
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
#: Slow enough that a kill finds requests, cleaning and commits under way.
_DELAY = 0.1
_PAPERS = ("millbrook-courier", "harbour-student", "capital-ledger")


@dataclass(slots=True, kw_only=True)
class Losses:
    """What the kills cost."""

    kills: int = 0
    archives: int = 0
    #: Kills that found a run begun and not yet finished.
    at_work: int = 0
    lost: list[str] = field(default_factory=list)
    twice: list[str] = field(default_factory=list)
    torn: list[str] = field(default_factory=list)
    unaccounted: list[str] = field(default_factory=list)
    unclean: list[str] = field(default_factory=list)

    @property
    def none(self) -> bool:
        """True: the kills cost nothing."""
        return not (self.lost or self.twice or self.torn or self.unaccounted or self.unclean)


def kill_crawls(kills: int, *, seed: int, papers: Sequence[str] = _PAPERS) -> Losses:
    """Crawl, kill, crawl on; then judge what is there against a crawl without kills."""
    from crawler.demo import DemoInternet

    dice, losses = random.Random(seed), Losses()
    with DemoInternet(1) as internet, tempfile.TemporaryDirectory() as folder:
        env = os.environ | {"http_proxy": internet.proxy_url, "no_proxy": "", "PYTHONPATH": str(ROOT)}
        whole = _declare(Path(folder) / "whole", papers)
        seconds = _crawl(whole, env)
        while losses.kills < kills:
            losses.archives += 1
            killed = _declare(Path(folder) / f"killed-{losses.archives}", papers)
            while losses.kills < kills and _kill_one(killed, env, after=dice.uniform(0, seconds / 2)):
                losses.kills += 1
            _crawl(killed, env)
            _judge(losses, whole, killed)
    return losses


def _declare(folder: Path, papers: Sequence[str]) -> Path:
    from crawler.demo import PAPERS

    folder.mkdir()
    blocks = [f'[sources.{paper.name}]\nhome = "{paper.home}"\n' for paper in PAPERS if paper.name in papers]
    (folder / "sources.toml").write_text(
        f"[crawl]\ndelay = {_DELAY}\nworkers = 1\n" + "".join(blocks), encoding="utf-8"
    )
    return folder


def _command(folder: Path) -> list[str | Path]:
    return [sys.executable, "-m", "crawler", "crawl", "-a", folder]


def _start(folder: Path, env: dict[str, str]) -> subprocess.Popen[bytes]:
    """A crawl that has opened the archive."""
    process = subprocess.Popen(_command(folder), env=env, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    lock = folder / "archive.lock"
    while process.poll() is None:
        with suppress(OSError, ValueError):
            if json.loads(lock.read_text())["pid"] == process.pid:
                break
        time.sleep(0.002)
    return process


def _crawl(folder: Path, env: dict[str, str]) -> float:
    """A whole crawl; the seconds for which it held the archive."""
    process = _start(folder, env)
    start = time.monotonic()
    _, said = process.communicate()
    if process.returncode:
        raise SystemExit(f"a crawl ended with status {process.returncode}: {said.decode()}")
    return time.monotonic() - start


def _kill_one(folder: Path, env: dict[str, str], *, after: float) -> bool:
    """False: it came to its end before."""
    process = _start(folder, env)
    try:
        process.communicate(timeout=after)
    except subprocess.TimeoutExpired:
        process.send_signal(signal.SIGKILL)
        process.communicate()
        return True
    return False


def _query(folder: Path, sql: str) -> list[tuple[Any, ...]]:
    with closing(sqlite3.connect(folder / "archive.db")) as db:
        return db.execute(sql).fetchall()


def _judge(losses: Losses, whole: Path, killed: Path) -> None:
    from archive.care.verify import verify

    losses.at_work += _query(killed, "select count(*) from runs where status = 'crashed'")[0][0]
    for sql in (
        "select id, title, body, revision from articles",
        "select url, state, reason from urls where kind = 'page'",
    ):
        losses.lost += [
            str([str(cell)[:100] for cell in row])
            for row in sorted(set(_query(whole, sql)) ^ set(_query(killed, sql)), key=str)
        ]
    fetched = "captures join urls on urls.id = url_id where kind = 'page' and captures.status = 200"
    losses.twice += [
        f"{url} ({n} times: {_story(killed, url_id)})"
        for url, url_id, n in _query(
            killed, f"select urls.url, urls.id, count(*) from {fetched} group by 1 having count(*) > 1"
        )
    ]
    losses.twice += [
        url
        for (url,) in _query(
            killed,
            "select url from captures where url_id is null and status = 200 and url not in (select url from site_files)"
            " and url not in (select url from urls where kind <> 'page')",  # a list is read in every crawl anyway
        )
    ]
    losses.torn += _torn(killed)
    losses.unclean += [f"{damage.where}: {damage.what}" for damage in verify(killed)]
    losses.unaccounted += [
        url
        for (url,) in _query(
            killed,
            "select url from urls where state = 'captured' or (kind = 'page' and state = 'found')"
            " union select url from run_urls join urls on urls.id = url_id where outcome = 'waiting'"
            " and run_id = (select max(id) from runs)",
        )
    ]


def _story(folder: Path, url_id: int) -> str:
    """What happened to a URL, run by run."""
    told = f"select run_id, at, event, coalesce(reason, '') from url_events where url_id = {url_id} order by id"
    return "; ".join(
        f"run {run} {at[11:19]} {event} {reason}".strip() for run, at, event, reason in _query(folder, told)
    )


def _torn(folder: Path) -> list[str]:
    from archive.captures import read_capture
    from archive.errors import DamagedCapture
    from archive.record import CAPTURE, PLACED, capture_from_row
    from archive.sqlite import Database

    torn = []
    with closing(sqlite3.connect(folder / "archive.db")) as connection:
        for row in Database(connection).query(f"select {CAPTURE} from captures c {PLACED}"):
            try:
                read_capture(folder, capture_from_row(row))
            except DamagedCapture as error:
                torn.append(str(error))
    return torn


def main() -> int:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--kills", type=int, default=200)
    options.add_argument("--seed", type=int, default=int(time.time()), help="the instants' dice (default: the clock)")
    options.add_argument("--json", action="store_true")
    chosen = options.parse_args()
    losses = kill_crawls(chosen.kills, seed=chosen.seed)
    if chosen.json:
        print(json.dumps(asdict(losses) | {"seed": chosen.seed}))
    else:
        print(
            f"seed {chosen.seed}: {losses.kills} kills, {losses.at_work} of a run at work, {losses.archives} archives"
        )
        for name in ("lost", "twice", "torn", "unaccounted", "unclean"):
            found = getattr(losses, name)
            print(f"{name:<12} {len(found) or 'none'}" + "".join(f"\n    {one}" for one in found[:20]))
    return 0 if losses.none else 1


if __name__ == "__main__":
    sys.path.insert(0, str(ROOT))
    sys.exit(main())
