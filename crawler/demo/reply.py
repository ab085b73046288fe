"""A Document and the request's headers in, the Reply that goes over the wire out."""

from __future__ import annotations

import gzip
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import format_datetime, parsedate_to_datetime

from crawler.demo.documents import Document

_PACKABLE = ("text/", "application/json", "application/feed+json", "application/xml", "application/rss+xml")
_ALSO_PACKABLE = ("application/atom+xml", "application/javascript")


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """What the server sends, and how."""

    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes = b""
    #: Seconds before the first byte.
    wait_s: float = 0.0
    #: Body bytes a second; None: all at once.
    bytes_per_s: int | None = None
    #: The body is sent so many times over.
    copies: int = 1
    #: Close the connection after the body, whatever the headers promised.
    hang_up: bool = False
    #: Close the connection at once, without an answer.
    silent: bool = False


def answer(document: Document, asked: Mapping[str, str], *, conditional: bool = True) -> Reply:
    """The reply to a request with the headers ``asked`` (names in lower case): 304 where the reader's copy is
    still good, compressed where the reader offers gzip.

    ``conditional``: False ignores what the reader says it has.
    """
    mark = hashlib.sha256(document.body).hexdigest()[:20]
    packed = _is_packable(document) and _offers_gzip(asked.get("accept-encoding", ""))
    headers = [("Content-Type", document.content_type), ("Vary", "Accept-Encoding"), *document.headers]
    if document.location:
        headers.append(("Location", document.location))
    if document.status == 200:
        headers.append(("ETag", f'W/"{mark}"' if packed else f'"{mark}"'))
        if document.modified:
            headers.append(("Last-Modified", format_datetime(document.modified.astimezone(UTC), usegmt=True)))
        if conditional and _is_current(mark, document.modified, asked):
            return Reply(status=304, headers=tuple(headers[1:]))
    if packed:
        headers.append(("Content-Encoding", "gzip"))
    body = gzip.compress(document.body, mtime=0) if packed else document.body
    return Reply(status=document.status, headers=(*headers, ("Content-Length", str(len(body)))), body=body)


def _is_packable(document: Document) -> bool:
    return document.content_type.startswith((*_PACKABLE, *_ALSO_PACKABLE)) and len(document.body) > 200


def _offers_gzip(accepted: str) -> bool:
    """RFC 9110 section 12.5.3; ``q=0`` means "not that one"."""
    for offer in accepted.lower().replace(" ", "").split(","):
        name, _, quality = offer.partition(";q=")
        if name in ("gzip", "x-gzip"):
            return quality.rstrip("0.") != "" or quality == ""
    return False


def _is_current(mark: str, modified: datetime | None, asked: Mapping[str, str]) -> bool:
    """RFC 9110 section 13.1: If-None-Match is compared weakly, and wins over If-Modified-Since."""
    if "if-none-match" in asked:
        marks = [one.strip().removeprefix("W/").strip('"') for one in asked["if-none-match"].split(",")]
        return mark in marks or marks == ["*"]
    if "if-modified-since" not in asked or modified is None:
        return False
    try:
        since = parsedate_to_datetime(asked["if-modified-since"])
    except ValueError:
        return False
    return modified.replace(microsecond=0) <= since.replace(tzinfo=since.tzinfo or UTC)
