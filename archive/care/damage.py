"""What a check of an archive names: a fault, where it is, whose it is, and whether it could be mended."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

#: Told how far a check has got: what it is at, done, of how many.
Progress = Callable[[str, int, int], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Damage:
    """One fault."""

    #: ``database``, ``index``, ``warc``, ``ledger``, ``article``, ``story`` or ``takedown``.
    kind: str
    #: File, offset, table and row: whatever is known.
    where: str
    #: In words.
    what: str
    #: Title and id of the article that is concerned; None: none is, as far as known.
    article: str | None = None
    #: What would mend it, or has: a way of ``archive/care/repair.py``; None: nothing here can.
    mend: str | None = None
    mended: bool = False


def silent(_what: str, _done: int, _of: int) -> None:
    """Nobody is told."""
