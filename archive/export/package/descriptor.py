"""Facts and files → ``datapackage.json`` (Frictionless Data Package v2), which also holds what reproducing needs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from archive.export.columns import Column
from archive.export.formats import Place
from archive.export.meanings import MEANINGS
from archive.export.package.facts import Facts, Label
from archive.export.wanted import to_json
from archive.times import iso

DESCRIPTOR = "datapackage.json"
_PROFILE = "https://datapackage.org/profiles/2.0/datapackage.json"
_TYPES = {
    "time": "datetime",
    "number": "integer",
    "truth": "boolean",
    "texts": "array",
    "objects": "array",
    "object": "object",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Packed:
    """A file of a package."""

    #: Its path inside the package.
    name: str
    bytes: int
    sha256: str


def describe(
    facts: Facts,
    data: Packed,
    place: Place,
    *,
    columns: Sequence[Column] | None,
    shape: Mapping[str, Any],
    others: Sequence[Packed],
) -> dict[str, Any]:
    """The descriptor. ``columns`` None: the data are no table. ``shape``: how they were written, to do it again."""
    key = ("id", "revision") if facts.wanted.history else ("id",)
    told: dict[str, Any] = {
        "$schema": _PROFILE,
        "name": "nightdesk-articles",
        "id": f"sha256:{data.sha256}",
        "title": facts.label.title,
        "description": summary(facts),
        "created": iso(facts.created),
        "version": facts.created.strftime("%Y.%m.%d"),
        "contributors": [{"title": name, "roles": ["creator"]} for name in facts.label.creators],
        "licenses": _licences(facts.label),
        "sources": [{"title": source.title or source.name, "path": source.home} for source in facts.sources],
        "resources": [_data(data, place, columns, key), *(_other(other) for other in others)],
        "nightdesk": {
            "wanted": to_json(facts.wanted),
            "as_of": facts.as_of,
            "rows": facts.rows,
            "shape": dict(shape),
            "software": dict(facts.software),
        },
    }
    return {name: value for name, value in told.items() if value not in ([], None)}


def summary(facts: Facts) -> str:
    """The data set in a sentence or two."""
    span = f", published {facts.first} to {facts.last}" if facts.first else ""
    sources = len(facts.sources)
    number = f"{facts.size} of {sources:,} source{'' if sources == 1 else 's'}"
    return f"{number}{span}, from a nightdesk archive as it was on {facts.as_of}."


def field_of(column: Column, key: Sequence[str] = ("id",)) -> dict[str, Any]:
    """A column as a field of a Table Schema; ``key``: the columns that tell a row from all others."""
    meaning = MEANINGS[column.name]
    told: dict[str, Any] = {
        "name": column.name,
        "type": _TYPES.get(column.kind, "string"),
        "description": f"{meaning.meaning}. Empty: {meaning.missing}."
        if meaning.missing != "never"
        else meaning.meaning + ".",
    }
    if column.required:
        told["constraints"] = {"required": True} | ({"unique": True} if [column.name] == [*key] else {})
    return told


def _licences(label: Label) -> list[dict[str, str]]:
    if label.licence is None:
        return []
    key = "path" if label.licence.startswith(("http://", "https://")) else "title"
    return [{key: label.licence} | ({"name": label.licence} if " " not in label.licence and key == "title" else {})]


def _data(data: Packed, place: Place, columns: Sequence[Column] | None, key: Sequence[str]) -> dict[str, Any]:
    resource: dict[str, Any] = _other(data) | {
        "name": "articles",
        "format": place.format.suffixes[0].removeprefix(".").split(".")[-1],
        "mediatype": place.format.media_type,
    }
    if place.packing:
        resource["compression"] = place.packing.removeprefix(".")
    if columns is not None:
        resource["type"] = "table"
        schema: dict[str, Any] = {"fields": [field_of(column, key) for column in columns], "missingValues": [""]}
        if {*key} <= {column.name for column in columns}:
            schema["primaryKey"] = [*key]
        resource["schema"] = schema
    return resource


def _other(file: Packed) -> dict[str, Any]:
    return {
        "name": file.name.split(".")[0].lower(),
        "path": file.name,
        "encoding": "utf-8",
        "bytes": file.bytes,
        "hash": f"sha256:{file.sha256}",
    }
