"""What a page says of who may read it in; free, metered or paywalled out, with the words or the mark that say so."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from archive.types import Access
from pipelines.candidates import Candidate, Choice, choose
from pipelines.jsonld import Node
from pipelines.landmarks import Landmarks
from pipelines.sheet import Sheet
from pipelines.structured import Structured

_TIERS = {
    Access.FREE: ("free", "open", "public"),
    Access.METERED: ("metered", "meter", "freemium"),
    Access.PAYWALLED: ("locked", "premium", "paid", "subscriber", "subscribers", "paywall", "plus", "exclusive"),
}
_TIER_NAMES = ("article:content_tier", "og:article:content_tier", "content_tier", "article:tier")
#: What every phrase below has one of, in lower case: a page is searched for these first, a hundred times quicker.
_STEMS_WORDS = """
    continue~reading keep~reading free~article subscribers for~members to~members weiterlesen kostenlose abonn
    lire~la~suite articles~gratuits leyendo suscriptores leggere abbonati assinante assine pretplat subskryb prenumerat
"""
_STEMS = tuple(stem.replace("~", " ") for stem in _STEMS_WORDS.split())
#: Characters around a stem in which the phrase must be.
_AROUND = 90
_METER = re.compile(
    r"(?i)\byou(?:['’]ve| have) reached your (?:monthly )?limit of free articles"
    r"|\byou(?:['’]ve| have) \w{1,5} free articles? (?:left|remaining)"
    r"|\b\w{1,5} free articles? (?:left|remaining) this month"
    r"|\bdie \w+ kostenlosen? artikel\b.{0,20}\bgelesen|\bvous avez lu \w+ articles? gratuits?"
)
_WALL = re.compile(
    r"(?i)\b(?:subscribe|log ?in|sign in|register)(?: now| today)? to (?:continue|keep) reading\b"
    # What a blog's host shows over posts that everyone may read.
    r"(?! and get access to the full archive)"
    r"|\bto (?:continue|keep) reading,? (?:please )?(?:subscribe|log ?in|sign in|register)\b"
    r"|\bthis (?:article|story|content) is (?:only )?(?:for|available (?:only )?to|exclusive to|reserved for) (?:our )?"
    r"(?:paying )?(?:subscribers|members)"
    r"|\b(?:jetzt )?(?:weiterlesen mit|abonnieren und weiterlesen|weiterlesen und abonnieren)\b"
    r"|\bdieser (?:artikel|beitrag|inhalt) ist (?:nur|exklusiv) für abonnent"
    r"|\b(?:cet article|la suite de cet article|la suite) est réservée? (?:à nos|aux) abonnés"
    r"|\babonnez-vous pour lire la suite|\bsuscríbete para (?:seguir|continuar) leyendo"
    r"|\bcontenido exclusivo para (?:suscriptores|socios)|\babbonati per (?:continuare a leggere|leggere tutto)"
    r"|\bcontenuto riservato agli abbonati|\bconteúdo exclusivo para assinantes|\bassine para continuar lendo"
    r"|\bword abonnee om (?:verder|door) te lezen|\bsamo za pretplatnike"
    r"|\bpretplatite se (?:za|kako biste) (?:nastav|čita)"
    r"|\bdalsza część (?:artykułu )?(?:jest )?dostępna (?:tylko )?dla (?:subskrybentów|prenumeratorów)"
)
_Accesses = Iterator[Candidate[Access]]


def find_access(sheet: Sheet, told: Structured, seen: Landmarks) -> Choice[Access] | None:
    """Who may read the article, by what the page itself says; None if it says nothing."""
    candidates = [*_by_meta(told), *_by_json(told), *_by_microdata(told), *_by_sight(sheet, seen)]
    return choose(candidates, same=lambda access: access, written=str)


def _candidate(access: Access, origin: str, confidence: float, evidence: str) -> Candidate[Access]:
    return Candidate(value=access, origin=origin, confidence=confidence, evidence=evidence)


def _by_meta(told: Structured) -> _Accesses:
    for name in _TIER_NAMES:
        for tier in told.meta.get(name, ())[:1]:
            for access, words in _TIERS.items():
                if tier.lower() in words:
                    # "free" is the default that systems give where nobody has set it.
                    yield _candidate(access, "meta", 0.85 if access is Access.FREE else 0.92, f"{name}: {tier}")


def _flags(value: Any) -> Iterator[bool]:
    if isinstance(value, bool):
        yield value
    elif isinstance(value, str) and value.strip().lower() in ("true", "false", "1", "0", "yes", "no"):
        yield value.strip().lower() in ("true", "1", "yes")
    elif isinstance(value, list):
        for item in value:
            yield from _flags(item)


def _by_json(told: Structured) -> _Accesses:
    for node in (told.article, told.page):
        flag = next(_flags(node.get("isAccessibleForFree")), None)
        if flag is not None:
            access = Access.FREE if flag else Access.PAYWALLED
            yield _candidate(access, "json-ld", 0.9, f"isAccessibleForFree: {str(flag).lower()}")
            return
        if part := _locked_part(node):
            yield _candidate(Access.PAYWALLED, "json-ld", 0.9, f"hasPart {part}: isAccessibleForFree: false")
            return


def _locked_part(node: Node) -> str | None:
    """The selector of a part that is not free."""
    parts = node.get("hasPart")
    for part in parts if isinstance(parts, list) else [parts]:
        if isinstance(part, dict) and next(_flags(part.get("isAccessibleForFree")), None) is False:
            return str(part.get("cssSelector") or "of the page")
    return None


def _by_microdata(told: Structured) -> _Accesses:
    values = told.microdata.get("isAccessibleForFree", [])
    flag = next(_flags(values), None)
    if flag is not None:
        access = Access.FREE if flag else Access.PAYWALLED
        yield _candidate(access, "microdata", 0.8, f"isAccessibleForFree: {values[0]}")


def _by_sight(sheet: Sheet, seen: Landmarks) -> _Accesses:
    """What the page tells its readers. It may stand hidden in every page, so that markup knows better."""
    places = list(_places(sheet.shown))
    for access, pattern in ((Access.METERED, _METER), (Access.PAYWALLED, _WALL)):
        if found := next((match[0] for place in places if (match := pattern.search(place))), None):
            yield _candidate(access, "text", 0.65, found)
    if seen.paywalled:
        yield _candidate(Access.PAYWALLED, "html", 0.6, "a box named for a paywall")


def _places(shown: str) -> Iterator[str]:
    """The parts of a page's text that have one of the stems."""
    lowered = shown.lower()
    for stem in _STEMS:
        at = lowered.find(stem)
        while at >= 0:
            yield shown[max(0, at - _AROUND) : at + _AROUND]
            at = lowered.find(stem, at + _AROUND)
