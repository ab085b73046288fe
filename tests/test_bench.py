"""The benchmarks run: a script that nobody runs measures nothing. What they count is what they say."""

from __future__ import annotations

import gzip
import json
import sqlite3
import subprocess
import sys
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest

from archive.times import from_iso
from bench.causes import find_causes
from bench.clock import clocks, let_time_pass
from bench.corpus import Corpus
from bench.export import CONTENDERS, fill, measure, present, same_cells
from bench.measures import compare, page_figures, summarise
from bench.race import Reading
from bench.samples import Truth, list_ids, read_samples
from bench.scores import name_f1, names, paired, same_day, same_title, share_absent, share_found, word_f1
from bench.systems import Found
from bench.tables import table
from tests.archive.sample import two_nights

ROOT = Path(__file__).parent.parent


def run(*command: str | Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, *command], cwd=ROOT, capture_output=True, text=True, check=False, timeout=300
    )


def test_the_crawl_benchmark_measures_all_three() -> None:
    done = run("bench/crawl.py", "--json")
    assert done.returncode == 0, done.stderr
    figures = json.loads(done.stdout)
    assert set(figures["articles_per_second"]) == {"fetch", "callback", "nightdesk"}
    assert set(figures["nightdesk_over"]) == {"fetch", "callback"}
    assert all(rate > 0 for rate in figures["articles_per_second"].values())


def test_the_time_lines_show_a_host_that_is_waited_for_and_none_that_is_asked_too_soon() -> None:
    done = run("bench/politeness.py", "patience", "--json")
    assert done.returncode == 0, done.stdout + done.stderr
    played = json.loads(done.stdout)
    (night,) = played["nights"]
    (refused,) = [n for n, hit in enumerate(night) if hit["status"] == 429]
    assert night[refused + 1]["at"] - night[refused]["at"] >= 5
    assert played["too_soon"] == 0
    assert set(played["funnel"]) == {"new"}
    assert "waiting 5 s" in played["said"][0]


def test_the_second_night_costs_a_fraction_of_the_first() -> None:
    done = run("bench/second_night.py", "--nights", "1,2,3", "--json")
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    first, second, third = told["nights"]
    assert (told["sources"], first["number"], third["number"]) == (5, 1, 3)
    assert first["requests"] == first["documents"] + first["pages"] + first["other"]
    assert second["pages"] == first["new"]  # the day after, each article is looked at again
    assert third["pages"] == 0
    assert second["not_modified"] == second["documents"] + second["pages"]
    assert second["body_bytes"] < first["body_bytes"] / 20


def test_the_grouping_into_stories_is_measured_against_known_truth_and_beside_others() -> None:
    done = run("bench/stories.py", "--seeds", "1", "--pieces", "12", "--sizes", "100,200", "--json")
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    ours = told["quality"].pop("nightdesk")
    assert min(*ours["precision"], *ours["recall"]) >= 0.95
    assert told["quality"].pop("set")["pairs"][0] > 100
    assert max(row["recall"][0] for row in told["quality"].values()) < ours["recall"][0]
    assert [row["articles"] for row in told["cost"]] == [100, 200]


def test_time_passes_for_all_that_the_archive_remembers(tmp_path: Path) -> None:
    two_nights(tmp_path)
    with closing(sqlite3.connect(tmp_path / "archive.db")) as db:
        moved = {f"{table}.{column}" for table, columns in clocks(db) for column in columns}
        assert {"urls.due_at", "url_events.at", "revisions.valid_from", "site_files.read_at"} <= moved
        assert not moved & {"articles.published_at", "urls.listed_at", "urls.state"}
        sql = "select started_at, due_at from runs, urls where runs.id = 1 and due_at is not null order by 2 desc"
        before = db.execute(sql).fetchone()
        let_time_pass(tmp_path, timedelta(days=1, seconds=1))
        after = db.execute(sql).fetchone()
    assert [from_iso(b) - from_iso(a) for a, b in zip(after, before, strict=True)] == [timedelta(days=1, seconds=1)] * 2


def test_exports_have_the_cells_of_the_other_programs_and_are_timed(tmp_path: Path) -> None:
    archive = fill(tmp_path / "archive", Corpus(articles=40), 40)
    for name in present()["csv"]:
        CONTENDERS["csv"][name](archive, tmp_path / f"{name}.csv")
        assert same_cells(tmp_path / "nightdesk.csv", tmp_path / f"{name}.csv"), name
    told = measure("csv", "nightdesk", archive, tmp_path / "x.csv")
    assert told["bytes"] == (tmp_path / "nightdesk.csv").stat().st_size > 40_000
    assert all(told[key] > 0 for key in ("seconds", "startup", "peak_mb"))
    (tmp_path / "x.csv").write_text("id\n1\n")
    assert not same_cells(tmp_path / "nightdesk.csv", tmp_path / "x.csv")


ARTICLE = """<html><head><title>Quay wins</title></head><body><nav>Home</nav><article><h1>Quay wins</h1>
<p>The council of the old quay has won its case against the owners of the new one, and will be paid by the summer.</p>
<p>Nobody on the council had expected it, said the mayor, who has kept the letter in a drawer since the morning.</p>
<p>The owners of the new quay may appeal within four weeks, and have told us that they are thinking of it.</p>
</article></body></html>"""


@pytest.fixture
def saved(tmp_path: Path) -> Path:
    """A folder in the collection's format: one page packed, one not."""
    (tmp_path / "ground-truth").mkdir()
    (tmp_path / "html").mkdir()
    truth = {
        "title": "Quay wins!",
        "author": None,
        "publish_date": None,
        "main_content": ARTICLE.split("<p>")[1].split("</p>", maxsplit=1)[0],
        "with": ["paid by the summer"],
        "without": ["Home"],
    }
    told = {"url": "https://q.example/1", "_internal": {"page_type": {"primary": "article"}}, "ground_truth": truth}
    for name in ("0001", "0002"):
        (tmp_path / "ground-truth" / f"{name}.json").write_text(json.dumps(told))
    (tmp_path / "html" / "0001.html.gz").write_bytes(gzip.compress(ARTICLE.encode()))
    (tmp_path / "html" / "0002.html").write_text(ARTICLE)
    return tmp_path


def test_the_extraction_benchmark_measures_a_folder(saved: Path, tmp_path: Path) -> None:
    report = tmp_path / "report.json"
    systems = "nightdesk,trafilatura,trafilatura-fast,newspaper4k"
    done = run("bench/extraction.py", saved, "--other", saved, "--systems", systems, "--json", report)
    assert done.returncode == 0, done.stderr
    told = json.loads(report.read_text())
    assert told["pages"] == 2
    assert told["systems"]["nightdesk"]["figures"]["title"] == 1
    assert told["systems"]["nightdesk"]["figures"]["with"] == 1
    assert told["systems"]["trafilatura"]["figures"]["speed"] == 1
    assert told["systems"]["trafilatura-fast"]["figures"]["speed"] > 0
    assert told["gate"]["all"] == {"kept": 2}
    assert told["worst"][0]["causes"].keys() == {"too much: running text"}
    assert "| newspaper4k" in done.stdout
    assert ("not installed" in done.stdout) is (told["systems"]["newspaper4k"] is None)


def test_it_measures_in_another_interpreter_what_this_one_lacks(saved: Path) -> None:
    from bench.race import race_elsewhere

    readings = race_elsewhere(sys.executable, ["trafilatura-fast"], saved, ["0002"])
    assert "paid by the summer" in readings["trafilatura-fast"]["0002"].found.body


def test_it_says_plainly_what_is_wrong(tmp_path: Path) -> None:
    empty = run("bench/extraction.py", tmp_path)
    assert empty.returncode != 0
    assert "no folder of pages" in empty.stderr
    unknown = run("bench/extraction.py", tmp_path, "--systems", "magic")
    assert unknown.returncode == 2
    assert "no system 'magic'" in unknown.stderr
    assert "Traceback" not in empty.stderr + unknown.stderr


def test_it_reads_the_projects_own_pages(tmp_path: Path) -> None:
    pages = ROOT / "tests" / "pages"
    ids = list_ids(pages)
    assert ids[1::7] == list_ids(pages, step=7, offset=1)
    sample = next(read_samples(pages, ["legacy-iso-8859-2"]))
    assert b"Rada miasta" in sample.html
    assert sample.truth.body is not None


@pytest.mark.parametrize(
    ("found", "truth", "f1"), [("", "", 1), ("a b", "", 0), ("A b", "b a", 1), ("a", "a b", 2 / 3), ("a a", "a", 2 / 3)]
)
def test_word_f1_compares_bags_of_words(found: str, truth: str, f1: float) -> None:
    assert word_f1(found, truth) == pytest.approx(f1)


def test_snippets_are_found_whatever_their_case_and_white_space() -> None:
    text = "One  Two\nthree"
    assert share_found(text, ["one two", "two THREE", "four"]) == pytest.approx(2 / 3)
    assert share_absent(text, ["one two", "four"]) == pytest.approx(1 / 2)


def test_titles_names_and_days() -> None:
    assert same_title("“Quay” wins!", "quay – Wins")
    assert not same_title("Quay wins", "Quay wins again")
    assert names("Ann Poe, Jo Doe and Ivo Marić") == {"ann poe", "jo doe", "ivo marić"}
    assert names(["Ann Poe and Jo Doe"]) == {"ann poe and jo doe"}
    assert name_f1(names("Ann Poe"), names("Ann Poe; Jo Doe")) == pytest.approx(2 / 3)
    assert same_day("2026-11-10T23:59:00+00:00", "2026-11-10")
    assert same_day("2026-11-10", "2026-11")
    assert not same_day(None, "2026-11-10")
    assert not same_day("2026-11-11", "2026-11-10")


def test_figures_are_means_over_the_pages_that_allow_them() -> None:
    signed = Truth(title="T", author="Ann Poe", published="2026-11-10", body="a b", present=("a",), absent=("c",))
    bare = Truth(title=None, author="", published="", body="")
    found = Found(title="T", authors=("Ann Poe", "Quay"), published="2026-11-10", body="a b c")
    pages = {"1": page_figures(signed, found), "2": page_figures(bare, found)}
    reading = Reading(found=found, seconds=1.0, reference_seconds=3.0)
    row = summarise(pages, {"1": reading, "2": reading})
    assert row["author_f1"] == pytest.approx(2 / 3)
    assert row["author_precision"] == pytest.approx(1 / 2)
    assert (row["with"], row["without"], row["title"], row["date"]) == (1, 0, 1, 1)
    assert (row["authors_on_unsigned"], row["dates_on_undated"]) == (1, 1)
    assert row["body_f1"] == pytest.approx((0.8 + 0) / 2)
    assert row["speed"] == 3


def test_a_system_that_knows_no_authors_is_not_said_to_find_none() -> None:
    truth = Truth(title="T", author="Ann Poe", published="2026-11-10", body="a")
    row = summarise({"1": page_figures(truth, Found(title="T", body="a", signed=False))}, {})
    assert (row["author_f1"], row["date"], row["body_f1"]) == (None, None, 1)


def test_differences_are_paired_page_by_page() -> None:
    assert paired([0.5, 1.0], [0.4, 0.9]) == (pytest.approx(0.1), pytest.approx(0, abs=1e-9))
    assert paired([1.0], [0.5]) is None
    ours = {"1": {"body_f1": 1.0}, "2": {"body_f1": 0.5}, "3": {"title": 1.0}}
    theirs = {"1": {"body_f1": 0.5}, "2": {"body_f1": 0.5}, "3": {"body_f1": 0.1}}
    assert compare(ours, theirs)["body_f1"] == (pytest.approx(0.25), pytest.approx(0.25))


PAGE = b"""<body><h2>What the mud costs</h2><ul><li>Two thousand for the bucket and the crane</li></ul>
<table><tr><td>Depth in metres today</td></tr></table><blockquote><p>We have never dug so deep before</p></blockquote>
<div>Loose words in a box of their own</div></body>"""


@pytest.mark.parametrize(
    ("line", "cause"),
    [
        ("What the mud costs", "missing: heading"),
        ("- Two thousand for the bucket and the crane", "missing: list"),
        ("Depth in metres today", "missing: table"),
        ("We have never dug so deep before", "missing: quote"),
        ("Loose words in a box of their own", "missing: other container"),
        ("Nowhere on the page are these words", "missing: not in the page"),
    ],
)
def test_what_is_missing_is_sorted_by_where_it_stood(line: str, cause: str) -> None:
    kept = "The harbour master was pleased with what he saw and went home early for once in his life."
    causes = find_causes(PAGE, f"{kept}\n\n{line}", None, kept, rejected=False)
    assert dict(causes) == {cause: len(line.split())}


@pytest.mark.parametrize(
    ("line", "cause"),
    [
        ("By Ann Poe, 10 November 2026", "too much: byline or date"),
        ("Share this on Facebook", "too much: share"),
        ("Lesen Sie auch: Der Steg bleibt zu", "too much: related"),
        ("Sign up for our newsletter", "too much: newsletter"),
        ("Leave a comment", "too much: comments"),
        ("© 2026 The Quay. All rights reserved", "too much: legal"),
        ("Mud at last!", "too much: headline repeated"),
        ("Cloudy with wind from the west", "too much: short line"),
    ],
)
def test_what_is_too_much_is_sorted_by_what_it_says(line: str, cause: str) -> None:
    kept = "The harbour master was pleased with what he saw and went home early for once in his life."
    causes = find_causes(PAGE, kept, "Mud at last", f"{line}\n\n{kept}", rejected=False)
    assert dict(causes) == {cause: len(line.split())}


def test_a_page_that_is_wrong_as_a_whole_has_one_cause() -> None:
    assert set(find_causes(PAGE, "", None, "Some words", rejected=False)) == {"ground truth empty"}
    assert set(find_causes(PAGE, "Some words", None, "", rejected=True)) == {"rejected"}
    assert set(find_causes(PAGE, "Some words", None, " ", rejected=False)) == {"empty"}
    assert set(find_causes(PAGE, "One thing only here", None, "Quite another text altogether", rejected=False)) == {
        "wrong text"
    }


def test_a_table_stands_straight() -> None:
    assert table(["a", "n"], [["long", "1"], ["b", "22"]]).splitlines() == [
        "| a    |  n |",
        "|------|---:|",
        "| long |  1 |",
        "| b    | 22 |",
    ]


def test_cleaning_again_is_timed_beside_trafilatura_and_step_by_step() -> None:
    done = run("bench/reextract.py", "--most", "8", "--copies", "1", "--rounds", "1", "--workers", "1", "--json")
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    assert told["articles"] > 3
    assert set(told["articles_per_second"]) == {"nightdesk", "dry run", "trafilatura"}
    assert set(told["ms_a_page"]) == {"read", "clean", "compare and write"}
    assert all(value > 0 for value in (*told["articles_per_second"].values(), *told["ms_a_page"].values()))


def test_workers_of_a_cluster_are_timed_against_one() -> None:
    done = run("bench/machines.py", "--workers", "1", "--most", "4", "--copies", "1", "--json")
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    assert told["over_first"] == {"1": 1.0}
    assert told["articles_per_second"]["1"] > 0
