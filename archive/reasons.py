"""The ledger's states, outcomes and reasons → plain words."""

from __future__ import annotations

import re
from http import HTTPStatus

from archive.types import Outcome, Reason, State, Via

_SEEN = {
    Via.FEED: "listed by the feed",
    Via.SITEMAP: "listed by the sitemap",
    Via.FRONT: "linked from the front page",
    Via.SECTION: "linked from the section page",
    Via.GIVEN: "named by the operator",
    Via.ARCHIVE: "held by the archive",
    Via.REVISIT: "asked again by its own schedule",
}
_HAPPENED: dict[str, str] = {
    "asked": "asked for",
    "to-render": "given to a browser, to run its scripts",
    "rendered": "rendered in a browser, and what it made was kept beside the answer",
    State.FOUND: "found",
    State.CAPTURED: "answered, and its raw page was kept",
    State.KEPT: "kept as an article",
    State.READ: "read for its links",
    Outcome.NEW: "kept as a new article",
    Outcome.UPDATED: "its text had changed",
    Outcome.UNCHANGED: "asked again: the same text",
    Outcome.KNOWN: "known and not due, so not asked",
    Outcome.DUPLICATE: "another address of an article that is kept already",
    Outcome.REJECTED: "not kept",
    Outcome.REFUSED: "not asked for",
    Outcome.FAILED: "failed",
    Outcome.GONE: "gone",
    Outcome.WAITING: "left for a later run",
}
_STANDS: dict[State, str] = {
    State.FOUND: "waiting to be asked for",
    State.CAPTURED: "its raw page is kept and waits to be cleaned",
    State.KEPT: "an article of the archive",
    State.DUPLICATE: "another address of an article of the archive",
    State.REJECTED: "fetched, and not kept",
    State.REFUSED: "not asked for",
    State.FAILED: "asked for, without a usable answer",
    State.GONE: "gone from the site",
    State.READ: "a document that is read for its links, not an article",
}
_REASONS: dict[str, str] = {
    Reason.EMPTY: "there was no text in it",
    Reason.NOT_HTML: "it is no web page",
    Reason.INDEX_PAGE: "a page of links, not an article",
    Reason.NOT_ARTICLE: "a page of another kind than an article",
    Reason.TOO_SHORT: "hardly any text",
    Reason.SOFT_404: "the page itself says that nothing is there, though its status is 200",
    Reason.CONSENT_WALL: "it asked for consent instead of showing the article",
    Reason.LOGIN_WALL: "it asked for a login instead of showing the article",
    Reason.NEEDS_JAVASCRIPT: "the article only appears in a browser that runs JavaScript",
    Reason.BLOCKED: "the site took us for a bot, or denied access",
    Reason.CUT_SHORT: "the answer ended before it was complete",
    Reason.UNREADABLE: "it could not be read",
    Reason.TIMED_OUT: "cleaning it took longer than allowed",
    Reason.RIGHTS: "it reserves what the operator respects",
    Reason.CRASHED: "cleaning it failed: a fault of nightdesk's",
    "robots.txt": "the site's robots.txt forbids it",
    "off-site": "it leads to another site",
    "taken-down": "it was taken down from this archive, and is refused since",
    "scheme": "it is neither http nor https",
    "private-address": "it leads into a private network or to this machine, and is not allowed",
    "trap": "too many addresses of its pattern turned out to be no articles",
    "too-many-documents": "its newspaper has more feeds, sitemaps and sections than are read in one run",
    "robots-unreachable": "the site's robots.txt could not be read, so nothing is asked for",
    "url-too-long": "its address is longer than any article's",
    "redirects": "too many redirects, or a loop of them",
    "bad-redirect": "it redirects to what is no address",
    "dns": "its host was not found",
    "timeout": "no whole answer came in the time allowed",
    "connection-refused": "its host accepted no connection",
    "too-large": "the answer is larger than allowed",
    "certificate": "its certificate could not be trusted",
    "network": "the connection failed",
    "error": "asking for it failed",
    "bad-encoding": "the body's compression cannot be undone",
    "unexpected-304": "the site answered 304 Not Modified, though nothing of it is kept here",
    "same-body": "the site sent the very bytes that it had sent before",
    "no sitemap": "no sitemap is there",
    "damaged-capture": "its raw page could not be read back",
    "backfill": "only a backfill has met it so far, and nights do not ask for it",
    "out-of-range": "its date is not among the days that the backfill was asked for",
    "night": "a night was about to begin, and the backfill made way for it",
    "renderings": "the source had its number of renderings for one run",
    "browser-lost": "the browser ended while it had the page",
    "render-timeout": "the browser was not done with it in the time allowed",
    "render-failed": "the browser could not render it",
    "queued": "its turn did not come",
    "not reached": "its turn did not come",
    "limit": "the run's number of pages was reached",
    "budget": "the run had spent what it might, or what its source might",
    "deadline": "the night was over",
    "interrupted": "the run was stopped before its turn came",
    "asked to wait": "the site asked to be left alone for a while",
    "host fails": "its host failed too often in a row, and is left alone for a while",
    "host refuses": "its host refused everything, and is left alone for a while",
    "host limit": "as much was asked of its host as a run may",
}
_HTTP = re.compile(r"http-([0-9]{3})")
_DUPLICATE_OF = re.compile(r"of ([a-z2-7]{16})")


def seen(via: Via) -> str:
    """How a URL came to be known; the document's URL follows."""
    return _SEEN[via]


def happened(event: str) -> str:
    """An event of a URL's story; one that is not known here is given as it is."""
    return _HAPPENED.get(event, event)


def stands(state: State) -> str:
    """Where a URL stands."""
    return _STANDS[state]


def because(reason: str | None) -> str | None:
    """A reason in words; None where there is none."""
    if reason is None:
        return None
    if match := _HTTP.fullmatch(reason):
        return _answered(int(match[1]))
    if match := _DUPLICATE_OF.fullmatch(reason):
        return f"article {match[1]}"
    return _REASONS.get(reason, reason)


def _answered(status: int) -> str:
    try:
        return f"the site answered {status} {HTTPStatus(status).phrase}"
    except ValueError:
        return f"the site answered {status}"
