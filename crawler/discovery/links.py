"""A front or section page in, what it leads to out: articles, sections, feeds, and its own next page."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from itertools import islice

from lxml import html

from archive.types import Hint, Kind, Link, Via
from archive.urls import without_amp
from crawler.discovery import FrontListing
from crawler.discovery.anchors import Anchor, better, iter_anchors
from crawler.discovery.likeness import (
    Place,
    count_words,
    is_machinery,
    looks_like_article,
    looks_like_section,
    page_number,
)
from crawler.discovery.sniff import head_text, root_name
from crawler.discovery.spelling import absolute, parts_of, tidy
from crawler.discovery.tree import parse
from crawler.discovery.words import OLDER, READ_MORE
from pipelines.site import same_site

__all__ = ["Place", "looks_like_article", "read_front"]

#: Links of either sort taken from one page.
MAX_PAGES, MAX_SECTIONS, MAX_FEEDS = 2000, 60, 20
#: Links looked at, of any sort: busy fronts have a thousand, and each costs 0.1 ms.
MAX_ANCHORS = 10_000
_FEED_TYPES = ("application/rss+xml", "application/atom+xml", "application/feed+json", "application/rdf+xml")
_FEED_NAMES = ("feed", "rss", "atom", "rss2", "rdf")
_FEED_FILES = ("rss.xml", "feed.xml", "atom.xml", "feed.json", "rss.php", "feed.php", "feeds.xml", "rss2.xml")
_LIKE_A_FEED = re.compile(r"(?i)feed|rss|atom|rdf")
_ARROWS = " «»‹›<>→←…·|.\u00a0"
#: "3 comments": no title either.
_COUNT = re.compile(r"\d+(?: \w+)?$")
_OTHER_SCHEMES = ("mailto:", "javascript:", "tel:", "data:", "whatsapp:", "sms:", "about:", "blob:")


def read_front(
    page: bytes | str,
    url: str,
    *,
    kind: Kind = Kind.FRONT,
    content_type: str | None = None,
    also_on: Collection[str] = (),
) -> FrontListing:
    """What the front or section page at ``url`` leads to on its own site and on the hosts ``also_on``.

    Args:
        kind: FRONT or SECTION: what ``hint.via`` says.
        content_type: the header, for the encoding of a page in bytes.
    """
    root = root_name(head_text(page) if isinstance(page, bytes) else page[:4096])
    if root in ("rss", "feed", "rdf", "urlset", "sitemapindex"):
        return FrontListing(problem=f"This is a document of <{root}>, not a page.")
    tree = parse(page, content_type)
    if tree is None:
        return FrontListing(problem="The page is empty.")
    base = _base(tree, url)
    own = absolute(url, url) or url
    written = list(islice(iter_anchors(tree), MAX_ANCHORS))
    anchors, dropped = _by_url(written, base, own, also_on)
    via = Via.SECTION if kind is Kind.SECTION else Via.FRONT
    pages = [_link(u, a, Kind.PAGE, via, url) for u, a in anchors.items() if looks_like_article(u, a.text, a.place)]
    sections = [_link(u, a, Kind.SECTION, via, url) for u, a in _sections(anchors, own)]
    problem = None
    if len(written) == MAX_ANCHORS:
        problem = f"The page has {MAX_ANCHORS} links or more; only so many were looked at."
    elif len(pages) > MAX_PAGES or len(sections) > MAX_SECTIONS:
        problem = f"The page leads to {len(pages)} articles and {len(sections)} sections; not all were taken."
    return FrontListing(
        links=tuple(pages[:MAX_PAGES]),
        sections=tuple(sections[:MAX_SECTIONS]),
        feeds=_feeds(tree, written, base, own),
        next=_next(tree, base, own, anchors),
        title=_title(tree),
        problem=problem,
        dropped=dropped,
    )


def _base(tree: html.HtmlElement, url: str) -> str:
    for element in tree.iter("base"):
        if element.get("href"):
            return absolute(element.get("href", ""), url) or url
    return url


def _by_url(written: list[Anchor], base: str, own: str, also_on: Collection[str]) -> tuple[dict[str, Anchor], int]:
    """The links that stay on the site, one a URL, in order of appearance; and how many lead nowhere."""
    found: dict[str, Anchor] = {}
    dropped = 0
    for anchor in written:
        if anchor.href.lower().startswith(_OTHER_SCHEMES):
            continue
        target = absolute(anchor.href, base)
        if target and (full := without_amp(target)) != target:
            target = absolute(full, base)
        if target is None:
            dropped += 1
        elif target != own and (same_site(target, own) or parts_of(target)[0] in also_on):
            found[target] = better(found[target], anchor) if target in found else anchor
    return found, dropped


def _link(target: str, anchor: Anchor, kind: Kind, via: Via, where: str) -> Link:
    label = anchor.text.casefold().strip(_ARROWS)
    title = None if label in OLDER or label in READ_MORE or _COUNT.match(label) else anchor.text
    return Link(url=target, kind=kind, hint=Hint(via=via, where=where, title=title or None))


def _sections(anchors: dict[str, Anchor], own: str) -> list[tuple[str, Anchor]]:
    """The sections that menus lead to. A page without menus, as old tables are, has them among its other links."""
    plain = [(u, a) for u, a in anchors.items() if not looks_like_article(u, a.text, a.place)]
    has_menus = any(anchor.place is Place.MENU for anchor in anchors.values())

    def supposed(anchor: Anchor) -> Place:
        short = anchor.place is not Place.HEADLINE and count_words(anchor.text) <= 2
        return Place.MENU if short and not has_menus else anchor.place

    return [(u, a) for u, a in plain if looks_like_section(u, a.text, supposed(a)) and not _is_home(u, own)]


def _is_home(url: str, own: str) -> bool:
    (host, path, _), (own_host, _, _) = parts_of(url), parts_of(own)
    return path == "/" and host.removeprefix("www.") == own_host.removeprefix("www.")


def _feeds(tree: html.HtmlElement, written: list[Anchor], base: str, own: str) -> tuple[str, ...]:
    declared = (
        (element.get("href", ""), element.get("title", ""))
        for element in tree.iter("link")
        if "alternate" in element.get("rel", "").lower().split() and _is_feed_type(element)
    )
    found = dict.fromkeys(t for href, title in declared if (t := absolute(href, base)) and _is_news(t, title))
    for anchor in written:
        if not _LIKE_A_FEED.search(anchor.href):  # most: the rest costs more
            continue
        target = absolute(anchor.href.removeprefix("feed:"), base)
        if target and same_site(target, own) and _is_feed_address(target) and _is_news(target, anchor.text):
            found.setdefault(target)
    return tuple(found)[:MAX_FEEDS]


def _is_feed_type(element: html.HtmlElement) -> bool:
    declared = element.get("type", "").partition(";")[0].strip().lower()
    # plain JSON is WordPress's interface as often as it is a feed
    return declared in _FEED_TYPES or (declared == "application/json" and "feed" in element.get("href", "").lower())


def _is_feed_address(url: str) -> bool:
    _, path, query = parts_of(url)
    leaf = path.rstrip("/").rpartition("/")[2].lower()
    if leaf in _FEED_NAMES or leaf in _FEED_FILES or leaf.endswith((".rss", ".atom", ".rdf")):
        return True
    return any(part in ("feed=rss2", "feed=atom", "feed=rss", "format=feed") for part in query.lower().split("&"))


def _is_news(feed: str, title: str) -> bool:
    """False for the feed of the comments, and for that of one article's."""
    host, path, _ = parts_of(feed)
    segments = [segment for segment in path.lower().split("/") if segment]
    if "comments" in segments or "wp-json" in segments or "comment" in title.lower().split():
        return False
    if title.lower().startswith(("comments", "kommentar", "komentar", "commentaire", "comentario")):
        return False
    article = "/".join(segments[:-1])
    return not article or not looks_like_article(f"https://{host}/{article}", "", Place.BODY)


def _next(tree: html.HtmlElement, base: str, own: str, anchors: dict[str, Anchor]) -> str | None:
    """The next part of this list: declared, else the link numbered one higher, else the one called "older"."""
    declared = (e.get("href", "") for e in tree.iter("link") if "next" in e.get("rel", "").lower().split())
    candidates = [target for href in declared if (target := absolute(href, base))]
    candidates += [target for target, anchor in anchors.items() if "next" in anchor.rel]
    candidates += _next_numbers(own, anchors)
    candidates += [u for u, a in anchors.items() if _is_called_older(a.text) and _continues(u, own)]
    for target in candidates:
        if target != own and same_site(target, own) and not is_machinery(target) and not _is_story(target):
            return target
    return None


def _is_story(url: str) -> bool:
    """rel=next leads to the next article on some sites; a menu's strictness leaves "page two" alone."""
    return looks_like_article(url, "", Place.MENU)


def _next_numbers(own: str, anchors: dict[str, Anchor]) -> Iterator[str]:
    first, number = page_number(own)
    for target in anchors:
        if page_number(target) == (first, number + 1):
            yield target


def _is_called_older(text: str) -> bool:
    return text.casefold().strip(_ARROWS) in OLDER


def _continues(target: str, own: str) -> bool:
    """True if an address is this page's own with something added: ``?offset=20``, ``/more/2``."""
    (host, path, query), (own_host, own_path, own_query) = parts_of(target), parts_of(own)
    if host != own_host or not path.startswith(own_path.rstrip("/")):
        return False
    return (path == own_path and query != own_query) or any(map(str.isdigit, path[len(own_path) - 1 :]))


def _title(tree: html.HtmlElement) -> str | None:
    for element in tree.iter("meta"):
        if element.get("property") == "og:site_name":
            return tidy(element.get("content"))
    title = next(tree.iter("title"), None)
    return None if title is None else tidy(title.text_content())
