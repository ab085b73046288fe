"""What a worker does: some captures of one WARC file in, what cleaning makes of each out.

A task is a file and places in it, with what cleaning needs to know beside the page. It writes nothing and may be run
twice. Workers read the file itself, in the archive's folder, which all machines must see under the same path: bytes
that travelled with the task would go over the network once more than those of a shared folder, and through the
scheduler's memory.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from archive.captures import Capture, read_capture
from archive.encodings import Unpackable
from archive.errors import DamagedCapture
from archive.row import row_of
from archive.types import Article, CaptureRef, Hint, Page, Reason, Rejection, Template
from crawler.intake.tasks import unpacked
from pipelines import EXTRACTOR, extract, refine, refine_dump
from pipelines.decode import decode
from pipelines.pool import in_time
from pipelines.rights import signals_of

#: What imported files may be of: others are records of another kind, made by their own readers.
_KINDS = ("text/html", "text/plain")


class NotShared(Exception):
    """A worker does not see the archive's folder."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """A capture, and what is known of its page beside."""

    capture: CaptureRef
    content_type: str | None
    imported: bool
    #: As asked for; None: as the capture says.
    url: str | None
    source: str
    timezone: str | None
    hints: tuple[Hint, ...]
    #: True: the Article itself is wanted, not only the row that it makes.
    whole: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """Captures of one WARC file."""

    #: The archive's, absolute.
    folder: str
    pieces: tuple[Piece, ...]
    #: Source → what it is known to repeat, for the sources of the pieces.
    templates: Mapping[str, Template]
    #: Allowed for one page.
    seconds: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Cleaned:
    """What became of a piece: a row or an Article, a Rejection, or a problem."""

    row: Mapping[str, Any] | None = None
    #: The page and its record, of a piece that is wanted whole.
    page: Page | None = None
    article: Article | None = None
    rejection: Rejection | None = None
    #: Why there is nothing to clean; None: there was.
    problem: str | None = None
    #: What the page says of rights, as pairs of signal and value.
    signals: list[tuple[str, str]] = field(default_factory=list)
    #: What cleaned it, with versions.
    extractor: str = EXTRACTOR


def clean_again(task: Task) -> list[Cleaned]:
    """Clean each piece. Raises NotShared where the folder is not to be seen from here."""
    folder = Path(task.folder)
    if not (folder / "archive.db").exists():
        raise NotShared(task.folder)
    return [_clean(folder, piece, task) for piece in task.pieces]


def parts_of(task: Task) -> list[Task]:
    """The task as one of each piece."""
    return [
        Task(folder=task.folder, pieces=(piece,), templates=task.templates, seconds=task.seconds)
        for piece in task.pieces
    ]


def given_up(task: Task) -> list[Cleaned]:
    """The result of a task whose only page kills every process that cleans it."""
    detail = f"the cleaning process died on this page, or hung for {2 * task.seconds:g} s"
    rejection = Rejection(reason=Reason.CRASHED, detail=detail, extractor=EXTRACTOR)
    return [Cleaned(rejection=rejection) for _ in task.pieces]


def _clean(folder: Path, piece: Piece, task: Task) -> Cleaned:
    if piece.imported and (piece.content_type or "").split(";")[0].strip().lower() not in _KINDS:
        return Cleaned(problem=f"taken in as {piece.content_type or 'an unknown kind of file'}, which is no page")
    try:
        capture = read_capture(folder, piece.capture)
        body = unpacked(capture.raw, capture.headers) if capture.status is not None else capture.raw
    except (DamagedCapture, Unpackable) as error:
        return Cleaned(problem=str(error))
    template = task.templates.get(piece.source)
    page = _page(capture, body, piece)
    if piece.imported:
        result = in_time(lambda: _imported(page, piece, template), task.seconds)
    else:
        result = in_time(lambda: refine(page, template), task.seconds)
    signals = list(signals_of(result.rights))
    wanted = page if piece.whole else None
    if isinstance(result, Rejection):
        return Cleaned(rejection=result, page=wanted, signals=signals)
    if piece.whole:
        return Cleaned(article=result, page=wanted, signals=signals)
    return Cleaned(row=row_of(result), signals=signals)


def _page(capture: Capture, body: bytes, piece: Piece) -> Page:
    """The page as cleaning had it."""
    return Page(
        url=piece.url or capture.asked,
        final_url=capture.url,
        status=capture.status or 200,
        headers=capture.headers,
        body=body,
        fetched_at=capture.fetched_at,
        source=piece.source,
        timezone=piece.timezone,
        truncated=capture.truncated,
        hints=piece.hints,
        capture=piece.capture,
        rendered_by=capture.made_by,
    )


def _imported(page: Page, piece: Piece, template: Template | None) -> Article | Rejection:
    """A file taken in from disk, cleaned as the import cleaned it: it has no headers, and perhaps no address."""
    url = None if page.final_url.startswith("urn:") else page.final_url
    if (piece.content_type or "").startswith("text/plain"):
        lines = re.sub(r"\r\n?", "\n", decode(page.body).text)
        return refine_dump(lines, url=url, fetched_at=page.fetched_at, source=piece.source)
    return extract(page.body, url=url, fetched_at=page.fetched_at, template=template)
