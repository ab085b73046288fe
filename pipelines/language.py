"""Declarations of a page's language in, one BCP 47 tag out."""

from __future__ import annotations

import re
from collections.abc import Iterator

from archive.types import Origin
from pipelines.candidates import Candidate, Choice, choose
from pipelines.jsonld import text_in
from pipelines.sheet import Sheet
from pipelines.structured import Structured

#: Characters shown to the recogniser.
_SAMPLE = 4_000
_TAG = re.compile(r"(?i)^([a-z]{2,3})(?:[-_]([a-z]{4}))?(?:[-_]([a-z]{2}|\d{3}))?(?:$|[^a-z0-9])")
#: Names that are written where a tag belongs.
_NAMED = {"english": "en", "german": "de", "deutsch": "de", "french": "fr", "français": "fr", "spanish": "es",
          "español": "es", "italian": "it", "italiano": "it", "portuguese": "pt", "português": "pt", "dutch": "nl",
          "croatian": "hr", "hrvatski": "hr", "polish": "pl", "polski": "pl"}  # fmt: skip


def language_tag(text: str | None) -> str | None:
    """``en``, ``pt-BR``, ``zh-Hant-TW`` from what somebody wrote (``pt_br``, ``English``); None if it is no tag."""
    text = (text or "").strip().split(",")[0].strip()
    if text.lower() in _NAMED:
        return _NAMED[text.lower()]
    found = _TAG.match(text)
    if not found or found[1].lower() in ("und", "xx", "mul", "zxx"):
        return None
    script = f"-{found[2].title()}" if found[2] else ""
    region = f"-{found[3].upper()}" if found[3] else ""
    return found[1].lower() + script + region


def declared_language(sheet: Sheet, told: Structured) -> Choice[str] | None:
    """The language as declared by the page, its answer or its feed."""
    return choose(_declared(sheet, told), same=lambda tag: tag.split("-")[0], written=str)


def _declared(sheet: Sheet, told: Structured) -> Iterator[Candidate[str]]:
    root = sheet.tree
    claims: list[tuple[str | None, str, float]] = [
        (text_in(told.article.get("inLanguage")), "json-ld", 0.9),
        (root.get("lang") or root.get("xml:lang"), "html", 0.85),
        (told.first_meta("og:locale"), "opengraph", 0.6),
        (told.first_meta("content-language", "language", "dc.language", "dcterms.language"), "meta", 0.8),
        (sheet.page.header("content-language"), "meta", 0.7),
    ]
    claims += [(hint.language, str(hint.via), 0.5) for hint in sheet.page.hints if hint.language]
    for text, origin, confidence in claims:
        if tag := language_tag(text):
            yield Candidate(value=tag, origin=origin, confidence=confidence)


def detect_language(text: str) -> Choice[str] | None:
    """The language of a text by its letters, if the recogniser (extra ``langid``) is installed."""
    if len(text) < 100:
        return None
    try:
        from py3langid import classify  # optional, and brings numpy along
    except ImportError:
        return None
    tag, _ = classify(text[:_SAMPLE])
    return Choice(value=str(tag), origin=Origin(origin="text", confidence=0.6, inferred="language"))
