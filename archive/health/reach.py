"""Was the site reached, and did it answer? Checks on one night's faults and statuses; each gives a Finding or None.

They need no past: who does not answer is sick, however long that has been so.
"""

from __future__ import annotations

from archive.health.usual import Past, found, risen
from archive.health.values import Document, Fault, Figures, Finding
from archive.health.verdicts import Health
from archive.reasons import because
from archive.types import Kind, Outcome

#: Why no answer came.
_NETWORK = ("dns", "timeout", "connection-refused", "network", "error")
_REFUSING = (401, 403, 406, 451)
#: Why nothing was asked for that a run had time for: its host is left alone.
_AT_REST = ("asked to wait", "host fails", "host refuses")
#: Share of all that was asked from which on a fault is the night's, and pages that are no accident any more.
_MOST = 0.5
_FEW = 3


def unfinished(tonight: Figures, _past: Past) -> Finding | None:
    """The run ended before the source's turn came."""
    waiting = tonight.reasons.get(Outcome.WAITING, {})
    left = sum(number for reason, number in waiting.items() if reason not in _AT_REST)
    if not left or left < _asked(tonight):
        return None
    why = max(waiting, key=lambda reason: waiting[reason])
    return Finding(
        verdict=Health.UNFINISHED,
        evidence=(f"{left:,} pages were left for a later run, {_asked(tonight):,} were asked for: {because(why)}.",),
    )


def certificate(tonight: Figures, _past: Past) -> Finding | None:
    """TLS failed."""
    return _fault(tonight, ("certificate",), Health.CERTIFICATE, "failed")


def unreachable(tonight: Figures, _past: Past) -> Finding | None:
    """No answer came from the network."""
    closed = tonight.faults.get("robots-unreachable")
    if closed is not None and not tonight.read and "answered" not in (closed.example or ""):
        return Finding(
            verdict=Health.UNREACHABLE,
            evidence=(f"Nothing was asked for, because not even its robots.txt could be had: {closed.example}.",),
        )
    return _resting(tonight, "host fails", Health.UNREACHABLE) or _fault(
        tonight, _NETWORK, Health.UNREACHABLE, "got no answer"
    )


def _resting(tonight: Figures, reason: str, verdict: Health) -> Finding | None:
    """Nothing was asked for at all, because of what the host did on an earlier night."""
    left = tonight.reasons.get(Outcome.WAITING, {}).get(reason, 0)
    if not left or tonight.requests:
        return None
    return Finding(
        verdict=verdict, evidence=(f"Nothing was asked for, {left:,} pages were left for later: {because(reason)}.",)
    )


def server_errors(tonight: Figures, _past: Past) -> Finding | None:
    """The server is broken."""
    closed = tonight.faults.get("robots-unreachable")
    if closed is not None and "answered 5" in (closed.example or ""):
        told = f"Nothing was asked for, because its robots.txt cannot be read: {closed.example}."
        return Finding(verdict=Health.SERVER_ERRORS, evidence=(told,))
    broken = tuple(reason for reason in tonight.faults if reason.startswith("http-5") and reason != "http-503")
    if not tonight.read:
        broken = (*broken, "http-503")
    return _fault(tonight, broken, Health.SERVER_ERRORS, "got an error of its server")


def robots(tonight: Figures, past: Past) -> Finding | None:
    """robots.txt forbids what it allowed."""
    closed = tonight.faults.get("robots-unreachable")
    if closed is not None:
        told = f"{closed.count:,} requests were not made, because its robots.txt cannot be read: {closed.example}."
        return Finding(verdict=Health.ROBOTS, evidence=(told,))
    fronts = [each for each in tonight.documents if each.kind is Kind.FRONT and each.reason == "robots.txt"]
    if fronts:
        return Finding(verdict=Health.ROBOTS, evidence=(f"Its robots.txt forbids the front page, {fronts[0].url}.",))
    change = risen(tonight, past, lambda f: (f.reasons.get(Outcome.REFUSED, {}).get("robots.txt", 0), _due(f)))
    return found(change, Health.ROBOTS, "due pages are forbidden by robots.txt")


def moved(tonight: Figures, past: Past) -> Finding | None:
    """Its addresses lead elsewhere, or nowhere."""
    away = tonight.faults.get("off-site")
    fronts = [each for each in tonight.documents if each.kind is Kind.FRONT]
    for front in fronts:
        if front.reason == "off-site":
            return Finding(verdict=Health.MOVED, evidence=(f"Its front page {front.url} is {front.detail}.",))
        if front.event == "gone":
            return Finding(verdict=Health.MOVED, evidence=(f"Its front page {front.url} is not there any more.",))
    if away is not None and away.count >= max(_FEW, _MOST * _asked(tonight)):
        told = f"{away.count:,} of {_asked(tonight) + away.count:,} requests led to another site: {away.example}."
        return Finding(verdict=Health.MOVED, evidence=(told,))
    change = risen(tonight, past, lambda f: (f.pages.get(Outcome.GONE, 0), _asked(f)))
    return found(change, Health.MOVED, "pages are not there any more")


def blocked(tonight: Figures, past: Past) -> Finding | None:
    """It refuses us by status or with a page."""
    fronts = [f"http-{status}" for status in _REFUSING]
    for document in tonight.documents:
        if document.kind is Kind.FRONT and document.reason in fronts:
            return Finding(verdict=Health.BLOCKED, evidence=(f"Its front page {_answer(document)}.",))
    change = risen(
        tonight,
        past,
        lambda f: (f.status(*_REFUSING) + f.rejected("blocked"), f.requests),
        always=_MOST,
        few=_FEW,
    )
    told = "answers refused us, by their status or with a bot check"
    return found(change, Health.BLOCKED, told) or _resting(tonight, "host refuses", Health.BLOCKED)


def slowed(tonight: Figures, _past: Past) -> Finding | None:
    """It asked to be left alone."""
    asked = tonight.status(429, 503)
    left = tonight.reasons.get(Outcome.WAITING, {}).get("asked to wait", 0)
    if not asked:
        return _resting(tonight, "asked to wait", Health.SLOWED)
    told = f"{asked:,} of {tonight.requests:,} answers were 429 or 503; {left:,} pages were left for later."
    return Finding(verdict=Health.SLOWED, evidence=(told,))


def feed_dead(tonight: Figures, past: Past) -> Finding | None:
    """A feed that brought news is not there, is broken, or stands still while the paper goes on."""
    told = [each for feed in tonight.documents if feed.kind is Kind.FEED and (each := _dead(feed, tonight, past))]
    return Finding(verdict=Health.FEED_DEAD, evidence=tuple(told)) if told else None


def _dead(feed: Document, tonight: Figures, past: Past) -> str | None:
    """What shows that a feed is dead; None: it is alive, or it never brought anything."""
    brought = [_brought(night.figures, feed.url) for night in past.good]
    usual = [number for number in brought if number is not None]
    if not usual or sum(usual) == 0:
        return None
    mean = f"On {len(usual)} good nights it brought {sum(usual) / len(usual):.1f} new pages each."
    if not feed.read:
        before = [_failed(night.figures, feed.url) for night in past.recent]
        nights = 1 + next((n for n, failed in enumerate(reversed(before)) if not failed), len(before))
        # A feed may fail for a night as any page may; one that is gone is gone.
        return f"The feed {_answer(feed)}, on {_nights(nights)}. {mean}" if feed.event == "gone" or nights > 1 else None
    return _still(feed, tonight, past, usual, mean)


def _still(feed: Document, tonight: Figures, past: Past, usual: list[int], mean: str) -> str | None:
    nights, others = 1, tonight.new
    if feed.new:
        return None
    for night in reversed(past.recent):
        if _brought(night.figures, feed.url) != 0:
            break
        nights, others = nights + 1, others + night.figures.new
    missed = nights * sum(usual) / len(usual)
    if nights < _FEW or missed < 2 * _FEW or others < _FEW:
        return None
    return f"The feed {feed.url} brought nothing new for {nights} nights, the paper had {others:,} new articles. {mean}"


def _brought(figures: Figures, url: str) -> int | None:
    """New pages that a feed listed; None: it was not read."""
    return next((each.new for each in figures.documents if each.url == url and each.read), None)


def _failed(figures: Figures, url: str) -> bool:
    return any(each.url == url and not each.read for each in figures.documents)


def _fault(tonight: Figures, reasons: tuple[str, ...], verdict: Health, told: str) -> Finding | None:
    """A fault that is the night's: of the front page, or of most of what was asked for."""
    faults = {reason: tonight.faults[reason] for reason in reasons if reason in tonight.faults}
    if not faults:
        return None
    number, asked = sum(fault.count for fault in faults.values()), _asked(tonight) + _documents(tonight)
    front = any(each.kind is Kind.FRONT and _is(each, reasons) for each in tonight.documents)
    if not front and number < max(_FEW, _MOST * asked):
        return None
    why = ", ".join(_fault_told(reason, fault) for reason, fault in faults.items())
    where = " The front page is among them." if front else ""
    return Finding(verdict=verdict, evidence=(f"{number:,} of {asked:,} requests {told}: {why}.{where}",))


def _is(document: Document, reasons: tuple[str, ...]) -> bool:
    detail = (document.detail or "").lower()
    tls = "certificate" in detail or "ssl" in detail
    return ("certificate" if tls else document.reason) in reasons


def _fault_told(reason: str, fault: Fault) -> str:
    detail = f" ({fault.example[:160]})" if reason in ("certificate", "network", "error") and fault.example else ""
    return f"{fault.count:,} × {because(reason)}{detail}"


def _answer(document: Document) -> str:
    return f"{document.url}: {because(document.reason) or document.event}"


def _nights(number: int) -> str:
    return "this night" if number == 1 else f"{number} nights in a row"


def _asked(figures: Figures) -> int:
    """Pages that were asked for."""
    unasked = (Outcome.KNOWN, Outcome.WAITING, Outcome.REFUSED)
    return sum(number for outcome, number in figures.pages.items() if outcome not in unasked)


def _due(figures: Figures) -> int:
    """Pages that were asked for, or would have been."""
    return _asked(figures) + figures.pages.get(Outcome.REFUSED, 0)


def _documents(figures: Figures) -> int:
    return figures.read + sum(not each.read for each in figures.documents)
