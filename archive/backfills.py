"""How far each backfill has got: the steps that it has yet to take, and the pages that it has yet to ask for.

A backfill is found again by the operator's words (its wish), so that the same command goes on where the last one
ended, however it ended. Its pages stand in the ledger like all others, but are not due: only a backfill asks for them.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from archive.ledger import HELD, MOST_TRIES, OUT_OF_RANGE, Ledger, Verdict
from archive.sqlite import Database
from archive.times import from_iso_or_none, iso
from archive.types import Kind, Outcome, State

#: Pages that a backfill may ask for: not asked yet, or given up by the nights, or gone and only an archive has them.
_ASKABLE = f"""
    (urls.state = 'found' or (urls.state = 'refused' and urls.reason = '{OUT_OF_RANGE}')
     or (urls.state = 'failed' and urls.due_at is null)
     or (urls.state = 'gone' and urls.article_id is null and copy is not null))
"""

_MISSED = "guessed, and not there"


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """A document to read, or a WARC file to go through."""

    id: int
    #: ``sitemaps``, ``sections``, ``cdx`` or ``warc``.
    way: str
    #: A URL, or the path of a file.
    place: str
    #: The last day that it may hold pages of.
    newest: date
    #: What led to it: a document, or ``sources.toml``.
    listed_by: str
    #: True: it is the next, older part of the list that led to it.
    continues: bool = False
    #: True: nothing led to it but the way that others are written.
    guessed: bool = False
    #: Bytes of a WARC file that have been gone through.
    offset: int = 0


class BackfillStore:
    """The backfills of one archive. Each call is part of the caller's transaction."""

    def __init__(self, db: Database, ledger: Ledger) -> None:
        self._db = db
        self._ledger = ledger

    def open(self, wish: dict[str, Any], now: datetime) -> tuple[int, bool]:
        """The unfinished backfill of that wish, else a new one; its id, and whether it is new."""
        text = json.dumps(wish, ensure_ascii=False, sort_keys=True)
        known = self._db.execute(
            "select max(id) from backfills where wish = ? and finished_at is null", [text]
        ).fetchone()
        if known[0] is not None:
            return int(known[0]), False
        made = self._db.execute("insert into backfills (wish, started_at) values (?, ?)", [text, iso(now)])
        assert made.lastrowid is not None
        return made.lastrowid, True

    def finish(self, backfill: int, now: datetime) -> bool:
        """Close a backfill if nothing is left of it; whether that is so."""
        if self.left(backfill) != (0, 0):
            return False
        self._db.execute("update backfills set finished_at = ? where id = ?", [iso(now), backfill])
        return True

    def left(self, backfill: int) -> tuple[int, int]:
        """Steps and pages that a later run has to do."""
        (steps,) = self._db.execute(
            "select count(*) from backfill_steps where backfill_id = ? and done is null", [backfill]
        ).fetchone()
        (pages,) = self._db.execute(
            f"select count(*) from backfill_pages join urls on urls.id = url_id where backfill_id = ? and {_ASKABLE}",  # noqa: S608
            [backfill],
        ).fetchone()
        return steps, pages

    # ---- steps --------------------------------------------------------------------------------------------

    def add_step(
        self,
        backfill: int,
        way: str,
        place: str,
        newest: date,
        *,
        listed_by: str,
        continues: bool = False,
        guessed: bool = False,
    ) -> bool:
        """Remember a document or file to read; False where it was known."""
        cursor = self._db.execute(
            "insert or ignore into backfill_steps (backfill_id, way, place, newest, listed_by, continues, guessed)"
            " values (?, ?, ?, ?, ?, ?, ?)",
            [backfill, way, place, newest.isoformat(), listed_by, continues, guessed],
        )
        return cursor.rowcount > 0

    def next_step(self, backfill: int, *, but_not: Iterable[int] = ()) -> Step | None:
        """The newest step that is left, without those that were tried in this run."""
        row = self._db.execute(
            "select id, way, place, newest, listed_by, continues, guessed, offset from backfill_steps"
            " where backfill_id = ? and done is null and id not in (select value from json_each(?))"
            " order by newest desc, id limit 1",
            [backfill, json.dumps(list(but_not))],
        ).fetchone()
        if row is None:
            return None
        id_, way, place, newest, listed_by, continues, guessed, offset = row
        return Step(
            id=id_,
            way=way,
            place=place,
            newest=date.fromisoformat(newest),
            listed_by=listed_by,
            continues=bool(continues),
            guessed=bool(guessed),
            offset=offset,
        )

    def end_step(self, step: Step, said: str) -> None:
        """A step is done, and what came of it."""
        self._db.execute("update backfill_steps set done = ? where id = ?", [said, step.id])

    def fail_step(self, step: Step, said: str) -> None:
        """A step failed: a later run tries it again, until it has failed too often."""
        self._db.execute(
            "update backfill_steps set tries = tries + 1, done = iif(tries + 1 >= ?, ?, null) where id = ?",
            [MOST_TRIES, said, step.id],
        )

    def move(self, step: Step, offset: int) -> None:
        """A WARC file has been gone through up to ``offset``."""
        self._db.execute("update backfill_steps set offset = ? where id = ?", [offset, step.id])

    def miss(self, backfill: int, step: Step) -> None:
        """A guess was wrong. Where two were and none was right, those that are left are not asked for."""
        self._db.execute("update backfill_steps set done = ? where id = ?", [_MISSED, step.id])
        missed, right = self._db.execute(
            "select total(done = ?), total(done <> ?) from backfill_steps where backfill_id = ? and guessed",
            [_MISSED, _MISSED, backfill],
        ).fetchone()
        if missed > 1 and not right:
            self._db.execute(
                "update backfill_steps set done = 'guessed like two that were not there'"
                " where backfill_id = ? and guessed and done is null",
                [backfill],
            )

    def newest_listed(self, where_url: str) -> date | None:
        """The latest day on which an article was published that a document lists; None: none of them is known."""
        (found,) = self._db.execute(
            "select max(published_at) from sightings join urls on urls.id = sightings.url_id"
            " join articles on articles.id = urls.article_id where where_url = ?",
            [where_url],
        ).fetchone()
        return None if found is None else date.fromisoformat(found[:10])

    # ---- pages --------------------------------------------------------------------------------------------

    def put(self, backfill: int, url: str, newest: date, *, source: str, run: int, copy: str | None = None) -> bool:
        """Queue a page of the ledger, if it is one that may be asked for; whether it is."""
        found = self._db.execute(
            f"select id from (select *, ? as copy from urls) as urls"  # noqa: S608 (words of our own)
            f" where url = ? and source = ? and kind = 'page' and {_ASKABLE}",
            [copy, url, source],
        ).fetchone()
        if found is None:
            return False
        self._db.execute(
            "insert or ignore into backfill_pages (backfill_id, url_id, newest, copy) values (?, ?, ?, ?)",
            [backfill, found[0], newest.isoformat(), copy],
        )
        self._enter(run, found[0], source)
        return True

    def _enter(self, run: int, url_id: int, source: str) -> None:
        self._db.execute(
            "insert into run_urls (run_id, url_id, source, outcome, reason) values (?, ?, ?, 'waiting', 'queued')"
            " on conflict (run_id, url_id) do update set outcome = 'waiting', reason = 'queued'"
            " where outcome = 'known'",
            [run, url_id, source],
        )

    def enter_left(self, backfill: int, run: int) -> int:
        """Bring into a run what earlier ones left; how many pages that is."""
        self._db.execute(
            f"""
            delete from backfill_pages where backfill_id = ? and url_id not in
                (select url_id from backfill_pages join urls on urls.id = url_id where backfill_id = ? and {_ASKABLE})
            """,  # noqa: S608
            [backfill, backfill],
        )
        cursor = self._db.execute(
            "insert or ignore into run_urls (run_id, url_id, source, outcome, reason)"
            " select ?, url_id, source, 'waiting', 'queued' from backfill_pages join urls on urls.id = url_id"
            " where backfill_id = ?",
            [run, backfill],
        )
        return cursor.rowcount

    def claim(self, backfill: int, *, run: int, limit: int, but_not: set[int], up_to: int) -> list[str]:
        """Up to ``limit`` pages to ask for now, newest first: their URLs. ``up_to``: no page with a higher id."""
        rows = self._db.execute(
            f"""
            select urls.id, urls.url from backfill_pages join urls on urls.id = url_id
            where backfill_id = ? and {_ASKABLE}
              and exists (select 1 from run_urls
                          where run_id = ? and url_id = urls.id and outcome = 'waiting' and reason = 'queued')
              and urls.id <= ?
            order by backfill_pages.newest desc, urls.id limit ?
            """,  # noqa: S608
            [backfill, run, up_to, limit + len(but_not)],
        )
        return [url for url_id, url in rows if url_id not in but_not][:limit]

    def holds(self, backfill: int, url_id: int) -> bool:
        """Whether a page is in a backfill's queue."""
        return self._row(backfill, url_id) is not None

    def copy_of(self, backfill: int, url_id: int) -> str | None:
        """Where a queued page is to be asked for, if not at its own address."""
        row = self._row(backfill, url_id)
        return row[0] if row else None

    def _row(self, backfill: int, url_id: int) -> tuple[str | None] | None:
        found: tuple[str | None] | None = self._db.execute(
            "select copy from backfill_pages where backfill_id = ? and url_id = ?", [backfill, url_id]
        ).fetchone()
        return found

    def settled(self, backfill: int, url_id: int, state: State) -> None:
        """A page was settled: it leaves the queue, unless it failed and may be tried again by a later run."""
        where = "where backfill_id = ? and url_id = ?"
        tries = MOST_TRIES if state is not State.FAILED else 1
        self._db.execute(
            f"update backfill_pages set tries = tries + ? {where}",  # noqa: S608
            [tries, backfill, url_id],
        )
        self._db.execute(f"delete from backfill_pages {where} and tries >= ?", [backfill, url_id, MOST_TRIES])  # noqa: S608

    def refuse(self, url: str, *, source: str, run: int, now: datetime, detail: str) -> bool:
        """A page that no run has met before is of other days: it is not asked for. False: it is known otherwise."""
        entry = self._ledger.entry(url)
        if entry is None or entry.kind is not Kind.PAGE or entry.source != source:
            return False
        held = entry.state is State.FOUND and entry.reason == HELD
        if not held and not (entry.state is State.REFUSED and entry.reason == OUT_OF_RANGE):
            return False
        verdict = Verdict(
            state=State.REFUSED, outcome=Outcome.REFUSED, reason=OUT_OF_RANGE, detail=detail, answered=False
        )
        self._ledger.settle(entry, verdict, run=run, now=now)
        return True

    def published_on(self, article_id: str) -> date | None:
        """The day of an article's publication; None: not known."""
        (found,) = self._db.execute("select published_at from articles where id = ?", [article_id]).fetchone()
        moment = from_iso_or_none(found)
        return moment and moment.date()
