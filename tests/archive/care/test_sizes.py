"""What an archive takes, and what packing it gains."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from pathlib import Path

from click.testing import CliRunner

from archive import Archive
from archive.care.verify import verify
from crawler.cli import nightdesk
from tests.archive.care.paper import Paper

URL = "http://gazette.example/news/{}"


def build(folder: Path) -> Path:
    for n in range(2):
        with Paper(folder, night=n) as night:
            for page in range(20):
                night.prints(URL.format(page + 20 * n), f"Page {page}", f"Übung macht den Meister, sagt {page}. " * 200)
    return folder


def test_the_parts_are_what_is_on_the_disk(tmp_path: Path) -> None:
    folder = build(tmp_path / "archive")
    with Archive(folder) as archive:
        sizes = archive.sizes()
        bodies = sum(len(article.body.encode()) + len(article.title.encode()) for article in archive)
    warc = sum(path.stat().st_size for path in folder.rglob("*.warc.gz"))
    assert sizes.warc_bytes == warc
    assert sizes.database_bytes >= (folder / "archive.db").stat().st_size
    assert (folder / "archive.db").stat().st_size == sum(sizes.tables.values()) + sizes.free_bytes
    assert {"articles", "articles_fts", "captures", "urls"} <= sizes.tables.keys()
    (source,) = sizes.sources
    assert (source.name, source.articles, source.text_bytes) == ("gazette", 40, bodies)
    assert 0 < source.warc_bytes < warc  # without requests and what each file begins with
    assert [(night.run, night.captures, night.articles) for night in sizes.nights] == [(1, 20, 20), (2, 20, 20)]
    assert sum(night.warc_bytes for night in sizes.nights) == source.warc_bytes


def test_sizes_are_shown_and_given_as_json(tmp_path: Path) -> None:
    folder = build(tmp_path / "archive")
    shown = CliRunner().invoke(nightdesk, ["stats", "--sizes", "-a", str(folder)])
    assert shown.exit_code == 0, shown.output
    assert all(word in shown.stdout for word in ("WARC files", "articles_fts", "gazette", "2026-11-23 02:00"))
    told = json.loads(CliRunner().invoke(nightdesk, ["stats", "--sizes", "--json", "-a", str(folder)]).stdout)
    assert told["sources"][0]["articles"] == 40


def test_packing_gives_back_what_was_deleted_and_says_how_much(tmp_path: Path) -> None:
    folder = build(tmp_path / "archive")
    with closing(sqlite3.connect(folder / "archive.db")) as db:
        db.execute("create table ballast as select randomblob(500000) as x")
        db.execute("drop table ballast")
        db.commit()
    done = CliRunner().invoke(nightdesk, ["compact", "-a", str(folder), "--json"])
    assert done.exit_code == 0, done.output
    told = json.loads(done.stdout)
    assert told["before"] - told["after"] >= 500_000
    assert told["after"] == (folder / "archive.db").stat().st_size
    assert list(verify(folder)) == []
    again = CliRunner().invoke(nightdesk, ["compact", "-a", str(folder)])
    assert "0.0 MB gained (0 %)" in again.stderr
    with Archive(folder) as archive:
        assert archive.sizes().free_bytes == 0
        assert archive.count("Meister") == 40
