"""sqlite-utils' Database, loaded without pandas and numpy; scripts of many statements, run in time.

It loads both where they are installed, to take their values in; nothing here hands it any. That takes 0.5 s, which
every command would wait for. Where a program has them loaded already, they are used.
"""

from __future__ import annotations

import sqlite3
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from types import ModuleType
from typing import cast

_HEAVY = ("pandas", "numpy")


@contextmanager
def _hidden(*names: str) -> Iterator[None]:
    """Let modules that are not loaded yet seem to be not installed."""
    modules = cast("dict[str, ModuleType | None]", sys.modules)
    hidden = [name for name in names if name not in modules]
    modules.update(dict.fromkeys(hidden))
    try:
        yield
    finally:
        for name in hidden:
            del modules[name]


with _hidden(*_HEAVY):
    from sqlite_utils import Database
    from sqlite_utils.migrations import Migrations

__all__ = ["Database", "Migrations", "run_script"]


def run_script(db: Database, script: str) -> None:
    """Run statements inside the transaction that is open; each begins on a line of its own.

    sqlite-utils' ``executescript`` asks SQLite after every letter whether the statement ends there, which takes 0.3 s
    for our schema; sqlite3's commits first.
    """
    statement = ""
    for line in script.splitlines(keepends=True):
        statement += line
        if sqlite3.complete_statement(statement):
            db.execute(statement)
            statement = ""
    if statement.strip():
        raise ValueError(f"the script ends within a statement: {statement.strip()[:80]}")
