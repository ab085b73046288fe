"""The chosen → articles as values, for the formats that are no tables."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from archive.export.chosen import article_columns, iter_rows
from archive.record import OF_A_CAPTURE, STORY, StoredArticle, article_from_row

if TYPE_CHECKING:
    from sqlite_utils import Database

_OF_THE_TIME = ("revision", "first_seen_at", "last_seen_at", "gone_at")


def iter_records(db: Database) -> Iterator[StoredArticle]:
    """The chosen, in order, as they were."""
    cells = {name: f"a.{name}" for name in article_columns(db)} | OF_A_CAPTURE
    cells |= {name: f"h.{name}" for name in _OF_THE_TIME} | {"story": STORY}
    for _, *values in iter_rows(db, ", ".join(cells.values())):
        yield article_from_row(dict(zip(cells, values, strict=True)))
