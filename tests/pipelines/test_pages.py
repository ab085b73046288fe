"""Saved pages, a folder each: page.html or page.bin, case.json (address, time of the fetch …), expected.json."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from archive.times import iso_or_none
from archive.types import Article, Page, Rejection
from bench.samples import read_samples
from bench.systems import page_of
from pipelines import EXTRACTOR, refine

PAGES = Path(__file__).parents[1] / "pages"
CASES = sorted(folder.name for folder in PAGES.iterdir())


def load_page(name: str) -> Page:
    return page_of(next(read_samples(PAGES, [name])))


def found_in(article: Article, name: str) -> Any:
    """The value of an expected.json key, in JSON's terms."""
    published = article.origins.get("published_at")
    special = {
        "published_at": lambda: iso_or_none(article.published_at),
        "modified_at": lambda: iso_or_none(article.modified_at),
        "precision": lambda: article.published_precision,
        "inferred": lambda: published and published.inferred,
        "published_origin": lambda: published and published.origin,
        "body_origin": lambda: article.origins["body"].origin,
        "captions": lambda: [[image.caption, image.credit] for image in article.images if image.caption],
        "rights": lambda: dict(article.rights),
        "access_evidence": lambda: article.origins["access"].evidence,
        "conflicts": lambda: sorted(field for field, origin in article.origins.items() if origin.conflict),
    }
    return special[name]() if name in special else getattr(article, name)


def check_parts(article: Article, name: str, parts: list[str]) -> None:
    text = "\n".join(article.comments) if name.startswith("comments") else article.body
    for part in parts:
        assert (part in text) is not name.endswith("_not"), f"{name}: {part!r} in {text!r}"


def test_there_are_many_kinds_of_pages() -> None:
    assert len(CASES) >= 60


@pytest.mark.parametrize("name", CASES)
def test_a_page_gives_what_its_folder_expects(name: str) -> None:
    expected = json.loads((PAGES / name / "expected.json").read_text())
    outcome = refine(load_page(name))
    assert outcome.extractor == EXTRACTOR
    if "reason" in expected:
        assert isinstance(outcome, Rejection), f"{outcome}"
        assert outcome.reason == expected["reason"], outcome.detail
        assert outcome.detail
        return
    assert isinstance(outcome, Article), f"{outcome}"
    for key, value in expected.items():
        if "_must" in key:
            check_parts(outcome, key, value)
        else:
            assert found_in(outcome, key) == value, key


@pytest.mark.parametrize("name", CASES)
def test_a_body_has_one_blank_line_between_paragraphs_and_no_other(name: str) -> None:
    outcome = refine(load_page(name))
    if isinstance(outcome, Article):
        assert all(part and part == " ".join(part.split()) for part in outcome.body.split("\n\n"))
        assert set(outcome.origins) >= {"title", "body"}
