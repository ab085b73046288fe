"""Where a reader of a long list is → a short text, good for an address; and back.

A cursor says what was last shown, not how many: articles that come meanwhile move nothing, and none is shown twice.
It is good for the search that it came from, in that order, and for no other.
"""

from __future__ import annotations

import binascii
import hashlib
from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass, replace

from archive.errors import BadQuery
from archive.query import Query


@dataclass(frozen=True, slots=True)
class Cursor:
    """A place in the list of a Query."""

    #: ``seq`` for newest and oldest; grade and ``seq`` where grades come first; every ``seq`` that was shown by bm25.
    place: tuple[int, ...]
    #: How the list was in order: ``newest``, ``oldest``, ``graded`` or ``scored``.
    order: str


_ORDERS = {"newest": "n", "oldest": "o", "graded": "g", "scored": "s"}


def write_cursor(cursor: Cursor, query: Query) -> str:
    """The text of a cursor."""
    numbers = b",".join(b"%x" % number if number >= 0 else b"-%x" % -number for number in _steps(cursor.place))
    packed = f"{_ORDERS[cursor.order]}{_mark(query)}".encode() + numbers
    return urlsafe_b64encode(packed).rstrip(b"=").decode()


def read_cursor(text: str, query: Query) -> Cursor:
    """The cursor of a text. Raises BadQuery if it is none, or of another search."""
    try:
        packed = urlsafe_b64decode(text.encode("ascii") + b"=" * (-len(text) % 4)).decode("ascii")
        order = {letter: name for name, letter in _ORDERS.items()}[packed[:1]]
        mark, numbers = packed[1:9], [int(each, 16) for each in packed[9:].split(",")]
    except (ValueError, KeyError, binascii.Error) as error:
        raise BadQuery(f"{text[:80]!r} is no cursor; use one that a search gave, or leave it out") from error
    if mark != _mark(query):
        raise BadQuery("the cursor belongs to another search; leave it out to begin anew")
    return Cursor(tuple(_sums(numbers)), order)


def _mark(query: Query) -> str:
    """Eight digits that tell searches apart."""
    return hashlib.sha256(replace(query, limit=None).spelling.encode(errors="replace")).hexdigest()[:8]


def _steps(place: tuple[int, ...]) -> list[int]:
    """Numbers near one another → the first, and how far it is from each to the next."""
    return [number - before for number, before in zip(place, (0, *place), strict=False)]


def _sums(steps: list[int]) -> list[int]:
    sums: list[int] = []
    for step in steps:
        sums.append(step + (sums[-1] if sums else 0))
    return sums
