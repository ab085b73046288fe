"""Saved pages and text dumps through ``nightdesk import``."""

from __future__ import annotations

import json
import os
import sqlite3
import subprocess
import sys
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest

from archive.reading import Archive

ROOT = Path(__file__).parents[2]

DUMP = """\
top of page

Explainer: Harbour talks continue as dockers refuse the offer

  • Writer: Ana Kovač
    Ana Kovač
  • Nov 10
  • 3 min read
Union and port officials at the third round of talks. (Credit: Harbour News)
Union and port officials at the third round of talks. (Credit: Harbour News)

As new talks move forward, the dockers’ union says it will not return to the quays before Monday.

“We have heard ‘next week’ for nine weeks,” said the union’s speaker — and left the hall.

The port authority offered four per cent over two years, with a bonus for night shifts.

“We have heard ‘next week’ for nine weeks,” said the union’s speaker — and left the hall.

Both sides meet again on Thursday at the old customs house.
Comments


bottom of page
"""
BODY = [
    "As new talks move forward, the dockers’ union says it will not return to the quays before Monday.",
    "“We have heard ‘next week’ for nine weeks,” said the union’s speaker — and left the hall.",
    "The port authority offered four per cent over two years, with a bonus for night shifts.",
    "Both sides meet again on Thursday at the old customs house.",
]


def nightdesk(*arguments: object, status: int = 0) -> subprocess.CompletedProcess[str]:
    done = subprocess.run(
        [sys.executable, "-m", "crawler", *map(str, arguments)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert done.returncode == status, done.stdout + done.stderr
    assert "Traceback" not in done.stderr
    return done


@pytest.fixture
def archive(tmp_path: Path) -> Path:
    nightdesk("init", tmp_path / "archive")
    return tmp_path / "archive"


def test_the_page_that_started_it(archive: Path, tmp_path: Path) -> None:
    dump = tmp_path / "dump.txt"
    dump.write_text(DUMP, encoding="utf-8")
    nightdesk("import", dump, "--fetched-at", "2026-11-22", "-a", archive)
    with Archive(archive) as opened:
        (article,) = opened
    assert article.title == "Explainer: Harbour talks continue as dockers refuse the offer"
    assert article.authors == ["Ana Kovač"]
    assert (article.published_at, article.published_precision) == (datetime(2026, 11, 10, tzinfo=UTC), "day")
    assert article.origins["published_at"].inferred == "year"
    assert article.reading_minutes == 3
    assert [(i.caption, i.credit) for i in article.images] == [
        ("Union and port officials at the third round of talks.", "Harbour News")
    ]
    assert article.body.split("\n\n") == BODY
    assert article.url is None


@pytest.mark.parametrize(
    ("saved", "published"),
    [("2026-11-09", 2025), ("2026-11-10", 2026), ("2027-03-01", 2026), ("2026-11-10T00:00:00+14:00", 2025)],
)
def test_a_date_without_a_year_is_the_latest_that_is_not_in_the_future(
    archive: Path, tmp_path: Path, saved: str, published: int
) -> None:
    dump = tmp_path / "dump.txt"
    dump.write_text(DUMP, encoding="utf-8")
    nightdesk("import", dump, "--fetched-at", saved, "-a", archive)
    with Archive(archive) as opened:
        (article,) = opened
    assert article.published_at == datetime(published, 11, 10, tzinfo=UTC)


def test_a_files_own_date_is_when_it_was_saved(archive: Path, tmp_path: Path) -> None:
    dump = tmp_path / "dump.txt"
    dump.write_text(DUMP, encoding="utf-8")
    saved = datetime(2024, 12, 1, tzinfo=UTC).timestamp()
    os.utime(dump, (saved, saved))
    nightdesk("import", dump, "-a", archive)
    with Archive(archive) as opened:
        (article,) = opened
    assert (article.published_at, article.first_seen_at) == (
        datetime(2024, 11, 10, tzinfo=UTC),
        datetime(2024, 12, 1, tzinfo=UTC),
    )


def test_importing_again_changes_nothing(archive: Path, tmp_path: Path) -> None:
    dump = tmp_path / "dump.txt"
    dump.write_text(DUMP, encoding="utf-8")
    first = json.loads(nightdesk("import", dump, "--json", "-a", archive).stdout)
    again = json.loads(nightdesk("import", dump, "--json", "-a", archive).stdout)
    assert (first["outcome"], again["outcome"]) == ("new", "unchanged")
    assert first["id"] == again["id"]
    with Archive(archive) as opened:
        assert len(opened) == 1


def test_a_saved_page_is_known_by_its_canonical_address(archive: Path, tmp_path: Path) -> None:
    page = tmp_path / "saved.html"
    paragraphs = "".join(
        f"<p>Paragraph {n} about the bridge and what it cost the town to repair.</p>" for n in range(8)
    )
    page.write_text(
        '<!doctype html><html lang="en"><head><title>Bridge reopens</title>'
        '<link rel="canonical" href="https://gazette.example/news/bridge">'
        f"</head><body><article><h1>Bridge reopens</h1>{paragraphs}</article></body></html>",
        encoding="utf-8",
    )
    nightdesk("import", page, "-a", archive)
    shown = json.loads(nightdesk("show", "https://gazette.example/news/bridge", "--json", "-a", archive).stdout)
    assert shown["title"] == "Bridge reopens"
    with closing(sqlite3.connect(archive / "archive.db")) as db:
        assert db.execute("select status, content_type from captures").fetchall() == [(None, "text/html")]


def test_one_bad_file_does_not_stop_the_others_and_is_named(archive: Path, tmp_path: Path) -> None:
    good, empty, binary = tmp_path / "good.txt", tmp_path / "empty.txt", tmp_path / "noise.html"
    good.write_text(DUMP, encoding="utf-8")
    empty.write_bytes(b"")
    binary.write_bytes(bytes(range(256)) * 20)
    done = nightdesk("import", empty, tmp_path, tmp_path / "missing", binary, good, "-a", archive, status=1)
    assert f"{empty}: empty" in done.stderr
    assert f"{tmp_path}: cannot be read: Is a directory" in done.stderr
    assert f"{tmp_path / 'missing'}: cannot be read: No such file or directory" in done.stderr
    assert f"{binary}: " in done.stderr
    assert done.stdout.startswith("new\t")


@pytest.mark.parametrize(
    ("options", "status", "said"),
    [
        (["--fetched-at", "yesterday"], 3, "write a date such as 2026-11-10"),
        (["--url", "gazette"], 3, "not an http or https URL"),
        (["--source", "No Name"], 3, "lower-case"),
    ],
)
def test_wrong_options_are_told(archive: Path, tmp_path: Path, options: list[str], status: int, said: str) -> None:
    dump = tmp_path / "dump.txt"
    dump.write_text(DUMP, encoding="utf-8")
    assert said in nightdesk("import", dump, *options, "-a", archive, status=status).stderr
