"""Instants as the archive writes them: ISO 8601 in UTC, ending in ``Z``."""

from __future__ import annotations

from datetime import UTC, datetime
from email.utils import parsedate_to_datetime


def utc_now() -> datetime:
    """The present instant, aware, UTC, whole seconds."""
    return datetime.now(UTC).replace(microsecond=0)


def iso(moment: datetime) -> str:
    """``2026-11-10T08:30:00Z``; microseconds only where there are some. Raises ValueError if naive."""
    if moment.tzinfo is None:
        raise ValueError(f"a time without a zone cannot be stored: {moment.isoformat()}")
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z")


def iso_or_none(moment: datetime | None) -> str | None:
    """``iso``, or None for None."""
    return None if moment is None else iso(moment)


def from_iso(text: str) -> datetime:
    """The reverse of ``iso``. Raises ValueError on anything else."""
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise ValueError(f"a time without a zone: {text!r}")
    return moment.astimezone(UTC)


def from_iso_or_none(text: str | None) -> datetime | None:
    """``from_iso``, or None for None."""
    return None if text is None else from_iso(text)


def parse_stamp(text: str | None) -> datetime | None:
    """A machine's stamp (ISO 8601 as in sitemaps and Atom, RFC 822 as in RSS) as UTC; None if it is neither.

    A stamp without a zone is taken as UTC: good enough for ordering, not for a record.
    """
    if not text:
        return None
    text = text.strip()
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        try:
            moment = parsedate_to_datetime(text)
        except (ValueError, TypeError, IndexError):
            return None
    try:
        return moment.replace(tzinfo=moment.tzinfo or UTC).astimezone(UTC)
    except OverflowError:
        return None
