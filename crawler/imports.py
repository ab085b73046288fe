"""Files saved by hand in; records in the archive out, with the raw file kept like any capture."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from archive.captures import ImportedFile
from archive.ledger import Entry, Verdict
from archive.times import utc_now
from archive.types import Article, Hint, Kind, Link, Outcome, Page, Rejection, State, Via
from archive.urls import normalise_url
from archive.writer import ArchiveWriter
from crawler.errors import ConfigError
from crawler.keep import verdict_on
from pipelines import extract, refine_dump
from pipelines.decode import decode

_LARGEST = 64 * 1024 * 1024


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
            "file": str(self.file),
            "outcome": self.outcome,
            "id": self.id,
            "title": self.title,
            "problem": self.problem,
        }

    def line(self) -> str:
        """For a person."""
        if self.problem:
            return f"{self.file}: {self.problem}"
        return f"{self.outcome}\t{self.id}\t{self.title}"


def import_saved(
    folder: Path, files: Iterable[Path], *, source: str, url: str | None = None, fetched_at: str | None = None
) -> Iterator[Taken]:
    """Import files one by one, each committed before the next is begun.

    ``fetched_at``: a date or an instant; without a zone it is UTC. Left out, each file's modification time.
    Raises ConfigError for a URL, date or source name that will not do, Locked, NotAnArchive.
    """
    page_url = _url(url) if url else None
    saved_at = _instant(fetched_at) if fetched_at else None
    if not re.fullmatch(r"[a-z0-9][a-z0-9._-]{0,62}", source):
        raise ConfigError(f"--source {source!r}: a name has lower-case letters, digits, dots and hyphens")
    with ArchiveWriter(folder, purpose="import") as writer:
        now = utc_now()
        paths = list(files)
        run = writer.ledger.start_run("import", {"files": [str(p) for p in paths], "source": source}, now)
        if writer.db.execute("select 1 from sources where id = ?", [source]).fetchone() is None:
            writer.ledger.add_source(source, home="urn:nightdesk:import", title=None, now=now)
        for path in paths:
            yield _import_one(writer, path, run=run, source=source, url=page_url, saved_at=saved_at)
            writer.commit()
        writer.ledger.finish_run(run, "finished", utc_now())


def _import_one(
    writer: ArchiveWriter, path: Path, *, run: int, source: str, url: str | None, saved_at: datetime | None
) -> Taken:
    try:
        size, modified = path.stat().st_size, datetime.fromtimestamp(path.stat().st_mtime, UTC)
        if size > _LARGEST:
            return Taken(file=path, problem=f"larger than {_LARGEST // 1024 // 1024} MB; no saved page is")
        body = path.read_bytes()
    except OSError as error:
        return Taken(file=path, problem=f"cannot be read: {error.strerror}")
    when = saved_at or modified.replace(microsecond=0)
    html = looks_like_html(body, path)
    result = _refine(body, html=html, url=url, when=when, source=source)
    address = _address(result, url, body)
    entry = _entry(writer, address, source, run)
    content_type = "text/html" if html else "text/plain"
    capture = ImportedFile(url=address, source=source, fetched_at=when, content_type=content_type, body=body)
    capture_id = writer.keep_import(capture, run=run, url_id=entry.id)
    captured = Verdict(state=State.CAPTURED, outcome=None, capture_id=capture_id, full_answer=True)
    writer.ledger.settle(entry, captured, run=run, now=utc_now())
    again = writer.ledger.entry(address)
    assert again is not None
    page = Page(url=address, final_url=address, body=body, fetched_at=when, source=source)
    verdict = _never_due(verdict_on(writer, again, page, result, utc_now()))
    writer.ledger.settle(again, verdict, run=run, now=utc_now())
    if isinstance(result, Rejection):
        return Taken(file=path, outcome=verdict.outcome, problem=f"{result.reason}: {result.detail}")
    return Taken(file=path, outcome=verdict.outcome, id=verdict.article_id, title=result.title)


def looks_like_html(body: bytes, path: Path) -> bool:
    """True for a saved page, False for a plain-text dump, by content first and by name where that is silent."""
    head = body[:4096].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if head.startswith((b"<!doctype", b"<html", b"<head", b"<body", b"<?xml")):
        return True
    return path.suffix.lower() in (".html", ".htm", ".xhtml", ".mhtml") or b"<html" in head


def _refine(body: bytes, *, html: bool, url: str | None, when: datetime, source: str) -> Article | Rejection:
    if html:
        return extract(body, url=url, fetched_at=when)
    return refine_dump(decode(body, None).text, url=url, fetched_at=when, source=source)


def _address(result: Article | Rejection, url: str | None, body: bytes) -> str:
    """The address under which the ledger knows the file: the page's own, or one made from its bytes."""
    own = (result.canonical_url or result.url) if isinstance(result, Article) else None
    return url or own or f"urn:sha256:{hashlib.sha256(body).hexdigest()}"


def _entry(writer: ArchiveWriter, address: str, source: str, run: int) -> Entry:
    link = Link(url=address, kind=Kind.PAGE, hint=Hint(via=Via.GIVEN, where="import"))
    writer.ledger.discover([link], source=source, run=run, now=utc_now())
    entry = writer.ledger.entry(address)
    assert entry is not None
    return entry


def _never_due(verdict: Verdict) -> Verdict:
    """An imported page has no source to ask again."""
    from dataclasses import replace

    return replace(verdict, due_at=None)


def _url(text: str) -> str:
    try:
        return normalise_url(text)
    except ValueError as error:
        raise ConfigError(f"--url: {error}") from None


def _instant(text: str) -> datetime:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise ConfigError(
            f"--fetched-at {text!r}: write a date such as 2026-11-10, or a time such as 2026-11-10T08:30Z"
        ) from None
    return moment.replace(tzinfo=moment.tzinfo or UTC).astimezone(UTC)
