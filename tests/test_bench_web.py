"""The benchmark of the reading room runs, on a few articles."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

from bench.web import LIMITS, PEERS, faults_of, report

ROOT = Path(__file__).parent.parent


def test_every_kind_of_page_is_measured_beside_a_writer_and_beside_datasette() -> None:
    command = ["bench/web.py", "--articles", "40", "--each", "1", "--readers", "2", "--seconds", "1", "--json"]
    done = subprocess.run(
        [sys.executable, *command], cwd=ROOT, capture_output=True, text=True, check=False, timeout=300
    )
    assert done.returncode == 0, done.stdout + done.stderr
    told = json.loads(done.stdout)
    assert told["faults"] == []
    assert told["room"].keys() == {*LIMITS, "trends", "trends, 3", "trends, split", "sources", "source"}
    assert told["datasette"].keys() == set(PEERS.values())
    assert all(one["requests"] and 0 < one["p50"] <= one["p95"] for one in told["room"].values())
    assert told["room at once"]["per_second"] > 0
    assert told["writer"]["stored"] > 0
    assert "beside" in report(told)


def test_what_must_not_be_is_found() -> None:
    page: dict[str, Any] = {"wrong": [], "most_bytes": 10}
    told = {
        "room": {"home": page, "hits": page | {"wrong": ["/x: 500"]}, "article": page | {"most_bytes": 200_000}},
        "room at once": page | {"wrong": ["/y: 503"]},
        "writer": {"wrong": "OperationalError('database is locked')"},
    }
    found = faults_of(told)
    assert len(found) == 4
    assert "hits: /x: 500" in found
    assert "article: a page of 200,000 bytes" in found
