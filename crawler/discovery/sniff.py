"""A document's first bytes → which kind of listing it is, whatever it was declared to be."""

from __future__ import annotations

import codecs
import re
from urllib.parse import urlsplit

from archive.types import Kind
from crawler.discovery.unpack import unpack

#: Bytes looked at. A comment before the root may be long; a licence text has been seen.
_HEAD = 16 * 1024
_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
#: One thing that may stand before the root: white space, a declaration, a comment, a document type.
_PROLOG = re.compile(r"(?s)\s+|<\?.*?\?>|<!--.*?-->|<![^>\[]*(?:\[.*?\]\s*)?>")
_ROOT = re.compile(r"<(?:[\w.-]+:)?([A-Za-z][\w.-]*)[\s/>]")
_KINDS = {"rss": Kind.FEED, "feed": Kind.FEED, "rdf": Kind.FEED, "channel": Kind.FEED}
_KINDS |= {"urlset": Kind.SITEMAP, "sitemapindex": Kind.SITEMAP}
_HTML = frozenset({"html", "head", "body", "title", "meta", "div", "p", "script", "table", "h1"})
_KINDS |= dict.fromkeys(_HTML, Kind.PAGE)
_JSON_FEED = re.compile(r'"https?:\\?/\\?/(?:www\.)?jsonfeed\.org\\?/version|"items"\s*:\s*\[')


def head_text(body: bytes) -> str:
    """The beginning of a document as text, good enough for its markup: by byte order mark, else as ASCII."""
    for mark, encoding in _BOMS:
        if body.startswith(mark):
            return body[len(mark) : _HEAD].decode(encoding, "replace")
    return body[:_HEAD].decode("ascii", "replace")


def root_name(text: str) -> str | None:
    """The first element's local name in lower case, or None when the text does not begin as markup does."""
    start = 0
    while match := _PROLOG.match(text, start):
        if match[0][:14].lower() == "<!doctype html":
            return "html"
        start = match.end()
    root = _ROOT.match(text, start)
    return root[1].lower() if root else None


def sniff(body: bytes, content_type: str | None, url: str) -> Kind | None:
    """FEED, SITEMAP, or PAGE for any HTML; None for anything else.

    The bytes decide. The declared type and the URL are asked only where bytes cannot tell: for a plain
    text, and for HTML that begins with neither a tag nor a document type.
    """
    declared = (content_type or "").partition(";")[0].strip().lower()
    text = head_text(unpack(body, _HEAD)[0])
    kind = _KINDS.get(root_name(text) or "")
    if kind:
        return kind
    if text.lstrip()[:1] == "{":
        return Kind.FEED if _JSON_FEED.search(text) else None
    if declared == "text/plain" or (not declared and _is_txt(url)):
        return Kind.SITEMAP if _is_url_list(text) else None
    return Kind.PAGE if declared in ("text/html", "application/xhtml+xml") and text.strip() else None


def _is_txt(url: str) -> bool:
    try:
        return urlsplit(url).path.lower().removesuffix(".gz").endswith(".txt")
    except ValueError:
        return False


def _is_url_list(text: str) -> bool:
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    whole = lines[:-1] if len(lines) > 1 else lines  # the last may be cut at _HEAD
    return bool(whole) and all(re.match(r"(?i)https?://[^\s<>]+$", line) for line in whole)
