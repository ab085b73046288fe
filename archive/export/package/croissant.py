"""Facts and the data file → Croissant 1.0 metadata (JSON-LD), which catalogues of data sets read."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from archive.export.columns import Column
from archive.export.formats import Place
from archive.export.meanings import MEANINGS
from archive.export.package.citation import reference
from archive.export.package.descriptor import Packed, summary
from archive.export.package.facts import Facts
from archive.times import iso

#: The vocabulary, as the specification gives it.
_CONTEXT: dict[str, Any] = {
    "@language": "en",
    "@vocab": "https://schema.org/",
    "citeAs": "cr:citeAs",
    "column": "cr:column",
    "conformsTo": "dct:conformsTo",
    "cr": "http://mlcommons.org/croissant/",
    "rai": "http://mlcommons.org/croissant/RAI/",
    "data": {"@id": "cr:data", "@type": "@json"},
    "dataType": {"@id": "cr:dataType", "@type": "@vocab"},
    "dct": "http://purl.org/dc/terms/",
    "examples": {"@id": "cr:examples", "@type": "@json"},
    "extract": "cr:extract",
    "field": "cr:field",
    "fileProperty": "cr:fileProperty",
    "fileObject": "cr:fileObject",
    "fileSet": "cr:fileSet",
    "format": "cr:format",
    "includes": "cr:includes",
    "isLiveDataset": "cr:isLiveDataset",
    "jsonPath": "cr:jsonPath",
    "key": "cr:key",
    "md5": "cr:md5",
    "parentField": "cr:parentField",
    "path": "cr:path",
    "recordSet": "cr:recordSet",
    "references": "cr:references",
    "regex": "cr:regex",
    "repeated": "cr:repeated",
    "replace": "cr:replace",
    "sc": "https://schema.org/",
    "separator": "cr:separator",
    "source": "cr:source",
    "subField": "cr:subField",
    "transform": "cr:transform",
}
#: What Croissant calls them, where that is not what others do.
_ENCODINGS = {
    ".gz": "application/gzip",
    ".zst": "application/zstd",
    "jsonl": "application/jsonlines",
    "parquet": "application/x-parquet",
}
_TYPES = {"time": "sc:DateTime", "number": "sc:Integer", "truth": "sc:Boolean"}


def croissant(facts: Facts, data: Packed, place: Place, columns: Sequence[Column] | None) -> dict[str, Any]:
    """The metadata. The columns are described where a reader of Croissant can read the file: no packed ones."""
    told: dict[str, Any] = {
        "@context": _CONTEXT,
        "@type": "sc:Dataset",
        "conformsTo": "http://mlcommons.org/croissant/1.0",
        "name": facts.label.title,
        "description": summary(facts),
        "citeAs": reference(facts),
        "creator": [{"@type": "Organization", "name": name} for name in facts.label.creators],
        "license": facts.label.licence or "Rights in the texts are those of the sources; see README.md.",
        "url": facts.sources[0].home if facts.sources else "https://localhost/",
        "datePublished": iso(facts.created),
        "version": facts.created.strftime("%Y.%m.%d"),
        "distribution": [
            {
                "@type": "cr:FileObject",
                "@id": data.name,
                "name": data.name,
                "contentUrl": data.name,
                "contentSize": f"{data.bytes} B",
                "encodingFormat": _encoding(place),
                "sha256": data.sha256,
            }
        ],
    }
    fields = [_field(c, data, place) for c in columns or () if _can_tell(c, place)]
    if fields and not place.packing:
        told["recordSet"] = [{"@type": "cr:RecordSet", "@id": "articles", "name": "articles", "field": fields}]
    return {name: value for name, value in told.items() if value != []}


def _encoding(place: Place) -> str:
    return _ENCODINGS.get(place.packing or place.format.name, place.format.media_type)


def _can_tell(column: Column, place: Place) -> bool:
    """Whether the column is a text, or a list of texts: readers of Croissant fail at objects. In CSV all are texts."""
    return place.format.name == "csv" or column.kind not in ("objects", "object")


def _field(column: Column, data: Packed, place: Place) -> dict[str, Any]:
    repeated = {"repeated": True} if column.kind == "texts" and place.format.name != "csv" else {}
    return repeated | {
        "@type": "cr:Field",
        "@id": f"articles/{column.name}",
        "name": column.name,
        "description": MEANINGS[column.name].meaning,
        "dataType": _TYPES.get(column.kind, "sc:Text"),
        "source": {"fileObject": {"@id": data.name}, "extract": {"column": column.name}},
    }
