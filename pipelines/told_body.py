"""A page's JSON-LD in, the text out that it gives as ``articleBody``."""

from __future__ import annotations

import re
from html import unescape

from pipelines.blocks import Block
from pipelines.jsonld import Node
from pipelines.sheet import squeeze

_TAG = re.compile(r"<[a-zA-Z/!][^<>]*>")


def read_told_body(article: Node) -> list[Block]:
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
