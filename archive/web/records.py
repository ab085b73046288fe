"""Any capture of the archive by its place in the WARC: what a page that became no article looked like to the crawl."""

from __future__ import annotations

from urllib.parse import quote_plus

from archive.errors import NotFound, TakenDown
from archive.history import Record
from archive.reading import Archive
from archive.reasons import because, happened
from archive.types import CaptureRef
from archive.web.asked import Answer, Asked, as_json
from archive.web.captured import looked_at, sandboxed, saved
from archive.web.layout import page


def capture_url(ref: CaptureRef, further: str = "") -> str:
    """Where a capture is shown; ``further``: ``/page`` or ``.warc.gz``."""
    return f"/record{further}?at={quote_plus(f'{ref.file}@{ref.offset}', safe='/@')}"


def show(archive: Archive, wanted: Asked) -> Answer:
    """The frame: of which address, what became of it, with which headers and digest.

    Raises NotFound, TakenDown.
    """
    record = _record(archive, wanted)
    if wanted.ending == "json":
        return as_json(record)
    return page(
        "record.html",
        here="/nights",
        record=record,
        told=happened,
        because=because,
        raw=capture_url(record.capture, "/page"),
        download=capture_url(record.capture, ".warc.gz"),
        **looked_at(archive, record.capture),
    )


def raw(archive: Archive, wanted: Asked) -> Answer:
    """The captured page itself, for the frame. Raises NotFound, DamagedCapture."""
    return sandboxed(archive, _record(archive, wanted).capture)


def download(archive: Archive, wanted: Asked) -> Answer:
    """The WARC record as it lies in its file. Raises NotFound, DamagedCapture."""
    ref = _record(archive, wanted).capture
    name = ref.file.rpartition("/")[2].removesuffix(".warc.gz")
    return saved(archive, ref, "".join(c if c.isalnum() or c == "-" else "-" for c in f"{name[:80]}-{ref.offset}"))


def _record(archive: Archive, wanted: Asked) -> Record:
    file, _, offset = wanted.wishes.get("at", "").rpartition("@")
    if not (file and offset.isascii() and offset.isdigit() and len(offset) < 19):
        raise NotFound("name a capture as at=FILE@BYTE; the story of an address links to each of its own")
    record = archive.record_at(file, int(offset))
    for url in (record.asked, record.url):
        if url and (stone := archive.tombstone(url)):
            raise TakenDown(f"{url[:200]} was taken down on {stone.at:%Y-%m-%d}: {stone.reason}")
    return record
