"""Why a URL is due when it is, in words for a person; written into the ledger beside the date."""

from __future__ import annotations

from datetime import datetime, timedelta

from archive.ledger import Entry, Verdict
from archive.types import Kind, Outcome, State
from crawler.fetch.revisit import counted_from

_NEVER: dict[State, str] = {
    State.KEPT: "it was looked at for as long as articles are, and has settled",
    State.GONE: "it was looked for as long as articles are",
    State.DUPLICATE: "the article is asked for under its own address",
    State.REJECTED: "that is the page's nature; it can be cleaned again from what is kept",
    State.REFUSED: "such a refusal does not pass",
    State.FAILED: "it failed too often in a row",
}


def why_due(entry: Entry, verdict: Verdict, now: datetime) -> str | None:
    """Why a URL that a verdict was given on is due when it is, or why never."""
    if verdict.due_at is None:
        return _NEVER.get(verdict.state)
    if verdict.reason in ("http-429", "http-503"):
        return f"the site asked to be left alone for {span(verdict.due_at - now)}"
    if verdict.state is State.FAILED:
        failures = entry.attempts + 1
        return f"{span(verdict.due_at - now)} after the {_nth(failures)} failure in a row"
    if verdict.state is State.REFUSED:
        return "what forbids it may have changed by then"
    if entry.kind is not Kind.PAGE:
        return _why_document(entry, verdict, now)
    return _why_page(entry, verdict, now)


def _why_document(entry: Entry, verdict: Verdict, now: datetime) -> str:
    since = verdict.yielded_at or entry.yielded_at
    if verdict.due_at == now or entry.kind is Kind.FRONT:
        return "it is read in every run"
    if since is None:
        return "it may be there by then"
    return f"it has brought nothing new since {since:%Y-%m-%d}; asked after a time grown with its silence"


def _why_page(entry: Entry, verdict: Verdict, now: datetime) -> str:
    assert verdict.due_at is not None
    if verdict.outcome is Outcome.UPDATED:
        return f"{span(verdict.due_at - now)} after its text was found changed"
    start = counted_from(entry.first_seen_at, entry.rhythm)
    since = "it was first seen" if start == entry.first_seen_at else "its text last changed"
    return f"{span(verdict.due_at - start)} after {since}"


def span(length: timedelta) -> str:
    """A length of time, such as ``6 hours``, in the largest unit that it is a round number of, or nearly."""
    seconds = max(0, round(length.total_seconds()))
    units = (("day", 86400), ("hour", 3600), ("minute", 60), ("second", 1))
    unit, size = next((u, n) for u, n in units if n == 1 or seconds >= 3 * n or (seconds and seconds % n == 0))
    number = round(seconds / size)
    return f"{number} {unit}{'' if number == 1 else 's'}"


def _nth(number: int) -> str:
    ending = {1: "st", 2: "nd", 3: "rd"}.get(number % 10 if number % 100 not in (11, 12, 13) else 0, "th")
    return f"{number}{ending}"
