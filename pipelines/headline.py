"""Candidates for the title in, one headline out, without the newspaper's name behind it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import unescape

from archive.fingerprint import plain
from pipelines.candidates import Candidate, Choice, choose
from pipelines.jsonld import text_in
from pipelines.landmarks import Landmarks
from pipelines.sheet import Sheet
from pipelines.site import label_of
from pipelines.structured import Structured

_SEPARATOR = re.compile(r"\s+[|–—·•»«:\-]+\s+|\s*\|\s*|\s+::\s+")
_NOT_WORD = re.compile(r"[\W_]+")
_NO_WORDS = "".join(chr(n) if chr(n).isalnum() else " " for n in range(128))
_LONGEST = 300
#: Characters of a title that is more than a word or two.
_TELLING = 12
_FEW_WORDS = 3
_DATELINE = re.compile(
    r"(?i)\b(?:posted|published|written|updated|(?:jan|feb|mar|apr|may|june?|july?|aug|sept?|oct|nov|dec)[a-z]* \d)"
)


def key_of(text: str) -> str:
    """A headline as it is compared: case, punctuation and white space aside."""
    text = plain(text).casefold()
    # The same key, in a quarter of the time.
    return " ".join(text.translate(_NO_WORDS).split()) if text.isascii() else _NOT_WORD.sub(" ", text).strip()


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
    def bare(text: str | None) -> str:
        return _without_part(without_site(unescape(text or ""), site_name, sheet.url, sheet.page.source))

    def candidate(text: str | None, origin: str, confidence: float) -> Iterator[Candidate[str]]:
        title = bare(text)[:_LONGEST].strip()
        if title and key_of(title) and key_of(title) != key_of(site_name or "") and "{{" not in title:
            yield Candidate(value=title, origin=origin, confidence=confidence)

    graph = told.first_meta("og:title")
    written = text_in(told.article.get("headline") or told.article.get("name"))
    shown = [key for text in (sheet.headed, graph, written) if (key := key_of(bare(text)))]
    others = [text for text in (graph, written, sheet.headed) if text]
    for number, shown_headline in enumerate(seen.headlines[:4]):
        headline = _without_dateline(shown_headline, others)
        if _is_before(headline, graph, sheet.headed):
            continue
        agrees = _agrees(key_of(bare(headline)), shown)
        # A first headline of several words is the one on the page even where the metas tell another one.
        own = 0.87 if number == 0 and len(headline.split()) > _FEW_WORDS else 0.48 - number / 10
        yield from candidate(headline, "html", 0.9 - number / 50 if agrees else own)
    yield from candidate(written, "json-ld", 0.85)
    yield from candidate(next(iter(told.microdata.get("headline", ())), None), "microdata", 0.75)
    yield from candidate(graph, "opengraph", 0.8)
    yield from candidate(told.first_meta("twitter:title", "dc.title", "parsely-title", "sailthru.title"), "meta", 0.6)
    yield from candidate(sheet.headed, "html", 0.5)
    for hint in sheet.page.hints:
        yield from candidate(hint.title, str(hint.via) if hint.via in ("feed", "sitemap") else "front", 0.4)


def _agrees(key: str, others: list[str]) -> bool:
    """True for a headline that another place says too, in whole or as a part of some words."""
    return bool(key) and any(
        key == other
        or (" " in key and key in other)
        or other.startswith(f"{key} ")
        or key.startswith(f"{other} ")
        or (len(other) > _TELLING and other in key)
        for other in others
    )


def _is_before(headline: str, graph: str | None, headed: str) -> bool:
    """True for a site's name as the first headline: the page's title is that and then what the metas tell."""
    first, second, both = key_of(headline), key_of(graph or ""), key_of(headed)
    return bool(second) and first not in second and both == f"{first} {second}"


def _without_dateline(headline: str, others: list[str]) -> str:
    """A headline without the date or byline that stands in the same element, if another place has it without."""
    for other in others:
        if other in headline and len(other) > _TELLING:
            before, _, after = headline.partition(other)
            if _DATELINE.search(before) or _DATELINE.search(after):
                return other
    return headline


def _without_part(title: str) -> str:
    """A title without the few words behind a bar that name a part of the site: "| Opinion"."""
    words, bar, part = title.rpartition(" | ")
    few = len(part.split()) <= _FEW_WORDS < len(words.split())
    return words if bar and few else title


def choose_title(sheet: Sheet, told: Structured, seen: Landmarks, site_name: str | None) -> Choice[str] | None:
    """The headline; None for a page that has nothing like one."""
    return choose(_candidates(sheet, told, seen, site_name), same=key_of, written=str)
