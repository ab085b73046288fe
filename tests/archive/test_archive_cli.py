import csv
import io
import json
import os
import re
import signal
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

import click
import pytest
from click.testing import CliRunner, Result

from archive.cli import archive_commands, reading_commands
from archive.reading import Archive
from archive.times import iso
from archive.types import Outcome
from tests.archive.sample import HARBOUR, NIGHT_1, Sample, two_nights


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return two_nights(tmp_path_factory.mktemp("cli") / "house")


@pytest.fixture(autouse=True)
def _plain_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("FORCE_COLOR", "NO_COLOR", "TTY_COMPATIBLE", "NIGHTDESK_ARCHIVE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("COLUMNS", "80")


def run(folder: Path, *arguments: str) -> Result:
    return CliRunner().invoke(archive_commands, list(arguments), env={"NIGHTDESK_ARCHIVE": str(folder)})


def test_every_command_has_help_and_says_so_on_one_line() -> None:
    listing = CliRunner().invoke(archive_commands, ["--help"]).stdout
    assert [c.name for c in reading_commands] == [
        "search",
        "show",
        "stories",
        "diff",
        "edits",
        "cite",
        "explain",
        "stats",
        "runs",
        "health",
        "report",
        "export",
        "package",
        "cdxj",
        "template",
    ]
    for command in reading_commands:
        help_ = CliRunner().invoke(archive_commands, [str(command.name), "--help"])
        assert help_.exit_code == 0
        assert str(command.name) in listing
        assert "-a, --archive DIR" in help_.stdout
        assert all(option.help for option in command.params if isinstance(option, click.Option))


def test_search_help_keeps_its_table() -> None:
    text = CliRunner().invoke(archive_commands, ["search", "--help"]).stdout
    assert '\n  "harbour talks"          these words side by side\n' in text


def test_search_prints_headline_facts_and_passage(folder: Path) -> None:
    result = run(folder, "search", "dockers", "union")
    assert result.exit_code == 0
    lines = result.stdout.splitlines()
    assert lines[0] == "Explainer: Harbour talks continue as [dockers] refuse the offer"
    assert lines[1].startswith("  2026-11-10 · harbour-news · Ana Kovač · ")
    assert "[union]" in result.stdout
    assert result.stderr == ""


@pytest.mark.parametrize(
    "command", [["search"], ["show", HARBOUR], ["explain", HARBOUR], ["stats"], ["runs"], ["runs", "1"]]
)
def test_what_goes_into_a_pipe_is_plain_and_80_wide(folder: Path, command: list[str]) -> None:
    result = run(folder, *command)
    assert result.exit_code == 0
    assert "\x1b" not in result.stdout
    assert [line for line in result.stdout.splitlines() if len(line) > 80 or line != line.rstrip()] == []


def test_colour_can_be_forced_and_forbidden(folder: Path) -> None:
    runner = CliRunner()
    arguments = ["search", "-a", str(folder), "dockers"]
    assert "\x1b[1;33mdockers" in runner.invoke(archive_commands, arguments, env={"FORCE_COLOR": "1"}).stdout
    plain = runner.invoke(archive_commands, arguments, env={"FORCE_COLOR": "1", "NO_COLOR": "1"}).stdout
    assert "[dockers]" in plain and "\x1b[1;33m" not in plain


def test_a_mended_query_is_said_on_stderr(folder: Path) -> None:
    result = run(folder, "search", '"the union', "OR")
    assert result.stderr.startswith('searched for: "the union OR"\n')


@pytest.mark.parametrize("words", ["'; drop table", '"', "((((", "NEAR(", "*", "a:b", "\x00", "NOT", "^x", "--", "🫠"])
def test_no_query_is_an_error(folder: Path, words: str) -> None:
    result = run(folder, "search", "--count", "--", words)
    assert result.exit_code == 0
    assert result.stdout.strip().isdigit()


def test_nothing_found_is_no_error_and_says_so(folder: Path) -> None:
    result = run(folder, "search", "zeppelin", "--source", "gazete")
    assert (result.exit_code, result.stdout) == (0, "")
    assert result.stderr == "no articles match\nthere is no source 'gazete'; there are: harbour-news, kurir\n"


def test_json_lines_carry_the_whole_article(folder: Path) -> None:
    result = run(folder, "search", "dockers", "--json")
    (hit,) = map(json.loads, result.stdout.splitlines())
    assert hit["url"] == HARBOUR
    assert (hit["authors"], hit["published_at"], hit["word_count"]) == (["Ana Kovač"], "2026-11-10T00:00:00Z", 69)
    assert hit["capture"]["offset"] == 2000
    assert "[dockers]" in hit["headline"]


def test_twenty_are_shown_and_the_rest_is_not_kept_secret(tmp_path: Path) -> None:
    with Sample(tmp_path / "a") as sample:
        sample.run()
        for number in range(25):
            sample.article(f"Number {number}", "word")
    result = run(tmp_path / "a", "search", "word")
    assert result.stdout.count("Number") == 20
    assert "20 of 25 articles" in result.stderr
    assert run(tmp_path / "a", "search", "word", "--limit", "22").stdout.count("Number") == 22
    assert len(run(tmp_path / "a", "search", "word", "--json").stdout.splitlines()) == 25
    assert run(tmp_path / "a", "search", "word", "--count").stdout == "25\n"
    assert run(tmp_path / "a", "search", "word", "--limit", "25").stderr == ""


def test_no_page_can_steer_the_terminal(tmp_path: Path) -> None:
    evil = "\x1b]0;owned\x07\x1b[31mred\x9b2J\x02"
    with Sample(tmp_path / "a") as sample:
        sample.run()
        id_ = sample.article("Title " + evil, "Body " + evil, authors=[evil], tags=[evil], description=evil)
    for command in (["search", "body"], ["search"], ["show", id_]):
        result = run(tmp_path / "a", *command)
        assert result.exit_code == 0
        assert not re.search("[\x00-\x08\x0b-\x1f\x7f-\x9f]", result.stdout)


def test_square_brackets_in_a_title_are_text(tmp_path: Path) -> None:
    with Sample(tmp_path / "a") as sample:
        sample.run()
        sample.article("[Update] [red]Talks[/red] :smile:", "x")
    assert "[Update] [red]Talks[/red] :smile:" in run(tmp_path / "a", "search").stdout


def test_show_reads_like_an_article(folder: Path) -> None:
    text = run(folder, "show", HARBOUR).stdout
    for part in (
        "By Ana Kovač · 2026-11-10 · 3 min read",
        "harbour-news · News · harbour, union",
        "  Picture: Union and port officials. (Credit: Harbour News)",
        "written 'Nov 10', year inferred",
        "warc/2026/11/nightdesk-20261110020000-00001.warc.gz@2000",
        "  1  2026-11-10 02:00 – 2026-11-11 02:00  Harbour talks continue",
    ):
        assert part in text
    assert "confidence" not in text
    assert "not feed: 2026-11-10T08:30:00Z" in run(folder, "show", HARBOUR, "--origins").stdout


def test_show_json_is_one_object_with_the_earlier_texts(folder: Path) -> None:
    value = json.loads(run(folder, "show", HARBOUR, "--json").stdout)
    assert value["title"].startswith("Explainer")
    assert [earlier["title"] for earlier in value["earlier"]] == ["Harbour talks continue"]


def test_show_gives_the_structure_the_corrections_and_the_entries_of_a_live_blog(tmp_path: Path) -> None:
    note = "Correction: There are six piers."
    entries = [
        {"at": "2026-11-09T20:00:00Z", "as_written": "21:00", "title": "Pier closed", "body": "It is closed."},
        {"at": None, "as_written": "22.15 Uhr", "title": None, "body": "The ferry is in.\n\nAll are well."},
    ]
    with Sample(tmp_path / "a") as sample:
        sample.run()
        id_ = sample.article(
            "Six piers",
            f"Pier closed\n\nIt is closed.\n\n{note}",
            markdown=f"## Pier closed\n\nIt is closed.\n\n{note}",
            entries=entries,
            corrections=[note],
        )
        plain = sample.article("Plain", "One.\n\nTwo.")
    text = run(tmp_path / "a", "show", id_).stdout
    assert f"\nCorrection\n{note}\n" in text
    assert "  2026-11-09 20:00  Pier closed\n  22.15 Uhr  The ferry is in.\n" in text
    assert run(tmp_path / "a", "show", id_, "--markdown").stdout == (
        f"# Six piers\n\n## Pier closed\n\nIt is closed.\n\n{note}\n"
    )
    assert run(tmp_path / "a", "show", plain, "--markdown").stdout == "# Plain\n\nOne.\n\nTwo.\n"
    refused = run(tmp_path / "a", "show", id_, "--markdown", "--json")
    assert refused.exit_code == 2
    assert "leave out --origins and --json" in refused.stderr


def test_explain_tells_the_story_in_words(folder: Path) -> None:
    text = run(folder, "explain", "kurir.test/zid").stdout
    assert "it asked for consent instead of showing the" in text
    assert "due     never again" in text
    story = run(folder, "explain", HARBOUR).stdout
    assert "listed by the feed (run 1)\n    https://harbour-news.test/feed.xml" in story
    assert "its text had changed: revision 2 (run 2, cleaned by nightdesk 0.1.0)" in " ".join(story.split())
    assert "runs      1 new, 2 updated" in story
    assert json.loads(run(folder, "explain", HARBOUR, "--json").stdout)["state"] == "kept"


def test_runs_show_funnels_that_add_up(folder: Path) -> None:
    text = run(folder, "runs").stdout
    assert "Run 1: crawl, 2026-11-10 02:00 UTC, 0:12:00, finished" in text
    assert re.search(r"all +6 +3 +1 +1 +1\n", text)
    rows = [json.loads(line) for line in run(folder, "runs", "--json").stdout.splitlines()]
    assert rows[0]["funnel"]["kurir"] == {"new": 2, "rejected": 1, "waiting": 1}
    one = json.loads(run(folder, "runs", "1", "--json").stdout)
    assert one["problems"][0]["example"] == "http://kurir.test/atom.xml"
    assert "the feed failed: the site answered 503 Service Unavailable" in run(folder, "runs", "1").stdout


def test_a_funnel_with_every_outcome_fits_80_columns(tmp_path: Path) -> None:
    with Sample(tmp_path / "a") as sample:
        first = sample.run()
        for outcome in Outcome:
            url_id = sample.url(f"https://gazette.test/{outcome}")
            sample.outcome(first, url_id, outcome)
    text = run(tmp_path / "a", "runs").stdout
    assert re.search(r"source +pages +new +upd +same +known +dup +rej +ref +fail +gone +wait\n", text)
    assert re.search(r"gazette +10( +1){10}\n", text)


def test_stats_count_each_source(folder: Path) -> None:
    assert re.search(r"kurir +4 +3 +– +1 +– +1 +2026-11-10\n", run(folder, "stats").stdout)
    assert json.loads(run(folder, "stats", "--json").stdout)["articles"] == 4


def test_a_table_that_is_a_little_too_wide_is_moved_together_on_a_terminal(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Sample(tmp_path) as sample:
        sample.run()
        for source in ("a-source-of-21-letters", "kurir"):
            sample.article(source=source, published_at=iso(NIGHT_1))
            sample.url(f"https://{source}.test/", source=source)
    piped = run(tmp_path, "stats").stdout.splitlines()[-3:]
    assert re.split("  +", piped[0])[:3] == ["source", "pages", "articles"]
    for name, value in (("FORCE_COLOR", "1"), ("NO_COLOR", "1"), ("PAGER", "cat")):
        monkeypatch.setenv(name, value)
    lines = [re.sub(r"\x1b\[[\d;]*m", "", line) for line in run(tmp_path, "stats").stdout.splitlines()[-3:]]
    assert lines[1].startswith("a-source-of-21-letters ") and lines[1].endswith(" 2026-11-10")
    assert max(map(len, lines)) <= 80


@pytest.mark.parametrize(
    "arguments", [[], ["talks"], ["--source", "kurir"], ["NOT", "talks", "--limit", "2"], ["zeppelin"]]
)
def test_export_has_as_many_rows_as_search_counts(folder: Path, tmp_path: Path, arguments: list[str]) -> None:
    target = tmp_path / "x.csv"
    result = run(folder, "export", *arguments, "--to", str(target))
    number = int(run(folder, "search", "--count", *arguments).stdout)
    assert result.exit_code == 0
    assert result.stderr == f"{number} article{'' if number == 1 else 's'} in {target}\n"
    with target.open(newline="") as file:
        assert len(list(csv.DictReader(file))) == number


def test_export_to_a_dash_is_stdout(folder: Path) -> None:
    result = run(folder, "export", "--to", "-", "--sort", "newest")
    titles = [row["title"] for row in csv.DictReader(io.StringIO(result.stdout))]
    with Archive(folder) as archive:
        assert titles == [article.title for article in archive]
    assert result.stderr == "4 articles\n"


@pytest.mark.parametrize(
    ("arguments", "status", "message"),
    [
        (["search", "--since", "soon"], 2, "nightdesk: since: 'soon' is no date"),
        (["search", "--limit", "0"], 2, "0 is not in the range"),
        (["search", "--sort", "best"], 2, "'best' is not one of"),
        (["show", "nothing"], 5, "nightdesk: no article has the id"),
        (["explain", "https://nowhere.test/"], 5, "nor was any other of nowhere.test"),
        (["runs", "99"], 5, "the last one is 2"),
        (["export", "--to", "x.doc"], 1, "end in .csv"),
        (["stats", "-a", "/nonexistent"], 3, "make one with: nightdesk init /nonexistent"),
    ],
)
def test_failures_are_one_line_and_a_status(folder: Path, arguments: list[str], status: int, message: str) -> None:
    result = run(folder, *arguments)
    assert (result.exit_code, result.stdout) == (status, "")
    assert message in result.stderr
    assert "Traceback" not in result.stderr


def test_a_damaged_database_is_told_not_thrown(tmp_path: Path) -> None:
    folder = two_nights(tmp_path / "a")
    database = folder / "archive.db"
    data = bytearray(database.read_bytes())
    data[8192:] = os.urandom(len(data) - 8192)
    database.write_bytes(data)
    result = run(folder, "search", "talks")
    assert result.exit_code in (1, 3)
    assert result.stderr.startswith("nightdesk: ") and "Traceback" not in result.stderr


def start(folder: Path, *arguments: str, **options: Any) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "archive", *arguments, "-a", str(folder)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=Path(__file__).parents[2],
        **options,
    )


@pytest.mark.parametrize("arguments", [["search", "--json"], ["search", "--limit", "300"], ["export", "--to", "-"]])
def test_a_reader_that_leaves_early_is_no_trouble(tmp_path: Path, arguments: list[str]) -> None:
    with Sample(tmp_path / "a") as sample:
        sample.run()
        for number in range(300):
            sample.article(f"Number {number}", "many words " * 100)
    with start(tmp_path / "a", *arguments) as process:
        assert process.stdout is not None and process.stderr is not None
        process.stdout.readline()
        process.stdout.close()
        assert process.stderr.read() == ""
        process.wait()


@pytest.mark.parametrize(
    "arguments",
    [["search"], ["search", "--json"], ["show", HARBOUR], ["stats"], ["runs"], ["export", "--to", "-"]],
)
def test_a_full_disk_behind_stdout_is_one_line_and_a_status(folder: Path, arguments: list[str]) -> None:
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(
            [sys.executable, "-m", "archive", *arguments, "-a", str(folder)],
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
            cwd=Path(__file__).parents[2],
        )
    assert done.returncode == 1
    assert done.stderr == "nightdesk: the output cannot be read or written: No space left on device\n"


@pytest.mark.parametrize("length", [251, 252, 300, 5000])
def test_a_file_name_is_as_long_as_the_disk_allows_and_else_refused(folder: Path, tmp_path: Path, length: int) -> None:
    result = run(folder, "export", "--to", str(tmp_path / f"{'x' * length}.csv"))
    if length == 251:
        assert (result.exit_code, len(list(tmp_path.iterdir()))) == (0, 1)
    else:
        assert (result.exit_code, list(tmp_path.iterdir())) == (1, [])
        assert "cannot be written: File name too long" in result.stderr
        assert result.stderr.count("\n") == 1 and len(result.stderr) < 400


@pytest.mark.parametrize("limit", [2**63 - 1, 2**63, 10**20])
def test_a_limit_beyond_all_numbers_is_no_limit(folder: Path, limit: int) -> None:
    assert len(run(folder, "search", "--json", "--limit", str(limit)).stdout.splitlines()) == 4
    assert run(folder, "search", "--count", "--limit", str(limit)).stdout == "4\n"
    assert run(folder, "export", "--to", "-", "--limit", str(limit)).stderr == "4 articles\n"


def test_a_url_of_many_screens_is_shown_by_its_ends(tmp_path: Path) -> None:
    long = "https://gazette.test/" + "x" * 3000 + "/end"
    usual = "https://gazette.test/2026/11/10/" + "a-headline-of-many-words-" * 6
    with Sample(tmp_path / "a") as sample:
        number = sample.run()
        for url, reason in ((long, "http-500"), (usual, "timeout")):
            sample.outcome(number, sample.url(url, state="failed"), "failed", reason)
    text = run(tmp_path / "a", "runs", "1").stdout
    (shown,) = [line for line in text.splitlines() if "xxx" in line]
    assert len(shown) == 240
    assert shown.startswith("    https://gazette.test/xxx") and "x…x" in shown and shown.endswith("xx/end")
    assert f"    {usual}\n" in text
    problems = json.loads(run(tmp_path / "a", "runs", "1", "--json").stdout)["problems"]
    assert {problem["example"] for problem in problems} == {long, usual}


def test_a_run_whose_process_died_is_shown_as_killed(tmp_path: Path) -> None:
    with Sample(tmp_path / "a") as sample:
        sample.run(status="running")
    (tmp_path / "a" / "archive.lock").touch()
    assert "UTC, killed\n" in run(tmp_path / "a", "runs").stdout
    assert ": killed\n" in run(tmp_path / "a", "stats").stdout
    assert json.loads(run(tmp_path / "a", "runs", "--json").stdout)["status"] == "crashed"


def test_control_c_is_130(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(self: Archive) -> None:
        signal.raise_signal(signal.SIGINT)

    monkeypatch.setattr(Archive, "stats", interrupted)
    assert threading.current_thread() is threading.main_thread()
    result = run(folder, "stats")
    assert (result.exit_code, result.stdout, result.stderr) == (130, "", "")


def test_letters_that_a_terminal_lacks_are_spelt_out(folder: Path) -> None:
    env = os.environ | {"PYTHONIOENCODING": "ascii", "COLUMNS": "80"}
    with start(folder, "show", HARBOUR, env=env) as process:
        out, err = process.communicate()
    assert (process.returncode, err) == (0, "")
    assert "Ana Kova\\u010d" in out
