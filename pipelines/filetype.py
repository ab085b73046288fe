"""A page's bytes and headers in, a Rejection out if they are no HTML: empty, cut short, or another kind of file."""

from __future__ import annotations

import re

from archive.types import Page, Reason, Rejection

_MAGIC = (
    (b"%PDF-", "a PDF"),
    (b"\x89PNG\r\n", "a PNG image"),
    (b"\xff\xd8\xff", "a JPEG image"),
    (b"GIF8", "a GIF image"),
    (b"PK\x03\x04", "a ZIP file"),
    (b"\x1f\x8b", "gzip data"),
    (b"\xd0\xcf\x11\xe0", "an Office file"),
    (b"ID3", "an MP3 file"),
    (b"OggS", "an Ogg file"),
    (b"wOF", "a font"),
    (b"\x7fELF", "a program"),
)
_HTML_TYPES = frozenset(
    ("text/html", "application/xhtml+xml", "application/xml", "text/xml", "text/plain", "", "application/octet-stream")
)
_FEED = re.compile(
    rb"(?i)^\s*(?:<\?xml[^>]*>\s*)?(?:<!--.{0,500}?-->\s*)?<(rss|feed|rdf:RDF|urlset|sitemapindex)[\s>]", re.DOTALL
)


def _no(reason: Reason, detail: str) -> Rejection:
    return Rejection(reason=reason, detail=detail)


def gate_bytes(page: Page) -> Rejection | None:
    """By the bytes and headers alone: empty, cut short, or another kind of file."""
    body = page.body
    if page.truncated:
        return _no(Reason.CUT_SHORT, f"the connection ended after {len(body)} bytes")
    if not body.strip():
        return _no(Reason.EMPTY, "no bytes")
    for magic, name in _MAGIC:
        if body.startswith(magic):
            return _no(Reason.NOT_HTML, f"the bytes are {name}")
    return _other_file(page)


def _other_file(page: Page) -> Rejection | None:
    """By the declared content type, and by what the bytes begin with."""
    body = page.body
    kind = (page.header("content-type") or "").partition(";")[0].strip().lower()
    detail = None
    if kind not in _HTML_TYPES and "html" not in kind:
        detail = f"content type {kind[:80]}"
    elif feed := _FEED.match(body[:2000]):
        detail = f"an XML document: {feed[1].decode(errors='replace')}"
    elif "html" not in kind and body.lstrip()[:1] in (b"{", b"["):
        detail = "JSON"
    elif body.count(b"\0") > 0.1 * len(body) and not body.startswith((b"\xff\xfe", b"\xfe\xff")):
        detail = "binary data"
    return _no(Reason.NOT_HTML, detail) if detail else None
