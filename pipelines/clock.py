"""When a page was fetched and where its paper is in; what was read by it out: an instant, and the day as written."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, tzinfo
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from archive.types import Precision


@dataclass(frozen=True, slots=True, kw_only=True)
class Moment:
    """An instant read from text."""

    #: UTC; for precision ``day`` 00:00 UTC of the day that was written, never shifted by a zone.
    at: datetime
    precision: Precision
    as_written: str
    #: The calendar day as a reader of the page has it: in the zone of the text, not in UTC.
    day: date
    #: ``year``, ``zone``, ``order`` (of day and month), ``relative``, or two of them; None: everything was written.
    inferred: str | None = None

    @property
    def without_year(self) -> bool:
        """True if its year was not written."""
        return self.inferred is not None and "year" in self.inferred


@dataclass(frozen=True, slots=True, kw_only=True)
class Clock:
    """What a reader of dates must know: when the page was fetched, in which zone and language it is written."""

    fetched_at: datetime
    #: IANA name; None: not declared.
    timezone: str | None = None
    #: BCP 47; decides between 3/4 and 4/3, and what "listopad" means.
    language: str | None = None
    #: Whether 3/4 is the third of April, where the page or its address shows it; None: only its language tells.
    day_first: bool | None = None

    @property
    def zone(self) -> tzinfo:
        """The declared zone, UTC if there is none or nobody knows it."""
        try:
            return ZoneInfo(self.timezone) if self.timezone else UTC
        except (ZoneInfoNotFoundError, ValueError, OSError):
            return UTC

    @property
    def today(self) -> date:
        """The day of the fetch, where the newspaper is."""
        return self.fetched_at.astimezone(self.zone).date()


def whole_day(day: date, as_written: str, inferred: str | None = None) -> Moment:
    """A day without a time of day."""
    at = datetime.combine(day, time(), UTC)
    return Moment(at=at, precision=Precision.DAY, as_written=as_written, day=day, inferred=inferred)
