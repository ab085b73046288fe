"""A page in, a Rejection out if it is built like a shop, a forum, a manual, a list or an advertisement of services.

The odds are boosted trees over the page's traits, kept as plain data: ``bench/train_gate.py`` makes it. They are asked
before the text is looked for, and hear nothing of a page that says by itself or by its feed that it is news.
"""

from __future__ import annotations

import json
import math
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from importlib.resources import files
from typing import Any

from archive.types import Reason, Rejection, Via
from pipelines.addresses import is_home, is_list
from pipelines.landmarks import Landmarks
from pipelines.sheet import Sheet
from pipelines.structured import Structured
from pipelines.traits import ENGLISH, Traits, read_traits

#: A leaf's value, or a node as a list: the trait's number, its threshold, 1 if an unknown value goes left, the value of
#: all that is below, the trees to the left and to the right.
Tree = Any

_REASONS = {"list": Reason.INDEX_PAGE}
_WORDS = {
    "shop": "a shop's page",
    "service": "an offer of services",
    "forum": "a forum's page",
    "manual": "a manual's page",
    "list": "a list of other pages",
}
#: Kinds that a front or a section page is taken for.
_ABOUT_A_THING = ("service", "manual")
#: Types that templates do not put on every page.
_NEWS = ("NewsArticle", "LiveBlogPosting")
#: Characters of a declared text that is an article's.
_DECLARED_TEXT = 500
#: Of 1,497 pages twelve have fewer links: an old or bare page is not judged by how others are built.
_FEW_LINKS = 10
#: Traits that a Rejection names.
_SHOWN = 3


class Kinds:
    """A trained model of the kinds of pages."""

    def __init__(self, data: Mapping[str, Any]) -> None:
        self._traits: Sequence[str] = data["traits"]
        self._trees: Sequence[Tree] = data["trees"]
        self._kinds: Mapping[str, Sequence[Tree]] = data["kinds"]
        #: Odds from which a page is no article: of an English page, and of one whose words cannot be judged.
        self._limits: tuple[float, float] = (data["limit"], data["limit_without_words"])

    def odds(self, traits: Traits) -> float:
        """How likely it is that a page is no article, as a logarithm of odds."""
        return sum_of(self._trees, self._row(traits))

    def is_other(self, traits: Traits) -> bool:
        """True if a page is surely no article."""
        wordless = any(math.isnan(traits[name]) for name in ENGLISH)
        return self.odds(traits) > self._limits[wordless]

    def kind(self, traits: Traits) -> str:
        """What a page is most like, if it is no article."""
        row = self._row(traits)
        return max(self._kinds, key=lambda kind: sum_of(self._kinds[kind], row))

    def evidence(self, traits: Traits) -> list[str]:
        """The traits that tell most against an article, the strongest first, with their values."""
        row = self._row(traits)
        shares: defaultdict[int, float] = defaultdict(float)
        for tree in self._trees:
            for trait, share in _steps(tree, row):
                shares[trait] += share
        against = [trait for trait in shares if shares[trait] > 0 and not math.isnan(row[trait])]
        strongest = sorted(against, key=lambda trait: -shares[trait])
        return [f"{self._traits[trait]} {round(row[trait], 2):g}" for trait in strongest[:_SHOWN]]

    def _row(self, traits: Traits) -> list[float]:
        return [traits[name] for name in self._traits]


def sum_of(trees: Iterable[Tree], row: Sequence[float]) -> float:
    """The sum of the leaves that a row of values reaches."""
    total = 0.0
    for tree in trees:
        node = tree
        while type(node) is list:
            trait, threshold, unknown_left, _, left, right = node
            value = row[trait]
            # Comparing with "not a number" is never true.
            node = left if value <= threshold or (unknown_left and math.isnan(value)) else right
        total += node
    return total


def _steps(tree: Tree, row: Sequence[float]) -> Iterable[tuple[int, float]]:
    """What each question on a row's way down a tree adds to its odds."""
    node = tree
    while isinstance(node, list):
        value = row[node[0]]
        below = node[4] if value <= node[1] or (node[2] and math.isnan(value)) else node[5]
        yield node[0], (below[3] if isinstance(below, list) else below) - node[3]
        node = below


@cache
def shipped_kinds() -> Kinds:
    """The model that comes with the package."""
    return Kinds(json.loads(files("pipelines").joinpath("kinds.json").read_text(encoding="utf-8")))


def gate_kind(sheet: Sheet, told: Structured, seen: Landmarks, kinds: Kinds) -> Rejection | None:
    """By how the page is built, where it lies and what it says."""
    if not is_judged(sheet, told):
        return None
    traits = read_traits(sheet, told, seen)
    if not kinds.is_other(traits):
        return None
    kind = kinds.kind(traits)
    if kind in _ABOUT_A_THING and (is_list(sheet.url) or is_home(sheet.url)):
        kind = "list"
    detail = f"like {_WORDS[kind]}: {'; '.join(kinds.evidence(traits))}"
    return Rejection(reason=_REASONS.get(kind, Reason.NOT_ARTICLE), detail=detail)


def is_judged(sheet: Sheet, told: Structured) -> bool:
    """True if the model may judge the page: it has learnt from pages with menus, and not of bare ones."""
    return len(sheet.anchors) >= _FEW_LINKS and not is_news(sheet, told)


def is_news(sheet: Sheet, told: Structured) -> bool:
    """True if the page calls itself news, brings its text as data, or was found in a feed: it is not judged."""
    text = told.article.get("articleBody")
    return (
        (told.type or "").endswith(_NEWS)
        or (isinstance(text, str) and len(text) >= _DECLARED_TEXT)
        or any(hint.via is Via.FEED for hint in sheet.page.hints)
    )
