"""Tables of articles through ``nightdesk import``."""

from __future__ import annotations

import gzip
import json
from io import BytesIO
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.care.takedown import take_down
from archive.reading import Archive
from archive.writer import ArchiveWriter
from crawler.intake import tables
from crawler.intake.tables import BadTable, iter_rows
from crawler.intake.wish import Format
from tests.conftest import NOW
from tests.crawler.intake.test_warc_import import adds_up, archive, kept_whole, rows, take, taken, write  # noqa: F401
from tests.pipelines.test_rows import NEWS_PLEASE
from tests.warcs import Warc, page

CSV = (
    "headline;text;date;url\n"
    '"Bridge; open";"One.\n\nTwo.";2024-05-16;https://gazette.example/1\n'
    "Quay shut;Three.;31.31.2024;https://gazette.example/2\n"
    "Mill sold;Four.;2024-05-17;https://courier.example/3\n"
)


def test_a_csv_is_taken_in_and_what_is_wrong_with_a_row_is_told(archive: Path, tmp_path: Path) -> None:  # noqa: F811
    file = write(tmp_path / "a.csv", CSV.encode())
    intake = take(archive, file)
    told = intake.counts.as_dict()
    assert (told["new"], told["rejected"]) == (2, {"unreadable": 1})
    assert [each.line() for each in taken(intake) if each.problem] == [
        f"{file} row 2: unreadable: column date: '31.31.2024' is no date"
    ]
    assert adds_up(intake)
    assert kept_whole(archive)
    assert rows(archive, "select source, title from articles order by title") == [
        ("gazette.example", "Bridge; open"),
        ("courier.example", "Mill sold"),
    ]
    assert rows(archive, "select distinct content_type from captures") == [("application/json",)]
    assert take(archive, file).counts.records == 0


@pytest.mark.parametrize("pack", [bytes, gzip.compress])
@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.json", json.dumps(NEWS_PLEASE, indent=2)),
        ("a.jsonl", json.dumps(NEWS_PLEASE) + "\n\n" + json.dumps(NEWS_PLEASE | {"url": None, "title": "Other"})),
        ("a.json", json.dumps([NEWS_PLEASE])),
    ],
)
def test_json_is_taken_in_as_one_object_as_lines_and_as_a_list(
    archive: Path, tmp_path: Path, name: str, content: str, pack: type[bytes]  # noqa: F811
) -> None:  # fmt: skip
    file = write(tmp_path / (name + (".gz" if pack is not bytes else "")), pack(content.encode()))
    assert take(archive, file).counts.as_dict()["new"] == (2 if name == "a.jsonl" else 1)
    with Archive(archive) as opened:
        found = opened.get("https://gazette.example/news/1")
    assert (found.title, found.authors) == ("Bridge reopens", ["Ana Kovač", "Ben Miller"])
    assert kept_whole(archive)


def test_a_table_whose_columns_are_not_known_is_not_begun(archive: Path, tmp_path: Path) -> None:  # noqa: F811
    file = write(tmp_path / "a.csv", b"a,b\n1,2\n")
    (only,) = taken(take(archive, file))
    assert "say which with --map title=COLUMN; columns are a, b" in str(only.problem)
    assert rows(archive, "select count(*) from captures") == [(0,)]
    assert take(archive, file, maps=["title=a", "body=b"]).counts.as_dict()["new"] == 1


def test_a_page_that_was_taken_down_is_not_taken_in(archive: Path, tmp_path: Path) -> None:  # noqa: F811
    take(archive, write(tmp_path / "a.warc", Warc().pages(range(2)).plain()))
    with ArchiveWriter(archive, purpose="test") as writer:
        take_down(writer, "http://gazette.example/news/1", reason="asked for", who="me", now=NOW)
    warc = Warc().pages(range(3)).add("http://gazette.example/news/1", page(1, cost="spared"))
    told = take(archive, write(tmp_path / "b.warc", warc.packed())).counts.as_dict()
    assert (told["new"], told["refused"], told["passed"]) == (1, 1, {"known": 2})
    assert rows(archive, "select title from articles order by title") == [
        ("Bridge 0 reopens",),
        ("Bridge 2 reopens",),
    ]


@pytest.mark.parametrize(
    ("format_", "content", "said"),
    [
        (Format.CSV, b"a,b\n\xff,2\n", "line 2 is not UTF-8"),
        (Format.CSV, b"a,b\n1,2,3\n", "line 2 has 3 cells under 2 columns"),
        (Format.CSV, b'a,b\n"1,2\n', "line 2: unexpected end of data"),
        (Format.CSV, b"\xff\xfea\0", "UTF-16"),
        (Format.JSON, b"[{}, {", "its list ends too early"),
        (Format.JSON, b"[" + b"\xff" * 9, "not UTF-8"),
        (Format.CSV, gzip.compress(b"a,b\n1,2\n" * 900, mtime=0)[:-9], "end too early"),
        (Format.CSV, gzip.compress(b"a,b\n1,2\n", mtime=0)[:-9] + bytes(9), "damaged packed data"),
    ],
)
def test_a_table_that_cannot_be_read_on_is_told(format_: Format, content: bytes, said: str) -> None:
    with pytest.raises(BadTable, match=said):
        list(iter_rows(BytesIO(content), format_))


def test_a_line_without_end_is_not_read_into_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tables, "LARGEST", 100_000)
    with pytest.raises(BadTable, match="a line has more than"):
        list(iter_rows(BytesIO(b"a,b\n" + b"x" * 300_000), Format.CSV))


@given(st.lists(st.dictionaries(st.text(max_size=5), st.text(max_size=50), max_size=4), max_size=8), st.booleans())
def test_json_comes_out_as_it_went_in(values: list[dict[str, str]], as_list: bool) -> None:
    text = json.dumps(values, ensure_ascii=False) if as_list else "\n".join(map(json.dumps, values))
    found = [json.loads(row.raw) for row in iter_rows(BytesIO(text.encode()), Format.JSON)]
    assert found == values
