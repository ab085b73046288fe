"""A Sheet in, everything out that its markup says about itself: JSON-LD, microdata, meta and link elements."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from lxml.html import HtmlElement

from pipelines.jsonld import Node, article_type, find_article, find_nodes, find_page
from pipelines.sheet import Sheet, squeeze, text_of

_VALUE_ATTRIBUTES = ("content", "datetime", "href", "src")
#: Item types of microdata whose properties are the article's.
_ARTICLE_ITEM = ("article", "blogposting", "liveblogposting", "report", "webpage", "creativework", "review")


@dataclass(frozen=True, slots=True, kw_only=True)
class Structured:
    """What a page's markup says about itself, as written."""

    #: All JSON-LD nodes.
    nodes: list[Node]
    #: The article's own node; empty if there is none.
    article: Node
    #: The web page's node; empty if there is none.
    page: Node
    #: ``name``, ``property`` or ``http-equiv`` of meta elements in lower case → contents, in order.
    meta: dict[str, list[str]]
    #: ``rel`` token of link elements in lower case → addresses, in order.
    links: dict[str, list[str]]
    #: Property of the article's item → values, in order.
    microdata: dict[str, list[str]]

    def first_meta(self, *names: str) -> str | None:
        """The first value of the first of these meta names that has one."""
        return next((value for name in names for value in self.meta.get(name, ())), None)

    @property
    def type(self) -> str | None:
        """The article's schema.org type, by JSON-LD."""
        return article_type(self.article) if self.article else None


def _metas(tree: HtmlElement) -> dict[str, list[str]]:
    metas: dict[str, list[str]] = {}
    for element in tree.iter("meta"):
        content = squeeze(element.get("content"))
        if not content:
            continue
        for attribute in ("name", "property", "http-equiv"):
            for name in (element.get(attribute) or "").lower().split():
                if content not in metas.setdefault(name, []):
                    metas[name].append(content)
    return metas


def _links(tree: HtmlElement) -> dict[str, list[str]]:
    links: dict[str, list[str]] = {}
    for element in tree.iter("link"):
        href = (element.get("href") or "").strip()
        if href:
            for rel in (element.get("rel") or "").lower().split():
                links.setdefault(rel, []).append(href)
    return links


def _item_type(element: HtmlElement) -> str:
    return (element.get("itemtype") or "").rstrip("/").rpartition("/")[2].lower()


def _scope(element: HtmlElement) -> HtmlElement | None:
    return next((above for above in element.iterancestors() if above.get("itemscope") is not None), None)


def _value(element: HtmlElement) -> str:
    if element.get("itemscope") is not None:
        name = element.xpath(".//*[@itemprop='name']")
        if name:
            return squeeze(name[0].get("content")) or text_of(name[0])
    for attribute in _VALUE_ATTRIBUTES:
        if value := squeeze(element.get(attribute)):
            return value
    # <abbr itemprop="datePublished" title="2026-11-16T07:12:00+01:00">07:12</abbr>
    return (element.tag == "abbr" and squeeze(element.get("title"))) or text_of(element)


def _properties(tree: HtmlElement) -> Iterator[tuple[HtmlElement | None, str, str]]:
    """(item, property, value) of all that is marked; item None: a meta element of the page itself."""
    for element in tree.xpath("descendant::*[@itemprop]"):
        scope = _scope(element)
        if scope is not None or (element.tag == "meta" and element.getparent().tag == "head"):
            for name in element.get("itemprop").split():
                if name != "articleBody":
                    yield scope, name, _value(element)


def _microdata(tree: HtmlElement) -> dict[str, list[str]]:
    """Properties of the page's own article item and of its page; teasers that are items of their own stay out."""
    items: dict[HtmlElement | None, dict[str, list[str]]] = {}
    for scope, name, value in _properties(tree):
        if value and (scope is None or _item_type(scope).endswith(_ARTICLE_ITEM)):
            items.setdefault(scope, {}).setdefault(name, []).append(value)
    article = _own_item(tree, [item for item in items if item is not None and _item_type(item) != "webpage"])
    properties: dict[str, list[str]] = {}
    for item in (article, *(item for item in items if item is None or _item_type(item) == "webpage")):
        for name, values in items.get(item, {}).items():
            properties.setdefault(name, []).extend(values)
    return properties


def _own_item(tree: HtmlElement, articles: list[HtmlElement]) -> HtmlElement | None:
    """The item that holds the page's headline or a text; one that stands alone; else they are all teasers."""
    if len(articles) <= 1 or next(tree.iter("h1"), None) is None:
        return articles[0] if articles else None
    return next((item for item in articles if _holds_article(item)), None)


def _holds_article(item: HtmlElement) -> bool:
    return next(item.iter("h1"), None) is not None or bool(item.xpath("boolean(.//*[@itemprop='articleBody'])"))


def read_structured(sheet: Sheet) -> Structured:
    """Read all of a page's self-description in one go."""
    nodes = find_nodes(sheet.tree)
    return Structured(
        nodes=nodes,
        article=find_article(nodes, sheet.url) or {},
        page=find_page(nodes) or {},
        meta=_metas(sheet.tree),
        links=_links(sheet.tree),
        microdata=_microdata(sheet.tree),
    )
