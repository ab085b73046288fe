"""WARC files of others, as bytes that come piece by piece, in; their records of pages out, each with where it ends.

Each record is looked at by itself, so a file may be larger than memory, may arrive in parts, and reading may begin
at the end of any record. Gzip with a member a record (as the WARC standard wants it) and files without compression.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from io import BytesIO
from typing import Any

from warcio.archiveiterator import ArchiveIterator
from warcio.bufferedreaders import ChunkedDataReader
from warcio.exceptions import ArchiveLoadFailed

from archive.warcrecord import Headers

#: Bytes, packed and unpacked, that one record may have; larger ones are passed over. No page comes near it.
LARGEST = 64 * 1024 * 1024
_GZIP = b"\x1f\x8b"
_MAGIC = b"WARC/"
_HEAD_ENDS = b"\r\n\r\n"
_LONGEST_HEAD = 64 * 1024


class NoWarc(ValueError):
    """The bytes are not those of a WARC file, or of one whose records cannot be told apart."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Borrowed:
    """A page's answer as another archive kept it."""

    url: str
    captured_at: datetime
    status: int
    #: As kept there, without the transfer encoding.
    headers: Headers
    #: Content encodings not undone.
    body: bytes
    truncated: bool


class RecordSplitter:
    """Cuts bytes into WARC records. ``position``: where the next record begins, counted as the bytes given in were.

    Args:
        position: of the first byte that will be fed.
    """

    def __init__(self, position: int = 0) -> None:
        self.position = position
        self._waiting = bytearray()
        self._member: _Member | None = None
        #: Bytes of an uncompressed record that is too large, still to be passed over.
        self._skip = 0

    @property
    def torn(self) -> int:
        """Bytes at the end that are no whole record: of a file that is still growing, or was cut off."""
        return len(self._waiting) + (self._member.length if self._member else 0)

    def feed(self, data: bytes) -> Iterator[bytes]:
        """The records that are complete now, packed as they came. Raises NoWarc at what is none."""
        self._waiting += data
        while self._waiting:
            record = self._next()
            if record is None:
                return
            if record:
                yield record

    def _next(self) -> bytes | None:
        """A whole record; empty bytes for one that is passed over; None: more data is needed."""
        if self._skip:
            skipped = min(self._skip, len(self._waiting))
            self._advance(skipped)
            self._skip -= skipped
            return b"" if not self._skip else None
        if self._member is not None or self._waiting.startswith(_GZIP):
            return self._next_member()
        if len(self._waiting) == 1:
            return None
        return self._next_plain()

    def _next_member(self) -> bytes | None:
        member = self._member or _Member()
        self._member = member
        rest = member.take(bytes(self._waiting))
        self._waiting = bytearray(rest)
        if not member.whole:
            return None
        self._member = None
        self.position += member.length
        return member.packed

    def _next_plain(self) -> bytes | None:
        while self._waiting.startswith((b"\r", b"\n")):  # what lies between two records
            self._advance(1)
        end = self._waiting.find(_HEAD_ENDS)
        start = bytes(self._waiting[: len(_MAGIC)])
        if not _MAGIC.startswith(start):
            raise NoWarc(f"no WARC record begins at byte {self.position}")
        if end < 0:
            if len(self._waiting) > _LONGEST_HEAD:
                raise NoWarc(f"the record at byte {self.position} has no end of its head")
            return None
        whole = end + len(_HEAD_ENDS) + _content_length(bytes(self._waiting[:end]), self.position)
        if whole > LARGEST:
            self._skip = whole
            return b""
        if len(self._waiting) < whole:
            return None
        record = bytes(self._waiting[:whole])
        self._advance(whole)
        return record

    def _advance(self, length: int) -> None:
        del self._waiting[:length]
        self.position += length


class _Member:
    """A gzip member as it comes in, kept as it is unless it is too large."""

    def __init__(self) -> None:
        self._unpacker = zlib.decompressobj(zlib.MAX_WBITS + 16)
        self._kept = bytearray()
        self._unpacked = 0
        self._too_large = False
        self.length = 0

    @property
    def whole(self) -> bool:
        return self._unpacker.eof

    @property
    def packed(self) -> bytes:
        """Empty if it is too large."""
        return bytes(self._kept)

    def take(self, data: bytes) -> bytes:
        """Take what belongs to the member; the rest."""
        try:
            part = self._unpacker.decompress(data, LARGEST)
            while self._unpacker.unconsumed_tail and not self._unpacker.eof:
                self._unpacked += len(part)
                part = self._unpacker.decompress(self._unpacker.unconsumed_tail, LARGEST)
        except zlib.error as error:
            raise NoWarc(f"damaged gzip data ({error})") from error
        self._unpacked += len(part)
        rest = self._unpacker.unused_data
        own = data[: len(data) - len(rest)]
        self.length += len(own)
        if self._too_large:
            return rest
        self._kept += own
        if max(self._unpacked, self.length) > LARGEST:
            if not self._begins_with_a_large_record():
                raise NoWarc("its records are not packed one by one; mend it with: warcio recompress")
            self._too_large = True
            self._kept.clear()
        return rest

    def _begins_with_a_large_record(self) -> bool:
        """False where the member goes on past its first record: then the whole file is one member."""
        head = zlib.decompressobj(zlib.MAX_WBITS + 16).decompress(bytes(self._kept), _LONGEST_HEAD)
        end = head.find(_HEAD_ENDS)
        return end > 0 and end + len(_HEAD_ENDS) + _content_length(head[:end], 0) + 2 * len(_HEAD_ENDS) > LARGEST


def _content_length(head: bytes, position: int) -> int:
    for line in head.split(b"\r\n")[1:]:
        name, _, value = line.partition(b":")
        if name.strip().lower() == b"content-length" and value.strip().isdigit():
            return int(value)
    raise NoWarc(f"the record at byte {position} does not say its length")


def borrowed(record: bytes) -> Iterator[Borrowed]:
    """The answers to pages that a record holds: one; none for a record of another kind, or one that cannot be read.

    A small file may be packed as one member: then they are all in it.
    """
    try:
        plain = zlib.decompressobj(zlib.MAX_WBITS + 16).decompress(record, LARGEST) if record[:2] == _GZIP else record
        for found in ArchiveIterator(BytesIO(plain)):
            if found.rec_type == "response" and found.http_headers is not None:
                yield _read(found)
    except (ArchiveLoadFailed, zlib.error, EOFError, ValueError, TypeError, AttributeError, OverflowError):
        return  # what warcio makes of heads that are none


def _read(found: Any) -> Borrowed:
    head, http = found.rec_headers, found.http_headers
    stream = found.raw_stream
    if "chunked" in (http.get_header("Transfer-Encoding") or "").lower():
        stream = ChunkedDataReader(stream, decomp_type=None)
    moment = datetime.fromisoformat(head.get_header("WARC-Date"))
    return Borrowed(
        url=head.get_header("WARC-Target-URI"),
        captured_at=moment.replace(microsecond=0, tzinfo=moment.tzinfo or UTC).astimezone(UTC),
        status=int(http.get_statuscode()),
        headers=tuple((name, value) for name, value in http.headers),
        body=_read_all(stream),
        truncated=head.get_header("WARC-Truncated") is not None,
    )


def _read_all(stream: Any) -> bytes:
    parts = []
    while part := stream.read(1 << 20):
        parts.append(part)
    return b"".join(parts)
