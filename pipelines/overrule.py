"""Passages with their chances in; 0 out for those whose box says by its name that it is none of the article's text."""

from __future__ import annotations

from collections.abc import Sequence, Set

from pipelines.marks import marks_of
from pipelines.passages import Box, Passage

#: How far up a box is asked for its name, and what share of the page's text it may hold: themes name the whole page
#: after its comments ("comments-open").
_REACH = 3
_SMALL = 0.5
#: With less chance than this nothing need be overruled.
_NEAR = 0.05


def overrule(passages: Sequence[Passage], chances: Sequence[float], title: str) -> list[float]:
    """The chances with captions, comment threads, consent texts, disclaimers and other stories of the page put to 0.

    ``title``: the page's ``title`` element, by which the article's own headline is told from another's.
    """
    page = sum(len(passage.text) for passage in passages)
    headline = find_headline(passages, title)
    own = _boxes_of(headline.box) if headline else set()
    others = _other_stories(passages, own) if headline else set()
    verdicts: dict[int, bool] = {}
    kept = []
    for passage, chance in zip(passages, chances, strict=True):
        box = passage.box
        if chance < _NEAR:
            kept.append(chance)
            continue
        if id(box) not in verdicts:
            verdicts[id(box)] = _says_no(box, own, page) or not others.isdisjoint(_boxes_of(box))
        kept.append(0.0 if verdicts[id(box)] else chance)
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
        up = up.parent
    return False


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
