"""The import benchmark runs, and all three contestants go through the same records."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parent.parent


def test_the_import_benchmark_measures_all_three() -> None:
    done = subprocess.run(
        [sys.executable, "bench/import.py", "--records", "6", "--jobs", "1", "--json"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )
    assert done.returncode == 0, done.stderr
    figures = json.loads(done.stdout)
    assert set(figures["records_per_second"]) == {"fastwarc", "trafilatura", "nightdesk"}
    over = figures["nightdesk_over_cpu"]
    assert over["trafilatura"] > 0 <= over["fastwarc"]  # reading six records may be less than a tick of the clock
    assert figures["bytes_per_record"] > 40_000
