"""Blocks in; the article's own blocks out, with what the others were: bylines, dates, captions, reading time."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from archive.fingerprint import plain
from archive.types import Image
from pipelines.authors import clean_names, has_lead
from pipelines.body import Block
from pipelines.captions import is_credit_line, looks_like_caption, split_credit
from pipelines.dates import Clock, Moment
from pipelines.datelines import is_update, read_date_line
from pipelines.phrases import ends_the_text, is_furniture, reading_minutes

#: A paragraph of this many characters is running text: the head of the article is over.
RUNNING_TEXT = 140
#: Blocks at the start in which bylines, dates and the repeated headline are looked for.
_HEAD = 12
#: Words that a paragraph needs to count as a repetition, not as a refrain or a heading.
_REPEATED_WORDS = 6
#: Share of the text that may follow a "Comments" line and be cut with it.
_TAIL = 0.4
_LONGEST_BYLINE = 160
_NOT_WORD = re.compile(r"[\W_]+")


@dataclass(slots=True, kw_only=True)
class Cleaned:
    """The article's blocks, and what was taken out of the rest."""

    blocks: list[Block] = field(default_factory=list)
    bylines: list[str] = field(default_factory=list)
    published: list[Moment] = field(default_factory=list)
    modified: list[Moment] = field(default_factory=list)
    captions: list[Image] = field(default_factory=list)
    minutes: int | None = None

    @property
    def text(self) -> str:
        """The blocks as plain text, a blank line between them."""
        return "\n\n".join(block.text for block in self.blocks)


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What is known of the article from elsewhere on its page."""

    title: str | None
    names: tuple[str, ...]
    captions: tuple[str, ...]
    clock: Clock


def _key(text: str) -> str:
    return _NOT_WORD.sub(" ", plain(text).casefold()).strip()


def image_of(text: str, url: str | None = None, alt: str | None = None) -> Image:
    """A caption as an Image, its credit split off."""
    caption, credit = split_credit(text)
    return Image(url=url, caption=caption or None, credit=credit, alt=alt)


def clean(blocks: Iterable[Block], known: Known) -> Cleaned:
    """Take out what is not the article's own text. What stays is untouched and in order."""
    cleaned = Cleaned()
    captions = {_key(c) for c in known.captions} | {_key(split_credit(c)[0]) for c in known.captions}
    captions -= {""}
    listed = _without_end(list(blocks))
    twice = _twice_in_a_row(listed)
    in_head = True
    for number, block in enumerate(listed):
        in_head = in_head and number < _HEAD
        if block.kind == "code" or not _take(cleaned, block.text, captions, known, in_head=in_head, twice=twice):
            cleaned.blocks.append(block)
            in_head = in_head and len(block.text) < RUNNING_TEXT
    cleaned.blocks = _without_bare_headings(_once(cleaned.blocks))
    return cleaned


def _take(
    cleaned: Cleaned, line: str, captions: set[str], known: Known, *, in_head: bool, twice: set[str]
) -> bool:
    """True if a line is none of the article's text; what it says is noted."""
    minutes = reading_minutes(line)
    if minutes is not None:
        cleaned.minutes = cleaned.minutes or minutes
        return True
    if is_furniture(line) or _key(line) in captions:
        return True
    if looks_like_caption(line) or (in_head and line in twice and split_credit(line)[1]):
        cleaned.captions.append(image_of(line))
        return True
    return in_head and _take_head(cleaned, line, known)


def _take_head(cleaned: Cleaned, line: str, known: Known) -> bool:
    if known.title and _repeats_title(line, known.title):
        return True
    if moment := read_date_line(line, known.clock):
        (cleaned.modified if is_update(line) else cleaned.published).append(moment)
        return True
    if is_byline(line, known.names):
        cleaned.bylines.append(line)
        return True
    return False


def _repeats_title(line: str, title: str) -> bool:
    return _key(line) == _key(title)


def is_byline(line: str, names: tuple[str, ...]) -> bool:
    """True for "By Jo Doe", "Writer: Jo Doe" and for a line of known names alone."""
    if len(line) > _LONGEST_BYLINE:
        return False
    found = clean_names([line])
    if not found:
        return False
    keys = {_key(name) for name in names}
    if all(_key(name) in keys for name in found):
        return len(_key(line).split()) <= sum(len(name.split()) for name in found) + 6
    return has_lead(line) and len(line.split()) <= 14 and not line.rstrip().endswith(("!", "?"))


def _without_end(blocks: list[Block]) -> list[Block]:
    """Cut at "Comments" or "bottom of page", if what follows is the smaller part."""
    total = sum(len(block.text) for block in blocks)
    before = 0
    for number, block in enumerate(blocks):
        if ends_the_text(block.text) and before >= (1 - _TAIL) * total:
            return blocks[:number]
        before += len(block.text)
    return blocks


def _twice_in_a_row(blocks: list[Block]) -> set[str]:
    return {a.text for a, b in zip(blocks, blocks[1:], strict=False) if a.text == b.text}


def _once(blocks: list[Block]) -> list[Block]:
    """Keep a repeated paragraph once: where it runs as a paragraph, not where it is shown as a quote."""
    place: dict[str, int] = {}
    dropped: set[int] = set()
    for number, block in enumerate(blocks):
        if block.kind in ("row", "code") or len(block.text.split()) < _REPEATED_WORDS:
            continue
        key = _key(block.text)
        earlier = place.setdefault(key, number)
        if earlier == number:
            continue
        if blocks[earlier].kind in ("quote", "heading") and block.kind == "paragraph":
            dropped.add(earlier)
            place[key] = number
        else:
            dropped.add(number)
    return [block for number, block in enumerate(blocks) if number not in dropped]


def _without_bare_headings(blocks: list[Block]) -> list[Block]:
    """Drop headings at the end: they announced what was taken out."""
    while blocks and blocks[-1].kind == "heading":
        blocks = blocks[:-1]
    return blocks
