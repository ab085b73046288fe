"""The raw page as it was captured: in a frame that says what it is, with nothing of it able to run or to call out."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from archive.encodings import Unpackable
from archive.errors import DamagedCapture, NotFound
from archive.reading import Archive
from archive.web.asked import Answer, Asked, to_save
from archive.web.layout import page

if TYPE_CHECKING:
    from archive.captures import Capture
    from archive.record import StoredArticle
    from archive.types import CaptureRef

#: Of a captured page: no script, no form, no address that it could ask; its own styles, and pictures that it holds.
POLICY = (
    "sandbox; default-src 'none'; style-src 'unsafe-inline' data:; img-src data:; font-src data:; form-action 'none';"
    " base-uri 'none'; frame-ancestors 'self'"
)
_PAGES = ("text/html", "application/xhtml+xml")
_TEXTS = ("text/plain", "application/json", "application/xml", "text/xml")
_CHARSET = re.compile(r"charset\s*=\s*[\"']?([A-Za-z0-9_.:-]{1,40})", re.IGNORECASE)
#: Elements that lose their first letter to an ``x``: nothing of theirs could be loaded, but a browser opens connections
#: for them before it asks the policy (seen in Chromium: ``link`` and ``iframe``). Also in UTF-16, either way round.
_CALLING = ("link", "iframe", "frame", "object", "embed", "video", "audio", "portal", "fencedframe")
_ELEMENT = re.compile(
    rb"<(\x00?)(?:"
    + b"|".join(
        rb"%c(?=\x00?%s[\x00\s/>])" % (name[0].encode(), rb"\x00?".join(letter.encode() for letter in name[1:]))
        for name in _CALLING
    )
    + rb")",
    re.IGNORECASE,
)
#: Links lose their address for the same reason: a click would be stopped, but not before a connection.
_ADDRESS = re.compile(rb"(?<=[\s\"'/:\x00])h(?=(\x00?)r\1e\1f\1[\s\x00]*=)", re.IGNORECASE)
#: Headers shown, and characters of each.
_HEADERS, _LONGEST = 60, 300


def show(archive: Archive, wanted: Asked) -> Answer:
    """The frame: whose page, when, with which headers and digest. Raises NotFound."""
    article, ref, number = _capture_of(archive, wanted)
    return page("captured.html", here="/search", article=article, number=number, **looked_at(archive, ref))


def looked_at(archive: Archive, ref: CaptureRef) -> dict[str, Any]:
    """What a frame says of a capture: the capture, or how it is damaged; its headers; whether it can be shown."""
    try:
        capture, damage = _read(archive, ref), ""
    except DamagedCapture as error:
        capture, damage = None, str(error)
    kind = _kind(capture) if capture else ""
    return {
        "ref": ref,
        "capture": capture,
        "damage": damage,
        "size": len(capture.raw) if capture else 0,
        "headers": [(name[:80], value[:_LONGEST]) for name, value in capture.headers[:_HEADERS]] if capture else [],
        "shown": kind in _PAGES or kind in _TEXTS,
        "kind": kind,
    }


def raw(archive: Archive, wanted: Asked) -> Answer:
    """The captured page itself, for the frame. Raises NotFound, DamagedCapture."""
    return sandboxed(archive, _capture_of(archive, wanted)[1])


def sandboxed(archive: Archive, ref: CaptureRef) -> Answer:
    """A captured page with nothing of it able to run or to call out. Raises NotFound, DamagedCapture."""
    capture = _read(archive, ref)
    kind = _kind(capture)
    if kind not in (*_PAGES, *_TEXTS):
        raise NotFound(f"this capture is {kind or 'of no stated type'}, which is not shown; download its WARC record")
    try:
        body = capture.body
    except Unpackable as error:
        raise DamagedCapture(f"{ref.file} at offset {ref.offset}: its body cannot be unpacked: {error}") from error
    charset = _CHARSET.search(_header(capture, "content-type"))
    shown = "text/html" if kind in _PAGES else "text/plain"
    return Answer(
        body=_ADDRESS.sub(b"x", _ELEMENT.sub(rb"<\1x", body)) if shown == "text/html" else body,
        content_type=f"{shown}; charset={charset[1]}" if charset else shown,
        headers={"content-security-policy": POLICY},
    )


def record(archive: Archive, wanted: Asked) -> Answer:
    """The WARC record as it lies in its file, a gzip member: a WARC file by itself. Before a revisit stands the record
    with the payload. Raises NotFound, DamagedCapture.
    """
    article, ref, number = _capture_of(archive, wanted)
    return saved(archive, ref, f"{article.id}-{number}")


def saved(archive: Archive, ref: CaptureRef, name: str) -> Answer:
    """A record to be saved under a name of ours. Raises DamagedCapture."""
    from archive.captures import read_member

    _read(archive, ref)
    members = [read_member(archive.folder, each) for each in (ref.payload, ref) if each is not None]
    return to_save(b"".join(members), f"{name}.warc.gz", "application/warc")


def _capture_of(archive: Archive, wanted: Asked) -> tuple[StoredArticle, CaptureRef, int]:
    """The article, the capture of the revision that is wished for, and its number. Raises NotFound."""
    article = archive.get(wanted.parts["id"])
    number = wanted.number("revision", least=1) or article.revision
    found = next((each for each in archive.revisions(article.id) if each.number == number), None)
    if found is None:
        raise NotFound(f"{article.id} has no revision {number}; it has 1 to {article.revision}")
    if found.capture is None:
        raise NotFound(f"no raw page of {article.id} was kept for revision {number}")
    return article, found.capture, number


def _read(archive: Archive, ref: CaptureRef) -> Capture:
    from archive.captures import read_capture

    return read_capture(archive.folder, ref)


def _header(capture: Capture, wanted: str) -> str:
    return next((value for name, value in capture.headers if name == wanted), "")


def _kind(capture: Capture) -> str:
    """Its media type; a page that states none is a page."""
    return _header(capture, "content-type").partition(";")[0].strip().lower() or "text/html"
