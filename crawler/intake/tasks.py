"""A record, a row or a saved page in; what cleaning makes of it and how it is kept out. Pure: for worker processes."""

from __future__ import annotations

import gc
import multiprocessing
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cache

from archive.captures import ImportedFile, encode_import
from archive.encodings import Unpackable, unpack
from archive.incoming.answers import Answer, Passed, may_be_page, read_answer
from archive.incoming.copying import copy_of
from archive.incoming.records import Record
from archive.types import Article, Page, Reason, Rejection, Template
from crawler.intake.saved import Saved, clean_saved, looks_like_html, urn_of
from crawler.intake.wish import Owners
from pipelines import EXTRACTOR, refine_dump
from pipelines.columns import WrongColumns, columns_of
from pipelines.decode import decode
from pipelines.pool import refine_in_time
from pipelines.rows import BadCell, NoRow, Row, cells_of, refine_row

Refine = Callable[[Page, Template | None], Article | Rejection]
_HTTP = ("http://", "https://")


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordTask:
    """A record of a WARC file."""

    record: Record
    #: FILE@OFFSET.
    origin: str
    #: Its address in the archive's spelling; None: it has none that is http or https.
    url: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class PayloadTask:
    """A page whose payload another page's capture holds already: of a revisit record."""

    url: str
    seen_at: datetime
    headers: tuple[tuple[str, str], ...]
    #: Content encodings not undone.
    payload: bytes
    source: str
    origin: str
    #: The capture that holds it.
    capture_id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class RowTask:
    """A row of a table, as JSON."""

    #: FILE row N.
    place: str
    raw: bytes
    saved_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class SavedTask:
    """A page that was saved by hand."""

    saved: Saved


Task = RecordTask | PayloadTask | RowTask | SavedTask


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """A record for our WARC, and what its row says."""

    member: bytes
    url: str
    status: int | None
    content_type: str | None
    payload_size: int
    digest: str
    #: FILE@OFFSET of a record of others; None: it was no WARC record.
    origin: str | None
    #: WARC-Record-ID; None: it has none.
    record_id: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Done:
    """What became of a task, before the archive is asked."""

    #: FILE@OFFSET, FILE row N, or FILE.
    place: str
    #: The ledger's URL.
    address: str
    source: str
    #: When the page was as it is here.
    seen_at: datetime
    #: None: another capture holds it.
    kept: Kept | None
    capture_id: int | None = None
    result: Article | Rejection
    #: True: what it declared of its bytes does not fit them.
    misfit: bool = False
    #: True: a person has to look at the file; the ledger alone would not be read.
    mistake: bool = False
    #: True: another form of the page, such as a browser made of it.
    converted: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Left:
    """A task of which nothing is kept."""

    place: str
    why: Passed
    #: What is wrong with it, where a person has to look.
    problem: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """Tasks that go to a worker together."""

    tasks: tuple[Task, ...]
    owners: Owners
    #: Source → what it is known to repeat.
    templates: Mapping[str, Template]
    #: Allowed for one page.
    seconds: float


def work(batch: Batch) -> list[Done | Left]:
    """What became of each task. Never raises for what a page does."""
    results = list(_work(batch, lambda page, template: refine_in_time(page, batch.seconds, template)))
    if results:
        _settle_in()
    return results


@cache
def _settle_in() -> None:
    """Once a worker has loaded all that it needs, none of that is looked through for garbage: a sixth of its time."""
    if multiprocessing.parent_process() is not None:
        gc.collect()
        gc.freeze()


def parts_of(batch: Batch) -> list[Batch]:
    """The batch as one of each task."""
    return [replace(batch, tasks=(task,)) for task in batch.tasks]


def given_up(batch: Batch) -> list[Done | Left]:
    """The same for pages that have killed a worker: each is read and kept, and its cleaning has ``crashed``."""
    detail = f"the cleaning process died on this page, or hung for {2 * batch.seconds:g} s"
    return list(_work(batch, lambda _page, _template: _crashed(detail)))


def _crashed(detail: str) -> Rejection:
    return Rejection(reason=Reason.CRASHED, detail=detail, extractor=EXTRACTOR)


def _work(batch: Batch, refine: Refine) -> Iterator[Done | Left]:
    for task in batch.tasks:
        if isinstance(task, RecordTask):
            yield _record(task, batch, refine)
        elif isinstance(task, RowTask):
            yield _row(task, batch, refine)
        elif isinstance(task, PayloadTask):
            yield _payload(task, batch, refine)
        else:
            yield _saved(task, batch, refine)


# ---- records of WARC files ----------------------------------------------------------------------------------


def _record(task: RecordTask, batch: Batch, refine: Refine) -> Done | Left:
    answer = read_answer(task.record)
    if isinstance(answer, Passed):
        return Left(place=task.origin, why=answer)
    if not may_be_page(answer):
        return Left(place=task.origin, why=Passed.NOT_PAGE)
    url = task.url
    if url is None and answer.kind == "response":
        return Left(place=task.origin, why=Passed.UNREADABLE)
    source = batch.owners.of(url)
    if url is None:
        result, address = _without_address(answer, source, batch.templates.get(source), refine)
    else:
        result, address = _clean_answer(answer, url, source, batch, refine), url
    source = batch.owners.of(address)
    copy = copy_of(task.record, answer, asked=address, source=source, origin=task.origin)
    kept = Kept(
        member=copy.member,
        url=answer.url,
        status=answer.status,
        content_type=next((value for name, value in answer.headers if name == "content-type"), None),
        payload_size=copy.payload_size,
        digest=copy.digest,
        origin=task.origin,
        record_id=task.record.fields.get("warc-record-id"),
    )
    return Done(
        place=task.origin,
        address=address,
        source=source,
        seen_at=answer.captured_at,
        kept=kept,
        result=result,
        misfit=copy.misfit,
        converted=answer.kind == "conversion",
    )


def _clean_answer(answer: Answer, url: str, source: str, batch: Batch, refine: Refine) -> Article | Rejection:
    if answer.is_text:
        return refine_dump(decode(answer.payload).text, url=url, fetched_at=answer.captured_at, source=source)
    try:
        body = unpacked(answer.payload, answer.headers)
    except Unpackable as error:
        return Rejection(reason=Reason.UNREADABLE, detail=str(error), extractor=EXTRACTOR)
    declared = batch.owners.declares(source)
    page = Page(
        url=url,
        final_url=url,
        headers=answer.headers,
        body=body,
        fetched_at=answer.captured_at,
        source=source,
        timezone=declared.timezone if declared else None,
        truncated=answer.truncated,
        rendered_by="the program that saved it" if answer.kind == "conversion" else None,
    )
    return refine(page, batch.templates.get(source))


def unpacked(payload: bytes, headers: tuple[tuple[str, str], ...]) -> bytes:
    """A payload with its content encodings undone. Raises Unpackable.

    Some crawlers undo them and leave the header as it was: what then looks like a page is taken for one.
    """
    encodings = ",".join(value for name, value in headers if name == "content-encoding")
    try:
        return unpack(payload, encodings)
    except Unpackable:
        if payload.lstrip()[:1] == b"<":
            return payload
        raise


def _without_address(
    answer: Answer, source: str, template: Template | None, refine: Refine
) -> tuple[Article | Rejection, str]:
    """A resource that was saved from a disk, say: its page may tell its address."""
    saved = Saved(
        name=answer.url,
        body=answer.payload,
        saved_at=answer.captured_at,
        html=answer.content_type != "text/plain" and looks_like_html(answer.payload, ".html"),
    )
    return clean_saved(saved, source=source, template=template, refine=refine)


def _payload(task: PayloadTask, batch: Batch, refine: Refine) -> Done:
    try:
        body = unpacked(task.payload, task.headers)
    except Unpackable as error:
        result: Article | Rejection = Rejection(reason=Reason.UNREADABLE, detail=str(error), extractor=EXTRACTOR)
    else:
        page = Page(
            url=task.url,
            final_url=task.url,
            headers=task.headers,
            body=body,
            fetched_at=task.seen_at,
            source=task.source,
        )
        result = refine(page, batch.templates.get(task.source))
    return Done(
        place=task.origin,
        address=task.url,
        source=task.source,
        seen_at=task.seen_at,
        kept=None,
        capture_id=task.capture_id,
        result=result,
    )


# ---- rows of tables -----------------------------------------------------------------------------------------


def _row(task: RowTask, batch: Batch, refine: Refine) -> Done | Left:
    wish = batch.owners.wish
    address, seen_at, mistake = urn_of(task.raw), wish.saved_at or task.saved_at, True
    try:
        cells = cells_of(task.raw)
        told = {field: column for field, column in wish.columns.items() if column in cells}
        row = Row(cells=cells, columns=columns_of(cells, told), saved_at=seen_at)
        url = row.url()
        address, seen_at = url or address, row.fetched_at()
        if not wish.admits(url, seen_at):
            return Left(place=task.place, why=Passed.FILTERED)
        result = refine_row(row, clean=wish.clean, template=None, refine=refine)
        mistake = False
    except (BadCell, WrongColumns, NoRow) as error:
        result = Rejection(reason=Reason.UNREADABLE, detail=str(error), extractor=EXTRACTOR)
    if isinstance(result, Article) and result.url and address.startswith("urn:"):
        address = result.url
    source = batch.owners.of(address)
    return Done(
        place=task.place,
        address=address,
        source=source,
        seen_at=seen_at,
        kept=_resource(address, source, seen_at, "application/json", task.raw),
        result=result,
        mistake=mistake,
    )


# ---- saved pages --------------------------------------------------------------------------------------------


def _saved(task: SavedTask, batch: Batch, refine: Refine) -> Done:
    saved = task.saved
    source = batch.owners.of_saved(saved.url)
    result, address = clean_saved(saved, source=source, template=batch.templates.get(source), refine=refine)
    source = batch.owners.of_saved(address)
    return Done(
        place=saved.name,
        address=address,
        source=source,
        seen_at=saved.saved_at,
        kept=_resource(address, source, saved.saved_at, saved.content_type, saved.body),
        result=result,
        mistake=True,
    )


def _resource(address: str, source: str, saved_at: datetime, content_type: str, body: bytes) -> Kept:
    file = ImportedFile(url=address, source=source, fetched_at=saved_at, content_type=content_type, body=body)
    (member,), digest = encode_import(file)
    return Kept(
        member=member,
        url=address,
        status=None,
        content_type=content_type,
        payload_size=len(body),
        digest=digest,
        origin=None,
        record_id=file.record_id,
    )
