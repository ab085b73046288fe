"""Candidates for the title in, one headline out, without the newspaper's name behind it."""

from __future__ import annotations

import re
from collections.abc import Iterator

from archive.fingerprint import plain
from pipelines.candidates import Candidate, Choice, choose
from pipelines.jsonld import text_in
from pipelines.landmarks import Landmarks
from pipelines.sheet import Sheet
from pipelines.site import label_of
from pipelines.structured import Structured

_SEPARATOR = re.compile(r"\s+[|–—·•»«:\-]+\s+|\s*\|\s*|\s+::\s+")
_NOT_WORD = re.compile(r"[\W_]+")
_LONGEST = 300


def key_of(text: str) -> str:
    """A headline as it is compared: case, punctuation and white space aside."""
    return _NOT_WORD.sub(" ", plain(text).casefold()).strip()


def find_site_name(told: Structured) -> str | None:
    """The newspaper's name as the page gives it."""
    publisher = text_in(told.article.get("publisher"))
    website = next((text_in(n.get("name")) for n in told.nodes if n.get("@type") == "WebSite" and n.get("name")), None)
    named = told.first_meta("og:site_name", "application-name", "al:android:app_name") or publisher or website
    return named[:120] if named else None


def without_site(title: str, site_name: str | None, url: str | None, source: str | None = None) -> str:
    """A title without a trailing or leading part that names the site.

    The operator's name for the source counts as well: an old page may name itself nowhere else.
    """
    names = frozenset(map(_joined, filter(None, (site_name, source))))
    return _without(title, names, label_of(url).replace("-", "") if url else "")


def _without(title: str, site_names: frozenset[str], label: str) -> str:
    before, colon, rest = title.partition(": ")
    if colon and rest.strip() and _joined(before) in (site_names | {label}) - {""}:
        return _without(rest.strip(), site_names, label)
    pieces = _SEPARATOR.split(title)
    if len(pieces) < 2:
        return title
    if _names_site(_joined(pieces[-1]), site_names, label):
        shorter = re.sub(r"[\s|–—·•»«:\-]+$", "", title[: title.rfind(pieces[-1])])
        return _without(shorter, site_names, label) if shorter and shorter != title else title
    if _names_site(_joined(pieces[0]), site_names, label):
        cut = title[title.find(pieces[0]) + len(pieces[0]) :]
        return re.sub(r"^[\s|–—·•»«:\-]+", "", cut) or title
    return title


def _joined(text: str) -> str:
    return key_of(text).replace(" ", "")


def _names_site(piece: str, names: frozenset[str], label: str) -> bool:
    if not piece:
        return False
    if any(
        piece == name or (len(piece) > 3 and (name.startswith(piece) or piece.startswith(name)))
        for name in names
        if name
    ):
        return True
    return len(label) > 2 and (
        piece in (label, f"the{label}") or (len(piece) > 4 and piece in label) or label in piece[: len(label) + 4]
    )


def _candidates(sheet: Sheet, told: Structured, seen: Landmarks, site_name: str | None) -> Iterator[Candidate[str]]:
    def bare(text: str) -> str:
        return without_site(text, site_name, sheet.url, sheet.page.source)

    def candidate(text: str | None, origin: str, confidence: float) -> Iterator[Candidate[str]]:
        title = bare(text or "")[:_LONGEST].strip()
        if title and key_of(title) and key_of(title) != key_of(site_name or ""):
            yield Candidate(value=title, origin=origin, confidence=confidence)

    titles = filter(None, (sheet.headed, told.first_meta("og:title"), text_in(told.article.get("headline"))))
    shown = [key_of(bare(title)) for title in titles]
    for number, headline in enumerate(seen.headlines[:4]):
        key = key_of(bare(headline))
        agrees = bool(key) and any(
            key == other or (" " in key and key in other) or (len(other) > 12 and other in key) for other in shown
        )
        # A first headline of several words is the one on the page even where the metas tell another one.
        own = 0.87 if number == 0 and len(key.split()) > 2 else 0.55 - number / 10
        yield from candidate(headline, "html", 0.9 - number / 50 if agrees else own)
    yield from candidate(text_in(told.article.get("headline") or told.article.get("name")), "json-ld", 0.85)
    yield from candidate(next(iter(told.microdata.get("headline", ())), None), "microdata", 0.75)
    yield from candidate(told.first_meta("og:title"), "opengraph", 0.8)
    yield from candidate(told.first_meta("twitter:title", "dc.title", "parsely-title", "sailthru.title"), "meta", 0.6)
    yield from candidate(sheet.headed, "html", 0.5)
    for hint in sheet.page.hints:
        yield from candidate(hint.title, str(hint.via) if hint.via in ("feed", "sitemap") else "front", 0.4)


def choose_title(sheet: Sheet, told: Structured, seen: Landmarks, site_name: str | None) -> Choice[str] | None:
    """The headline; None for a page that has nothing like one."""
    return choose(_candidates(sheet, told, seen, site_name), same=key_of, written=str)
