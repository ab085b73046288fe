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

from crawler.demo.stories import Block, Entry, Figure, Remark, Story

NIGHTS = (1, 2, 3)


_PAPERS = Path(__file__).parent / "papers"


_WORDS_A_MINUTE = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Edition:
    """What a paper has on one night. ``stories``: newest first. ``gone``: those that left, and their status."""

    today: date
    night: int
    stories: tuple[Story, ...]
    gone: tuple[tuple[Story, int], ...]
    #: The first night's stories as they stood then, newest first: what pages that never change can refer to.
    first: tuple[Story, ...]
    #: Whether the site's built-in crawler traps are there.
    traps: bool

    @property
    def listed(self) -> list[Story]:
        """The stories that feeds, sitemaps and front pages show, newest first."""
        return [story for story in self.stories if not story.closed]

    def related(self, story: Story, count: int = 3) -> list[Story]:
        """Other stories to read, always the same for a story, even where one of them has left since."""
        others = [other for other in self.first if not other.closed and other.slug != story.slug]
        turn = story.number % max(len(others), 1)
        return (others[turn:] + others[:turn])[:count]


def opening(today: date, night: int) -> datetime:
    """The moment at which a night's state is put online: never later than now when ``today`` is today."""
    day = today + timedelta(days=night - NIGHTS[-1])
    return datetime.combine(day, time(0 if night == NIGHTS[-1] else 22), UTC)


def load_edition(paper: str, today: date, night: int, *, zone: timezone, traps: bool = True) -> Edition:
    """What ``paper`` prints on ``night``; its times are in ``zone``."""
    almanac = _Almanac(today, zone)
    files = [_load_file(path, almanac) for path in sorted((_PAPERS / paper).glob("*.txt"))]
    gone = tuple((file.on(night), file.gone) for file in files if min(file.nights) < night not in file.nights)
    stories, first = _printed(files, night), _printed(files, NIGHTS[0])
    return Edition(today=today, night=night, stories=stories, gone=gone, first=first, traps=traps)


def _printed(files: Iterable[_File], night: int) -> tuple[Story, ...]:
    """The stories of a night, newest first."""
    stories = [file.on(night) for file in files if night in file.nights]
    return tuple(sorted(stories, key=lambda story: (story.published, story.number), reverse=True))


@dataclass(frozen=True, slots=True, kw_only=True)
class _File:
    """An article's file: the story as first printed, when it is there, and its edits by night."""

    story: Story
    nights: tuple[int, ...]
    gone: int
    edits: tuple[tuple[int, list[tuple[str, str]]], ...]
    almanac: _Almanac

    def on(self, night: int) -> Story:
        """The story as it stands on a night."""
        story = self.story
        for since, changes in self.edits:
            if since <= night:
                story = _edited(story, changes, self.almanac)
        return story


def _load_file(path: Path, almanac: _Almanac) -> _File:
    text, *edits = _read(path).split("\n=== night ")
    head, _, body = text.partition("\n\n")
    header = dict(_fields(head.splitlines()))
    pieces = (edit.partition("\n") for edit in edits)
    return _File(
        story=_story(path.stem, header, almanac, body.strip().split("\n\n")),
        nights=_nights(header.get("nights", "1-")),
        gone=int(header.get("gone", "404")),
        edits=tuple((int(night), _fields(changes.splitlines())) for night, _, changes in pieces),
        almanac=almanac,
    )


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


def _story(slug: str, header: dict[str, str], almanac: _Almanac, parts: list[str]) -> Story:
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
