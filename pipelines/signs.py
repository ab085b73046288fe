"""An element in, what it says of a writer out: a byline's parts, a link to a writer's page, a box about a writer."""

from __future__ import annotations

import re
from itertools import islice
from typing import NamedTuple

from lxml.html import HtmlElement

from pipelines.sheet import squeeze, text_of

_LONGEST_BYLINE = 200
#: Between the parts of a byline that stand in elements of their own.
_PART = " | "
_LONGEST_LINK = 60
_FIRST_WORDS = 4
#: The folder of pages about one writer. Those under /people/ or /staff/ are as often of whom the article tells.
_FOLDER_WORDS = """
    author authors autor autores autoren autora autori auteur auteurs writer writers contributor contributors columnist
    columnists journalist journalists reporter reporters redakteur redakteure
"""
_FOLDERS = frozenset(_FOLDER_WORDS.split())
_SHORTEST_PAGE = 3
_LIFE_ALONE = re.compile(r"author-(?:desc|bio|info)")


class Profile(NamedTuple):
    """A link to a writer's page: its text, and where it stood."""

    text: str
    #: Short lines before it.
    lines: int
    #: Before the first headline.
    early: bool


def byline_in(element: HtmlElement) -> str | None:
    """An element's text with a bar between the name, the role and the date of a byline; None if it has too much."""
    if not 0 < len(text_of(element)) <= _LONGEST_BYLINE:
        return None
    return _PART.join(text for piece in element.itertext() if (text := squeeze(piece)))


def profile_in(link: HtmlElement) -> str | None:
    """The text of a link to a writer's page; None for any other link."""
    if not _leads_to_writer(link.get("href") or ""):
        return None
    text = text_of(link)
    return text if 0 < len(text) <= _LONGEST_LINK else None


def _leads_to_writer(address: str) -> bool:
    """True for /authors/ana-kovac, /blog-authors/ana-kovac/ and ?author=…; no expression: a page has hundreds."""
    *_, folder, page = ("", *address.rstrip("/").rsplit("/", 2))
    if folder.lower().rpartition("-")[2] in _FOLDERS:
        return len(page) >= _SHORTEST_PAGE and "?" not in page and "#" not in page
    return "author=" in page


def _name_above(box: HtmlElement) -> tuple[str, ...]:
    """What stands right before a box that holds the life alone: "author-description"."""
    above = box.getprevious() if _LIFE_ALONE.search(box.get("class") or "") else None
    name = "" if above is None or not isinstance(above.tag, str) else text_of(above)
    return (name,) if 0 < len(name) <= _LONGEST_LINK else ()


def first_words(box: HtmlElement) -> str:
    """The first words of a box: a writer's name stands among them, before the life."""
    words = islice(filter(None, map(squeeze, (*_name_above(box), *box.itertext()))), _FIRST_WORDS)
    return _PART.join(word[:_LONGEST_BYLINE] for word in words)
