"""The shell completes commands, options, and the names of an archive's sources."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.archive.sample import two_nights


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return two_nights(tmp_path_factory.mktemp("completion"))


def completed(words: str, module: str = "crawler", **environment: str) -> list[str]:
    """What bash would offer after these words; the last may be half written."""
    count = len(words.split(" ")) - 1
    asked = {"_NIGHTDESK_COMPLETE": "bash_complete", "COMP_WORDS": words, "COMP_CWORD": str(count)}
    script = f"from {module}.cli import nightdesk; nightdesk(prog_name='nightdesk')"
    done = subprocess.run(
        [sys.executable, "-c", script], env=os.environ | asked | environment, capture_output=True, text=True, check=True
    )
    return [name for line in done.stdout.splitlines() if (name := line.partition(",")[2])]


def test_names_of_sources_are_offered(folder: Path) -> None:
    assert completed(f"nightdesk search -a {folder} --source ha") == ["harbour-news"]
    assert completed("nightdesk health ", NIGHTDESK_ARCHIVE=str(folder)) == ["harbour-news", "kurir"]


def test_a_source_that_no_night_has_seen_is_offered_to_the_crawl(tmp_path: Path) -> None:
    (tmp_path / "sources.toml").write_text('[sources.gazette]\nhome = "http://gazette.example/"\n', encoding="utf-8")
    assert completed(f"nightdesk crawl -a {tmp_path} ga") == ["gazette"]


def test_where_there_is_no_archive_nothing_is_offered_and_nothing_said(tmp_path: Path) -> None:
    assert completed(f"nightdesk search -a {tmp_path / 'none'} --source ") == []
    assert completed(f"nightdesk crawl -a {tmp_path / 'none'} x") == []


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_each_shell_has_its_script(shell: str) -> None:
    for arguments, environment in (([shell], {}), ([], {"SHELL": f"/usr/bin/{shell}"})):
        done = subprocess.run(
            [sys.executable, "-m", "crawler", "completion", *arguments],
            env=os.environ | environment,
            capture_output=True,
            text=True,
            check=True,
        )
        assert "_NIGHTDESK_COMPLETE" in done.stdout and shell in done.stdout
        assert shell in done.stderr


def test_the_script_works_in_a_real_bash(folder: Path, tmp_path: Path) -> None:
    program = tmp_path / "nightdesk"
    program.write_text(f"#!{sys.executable}\nfrom crawler.cli import nightdesk\nnightdesk(prog_name='nightdesk')\n")
    program.chmod(0o755)
    environment = os.environ | {"PATH": f"{tmp_path}:{os.environ['PATH']}", "PYTHONPATH": os.pathsep.join(sys.path)}
    shell = f"""
eval "$(nightdesk completion bash)"
COMP_WORDS=(nightdesk search -a {folder} --source ku); COMP_CWORD=5
_nightdesk_completion nightdesk
echo "${{COMPREPLY[@]}}"
"""
    done = subprocess.run(["bash", "--norc", "-c", shell], env=environment, capture_output=True, text=True, check=False)
    assert done.stdout.strip() == "kurir", done.stderr


def test_an_unknown_shell_is_told_the_known_ones() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "crawler", "completion"],
        env=os.environ | {"SHELL": "/bin/csh"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 2 and "bash, zsh, fish" in done.stderr
