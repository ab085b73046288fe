"""The columns of an export: what each is in SQL, and of what type."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from archive.errors import BadQuery

#: ``plain`` is text that never holds a quote, comma or line break: numbers, times, ids, words of our own.
Kind = Literal["plain", "text", "time", "number", "truth", "texts", "objects", "object"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """One column of a table."""

    name: str
    #: In a statement where ``a`` is the article as it was at the time, ``h`` its place among the chosen, ``c`` its
    #: capture and ``w`` the WARC file of that.
    sql: str
    kind: Kind
    #: True: the publisher's own words beyond the headline, which may not be passed on everywhere.
    wording: bool = False
    #: True: only in an export that asks for it by name.
    asked: bool = False

    @property
    def required(self) -> bool:
        """True: never missing; the database sees to it."""
        return self.name not in _OPTIONAL

    @property
    def is_json(self) -> bool:
        """True: the value is JSON text."""
        return self.kind in ("texts", "objects", "object")


_OPTIONAL = frozenset(
    (
        *("url", "canonical_url", "description", "published_at", "published_precision", "published_as_written"),
        *("modified_at", "section", "language", "reading_minutes", "type", "site_name", "gone_at", "published_origin"),
        *(
            "published_inferred",
            "authors_origin",
            "capture_file",
            "capture_offset",
            "capture_digest",
            "valid_until",
            "template",
        ),
    )
)


def _of(kind: Kind, *names: str, wording: bool = False, asked: bool = False) -> dict[str, Column]:
    return {name: Column(name=name, sql=f"a.{name}", kind=kind, wording=wording, asked=asked) for name in names}


def _as(kind: Kind, name: str, sql: str, *, asked: bool = False) -> dict[str, Column]:
    return {name: Column(name=name, sql=sql, kind=kind, asked=asked)}


#: Every column there is, those of every export first, in the order of the header. New ones stand at the end of each.
EVERY: dict[str, Column] = (
    _of("plain", "id")
    | _of("text", "url", "canonical_url", "source", "title")
    | _of("text", "description", wording=True)
    | _of("texts", "authors")
    | _of("time", "published_at")
    | _of("plain", "published_precision")
    | _of("text", "published_as_written")
    | _of("time", "modified_at")
    | _of("text", "section")
    | _of("texts", "tags")
    | _of("text", "language")
    | _of("text", "body", wording=True)
    | _of("number", "word_count", "reading_minutes")
    | _of("objects", "images", wording=True)
    | _of("texts", "comments", wording=True)
    | _of("plain", "access")
    | _of("text", "type", "site_name")
    | _of("object", "rights")
    | _as("time", "first_seen_at", "h.first_seen_at")
    | _as("time", "last_seen_at", "h.last_seen_at")
    | _as("truth", "gone", "h.gone_at is not null")
    | _as("time", "gone_at", "h.gone_at")
    | _as("number", "revision", "h.revision")
    | _of("time", "revised_at")
    | _of("plain", "content_hash")
    | _as("text", "published_origin", "json_extract(a.origins, '$.published_at.origin')")
    | _as("text", "published_inferred", "json_extract(a.origins, '$.published_at.inferred')")
    | _as("text", "authors_origin", "json_extract(a.origins, '$.authors.origin')")
    | _as("text", "capture_file", "w.path")
    | _as("number", "capture_offset", "c.offset")
    | _as("text", "capture_digest", "c.payload_digest")
    | _of("text", "extractor")
    | _of("text", "template", asked=True)
    | _of("text", "markdown", wording=True, asked=True)
    | _of("objects", "entries", wording=True, asked=True)
    | _of("texts", "corrections", wording=True, asked=True)
    | _of("objects", "dropped", wording=True, asked=True)
    | _of("object", "origins", asked=True)
    | _as("time", "valid_from", "a.revised_at", asked=True)
    | _as("time", "valid_until", "h.valid_until", asked=True)
)
#: The header of an export that asks for no columns by name.
COLUMNS: tuple[str, ...] = tuple(name for name, column in EVERY.items() if not column.asked)
#: The header of a history: which text of which article and when; then as above, ``revised_at`` being ``valid_from``.
_WHICH = ("id", "revision", "valid_from", "valid_until")
HISTORY: tuple[str, ...] = (*_WHICH, *(name for name in COLUMNS if name not in (*_WHICH, "revised_at")))
#: What an export without text leaves out.
WORDING: tuple[str, ...] = tuple(name for name in COLUMNS if EVERY[name].wording)


def columns_of(names: Sequence[str] | None, *, text: bool = True) -> tuple[Column, ...]:
    """The columns named, in that order; those of every export for None. Raises BadQuery for a name that there is not.

    ``text`` False leaves out the publisher's words.
    """
    wanted = COLUMNS if names is None else tuple(names)
    unknown = [name for name in wanted if name not in EVERY]
    if unknown:
        raise BadQuery(f"there is no column {', '.join(map(repr, unknown))}; there are {', '.join(EVERY)}")
    twice = sorted({name for name in wanted if wanted.count(name) > 1})
    if twice:
        raise BadQuery(f"the column {', '.join(twice)} is named twice")
    found = tuple(EVERY[name] for name in wanted if text or not EVERY[name].wording)
    if not found:
        raise BadQuery("no column is left: name at least one that is no text of the publisher, such as id")
    return found
