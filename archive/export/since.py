"""Earlier exports → what they had, so that an export holds only what is new or has another text since."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from archive.errors import ArchiveError
from archive.export.chosen import select_chosen
from archive.export.earlier import iter_export

if TYPE_CHECKING:
    from sqlite_utils import Database


def leave_out_what_was_had(db: Database, earlier: Sequence[Path]) -> None:
    """Take off the list what earlier exports have in the same text.

    The text is known by its ``content_hash``, or by its revision where an export has only that. Raises ArchiveError
    for what is no export, or has neither.
    """
    db.execute("create temp table had (id text, text text, primary key (id, text)) without rowid")
    for path in earlier:
        db.conn.executemany("insert or ignore into had values (?, ?)", _texts(path))
    db.execute(
        f"""
        delete from chosen where place in (
            select place from ({select_chosen(db, "h.id as id, a.content_hash as hash, h.revision as revision")})
            where (id, hash) in (select id, text from had)
            or (id, cast(revision as text)) in (select id, text from had))
        """  # noqa: S608 (our own words)
    )
    db.execute("drop table had")


def _texts(path: Path) -> Iterator[tuple[str, str]]:
    for row in iter_export(path):
        text: Any = row.get("content_hash") or row.get("revision")
        if not text:
            raise ArchiveError(f"{path} does not tell which texts it has: it has neither content_hash nor revision")
        yield row["id"], str(text)
