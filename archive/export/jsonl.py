"""The chosen → JSON Lines: an object a line with the columns as its keys, or flat and without null for Hugging Face."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import islice
from typing import TYPE_CHECKING

from archive.export.chosen import iter_rows
from archive.export.columns import EVERY, Column

if TYPE_CHECKING:
    from sqlite_utils import Database

_LINES = 100
#: Key → what it is. Loaders take the type of each key from the first lines, so that it may never be null; and
#: training scripts look for a key named text.
_FLAT = {"id": "id", "text": "body"} | {
    name: name
    for name in (
        *("title", "url", "source", "authors", "published_at", "section", "tags", "language", "word_count"),
        *("type", "access", "revision"),
    )
}


def json_lines(db: Database, columns: Sequence[Column]) -> Iterator[bytes]:
    """The chosen as pieces of a JSON Lines file; null for what is missing."""
    return _lines(db, object_sql({column.name: column for column in columns}))


def flat_lines(db: Database) -> Iterator[bytes]:
    """The chosen for Hugging Face's loaders: the body as ``text``, every key in every line, never null."""
    return _lines(db, object_sql({key: EVERY[name] for key, name in _FLAT.items()}, missing="''"))


def object_sql(members: dict[str, Column], *, missing: str | None = None) -> str:
    """SQL of a JSON object as a blob. ``missing``: SQL of what stands for a text that there is not; None: null."""
    values = []
    for name, column in members.items():
        value = column.sql
        if column.is_json:
            value = f"json({value})"
        elif column.kind == "truth":
            value = f"json(iif({value}, 'true', 'false'))"
        elif missing is not None and column.kind != "number":
            value = f"coalesce({value}, {missing})"
        values.append(f"'{name}', {value}")
    return f"cast(json_object({', '.join(values)}) as blob)"


def _lines(db: Database, line: str) -> Iterator[bytes]:
    rows = iter_rows(db, line)
    while lines := [each for _, each in islice(rows, _LINES)]:
        yield b"\n".join(lines) + b"\n"
