"""An archive as it would be had all of it happened earlier: how nights are crawled one after the other in minutes."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from datetime import timedelta
from pathlib import Path

#: Columns that hold an instant of the archive's own clock; what newspapers write stays.
_CLOCKS = {
    "sources": ("first_seen_at",),
    "runs": ("started_at", "finished_at"),
    "warc_files": ("started_at",),
    "urls": ("state_at", "first_seen_at", "last_seen_at", "fetched_at", "due_at", "yielded_at"),
    "url_events": ("at",),
    "captures": ("fetched_at",),
    "articles": ("first_seen_at", "last_seen_at", "gone_at", "revised_at"),
    "revisions": ("valid_from", "valid_until"),
}


def let_time_pass(archive: Path, length: timedelta) -> None:
    """Move everything that the archive in this folder remembers into the past by ``length``, whole seconds."""
    by = f"-{int(length.total_seconds())} seconds"
    with closing(sqlite3.connect(archive / "archive.db")) as db:
        for table, columns in _CLOCKS.items():
            moved = ", ".join(f"{name} = strftime('%Y-%m-%dT%H:%M:%SZ', {name}, :by)" for name in columns)
            db.execute(f"update {table} set {moved}", {"by": by})
        db.commit()
