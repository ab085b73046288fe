"""The bitmap index is made when it pays, is left aside when it is of too long ago, and never tells anything false."""

from __future__ import annotations

from pathlib import Path

import pytest

from archive import bitmapped, bitmaps
from archive.afterwards import catch_up
from archive.bitmapped import index_of, one_instant
from archive.facets import facets_of
from archive.query import Query
from archive.reading import Archive
from archive.writer import ArchiveWriter
from tests.archive.sample import Sample


@pytest.fixture(autouse=True)
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in {"LEAST": 6, "WORDS_FROM": 8, "DUE": 3, "VALUE_SHARE": 4, "WORD_SHARE": 4}.items():
        monkeypatch.setattr(bitmaps, name, value)
    monkeypatch.setattr(bitmapped, "MOST_DUE", 4)


def grow(folder: Path, first: int, end: int) -> None:
    with Sample(folder) as sample:
        for number in range(first, end):
            sample.article("Harbour", f"talks {number}", url=f"https://gazette.test/{number}", tags=[f"t{number % 2}"])


def renewed(folder: Path) -> bool:
    with ArchiveWriter(folder, purpose="test") as writer:
        return bitmaps.renew(writer.db.conn, writer.commit)


def parts(folder: Path) -> set[str]:
    with Archive(folder) as archive:
        return {name for (name,) in archive._db.execute("select name from bitmap_parts")}


def used(archive: Archive) -> bool:
    with one_instant(archive._db):
        return index_of(archive._db) is not None


def test_it_is_made_once_there_are_enough_articles_and_anew_once_enough_have_changed(tmp_path: Path) -> None:
    grow(tmp_path, 0, 5)
    assert not renewed(tmp_path) and not parts(tmp_path)
    grow(tmp_path, 5, 6)
    assert renewed(tmp_path) and not renewed(tmp_path)
    assert "days" in parts(tmp_path) and not any(name.startswith("word ") for name in parts(tmp_path))
    grow(tmp_path, 6, 8)
    assert not renewed(tmp_path)  # two are due
    grow(tmp_path, 8, 10)
    assert renewed(tmp_path)
    assert {"word harbour", "word talks"} == {name for name in parts(tmp_path) if name.startswith("word ")}
    with Sample(tmp_path) as sample:
        sample.db.execute("delete from articles where rowid in (select seq from articles limit 5)")
    assert not renewed(tmp_path) and not parts(tmp_path)  # so few that counting is quick


def test_an_index_of_too_long_ago_is_left_aside(tmp_path: Path) -> None:
    grow(tmp_path, 0, 8)
    assert renewed(tmp_path)
    with Archive(tmp_path) as archive:
        for number in range(8, 16):
            grow(tmp_path, number, number + 1)
            assert used(archive) is (number < 12)
            found = archive.search("harbour NOT 3")
            assert found.total == len(list(found)) == number
            assert found.facets(["tag"])["tag"].sum == number


def test_what_a_crawl_brings_is_in_it_afterwards(tmp_path: Path) -> None:
    grow(tmp_path, 0, 8)
    with ArchiveWriter(tmp_path, purpose="test") as writer:
        catch_up(writer)
    with Archive(tmp_path) as archive:
        assert used(archive)
        grow(tmp_path, 8, 13)
        assert not used(archive)
    with ArchiveWriter(tmp_path, purpose="test") as writer:
        catch_up(writer)
        assert writer.db.execute("select articles from bitmap_index").fetchone() == (13,)
        assert writer.db.execute("select count(*) from bitmap_due").fetchone() == (0,)


def test_each_kind_of_change_takes_an_article_out_of_it(tmp_path: Path) -> None:
    grow(tmp_path, 0, 8)
    assert renewed(tmp_path)
    with Sample(tmp_path) as sample:
        for change, due in (
            ("last_seen_at = '2030-01-01T00:00:00Z'", 0),  # every night, and not in the index
            ("modified_at = '2026-11-20T00:00:00Z'", 1),
            ("section = 'Sport'", 1),
            ("body = 'other'", 1),
        ):
            sample.db.execute("delete from bitmap_due")
            sample.db.execute(f"update articles set {change} where rowid = (select min(seq) from articles)")
            assert sample.db.execute("select count(*) from bitmap_due").fetchone() == (due,), change


def test_a_value_that_takes_the_number_of_a_forgotten_one_is_not_mistaken_for_it(tmp_path: Path) -> None:
    grow(tmp_path, 0, 7)
    with Sample(tmp_path) as sample:
        sample.article("Last", "one", url="https://gazette.test/x", section="Old")
    assert renewed(tmp_path)
    with Archive(tmp_path) as archive:
        assert archive.count("section:old") == 1
        with Sample(tmp_path) as sample:
            sample.db.execute("delete from articles where title = 'Last'")
            sample.article("New", "one", url="https://gazette.test/y", section="Fresh")
        assert used(archive)
        assert (archive.count("section:old"), archive.count("section:fresh")) == (0, 1)
        facet = facets_of(archive._db, Query(), ["section"])["section"]
        assert (facet.values, facet.missing) == ((("Fresh", 1),), 7)
