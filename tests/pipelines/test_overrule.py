"""Boxes that say by their name that they are none of the article's text."""

from __future__ import annotations

from lxml.html import document_fromstring

from pipelines.overrule import overrule
from pipelines.passages import read_passages


def kept(html: str, title: str = "The long pier") -> list[str]:
    passages = read_passages(document_fromstring(f"<html><body>{html}</body></html>"))
    chances = overrule(passages, [0.9] * len(passages), title)
    return [passage.text for passage, chance in zip(passages, chances, strict=True) if chance]


STORY = "<article><h1>The long pier</h1><p>The pier is six hundred metres long, and as old as the town.</p></article>"


def test_captions_comments_and_consent_are_put_to_nothing() -> None:
    boxes = (
        "<figure><img><figcaption>The pier at dawn</figcaption></figure>"
        "<div class='comment-list'><div><p>First!</p></div></div><div id='cookie-banner'><p>We use cookies</p></div>"
        "<div class='disclaimer'>No liability.</div>"
    )
    assert kept(STORY + boxes) == ["The long pier", "The pier is six hundred metres long, and as old as the town."]


def test_a_second_story_on_the_page_is_not_the_first() -> None:
    other = "<article><h1>The short pier</h1><p>The other pier is short.</p></article>"
    assert kept(other + STORY) == ["The long pier", "The pier is six hundred metres long, and as old as the town."]


def test_a_page_that_is_named_after_its_comments_is_kept() -> None:
    assert len(kept(f"<div class='comments-open'>{STORY}</div>")) == 2
