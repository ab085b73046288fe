"""A run, and which of its pages → the addresses behind a number, with what became of each."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from archive.types import Outcome

if TYPE_CHECKING:
    from sqlite_utils import Database

#: Addresses of one page of the list.
PAGE = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """An address that a run had something to do with."""

    id: int
    url: str
    source: str
    outcome: Outcome
    reason: str | None
    #: The article that it is, or is another address of; None: it is none.
    article_id: str | None


def entries_of(
    db: Database, run: int, *, outcome: str | None, source: str | None, reason: str | None, after: int
) -> list[Entry]:
    """The next ``PAGE`` addresses behind ``after``, in the order in which they were met."""
    rows = db.query(
        """
        select u.id, u.url, r.source, r.outcome, r.reason, u.article_id
        from run_urls r join urls u on u.id = r.url_id
        where r.run_id = :run and r.url_id > :after and (:outcome is null or r.outcome = :outcome)
          and (:source is null or r.source = :source) and (:reason is null or r.reason = :reason)
        order by r.url_id limit :most
        """,
        {"run": run, "after": after, "outcome": outcome, "source": source, "reason": reason, "most": PAGE},
    )
    return [Entry(**row | {"outcome": Outcome(row["outcome"])}) for row in rows]
