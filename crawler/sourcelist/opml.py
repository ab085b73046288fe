"""A feed reader's list (OPML) in, a proposal for each of its feeds out. Pure, and hostile XML is refused."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

from lxml import etree

from crawler.discovery.spelling import tidy
from crawler.sourcelist.proposal import Proposal, Wrong


def read_opml(data: bytes) -> list[Proposal | Wrong]:
    """The outlines that name a feed or a page, however deep they are nested, each with its line.

    A feed's home is its ``htmlUrl``, else the front page of the feed's own host, which is a guess. One Wrong alone
    stands for a file that cannot be read as a whole.
    """
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, remove_comments=True, remove_pis=True
    )
    try:
        root = etree.fromstring(data, parser)
    except etree.XMLSyntaxError as error:
        return [Wrong(line=error.lineno or 1, reason=f"is not well-formed XML: {error.msg}")]
    dtd: Any = root.getroottree().docinfo.internalDTD  # lxml's stubs know neither its entities nor an element's line
    if dtd is not None and any(True for _ in dtd.iterentities()):
        return [Wrong(line=1, reason="declares entities of its own; such a file is not read")]
    if _name(root) != "opml":
        return [Wrong(line=1, reason=f"is a document of <{_name(root)}>, not of <opml>")]
    return [each for outline in root.iter() if _name(outline) == "outline" for each in _proposed(outline)]


def _name(element: etree._Element) -> str:
    # an entity left unresolved is an element to lxml, with a function in the tag's place
    return etree.QName(element).localname.lower() if isinstance(element.tag, str) else ""


def _proposed(outline: etree._Element) -> Iterator[Proposal | Wrong]:
    line: Any = outline.sourceline
    given = {str(name).lower(): str(value).strip() for name, value in outline.attrib.items()}
    kind = given.get("type", "").lower()
    feed = _as_http(given.get("xmlurl", ""))
    home = given.get("htmlurl", "") or (given.get("url", "") if kind == "link" else "")
    title = tidy(given.get("title") or given.get("text"))
    if kind == "include":
        yield Wrong(line=line, reason=f"includes another list, {given.get('url', '')[:200]}: import that one itself")
    elif feed or home:
        values: dict[str, Any] = {"home": home or _front_of(feed)}
        values |= {"title": title} if title else {}
        values |= {"feeds": [feed]} if feed else {}
        yield Proposal(line=line, values=values, guessed=not home)
    elif kind in ("rss", "atom", "feed"):
        yield Wrong(line=line, reason=f"a feed without its address, xmlUrl{f': {title}' if title else ''}")


def _as_http(url: str) -> str:
    """``feed:https://…`` and ``feed://…`` are spellings of feed readers."""
    if url[:5].lower() != "feed:":
        return url
    rest = url[5:]
    return f"http:{rest}" if rest.startswith("//") else rest


def _front_of(feed: str) -> str:
    try:
        parts = urlsplit(feed)
    except ValueError:
        return feed
    return f"{parts.scheme}://{parts.netloc}/"
