"""WARC revisit records in: a page was seen again with a payload that is here already, or that is still to come."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from archive.captures import read_capture
from archive.errors import DamagedCapture
from archive.imports import Repeat
from archive.incoming.answers import Passed
from archive.times import iso
from archive.writer import ArchiveWriter
from crawler.intake.settle import Settled, Settler
from crawler.intake.tasks import Left, PayloadTask


def see_again(writer: ArchiveWriter, settler: Settler, repeat: Repeat) -> Settled | Passed | None:
    """A page was seen again with its own content. None: its payload has not come yet, or is another page's: later."""
    found = writer.imports.payload_of(repeat)
    entry = writer.ledger.entry(repeat.url)
    if found is None or entry is None or found[1] != entry.id:
        settler.add_source(repeat.source)
        writer.imports.remember(repeat)
        return None
    writer.imports.forget(repeat)
    return settler.see_again(entry, repeat.at, repeat.origin)


def left_over(writer: ArchiveWriter, folder: Path) -> Iterator[PayloadTask | Repeat | Left]:
    """What is to be done with repeats whose payload had not come, or is another page's."""
    last = ("", "")
    while batch := list(writer.imports.repeats(last)):
        for repeat in batch:
            last = (repeat.url, iso(repeat.at))
            found = writer.imports.payload_of(repeat)
            if found is None:
                yield Left(place=repeat.origin, why=Passed.NO_PAYLOAD)
                continue
            capture_id, url_id = found
            entry = writer.ledger.entry(repeat.url)
            if entry is not None and entry.id == url_id:
                yield repeat
                continue
            writer.imports.forget(repeat)
            try:
                capture = read_capture(folder, writer.capture_ref(capture_id))
            except DamagedCapture:
                yield Left(place=repeat.origin, why=Passed.NO_PAYLOAD)
                continue
            yield PayloadTask(
                url=repeat.url,
                seen_at=repeat.at,
                headers=capture.headers,
                payload=capture.raw,
                source=repeat.source,
                origin=repeat.origin,
                capture_id=capture_id,
            )
