"""A page's blocks and its source's Template in, the blocks without the template out, with what was left out and why.

What is template is learnt elsewhere, over many articles (archive/templates.py); here is only one page.
"""

from __future__ import annotations

import re
from collections.abc import Sequence, Set
from dataclasses import dataclass, field

from archive.fingerprint import line_fingerprint
from archive.types import Dropped, Line, Template
from pipelines.blocks import Block
from pipelines.boilerplate import Known, is_byline
from pipelines.captions import looks_like_caption
from pipelines.datelines import read_date_line
from pipelines.phrases import ends_the_text, is_furniture, reading_minutes

#: Lines of a page that are counted: as many at its beginning as at its end.
_MOST_LINES = 200
_LONGEST_LINE = 300
#: More of an article's text than this is never left out: then the page is a copy of others, or the counts are wrong.
_MOST_LEFT_OUT = 0.6
#: The reason of what somebody decided: that is never in doubt.
_PINNED = "pinned"
_LETTER = re.compile(r"[^\W\d_]")


@dataclass(frozen=True, slots=True, kw_only=True)
class Parted:
    """An article's blocks, and those of its source."""

    blocks: list[Block]
    dropped: list[Dropped] = field(default_factory=list)
    #: For a person: why the template was not left out; None: it was, or there is none.
    note: str | None = None


def lines_of(blocks: Sequence[Block], left: Set[str]) -> tuple[Line, ...]:
    """The blocks as lines to be counted. ``left``: texts that cleaning without a template left in.

    Of the others furniture alone is counted: bylines, dates and captions say something of their article. Code and
    what has no letter is no line.
    """
    worded = [(n, block) for n, block in enumerate(blocks) if _is_line(block) and _is_open(block.text, left)]
    if len(worded) > _MOST_LINES:
        worded = worded[: _MOST_LINES // 2] + worded[-_MOST_LINES // 2 :]
    end = max(len(blocks) - 1, 1)
    return tuple(
        Line(fingerprint=line_fingerprint(block.text), text=block.text[:_LONGEST_LINE], place=n / end)
        for n, block in worded
    )


def _is_line(block: Block) -> bool:
    return block.kind != "code" and _LETTER.search(block.text) is not None


def _is_open(text: str, left: Set[str]) -> bool:
    return text in left or (is_furniture(text) and reading_minutes(text) is None)


def without_template(blocks: Sequence[Block], template: Template | None, known: Known) -> Parted:
    """Leave out what the source repeats, but for bylines, dates and captions, which are still to be read."""
    if template is None:
        return Parted(blocks=list(blocks))
    reasons = [_reason(block, template, known) for block in blocks]
    learnt = sum(
        len(block.text)
        for block, reason in zip(blocks, reasons, strict=True)
        if reason not in (None, _PINNED) and not block.near
    )
    share, note = learnt / max(1, sum(len(block.text) for block in blocks if not block.near)), None
    if share > _MOST_LEFT_OUT:
        note = f"the source's template would have taken {100 * share:.0f} % of the text, so all of it was kept"
        reasons = [reason if reason == _PINNED else None for reason in reasons]
    judged = list(zip(blocks, reasons, strict=True))
    return Parted(
        blocks=[block for block, reason in judged if reason is None],
        dropped=[
            Dropped(text=block.text, reason=reason) for block, reason in judged if reason is not None and not block.near
        ],
        note=note,
    )


def _reason(block: Block, template: Template, known: Known) -> str | None:
    """Why a block is none of the article's text; None: it is."""
    reason = template.lines.get(line_fingerprint(block.text)) if block.kind != "code" else None
    return None if reason is None or _tells(block.text, known) else reason


def _tells(text: str, known: Known) -> bool:
    """True for a line that says something of the article, or where it ends: cleaning reads it, and takes it out."""
    return (
        reading_minutes(text) is not None
        or ends_the_text(text)
        or looks_like_caption(text)
        or read_date_line(text, known.clock) is not None
        or is_byline(text, known.names)
    )
