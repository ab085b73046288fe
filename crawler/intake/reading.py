"""A file in; what is in it out, item by item, each with the place behind it. Decides what needs no cleaning."""

from __future__ import annotations

import hashlib
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from archive.imports import Import, ImportStore, Repeat
from archive.incoming.answers import Passed, address_of, glance, moment_of
from archive.incoming.copying import as_ours
from archive.incoming.plain import Damaged, Place
from archive.incoming.records import Damage, NoWarc, Record, RecordReader, TooLarge
from archive.urls import normalise_or_none
from crawler.intake.files import InFile
from crawler.intake.saved import LARGEST, Saved, looks_like_html, read_saved
from crawler.intake.settle import Settled
from crawler.intake.tables import BadTable, TableRow, iter_rows
from crawler.intake.tasks import Left, RecordTask, RowTask, SavedTask, Task
from crawler.intake.wish import Format, Owners
from pipelines.columns import WrongColumns, columns_of
from pipelines.rows import cells_of


class Unreadable(Exception):
    """A file that cannot be read, or not from here on: for a person."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """What could not be read of a file that goes on behind it."""

    what: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """What is next in a file."""

    #: A task; or what is known without one.
    what: Task | Left | Repeat | Problem | Settled
    #: Where the next begins.
    place: str
    #: Bytes of the file that have been read.
    offset: int


def read_file(file: InFile, owners: Owners, imports: ImportStore, known: Import | None) -> Iterator[Item]:
    """What is in a file, from where the last run ended. Raises Unreadable."""
    start = known.place if known else ""
    try:
        if file.format is Format.WARC:
            yield from _records(file, owners, imports, start)
        elif file.format is Format.SAVED:
            yield _saved(file, owners)
        else:
            yield from _rows(file, owners, start)
    except (NoWarc, BadTable, Damaged) as error:
        raise Unreadable(str(error)) from error
    except (zipfile.BadZipFile, NotImplementedError, EOFError) as error:
        raise Unreadable(f"cannot be read from its ZIP file ({error})") from error
    except OSError as error:
        raise Unreadable(f"cannot be read: {error.strerror or error}") from error


# ---- WARC ---------------------------------------------------------------------------------------------------


def _records(file: InFile, owners: Owners, imports: ImportStore, start: str) -> Iterator[Item]:
    with file.open() as stream:
        reader = RecordReader(stream, start=Place.read(start) if start else None)
        for found in reader:
            origin = f"{file.label}@{found.place}"
            what: Task | Left | Repeat | Problem
            if isinstance(found, Damage):
                what = Problem(what=f"at byte {found.place}: {found.why}")
            elif isinstance(found, TooLarge):
                what = Left(place=origin, why=Passed.TOO_LARGE)
            else:
                what = _record(found, origin, owners, imports)
            yield Item(what=what, place=str(reader.place), offset=reader.offset)


def _record(record: Record, origin: str, owners: Owners, imports: ImportStore) -> Task | Left | Repeat:
    """What is to be done with a record, as far as its head tells."""
    passed = glance(record)
    url, moment = address_of(record.fields), moment_of(record.fields)
    if passed or url is None or moment is None:
        return Left(place=origin, why=passed or Passed.UNREADABLE)
    spelt = normalise_or_none(url)
    if not owners.wish.admits(spelt, moment):
        return Left(place=origin, why=Passed.FILTERED)
    digest = as_ours(record.fields.get("warc-payload-digest", ""))
    if record.kind == "revisit":
        return Left(place=origin, why=Passed.UNREADABLE) if spelt is None else _repeat(record, spelt, origin, owners)
    if digest is not None:
        capture = imports.capture(url, moment, digest)
        if capture is not None and imports.is_told_of(capture):
            return Left(place=origin, why=Passed.KNOWN)
    return RecordTask(record=record, origin=origin, url=spelt)


def _repeat(record: Record, url: str, origin: str, owners: Owners) -> Repeat:
    moment = moment_of(record.fields)
    assert moment is not None, "it was looked at before"
    unchanged = "not-modified" in record.fields.get("warc-profile", "").lower()
    return Repeat(
        url=url,
        at=moment,
        digest=None if unchanged else as_ours(record.fields.get("warc-payload-digest", "")),
        of_url=record.fields.get("warc-refers-to-target-uri", "").strip("<> ") or address_of(record.fields) or url,
        of_at=moment_of(record.fields, "warc-refers-to-date"),
        source=owners.of(url),
        origin=origin,
    )


# ---- tables -------------------------------------------------------------------------------------------------


def _rows(file: InFile, owners: Owners, start: str) -> Iterator[Item]:
    done = int(start or 0)
    with file.open() as stream:
        for row in iter_rows(stream, file.format):
            if row.number == 1:
                _check_columns(row, owners)
            if row.number > done:
                task = RowTask(place=f"{file.name} row {row.number}", raw=row.raw, saved_at=file.saved_at)
                yield Item(what=task, place=str(row.number), offset=row.offset)


def _check_columns(row: TableRow, owners: Owners) -> None:
    """A table whose first row cannot become an article is not begun: its columns are to be told."""
    try:
        columns_of(cells_of(row.raw), owners.wish.columns)
    except (WrongColumns, ValueError) as error:
        raise Unreadable(str(error)) from error


# ---- saved pages --------------------------------------------------------------------------------------------


def _saved(file: InFile, owners: Owners) -> Item:
    wish = owners.wish
    if file.path is None:
        body = file.open().read(LARGEST + 1)
        if len(body) > LARGEST:
            raise Unreadable(f"larger than {LARGEST // 1024 // 1024} MB; no saved page is")
        html = looks_like_html(body, "")
        saved: Saved | str = Saved(
            name=file.name, body=body, saved_at=wish.saved_at or file.saved_at, html=html, url=wish.url
        )
    else:
        saved = read_saved(Path(file.path), url=wish.url, saved_at=wish.saved_at)
    if isinstance(saved, str):
        raise Unreadable(saved)
    return Item(what=SavedTask(saved=saved), place="", offset=len(saved.body))


def digest_of_saved(saved: Saved) -> str:
    """By which a saved page is known again: its bytes and its date."""
    return f"sha256:{hashlib.sha256(saved.body).hexdigest()}@{saved.saved_at:%Y%m%d%H%M%S}"
