"""When a URL is due again. Pure decisions; the ledger keeps the answer."""

from __future__ import annotations

from datetime import datetime, timedelta

from archive.types import Reason

#: Ages, counted from when an article was first seen, at which it is asked for again: edits come early.
AGES = (
    timedelta(hours=1),
    timedelta(hours=6),
    timedelta(days=1),
    timedelta(days=7),
    timedelta(days=30),
)
#: Refusals of a page that tonight's circumstances may explain; others are the page's nature.
_PASSING = frozenset(
    {
        Reason.EMPTY,
        Reason.SOFT_404,
        Reason.CONSENT_WALL,
        Reason.LOGIN_WALL,
        Reason.BLOCKED,
        Reason.CUT_SHORT,
        Reason.TIMED_OUT,
    }
)
_FIRST_RETRY = timedelta(hours=1)
_LAST_RETRY = timedelta(days=7)
_GIVE_UP_AFTER = 10


def article_due(first_seen_at: datetime, now: datetime) -> datetime | None:
    """The next age not yet reached; None past the last: the article is considered settled."""
    return next((first_seen_at + age for age in AGES if first_seen_at + age > now), None)


def failure_due(attempts: int, now: datetime, *, asked_to_wait: timedelta | None = None) -> datetime | None:
    """After the ``attempts``-th failure in a row: 1 h, 2 h, 4 h … 7 d, then never; or as long as the site asks."""
    if asked_to_wait is not None:
        return now + asked_to_wait
    if attempts >= _GIVE_UP_AFTER:
        return None
    wait: timedelta = _FIRST_RETRY * 2**attempts
    return now + min(wait, _LAST_RETRY)


def rejection_due(reason: Reason, first_seen_at: datetime, now: datetime) -> datetime | None:
    """Refused for a passing reason: as an article would be; else never (re-cleaning works from the capture)."""
    return article_due(first_seen_at, now) if reason in _PASSING else None


def gone_due(first_seen_at: datetime, now: datetime) -> datetime | None:
    """A vanished page is looked for on the same schedule: some come back."""
    return article_due(first_seen_at, now)
