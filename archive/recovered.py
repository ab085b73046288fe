"""What a killed run left in the WARC files, and what the start after it did with that: noted with the run, in words."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sqlite_utils import Database


@dataclass(frozen=True, slots=True, kw_only=True)
class Recovered:
    """What was left, and what was done with it."""

    #: Whole captures that no row pointed at; now they have one.
    captures: int = 0
    #: Pages that are now waiting to be cleaned, not fetched again: among those captures, or rows left half done.
    pages: int = 0
    #: Bytes of half-written records that were cut off.
    torn_bytes: int = 0
    #: Bytes that rows vouch for and that are not there: no kill does that, but a disk that loses what it was given.
    lost_bytes: int = 0
    #: The files that were torn, or are short.
    files: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.captures or self.pages or self.torn_bytes or self.lost_bytes)

    def __str__(self) -> str:
        """In words, for logs and lists."""
        return "; ".join(_told(self))


def _told(found: Recovered) -> Iterator[str]:
    where = f" of {', '.join(found.files)}" if found.files else ""
    yield f"{_many(found.captures, 'capture')} taken in"
    yield f"{_many(found.pages, 'page')} to clean, not to fetch"
    yield f"{_many(found.torn_bytes, 'byte')} cut off{where if found.torn_bytes else ''}"
    if found.lost_bytes:
        yield f"{_many(found.lost_bytes, 'byte')}{where} lost, with the captures in them"


def _many(number: int, what: str) -> str:
    return f"{number:,} {what}{'' if number == 1 else 's'}"


def note_recovered(db: Database, run: int, found: Recovered) -> None:
    """Write what was found down with the run that left it, beside what was found of it before."""
    (known,) = db.execute("select recovered from runs where id = ?", [run]).fetchone()
    before = recovered_from(known) or Recovered()
    sums = {name: getattr(before, name) + value for name, value in asdict(found).items()}
    db.execute("update runs set recovered = ? where id = ?", [json.dumps(sums), run])


def recovered_from(text: str | None) -> Recovered | None:
    """The reverse: from a run's column; None: nothing was noted."""
    if text is None:
        return None
    told: dict[str, Any] = json.loads(text)
    return Recovered(**(told | {"files": tuple(told["files"])}))
