"""Query → CSV that pandas, R, polars and a spreadsheet read alike.

UTF-8 without a byte order mark, a header, commas, lines ending in ``\\n``, quotes as in RFC 4180. Times are
ISO 8601 in UTC, truth is ``true`` or ``false``, lists are JSON, a missing value is an empty cell. Columns and
rows have a stable order. A carriage return becomes a newline and NUL is left out: readers do not agree on them.

For spreadsheets (``excel``): a byte order mark, lines ending in ``\\r\\n``, and an apostrophe before a text
that would be run as a formula.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

from archive.export import whole_file
from archive.query import Query
from archive.search import selection

if TYPE_CHECKING:
    from sqlite_utils import Database

#: (column, what it is in SQL); ``a`` is the article, ``c`` its capture, ``w`` the WARC file of that.
_CELLS: tuple[tuple[str, str], ...] = (
    ("id", "a.id"),
    ("url", "a.url"),
    ("canonical_url", "a.canonical_url"),
    ("source", "a.source"),
    ("title", "a.title"),
    ("description", "a.description"),
    ("authors", "a.authors"),
    ("published_at", "a.published_at"),
    ("published_precision", "a.published_precision"),
    ("published_as_written", "a.published_as_written"),
    ("modified_at", "a.modified_at"),
    ("section", "a.section"),
    ("tags", "a.tags"),
    ("language", "a.language"),
    ("body", "a.body"),
    ("word_count", "a.word_count"),
    ("reading_minutes", "a.reading_minutes"),
    ("images", "a.images"),
    ("comments", "a.comments"),
    ("access", "a.access"),
    ("type", "a.type"),
    ("site_name", "a.site_name"),
    ("rights", "a.rights"),
    ("first_seen_at", "a.first_seen_at"),
    ("last_seen_at", "a.last_seen_at"),
    ("gone", "case when a.gone_at is null then 'false' else 'true' end"),
    ("gone_at", "a.gone_at"),
    ("revision", "a.revision"),
    ("revised_at", "a.revised_at"),
    ("content_hash", "a.content_hash"),
    ("published_origin", "json_extract(a.origins, '$.published_at.origin')"),
    ("published_inferred", "json_extract(a.origins, '$.published_at.inferred')"),
    ("authors_origin", "json_extract(a.origins, '$.authors.origin')"),
    ("capture_file", "w.path"),
    ("capture_offset", "c.offset"),
    ("capture_digest", "c.payload_digest"),
    ("extractor", "a.extractor"),
)
#: The header, in order. New columns are added at the end.
COLUMNS: tuple[str, ...] = tuple(name for name, _ in _CELLS)

_JOINS = "left join captures c on c.id = a.capture_id left join warc_files w on w.id = c.warc_file_id"
_STARTS_A_FORMULA = ("=", "+", "-", "@", "\t", "\n")
#: Rows written to the file at a time.
_BATCH = 200


def write_csv(db: Database, query: Query, target: Path, *, excel: bool = False) -> int:
    """Write a query's articles, oldest first unless the query says otherwise → the number of rows.

    Raises ArchiveError if the place cannot be written to; then there is no file.
    """
    with whole_file(target) as file:
        return write_csv_to(db, query, file, excel=excel)


def write_csv_to(db: Database, query: Query, file: BinaryIO, *, excel: bool = False) -> int:
    """Write a query's articles to an open binary file → the number of rows."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\r\n" if excel else "\n")
    text.write("\ufeff" if excel else "")
    writer.writerow(COLUMNS)
    number = 0
    for number, row in enumerate(_rows(db, query), 1):
        writer.writerow([_cell(value, excel=excel) for value in row])
        if number % _BATCH == 0:
            _move(text, file)
    _move(text, file)
    return number


def _rows(db: Database, query: Query) -> Iterator[Sequence[Any]]:
    chosen = selection(query, default_sort="oldest")
    cells = ", ".join(f"{cell} as {name}" for name, cell in _CELLS)
    parameters: Mapping[str, Any] = chosen.parameters
    yield from db.execute(chosen.sql(cells, joins=_JOINS), dict(parameters))


def _cell(value: Any, *, excel: bool) -> Any:
    if not isinstance(value, str):
        return value
    text = value.replace("\r\n", "\n").replace("\r", "\n").replace("\0", "")
    if excel and text.startswith(_STARTS_A_FORMULA):
        return "'" + text
    return text


def _move(text: io.StringIO, file: BinaryIO) -> None:
    file.write(text.getvalue().encode())
    text.seek(0)
    text.truncate()
