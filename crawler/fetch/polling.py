"""When a document that lists pages is read again. Pure decisions; the ledger keeps the answer.

A document is asked after an eighth of the time for which it has brought nothing new: every night for the first week
of silence, every second night after a fortnight. So a new page in it is seen at most an eighth late of what one
had waited for it anyway, and no later than its kind's bound. A front page is read in every run.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from archive.ledger import Entry, Verdict
from archive.times import parse_stamp
from archive.types import Kind, Link, State

#: The longest wait of each kind. 20 hours: read every night, also by a night that begins somewhat earlier.
BOUNDS = {
    Kind.FRONT: timedelta(0),
    Kind.FEED: timedelta(hours=20),
    Kind.SECTION: timedelta(days=3),
    Kind.SITEMAP: timedelta(days=30),
}
#: A sitemap of sitemaps says by its dates which of them changed: as good as a feed.
INDEX_BOUND = BOUNDS[Kind.FEED]
#: Share of its silence that a document is left alone.
SHARE = 8
#: Waits shorter than this are none.
_SOON = timedelta(minutes=15)
#: A document whose newest entry is older when it is first met is one of past months, silent since then.
_PAST = timedelta(days=30)
#: A date without a time may be written anywhere on earth: that day is not over everywhere before then.
_DAY_ENDS = timedelta(hours=36)
#: Failures that come with the site's own word on when to ask again.
_PATIENCE = ("http-429", "http-503")


def document_due(kind: Kind, quiet_since: datetime, now: datetime, *, is_index: bool = False) -> datetime:
    """When to ask again a document that brought something new last at ``quiet_since``."""
    bound = INDEX_BOUND if is_index else BOUNDS[kind]
    wait = min((now - quiet_since) / SHARE, bound)
    return now if wait < _SOON else (now + wait).replace(microsecond=0)


def quiet_since(entry: Entry, now: datetime, *, fresh: int, newest: datetime | None) -> datetime | None:
    """Since when a document that was just read is silent; None: as it was.

    ``fresh``: pages listed in it that this run is the first to meet. ``newest``: the latest date that it gives.
    """
    if entry.yielded_at is not None:
        return now if fresh else None
    return newest if newest is not None and now - newest > _PAST else now


def newest_of(links: Iterable[Link], now: datetime) -> datetime | None:
    """The latest date not in the future that a document gives for what it lists; None: it gives none."""
    stamps = (parse_stamp(link.hint.published) or parse_stamp(link.hint.modified) for link in links)
    return max((stamp for stamp in stamps if stamp is not None and stamp <= now), default=None)


def poll_again(entry: Entry, verdict: Verdict, now: datetime) -> Verdict:
    """A verdict on a document with the time at which it is due."""
    since = verdict.yielded_at or entry.yielded_at or entry.first_seen_at
    is_index = entry.is_index if verdict.is_index is None else verdict.is_index
    usual = document_due(entry.kind, since, now, is_index=is_index)
    if verdict.state is State.FAILED:
        if verdict.reason in _PATIENCE:
            return verdict
        bound = now + max(BOUNDS[Kind.FEED], usual - now)
        return replace(verdict, due_at=min(verdict.due_at or bound, bound))
    if verdict.state is State.REFUSED or verdict.reason == "no sitemap":
        return verdict
    return replace(verdict, due_at=usual)


def is_due(entry: Entry, now: datetime, *, said_modified: str | None = None) -> bool:
    """Whether to ask for a document now. ``said_modified``: its last change as a sitemap of sitemaps has it."""
    if entry.kind is Kind.FRONT or (entry.due_at is not None and entry.due_at <= now):
        return True
    return entry.fetched_at is not None and _changed_since(said_modified, entry.fetched_at)


def _changed_since(said: str | None, read_at: datetime) -> bool:
    stamp = parse_stamp(said)
    if said is None or stamp is None:
        return False
    whole_day = len(said.strip()) <= len("2026-11-22")
    return stamp + (_DAY_ENDS if whole_day else timedelta(0)) > read_at.astimezone(UTC)
