"""What a person typed → words, and the filters among them, or where it cannot be understood and what would be right.

``source:gazette -tag:sport,"local news" date:2026-10.. harbour``: a filter is a field, a colon, and a value or
several with commas between them, of which any will do; a hyphen before it says which articles are not meant.
Filters narrow the whole search, wherever they stand. What is in quotes is words. The rest is the language of
archive/words.py.
"""

from __future__ import annotations

import re
import unicodedata

from archive.errors import BadQuery
from archive.fields import EXAMPLES, FIELDS, Filter, checked, field_named, like
from archive.times import utc_now
from archive.wordtree import COLUMNS, QUOTES

_NAMED = re.compile(r"(?P<not>-?)(?P<name>[A-Za-z][A-Za-z_-]*):(?P<rest>\S?)")
_BARE = re.compile(rf"[^\s,(){QUOTES}]+")
_OPERATOR_BEFORE = re.compile(r"(?:^|[\s()])(AND|OR|NOT)\s*$")
_OPERATOR_BEHIND = re.compile(r"\s*(AND|OR)(?=[\s()]|$)")
#: What is shorter and no field is no mistyped field either: "a:b" is words.
_SHORTEST_NAME = 3
#: Characters of the text that a message shows on either side of the place.
_AROUND = 30


def read_typed(text: str) -> tuple[str, list[Filter]]:
    """The words of a text, and its filters. Raises BadQuery."""
    filters: list[Filter] = []
    words: list[str] = []
    depth = at = 0
    begins = True
    while at < len(text):
        if begins and (named := _NAMED.match(text, at)) and _is_filter(text, named):
            turned, before = _joined_before(text, at, words)
            found, end = _Reader(text, named).read(depth, turned=turned)
            end = _joined_behind(text, end, before=before)
            filters.append(found)
            words.append(" ")
            at, begins = end, True
            continue
        end = _end_of_piece(text, at)
        depth = max(depth + {"(": 1, ")": -1}.get(text[at], 0), 0)
        words.append(text[at:end])
        begins = text[end - 1].isspace() or text[end - 1] in "()"
        at = end
    return "".join(words).strip(), filters


def fail(message: str, text: str, at: int, end: int) -> BadQuery:
    """The error that shows the text with a caret under each character from ``at`` to ``end``."""
    first, last = max(at - _AROUND, 0), min(max(end, at + 1) + _AROUND, len(text))
    shown = _one_line(text[first:last])
    before, marked = _one_line(text[first:at]), _one_line(text[at:end])
    lead = "…" if first else ""
    carets = "^" * max(_width(marked), 1)
    tail = "…" if last < len(text) else ""
    return BadQuery(
        f"{message}\n  {lead}{shown}{tail}\n  {' ' * _width(lead + before)}{carets}", at=at, end=max(end, at + 1)
    )


def _one_line(text: str) -> str:
    return "".join(c if c.isprintable() else " " for c in text)


def _width(text: str) -> int:
    """Columns of a terminal that the text takes."""
    return sum(0 if unicodedata.combining(c) else 2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text)


def _end_of_piece(text: str, at: int) -> int:
    """Where a quoted passage that begins here ends, or the next character."""
    if text[at] not in QUOTES:
        return at + 1
    closing = '"' if text[at] == '"' else QUOTES
    return next((i + 1 for i in range(at + 1, len(text)) if text[i] in closing), len(text))


def _is_filter(text: str, named: re.Match[str]) -> bool:
    """Whether a name and a colon are meant as a filter. Raises BadQuery for one that there is not."""
    name, rest = named["name"], named["rest"]
    if field_named(name):
        return True
    if name.lower() in COLUMNS or not rest or rest in "/:)" or len(name) < _SHORTEST_NAME:
        return False
    near = like(name)
    hint = f"; did you mean {near}?" if near else f"; there are {', '.join(FIELDS)}, title, description and body."
    start, end = named.start("name"), named.end("name")
    word = _BARE.match(text, start)
    meant = word[0] if word else name
    raise fail(
        f'there is no field {name}{hint} To search for the words, put them in quotes: "{meant[:40]}"', text, start, end
    )


class _Reader:
    """One filter of a text."""

    def __init__(self, text: str, named: re.Match[str]) -> None:
        self._text = text
        self._start = named.start()
        self._negated = bool(named["not"])
        name = field_named(named["name"])
        assert name is not None
        self._field = name
        self._at = named.end("name") + 1
        self._now = utc_now()

    def read(self, depth: int, *, turned: bool) -> tuple[Filter, int]:
        """The filter, and where it ends; ``turned``: a NOT stands before it."""
        if depth:
            raise self._fail(
                "a filter narrows the whole search and cannot stand in brackets; put it outside, or the brackets into"
                " quotes. Alternatives have commas between them: source:gazette,kurir",
                self._start,
                self._at,
            )
        values = [self._value()]
        while self._text[self._at : self._at + 1] == ",":
            self._at += 1
            values.append(self._value())
        follows = self._text[self._at : self._at + 1]
        if follows and not follows.isspace() and follows != ")":
            message = f'a space is missing after the filter; or put the whole value in quotes: {self._field}:"…"'
            raise self._fail(message, self._at, self._at + 1)
        found = Filter(self._field, tuple(dict.fromkeys(values)), negated=self._negated is not turned)
        if self._field in ("sort", "limit") and (len(values) > 1 or found.negated):
            raise self._fail(f"{self._field} takes one value, and no hyphen", self._start, self._at)
        if "earliest" in values and self._field == "is" and (len(values) > 1 or found.negated):
            raise self._fail("is:earliest stands alone, and takes no hyphen", self._start, self._at)
        return found, self._at

    def _value(self) -> str:
        start = self._at
        sign = self._text[start : start + 1]
        if sign in QUOTES and sign:
            value = self._quoted(start)
        elif bare := _BARE.match(self._text, start):
            value, self._at = bare[0], bare.end()
        else:
            missing = f"a value is missing; write {self._field}:{EXAMPLES[self._field]}"
            if sign == "(":
                missing = f"alternatives stand without brackets: {self._field}:A,B"
            raise self._fail(missing, start, start + 1)
        try:
            if self._field == "limit":
                return self._limit(value)
            return checked(self._field, value, self._now)
        except BadQuery as error:
            raise self._fail(str(error), start, self._at) from error

    def _quoted(self, start: int) -> str:
        """The value in quotes; a backslash before a quote or a backslash takes its meaning away."""
        closing = '"' if self._text[start] == '"' else QUOTES
        value: list[str] = []
        at = start + 1
        while at < len(self._text) and self._text[at] not in closing:
            if self._text[at] == "\\" and self._text[at + 1 : at + 2] in ("\\", '"'):
                at += 1
            value.append(self._text[at])
            at += 1
        if at >= len(self._text):
            raise self._fail("the closing quote is missing", start, start + 1)
        self._at = at + 1
        return "".join(value)

    @staticmethod
    def _limit(value: str) -> str:
        if not re.fullmatch("[0-9]{1,15}", value) or int(value) < 1:
            raise BadQuery(f"limit: {value[:80]!r} is no number above nought; write limit:100")
        return str(int(value))

    def _fail(self, message: str, at: int, end: int) -> BadQuery:
        return fail(message, self._text, at, end)


def _joined_before(text: str, at: int, words: list[str]) -> tuple[bool, bool]:
    """Whether a NOT before a filter turns it round, and whether an AND stood there; both are taken out of the words."""
    typed = "".join(words)
    negated = anded = False
    while operator := _OPERATOR_BEFORE.search(typed):
        if operator[1] == "OR":
            begin = at - (len(typed) - operator.start(1))
            raise _no_alternative(text, begin, begin + 2)
        negated, anded = negated is not (operator[1] == "NOT"), anded or operator[1] == "AND"
        typed = typed[: operator.start(1)]
        words[:] = [typed]
    return negated, anded


def _joined_behind(text: str, end: int, *, before: bool) -> int:
    """Where what belongs to a filter ends: an AND behind it does, where no other stood before it."""
    operator = _OPERATOR_BEHIND.match(text, end)
    if operator is None:
        return end
    if operator[1] == "OR":
        raise _no_alternative(text, operator.start(1), operator.end(1))
    return end if before else operator.end()


def _no_alternative(text: str, at: int, end: int) -> BadQuery:
    return fail(
        "a filter narrows the whole search and cannot be one side of OR; write alternatives with commas,"
        " source:gazette,kurir, or leave out OR",
        text,
        at,
        end,
    )
