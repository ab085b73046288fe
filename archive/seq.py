"""A moment → the numbers that articles of that second have as ``seq``.

``seq`` is the row's key in ``articles`` and in its full-text index, so newest-first needs no sort and a
range of dates is a range of keys. It is the article's second (published, else first seen) since 1970,
negative before it, times 65,536, plus a counter that tells articles of one second apart.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sqlite_utils import Database

#: Room for the counter: this many articles share a second before the next second's numbers are used.
SLOTS_PER_SECOND = 1 << 16

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_SECOND = timedelta(seconds=1)


def seq_floor(moment: datetime) -> int:
    """The lowest ``seq`` of the second that ``moment`` (aware) lies in.

    Articles from a moment on have ``seq >= seq_floor(moment)``, those before it ``seq < seq_floor(moment)``.
    """
    return ((moment - _EPOCH) // _SECOND) * SLOTS_PER_SECOND


def of_second(seq: int, moment: datetime) -> bool:
    """Whether a ``seq`` is one of the second that ``moment`` lies in."""
    return 0 <= seq - seq_floor(moment) < SLOTS_PER_SECOND


def second_of(seq: int) -> datetime:
    """The second that a ``seq`` is of."""
    return _EPOCH + (seq // SLOTS_PER_SECOND) * _SECOND


def next_seq(db: Database, moment: datetime) -> int:
    """A free ``seq`` of that second, so that the newest-first listing is the table's own order."""
    floor = seq_floor(moment)
    while True:
        (last,) = db.execute(
            "select max(seq) from articles where seq between ? and ?",
            [floor, floor + SLOTS_PER_SECOND - 1],
        ).fetchone()
        if last is None:
            return floor
        if last < floor + SLOTS_PER_SECOND - 1:
            return int(last) + 1
        floor += SLOTS_PER_SECOND


def day_of(seq: int) -> int:
    """The day since 1970, in UTC, that an article with this ``seq`` lies in."""
    return seq // (86_400 * SLOTS_PER_SECOND)
