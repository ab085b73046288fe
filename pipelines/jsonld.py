"""JSON-LD as publishers write it, mistakes included: script texts in, the article's own node out."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from html import unescape
from typing import Any

from lxml.html import HtmlElement

Node = dict[str, Any]

#: Larger scripts are catalogues, not descriptions of an article.
_LONGEST = 2_000_000
_DEEPEST = 12
_WRAPPING = re.compile(r"^\s*(?:/\*+\s*|//\s*)?(?:<!\[CDATA\[|<!--)(?:\s*\*+/)?")
_STRING_OR_COMMENT = re.compile(r'("(?:[^"\\]|\\.)*")|/\*[^*]*\*+(?:[^/*][^*]*\*+)*/|//[^\n]*', re.DOTALL)
_TRAILING_COMMA = re.compile(r'("(?:[^"\\]|\\.)*")|,(?=\s*[}\]])', re.DOTALL)
#: Types of schema.org that are articles; ``ScholarlyArticle`` and the like end in the first.
_ARTICLE = re.compile(
    r"(?:Article|BlogPosting|LiveBlogPosting|Report|CreativeWork/Report|ReviewNewsArticle|Recipe|Review"
    r"|CriticReview|SocialMediaPosting)$"
)
_WEAK = frozenset(("Recipe", "Review", "CriticReview", "SocialMediaPosting"))
_PAGE = frozenset(("WebPage", "ItemPage", "AboutPage", "FAQPage", "MedicalWebPage"))
_PARTS = ("@graph", "mainEntity", "mainEntityOfPage", "itemReviewed", "hasPart")


def read_json(text: str) -> list[Any]:
    """All JSON values in a script's text; what cannot be mended is left out, never raised."""
    text = _WRAPPING.sub("", text[:_LONGEST]).strip()
    for mend in (_as_is, _without_comments, _unescaped):
        values = _values(mend(text).strip())
        if values:
            return values
    return []


def _as_is(text: str) -> str:
    return text


def _without_comments(text: str) -> str:
    bare = _STRING_OR_COMMENT.sub(lambda found: found[1] or " ", text)
    return _TRAILING_COMMA.sub(lambda found: found[1] or "", bare)


def _unescaped(text: str) -> str:
    return _without_comments(unescape(text).replace("\\'", "'"))


def _values(text: str) -> list[Any]:
    # Not strict: raw line breaks inside strings are common. Several values in one script follow each other.
    decoder = json.JSONDecoder(strict=False)
    values: list[Any] = []
    at = 0
    while at < len(text):
        try:
            value, end = decoder.raw_decode(text, at)
        except (ValueError, RecursionError):
            break
        values.append(value)
        at = end
        while at < len(text) and text[at] in " \t\r\n,;":
            at += 1
    return values


def _walk(value: Any, depth: int = 0) -> Iterator[Node]:
    if depth > _DEEPEST:
        return
    if isinstance(value, list):
        for item in value:
            yield from _walk(item, depth + 1)
    elif isinstance(value, dict):
        yield value
        for part in _PARTS:
            if part in value:
                yield from _walk(value[part], depth + 1)


def find_nodes(tree: HtmlElement) -> list[Node]:
    """Every described thing in a page's JSON-LD: top-level values, graphs and main entities, in order."""
    nodes: list[Node] = []
    for script in tree.iterfind(".//script"):
        kind = (script.get("type") or "").partition(";")[0].strip().lower()
        if kind == "application/ld+json" and script.text:
            for value in read_json(script.text):
                nodes.extend(_walk(value))
    return nodes


def types_of(node: Node) -> list[str]:
    """The node's types without the vocabulary's address."""
    kinds = node.get("@type")
    listed = kinds if isinstance(kinds, list) else [kinds]
    return [re.split(r"[/#:]", kind)[-1] for kind in listed if isinstance(kind, str)]


def article_type(node: Node) -> str | None:
    """The node's type that makes it an article, the most particular one; None if it is no article."""
    kinds = [kind for kind in types_of(node) if _ARTICLE.search(kind)]
    return max(kinds, key=len) if kinds else None


def resolve(value: Any, nodes: Iterable[Node]) -> Any:
    """A value, or the node that it refers to by ``@id`` alone."""
    if isinstance(value, dict) and set(value) <= {"@id", "@type"} and isinstance(value.get("@id"), str):
        return next((n for n in nodes if n.get("@id") == value["@id"] and len(n) > len(value)), value)
    return value


def urls_of(node: Node) -> list[str]:
    """The addresses that a node gives as its own."""
    found = []
    for key in ("mainEntityOfPage", "url", "@id"):
        value = node.get(key)
        if isinstance(value, dict):
            value = value.get("@id") or value.get("url")
        if isinstance(value, str) and value.startswith(("http://", "https://", "/")):
            found.append(value)
    return found


def find_article(nodes: list[Node], url: str | None) -> Node | None:
    """The node that describes this page's article, None if no node does.

    Of several, the one that names this page's address; else the first with a headline; a review or recipe
    only if there is nothing else. A list of teasers, all of other pages, has none.
    """
    articles = [node for node in nodes if article_type(node)]
    if not articles:
        return None
    tail = _tail(url) if url else None

    def rank(node: Node) -> tuple[bool, bool, bool, bool]:
        own = tail is not None and any(_tail(address) == tail for address in urls_of(node))
        whole = bool(node.get("articleBody") or node.get("datePublished"))
        return (own, article_type(node) not in _WEAK, bool(node.get("headline") or node.get("name")), whole)

    best = max(articles, key=rank)
    others = len(articles) > 2 and not rank(best)[0] and all(urls_of(node) for node in articles)
    return None if others else best


def _tail(url: str) -> str:
    bare = re.sub(r"^https?://[^/]*|[?#].*$", "", url).rstrip("/")
    return bare.casefold()


def find_page(nodes: list[Node]) -> Node | None:
    """The node that describes the web page as such."""
    return next((node for node in nodes if _PAGE.intersection(types_of(node))), None)


def text_in(value: Any) -> str | None:
    """A value as plain text: strings, ``{"@value": …}``, ``{"name": …}``, the first of a list."""
    if isinstance(value, list):
        return next((text for item in value if (text := text_in(item))), None)
    if isinstance(value, dict):
        return text_in(value.get("@value") or value.get("name"))
    if isinstance(value, str):
        text = " ".join(unescape(unescape(value)).split())
        return text or None
    return None


def texts_in(value: Any) -> list[str]:
    """A value as a list of plain texts."""
    listed = value if isinstance(value, list) else [value]
    return [text for item in listed if (text := text_in(item))]
