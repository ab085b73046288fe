"""A Dask scheduler and workers, each a process of its own, on loopback, for as long as a ``with`` block lasts."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).parent.parent
_PATIENCE_S = 60


@dataclass(slots=True)
class Cluster:
    """The scheduler's address, and its workers."""

    address: str
    folder: Path
    env: Mapping[str, str]
    workers: list[subprocess.Popen[bytes]] = field(default_factory=list)

    def add_worker(self) -> None:
        command = ["worker", self.address, "--host", "127.0.0.1", "--nthreads", "1", "--no-nanny", "--no-dashboard"]
        command += ["--local-directory", str(self.folder), "--memory-limit", "0", "--name", str(len(self.workers))]
        self.workers.append(_start(command, self.folder / f"worker-{len(self.workers)}.log", self.env))

    @contextmanager
    def one_dies_at_work(self, number: int) -> Iterator[None]:
        """Within the block a worker is given work, does not do it, and is killed when it has some."""
        from distributed import Client

        self.workers[number].send_signal(signal.SIGSTOP)

        def kill() -> None:
            with Client(self.address, timeout=_PATIENCE_S, set_as_default=False) as client:
                address = next(
                    key
                    for key, each in client.scheduler_info(n_workers=-1)["workers"].items()
                    if each["name"] == number
                )
                while not client.processing().get(address):
                    time.sleep(0.02)
            self.workers[number].send_signal(signal.SIGKILL)

        thread = threading.Thread(target=kill, daemon=True)
        thread.start()
        yield
        thread.join(_PATIENCE_S)
        assert self.workers[number].wait(_PATIENCE_S) == -signal.SIGKILL


@contextmanager
def a_cluster(folder: Path, workers: int = 3, **environment: str) -> Iterator[Cluster]:
    folder.mkdir()
    told = folder / "scheduler.json"
    env = os.environ | {"PYTHONPATH": str(ROOT), "DASK_DISTRIBUTED__ADMIN__TICK__LIMIT": "1h"} | environment
    command = ["scheduler", "--host", "127.0.0.1", "--port", "0", "--no-dashboard", "--scheduler-file", str(told)]
    scheduler = _start(command, folder / "scheduler.log", env)
    cluster = Cluster("", folder, env)
    try:
        end = time.monotonic() + _PATIENCE_S
        while not told.exists():
            assert time.monotonic() < end and scheduler.poll() is None, (folder / "scheduler.log").read_text()
            time.sleep(0.05)
        cluster.address = json.loads(told.read_text())["address"]
        for _ in range(workers):
            cluster.add_worker()
        _wait_for_workers(cluster, workers)
        yield cluster
    finally:
        for process in [*cluster.workers, scheduler]:
            process.kill()
            process.wait()


def _wait_for_workers(cluster: Cluster, workers: int) -> None:
    from distributed import Client

    with Client(cluster.address, timeout=_PATIENCE_S, set_as_default=False) as client:
        client.wait_for_workers(workers, timeout=_PATIENCE_S)


def _start(command: list[str], log: Path, env: Mapping[str, str]) -> subprocess.Popen[bytes]:
    with log.open("wb") as file:
        return subprocess.Popen(
            [sys.executable, "-m", "dask", *command], cwd=ROOT, env=dict(env), stdout=file, stderr=subprocess.STDOUT
        )
