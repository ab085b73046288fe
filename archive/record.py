"""A row of ``articles`` or ``revisions`` → the value that a reader gets."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, fields, is_dataclass
from datetime import date, datetime
from typing import Any

from archive.times import from_iso, from_iso_or_none, iso
from archive.types import Access, Article, CaptureRef, Dropped, Entry, Image, Origin, Precision

#: The story that an article ``a`` belongs to.
STORY = "(select story from story_members where article_id = a.id)"
#: What ``capture_from_row`` reads of a capture ``c``, joined by ``PLACED``: where its record lies, and of a revisit
#: where that with the payload does.
OF_A_CAPTURE = {
    "capture_file": "w.path",
    "capture_offset": "c.offset",
    "capture_length": "c.length",
    "capture_digest": "c.payload_digest",
    "payload_file": "pw.path",
    "payload_offset": "p.offset",
    "payload_length": "p.length",
}
CAPTURE = ", ".join(f"{cell} as {name}" for name, cell in OF_A_CAPTURE.items())
PLACED = (
    "left join warc_files w on w.id = c.warc_file_id"
    " left join captures p on p.id = c.payload_id left join warc_files pw on pw.id = p.warc_file_id"
)
#: What to select for ``article_from_row``, from ``FROM`` below; ``a`` is the article.
COLUMNS = f"a.*, {CAPTURE}, {STORY} as story"
JOINED_CAPTURE = f"left join captures c on c.id = a.capture_id {PLACED}"


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredArticle(Article):
    """An article as the archive has it: the record, and what the archive knows about it."""

    #: Stable, made from the canonical URL: 16 lower-case letters and digits.
    id: str
    source: str
    #: When nightdesk first and last found it on the site.
    first_seen_at: datetime
    last_seen_at: datetime
    #: The site's first 404 or 410 since ``last_seen_at``; None: still there, as far as known.
    gone_at: datetime | None
    #: 1 for a text that never changed.
    revision: int
    #: Since when the site shows this revision.
    revised_at: datetime
    #: Of title and body.
    content_hash: str
    #: The raw page that this revision was read from; None: it was not kept.
    capture: CaptureRef | None
    #: Id of the copy of it that was stored first, see ``Archive.story``; None: there is no other.
    story: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Revision:
    """What an article was for a time, or is now."""

    article_id: str
    #: 1 for the first text.
    number: int
    valid_from: datetime
    #: None: the present one.
    valid_until: datetime | None
    title: str
    body: str
    content_hash: str
    capture: CaptureRef | None
    #: The other columns as they were, JSON ones read: ``modified_at``, ``authors``, ``corrections`` …
    record: Mapping[str, Any]


def article_from_row(row: Mapping[str, Any]) -> StoredArticle:
    """The article of a row selected as ``COLUMNS``."""
    return StoredArticle(
        id=row["id"],
        url=row["url"],
        canonical_url=row["canonical_url"],
        source=row["source"],
        title=row["title"],
        description=row["description"],
        authors=json.loads(row["authors"]),
        published_at=from_iso_or_none(row["published_at"]),
        published_precision=row["published_precision"] and Precision(row["published_precision"]),
        published_as_written=row["published_as_written"],
        modified_at=from_iso_or_none(row["modified_at"]),
        section=row["section"],
        tags=json.loads(row["tags"]),
        language=row["language"],
        body=row["body"],
        markdown=row["markdown"],
        entries=[Entry(**entry | {"at": from_iso_or_none(entry["at"])}) for entry in json.loads(row["entries"])],
        corrections=json.loads(row["corrections"]),
        dropped=[Dropped(**each) for each in json.loads(row["dropped"])],
        images=[Image(**image) for image in json.loads(row["images"])],
        access=Access(row["access"]),
        type=row["type"],
        site_name=row["site_name"],
        comments=json.loads(row["comments"]),
        reading_minutes=row["reading_minutes"],
        rights=json.loads(row["rights"]),
        origins={name: _origin(value) for name, value in json.loads(row["origins"]).items()},
        extractor=row["extractor"],
        template=row["template"],
        first_seen_at=from_iso(row["first_seen_at"]),
        last_seen_at=from_iso(row["last_seen_at"]),
        gone_at=from_iso_or_none(row["gone_at"]),
        revision=row["revision"],
        revised_at=from_iso(row["revised_at"]),
        content_hash=row["content_hash"],
        capture=capture_from_row(row),
        story=row["story"],
    )


def revision_from_row(row: Mapping[str, Any]) -> Revision:
    """The revision of a row with the columns of ``revisions`` and those of its capture."""
    return Revision(
        article_id=row["article_id"],
        number=row["revision"],
        valid_from=from_iso(row["valid_from"]),
        valid_until=from_iso_or_none(row["valid_until"]),
        title=row["title"],
        body=row["body"],
        content_hash=row["content_hash"],
        capture=capture_from_row(row),
        record={name: unpacked(name, value) for name, value in json.loads(row["record"]).items()},
    )


def capture_from_row(row: Mapping[str, Any]) -> CaptureRef | None:
    """The place in the WARC from the columns of ``CAPTURE``; None where the row has no capture."""
    if row["capture_file"] is None:
        return None
    digest, payload = row["capture_digest"], None
    if row["payload_file"] is not None:
        payload = CaptureRef(
            file=row["payload_file"], offset=row["payload_offset"], length=row["payload_length"], digest=digest
        )
    return CaptureRef(
        file=row["capture_file"],
        offset=row["capture_offset"],
        length=row["capture_length"],
        digest=digest,
        payload=payload,
    )


def plain(value: Any) -> Any:
    """A value of the archive as what JSON can hold: dataclasses as objects, times and days in ISO 8601.

    An article's ``word_count``, which is computed, is among its fields; its ``lines`` are not: they are not kept.
    """
    if isinstance(value, date):
        return iso(value) if isinstance(value, datetime) else value.isoformat()
    if is_dataclass(value):
        held = {f.name: plain(getattr(value, f.name)) for f in fields(value)}
        if isinstance(value, Article):
            del held["lines"]
        if isinstance(value, StoredArticle):
            first = ("id", "source", "url", "canonical_url", "title")
            return {name: held[name] for name in first} | held | {"word_count": value.word_count}
        return held
    if isinstance(value, Mapping):
        return {str(name): plain(each) for name, each in value.items()}
    if isinstance(value, list | tuple):
        return [plain(each) for each in value]
    return value


def _origin(value: Mapping[str, Any]) -> Origin:
    return Origin(
        origin=value["origin"],
        confidence=value["confidence"],
        rivals=tuple((origin, text) for origin, text in value.get("rivals", ())),
        inferred=value.get("inferred"),
        evidence=value.get("evidence"),
        conflict=value.get("conflict", False),
    )


#: Columns that are JSON text both in ``articles`` and inside a revision's ``record``.
_JSON_COLUMNS = ("authors", "tags", "entries", "corrections", "dropped", "images", "origins", "comments", "rights")


def unpacked(name: str, value: Any) -> Any:
    """The value of a column, JSON ones read."""
    return json.loads(value) if name in _JSON_COLUMNS and isinstance(value, str) else value
