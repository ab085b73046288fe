"""Boxes in, those that are no reading out: hidden until someone clicks, forms, and boxes that ask for an address."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Set

from lxml.html import HtmlElement

from pipelines.passages import Box

#: A box of at most so many characters or this share of the page; some pages hide or wrap in a form all that they have.
_SHORT = 600
_SMALL = 0.1
_NEVER_MORE = 0.4
_NOT_SHOWN = re.compile(r"(?i)(?:display\s*:\s*none|visibility\s*:\s*hidden)")
_FORMS = frozenset(("form", "fieldset", "legend", "dialog"))
_DIALOGS = frozenset(("dialog", "alertdialog"))
#: From so many on of one design they are the panels of an accordion, or tabs.
_PANELS = 2


def unseen_boxes(boxes: Iterable[Box], page: int) -> set[int]:
    """The ids of hidden boxes, forms and sign-up boxes among some boxes and those around them.

    ``page``: characters of the page's text.
    """
    around = {id(box): box for start in boxes for box in _around(start)}
    small = [box for box in around.values() if _is_small(box, page)]
    hidden = [box for box in small if _is_hidden(box.element)]
    designs = Counter(map(_design, hidden))
    asking = _asking(next((box.element.getroottree().getroot() for box in small), None))
    return {
        *(id(box) for box in hidden if designs[_design(box)] < _PANELS),
        *(id(box) for box in small if box.tag in _FORMS or box.element.get("role") in _DIALOGS),
        *(id(box) for box in small if box.text <= _SHORT and box.element in asking),
    }


def _around(box: Box | None) -> Iterator[Box]:
    while box is not None:
        yield box
        box = box.parent


def _is_small(box: Box, page: int) -> bool:
    return box.text <= max(_SMALL * page, min(_SHORT, _NEVER_MORE * page))


def _is_hidden(element: HtmlElement) -> bool:
    if element.get("hidden") is not None or element.get("aria-hidden") == "true":
        return True
    return bool(_NOT_SHOWN.search(element.get("style") or ""))


def _design(box: Box) -> tuple[str, str]:
    return box.tag, box.element.get("class") or ""


def _asking(root: HtmlElement | None) -> Set[HtmlElement]:
    """The elements around each field for an e-mail address."""
    fields = [] if root is None else root.xpath("//input[@type='email']")
    return {element for each in fields for element in each.iterancestors()}
