"""Every URL ever discovered, its one state and the reason; and what each run did with it.

A page URL that a run meets gets a row in ``run_urls`` at once, with the outcome ``waiting``; whatever happens
to it replaces that. So the funnel adds up at any instant, also in a database left by ``kill -9``.
What is to be asked for is whatever is due: ``urls.due_at`` is the whole frontier.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import uuid4

from archive.care.tombstones import TAKEN_DOWN, tombstone_number
from archive.rhythm import NO_RHYTHM, Rhythm
from archive.sqlite import Database
from archive.text import storable
from archive.times import from_iso, from_iso_or_none, iso, iso_or_none, parse_stamp
from archive.types import Hint, Kind, Link, Outcome, State, Via
from archive.version import __version__

#: What stands for the front page of a source that is only files taken in from disk.
IMPORT_HOME = "urn:nightdesk:import"

#: Reasons of URLs that only a backfill has met: no run but a backfill asks for them, until an ordinary list names them.
HELD = "backfill"
OUT_OF_RANGE = "out-of-range"
#: Times that a backfill tries a page, or a document, in all: once a run.
MOST_TRIES = 3

#: Documents whose hints are remembered for one URL; the newest replace the oldest.
_HINTS_KEPT = 6


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A URL of the ledger, as the crawler needs it."""

    id: int
    url: str
    source: str
    kind: Kind
    state: State
    #: Why it is in that state.
    reason: str | None
    first_seen_at: datetime
    #: When it was last answered; None: never.
    fetched_at: datetime | None
    attempts: int
    #: Validators of the last full answer, for a conditional request.
    etag: str | None
    last_modified: str | None
    capture_id: int | None
    article_id: str | None
    hints: tuple[Hint, ...]
    #: Ask (again) from then on; None: never.
    due_at: datetime | None = None
    #: How often it and its source's articles change.
    rhythm: Rhythm = NO_RHYTHM
    #: Digest of the last full answer, unpacked; None: none was noted.
    body_digest: str | None = None
    #: Of a document that lists pages: when it last brought something new; None: not known.
    yielded_at: datetime | None = None
    #: True: a sitemap that lists sitemaps.
    is_index: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What became of a URL: its new state and, for a page, the run's outcome."""

    state: State
    outcome: Outcome | None
    #: What it is called in the URL's story; None: as the outcome, or else the state.
    event: str | None = None
    reason: str | None = None
    #: For a person, in a few words.
    detail: str | None = None
    #: Ask again from then on; None: never.
    due_at: datetime | None = None
    #: Why then, or why never, for a person; None: not noted.
    due_because: str | None = None
    capture_id: int | None = None
    article_id: str | None = None
    #: True: an answer arrived, so the count of failures starts anew.
    answered: bool = True
    #: To remember for the next conditional request; None leaves what is there.
    etag: str | None = None
    last_modified: str | None = None
    #: True for a full answer: its validators replace the old ones even when it has none.
    full_answer: bool = False
    #: Digest of a full answer, unpacked.
    body_digest: str | None = None
    #: Of a document that lists pages; None leaves what is there.
    yielded_at: datetime | None = None
    is_index: bool | None = None


#: What an Entry is made of, and where it stands.
_ENTRY = """
    urls.id, urls.url, urls.source, urls.kind, urls.state, urls.reason, urls.first_seen_at, urls.fetched_at,
    urls.attempts, urls.etag, urls.last_modified, urls.capture_id, urls.article_id, urls.hints, urls.due_at,
    urls.body_digest, urls.yielded_at, urls.is_index, articles.revision, articles.revised_at,
    articles.type = 'LiveBlogPosting' or articles.entries <> '[]', sources.steady
    from urls join sources on sources.id = urls.source left join articles on articles.id = urls.article_id
"""
#: The one order of the queue; the index urls_queue has it. Never asked before asked, then newest listed first.
_QUEUE = "urls.fetched_at is not null, coalesce(urls.listed_at, urls.first_seen_at) desc, urls.id"


class Ledger:
    """The ledger of one archive. Each call is part of the caller's transaction."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def add_source(self, name: str, *, home: str, title: str | None, now: datetime) -> None:
        """Make a source known, or bring its home and title up to date."""
        self._db.execute(
            "insert into sources (id, title, home, first_seen_at) values (?, ?, ?, ?)"
            " on conflict (id) do update set title = excluded.title, home = excluded.home",
            [name, title, home, iso(now)],
        )

    def start_run(self, kind: str, arguments: dict[str, Any], now: datetime) -> int:
        """A new run's id. Runs that a crash left open are closed as ``crashed`` first."""
        self._db.execute("update runs set status = 'crashed' where status = 'running'")
        return self._insert(
            "insert into runs (uid, kind, started_at, status, software, arguments) values (?, ?, ?, 'running', ?, ?)",
            [uuid4().hex, kind, iso(now), f"nightdesk {__version__}", json.dumps(arguments, ensure_ascii=False)],
        )

    def _insert(self, sql: str, values: list[Any]) -> int:
        rowid = self._db.execute(sql, values).lastrowid
        assert rowid is not None
        return rowid

    def leave_waiting(self, run: int, reason: str, *, source: str | None = None) -> None:
        """Say why this run did not get to the pages still queued, of one source or of all."""
        waiting = "run_id = ? and outcome = 'waiting' and reason = 'queued'"
        sql = f"update run_urls indexed by run_urls_waiting set reason = ? where {waiting}"  # noqa: S608
        if source is None:
            self._db.execute(sql, [reason, run])
        else:
            self._db.execute(f"{sql} and source = ?", [reason, run, source])

    def leave(self, entry: Entry, reason: str, *, until: datetime, run: int, now: datetime) -> None:
        """A URL is not asked for in this run, and not before ``until``: its state stays, its story says why."""
        self._db.execute(
            "update run_urls set reason = ? where run_id = ? and url_id = ? and outcome = 'waiting'",
            [reason, run, entry.id],
        )
        if entry.kind is Kind.PAGE:
            later = iso(until)
            self._db.execute("update urls set due_at = ? where id = ? and due_at < ?", [later, entry.id, later])
        self.note(entry.id, Outcome.WAITING, run=run, now=now, reason=reason, detail=f"until {until:%Y-%m-%d %H:%M}")

    def put_off(self, entry: Entry, reason: str, *, run: int, now: datetime) -> None:
        """A captured page is not cleaned in this run: its state stays, the next run finds it, its story says why."""
        self._db.execute(
            "update run_urls set reason = ? where run_id = ? and url_id = ? and outcome = 'waiting'",
            [reason, run, entry.id],
        )
        self.note(entry.id, Outcome.WAITING, run=run, now=now, reason=reason)

    def finish_run(self, run: int, status: str, now: datetime) -> None:
        """Close a run. Status: ``finished`` or ``interrupted``."""
        self._db.execute("update runs set finished_at = ?, status = ? where id = ?", [iso(now), status, run])

    def discover(self, links: Iterable[Link], *, source: str, run: int, now: datetime, held: bool = False) -> int:
        """Write down every link; how many of them are pages that this run had not met yet.

        ``held``: a backfill found them. Those that are new are not due, for whatever run; the first list that a
        night reads them in makes them so.
        """
        return sum(self._discover_one(link, source, run, iso(now), held=held) for link in links)

    def _discover_one(self, link: Link, source: str, run: int, now: str, *, held: bool) -> bool:
        if not held:
            self._release(link.url, now)
        known = self._db.execute(
            "select id, source, kind, state, reason, due_at, hints from urls where url = ?", [link.url]
        ).fetchone()
        if known is None:
            due_at, reason, state = (None, HELD, "found") if held else (now, None, "found")
            if tombstone_number(self._db, link.url) is not None:
                due_at, reason, state = None, TAKEN_DOWN, "refused"
                link = replace(link, hint=Hint(via=link.hint.via, where=link.hint.where))
            url_id = self._insert(
                "insert into urls (url, source, kind, state, reason, state_at, first_seen_at, last_seen_at, due_at,"
                " listed_at, hints) values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                [
                    *(link.url, source, link.kind, state, reason, now, now, now, due_at),
                    *(_listed_at(link), _hints_json([link.hint])),
                ],
            )
            owner, kind = source, link.kind
        else:
            url_id, owner, kind, state, reason, due_at, hints = known
            if reason == TAKEN_DOWN:
                link = replace(link, hint=Hint(via=link.hint.via, where=link.hint.where))
            kept = [h for h in load_hints(hints) if h.where != link.hint.where][-(_HINTS_KEPT - 1) :]
            self._db.execute(
                "update urls set last_seen_at = ?, listed_at = coalesce(?, listed_at), hints = ? where id = ?",
                [now, _listed_at(link), _hints_json([*kept, link.hint]), url_id],
            )
        self._db.execute(
            "insert into sightings (url_id, where_url, via, first_run, last_run) values (?, ?, ?, ?, ?)"
            " on conflict (url_id, where_url) do update set last_run = excluded.last_run, via = excluded.via",
            [url_id, link.hint.where, link.hint.via, run, run],
        )
        if owner != source and self._take_over(url_id, owner, source, now):
            owner, due_at = source, None if reason == TAKEN_DOWN else now
        if kind != Kind.PAGE or owner != source:  # a URL belongs to the source that found it first
            return False
        return self._enter(run, url_id, source=owner, state=state, due_at=due_at, now=now)

    def _release(self, url: str, now: str) -> None:
        """What only backfills had met is an ordinary URL from now on."""
        self._db.execute(
            "update urls set due_at = ?, reason = iif(state = 'found', null, reason) where url = ? and due_at is null"
            " and ((state in ('found', 'refused', 'read') and reason in (?, ?))"
            "      or (state = 'failed' and attempts <= ?))",  # what nights gave up has failed more often
            [now, url, HELD, OUT_OF_RANGE, MOST_TRIES],
        )

    def _take_over(self, url_id: int, owner: str, source: str, now: str) -> bool:
        """A URL known only from an imported file becomes its newspaper's, to be asked for, once that lists it."""
        cursor = self._db.execute(
            f"update urls set source = ?, due_at = iif(reason = '{TAKEN_DOWN}', null, ?) where id = ?"  # noqa: S608
            " and exists (select 1 from sources where id = ? and home = ?)"
            " and not exists (select 1 from sources where id = ? and home = ?)",
            [source, now, url_id, owner, IMPORT_HOME, source, IMPORT_HOME],
        )
        return cursor.rowcount > 0

    def _enter(self, run: int, url_id: int, *, source: str, state: str, due_at: str | None, now: str) -> bool:
        """Give a page its row in this run: queued if it is due, else known for the state that it is in."""
        due = state == State.CAPTURED or (due_at is not None and due_at <= now)
        outcome, reason = (Outcome.WAITING, "queued") if due else (Outcome.KNOWN, state)
        cursor = self._db.execute(
            "insert or ignore into run_urls (run_id, url_id, source, outcome, reason) values (?, ?, ?, ?, ?)",
            [run, url_id, source, outcome, reason],
        )
        return cursor.rowcount > 0

    def relist(self, where_url: str, *, run: int, now: datetime) -> int:
        """A document is unchanged (304): all that it listed when it was last read, it lists tonight.

        How many of them are pages that this run had not met yet.
        """
        stamp = iso(now)
        cursor = self._db.execute(
            """
            insert or ignore into run_urls (run_id, url_id, source, outcome, reason)
            select :run, id, source,
                   iif(state = 'captured' or due_at <= :now, 'waiting', 'known'),
                   iif(state = 'captured' or due_at <= :now, 'queued', state)
            from sightings join urls on urls.id = url_id
            where where_url = :where and kind = 'page'
              and last_run = (select max(last_run) from sightings where where_url = :where)
            """,
            {"run": run, "now": stamp, "where": where_url},
        )
        last_read = "(select max(last_run) from sightings where where_url = :where)"
        self._db.execute(
            f"update sightings set last_run = :run where where_url = :where and last_run = {last_read}",  # noqa: S608
            {"run": run, "where": where_url},
        )
        return cursor.rowcount

    def enter_due(self, sources: Sequence[str], *, run: int, now: datetime) -> None:
        """Bring into this run every page that is due, or captured and not yet cleaned, whoever lists it or not."""
        queue = "insert or ignore into run_urls (run_id, url_id, source, outcome, reason)"
        for source in sources:
            self._db.execute(
                f"{queue} select ?, id, source, 'waiting', 'queued' from urls"  # noqa: S608 (words of our own)
                " where source = ? and kind = 'page' and due_at <= ?",
                [run, source, iso(now)],
            )
            self._db.execute(
                f"{queue} select ?, id, source, 'waiting', 'queued' from urls"  # noqa: S608
                " where source = ? and kind = 'page' and state = 'captured'",
                [run, source],
            )

    def make_due(self, sources: Sequence[str], now: datetime, *, lists_only: bool = False) -> None:
        """Make all that is known of these sources due now: articles, vanished pages, and what lists pages."""
        why = f"the operator asked for all {'lists' if lists_only else 'that is known'}"
        for source in sources:
            self._db.execute(
                "update urls set due_at = :now, due_because = :why where source = :source"
                " and state in ('kept', 'gone', 'failed', 'read') and (due_at is null or due_at > :now)"
                " and not (:lists_only and kind = 'page')",
                {"now": iso(now), "why": why, "source": source, "lists_only": lists_only},
            )

    def ask_now(self, url: str, now: datetime) -> None:
        """Make a known page due now, whatever its schedule says; an unknown URL is left alone."""
        self._db.execute(
            "update urls set due_at = ?, due_because = 'the operator asked for it' where url = ? and kind = 'page'"
            " and reason is not ?",
            [iso(now), url, TAKEN_DOWN],
        )

    def plan(self, run: int) -> list[dict[str, str]]:
        """Each page that a run met: source, url, outcome, reason, where it was listed and by what kind of list."""
        rows = self._db.query(
            """
            select run_urls.source, url, outcome, run_urls.reason, coalesce(fetched_at, '') as fetched_at,
                   coalesce((select group_concat(distinct via) from sightings
                             where url_id = urls.id and last_run = run_id), 'revisit') as via
            from run_urls join urls on urls.id = url_id
            where run_id = ? order by run_urls.source, urls.id
            """,
            [run],
        )
        return list(rows)

    def postpone(self, source: str, until: datetime) -> None:
        """Ask for no page of a source before ``until``: its site wants to be left alone."""
        self._db.execute(
            "update urls set due_at = ?, due_because = 'its site asked to be left alone until then'"
            " where source = ? and kind = 'page' and due_at < ?",
            [iso(until), source, iso(until)],
        )

    def last_id(self) -> int:
        """The highest id of a URL so far; 0: there is none."""
        (last,) = self._db.execute("select coalesce(max(id), 0) from urls").fetchone()
        return int(last)

    def claim(
        self, source: str, *, run: int, now: datetime, limit: int, but_not: set[int], up_to: int | None = None
    ) -> list[Entry]:
        """Up to ``limit`` pages of a source to ask for now: never asked ones first, newest listed first.

        ``but_not``: ids that are under way already. ``up_to``: no page with a higher id.
        """
        rows = self._db.execute(
            f"""
            select {_ENTRY}
            where urls.source = ? and urls.kind = 'page' and urls.due_at is not null and urls.state <> 'captured'
              and +urls.due_at <= ?  -- the plus: not by the date's own index, which would have to be sorted
              and exists (select 1 from run_urls
                          where run_id = ? and url_id = urls.id and outcome = 'waiting' and reason = 'queued')
              and +urls.id <= coalesce(?, urls.id)
            order by {_QUEUE} limit ?
            """,  # noqa: S608 (column names of our own)
            [source, iso(now), run, up_to, limit + len(but_not)],
        )
        return [entry for row in rows if (entry := _entry(row)).id not in but_not][:limit]

    def captured(self, sources: Sequence[str] | None = None, *, limit: int, but_not: set[int]) -> list[Entry]:
        """Up to ``limit`` pages that are in the WARC but not yet cleaned."""
        where = "" if sources is None else " and urls.source in (select value from json_each(?))"
        rows = self._db.execute(
            f"select {_ENTRY} where urls.state = 'captured'{where} order by urls.id limit ?",
            [*([] if sources is None else [json.dumps(list(sources))]), limit + len(but_not)],
        )
        return [entry for row in rows if (entry := _entry(row)).id not in but_not][:limit]

    def entry(self, url: str) -> Entry | None:
        """The ledger's entry of a normalised URL."""
        row = self._db.execute(f"select {_ENTRY} where urls.url = ?", [url]).fetchone()
        return None if row is None else _entry(row)

    def documents(self, source: str, now: datetime) -> list[Entry]:
        """Feeds, sitemaps, front and section pages that were discovered in a source earlier and are due."""
        rows = self._db.execute(
            f"select {_ENTRY} where urls.source = ? and urls.kind <> 'page' and urls.due_at <= ? order by urls.id",
            [source, iso(now)],
        )
        return [_entry(row) for row in rows]

    def relatives(self, source: str, beginning: str) -> Iterator[tuple[str, State, str | None]]:
        """URL, state and reason of a source's fetched pages whose addresses begin so."""
        rows = self._db.execute(
            "select url, state, reason from urls where url >= ? and url < ? and source = ? and kind = 'page'"
            " and state in ('kept', 'duplicate', 'rejected')",
            [beginning, beginning + "\U0010ffff", source],
        )
        for url, state, reason in rows:
            yield url, State(state), reason

    def settle(self, entry: Entry, verdict: Verdict, *, run: int, now: datetime) -> None:
        """Write a URL's new state, the run's outcome and the event, together."""
        stamp, detail = iso(now), verdict.detail and storable(verdict.detail)
        self._db.execute(
            """
            update urls set state = :state, reason = :reason, detail = :detail, state_at = :now, due_at = :due_at,
                due_because = :because,
                fetched_at = case when :answered then :now else fetched_at end,
                attempts = case when :answered then 0 else attempts + 1 end,
                etag = case when :full then :etag else coalesce(:etag, etag) end,
                last_modified = case when :full then :last_modified else coalesce(:last_modified, last_modified) end,
                body_digest = case when :full then :digest else coalesce(:digest, body_digest) end,
                capture_id = coalesce(:capture_id, capture_id),
                article_id = coalesce(:article_id, article_id),
                yielded_at = coalesce(:yielded_at, yielded_at),
                is_index = coalesce(:is_index, is_index)
            where id = :id
            """,
            {
                "state": verdict.state,
                "reason": verdict.reason,
                "detail": detail,
                "now": stamp,
                "due_at": iso_or_none(verdict.due_at),
                "answered": verdict.answered,
                "full": verdict.full_answer,
                "etag": verdict.etag,
                "last_modified": verdict.last_modified,
                "digest": verdict.body_digest,
                "because": verdict.due_because,
                "yielded_at": iso_or_none(verdict.yielded_at),
                "is_index": verdict.is_index,
                "capture_id": verdict.capture_id,
                "article_id": verdict.article_id,
                "id": entry.id,
            },
        )
        self._count_change(entry, verdict)
        if verdict.outcome is not None:
            self._db.execute(
                "insert into run_urls (run_id, url_id, source, outcome, reason) values (?, ?, ?, ?, ?)"
                " on conflict (run_id, url_id) do update set outcome = excluded.outcome, reason = excluded.reason",
                [run, entry.id, entry.source, verdict.outcome, verdict.reason],
            )
        event = verdict.event or (verdict.outcome if verdict.outcome is not None else verdict.state)
        self.note(
            entry.id, event, run=run, now=now, reason=verdict.reason, detail=detail, capture_id=verdict.capture_id
        )

    def _count_change(self, entry: Entry, verdict: Verdict) -> None:
        """Visits to known articles of a source, in a row, that found nothing changed."""
        if verdict.outcome in (Outcome.UPDATED, Outcome.UNCHANGED):
            steady = "0" if verdict.outcome is Outcome.UPDATED else "steady + 1"
            self._db.execute(f"update sources set steady = {steady} where id = ?", [entry.source])  # noqa: S608

    def note(
        self,
        url_id: int,
        event: str,
        *,
        run: int,
        now: datetime,
        reason: str | None = None,
        detail: str | None = None,
        capture_id: int | None = None,
    ) -> None:
        """Add to a URL's story without changing its state."""
        self._db.execute(
            "insert into url_events (url_id, run_id, at, event, reason, detail, capture_id)"
            " values (?, ?, ?, ?, ?, ?, ?)",
            [url_id, run, iso(now), event, reason, detail, capture_id],
        )

    def fresh(self, where_url: str, run: int) -> int:
        """How many of the URLs that a document lists are ones that this run was the first to meet."""
        (number,) = self._db.execute(
            """
            select count(*) from sightings join urls on urls.id = url_id
            where where_url = :where and last_run = :run and first_run = :run
              and urls.first_seen_at >= (select started_at from runs where id = :run)
            """,
            {"where": where_url, "run": run},
        ).fetchone()
        return int(number)

    def queued(self, run: int) -> dict[str, int]:
        """Pages of each source that this run has yet to ask for."""
        return dict(
            self._db.execute(
                "select source, count(*) from run_urls where run_id = ? and outcome = 'waiting' and reason = 'queued'"
                " group by source",
                [run],
            )
        )


def _listed_at(link: Link) -> str | None:
    return iso_or_none(parse_stamp(link.hint.published) or parse_stamp(link.hint.modified))


def _hints_json(hints: Iterable[Hint]) -> str:
    values = []
    for hint in hints:
        value = {name: getattr(hint, name) for name in Hint.__slots__}
        values.append({name: v for name, v in value.items() if v})
    return storable(json.dumps(values, ensure_ascii=False))


def load_hints(text: str) -> tuple[Hint, ...]:
    """Hints from the ledger's JSON."""
    return tuple(
        Hint(**(value | {"via": Via(value["via"])} | {k: tuple(value[k]) for k in ("authors", "tags") if k in value}))
        for value in json.loads(text)
    )


def _entry(row: Sequence[Any]) -> Entry:
    id_, url, source, kind, state, reason, first, fetched, attempts, etag, modified, capture_id, *rest = row
    article_id, hints, due_at, digest, yielded_at, is_index, revision, revised_at, live, steady = rest
    changed = (revision or 1) > 1
    return Entry(
        id=id_,
        url=url,
        source=source,
        kind=Kind(kind),
        state=State(state),
        reason=reason,
        first_seen_at=from_iso(first),
        fetched_at=from_iso_or_none(fetched),
        attempts=attempts,
        etag=etag,
        last_modified=modified,
        capture_id=capture_id,
        article_id=article_id,
        hints=load_hints(hints),
        due_at=from_iso_or_none(due_at),
        rhythm=Rhythm(
            changes=(revision or 1) - 1,
            changed_at=from_iso(revised_at) if changed else None,
            live=bool(live),
            steady=steady,
        ),
        body_digest=digest,
        yielded_at=from_iso_or_none(yielded_at),
        is_index=bool(is_index),
    )
