"""What happened to a URL, from the ledger: seen where, asked when, answered what, kept or refused why."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from archive.errors import NotFound
from archive.record import CAPTURE, PLACED, capture_from_row
from archive.rights import Rights, rights_of_entry
from archive.times import from_iso, from_iso_or_none
from archive.types import CaptureRef, Kind, Outcome, State, Via
from archive.urls import normalise_url, without_amp
from archive.wordtree import sendable_text

if TYPE_CHECKING:
    from sqlite_utils import Database

#: URLs of a host that a misspelt one is compared with.
_COMPARED = 5000


@dataclass(frozen=True, slots=True, kw_only=True)
class Sighting:
    """A document that listed the URL."""

    where: str
    via: Via
    #: Runs that saw it there first and last, and when the first of them began.
    first_run: int
    last_run: int
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """Something that happened to the URL in a run."""

    at: datetime
    run: int
    #: A State or an Outcome; ``asked`` for an exchange that led to another, such as a redirect.
    event: str
    reason: str | None
    detail: str | None
    capture: CaptureRef | None
    #: HTTP status of the capture; None where there is none, and for an imported file.
    status: int | None
    #: What the run was done with: ``nightdesk 0.1.0``.
    software: str


@dataclass(frozen=True, slots=True, kw_only=True)
class History:
    """A URL's whole story, oldest first."""

    url: str
    source: str
    kind: Kind
    state: State
    reason: str | None
    detail: str | None
    state_at: datetime
    first_seen_at: datetime
    #: Last time that a document listed it.
    last_seen_at: datetime
    #: Last answer of any kind; None: it never answered.
    fetched_at: datetime | None
    #: When it is to be asked for again; None: never.
    due_at: datetime | None
    #: Why then, or why never, in words; None: not noted.
    due_because: str | None
    #: Of a document that lists pages: when it last brought something new; None: not known.
    yielded_at: datetime | None
    #: Failures in a row.
    attempts: int
    #: The article that it is, or is another address of.
    article_id: str | None
    article_title: str | None
    article_url: str | None
    #: What made the article's record, with versions.
    extractor: str | None
    #: Texts that the article had before its present one.
    revisions: int
    sightings: tuple[Sighting, ...]
    events: tuple[Event, ...]
    #: What each run that met it made of it: (run, outcome, reason).
    outcomes: tuple[tuple[int, Outcome, str | None], ...]
    #: What it and its site said of use, and the operator's ground.
    rights: Rights


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """An answer as it lies in the WARC, and what it was asked for."""

    capture: CaptureRef
    #: The URL of this very exchange, and that of the ledger that it was asked for; None: none, as for robots.txt.
    url: str
    asked: str | None
    source: str | None
    run: int
    fetched_at: datetime
    #: HTTP status; None for an imported file.
    status: int | None
    #: What the run made of the URL: an Outcome, or the event of a document; None: not noted.
    outcome: str | None
    reason: str | None
    detail: str | None


def record_at(db: Database, file: str, offset: int) -> Record:
    """The capture at a byte of a WARC file. Raises NotFound."""
    rows = db.query(
        f"""
        select c.url, u.url as asked, c.source, c.run_id as run, c.fetched_at, {_EXCHANGE}, e.event, e.reason, e.detail
        from warc_files f join captures c on c.warc_file_id = f.id and c.offset = :offset {PLACED}
        left join urls u on u.id = c.url_id
        left join url_events e on e.id = (
            select max(id) from url_events where url_id = c.url_id and run_id = c.run_id and event <> 'captured')
        where f.path = :file
        """,  # noqa: S608 (column names of our own)
        {"file": file, "offset": offset},
    )
    for row in rows:
        capture = capture_from_row(row)
        assert capture is not None
        return Record(
            capture=capture,
            url=row["url"],
            asked=row["asked"],
            source=row["source"],
            run=row["run"],
            fetched_at=from_iso(row["fetched_at"]),
            status=row["status"],
            outcome=row["event"],
            reason=row["reason"],
            detail=row["detail"],
        )
    raise NotFound(f"no capture begins at byte {offset} of {file[:200]!r}")


def history_of(db: Database, url: str) -> History:
    """The story of a URL. Raises NotFound, with the nearest known URLs of the host."""
    known = _find(db, url)
    if known is None:
        raise NotFound(_unknown(db, url))
    return History(
        url=known["url"],
        source=known["source"],
        kind=Kind(known["kind"]),
        state=State(known["state"]),
        reason=known["reason"],
        detail=known["detail"],
        state_at=from_iso(known["state_at"]),
        first_seen_at=from_iso(known["first_seen_at"]),
        last_seen_at=from_iso(known["last_seen_at"]),
        fetched_at=from_iso_or_none(known["fetched_at"]),
        due_at=from_iso_or_none(known["due_at"]),
        due_because=known["due_because"],
        yielded_at=from_iso_or_none(known["yielded_at"]),
        attempts=known["attempts"],
        article_id=known["article_id"],
        article_title=known["article_title"],
        article_url=known["article_url"],
        extractor=known["extractor"],
        revisions=(known["revision"] or 1) - 1,
        sightings=_sightings(db, known["id"]),
        events=_events(db, known["id"], known["url"]),
        outcomes=_outcomes(db, known["id"]),
        rights=rights_of_entry(db, known["id"]),
    )


def spellings(url: str) -> list[str]:
    """The normalised URLs that a person may mean by ``url``, likeliest first; empty: it is no URL.

    An imported file that names no address stands in the ledger as ``urn:sha256:…``.
    """
    url = sendable_text(url).strip()
    if url.lower().startswith("urn:"):
        return [url.lower()]
    written = [url] if "://" in url else [f"https://{url}", f"http://{url}"] if "." in url else []
    found: list[str] = []
    for each in written:
        try:
            normal = normalise_url(each)
            found += [normal, normalise_url(without_amp(normal))]
        except ValueError:
            continue
    other = {"https://": "http://", "http://": "https://"}
    for normal in list(found):
        scheme = normal[: normal.index("//") + 2]
        found.append(other[scheme] + normal.removeprefix(scheme))
    return list(dict.fromkeys(found))


def _find(db: Database, url: str) -> dict[str, Any] | None:
    for spelling in spellings(url):
        for row in db.query(
            """
            select urls.*, articles.title as article_title, articles.url as article_url, articles.extractor,
                   articles.revision
            from urls left join articles on articles.id = urls.article_id
            where urls.url = ?
            """,
            [spelling],
        ):
            return dict(row)
    return None


def _sightings(db: Database, url_id: int) -> tuple[Sighting, ...]:
    rows = db.query(
        """
        select where_url, via, first_run, last_run, started_at
        from sightings join runs on runs.id = first_run
        where url_id = ? order by first_run, where_url
        """,
        [url_id],
    )
    return tuple(
        Sighting(
            where=row["where_url"],
            via=Via(row["via"]),
            first_run=row["first_run"],
            last_run=row["last_run"],
            at=from_iso(row["started_at"]),
        )
        for row in rows
    )


_EXCHANGE = f"c.status, {CAPTURE}"


def _events(db: Database, url_id: int, url: str) -> tuple[Event, ...]:
    """What the ledger wrote down, and the exchanges that it only kept: hops, and answers without a page."""
    rows = db.query(
        f"""
        select e.at, e.run_id, e.event, e.reason, e.detail, {_EXCHANGE}, runs.software
        from url_events e join runs on runs.id = e.run_id
        left join captures c on c.id = e.capture_id {PLACED}
        where e.url_id = ? order by e.id
        """,  # noqa: S608 (column names of our own)
        [url_id],
    )
    events = [_event(row) for row in rows]
    loose = db.query(
        f"""
        select c.fetched_at as at, c.run_id, 'asked' as event, 'http-' || c.status as reason,
               nullif(c.url, ?) as detail, {_EXCHANGE}, runs.software
        from captures c join runs on runs.id = c.run_id {PLACED}
        where c.url_id = ? and c.id not in (select capture_id from url_events
                                            where url_id = ? and capture_id is not null)
        order by c.id
        """,  # noqa: S608
        [url, url_id, url_id],
    )
    for exchange in map(_event, loose):
        _place(exchange, events)
    return tuple(events)


def _place(exchange: Event, events: list[Event]) -> None:
    """Give the exchange to the event that came of it; else let it stand before whatever came next."""
    for n, event in enumerate(events):
        if (event.run, event.reason, event.capture) == (exchange.run, exchange.reason, None):
            events[n] = replace(event, capture=exchange.capture, status=exchange.status)
            return
    at = next((n for n, event in enumerate(events) if event.at >= exchange.at), len(events))
    events.insert(at, exchange)


def _event(row: Mapping[str, Any]) -> Event:
    return Event(
        at=from_iso(row["at"]),
        run=row["run_id"],
        event=row["event"],
        reason=row["reason"],
        detail=row["detail"],
        capture=capture_from_row(row),
        status=row["status"],
        software=row["software"],
    )


def _outcomes(db: Database, url_id: int) -> tuple[tuple[int, Outcome, str | None], ...]:
    # By way of the runs: run_urls is keyed by run, and there are few runs.
    rows = db.execute(
        """
        select runs.id, run_urls.outcome, run_urls.reason
        from runs cross join run_urls on run_urls.run_id = runs.id and run_urls.url_id = ?
        order by runs.id
        """,
        [url_id],
    )
    return tuple((run, Outcome(outcome), reason) for run, outcome, reason in rows)


def _unknown(db: Database, url: str) -> str:
    """The message for a URL that was never met, with those that it may be a slip of."""
    from difflib import get_close_matches

    candidates = spellings(url)
    if not candidates:
        return f"{url[:200]!r} is no http or https URL, nor the urn: of an imported file"
    host = urlsplit(candidates[0]).netloc
    if not host:
        return f"{candidates[0][:200]} is no file that was imported into this archive"
    known = [row[0] for origin in ("https", "http") for row in _urls_of(db, f"{origin}://{host}")]
    message = f"{candidates[0]} was never seen in this archive"
    near = get_close_matches(candidates[0], known, n=3, cutoff=0.8)
    if near:
        return message + "; near it are:\n  " + "\n  ".join(near)
    if known:
        return message + f"; it knows other URLs of {host}, such as {known[0]}"
    return message + f", nor was any other of {host}; the sources are listed by: nightdesk stats"


def _urls_of(db: Database, origin: str) -> list[tuple[str]]:
    # "0" is the character after "/": a range of the unique index on url.
    return db.execute(
        "select url from urls where url >= ? and url < ? limit ?", [f"{origin}/", f"{origin}0", _COMPARED]
    ).fetchall()
