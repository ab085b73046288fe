"""TOML text in, where each table and each key stands out: for mistakes by line, and for changes that disturb nothing.

Python's own parser gives values without places. It has the last word nevertheless: this reader is only for text that
``tomllib`` accepts, and what is changed by it is read again.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field

#: The parts of a dotted key.
Keys = tuple[str, ...]

_BETWEEN = re.compile(r"(?:[ \t\r\n]|#[^\n]*)*")
_SPACES = re.compile(r"[ \t]*")
_KEY = re.compile(r"[ \t]*(\"(?:\\.|[^\"\\\n])*\"|'[^'\n]*'|[A-Za-z0-9_-]+)[ \t]*")
#: What a value is made of, up to the end of its line. A closing triple quote may have two more before it.
_PIECE = re.compile(
    r'"""(?:\\.|(?!""").)*"{3,5}'
    r"|'''(?:(?!''').)*'{3,5}"
    r'|"(?:\\.|[^"\\\n])*"'
    r"|'[^'\n]*'"
    r"|#[^\n]*"
    r"|[\[{]|[\]}]|\n|[ \t\r]+"
    r"|[^\[\]{}\"'#\s]+",
    re.DOTALL,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """A key with its value. Offsets count characters of the text."""

    #: From the root of the file.
    path: Keys
    #: Of its first line, from 1.
    line: int
    #: Of its lines as a whole: the first character of the first, the one behind the last.
    start: int
    end: int
    #: Of the value alone, without spaces and comment.
    value_start: int
    value_end: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """A header and the statements under it; the first of a file is the root, which has none."""

    path: Keys
    #: Of the header, from 1; 0: the root.
    line: int
    #: Of the header's line: its first character, the one behind its end.
    start: int
    end: int
    statements: list[Statement] = field(default_factory=list)

    @property
    def last(self) -> int:
        """Behind the end of its last statement, or of its header."""
        return self.statements[-1].end if self.statements else self.end


def read_layout(text: str) -> list[Table]:
    """The tables of a valid TOML text, in order, the root first. What cannot be followed ends the list early."""
    tables = [Table(path=(), line=0, start=0, end=0)]
    position, line = 0, 1
    while True:
        begin = _skip(_BETWEEN, text, position)
        line += text.count("\n", position, begin)
        if begin == len(text):
            return tables
        start = text.rfind("\n", 0, begin) + 1
        if text[begin] == "[":
            path, at = _read_path(text, begin + (2 if text.startswith("[[", begin) else 1))
            position = _line_end(text, at)
            tables.append(Table(path=path, line=line, start=start, end=position))
        else:
            path, at = _read_path(text, begin)
            value_start = _skip(_SPACES, text, at + 1)
            value_end, position = _read_value(text, value_start)
            tables[-1].statements.append(
                Statement(
                    path=tables[-1].path + path,
                    line=line,
                    start=start,
                    end=position,
                    value_start=value_start,
                    value_end=value_end,
                )
            )
        if not path:
            return tables
        line += text.count("\n", begin, position)


def lines_of(text: str) -> Mapping[str, int]:
    """Dotted path of each table and key → its line, from 1; also of those that are only implied by a longer one."""
    lines: dict[str, int] = {}
    for table in read_layout(text):
        places = [(table.path, table.line), *((each.path, each.line) for each in table.statements)]
        for path, line in places:
            for length in range(1, len(path) + 1):
                lines.setdefault(".".join(path[:length]), line)
    return lines


def _skip(pattern: re.Pattern[str], text: str, position: int) -> int:
    match = pattern.match(text, position)
    assert match is not None, "the pattern matches nothing as well"
    return match.end()


def _line_end(text: str, position: int) -> int:
    """Behind the end of the line."""
    return (text.find("\n", position) + 1) or len(text)


def _read_path(text: str, position: int) -> tuple[Keys, int]:
    """The dotted key at a position, and the character behind it."""
    path: list[str] = []
    while match := _KEY.match(text, position):
        path.append(_key(match[1]))
        position = match.end()
        if not text.startswith(".", position):
            break
        position += 1
    return tuple(path), position


def _key(written: str) -> str:
    if "\\" in written:
        (key,) = tomllib.loads(f"{written} = 0")
        return key
    return written[1:-1] if written[0] in "\"'" else written


def _read_value(text: str, position: int) -> tuple[int, int]:
    """The end of the value at a position, and the end of its last line."""
    depth, end = 0, position
    while match := _PIECE.match(text, position):
        piece, position = match[0], match.end()
        if piece == "\n" and depth <= 0:
            return end, position
        depth += (piece in "[{") - (piece in "]}")
        if not piece.isspace() and not piece.startswith("#"):
            end = position
    return end, position
