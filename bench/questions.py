"""A corpus's vocabulary → searches of every kind, from those that nearly all articles answer to those that one does."""

from __future__ import annotations

import random
from collections.abc import Mapping

from bench.corpus import Corpus


def questions(corpus: Corpus, each: int, seed: int = 1) -> Mapping[str, list[str]]:
    """Kind → so many searches as one would type them, each once; the same for the same seed."""
    chance = random.Random(f"{seed} questions")
    words = corpus.vocabulary

    def rank(first: int, last: int) -> str:
        return words[chance.randrange(first, last)]

    def some(first: int, last: int, number: int = 1) -> str:
        return " ".join(rank(first, last) for _ in range(number))

    def told() -> list[str]:
        """Words of an article's text."""
        body = corpus.article(chance.randrange(corpus.articles))[1].body
        return body.replace(".", "").split()

    def passage(length: int) -> str:
        text = told()
        at = chance.randrange(max(len(text) - length, 1))
        return " ".join(text[at : at + length]).lower()

    kinds = {
        "very common word": lambda: rank(0, 12),
        "common word": lambda: rank(20, 150),
        "middling word": lambda: rank(300, 3000),
        "rare word": lambda: rank(20_000, 60_000),
        "common words": lambda: some(0, 12, 3),
        "mixed words": lambda: f"{rank(0, 12)} {rank(300, 3000)}",
        "phrase, common": lambda: f'"{some(0, 12, 2)}"',
        "phrase, of a text": lambda: f'"{passage(4)}"',
        "a OR b": lambda: f"{rank(0, 150)} OR {rank(300, 3000)}",
        "a NOT b": lambda: f"{rank(0, 12)} NOT {rank(0, 150)}",
        "a NOT b, common": lambda: f"{rank(0, 4)} NOT {rank(0, 4)}",
        "(a OR b) c NOT d": lambda: f"({rank(0, 150)} OR {rank(300, 900)}) {rank(20, 900)} NOT {rank(900, 3000)}",
        "beginning": lambda: f"{rank(700, 20_000)[:3]}*",
        "NEAR": lambda: f"NEAR({rank(0, 12)} {rank(20, 900)}, 5)",
        "title:word": lambda: f"title:{rank(0, 900)}",
        "filter alone": lambda: chance.choice(_FILTERS),
        "filter, common": lambda: f"{rank(0, 12)} {chance.choice(_FILTERS)}",
        "filters, middling": lambda: f"{rank(300, 900)} {chance.choice(_FILTERS)} {chance.choice(_FILTERS)}",
        "facts, common": lambda: f"{rank(0, 12)} {chance.choice(_LOOKED_UP)}",
        "nothing has both": lambda: some(40_000, 60_000, 3),
    }
    made = {kind: list(dict.fromkeys(question() for _ in range(each))) for kind, question in kinds.items()}
    return made | {"all articles": [""]}


#: Filters that the index has words for, and ranges of the key.
_FILTERS = (
    "source:paper000",
    "source:paper007,paper013",
    "-source:paper000",
    "section:Sport",
    "lang:de",
    "lang:en -section:Sport",
    "access:paywalled",
    "type:OpinionNewsArticle",
    "date:2021",
    "date:2020-03",
    "date:2019-06..2022-05",
    "date:>2026-09",
)
#: Filters that are looked up in the narrow rows of ``facts``.
_LOOKED_UP = ("words:>600", "words:<60", "modified:2020", "words:300..400 lang:fr")
