"""The chosen → Arrow and Parquet, with types; needs pyarrow (the extra ``parquet``).

Times are instants in UTC to the microsecond, lists are lists, objects are structs; ``rights`` and ``origins``, whose
keys differ from article to article, are JSON text.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

from archive.errors import ArchiveError
from archive.export.chosen import iter_rows
from archive.export.columns import Column
from archive.times import from_iso

if TYPE_CHECKING:
    from sqlite_utils import Database

#: Rows in memory at a time, and in a row group.
_BATCH = 2000
_OBJECTS = {
    "images": ("url", "caption", "credit", "alt"),
    "entries": ("at", "as_written", "title", "body"),
    "dropped": ("text", "reason"),
}


def write_parquet(db: Database, columns: Sequence[Column], file: BinaryIO) -> None:
    """Write the chosen as a Parquet file, packed with Zstandard."""
    pa = pyarrow()
    from pyarrow import parquet

    schema = schema_of(columns)
    with parquet.ParquetWriter(pa.PythonFile(file, mode="w"), schema, compression="zstd") as writer:
        for batch in iter_batches(db, columns):
            writer.write_batch(batch, row_group_size=_BATCH)


def to_table(db: Database, columns: Sequence[Column]) -> Any:
    """The chosen as a ``pyarrow.Table``."""
    return pyarrow().Table.from_batches(iter_batches(db, columns), schema=schema_of(columns))


def iter_batches(db: Database, columns: Sequence[Column]) -> Iterator[Any]:
    """The chosen as record batches."""
    pa, schema = pyarrow(), schema_of(columns)
    rows = iter_rows(db, ", ".join(column.sql for column in columns))
    readers = [_reader(column) for column in columns]
    while batch := list(islice(rows, _BATCH)):
        cells = list(zip(*batch, strict=True))[1:]
        arrays = [
            pa.array([None if value is None else read(value) for value in values], type_)
            for values, read, type_ in zip(cells, readers, schema.types, strict=True)
        ]
        yield pa.record_batch(arrays, schema=schema)


def schema_of(columns: Sequence[Column]) -> Any:
    """The ``pyarrow.Schema`` of the columns."""
    pa = pyarrow()
    return pa.schema([pa.field(column.name, _type(pa, column), nullable=not column.required) for column in columns])


def iter_parquet(path: Path) -> Iterator[dict[str, Any]]:
    """The rows of a Parquet file, one at a time."""
    pyarrow()
    from pyarrow import parquet

    with parquet.ParquetFile(path) as file:
        for batch in file.iter_batches():
            yield from batch.to_pylist()


def pyarrow() -> Any:
    """The library. Raises ArchiveError with the way to it."""
    try:
        import pyarrow as pa
    except ImportError as error:
        raise ArchiveError("this needs pyarrow: pip install 'nightdesk[parquet]'") from error
    return pa


def _type(pa: Any, column: Column) -> Any:
    if column.kind == "objects":
        return pa.list_(pa.struct([(name, pa.string()) for name in _OBJECTS[column.name]]))
    simple = {"time": pa.timestamp("us", "UTC"), "number": pa.int64(), "truth": pa.bool_()}
    return pa.list_(pa.string()) if column.kind == "texts" else simple.get(column.kind, pa.string())


def _reader(column: Column) -> Callable[[Any], Any]:
    if column.kind == "time":
        return from_iso
    if column.kind in ("texts", "objects"):
        return json.loads
    return bool if column.kind == "truth" else _as_is


def _as_is(value: Any) -> Any:
    return value
