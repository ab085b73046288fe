"""When a page is due again. Pure decisions; the ledger keeps the answer."""

from __future__ import annotations

from datetime import datetime, timedelta

from archive.rhythm import NO_RHYTHM, Rhythm
from archive.types import Reason

#: Ages, counted from when an article was first seen or last found changed, at which it is asked for again: edits
#: come early, and where one was, the next is near.
AGES = (
    timedelta(hours=1),
    timedelta(hours=6),
    timedelta(days=1),
    timedelta(days=7),
    timedelta(days=30),
)
#: The same for a live blog.
LIVE_AGES = (
    timedelta(minutes=15),
    timedelta(minutes=30),
    timedelta(hours=1),
    timedelta(hours=2),
    timedelta(hours=4),
    timedelta(hours=8),
    *AGES[2:],
)
#: The same for an article of a source where nothing ever changes. Some visits remain, to notice when that ends.
STEADY_AGES = (timedelta(days=1), timedelta(days=30))
#: Visits in a row without a change that make a source one where nothing ever changes: at one change in thirty visits
#: a source is mistaken for one once in thirty times.
STEADY = 100
#: Changes after which an article's ages no longer start anew: a page that is different at every visit has moving
#: parts rather than edits.
RESTARTS = 10
#: Share of an age at which it counts as reached. A night never begins to the second when the last one did: without
#: this an article would be asked for on the first night, and for the sake of two seconds on the second again.
_REACHED = 0.9
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
        Reason.RIGHTS,
    }
)
_FIRST_RETRY = timedelta(hours=1)
_LAST_RETRY = timedelta(days=7)
_GIVE_UP_AFTER = 10


def article_due(first_seen_at: datetime, now: datetime, rhythm: Rhythm = NO_RHYTHM) -> datetime | None:
    """The next age not yet reached; None past the last: the article is considered settled."""
    start = counted_from(first_seen_at, rhythm)
    return next((start + age for age in ages_of(rhythm) if start + _REACHED * age > now), None)


def counted_from(first_seen_at: datetime, rhythm: Rhythm) -> datetime:
    """The instant from which an article's ages count: its last change, else when it was first seen."""
    if rhythm.changed_at is None or (rhythm.changes > RESTARTS and not rhythm.live):
        return first_seen_at
    return max(first_seen_at, rhythm.changed_at)


def ages_of(rhythm: Rhythm) -> tuple[timedelta, ...]:
    """The ages at which such an article is asked for."""
    if rhythm.live:
        return LIVE_AGES
    return STEADY_AGES if rhythm.steady >= STEADY and not rhythm.changes else AGES


def failure_due(attempts: int, now: datetime, *, asked_to_wait: timedelta | None = None) -> datetime | None:
    """After the ``attempts``-th failure in a row: 1 h, 2 h, 4 h … 7 d, then never; or as long as the site asks."""
    if asked_to_wait is not None:
        return now + asked_to_wait
    if attempts >= _GIVE_UP_AFTER:
        return None
    wait: timedelta = _FIRST_RETRY * 2**attempts
    return now + min(wait, _LAST_RETRY)


def rejection_due(
    reason: Reason, first_seen_at: datetime, now: datetime, rhythm: Rhythm = NO_RHYTHM
) -> datetime | None:
    """Refused for a passing reason: as an article would be; else never (re-cleaning works from the capture)."""
    return article_due(first_seen_at, now, rhythm) if reason in _PASSING else None


def gone_due(first_seen_at: datetime, now: datetime, rhythm: Rhythm = NO_RHYTHM) -> datetime | None:
    """A vanished page is looked for on the same schedule: some come back."""
    return article_due(first_seen_at, now, rhythm)
