"""Everything that a page says of its writers in; the list of authors out, with its origin."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import pairwise
from typing import Any, NamedTuple

from archive.fingerprint import plain
from archive.types import Via
from pipelines.authors import clean_names, has_lead, is_person, strip_lead
from pipelines.boilerplate import is_byline
from pipelines.candidates import Candidate, Choice, choose
from pipelines.datelines import read_date_line
from pipelines.dates import Clock
from pipelines.jsonld import Node, resolve, text_in
from pipelines.landmarks import Landmarks
from pipelines.sheet import Sheet
from pipelines.site import label_of
from pipelines.structured import Structured

_META_WORDS = """
    author article:author parsely-author sailthru.author dc.creator dcterms.creator byl article:author_name
    citation_author citation_authors twitter:data1 cxenseparse:author news_authors author_name
"""
_META = tuple(_META_WORDS.split())
#: Lines of a page's head in which a bare name is looked for, and how near to a date.
_HEAD = 24
_NEAR = 3
_FEW_NAMES = 3
_MANY_BYLINES = 4
Names = list[str]


def _json_names(value: Any, nodes: list[Node]) -> Iterator[str]:
    for item in value if isinstance(value, list) else [value]:
        node = resolve(item, nodes)
        if isinstance(node, dict):
            name = node.get("name")
            yield from (text for one in (name if isinstance(name, list) else [name]) if (text := text_in(one)))
        elif isinstance(node, str) and not node.startswith(("http://", "https://", "#", "/")):
            yield node


class _Claim(NamedTuple):
    """Texts that may name the authors. ``told``: as in ``clean_names``."""

    texts: Iterable[str]
    origin: str
    confidence: float
    told: bool = True


def _claims_of_markup(sheet: Sheet, told: Structured) -> Iterator[_Claim]:
    for key, confidence in (("author", 0.95), ("creator", 0.7)):
        yield _Claim(_json_names(told.article.get(key), told.nodes), "json-ld", confidence)
    for name in _META:
        texts = [text for text in told.meta.get(name, ()) if "://" not in text]
        if name == "citation_author":
            texts = [" ".join(reversed(text.split(", ", 1))) for text in texts]
        if name == "twitter:data1" and "by" not in (told.first_meta("twitter:label1") or "").lower():
            continue
        yield _Claim(texts[:10], "meta", 0.85)
    yield _Claim(told.microdata.get("author", ())[:5], "microdata", 0.8)
    yield _Claim(_rel_authors(sheet), "html", 0.72)
    for hint in sheet.page.hints:
        if hint.via is Via.FEED:
            yield _Claim(hint.authors, "feed", 0.65)


def _claims_in_sight(seen: Landmarks, clock: Clock) -> Iterator[_Claim]:
    sure = [text for text, level in seen.bylines if level == 2]
    yield _Claim(sure[:3], "html", 0.75)
    shown = [text for text, level in seen.bylines if level == 1]
    # Where there are many, those after the first belong to other stories.
    for text in shown[: 1 if len(set(shown)) >= _MANY_BYLINES else 3]:
        yield _Claim([text], "byline", 0.73 if has_lead(text) else 0.66, told=False)
    yield _Claim(_lines(seen.lines), "byline", 0.7, told=False)
    yield _Claim(_beside_dates(seen.lines, clock), "byline", 0.58, told=False)


def _lines(lines: list[str]) -> list[str]:
    """Bylines by their words: "By Jo Doe", or "Written by" and the name in the line after it."""
    found = [line for line in lines if has_lead(line) and is_byline(line, ())]
    for lead, name in pairwise(lines):
        if has_lead(lead) and not strip_lead(lead):
            found.append(name)
    return found[:1]


def _beside_dates(lines: list[str], clock: Clock) -> list[str]:
    """Lines that are a person's name and nothing else, near a line that is a date; none if there are many."""
    dated = [number for number, line in enumerate(lines[:_HEAD]) if read_date_line(line, clock)]
    near = {n for number in dated for n in range(number - _NEAR, number + _NEAR + 1)}
    names = {line: None for number, line in enumerate(lines[:_HEAD]) if number in near and is_person(line)}
    return list(names) if len(names) <= _FEW_NAMES else []


def _rel_authors(sheet: Sheet) -> list[str]:
    """Links marked as the author's, unless there are so many that they belong to teasers."""
    texts = {anchor.text for anchor in sheet.anchors if "author" in anchor.marks} - {""}
    return sorted(texts) if len(texts) <= 3 else []


def choose_authors(
    sheet: Sheet,
    told: Structured,
    seen: Landmarks,
    clock: Clock,
    *,
    bylines: Iterable[str] = (),
    site_name: str | None,
) -> Choice[Names] | None:
    """People and agencies in the order of the byline; None rather than a doubtful name.

    ``bylines``: those found in the text.
    """
    not_names = [site_name or "", text_in(told.article.get("publisher")) or ""]
    site = label_of(sheet.url or "")  # "Gazette" at gazette.example
    claims = [
        *_claims_of_markup(sheet, told),
        *_claims_in_sight(seen, clock),
        _Claim(list(bylines)[:4], "byline", 0.6, told=False),
    ]
    return choose(
        (
            Candidate(value=names, origin=claim.origin, confidence=claim.confidence)
            for claim in claims
            if (
                names := [
                    name
                    for name in clean_names(claim.texts, not_names=not_names, told=claim.told)
                    if plain(name).casefold() != site
                ]
            )
        ),
        same=lambda names: frozenset(plain(name).casefold() for name in names),
        written=", ".join,
    )
