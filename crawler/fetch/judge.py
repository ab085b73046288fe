"""An answer's status, or what went wrong instead of one → what that makes of the URL. Pure decisions."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

from scrapy.exceptions import (
    CannotResolveHostError,
    DownloadCancelledError,
    DownloadConnectionRefusedError,
    DownloadFailedError,
    DownloadTimeoutError,
    IgnoreRequest,
    ResponseDataLossError,
    UnsupportedURLSchemeError,
)

from archive.ledger import Entry, Verdict
from archive.types import Kind, Outcome, State
from crawler.fetch.guard import Refused
from crawler.fetch.revisit import article_due, failure_due, gone_due

#: What a site that wants to be left alone is given when it does not say for how long, and at most.
_DEFAULT_WAIT = timedelta(hours=1)
_LONGEST_WAIT = timedelta(days=7)
#: Pages whose robots.txt forbids them are looked at again when it may have changed.
_ROBOTS_AGAIN = timedelta(days=7)

ROBOTS = "robots.txt"
ASKED_TO_WAIT = "asked to wait"
NO_SITEMAP = "no sitemap"

_NETWORK = (
    (CannotResolveHostError, "dns", "the host name does not resolve"),
    (DownloadTimeoutError, "timeout", "no whole answer in the time allowed"),
    (DownloadConnectionRefusedError, "connection-refused", "the host accepts no connection"),
    (DownloadCancelledError, "too-large", "the answer is larger than allowed"),
    (ResponseDataLossError, "cut-short", "the connection ended before the answer did"),
    (UnsupportedURLSchemeError, "scheme", "not http or https"),
    (DownloadFailedError, "network", ""),
)


def _outcome(entry: Entry, outcome: Outcome) -> Outcome | None:
    return outcome if entry.kind is Kind.PAGE else None


def unchanged(entry: Entry, now: datetime, capture_id: int | None) -> Verdict:
    """304: what we have is still what they have."""
    page = entry.kind is Kind.PAGE
    return Verdict(
        state=entry.state if page else State.READ,
        outcome=_outcome(entry, Outcome.UNCHANGED),
        reason="http-304",
        due_at=article_due(entry.first_seen_at, now) if page else now,
        capture_id=None if page else capture_id,
    )


def refused_status(entry: Entry, status: int, now: datetime, *, retry_after: str | None = None) -> Verdict:
    """Any status but 200 and 304."""
    if status in (404, 410):
        return Verdict(
            state=State.GONE,
            outcome=_outcome(entry, Outcome.GONE),
            reason=f"http-{status}",
            due_at=gone_due(entry.first_seen_at, now),
        )
    wait = parse_retry_after(retry_after, now) if status in (429, 503) else None
    return Verdict(
        state=State.FAILED,
        outcome=_outcome(entry, Outcome.FAILED),
        reason=f"http-{status}",
        detail=f"asked to wait {wait}" if wait else None,
        due_at=failure_due(entry.attempts, now, asked_to_wait=wait),
        answered=False,
    )


def no_sitemap(now: datetime) -> Verdict:
    """The guess that there might be a sitemap at the usual place was wrong; looked at again in a month."""
    return Verdict(state=State.READ, outcome=None, reason=NO_SITEMAP, due_at=now + timedelta(days=30))


def parse_retry_after(value: str | None, now: datetime) -> timedelta:
    """RFC 9110 section 10.2.3: seconds or a date; an hour if absent or unreadable, never more than a week."""
    wait = _DEFAULT_WAIT
    if value and value.strip().isascii() and value.strip().isdigit():
        wait = timedelta(seconds=min(int(value), 10**9))
    elif value:
        try:
            when = parsedate_to_datetime(value)
            wait = when.replace(tzinfo=when.tzinfo or UTC) - now
        except (ValueError, TypeError):
            pass
    return min(max(wait, timedelta(0)), _LONGEST_WAIT)


def no_answer(entry: Entry, error: BaseException, now: datetime) -> Verdict:
    """Nothing came back, or nothing was asked."""
    if isinstance(error, Refused):
        return Verdict(
            state=State.REFUSED, outcome=_outcome(entry, Outcome.REFUSED), reason=error.reason, detail=error.detail
        )
    if isinstance(error, IgnoreRequest):
        if "robots" in str(error):
            return Verdict(
                state=State.REFUSED,
                outcome=_outcome(entry, Outcome.REFUSED),
                reason=ROBOTS,
                due_at=now + _ROBOTS_AGAIN,
            )
        reason, detail = "redirects", "too many redirects, or a loop"
    else:
        reason, detail = next(((r, d) for kind, r, d in _NETWORK if isinstance(error, kind)), ("error", ""))
    said = " ".join(str(error).split())[:200]
    return Verdict(
        state=State.FAILED,
        outcome=_outcome(entry, Outcome.FAILED),
        reason=reason,
        detail=detail or f"{type(error).__name__}: {said}",
        due_at=failure_due(entry.attempts, now),
        answered=False,
    )
