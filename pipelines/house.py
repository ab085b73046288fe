"""The names and the address of a site in, what is the house itself out: it never counts as an author."""

from __future__ import annotations

import re
from dataclasses import dataclass

from archive.fingerprint import plain
from pipelines.leads import strip_lead
from pipelines.names import has_name_shape, is_person

_NOT_WORD = re.compile(r"[\W_]+")
_SUFFIX = re.compile(r"\s+[|–—·:(-]|,?\s+(?:Inc|LLC|Ltd|GmbH|AG)\b")
_PART = re.compile(r"[|,•·]")


def _joined(name: str) -> str:
    return _NOT_WORD.sub("", plain(name).casefold())


@dataclass(frozen=True, slots=True, kw_only=True)
class House:
    """Who publishes a page."""

    #: The names of the site and of its publisher, whole and without what follows a bar, a dash or a bracket.
    names: tuple[str, ...]
    #: What it is called in its address: "gazette" for www.gazette.example.
    label: str

    def is_named(self, name: str) -> bool:
        """True for the label of the address, unless it is a person's name or the site is called otherwise."""
        if _joined(name) != self.label.replace("-", ""):
            return False
        return not (is_person(name) or (self.names and has_name_shape(name)))

    def signs(self, byline: str) -> bool:
        """True for a byline that names the house first: "By | Gazette | Staff Writer"."""
        first = _PART.split(strip_lead(byline).strip(" |:"))[0]
        return _joined(first) in {*map(_joined, self.names), self.label.replace("-", "")}


def house_of(*names: str | None, label: str) -> House:
    """The house by the names that its page gives, of which some may be missing, and by its address."""
    forms = (form for name in names if name for form in (name, _SUFFIX.split(name)[0]))
    return House(names=tuple(dict.fromkeys(forms)), label=label)
