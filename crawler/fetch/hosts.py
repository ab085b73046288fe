"""The hosts of a crawl: what earlier nights and this one know of each, and which of them are to be left alone."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit

from scrapy.exceptions import IgnoreRequest

from archive.hosts import HostState, HostStore
from archive.times import utc_now
from crawler.fetch.backoff import HOST_LIMIT, new_night


@dataclass(frozen=True, slots=True, kw_only=True)
class Rest:
    """A host is to be left alone."""

    host: str
    #: One of the ledger's reasons for what is left waiting.
    reason: str
    until: datetime
    #: Seconds from now.
    seconds: float
    #: True: for the rest of this run, whatever ``until`` is.
    over: bool


class AtRest(IgnoreRequest):
    """A request that is not made now, because its host is to be left alone."""

    def __init__(self, rest: Rest) -> None:
        super().__init__(f"{rest.host}: {rest.reason} until {rest.until:%Y-%m-%d %H:%M:%S}")
        self.rest = rest


class Hosts:
    """One crawl's hosts. ``longest_pause``: a run waits so long for a host; for more, its night is over.

    ``most_requests``: asked of one host in one run, of all kinds; 0: no limit.
    """

    def __init__(self, store: HostStore, *, longest_pause: timedelta, most_requests: int = 0) -> None:
        self.longest_pause = longest_pause
        self._most_requests = most_requests
        self._store = store
        self._states: dict[str, HostState] = {}
        self._changed: set[str] = set()
        #: Hosts at rest → until when, on the monotonic clock: within a run, a clock that is set does not matter.
        self._until: dict[str, float] = {}
        self._over: set[str] = set()
        self._requests: Counter[str] = Counter()

    def state(self, host: str) -> HostState:
        """What is known of a host."""
        if host not in self._states:
            known = new_night(self._store.find(host) or HostState(host=host))
            self._states[host] = known
            if known.wait_until is not None:
                self._rest_until(known)
                if known.wait_until - _now() > self.longest_pause:
                    self._over.add(host)
        return self._states[host]

    def change(self, host: str, decide: Callable[[HostState], HostState]) -> Rest | None:
        """Put a decision into force; the rest that it orders, None if it orders none."""
        before = self.state(host)
        after = decide(before)
        if after == before:
            return None
        self._states[host] = after
        self._changed.add(host)
        if after.nights > before.nights:
            self._over.add(host)
        if after.wait_until is None:
            if host not in self._over:
                self._until.pop(host, None)
            return None
        if after.wait_until == before.wait_until:
            return None
        self._rest_until(after)
        return self.rest(host)

    def count(self, host: str) -> None:
        """A request goes out."""
        self._requests[host] += 1

    def rest(self, host: str) -> Rest | None:
        """Whether a host is to be left alone now."""
        state = self.state(host)
        if self._most_requests and self._requests[host] >= self._most_requests:
            return Rest(host=host, reason=HOST_LIMIT, until=utc_now(), seconds=0.0, over=True)
        left = self._until.get(host, 0.0) - time.monotonic()
        over = host in self._over
        if left <= 0 and not over:
            return None
        until = state.wait_until or utc_now()
        return Rest(host=host, reason=state.reason or "", until=until, seconds=max(left, 0.0), over=over)

    def save(self) -> None:
        """Write what has changed; part of the archive's next commit."""
        now = utc_now()
        for host in self._changed:
            self._store.save(self._states[host], now)
        self._changed.clear()

    def _rest_until(self, state: HostState) -> None:
        assert state.wait_until is not None
        self._until[state.host] = time.monotonic() + (state.wait_until - _now()).total_seconds()


def host_of(url: str) -> str:
    """The host of a URL, as the table ``hosts`` has it."""
    return urlsplit(url).hostname or ""


def _now() -> datetime:
    """Exact: a pause that is measured in whole seconds would be cut short by one."""
    return datetime.now(UTC)
