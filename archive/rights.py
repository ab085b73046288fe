"""What pages and sites say of use, verbatim, each with the capture that says it; and the operator's ground."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from archive.asks import Ask, Signal, find_asks
from archive.text import storable
from archive.times import from_iso, iso

if TYPE_CHECKING:
    from sqlite_utils import Database

#: What a site may say for all its pages.
ROBOTS_PATH = "/robots.txt"
TDMREP_PATH = "/.well-known/tdmrep.json"


@dataclass(frozen=True, slots=True, kw_only=True)
class Rights:
    """All that is known of the rights in one page, as it was captured."""

    #: The page's own and its site's, in that order.
    signals: tuple[Signal, ...]
    #: What they would ask of us, by archive/asks.py.
    asks: tuple[Ask, ...]
    #: On what ground the operator keeps the source, in the operator's words; None: none stated.
    basis: str | None


class RightsStore:
    """The tables ``rights`` and ``bases``. Each call is part of the caller's transaction."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def record(self, capture_id: int, signals: Iterable[tuple[str, str]]) -> None:
        """Write down what a capture says, as pairs of signal and value; what is there already stays."""
        rows = [(capture_id, signal, storable(value)) for signal, value in signals]
        for row in rows:
            self._db.execute("insert or ignore into rights (capture_id, signal, value) values (?, ?, ?)", row)

    def declare(self, source: str, basis: str | None, now: datetime) -> None:
        """Write down the operator's ground for a source, if it is another one than before."""
        last = self._db.execute(
            "select basis from bases where source = ? order by since desc limit 1", [source]
        ).fetchone()
        if (last[0] if last else None) != basis:
            self._db.execute(
                "insert or replace into bases (source, since, basis) values (?, ?, ?)", [source, iso(now), basis]
            )

    def of_page(self, capture_id: int | None, url: str, source: str, at: datetime) -> Rights:
        """``rights_of``, for whoever writes."""
        return rights_of(self._db, capture_id, url, source, at)


def rights_of(db: Database, capture_id: int | None, url: str, source: str, at: datetime) -> Rights:
    """What was said of a page at ``at``: by itself in ``capture_id``, and by its site for this address."""
    signals = [] if capture_id is None else list(_signals(db, capture_id))
    parts = urlsplit(url)
    for path in (ROBOTS_PATH, TDMREP_PATH):
        signals += _site_signals(db, f"{parts.scheme}://{parts.netloc}{path}", at)
    basis = db.execute(
        "select basis from bases where source = ? and since <= ? order by since desc limit 1", [source, iso(at)]
    ).fetchone()
    return Rights(signals=tuple(signals), asks=find_asks(signals, url), basis=basis[0] if basis else None)


def rights_of_article(db: Database, article_id: str) -> Rights:
    """What was said of an article when it was captured as it is kept now."""
    row = db.execute(
        "select a.capture_id, coalesce(c.url, a.url, ''), a.source, coalesce(c.fetched_at, a.revised_at)"
        " from articles a left join captures c on c.id = a.capture_id where a.id = ?",
        [article_id],
    ).fetchone()
    return rights_of(db, row[0], row[1], row[2], from_iso(row[3]))


def rights_of_entry(db: Database, url_id: int) -> Rights:
    """What was last said of a URL of the ledger, captured or not."""
    row = db.execute(
        "select u.capture_id, coalesce(c.url, u.url), u.source, max(u.state_at, coalesce(c.fetched_at, ''))"
        " from urls u left join captures c on c.id = u.capture_id where u.id = ?",
        [url_id],
    ).fetchone()
    return rights_of(db, row[0], row[1], row[2], from_iso(row[3]))


def _site_signals(db: Database, url: str, at: datetime) -> Iterator[Signal]:
    """What a site's file said in its last usable answer up to then."""
    row = db.execute(
        "select id from captures where url = ? and fetched_at <= ? and status < 500 and status not in (304, 429)"
        " order by fetched_at desc, id desc limit 1",
        [url, iso(at)],
    ).fetchone()
    return iter(()) if row is None else _signals(db, row[0])


def _signals(db: Database, capture_id: int) -> Iterator[Signal]:
    for signal, value, where, at in db.execute(
        "select signal, value, url, fetched_at from rights join captures on captures.id = capture_id"
        " where capture_id = ? order by signal, value",
        [capture_id],
    ):
        yield Signal(signal=signal, value=value, where=where, at=from_iso(at))
