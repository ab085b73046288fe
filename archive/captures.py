"""Exchanges in; WARC 1.1 records on disk and their place out. Each record is a gzip member of its own.

ISO 28500:2017. Bodies are kept as they came, content encodings included; what HTTP's transport removed
(chunking) is gone before any client sees it, so a ``Transfer-Encoding`` header is never written.
"""

from __future__ import annotations

import contextlib
import os
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from http import HTTPStatus
from io import BytesIO
from pathlib import Path

from warcio.archiveiterator import ArchiveIterator
from warcio.exceptions import ArchiveLoadFailed
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from archive.encodings import unpack
from archive.errors import DamagedCapture
from archive.times import iso
from archive.types import CaptureRef
from archive.version import __version__

#: A file past this many bytes is closed and the next one begun.
ROLL_OVER = 1_000_000_000
#: zlib level: level 9 costs twice the time of 6 for 0.6 % of the size (measured on 181 news pages).
_LEVEL = 6

Headers = tuple[tuple[str, str], ...]


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


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportedFile:
    """A file taken in from disk: kept as a WARC ``resource`` record."""

    url: str
    source: str
    fetched_at: datetime
    content_type: str
    body: bytes


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


class _Builder(WARCWriter):  # type: ignore[misc]
    """warcio's writer with records built in memory, uncompressed, so that the level is ours to choose."""

    def __init__(self) -> None:
        self.buffer = BytesIO()
        super().__init__(self.buffer, gzip=False, warc_version="WARC/1.1")

    def take(self) -> bytes:
        """The record written last, as one gzip member."""
        packer = zlib.compressobj(_LEVEL, zlib.DEFLATED, zlib.MAX_WBITS + 16)
        member = packer.compress(self.buffer.getvalue()) + packer.flush()
        self.buffer.seek(0)
        self.buffer.truncate()
        return member


def encode_warcinfo(path: str, *, agent: str, robots: str, operator: str | None) -> bytes:
    """The record that opens a file and says who wrote it, how."""
    builder = _Builder()
    fields = {
        "software": f"nightdesk/{__version__}",
        "format": "WARC file version 1.1",
        "conformsTo": "http://iipc.github.io/warc-specifications/specifications/warc-format/warc-1.1/",
        "http-header-user-agent": agent,
        "robots": robots,
        "operator": operator,
    }
    builder.write_record(builder.create_warcinfo_record(Path(path).name, fields))
    return builder.take()


def encode_exchange(exchange: Exchange) -> tuple[list[bytes], str]:
    """The response and request records as gzip members, and the payload digest. Pure; safe in a thread."""
    builder = _Builder()
    when = iso(exchange.fetched_at)
    response = builder.create_warc_record(
        exchange.url,
        "response",
        payload=BytesIO(exchange.body),
        length=len(exchange.body),
        http_headers=StatusAndHeaders(
            _status_line(exchange.status),
            list(_stored_headers(exchange.response_headers)),
            protocol="HTTP/1.1",
        ),
        warc_headers_dict={"WARC-Date": when, **_extra_headers(exchange)},
    )
    builder.write_record(response)
    digest: str = response.rec_headers.get_header("WARC-Payload-Digest")
    members = [builder.take()]
    if exchange.request_headers is None:
        return members, digest
    request = builder.create_warc_record(
        exchange.url,
        "request",
        http_headers=StatusAndHeaders(
            f"{exchange.method} {_target(exchange.origin or exchange.url)} HTTP/1.1",
            list(exchange.request_headers),
            is_http_request=True,
        ),
        warc_headers_dict={
            "WARC-Date": when,
            "WARC-Concurrent-To": response.rec_headers.get_header("WARC-Record-ID"),
        },
    )
    builder.write_record(request)
    members.append(builder.take())
    return members, digest


def encode_import(file: ImportedFile) -> tuple[list[bytes], str]:
    """An imported file as a resource record, and its payload digest."""
    builder = _Builder()
    record = builder.create_warc_record(
        file.url,
        "resource",
        payload=BytesIO(file.body),
        length=len(file.body),
        warc_content_type=file.content_type,
        warc_headers_dict={"WARC-Date": iso(file.fetched_at), "Nightdesk-Source": file.source},
    )
    builder.write_record(record)
    return [builder.take()], record.rec_headers.get_header("WARC-Payload-Digest")


def encode_conversion(conversion: Conversion) -> tuple[list[bytes], str]:
    """What a browser made of an answer as a conversion record, and its payload digest. Pure; safe in a thread."""
    builder = _Builder()
    record = builder.create_warc_record(
        conversion.url,
        "conversion",
        payload=BytesIO(conversion.body),
        length=len(conversion.body),
        warc_content_type="text/html; charset=utf-8",
        warc_headers_dict={
            "WARC-Date": iso(conversion.made_at),
            "WARC-Refers-To": conversion.refers_to,
            "Nightdesk-Made-By": conversion.made_by,
            "Nightdesk-Asked": conversion.asked,
            "Nightdesk-Source": conversion.source,
        },
    )
    builder.write_record(record)
    return [builder.take()], record.rec_headers.get_header("WARC-Payload-Digest")


def _extra_headers(exchange: Exchange) -> dict[str, str]:
    extra = {"Nightdesk-Asked": exchange.asked}
    if exchange.source:
        extra["Nightdesk-Source"] = exchange.source
    if exchange.origin:
        extra["Nightdesk-Origin"] = exchange.origin
    if exchange.truncated:
        extra["WARC-Truncated"] = exchange.truncated
    if exchange.ip:
        extra["WARC-IP-Address"] = exchange.ip
    return extra


def _status_line(status: int) -> str:
    try:
        return f"{status} {HTTPStatus(status).phrase}"
    except ValueError:
        return f"{status} "


def _stored_headers(headers: Headers) -> Iterator[tuple[str, str]]:
    for name, value in headers:
        if name.lower() != "transfer-encoding":
            yield name, value


def _target(url: str) -> str:
    path = url.split("://", 1)[-1]
    slash = path.find("/")
    return path[slash:] if slash >= 0 else "/"


def read_capture(folder: Path, ref: CaptureRef) -> Capture:
    """Read a capture back. Raises DamagedCapture when the bytes are missing, torn, or not what the row says."""
    try:
        with (folder / ref.file).open("rb") as file:
            file.seek(ref.offset)
            member = file.read(ref.length)
    except OSError as error:
        raise DamagedCapture(f"{ref.file} cannot be read: {error.strerror}") from error
    capture = decode_member(member)
    if capture is None or (ref.digest and capture.digest != ref.digest):
        raise DamagedCapture(f"{ref.file} at offset {ref.offset} does not hold the capture that its row names")
    return capture


def decode_member(member: bytes) -> Capture | None:
    """A response, resource or conversion record from its gzip member; None for any other or unreadable record."""
    try:
        whole = zlib.decompress(member, zlib.MAX_WBITS + 16)  # checks gzip's own sum, which a reader may stop before
        for record in ArchiveIterator(BytesIO(whole)):
            if record.rec_type in ("response", "resource", "conversion"):
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
    )


def iter_members(path: Path, start: int) -> Iterator[tuple[int, int, bytes]]:
    """(offset, length, bytes) of each whole gzip member from ``start`` on; stops before a torn one."""
    with path.open("rb") as file:
        offset = start
        file.seek(offset)
        unpacker, member = zlib.decompressobj(zlib.MAX_WBITS + 16), b""
        while chunk := file.read(1 << 20):
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
