"""A Sheet in, the running text out as blocks: the passages that are the article's, or the page's own JSON-LD.

Each passage is judged by a small model learnt from pages with a known text (``bench/train_blocks.py``). Where that
is not sure of its choice, trafilatura's text of the page is heard as well.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import cast

from lxml import etree
from lxml.html import HtmlElement

from pipelines.blocks import Block, block_of
from pipelines.corrections import is_correction
from pipelines.evidence import words_of
from pipelines.judge import Judge
from pipelines.landmarks import Landmarks
from pipelines.marks import marks_of
from pipelines.overrule import overrule
from pipelines.passages import Box, Passage, read_passages
from pipelines.phrases import is_furniture
from pipelines.second_opinion import ask_trafilatura, weigh_in
from pipelines.sheet import Sheet
from pipelines.sizes import size_of
from pipelines.structured import Structured
from pipelines.told_body import read_told_body

#: ``articleBody`` replaces the page's text only when it is this many times longer.
_MUCH_LONGER = 2.0
_AS_LONG = 0.8
#: Share of the page's unlinked text that a side box may have and be taken out.
_SMALL_BOX = 0.05
#: Below this expected word-F1 the choice is not sure.
SURE = 0.94
#: Below this trafilatura is asked to take its time: three of its own methods instead of one.
_DOUBTFUL = 0.8
#: A choice that stays below this is not worth more than trafilatura's text.
_HOPELESS = 0.5
_LEAST, _MOST = 0.15, 0.5
#: Of longer pages no second opinion is asked: it takes minutes.
_MOST_PASSAGES = 3_000
_ROUNDS = 5
#: From here on about six in ten of the headings that stand before a paragraph of the article are the article's.
_LIKELY = 0.1
_HEADINGS = frozenset(("h2", "h3", "h4", "h5", "h6"))
#: A passage with less chance than this is not even near the article.
_NEAR = 0.05
_LONGEST_COMMENT = 5_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Body:
    """The article's text before boilerplate is taken out, and what was found beside it."""

    #: In the order of the page; those that only came near are marked so.
    blocks: list[Block]
    #: ``html``, ``trafilatura`` or ``json-ld``.
    origin: str
    #: How much of it is right, by the model's own estimate: expected word-F1, 0 to 1.
    confidence: float
    #: Readers' comments.
    comments: list[str] = field(default_factory=list)
    #: Every block of the page, for who needs to know where the text stands; empty if the text is not from there.
    passages: list[Passage] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Pick:
    """Which passages are the article's."""

    chosen: list[bool]
    #: Expected word-F1 of the choice.
    expected: float


def read_body(sheet: Sheet, told: Structured, seen: Landmarks, judge: Judge) -> Body:
    """The running text of a page; no blocks if it has none. Takes side boxes out of the page's tree."""
    drop_side_boxes(seen.beside, sheet)
    passages = read_passages(sheet.tree)
    chances = overrule(passages, judge.chances(passages, sheet.headed), sheet.headed)
    pick = pick_passages(passages, chances)
    origin = "html"
    if pick.expected < SURE and 0 < len(passages) <= _MOST_PASSAGES:
        heard = ask_trafilatura(sheet, thorough=pick.expected < _DOUBTFUL)
        chances = weigh_in(passages, chances, heard)
        pick = pick_passages(passages, chances)
        if pick.expected < _HOPELESS and _length(heard) > _length_chosen(passages, pick):
            return _or_told(Body(blocks=heard, origin="trafilatura", confidence=_HOPELESS), told)
        origin = "trafilatura" if heard else "html"
    chosen = _with_headings(passages, pick.chosen, chances)
    taken = [p for p, is_in in zip(passages, chosen, strict=True) if is_in or _corrects(p, chances, passages)]
    numbers = set(map(id, taken))
    body = Body(
        blocks=[
            block_of(passage, near=id(passage) not in numbers)
            for passage, chance in zip(passages, chances, strict=True)
            if chance >= _NEAR or id(passage) in numbers
        ],
        origin=origin,
        confidence=round(pick.expected, 3),
        comments=_comments(passages, numbers) if seen.discussed else [],
        passages=passages,
    )
    return _or_told(body, told)


def pick_passages(passages: Sequence[Passage], chances: Sequence[float]) -> Pick:
    """The passages whose words together have the highest expected F1.

    With independent chances the best choice is all passages above half of the F1 that it reaches (Lipton, Elkan and
    Naryanaswamy, "Optimal thresholding of classifiers to maximize F1 measure", 2014), found by going round.
    """
    sizes = [size_of(passage.text) for passage in passages]
    hoped = sum(chance * size for chance, size in zip(chances, sizes, strict=True))
    threshold, expected = 0.4, 0.0
    for _ in range(_ROUNDS):
        taken = [(chance, size) for chance, size in zip(chances, sizes, strict=True) if chance >= threshold]
        total = sum(size for _, size in taken) + hoped
        expected = 2 * sum(chance * size for chance, size in taken) / total if total else 0.0
        threshold = min(_MOST, max(_LEAST, expected / 2))
    return Pick([chance >= threshold for chance in chances], expected)


def _with_headings(passages: Sequence[Passage], chosen: Sequence[bool], chances: Sequence[float]) -> list[bool]:
    """Add headings that the text goes on under, in their own box or like others of the article.

    Something may speak against them, but not much.
    """
    kept = list(chosen)
    alike = {_design(passage) for passage, is_in in zip(passages, chosen, strict=True) if is_in}
    for n, (passage, after) in enumerate(pairwise(passages)):
        if passage.tag in _HEADINGS and chances[n] >= _LIKELY and chosen[n + 1]:
            kept[n] = kept[n] or after.box.parent is passage.box.parent or _design(passage) in alike
    return kept


def _design(passage: Passage) -> tuple[str, str] | None:
    """What headings of one design have in common; None for what is no heading."""
    return (passage.tag, passage.box.element.get("class") or "") if passage.tag in _HEADINGS else None


def _corrects(passage: Passage, chances: Sequence[float], passages: Sequence[Passage]) -> bool:
    """A correction stays with the article, in whatever small print it is set."""
    return is_correction(passage.text) and any(
        chance >= _MOST and _kin(passage, other) for chance, other in zip(chances, passages, strict=True)
    )


def _kin(one: Passage, other: Passage) -> bool:
    """True if two passages stand in one box, or in boxes beside each other."""
    return (one.box.parent or one.box) in (other.box, other.box.parent, other.box.parent and other.box.parent.parent)


def _comments(passages: Iterable[Passage], taken: set[int]) -> list[str]:
    """What stands in boxes named for readers' comments and runs as text."""
    return [
        passage.text[:_LONGEST_COMMENT]
        for passage in passages
        if id(passage) not in taken
        and len(words_of(passage.text)) >= 3
        and 2 * passage.linked < len(passage.text)
        and not is_furniture(passage.text)
        and _in_comments(passage.box)
    ]


def _in_comments(box: Box | None) -> bool:
    while box is not None:
        if marks_of(box.element).comments:
            return True
        box = box.parent
    return False


def _or_told(body: Body, told: Structured) -> Body:
    """The page's own ``articleBody`` if it says much more, or the same in paragraphs where the text is one lump."""
    own = read_told_body(told.article)
    chosen = [block for block in body.blocks if not block.near]
    longer = _length(own) > _MUCH_LONGER * _length(chosen)
    lump = len(chosen) <= 2 < len(own) and _length(own) > _AS_LONG * _length(chosen)
    if not own or not (longer or lump):
        return body
    return Body(blocks=own, origin="json-ld", confidence=0.9, comments=body.comments)


def _length_chosen(passages: Sequence[Passage], pick: Pick) -> int:
    return sum(len(passage.text) for passage, chosen in zip(passages, pick.chosen, strict=True) if chosen)


def _length(blocks: Iterable[Block]) -> int:
    return sum(len(block.text) for block in blocks)


def drop_side_boxes(boxes: list[HtmlElement], sheet: Sheet) -> None:
    """Take out menus, footers and side boxes, whose passages need no judging.

    Those with a headline or more than a little text of their own stay: some pages have their article in an aside.
    """
    most = _SMALL_BOX * _unlinked(len(sheet.shown), (len(anchor.text) for anchor in sheet.anchors))
    for box in boxes:
        if next(box.iter("h1", "article"), None) is None and _own_length(box) <= most:
            box.drop_tree()


def _own_length(element: HtmlElement) -> int:
    """Characters of an element's text outside links."""
    return _unlinked(_length_of(element), map(_length_of, element.iter("a")))


def _unlinked(length: int, links: Iterable[int]) -> int:
    return max(0, length - sum(links))


#: Counted by libxml2: joining the texts of a page's paragraphs in Python takes longer than parsing the page.
_LENGTH = etree.XPath("string-length(normalize-space())")


def _length_of(element: etree._Element) -> int:
    return int(cast("float", _LENGTH(element)))
