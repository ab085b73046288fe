"""A URL, the words of its link and where they stood → article, section or neither. Guesses, each with its reason.

A wrong yes costs one request, and the page is then rejected for what it is; a wrong no costs an article
that no feed or sitemap lists. So the benefit of the doubt goes to articles, except in menus.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from urllib.parse import parse_qsl, unquote

from crawler.discovery.spelling import parts_of
from crawler.discovery.words import (
    ARTICLE_DIRS,
    FILES,
    ID_KEYS,
    LISTS,
    MACHINERY,
    PAGES,
    SECTION_DIRS,
    SERVICE,
    SERVICE_HOSTS,
)


class Place(StrEnum):
    """Where on the page a link stands; later members are better evidence of an article."""

    MENU = "menu"  # navigation, page header, footer, breadcrumbs
    BODY = "body"  # anywhere else
    STORY = "story"  # in article, main, a list item or a table cell
    HEADLINE = "headline"  # in h1 to h6, or around one


_MONTH = r"(?:0?[1-9]|1[0-2]|jan|feb|mar|apr|may|jun|jul|aug|sept?|oct|nov|dec)"
_YEAR = r"(?:19[89]\d|20[0-4]\d)"
#: A year and month at least, each a segment or joined by hyphens, or eight digits.
_DATE = re.compile(
    rf"/{_YEAR}[/-]{_MONTH}(?:[/-](?:0?[1-9]|[12]\d|3[01]))?(?=[/_-]|$)|/{_YEAR}[01]\d[0-3]\d(?=[/_-]|$)"
)
_PAGE_IN_PATH = re.compile(
    r"/(?:page|seite|pagina|página|strana|stranica|strona|sida|side)[/_-]?(\d{1,4})(?:\.\w+)?/?$"
)
_NUMBER_AT_END = re.compile(r"(?:/|[_-])(\d{1,3})(\.[a-z]{3,5})?/?$")
_PAGE_KEYS = ("page", "paged", "pg", "seite", "pagina", "strana", "stranica", "strona", "sida")
#: Query parameters of searches, reply forms and parts of lists.
_LIST_KEYS = SECTION_DIRS.union(_PAGE_KEYS, ("s", "q", "query", "replytocom"))
_LONG_NUMBER = re.compile(r"\d{5,}")
_WORD = re.compile(r"[^\W\d_]{2,}|\d+")
_LETTERS = re.compile(r"[^\W\d_]")
#: Scripts written without spaces: two signs count as one word.
_UNSPACED = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\u0e00-\u0e7f]")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Shape:
    """A URL taken apart for reading."""

    host: str
    path: str
    #: Lower case, percent-encoding undone; the last without the extension of a page.
    segments: tuple[str, ...]
    #: Of the last segment: ``html``, ``php``, ``pdf`` …, or the empty string.
    extension: str
    query: tuple[tuple[str, str], ...]

    @property
    def leaf(self) -> str:
        return self.segments[-1] if self.segments else ""


@lru_cache(maxsize=8192)
def _shape(url: str) -> _Shape:
    host, raw, query = parts_of(url)
    path = unquote(raw).lower()
    segments = [segment for segment in path.split("/") if segment]
    extension = ""
    if segments:
        stem, dot, last = segments[-1].rpartition(".")
        if dot and stem and last in PAGES | FILES:
            segments[-1], extension = stem, last
    pairs = tuple((k.lower(), v) for k, v in parse_qsl(query, keep_blank_values=True))
    return _Shape(host=host, path=path, segments=tuple(segments), extension=extension, query=pairs)


def count_words(text: str) -> int:
    """Words in a link's text; in scripts without spaces two signs count as one."""
    unspaced = len(_UNSPACED.findall(text))
    return len(_UNSPACED.sub(" ", text).split()) + unspaced // 2


def is_machinery(url: str) -> bool:
    """True for logins, searches, calendars, feeds, share links, files: nothing below is read."""
    shape = _shape(url)
    return shape.extension in FILES or not MACHINERY.isdisjoint(shape.segments)


def page_number(url: str) -> tuple[str, int]:
    """The first page's address and the number of this one, as sites write it in paths and queries."""
    shape = _shape(url)
    number = next((v for k, v in shape.query if k in _PAGE_KEYS), "")
    rest = "&".join(f"{k}={v}" for k, v in shape.query if k not in _PAGE_KEYS)
    path, found = shape.path, 1
    if number.isascii() and number.isdigit() and len(number) < 5:
        found = int(number)
    elif match := _PAGE_IN_PATH.search(path):
        path, found = path[: match.start()], int(match[1])
    elif match := _NUMBER_AT_END.search(path):
        path, found = path[: match.start()] + (match[2] or ""), int(match[1])
    return f"{shape.host}{path.rstrip('/')}?{rest}", max(found, 1)


def looks_like_article(url: str, anchor_text: str, context: Place) -> bool:
    """True if the link probably leads to an article."""
    shape = _shape(url)
    if _is_no_article(shape, url):
        return False
    slug, words = _slug_words(shape.leaf), count_words(anchor_text)
    if context is Place.MENU:  # menus show popular stories too, but only an unmistakable address counts
        return slug >= 5 or (slug >= 3 and (_is_dated(shape) or _names_article(shape)))
    return (
        _is_dated(shape)  # /2026/11/22/harbour
        or _names_article(shape)  # /post/harbour, artikel.php?id=123
        or slug >= 4  # /harbour-talks-go-on
        or (slug == 3 and _is_no_label(shape, words, context))
        or (_has_id(shape) and (slug >= 2 or words >= 3))  # /harbour-12345678, /news/1234567
        or (_is_leaf_of_section(shape) and (words >= 3 or context is Place.HEADLINE))  # /sport/final-2.html
        or _is_headline(shape, anchor_text, words, context)
    )


def looks_like_section(url: str, anchor_text: str, context: Place) -> bool:
    """True if the link probably leads to a list of one part of the paper.

    In menus any short path without digits does; elsewhere only one that says so, such as ``/category/sport``.
    """
    shape = _shape(url)
    words = count_words(anchor_text)
    if is_machinery(url) or not 1 <= words <= 4 or len(anchor_text) > 40 or any(map(str.isdigit, anchor_text)):
        return False
    if (shape.leaf in SERVICE and not shape.query) or not LISTS.isdisjoint(shape.segments) or _names_article(shape):
        return False
    if shape.query:  # kategorie.php?id=3, index.php?rubrik=lokales
        return len(shape.query) == 1 and (shape.leaf in SECTION_DIRS or shape.query[0][0] in SECTION_DIRS)
    if not shape.segments:  # sport.zeitung.example
        return context is Place.MENU and shape.host.partition(".")[0] not in SERVICE_HOSTS
    said = not SECTION_DIRS.isdisjoint(shape.segments[:-1])
    short = len(shape.segments) <= (4 if said else 3) and not any(map(str.isdigit, shape.path))
    few_words = all(_slug_words(segment) <= 3 for segment in shape.segments)
    return short and few_words and (said or (context is Place.MENU and shape.leaf not in SECTION_DIRS))


def _is_no_article(shape: _Shape, url: str) -> bool:
    date = _DATE.search(shape.path)
    # below /category/ lie sections, and in few places their articles, told by date, number or a long slug
    is_told = bool(date or _LONG_NUMBER.search(shape.leaf) or _slug_words(shape.leaf) >= 5)
    keys = {key for key, _ in shape.query}
    return (
        is_machinery(url)
        or not (shape.segments or shape.query)
        or (shape.leaf in SERVICE and keys.isdisjoint(ID_KEYS))
        or (not LISTS.isdisjoint(shape.segments) and not date)  # but /archive/2026/11/harbour
        or bool(_PAGE_IN_PATH.search(shape.path))
        or not keys.isdisjoint(_LIST_KEYS)
        or bool(date and _is_list_of_days(shape.path, date))
        or shape.leaf in SECTION_DIRS  # kategorie.php?id=3
        or (not SECTION_DIRS.isdisjoint(shape.segments[:-1]) and not is_told)
    )


def _is_list_of_days(path: str, date: re.Match[str]) -> bool:
    """``/2026/11/22/``: nothing behind the date, nor a title before it."""
    before = path[: date.start()].rpartition("/")[2]
    return not path[date.end() :].strip("/_-") and _slug_words(before) < 3


def _slug_words(segment: str) -> int:
    """Words in a path segment; a long word of letters outside ASCII is a title written without hyphens."""
    if not segment.isascii() and _UNSPACED.search(segment):
        return len(_UNSPACED.findall(segment)) // 2
    return len(_WORD.findall(segment.replace("_", "-"))) if _LETTERS.search(segment) else 0


def _is_dated(shape: _Shape) -> bool:
    """A date in the path, as archives of articles have it."""
    return bool(_DATE.search(shape.path))  # the list of a day was refused before


def _names_article(shape: _Shape) -> bool:
    """The path calls it an article: /post/slug, /article/c8xnz1, artikel.php?id=123, ?p=123."""
    identity = next((value for key, value in shape.query if key in ID_KEYS and any(map(str.isdigit, value))), "")
    if identity and (shape.leaf in ARTICLE_DIRS or (not shape.segments and shape.query[0][0] == "p")):
        return True
    above = shape.segments[-2] if len(shape.segments) > 1 else ""
    return above in ARTICLE_DIRS and (len(shape.leaf) > 2 or not shape.leaf.isdigit())


def _has_id(shape: _Shape) -> bool:
    if _LONG_NUMBER.search(shape.leaf):
        return True
    return any(key in ID_KEYS and any(map(str.isdigit, value)) for key, value in shape.query)


def _is_no_label(shape: _Shape, words: int, context: Place) -> bool:
    """Three words may be a story or a section ("food-and-drink"): its link's words and its depth tell."""
    return words >= 4 or context is Place.HEADLINE or (len(shape.segments) > 1 and words not in (1, 2))


def _is_leaf_of_section(shape: _Shape) -> bool:
    """A page file below a folder, whose name is no single word."""
    is_file = shape.extension in PAGES and len(shape.segments) > 1
    return is_file and (_slug_words(shape.leaf) >= 2 or any(map(str.isdigit, shape.leaf)))


def _is_headline(shape: _Shape, text: str, words: int, context: Place) -> bool:
    """The link's words are as long as a headline, for where they stand."""
    if not shape.segments or (len(text) < 16 and not _UNSPACED.search(text)):
        return False
    needed = {Place.HEADLINE: 4, Place.STORY: 5}.get(context, 6)
    one_word = len(shape.segments) == 1 and _slug_words(shape.leaf) == 1 and not shape.extension
    return words >= needed + (3 if one_word else 0)  # /sport with "All the latest from our sports desk"
