"""What is wanted → the chosen."""

from __future__ import annotations

from typing import TYPE_CHECKING

from archive.export.asof import choose_as_of
from archive.export.chosen import choose
from archive.export.revisions import add_earlier_texts
from archive.export.sample import Drawn, draw
from archive.export.since import leave_out_what_was_had
from archive.export.wanted import Wanted

if TYPE_CHECKING:
    from sqlite_utils import Database


def choose_wanted(db: Database, wanted: Wanted, *, default_sort: str = "oldest") -> list[Drawn]:
    """Put on the list what is wanted → the strata of the sample, if there is one."""
    if wanted.instant is None:
        choose(db, wanted.query, default_sort=default_sort)
    else:
        choose_as_of(db, wanted.query, wanted.instant)
    if wanted.since:
        leave_out_what_was_had(db, wanted.since)
    drawn = draw(db, wanted.sample) if wanted.sample else []
    if wanted.history:
        add_earlier_texts(db)
    return drawn
