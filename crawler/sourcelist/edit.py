"""TOML text and changes to it in, the text with these changes and no other out. Comments and spacing stay."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from crawler.sourcelist.layout import Keys, Table

#: What a key of sources.toml may hold.
Value = str | bool | int | float | date | tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Splice:
    """A piece of the text and what comes in its place."""

    start: int
    end: int
    text: str


def spell(value: Value) -> str:
    """A value as TOML writes it."""
    if isinstance(value, str):
        # A JSON string without escapes for other alphabets is a basic string of TOML, but for this one character.
        return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, tuple):
        return f"[{', '.join(map(spell, value))}]"
    return value.isoformat() if isinstance(value, date) else repr(value)


def new_table(path: Keys, values: Mapping[str, Value]) -> str:
    """A table to be put behind the end of a file, with an empty line before it."""
    lines = "".join(f"{key} = {spell(value)}\n" for key, value in values.items())
    return f"\n[{'.'.join(_key(part) for part in path)}]\n{lines}"


def put_key(text: str, table: Table, key: str, value: Value) -> Splice:
    """Give a key of a table a value: in the place of its present one, else below the table's last."""
    for statement in table.statements:
        if statement.path == (*table.path, key):
            return Splice(start=statement.value_start, end=statement.value_end, text=spell(value))
    end = "\r\n" if "\r\n" in text else "\n"
    before = "" if text.endswith("\n", 0, table.last) else end
    return Splice(start=table.last, end=table.last, text=f"{before}{_key(key)} = {spell(value)}{end}")


def drop_key(table: Table, key: str) -> Splice | None:
    """Take a key out of a table, with its line; None if it has none such."""
    for statement in table.statements:
        if statement.path == (*table.path, key):
            return Splice(start=statement.start, end=statement.end, text="")
    return None


def drop_table(text: str, table: Table) -> Splice:
    """Take a table out, from its header to its last key, and an empty line before it."""
    before = text.rfind("\n", 0, max(table.start - 1, 0)) + 1
    start = table.start if text[before : table.start].strip() else before
    return Splice(start=start, end=table.last, text="")


def apply(text: str, splices: Iterable[Splice]) -> str:
    """The text with all changes; none of them may touch another's piece, but several may add at one place."""
    parts, at = [], 0
    for splice in sorted(splices, key=lambda each: (each.start, each.end)):
        parts += [text[at : splice.start], splice.text]
        at = splice.end
    return "".join([*parts, text[at:]])


def _key(part: str) -> str:
    return part if part.replace("-", "").replace("_", "").isalnum() and part.isascii() else spell(part)
