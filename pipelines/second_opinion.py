"""A Sheet in, trafilatura's text of it out, and what that says of each passage."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from math import exp, log
from typing import Any

from lxml import etree

from pipelines.blocks import Block
from pipelines.evidence import words_of
from pipelines.passages import Passage
from pipelines.sheet import Sheet, squeeze

_BLOCK_TAGS = {"p": "paragraph", "head": "heading", "item": "item", "quote": "quote", "row": "row", "code": "code"}
#: What it adds to a passage's log odds that trafilatura has it too, or has it not: fitted on the pages where the model
#: is unsure (``bench/train_blocks.py``).
_HAS_IT = 1.0
_HAS_IT_NOT = -0.8
_NEVER = 1e-6
#: Words of a passage by which it is found in trafilatura's text, whose blocks may join several.
_PROBE = 12


def ask_trafilatura(sheet: Sheet, *, thorough: bool) -> list[Block]:
    """Trafilatura's choice of the page's text; no blocks if it finds none. ``thorough``: with all its fallbacks."""
    from trafilatura import bare_extraction  # takes 0.4 s: only who needs it pays

    # It reports every page without text as an error; ours become Rejections that say so.
    logging.getLogger("trafilatura").setLevel(logging.CRITICAL)
    # It works on a copy of its own. Its text as one string, which the default format brings, is not needed.
    document: Any = bare_extraction(
        sheet.tree, url=sheet.url, fast=not thorough, include_comments=False, output_format="txt", with_metadata=False
    )
    return [] if document is None else _blocks(document.body)


def weigh_in(passages: Sequence[Passage], chances: Sequence[float], heard: Sequence[Block]) -> list[float]:
    """The chances of passages after hearing trafilatura's text; the same if it has none."""
    if not heard:
        return list(chances)
    text = " ".join(word for block in heard for word in words_of(block.text))
    text = f" {text} "
    weighed = []
    for passage, chance in zip(passages, chances, strict=True):
        words = words_of(passage.text)
        has = f" {' '.join(words[:_PROBE])} " in text if words else False
        known = min(1 - _NEVER, max(_NEVER, chance))
        odds = log(known / (1 - known)) + (_HAS_IT if has else _HAS_IT_NOT)
        weighed.append(1 / (1 + exp(-odds)))
    return weighed


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
