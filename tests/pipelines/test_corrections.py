"""Corrections: what is one, and that it stays with the article."""

from __future__ import annotations

import pytest

from archive.types import Article
from pipelines import extract
from pipelines.corrections import is_correction


@pytest.mark.parametrize(
    "text",
    [
        "Correction: an earlier version gave the wrong name of the ship.",
        "Correction (Nov. 12): The mayor is Ruth Penn, not Ruth Pond.",
        "Clarification: The ferry runs on Sundays in summer only.",
        "Editor's note: This story has been changed to add a comment by the port.",
        "An earlier version of this article misstated the number of berths.",
        "This article was amended on 12 November 2026 to correct the year of the flood.",
        "Korrektur: In einer früheren Version stand, das Schiff sei 1912 gebaut worden.",
        "Anm. d. Red.: Der Name des Schiffs wurde nachträglich berichtigt.",
        "Fe de erratas: una versión anterior daba mal el nombre del alcalde.",
        "Rectificatif : le navire a été construit en 1913 et non en 1912.",
        "Ispravak: brod je sagrađen 1913., a ne 1912. godine.",
    ],
)
def test_a_correction_is_known_in_several_languages(text: str) -> None:
    assert is_correction(text)


@pytest.mark.parametrize(
    "text",
    [
        "Corrections",
        "Report a correction",
        "The correction of the market came sooner than anyone had expected this year.",
        "She spent a year in a house of correction: it was raining every day of it." * 30,
        "Update: The road is open again.",
        "The ministry has clarified that the rule applies to boats only.",
    ],
)
def test_other_lines_are_none(text: str) -> None:
    assert not is_correction(text)


def test_a_correction_in_small_print_stays_and_is_flagged() -> None:
    paragraphs = "".join(
        f"<p>The council spoke about pier {n} for an hour, and decided to look at the plans again in spring.</p>"
        for n in range(6)
    )
    note = "Correction: An earlier version of this article misstated the number of piers. There are six."
    page = extract(
        f"<html><head><title>Six piers</title></head><body><main><article><h1>Six piers</h1><div>{paragraphs}"
        f"<p class='small print'><i>{note}</i></p></div></article></main></body></html>",
        "https://gazette.example/2026/six-piers",
    )
    assert isinstance(page, Article)
    assert page.corrections == [note]
    assert page.body.endswith(note)
