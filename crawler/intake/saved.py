"""A file saved by hand in, its bytes and what kind of page it is out; and what cleaning makes of it."""

from __future__ import annotations

import hashlib
import os
import re
import stat
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from archive.times import utc_now
from archive.types import Article, Page, Reason, Rejection, Template
from archive.urls import normalise_or_none
from pipelines import refine_dump
from pipelines.decode import decode
from pipelines.filetype import gate_bytes

LARGEST = 64 * 1024 * 1024
#: Share of characters that no text has above which a file is no text, and how many of them are looked at. Random
#: bytes have a tenth; a page with a wrongly declared encoding stays under a hundredth.
_JUNK = 0.02
_SAMPLE = 200_000
#: What browsers write at the head of a page that they save, with the length of the address.
_SAVED_FROM = re.compile(r"<!--\s*saved from url=\(\d+\)\s*(\S+?)\s*-->")
_HEAD = 4096


@dataclass(frozen=True, slots=True, kw_only=True)
class Saved:
    """A page, or the text of one, that has no HTTP about it."""

    #: Its file's path, fit to be stored and printed.
    name: str
    body: bytes
    saved_at: datetime
    html: bool
    #: Its address, if it was told; None: as the page itself says.
    url: str | None = None

    @property
    def content_type(self) -> str:
        """As kept with its WARC record."""
        return "text/html" if self.html else "text/plain"


def read_saved(path: Path, *, url: str | None, saved_at: datetime | None) -> Saved | str:
    """The file, or why there is none to import."""
    try:
        status = path.stat()
        if not stat.S_ISREG(status.st_mode) and not stat.S_ISDIR(status.st_mode):
            return "is no regular file"  # reading a pipe or a device may never end
        if status.st_size > LARGEST:
            return f"larger than {LARGEST // 1024 // 1024} MB; no saved page is"
        body = path.read_bytes()
    except OSError as error:
        return f"cannot be read: {error.strerror}"
    return Saved(
        name=printable(path),
        body=body,
        saved_at=saved_at or modified_at(status),
        html=looks_like_html(body, path.suffix),
        url=url,
    )


def modified_at(status: os.stat_result) -> datetime:
    """When a file was last written; not later than now: a clock that was ahead must not make a page the newest."""
    try:
        return min(datetime.fromtimestamp(int(status.st_mtime), UTC), utc_now())
    except (ValueError, OverflowError, OSError):
        return utc_now()


def printable(path: Path | str) -> str:
    """A path that any terminal and database can hold: undecodable bytes and control characters as escapes."""
    text = os.fsencode(path).decode("utf-8", "backslashreplace")
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in text)


def looks_like_html(body: bytes, suffix: str) -> bool:
    """True for a saved page, False for a plain-text dump, by content first and by name where that is silent."""
    head = body[:_HEAD].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if head.startswith((b"<!doctype", b"<html", b"<head", b"<body", b"<?xml")):
        return True
    return suffix.lower() in (".html", ".htm", ".xhtml", ".mhtml") or b"<html" in head


def clean_saved(
    saved: Saved,
    *,
    source: str,
    template: Template | None,
    refine: Callable[[Page, Template | None], Article | Rejection],
) -> tuple[Article | Rejection, str]:
    """The record, and the address under which the ledger knows the file: the page's own, or one made of its text."""
    url, urn = saved.url, urn_of(saved.body)
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
        return result, url or urn_of(lines.encode())
    url = url or _saved_from(text)
    result = refine(replace(page, url=url or "", final_url=url or "", headers=()), template)
    if isinstance(result, Article) and result.url is None:
        result = replace(result, url=result.canonical_url)
        url = result.url
    return result, url or urn


def urn_of(content: bytes) -> str:
    """What stands for the address of what has none."""
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
