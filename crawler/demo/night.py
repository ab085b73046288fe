"""One night over the bundled newspapers: the server, the crawl, a search, an export; next time the next night."""

from __future__ import annotations

import contextlib
import json
import os
import shlex
import subprocess
import sys
from datetime import date
from pathlib import Path

import click

from archive.errors import NoArchive
from archive.query import Query
from archive.reading import Archive
from archive.record import StoredArticle
from archive.types import Outcome
from crawler.demo.internet import DemoInternet
from crawler.demo.newsstand import PAPERS
from crawler.errors import ConfigError
from crawler.sources import FILE

NIGHTS = 3

_HEAD = """\
# The five bundled newspapers, which exist on loopback only while the demo runs.

[crawl]
contact = "mailto:demo@nightdesk.example"
delay = 0  # they are on this very machine; never do this to a real site
"""


def run_night(folder: Path) -> int:
    """Crawl the next night into ``folder`` and show what came of it; the crawl's exit status.

    Raises ConfigError when the folder holds something else than a demo archive.
    """
    before = _nights_so_far(folder)
    night = min(before + 1, NIGHTS)
    if before == 0:
        _declare(folder)
    if before >= NIGHTS:
        click.echo(f"The demo has {NIGHTS} nights; this is the last one again. Start over: rm -r {folder}\n", err=True)
    click.echo(f"Night {night} of {NIGHTS}: {len(PAPERS)} newspapers on loopback, crawled into {folder}\n", err=True)
    # Dates and addresses of the articles count from the first night, however much later the others are run.
    with DemoInternet(night, today=_first_night(folder)) as internet:
        arguments = ["crawl", "-a", str(folder), *(["--revisit", "all"] if before else [])]
        # Exactly what an operator does behind a proxy: the environment names it.
        status = _run(arguments, proxy=internet.proxy_url)
    if status:
        return status
    if before:
        _tell_changes(folder)
    _run(["search", "-a", str(folder), "harbour OR Hafen OR bridge", "--limit", "4"])
    csv = folder / "exports" / f"night-{night}.csv"
    csv.parent.mkdir(exist_ok=True)
    _run(["export", "-a", str(folder), "--to", str(csv)])
    if night < NIGHTS:
        click.echo("\nRun the same command again for the next night: new, edited and deleted articles.", err=True)
    return 0


def _nights_so_far(folder: Path) -> int:
    """Crawls that the folder has seen; 0 for a new folder."""
    if not folder.exists() or not any(folder.iterdir()):
        return 0
    with contextlib.suppress(FileNotFoundError):
        if (folder / FILE).read_text(encoding="utf-8").startswith(_HEAD.splitlines()[0]):
            try:
                with Archive(folder) as archive:
                    return sum(run.status == "finished" for run in archive.runs())
            except NoArchive:
                return 0
    raise ConfigError(f"{folder} is no demo archive; name a new folder: nightdesk demo FOLDER")


def _first_night(folder: Path) -> date | None:
    try:
        with Archive(folder) as archive:
            return min((run.started_at.date() for run in archive.runs()), default=None)
    except NoArchive:
        return None


def _declare(folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    blocks = [f'\n[sources.{p.name}]\ntitle = {json.dumps(p.title)}\nhome = "{p.home}"\n' for p in PAPERS]
    (folder / FILE).write_text(_HEAD + "".join(blocks), encoding="utf-8")


def _run(arguments: list[str], *, proxy: str | None = None) -> int:
    """Run a ``nightdesk`` command as a user would, and show it."""
    click.echo(click.style(f"$ nightdesk {shlex.join(arguments)}", bold=True))
    environment = os.environ | ({"http_proxy": proxy, "no_proxy": ""} if proxy else {})
    sys.stdout.flush()
    done = subprocess.run([sys.executable, "-m", "crawler", *arguments], env=environment, check=False)  # noqa: S603
    click.echo()
    return done.returncode


def _tell_changes(folder: Path) -> None:
    """What this night brought: each new, edited and vanished article."""
    with Archive(folder) as archive:
        run = max(archive.runs(), key=lambda run: run.id)
        changed: dict[Outcome, list[StoredArticle]] = {Outcome.NEW: [], Outcome.UPDATED: [], Outcome.GONE: []}
        for article in archive.articles(Query()):
            if article.gone_at is not None and article.gone_at >= run.started_at:
                changed[Outcome.GONE].append(article)
            elif article.first_seen_at >= run.started_at:
                changed[Outcome.NEW].append(article)
            elif article.revised_at >= run.started_at:
                changed[Outcome.UPDATED].append(article)
    for outcome, articles in changed.items():
        for article in articles:
            note = f" (revision {article.revision})" if outcome is Outcome.UPDATED else ""
            click.echo(f"{outcome:<8} {article.source}: {article.title}{note}")
    click.echo()
