"""Imports run the way the data runs: crawler → pipelines → archive; each library only where it belongs."""

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PACKAGES = ("crawler", "pipelines", "archive")
MODULES = [path for package in PACKAGES for path in sorted((ROOT / package).rglob("*.py"))]

#: Package → what it may not import.
FORBIDDEN = {
    "archive": {"crawler", "pipelines", "scrapy", "twisted", "trafilatura", "lxml", "bs4", "feedparser"},
    "pipelines": {"crawler", "twisted", "sqlite_utils", "warcio", "sqlite3"},
    "crawler": {"sqlite_utils", "warcio", "sqlite3", "trafilatura"},
}


def imported_names(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: write imports out in full"
            yield node.module or ""


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(ROOT)))
def test_imports_point_downstream_and_libraries_stay_in_their_room(path: Path) -> None:
    package = path.relative_to(ROOT).parts[0]
    roots = {name.split(".")[0] for name in imported_names(path)}
    assert not roots & FORBIDDEN[package]
    if package == "pipelines" and path.name != "stages.py":
        assert "scrapy" not in roots


def test_the_rule_is_applied_to_every_package() -> None:
    assert {path.relative_to(ROOT).parts[0] for path in MODULES} == set(PACKAGES)


def modules_loaded_by(code: str) -> set[str]:
    script = f"{code}\nimport sys; print('\\n'.join(sys.modules))"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True, cwd=ROOT)
    return {name.split(".")[0] for name in done.stdout.split()}


@pytest.mark.parametrize("code", ["import archive", "import archive.cli", "import crawler.cli"])
def test_reading_commands_do_not_wait_for_the_crawlers_libraries(code: str) -> None:
    assert not modules_loaded_by(code) & {"scrapy", "twisted", "trafilatura", "lxml", "bs4", "feedparser"}


def test_the_whole_command_names_each_of_its_verbs() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "crawler", "--help"], capture_output=True, text=True, check=True, cwd=ROOT
    )
    for verb in (
        "init",
        "sources",
        "crawl",
        "nightly",
        "backfill",
        "schedule",
        "doctor",
        "import",
        "reextract",
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
        "offload",
        "template",
        "verify",
        "migrate",
        "compact",
        "backup",
        "restore",
        "takedown",
        "merge",
        "serve",
        "demo",
    ):
        assert f"\n  {verb} " in done.stdout


def test_opening_an_archive_does_not_wait_for_pandas() -> None:
    assert not modules_loaded_by("import archive.writer") & {"pandas", "numpy", "pyarrow"}
    assert {"pandas", "sqlite_utils"} <= modules_loaded_by("import archive.writer, pandas")
