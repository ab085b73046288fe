"""An element that is marked as a date in, the Stamp out: what it says to machines and readers, and of what."""

from __future__ import annotations

from dataclasses import dataclass

from lxml.html import HtmlElement

from pipelines.datelines import told_parts
from pipelines.marks import Marks, marks_of, tells_of_change
from pipelines.sheet import text_of

_LONGEST_DATE = 160
#: "Last updated:" before a date.
_LONGEST_LABEL = 60
_MACHINE = ("datetime", "content", "data-timestamp", "data-date")


@dataclass(frozen=True, slots=True, kw_only=True)
class Stamp:
    """A date's place: the machine's value if it has one, the words shown, and whether it is of a change."""

    machine: str | None
    shown: str
    updated: bool
    #: In the head of the article: after or just before its headline.
    near: bool
    #: Characters of paragraphs between the headline and it.
    below: int


def stamp_in(element: HtmlElement, tag: str, marks: Marks, *, near: bool, below: int) -> Stamp | None:
    """The date that an element is; None for a box that holds more than a date, or nothing."""
    if tag != "time" and (_is_long(element) or next(element.iter("time"), None) is not None):
        return None
    machine = next((value for name in _MACHINE if (value := element.get(name))), None)
    if machine is None and tag == "abbr":  # <abbr class="published" title="2026-11-16T07:12:00+01:00">07:12</abbr>
        machine = element.get("title")
    shown = text_of(element)
    if not machine and not shown:
        return None
    first, of_change = told_parts(shown)[0]
    updated = (
        marks.updated or (tells_of_change(shown) if first == shown else of_change) or _stands_under_change(element)
    )
    if not machine:
        shown = first  # of "May 3, 2026. Updated: May 7, 2026" the first; the line is read as a whole elsewhere
    return Stamp(machine=machine, shown=shown[:_LONGEST_DATE], updated=updated, near=near, below=below)


def _is_long(element: HtmlElement) -> bool:
    """True for a box that holds much more than a date, whatever it is named."""
    length = 0
    for text in element.itertext():
        length += len(text.strip())
        if length > _LONGEST_DATE:
            return True
    return False


def _stands_under_change(element: HtmlElement) -> bool:
    """True if the words just before a date, or the names of the box that holds it alone, tell of a change."""
    for _ in range(2):
        before, above = element.getprevious(), element.getparent()
        if above is None:
            return False
        words = above.text if before is None else (before.tail or "").strip() or text_of(before)
        if words and words.strip():
            return len(words) <= _LONGEST_LABEL and tells_of_change(words)
        if marks_of(above).updated and len(above) == 1:
            return True
        element = above
    return False
