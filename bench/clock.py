"""An archive as it would be had all of it happened earlier: how nights are crawled one after the other in minutes."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path

#: Columns with an instant of the archive's own clock, by their names.
_CLOCK = re.compile(r"at|.*_at|.*_until|.*_from|since")
#: Those among them that hold what newspapers say, which stays.
SAID = {("urls", "listed_at"), ("articles", "published_at"), ("articles", "modified_at")}


def let_time_pass(archive: Path, length: timedelta) -> None:
    """Move everything that the archive in this folder remembers into the past by ``length``, whole seconds."""
    by = f"-{int(length.total_seconds())} seconds"
    with closing(sqlite3.connect(archive / "archive.db")) as db:
        for table, columns in clocks(db):
            moved = ", ".join(f"{name} = strftime('%Y-%m-%dT%H:%M:%SZ', {name}, :by)" for name in columns)
            db.execute(f"update {table} set {moved}", {"by": by})
        db.commit()


def clocks(db: sqlite3.Connection) -> Iterator[tuple[str, list[str]]]:
    """Each table that remembers when, with the columns that do."""
    tables = db.execute("select name from sqlite_master where type = 'table' and sql like '%) strict%'").fetchall()
    for (table,) in tables:
        found = [
            name
            for _, name, type_, *_ in db.execute(f"pragma table_info({table})")
            if type_ == "TEXT" and _CLOCK.fullmatch(name) and (table, name) not in SAID
        ]
        if found:
            yield table, found
