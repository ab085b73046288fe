"""Addresses without end: calendars, filters, numbered pages that are no articles, told by what came of their like.

Addresses that differ in their numbers, or in the values of their queries, are a family. A family is cut off when too
many of it were fetched in vain, for a pattern alone tells nothing: ``/story/4711`` is how many papers number articles.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from urllib.parse import urlsplit

from archive.ledger import Entry
from archive.types import Outcome, Reason, State, Via

#: Pages of a family that may turn out to be no articles, and how many more for each article among them.
IN_VAIN, PER_ARTICLE = 50, 10
#: Pages of a family that are asked for in each run all the same: its site may have been rebuilt.
PROBES = 3
#: Families of a source that are watched at a time; those that have been quiet longest give way.
_WATCHED = 200
#: Refusals that are a page's nature. Walls, faults and scripts are none: they would cut off a whole paper.
_NO_ARTICLE = frozenset({Reason.INDEX_PAGE, Reason.NOT_ARTICLE, Reason.TOO_SHORT, Reason.EMPTY, Reason.SOFT_404})
#: Named one by one by somebody who knows.
_VOUCHED_FOR = frozenset({Via.FEED, Via.GIVEN})
#: What is an article, or was one, is asked for whatever its like turned out to be.
_HELD = frozenset({State.KEPT, State.GONE})
_NUMBER = re.compile(r"[0-9]+")

#: Source and beginning of an address → URL, state and reason of the pages known there.
History = Callable[[str, str], Iterable[tuple[str, State, str | None]]]


def family_of(url: str) -> str | None:
    """An address with its numbers replaced and its query's keys only: ``http://a.example/calendar/#/#?view``.

    None for an address that has neither numbers nor a query.
    """
    parts = urlsplit(url)
    if not parts.query and not _NUMBER.search(parts.path):
        return None
    keys = sorted({pair.partition("=")[0] for pair in parts.query.split("&")} - {""})
    path = _NUMBER.sub("#", parts.path)
    return f"{parts.scheme}://{parts.netloc}{path}" + (f"?{'&'.join(keys)}" if keys else "")


def beginning_of(url: str) -> str:
    """What all addresses of a URL's family begin with."""
    parts = urlsplit(url)
    number = _NUMBER.search(parts.path)
    return f"{parts.scheme}://{parts.netloc}{parts.path[: number.start()] if number else parts.path}"


def in_vain(state: State, reason: str | None) -> bool:
    """True for a page that was fetched and is by its nature no article of its own."""
    return state is State.DUPLICATE or (state is State.REJECTED and reason in _NO_ARTICLE)


@dataclass(slots=True)
class Family:
    """What came of the addresses of one pattern."""

    vain: int = 0
    articles: int = 0
    #: Fetched in vain in this run.
    tonight: int = 0
    #: Whether what earlier runs found is counted.
    complete: bool = False

    @property
    def spent(self) -> bool:
        """True when no more of it shall be asked for."""
        return self.complete and self.tonight >= PROBES and self.vain > IN_VAIN + PER_ARTICLE * self.articles


class Traps:
    """The families of each source that have given pages in vain in this run. ``history`` is asked once a family."""

    def __init__(self, history: History) -> None:
        self._history = history
        self._watched: defaultdict[str, dict[str, Family]] = defaultdict(dict)

    def catches(self, entry: Entry) -> str | None:
        """Why a page shall not be asked for, in a few words; None: it shall."""
        watched = self._watched.get(entry.source)
        if not watched or entry.state in _HELD or any(hint.via in _VOUCHED_FOR for hint in entry.hints):
            return None
        name = family_of(entry.url)
        family = watched.get(name) if name else None
        if name is None or family is None or not family.spent:
            return None
        return f"{name[:200]}: {family.vain} pages in vain, {family.articles} articles"

    def note(self, entry: Entry, state: State, outcome: Outcome | None, reason: str | None) -> None:
        """Learn from what became of a page, once the ledger has it."""
        vain = in_vain(state, reason)
        if outcome is None or not (vain or outcome is Outcome.NEW):
            return
        watched = self._watched[entry.source]
        name = family_of(entry.url)
        if name is None or (name not in watched and not vain):
            return
        family = watched[name] = watched.pop(name, Family())
        family.vain += vain
        family.tonight += vain
        family.articles += outcome is Outcome.NEW
        if family.tonight >= PROBES and not family.complete:
            self._complete(entry, name, family)
        if len(watched) > _WATCHED:
            del watched[next(iter(watched))]

    def _complete(self, entry: Entry, name: str, family: Family) -> None:
        """Count what the ledger knows of a family, this run's pages among them."""
        family.vain = family.articles = 0
        for url, state, reason in self._history(entry.source, beginning_of(entry.url)):
            if family_of(url) == name:
                family.vain += in_vain(state, reason)
                family.articles += state is State.KEPT
        family.complete = True
