"""A page laid open: its head and its body, whatever tags it leaves out."""

from __future__ import annotations

import pytest

from archive.types import Article
from pipelines import extract

PARAGRAPHS = [
    "The council of Port Ellery has sold the old fish market for a symbolic sum, on condition that the clock is wound.",
    "The buyers, eleven boat builders, will have to do it by hand every Friday, as their grandfathers did before them.",
    "Work on the slipway begins after Easter, and the stalls move to the station yard until it is finished in autumn.",
]


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("<html><head><title>Market sold</title></head><body>", "</body></html>"),
        ("<!doctype html><title>Market sold</title>", ""),
        ("<!doctype html><html lang=en><meta charset=utf-8><title>Market sold</title><header>News</header>", ""),
    ],
)
def test_a_page_is_read_without_head_and_body_tags(before: str, after: str) -> None:
    text = "".join(f"<p>{text}" for text in PARAGRAPHS)
    article = extract(f"{before}<main><article><h1>Market sold</h1>{text}</article></main>{after}")
    assert isinstance(article, Article)
    assert article.title == "Market sold"
    assert article.body == "\n\n".join(PARAGRAPHS)
