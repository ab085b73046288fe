"""Passages in, the blocks of a text out, as plain text and as Markdown."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from pipelines.passages import Box, Passage

_HEADINGS = {"h1": 1, "h2": 2, "h3": 3, "h4": 4, "h5": 5, "h6": 6}
_TELLING = {"pre": "code", "li": "item", "blockquote": "quote"}
#: Boxes between a passage and the list or quote that it stands in.
_REACH = 3
_DEEPEST_LIST = 4
#: A line of running text that begins so would be read as structure.
_LIKE_STRUCTURE = re.compile(r"^(?:#{1,6} |[-+*>|] ?|\d+[.)] |```)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """One paragraph, or what stands like one."""

    #: ``paragraph``, ``heading``, ``item`` (of a list), ``quote``, ``row`` (of a table) or ``code``.
    kind: str
    text: str
    #: Of a heading 1 to 6, of an item 1 for the outermost list; else 0.
    level: int = 0
    #: An item's number as its list counts it; 0: a list without numbers.
    number: int = 0
    #: It came near being the article's, and is not: it is read for what it says of the article, and left out.
    near: bool = False


def block_of(passage: Passage, *, near: bool = False) -> Block:
    """A passage as a block, its kind told by the boxes around it."""
    text, tag = passage.text, passage.tag
    if near or tag in _HEADINGS:
        level = _HEADINGS.get(tag, 0)
        return Block(kind="heading" if level else "paragraph", text=text, level=level, near=near)
    if tag == "tr":
        return Block(kind="row", text=text)
    telling = _telling(passage.box)
    if telling is not None and telling.tag == "li":
        return _item(text, telling)
    return Block(kind=_TELLING[telling.tag] if telling else "paragraph", text=text)


def _telling(box: Box) -> Box | None:
    up: Box | None = box
    for _ in range(_REACH + 1):
        if up is None or up.tag in _TELLING:
            return up
        up = up.parent
    return None


def _up(box: Box | None) -> Iterator[Box]:
    while box is not None:
        yield box
        box = box.parent


def _item(text: str, item: Box) -> Block:
    lists = [box for box in _up(item.parent) if box.tag in ("ul", "ol", "menu")]
    number = 0
    if lists and lists[0].tag == "ol":
        number = 1 + sum(1 for _ in item.element.itersiblings("li", preceding=True))
    return Block(kind="item", text=text, level=min(max(1, len(lists)), _DEEPEST_LIST), number=number)


def plain_text(blocks: Iterable[Block]) -> str:
    """The canonical text: blocks with a blank line between them, no marks."""
    return "\n\n".join(block.text for block in blocks)


def markdown_of(blocks: Sequence[Block]) -> str:
    """The same text as Markdown. Text that looks like a mark of structure is escaped with a backslash."""
    return "\n\n".join(_render(kind, list(group)) for kind, group in groupby(blocks, key=_group))


def _group(block: Block) -> str | Block:
    """Items, rows, quotes and lines of code stand together; every other block is a group of its own."""
    return block.kind if block.kind in ("item", "row", "quote", "code") else block


def _render(kind: str | Block, blocks: list[Block]) -> str:
    if kind == "item":
        return "\n".join(_listed(block) for block in blocks)
    if kind == "quote":
        return "\n>\n".join(f"> {block.text}" for block in blocks)
    if kind == "code":
        return "\n".join(["```", *(block.text for block in blocks), "```"])
    if kind == "row":
        return _table([block.text.split(" | ") for block in blocks])
    return "\n\n".join(_single(block) for block in blocks)


def _listed(block: Block) -> str:
    mark = f"{block.number}." if block.number else "-"
    return f"{'   ' * (block.level - 1)}{mark} {block.text}"


def _table(rows: list[list[str]]) -> str:
    width = max(map(len, rows))
    if width == 1:
        return "\n\n".join(row[0] for row in rows)
    lines = [f"| {' | '.join(row + [''] * (width - len(row)))} |" for row in rows]
    return "\n".join([lines[0], "|" + " --- |" * width, *lines[1:]])


def _single(block: Block) -> str:
    if block.kind == "heading":
        return f"{'#' * max(1, block.level)} {block.text}"
    return f"\\{block.text}" if _LIKE_STRUCTURE.match(block.text) else block.text
