"""References in, entries of a bibliography out, as plain text: APA (7th edition) and Chicago (18th, bibliography).

For newspaper articles on the web, each style is a sentence or two of rules. The styles of the CSL project would bring
a share-alike licence with them; a processor for other styles takes the CSL-JSON.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date

from archive.cite.names import Name
from archive.cite.reference import Reference

_NAMES = "January February March April May June July August September October November December"
_MONTHS = _NAMES.split()
#: A word of given names, with what it is joined by: "Jean-Paul", "J.R."
_GIVEN = re.compile(r"(?P<join>-?)(?P<initial>[^\W\d_])[^\s-]*")
_CASED = re.compile(r"[A-Za-zÀ-ɏΑ-ωЀ-ӿ]")


def write_apa(reference: Reference) -> str:
    """``Kovač, A. (2026, November 10). Title. Newspaper. Retrieved … from URL [nightdesk …]``."""
    when = f"({_year_first(reference.published)})."
    title = _ended(reference.title)
    authors = _ended(_apa_names(reference.authors))
    head = [authors, when, title] if authors else [title, when]
    seen = reference.retrieved_at.date()
    retrieved = f"Retrieved {_month_first(seen)}, from {reference.url}" if reference.url else ""
    return " ".join(filter(None, [*head, _ended(reference.newspaper), retrieved, f"[{reference.archived}]"]))


def write_chicago(reference: Reference) -> str:
    """``Kovač, Ana. “Title.” Newspaper, November 10, 2026. Accessed …. URL. [nightdesk …]``."""
    title = f"“{_ended(_inner_quotes(reference.title))}”"
    day = _month_first(reference.published) if reference.published else "n.d."
    seen = f"Accessed {_month_first(reference.retrieved_at.date())}."
    place = _ended(f"{reference.newspaper}, {day}")
    url = f"{reference.url}." if reference.url else ""
    names = _ended(_chicago_names(reference.authors))
    return " ".join(filter(None, [names, title, place, seen, url, f"[{reference.archived}]"]))


def _apa_names(names: Sequence[Name]) -> str:
    """Family name and initials; of more than twenty the first nineteen and the last."""
    told = [
        name.literal or ", ".join(filter(None, [name.last, _initials(name.given), _dotted(name.suffix)]))
        for name in names
    ]
    if len(told) > 20:
        return f"{', '.join(told[:19])}, … {told[-1]}"
    return _joined(told, "&", always_comma=True)


def _chicago_names(names: Sequence[Name]) -> str:
    """The first with the family name first, the others as they are; of more than six the first three."""
    if not names:
        return ""
    first, *others = names
    told = [
        first.literal or ", ".join(filter(None, [first.last, first.given, first.suffix])),
        *(name.natural for name in others),
    ]
    if len(told) > 6:
        return f"{', '.join(told[:3])}, et al."
    return _joined(told, "and", always_comma=True)


def _joined(told: Sequence[str], word: str, *, always_comma: bool) -> str:
    if len(told) < 2:
        return "".join(told)
    comma = "," if always_comma or len(told) > 2 else ""
    return f"{', '.join(told[:-1])}{comma} {word} {told[-1]}"


def _initials(given: str) -> str:
    """``J.-P. R.`` of Jean-Paul Robert; a name in a script without capitals stays whole."""
    if not _CASED.search(given):
        return given
    parts = [_GIVEN.sub(lambda word: f"{word['join']}{word['initial'].upper()}.", part) for part in given.split()]
    return " ".join(parts)


def _dotted(suffix: str) -> str:
    return f"{suffix}." if suffix.lower() in ("jr", "sr") else suffix


def _inner_quotes(title: str) -> str:
    """Quotation marks within quotation marks are single ones."""
    title = re.sub(r'"([^"]*)"', r"‘\1’", title)
    return title.translate(str.maketrans("“”„«»", "‘’‚‹›"))


def _ended(text: str) -> str:
    """With a full stop, unless it ends as a sentence does."""
    return text if not text or re.search(r"[.!?…。！？]['’”\"»)]*$", text) else f"{text}."


def _year_first(day: date | None) -> str:
    return f"{day.year}, {_MONTHS[day.month - 1]} {day.day}" if day else "n.d."


def _month_first(day: date) -> str:
    return f"{_MONTHS[day.month - 1]} {day.day}, {day.year}"
