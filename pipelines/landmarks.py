"""A tree in, the places out that a reader's eye finds first: headlines, bylines, dates, pictures with captions.

One walk over the page. Asides, footers, navigation, comments and lists of other stories are walked past.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from lxml.html import HtmlElement

from pipelines.phrases import reading_minutes
from pipelines.sheet import squeeze, text_of

_AWAY_TAGS = frozenset("aside footer nav script style noscript template svg iframe select button dialog".split())
_AWAY = re.compile(
    r"(?i)(?:^|[\s_-])(?:related|recommend(?:ed|ations?)?|recirc\w*|sidebar|side-bar|teasers?|comments?|commentlist|disqus_thread|"
    r"respond|footer|nav|navbar|navigation|menu|promos?|newsletter|trending|popular|most-?read|widget|widgets|more-?stories|"
    r"see-?all|recent-?posts|latest|read-?more|read-?next|outbrain|taboola|cookie|consent|breadcrumbs?|share|social|modal|popup)(?:$|[\s_-])"
)
_BYLINE = re.compile(
    r"(?i)(?:^|[\s_-])(?:by-?line|authors?|writers?|autor(?:es|en|in|a)?|auteur|autore|meta-?author|posted-?by|contributors?)(?:$|[\s_:-])"
    r"|author-?name|byline-?name|authorname|bylinename"
)
_NO_BYLINE = re.compile(r"(?i)bio|description|avatar|image|photo|about|follow|social|more-?from|posts|title|role|job|box__text|desc|card")
_DATE = re.compile(
    r"(?i)(?:^|[\s_-])(?:date|datum|time|timestamp|published?|publish(?:ed)?-?(?:date|time|on|at)|pub-?date|post(?:ed)?-?(?:date|on|time)|entry-?date|article-?date|dateline|updated|fecha|data|datetime)(?:$|[\s_:-])"
    r"|publi(?:sh(?:ed)?|cation)-?(?:date|time|on)|date-?publi|article-?date|post-?date|entrydate"
)
_UPDATED = re.compile(r"(?i)updat|modif|aktualisiert|geändert|mis à jour|actualizado|aggiornat|atualizad|bijgewerkt|ažurirano|posodobljeno|uppdatera|oppdatert|opdateret|päivitetty|aktualizov|zaktualizowan")
_CAPTION = re.compile(r"(?i)(?:^|[\s_-])(?:caption|wp-caption-text|image-?caption|bildunterschrift|legend|legende|figcaption|photo-?desc\w*|img-?desc\w*)(?:$|[\s_-])|caption-?text|captiontext|imagecaption")
_LONGEST_BYLINE = 200
_LONGEST_DATE = 160
_LONGEST_LINE = 120
#: Short lines kept from before and after the headline.
_LINES_BEFORE = 8
_LINES_AFTER = 24


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


def _marks(element: HtmlElement) -> str:
    return " ".join(
        value for name in ("class", "id", "itemprop", "rel", "data-testid", "data-hook") if (value := element.get(name))
    )


def _is_away(element: HtmlElement, tag: str, marks: str) -> bool:
    if tag in _AWAY_TAGS:
        return True
    if tag in ("html", "body", "main", "article", "h1", "time", "meta") or not _AWAY.search(marks):
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


def _take(found: Landmarks, element: HtmlElement, tag: str, marks: str) -> bool:
    """Note what an element is; True if nothing inside it needs a look of its own."""
    if tag == "h1":
        if text := text_of(element):
            found.headlines.append(text)
        return False
    if tag == "figure":
        _take_figure(found, element)
        return True
    if tag == "img":
        found.pictures.append(Picture(url=_source(element), alt=element.get("alt") or None, caption=None))
        return True
    if tag == "time" or (marks and _DATE.search(marks)):
        return _take_stamp(found, element, tag, marks)
    if len(element) == 0 or tag == "p":
        _take_line(found, element)
    if marks:
        if _CAPTION.search(marks) and tag not in ("body", "table"):
            return _take_caption(found, element)
        sure = 2 if element.get("itemprop") == "author" or element.get("rel") == "author" else 1
        if (sure == 2 or _BYLINE.search(marks)) and not _NO_BYLINE.search(marks):
            return _take_byline(found, element, sure)
    return False


def _take_line(found: Landmarks, element: HtmlElement) -> None:
    """Note a short line of text near the headline."""
    if element.text is None or len(element) > 4:
        return
    text = text_of(element)
    if not text or len(text) > _LONGEST_LINE:
        return
    if found.minutes is None:
        found.minutes = reading_minutes(text)
    if not found.headlines:
        del found.lines[: 1 - _LINES_BEFORE]
        found.lines.append(text)
    elif len(found.lines) < _LINES_BEFORE + _LINES_AFTER:
        found.lines.append(text)


def _take_byline(found: Landmarks, element: HtmlElement, sure: int) -> bool:
    text = text_of(element)
    if not text or len(text) > _LONGEST_BYLINE:
        return False
    found.bylines.append((text, sure))
    # A date or a picture may stand inside; a name inside says the same again.
    return element.find(".//time") is None


def _take_stamp(found: Landmarks, element: HtmlElement, tag: str, marks: str) -> bool:
    machine = element.get("datetime") or element.get("content") or element.get("data-timestamp") or element.get("data-date")
    shown = text_of(element)
    if tag != "time" and (len(shown) > _LONGEST_DATE or (element.find(".//time") is not None)):
        return False
    if machine or shown:
        updated = bool(_UPDATED.search(f"{marks} {shown}"))
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


def _take_figure(found: Landmarks, figure: HtmlElement) -> None:
    image = next((i for i in figure.iter("img", "amp-img") if _source(i)), None)
    caption = figure.find(".//figcaption")
    text = text_of(caption) if caption is not None else ""
    if image is not None or text:
        url = _source(image) if image is not None else None
        alt = (image.get("alt") or None) if image is not None else None
        found.pictures.append(Picture(url=url, alt=alt, caption=text or None))


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
