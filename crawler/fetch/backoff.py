"""What a host answered, or that it did not → how it is treated from then on. Pure decisions.

A host that is slow is asked more slowly; one that fails is asked after ever longer pauses; one that asks for
patience gets it. Where that does not help, its night is over (a circuit breaker), and the next one begins with a
single request.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

from archive.hosts import HostState

ASKED_TO_WAIT = "asked to wait"
HOST_FAILS = "host fails"
HOST_REFUSES = "host refuses"
HOST_LIMIT = "host limit"

#: Seconds. Neither a site's wish nor its slowness makes the pause between two requests longer than this: at more a
#: night would see a handful of its pages.
LONGEST_DELAY = 60.0
#: A host that takes a second to answer is asked every three: it is busy with us a third of the time at most.
LATENCIES = 3.0
#: In a row, after which a host's night is over. A page that fails is asked for twice, so six are three pages.
MOST_FAILURES = 6
MOST_REFUSALS = 10
MOST_PAUSES = 5
#: Seconds between two requests that a pace of 0 counts as where it is to be multiplied.
_LEAST_DELAY = 0.25
_MOST_SLOWDOWN = 16.0
#: Fifty good answers in a row take back half of a slowdown.
_RECOVERY = 0.986
_NEWS = 0.3
_LONGEST_WAIT = timedelta(days=7)
_FIRST_PAUSE = timedelta(minutes=1)
_FIRST_REST = timedelta(hours=1)
#: Less than a day: a host that failed last night is asked again in the next one.
_LONGEST_REST = timedelta(hours=20)

#: Statuses that say something about the host, not about the page.
PATIENCE = frozenset({429, 503})
REFUSAL = frozenset({401, 403})


def delay_for(asked: float | None, ours: float) -> float:
    """Seconds between two requests to a host: the longer of the site's wish and our own pace."""
    return max(ours, min(asked or 0.0, LONGEST_DELAY))


def pace(state: HostState, floor_s: float) -> float:
    """Seconds between two requests as the host is now; never below ``floor_s``, which the operator and the site set.

    A floor of 0 is an operator's own machine: it is not slowed down for answering slowly.
    """
    base = max(floor_s, _LEAST_DELAY)
    wanted = floor_s
    if state.slowdown > 1:
        wanted = base * state.slowdown
    if state.failures:
        wanted = max(wanted, base * 2.0 ** min(state.failures, 10))
    if floor_s and state.latency_s is not None:
        wanted = max(wanted, LATENCIES * state.latency_s)
    return max(floor_s, min(wanted, LONGEST_DELAY))


def read_retry_after(value: str | None, now: datetime) -> timedelta | None:
    """RFC 9110 section 10.2.3: seconds or a date; never more than a week; None if absent or unreadable."""
    if not value:
        return None
    text = value.strip()
    if text.isascii() and text.isdigit():
        return min(timedelta(seconds=min(int(text[:10]), 10**9)), _LONGEST_WAIT)
    try:
        when = parsedate_to_datetime(text)
        wait = when.replace(tzinfo=when.tzinfo or UTC) - now
    except (ValueError, TypeError, OverflowError):
        return None
    return min(max(wait, timedelta(0)), _LONGEST_WAIT)


def answered(
    state: HostState,
    status: int,
    *,
    latency_s: float | None,
    retry_after: str | None = None,
    now: datetime,
    longest_pause: timedelta,
) -> HostState:
    """A host that answered, with whatever status. Where ``nights`` has risen, its night is over."""
    if status in PATIENCE:
        return _patience(state, read_retry_after(retry_after, now), now, longest_pause)
    if status >= 500 or status == 408:
        return failed(state, now)
    if status in REFUSAL:
        state = replace(state, failures=0, pauses=0, refusals=state.refusals + 1)
        return _over(state, HOST_REFUSES, now) if state.refusals >= MOST_REFUSALS else state
    well = status < 400
    resting = state.wait_until is not None and state.wait_until > now  # an answer that was under way ends no rest
    return replace(
        state,
        latency_s=_mean(state.latency_s, latency_s) if well else state.latency_s,
        slowdown=max(1.0, state.slowdown * _RECOVERY) if well else state.slowdown,
        failures=0,
        refusals=0 if well else state.refusals,
        pauses=0,
        nights=0 if well and not resting else state.nights,
        wait_until=state.wait_until if resting else None,
        reason=state.reason if resting else None,
    )


def failed(state: HostState, now: datetime) -> HostState:
    """A host that did not answer, or could not."""
    state = replace(state, failures=state.failures + 1)
    return _over(state, HOST_FAILS, now) if state.failures >= MOST_FAILURES else state


def new_night(state: HostState) -> HostState:
    """The host at the beginning of a run. One that failed or refused until the last night ended early is on trial:

    one more fault ends this one.
    """
    trial = state.nights > 0
    return replace(
        state,
        failures=MOST_FAILURES - 1 if trial and state.reason == HOST_FAILS else 0,
        refusals=MOST_REFUSALS - 1 if trial and state.reason == HOST_REFUSES else 0,
        pauses=0,
    )


def _patience(state: HostState, asked: timedelta | None, now: datetime, longest_pause: timedelta) -> HostState:
    """Short waits are kept within the night. A long one ends it, and so do too many, then for as long as a failure."""
    pauses = state.pauses + 1
    wait = asked if asked is not None else _FIRST_PAUSE * 2 ** min(state.pauses, 10)
    over = wait > longest_pause or pauses >= MOST_PAUSES
    nights = state.nights + over
    if over and (asked is None or asked <= longest_pause):
        wait = max(wait, _rest(nights))
    return replace(
        state,
        slowdown=min(state.slowdown * 2, _MOST_SLOWDOWN),
        pauses=pauses,
        nights=nights,
        wait_until=_after(max(wait, timedelta(seconds=1)), now),
        reason=ASKED_TO_WAIT,
    )


def _over(state: HostState, reason: str, now: datetime) -> HostState:
    nights = state.nights + 1
    return replace(state, nights=nights, wait_until=_after(_rest(nights), now), reason=reason)


def _after(wait: timedelta, now: datetime) -> datetime:
    """The end of a wait, on a whole second where it is long; never sooner."""
    until = now + wait
    whole = until.replace(microsecond=0)
    return whole + timedelta(seconds=1) if wait >= timedelta(minutes=1) and until > whole else until


def _rest(nights: int) -> timedelta:
    """After the first night that ended early, the second in a row …: 1 h, 2 h, 4 h … 20 h."""
    rest: timedelta = _FIRST_REST * 2 ** min(nights - 1, 10)
    return min(rest, _LONGEST_REST)


def _mean(before: float | None, latency_s: float | None) -> float | None:
    """A moving mean that believes bad news at once and good news slowly."""
    if before is None or latency_s is None:
        return before if latency_s is None else latency_s
    return (before + latency_s) / 2 if latency_s > before else before + _NEWS * (latency_s - before)
