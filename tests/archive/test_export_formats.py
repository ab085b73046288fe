"""Each format against its own definition or reader; the same rows in all of them."""

from __future__ import annotations

import csv
import gzip
import io
import json
import re
import sys
import zipfile
from pathlib import Path

import feedparser
import pandas as pd
import pyarrow.csv
import pyarrow.parquet
import pytest
import trafilatura
from backports import zstd
from lxml import etree

from archive import Archive, ArchiveError, BadQuery
from archive.export.columns import COLUMNS, EVERY, WORDING
from archive.export.formats import place_of
from archive.export.meanings import MEANINGS
from tests.archive.sample import Sample, two_nights

HOSTILE = [
    'He said "so", and, "so"',
    "line\nbreak\n\nparagraph",
    "\u202eright to left\u202c שלום مرحبا",
    "🫠 é e\u0301 \u2028 separator \u0085 next",
    "=1+1",
    "a;b\tc|d\\n\\",
    '"',
    "NA",
    "007",
    " spaces around ",
    '","',
    "<b>&amp;]]></b> & < >",
    "\x01\x1f\x7f\ufeff\ufdd0\ufffe",
]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An archive of hostile texts, each in every field that holds one, and the two nights."""
    made = two_nights(tmp_path_factory.mktemp("formats") / "a")
    with Sample(made) as sample:
        for number, text in enumerate(HOSTILE):
            sample.article(
                text,
                f"{text}\n\n{text}",
                url=f"https://h.test/{number}",
                source="hostile",
                description=text,
                authors=[text, "Ana"],
                section=text,
                tags=[text],
                images=[{"url": None, "caption": text, "credit": None, "alt": text}],
                comments=[text],
                rights={"license": text},
                entries=[{"at": None, "as_written": text, "title": None, "body": text}] if number % 2 else [],
                language="en" if number else None,
            )
    return made


def export(folder: Path, to: Path, **options: object) -> int:
    with Archive(folder) as archive:
        done = archive.export(None, to, **options)  # type: ignore[arg-type]
        assert done.rows == len(archive) == len(HOSTILE) + 4
        assert done.path == to
    return done.rows


def titles(folder: Path) -> list[str]:
    with Archive(folder) as archive:
        return [article.title for article in archive][::-1]


def test_csv_reads_back_identically_in_three_readers(folder: Path, tmp_path: Path) -> None:
    path = tmp_path / "x.csv"
    rows = export(folder, path)
    with path.open(newline="", encoding="utf-8") as file:
        expected = list(csv.DictReader(file, strict=True))
    assert [row["title"] for row in expected] == titles(folder)
    by_pandas = pd.read_csv(path, dtype=str, keep_default_na=False).to_dict("records")
    assert by_pandas == expected
    options = pyarrow.csv.ConvertOptions(
        column_types=dict.fromkeys(COLUMNS, pyarrow.string()), strings_can_be_null=False
    )
    parsed = pyarrow.csv.ParseOptions(newlines_in_values=True)
    assert pyarrow.csv.read_csv(path, parse_options=parsed, convert_options=options).to_pylist() == expected
    assert len(expected) == rows


def test_json_lines_have_types_and_the_values_of_the_csv(folder: Path, tmp_path: Path) -> None:
    export(folder, tmp_path / "x.csv")
    export(folder, tmp_path / "x.jsonl")
    with (tmp_path / "x.csv").open(newline="", encoding="utf-8") as file:
        told = list(csv.DictReader(file))
    found = [json.loads(line) for line in (tmp_path / "x.jsonl").read_bytes().splitlines() if line]
    assert [tuple(row) for row in found] == [COLUMNS] * len(told)
    for row, cells in zip(found, told, strict=True):
        for name, value in row.items():
            column = EVERY[name]
            if value is None:
                assert cells[name] == ""
            elif column.is_json:
                assert value == json.loads(cells[name])
            elif column.kind == "truth":
                assert value is (cells[name] == "true")
            else:
                assert value == (int(cells[name]) if column.kind == "number" else cells[name])


def test_lines_for_hugging_face_have_the_same_keys_and_types_and_no_null(folder: Path, tmp_path: Path) -> None:
    export(folder, tmp_path / "x.hf.jsonl")
    rows = [json.loads(line) for line in (tmp_path / "x.hf.jsonl").read_bytes().split(b"\n") if line]
    assert len({tuple((key, type(value)) for key, value in row.items()) for row in rows}) == 1
    assert {row["text"].split("\n\n")[0] for row in rows} >= {'He said "so", and, "so"', "NA"}


def test_parquet_has_types(folder: Path, tmp_path: Path) -> None:
    rows = export(folder, tmp_path / "x.parquet")
    table = pyarrow.parquet.read_table(tmp_path / "x.parquet")
    assert table.num_rows == rows
    assert table.schema.field("published_at").type == pyarrow.timestamp("us", "UTC")
    assert table.column("title").to_pylist() == titles(folder)
    harbour = next(row for row in table.to_pylist() if row["source"] == "harbour-news")
    assert harbour["authors"] == ["Ana Kovač"]
    assert harbour["images"][0]["caption"] == "Union and port officials."
    assert (harbour["gone"], harbour["revision"]) == (False, 2)


def test_a_table_in_memory_is_the_parquet_file(folder: Path, tmp_path: Path) -> None:
    export(folder, tmp_path / "x.parquet")
    with Archive(folder) as archive:
        table = archive.to_arrow()
        assert table.equals(pyarrow.parquet.read_table(tmp_path / "x.parquet"))
        narrow = archive.to_arrow(columns=["id", "body"], text=False, source="hostile", sample=3, seed=1)
    assert (narrow.column_names, narrow.num_rows) == (["id"], 3)


def test_a_frame_has_types_and_the_values_of_the_json_lines(folder: Path, tmp_path: Path) -> None:
    rows = export(folder, tmp_path / "x.jsonl")
    with Archive(folder) as archive:
        frame = archive.to_pandas()
        assert archive.to_pandas("nowhere").dtypes.equals(frame.dtypes)
        assert list(archive.to_pandas(columns=["rights", "title"], limit=2)) == ["rights", "title"]
    assert list(frame) == list(COLUMNS) and len(frame) == rows
    kinds = {name: str(type_) for name, type_ in frame.dtypes.items()}
    assert (kinds["title"], kinds["word_count"], kinds["gone"], kinds["rights"]) == (
        "string",
        "Int64",
        "bool",
        "object",
    )
    assert kinds["published_at"] == kinds["gone_at"] == "datetime64[us, UTC]"
    for row, line in zip(frame.to_dict("records"), (tmp_path / "x.jsonl").read_bytes().split(b"\n"), strict=False):
        for name, value in json.loads(line).items():
            if EVERY[name].kind == "time":
                assert pd.isna(row[name]) if value is None else row[name].isoformat()[:19] == value[:19]
            else:
                assert pd.isna(row[name]) if value is None else row[name] == value


@pytest.mark.parametrize(("missing", "way"), [("pyarrow", "parquet"), ("pandas", "pandas")])
def test_what_is_not_installed_is_told_with_the_extra(
    folder: Path, monkeypatch: pytest.MonkeyPatch, missing: str, way: str
) -> None:
    monkeypatch.setitem(sys.modules, missing, None)
    with Archive(folder) as archive, pytest.raises(ArchiveError, match=rf"pip install 'nightdesk\[{way}\]'"):
        _ = archive.to_arrow() if missing == "pyarrow" else archive.to_pandas()


def test_tei_is_valid_and_holds_every_article(folder: Path, tmp_path: Path) -> None:
    rows = export(folder, tmp_path / "x.xml")
    definition = etree.DTD(str(Path(trafilatura.__file__).parent / "data" / "tei_corpus.dtd"))
    tree = etree.parse(tmp_path / "x.xml")
    assert definition.validate(tree), definition.error_log
    tei = "{http://www.tei-c.org/ns/1.0}"
    assert len(tree.findall(f"{tei}TEI")) == rows
    assert sum(1 for head in tree.iter(f"{tei}head") if head.text == 'He said "so", and, "so"') == 1
    export(folder, tmp_path / "x.xml.zip")
    with zipfile.ZipFile(tmp_path / "x.xml.zip") as zipped:
        assert all(definition.validate(etree.fromstring(zipped.read(name))) for name in zipped.namelist())
        assert len(zipped.namelist()) == rows


def test_a_tei_corpus_of_nothing_is_valid(folder: Path, tmp_path: Path) -> None:
    with Archive(folder) as archive:
        assert archive.export("nowhere", tmp_path / "x.xml").rows == 0
    definition = etree.DTD(str(Path(trafilatura.__file__).parent / "data" / "tei_corpus.dtd"))
    assert definition.validate(etree.parse(tmp_path / "x.xml")), definition.error_log


@pytest.mark.parametrize("format_", ["markdown", "text", "tei-files"])
def test_one_file_an_article_in_a_folder_or_a_zip(folder: Path, tmp_path: Path, format_: str) -> None:
    rows = export(folder, tmp_path / "loose", format=format_)
    export(folder, tmp_path / "x.zip", format=format_)
    loose = {p.relative_to(tmp_path / "loose").as_posix(): p.read_bytes() for p in tmp_path.glob("loose/*/*")}
    with zipfile.ZipFile(tmp_path / "x.zip") as zipped:
        assert {name: zipped.read(name) for name in zipped.namelist()} == loose
    assert len(loose) == rows
    assert all(re.fullmatch(r"\d{4}-\d\d/\d{4}-\d\d-\d\d-[a-z-]+-[a-z0-9]{16}\.(md|txt|xml)", name) for name in loose)


def test_markdown_has_its_facts_as_yaml_that_is_json_too(folder: Path, tmp_path: Path) -> None:
    export(folder, tmp_path / "loose", format="markdown")
    for path in tmp_path.glob("loose/*/*"):
        _, front, text = path.read_text(encoding="utf-8").split("---\n", 2)
        facts = dict(line.split(": ", 1) for line in front.splitlines())
        assert json.loads(facts["title"]).split()[:1] == text.strip().removeprefix("# ").split()[:1]


@pytest.mark.parametrize("name", ["x.atom", "x.rss"])
def test_feeds_are_read_by_a_feed_reader(folder: Path, tmp_path: Path, name: str) -> None:
    rows = export(folder, tmp_path / name)
    etree.parse(tmp_path / name)
    read = feedparser.parse((tmp_path / name).read_bytes())
    assert not read.bozo
    assert len(read.entries) == len({entry.id for entry in read.entries}) == rows
    harbour = next(entry for entry in read.entries if entry.title.startswith("Explainer"))
    assert (harbour.link, harbour.author) == ("https://harbour-news.test/harbour-talks", "Ana Kovač")
    export(folder, tmp_path / f"wordless-{name}", text=False)
    assert b"the offer on the table" not in (tmp_path / f"wordless-{name}").read_bytes()


def test_packed_files_unpack_to_the_same_and_are_the_same_each_time(folder: Path, tmp_path: Path) -> None:
    export(folder, tmp_path / "x.csv")
    plain = (tmp_path / "x.csv").read_bytes()
    for name, unpack in (("x.csv.gz", gzip.decompress), ("y.csv.zst", zstd.decompress)):
        export(folder, tmp_path / name)
        packed = (tmp_path / name).read_bytes()
        assert unpack(packed) == plain
        export(folder, tmp_path / f"again-{name}")
        assert (tmp_path / f"again-{name}").read_bytes() == packed


def test_columns_come_in_the_order_in_which_they_are_named(folder: Path, tmp_path: Path) -> None:
    export(folder, tmp_path / "x.csv", columns=["title", "id", "origins"])
    with (tmp_path / "x.csv").open(newline="", encoding="utf-8") as file:
        assert next(csv.reader(file)) == ["title", "id", "origins"]


def test_without_text_the_publishers_words_are_left_out(folder: Path, tmp_path: Path) -> None:
    export(folder, tmp_path / "x.csv", text=False)
    with (tmp_path / "x.csv").open(newline="", encoding="utf-8") as file:
        assert next(csv.reader(file)) == [name for name in COLUMNS if name not in WORDING]
    assert WORDING == ("description", "body", "images", "comments")


@pytest.mark.parametrize(
    ("name", "options", "message"),
    [
        ("x.csv", {"columns": ["id", "colour"]}, "'colour'; there are id, url"),
        ("x.csv", {"columns": ["id", "id"]}, "id is named twice"),
        ("x.csv", {"columns": ["body"], "text": False}, "no column is left"),
        ("x.xml", {"columns": ["id"]}, "csv, jsonl, parquet, not for tei"),
        ("x.md.zip", {"text": False}, "about the text"),
        ("x.jsonl", {"excel": True}, "only csv"),
        ("x.csv", {"format": "pdf"}, "no format 'pdf'; there are csv"),
    ],
)
def test_what_a_format_cannot_do_is_told(
    folder: Path, tmp_path: Path, name: str, options: dict[str, object], message: str
) -> None:
    with Archive(folder) as archive, pytest.raises(BadQuery, match=message):
        archive.export(None, tmp_path / name, **options)  # type: ignore[arg-type]
    assert not list(tmp_path.iterdir())


def test_a_name_says_the_format() -> None:
    assert place_of("a.CSV.GZ").packing == ".gz"
    assert place_of("a.hf.jsonl").format.name == "hf"
    assert place_of("a.ndjson.zst").format.name == "jsonl"
    assert place_of("a.xml", "rss").format.name == "rss"
    assert place_of("a.jsonl", "hf").format.name == "hf"
    assert place_of("folder", "markdown").is_folder
    for target, format_ in (("a.csv", "jsonl"), ("a.xml", "csv"), ("a", None), ("a.parquet.gz", None)):
        with pytest.raises(ArchiveError):
            place_of(target, format_)


def test_a_folder_that_has_something_in_it_is_left_alone(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "thesis.md").write_text("mine")
    with Archive(folder) as archive, pytest.raises(ArchiveError, match="there already"):
        archive.export(None, tmp_path / "mine", format="markdown")
    assert [path.name for path in tmp_path.rglob("*")] == ["mine", "thesis.md"]


def test_every_column_is_explained_for_the_data_dictionary() -> None:
    assert list(MEANINGS) == list(EVERY)
    assert all(column.required == (MEANINGS[name].missing in ("never",) or "[]" in MEANINGS[name].missing
               or "{}" in MEANINGS[name].missing or name == "markdown") for name, column in EVERY.items())  # fmt: skip


def test_a_binary_file_is_written_to_where_it_is(folder: Path) -> None:
    file = io.BytesIO(b"")
    with Archive(folder) as archive:
        done = archive.export(None, file, format="jsonl", columns=["id"])
    assert done.path is None
    assert file.getvalue().count(b"\n") == done.rows
