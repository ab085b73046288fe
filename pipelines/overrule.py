"""Passages with their chances in; 0 out for those whose box says that it is none of the article's text."""

from __future__ import annotations

from collections.abc import Sequence, Set

from pipelines.captions import LONGEST
from pipelines.marks import marks_of
from pipelines.passages import Box, Passage
from pipelines.sizes import RUNNING_TEXT, size_of
from pipelines.unseen import unseen_boxes

#: How far up a box is asked for its name, and what share of the page's text it may hold: themes name the whole page
#: after its comments ("comments-open").
_REACH = 3
_SMALL = 0.5
#: With less chance than this nothing need be overruled.
_NEAR = 0.05
#: What running text has that is marked as an article's description, above the text that is marked as its body.
_SURE = 0.9
_CAPTION_AND_CREDIT = 2


def overrule(passages: Sequence[Passage], chances: Sequence[float], title: str) -> list[float]:
    """The chances with captions, comment threads, consent texts, disclaimers and other stories of the page put to 0.

    So are forms and what the page hides. ``title``: the page's ``title`` element, by which the article's own headline
    is told from another's.
    """
    page = sum(len(passage.text) for passage in passages)
    headline = find_headline(passages, title)
    own = _boxes_of(headline.box) if headline else set()
    others = _other_stories(passages, own) if headline else set()
    near = {id(p.box): p.box for p, chance in zip(passages, chances, strict=True) if chance >= _NEAR}
    others |= unseen_boxes(near.values(), page) - own
    out = {key for key, box in near.items() if _says_no(box, own, page) or not others.isdisjoint(_boxes_of(box))}
    leads = _leads(passages)
    kept = []
    for passage, chance in zip(passages, chances, strict=True):
        key = id(passage.box)
        kept.append(0.0 if key in out else max(chance, _SURE) if key in leads and chance >= _NEAR else chance)
    return kept


def find_headline(passages: Sequence[Passage], title: str) -> Passage | None:
    """The first ``h1``, if possible one whose words begin the title."""
    first = [passage for passage in passages if passage.tag == "h1"]
    wanted = title.casefold()
    return next((h1 for h1 in first if h1.text.casefold() in wanted), next(iter(first), None))


def _boxes_of(box: Box | None) -> set[int]:
    boxes = set()
    while box is not None:
        boxes.add(id(box))
        box = box.parent
    return boxes


def _says_no(box: Box, own: Set[int], page: int) -> bool:
    up: Box | None = box
    for _ in range(_REACH):
        if up is None or id(up) in own or up.text > _SMALL * page:
            return False
        marks = marks_of(up.element)
        if up.tag == "figcaption" or marks.caption or marks.comments or marks.consent or marks.added:
            return True
        if marks.photo and _is_captioned(up):
            return True
        up = up.parent
    return False


def _is_captioned(box: Box) -> bool:
    """True for a box with a picture, a caption and perhaps a credit."""
    small = box.text <= LONGEST and box.count <= _CAPTION_AND_CREDIT
    return small and next(box.element.iter("img"), None) is not None


def _other_stories(passages: Sequence[Passage], own: Set[int]) -> set[int]:
    """Boxes of further articles, each with a headline of its own: pages that go on for ever."""
    found = set()
    for passage in passages:
        box: Box | None = passage.box if passage.tag == "h1" else None
        while box is not None and id(box) not in own:
            if box.tag == "article":
                found.add(id(box))
            box = box.parent
    return found


def _leads(passages: Sequence[Passage]) -> set[int]:
    """Boxes of running text marked as the description of an article whose body is marked as well: its lead."""
    marked = [_item_property(passage.box) for passage in passages]
    if "articleBody" not in marked:
        return set()
    head = zip(passages[: marked.index("articleBody")], marked, strict=False)
    return {id(p.box) for p, said in head if said == "description" and not p.linked and size_of(p.text) >= RUNNING_TEXT}


def _item_property(box: Box | None) -> str:
    """What the nearest boxes say that they are of their item."""
    for _ in range(_REACH):
        if box is None:
            return ""
        if said := box.element.get("itemprop"):
            return str(said)
        box = box.parent
    return ""
