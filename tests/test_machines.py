"""More than one machine: a Dask scheduler and three workers, processes of their own, one of them killed at its work.

What comes of it is, record by record, what one machine makes of the same.
"""

from __future__ import annotations

import json
import os
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from archive.captures import read_capture
from archive.reading import Archive
from bench.clock import let_time_pass
from crawler.demo import PAPERS, DemoInternet
from tests.cluster import Cluster, a_cluster
from tests.crawler.again import PAGES, ROOT, an_old_archive, contents, nightdesk, sql


@pytest.fixture(scope="module")
def internet() -> Iterator[DemoInternet]:
    with DemoInternet(1) as started:
        yield started


@pytest.fixture(scope="module")
def cluster(tmp_path_factory: pytest.TempPathFactory, internet: DemoInternet) -> Iterator[Cluster]:
    folder = tmp_path_factory.mktemp("cluster") / "dask"
    with a_cluster(folder, http_proxy=internet.proxy_url, no_proxy="") as started:
        yield started


def test_cleaning_again_on_a_cluster_of_which_a_worker_is_killed_is_that_of_one_machine(
    cluster: Cluster, tmp_path: Path
) -> None:
    alone, together = tmp_path / "alone", tmp_path / "together"
    an_old_archive(alone)
    subprocess.run(["cp", "-r", alone, together], check=True)
    assert nightdesk("reextract", "-a", alone, "--workers", "1").returncode == 0
    with cluster.one_dies_at_work(0):
        done = nightdesk("reextract", "-a", together, "--dask", cluster.address)
    assert done.returncode == 0, done.stderr
    assert contents(together) == contents(alone)
    assert sql(together, "select count(*) from former_texts") == [(PAGES + 1,)]
    cluster.add_worker()


def test_a_cluster_that_is_not_there_is_said_in_a_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    an_old_archive(tmp_path / "archive")
    monkeypatch.setattr("crawler.machines.cluster._PATIENCE_S", 0.3)
    done = nightdesk("reextract", "-a", tmp_path / "archive", "--dask", "tcp://127.0.0.1:1")
    assert (done.returncode, done.stdout) == (3, "")
    assert "no Dask scheduler answers at tcp://127.0.0.1:1" in done.stderr
    assert "Traceback" not in done.stderr


def test_workers_that_do_not_see_the_archive_are_told_of(cluster: Cluster, tmp_path: Path) -> None:
    from crawler.again.task import Task, clean_again
    from crawler.machines.cluster import cluster as machines_at

    with machines_at(cluster.address) as machines:
        nowhere = Task(folder=str(tmp_path / "elsewhere"), pieces=(), templates={}, seconds=1)
        with pytest.raises(Exception, match="elsewhere") as raised:
            machines.make(1).submit(clean_again, nowhere).result()
    assert type(raised.value).__name__ == "NotShared"


#: Crawled slowly, so that it can be struck in the midst.
SLOW = "capital-ledger"
NEWSPAPERS = ("millbrook-courier", SLOW, "elbe-bote")


def declare(folder: Path) -> None:
    folder.mkdir()
    blocks = [
        f'[sources.{paper.name}]\nhome = "{paper.home}"\ndelay = {0.2 if paper.name == SLOW else 0}\n'
        for paper in PAPERS
        if paper.name in NEWSPAPERS
    ]
    (folder / "sources.toml").write_text("[crawl]\ndelay = 0\nworkers = 1\n" + "".join(blocks), encoding="utf-8")


def night(folder: Path, internet: DemoInternet) -> None:
    """A night on this machine, in a process of its own: a crawl is begun once a process."""
    done = subprocess.run(
        [sys.executable, "-m", "crawler", "nightly", "--sick-status", "0", "-a", folder],
        env=os.environ | {"http_proxy": internet.proxy_url, "no_proxy": ""},
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )
    assert done.returncode == 0, done.stderr


#: All that a night says of the world, without when, and in which row and place of a file it stands. How sure a field is
#: (``origins``) depends on which lists were read before the page was, on one machine as on several.
TOLD = {
    "articles": "select id, source, url, canonical_url, title, description, authors, published_at, published_precision,"
    " modified_at, section, tags, language, body, markdown, entries, corrections, dropped, images, access, type,"
    " site_name, rights, revision, content_hash, extractor, template, gone_at is null from articles",
    "revisions": "select article_id, revision, title, body, content_hash, json_remove(record, '$.origins')"
    " from revisions",
    # a list that the killed crawl had read is read again, and may answer that nothing is new
    "urls": "select url, source, kind, state, iif(kind = 'page', reason, null), attempts, etag, last_modified,"
    " body_digest, is_index, article_id, iif(kind = 'page', due_because, null), due_at is null, listed_at from urls",
    # in which order lists were read decides the order of what they said, and of many which are remembered
    "hints": "select url, (select group_concat(value) from (select value from json_each(hints) order by value))"
    " from urls where json_array_length(hints) < 6",
    "outcomes": "select url, run_id, outcome, run_urls.reason from run_urls join urls on urls.id = url_id",
    "sightings": "select url, where_url, via, first_run, last_run from sightings join urls on urls.id = url_id",
    "pages": "select c.url, c.status, c.payload_digest, c.run_id from captures c join urls u on u.id = c.url_id"
    " where u.kind = 'page'",
    "site files": "select url, status, body from site_files",
    "hosts": "select host, failures, refusals, pauses, nights, wait_until, reason from hosts",
    "templates": "select source, fingerprint, articles, hand from template_lines",
    "edits": "select article_id, revision, kinds from edits",
    "runs": "select id, kind, status from runs",
}


def told(folder: Path) -> dict[str, list[Any]]:
    return {name: sorted(sql(folder, statement), key=repr) for name, statement in TOLD.items()}


def strike(folder: Path, struck: list[int]) -> None:
    """Kill the worker that crawls the slow paper, when it has fetched some of it."""
    while True:
        with suppress(OSError, ValueError, StopIteration, sqlite3.Error):
            part = next(folder.glob(f"parts/night-*/{SLOW}"))
            fetched = sql(part, "select count(*) from captures where run_id = (select max(id) from runs)")
            if fetched[0][0] >= 5:
                child = json.loads((part / "archive.lock").read_text())["pid"]
                (worker,) = (
                    line.split()[1]
                    for line in Path(f"/proc/{child}/status").read_text().splitlines()
                    if line.startswith("PPid:")
                )
                os.kill(int(worker), signal.SIGKILL)
                struck.append(child)
                return
        time.sleep(0.02)


def test_a_night_divided_among_workers_of_which_one_is_killed_is_that_of_one_machine(
    cluster: Cluster, internet: DemoInternet, tmp_path: Path
) -> None:
    alone, together = tmp_path / "alone", tmp_path / "together"
    declare(alone)
    night(alone, internet)
    let_time_pass(alone, timedelta(days=1))
    subprocess.run(["cp", "-r", alone, together], check=True)
    internet.set_night(2)
    night(alone, internet)
    internet.reset_hits()
    struck: list[int] = []
    thread = threading.Thread(target=strike, args=(together, struck), daemon=True)
    thread.start()
    done = nightdesk("nightly", "--sick-status", "0", "-a", together, "--dask", cluster.address)
    assert done.returncode == 0, done.stderr
    thread.join(5)
    assert len(struck) == 1
    with suppress(ProcessLookupError):
        os.kill(struck[0], 0)
        raise AssertionError("the crawl outlived its worker")
    one, several = told(alone), told(together)
    for name in TOLD:
        assert several[name] == one[name], name
    outcomes = {outcome for _, run, outcome, _ in several["outcomes"] if run == 2}
    assert {"new", "updated", "unchanged", "gone"} <= outcomes
    assert not list(together.glob("parts/night-*"))
    with Archive(together) as archive:
        for article in archive:
            assert article.capture is not None
            read_capture(together, article.capture)
    cluster.add_worker()
