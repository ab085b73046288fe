"""What a page and its answer say of rights and access: header and meta values out, verbatim; who may read it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from archive.types import Access, Origin
from pipelines.candidates import Choice
from pipelines.landmarks import Landmarks
from pipelines.sheet import Sheet
from pipelines.structured import Structured

_HEADERS = ("x-robots-tag", "tdm-reservation", "tdm-policy", "content-usage")
_METAS = ("tdm-reservation", "tdm-policy", "content-usage")
#: Words in robots metas that restrict the use of a text; ``index, follow`` says nothing.
_RESTRICTS = re.compile(r"(?i)\bno(?:archive|snippet|ai|imageai|cache|ml|translate|index)\b|\bnone\b|max-snippet:\s*0")
_ROBOTS = re.compile(r"(?i)^(?:robots|googlebot(?:-news)?|bingbot|news_robots|gptbot|ccbot)$")

_FREE_TIERS = frozenset(("free", "open", "public"))
_METERED_TIERS = frozenset(("metered", "meter", "freemium"))
_LOCKED_TIERS = frozenset(("locked", "premium", "paid", "subscriber", "subscribers", "paywall", "plus", "exclusive"))


def find_rights(sheet: Sheet, told: Structured) -> dict[str, str]:
    """Rights signals verbatim, as found; empty if there are none."""
    found: dict[str, str] = {}
    for name in _HEADERS:
        values = [value for key, value in sheet.page.headers if key == name]
        if values:
            found[name] = ", ".join(values)
    for name, values in told.meta.items():
        if (_ROBOTS.match(name) and _RESTRICTS.search(" ".join(values))) or name in _METAS:
            found.setdefault(f"meta {name}" if name in found else name, ", ".join(values))
    for key in ("license", "usageInfo", "copyrightNotice"):
        value = told.article.get(key)
        value = value.get("url") or value.get("@id") if isinstance(value, dict) else value
        if isinstance(value, str) and value.strip():
            found[key] = value.strip()
    if "license" not in found and told.links.get("license"):
        found["license"] = told.links["license"][0]
    return found


def _flags(value: Any) -> Iterator[bool]:
    if isinstance(value, bool):
        yield value
    elif isinstance(value, str) and value.strip().lower() in ("true", "false", "1", "0", "yes", "no"):
        yield value.strip().lower() in ("true", "1", "yes")
    elif isinstance(value, list):
        for item in value:
            yield from _flags(item)


def _by_json(told: Structured) -> bool | None:
    for node in (told.article, told.page):
        flag = next(_flags(node.get("isAccessibleForFree")), None)
        if flag is not None:
            return flag
        parts = node.get("hasPart")
        for part in parts if isinstance(parts, list) else [parts]:
            if isinstance(part, dict) and next(_flags(part.get("isAccessibleForFree")), None) is False:
                return False
    return None


def find_access(told: Structured, seen: Landmarks) -> Choice[Access] | None:
    """Who may read the article, by what the page itself says; None if it says nothing."""
    tier = (
        told.first_meta("article:content_tier", "og:article:content_tier", "content_tier", "article:tier") or ""
    ).lower()
    for tiers, access in ((_METERED_TIERS, Access.METERED), (_LOCKED_TIERS, Access.PAYWALLED)):
        if tier in tiers:
            return _choice(access, "meta", 0.9)
    free = _by_json(told)
    if free is not None:
        return _choice(Access.FREE if free else Access.PAYWALLED, "json-ld", 0.9)
    if tier in _FREE_TIERS:
        return _choice(Access.FREE, "meta", 0.9)
    flag = next(_flags(told.microdata.get("isAccessibleForFree")), None)
    if flag is not None:
        return _choice(Access.FREE if flag else Access.PAYWALLED, "microdata", 0.8)
    if seen.paywalled:
        return _choice(Access.PAYWALLED, "html", 0.6)
    return None


def _choice(access: Access, origin: str, confidence: float) -> Choice[Access]:
    return Choice(value=access, origin=Origin(origin=origin, confidence=confidence))
