from __future__ import annotations

import pytest

from archive.types import Access
from tests.pipelines.test_published import clean


@pytest.mark.parametrize(
    ("words", "access"),
    [
        ("Subscribe to continue reading.", Access.PAYWALLED),
        ("To keep reading, log in or find another way.", Access.PAYWALLED),
        ("Dieser Artikel ist nur für Abonnenten lesbar.", Access.PAYWALLED),
        ("La suite est réservée aux abonnés", Access.PAYWALLED),
        ("You have 3 free articles remaining.", Access.METERED),
        # A blog host's banner over posts that everyone may read.
        ("Subscribe now to keep reading and get access to the full archive.", Access.UNKNOWN),
        ("Keep reading for the story of our subscribers' club.", Access.UNKNOWN),
    ],
)
def test_the_words_of_a_page_tell_who_may_read_it(words: str, access: Access) -> None:
    article = clean(below=f"<div class='bar'>{words}</div>")
    assert article.access is access
    if access is not Access.UNKNOWN:
        evidence = article.origins["access"].evidence
        assert evidence
        assert evidence in words


def test_markup_knows_better_than_words_that_may_be_hidden() -> None:
    node = '{"@type": "NewsArticle", "isAccessibleForFree": true}'
    head = f"<script type='application/ld+json'>{node}</script>"
    article = clean(head, below="<div hidden>Subscribe to continue reading.</div>")
    assert article.access is Access.FREE
    assert article.origins["access"].rivals == (("text", "paywalled"),)
    assert not article.origins["access"].conflict
