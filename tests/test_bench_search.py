"""The benchmarks of search and of taking in run, on a few articles."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

from bench.corpus import Corpus
from bench.ingest import WAYS, measure, report
from bench.questions import questions
from bench.search import percentile

ROOT = Path(__file__).parent.parent


def test_every_way_to_take_articles_in_is_measured_on_the_same_ones() -> None:
    told = measure(60, 1)
    assert told["ways"].keys() == WAYS.keys()
    assert all(way["per_second"] > 0 for way in told["ways"].values())
    assert all(0 < way["index_bytes"] < way["bytes"] for way in told["ways"].values())
    assert "60 articles of" in report(told)


def test_searches_of_every_kind_are_measured(tmp_path: Path) -> None:
    folder = tmp_path / "shelf"
    command = [
        "bench/search.py",
        "--articles",
        "60",
        "--each",
        "2",
        "--repeat",
        "1",
        "--archive",
        str(folder),
        "--json",
    ]
    done = subprocess.run(
        [sys.executable, *command], cwd=ROOT, capture_output=True, text=True, check=False, timeout=300
    )
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    assert told["articles"] == 60
    assert told["kinds"].keys() == questions(Corpus(articles=60), 2).keys()
    assert told["kinds"]["all articles"]["hits"] == [60, 60]
    assert told["kinds"]["very common word"]["hits"][0] > 0
    assert told["all"].keys() == {"newest", "relevance", "count", "facets", "timeline", "plain bm25"}
    assert (folder / "archive.db").exists()


def test_the_same_seed_asks_the_same() -> None:
    assert questions(Corpus(articles=60), 3) == questions(Corpus(articles=60), 3)
    assert questions(Corpus(articles=60), 3) != questions(Corpus(articles=60), 3, seed=2)


def test_a_percentile_is_one_of_the_values() -> None:
    assert percentile([3.0, 1.0, 2.0], 0.5) == 2.0
    assert percentile([1.0], 0.95) == 1.0
