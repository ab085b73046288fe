"""A page's tree in, numbers out of its build: columns of paragraphs, links and where they lead, names on elements."""

from __future__ import annotations

import re
from collections import Counter
from functools import lru_cache
from typing import cast
from urllib.parse import urlsplit

from lxml import etree
from lxml.html import HtmlElement

from pipelines.landmarks import Landmarks
from pipelines.lexicon import NAMES
from pipelines.sheet import Sheet

#: Characters below which a paragraph is a label, and from which it is running text.
_LABEL = 25
_RUNNING = 120
#: Characters of a link's text from which it may be a headline.
_HEADLINE = 40
#: Characters of a class attribute that are read.
_LONGEST_NAME = 300
_LENGTH = etree.XPath("string-length(normalize-space())")
_CLASSES = etree.XPath("descendant::*/@class", smart_strings=False)
_ADDRESSES = etree.XPath("descendant::a/@href", smart_strings=False)
_COUNTED = ("figure", "article", "img", "input", "li", "pre", "time", "span")
_COUNT = {tag: etree.XPath(f"count(descendant::{tag})") for tag in (*_COUNTED, "div")}
_NAME = re.compile(r"[^\W\d_]+")
_NO_LETTERS = "".join(chr(n) if chr(n).isalpha() else " " for n in range(128))
_COUNTED_NAMES = frozenset(("badge", "badges", "date", "dates")).union(*NAMES.values())
_USER = re.compile(r"/(?:users?|u|members?|profiles?)/|/@\w|/memberlist|member\.php|[?&]u(?:ser)?(?:id)?=")
_STORY = re.compile(
    r"/(?:19|20)\d\d/|/(?:news|blog|articles?|story|stories|posts?)/[^/?#]{12}|/(?:[^/?#-]+-){4}[^/?#-]"
)
_OFFER = re.compile(
    r"/(?:pricing|demo|contact|contact-us|get-started|sign-?up|quote|free-trial|book|schedule|apply|enroll|solutions"
    r"|services|careers|customers|case-studies|industries)\b"
)


def read_shape(sheet: Sheet, seen: Landmarks) -> dict[str, float]:
    """How a page is built."""
    shown = max(1, len(sheet.shown))
    return {
        **_paragraphs(sheet.tree, seen, shown),
        **_counts(sheet.tree, shown),
        **_links(sheet, shown),
        **_targets(sheet),
        **_names(sheet.tree),
    }


def _number(path: etree.XPath, tree: HtmlElement) -> float:
    return cast("float", path(tree))


def _attributes(path: etree.XPath, tree: HtmlElement) -> list[str]:
    return cast("list[str]", path(tree))


def _paragraphs(tree: HtmlElement, seen: Landmarks, shown: int) -> dict[str, float]:
    beside = {paragraph for box in seen.beside for paragraph in box.iter("p")}
    lengths: list[int] = []
    #: Characters of paragraphs by the element around them, and by the one around that.
    columns: Counter[HtmlElement] = Counter()
    wider: Counter[HtmlElement] = Counter()
    linked = 0
    for paragraph in tree.iter("p"):
        length = 0 if paragraph in beside else int(_number(_LENGTH, paragraph))
        column = paragraph.getparent()
        if length < _LABEL or column is None:
            continue
        lengths.append(length)
        columns[column] += length
        wider[column] += length
        if (around := column.getparent()) is not None:
            wider[around] += length
        linked += paragraph.find(".//a") is not None
    total = max(1, sum(lengths))
    number = max(1, len(lengths))
    column_length = max(columns.values(), default=0)
    return {
        "characters in the longest column of text": column_length,
        "share of the longest column": column_length / total,
        "share of the longest wider column": max(wider.values(), default=0) / total,
        "characters in paragraphs": total,
        "share of paragraphs in the page": total / shown,
        "paragraphs of running text": sum(length >= _RUNNING for length in lengths),
        "length of the middle paragraph": sorted(lengths)[len(lengths) // 2] if lengths else 0,
        "length of the longest paragraph": max(lengths, default=0),
        "mean length of paragraphs": total / number,
        "share of paragraphs with links": linked / number,
    }


def _counts(tree: HtmlElement, shown: int) -> dict[str, float]:
    numbers = {tag: _number(count, tree) for tag, count in _COUNT.items()}
    thousand = max(1.0, shown / 1000)
    return {
        **{f"<{tag}>": numbers[tag] for tag in _COUNTED},
        "boxes a thousand characters": (numbers["div"] + numbers["span"]) / thousand,
        "images a thousand characters": numbers["img"] / thousand,
        "list items a thousand characters": numbers["li"] / thousand,
    }


def _links(sheet: Sheet, shown: int) -> dict[str, float]:
    texts = [anchor.text for anchor in sheet.anchors]
    repeated = Counter(text for text in texts if 3 < len(text) < _HEADLINE)
    number = max(1, len(texts))
    return {
        "links": len(texts),
        "links as long as headlines": sum(len(text) > _HEADLINE for text in texts),
        "links a thousand characters": number / max(1.0, shown / 1000),
        "share of links in the page": sum(map(len, texts)) / shown,
        "links with the same words": max(repeated.values(), default=0),
        "share of repeated links": sum(times - 1 for times in repeated.values()) / number,
    }


def _targets(sheet: Sheet) -> dict[str, float]:
    host, path = urlsplit(sheet.url or "")[1:3]
    own, site = path.rstrip("/").lower(), host.removeprefix("www.")
    near = own.rpartition("/")[0] + "/" if own.count("/") > 1 else None
    leads: Counter[str] = Counter()
    addresses = {a.strip().lower() for a in _attributes(_ADDRESSES, sheet.tree)}
    for address in addresses:
        _, _, rest = address.partition("://")
        away = bool(rest) and site not in address
        target = address if not rest else rest[rest.find("/") :] if "/" in rest else "/"
        leads["away"] += away
        leads["user"] += bool(_USER.search(target))
        leads["story"] += bool(_STORY.search(target))
        leads["offer"] += bool(_OFFER.search(target))
        leads["below"] += bool(own) and not away and target.startswith(own + "/")
        leads["near"] += near is not None and not away and target.startswith(near)
    total = max(1, len(addresses))
    return {
        "share of links to other sites": leads["away"] / total,
        "links to users": leads["user"],
        "share of links to users": leads["user"] / total,
        "share of links to stories": leads["story"] / total,
        "share of links to offers": leads["offer"] / total,
        "links to pages below": leads["below"],
        "share of links to pages beside": leads["near"] / total,
    }


# Names repeat, on a page and between pages of a site.
@lru_cache(maxsize=8192)
def _words_of(name: str) -> frozenset[str]:
    name = name[:_LONGEST_NAME].lower()
    # The same words, in a third of the time.
    return _COUNTED_NAMES.intersection(name.translate(_NO_LETTERS).split() if name.isascii() else _NAME.findall(name))


def _names(tree: HtmlElement) -> dict[str, float]:
    names: Counter[str] = Counter(_attributes(_CLASSES, tree))
    words = dict.fromkeys(_COUNTED_NAMES, 0)
    for name, times in names.items():
        for word in _words_of(name):
            words[word] += times
    total = max(1, names.total())
    traits: dict[str, float] = {"names repeated": max(names.values(), default=0)}
    for kind, known in NAMES.items():
        found = [words[word] for word in known if words[word]]
        traits[f"{kind} names on elements"] = len(found)
        traits[f"share of {kind} names"] = sum(found) / total
    traits["badges"] = words["badge"] + words["badges"]
    traits["date names on elements"] = words["date"] + words["dates"]
    return traits
