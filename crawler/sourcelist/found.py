"""What a look at a newspaper found in, what is told of it and what would be written into sources.toml out. Pure."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from archive.reasons import because
from archive.types import Kind, State
from crawler.plan import DocumentRead
from crawler.sample import Sample
from crawler.sources import Source

_KEYS = {Kind.FEED: "feeds", Kind.SITEMAP: "sitemaps", Kind.SECTION: "sections"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """One newspaper, looked at."""

    source: Source
    #: In the order in which they answered.
    documents: tuple[DocumentRead, ...]
    #: Pages that they list: those that a crawl would fetch, and those that it would leave alone.
    to_fetch: int
    left_alone: int
    samples: tuple[Sample, ...]

    @property
    def problem(self) -> str | None:
        """Why nothing, or next to nothing, can be crawled there, as a sentence; None: it can."""
        front = next((each for each in self.documents if each.kind is Kind.FRONT), None)
        if front is None:
            return "Its front page was not asked for."
        if front.state is not State.READ and not self.to_fetch:
            told = [text for text in (because(front.reason), front.detail) if text]
            return f"Its front page could not be read: {'; '.join(told)}."
        if not self.to_fetch:
            return "No page was found there that looks like an article: its front page may be made by a script."
        return None

    @property
    def pinned(self) -> dict[str, tuple[str, ...]]:
        """Key of sources.toml → the documents that were discovered and list something; parts of others left out."""
        pinned = {}
        for kind, key in _KEYS.items():
            good = (each.url for each in self.documents if each.kind is kind and _is_worth_naming(each))
            if urls := tuple(dict.fromkeys(good)):
                pinned[key] = urls
        return pinned


def _is_worth_naming(document: DocumentRead) -> bool:
    return document.state is State.READ and document.depth <= 1 and bool(document.listed or document.is_index)


def found_in(
    sources: Sequence[Source],
    documents: Sequence[DocumentRead],
    plan: Sequence[dict[str, str]],
    samples: Sequence[Sample],
) -> list[Found]:
    """What a dry run found, source by source."""
    read: defaultdict[str, list[DocumentRead]] = defaultdict(list)
    for document in documents:
        read[document.source].append(document)
    pages = Counter((row["source"], row["outcome"] == "waiting") for row in plan)
    taken: defaultdict[str, list[Sample]] = defaultdict(list)
    for sample in samples:
        taken[sample.source].append(sample)
    return [
        Found(
            source=source,
            documents=tuple(read[source.name]),
            to_fetch=pages[source.name, True],
            left_alone=pages[source.name, False],
            samples=tuple(taken[source.name]),
        )
        for source in sources
    ]
