"""A WARC file of others in; its records out, one by one, with what was damaged between them. In bounded memory.

ISO 28500:2017 and 2009. A record is looked at as it comes, however the file is packed, so a file may be larger than
memory and a record larger than LARGEST is passed over. What cannot be read is told with its place, and reading goes on
at the next record that can be found.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import BinaryIO

from archive.incoming.plain import Damaged, Place, Plain

#: Bytes of content that a record may have to be read; larger ones are passed over. No page comes near it.
LARGEST = 64 * 1024 * 1024
_MAGIC = b"WARC/"
_LONGEST_HEAD = 64 * 1024


class NoWarc(ValueError):
    """The bytes are not those of a WARC file."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """A WARC record as it was written."""

    place: Place
    #: Its first lines, without the empty one that ends them.
    head: bytes
    #: Names in lower case → values; of a name that repeats, the first.
    fields: Mapping[str, str]
    block: bytes

    @property
    def kind(self) -> str:
        """``response``, ``request``, ``revisit`` …; empty: it does not say."""
        return self.fields.get("warc-type", "").lower()


@dataclass(frozen=True, slots=True, kw_only=True)
class TooLarge:
    """A record that was passed over for its size."""

    place: Place
    fields: Mapping[str, str]
    size: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Damage:
    """What could not be read."""

    place: Place
    why: str
    #: True: the file ends there; it is still being written, or was cut off.
    torn: bool = False


class RecordReader:
    """Iterate over it. ``place``: where the next record begins, so that a later reader goes on there.

    Args:
        stream: must be able to seek if ``start`` is not the beginning.
        start: where to begin: a place that an earlier reader told.
    """

    def __init__(self, stream: BinaryIO, *, start: Place | None = None) -> None:
        start = start or Place()
        self._plain = Plain(stream, start=start.member)
        self._inner = start.inner
        self._first = start == Place()
        self.place = start

    @property
    def offset(self) -> int:
        """Bytes of the file that have been read."""
        return self._plain.offset

    def __iter__(self) -> Iterator[Record | TooLarge | Damage]:
        """Raises NoWarc if the file does not begin with a record."""
        more = True
        while more:
            try:
                if self._inner:
                    self._plain.skip(self._inner)
                    self._inner = 0
                found = self._next()
            except Damaged as error:
                if self._first:
                    raise NoWarc(str(error)) from error
                inside = error.at <= self.place.member
                found = Damage(place=self.place if inside else Place(member=error.at), why=str(error))
                more = self._plain.next_member(error.at, _MAGIC)
            if found is None:
                return
            if isinstance(found, Damage) and found.torn:
                more = False  # the place stays: whoever comes again finds the record whole
            else:
                self.place = self._place_or(self.place)
            self._first = False
            yield found

    def _place_or(self, before: Place) -> Place:
        try:
            self._plain.skip_blank()
            return self._plain.place()
        except Damaged:  # it will be told when the next record is wanted
            return before

    def _next(self) -> Record | TooLarge | Damage | None:
        plain = self._plain
        plain.skip_blank()
        begin = plain.peek(len(_MAGIC))
        if not begin:
            return Damage(place=self.place, why=_CUT, torn=True) if plain.torn else None
        place = self.place = plain.place()
        if begin != _MAGIC:
            return self._search(place)
        end, gap = self._end_of_head()
        if end < 0:
            if len(plain.peek(_LONGEST_HEAD)) < _LONGEST_HEAD:
                return Damage(place=place, why=_CUT, torn=True)
            plain.skip(len(_MAGIC) + 1)
            return self._search(place, "the record's head does not end")
        head = plain.peek(end)
        fields = read_fields(head)
        length = fields.get("content-length", "")
        if not (length.isascii() and length.isdigit()):
            plain.skip(end)
            return self._search(place, "the record does not say its length")
        plain.skip(end + gap)
        return self._content(place, head, fields, int(length))

    def _end_of_head(self) -> tuple[int, int]:
        """Where the head ends, and how long the gap behind it is: some programs leave out the carriage returns."""
        end = self._plain.find(b"\r\n\r\n", _LONGEST_HEAD)
        bare = self._plain.peek(end if end >= 0 else _LONGEST_HEAD).find(b"\n\n")
        return (end, 4) if bare < 0 else (bare, 2)

    def _content(self, place: Place, head: bytes, fields: Mapping[str, str], length: int) -> Record | TooLarge | Damage:
        if length > LARGEST:
            if self._plain.skip(length) < length:
                return Damage(place=place, why=_CUT, torn=True)
            return TooLarge(place=place, fields=fields, size=length)
        block = self._plain.take(length)
        if len(block) < length:
            return Damage(place=place, why=_CUT, torn=True)
        return Record(place=place, head=head, fields=fields, block=block)

    def _search(self, place: Place, why: str = "what follows is no WARC record") -> Damage:
        """Go on at the next line that begins a record."""
        if _MAGIC.startswith(self._plain.peek(len(_MAGIC))):  # the last bytes of the file
            return Damage(place=place, why=_CUT, torn=True)
        if self._first:
            raise NoWarc("it does not begin with a WARC record")
        while True:
            found = self._plain.find(b"\n" + _MAGIC, _LONGEST_HEAD)
            if found >= 0:
                self._plain.skip(found + 1)
                break
            if self._plain.skip(_LONGEST_HEAD - len(_MAGIC)) < _LONGEST_HEAD - len(_MAGIC):
                break
        return Damage(place=place, why=why)


_CUT = "it ends in the middle of a record"


def read_fields(head: bytes) -> dict[str, str]:
    """The named fields of a WARC head, the first line left out."""
    fields: dict[str, str] = {}
    name = ""
    for line in head.decode("utf-8", "replace").split("\n")[1:]:
        if line[:1] in (" ", "\t") and name:  # a folded line
            fields[name] += " " + line.strip()
            continue
        name, colon, value = line.partition(":")
        name = name.strip().lower()
        if not colon or name in fields:
            name = ""
            continue
        fields[name] = value.strip()
    return fields
