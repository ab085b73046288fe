"""Text for the terminal by way of rich, which is loaded when something is printed, not before.

Whatever pages say is printed without control characters, so that no page can steer the reader's terminal.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rich.console import Console, RenderableType
    from rich.table import Table
    from rich.text import Text

#: Lines longer than this are tiring to read, however wide the window is.
_WIDEST = 96
#: Marks that ``Hits`` puts around found words for ``print_hits``: no page has them, control characters are cut.
MARKS = ("\x02", "\x03")
_CONTROLS = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")
_MARKED = re.compile(f"{MARKS[0]}(.*?){MARKS[1]}")


def new_console() -> Console:
    """A console on stdout, never wider than is good to read."""
    from rich.console import Console

    class Quiet(Console):
        def on_broken_pipe(self) -> None:
            raise BrokenPipeError  # who reads, and has seen enough: rich would end the program with status 1

    console = Quiet(highlight=False, markup=False, emoji=False)
    console.width = min(console.width, _WIDEST)
    return console


def _clean(text: str) -> str:
    return _CONTROLS.sub(" ", text)


def styled(text: str, *, style: str = "") -> Text:
    """Text in one style."""
    from rich.text import Text

    return Text(_clean(text), style=style)


def highlighted(marked: str, console: Console, *, style: str = "") -> Text:
    """Found words in bold and colour; in brackets where there is no colour."""
    from rich.text import Text

    colour = console.is_terminal and not console.no_color
    text = Text(style=style)
    at = 0
    for match in _MARKED.finditer(marked):
        text.append(_clean(marked[at : match.start()]))
        word = _clean(match[1])
        text.append(word if colour else f"[{word}]", style="bold yellow" if colour else "")
        at = match.end()
    return text.append(_clean(marked[at:]))


def indented(what: RenderableType, *, by: int = 2) -> RenderableType:
    """The same, moved to the right."""
    from rich.padding import Padding

    return Padding(what, (0, 0, 0, by), expand=False)


def put(console: Console, *what: RenderableType) -> None:
    """Print to the console; into a pipe without the spaces that rich fills lines with."""
    if console.is_terminal:
        console.print(*what)
        return
    with console.capture() as capture:
        console.print(*what)
    console.file.writelines(line.rstrip() + "\n" for line in capture.get().splitlines())


def put_table(console: Console, table: Table, *, by: int = 0) -> None:
    """Print a table whole: moved together, then, in a window too narrow for it, with lines that run on.

    No number is lost. In a pipe nothing moves: two spaces tell columns apart. ``by``: moved to the right.
    """
    width = console.width
    if console.is_terminal and _width(console, table) + by > width:
        table.padding = (0, 1, 0, 0)
    console.width = max(width, _width(console, table) + by)
    put(console, indented(table, by=by) if by else table)
    console.width = width


def _width(console: Console, table: Table) -> int:
    return console.measure(table, options=console.options.update(max_width=10_000)).maximum


def put_line(console: Console, line: str, *, style: str = "") -> None:
    """Print a line that is not to be folded: an address, to be copied whole."""
    console.print(styled(line, style=style), soft_wrap=True)


def shortened(text: str, most: int) -> str:
    """A text of at most so many characters, cut in its middle where it is longer."""
    if len(text) <= most:
        return text
    end = most // 3
    return f"{text[: most - end - 1]}…{text[-end:]}"


def paired(pairs: Sequence[tuple[str, str | Text]], *, style: str = "dim", width: int | None = None) -> Table:
    """Names on the left, in a column so wide at least, values on the right, folded under themselves."""
    from rich.table import Table

    table = Table.grid(padding=(0, 2, 0, 0), pad_edge=False)
    table.add_column(style=style, no_wrap=True, min_width=width)
    table.add_column(overflow="fold")
    for name, value in pairs:
        table.add_row(styled(name), styled(value) if isinstance(value, str) else value)
    return table


def columned(*headings: str) -> Table:
    """A table without lines; a heading that starts with ``>`` is of a column of numbers."""
    from rich.table import Table

    table = Table(box=None, padding=(0, 2, 0, 0), pad_edge=False, header_style="dim")
    for heading in headings:
        right = heading.startswith(">")
        table.add_column(heading.lstrip(">"), justify="right" if right else "left", no_wrap=True)
    return table


def cell(value: object) -> Text:
    """A value for a table; nought is a dash, so that what is not nought stands out."""
    return styled(f"{value:,}" if isinstance(value, int) and value else "–" if value == 0 else str(value))
