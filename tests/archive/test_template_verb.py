"""``nightdesk template``: what was learnt, as its users see it, and what they decide."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from archive.cli import archive_commands
from archive.fingerprint import line_fingerprint
from archive.lock import WriterLock
from archive.types import Dropped
from tests.archive.test_articles import store
from tests.archive.test_templates import HOUSE, RIGHTS, learn, with_lines
from tests.conftest import open_archive

WATCHED = "A line that came twice, for whatever reason; nobody knows yet, and time will tell."


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    with open_archive(tmp_path) as writer:
        learn(writer, range(10), HOUSE, RIGHTS)
        learn(writer, range(10, 12), HOUSE, RIGHTS, WATCHED)
    return tmp_path


@pytest.fixture(autouse=True)
def _a_hundred_columns(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("FORCE_COLOR", "NO_COLOR", "TTY_COMPATIBLE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("COLUMNS", "100")


def run(folder: Path, *arguments: str, status: int = 0) -> Result:
    result = CliRunner().invoke(archive_commands, ["template", *arguments, "-a", str(folder)])
    assert result.exit_code == status, result.output
    return result


def test_what_was_learnt_is_shown_with_its_evidence(folder: Path) -> None:
    result = run(folder, "gazette")
    assert result.stdout == (
        "gazette: 2 lines left out, learnt from 12 articles\n"
        "\n"
        f"{HOUSE}\n"
        "  template · in 12 of the source's last 12 articles · 2026-10-01 to 2026-10-03\n"
        f"  {line_fingerprint(HOUSE)} · in the midst\n"
        "\n"
        f"{RIGHTS}\n"
        "  template · in 12 of the source's last 12 articles · 2026-10-01 to 2026-10-03\n"
        f"  {line_fingerprint(RIGHTS)} · near the end\n"
    )
    assert result.stderr == "\n1 line more came again and may yet be learnt; see --all\n"
    everything = run(folder, "gazette", "--all")
    assert f"{WATCHED}\n  watched · in 2 of the source's last 2 articles" in everything.stdout
    assert everything.stderr == ""


def test_json_has_the_lines_that_are_shown(folder: Path) -> None:
    value = json.loads(run(folder, "gazette", "--json").stdout)
    assert (value["source"], value["articles"]) == ("gazette", 12)
    assert [(line["text"], line["state"]) for line in value["lines"]] == [(HOUSE, "template"), (RIGHTS, "template")]
    assert value["lines"][0]["count"]["articles"] == 12
    assert (value["lines"][0]["first_day"], value["lines"][0]["hand_at"]) == ("2026-10-01", None)
    assert len(json.loads(run(folder, "gazette", "--json", "--all").stdout)["lines"]) == 3


def test_a_line_is_pinned_and_released_by_its_text_or_its_fingerprint(folder: Path) -> None:
    pinned = run(folder, "gazette", "--pin", WATCHED.upper())
    assert "  pinned · in 2 of the source's last 2 articles" in pinned.stdout
    assert pinned.stderr == "from now on new articles go without it; those in the archive stay as they are\n"
    released = run(folder, "gazette", "--release", line_fingerprint(HOUSE))
    assert f"{HOUSE}\n  released · " in released.stdout
    assert "keep it" in released.stderr
    shown = run(folder, "gazette").stdout
    assert shown.startswith("gazette: 2 lines left out")
    assert [word for word in shown.split() if word in ("pinned", "released", "template")] == [
        "template",
        "pinned",
        "released",
    ]
    assert json.loads(run(folder, "gazette", "--release", RIGHTS, "--json").stdout)["state"] == "released"


def test_a_line_that_was_never_seen_can_be_pinned_and_is_said_to_be(folder: Path) -> None:
    assert run(folder, "gazette", "--pin", "To be continued on page 5").stdout == (
        f"To be continued on page 5\n  pinned · not seen so far\n  {line_fingerprint('To be continued on page 5')}\n"
    )


@pytest.mark.parametrize(
    ("arguments", "status", "message"),
    [
        (["gazete"], 5, "there is no source 'gazete'; there are: gazette"),
        (["gazette", "--pin", "0123456789abcdef"], 5, "no line of gazette has the fingerprint 0123456789abcdef"),
        (["gazette", "--release", "Never seen"], 5, "no line of gazette reads 'Never seen'"),
        (["gazette", "--pin", ""], 2, "has no letter"),
        (["gazette", "--pin", "a", "--release", "b"], 2, "either --pin or --release"),
        ([], 2, "Missing argument 'SOURCE'"),
    ],
)
def test_mistakes_are_one_line_and_a_status(folder: Path, arguments: list[str], status: int, message: str) -> None:
    result = run(folder, *arguments, status=status)
    assert message in result.stderr
    assert result.stdout == ""
    assert "Traceback" not in result.stderr


def test_a_running_crawl_can_be_looked_beside_but_not_decided_beside(folder: Path) -> None:
    lock = WriterLock(folder, "crawl")
    assert "2 lines left out" in run(folder, "gazette").stdout
    assert "being written by `nightdesk crawl`" in run(folder, "gazette", "--pin", WATCHED, status=4).stderr
    lock.release()


def test_a_source_of_which_nothing_was_counted_says_so(tmp_path: Path) -> None:
    open_archive(tmp_path).close()
    assert run(tmp_path, "gazette").stdout == "gazette: 0 lines left out, learnt from 0 articles\n"


def test_an_article_says_that_something_was_left_out(tmp_path: Path) -> None:
    with open_archive(tmp_path) as writer:
        article = with_lines(1, dropped=[Dropped(text=HOUSE, reason="in 9 of the source's last 9 articles")])
        id_ = store(writer, article).article_id
    shown = CliRunner().invoke(archive_commands, ["show", id_, "-a", str(tmp_path)]).stdout
    assert "left out   1 line that its source repeats, see --json\n" in shown
    as_json = CliRunner().invoke(archive_commands, ["show", id_, "--json", "-a", str(tmp_path)]).stdout
    assert json.loads(as_json)["dropped"] == [{"text": HOUSE, "reason": "in 9 of the source's last 9 articles"}]
