"""Exchanges in; WARC 1.1 records on disk and their place out. Each record is a gzip member of its own.

ISO 28500:2017. Bodies are kept as they came, content encodings included; what HTTP's transport removed
(chunking) is gone before any client sees it, so a ``Transfer-Encoding`` header is never written.
"""

from __future__ import annotations

import contextlib
import json
import os
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime
from io import BytesIO
from pathlib import Path
from typing import Any

from warcio.archiveiterator import ArchiveIterator
from warcio.exceptions import ArchiveLoadFailed

from archive.encodings import unpack
from archive.errors import DamagedCapture
from archive.text import storable
from archive.times import iso, utc_now
from archive.types import CaptureRef, Hint
from archive.version import __version__
from archive.warcrecord import (
    FIELDS,
    HTTP_REQUEST,
    HTTP_RESPONSE,
    Headers,
    digest_of,
    encode_fields,
    encode_record,
    new_record_id,
    request_head,
    response_head,
)
from archive.warcstore import open_warc, read_range

#: A file past this many bytes is closed and the next one begun.
ROLL_OVER = 1_000_000_000
#: WARC-Profile of a revisit: the site said that nothing changed; the site sent the same payload again.
NOT_MODIFIED = "http://netpreserve.org/warc/1.1/revisit/server-not-modified"
IDENTICAL = "http://netpreserve.org/warc/1.1/revisit/identical-payload-digest"
#: Bytes in which a record's own header fields are.
_HEAD = 16 * 1024
#: Digest of a payload without bytes.
_NOTHING = digest_of(b"")


@dataclass(frozen=True, slots=True, kw_only=True)
class Exchange:
    """One request and its answer, as they were on the wire."""

    url: str
    #: The ledger's URL that this exchange serves; another one than ``url`` at a redirect's later hops.
    asked: str
    source: str | None
    fetched_at: datetime
    method: str = "GET"
    #: None: not known, and no request record is written (the exchange was another archive's).
    request_headers: Headers | None = ()
    status: int
    response_headers: Headers = ()
    #: As received: content encodings not undone.
    body: bytes
    #: The connection ended early, or the body was cut at our size limit (WARC-Truncated: its reason).
    truncated: str | None = None
    ip: str | None = None
    #: Where another archive's copy came from: the URL that was asked there, or FILE@OFFSET. None: from its site.
    origin: str | None = None
    #: What led to the URL.
    hints: tuple[Hint, ...] = ()
    #: The URL that redirected to it; None: it was asked for itself.
    via: str | None = None
    #: WARC-Record-ID of the answer.
    record_id: str = field(default_factory=new_record_id)


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportedFile:
    """A file taken in from disk: kept as a WARC ``resource`` record."""

    url: str
    source: str
    fetched_at: datetime
    content_type: str
    body: bytes
    record_id: str = field(default_factory=new_record_id)


@dataclass(frozen=True, slots=True, kw_only=True)
class Conversion:
    """What a browser made of a captured answer: the document after its scripts ran, as a WARC ``conversion`` record.

    It never was on the wire in this form; the answer itself stands beside it.
    """

    url: str
    #: The ledger's URL, as in Exchange.
    asked: str
    source: str
    #: When the browser was done.
    made_at: datetime
    #: Which browser, driven by what, each with its version.
    made_by: str
    #: WARC-Record-ID of the answer it was made from.
    refers_to: str
    #: HTML in UTF-8.
    body: bytes
    record_id: str = field(default_factory=new_record_id)


@dataclass(frozen=True, slots=True, kw_only=True)
class Original:
    """The answer whose payload a later one repeats."""

    #: Of its row.
    capture_id: int
    #: WARC-Record-ID.
    record_id: str
    url: str
    #: As in its record.
    fetched_at: str
    digest: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Repeated:
    """What a revisit says of the answer whose payload it repeats."""

    url: str
    fetched_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Capture:
    """A capture read back from its WARC."""

    url: str
    asked: str
    source: str | None
    #: As in ``Exchange``.
    origin: str | None
    fetched_at: datetime
    #: None for an imported file, and for what a browser made of an answer.
    status: int | None
    #: Names in lower case.
    headers: Headers
    #: As received.
    raw: bytes
    truncated: bool
    digest: str
    #: WARC-Record-ID.
    record_id: str
    #: Which browser made it, of what a browser made; None: it is as it came.
    made_by: str | None = None
    #: Of a revisit: what it repeats. Its ``raw`` is that one's.
    repeats: Repeated | None = None

    @property
    def body(self) -> bytes:
        """The body with content encodings undone. Raises Unpackable when they cannot be."""
        encodings = [value for name, value in self.headers if name == "content-encoding"]
        return unpack(self.raw, ",".join(encodings)) if self.status is not None else self.raw


class WarcFile:
    """An open WARC file that only grows."""

    def __init__(self, folder: Path, path: str) -> None:
        self.path = path
        full = folder / path
        full.parent.mkdir(parents=True, exist_ok=True)
        # Unbuffered: what a full disk left in a buffer would land in the file later, behind a cut or another record.
        self._out = full.open("ab", buffering=0)
        self.size = self._out.tell()

    def append(self, members: list[bytes]) -> int:
        """Write gzip members; the offset of the first. All or nothing: a failed write is cut off again."""
        start, rest = self.size, memoryview(b"".join(members))
        try:
            while rest:
                rest = rest[self._out.write(rest) :]
        except OSError:
            os.ftruncate(self._out.fileno(), start)
            raise
        self.size = start + sum(map(len, members))
        return start

    def cut(self, size: int) -> None:
        """Take back all records behind ``size`` bytes."""
        os.ftruncate(self._out.fileno(), size)
        self.size = size

    def sync(self) -> None:
        """Return once every byte is on the disk."""
        os.fsync(self._out.fileno())

    def close(self) -> None:
        """Sync and close."""
        self.sync()
        self._out.close()

    def drop(self) -> None:
        """Close, whatever is on the disk."""
        with contextlib.suppress(OSError):
            self._out.close()


def encode_warcinfo(path: str, *, agent: str, robots: str | None, operator: str | None) -> bytes:
    """The record that opens a file and says who wrote it, how."""
    told = (
        ("software", f"nightdesk/{__version__}"),
        ("format", "WARC File Format 1.1"),
        ("conformsTo", "http://iipc.github.io/warc-specifications/specifications/warc-format/warc-1.1/"),
        ("http-header-user-agent", agent or None),
        ("robots", robots),
        ("operator", operator),
    )
    fields = (
        ("WARC-Record-ID", new_record_id()),
        ("WARC-Date", iso(utc_now())),
        ("WARC-Filename", Path(path).name),
    )
    return encode_record("warcinfo", fields, FIELDS, encode_fields(told))


def encode_exchange(exchange: Exchange, original: Original | None = None) -> tuple[list[bytes], str]:
    """An exchange's records as gzip members, the answer first, and the payload digest. Pure; safe in a thread.

    A ``response``, or with ``original`` a ``revisit`` of that; the ``request``; and with the response a ``metadata``
    record of how the URL was found. The others are concurrent to the first.
    """
    when = iso(exchange.fetched_at)
    head = response_head(exchange.status, exchange.response_headers)
    fields = [("WARC-Record-ID", exchange.record_id), ("WARC-Target-URI", exchange.url), ("WARC-Date", when)]
    if original is not None:
        digest = original.digest
        fields += _refers_to(exchange, original)
        members = [encode_record("revisit", [*fields, *_own(exchange)], HTTP_RESPONSE, head, payload=digest)]
    else:
        digest = digest_of(exchange.body)
        block = head + exchange.body
        members = [encode_record("response", [*fields, *_own(exchange)], HTTP_RESPONSE, block, payload=digest)]
    beside = (("WARC-Target-URI", exchange.url), ("WARC-Date", when), ("WARC-Concurrent-To", exchange.record_id))
    if exchange.request_headers is not None:
        asked = request_head(exchange.method, exchange.origin or exchange.url, exchange.request_headers)
        own_id = ("WARC-Record-ID", new_record_id())
        members.append(encode_record("request", [own_id, *beside], HTTP_REQUEST, asked, payload=_NOTHING))
    if original is None and (exchange.hints or exchange.via):
        own_id = ("WARC-Record-ID", new_record_id())
        members.append(encode_record("metadata", [own_id, *beside], FIELDS, encode_fields(_found(exchange))))
    return members, digest


def encode_import(file: ImportedFile) -> tuple[list[bytes], str]:
    """An imported file as a resource record, and its payload digest."""
    fields = (
        ("WARC-Record-ID", file.record_id),
        ("WARC-Target-URI", file.url),
        ("WARC-Date", iso(file.fetched_at)),
        ("Nightdesk-Source", file.source),
    )
    digest = digest_of(file.body)
    return [encode_record("resource", fields, file.content_type, file.body, payload=digest)], digest


def encode_conversion(conversion: Conversion) -> tuple[list[bytes], str]:
    """What a browser made of an answer as a conversion record, and its payload digest. Pure; safe in a thread."""
    fields = (
        ("WARC-Record-ID", conversion.record_id),
        ("WARC-Target-URI", conversion.url),
        ("WARC-Date", iso(conversion.made_at)),
        ("WARC-Refers-To", conversion.refers_to),
        ("Nightdesk-Made-By", conversion.made_by),
        ("Nightdesk-Asked", conversion.asked),
        ("Nightdesk-Source", conversion.source),
    )
    digest = digest_of(conversion.body)
    member = encode_record("conversion", fields, "text/html; charset=utf-8", conversion.body, payload=digest)
    return [member], digest


def _refers_to(exchange: Exchange, original: Original) -> list[tuple[str, str]]:
    return [
        ("WARC-Profile", NOT_MODIFIED if exchange.status == 304 else IDENTICAL),
        ("WARC-Refers-To", original.record_id),
        ("WARC-Refers-To-Target-URI", original.url),
        ("WARC-Refers-To-Date", original.fetched_at),
    ]


def _own(exchange: Exchange) -> list[tuple[str, str | None]]:
    return [
        ("WARC-IP-Address", exchange.ip),
        ("WARC-Truncated", exchange.truncated),
        ("Nightdesk-Asked", exchange.asked),
        ("Nightdesk-Source", exchange.source),
        ("Nightdesk-Origin", exchange.origin),
    ]


def _found(exchange: Exchange) -> Iterator[tuple[str, str | None]]:
    """How the URL was found: ``via`` as other crawlers have it, then all that was said of it, as JSON."""
    yield "via", exchange.via
    if exchange.via is None:
        for where in dict.fromkeys(hint.where for hint in exchange.hints if "://" in hint.where):
            yield "via", where
    yield "source", exchange.source
    for hint in exchange.hints:
        told = {name: value for name in Hint.__slots__ if (value := getattr(hint, name))}
        yield "hint", storable(json.dumps(told, ensure_ascii=False))


def read_capture(folder: Path, ref: CaptureRef) -> Capture:
    """Read a capture back; of a revisit with the payload that it repeats.

    Raises DamagedCapture when the bytes are missing, torn, or not what the row says.
    """
    capture = decode_member(read_member(folder, ref))
    if capture is None or (ref.digest and capture.digest != ref.digest):
        raise DamagedCapture(f"{ref.file} at offset {ref.offset} does not hold the capture that its row names")
    if capture.repeats is None:
        return capture
    if ref.payload is None:
        raise DamagedCapture(f"{ref.file} at offset {ref.offset} repeats a payload that its row does not name")
    return _with_payload(capture, read_capture(folder, ref.payload))


def read_member(folder: Path, ref: CaptureRef) -> bytes:
    """The bytes of a record as they lie in their file. Raises DamagedCapture."""
    try:
        return read_range(folder / ref.file, ref.offset, ref.length)
    except OSError as error:
        raise DamagedCapture(f"{ref.file} cannot be read: {error.strerror}") from error


def _with_payload(revisit: Capture, original: Capture) -> Capture:
    """A revisit with what it repeats. A 304 brings some headers of the answer that it stands for up to date
    (RFC 9111 section 3.2), never those of the content.
    """
    headers = revisit.headers
    if revisit.status == 304:
        newer = tuple(each for each in headers if not each[0].startswith("content-"))
        names = {name for name, _ in newer}
        headers = (*(each for each in original.headers if each[0] not in names), *newer)
    return replace(revisit, raw=original.raw, headers=headers, truncated=original.truncated)


def decode_member(member: bytes) -> Capture | None:
    """A response, revisit, resource or conversion record from its gzip member; None for any other or unreadable one.

    A revisit comes without the payload that it repeats.
    """
    try:
        whole = zlib.decompress(member, zlib.MAX_WBITS + 16)  # checks gzip's own sum, which a reader may stop before
        for record in ArchiveIterator(BytesIO(whole)):
            if record.rec_type in ("response", "revisit", "resource", "conversion"):
                return _read_record(record)
    except (ArchiveLoadFailed, zlib.error, EOFError, ValueError, IndexError):
        return None
    return None


def _read_record(record: object) -> Capture:
    head = record.rec_headers  # type: ignore[attr-defined]
    http = record.http_headers  # type: ignore[attr-defined]
    url, date = head.get_header("WARC-Target-URI"), head.get_header("WARC-Date")
    if url is None or date is None:
        raise ValueError("its head is garbled")
    headers: Headers = (("content-type", head.get_header("Content-Type") or ""),)
    if http is not None:
        headers = tuple((name.lower(), value) for name, value in http.headers)
    return Capture(
        url=url,
        asked=head.get_header("Nightdesk-Asked") or url,
        source=head.get_header("Nightdesk-Source"),
        origin=head.get_header("Nightdesk-Origin"),
        fetched_at=datetime.fromisoformat(date),
        status=int(http.get_statuscode()) if http is not None else None,
        headers=headers,
        raw=record.raw_stream.read(),  # type: ignore[attr-defined]
        truncated=head.get_header("WARC-Truncated") is not None,
        digest=head.get_header("WARC-Payload-Digest"),
        record_id=head.get_header("WARC-Record-ID"),
        made_by=head.get_header("Nightdesk-Made-By"),
        repeats=_repeated(head) if record.rec_type == "revisit" else None,  # type: ignore[attr-defined]
    )


def _repeated(head: Any) -> Repeated:
    url, date = head.get_header("WARC-Refers-To-Target-URI"), head.get_header("WARC-Refers-To-Date")
    if url is None or date is None:
        raise ValueError("a revisit of nothing")
    return Repeated(url=url, fetched_at=datetime.fromisoformat(date))


def warcinfo_of(folder: Path, file: str) -> bytes | None:
    """The first record of a WARC file, if it says who wrote the file. Raises DamagedCapture."""
    try:
        found = next((member for *_, member in iter_members(folder / file, 0, piece=_HEAD)), None)
    except OSError as error:
        raise DamagedCapture(f"{file} cannot be read: {error.strerror}") from error
    return found if found and fields_of(found).get("warc-type") == "warcinfo" else None


def fields_of(member: bytes) -> dict[str, str]:
    """The header fields of a record, names in lower case; none of one that cannot be read."""
    try:
        head = zlib.decompressobj(zlib.MAX_WBITS + 16).decompress(member, _HEAD)
    except zlib.error:
        return {}
    lines = head.partition(b"\r\n\r\n")[0].decode("utf-8", "replace").split("\r\n")[1:]
    return {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}


def iter_members(path: Path, start: int, *, piece: int = 1 << 20) -> Iterator[tuple[int, int, bytes]]:
    """(offset, length, bytes) of each whole gzip member from ``start`` on; stops before a torn one.

    ``piece``: bytes read at a time.
    """
    with open_warc(path) as file:
        offset = start
        file.seek(offset)
        unpacker, member = zlib.decompressobj(zlib.MAX_WBITS + 16), b""
        while chunk := file.read(piece):
            while chunk:
                try:
                    unpacker.decompress(chunk)
                except zlib.error:
                    return
                rest = unpacker.unused_data
                member += chunk[: len(chunk) - len(rest)]
                if not unpacker.eof:
                    break
                yield offset, len(member), member
                offset += len(member)
                unpacker, member, chunk = zlib.decompressobj(zlib.MAX_WBITS + 16), b"", rest


def cut_torn_tail(path: Path, size: int) -> int:
    """Cut a file to ``size`` bytes, the end of its last whole member; how many bytes were cut off."""
    torn = path.stat().st_size - size
    if torn > 0:
        with path.open("r+b") as file:
            file.truncate(size)
            os.fsync(file.fileno())
    return max(torn, 0)
