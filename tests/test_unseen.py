"""What a page hides, asks or announces is none of its article; what an accordion folds away is."""

from __future__ import annotations

import pytest

from archive.types import Article
from pipelines import extract

PARAGRAPHS = [
    "The council of Port Ellery has sold the old fish market for a symbolic sum, on condition that the clock is wound.",
    "The buyers, eleven boat builders, will have to do it by hand every Friday, as their grandfathers did before them.",
    "Work on the slipway begins after Easter, and the stalls move to the station yard until it is finished in autumn.",
]
STRAY = "We would like to hear what you think of the way in which our pages have been arranged for you this year."


def body_of(inside: str) -> str:
    first, *others = (f"<p>{text}</p>" for text in PARAGRAPHS)
    text = f"<h1>Market sold</h1>{first}{inside}{''.join(others)}"
    article = extract(f"<title>Market sold</title><body><main><article>{text}</article></main>")
    assert isinstance(article, Article)
    return article.body


@pytest.mark.parametrize(
    "box",
    [
        f'<div style="display: none"><p>{STRAY}</p></div>',
        f"<div hidden><p>{STRAY}</p></div>",
        f'<div role="dialog"><p>{STRAY}</p></div>',
        f"<form><p>{STRAY}</p><textarea></textarea></form>",
        f'<div><p>{STRAY}</p><p><input type="email"></p></div>',
    ],
)
def test_a_hidden_box_a_dialog_a_form_and_a_sign_up_box_are_not_read(box: str) -> None:
    assert STRAY in body_of(f"<div><p>{STRAY}</p></div>")
    assert body_of(box) == "\n\n".join(PARAGRAPHS)


def test_the_panels_of_an_accordion_are_read() -> None:
    panel = (
        '<h2>The {0}</h2><div class="panel" hidden><p>The {0} has been mended three times since the last war.</p></div>'
    )
    body = body_of(panel.format("roof") + panel.format("floor"))
    assert "The roof has been mended" in body
    assert "The floor has been mended" in body


def test_a_form_around_the_whole_page_hides_nothing() -> None:
    text = "".join(f"<p>{text}</p>" for text in PARAGRAPHS)
    article = extract(f"<title>Market sold</title><form><h1>Market sold</h1>{text}</form>")
    assert isinstance(article, Article)
    assert article.body == "\n\n".join(PARAGRAPHS)
