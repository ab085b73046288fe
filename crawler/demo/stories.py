"""The values that the bundled newspapers are made of: a Story and its parts, as they stand on one night."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """A picture as the article shows it. ``credit`` may be empty."""

    file: str
    caption: str
    credit: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """One piece of the body. ``kind``: ``p``, ``h2``, ``quote``, ``list`` (items are lines) or ``figure``."""

    kind: str
    text: str = ""
    figure: Figure | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Remark:
    """A reader's comment; ``answer``: to the comment before it."""

    author: str
    at: datetime
    text: str
    answer: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One entry of a live blog."""

    at: datetime
    headline: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """An article as it stands on one night."""

    slug: str
    number: int
    title: str
    authors: tuple[str, ...]
    published: datetime
    #: None: the paper does not say that it was changed, even where it was.
    modified: datetime | None
    section: str
    tags: tuple[str, ...]
    summary: str
    minutes: int
    #: ``free``, ``metered`` or ``paywalled``.
    access: str
    #: ``article``, ``opinion``, ``live``; ``inline`` where the page carries its text as data.
    kind: str
    #: Under a path that robots.txt closes.
    closed: bool
    blocks: tuple[Block, ...]
    remarks: tuple[Remark, ...] = ()
    entries: tuple[Entry, ...] = ()
    correction: str | None = None

    @property
    def figure(self) -> Figure | None:
        """The lead picture."""
        return next((block.figure for block in self.blocks if block.figure), None)

    @property
    def paragraphs(self) -> list[str]:
        """Paragraphs of running text, without headings, quotes and captions."""
        return [block.text for block in self.blocks if block.kind == "p"]
