"""A feed's bytes in, its entries as Links out: RSS 0.9x, 1.0, 2.0 and Atom by feedparser, JSON Feed by us."""

from __future__ import annotations

import io
import re
from collections.abc import Iterable, Iterator

import feedparser

from archive.types import Hint, Kind, Link, Via
from crawler.discovery import Listing
from crawler.discovery.jsonfeed import read_json_feed
from crawler.discovery.sniff import head_text, root_name
from crawler.discovery.spelling import MAX_SUMMARY, absolute, tidy, words_of
from crawler.discovery.unpack import unpack

#: Bytes. feedparser reads one to two MB a second, in the crawl's own process.
MAX_FEED = 8 * 1024 * 1024
MAX_ENTRIES = 5000
MAX_TAGS = 50
#: Elements inside elements. Feeds have six; broken ones that never close a tag have thousands, and are read as well.
MAX_DEPTH = 20_000
#: What feedparser and its SGML parser let out on broken bytes: ValueError holds bad URLs and encodings,
#: LookupError unknown charsets. Found by fuzzing and in its issue list; none tells more than "broken".
_FEEDPARSER_FAILURES = (ValueError, LookupError, AssertionError, AttributeError, TypeError, RecursionError)
_TAG = re.compile(
    rb"""(?sx) <!\[CDATA\[ .*? (?:\]\]>|\Z) | <!-- .*? (?:-->|\Z)
    | < (?P<closing>/?) (?P<name>[A-Za-z_:\x80-\xff]) (?: [^<>"'/] | "[^"<]*" | '[^'<]*' | /(?!>) )*+ (?P<empty>/?) >"""
)
_ADDRESS = re.compile(r"[^\s<>()]+@[^\s<>()]+")
#: feedparser calls a feed broken for these too; they cost nothing.
_HARMLESS = (feedparser.CharacterEncodingOverride, feedparser.NonXMLContentType)


def read_feed(body: bytes, url: str, content_type: str | None = None, *, via: Via = Via.FEED) -> Listing:
    """The entries of the feed found at ``url``, with what it says of each. ``content_type``: the header.

    Dates stay as written. A broken feed gives the entries before and, mostly, after the break.
    """
    body, problem = unpack(body, MAX_FEED)
    if not body.strip() or _is_too_deep(body):
        return Listing(problem=problem or ("It is nested too deeply." if body.strip() else "The document is empty."))
    head = head_text(body)
    if head.lstrip().startswith("{"):
        return read_json_feed(body, url, via, MAX_ENTRIES, problem)
    if root_name(head) == "html":
        return Listing(problem="This is an HTML page, not a feed.")
    try:
        parsed = _parse(body, url, content_type)
    except _FEEDPARSER_FAILURES as error:
        return Listing(problem=f"The feed cannot be parsed ({type(error).__name__}: {tidy(str(error), 200)}).")
    if not parsed.version and not parsed.entries:
        return Listing(problem=problem or "This is no feed that we know: not RSS, Atom or JSON Feed.")
    return _listing(parsed, url, via, problem)


def _is_too_deep(body: bytes) -> bool:
    """True for elements nested beyond MAX_DEPTH. feedparser has no bound: for a million levels it took two minutes."""
    if len(body) < MAX_DEPTH * len("<a>"):
        return False
    depth = 0
    for tag in _TAG.finditer(body.replace(b"\0", b"")):  # UTF-16 and UTF-32 without their zeros
        if tag["closing"]:
            depth -= 1
        elif tag["name"] and not tag["empty"]:
            depth += 1
            if depth > MAX_DEPTH:
                return True
    return False


def _parse(body: bytes, url: str, content_type: str | None) -> feedparser.FeedParserDict:
    # As a stream: a string would be taken for a URL or a file name first. The location makes relative
    # URLs absolute; what is said of HTML goes through words_of, so nothing need be sanitised.
    headers = {"content-location": url}
    if content_type:
        headers["content-type"] = content_type
    return feedparser.parse(
        io.BytesIO(body), response_headers=headers, sanitize_html=False, resolve_relative_uris=False
    )


def _listing(parsed: feedparser.FeedParserDict, url: str, via: Via, problem: str | None) -> Listing:
    links: dict[str, Link] = {}
    dropped = 0
    language = tidy(parsed.feed.get("language"), 35)
    for entry in parsed.entries[:MAX_ENTRIES]:
        target = next((u for raw in _targets(entry) if (u := absolute(raw, url))), None)
        if target is None:
            dropped += 1
        elif target not in links:
            rss = not str(parsed.version).startswith("atom")
            links[target] = Link(url=target, kind=Kind.PAGE, hint=_hint(entry, via, url, language=language, rss=rss))
    return Listing(
        links=tuple(links.values()),
        next=_next(parsed, url),
        problem=problem or _problem(parsed, len(links)),
        title=words_of(parsed.feed.get("title")),
        dropped=dropped,
    )


def _problem(parsed: feedparser.FeedParserDict, read: int) -> str | None:
    if len(parsed.entries) > MAX_ENTRIES:
        return f"The feed has {len(parsed.entries)} entries; only the first {MAX_ENTRIES} were read."
    error = parsed.get("bozo_exception")
    if parsed.bozo and not isinstance(error, _HARMLESS):
        return f"The feed is broken ({tidy(str(error), 200)}); {read} entries could be read."
    return None


def _targets(entry: feedparser.FeedParserDict) -> Iterator[str]:
    """The URLs that may be the entry's page, best first. feedparser has resolved them by ``xml:base``."""
    yield entry.get("feedburner_origlink", "")
    alternates = [x for x in entry.get("links", ()) if x.get("rel") == "alternate" and x.get("href")]
    yield from (x["href"] for x in alternates if "html" in x.get("type", "text/html"))
    yield from (x["href"] for x in alternates)
    yield entry.get("link", "")  # or a guid that is a permalink: feedparser puts it here


def _hint(entry: feedparser.FeedParserDict, via: Via, url: str, *, language: str | None, rss: bool) -> Hint:
    # dict.get: FeedParserDict.get gives "published" for a missing "updated", with a warning
    published = tidy(dict.get(entry, "published"), 100)
    modified = tidy(dict.get(entry, "updated"), 100)
    if rss and not published:  # dc:date is the only date that RSS 1.0 has
        published, modified = modified, None
    tags = _unique(words_of(tag.get("label") or tag.get("term"), 100) for tag in entry.get("tags", ()))
    return Hint(
        via=via,
        where=url,
        title=words_of(entry.get("title")),
        authors=_unique(_name(author, str(entry.get("author", ""))) for author in entry.get("authors", ())),
        published=published,
        modified=modified,
        section=_section(entry, tags),
        tags=tags[:MAX_TAGS],
        language=tidy((entry.get("title_detail") or {}).get("language"), 35) or language,
        summary=_summary(entry),
    )


def _section(entry: feedparser.FeedParserDict, tags: tuple[str, ...]) -> str | None:
    """The section, where the feed says so, or files the entry under one category only.

    Of several categories none can be told from a tag.
    """
    said = words_of(entry.get("prism_section"), 100)
    return said or (tags[0] if len(tags) == 1 else None)


def _summary(entry: feedparser.FeedParserDict) -> str | None:
    summary = entry.get("summary")
    # without a summary feedparser copies the text of the whole entry
    if any(content.get("value") == summary for content in entry.get("content", ())):
        return None
    return words_of(summary, MAX_SUMMARY)


def _name(author: feedparser.FeedParserDict, written: str) -> str | None:
    """The person of an author. ``written``: the last author as the feed has it."""
    name, address = author.get("name"), author.get("email")
    # feedparser ends an address after four letters of its last label: "gazette.lond", and "on (Ben Low" is left
    if address and re.search(re.escape(address) + "[A-Za-z]", written):
        name = _ADDRESS.sub("", written).strip("()<> ")
    name = words_of(name, 200)
    return None if name is None or "@" in name else name


def _unique(values: Iterable[str | None]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(value for value in values if value))


def _next(parsed: feedparser.FeedParserDict, url: str) -> str | None:
    for link in parsed.feed.get("links", ()):
        if link.get("rel") == "next":
            target = absolute(link.get("href", ""), url)
            return None if target == absolute(url, url) else target
    return None
