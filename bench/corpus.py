"""A seed → articles of an archive that never was: Zipf's vocabulary, about 450 words each, fields as papers have them.

Words follow Zipf and Mandelbrot: the one of rank r comes with a frequency of 1 / (r + 2.7) ^ 1.05, so the commonest
is in nearly every article, the one of rank 100 in every second, and half of the vocabulary in a few. The same seed and
number give the same articles, whoever asks and however many come before.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import accumulate
from pathlib import Path
from typing import Any

from archive.bulk import BulkLoader
from archive.row import row_of
from archive.times import iso
from archive.types import Access, Article, Precision
from archive.urls import article_id
from archive.writer import ArchiveWriter

_ONSETS = "b c d f g h k l m n p r s t v w br ch cl cr dr fl gr pl pr sh sl st str th tr".split()  # noqa: SIM905
_VOWELS = "a e i o u ai ea ee io ou".split()  # noqa: SIM905
_CODAS = ["", "", "", *"n r s t l m nd ng nt rd rt st ck ss".split()]  # noqa: SIM905
_SECTIONS = "News Politics Business Sport Culture Science Opinion World Local Travel".split()  # noqa: SIM905
_LANGUAGES = {"en": 60, "en-GB": 20, "de": 8, "fr": 6, "es": 4, "pt-BR": 2}
_ACCESS = {Access.FREE: 70, Access.METERED: 12, Access.PAYWALLED: 8, Access.UNKNOWN: 10}
_TYPES = {"NewsArticle": 80, "OpinionNewsArticle": 8, "ReportageNewsArticle": 6, "LiveBlogPosting": 2, "": 4}
_FIRST, _LAST = datetime(2016, 1, 1, tzinfo=UTC), datetime(2026, 11, 1, tzinfo=UTC)


def _dealt(values: list[str], cards: int, shift: float, power: float) -> list[str]:
    """Each value as many times as its rank's frequency is of ``cards``, rounded so that the sum is right."""
    sums = list(accumulate((rank + shift) ** -power for rank in range(1, len(values) + 1)))
    ends = [round(cards * part / sums[-1]) for part in sums]
    return [value for value, end, begin in zip(values, ends, [0, *ends], strict=False) for _ in range(end - begin)]


def _spread(shares: dict[str, int]) -> list[str]:
    return [value for value, share in shares.items() for _ in range(share)]


@dataclass(slots=True)
class Corpus:
    """Articles of one seed, spread evenly over eleven years."""

    seed: int = 1
    #: How many articles there are in all; they are spread over the same years, however many.
    articles: int = 1000
    sources: int = 60
    vocabulary: list[str] = field(init=False)
    #: Each word, or tag, as often as it is frequent: to draw one is to draw a card.
    _deal: list[str] = field(init=False)
    _tags: list[str] = field(init=False)
    _authors: dict[tuple[int, int], str] = field(init=False, default_factory=dict)

    def __post_init__(self) -> None:
        chance = random.Random(f"{self.seed} words")
        words: dict[str, None] = {}
        while len(words) < 100_000:
            syllables = 1 + (len(words) > 700) + (len(words) > 20_000)
            words["".join(_syllable(chance) for _ in range(syllables))] = None
        self.vocabulary = list(words)
        self._deal = _dealt(self.vocabulary, 1_500_000, 2.7, 1.05)
        tags = [" ".join(chance.choices(self.vocabulary[200:9000], k=1 + chance.randrange(2))) for _ in range(20_000)]
        self._tags = _dealt(tags, 200_000, 5, 1.0)

    def article(self, number: int) -> tuple[str, Article]:
        """The article of that number, from 0, with the name of its source."""
        chance = random.Random(f"{self.seed} {number}")
        source = min(int(chance.paretovariate(0.6)) - 1, 10**6) % self.sources
        length = min(max(int(chance.lognormvariate(6.0, 0.45)), 40), 4000)
        words = chance.choices(self._deal, k=length + 33)
        body = _paragraphs(words[33:], chance)
        step = (_LAST - _FIRST) / self.articles
        published = (_FIRST + step * (number + chance.random())).replace(microsecond=0)
        # Three in ten at the full minute, as newsrooms have it.
        published = published.replace(second=0) if chance.random() < 0.3 else published
        byline = [self._author(source, chance) for _ in range(chance.choice([0, 1, 1, 1, 2]))]
        url = f"https://paper{source:03}.test/{published:%Y/%m/%d}/{number}"
        return f"paper{source:03}", Article(
            url=url,
            canonical_url=url,
            title=" ".join(words[:8]).capitalize(),
            description=" ".join(words[8:33]).capitalize() + ".",
            authors=list(dict.fromkeys(byline)),
            published_at=published,
            published_precision=Precision.SECOND,
            published_as_written=f"{published:%Y-%m-%dT%H:%M:%SZ}",
            modified_at=published + timedelta(hours=3) if chance.random() < 0.3 else None,
            section=chance.choice(_SECTIONS) if chance.random() < 0.9 else None,
            tags=list(dict.fromkeys(chance.choices(self._tags, k=chance.randrange(6)))),
            language=chance.choice(_SPREAD_LANGUAGES),
            body=body,
            access=Access(chance.choice(_SPREAD_ACCESS)),
            type=chance.choice(_SPREAD_TYPES) or None,
            extractor="bench",
        )

    def __iter__(self) -> Iterator[tuple[str, Article]]:
        """Every article, oldest first."""
        return map(self.article, range(self.articles))

    def rows(self) -> Iterator[dict[str, Any]]:
        """Every article as a row for ``BulkLoader``."""
        for source, article in self:
            assert article.published_at and article.url
            at = iso(article.published_at)
            seen = {"first_seen_at": at, "last_seen_at": at, "revised_at": at}
            yield row_of(article) | {"id": article_id(article.url), "source": source} | seen

    def fill(self, folder: Path) -> None:
        """Make an archive of them, which must not be there yet."""
        open_shelf(folder, self.sources)
        with BulkLoader(folder) as loader:
            loader.add(self.rows())

    def _author(self, source: int, chance: random.Random) -> str:
        number = min(int(chance.paretovariate(0.8)), 80)
        if (source, number) not in self._authors:
            names = random.Random(f"{self.seed} author {source} {number}")
            first, last = names.randrange(2000), names.randrange(2000, 20_000)
            self._authors[source, number] = f"{self.vocabulary[first].title()} {self.vocabulary[last].title()}"
        return self._authors[source, number]


def open_shelf(folder: Path, sources: int) -> None:
    """Make an archive of no articles, with the sources that a corpus has."""
    with ArchiveWriter(folder, purpose="bench") as writer:
        for number in range(sources):
            writer.ledger.add_source(
                f"paper{number:03}", home=f"https://paper{number:03}.test/", title=None, now=_FIRST
            )


_SPREAD_LANGUAGES, _SPREAD_ACCESS, _SPREAD_TYPES = _spread(_LANGUAGES), _spread(_ACCESS), _spread(_TYPES)


def _syllable(chance: random.Random) -> str:
    return chance.choice(_ONSETS) + chance.choice(_VOWELS) + chance.choice(_CODAS)


def _paragraphs(words: list[str], chance: random.Random) -> str:
    """Words as sentences of about eighteen, and paragraphs of about three."""
    sentences, at = [], 0
    while at < len(words):
        length = chance.randrange(8, 29)
        sentences.append(" ".join(words[at : at + length]).capitalize() + ".")
        at += length
    return "\n\n".join(" ".join(sentences[at : at + 3]) for at in range(0, len(sentences), 3))
