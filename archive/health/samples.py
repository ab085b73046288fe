"""A doubtful night in; the raw pages that can tell who changed out: some of good nights before it, some of its own."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from archive.health.values import SourceNight
from archive.health.verdicts import MEANINGS, Health, Level
from archive.ledger import load_hints
from archive.record import CAPTURE, PLACED, capture_from_row
from archive.times import from_iso
from archive.types import CaptureRef, Hint

if TYPE_CHECKING:
    from sqlite_utils import Database

#: Pages of each kind: enough to tell all from none, few enough for hundreds of sources in a morning.
_PAGES = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """A raw page, and what it gave when it was cleaned."""

    url: str
    fetched_at: datetime
    capture: CaptureRef
    hints: tuple[Hint, ...]
    #: Of its record; 0 where it gave none.
    words: int
    #: How many of date, authors and pictures the record has.
    filled: int
    extractor: str


_COLUMNS = f"""
    u.url, u.hints, c.fetched_at, {CAPTURE}, coalesce(a.word_count, 0) as words, coalesce(a.extractor, '') as extractor,
    (a.published_at is not null) + (a.authors <> '[]') + (a.images <> '[]') as filled
"""
#: What a record must have had to say anything of a loss.
_HAD = {
    Health.DATES_GONE: "and a.published_at is not null",
    Health.AUTHORS_GONE: "and a.authors <> '[]'",
}


def old_pages(db: Database, night: SourceNight) -> list[Sample]:
    """Raw pages of articles that the source's last good nights brought, newest first."""
    well = [str(verdict) for verdict in Health if MEANINGS[verdict].level is Level.WELL]
    rows = db.query(
        f"""
        select {_COLUMNS} from articles a
        join captures c on c.id = a.capture_id {PLACED}
        join urls u on u.id = a.url_id
        where a.source = ? and c.run_id < ? {_HAD.get(night.verdict, "")} and c.status = 200
          and c.run_id in (select run_id from source_nights
                           where source = a.source and verdict in (select value from json_each(?)))
        order by c.id desc limit ?
        """,  # noqa: S608 (our own words)
        [night.source, night.run, json.dumps(well), _PAGES],
    )
    return list(map(_sample, rows))


def new_pages(db: Database, night: SourceNight) -> list[Sample]:
    """Raw pages of the night itself: new articles, and pages that were not understood as articles."""
    rejected = "" if night.verdict in _HAD else "or r.outcome = 'rejected'"
    rows: Iterator[dict[str, Any]] = db.query(
        f"""
        select {_COLUMNS} from run_urls r join urls u on u.id = r.url_id
        join captures c on c.id = u.capture_id and c.run_id = r.run_id {PLACED}
        left join articles a on a.id = u.article_id
        where r.run_id = ? and r.source = ? and (r.outcome = 'new' {rejected}) and c.status = 200
        order by c.id desc limit ?
        """,  # noqa: S608 (our own words)
        [night.run, night.source, _PAGES],
    )
    return list(map(_sample, rows))


def _sample(row: dict[str, Any]) -> Sample:
    capture = capture_from_row(row)
    assert capture is not None, "joined, so it is there"
    return Sample(
        url=row["url"],
        fetched_at=from_iso(row["fetched_at"]),
        capture=capture,
        hints=load_hints(row["hints"]),
        words=row["words"],
        filled=row["filled"] or 0,
        extractor=row["extractor"],
    )
