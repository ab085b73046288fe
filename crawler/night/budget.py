"""What a night may cost, and until when it may go on. Pure: spending in, the reason to stop out."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, time, timedelta

#: The ledger's reasons for pages that were left for a later run.
BUDGET = "budget"
DEADLINE = "deadline"

_UNITS = {
    "B": 1, "KB": 10**3, "MB": 10**6, "GB": 10**9, "TB": 10**12,
    "KIB": 2**10, "MIB": 2**20, "GIB": 2**30, "TIB": 2**40,
}  # fmt: skip
_AMOUNT = re.compile(r"(\d+(?:\.\d+)?)\s*([A-Za-z]*)")
_CLOCK = re.compile(r"(\d{1,2}):(\d{2})")


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What may be spent. None: as much as it takes."""

    requests: int | None = None
    #: Of bodies as they came over the wire.
    bytes: int | None = None

    def __or__(self, other: Limits) -> Limits:
        """These limits, where they are silent the others."""
        return Limits(
            requests=other.requests if self.requests is None else self.requests,
            bytes=other.bytes if self.bytes is None else self.bytes,
        )


#: No limit at all.
FREE = Limits()


@dataclass(slots=True)
class Spent:
    """What was spent so far."""

    requests: int = 0
    bytes: int = 0

    def reaches(self, limits: Limits) -> bool:
        """True if nothing is left."""
        return (limits.requests is not None and self.requests >= limits.requests) or (
            limits.bytes is not None and self.bytes >= limits.bytes
        )


class Budget:
    """Counts what a run spends, in all and source by source, and says when it is enough."""

    def __init__(
        self,
        total: Limits | None = None,
        per_source: Mapping[str, Limits] | None = None,
        deadline: datetime | None = None,
    ) -> None:
        self._total = total or FREE
        self._per_source = per_source or {}
        self._deadline = deadline
        self.spent = Spent()
        self.spent_by: defaultdict[str, Spent] = defaultdict(Spent)

    def spend(self, source: str | None, *, requests: int = 0, size: int = 0) -> None:
        """Count requests and bytes; a robots.txt belongs to no source."""
        for spent in (self.spent, *([self.spent_by[source]] if source else [])):
            spent.requests += requests
            spent.bytes += size

    def over(self, source: str | None, now: datetime) -> str | None:
        """Why nothing more may be begun for a source (None: for any); None: it may."""
        if self._deadline is not None and now >= self._deadline:
            return DEADLINE
        if self.spent.reaches(self._total):
            return BUDGET
        own = self._per_source.get(source) if source else None
        return BUDGET if own and source and self.spent_by[source].reaches(own) else None


def read_limits(texts: tuple[str, ...]) -> Limits:
    """``20000`` is a number of requests, ``5GB`` one of bytes. Raises ValueError for anything else."""
    found: dict[str, int] = {}
    for text in texts:
        kind, amount = _read_amount(text)
        if kind in found:
            raise ValueError(f"{text!r}: a number of {kind} was given already")
        found[kind] = amount
    return Limits(**found)


def _read_amount(text: str) -> tuple[str, int]:
    match = _AMOUNT.fullmatch(text.strip())
    unit = match[2].upper() if match else ""
    whole = match is not None and not unit and "." not in match[1]
    if match is None or not (whole or unit in _UNITS) or not (amount := int(float(match[1]) * _UNITS.get(unit, 1))):
        raise ValueError(f"{text!r} is neither a number of requests, such as 20000, nor of bytes, such as 500MB or 5GB")
    return ("bytes" if unit else "requests"), amount


def read_deadline(text: str, now: datetime) -> datetime:
    """``06:00``: when the clock shows that next, in ``now``'s zone. Raises ValueError."""
    match = _CLOCK.fullmatch(text.strip())
    if match is None or int(match[1]) > 23 or int(match[2]) > 59:
        raise ValueError(f"{text!r} is no time of the day, such as 06:00")
    due = datetime.combine(now.date(), time(int(match[1]), int(match[2])), tzinfo=now.tzinfo)
    return due if due > now else due + timedelta(days=1)
