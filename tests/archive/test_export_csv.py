import csv
import io
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from archive.errors import ArchiveError
from archive.export.chosen import choose, iter_joined, snapshot
from archive.export.columns import COLUMNS, EVERY
from archive.query import Query
from archive.reading import Archive
from tests.archive.sample import Sample, two_nights


def read(path: Path) -> list[dict[str, str]]:
    with path.open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file, strict=True))


def export(folder: Path, to: Path, **options: object) -> list[dict[str, str]]:
    with Archive(folder) as archive:
        assert archive.export_csv(None, to, **options) == len(archive)  # type: ignore[arg-type]
    return read(to)


def test_every_column_says_what_the_archive_knows(tmp_path: Path) -> None:
    rows = export(two_nights(tmp_path / "a"), tmp_path / "x.csv")
    row = next(row for row in rows if row["source"] == "harbour-news")
    assert tuple(row) == COLUMNS
    assert row["authors"] == '["Ana Kovač"]'
    assert (row["published_at"], row["published_precision"]) == ("2026-11-10T00:00:00Z", "day")
    assert (row["published_origin"], row["published_inferred"], row["authors_origin"]) == ("byline", "year", "byline")
    assert row["capture_file"].endswith(".warc.gz")
    assert (row["capture_offset"], row["capture_digest"][:5]) == ("2000", "sha1:")
    assert (row["word_count"], row["revision"], row["reading_minutes"]) == (str(len(row["body"].split())), "2", "3")
    assert row["body"].count("\n\n") == 2
    assert (row["gone"], row["gone_at"], row["site_name"]) == ("false", "", "")
    assert [row["gone"] for row in rows].count("true") == 1


def test_rows_are_oldest_first_unless_asked_otherwise(tmp_path: Path) -> None:
    folder = two_nights(tmp_path / "a")
    rows = export(folder, tmp_path / "x.csv")
    assert rows[0]["title"] == "Luka čeka odgovor"
    assert [row["id"] for row in export(folder, tmp_path / "y.csv", sort="newest")] == [r["id"] for r in rows][::-1]


def test_the_same_archive_gives_the_same_bytes(tmp_path: Path) -> None:
    folder = two_nights(tmp_path / "a")
    export(folder, tmp_path / "x.csv")
    export(folder, tmp_path / "y.csv")
    data = (tmp_path / "x.csv").read_bytes()
    assert data == (tmp_path / "y.csv").read_bytes()
    assert data.startswith(b"id,url,") and data.endswith(b"\n") and b"\r" not in data


hostile = st.text(st.characters(exclude_categories=["Cs"]) | st.sampled_from("\",;\n\r\t\0=+-@'ש🫠"), max_size=60)


@pytest.fixture(scope="module")
def one_article(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("hostile")
    with Sample(folder) as sample:
        sample.run()
        sample.article()
    return folder


@given(title=hostile, body=hostile)
@settings(max_examples=60, deadline=None)
def test_hostile_text_reads_back_but_for_line_ends_and_nul(one_article: Path, title: str, body: str) -> None:
    with closing(sqlite3.connect(one_article / "archive.db")) as db, db:
        db.execute("pragma synchronous = off")
        db.execute("update articles set title = ?, body = ?", [title, body])
    (row,) = export(one_article, one_article / "x.csv")
    kept = [text.replace("\r\n", "\n").replace("\r", "\n").replace("\0", "") for text in (title, body)]
    assert [row["title"], row["body"]] == kept


def test_a_megabyte_in_a_cell_comes_through(tmp_path: Path) -> None:
    body = 'He said "so",\n' * 80_000
    with Sample(tmp_path / "a") as sample:
        sample.run()
        sample.article("Long", body)
    before = csv.field_size_limit(2_000_000)
    try:
        (row,) = export(tmp_path / "a", tmp_path / "x.csv")
    finally:
        csv.field_size_limit(before)
    assert row["body"] == body


def test_for_spreadsheets_there_is_a_mark_crlf_and_no_formula(tmp_path: Path) -> None:
    with Sample(tmp_path / "a") as sample:
        sample.run()
        sample.article('=HYPERLINK("http://x.test")', "-1 degree")
        sample.article("+ plus", "plain = text")
    with Archive(tmp_path / "a") as archive:
        archive.export_csv(None, tmp_path / "x.csv", excel=True)
        archive.export_csv(None, tmp_path / "plain.csv")
    data = (tmp_path / "x.csv").read_bytes()
    assert data.startswith(b"\xef\xbb\xbfid,")
    assert data.count(b"\r\n") == 3
    text = data.decode("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(text, newline="")))
    assert [row["title"] for row in rows] == ['\'=HYPERLINK("http://x.test")', "'+ plus"]
    assert [row["body"] for row in rows] == ["'-1 degree", "plain = text"]
    assert [row["title"] for row in read(tmp_path / "plain.csv")] == ['=HYPERLINK("http://x.test")', "+ plus"]


def test_every_way_to_start_a_formula_is_guarded_in_texts_and_in_nothing_else(tmp_path: Path) -> None:
    starts = ["=1", "+1", "-1", "@x", "\tx", "\rx", "\nx", "＝1"]
    with Sample(tmp_path / "a") as sample:
        sample.run()
        for number, text in enumerate(starts):
            sample.article(text, authors=["=x"], section=text, word_count=-number)
    rows = export(tmp_path / "a", tmp_path / "x.csv", excel=True)
    assert all(row["title"].startswith("'") and row["section"].startswith("'") for row in rows)
    assert sorted(int(row["word_count"]) for row in rows) == list(range(-7, 1))
    assert {row["authors"] for row in rows} == {'["=x"]'}


def test_a_column_is_never_missing_where_the_database_says_so(tmp_path: Path) -> None:
    with Sample(tmp_path / "a") as sample:
        required = {name for _, name, _, not_null, *_ in sample.db.execute("pragma table_info(articles)") if not_null}
    own = {column.name for column in EVERY.values() if column.sql == f"a.{column.name}"}
    assert {name for name in own if EVERY[name].required} - {"id"} == required & own - {"id"}


def test_no_articles_is_a_header_and_no_rows(tmp_path: Path) -> None:
    with Archive(two_nights(tmp_path / "a")) as archive:
        assert archive.export_csv("nowhere", tmp_path / "x.csv") == 0
    assert (tmp_path / "x.csv").read_text() == ",".join(COLUMNS) + "\n"


@pytest.mark.parametrize(
    ("name", "message"), [("x.doc", r"end in \.csv"), ("none/x.csv", "no folder"), ("f.csv", "is a folder")]
)
def test_a_place_that_will_not_do_is_named(tmp_path: Path, name: str, message: str) -> None:
    (tmp_path / "f.csv").mkdir()
    with Archive(two_nights(tmp_path / "a")) as archive, pytest.raises(ArchiveError, match=message):
        archive.export(None, tmp_path / name)


def test_an_export_that_fails_leaves_the_old_file_and_no_other(tmp_path: Path) -> None:
    folder = two_nights(tmp_path / "a")
    db = sqlite3.connect(folder / "archive.db")
    with db:
        db.execute("update articles set origins = 'no JSON'")
    db.close()
    (tmp_path / "out").mkdir()
    target = tmp_path / "out" / "x.csv"
    target.write_text("old")
    with Archive(folder) as archive, pytest.raises(sqlite3.OperationalError):
        archive.export_csv(None, target)
    assert target.read_text() == "old"
    assert list(target.parent.iterdir()) == [target]


def test_lines_that_are_too_long_together_are_read_in_smaller_lots(tmp_path: Path) -> None:
    with Sample(tmp_path) as sample:
        for number in range(90):
            sample.article(url=f"https://kurir.test/{number}", body="A bridge. " * (3 * number))
    with snapshot(tmp_path / "archive.db") as db:
        choose(db, Query())
        lots = list(iter_joined(db, "a.body", b"\xff"))
        db.conn.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, 12_000)
        smaller = list(iter_joined(db, "a.body", b"\xff"))
        assert b"\xff".join(smaller) == b"\xff".join(lots)
        assert len(smaller) > len(lots) == 3
        db.conn.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, 2_000)
        with pytest.raises(sqlite3.DataError):
            list(iter_joined(db, "a.body", b"\xff"))
