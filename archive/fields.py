"""The fields that a Query can be narrowed by: their names, what values they take, and how a value is read and written.

A value is text here, as typed; ``read_span``, ``read_numbers`` and ``checked`` say what it means or raise BadQuery.
"""

from __future__ import annotations

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from difflib import get_close_matches

from archive.errors import BadQuery
from archive.types import Access
from archive.when import FORMS, span_of

#: Of an article's row in the index: a value, or one of several.
VALUES = ("source", "section", "tag", "language", "access", "type", "author")
#: Instants, with the column of ``facts``; ``date``, by which everything is ordered, is in ``seq`` itself.
SPANS = {
    "date": "seq",
    "published": "published",
    "modified": "modified",
    "first-seen": "first_seen",
    "last-seen": "last_seen",
    "retrieved": "retrieved",
}
NUMBERS = ("words",)
#: What an article can be. ``earliest``: of each story among what is found, the copy that came first.
STATES = ("revised", "gone", "earliest")
SORTS = ("newest", "oldest", "relevance")
#: Every field that can stand before a colon, in the order of the canonical spelling.
FIELDS = (*VALUES, *SPANS, *NUMBERS, "is", "story", "sort", "limit")
#: Other names for them.
ALIASES = {
    "lang": "language",
    "by": "author",
    "when": "date",
    "first_seen": "first-seen",
    "last_seen": "last-seen",
    "seen": "first-seen",
    "order": "sort",
}
_LANGUAGE = re.compile(r"[A-Za-z]{2,8}(?:[-_][A-Za-z0-9]{1,8})*")
_COMPARED = re.compile(r"(>=|<=|>|<)\s*(.+)", re.DOTALL)
_MOST = 10**12

Span = tuple[datetime | None, datetime | None]
Numbers = tuple[int | None, int | None]


@dataclass(frozen=True, slots=True, order=True)
class Filter:
    """What narrows a search: one field has one of these values, or has none of them."""

    field: str
    values: tuple[str, ...]
    negated: bool = False

    @property
    def spelling(self) -> str:
        """The filter as one would type it."""
        return f"{'-' if self.negated else ''}{self.field}:{','.join(map(quoted_value, self.values))}"


def quoted_value(value: str) -> str:
    """A value as it is typed: in quotes where it holds what would end it."""
    if re.fullmatch(r"[^\s,\"()\\“”„‟«»]+", value):
        return value
    return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'


def field_named(name: str) -> str | None:
    """The field of a name or of another name for it; None: there is none."""
    name = name.lower()
    name = ALIASES.get(name, name)
    return name if name in FIELDS else None


def like(name: str) -> str | None:
    """The field that somebody may have meant by a name that is none."""
    near = get_close_matches(name.lower(), [*FIELDS, *ALIASES, "title", "body", "description"], n=1, cutoff=0.6)
    return near[0] if near else None


def checked(field: str, value: str, now: datetime) -> str:
    """The canonical way to write a value of a field. Raises BadQuery."""
    if field in SPANS:
        return written_span(read_span(field, value, now))
    if field in NUMBERS:
        return written_numbers(read_numbers(field, value))
    if field == "language" and not _LANGUAGE.fullmatch(value):
        raise BadQuery(f"language: {value[:80]!r} is no language tag; write one such as en or pt-BR")
    allowed = {"access": tuple(Access), "is": STATES, "sort": SORTS}.get(field)
    if allowed is not None:
        value = value.lower().replace("_", "-")
        if value not in allowed:
            raise BadQuery(f"{field}: {value[:80]!r} is unknown; write one of {', '.join(allowed)}")
    if not value.strip():
        raise BadQuery(f"{field}: a value is missing; write {field}:{EXAMPLES[field]}")
    return value.strip().lower() if field == "story" else value


#: A value of each, for messages and guides.
EXAMPLES = {
    "source": "gazette",
    "section": "Sport",
    "tag": "harbour",
    "language": "en",
    "access": "free",
    "type": "OpinionNewsArticle",
    "author": '"Ana Li"',
    **dict.fromkeys(SPANS, "2026-10..2026-11"),
    "words": ">300",
    "is": "revised",
    "story": "z6sdbko5kffc5elh",
    "sort": "relevance",
    "limit": "100",
}


# ── instants ─────────────────────────────────────────────────────────────────────────────────────────

_SECOND = timedelta(seconds=1)


def read_span(field: str, value: str, now: datetime) -> Span:
    """``2026-10``, ``2026-10..2026-11``, ``>2026-10``, ``..2026`` → first and last second. Raises BadQuery."""
    if compared := _COMPARED.fullmatch(value):
        return _compared(field, *span_of(compared[2], name=field, now=now), sign=compared[1])
    begin, dots, end = value.partition("..")
    if not dots:
        return span_of(value, name=field, now=now)
    if not begin.strip() and not end.strip():
        raise BadQuery(f"{field}: a date is missing beside the dots; write {FORMS}, on either side of ..")
    first_ = span_of(begin, name=field, now=now)[0] if begin.strip() else None
    last_ = span_of(end, name=field, now=now)[1] if end.strip() else None
    if first_ and last_ and first_ > last_:
        raise BadQuery(
            f"{field}: {first_:%Y-%m-%d %H:%M} is later than {last_:%Y-%m-%d %H:%M}; write the earlier first"
        )
    return first_, last_


def _compared(field: str, first: datetime, last: datetime, *, sign: str) -> Span:
    try:
        if sign == ">":
            return last + _SECOND, None
        if sign == "<":
            return None, first - _SECOND
    except OverflowError as error:
        raise BadQuery(
            f"{field}: nothing is {'later' if sign == '>' else 'earlier'} than that; write {FORMS}"
        ) from error
    return (first, None) if sign == ">=" else (None, last)


def written_span(span: Span) -> str:
    """First and last second → the shortest way to write them."""
    first, last = span
    begin, end = _written(first, end=False), _written(last, end=True)
    if first and last and first.day == 1 and len(begin) == len(end) == 10 and _ends_month(last):
        begin, end = begin[:7], end[:7]
        if begin.endswith("-01") and end.endswith("-12"):
            begin, end = begin[:4], end[:4]
    return begin if begin == end and begin else f"{begin}..{end}"


def _ends_month(day: datetime) -> bool:
    return day.day == monthrange(day.year, day.month)[1]


def _written(moment: datetime | None, *, end: bool) -> str:
    if moment is None:
        return ""
    moment = moment.astimezone(UTC)
    whole = (23, 59, 59) if end else (0, 0, 0)
    if (moment.hour, moment.minute, moment.second) == whole:
        return moment.date().isoformat()
    return moment.isoformat().replace("+00:00", "Z")


# ── numbers ──────────────────────────────────────────────────────────────────────────────────────────


def read_numbers(field: str, value: str) -> Numbers:
    """``300``, ``>300``, ``<=300``, ``300..500``, ``300..`` → least and most. Raises BadQuery."""
    if compared := _COMPARED.fullmatch(value):
        number = _number(field, compared[2])
        sides: dict[str, Numbers] = {
            ">": (number + 1, None),
            ">=": (number, None),
            "<": (None, number - 1),
            "<=": (None, number),
        }
        return sides[compared[1]]
    begin, dots, end = value.partition("..")
    if not dots:
        number = _number(field, value)
        return number, number
    least = _number(field, begin) if begin.strip() else None
    most = _number(field, end) if end.strip() else None
    if least is None and most is None:
        raise BadQuery(f"{field}: a number is missing beside the dots; write {field}:300..500, {field}:300.. or >300")
    if least is not None and most is not None and least > most:
        raise BadQuery(f"{field}: {least} is more than {most}; write the smaller first")
    return least, most


def _number(field: str, value: str) -> int:
    digits = value.strip().replace("_", "")
    if not re.fullmatch("[0-9]{1,13}", digits) or int(digits) > _MOST:
        raise BadQuery(f"{field}: {value[:80]!r} is no number; write {field}:300, {field}:>300 or {field}:300..500")
    return int(digits)


def written_numbers(numbers: Numbers) -> str:
    """Least and most → the shortest way to write them."""
    least, most = numbers
    if least == most:
        return str(least)
    return f"{'' if least is None else least}..{'' if most is None else most}"
