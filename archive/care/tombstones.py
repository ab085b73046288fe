"""URLs in, the tombstone that stands for them out: what was taken down, why, and what is refused because of it.

A tombstone has keys: ``id:`` and the id that an address gives, which is blind to http and https and to ``www.``, and
``host:`` and a domain that was taken down whole, with all below it. Whatever has a key is not asked for, not taken in
and not kept again, under whatever other address it comes.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from archive.times import from_iso
from archive.urls import article_id, without_amp

if TYPE_CHECKING:
    from sqlite_utils import Database

#: Reason of a URL in the ledger that a tombstone stands for.
TAKEN_DOWN = "taken-down"


@dataclass(frozen=True, slots=True, kw_only=True)
class Tombstone:
    """What is left of a page, or of a domain, that was taken down."""

    #: ``page`` or ``domain``.
    scope: str
    #: The URL, or the domain, that was named when it was taken down.
    name: str
    #: Of the record that there was; None: it had none, or it is a domain.
    id: str | None
    canonical_url: str | None
    source: str | None
    #: In the words of who took it down.
    reason: str
    #: Who that was.
    who: str
    at: datetime
    #: Of what was kept of it, as they stand in the ledger: ``sha1:…``. A later dispute can be decided by them.
    digests: tuple[str, ...]
    #: False: its bytes are still to be overwritten, or may be left in the database's unused pages.
    finished: bool


_COLUMNS = """
    t.scope, t.name, t.article_id, t.canonical_url, t.source, t.reason, t.who, t.at, t.digests,
    t.scrubbed and not exists (select 1 from erasures e where e.tombstone_id = t.id and not e.done) as finished
    from tombstones t
"""


def keys_of_url(url: str) -> list[str]:
    """The keys that a URL is looked up by: its own, that of the page that it is the AMP twin of, and its domains."""
    host = urlsplit(url).hostname or ""
    labels = host.split(".")
    domains = [f"host:{'.'.join(labels[n:])}" for n in range(len(labels))] if host else []
    return [key_of_url(url), key_of_url(without_amp(url)), *domains]


def key_of_url(url: str) -> str:
    """The key of one address."""
    return f"id:{article_id(url)}"


def tombstone_number(db: Database, *urls: str | None) -> int | None:
    """Whichever tombstone stands for one of these URLs, by its number; None: none does."""
    keys = {key for url in urls if url for key in keys_of_url(url)}
    return _number(db, keys)


def _number(db: Database, keys: Iterable[str]) -> int | None:
    wanted = sorted(keys)
    sql = f"select min(tombstone_id) from tombstone_keys where key in ({', '.join('?' * len(wanted))})"  # noqa: S608
    (found,) = db.execute(sql, wanted).fetchone()
    return None if found is None else int(found)


def tombstone_of(db: Database, id_or_urls: Iterable[str]) -> Tombstone | None:
    """The tombstone of an article's id, or of one of several spellings of a URL."""
    keys = {key for name in id_or_urls for key in (keys_of_url(name) if ":" in name else [_id(name)])}
    number = _number(db, keys)
    if number is None:
        return None
    rows = db.query(f"select {_COLUMNS} where t.id = ?", [number])
    return next(map(_tombstone, rows))


def _id(name: str) -> str:
    return f"id:{name.encode('ascii', 'ignore').decode()}"


def tombstones_of(db: Database) -> Iterator[Tombstone]:
    """Every tombstone, in the order in which they were set."""
    return map(_tombstone, db.query(f"select {_COLUMNS} order by t.at, t.id"))


def add_key(db: Database, number: int, key: str) -> None:
    """A further key of a tombstone; one that has a tombstone already keeps it."""
    db.execute("insert or ignore into tombstone_keys (key, tombstone_id) values (?, ?)", [key, number])


def _tombstone(row: Mapping[str, Any]) -> Tombstone:
    return Tombstone(
        scope=row["scope"],
        name=row["name"],
        id=row["article_id"],
        canonical_url=row["canonical_url"],
        source=row["source"],
        reason=row["reason"],
        who=row["who"],
        at=from_iso(row["at"]),
        digests=tuple(json.loads(row["digests"])),
        finished=bool(row["finished"]),
    )
