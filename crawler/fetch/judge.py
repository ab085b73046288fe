"""An answer's status, or what went wrong instead of one → what that makes of the URL. Pure decisions."""

from __future__ import annotations

import gzip
import zlib
from datetime import datetime, timedelta

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

from archive.encodings import Unpackable
from archive.ledger import Entry, Verdict
from archive.types import Kind, Outcome, State
from crawler.fetch.backoff import PATIENCE, read_retry_after
from crawler.fetch.checkpoint import BadCertificate
from crawler.fetch.guard import PRIVATE, Refused
from crawler.fetch.reservations import RIGHTS
from crawler.fetch.revisit import article_due, failure_due, gone_due
from crawler.fetch.robots import ROBOTS, UNREACHABLE
from crawler.rendering import RenderingFailed

#: What a page of a site that wants to be left alone is given when it does not say for how long.
_DEFAULT_WAIT = timedelta(hours=1)
#: Pages whose robots.txt forbids them are looked at again when it may have changed.
_ROBOTS_AGAIN = timedelta(days=7)

#: Addresses of a pattern that gave no articles, likewise.
_TRAP_AGAIN = timedelta(days=30)

TRAP = "trap"
NO_SITEMAP = "no sitemap"
SAME_BODY = "same-body"

_FAULTS: tuple[tuple[type[BaseException], str, str], ...] = (
    (CannotResolveHostError, "dns", "the host name does not resolve"),
    (DownloadTimeoutError, "timeout", "no whole answer in the time allowed"),
    (DownloadConnectionRefusedError, "connection-refused", "the host accepts no connection"),
    (DownloadCancelledError, "too-large", "the answer is larger than allowed"),
    (ResponseDataLossError, "cut-short", "the connection ended before the answer did"),
    (UnsupportedURLSchemeError, "scheme", "not http or https"),
    (BadCertificate, "certificate", ""),
    (DownloadFailedError, "network", ""),
    (Unpackable, "bad-encoding", ""),
    (zlib.error, "bad-encoding", ""),
    (gzip.BadGzipFile, "bad-encoding", ""),
    (EOFError, "bad-encoding", ""),
    (ValueError, "bad-redirect", ""),  # an address that is none, in a Location header
)

#: Errors whose text is written for the operator.
_OUR_WORDS = (BadCertificate, Unpackable)


def _outcome(entry: Entry, outcome: Outcome) -> Outcome | None:
    return outcome if entry.kind is Kind.PAGE else None


def unchanged(entry: Entry, now: datetime, capture_id: int | None) -> Verdict:
    """304: what we have is still what they have; unless we have nothing."""
    if entry.state not in (State.KEPT, State.READ):
        return Verdict(
            state=State.FAILED,
            outcome=_outcome(entry, Outcome.FAILED),
            reason="unexpected-304",
            due_at=failure_due(entry.attempts, now),
            answered=False,
        )
    page = entry.kind is Kind.PAGE
    return Verdict(
        state=entry.state if page else State.READ,
        outcome=_outcome(entry, Outcome.UNCHANGED),
        reason="http-304",
        due_at=article_due(entry.first_seen_at, now, entry.rhythm) if page else now,
        capture_id=None if page else capture_id,
    )


def refused_status(entry: Entry, status: int, now: datetime, *, retry_after: str | None = None) -> Verdict:
    """Any status but 200 and 304."""
    if status in (404, 410):
        return Verdict(
            state=State.GONE,
            outcome=_outcome(entry, Outcome.GONE),
            reason=f"http-{status}",
            due_at=gone_due(entry.first_seen_at, now, entry.rhythm),
        )
    wait = parse_retry_after(retry_after, now) if status in PATIENCE else None
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


def trapped(entry: Entry, why: str, now: datetime) -> Verdict:
    """One address too many of a pattern that gives no articles; its like is looked at again in a month."""
    return Verdict(
        state=State.REFUSED,
        outcome=_outcome(entry, Outcome.REFUSED),
        reason=TRAP,
        detail=why,
        due_at=now + _TRAP_AGAIN,
        answered=False,
    )


def too_many_documents(now: datetime) -> Verdict:
    """A feed, sitemap or section beyond what is read of one source; its turn may come in the next run."""
    return Verdict(state=State.REFUSED, outcome=None, reason="too-many-documents", due_at=now, answered=False)


def parse_retry_after(value: str | None, now: datetime) -> timedelta:
    """RFC 9110 section 10.2.3: seconds or a date; an hour if absent or unreadable, never more than a week."""
    wait = read_retry_after(value, now)
    return _DEFAULT_WAIT if wait is None else wait


def no_answer(entry: Entry, error: BaseException, now: datetime) -> Verdict:
    """Nothing came back, or nothing was asked."""
    if isinstance(error, Refused):
        passing = (UNREACHABLE, PRIVATE)  # names are put right, and sites come back
        again = dict.fromkeys(passing, failure_due(entry.attempts, now))
        again |= dict.fromkeys((ROBOTS, RIGHTS), now + _ROBOTS_AGAIN)
        return Verdict(
            state=State.REFUSED,
            outcome=_outcome(entry, Outcome.REFUSED),
            reason=error.reason,
            detail=error.detail or None,
            due_at=again.get(error.reason),
            answered=error.reason not in passing,
        )
    reason, detail = _what_happened(error)
    said = " ".join(str(error).split())[:200]
    if not isinstance(error, _OUR_WORDS):
        said = f"{type(error).__name__}: {said}"
    return Verdict(
        state=State.FAILED,
        outcome=_outcome(entry, Outcome.FAILED),
        reason=reason,
        detail=detail or said,
        due_at=failure_due(entry.attempts, now),
        answered=False,
    )


def no_rendering(entry: Entry, error: RenderingFailed, now: datetime) -> Verdict:
    """The browser made nothing of a page: asked for again as an article would be, at once if the browser was lost."""
    lost = error.reason == "browser-lost"
    return Verdict(
        state=State.FAILED,
        outcome=_outcome(entry, Outcome.FAILED),
        reason=error.reason,
        detail=error.detail or None,
        due_at=now if lost else article_due(entry.first_seen_at, now, entry.rhythm),
    )


def _what_happened(error: BaseException) -> tuple[str, str]:
    """A reason and, where the error itself does not tell it better, a detail."""
    if isinstance(error, IgnoreRequest):
        if "DOWNLOAD_MAXSIZE" in str(error):
            return "too-large", "the answer is larger than allowed when unpacked"
        return "redirects", "too many redirects, or a loop"
    return next(((reason, detail) for kind, reason, detail in _FAULTS if isinstance(error, kind)), ("error", ""))
