"""Blocks in, those before the article's end out: without comments, menus, legal text, authors' lives."""

from __future__ import annotations

import re
from collections.abc import Iterable

from pipelines.blocks import Block
from pipelines.phrases import ends_the_text, is_furniture
from pipelines.sizes import RUNNING_TEXT, size_of
from pipelines.smallprint import is_small_print

_LONGEST_LINK = 120
_MENU = 3
#: Share of the text that may follow a "Comments" line and be cut with it.
_TAIL = 0.4
#: Blocks at the end among which biographies are looked for.
_BIOGRAPHIES = 3
_LONGEST_BIOGRAPHY = 600
#: Blocks at the end among which legal text is looked for.
_SMALL_PRINT = 4
_LIVES = re.compile(
    r"(?:is|was|has been|covers|writes|reports|lives|teaches|works|joined|ist|schreibt|arbeitet|lebt|est|couvre"
    r"|es|è|vive|é|is een|jest|je novinar(?:ka)?)\b"
)


def without_end(blocks: list[Block]) -> list[Block]:
    """Cut at "Comments" or "bottom of page", if what follows is the smaller part."""
    total = sum(len(block.text) for block in blocks if not block.near)
    before = 0
    for number, block in enumerate(blocks):
        if ends_the_text(block.text) and before >= (1 - _TAIL) * total:
            return blocks[:number]
        before += 0 if block.near else len(block.text)
    return blocks


def without_navigation(blocks: list[Block], links: frozenset[str]) -> list[Block]:
    """Drop links and headings at the end: navigation, and what announced something taken out."""
    end = _end_before_menu(blocks, links)
    while end and (blocks[end - 1].kind == "heading" or is_link(blocks[end - 1].text, links)):
        end -= 1
    return blocks[:end]


def without_small_print(blocks: list[Block]) -> list[Block]:
    """Drop legal text among the last blocks: disclaimers, rights reserved, commissions."""
    first = max(1, len(blocks) - _SMALL_PRINT)
    return [block for n, block in enumerate(blocks) if n < first or not is_small_print(block.text)]


def without_biographies(blocks: list[Block], names: Iterable[str]) -> list[Block]:
    """Drop what the last blocks tell of the authors: "Jo Doe is a reporter who covers the harbour." """
    starts = tuple(f"{name} " for name in names)
    first = len(blocks) - _BIOGRAPHIES
    return [block for n, block in enumerate(blocks) if n < max(1, first) or not _tells_of(block.text, starts)]


def _tells_of(text: str, starts: tuple[str, ...]) -> bool:
    if len(text) > _LONGEST_BIOGRAPHY or not text.startswith(starts):
        return False
    return any(_LIVES.match(text[len(start) :]) for start in starts if text.startswith(start))


def _end_before_menu(blocks: list[Block], links: frozenset[str]) -> int:
    """Where the blocks end if three or more links follow the running text: a menu, and what stands about it."""
    last = max((n for n, block in enumerate(blocks) if size_of(block.text) >= RUNNING_TEXT), default=len(blocks))
    menu = [n for n in range(last + 1, len(blocks)) if is_link(blocks[n].text, links)]
    return menu[0] if len(menu) >= _MENU else len(blocks)


def is_link(text: str, links: frozenset[str]) -> bool:
    """True for a link's text, and for several in a row ("Print | Send | Top")."""
    if len(text) >= _LONGEST_LINK:
        return False
    return all(part in links or is_furniture(part) for part in text.split(" | "))
