"""WARC files of others, gone through piece by piece: the pages of the source that are in them go into our own WARC."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from archive.captures import Exchange
from archive.foreign import Borrowed, NoWarc, RecordSplitter, borrowed
from archive.ledger import Verdict
from archive.times import utc_now
from archive.types import Hint, Kind, Link, State, Via
from archive.urls import normalise_or_none
from crawler.backfill.course import Course
from crawler.discovery.likeness import Place, looks_like_article
from pipelines.site import same_site

#: Bytes of a file that are looked at, or asked for, at a time: a hundred records or so.
PIECE = 8 * 1024 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """What was in a piece of a file."""

    #: Where the next record begins.
    end: int
    #: Bytes of a record that is not whole.
    torn: int
    pages: tuple[tuple[int, str, Borrowed], ...]
    #: What kept the rest from being read; None: nothing did.
    problem: str | None


def read_piece(data: bytes, position: int, homes: tuple[str, ...]) -> Piece:
    """The answers to pages of the sites of ``homes`` in a piece of a WARC file that begins at a record. Pure."""
    splitter, pages, problem = RecordSplitter(position), [], None
    start = position
    try:
        for record in splitter.feed(data):
            pages += [(start, url, page) for url, page in _of_sites(record, homes)]
            start = splitter.position
    except NoWarc as error:
        problem = str(error)
    return Piece(end=splitter.position, torn=splitter.torn, pages=tuple(pages), problem=problem)


def _of_sites(record: bytes, homes: tuple[str, ...]) -> Iterator[tuple[str, Borrowed]]:
    for page in borrowed(record):
        url = normalise_or_none(page.url or "")
        if (
            url is not None
            and page.status == 200
            and any(same_site(url, home) for home in homes)
            and _is_html(page)
            and looks_like_article(url, "", Place.HEADLINE)
        ):
            yield url, page


def _is_html(page: Borrowed) -> bool:
    declared = next((value for name, value in page.headers if name.lower() == "content-type"), "text/html")
    return declared.partition(";")[0].strip().lower() in ("text/html", "application/xhtml+xml")


def take_pages(course: Course, place: str, piece: Piece) -> int:
    """Put the pages that are wanted into the ledger and, raw, into our WARC, to be cleaned; how many they are."""
    name, taken = Path(place).name, 0
    for offset, url, page in piece.pages:
        link = Link(url=url, kind=Kind.PAGE, hint=Hint(via=Via.ARCHIVE, where=place))
        if course.take(link, captured=page.captured_at.date()):
            taken += 1
            if not course.desk.dry_run:
                _keep(course, url, page, origin=f"{name}@{offset}")
    return taken


def _keep(course: Course, url: str, page: Borrowed, *, origin: str) -> None:
    desk, now = course.desk, utc_now()
    entry = desk.writer.ledger.entry(url)
    assert entry is not None, "it was just discovered"
    exchange = Exchange(
        url=page.url,
        asked=url,
        source=course.source.name,
        fetched_at=page.captured_at,
        request_headers=None,
        status=page.status,
        response_headers=page.headers,
        body=page.body,
        truncated="length" if page.truncated else None,
        origin=origin,
    )
    capture_id = desk.writer.keep(exchange, run=desk.run, url_id=entry.id)
    verdict = Verdict(state=State.CAPTURED, outcome=None, capture_id=capture_id, detail=f"from {origin}")
    desk.writer.ledger.settle(entry, verdict, run=desk.run, now=now)
    desk.counts[course.source.name]["fetched"] += 1


def read_at(path: Path, offset: int, size: int) -> tuple[bytes, bool]:
    """A piece of a file, and whether it is the last."""
    with path.open("rb") as file:
        file.seek(offset)
        data = file.read(size)
        return data, not file.read(1)
