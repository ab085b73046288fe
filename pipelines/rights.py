"""What a page and its answer say of rights in; names and values out, verbatim. What they mean: archive/asks.py."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from pipelines.sheet import Sheet, squeeze
from pipelines.structured import Structured

_HEADERS = ("x-robots-tag", "tdm-reservation", "tdm-policy", "content-usage")
_METAS = ("tdm-reservation", "tdm-policy", "content-usage", "rights", "copyright", "cc:license", "dc.rights")
_DCTERMS = ("dcterms.rights", "dcterms.license", "dcterms.accessrights", "dcterms.rightsholder")
#: Metas that speak to robots: to all of them, or to one by its name.
_ROBOTS = re.compile(r"(?i)^(?:[\w.-]*(?:robots?|bot)(?:-[\w-]+)?|slurp|teoma|ia_archiver|[\w-]+-extended|nightdesk)$")
#: Words to robots that ask for nothing.
_HARMLESS = re.compile(
    r"(?i)^(?:index|follow|all|archive|snippet|noodp|noydir|nositelinkssearchbox|notranslate"
    r"|max-snippet:-1|max-(?:image|video)-preview:.*)?$"
)
_PROPERTIES = ("license", "usageInfo", "acquireLicensePage", "conditionsOfAccess", "copyrightNotice")
#: Characters of one value: a notice, not a contract.
_LONGEST = 2000


def find_rights(sheet: Sheet, told: Structured) -> dict[str, str]:
    """Rights signals as found, several of one kind one a line; empty if there are none."""
    found: dict[str, list[str]] = {}
    for name, value in (*header_signals(sheet.page.headers), *_metas(told), *_licences(sheet, told)):
        if value not in found.setdefault(name, []):
            found[name].append(value)
    return {name: "\n".join(values) for name, values in found.items()}


def header_signals(headers: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
    """The headers that speak of rights; names in lower case."""
    return [(name, squeeze(value)[:_LONGEST]) for name, value in headers if name in _HEADERS and value.strip()]


def signals_of(rights: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """What ``find_rights`` found, as pairs of signal and value."""
    for name, values in rights.items():
        yield from ((name, value) for value in values.split("\n"))


def _metas(told: Structured) -> Iterator[tuple[str, str]]:
    for name, values in told.meta.items():
        for value in values:
            if name in (*_METAS, *_DCTERMS) or (_ROBOTS.match(name) and _asks(value)):
                yield name, value[:_LONGEST]


def _asks(content: str) -> bool:
    """True for words to robots that are more than a permission."""
    return not all(_HARMLESS.match("".join(word.split())) for word in content.split(","))


def _licences(sheet: Sheet, told: Structured) -> Iterator[tuple[str, str]]:
    for node in (told.article, told.page):
        for key in _PROPERTIES:
            yield from ((key, value) for value in _texts(node.get(key)))
    for key in _PROPERTIES:
        yield from ((key, value[:_LONGEST]) for value in told.microdata.get(key, ()))
    yield from (("license", href[:_LONGEST]) for href in told.links.get("license", ()))
    for link in sheet.tree.iter("a"):
        if "license" in (link.get("rel") or "").lower().split():
            href = squeeze(link.get("href"))
            pictured = next(link.iterancestors("figure"), None) is not None
            if href:
                yield "license of a picture" if pictured else "license", href[:_LONGEST]


def _texts(value: Any) -> Iterator[str]:
    """The texts or addresses of a JSON-LD property."""
    for each in value if isinstance(value, list) else [value]:
        text = (each.get("url") or each.get("@id") or each.get("name")) if isinstance(each, dict) else each
        if isinstance(text, str) and text.strip():
            yield squeeze(text)[:_LONGEST]
