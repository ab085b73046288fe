"""Strings as documents write them → the URL or the words meant. Shared by the readers of this package."""

from __future__ import annotations

import html
import re
from urllib.parse import urljoin, urlsplit

from archive.urls import normalise_or_none
from crawler.discovery.tree import parse, text_of

#: Characters. Longer titles are mistakes of the site, and would be carried in every hint.
MAX_TITLE = 500
#: Characters of a summary kept.
MAX_SUMMARY = 1000
#: Characters of a fragment that are looked at for its words: some feeds put a whole page in a summary.
_MAX_FRAGMENT = 20_000
#: Characters. What is longer is not even written down; the guard refuses half as much.
MAX_LINK = 8192
_CONTROLS = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")


def absolute(href: str, base: str) -> str | None:
    """The normalised URL that ``href`` means in a document at ``base``; None if none can be fetched."""
    href = href.strip()
    if not href or len(href) > MAX_LINK:
        return None
    if href.startswith(("http://", "https://")):  # most are, and urljoin costs a third of the time
        return normalise_or_none(href)
    try:
        return normalise_or_none(urljoin(base, href))
    except ValueError:
        return None


def parts_of(url: str) -> tuple[str, str, str]:
    """Host, path and query of a URL; the host in lower case, without a port. Empty for what is no URL."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return "", "", ""
    return parts.hostname or "", parts.path, parts.query


def tidy(text: object, limit: int = MAX_TITLE) -> str | None:
    """One line of words, at most ``limit`` characters, cut at a word and marked ``…``; None for nothing."""
    if not isinstance(text, str):
        return None
    line = " ".join(_CONTROLS.sub("", text[: limit * 20]).split())
    if len(line) <= limit:
        return line or None
    cut = line[: limit - 1]
    return (cut[: cut.rfind(" ")] if " " in cut[limit // 2 :] else cut) + "…"


def words_of(fragment: object, limit: int = MAX_TITLE) -> str | None:
    """The words of an HTML fragment, or of a plain text with entities, as ``tidy`` gives them."""
    if not isinstance(fragment, str):
        return None
    fragment = fragment[:_MAX_FRAGMENT]
    if "<" not in fragment:
        return tidy(html.unescape(fragment), limit)
    tree = parse(fragment)
    return None if tree is None else tidy(text_of(tree), limit)
