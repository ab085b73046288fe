"""A WARC record of others in; the page that it holds out, or why it holds none. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum

from archive.incoming.chunks import dechunk
from archive.incoming.records import Record
from archive.warcrecord import Headers

_STATUS_LINE = re.compile(rb"HTTP/\d(?:\.\d)?[ \t]+([1-5]\d\d)(?:[ \t][^\r\n]*)?\r?\n", re.IGNORECASE)
_HEAD_ENDS = re.compile(rb"\r?\n\r?\n")
_DECLARED = re.compile(rb"(?i)\ncontent-type[ \t]*:[ \t]*([^\r\n]*)")
#: What may be a page by its declared type; where none is declared, its bytes decide.
_PAGES = frozenset({"text/html", "application/xhtml+xml"})
_TEXT = "text/plain"
_HTTP = ("http://", "https://")


class Passed(StrEnum):
    """Why a record, or a row, was passed over: nothing of it is in the archive."""

    OTHER_RECORD = "other-record"  # warcinfo, request, metadata, DNS: no page's content
    STATUS = "status"  # the answer's status was not 200
    NOT_PAGE = "not-page"  # an image, a script, a feed: by the declared type
    FILTERED = "filtered"  # not among what was asked for
    TOO_LARGE = "too-large"
    UNREADABLE = "unreadable"  # no address, no date, or no HTTP
    KNOWN = "known"  # this very capture is in the archive
    NO_PAYLOAD = "no-payload"  # repeats a payload that neither the files nor the archive have
    CONVERTED = "converted"  # another form of a page that is kept as it came


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """A page as another archive kept it."""

    #: ``response``, ``resource``, ``conversion`` or ``revisit``.
    kind: str
    url: str
    captured_at: datetime
    #: None: it was no HTTP answer.
    status: int | None
    #: Of HTTP, names in lower case; else the record's own content type.
    headers: Headers
    #: Chunks undone, content encodings not.
    payload: bytes
    #: Bytes of the block before the payload.
    payload_at: int
    #: True: the payload had been cut into chunks.
    chunked: bool
    truncated: bool
    #: As the record declares it; None: it does not.
    digest: str | None

    @property
    def content_type(self) -> str:
        """In lower case, without parameters; empty: not declared."""
        declared = next((value for name, value in self.headers if name == "content-type"), "")
        return declared.partition(";")[0].strip().lower()

    @property
    def is_text(self) -> bool:
        """True for a page's plain text, such as Common Crawl's WET files have."""
        return self.content_type == _TEXT and self.kind != "response"


def read_answer(record: Record) -> Answer | Passed:
    """The page in a record. One of another kind than pages have is passed over by what it declares of itself."""
    if record.kind not in ("response", "resource", "conversion", "revisit"):
        return Passed.OTHER_RECORD
    url, moment = address_of(record.fields), moment_of(record.fields)
    if url is None or moment is None:
        return Passed.UNREADABLE
    if record.kind in ("response", "revisit"):
        if not url.lower().startswith(_HTTP):
            return Passed.OTHER_RECORD  # DNS, FTP
        return _http_answer(record, url, moment)
    return _resource(record, url, moment)


def glance(record: Record) -> Passed | None:
    """Why a record need not be read at all, as far as its first lines tell; None: it may hold a page."""
    if record.kind not in ("response", "resource", "conversion", "revisit"):
        return Passed.OTHER_RECORD
    if record.kind == "revisit":
        return None
    if record.kind != "response":
        declared = record.fields.get("content-type", "")
    else:
        line = _STATUS_LINE.match(record.block)
        if line is None:
            http = record.fields.get("warc-target-uri", "").strip("<> ").lower().startswith(_HTTP)
            return Passed.UNREADABLE if http else Passed.OTHER_RECORD
        if line[1] != b"200":
            return Passed.STATUS
        end = _HEAD_ENDS.search(record.block, line.end() - 2)
        found = _DECLARED.search(record.block, line.end() - 1, end.start() + 2 if end else len(record.block))
        declared = found[1].decode("latin-1") if found else ""
    kind = declared.partition(";")[0].strip().lower()
    return None if not kind or kind in _PAGES or (kind == _TEXT and record.kind != "response") else Passed.NOT_PAGE


def address_of(fields: Mapping[str, str]) -> str | None:
    """A record's target; some programs put it in angle brackets."""
    return fields.get("warc-target-uri", "").strip("<> ") or None


def moment_of(fields: Mapping[str, str], name: str = "warc-date") -> datetime | None:
    """A record's date, to the second. None: there is none, or it cannot be read."""
    try:
        moment = datetime.fromisoformat(fields.get(name, ""))
        return moment.replace(microsecond=0, tzinfo=moment.tzinfo or UTC).astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def _http_answer(record: Record, url: str, moment: datetime) -> Answer | Passed:
    line = _STATUS_LINE.match(record.block)
    if line is None:
        return Passed.UNREADABLE if record.kind == "response" else _repeat(record, url, moment)
    if int(line[1]) != 200 and not (record.kind == "revisit" and int(line[1]) == 304):
        return Passed.STATUS
    end = _HEAD_ENDS.search(record.block, line.end() - 2)
    at = end.end() if end else len(record.block)
    headers = _read_headers(record.block[line.end() : end.start() if end else at])
    payload, chunked = record.block[at:], False
    if any(name == "transfer-encoding" and "chunked" in value.lower() for name, value in headers):
        plain = dechunk(payload)
        chunked = plain is not None
        payload = payload if plain is None else plain
    return Answer(
        kind=record.kind,
        url=url,
        captured_at=moment,
        status=int(line[1]),
        headers=headers,
        payload=payload,
        payload_at=at,
        chunked=chunked,
        truncated=not record.fields.keys().isdisjoint(("warc-truncated", "warc-segment-number")),
        digest=record.fields.get("warc-payload-digest"),
    )


def _repeat(record: Record, url: str, moment: datetime) -> Answer:
    """A revisit record without HTTP headers, as some programs write it."""
    return Answer(
        kind="revisit",
        url=url,
        captured_at=moment,
        status=200,
        headers=(),
        payload=b"",
        payload_at=len(record.block),
        chunked=False,
        truncated=False,
        digest=record.fields.get("warc-payload-digest"),
    )


def _resource(record: Record, url: str, moment: datetime) -> Answer:
    declared = record.fields.get("content-type", "")
    return Answer(
        kind=record.kind,
        url=url,
        captured_at=moment,
        status=None,
        headers=(("content-type", declared),) if declared else (),
        payload=record.block,
        payload_at=0,
        chunked=False,
        truncated="warc-truncated" in record.fields,
        digest=record.fields.get("warc-payload-digest") or record.fields.get("warc-block-digest"),
    )


def _read_headers(head: bytes) -> Headers:
    pairs = (line.partition(":") for line in head.decode("utf-8", "replace").splitlines())
    return tuple((name.strip().lower(), value.strip()) for name, colon, value in pairs if colon)


def may_be_page(answer: Answer) -> bool:
    """By its declared type: HTML, plain text that is no HTTP answer, or none declared and the bytes look like HTML."""
    if answer.kind == "revisit":
        return True
    if answer.content_type:
        return answer.content_type in _PAGES or answer.is_text
    packed = any(name == "content-encoding" for name, _ in answer.headers)
    return packed or b"<" in answer.payload[:1024]
