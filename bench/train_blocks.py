#!/usr/bin/env python3
"""Learns which blocks of a page are the article's: writes pipelines/blocks.json, or proves it by cross-validation.

    bench/train_blocks.py FOLDER                    learn from all pages of a folder, write the model
    bench/train_blocks.py FOLDER --cross-validate   five times: learn from the pages of four fifths of the sites, clean
                                                    those of the last; the table is of pages that were not learnt from

FOLDER is as for bench/extraction.py: pages with their true text. Needs LightGBM (bench/requirements.txt) for learning
alone; what is written is plain data, read by pipelines/judge.py. Seeds are fixed: the same pages give the same model.
Takes about three minutes to learn from 800 pages, ten to cross-validate, on two cores.

Passages (pipelines/passages.py) are labelled by aligning them with the true text (bench/align.py). A token's odds
(class names, words) are counted by sites and, for a page that is learnt from, without that page itself. Three pages in
ten are learnt from without any words, so that the model does not lean on the language of the pages it was taught with.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import log
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from archive.types import Rejection
from bench.align import align
from bench.causes import find_causes
from bench.extraction import OURS, count_causes
from bench.measures import FIGURES, compare, page_figures, summarise
from bench.samples import Sample, list_ids, read_samples
from bench.systems import REFERENCE, Found, load_system, page_of
from bench.tables import cause_table, table
from pipelines import refine
from pipelines.body import drop_side_boxes
from pipelines.evidence import FEATURES, WORDS_READ, Odds, names_of, weigh, words_of
from pipelines.judge import Judge
from pipelines.landmarks import find_landmarks
from pipelines.passages import Box, Passage, read_passages
from pipelines.sheet import open_sheet
from pipelines.sizes import size_of

MODEL = Path(__file__).resolve().parent.parent / "pipelines" / "blocks.json"
FOLDS = 5
#: Share of the pages that are learnt from without words.
_SPEECHLESS = 0.3
#: Sites on which a token must stand to count, and how many sites' worth of doubt it starts with.
_LEAST_NAMES, _LEAST_WORDS, _DOUBT = 6, 12, 4.0
#: Every passage counts as if it had so many letters more: a lost heading is a loss.
_AT_LEAST = 25
_TREES = 300
_SETTINGS = {
    "objective": "binary",
    "num_leaves": 8,
    "learning_rate": 0.08,
    "min_data_in_leaf": 80,
    "lambda_l2": 5,
    "feature_fraction": 0.5,
    "bagging_fraction": 0.7,
    "bagging_freq": 1,
    "seed": 1,
    "deterministic": True,
    "num_threads": 1,
    "force_col_wise": True,
    "verbose": -1,
}
#: Words of the longest truth that teaches nothing: an empty or broken one.
_NO_TRUTH = 20
#: How many of the worst pages are looked at for what went wrong.
_WORST = 60


@dataclass(frozen=True, slots=True, eq=False)
class Lesson:
    """A page's passages with their labels."""

    id: str
    site: str
    title: str
    passages: list[Passage]
    labels: list[bool]
    #: Token → the share of the page's text beside it that is the article's.
    names: Mapping[str, float]
    words: Mapping[str, float]


def read_lessons(samples: Iterable[Sample]) -> list[Lesson]:
    lessons = []
    for sample in samples:
        sheet = open_sheet(page_of(sample))
        truth = sample.truth.body or ""
        if isinstance(sheet, Rejection) or len(words_of(truth)) < _NO_TRUTH:
            continue
        drop_side_boxes(find_landmarks(sheet.tree).beside, sheet)
        passages = read_passages(sheet.tree)
        labels = align([passage.text for passage in passages], truth)
        names, words = _shares(passages, labels)
        lessons.append(Lesson(sample.id, site_of(sample.url), sheet.headed, passages, labels, names, words))
    return lessons


def site_of(url: str) -> str:
    """The last two labels of the host: pages of one site are never on both sides of a split."""
    return ".".join((urlsplit(url).hostname or "").split(".")[-2:])


def _shares(passages: Sequence[Passage], labels: Sequence[bool]) -> tuple[dict[str, float], dict[str, float]]:
    names: dict[str, list[float]] = {}
    words: dict[str, list[float]] = {}
    for passage, label in zip(passages, labels, strict=True):
        weight = min(len(passage.text), 200)
        around: set[str] = set()
        box: Box | None = passage.box
        while box is not None:
            around.update(names_of(box))
            box = box.parent
        for counts, tokens, amount in (
            (names, around, weight),
            (words, set(words_of(passage.text)[:WORDS_READ]), 1),
        ):
            for token in tokens:
                count = counts.setdefault(token, [0.0, 0.0])
                count[0] += amount * label
                count[1] += amount
    return ({t: a / b for t, (a, b) in names.items()}, {t: a / b for t, (a, b) in words.items()})


class Counts:
    """On how many pages a token stands, and with how much article text."""

    def __init__(self, pages: Iterable[Mapping[str, float]], least: int) -> None:
        self._least = least
        self._with: dict[str, float] = {}
        self._pages: dict[str, int] = {}
        for page in pages:
            for token, share in page.items():
                self._with[token] = self._with.get(token, 0.0) + share
                self._pages[token] = self._pages.get(token, 0) + 1
        self._base = sum(self._with.values()) / max(1, sum(self._pages.values()))

    def odds(self) -> dict[str, float]:
        return {
            token: self._odds(self._with[token], pages)
            for token, pages in sorted(self._pages.items())
            if pages >= self._least
        }

    def odds_without(self, page: Mapping[str, float]) -> dict[str, float]:
        """The odds of a page's tokens as they would be had it not been counted."""
        return {
            token: self._odds(self._with[token] - share, self._pages[token] - 1)
            for token, share in page.items()
            if self._pages[token] > self._least
        }

    def _odds(self, found: float, pages: int) -> float:
        base = self._base
        usual = log(base / (1 - base))
        return round(log((found + _DOUBT * base) / (pages - found + _DOUBT * (1 - base))) - usual, 2)


def learn(lessons: Sequence[Lesson]) -> dict[str, Any]:
    """The model's data, as ``pipelines.judge.Judge`` takes it."""
    import lightgbm

    names = Counts((lesson.names for lesson in lessons), _LEAST_NAMES)
    words = Counts((lesson.words for lesson in lessons), _LEAST_WORDS)
    chance = random.Random(1)
    rows: list[list[float]] = []
    labels: list[float] = []
    weights: list[float] = []
    for lesson in lessons:
        heard = {} if chance.random() < _SPEECHLESS else words.odds_without(lesson.words)
        odds = Odds(names=names.odds_without(lesson.names), words=heard)
        rows += weigh(lesson.passages, lesson.title, odds)
        labels += map(float, lesson.labels)
        weights += _weights(lesson)
    data = lightgbm.Dataset(_matrix(rows), labels, weight=weights)
    trained = lightgbm.train(_SETTINGS, data, _TREES).dump_model()
    trees = [_plain_tree(tree["tree_structure"]) for tree in trained["tree_info"]]
    return {"features": list(FEATURES), "names": names.odds(), "words": words.odds(), "bias": 0.0, "trees": trees}


def _matrix(rows: list[list[float]]) -> Any:
    import numpy

    return numpy.array(rows, dtype=float)


def _weights(lesson: Lesson) -> list[float]:
    """Letters of a passage against the length of its article: every page counts as much as every other."""
    sizes = [size_of(passage.text) + _AT_LEAST for passage in lesson.passages]
    article = sum(size for size, label in zip(sizes, lesson.labels, strict=True) if label)
    whole = article + 0.3 * _AT_LEAST * len(sizes)
    return [100 * size / whole for size in sizes]


def _plain_tree(structure: Mapping[str, Any]) -> dict[str, Any]:
    """Nodes as (feature, threshold, bits of the leaves to their left), leaves from left to right."""
    nodes: list[tuple[int, float, int]] = []
    leaves: list[float] = []

    def walk(node: Mapping[str, Any]) -> int:
        if "leaf_value" in node:
            leaves.append(round(node["leaf_value"], 5))
            return 1 << (len(leaves) - 1)
        left = walk(node["left_child"])
        nodes.append((node["split_feature"], float(f"{node['threshold']:.6g}"), left))
        return left | walk(node["right_child"])

    walk(structure)
    return {"nodes": nodes, "leaves": leaves}


def folds_of(sites: Iterable[str]) -> dict[str, int]:
    """Site → fold."""
    shuffled = sorted(set(sites))
    random.Random(0).shuffle(shuffled)
    return {site: number % FOLDS for number, site in enumerate(shuffled)}


def cross_validate(folder: Path, lessons: Sequence[Lesson]) -> None:
    """Print the table of pages that their model has not seen, beside trafilatura's of the same pages."""
    ids = list_ids(folder)
    fold_of = folds_of(lesson.site for lesson in lessons)
    judges = {}
    for fold in range(FOLDS):
        judges[fold] = Judge(learn([lesson for lesson in lessons if fold_of[lesson.site] != fold]))
        print(f"learnt without fold {fold + 1} of {FOLDS}", file=sys.stderr)
    trafilatura = load_system("trafilatura")
    ours, theirs, pages = {}, {}, {}
    for sample in read_samples(folder, ids):
        found = _found(refine(page_of(sample), judge=judges[fold_of.get(site_of(sample.url), 0)]))
        truth, rejected = sample.truth, found.rejected is not None
        causes = find_causes(sample.html, truth.body or "", truth.title, found.body, rejected=rejected)
        pages[sample.id] = {"url": sample.url, "causes": dict(causes.most_common())}
        ours[sample.id] = page_figures(truth, found)
        theirs[sample.id] = page_figures(sample.truth, trafilatura(sample))
    columns = ("body_f1", "with", "said", "without")
    rows = []
    for name, figures in (("nightdesk, cross-validated by site", ours), ("trafilatura", theirs)):
        row = summarise(figures, {})
        rows.append([name, *(f"{row[key]:.3f}" for key in columns)])
    differences = compare(ours, theirs)
    rows.append(
        ["difference ± standard error", *("{:+.3f} ± {:.3f}".format(*(differences[key] or (0, 0))) for key in columns)]
    )
    print(table(["system", *(FIGURES[key] for key in columns)], rows), "\n")
    report = count_causes(pages, {OURS: ours, REFERENCE: theirs}, worst=_WORST)
    print(cause_table(report["causes"], worst=_WORST))


def _found(outcome: Any) -> Found:
    if isinstance(outcome, Rejection):
        return Found(rejected=str(outcome.reason))
    return Found(title=outcome.title, body=outcome.body, signed=False)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--cross-validate", action="store_true")
    parser.add_argument("--out", type=Path, default=MODEL, help="where the model goes (default: into pipelines/)")
    options = parser.parse_args()
    lessons = read_lessons(read_samples(options.folder, list_ids(options.folder)))
    print(f"{len(lessons)} pages, {sum(len(lesson.labels) for lesson in lessons)} passages", file=sys.stderr)
    if options.cross_validate:
        cross_validate(options.folder, lessons)
        return 0
    text = json.dumps(learn(lessons), ensure_ascii=False, separators=(",", ":"))
    options.out.write_text(text.replace('{"nodes"', '\n{"nodes"') + "\n", encoding="utf-8")
    print(f"{options.out}: {options.out.stat().st_size:,} bytes", file=sys.stderr)
    return 0


if __name__ == "__main__":
    sys.exit(main())
