"""Everything that a page says of its writers in; the list of authors out, with its origin."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import pairwise
from typing import Any

from archive.fingerprint import plain
from archive.types import Via
from pipelines.authors import clean_names, has_lead, strip_lead
from pipelines.boilerplate import is_byline
from pipelines.candidates import Candidate, Choice, choose
from pipelines.jsonld import Node, resolve, text_in
from pipelines.landmarks import Landmarks
from pipelines.sheet import Sheet
from pipelines.structured import Structured

_META_WORDS = """
    author article:author parsely-author sailthru.author dc.creator dcterms.creator byl article:author_name
    citation_author twitter:data1 cxenseparse:author news_authors author_name
"""
_META = tuple(_META_WORDS.split())
Names = list[str]


def _json_names(value: Any, nodes: list[Node]) -> Iterator[str]:
    for item in value if isinstance(value, list) else [value]:
        node = resolve(item, nodes)
        if isinstance(node, dict):
            name = node.get("name")
            yield from (text for one in (name if isinstance(name, list) else [name]) if (text := text_in(one)))
        elif isinstance(node, str) and not node.startswith(("http://", "https://", "#", "/")):
            yield node


def _candidates(
    sheet: Sheet, told: Structured, seen: Landmarks, bylines: Iterable[str], not_names: list[str]
) -> Iterator[Candidate[Names]]:
    def candidate(texts: Iterable[str], origin: str, confidence: float) -> Iterator[Candidate[Names]]:
        names = clean_names(texts, not_names=not_names)
        if names:
            yield Candidate(value=names, origin=origin, confidence=confidence)

    for key, confidence in (("author", 0.95), ("creator", 0.7)):
        yield from candidate(_json_names(told.article.get(key), told.nodes), "json-ld", confidence)
    for name in _META:
        texts = [text for text in told.meta.get(name, ()) if "://" not in text]
        if name == "citation_author":
            texts = [" ".join(reversed(text.split(", ", 1))) for text in texts]
        if name == "twitter:data1" and "by" not in (told.first_meta("twitter:label1") or "").lower():
            continue
        yield from candidate(texts[:10], "meta", 0.85)
    yield from candidate(told.microdata.get("author", ())[:5], "microdata", 0.8)
    sure = [text for text, level in seen.bylines if level == 2]
    yield from candidate(sure[:3], "html", 0.75)
    for text, level in seen.bylines[:4]:
        if level == 1:
            yield from candidate([text], "byline", 0.7)
    yield from candidate(_rel_authors(sheet), "html", 0.72)
    yield from candidate(_lines(seen.lines), "byline", 0.62)
    yield from candidate(list(bylines)[:4], "byline", 0.6)
    for hint in sheet.page.hints:
        if hint.via is Via.FEED:
            yield from candidate(hint.authors, "feed", 0.65)


def _lines(lines: list[str]) -> list[str]:
    """Bylines by their words: "By Jo Doe", or "Written by" and the name in the line after it."""
    found = [line for line in lines if has_lead(line) and is_byline(line, ())]
    for lead, name in pairwise(lines):
        if has_lead(lead) and not strip_lead(lead):
            found.append(name)
    return found[:3]


def _rel_authors(sheet: Sheet) -> list[str]:
    """Links marked as the author's, unless there are so many that they belong to teasers."""
    texts = {anchor.text for anchor in sheet.anchors if "author" in anchor.marks} - {""}
    return sorted(texts) if len(texts) <= 3 else []


def choose_authors(
    sheet: Sheet, told: Structured, seen: Landmarks, bylines: Iterable[str], site_name: str | None
) -> Choice[Names] | None:
    """People and agencies in the order of the byline; None rather than a doubtful name."""
    not_names = [site_name or "", text_in(told.article.get("publisher")) or ""]
    return choose(
        _candidates(sheet, told, seen, bylines, not_names),
        same=lambda names: frozenset(plain(name).casefold() for name in names),
        written=", ".join,
    )
