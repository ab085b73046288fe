"""A tree in, the places out that a reader's eye finds first: headlines, bylines, dates, pictures with captions.

One walk over the page. Asides, footers, navigation, comments and lists of other stories are walked past.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import lru_cache

from lxml.html import HtmlElement

from pipelines.phrases import reading_minutes
from pipelines.sheet import squeeze, text_of

_AWAY_TAGS_WORDS = """
    aside footer nav script style noscript template svg iframe select button dialog
"""
_AWAY_TAGS = frozenset(_AWAY_TAGS_WORDS.split())
_AWAY = re.compile(
    r"(?i)(?:^|[\s_-])(?:related|recommend(?:ed|ations?)?|recirc\w*|sidebar|side-bar|teasers?|comments?"
    r"|commentlist|disqus_thread|"
    r"respond|footer|nav|navbar|navigation|menu|promos?|newsletter|trending|popular|most-?read|widget"
    r"|widgets|more-?stories|"
    r"see-?all|recent-?posts|latest|read-?more|read-?next|outbrain|taboola|cookie|consent|breadcrumbs?"
    r"|share|social|modal|popup)(?:$|[\s_-])"
)
_BYLINE = re.compile(
    r"(?i)(?:^|[\s_-])(?:by-?line|authors?|writers?|autor(?:es|en|in|a)?|auteur|autore|meta-?author"
    r"|posted-?by|contributors?)(?:$|[\s_:-])"
    r"|author-?name|byline-?name|authorname|bylinename"
)
_NO_BYLINE = re.compile(
    r"(?i)bio|description|avatar|image|photo|about|follow|social|more-?from|posts|title|role|job|box__text|desc|card"
)
_DATE = re.compile(
    r"(?i)(?:^|[\s_-])(?:date|datum|time|timestamp|published?|publish(?:ed)?-?(?:date|time|on|at)"
    r"|pub-?date|post(?:ed)?-?(?:date|on|time)|entry-?date|article-?date|dateline|updated|fecha|data"
    r"|datetime)(?:$|[\s_:-])"
    r"|publi(?:sh(?:ed)?|cation)-?(?:date|time|on)|date-?publi|article-?date|post-?date|entrydate"
)
_UPDATED = re.compile(
    r"(?i)updat|modif|aktualisiert|geändert|mis à jour|actualizado|aggiornat|atualizad|bijgewerkt"
    r"|ažurirano|posodobljeno|uppdatera|oppdatert|opdateret|päivitetty|aktualizov|zaktualizowan"
)
_CAPTION = re.compile(
    r"(?i)(?:^|[\s_-])(?:caption|wp-caption-text|image-?caption|bildunterschrift|legend|legende"
    r"|figcaption|photo-?desc\w*|img-?desc\w*)(?:$|[\s_-])|caption-?text|captiontext|imagecaption"
)
_LONGEST_BYLINE = 200
_LONGEST_DATE = 160
_LONGEST_LINE = 120
#: Between the parts of a byline that stand in elements of their own.
_PART = " | "
#: Short lines kept from before the headline, and in all (old pages mark no headline).
_LINES_BEFORE = 8
_MOST_LINES = 40


@dataclass(frozen=True, slots=True, kw_only=True)
class Stamp:
    """A date's place: the machine's value if it has one, the words shown, and whether it is of a change."""

    machine: str | None
    shown: str
    updated: bool
    #: In the head of the article: after or just before its headline.
    near: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """An image in the article with its caption as text."""

    url: str | None
    alt: str | None
    caption: str | None


@dataclass(slots=True, kw_only=True)
class Landmarks:
    """What was found, each list in the order of the page."""

    headlines: list[str] = field(default_factory=list)
    #: (text, how sure: 2 for ``rel=author`` and ``itemprop=author``, 1 for a class name).
    bylines: list[tuple[str, int]] = field(default_factory=list)
    stamps: list[Stamp] = field(default_factory=list)
    pictures: list[Picture] = field(default_factory=list)
    #: Short lines around the first headline: one of them may be a date or a byline without a mark of its own.
    lines: list[str] = field(default_factory=list)
    #: "3 min read", as a place of its own.
    minutes: int | None = None


#: Attributes whose words tell what an element is for.
_TELLING = frozenset(("class", "id", "itemprop", "rel", "data-testid", "data-hook"))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Marks:
    """What the names on an element say that it is."""

    away: bool
    byline: bool
    date: bool
    caption: bool
    updated: bool


# Class names repeat, on a page and between pages of a site: four patterns for each would be half of the walk.
@lru_cache(maxsize=4096)
def _read_marks(names: str) -> _Marks:
    return _Marks(
        away=bool(_AWAY.search(names)),
        byline=bool(_BYLINE.search(names)) and not _NO_BYLINE.search(names),
        date=bool(_DATE.search(names)),
        caption=bool(_CAPTION.search(names)),
        updated=bool(_UPDATED.search(names)),
    )


_UNMARKED = _read_marks("")


def _marks(element: HtmlElement) -> _Marks:
    names = " ".join(value for name, value in element.items() if name in _TELLING)
    return _read_marks(names[:300]) if names else _UNMARKED


def _is_away(element: HtmlElement, tag: str, marks: _Marks) -> bool:
    if tag in _AWAY_TAGS:
        return True
    if not marks.away or tag in ("html", "body", "main", "article", "h1", "time", "meta"):
        return False
    # Some put such a name on the box around everything: a page's headline is never in a side box.
    return element.find(".//h1") is None and element.find(".//article") is None


def find_landmarks(tree: HtmlElement) -> Landmarks:
    """All landmarks of a page in one walk."""
    found = Landmarks()
    stack: list[HtmlElement] = [tree]
    while stack:
        element = stack.pop()
        tag = element.tag
        if not isinstance(tag, str):
            continue
        marks = _marks(element)
        if _is_away(element, tag, marks):
            continue
        if not _take(found, element, tag, marks):
            stack.extend(reversed(element))
    return found


def _take(found: Landmarks, element: HtmlElement, tag: str, marks: _Marks) -> bool:
    """Note what an element is; True if nothing inside it needs a look of its own."""
    if tag == "h1":
        if text := text_of(element):
            if not found.headlines:
                del found.lines[:-_LINES_BEFORE]
            found.headlines.append(text)
        return False
    if tag in ("figure", "img"):
        _take_picture(found, element)
        return True
    if tag == "time" or marks.date:
        return _take_stamp(found, element, tag, marks)
    if (len(element) == 0 or tag == "p") and len(found.lines) < _MOST_LINES:
        _take_line(found, element)
    if marks.caption and tag not in ("body", "table"):
        return _take_caption(found, element)
    sure = 2 if element.get("itemprop") == "author" or element.get("rel") == "author" else 1
    if sure == 2 or marks.byline:
        return _take_byline(found, element, sure)
    return False


def _take_line(found: Landmarks, element: HtmlElement) -> None:
    """Note a short line of text near the headline."""
    if element.text is None or len(element) > 4:
        return
    text = text_of(element)
    if not text or len(text) > _LONGEST_LINE:
        return
    if found.minutes is None and any(map(str.isdigit, text)):
        found.minutes = reading_minutes(text)
    found.lines.append(text)


def _take_byline(found: Landmarks, element: HtmlElement, sure: int) -> bool:
    text = text_of(element)
    if not text or len(text) > _LONGEST_BYLINE:
        return False
    found.bylines.append((_PART.join(_parts(element)), sure))
    # A date or a picture may stand inside; a name inside says the same again.
    return element.find(".//time") is None


def _parts(element: HtmlElement) -> list[str]:
    """The texts of an element's own elements, apart: the name, the role, the date of a byline."""
    return [text for piece in element.itertext() if (text := squeeze(piece))]


def _take_stamp(found: Landmarks, element: HtmlElement, tag: str, marks: _Marks) -> bool:
    machine = (
        element.get("datetime") or element.get("content") or element.get("data-timestamp") or element.get("data-date")
    )
    shown = text_of(element)
    if tag != "time" and (len(shown) > _LONGEST_DATE or (element.find(".//time") is not None)):
        return False
    if machine or shown:
        updated = marks.updated or bool(_UPDATED.search(shown))
        found.stamps.append(
            Stamp(machine=machine, shown=shown[:_LONGEST_DATE], updated=updated, near=bool(found.headlines))
        )
    return tag == "time"


def _take_caption(found: Landmarks, element: HtmlElement) -> bool:
    text = text_of(element)
    if not text or len(text) > 600 or element.find(".//img") is not None:
        return False
    last = found.pictures[-1] if found.pictures else None
    if last is not None and last.caption is None:
        found.pictures[-1] = Picture(url=last.url, alt=last.alt, caption=text)
    else:
        found.pictures.append(Picture(url=None, alt=None, caption=text))
    return True


def _take_picture(found: Landmarks, element: HtmlElement) -> None:
    """Note an image, or a figure with its first image and its caption."""
    images = [element] if element.tag == "img" else list(element.iter("img", "amp-img"))
    image = next((image for image in images if _source(image)), None)
    caption = element.find(".//figcaption")
    text = text_of(caption) if caption is not None else ""
    if image is not None:
        found.pictures.append(Picture(url=_source(image), alt=image.get("alt") or None, caption=text or None))
    elif text:
        found.pictures.append(Picture(url=None, alt=None, caption=text))


def _source(image: HtmlElement) -> str | None:
    for attribute in ("src", "data-src", "data-lazy-src", "data-original"):
        value = (image.get(attribute) or "").strip()
        if value and not value.startswith("data:"):
            return value
    for attribute in ("srcset", "data-srcset"):
        value = (image.get(attribute) or "").strip()
        if value and not value.startswith("data:"):
            return value.split()[0].rstrip(",")
    return None
