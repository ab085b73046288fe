"""What a page gives as its own address in; the one that is believable out."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import urljoin, urlsplit

from archive.types import Origin
from archive.urls import normalise_or_none, without_amp
from pipelines.candidates import Candidate, Choice, choose
from pipelines.jsonld import urls_of
from pipelines.sheet import Sheet
from pipelines.site import same_site
from pipelines.structured import Structured


def _claims(told: Structured) -> Iterator[tuple[str, str, float]]:
    for address in told.links.get("canonical", ())[:1]:
        yield address, "html", 0.95
    for address in told.meta.get("og:url", ())[:1]:
        yield address, "opengraph", 0.8
    for address in urls_of(told.article):
        yield address, "json-ld", 0.75


def _is_home(url: str) -> bool:
    parts = urlsplit(url)
    return parts.path in ("", "/") and not parts.query


def _believable(claimed: str, url: str | None) -> bool:
    if url is None:
        return not _is_home(claimed)
    # Templates that give every page the front page's address are as common as other people's pages.
    return same_site(claimed, url) and (_is_home(url) or not _is_home(claimed))


def choose_canonical(sheet: Sheet, told: Structured) -> Choice[str] | None:
    """The canonical URL, normalised; the page's own if it claims no believable other; None without any."""
    choice = choose(_candidates(sheet, told), same=str, written=str)
    if choice is not None or sheet.url is None:
        return choice
    own = normalise_or_none(without_amp(sheet.url)) or sheet.url
    return Choice(value=own, origin=Origin(origin="url", confidence=0.5))


def _candidates(sheet: Sheet, told: Structured) -> Iterator[Candidate[str]]:
    for address, origin, confidence in _claims(told):
        try:
            claimed = normalise_or_none(urljoin(sheet.url or "", address))
        except ValueError:
            claimed = None
        if claimed and _believable(claimed, sheet.url):
            yield Candidate(value=claimed, origin=origin, confidence=confidence)
