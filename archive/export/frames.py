"""What is wanted → a table in memory: ``pyarrow.Table`` or ``pandas.DataFrame``, with types."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from archive.errors import ArchiveError
from archive.export.arrow import pyarrow, to_table
from archive.export.choose import choose_wanted
from archive.export.chosen import snapshot
from archive.export.columns import Column
from archive.export.wanted import Wanted

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow as pa


def arrow_table(database: Path, wanted: Wanted, columns: Sequence[Column]) -> pa.Table:
    """What is wanted, in the types of the Parquet export. Raises ArchiveError where pyarrow is not installed."""
    pyarrow()
    with snapshot(database) as db:
        choose_wanted(db, wanted)
        return to_table(db, columns)


def pandas_frame(database: Path, wanted: Wanted, columns: Sequence[Column]) -> pd.DataFrame:
    """What is wanted, as pandas holds it best. Raises ArchiveError where pandas is not installed.

    Texts are ``string``, numbers ``Int64``, times ``datetime64`` in UTC, so that what is missing is missing; lists are
    lists, objects are dicts.
    """
    try:
        import pandas as pd
        import pyarrow as pa
    except ImportError as error:
        raise ArchiveError("this needs pandas and pyarrow: pip install 'nightdesk[pandas]'") from error
    table = arrow_table(database, wanted, columns)
    types = {pa.string(): pd.StringDtype(), pa.int64(): pd.Int64Dtype()}
    nested = [column for column in columns if column.is_json]
    frame = table.drop_columns([column.name for column in nested]).to_pandas(types_mapper=types.get)
    for column in nested:
        values = table.column(column.name).to_pylist()
        frame[column.name] = pd.Series(_read(column, values), index=frame.index, dtype=object)
    return frame[[column.name for column in columns]]


def _read(column: Column, values: list[Any]) -> list[Any]:
    """Lists as they are; objects whose keys differ from article to article are JSON text in Arrow."""
    return [json.loads(value) for value in values] if column.kind == "object" else values
