"""A file, packed or not, in; the bytes inside it out, each with where in the file it is. In bounded memory.

gzip (RFC 1952), as one member or many; Zstandard (RFC 8878), as one frame or many, with the dictionary that a WARC
file has in its first frame, a skippable one (IIPC, "Zstandard in WARC"); or as it is.
"""

from __future__ import annotations

import importlib
import zlib
from collections import deque
from dataclasses import dataclass
from typing import Any, BinaryIO, Protocol

#: Bytes read from the file, handed to an unpacker, and taken from it at a time.
_READ, _STEP, _PART = 1 << 20, 1 << 16, 1 << 18
_GZIP, _ZSTD = b"\x1f\x8b", b"\x28\xb5\x2f\xfd"
_MEMBERS = (b"\x1f\x8b\x08", _ZSTD)
#: Magic of the skippable frame that holds a dictionary; others are 0x184D2A50 to 0x184D2A5F.
_DICTIONARY = b"\x5d\x2a\x4d\x18"
_LARGEST_DICTIONARY = 16 * 1024 * 1024
_SKIPPABLE = b"\x2a\x4d\x18"


class Damaged(ValueError):
    """Bytes that cannot be unpacked. ``at``: where their member begins in the file."""

    def __init__(self, at: int, why: str) -> None:
        super().__init__(why)
        self.at = at


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Place:
    """Where something begins in a file: the member that it is in, and how far inside that."""

    #: Bytes of the file before it.
    member: int = 0
    #: Unpacked bytes of the member before it; 0 in files that are packed record by record, or not at all.
    inner: int = 0

    def __str__(self) -> str:
        return f"{self.member}+{self.inner}" if self.inner else str(self.member)

    @classmethod
    def read(cls, text: str) -> Place:
        """The reverse of ``str``. Raises ValueError."""
        member, _, inner = text.partition("+")
        return cls(member=int(member), inner=int(inner or 0))


class _Unpacker(Protocol):
    eof: bool

    def take(self, data: memoryview) -> tuple[bytes, int]:
        """Some of what is inside, and how much of ``data`` went into it. Raises zlib.error or ValueError."""


class _AsIs:
    eof = False

    def take(self, data: memoryview) -> tuple[bytes, int]:
        return bytes(data), len(data)


class _Inflate:
    def __init__(self) -> None:
        self._object = zlib.decompressobj(zlib.MAX_WBITS + 16)
        self.eof = False

    def take(self, data: memoryview) -> tuple[bytes, int]:
        part = self._object.decompress(data, _PART)
        self.eof = self._object.eof
        # At the end zlib leaves what follows in both, if an earlier part had been held back.
        left = self._object.unused_data if self.eof else self._object.unconsumed_tail
        return part, len(data) - len(left)


class _Unzstd:
    def __init__(self, library: Any, dictionary: Any) -> None:
        self._object = library.ZstdDecompressor(zstd_dict=dictionary)
        self._error = library.ZstdError
        self.eof = False

    def take(self, data: memoryview) -> tuple[bytes, int]:
        wanted = self._object.needs_input
        try:
            part = self._object.decompress(data if wanted else b"", _PART)
        except self._error as error:
            raise ValueError(error) from error
        self.eof = self._object.eof
        used = len(data) if wanted else 0
        return part, used - len(self._object.unused_data) if self.eof else used


def _zstd() -> Any:
    try:
        return importlib.import_module("compression.zstd")  # Python 3.14
    except ImportError:
        return importlib.import_module("backports.zstd")


class Plain:
    """What is inside a stream, read forward. ``position``: of the next byte, counted from where reading began.

    Args:
        stream: must be able to seek if ``start`` is not 0.
        start: where a member begins in the file.
    """

    def __init__(self, stream: BinaryIO, *, start: int = 0) -> None:
        self._stream = stream
        self._raw, self._at, self._raw_offset = b"", 0, 0
        self._buffer, self._used = bytearray(), 0
        self._filled = 0
        self._unpacker: _Unpacker | None = None
        self._starts: deque[tuple[int, int]] = deque()
        self._dictionary: Any = None
        #: True: the stream ended in the middle of a member.
        self.torn = False
        self._more(8)
        self.packed = self._raw.startswith((_GZIP, _ZSTD)) or self._is_skippable()
        if self._raw.startswith(_DICTIONARY):
            self._read_dictionary()
        if start:
            stream.seek(start)
            self._raw, self._at, self._raw_offset = b"", 0, start
        self._start = start

    # ---- raw bytes ----------------------------------------------------------------------------------------

    @property
    def offset(self) -> int:
        """Bytes of the file that have gone into the unpacker."""
        return self._raw_offset + self._at

    def _more(self, least: int) -> bool:
        """Have at least so many raw bytes at hand; False: there are not as many."""
        while len(self._raw) - self._at < least:
            data = self._stream.read(_READ)
            if not data:
                return False
            self._raw_offset += self._at
            self._raw, self._at = self._raw[self._at :] + data, 0
        return True

    def _is_skippable(self) -> bool:
        at = self._at
        return self._raw[at + 1 : at + 4] == _SKIPPABLE and 0x50 <= self._raw[at] <= 0x5F

    def _read_dictionary(self) -> None:
        length = int.from_bytes(self._raw[4:8], "little")
        if length > _LARGEST_DICTIONARY or not self._more(8 + length):
            raise Damaged(0, "its dictionary is not whole")
        content, library = self._raw[8 : 8 + length], _zstd()
        try:
            if content.startswith(_ZSTD):
                content = library.ZstdDecompressor().decompress(content, max_length=_LARGEST_DICTIONARY)
            self._dictionary = library.ZstdDict(content)
        except (library.ZstdError, ValueError) as error:
            raise Damaged(0, f"its dictionary cannot be read ({error})") from error

    # ---- members ------------------------------------------------------------------------------------------

    def _begin(self) -> bool:
        """Begin the next member; False: there is none."""
        if not self.packed:
            self._unpacker = _AsIs()
        while self._unpacker is None:
            if not self._more(4) and self._at == len(self._raw):
                return False
            head = self._raw[self._at : self._at + 4]
            if head.startswith(_GZIP):
                self._unpacker = _Inflate()
            elif head == _ZSTD:
                self._unpacker = _Unzstd(_zstd(), self._dictionary)
            elif self._is_skippable():
                self._skip_frame()
            elif head.strip(b"\0"):
                raise Damaged(self.offset, "what follows is not packed")
            else:  # filled up with zeros, as tapes and some stores do
                self._at += len(head)
        self._starts.append((self._filled, self.offset))
        return True

    def _skip_frame(self) -> None:
        begin = self.offset
        self._more(8)
        left = 8 + int.from_bytes(self._raw[self._at + 4 : self._at + 8], "little")
        while left:
            if not self._more(1):
                raise Damaged(begin, "a frame to be skipped is not whole")
            step = min(left, len(self._raw) - self._at)
            self._at += step
            left -= step

    def _fill(self) -> bool:
        """Unpack some more; False at the end. Raises Damaged."""
        if self._used > _READ:
            del self._buffer[: self._used]
            self._used = 0
        while True:
            if self._unpacker is None and not self._begin():
                return False
            assert self._unpacker is not None
            ended = self._at == len(self._raw) and not self._more(1)
            # At the end too: an unpacker may hold back what did not fit into the last part.
            part, used = self._take(memoryview(self._raw)[self._at : self._at + _STEP])
            self._at += used
            if part:
                self._buffer += part
                self._filled += len(part)
                return True
            if ended and self._unpacker is not None:
                self.torn = self.packed
                return False

    def _take(self, data: memoryview) -> tuple[bytes, int]:
        assert self._unpacker is not None
        try:
            part, used = self._unpacker.take(data)
        except (zlib.error, ValueError) as error:
            raise Damaged(self._starts[-1][1], f"damaged packed data ({error})") from error
        if self._unpacker.eof:
            self._unpacker = None
        return part, used

    # ---- reading ------------------------------------------------------------------------------------------

    @property
    def position(self) -> int:
        """Unpacked bytes that have been read."""
        return self._filled - (len(self._buffer) - self._used)

    def place(self) -> Place:
        """Where the next byte is in the file."""
        if not self.packed:
            return Place(member=self._start + self.position)
        self.peek(1)
        starts, position = self._starts, self.position
        if position == self._filled:  # there is no next byte
            return Place(member=self.offset)
        while len(starts) > 1 and starts[1][0] <= position:
            starts.popleft()
        return Place(member=starts[0][1], inner=position - starts[0][0])

    def peek(self, size: int) -> bytes:
        """The next bytes, which stay to be read; fewer at the end. Raises Damaged."""
        while len(self._buffer) - self._used < size:
            if not self._fill():
                break
        return bytes(self._buffer[self._used : self._used + size])

    def find(self, needle: bytes, within: int) -> int:
        """How far away the needle begins; -1: not within so many bytes. Raises Damaged."""
        begin = 0
        while True:
            found = self._buffer.find(needle, self._used + begin, self._used + within)
            if found >= 0:
                return found - self._used
            begin = max(len(self._buffer) - self._used - len(needle) + 1, 0)
            if begin >= within or not self._fill():
                return -1

    def take(self, size: int) -> bytes:
        """The next bytes; fewer at the end. Raises Damaged."""
        data = self.peek(size)
        self._used += len(data)
        return data

    def skip(self, size: int) -> int:
        """Pass over bytes, keeping none; how many there were. Raises Damaged."""
        left = size
        while left:
            if self._used == len(self._buffer):
                self._buffer.clear()
                self._used = 0
                if not self._fill():
                    break
            step = min(left, len(self._buffer) - self._used)
            self._used += step
            left -= step
        return size - left

    def skip_blank(self) -> None:
        """Pass over line ends."""
        while (byte := self.peek(1)) and byte in b"\r\n":
            self._used += 1

    def next_member(self, at: int, begins_with: bytes) -> bool:
        """After damage: go on at the first member behind ``at`` whose content begins so; False: there is none.

        ``at``: where the damaged one began. What has gone into the unpacker more than a megabyte ago is not searched.
        """
        self._buffer.clear()
        self._starts.clear()
        self._used = self._filled = 0
        self._unpacker = None
        self._at = max(at + 1 - self._raw_offset, 0)
        while self._more(_STEP) or self._at < len(self._raw):
            found = min((n for n in (self._raw.find(m, self._at) for m in _MEMBERS) if n >= 0), default=None)
            if found is None:
                self._at = max(len(self._raw) - 3, self._at)
                if not self._more(len(self._raw) - self._at + 1):
                    self._at = len(self._raw)
                continue
            self._at = found
            self._more(_STEP)
            if self._opens(begins_with):
                return True
            self._at += 1
        return False

    def _opens(self, begins_with: bytes) -> bool:
        unpacker = _Inflate() if self._raw.startswith(_GZIP, self._at) else _Unzstd(_zstd(), self._dictionary)
        try:
            part, _ = unpacker.take(memoryview(self._raw)[self._at : self._at + _STEP])
        except (zlib.error, ValueError):
            return False
        return part.startswith(begins_with)
