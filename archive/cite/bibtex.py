"""References in, BibTeX out: entries that BibTeX, biber and Zotero read, in UTF-8.

Letters stay as they are, for biber and every newer BibTeX style take them; what TeX would act on is written as text.
"""

from __future__ import annotations

import re
import unicodedata

from archive.cite.names import Name
from archive.cite.reference import Reference

#: Braces by name, never as ``\\{``: BibTeX counts them even then, and one too many ends the entry in the wrong place.
_SPECIAL = {
    "\\": r"\textbackslash{}",
    "{": r"\textbraceleft{}",
    "}": r"\textbraceright{}",
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
    **{sign: f"\\{sign}" for sign in "%&#$_"},
}
_SPECIALS = re.compile("[" + re.escape("".join(_SPECIAL)) + "]")
#: Words that a style must not write in small letters: NATO, iPhone, McDonald.
_CAPITALS = re.compile(r"\w+[^\W\d_a-zß-öø-ÿ]\w*")
_CONTROLS = re.compile("[\x00-\x1f\x7f-\x9f]+")
_NAMES = "jan feb mar apr may jun jul aug sep oct nov dec"
_MONTHS = _NAMES.split()


def write_bibtex(reference: Reference) -> str:
    """One entry. ``note`` says what finds the archived copy again."""
    day = reference.published
    fields = {
        "author": " and ".join(map(_name, reference.authors)),
        "title": _title(reference.title),
        "journal": escaped(reference.newspaper),
        "entrysubtype": "newspaper" if not reference.blog else "",
        "year": f"{day.year:04}" if day else "",
        "month": _MONTHS[day.month - 1] if day else "",
        "date": day.isoformat() if day else "",
        "url": _url(reference.url),
        "urldate": reference.retrieved_at.date().isoformat(),
        "language": escaped(reference.language or ""),
        "abstract": escaped(reference.abstract or ""),
        "keywords": ", ".join(escaped(word.replace(",", " ")) for word in reference.keywords),
        "note": escaped(reference.archived),
    }
    lines = [
        f"  {name} = {value if name == 'month' else '{' + value + '}'}," for name, value in fields.items() if value
    ]
    return "\n".join([f"@article{{{_key(reference)},", *lines, "}"])


def escaped(text: str) -> str:
    """A text that TeX prints as it is, on one line."""
    text = " ".join(_CONTROLS.sub(" ", text).split())
    return _SPECIALS.sub(lambda sign: _SPECIAL[sign[0]], text)


def _title(title: str) -> str:
    parts: list[str] = []
    at = 0
    for match in _CAPITALS.finditer(title):
        parts += [escaped_within(title[at : match.start()]), f"{{{escaped(match[0])}}}"]
        at = match.end()
    return "".join([*parts, escaped_within(title[at:])]).strip()


def escaped_within(text: str) -> str:
    """``escaped``, with the spaces at its ends."""
    lead, tail = (" " if edge[:1].isspace() else "" for edge in (text, text[::-1]))
    inner = escaped(text)
    return f"{lead}{inner}{tail}" if inner else lead


def _name(name: Name) -> str:
    if name.literal:
        return f"{{{escaped(name.literal)}}}"
    return ", ".join(escaped(part) for part in (name.last, name.suffix, name.given) if part)


def _url(url: str | None) -> str:
    """As it is, for \\url takes every sign but braces, blanks and the backslash."""
    return re.sub(r"[{}\\\s]", lambda sign: "".join(f"%{byte:02X}" for byte in sign[0].encode()), url or "")


def _key(reference: Reference) -> str:
    """``kovac2026-m25wyxmf3wzbxahk``: no two articles have the same."""
    first = reference.authors[0] if reference.authors else None
    name = unicodedata.normalize("NFKD", (first.family or first.literal) if first else "")
    letters = re.sub(r"[^a-z]", "", name.encode("ascii", "ignore").decode().lower()) or "anon"
    year = str(reference.published.year) if reference.published else "nodate"
    return f"{letters[:24]}{year}-{reference.id}"
