"""Blocks in; the article's own blocks out, with what the others were: bylines, dates, captions, reading time."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import pairwise

from archive.types import Image
from pipelines.authors import clean_names
from pipelines.blocks import Block, plain_text
from pipelines.captions import LONGEST, looks_like_caption, split_credit
from pipelines.datelines import part_from_date, read_date_line, told_parts
from pipelines.dates import Clock, Moment, iter_dates
from pipelines.endings import is_link, without_biographies, without_end, without_navigation, without_small_print
from pipelines.headline import key_of
from pipelines.leads import has_lead, is_position, is_signature
from pipelines.phrases import is_furniture, reading_minutes
from pipelines.sizes import RUNNING_TEXT, size_of

#: Blocks at the start in which bylines, dates and the repeated headline are looked for.
_HEAD = 12
#: Words that a paragraph needs to count as a repetition, not as a refrain or a heading.
_REPEATED_WORDS = 6
#: "London, Nov 10 (Reuters) - …": a place or two, a date, a dash.
_DATELINE = re.compile(
    r"^(?:[^\W\d_][\w.’' /()-]{1,40},\s*){0,2}"
    r"(?P<date>[^–—()]{0,4}\d[^–—()]{2,28}|[^\W\d_]{3,10}\.? \d{1,2}(?:, \d{4})?)\s?"
    r"(?:\([^()]{2,30}\)\s?)?[–—-]\s"
)
_SHORTEST_PULLED, _LONGEST_PULLED = 30, 400
#: Blocks at the end among which the writers' names are looked for.
_SIGNED = 2
#: In longer texts every block is not looked for in every other.
_MOST_COMPARED = 500
_LONGEST_BYLINE = 160
#: A caption is at most this many times longer than its words alone.
_MARGIN = 1.5


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
    def running(self) -> bool:
        """True once a paragraph of running text was kept."""
        return any(size_of(block.text) >= RUNNING_TEXT for block in self.blocks)

    @property
    def text(self) -> str:
        """The blocks as plain text, a blank line between them."""
        return plain_text(self.blocks)


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What is known of the article from elsewhere on its page."""

    title: str | None
    names: tuple[str, ...]
    captions: tuple[str, ...]
    #: Texts of the page's links: a block before or after the running text that is one of them is navigation.
    links: frozenset[str]
    clock: Clock


def image_of(text: str, url: str | None = None, alt: str | None = None) -> Image:
    """A caption as an Image, its credit split off."""
    caption, credit = split_credit(text)
    return Image(url=url, caption=caption or None, credit=credit, alt=alt)


def clean(blocks: Iterable[Block], known: Known) -> Cleaned:
    """Take out what is not the article's own text. What stays is untouched and in order."""
    cleaned = Cleaned()
    listed = without_end(list(blocks))
    captions = _captions_among(listed, known.captions)
    twice = _twice_in_a_row(listed)
    in_head = True
    for number, block in enumerate(listed):
        in_head = in_head and number < _HEAD
        if block.near and not in_head:
            continue
        if block.kind == "code" or not _take(cleaned, block.text, captions, known, in_head=in_head, twice=twice):
            cleaned.blocks.append(block)
            in_head = in_head and size_of(block.text) < RUNNING_TEXT
    _take_datelines(cleaned, known.clock)
    _take_signatures(cleaned, known.names)
    chosen = [block for block in cleaned.blocks if not block.near]
    cleaned.blocks = without_biographies(
        without_navigation(without_small_print(_once(chosen)), known.links), known.names
    )
    return cleaned


def _captions_among(blocks: list[Block], captions: Iterable[str]) -> set[str]:
    """The texts of blocks that say what a caption says, with or without its credit."""
    keys = {key_of(text) for caption in captions for text in (caption, split_credit(caption)[0])} - {""}
    longest = min(_MARGIN * max(map(len, keys), default=0), LONGEST)
    return {block.text for block in blocks if len(block.text) <= longest and key_of(block.text) in keys}


def _take(cleaned: Cleaned, line: str, captions: set[str], known: Known, *, in_head: bool, twice: set[str]) -> bool:
    """True if a line is none of the article's text; what it says is noted."""
    minutes = reading_minutes(line)
    if minutes is not None:
        cleaned.minutes = cleaned.minutes or minutes
        return True
    if line in captions or is_furniture(line):
        return True
    if line.startswith("©") or (is_link(line, known.links) and not cleaned.running):
        return True
    if looks_like_caption(line) or (in_head and line in twice and split_credit(line)[1]):
        cleaned.captions.append(image_of(line))
        return True
    return in_head and _take_head(cleaned, line, known)


def _take_head(cleaned: Cleaned, line: str, known: Known) -> bool:
    if known.title and _repeats_title(line, known.title):
        return True
    if read_date_line(line, known.clock):
        for part, changed in told_parts(line):
            if moment := read_date_line(part, known.clock):
                (cleaned.modified if changed else cleaned.published).append(moment)
        return True
    if is_byline(line, known.names):
        cleaned.bylines.append(line)
        return True
    if cleaned.bylines and is_position(line):
        return True
    if (parted := part_from_date(line, known.clock)) and is_byline(parted[1], known.names):
        cleaned.bylines.append(parted[1])
        return _take_head(cleaned, parted[0].as_written, known)
    return False


def _take_signatures(cleaned: Cleaned, names: tuple[str, ...]) -> None:
    """Note and take out the writers' names where they stand below the text."""
    last = [block for block in cleaned.blocks if not block.near][1:][-_SIGNED:]
    for block in last:
        if block.kind == "paragraph" and (is_signature(block.text) or is_byline(block.text, names)):
            cleaned.bylines.append(block.text.strip("()[]（）【】〔〕"))
            cleaned.blocks.remove(block)


def _repeats_title(line: str, title: str) -> bool:
    return key_of(line) == key_of(title)


def is_byline(line: str, names: tuple[str, ...]) -> bool:
    """True for "By Jo Doe", "Writer: Jo Doe" and for a line of known names alone."""
    if len(line) > _LONGEST_BYLINE:
        return False
    found = clean_names([line])
    if not found:
        return False
    keys = {key_of(name) for name in names}
    if all(key_of(name) in keys for name in found):
        return len(key_of(line).split()) <= sum(len(name.split()) for name in found) + 6
    return has_lead(line) and len(line.split()) <= 14 and not line.rstrip().endswith(("!", "?"))


def _twice_in_a_row(blocks: list[Block]) -> set[str]:
    return {a.text for a, b in pairwise(blocks) if a.text == b.text}


def _once(blocks: list[Block]) -> list[Block]:
    """Keep a repeated paragraph once: where it runs as a paragraph, not where it is shown as a quote."""
    place: dict[str, int] = {}
    dropped: set[int] = set()
    for number, block in enumerate(blocks):
        if block.kind in ("row", "code") or len(block.text.split()) < _REPEATED_WORDS:
            continue
        key = block.text.casefold()
        earlier = place.setdefault(key, number)
        if earlier == number:
            continue
        if blocks[earlier].kind in ("quote", "heading") and block.kind == "paragraph":
            dropped.add(earlier)
            place[key] = number
        else:
            dropped.add(number)
    keys = [key_of(block.text) for block in blocks]
    said = "\n".join(f" {key} " for key in keys)
    pulled = {n for n, block in enumerate(blocks[:_MOST_COMPARED]) if _is_pulled(block, keys[n], keys, said)}
    return [block for number, block in enumerate(blocks) if number not in dropped | pulled]


def _is_pulled(block: Block, key: str, keys: list[str], said: str) -> bool:
    """True for a sentence set apart that stands in another block as well: a pull quote. ``said``: all ``keys``."""
    if block.kind not in ("quote", "paragraph") or not _SHORTEST_PULLED <= len(block.text) <= _LONGEST_PULLED:
        return False
    if said.count(f" {key} ") == keys.count(key):
        return False
    return any(len(other) > _MARGIN * len(key) and f" {key} " in f" {other} " for other in keys)


def _take_datelines(cleaned: Cleaned, clock: Clock) -> None:
    """Note the date in "Dresden, 10. November 2026 – …" at the start of the first paragraphs; the text stays."""
    for block in cleaned.blocks[:3]:
        found = _DATELINE.match(block.text)
        moment = next(iter_dates(found["date"], clock), None) if found else None
        if moment:
            cleaned.published.append(moment)
