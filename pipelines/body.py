"""A Sheet in, the running text out as blocks: trafilatura's choice of the page, or the page's own JSON-LD."""

from __future__ import annotations

import logging
import re
from collections.abc import Iterable
from dataclasses import dataclass
from html import unescape
from typing import Any, cast

from lxml import etree
from lxml.html import HtmlElement

from pipelines.jsonld import Node
from pipelines.landmarks import Landmarks
from pipelines.sheet import Sheet, squeeze
from pipelines.structured import Structured

#: ``articleBody`` replaces trafilatura's text only when it is this many times longer.
_MUCH_LONGER = 2.0
_AS_LONG = 0.8
#: What trafilatura's first choice must have for its second look to be left out: characters of text, characters
#: of the page's paragraphs for each of them, and for texts that are not long their share in all the page's words.
_SHORT_TEXT = 250
_MORE = 1.5
_LONG_TEXT = 3_000
_SMALL_SHARE = 0.2
#: Shorter paragraphs are no text: "Read more", a date.
_SHORT_PARAGRAPH = 25
#: Share of the page's unlinked text that a side box may have and be taken out.
_SMALL_BOX = 0.05
_BLOCK_TAGS = {"p": "paragraph", "head": "heading", "item": "item", "quote": "quote", "row": "row", "code": "code"}
_TAG = re.compile(r"<[a-zA-Z/!][^<>]*>")


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """One paragraph, or what stands like one."""

    #: ``paragraph``, ``heading``, ``item`` (of a list), ``quote``, ``row`` (of a table) or ``code``.
    kind: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Body:
    """The article's text before boilerplate is taken out, and the readers' comments found beside it."""

    blocks: list[Block]
    comments: list[str]
    #: ``trafilatura`` or ``json-ld``.
    origin: str


def read_body(sheet: Sheet, told: Structured, seen: Landmarks) -> Body:
    """The running text of a page; no blocks if it has none. Takes the page's tree apart: no reader may follow."""
    _cut(seen.beside, sheet)
    paragraphs = _paragraph_length(sheet.tree)
    document = _ask_trafilatura(sheet, seen, fast=True)
    if document is None or _is_unsure(document.body, paragraphs, len(sheet.shown)):
        document = _ask_trafilatura(sheet, seen, fast=False)
    blocks = _blocks(document.body) if document is not None else []
    comments = _comments(document.commentsbody) if document is not None else []
    own = _article_body(told.article)
    if _is_better(own, blocks):
        return Body(blocks=own, comments=comments, origin="json-ld")
    return Body(blocks=blocks, comments=comments, origin="trafilatura")


def _cut(boxes: list[HtmlElement], sheet: Sheet) -> None:
    """Take out menus, footers and side boxes: trafilatura searches them all first, and keeps some.

    Those with a headline or more than a little text of their own stay: some pages have their article in an aside.
    """
    most = _SMALL_BOX * _unlinked(len(sheet.shown), (len(anchor.text) for anchor in sheet.anchors))
    for box in boxes:
        if next(box.iter("h1", "article"), None) is None and _own_length(box) <= most:
            box.drop_tree()


def _own_length(element: HtmlElement) -> int:
    """Characters of an element's text outside links."""
    return _unlinked(_length_of(element), map(_length_of, element.iter("a")))


def _unlinked(length: int, links: Iterable[int]) -> int:
    return max(0, length - sum(links))


#: Counted by libxml2: joining the texts of a page's paragraphs in Python takes longer than parsing the page.
_LENGTH = etree.XPath("string-length(normalize-space())")


def _length_of(element: etree._Element) -> int:
    return int(cast("float", _LENGTH(element)))


def _paragraph_length(tree: HtmlElement) -> int:
    """Characters in the page's paragraphs, wherever they stand."""
    return sum(length for length in map(_length_of, tree.iter("p")) if length >= _SHORT_PARAGRAPH)


def _is_unsure(body: etree._Element, paragraphs: int, shown: int) -> bool:
    """True if a text found in haste may be only a part of the article.

    Haste saves a third of trafilatura's time and costs 0.02 of word-F1 on average; asked again by these rules,
    on 10 of 100 pages, it costs nothing.
    """
    length = _length_of(body)
    if length < _SHORT_TEXT or paragraphs > _MORE * length:
        return True
    if length < _LONG_TEXT and length < _SMALL_SHARE * shown:
        return True
    rows = sum(1 for _ in body.iter("table"))
    return rows > sum(1 for _ in body.iter("p"))


def _is_better(own: list[Block], blocks: list[Block]) -> bool:
    """True if ``articleBody`` says much more, or the same in paragraphs where the page's text is one lump."""
    if _length(own) > _MUCH_LONGER * _length(blocks):
        return True
    return len(blocks) <= 2 < len(own) and _length(own) > _AS_LONG * _length(blocks)


def _ask_trafilatura(sheet: Sheet, seen: Landmarks, *, fast: bool) -> Any:
    from trafilatura import bare_extraction  # takes 0.4 s: only who refines pays

    # It reports every page without text as an error; ours become Rejections that say so.
    logging.getLogger("trafilatura").setLevel(logging.CRITICAL)
    # It works on a copy of its own. Its text as one string, which the default format brings, is not needed.
    return bare_extraction(
        sheet.tree,
        url=sheet.url,
        fast=fast,
        include_comments=seen.discussed,
        output_format="txt",
        with_metadata=False,
    )


def _blocks(body: etree._Element) -> list[Block]:
    """The blocks of trafilatura's tree in order; text between blocks is a paragraph of its own."""
    blocks: list[Block] = []
    pending: list[str] = []

    def flush(kind: str = "paragraph") -> None:
        for line in "".join(pending).split("\n"):
            if text := squeeze(line):
                blocks.append(Block(kind=kind, text=text))
        pending.clear()

    def walk(element: etree._Element, kind: str) -> None:
        tag = element.tag if isinstance(element.tag, str) else ""
        inner = _BLOCK_TAGS.get(tag, kind)
        starts = tag in _BLOCK_TAGS or tag in ("list", "table", "div", "body")
        if starts:
            flush(kind)
        if tag in ("lb", "br"):
            pending.append("\n")
        if tag == "cell":
            pending.append(" ")
        pending.append((element.text or "").replace("\n", " "))
        for child in element:
            walk(child, inner)
            pending.append((child.tail or "").replace("\n", " "))
        if starts:
            flush(inner)

    walk(body, "paragraph")
    flush()
    return blocks


def _comments(body: etree._Element) -> list[str]:
    return [block.text for block in _blocks(body)]


def _article_body(article: Node) -> list[Block]:
    """``articleBody`` as blocks: it is plain text with or without line breaks, or a fragment of HTML."""
    text = article.get("articleBody")
    if isinstance(text, list):
        text = "\n\n".join(part for part in text if isinstance(part, str))
    if not isinstance(text, str):
        return []
    if "&lt;" in text:
        text = unescape(text)
    lines = _fragment_lines(text) if _TAG.search(text) else unescape(text).split("\n")
    return [Block(kind="paragraph", text=line) for line in map(squeeze, lines) if line]


def _fragment_lines(fragment: str) -> list[str]:
    from bs4 import BeautifulSoup  # for the fragments that need its patience

    soup = BeautifulSoup(fragment, "lxml")
    for unseen in soup(["script", "style", "figure", "aside"]):
        unseen.decompose()
    for block in soup(["p", "div", "li", "br", "h1", "h2", "h3", "h4", "h5", "h6", "blockquote", "tr"]):
        block.insert_before("\0")
        block.insert_after("\0")
    return soup.get_text().split("\0")


def _length(blocks: list[Block]) -> int:
    return sum(len(block.text) for block in blocks)
