#!/usr/bin/env python3
"""Learns what tells an article's page from others: writes pipelines/kinds.json, or proves it by cross-validation.

    bench/train_gate.py ARTICLES OTHERS                      learn from all pages of both folders, write the model
    bench/train_gate.py ARTICLES OTHERS --cross-validate     five times: learn from four fifths of the sites, clean the
                                                             pages of the last; prints kind of page × what became of it

The folders are as for bench/extraction.py; pages of OTHERS are no articles and say their kind. Needs LightGBM
(bench/requirements.txt) for learning alone; what is written is plain data, read by pipelines/kinds.py. Seeds are fixed:
the same pages give the same model. Takes two minutes to learn from 1,500 pages, five to cross-validate.

A page counts less the more pages its site has. Each page is learnt from a second time as if its language were unknown,
so that the model can judge a page without its words. The limits, with words and without, are the odds that a given
share of the articles exceeds when judged by models that have not seen their sites.
"""

from __future__ import annotations

import argparse
import json
import math
import random
import sys
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from archive.types import Rejection
from bench.samples import list_ids, read_samples
from bench.systems import page_of
from bench.tables import gate_table
from pipelines import refine
from pipelines.kinds import Kinds, is_judged, sum_of
from pipelines.landmarks import find_landmarks
from pipelines.sheet import open_sheet
from pipelines.structured import read_structured
from pipelines.traits import ENGLISH, Traits, read_traits

MODEL = Path(__file__).resolve().parent.parent / "pipelines" / "kinds.json"
FOLDS = 5
#: Splits into folds from which the limits are read: one alone is a matter of luck.
_SPLITS = 3
#: What a page is called in a Rejection.
_CALLED = {
    "product": "shop",
    "collection": "shop",
    "service": "service",
    "forum": "forum",
    "documentation": "manual",
    "listing": "list",
}
_SECOND_TIME = 0.5
_SETTINGS = {
    "learning_rate": 0.06,
    "min_data_in_leaf": 12,
    "feature_fraction": 0.3,
    "bagging_fraction": 0.8,
    "bagging_freq": 1,
    "lambda_l2": 5,
    "extra_trees": True,
    "seed": 1,
    "deterministic": True,
    "force_col_wise": True,
    "num_threads": 1,
    "verbose": -1,
}


@dataclass(frozen=True, slots=True, eq=False)
class Lesson:
    """A page as the gate sees it."""

    folder: Path
    id: str
    site: str
    kind: str
    traits: Traits
    #: False: the page is kept without a look at its traits.
    judged: bool


def read_lessons(folder: Path, kind: str | None) -> list[Lesson]:
    lessons = []
    for sample in read_samples(folder, list_ids(folder)):
        sheet = open_sheet(page_of(sample))
        if isinstance(sheet, Rejection) or not sheet.shown:
            continue
        told, seen = read_structured(sheet), find_landmarks(sheet.tree)
        traits = {name: float(value) for name, value in read_traits(sheet, told, seen).items()}
        site = site_of(sample.url)
        lessons.append(Lesson(folder, sample.id, site, kind or sample.kind, traits, is_judged(sheet, told)))
    return lessons


def site_of(url: str) -> str:
    """The site's part of the host: pages of one site are never on both sides of a split."""
    labels = (urlsplit(url).hostname or "").split(".")
    if labels[-2:] == ["unknown", "example"]:
        return url
    short = len(labels) > 2 and len(labels[-1]) == 2 and labels[-2] in ("co", "com", "org", "ac", "edu", "gov")
    return ".".join(labels[-3 if short else -2 :])


def learn(lessons: Sequence[Lesson]) -> dict[str, Any]:
    """The model's data without limits, as ``pipelines.kinds.Kinds`` takes it."""
    kinds = [lesson.kind for lesson in lessons]
    called = sorted(set(_CALLED.values()))
    others = [lesson for lesson in lessons if lesson.kind != "article"]
    labels = [called.index(_CALLED[lesson.kind]) for lesson in others]
    settings = {"objective": "multiclass", "num_class": len(called), "num_leaves": 4}
    trees = _trees(others, labels, settings, number=30)
    return {
        "traits": list(lessons[0].traits),
        "trees": _odds_trees(lessons, kinds),
        "kinds": {kind: trees[number :: len(called)] for number, kind in enumerate(called)},
    }


def _odds_trees(lessons: Sequence[Lesson], kinds: Sequence[str]) -> list[Any]:
    labels = [int(kind != "article") for kind in kinds]
    return _trees(lessons, labels, {"objective": "binary", "num_leaves": 6}, number=400)


def _trees(lessons: Sequence[Lesson], labels: Sequence[int], settings: Mapping[str, Any], *, number: int) -> list[Any]:
    import lightgbm
    import numpy

    names = list(lessons[0].traits)
    blank = {names.index(name) for name in ENGLISH}
    rows = [[lesson.traits[name] for name in names] for lesson in lessons]
    rows += [[math.nan if column in blank else value for column, value in enumerate(row)] for row in rows]
    pages = Counter((lesson.site, lesson.kind == "article") for lesson in lessons)
    weights = [1 / math.sqrt(pages[lesson.site, lesson.kind == "article"]) for lesson in lessons]
    weights += [_SECOND_TIME * weight for weight in weights]
    data = lightgbm.Dataset(numpy.array(rows), [*labels, *labels], weight=weights)
    trained = lightgbm.train({**_SETTINGS, **settings}, data, number).dump_model()
    return [_plain_tree(tree["tree_structure"]) for tree in trained["tree_info"]]


def _plain_tree(node: Mapping[str, Any]) -> Any:
    if "leaf_value" in node:
        return round(node["leaf_value"], 4)
    return [
        node["split_feature"],
        float(f"{node['threshold']:.4g}"),
        int(node["default_left"]),
        round(node["internal_value"], 3),
        _plain_tree(node["left_child"]),
        _plain_tree(node["right_child"]),
    ]


def folds_of(sites: Iterable[str], seed: int) -> dict[str, int]:
    """Site → fold."""
    shuffled = sorted(set(sites))
    random.Random(seed).shuffle(shuffled)
    return {site: number % FOLDS for number, site in enumerate(shuffled)}


def find_limits(lessons: Sequence[Lesson], lost: float) -> dict[str, float]:
    """The odds that a share ``lost`` of the articles exceeds, with the page's words and without."""
    told: list[float] = []
    untold: list[float] = []
    names = list(lessons[0].traits)
    for seed in range(_SPLITS):
        fold_of = folds_of((lesson.site for lesson in lessons), seed)
        for fold in range(FOLDS):
            rest = [lesson for lesson in lessons if fold_of[lesson.site] != fold]
            trees = _odds_trees(rest, [lesson.kind for lesson in rest])
            for lesson in lessons:
                if lesson.kind == "article" and lesson.judged and fold_of[lesson.site] == fold:
                    told.append(sum_of(trees, [lesson.traits[name] for name in names]))
                    blank = [math.nan if name in ENGLISH else lesson.traits[name] for name in names]
                    untold.append(sum_of(trees, blank))
        print(f"judged {seed + 1} of {_SPLITS} times", file=sys.stderr)
    articles = _SPLITS * sum(lesson.kind == "article" for lesson in lessons)
    place = int(lost * articles) + 1
    return {"limit": round(sorted(told)[-place], 3), "limit_without_words": round(sorted(untold)[-place], 3)}


def cross_validate(lessons: Sequence[Lesson], lost: float) -> None:
    """Print what becomes of pages whose sites the gate has not learnt from."""
    limits = find_limits(lessons, lost)
    fold_of = folds_of((lesson.site for lesson in lessons), _SPLITS)
    models = {}
    for fold in range(FOLDS):
        models[fold] = Kinds(learn([lesson for lesson in lessons if fold_of[lesson.site] != fold]) | limits)
    outcomes: dict[str, Counter[str]] = {}
    wrong: list[str] = []
    for folder in dict.fromkeys(lesson.folder for lesson in lessons):
        kind_of = {lesson.id: lesson.kind for lesson in lessons if lesson.folder == folder}
        for sample in read_samples(folder, list_ids(folder)):
            outcome = refine(page_of(sample), kinds=models[fold_of.get(site_of(sample.url), 0)])
            refused = isinstance(outcome, Rejection)
            kind = kind_of.get(sample.id, sample.kind)
            outcomes.setdefault(kind, Counter())[str(outcome.reason) if refused else "kept"] += 1
            if refused == (kind == "article"):
                wrong.append(" ".join([kind, sample.id, sample.url, *([str(outcome.detail)] if refused else ["kept"])]))
    print(gate_table(outcomes))
    print("\n".join(["", "Wrong:", *wrong]))


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("articles", type=Path)
    parser.add_argument("others", type=Path)
    parser.add_argument("--cross-validate", action="store_true")
    parser.add_argument("--lost", type=float, default=0.014, help="share of articles that it may refuse (0.014)")
    parser.add_argument("--out", type=Path, default=MODEL, help="where the model goes (default: into pipelines/)")
    options = parser.parse_args()
    lessons = read_lessons(options.articles, "article") + read_lessons(options.others, None)
    print(f"{len(lessons)} pages of {len({lesson.site for lesson in lessons})} sites", file=sys.stderr)
    if options.cross_validate:
        cross_validate(lessons, options.lost)
        return 0
    data = learn(lessons) | find_limits(lessons, options.lost)
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":"))
    options.out.write_text(text + "\n", encoding="utf-8")
    print(f"{options.out}: {options.out.stat().st_size:,} bytes", file=sys.stderr)
    return 0


if __name__ == "__main__":
    sys.exit(main())
