"""A table of newspapers (CSV), or a bare list of URLs, in, a proposal for each of its lines out. Pure."""

from __future__ import annotations

import csv
import dataclasses
import io
import re
from collections.abc import Iterator
from contextlib import suppress
from datetime import date
from typing import Any

from crawler.sourcelist.proposal import Proposal, Wrong
from crawler.sources import SOURCE_KEYS, Source

#: Column → key, for those that people call otherwise.
_MEANT = {"url": "home", "homepage": "home", "feed": "feeds", "sitemap": "sitemaps", "section": "sections"}
_DELIMITERS = ",;\t"
_TYPES = {field.name: str(field.type) for field in dataclasses.fields(Source)}


def read_table(data: bytes) -> list[Proposal | Wrong]:
    """The rows of a table whose header names keys of sources.toml, or the lines of a list that has no header.

    A cell with several URLs has them separated by spaces; an empty one is left out. ``#`` begins a comment in a list.
    """
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        return [Wrong(line=line, reason="is not UTF-8; save the file in that encoding")]
    first = next((line for line in text.splitlines() if line.strip()), "")
    for delimiter in _DELIMITERS:
        columns = [cell.strip().strip('"').lower() for cell in first.split(delimiter)]
        if "home" in columns or any(_MEANT.get(column) == "home" for column in columns):
            return list(_rows(text, delimiter))
    return list(_lines(text))


def _lines(text: str) -> Iterator[Proposal | Wrong]:
    for number, written in enumerate(text.splitlines(), 1):
        line = re.sub(r"(^|\s)#.*", "", written).strip()
        if not line:
            continue
        if re.search(r"[\s,;]", line):
            reason = f"{line[:80]!r} is more than a URL; a table begins with the names of its columns, such as url,name"
            yield Wrong(line=number, reason=reason)
        else:
            yield Proposal(line=number, values={"home": line if "://" in line else f"https://{line}"})


def _rows(text: str, delimiter: str) -> Iterator[Proposal | Wrong]:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    keys: list[str] | None = None
    line = 1
    try:
        for row in reader:
            cells, at, line = [cell.strip() for cell in row], line, reader.line_num + 1
            if not any(cells):
                continue
            if keys is None:
                keys = [_MEANT.get(cell.lower(), cell.lower()) for cell in cells]
                if problem := _wrong_header(keys):
                    yield Wrong(line=at, reason=problem)
                    return
            elif len(cells) > len(keys):
                yield Wrong(line=at, reason=f"has {len(cells)} cells where the header has {len(keys)} columns")
            else:
                yield _row(at, dict(zip(keys, cells, strict=False)))
    except csv.Error as error:
        yield Wrong(line=line, reason=f"cannot be read as CSV: {error}; nothing behind it was read")


def _wrong_header(keys: list[str]) -> str | None:
    allowed = ("url", "name", *(key for key in SOURCE_KEYS if key != "home"))
    unknown = [key for key in keys if key not in SOURCE_KEYS and key != "name"]
    if unknown:
        return f"unknown column {', '.join(repr(key[:80]) for key in unknown)}; allowed are {', '.join(allowed)}"
    twice = sorted({key for key in keys if keys.count(key) > 1})
    return f"two columns of {', '.join(twice)}" if twice else None


def _row(line: int, cells: dict[str, str]) -> Proposal:
    name = cells.pop("name", "") or None
    values = {key: _value(key, cell) for key, cell in cells.items() if cell}
    if "home" in values and "://" not in values["home"]:
        values["home"] = f"https://{values['home']}"
    return Proposal(line=line, name=name, values=values)


def _value(key: str, cell: str) -> Any:
    """A cell as sources.toml would have it; what it cannot be stays a text, and is told as such."""
    kind = _TYPES[key]
    if kind.startswith("tuple"):
        return cell.split()
    with suppress(ValueError):
        if kind.startswith("int"):
            return int(cell)
        if kind.startswith("float"):
            return float(cell)
        if kind.startswith("bool"):
            return cell.lower() == "true" if cell.lower() in ("true", "false") else date.fromisoformat(cell)
    return cell
