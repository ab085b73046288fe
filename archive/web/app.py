"""An archive's folder in, an ASGI application out: Datasette with our pages, behind the door."""

from __future__ import annotations

import sqlite3
from pathlib import Path
from typing import Any

import datasette.handle_exception
from datasette.app import Datasette
from datasette.database import Database
from datasette.plugins import pm

from archive.opening import connect_to_read
from archive.web import plugin
from archive.web.desk import Desk
from archive.web.guard import App, Door, guarded

#: Datasette's own pages: how long a query of a reader may run, and what it may bring.
SETTINGS = {
    "sql_time_limit_ms": 2000,
    "facet_time_limit_ms": 500,
    "facet_suggest_time_limit_ms": 50,
    "max_returned_rows": 1000,
    "default_page_size": 50,
    "truncate_cells_html": 300,
    "max_csv_mb": 0,  # nothing is cut short in silence
    "allow_download": False,
    "default_cache_ttl": 0,
    "num_sql_threads": 3,
}
_ABOUT = {
    "title": "The archive's tables",
    "description": "Every table as it is, to filter, to query in SQL, and as JSON or CSV. It can only be read.",
}


class Room(Datasette):  # type: ignore[misc]
    """Datasette with an archive's desk."""

    def __init__(self, folder: Path, *, address: str | None = None) -> None:
        super().__init__([], settings=SETTINGS, metadata=_ABOUT)
        self.remove_database("_memory")
        self.add_database(_ReadOnly(self, str(folder / "archive.db")), name="archive")
        self.desk = Desk(folder)
        self._address = address

    def home_of(self, scope: Any) -> str:
        """Where the room is for who asked: as stated, else as they wrote it."""
        if self._address:
            return self._address
        host = next((value.decode("latin-1") for name, value in scope["headers"] if name == b"host"), "localhost")
        return f"{scope.get('scheme', 'http')}://{host}"


class _ReadOnly(Database):  # type: ignore[misc]
    """The archive's database as our own readers open it, also beside a running crawl and from a read-only disk."""

    def connect(self, write: bool = False) -> sqlite3.Connection:  # noqa: FBT001, FBT002 (Datasette's own signature)
        """Open it."""
        if write:
            raise sqlite3.OperationalError("the archive can only be read here")
        connection = connect_to_read(Path(self.path), one_thread=False)
        connection.execute("pragma query_only = on")
        self._all_file_connections.append(connection)
        return connection


def application(folder: Path, door: Door | None = None, *, address: str | None = None) -> App:
    """The reading room of the archive in ``folder``. ``address``: where it is, if a proxy stands before it."""
    if not pm.is_registered(plugin):
        pm.register(plugin, name="nightdesk")
    # Datasette's own handler runs besides ours, and would print a traceback for every address that is mistyped.
    datasette.handle_exception.rich = None
    room = Room(folder, address=address)
    return guarded(room.app(), door or Door(), plugin.is_ours)
