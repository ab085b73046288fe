"""A file that was exported, or a package → its rows, one at a time."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from archive.errors import ArchiveError
from archive.export.files import open_packed
from archive.export.formats import place_of

#: Where a package has the list of its articles.
MEMBERS = "members.csv.gz"
#: Python's csv refuses a cell beyond this; an article's text may be as long as it likes.
_LONGEST_CELL = 2**31 - 1


def iter_export(path: Path) -> Iterator[dict[str, Any]]:
    """The rows of an export in CSV, JSON Lines or Parquet, or of a package's list of articles.

    Cells of CSV are texts, a missing value is ''. Raises ArchiveError for what is no such file.
    """
    found = path / MEMBERS if path.is_dir() else path
    if path.is_dir() and not found.is_file():
        raise ArchiveError(f"{path} is no package: it has no {MEMBERS}")
    rows = {"csv": _csv, "jsonl": _json, "hf": _json, "parquet": _parquet}.get(place_of(found).format.name)
    if rows is None:
        raise ArchiveError(f"{path}: only CSV, JSON Lines, Parquet and packages can be read back")
    try:
        for number, row in enumerate(rows(found), 1):
            if not isinstance(row, dict) or not row.get("id"):
                raise ArchiveError(f"{path}: row {number} has no id; name an export that has the column id")
            yield row
    except OSError as error:
        raise ArchiveError(f"{path} cannot be read: {error.strerror or error}") from error
    except (EOFError, ValueError, csv.Error) as error:  # ValueError: no UTF-8, no JSON, no Parquet
        raise ArchiveError(f"{path} cannot be read as an export: {error}") from error


def _csv(path: Path) -> Iterator[dict[str, Any]]:
    csv.field_size_limit(_LONGEST_CELL)
    with open_packed(path) as file, io.TextIOWrapper(file, encoding="utf-8-sig", newline="") as text:
        yield from csv.DictReader(text, strict=True)


def _json(path: Path) -> Iterator[Any]:
    with open_packed(path) as file:
        for line in file:
            yield json.loads(line)


def _parquet(path: Path) -> Iterator[dict[str, Any]]:
    from archive.export.arrow import iter_parquet

    return iter_parquet(path)
