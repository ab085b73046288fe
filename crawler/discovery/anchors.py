"""A page's tree in, its links out: where each leads, what is written on it, and in which part of the page."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from lxml import html

from crawler.discovery.likeness import Place
from crawler.discovery.spelling import tidy
from crawler.discovery.tree import text_of

_HEADINGS = ("h1", "h2", "h3", "h4", "h5", "h6")
_MENU_TAGS = ("nav", "footer", "menu")
_STORY_TAGS = ("li", "td", "dd")
_MENU_ROLES = ("navigation", "menu", "menubar", "contentinfo")
#: A class or id that is a menu's: the word alone, or joined to words that menus are joined to.
_MENU_NAME = re.compile(
    r"(?i)(?:^|\s)(?:(?:main|site|page|top|bottom|primary|secondary|global|sub|meta|header|mobile|social|haupt|"
    r"fuss|user)[-_]?)*(?:nav|navi|navbar|navigation|menu|menue|footer|breadcrumbs?)"
    r"(?:[-_](?:bar|list|items?|links?|container|wrap|wrapper|main|primary|secondary|top|menu|nav|inner|site))*(?=\s|$)"
)
_ORDER = tuple(Place)


@dataclass(frozen=True, slots=True, kw_only=True)
class Anchor:
    """One ``<a href>``."""

    href: str
    #: What is written on it; of a card, its heading. Empty for an image without words.
    text: str
    place: Place
    rel: frozenset[str]


def iter_anchors(tree: html.HtmlElement) -> Iterator[Anchor]:
    """The links in the order of the page."""
    places: dict[html.HtmlElement, Place] = {}
    for element in tree.iter("a"):
        href = (element.get("href") or "").strip()
        if not href or href.startswith("#"):
            continue
        place = _place(element, places)
        heading = next(element.iter(*_HEADINGS), None)
        if heading is not None and place is not Place.MENU:
            place = Place.HEADLINE
        words = tidy(text_of(element if heading is None else heading), 300)
        words = words or tidy(element.get("title") or element.get("aria-label"), 300)
        rel = frozenset((element.get("rel") or "").lower().split())
        yield Anchor(href=href, text=words or "", place=place, rel=rel)


def _place(element: html.HtmlElement, places: dict[html.HtmlElement, Place]) -> Place:
    """The part of the page an element is in; ``places`` remembers it for every element above."""
    chain: list[html.HtmlElement] = []
    above: html.HtmlElement | None = element
    while above is not None and above not in places:
        chain.append(above)
        above = above.getparent()
    place = Place.BODY if above is None else places[above]
    for node in reversed(chain):
        place = places[node] = _step(node, place)
    return place


def _step(node: html.HtmlElement, outer: Place) -> Place:
    """The place inside ``node``, when ``node`` itself stands in ``outer``."""
    tag = str(node.tag)
    if tag in _MENU_TAGS or node.get("role") in _MENU_ROLES or (tag == "header" and outer is Place.BODY):
        return Place.MENU
    if tag in ("article", "main"):
        return Place.STORY
    if tag not in ("html", "body") and _MENU_NAME.search(f"{node.get('class', '')} {node.get('id', '')}"):
        return Place.MENU
    if outer is Place.MENU:
        return outer
    if tag in _HEADINGS:
        return Place.HEADLINE
    return Place.STORY if tag in _STORY_TAGS and outer is Place.BODY else outer


def better(one: Anchor, other: Anchor) -> Anchor:
    """Two links to one URL as one: a heading's words before other words, then the longer; the better place."""
    first = max((one, other), key=lambda a: (a.place is Place.HEADLINE and bool(a.text), len(a.text)))
    place = max(one.place, other.place, key=_ORDER.index)
    return Anchor(href=one.href, text=first.text, place=place, rel=one.rel | other.rel)
