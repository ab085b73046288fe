"""The chosen → CSV that pandas, R, polars and a spreadsheet read alike.

UTF-8 without a byte order mark, a header, commas, lines ending in ``\\n``, quotes as in RFC 4180 around every text,
none around numbers, times and ids. Times are ISO 8601 in UTC, truth is ``true`` or ``false``, lists are JSON, a
missing value is an empty cell without quotes. Columns and rows have a stable order. A carriage return becomes a
newline and NUL is left out: readers do not agree on them.

For spreadsheets (``excel``): a byte order mark, lines ending in ``\\r\\n``, and an apostrophe before a text that would
be run as a formula.

SQLite joins the cells of a line; Python's csv module takes five times as long. Quotes of the file itself are a byte
that UTF-8 does not have until those inside the texts have been doubled, many lines at once.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from itertools import groupby
from typing import TYPE_CHECKING, Any, BinaryIO

from archive.export.behind import each_behind
from archive.export.chosen import iter_joined
from archive.export.columns import Column

if TYPE_CHECKING:
    from sqlite_utils import Database

#: What a spreadsheet takes for the beginning of a formula, in ASCII and as East Asian keyboards write it.
_STARTS_A_FORMULA = "=+-@\t\n\r＝＋－＠"
_QUOTE, _END = b"\xfe", b"\xff"
#: Stand-ins for quotes and ends of lines → what they stand for.
_WRITTEN = bytes.maketrans(b"\xfe\xff", b'"\n')
#: Before the SQL of a text that may be missing.
_OPTIONAL = "?"
#: Columns that hold most of a line.
_LONG = ("a.body", "a.markdown")


def write_csv(db: Database, columns: Sequence[Column], file: BinaryIO, *, excel: bool = False) -> None:
    """Write the chosen as CSV. Quotes are doubled and the file is written behind the reading of the next lines."""
    end = b"\r\n" if excel else b"\n"
    header = ",".join(column.name for column in columns).encode()
    file.write((b"\xef\xbb\xbf" if excel else b"") + header + end)
    groups = iter_joined(db, line_sql(columns, excel=excel), _END)
    each_behind(groups, lambda lines: file.write(finished(lines, end)))


def line_sql(columns: Sequence[Column], *, excel: bool = False) -> str:
    """SQL of a line, with ``_QUOTE`` where the file has its own quotes."""
    parts: list[str | bytes] = []
    for number, column in enumerate(columns):
        parts += [b"," if number else b"", *_cell(column, excel=excel)]
    parts.append(b"")
    return _joined(parts)


def finished(text: bytes, end: bytes) -> bytes:
    """Lines with stand-ins for quotes and for what stands between them → lines as they are in a file."""
    if b"\r" in text:
        text = text.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
    if b"\0" in text:
        text = text.replace(b"\0", b"")
    text = text.replace(b'"', b'""')
    if end == b"\n":
        return text.translate(_WRITTEN) + end
    return text.replace(_QUOTE, b'"').replace(_END, end) + end


def csv_line(columns: Sequence[Column], cells: Sequence[Any]) -> bytes:
    """A line of values, as ``line_sql`` gives it; lists and objects become JSON."""
    written = []
    for column, cell in zip(columns, cells, strict=True):
        if cell is None:
            written.append(b"")
        elif column.kind == "truth":
            written.append(b"true" if cell else b"false")
        elif column.kind in ("plain", "time", "number"):
            written.append(str(cell).encode())
        else:
            text = json.dumps(cell, ensure_ascii=False) if column.is_json else cell
            written.append(_QUOTE + text.encode() + _QUOTE)
    return b",".join(written)


def _cell(column: Column, *, excel: bool) -> list[str | bytes]:
    """What a cell is made of: SQL, and bytes as they are."""
    value = column.sql
    if column.kind == "truth":
        return [f"iif({value}, 'true', 'false')"]
    if column.kind in ("plain", "time", "number"):
        return [value if column.required else f"coalesce({value}, '')"]
    if excel and column.kind == "text":
        starts = ", ".join(f"char({ord(sign)})" for sign in _STARTS_A_FORMULA)
        value = f"iif(substr({value}, 1, 1) in ({starts}), char(39) || {value}, {value})"
    if column.required:
        return [_QUOTE, value, _QUOTE]
    return [_OPTIONAL + value]


def _joined(parts: Sequence[str | bytes]) -> str:
    """The parts in one text. ``||`` copies what stands on its left, so long texts do not stand there."""
    groups: list[list[str]] = [[]]
    for is_bytes, same in groupby(parts, key=lambda part: isinstance(part, bytes)):
        if is_bytes:
            between = b"".join(part for part in same if isinstance(part, bytes))
            last = groups[-1][-1] if groups[-1] else ""
            if last.startswith(_OPTIONAL):
                groups[-1][-1] = _optional(last.removeprefix(_OPTIONAL), between)
            elif between:
                groups[-1].append(_literal(between))
            continue
        for part in map(str, same):
            if part in _LONG:
                groups += [[part], []]
            else:
                groups[-1].append(part)
    return " || ".join(f"({' || '.join(group)})" for group in groups if group)


def _optional(value: str, behind: bytes) -> str:
    """A text in quotes, or nothing where it is missing, with what stands behind it: one step less to join."""
    return f"coalesce({_literal(_QUOTE)} || {value} || {_literal(_QUOTE + behind)}, {_literal(behind)})"


def _literal(data: bytes) -> str:
    return f"cast(x'{data.hex()}' as text)"
