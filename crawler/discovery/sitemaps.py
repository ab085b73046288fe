"""A sitemap's bytes in, its URLs as Links out, with the dates, titles and keywords that news sitemaps carry."""

from __future__ import annotations

import re
from collections.abc import Iterator

from lxml import etree

from archive.types import Hint, Kind, Link, Via
from crawler.discovery import Listing
from crawler.discovery.feeds import read_feed
from crawler.discovery.sniff import head_text, root_name
from crawler.discovery.spelling import absolute, tidy
from crawler.discovery.unpack import unpack

#: URLs in one sitemap, by sitemaps.org.
MAX_URLS = 50_000
_CHUNK = 256 * 1024
_ENTRIES = {"urlset": "url", "sitemapindex": "sitemap"}
_FEEDS = ("rss", "feed", "rdf")
#: An ampersand that begins no entity. Recovery would drop it and the word behind, and change the URL.
_BARE_AMPERSAND = re.compile(rb"(<!\[CDATA\[[^<\]]*\]\]>)|&(?!#?\w{1,32};)")


def read_sitemap(body: bytes, url: str) -> Listing:
    """The URLs of the sitemap found at ``url``: XML, an index of others, a plain list, or a feed in its place.

    Gzip is undone by its first bytes. Dates stay as written. Broken XML gives what could be read.
    """
    body, problem = unpack(body)
    if not body.strip():
        return Listing(problem=problem or "The document is empty.")
    head = head_text(body)
    root = root_name(head)
    if root in _FEEDS or head.lstrip().startswith("{"):
        return read_feed(body, url, via=Via.SITEMAP)
    if root in _ENTRIES:
        return _read_xml(body, url, root, problem)
    if "<" in head:
        what = "an HTML page" if root == "html" else f"a document of <{root}>" if root else "some other markup"
        return Listing(problem=f"This is {what}, not a sitemap.")
    return _read_lines(body, url, problem)


class _Gathering:
    """Links as they come, one a URL, and no more than the protocol's number."""

    def __init__(self, url: str, kind: Kind) -> None:
        self._url, self._kind = url, kind
        self._self = absolute(url, url)
        self._links: dict[str, Link] = {}
        self._dropped = 0
        self.full = False

    def add(self, location: str, hint: Hint) -> None:
        target = absolute(location, self._url)
        if target is None:
            self._dropped += 1
        elif target not in self._links and not (self._kind is Kind.SITEMAP and target == self._self):
            self.full = len(self._links) >= MAX_URLS
            if not self.full:
                self._links[target] = Link(url=target, kind=self._kind, hint=hint)

    def listing(self, problem: str | None) -> Listing:
        if self.full:
            problem = f"The sitemap has more than {MAX_URLS} URLs; the rest was not read."
        elif problem is None and not self._links and self._dropped:
            problem = f"None of its {self._dropped} entries is a URL that can be fetched."
        return Listing(links=tuple(self._links.values()), problem=problem, dropped=self._dropped)


def _read_lines(body: bytes, url: str, problem: str | None) -> Listing:
    gathering = _Gathering(url, Kind.PAGE)
    hint = Hint(via=Via.SITEMAP, where=url)
    for line in body.decode("utf-8-sig", "replace").splitlines():
        if line.strip() and not gathering.full:
            # a word would resolve to a URL of this host: only whole addresses count in a plain list
            gathering.add(line if re.match(r"(?i)\s*https?://", line) else "", hint)
    return gathering.listing(problem)


def _read_xml(body: bytes, url: str, root: str, problem: str | None) -> Listing:
    gathering = _Gathering(url, Kind.SITEMAP if root == "sitemapindex" else Kind.PAGE)
    parser = etree.XMLPullParser(
        ("end",), recover=True, resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False
    )
    for element in _elements(parser, _mended(body), _ENTRIES[root]):
        fields = _fields(element)
        gathering.add(fields.get("loc") or "", _hint(fields, url))
        if gathering.full:
            break
    else:
        problem = problem or _complaint(parser)
    return gathering.listing(problem)


def _mended(body: bytes) -> bytes:
    """The body without the two slips that are common, and that no reader of XML forgives."""
    if body[:2] in (b"\xff\xfe", b"\xfe\xff"):  # UTF-16: no bytes to search
        return body
    body = body.lstrip()  # blank lines before the declaration
    if b"&" not in body:
        return body
    return _BARE_AMPERSAND.sub(lambda match: match[1] or b"&amp;", body)


def _elements(parser: etree.XMLPullParser, body: bytes, name: str) -> Iterator[etree._Element]:
    """Each entry once it is complete; entries already given are forgotten, so that memory stays small."""
    try:
        for start in range(0, len(body), _CHUNK):
            parser.feed(body[start : start + _CHUNK])
            yield from _complete(parser, name)
        # What only the end of the document completes was cut in the middle, its URL perhaps too.
        parser.close()
    except etree.XMLSyntaxError:
        pass  # past recovery: the parser's log has it, and _complaint reads that


def _complete(parser: etree.XMLPullParser, name: str) -> Iterator[etree._Element]:
    for _, element in parser.read_events():
        if isinstance(element, etree._Element) and _local(element) == name:
            yield element
            element.clear()
            parent = element.getparent()
            if parent is not None:
                while element.getprevious() is not None:
                    del parent[0]


def _complaint(parser: etree.XMLPullParser) -> str | None:
    """The first error that is not about a namespace prefix: many sitemaps use news: without declaring it."""
    for entry in parser.feed_error_log:
        if entry.level >= etree.ErrorLevels.ERROR and entry.domain != etree.ErrorDomains.NAMESPACE:
            return f"The XML is broken at line {entry.line} ({tidy(entry.message, 200)}); what could be read was."
    return None


def _local(element: etree._Element) -> str:
    # comments and unresolved entities are elements to lxml, with a function in the tag's place
    return element.tag.rpartition("}")[2].rpartition(":")[2] if isinstance(element.tag, str) else ""


def _fields(entry: etree._Element) -> dict[str, str]:
    """``loc``, ``lastmod`` and the fields of ``news:news``, by local name. Images and videos are passed over."""
    fields: dict[str, str] = {}
    for child in entry:
        name = _local(child)
        if name in ("loc", "lastmod"):
            fields.setdefault(name, _text(child))
        elif name == "news":
            for part in child.iter():
                fields.setdefault(f"news:{_local(part)}", _text(part))
    return fields


def _text(element: etree._Element) -> str:
    # A child is an entity left unresolved, or misplaced markup: what stands before it is half a value.
    return "" if len(element) else (element.text or "").strip()


def _hint(fields: dict[str, str], url: str) -> Hint:
    keywords = (tidy(word, 100) for word in fields.get("news:keywords", "").split(",")[:50])
    return Hint(
        via=Via.SITEMAP,
        where=url,
        title=tidy(fields.get("news:title")),
        published=tidy(fields.get("news:publication_date"), 100),
        modified=tidy(fields.get("lastmod"), 100),
        tags=tuple(dict.fromkeys(word for word in keywords if word)),
        language=tidy(fields.get("news:language"), 35),
    )
