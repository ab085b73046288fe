"""docs/fields.md against the code: every field is explained, and nothing that does not exist."""

from __future__ import annotations

import dataclasses
import re
from pathlib import Path

import pytest
from sqlite_utils import Database

from archive.export.columns import COLUMNS
from archive.schema import migrate
from archive.types import Article

TEXT = (Path(__file__).parent.parent / "docs" / "fields.md").read_text(encoding="utf-8")
SAID, ADDED, CSV = "What the article says", "What the archive adds", "Only in CSV"
#: The table's name for what CSV leaves out.
NOT_IN_CSV = {"markdown", "entries", "corrections", "dropped", "seq", "url_id", "capture_id", "origins"}
NOT_IN_CSV |= {"spaced", "template"}
#: What cleaning gives for the counts of a source's template; the record does not keep it.
NOT_KEPT = {"lines"}


def rows(heading: str) -> list[list[str]]:
    (section,) = re.findall(rf"(?ms)^## {heading}$(.*?)(?=^## |\Z)", TEXT)
    lines = [line for line in section.splitlines() if line.startswith("| `")]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]


def names(heading: str) -> set[str]:
    return {row[0].strip("`") for row in rows(heading)}


@pytest.fixture
def columns(tmp_path: Path) -> set[str]:
    database = Database(tmp_path / "archive.db")
    migrate(database, "archive.db")
    found = {column.name for column in database.table("articles").columns}
    database.close()
    return found


def test_every_column_of_an_article_is_explained_and_no_other(columns: set[str]) -> None:
    assert names(SAID) | names(ADDED) == columns


def test_every_field_that_cleaning_gives_is_explained() -> None:
    fields = {field.name for field in dataclasses.fields(Article)}
    assert names(SAID) <= fields
    assert fields - NOT_KEPT <= names(SAID) | names(ADDED)


def test_every_column_of_the_csv_is_explained_and_no_other(columns: set[str]) -> None:
    assert (columns - NOT_IN_CSV) | names(CSV) == set(COLUMNS)


def test_no_field_is_explained_twice_or_with_an_empty_cell() -> None:
    every = [row for heading in (SAID, ADDED, CSV) for row in rows(heading)]
    assert len({row[0] for row in every}) == len(every)
    assert all(all(row) for row in every)
    assert {len(row) for row in rows(SAID) + rows(ADDED)} == {5}
