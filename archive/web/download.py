"""A search as a file: the very export of the command line, sent as it is written, with as many rows as the page counts.

What breaks off half-way is broken off for the reader too: the connection ends without the end of the answer, so that
no program takes a part for the whole.
"""

from __future__ import annotations

import asyncio
import io
import tempfile
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from archive.cite.formats import Format as Citations
from archive.errors import ArchiveError
from archive.query import Query
from archive.reading import Archive

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer

#: Bytes that go to the reader at a time.
_PIECE = 1 << 16
#: Seconds that a reader may take for a piece before the download is given up.
_PATIENCE_S = 120
#: Articles of a feed that does not say how many: readers of feeds ask every hour.
_NEWEST = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """A file that a search can be had as."""

    media_type: str
    #: Format of ``Archive.export``, or of ``Archive.cite``; neither: a data package.
    export: str | None = None
    cite: Citations | None = None


KINDS = {
    "csv": Kind(export="csv", media_type="text/csv; charset=utf-8"),
    "jsonl": Kind(export="jsonl", media_type="application/jsonl; charset=utf-8"),
    "package.zip": Kind(media_type="application/zip"),
    "md.zip": Kind(export="markdown", media_type="application/zip"),
    "txt.zip": Kind(export="text", media_type="application/zip"),
    "xml": Kind(export="tei", media_type="application/tei+xml; charset=utf-8"),
    "atom": Kind(export="atom", media_type="application/atom+xml; charset=utf-8"),
    "rss": Kind(export="rss", media_type="application/rss+xml; charset=utf-8"),
    "bib": Kind(cite=Citations.BIBTEX, media_type="application/x-bibtex; charset=utf-8"),
    "ris": Kind(cite=Citations.RIS, media_type="application/x-research-info-systems; charset=utf-8"),
    "csl.json": Kind(cite=Citations.CSL_JSON, media_type="application/vnd.citationstyles.csl+json; charset=utf-8"),
}


def fit(query: Query, ending: str) -> Query:
    """The search as a file of a kind has it: a feed has the newest, or as many as the search itself says."""
    if ending in ("atom", "rss") and query.limit is None:
        return replace(query, limit=_NEWEST, sort=None)
    return query


def write(archive: Archive, query: Query, ending: str, out: _Pipe) -> None:
    """Write the search to whoever reads it."""
    kind = KINDS[ending]
    if kind.export:
        archive.export(query, out, format=kind.export)  # type: ignore[arg-type]
    elif kind.cite is None:
        _write_package(archive, query, out)
    else:
        for part in archive.iter_citations(archive.articles(query), kind.cite):
            out.write(part.encode(errors="replace"))
    out.flush()


def _write_package(archive: Archive, query: Query, out: _Pipe) -> None:
    """Make a data package beside, and write it as a zip: its folder is there only while it is sent."""
    from archive.export.formats import FORMATS
    from archive.export.package.facts import Label
    from archive.export.package.make import Packing, write_package
    from archive.export.wanted import Wanted
    from archive.export.write import Shape

    label = Label(title=f"Articles found by: {query.spelling}") if query.spelling else Label()
    with tempfile.TemporaryDirectory(prefix="nightdesk-") as made:
        folder = Path(made, "articles")
        write_package(
            archive.file, Wanted(query=query), Packing(shape=Shape(format=FORMATS["csv"])), folder, label=label
        )
        with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as zipped:
            for path in sorted(folder.iterdir()):
                zipped.write(path, f"articles/{path.name}")


class _Pipe(io.RawIOBase):
    """Where a thread writes, and what it writes goes to the reader, no faster than they take it."""

    def __init__(self, pass_on: Callable[[bytes], None]) -> None:
        self._pass_on = pass_on
        self._held = bytearray()

    def writable(self) -> bool:
        """It is."""
        return True

    def write(self, data: ReadableBuffer, /) -> int:
        """Take bytes, and pass them on in pieces."""
        given = bytes(data)
        self._held += given
        if len(self._held) >= _PIECE:
            self.flush()
        return len(given)

    def flush(self) -> None:
        """Pass on what is held."""
        if self._held:
            piece, self._held = bytes(self._held), bytearray()
            self._pass_on(piece)


class Left(ArchiveError):
    """The reader went away."""


async def send(desk: Any, query: Query, ending: str, receive: Any, send_: Any) -> None:
    """Answer with the search as a file."""
    loop = asyncio.get_running_loop()
    left = asyncio.ensure_future(_until_gone(receive))

    def pass_on(piece: bytes) -> None:
        if left.done():
            raise Left("the reader went away")
        message = {"type": "http.response.body", "body": piece, "more_body": True}
        asyncio.run_coroutine_threadsafe(send_(message), loop).result(_PATIENCE_S)

    headers = [
        (b"content-type", KINDS[ending].media_type.encode()),
        (b"cache-control", b"no-cache"),
        *_name(ending),
    ]
    try:
        await send_({"type": "http.response.start", "status": 200, "headers": headers})
        await desk.download(lambda archive: write(archive, fit(query, ending), ending, _Pipe(pass_on)))
        await send_({"type": "http.response.body", "body": b""})
    except Left:
        pass
    finally:
        left.cancel()


def _name(ending: str) -> Iterator[tuple[bytes, bytes]]:
    if ending not in ("atom", "rss"):
        yield b"content-disposition", f'attachment; filename="articles.{ending}"'.encode()


async def _until_gone(receive: Any) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
