"""A Sheet in, the running text out as blocks: trafilatura's choice of the page, or the page's own JSON-LD."""

from __future__ import annotations

import logging
import re
from dataclasses import dataclass
from html import unescape
from typing import Any

from lxml import etree

from pipelines.jsonld import Node
from pipelines.sheet import Sheet, squeeze
from pipelines.structured import Structured

#: ``articleBody`` replaces trafilatura's text only when it is this many times longer.
_MUCH_LONGER = 2.0
_AS_LONG = 0.8
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


def read_body(sheet: Sheet, told: Structured) -> Body:
    """The running text of a page; no blocks if it has none."""
    document = _ask_trafilatura(sheet)
    blocks = _blocks(document.body) if document is not None else []
    comments = _comments(document.commentsbody) if document is not None else []
    own = _article_body(told.article)
    if _is_better(own, blocks):
        return Body(blocks=own, comments=comments, origin="json-ld")
    return Body(blocks=blocks, comments=comments, origin="trafilatura")


def _is_better(own: list[Block], blocks: list[Block]) -> bool:
    """True if ``articleBody`` says much more, or the same in paragraphs where the page's text is one lump."""
    if _length(own) > _MUCH_LONGER * _length(blocks):
        return True
    return len(blocks) <= 2 < len(own) and _length(own) > _AS_LONG * _length(blocks)


def _ask_trafilatura(sheet: Sheet) -> Any:
    from trafilatura import bare_extraction  # takes 0.4 s: only who refines pays

    # It reports every page without text as an error; ours become Rejections that say so.
    logging.getLogger("trafilatura").setLevel(logging.CRITICAL)
    # It works on a copy of its own.
    return bare_extraction(sheet.tree, url=sheet.url, include_comments=True, with_metadata=False)


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
