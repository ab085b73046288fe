"""Files saved by hand in; records in the archive out, with the raw file kept like any capture."""

from __future__ import annotations

import hashlib
import os
import re
import stat
import unicodedata
from collections.abc import Generator, Iterable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from archive.afterwards import MOST_AT_ONCE, catch_up
from archive.articles import Stored
from archive.captures import ImportedFile
from archive.care.tombstones import TAKEN_DOWN, tombstone_number
from archive.errors import NoArchive
from archive.ledger import IMPORT_HOME, Entry, Verdict
from archive.reasons import because
from archive.times import from_iso_or_none, utc_now
from archive.types import Article, Hint, Kind, Link, Outcome, Page, Reason, Rejection, State, Template, Via
from archive.urls import normalise_or_none, normalise_url
from archive.writer import ArchiveWriter
from crawler.errors import ConfigError
from crawler.sources import FILE
from pipelines import extract, refine_dump
from pipelines.decode import decode
from pipelines.filetype import gate_bytes
from pipelines.rights import signals_of

_LARGEST = 64 * 1024 * 1024
#: Home of a source that consists of imported files only: nobody can be asked again.
#: Share of characters that no text has above which a file is no text, and how many of them are looked at. Random
#: bytes have a tenth; a page with a wrongly declared encoding stays under a hundredth.
_JUNK = 0.02
_SAMPLE = 200_000
#: What browsers write at the head of a page that they save, with the length of the address.
_SAVED_FROM = re.compile(r"<!--\s*saved from url=\(\d+\)\s*(\S+?)\s*-->")
_HEAD = 4096


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """What became of one file."""

    file: Path
    outcome: Outcome | None = None
    id: str | None = None
    title: str | None = None
    #: Why it gave no record; None: it did.
    problem: str | None = None

    def as_dict(self) -> dict[str, Any]:
        """For ``--json``."""
        return {
            "file": printable(self.file),
            "outcome": self.outcome,
            "id": self.id,
            "title": self.title,
            "problem": self.problem,
        }

    def line(self) -> str:
        """For a person."""
        if self.problem:
            return f"{printable(self.file)}: {self.problem}"
        return f"{self.outcome}\t{self.id}\t{self.title}"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Saved:
    """A file as read from disk."""

    #: Its path, fit to be stored and printed.
    name: str
    body: bytes
    saved_at: datetime
    html: bool

    @property
    def content_type(self) -> str:
        return "text/html" if self.html else "text/plain"


def import_saved(
    folder: Path, files: Iterable[Path], *, source: str, url: str | None = None, fetched_at: str | None = None
) -> Generator[Taken, None, None]:
    """Import files one by one, each committed before it is told of. Stopped half-way, the run is ``interrupted``.

    ``fetched_at``: a date or an instant; without a zone it is UTC. Left out, each file's modification time.
    Raises ConfigError for a URL, date or source name that will not do, NoArchive, Locked, NotAnArchive.
    """
    page_url = _url(url) if url else None
    saved_at = _instant(fetched_at) if fetched_at else None
    if not re.fullmatch(r"[a-z0-9][a-z0-9._-]{0,62}", source):
        raise ConfigError(f"--source {source!r}: a name has lower-case letters, digits, dots and hyphens")
    if not (folder / "archive.db").exists() and not (folder / FILE).exists():
        raise NoArchive(f"there is no archive in {folder}; make one with: nightdesk init {folder}")
    with ArchiveWriter(folder, purpose="import") as writer:
        paths = list(files)
        run = _start(writer, paths, source)
        try:
            for path in paths:
                taken = _import_one(writer, path, run=run, source=source, url=page_url, saved_at=saved_at)
                writer.commit()
                yield taken
        except (KeyboardInterrupt, GeneratorExit):
            writer.db.rollback()
            writer.begin()
            writer.ledger.finish_run(run, "interrupted", utc_now())
            writer.commit()
            raise
        writer.ledger.finish_run(run, "finished", utc_now())
        catch_up(writer, most=MOST_AT_ONCE)


def _start(writer: ArchiveWriter, paths: list[Path], source: str) -> int:
    now = utc_now()
    run = writer.ledger.start_run("import", {"files": [printable(path) for path in paths], "source": source}, now)
    if writer.db.execute("select 1 from sources where id = ?", [source]).fetchone() is None:
        writer.ledger.add_source(source, home=IMPORT_HOME, title=None, now=now)
    writer.commit()
    return run


def _import_one(
    writer: ArchiveWriter, path: Path, *, run: int, source: str, url: str | None, saved_at: datetime | None
) -> Taken:
    saved = _read(path, saved_at)
    if isinstance(saved, str):
        return Taken(file=path, problem=saved)
    result, address = _clean(saved, url=url, source=source, template=writer.templates.current(source))
    now = utc_now()
    urls = (address, result.canonical_url, result.url) if isinstance(result, Article) else (address,)
    if tombstone_number(writer.db, *urls) is not None:
        return Taken(file=path, outcome=Outcome.REFUSED, problem=f"{TAKEN_DOWN}: {because(TAKEN_DOWN)}")
    before = writer.ledger.entry(address)
    entry = _discover(writer, address, saved.name, source=source, run=run, now=now)
    capture = ImportedFile(
        url=address, source=source, fetched_at=saved.saved_at, content_type=saved.content_type, body=saved.body
    )
    capture_id = writer.keep_import(capture, run=run, url_id=entry.id)
    writer.rights.record(capture_id, signals_of(result.rights))
    writer.ledger.note(entry.id, State.CAPTURED, run=run, now=now, detail=saved.name, capture_id=capture_id)
    if isinstance(result, Rejection):
        verdict = _refused(result, saved.name, before)
    else:
        verdict = _stored(writer, result, saved, entry, capture_id)
    verdict = replace(verdict, due_at=_due_at(writer, entry), capture_id=None if before else capture_id)
    writer.ledger.settle(entry, verdict, run=run, now=now)
    if isinstance(result, Rejection):
        return Taken(file=path, outcome=verdict.outcome, problem=f"{result.reason}: {result.detail}")
    return Taken(file=path, outcome=verdict.outcome, id=verdict.article_id, title=result.title)


def _read(path: Path, saved_at: datetime | None) -> _Saved | str:
    """The file, or why there is none to import."""
    try:
        status = path.stat()
        if not stat.S_ISREG(status.st_mode) and not stat.S_ISDIR(status.st_mode):
            return "is no regular file"  # reading a pipe or a device may never end
        if status.st_size > _LARGEST:
            return f"larger than {_LARGEST // 1024 // 1024} MB; no saved page is"
        body = path.read_bytes()
    except OSError as error:
        return f"cannot be read: {error.strerror}"
    try:
        # A clock that was ahead must not make a page the newest for years to come.
        modified = min(datetime.fromtimestamp(int(status.st_mtime), UTC), utc_now())
    except (ValueError, OverflowError, OSError):
        modified = utc_now()
    return _Saved(name=printable(path), body=body, saved_at=saved_at or modified, html=looks_like_html(body, path))


def printable(path: Path) -> str:
    """A path that any terminal and database can hold: undecodable bytes and control characters as escapes."""
    text = os.fsencode(path).decode("utf-8", "backslashreplace")
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in text)


def looks_like_html(body: bytes, path: Path) -> bool:
    """True for a saved page, False for a plain-text dump, by content first and by name where that is silent."""
    head = body[:_HEAD].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if head.startswith((b"<!doctype", b"<html", b"<head", b"<body", b"<?xml")):
        return True
    return path.suffix.lower() in (".html", ".htm", ".xhtml", ".mhtml") or b"<html" in head


def _clean(
    saved: _Saved, *, url: str | None, source: str, template: Template | None
) -> tuple[Article | Rejection, str]:
    """The record, and the address under which the ledger knows the file: the page's own, or one made of its text."""
    urn = _urn(saved.body)
    page = Page(
        url=url or urn,
        final_url=url or urn,
        headers=(("content-type", "text/html"),),  # also for a dump, which may begin with a bracket
        body=saved.body,
        fetched_at=saved.saved_at,
    )
    refused = gate_bytes(page)
    if refused:
        return refused, page.url
    text = decode(saved.body).text
    refused = _gate_text(text)
    if refused:
        return refused, page.url
    if not saved.html:
        lines = re.sub(r"\r\n?", "\n", text)
        result = refine_dump(lines, url=url, fetched_at=saved.saved_at, source=source)
        return result, url or _urn(lines.encode())
    url = url or _saved_from(text)
    result = extract(saved.body, url=url, fetched_at=saved.saved_at, template=template)
    if isinstance(result, Article) and result.url is None:
        result = replace(result, url=result.canonical_url)
        url = result.url
    return result, url or urn


def _urn(content: bytes) -> str:
    return f"urn:sha256:{hashlib.sha256(content).hexdigest()}"


def _gate_text(text: str) -> Rejection | None:
    """Another kind of file than text, whatever its name: by control characters and what could not be decoded."""
    sample = text[:_SAMPLE]
    junk = sum(c == "\ufffd" or (unicodedata.category(c) in ("Cc", "Cn") and not c.isspace()) for c in sample)
    if junk <= _JUNK * len(sample):
        return None
    share = f"{100 * junk / len(sample):.0f} % of it are control characters or in no known encoding"
    return Rejection(reason=Reason.UNREADABLE, detail=share)


def _saved_from(text: str) -> str | None:
    found = _SAVED_FROM.search(text[:_HEAD])
    return normalise_or_none(found[1]) if found else None


def _discover(writer: ArchiveWriter, address: str, name: str, *, source: str, run: int, now: datetime) -> Entry:
    link = Link(url=address, kind=Kind.PAGE, hint=Hint(via=Via.GIVEN, where=f"import of {name}"))
    writer.ledger.discover([link], source=source, run=run, now=now)
    entry = writer.ledger.entry(address)
    assert entry is not None
    return entry


def _refused(result: Rejection, name: str, before: Entry | None) -> Verdict:
    """A bad copy says nothing of the page: what is known of that stays."""
    return Verdict(
        state=before.state if before else State.REJECTED,
        outcome=Outcome.REJECTED,
        reason=result.reason,
        detail=f"import of {name}: {result.detail}",
        article_id=before.article_id if before else None,
    )


def _stored(writer: ArchiveWriter, article: Article, saved: _Saved, entry: Entry, capture_id: int) -> Verdict:
    stored = writer.articles.store(
        article,
        source=entry.source,
        seen_at=saved.saved_at,
        capture_id=capture_id,
        url_id=entry.id,
        key=entry.url,
    )
    state, reason = _state(writer, entry, stored)
    revised = f"revision {stored.revision}" if stored.outcome is Outcome.UPDATED else None
    note = stored.note or revised
    return Verdict(
        state=state,
        outcome=stored.outcome,
        reason=reason,
        detail=f"import of {saved.name}: {note}" if note else f"import of {saved.name}",
        article_id=stored.article_id,
        # The text is not the last answer's any more: its validators must not save us the next one.
        full_answer=stored.outcome in (Outcome.NEW, Outcome.UPDATED),
    )


def _state(writer: ArchiveWriter, entry: Entry, stored: Stored) -> tuple[State, str | None]:
    """Where the URL stands now, and why. A saved copy does not bring a vanished page back."""
    if entry.state is State.CAPTURED:  # a crawl's own answer is still to be cleaned
        return State.CAPTURED, entry.reason
    if stored.outcome is Outcome.DUPLICATE:
        return State.DUPLICATE, f"of {stored.article_id}"
    id_ = stored.article_id
    (gone,) = writer.db.execute("select gone_at is not null from articles where id = ?", [id_]).fetchone()
    return (State.GONE, entry.reason) if gone else (State.KEPT, None)


def _due_at(writer: ArchiveWriter, entry: Entry) -> datetime | None:
    """As it was, for a URL of a source that is crawled; an imported file alone has nobody to ask again."""
    due_at, home = writer.db.execute(
        "select due_at, home from urls join sources on sources.id = source where urls.id = ?", [entry.id]
    ).fetchone()
    return None if home == IMPORT_HOME or entry.url.startswith("urn:") else from_iso_or_none(due_at)


def _url(text: str) -> str:
    try:
        return normalise_url(text)
    except ValueError as error:
        raise ConfigError(f"--url: {error}") from None


def _instant(text: str) -> datetime:
    try:
        moment = datetime.fromisoformat(text)
        return moment.replace(microsecond=0, tzinfo=moment.tzinfo or UTC).astimezone(UTC)
    except (ValueError, OverflowError):
        raise ConfigError(
            f"--fetched-at {text!r}: write a date such as 2026-11-10, or a time such as 2026-11-10T08:30Z"
        ) from None
