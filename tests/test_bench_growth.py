"""The benchmark of growth runs, on a few articles."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

from archive.reading import Archive

ROOT = Path(__file__).parent.parent


def test_growth_is_measured_at_each_size_and_nothing_is_left_in_the_archives(tmp_path: Path) -> None:
    command = [sys.executable, "bench/growth.py", "--sizes", "120,60", "--folder", str(tmp_path), "--repeat", "1"]
    done = subprocess.run([*command, "--json"], cwd=ROOT, capture_output=True, text=True, check=False, timeout=300)
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    assert list(told) == ["60", "120"]
    for size, figures in told.items():
        assert figures["bytes, articles"] > 1000 < figures["bytes, index"]
        assert figures["bytes, counting"] > 0
        with Archive(tmp_path / size) as archive:
            assert archive.search().total == int(size)
    again = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=300)
    assert "ms in bulk" not in again.stdout  # the archives were there already
    assert "| ms one more" in again.stdout
