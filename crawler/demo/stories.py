"""Article files in, Stories out: what a bundled newspaper prints on a given night.

An article is one text file in ``papers/<paper>/``. First header lines (``title: …``), a blank line, then blocks
separated by blank lines: a paragraph, or a block whose first sign says what it is::

    ## Subheading            > Pull quote             - item of a list (one a line)
    @figure file.png | caption | credit               @comment Name | -3 10:15 | text
    @entry -3 09:00 | headline | text                 @reply Name | -3 11:00 | text

``-3 10:15`` is a time of day three days before today. ``nights: 2-`` says on which nights the article is there, and
``gone: 410`` how it answers once it has left. Edits follow in sections of their own, each with header
lines only: ``=== night 2``, then ``title``, ``modified``, ``drop: 4`` (a paragraph's number), ``replace: 4 | text``,
``append`` and ``correction``.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta, timezone
from functools import lru_cache
from pathlib import Path

NIGHTS = (1, 2, 3)
_PAPERS = Path(__file__).parent / "papers"
_WORDS_A_MINUTE = 200


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
    #: First night on which it is there.
    since: int
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Edition:
    """What a paper has on one night. ``stories``: newest first. ``gone``: those that left, and their status."""

    today: date
    night: int
    stories: tuple[Story, ...]
    gone: tuple[tuple[Story, int], ...]
    #: Whether the site's built-in crawler traps are there.
    traps: bool

    @property
    def listed(self) -> list[Story]:
        """The stories that feeds, sitemaps and front pages show, newest first."""
        return [story for story in self.stories if not story.closed]

    def related(self, story: Story, count: int = 3) -> list[Story]:
        """Other stories to read, always the same for a story: only those there on every night count."""
        steady = [other for other in self.listed if other.since == 1 and other.slug != story.slug]
        turn = story.number % max(len(steady), 1)
        return (steady[turn:] + steady[:turn])[:count]


def opening(today: date, night: int) -> datetime:
    """The moment at which a night's state is put online: never later than now when ``today`` is today."""
    day = today + timedelta(days=night - NIGHTS[-1])
    return datetime.combine(day, time(0 if night == NIGHTS[-1] else 22), UTC)


def load_edition(paper: str, today: date, night: int, *, zone: timezone, traps: bool = True) -> Edition:
    """What ``paper`` prints on ``night``; its times are in ``zone``."""
    stories: list[Story] = []
    gone: list[tuple[Story, int]] = []
    for path in sorted((_PAPERS / paper).glob("*.txt")):
        header, story, nights = _load_story(path, today, zone, night)
        if night in nights:
            stories.append(story)
        elif night > min(nights):
            gone.append((story, int(header.get("gone", "404"))))
    stories.sort(key=lambda story: (story.published, story.number), reverse=True)
    return Edition(today=today, night=night, stories=tuple(stories), gone=tuple(gone), traps=traps)


def _load_story(path: Path, today: date, zone: timezone, night: int) -> tuple[dict[str, str], Story, tuple[int, ...]]:
    first, *edits = _read(path).split("\n=== night ")
    head, _, body = first.partition("\n\n")
    header = dict(_fields(head.splitlines()))
    nights = _nights(header.get("nights", "1-"))
    story = _story(path.stem, header, _Almanac(today, zone), body.strip().split("\n\n"), nights)
    for edit in edits:
        number, _, changes = edit.partition("\n")
        if int(number) <= night:
            story = _edited(story, _fields(changes.strip().splitlines()), _Almanac(today, zone))
    return header, story, nights


@lru_cache(maxsize=256)
def _read(path: Path) -> str:
    return path.read_text(encoding="utf-8")


def _fields(lines: Iterable[str]) -> list[tuple[str, str]]:
    pairs = (line.partition(":") for line in lines if line.strip())
    return [(name.strip(), value.strip()) for name, _, value in pairs]


def _nights(text: str) -> tuple[int, ...]:
    """``1-`` → 1, 2, 3; ``1,3`` → 1, 3; ``2`` → 2."""
    if text.endswith("-"):
        return tuple(night for night in NIGHTS if night >= int(text[:-1]))
    return tuple(int(part) for part in text.split(","))


@dataclass(frozen=True, slots=True)
class _Almanac:
    today: date
    zone: timezone

    def time(self, text: str) -> datetime:
        """``-3 10:15`` → that time, three days before today."""
        days, _, clock = text.strip().partition(" ")
        day = self.today + timedelta(days=int(days))
        return datetime.combine(day, time.fromisoformat(clock or "00:00"), self.zone)


def _story(slug: str, header: dict[str, str], almanac: _Almanac, parts: list[str], nights: tuple[int, ...]) -> Story:
    blocks = tuple(_block(part) for part in parts if not part.startswith(("@comment", "@reply", "@entry")))
    entries = tuple(_entry(part, almanac) for part in parts if part.startswith("@entry"))
    words = sum(len(block.text.split()) for block in blocks) + sum(len(e.text.split()) for e in entries)
    return Story(
        slug=slug,
        number=int(header["number"]),
        title=header["title"],
        authors=tuple(name.strip() for name in header["author"].split(";")),
        published=almanac.time(header["date"]),
        modified=almanac.time(header["modified"]) if "modified" in header else None,
        section=header["section"],
        tags=tuple(tag.strip() for tag in header.get("tags", "").split(",") if tag.strip()),
        summary=header["summary"],
        minutes=int(header.get("minutes", max(1, round(words / _WORDS_A_MINUTE)))),
        access=header.get("access", "free"),
        kind=header.get("kind", "article"),
        closed=header.get("closed") == "yes",
        since=min(nights),
        blocks=blocks,
        remarks=tuple(_remark(p, almanac) for p in parts if p.startswith(("@comment", "@reply"))),
        entries=entries,
    )


def _block(part: str) -> Block:
    text = " ".join(part.split())
    if text.startswith("## "):
        return Block(kind="h2", text=text[3:])
    if text.startswith("> "):
        return Block(kind="quote", text=text[2:])
    if text.startswith("- "):
        return Block(kind="list", text="\n".join(line[2:].strip() for line in part.strip().splitlines()))
    if text.startswith("@figure "):
        file, caption, credit = (piece.strip() for piece in text[8:].split("|"))
        return Block(kind="figure", figure=Figure(file=file, caption=caption, credit=credit))
    return Block(kind="p", text=text)


def _remark(part: str, almanac: _Almanac) -> Remark:
    sign, _, rest = " ".join(part.split()).partition(" ")
    author, at, text = (piece.strip() for piece in rest.split("|"))
    return Remark(author=author, at=almanac.time(at), text=text, answer=sign == "@reply")


def _entry(part: str, almanac: _Almanac) -> Entry:
    _, _, rest = " ".join(part.split()).partition(" ")
    at, headline, text = (piece.strip() for piece in rest.split("|"))
    return Entry(at=almanac.time(at), headline=headline, text=text)


def _edited(story: Story, changes: list[tuple[str, str]], almanac: _Almanac) -> Story:
    for name, value in changes:
        if name == "modified":
            story = replace(story, modified=almanac.time(value))
        elif name == "title":
            story = replace(story, title=value)
        elif name == "correction":
            story = replace(story, correction=value)
        else:
            story = replace(story, blocks=_rewritten(story.blocks, name, value))
    return story


def _rewritten(blocks: tuple[Block, ...], change: str, value: str) -> tuple[Block, ...]:
    if change == "append":
        return (*blocks, Block(kind="p", text=value))
    number, _, text = (piece.strip() for piece in value.partition("|"))
    places = [place for place, block in enumerate(blocks) if block.kind == "p"]
    place = places[int(number) - 1]
    kept = {"drop": (), "replace": (Block(kind="p", text=text),)}[change]
    return (*blocks[:place], *kept, *blocks[place + 1 :])
