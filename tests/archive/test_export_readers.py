"""The CSV in pandas, polars and R: the recipes of docs/research.md, run, on texts that trip readers up."""

from __future__ import annotations

import csv
import json
import os
import re
import shutil
import subprocess
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from archive import Archive
from archive.export.columns import COLUMNS
from tests.archive.sample import Sample

GUIDE = (Path(__file__).parent.parent.parent / "docs" / "research.md").read_text(encoding="utf-8")
RECIPES = re.findall(r"(?ms)^```r\n(.*?)^```$", GUIDE)
PYTHON = re.findall(r"(?ms)^```python\n(.*?)^```$", GUIDE)
RSCRIPT = shutil.which("Rscript")
needs_r = pytest.mark.skipif(RSCRIPT is None, reason="there is no R on this machine; .ci/run asks for it")
#: Texts as they stand in a title or a body.
TEXTS = {
    "quotes": 'He said "so", and ""so"" again; "',
    "only quotes": '""',
    "apostrophe": "'tis 'quoted'",
    "lines": "one\n\ntwo\r\nthree\n",
    "a lone carriage return": "one\rtwo",
    "NUL": "be\0fore",
    "emoji": "👩‍👩‍👧 🇭🇷 🫠",
    "right to left": "שלום \u202eabc\u202c مرحبا",
    "Chinese": "港口罢工，结束了。",
    "combining": "e\u0301 Z\u0351\u036b",
    "formula": '=HYPERLINK("http://x.test";"x")',
    "sign": "+1 -1 @x",
    "blanks": "  leading and trailing\t ",
    "not a number": "NA",
    "null": "NULL",
    "a number": "0012",
    "exponent": "1e5",
    "true": "TRUE",
    "hash": "# no comment",
    "backslash": "C:\\new\\table \\",
    "separators": "a;b,c\td|e",
    "line separator": "a\u2028b\u0085c\x0bd\x0ce",
    "control": "a\x01b\x1fc",
    "a megabyte": 'He said "so",\n' * 75_000,
}
#: Writes the columns named as bytes, cell by cell, row by row, each ended by NUL; a missing one is 0xff.
_TELL = """
file <- file("cells", "wb")
for (row in seq_len(nrow(articles))) for (column in names(articles)) {
  cell <- articles[[column]][[row]]
  writeBin(if (is.na(cell)) as.raw(255) else charToRaw(enc2utf8(cell)), file)
  writeBin(as.raw(0), file)
}
close(file)
"""


def in_r(code: str, folder: Path, *, needs: str | None = None) -> None:
    """Run a script in a folder. Skips where R has not the package that it needs."""
    assert RSCRIPT
    environment = os.environ | {"LC_ALL": "C.UTF-8", "TZ": "Asia/Tokyo"}
    if needs and subprocess.run([RSCRIPT, "-e", f"library({needs})"], capture_output=True, check=False).returncode:
        pytest.skip(f"R has no {needs} on this machine; .ci/run asks for it")
    (folder / "script.R").write_text(f"options(warn = 2)\n{code}", encoding="utf-8")
    done = subprocess.run(
        [RSCRIPT, "--vanilla", "script.R"], cwd=folder, env=environment, capture_output=True, timeout=120, check=False
    )
    assert done.returncode == 0, done.stderr.decode()


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with ``harbour.csv`` as the recipes read it."""
    made = tmp_path_factory.mktemp("r")
    with Sample(made / "a") as sample:
        sample.run()
        for number, (name, text) in enumerate(TEXTS.items()):
            columns = {
                "section": name,
                "tags": [text[:100].replace("\0", ""), "x"],
                "authors": [],
                "rights": {"robots": text[:100].replace("\0", "")},
            }
            if number % 2:
                columns |= {
                    "published_at": f"2026-03-{number + 1:02}T23:30:00{'.25' * (number == 3)}Z",
                    "reading_minutes": number,
                }
            sample.article(text[:100], text, description=text[:100] if number % 3 else None, **columns)
    with Archive(made / "a") as archive:
        archive.export_csv(None, made / "harbour.csv")
    return made


def cells_in_python(folder: Path) -> list[list[str]]:
    before = csv.field_size_limit(2_000_000)
    try:
        with (folder / "harbour.csv").open(newline="", encoding="utf-8") as file:
            return list(csv.reader(file, strict=True))[1:]
    finally:
        csv.field_size_limit(before)


def cells_in_r(folder: Path) -> list[list[str]]:
    told = (folder / "cells").read_bytes().split(b"\0")[:-1]
    cells = ["" if cell == b"\xff" else cell.decode() for cell in told]
    return [cells[n : n + len(COLUMNS)] for n in range(0, len(cells), len(COLUMNS))]


@needs_r
@pytest.mark.parametrize(
    ("package", "code"),
    [
        ("base", 'articles <- read.csv("harbour.csv", colClasses = "character", na.strings = "", encoding = "UTF-8")'),
        (
            "readr",
            'articles <- readr::read_csv("harbour.csv", na = "", trim_ws = FALSE,'
            " col_types = readr::cols(.default = readr::col_character()))",
        ),
        ("data.table", RECIPES[1]),
    ],
)
def test_every_cell_is_what_python_reads(folder: Path, package: str, code: str) -> None:
    in_r(f"{code}\n{_TELL}", folder, needs=package)
    cells = cells_in_r(folder)
    assert cells == cells_in_python(folder)
    assert len(cells) == len(TEXTS)


def test_every_cell_is_what_python_reads_in_pandas_too(folder: Path) -> None:
    frame = pd.read_csv(folder / "harbour.csv", dtype=str, keep_default_na=False, na_values=[""])
    assert frame.fillna("").to_numpy().tolist() == cells_in_python(folder)


def test_every_cell_is_what_python_reads_in_polars_too(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    polars = pytest.importorskip("polars", reason="requirements-dev.txt asks for it")
    frame = polars.read_csv(folder / "harbour.csv", infer_schema=False)
    assert [[cell or "" for cell in row] for row in frame.rows()] == cells_in_python(folder)
    monkeypatch.chdir(folder)
    names: dict[str, Any] = {}
    pandas, recipe = (block for block in PYTHON if "read_csv" in block)
    exec(compile(f"{pandas}\n{recipe}", "docs/research.md", "exec"), names)
    typed = names["articles"]
    with Archive(folder / "a") as archive:
        articles = list(archive.articles(sort="oldest"))
    assert typed["published_at"].to_list() == [article.published_at for article in articles]
    assert typed["reading_minutes"].to_list() == [article.reading_minutes for article in articles]
    assert typed["gone"].to_list() == [False] * len(articles)


#: Writes what the recipes make of some columns as JSON.
_TYPES = """
instants <- function(times) format(times, "%Y-%m-%dT%H:%M:%SZ", tz = "UTC")
told <- list(
  id = articles$id, title = articles$title, published_at = instants(articles$published_at),
  word_count = articles$word_count, gone = articles$gone, section = articles$section
)
writeLines(jsonlite::toJSON(told, na = "null"), "told.json", useBytes = TRUE)
"""


@needs_r
@pytest.mark.parametrize("recipe", [0, 2], ids=["readr", "base"])
def test_a_recipe_gives_the_types_that_it_says(folder: Path, recipe: int) -> None:
    in_r(f"{RECIPES[recipe]}\nstopifnot(is.integer(articles$word_count))\n{_TYPES}", folder, needs="jsonlite")
    told = json.loads((folder / "told.json").read_bytes())
    with Archive(folder / "a") as archive:
        articles = list(archive.articles(sort="oldest"))
    assert told["id"] == [article.id for article in articles]
    written = [_iso(article.published_at) for article in articles]
    assert told["published_at"] == written
    assert written.count(None) == len(TEXTS) // 2
    assert told["word_count"] == [article.word_count for article in articles]
    assert told["gone"] == [False] * len(TEXTS)
    assert told["section"] == [article.section for article in articles]


@needs_r
@pytest.mark.parametrize("recipe", [0, 1], ids=["readr", "data.table"])
def test_lists_and_objects_are_read_as_json(folder: Path, recipe: int) -> None:
    lists = "" if recipe == 0 else 'articles[["tags"]] <- lapply(articles[["tags"]], jsonlite::fromJSON)\n'
    tell = 'writeLines(jsonlite::toJSON(articles[["tags"]]), "told.json", useBytes = TRUE)'
    in_r(f"{RECIPES[recipe]}\n{lists}{tell}", folder, needs="jsonlite")
    with Archive(folder / "a") as archive:
        tags = [article.tags for article in archive.articles(sort="oldest")]
    assert json.loads((folder / "told.json").read_bytes()) == tags


def _iso(moment: datetime | None) -> str | None:
    return moment and moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
