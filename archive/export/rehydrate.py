"""An export without text → the same with the texts, out of one's own archive.

A text is taken if its ``content_hash`` is the one that the export states: the very text that its maker had, but for
white space and the shape of quotes. All other cells stay as they are.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Any

from archive.errors import ArchiveError
from archive.export import check_new_file, whole_file
from archive.export.chosen import snapshot
from archive.export.columns import COLUMNS, EVERY, HISTORY, WORDING, Column
from archive.export.csv import csv_line, finished
from archive.export.earlier import iter_export
from archive.export.files import Counted, packed
from archive.export.formats import Place
from archive.export.package.members import Missing

if TYPE_CHECKING:
    from sqlite_utils import Database


@dataclass(frozen=True, slots=True, kw_only=True)
class Rehydrated:
    """What filling in texts came to."""

    rows: int
    path: Path
    #: Rows whose texts the archive does not have; they are in the file, with these cells empty.
    missing: tuple[Missing, ...]


def rehydrate(database: Path, export: Path, place: Place) -> Rehydrated:
    """Write an export again with its texts. Raises ArchiveError for what is no such export; then there is no file."""
    check_new_file(place.path)
    rows = iter_export(export)
    first = next(rows, None)
    if first is None:
        raise ArchiveError(f"{export} has no rows to fill in")
    columns = _columns(first, export)
    if place.format.name not in ("csv", "jsonl"):
        raise ArchiveError(f"{place.path}: texts are filled into csv and jsonl; load that into anything else")
    missing: list[Missing] = []
    number = 0
    with snapshot(database) as db, whole_file(place.path) as file, packed(Counted(file), place.packing) as target:
        if place.format.name == "csv":
            target.write((",".join(column.name for column in columns) + "\n").encode())
        for number, row in enumerate(chain([first], rows), 1):  # noqa: B007 (the last number counts)
            texts = _texts(db, row)
            if isinstance(texts, Missing):
                missing.append(texts)
                texts = {}
            cells = [texts.get(c.name) if c.wording else _read(c, row.get(c.name)) for c in columns]
            target.write(_line(place.format.name, columns, cells))
    return Rehydrated(rows=number, path=place.path, missing=tuple(missing))


def _columns(row: dict[str, Any], export: Path) -> list[Column]:
    unknown = [name for name in row if name not in EVERY]
    if unknown or "content_hash" not in row:
        raise ArchiveError(
            f"{export} cannot be filled in: it has no column content_hash"
            if not unknown
            else f"{export} cannot be filled in: {', '.join(map(repr, unknown))} is no column of an export"
        )
    wanted = {*row, *WORDING}
    usual = next((names for names in (COLUMNS, HISTORY) if wanted == set(names)), None)
    names = usual or (*row, *(name for name in WORDING if name not in row))
    return [EVERY[name] for name in names]


def _texts(db: Database, row: dict[str, Any]) -> dict[str, Any] | Missing:
    """The publisher's words of a row, as the archive has them."""
    id_, digest = row["id"], row["content_hash"]
    cells = ", ".join(f"a.{name}" for name in WORDING)
    for *texts, own in db.execute(f"select {cells}, a.content_hash from articles a where a.id = ?", [id_]):  # noqa: S608
        if own == digest:
            return {name: _read(EVERY[name], text) for name, text in zip(WORDING, texts, strict=True)}
        for body, record in db.execute(
            "select body, record from revisions where article_id = ? and content_hash = ?"
            " order by revision desc limit 1",
            [id_, digest],
        ):
            then = dict(zip(WORDING, texts, strict=True)) | json.loads(record) | {"body": body}
            return {name: _read(EVERY[name], then[name]) for name in WORDING}
        return Missing(id=id_, why="the archive has another text of it")
    return Missing(id=id_, why="the archive does not have this article")


def _read(column: Column, cell: Any) -> Any:
    """A cell of CSV or of the database → its value; what JSON Lines give is one."""
    if cell is None or (cell == "" and not column.required):
        return None
    if isinstance(cell, str):
        if column.is_json:
            return json.loads(cell)
        if column.kind == "truth":
            return cell == "true"
        return int(cell) if column.kind == "number" else cell
    return cell


def _line(format_: str, columns: Sequence[Column], cells: Sequence[Any]) -> bytes:
    if format_ == "jsonl":
        row = {column.name: cell for column, cell in zip(columns, cells, strict=True)}
        return json.dumps(row, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"
    return finished(csv_line(columns, cells), b"\n")
