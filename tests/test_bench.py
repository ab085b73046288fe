"""The benchmarks run: a script that nobody runs measures nothing."""

import json
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parent.parent


def test_the_crawl_benchmark_measures_all_three() -> None:
    done = subprocess.run(
        [sys.executable, "bench/crawl.py", "--json"], cwd=ROOT, capture_output=True, text=True, check=False, timeout=300
    )
    assert done.returncode == 0, done.stderr
    figures = json.loads(done.stdout)
    assert set(figures["articles_per_second"]) == {"fetch", "callback", "nightdesk"}
    assert set(figures["nightdesk_over"]) == {"fetch", "callback"}
    assert all(rate > 0 for rate in figures["articles_per_second"].values())
