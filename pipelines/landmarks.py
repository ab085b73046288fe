"""A tree in, the places out that a reader's eye finds first: headlines, bylines, dates, pictures with captions.

One walk over the page. Asides, footers, navigation, comments and lists of other stories are walked past.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from lxml.html import HtmlElement

from pipelines.marks import UNMARKED, Marks, marks_of
from pipelines.phrases import reading_minutes
from pipelines.sheet import squeeze, text_of
from pipelines.signs import Profile, byline_in, first_words, profile_in
from pipelines.stamps import Stamp, stamp_in

_AWAY_TAGS_WORDS = """
    aside footer nav menu script noscript template select button dialog textarea
"""
_AWAY_TAGS = frozenset(_AWAY_TAGS_WORDS.split())
_MARGIN_TAGS = frozenset(("aside", "footer", "div", "section"))
_LONGEST_MARGIN = 600
_ASIDES = frozenset(("aside", "footer", "nav"))
#: What a box that is beside the article does not hold.
_MAIN = ("main", "article", "h1")
_NEVER_AWAY = frozenset(("html", "body", "main", "article", "h1", "time", "meta"))
_FEW_PARAGRAPHS = 5
_LONGEST_LINE = 120
_FEW_PARTS = 4
#: Short lines kept from before the headline, and in all (old pages mark no headline).
_LINES_BEFORE = 8
_MOST_LINES = 40
#: Elements that are looked at whatever their names are.
_NOTED = _AWAY_TAGS | {"h1", "a", "figure", "img", "time"}
#: A year, or a day and a month as numbers.
_DATE = re.compile(r"(?:19|20)\d\d|\d[./]\d")
#: How a line far below the headline begins that is noted all the same.
_LABELLED = re.compile(
    r"(?i)^\s*(?:published|posted|(?:last )?updated|veröffentlicht|erschienen|publicado|publié)\b.*\d"
)
#: Boxes about writers and links to their pages: more are of other stories.
_MOST_WRITERS = 12


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
    #: The first words of boxes about a writer.
    writers: list[str] = field(default_factory=list)
    #: Links to writers' pages.
    profiles: list[Profile] = field(default_factory=list)
    stamps: list[Stamp] = field(default_factory=list)
    pictures: list[Picture] = field(default_factory=list)
    #: Short lines around the first headline: one of them may be a date or a byline without a mark of its own.
    lines: list[str] = field(default_factory=list)
    #: How many of them stand before it.
    before: int = 0
    #: Characters of paragraphs passed since the headline.
    passed: int = 0
    #: "3 min read", as a place of its own.
    minutes: int | None = None
    #: Menus, footers and side boxes, the outermost of each.
    beside: list[HtmlElement] = field(default_factory=list)
    #: True: some box is named for readers' comments.
    discussed: bool = False
    #: True: a box with words in it is named for a paywall.
    paywalled: bool = False


def _is_away(element: HtmlElement, tag: str, marks: Marks) -> bool:
    if tag in _AWAY_TAGS:
        # A button or a menu that was never closed has swallowed the page.
        return next(element.iter("main") if tag in _ASIDES else element.iter(*_MAIN), None) is None and not (
            tag == "nav" and _holds_text(element)
        )
    if not marks.away or tag in _NEVER_AWAY:
        return False
    # Some put such a name on the box around everything: a page's headline is never in a side box.
    return next(element.iter(*_MAIN), None) is None


def _opens_article(found: Landmarks, footer: HtmlElement) -> bool:
    """True for a short footer between the headline and the text: some systems have byline and date in one."""
    return bool(found.headlines) and not found.passed and 0 < len(text_of(footer)) <= _LONGEST_LINE


def _holds_text(menu: HtmlElement) -> bool:
    """True for a menu with a headline and paragraphs in it."""
    return next(menu.iter("h1"), None) is not None and sum(1 for _ in menu.iter("p")) >= _FEW_PARAGRAPHS


def find_landmarks(tree: HtmlElement) -> Landmarks:
    """All landmarks of a page in one walk."""
    found = Landmarks()
    stack: list[HtmlElement] = [tree]
    while stack:
        element = stack.pop()
        tag = element.tag
        if not isinstance(tag, str):
            continue
        marks = marks_of(element)
        if marks is UNMARKED and tag not in _NOTED:  # three elements in four
            _take_words(found, element, tag)
            stack.extend(reversed(element))
            continue
        found.discussed = found.discussed or marks.comments
        if marks.paywall and not found.paywalled:
            found.paywalled = bool(text_of(element))
        if _is_away(element, tag, marks):
            if tag in _AWAY_TAGS or marks.beside:
                found.beside.append(element)
            if tag == "footer" and _opens_article(found, element):
                stack.extend(reversed(element))
            if marks.writer:
                _take_writer(found, element)
            continue
        if not _take(found, element, tag, marks):
            stack.extend(reversed(element))
    return found


def find_stamps_beside(seen: Landmarks) -> list[Stamp]:
    """Dates in short boxes beside the text: some sites have an article's date in its margin or its footer."""
    margin = Landmarks()
    for box in seen.beside:
        if box.tag in _MARGIN_TAGS and len(squeeze("".join(box.itertext()))) <= _LONGEST_MARGIN:
            for element in box.iter():
                _take(margin, element, element.tag, marks_of(element))
    return margin.stamps


def _take(found: Landmarks, element: HtmlElement, tag: str, marks: Marks) -> bool:
    """Note what an element is; True if nothing inside it needs a look of its own."""
    if tag == "h1":
        if text := text_of(element):
            if not found.headlines:
                del found.lines[:-_LINES_BEFORE]
                found.before = len(found.lines)
            found.headlines.append(text)
        return False
    if tag == "a":
        _take_profile(found, element)
    if marks.writer:
        _take_writer(found, element)
    if tag in ("figure", "img"):
        _take_picture(found, element)
        return True
    if tag == "time" or marks.date:
        return _take_stamp(found, element, tag, marks)
    _take_words(found, element, tag)
    if marks.caption and tag not in ("body", "table"):
        return _take_caption(found, element)
    if marks.author and (element.get("itemprop") == "author" or element.get("rel") == "author"):
        return _take_byline(found, element, 2)
    return marks.byline and _take_byline(found, element, 1)


def _take_words(found: Landmarks, element: HtmlElement, tag: str) -> None:
    """Note an element's own words, if they may be a line of the article's head, and how much text was passed."""
    if tag == "p" and found.headlines:
        found.passed += len(element.text or "") + sum([len(child.tail or "") for child in element])
    if len(found.lines) < _MOST_LINES:
        (_take_line if len(element) <= _FEW_PARTS else _take_dates_between)(found, element)
    elif (text := element.text) and _is_labelled(text) and len(element) <= _FEW_PARTS:
        _take_line(found, element)


def _is_labelled(text: str) -> bool:
    return not text.isspace() and len(text) <= _LONGEST_LINE and _LABELLED.match(text) is not None


def _take_line(found: Landmarks, element: HtmlElement) -> None:
    """Note a short line of text near the headline."""
    if not _has_own_words(element):
        return
    text = text_of(element)
    if not text or len(text) > _LONGEST_LINE:
        return
    if found.minutes is None:
        found.minutes = reading_minutes(text)
    found.lines.append(text)


def _has_own_words(element: HtmlElement) -> bool:
    if (text := element.text) and not text.isspace():
        return True
    for child in element:  # noqa: SIM110  # ``any`` takes twice as long, and this is asked of most elements
        if (tail := child.tail) and not tail.isspace():
            return True
    return False


def _take_dates_between(found: Landmarks, element: HtmlElement) -> None:
    """Note what stands loose between an element's many parts, if it may be a date."""
    for text in (element.text, *(child.tail for child in element)):
        if text and len(text) <= _LONGEST_LINE and _DATE.search(text):
            found.lines.append(squeeze(text))


def _take_byline(found: Landmarks, element: HtmlElement, sure: int) -> bool:
    byline = byline_in(element)
    if byline is None:
        return False
    found.bylines.append((byline, sure))
    for link in element.iter("a"):
        _take_profile(found, link)
    if len(byline) <= _LONGEST_LINE and len(found.lines) < _MOST_LINES:
        found.lines.append(text_of(element))
    # A date or a picture may stand inside; a name inside says the same again.
    return next(element.iter("time"), None) is None


def _take_profile(found: Landmarks, link: HtmlElement) -> None:
    if writer := profile_in(link):
        found.profiles.append(Profile(writer, len(found.lines), early=not found.headlines))


def _take_writer(found: Landmarks, box: HtmlElement) -> None:
    if len(found.writers) < _MOST_WRITERS and (words := first_words(box)):
        found.writers.append(words)


def _take_stamp(found: Landmarks, element: HtmlElement, tag: str, marks: Marks) -> bool:
    if stamp := stamp_in(element, tag, marks, near=bool(found.headlines), below=found.passed):
        found.stamps.append(stamp)
    return stamp is not None and tag == "time"


def _take_caption(found: Landmarks, element: HtmlElement) -> bool:
    text = text_of(element)
    if not text or len(text) > 600 or next(element.iter("img"), None) is not None:
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
    caption = next(element.iter("figcaption"), None)
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
