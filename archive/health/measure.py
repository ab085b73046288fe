"""The rows of one run in; each source's night in numbers out. Reads only."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from datetime import datetime
from statistics import median
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from archive.health.values import Document, Fault, Figures
from archive.learnt import learnt_from
from archive.times import from_iso
from archive.types import Kind, Outcome

if TYPE_CHECKING:
    from sqlite_utils import Database

#: Fields whose coverage is watched, and what says in SQL that an article has one.
FIELDS = {
    "authors": "a.authors <> '[]'",
    "published": "a.published_at is not null",
    "image": "a.images <> '[]'",
    "description": "a.description is not null",
    "section": "a.section is not null",
    "language": "a.language is not null",
}
#: New articles below which it is not asked whether they have the template's lines.
_FEW = 5


def measure(db: Database, run: int) -> dict[str, Figures]:
    """Source → its figures, for every source whose front page, feeds or sitemaps the run asked for."""
    (started,) = db.execute("select started_at from runs where id = ?", [run]).fetchone()
    documents, read = _documents(db, run)
    outcomes, reasons = _outcomes(db, run)
    faults = _faults(db, run)
    statuses, sizes = _answers(db, run)
    filled, words = _fields(db, run)
    newest_run = db.execute("select max(id) from runs where kind = 'crawl'").fetchone()[0] == run
    found = {}
    for source in sorted(documents.keys() | read.keys()):
        new = outcomes[source][Outcome.NEW]
        lines, seen = _template(db, source, new) if newest_run and new >= _FEW else (None, None)
        found[source] = Figures(
            hours_since=_hours_since(db, source, run, from_iso(started)),
            pages=outcomes[source],
            reasons=reasons[source],
            read=read[source],
            documents=tuple(documents[source]),
            faults=faults[source],
            statuses=statuses[source],
            bytes=sizes[source],
            filled=filled[source],
            words=median(words[source]) if words[source] else None,
            template_lines=lines,
            template_seen=seen,
            latency_s=_latency(db, source) if newest_run else None,
        )
    return found


def _outcomes(
    db: Database, run: int
) -> tuple[defaultdict[str, Counter[Outcome]], defaultdict[str, dict[Outcome, dict[str, int]]]]:
    outcomes: defaultdict[str, Counter[Outcome]] = defaultdict(Counter)
    reasons: defaultdict[str, dict[Outcome, dict[str, int]]] = defaultdict(dict)
    for source, name, reason, number in db.execute(
        "select source, outcome, iif(outcome in ('known', 'duplicate'), null, reason), count(*)"
        " from run_urls where run_id = ? group by 1, 2, 3",
        [run],
    ):
        outcome = Outcome(name)
        outcomes[source][outcome] += number
        if reason:
            reasons[source].setdefault(outcome, {})[reason] = number
    return outcomes, reasons


def _documents(db: Database, run: int) -> tuple[defaultdict[str, list[Document]], Counter[str]]:
    """The last event of each document: feeds and what was not read one by one, and how many were read."""
    documents: defaultdict[str, list[Document]] = defaultdict(list)
    read: Counter[str] = Counter()
    rows = db.query(
        """
        select u.source, u.kind, u.url, e.event, e.reason, e.detail, max(e.id) as last
        from url_events e join urls u on u.id = e.url_id
        where e.run_id = ? and u.kind <> 'page' and e.event in ('read', 'failed', 'gone', 'refused')
        group by u.id order by u.source, u.url
        """,
        [run],
    )
    for row in rows:
        was_read = row["event"] == "read"
        read[row["source"]] += was_read
        if row["kind"] == Kind.FEED or not was_read:
            document = Document(
                kind=Kind(row["kind"]),
                url=row["url"],
                event=row["event"],
                reason=row["reason"],
                detail=None if was_read else row["detail"],
                new=_listed_anew(db, row["url"], run) if was_read else 0,
            )
            documents[row["source"]].append(document)
    return documents, read


def _listed_anew(db: Database, where: str, run: int) -> int:
    """Pages that a document listed in this run and that no document had listed before it."""
    (number,) = db.execute(
        """
        select count(*) from sightings s where s.where_url = ? and s.first_run = ?
        and not exists (select 1 from sightings o where o.url_id = s.url_id and o.first_run < s.first_run)
        """,
        [where, run],
    ).fetchone()
    return int(number)


def _faults(db: Database, run: int) -> defaultdict[str, dict[str, Fault]]:
    found: defaultdict[str, dict[str, Fault]] = defaultdict(dict)
    for source, reason, number, example in db.execute(
        """
        select u.source, iif(e.detail like '%certificate%' or e.detail like '%SSL%', 'certificate', e.reason),
               count(*), min(e.detail)
        from url_events e join urls u on u.id = e.url_id
        where e.run_id = ? and e.event in ('failed', 'refused', 'gone') group by 1, 2
        """,
        [run],
    ):
        found[source][reason or "error"] = Fault(count=number, example=example)
    return found


def _answers(db: Database, run: int) -> tuple[defaultdict[str, dict[str, int]], Counter[str]]:
    statuses: defaultdict[str, dict[str, int]] = defaultdict(dict)
    sizes: Counter[str] = Counter()
    for source, status, number, size in db.execute(
        "select source, status, count(*), sum(payload_size) from captures"
        " where run_id = ? and source is not null and status is not null group by 1, 2",
        [run],
    ):
        statuses[source][str(status)] = number
        sizes[source] += size
    return statuses, sizes


def _fields(db: Database, run: int) -> tuple[defaultdict[str, Counter[str]], defaultdict[str, list[int]]]:
    """Of each source's new articles: how many have which field, and how long they are."""
    filled: defaultdict[str, Counter[str]] = defaultdict(Counter)
    words: defaultdict[str, list[int]] = defaultdict(list)
    rows: Iterable[dict[str, Any]] = db.query(
        f"""
        select r.source, a.word_count, {", ".join(f"{sql} as {name}" for name, sql in FIELDS.items())}
        from run_urls r join urls u on u.id = r.url_id join articles a on a.id = u.article_id
        where r.run_id = ? and r.outcome = 'new'
        """,  # noqa: S608 (our own words)
        [run],
    )
    for row in rows:
        words[row["source"]].append(row["word_count"])
        for name in FIELDS:
            filled[row["source"]][name] += row[name]
    return filled, words


def _template(db: Database, source: str, new: int) -> tuple[int, int]:
    """Lines that the source was known to repeat before its last ``new`` articles; how many of them these have."""
    learnt = learnt_from(db, source)
    before = learnt.articles - new
    lines = [line.count for line in learnt.lines if line.state == "template" and line.count.first <= before]
    seen = [line for line in lines if line.last > before]
    missed = [line for line in lines if line.last <= before and before - line.last <= line.life]
    return len(seen) + len(missed), len(seen)


def _latency(db: Database, source: str) -> float | None:
    """What the crawl knows of the front page's host just now."""
    (home,) = db.execute("select home from sources where id = ?", [source]).fetchone()
    row = db.execute("select latency_s from hosts where host = ?", [urlsplit(home).hostname]).fetchone()
    return round(row[0], 3) if row and row[0] is not None else None


def _hours_since(db: Database, source: str, run: int, started: datetime) -> float | None:
    """Hours since the source's last night before this run. What counts as one is what ``measure`` gives."""
    row = db.execute(
        """
        select r.started_at from runs r
        where r.id < ? and r.kind = 'crawl' and json_extract(r.arguments, '$.backfill') is null and exists (
            select 1 from captures c where c.run_id = r.id and c.source = ?)
        order by r.id desc limit 1
        """,
        [run, source],
    ).fetchone()
    if row is None:
        return None
    return round((started - from_iso(row[0])).total_seconds() / 3600, 2)
