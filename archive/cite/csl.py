"""References in, CSL-JSON out: what Zotero, pandoc and every CSL processor read. The schema is csl-data.json 1.0.2."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

from archive.cite.names import Name
from archive.cite.reference import Reference


def to_csl(reference: Reference) -> dict[str, Any]:
    """One item; what is not known is left out."""
    item: dict[str, Any] = {
        "id": reference.id,
        "type": "post-weblog" if reference.blog else "article-newspaper",
        "title": reference.title,
        "author": [_name(name) for name in reference.authors],
        "container-title": reference.newspaper,
        "issued": _date(reference.published),
        "accessed": _date(reference.retrieved_at.date()),
        "URL": reference.url,
        "section": reference.section,
        "language": reference.language,
        "abstract": reference.abstract,
        "keyword": ", ".join(reference.keywords),
        "archive": "nightdesk",
        "archive_location": reference.id,
        "note": reference.archived,
    }
    return {name: value for name, value in item.items() if value}


def write_csl(reference: Reference) -> str:
    """One item as JSON, in two columns' indent, for a list."""
    return json.dumps(to_csl(reference), ensure_ascii=False, indent=2)


def _name(name: Name) -> dict[str, str]:
    if name.literal:
        return {"literal": name.literal}
    parts = {
        "family": name.family,
        "given": name.given,
        "non-dropping-particle": name.particle,
        "suffix": name.suffix,
    }
    return {part: value for part, value in parts.items() if value}


def _date(day: date | None) -> dict[str, list[list[int]]] | None:
    return {"date-parts": [[day.year, day.month, day.day]]} if day else None
