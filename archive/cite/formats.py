"""References in, a whole document in one of the formats out, piece by piece."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from enum import StrEnum

from archive.cite.bibtex import write_bibtex
from archive.cite.csl import write_csl
from archive.cite.prose import write_apa, write_chicago
from archive.cite.reference import Reference
from archive.cite.ris import write_ris


class Format(StrEnum):
    """How a reference is written."""

    CSL_JSON = "csl-json"
    BIBTEX = "bibtex"
    RIS = "ris"
    APA = "apa"
    CHICAGO = "chicago"


_WRITERS: dict[Format, Callable[[Reference], str]] = {
    Format.BIBTEX: write_bibtex,
    Format.RIS: write_ris,
    Format.APA: write_apa,
    Format.CHICAGO: write_chicago,
}


def iter_document(references: Iterable[Reference], form: Format) -> Iterator[str]:
    """The document's text in parts; joined they are a file that programs read. CSL-JSON is a list also of one."""
    if form is Format.CSL_JSON:
        yield "["
        for number, reference in enumerate(references):
            yield (",\n" if number else "\n") + write_csl(reference)
        yield "\n]\n"
        return
    end = "\r\n" if form is Format.RIS else "\n"
    for number, reference in enumerate(references):
        yield (end if number else "") + _WRITERS[form](reference) + end
