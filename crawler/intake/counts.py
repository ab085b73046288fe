"""What became of records in; numbers that add up out, as JSON, as a line, as a table."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any

from archive.incoming.answers import Passed
from archive.types import Outcome
from crawler.intake.settle import Settled

_KEPT = (Outcome.NEW, Outcome.UPDATED, Outcome.UNCHANGED, Outcome.DUPLICATE)
_WORDS = {
    Passed.OTHER_RECORD: "no page's content: requests, notes, other protocols",
    Passed.STATUS: "answered with another status than 200",
    Passed.NOT_PAGE: "no HTML: images, scripts, feeds",
    Passed.FILTERED: "not asked for",
    Passed.TOO_LARGE: "larger than any page",
    Passed.UNREADABLE: "no address, date or HTTP in it",
    Passed.KNOWN: "in the archive already",
    Passed.NO_PAYLOAD: "repeats a page that is not here",
    Passed.CONVERTED: "another form of a page that is kept",
}


class Counts:
    """Of records, rows and saved pages: each is counted once, under one of ``new`` … ``rejected`` or ``passed``."""

    def __init__(self) -> None:
        self._numbers: Counter[str] = Counter()
        #: Records whose bytes did not have the digest that they declared.
        self.misfits = 0

    def add(self, became: Settled | Passed, times: int = 1) -> str:
        """Count one; under what."""
        if isinstance(became, Passed):
            name = f"passed:{became}"
        elif became.reason and became.outcome is Outcome.REJECTED:
            name = f"rejected:{became.reason}"
        else:
            name = str(became.outcome)
        self._numbers[name] += times
        return name

    def merge(self, other: Counts) -> None:
        """Count all that another has counted."""
        self._numbers.update(other._numbers)
        self.misfits += other.misfits

    def as_dict(self) -> dict[str, Any]:
        """``records`` is the sum of all others."""
        return {
            "records": self.records,
            **{str(outcome): self._numbers[outcome] for outcome in _KEPT},
            "refused": self._numbers[Outcome.REFUSED],
            "rejected": self._under("rejected"),
            "passed": self._under("passed"),
        }

    def _under(self, group: str) -> dict[str, int]:
        found = ((name.partition(":")[2], number) for name, number in self._numbers.items() if name.startswith(group))
        return dict(sorted(found, key=lambda each: (-each[1], each[0])))

    @property
    def records(self) -> int:
        """All that was looked at."""
        return self._numbers.total()

    @property
    def pages(self) -> int:
        """Those that were cleaned, or were found to be what is kept."""
        return self.records - sum(self._under("passed").values())

    def line(self) -> str:
        """For a person: ``12 new, 3 rejected, 40 passed over``."""
        told: Mapping[str, int] = {
            **{str(outcome): self._numbers[outcome] for outcome in _KEPT},
            "refused": self._numbers[Outcome.REFUSED],
            "rejected": sum(self._under("rejected").values()),
            "passed over": sum(self._under("passed").values()),
        }
        return ", ".join(f"{number:,} {name}" for name, number in told.items() if number) or "nothing in it"

    def table(self) -> list[str]:
        """For a person: every number, in lines."""
        rows = [(str(outcome), self._numbers[outcome], "") for outcome in _KEPT]
        if refused := self._numbers[Outcome.REFUSED]:
            rows.append(("refused", refused, "taken down for good"))
        rejected, passed = self._under("rejected"), self._under("passed")
        rows.append(("rejected", sum(rejected.values()), ""))
        rows += [(f"  {reason}", number, "") for reason, number in rejected.items()]
        rows.append(("passed over", sum(passed.values()), ""))
        rows += [(f"  {why}", number, _WORDS[Passed(why)]) for why, number in passed.items()]
        rows.append(("in all", self.records, ""))
        wide = max(len(name) for name, _, _ in rows)
        return [f"{name:{wide}}  {number:>9,}  {words}".rstrip() for name, number, words in rows]
