"""More than one machine: a Dask scheduler and three workers, processes of their own, one of them killed at its work.

What comes of it is, record by record, what one machine makes of the same.
"""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cluster import Cluster, a_cluster
from tests.crawler.again import PAGES, an_old_archive, contents, nightdesk, sql


@pytest.fixture(scope="module")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    with a_cluster(tmp_path_factory.mktemp("cluster") / "dask") as started:
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
