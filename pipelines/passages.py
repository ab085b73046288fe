"""A tree in, every block of text on the page out, in order, with the box that each stands in."""

from __future__ import annotations

from dataclasses import dataclass

from lxml.html import HtmlElement

from pipelines.sheet import squeeze

_SKIPPED_WORDS = """
    script style noscript template svg head iframe canvas object embed video audio select option datalist
    textarea input math map area meta link base source track param col colgroup frameset frame
"""
_SKIPPED = frozenset(_SKIPPED_WORDS.split())
_INLINE_WORDS = """
    a abbr acronym b bdi bdo big cite code data del dfn em font i img ins kbd mark nobr q rp rt ruby s samp
    small span strike strong sub sup time tt u var wbr label picture center
"""
_INLINE = frozenset(_INLINE_WORDS.split())
_HEADINGS = frozenset(("h1", "h2", "h3", "h4", "h5", "h6"))
#: Cells longer than this are columns of a layout, not of a table of data.
_LONGEST_CELL = 300
#: Deeper nesting is generated rubbish; what stands deeper counts to the box above.
_DEEPEST = 120


@dataclass(slots=True, eq=False)
class Box:
    """An element that holds blocks of text: its place, its names, and what stands in it."""

    tag: str
    element: HtmlElement
    parent: Box | None
    depth: int
    #: Characters of text in it, at any depth; of these, in links.
    text: int = 0
    linked: int = 0
    #: Blocks in it, at any depth.
    count: int = 0


@dataclass(slots=True, eq=False)
class Passage:
    """One block of text: a paragraph, heading, list item, table row, or text that stands bare in its box."""

    text: str
    #: Characters of it in links.
    linked: int
    #: The innermost element that starts a block: ``p``, ``h2``, ``li``, ``div``, ``tr``; ``br`` after a line break.
    tag: str
    box: Box


def read_passages(tree: HtmlElement) -> list[Passage]:
    """All blocks of text of a page, in its order."""
    return _Reader().read(tree)


class _Reader:
    def __init__(self) -> None:
        self.found: list[Passage] = []
        self._boxes: list[Box] = []
        self._texts: list[str] = []
        self._linked = 0
        self._broken = False

    def read(self, tree: HtmlElement) -> list[Passage]:
        body = tree.find("body")
        root = tree if body is None else body
        box = Box(tag="body", element=root, parent=None, depth=0)
        self._boxes.append(box)
        self._walk(root, box, linked=False)
        self._flush(box)
        for inner in reversed(self._boxes):  # each stands after the box that it is in
            if (outer := inner.parent) is not None:
                outer.text += inner.text
                outer.linked += inner.linked
                outer.count += inner.count
        return self.found

    def _walk(self, element: HtmlElement, box: Box, *, linked: bool) -> None:
        if text := element.text:
            self._add(text, linked=linked)
        for child in element:
            tag = child.tag
            if isinstance(tag, str) and tag not in _SKIPPED:
                self._enter(child, tag, box, linked=linked)
            if text := child.tail:
                self._add(text, linked=linked)

    def _enter(self, child: HtmlElement, tag: str, box: Box, *, linked: bool) -> None:
        if tag == "br":
            self._flush(box)
            self._broken = True
        elif tag == "a":
            self._walk(child, box, linked=True)
        elif tag in _INLINE:
            self._walk(child, box, linked=linked)
        else:
            self._flush(box)
            inner = self._open(child, tag, box)
            if tag == "tr" and _is_data(child):
                for cell in child:
                    self._walk(cell, inner, linked=linked)
                    self._texts.append(" | ")
            else:
                self._walk(child, inner, linked=linked)
            self._flush(inner)
            self._broken = False

    def _open(self, element: HtmlElement, tag: str, outer: Box) -> Box:
        if outer.depth >= _DEEPEST:
            return outer
        box = Box(tag=tag, element=element, parent=outer, depth=outer.depth + 1)
        self._boxes.append(box)
        return box

    def _add(self, text: str, *, linked: bool) -> None:
        if not self._texts and text.isspace():
            return  # the white space between boxes: half of all texts
        self._texts.append(text)
        if linked:
            self._linked += len(text.strip())

    def _flush(self, box: Box) -> None:
        if self._texts:
            text = squeeze("".join(self._texts)).strip(" |")
            if text:
                self._keep(text, box)
            self._texts.clear()
        self._linked = 0

    def _keep(self, text: str, box: Box) -> None:
        length = len(text)
        linked = min(self._linked, length)
        tag = "br" if self._broken else box.tag
        self.found.append(Passage(text=text, linked=linked, tag=tag, box=box))
        box.text += length
        box.linked += linked
        box.count += 1


def _is_data(row: HtmlElement) -> bool:
    """True for a row of a table of data: short cells without blocks of their own."""
    if len(row) < 2:
        return False
    for cell in row:
        if cell.tag not in ("td", "th"):
            return False
        if next(cell.iter("table", "p", "div", "ul", "h1", "h2", "h3"), None) is not None and len(cell) > 1:
            return False
        if sum(map(len, cell.itertext())) > _LONGEST_CELL:
            return False
    return True
