"""References in, RIS out: tagged lines that Zotero, EndNote, Mendeley and Citavi read. Lines end in CR and LF."""

from __future__ import annotations

import re

from archive.cite.names import Name
from archive.cite.reference import Reference

_BREAKS = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029]+")


def write_ris(reference: Reference) -> str:
    """One record, from TY to ER."""
    day = reference.published
    seen = reference.retrieved_at
    tags: list[tuple[str, str | None]] = [
        ("TY", "BLOG" if reference.blog else "NEWS"),
        ("TI", reference.title),
        *(("AU", _name(name)) for name in reference.authors),
        ("T2", reference.newspaper),
        ("PY", f"{day.year:04}" if day else None),
        ("DA", f"{day:%Y/%m/%d}/" if day else None),
        ("UR", reference.url),
        ("Y2", f"{seen:%Y/%m/%d}/{seen:%H:%M:%S} UTC"),
        ("SE", reference.section),
        ("LA", reference.language),
        ("AB", reference.abstract),
        *(("KW", word.replace(";", ",")) for word in reference.keywords),
        ("DB", "nightdesk"),
        ("AN", reference.id),
        ("N1", reference.archived),
    ]
    lines = [f"{tag}  - {value}" for tag, text in tags if (value := _line(text))]
    return "\r\n".join([*lines, "ER  - "])


def _name(name: Name) -> str:
    """``Family, Given, Suffix``; a comma anywhere else would be read as one of these."""
    if name.literal:
        return name.literal.replace(",", " ")
    return ", ".join(part.replace(",", " ") for part in (name.last, name.given, name.suffix) if part)


def _line(text: str | None) -> str:
    return " ".join(_BREAKS.sub(" ", text or "").split())
