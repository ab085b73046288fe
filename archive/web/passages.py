"""A text → parts of a bearable length, and those into paragraphs, headings, lists and quotes: escaped, links left out.

What the record keeps as Markdown is structure only, of our own writing; anything else in it is words.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

#: Characters of a part: with all around it a page stays below 100 kB.
PART = 45_000
_HEADING = re.compile(r"#{1,6} +(.*)", re.DOTALL)
_ITEM = re.compile(r"( *)(?:[-*+]|\d{1,9}[.)]) +(.*)", re.DOTALL)


@dataclass(frozen=True, slots=True, kw_only=True)
class Passage:
    """A piece of a text as it stands on the page."""

    #: ``p``, ``h``, ``li``, ``quote``, ``code`` or ``table``.
    kind: str
    #: Of a list's items and a table's rows one each; else one.
    lines: tuple[str, ...]


def parts_of(text: str, size: int = PART) -> list[str]:
    """The text in parts of at most ``size`` characters, cut between paragraphs where there are any."""
    parts: list[str] = []
    held = ""
    for paragraph in text.split("\n\n"):
        for piece in _pieces(paragraph, size):
            if held and len(held) + len(piece) + 2 > size:
                parts.append(held)
                held = ""
            held = f"{held}\n\n{piece}" if held else piece
    return [*parts, held] if held or not parts else parts


def _pieces(paragraph: str, size: int) -> Iterator[str]:
    """A paragraph, or what a longer one falls into, cut between words where it has any."""
    while len(paragraph) > size:
        cut = paragraph.rfind(" ", size // 2, size)
        cut = cut if cut > 0 else size
        yield paragraph[:cut]
        paragraph = paragraph[cut:].lstrip(" ")
    yield paragraph


def passages_of(text: str, *, marked_up: bool) -> list[Passage]:
    """The passages of a part; ``marked_up``: it is Markdown."""
    if not marked_up:
        return [Passage(kind="p", lines=(each.strip("\n"),)) for each in text.split("\n\n") if each.strip()]
    return [passage for block in re.split(r"\n{2,}", text) if block.strip() for passage in _block(block.strip("\n"))]


def _block(block: str) -> Iterator[Passage]:
    lines = block.split("\n")
    if block.startswith("```"):
        yield Passage(kind="code", lines=(block.strip("`").strip("\n"),))
    elif heading := _HEADING.fullmatch(block):
        yield Passage(kind="h", lines=(heading[1],))
    elif all(line.startswith(">") for line in lines):
        yield Passage(kind="quote", lines=("\n".join(line.lstrip("> ") for line in lines),))
    elif all(line.startswith("|") for line in lines):
        rows = [line.strip("|").strip() for line in lines if not re.fullmatch(r"[|:\- ]+", line)]
        yield Passage(kind="table", lines=tuple(row.replace("|", " · ") for row in rows))
    elif all(_ITEM.match(line) for line in lines):
        yield Passage(kind="li", lines=tuple(found[2] for line in lines if (found := _ITEM.match(line))))
    else:
        yield Passage(kind="p", lines=(block.removeprefix("\\"),))
