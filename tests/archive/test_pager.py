"""Long output on a terminal goes through the reader's pager; into a pipe it never does."""

from __future__ import annotations

import os
import pty
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.archive.sample import two_nights


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    yield two_nights(tmp_path_factory.mktemp("pager"))


def on_a_terminal(*arguments: str, **environment: str) -> str:
    """What a command prints on a terminal, and its exit status."""
    inherited = {name: value for name, value in os.environ.items() if name not in ("PAGER", "NO_COLOR")}
    master, slave = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, "-m", "archive", *arguments],
        stdin=slave,
        stdout=slave,
        stderr=slave,
        env=inherited | {"TERM": "xterm", "COLUMNS": "80", "LINES": "24"} | environment,
    )
    os.close(slave)
    text = b""
    while True:
        try:
            chunk = os.read(master, 4096)
        except OSError:  # the other side is closed
            break
        if not chunk:
            break
        text += chunk
    os.close(master)
    return f"{text.decode()}[{process.wait()}]"


def test_a_terminal_gets_the_pager_with_colours(folder: Path) -> None:
    said = on_a_terminal("search", "-a", str(folder), NIGHTDESK_PAGER="sed 's/^/> /'")
    assert "> \x1b[1m" in said  # bold headlines, though they went through a pipe
    assert said.endswith("[0]")


def test_the_usual_variable_names_the_pager_and_cat_is_none(folder: Path) -> None:
    assert "> " in on_a_terminal("runs", "-a", str(folder), PAGER="sed 's/^/> /'")
    assert "> " not in on_a_terminal("runs", "-a", str(folder), PAGER="sed 's/^/> /'", NIGHTDESK_PAGER="cat")
    assert "> " not in on_a_terminal("runs", "-a", str(folder), PAGER="sed 's/^/> /'", TERM="dumb")


def test_a_reader_who_leaves_early_is_not_scolded(folder: Path) -> None:
    assert on_a_terminal("search", "-a", str(folder), PAGER="true").endswith("[0]")
    assert "Traceback" not in on_a_terminal("show", "a1", "-a", str(folder), PAGER="true")


def test_a_pager_that_is_not_there_is_done_without(folder: Path) -> None:
    for none in ("no-such-pager", "'", ""):
        said = on_a_terminal("runs", "-a", str(folder), PAGER=none)
        assert "Run" in said or "run" in said
        assert said.endswith("[0]")


def test_on_a_terminal_no_word_of_a_message_is_broken_and_what_is_pointed_at_stands_above(folder: Path) -> None:
    said = on_a_terminal("search", "harbour date:2026-13", "-a", str(folder)).replace("\r", "")
    *lines, query, caret = said.rpartition("[")[0].rstrip("\n").split("\n")
    assert max(map(len, lines)) <= 80 and len(lines) == 2
    assert "2026-11-10T08:30Z, today, yesterday or -7d" in " ".join(" ".join(lines).split())
    assert (query, caret) == ("  harbour date:2026-13", "               ^^^^^^^")


def test_a_pipe_is_never_paged(folder: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "archive", "search", "-a", str(folder)],
        env=os.environ | {"PAGER": "sed 's/^/> /'", "TERM": "xterm"},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout and "> " not in done.stdout and "\x1b" not in done.stdout
