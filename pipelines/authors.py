"""Bylines in, people and agencies out: a list of names, without roles, site names, dates and navigation."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from archive.fingerprint import plain
from pipelines.given_names import is_given_name
from pipelines.leads import strip_lead
from pipelines.months import month_number
from pipelines.names import is_agency, is_cased, is_collective, is_handle, is_lone, is_name, is_office, is_person

_LONGEST_TEXT = 500
_MOST_AUTHORS = 20
_SPLIT = re.compile(
    r"\s*(?:([;|•·⋅∙・│\n\t/])|(,)(?!\s*(?:jr|sr|ph\.?\s?d|m\.?d|mba|md|dds|rn|esq|ii|iii)\b\.?\s*(?:$|[,;&]|and\b))"
    r"|\s(and|und|et|y|e|en|og|och|ja|i|and\s+by|with|&|\+)\s)\s*",
    re.IGNORECASE,
)
_EMAIL = re.compile(r"\(?\b[\w.+-]+@[\w-]+\.[\w.-]+\b\)?")
_URL = re.compile(r"(?i)\bhttps?://\S+|\bwww\.\S+")
_HANDLE = re.compile(r"(?<!\w)@\w+")
#: Brackets, but not those of a former name between two others: "Ana (Horvat) Kovač".
_PARENTHESIS = re.compile(r"\((?![A-Z][\w'’-]+\) [A-Z])[^()]*\)|\[[^\[\]]*\]")
_TAIL = re.compile(
    r"""(?ix)\s*(?:
        \s[-–—|]\s.* | \b(?:updated|published|posted|modified|aktualisiert|on|am)\b[\s:]+.* | \ble\s+(?:\w+\.?\s+)?\d.*
        | \b\d{1,2}[./:]\d.* |
        \b(?:19|20)\d\d\b.* | ,?\s+(?:in|reporting\ from|reports|writes)\s+[A-Z].* | \bfor\s+(?:the\s)?[A-Z].*
    )$"""
)
#: Capitals count: Ba, Ma and Md are names.
_DEGREE = re.compile(
    r"(?:,\s*|(?<=[a-zà-ÿ.])\s+)(?:Ph\.?\s?D|M\.?D|MBA|RN|Esq|RDN?|DDS|DMD|JD|J\.D|CPA|CFP|CFA|M\.?Sc?|B\.?A|MPH|FACP|LCSW)"
    r"(?![\w]).*"
)
#: What stands beside a name in Korean and Japanese: "reporter".
_REPORTER = re.compile(r"^(?:本[报報])?[记記]者\s*|\s?(?:(?:선임|인턴|객원|수습|전문)?기자|특파원|논설위원|記者)$")
_ON_A_NETWORK = re.compile(r"(?i)\bon (?:facebook|twitter|x|instagram|linkedin|youtube|medium|tiktok)$")
#: A name shown twice without a space between ("Ana KovačAna Kovač"), as nested elements make it.
_DOUBLED = re.compile(r"^(.{4,40}?)\s?\1$")
_HARD = frozenset(";|•·⋅∙・│\n\t/")


def clean_names(texts: Iterable[str], *, not_names: Iterable[str] = (), told: bool = True) -> list[str]:
    """Names from bylines, each once, in order.

    ``not_names``: the site's name and the like; it may be an author's all the same if it is plainly a person's.
    ``told``: the texts are known to be bylines; else a word alone is not taken for a name, nor a user name.
    """
    banned = {plain(name).casefold() for name in not_names if name}
    joined = {name.replace(" ", "") for name in banned}
    names: dict[str, str] = {}
    for text in texts:
        bare = " ".join(strip_lead(text[:_LONGEST_TEXT]).split())
        if is_collective(bare) and plain(bare).casefold() not in banned:
            names.setdefault(plain(bare).casefold(), bare)
            continue
        if told and is_handle(bare) and bare.casefold() not in joined:
            names.setdefault(plain(bare).casefold(), bare)
            continue
        for whole in _pieces(bare):
            piece = _without(whole, banned)
            key = plain(piece).casefold()
            allowed = key not in banned or is_person(piece)
            if allowed and is_name(piece) and (told or not is_lone(piece)):
                names.setdefault(key, piece)
    return list(names.values())[:_MOST_AUTHORS]


def _without(piece: str, banned: set[str]) -> str:
    """A piece without a banned name behind it: "Jo Doe, Daily News" loses its comma on the way."""
    words = piece.split()
    for cut in range(1, len(words)):
        if plain(" ".join(words[cut:])).casefold() in banned:
            return " ".join(words[:cut])
    return piece


def _pieces(bare: str) -> Iterator[str]:
    if is_agency(bare) or is_office(bare):
        yield bare
        return
    for noise in (_EMAIL, _URL, _HANDLE, _PARENTHESIS):
        bare = noise.sub(" ", bare)
    role = False
    for part, ends in _parts(bare):
        piece = _piece(part)
        # "Jo Doe, Head of Marketing and Community Development": what "and" adds to a role is no name.
        if piece and not (role and not is_person(piece)):
            yield piece
        role = not ends and bool(piece) and (role or not is_name(piece))


def _parts(text: str) -> Iterator[tuple[str, bool]]:
    """The parts of a byline, each with whether a hard separator ends it: a bar, a dot, a line's end."""
    at = 0
    for found in _SPLIT.finditer(text):
        yield text[at : found.start()], found[1] is not None
        at = found.end()
    yield text[at:], True


def _piece(part: str) -> str:
    part = _DEGREE.sub("", strip_lead(part))
    if _ON_A_NETWORK.search(part):
        return ""
    piece = _REPORTER.sub("", _TAIL.sub("", part).strip()).strip(" .,:;|-–—·•\"'“”*")
    return _title_case(_without_day(_DOUBLED.sub(r"\1", " ".join(piece.split()))))


def _without_day(piece: str) -> str:
    """ "Jo Doe December 2" → "Jo Doe"."""
    words = piece.split()
    day, month = (words[-1], words[-2]) if len(words) > 2 else ("", "")
    return " ".join(words[:-2]) if day.isdigit() and month_number(month) else piece


def _title_case(name: str) -> str:
    """ANA KOVAČ, ana kovač → Ana Kovač; agencies stay in capitals, and words that are no name as they are."""
    words = name.split()
    if len(words) in (2, 3) and name.islower() and is_given_name(words[0]):
        return name.title()
    if len(words) < 2 or not name.isupper() or not is_cased(name) or is_agency(name):
        return name
    return " ".join(word if "." in word else "-".join(p.capitalize() for p in word.split("-")) for word in words)
