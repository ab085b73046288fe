"""The files that speak for a whole site, robots.txt and tdmrep.json, as they were last asked for."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from archive.sqlite import Database
from archive.times import from_iso, from_iso_or_none, iso, iso_or_none


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteFile:
    """One such file. What it said last is kept while it cannot be read."""

    url: str
    asked_at: datetime
    #: HTTP status of the last answer; None: there was none.
    status: int | None
    #: When ``body`` was read; None: it never could be.
    read_at: datetime | None = None
    #: Empty where the site has no such file.
    body: bytes = b""
    #: The exchange that ``body`` came from; None: it was not kept.
    capture_id: int | None = None


class SiteFiles:
    """The table ``site_files``. Each call is part of the caller's transaction."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def find(self, url: str) -> SiteFile | None:
        """The file at a URL as it was last asked for; None: it never was."""
        row = self._db.execute(
            "select asked_at, status, read_at, body, capture_id from site_files where url = ?", [url]
        ).fetchone()
        if row is None:
            return None
        asked_at, status, read_at, body, capture_id = row
        return SiteFile(
            url=url,
            asked_at=from_iso(asked_at),
            status=status,
            read_at=from_iso_or_none(read_at),
            body=body or b"",
            capture_id=capture_id,
        )

    def save(self, file: SiteFile) -> None:
        """Write what came of asking for a file."""
        self._db.execute(
            "insert or replace into site_files (url, asked_at, status, read_at, body, capture_id)"
            " values (?, ?, ?, ?, ?, ?)",
            [file.url, iso(file.asked_at), file.status, iso_or_none(file.read_at), file.body, file.capture_id],
        )
