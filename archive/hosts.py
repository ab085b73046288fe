"""What is known of a host between two nights: how fast it answers, and until when it wants to be left alone."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from archive.sqlite import Database
from archive.times import from_iso_or_none, iso, iso_or_none


@dataclass(frozen=True, slots=True, kw_only=True)
class HostState:
    """A host as the crawler has met it. Changes are decided in crawler/fetch/backoff.py."""

    #: As in its URLs, without port.
    host: str
    #: Seconds until it answers, a moving mean; None: it never did.
    latency_s: float | None = None
    #: Factor of the pauses between two requests: 1, more after it asked for patience.
    slowdown: float = 1.0
    #: In a row: no answer, or 5xx.
    failures: int = 0
    #: In a row: 401 or 403.
    refusals: int = 0
    #: In a row: 429 or 503.
    pauses: int = 0
    #: Nights in a row that ended early because of it.
    nights: int = 0
    #: Nothing is asked of it before; None: it may be asked.
    wait_until: datetime | None = None
    #: Why, in the ledger's words for what is left waiting.
    reason: str | None = None


class HostStore:
    """The table ``hosts``. Each call is part of the caller's transaction."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def find(self, host: str) -> HostState | None:
        """The host as the last crawl left it; None: it was never asked."""
        row = self._db.execute(
            "select latency_s, slowdown, failures, refusals, pauses, nights, wait_until, reason from hosts"
            " where host = ?",
            [host],
        ).fetchone()
        if row is None:
            return None
        latency_s, slowdown, failures, refusals, pauses, nights, wait_until, reason = row
        return HostState(
            host=host,
            latency_s=latency_s,
            slowdown=slowdown,
            failures=failures,
            refusals=refusals,
            pauses=pauses,
            nights=nights,
            wait_until=from_iso_or_none(wait_until),
            reason=reason,
        )

    def save(self, state: HostState, now: datetime) -> None:
        """Write a host's state."""
        self._db.execute(
            "insert or replace into hosts (host, latency_s, slowdown, failures, refusals, pauses, nights, wait_until,"
            " reason, changed_at) values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            [
                state.host,
                state.latency_s,
                state.slowdown,
                state.failures,
                state.refusals,
                state.pauses,
                state.nights,
                iso_or_none(state.wait_until),
                state.reason,
                iso(now),
            ],
        )
