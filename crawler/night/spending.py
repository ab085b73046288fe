"""Settings and sources in, the run's Budget out."""

from __future__ import annotations

from collections.abc import Iterable

from scrapy.settings import BaseSettings

from archive.times import from_iso
from crawler.night.budget import Budget, Limits
from crawler.sources import Source


def read_spending(settings: BaseSettings, sources: Iterable[Source]) -> Budget:
    """What the run may cost, as the NIGHTDESK_ settings and each source's own limits have it."""

    def limits(scope: str) -> Limits:
        return Limits(
            requests=settings.getint(f"NIGHTDESK_{scope}REQUESTS") or None,
            bytes=settings.getint(f"NIGHTDESK_{scope}BYTES") or None,
        )

    each = limits("SOURCE_")
    own = {s.name: each | Limits(requests=s.max_requests, bytes=s.max_bytes) for s in sources}
    deadline = settings["NIGHTDESK_DEADLINE"]
    return Budget(limits("MAX_"), own, from_iso(deadline) if deadline else None)
