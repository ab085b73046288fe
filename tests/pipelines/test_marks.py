"""What an element's names say: no word that says something is passed over by the short way for the others."""

import pytest
from lxml.html import HtmlElement, fromstring

from pipelines import marks
from pipelines.marks import UNMARKED, marks_of

#: Not words that say something, but attributes, and the words of all lists together.
_NO_LISTS = {"_TELLING", "_TELLING_WORDS"}
_LISTS = {name: words for name, words in vars(marks).items() if isinstance(words, frozenset) and name not in _NO_LISTS}


def _named(name: str) -> HtmlElement:
    return fromstring(f'<div class="{name}">x</div>')


@pytest.mark.parametrize("name", sorted(_LISTS))
def test_every_word_of_a_list_says_something(name: str) -> None:
    silent = {word for word in _LISTS[name] if marks_of(_named(f"x-{word}")) == UNMARKED}
    assert not silent


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("post-comments-area", "comments"),
        ("disqus_thread", "comments"),
        ("recirculation", "away"),
        ("c-author", "author"),
        ("bio-box", "writer"),
        ("biobox", "writer"),
        ("autorin", "writer"),
        ("articleauteur auteur", "writer"),
        ("theContributors", "writer"),
        ("wp-cap", "caption"),
        ("img-desc", "caption"),
        ("photo-desc", "photo"),
        ("lastupdated", "updated"),
        ("fact-reviewed-by", "updated"),
        ("piano-offer", "paywall"),
        ("subscriber-only", "paywall"),
        ("regwall", "paywall"),
        ("most-read", "beside"),
    ],
)
def test_a_name_says(name: str, says: str) -> None:
    assert getattr(marks_of(_named(name)), says) is True


@pytest.mark.parametrize("name", ["", "wrap", "col-md-8 e-con", "Paragraph_root__a1B2", "des", "datum2"])
def test_other_names_say_nothing(name: str) -> None:
    assert marks_of(_named(name)) is UNMARKED
