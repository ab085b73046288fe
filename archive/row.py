"""An Article in, the columns of its row out, lists and objects as JSON text. The way back is archive/record.py."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from archive.fingerprint import content_hash, line_fingerprint, plain
from archive.spacing import spaced_columns
from archive.text import storable
from archive.times import iso_or_none
from archive.types import Article, Origin

#: Columns whose old values a revision keeps in its ``record``.
KEPT_WITH_REVISION = (
    "description",
    "authors",
    "published_at",
    "published_precision",
    "published_as_written",
    "modified_at",
    "section",
    "tags",
    "language",
    "word_count",
    "markdown",
    "entries",
    "corrections",
    "dropped",
    "images",
    "access",
    "type",
    "extractor",
    "template",
    "origins",
    "url",
    "canonical_url",
    "site_name",
    "comments",
    "reading_minutes",
    "rights",
)


def row_of(article: Article) -> dict[str, Any]:
    """The columns of an article's row that the article itself decides."""
    row = {
        "url": article.url,
        "canonical_url": article.canonical_url,
        "title": article.title,
        "description": article.description,
        "authors": as_json(article.authors),
        "published_at": iso_or_none(article.published_at),
        "published_precision": article.published_precision and str(article.published_precision),
        "published_as_written": article.published_as_written,
        "modified_at": iso_or_none(article.modified_at),
        "section": article.section,
        "tags": as_json(article.tags),
        "language": article.language,
        "body": article.body,
        "word_count": article.word_count,
        "markdown": article.markdown,
        "entries": as_json([asdict(entry) | {"at": iso_or_none(entry.at)} for entry in article.entries]),
        "corrections": as_json(article.corrections),
        "dropped": as_json([asdict(each) for each in article.dropped]),
        "images": as_json([asdict(image) for image in article.images]),
        "access": str(article.access),
        "type": article.type,
        "site_name": article.site_name,
        "comments": as_json(article.comments),
        "reading_minutes": article.reading_minutes,
        "rights": as_json(dict(article.rights)),
        "content_hash": content_hash(article.title, article.body),
        "extractor": article.extractor,
        "template": article.template,
        "origins": as_json({name: _origin(origin) for name, origin in article.origins.items()}),
    }
    row = {column: storable(value) if isinstance(value, str) else value for column, value in row.items()}
    return row | {"spaced": spaced_columns(row)}


def _origin(origin: Origin) -> dict[str, Any]:
    value: dict[str, Any] = {"origin": origin.origin, "confidence": origin.confidence}
    if origin.rivals:
        value["rivals"] = [list(rival) for rival in origin.rivals]
    if origin.inferred:
        value["inferred"] = origin.inferred
    if origin.evidence:
        value["evidence"] = origin.evidence
    if origin.conflict:
        value["conflict"] = True
    return value


def differ_by_template_only(row: Mapping[str, Any], found: Mapping[str, Any]) -> bool:
    """True if two texts differ only by lines that either was cleaned of: we have learnt, the site is as it was."""
    lines = {line_fingerprint(each["text"]) for side in (row, found) for each in json.loads(side["dropped"])}
    if not lines or plain(row["title"]) != plain(found["title"]):
        return False
    texts = [
        [plain(line) for line in side["body"].splitlines() if line.strip() and line_fingerprint(line) not in lines]
        for side in (row, found)
    ]
    return texts[0] == texts[1]


def as_json(value: Any) -> str:
    """JSON text with letters as they are."""
    return json.dumps(value, ensure_ascii=False)
