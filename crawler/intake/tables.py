"""A table of articles in; its rows out as JSON, one by one: CSV, JSON lines, a JSON list, one JSON object."""

from __future__ import annotations

import codecs
import csv
import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

from archive.incoming.plain import Damaged, Plain
from crawler.intake.wish import Format

#: Bytes that a row may have.
LARGEST = 16 * 1024 * 1024
_PART = 1 << 16
_UTF16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_DELIMITERS = ",\t;|"


class BadTable(ValueError):
    """A table that cannot be read, or not from here on."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TableRow:
    """A row. ``number``: 1 is the first below the names of the columns."""

    number: int
    #: A JSON object: as it was written there, or a CSV's cells by their columns. Checked by whoever reads it.
    raw: bytes
    #: Bytes of the file that have been read.
    offset: int


def iter_rows(stream: BinaryIO, format_: Format) -> Iterator[TableRow]:
    """The rows of a table, packed or not, in UTF-8. Raises BadTable where reading cannot go on."""
    try:
        plain = Plain(stream)
        if plain.peek(3) == codecs.BOM_UTF8:
            plain.skip(3)
        if plain.peek(2) in _UTF16:
            raise BadTable("it is in UTF-16; save it as UTF-8")
        rows = _csv(plain) if format_ is Format.CSV else _json(plain)
        for number, raw in enumerate(rows, start=1):
            yield TableRow(number=number, raw=raw, offset=plain.offset)
        if plain.torn:
            raise BadTable("its packed data end too early")
    except Damaged as error:
        raise BadTable(str(error)) from error


def _lines(plain: Plain) -> Iterator[bytes]:
    """Lines with their ends."""
    while True:
        end = plain.find(b"\n", LARGEST)
        if end < 0 and len(plain.peek(LARGEST)) == LARGEST:
            raise BadTable(f"a line has more than {LARGEST // 1024 // 1024} MB")
        line = plain.take(end + 1 if end >= 0 else LARGEST)
        if not line:
            return
        yield line


def _csv(plain: Plain) -> Iterator[bytes]:
    csv.field_size_limit(LARGEST)
    lines = _decoded(plain)
    first = next(lines, None)
    if first is None:
        return
    delimiter = max(_DELIMITERS, key=first.count)
    reader = csv.reader(_and_then(first, lines), delimiter=delimiter, strict=True)
    names: list[str] | None = None
    try:
        for cells in reader:
            if names is None:
                names = [name.strip() for name in cells]
            elif cells:
                if len(cells) > len(names):
                    raise BadTable(f"line {reader.line_num} has {len(cells)} cells under {len(names)} columns")
                yield json.dumps(dict(zip(names, cells, strict=False)), ensure_ascii=False).encode()
    except csv.Error as error:
        raise BadTable(f"line {reader.line_num}: {error}") from error


def _decoded(plain: Plain) -> Iterator[str]:
    for number, line in enumerate(_lines(plain), start=1):
        try:
            yield line.decode()
        except UnicodeDecodeError as error:
            raise BadTable(f"line {number} is not UTF-8 ({error.reason}); save the table as UTF-8") from error


def _and_then(first: str, rest: Iterator[str]) -> Iterator[str]:
    yield first
    yield from rest


def _json(plain: Plain) -> Iterator[bytes]:
    while (sign := plain.peek(1)) and sign in b" \t\r\n":
        plain.skip(1)
    if sign == b"[":
        yield from _list(plain)
        return
    lines = _lines(plain)
    first = next(lines, b"")
    if first and not _is_whole(first):  # one object over several lines
        rest = first + plain.take(LARGEST)
        if plain.peek(1):
            raise BadTable(f"its first line is no JSON, nor is it one JSON object of at most {LARGEST >> 20} MB")
        yield rest.strip()
        return
    if first:
        yield first.strip()
    yield from (stripped for line in lines if (stripped := line.strip()))


def _is_whole(line: bytes) -> bool:
    try:
        json.loads(line)
    except (ValueError, RecursionError):
        return False
    return True


def _list(plain: Plain) -> Iterator[bytes]:
    """The elements of a JSON list, read in parts."""
    decoder, text, at = json.JSONDecoder(), "", 0
    undecoded = codecs.getincrementaldecoder("utf-8")()
    plain.skip(1)
    wanted = _PART
    while True:
        while at < len(text) and text[at] in " \t\r\n,":
            at += 1
        if text[at : at + 1] == "]":
            return
        try:
            _, end = decoder.raw_decode(text, at)
            if end == len(text):  # a number, say, may go on
                raise ValueError
        except (ValueError, RecursionError):
            part = plain.take(wanted)
            if not part or len(text) - at > LARGEST:
                raise BadTable("its list ends too early, or has an element that is no JSON") from None
            try:
                text, at = text[at:] + undecoded.decode(part), 0
            except UnicodeDecodeError as error:
                raise BadTable(f"it is not UTF-8 ({error.reason})") from error
            wanted = max(_PART, len(text))  # twice as much each time: a long element is not tried again too often
            continue
        yield text[at:end].encode()
        at = end
