"""A run, and which of its pages → the addresses behind a number, with what became of each."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from archive.record import CAPTURE, PLACED, capture_from_row
from archive.types import CaptureRef, Outcome

if TYPE_CHECKING:
    from sqlite_utils import Database

#: Addresses of one page of the list.
PAGE = 100
#: Addresses read at a time where all are wanted.
_AT_ONCE = 5000


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
    #: The raw answer that the run got last; None: it got none.
    capture: CaptureRef | None


def entries_of(
    db: Database,
    run: int,
    *,
    outcome: str | None,
    source: str | None,
    reason: str | None,
    after: int,
    most: int = PAGE,
) -> list[Entry]:
    """The next ``most`` addresses behind ``after``, in the order in which they were met.

    ``outcome``: one, or several with commas between them.
    """
    rows = db.query(
        f"""
        select u.id, u.url, r.source, r.outcome, r.reason, u.article_id, {CAPTURE}
        from run_urls r join urls u on u.id = r.url_id
        left join captures c on c.id = (select max(id) from captures where url_id = u.id and run_id = r.run_id)
        {PLACED}
        where r.run_id = :run and r.url_id > :after
          and (:outcome is null or instr(',' || :outcome || ',', ',' || r.outcome || ',') > 0)
          and (:source is null or r.source = :source) and (:reason is null or r.reason = :reason)
        order by r.url_id limit :most
        """,  # noqa: S608 (column names of our own)
        {"run": run, "after": after, "outcome": outcome, "source": source, "reason": reason, "most": most},
    )
    return [
        Entry(
            id=row["id"],
            url=row["url"],
            source=row["source"],
            outcome=Outcome(row["outcome"]),
            reason=row["reason"],
            article_id=row["article_id"],
            capture=capture_from_row(row),
        )
        for row in rows
    ]


def iter_entries(
    db: Database, run: int, *, outcome: str | None, source: str | None, reason: str | None
) -> Iterator[Entry]:
    """All addresses behind a number, in the same order."""
    after = 0
    while found := entries_of(db, run, outcome=outcome, source=source, reason=reason, after=after, most=_AT_ONCE):
        yield from found
        after = found[-1].id
