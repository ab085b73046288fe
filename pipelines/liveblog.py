"""A live blog's markup in, its entries out, each with its time: as JSON-LD tells them, or as the page shows them."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence, Set

from archive.types import Entry
from pipelines.clock import Clock
from pipelines.dates import read_date
from pipelines.jsonld import Node, text_in
from pipelines.passages import Box, Passage
from pipelines.sheet import squeeze, text_of
from pipelines.structured import Structured

_TYPE = "LiveBlogPosting"
_NAMED = re.compile(
    r"(?i)\blive[-_ ]?(?:blog|ticker|feed|updates?|entry|entries|post|event)|\bticker[-_]?(?:entry|item|post)"
)
#: Fewer entries than this make no live blog of a page that does not call itself one.
_FEW = 3
_CLOCK_TIME = re.compile(r"^\W*(\d{1,2}(?:[:.h]|\s?Uhr)\s?(?:\d{2})?(?:\s?[ap]\.?m\.?)?)\b.{0,30}$", re.IGNORECASE)
_MOST = 2_000
_LONGEST_TIME = 60
_HEADINGS = frozenset(("h2", "h3", "h4", "h5", "h6"))


def read_entries(told: Structured, passages: Sequence[Passage], kept: Set[str], clock: Clock) -> list[Entry]:
    """The entries in the order of the page; none if the page is no live blog.

    ``passages``: all of the page; ``kept``: the texts of them that are the article's.
    """
    declared = told.type == _TYPE
    named = _named(passages)
    if not declared and not named:
        return []
    shown = _shown(passages, kept, clock, named if not declared else None)
    if declared and len(told_entries := _told(told.article, clock)) >= len(shown):
        return told_entries
    return shown


def _told(article: Node, clock: Clock) -> list[Entry]:
    updates = article.get("liveBlogUpdate")
    if isinstance(updates, dict):
        updates = [updates]
    entries = []
    for update in updates[:_MOST] if isinstance(updates, list) else ():
        if isinstance(update, dict) and (body := text_in(update.get("articleBody"))):
            written = text_in(update.get("datePublished"))
            moment = read_date(written, clock) if written else None
            title = text_in(update.get("headline"))
            text = "\n\n".join(filter(None, map(squeeze, body.split("\n"))))
            entries.append(Entry(at=moment.at if moment else None, as_written=written, title=title, body=text))
    return entries


def _named(passages: Iterable[Passage]) -> set[int]:
    """The boxes named for live news, and all boxes in them."""
    named: dict[int, bool] = {}

    for passage in passages:
        asked: list[Box] = []
        box: Box | None = passage.box
        while box is not None and id(box) not in named:
            asked.append(box)
            box = box.parent
        is_live = box is not None and named[id(box)]
        for inner in reversed(asked):
            named[id(inner)] = is_live = is_live or _is_named(inner)
    return {key for key, is_live in named.items() if is_live}


def _is_named(box: Box) -> bool:
    words = f"{box.element.get('class') or ''} {box.element.get('id') or ''}"
    may_be = "live" in words or "Live" in words or "icker" in words  # an expression for every box takes long
    return may_be and bool(_NAMED.search(words))


def _shown(passages: Sequence[Passage], kept: Set[str], clock: Clock, named: set[int] | None) -> list[Entry]:
    """The largest set of boxes of one kind in one box, each with a time of its own. ``named``: None: any will do."""
    alike: dict[tuple[int, str, str], dict[int, Box]] = defaultdict(dict)
    holds: dict[int, list[Passage]] = defaultdict(list)
    for passage in passages:
        box = passage.box
        while box.parent is not None:
            holds[id(box)].append(passage)
            alike[id(box.parent), box.tag, box.element.get("class") or ""][id(box)] = box
            box = box.parent
    best: list[Entry] = []
    for boxes in alike.values():
        if len(boxes) < _FEW or not (named is None or any(key in named for key in boxes)):
            continue
        entries = [entry for key, box in boxes.items() if (entry := _entry(box, holds[key], kept, clock))]
        if len(entries) >= max(_FEW, len(best)):
            best = entries[:_MOST]
    return best


def _entry(box: Box, passages: Iterable[Passage], kept: Set[str], clock: Clock) -> Entry | None:
    """A box as an entry; None if it has no time or no text."""
    listed = list(passages)
    stamp = next(box.element.iter("time"), None)
    shown = (text_of(stamp) or None) if stamp is not None else None
    if stamp is None:
        shown = next((p.text for p in listed[:2] if len(p.text) <= _LONGEST_TIME and _CLOCK_TIME.match(p.text)), None)
        if shown is None:
            return None
    machine = stamp.get("datetime") if stamp is not None else None
    moment = read_date(machine, clock) if machine and re.search(r"\d{4}", machine) else None
    title = next((p.text for p in listed if p.tag in _HEADINGS), None)
    text = [p.text for p in listed if p.text in kept and p.text not in (title, shown)]
    if not text:
        return None
    return Entry(at=moment.at if moment else None, as_written=shown or machine, title=title, body="\n\n".join(text))
