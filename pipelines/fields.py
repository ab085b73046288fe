"""A page's candidates in, the Article out: every field with one value and its origin."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from archive.types import Access, Article, Image, Origin
from pipelines.access import find_access
from pipelines.body import Body
from pipelines.boilerplate import Cleaned
from pipelines.candidates import Candidate, Choice, choose
from pipelines.canonical import choose_canonical
from pipelines.dates import Clock
from pipelines.headline import key_of
from pipelines.images import find_images
from pipelines.jsonld import text_in, texts_in
from pipelines.landmarks import Landmarks
from pipelines.language import declared_language, detect_language
from pipelines.phrases import reading_minutes
from pipelines.published import choose_dates, origin_of
from pipelines.sheet import Sheet
from pipelines.structured import Structured

_LONGEST_DESCRIPTION = 2_000
_LONGEST_TAG = 80
_MOST_TAGS = 40
_LONGEST_READ = 240
_OG_TYPES = {"article": "Article", "news": "NewsArticle", "newsarticle": "NewsArticle", "blog": "BlogPosting"}
_DURATION = re.compile(r"(?i)^PT(?:(\d{1,2})H)?(?:(\d{1,3})M)?(?:(\d{1,5})S)?$")


def _plain_choice(
    candidates: Iterable[tuple[str | None, str, float]], *, contradicts: Callable[[str, str], bool] | None = None
) -> Choice[str] | None:
    """The most trusted of (text, origin, confidence) triples that has a text."""
    filled = [Candidate(value=text, origin=origin, confidence=sure) for text, origin, sure in candidates if text]
    return choose(filled, same=key_of, written=str, contradicts=contradicts)


def _beside_each_other(*_: object) -> bool:
    """Never a contradiction: a page may well have two descriptions and two sets of tags."""
    return False


def _description(sheet: Sheet, told: Structured) -> Choice[str] | None:
    hints = ((hint.summary, str(hint.via), 0.4) for hint in sheet.page.hints)
    choice = _plain_choice(
        [
            (text_in(told.article.get("description")), "json-ld", 0.9),
            (told.first_meta("og:description"), "opengraph", 0.8),
            (told.first_meta("description", "dc.description", "twitter:description"), "meta", 0.7),
            (next(iter(told.microdata.get("description", ())), None), "microdata", 0.6),
            *hints,
        ],
        contradicts=_beside_each_other,
    )
    return choice if choice and len(choice.value) <= _LONGEST_DESCRIPTION else None


def _section(sheet: Sheet, told: Structured) -> Choice[str] | None:
    hints = ((hint.section, str(hint.via), 0.5) for hint in sheet.page.hints)
    sections = texts_in(told.article.get("articleSection"))
    return _plain_choice(
        [
            (sections[0] if sections else None, "json-ld", 0.9),
            (told.first_meta("article:section", "og:article:section", "parsely-section", "section"), "meta", 0.8),
            (next(iter(told.microdata.get("articleSection", ())), None), "microdata", 0.7),
            *hints,
        ]
    )


def _split_tags(texts: Iterable[str]) -> list[str]:
    tags: dict[str, str] = {}
    for text in texts:
        for piece in re.split(r"[,;|]", text):
            tag = " ".join(piece.split()).lstrip("#")
            if 1 < len(tag) <= _LONGEST_TAG:
                tags.setdefault(key_of(tag), tag)
    return list(tags.values())[:_MOST_TAGS]


def _tags(sheet: Sheet, told: Structured) -> Choice[list[str]] | None:
    links = [anchor.text for anchor in sheet.anchors if "tag" in anchor.marks]
    sources: list[tuple[list[str], str, float]] = [
        (texts_in(told.article.get("keywords")), "json-ld", 0.9),
        (told.meta.get("article:tag", []), "opengraph", 0.85),
        (links, "html", 0.8),
        (told.meta.get("news_keywords", []) or told.meta.get("parsely-tags", []), "meta", 0.75),
        (told.meta.get("keywords", []), "meta", 0.6),
    ]
    sources += [(list(hint.tags), str(hint.via), 0.5) for hint in sheet.page.hints]
    filled = [Candidate(value=tags, origin=o, confidence=c) for texts, o, c in sources if (tags := _split_tags(texts))]
    return choose(
        filled,
        same=lambda tags: frozenset(map(key_of, tags)),
        written=", ".join,
        contradicts=_beside_each_other,
    )


def _type(told: Structured) -> Choice[str] | None:
    og_type = _OG_TYPES.get((told.first_meta("og:type") or "").lower())
    return _plain_choice([(told.type, "json-ld", 0.95), (og_type, "opengraph", 0.6)])


def _site(told: Structured, site_name: str | None) -> Choice[str] | None:
    origin = "opengraph" if "og:site_name" in told.meta else "json-ld"
    return _plain_choice([(site_name, origin, 0.9)])


def _minutes(told: Structured, cleaned: Cleaned, page_minutes: int | None) -> int | None:
    """As the page states it: in its text, in the label that WordPress gives to readers' apps, in JSON-LD."""
    labelled = told.first_meta("twitter:data2", "twitter:data1") or ""
    return cleaned.minutes or page_minutes or reading_minutes(labelled) or _minutes_of(told.article.get("timeRequired"))


def _minutes_of(duration: object) -> int | None:
    """ "PT1H5M" and "PT300S" as whole minutes; None if it is none of less than four hours."""
    found = _DURATION.match(duration.strip()) if isinstance(duration, str) else None
    if found is None:
        return None
    hours, minutes, seconds = (int(part or 0) for part in found.groups())
    total = round(hours * 60 + minutes + seconds / 60)
    return total if 0 < total <= _LONGEST_READ else None


def make_article(
    *,
    sheet: Sheet,
    told: Structured,
    seen: Landmarks,
    body: Body,
    cleaned: Cleaned,
    title: Choice[str],
    authors: Choice[list[str]] | None,
    site_name: str | None,
    clock: Clock,
    rights: Mapping[str, str],
    extractor: str,
) -> Article:
    """Choose every field that is not chosen yet, and put the record together."""
    dating = choose_dates(sheet, told, seen, clock, from_text=cleaned.published, changed_in_text=cleaned.modified)
    published, modified = dating.published, dating.modified
    text = cleaned.text
    chosen: dict[str, Choice[Any] | None] = {
        "title": title,
        "description": _description(sheet, told),
        "authors": authors,
        "section": _section(sheet, told),
        "tags": _tags(sheet, told),
        "language": declared_language(sheet, told) or detect_language(text),
        "access": find_access(sheet, told, seen),
        "type": _type(told),
        "site_name": _site(told, site_name),
        "canonical_url": choose_canonical(sheet, told),
    }
    values = {name: choice.value for name, choice in chosen.items() if choice}
    origins = {name: choice.origin for name, choice in chosen.items() if choice}
    origins["body"] = Origin(origin=body.origin, confidence=body.confidence)
    if published:
        origins["published_at"] = origin_of(published)
    if modified:
        origins["modified_at"] = origin_of(modified)
    images: list[Image] = find_images(sheet, told, seen, cleaned.captions)
    return Article(
        **{"access": Access.UNKNOWN, "canonical_url": sheet.url, **values},
        url=sheet.url,
        published_at=published.value.at if published else None,
        published_precision=published.value.precision if published else None,
        published_as_written=published.value.as_written if published else None,
        modified_at=modified.value.at if modified else None,
        body=text,
        images=images,
        comments=body.comments,
        reading_minutes=_minutes(told, cleaned, seen.minutes),
        rights=rights,
        origins=origins,
        extractor=extractor,
    )
