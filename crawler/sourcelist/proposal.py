"""Proposed newspapers and those declared already in, what is new, known or wrong out. Pure: nothing is written."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from crawler.sources import RESERVED, SOURCE_KEYS, CrawlConfig, wrong_name


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """A newspaper that somebody would like to declare."""

    #: Of the file that it stands in; 0: it was named on the command line.
    line: int = 0
    #: None: to be made from its host.
    name: str | None = None
    #: As its table in sources.toml would have them.
    values: Mapping[str, Any]
    #: True: its home is not given but derived from its feed's address.
    guessed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Wrong:
    """A line of a file that proposes nothing that can be declared."""

    line: int
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """A newspaper that is declared already, or proposed twice."""

    line: int
    name: str
    home: str
    #: Line of the earlier proposal of the same newspaper; None: sources.toml has it.
    same_as: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class New:
    """A newspaper to declare."""

    line: int
    name: str
    #: What is to be written of it; ``home`` is always there.
    values: Mapping[str, Any]
    guessed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Sorted:
    """What proposals come to, each part in their order."""

    new: tuple[New, ...]
    known: tuple[Known, ...]
    wrong: tuple[Wrong, ...]


@dataclass(slots=True, kw_only=True)
class _Draft:
    proposal: Proposal
    values: dict[str, Any]
    name: str = ""
    #: Lines that propose the same newspaper again.
    again: list[int] = field(default_factory=list)


def sort_out(proposals: Iterable[Proposal | Wrong], config: CrawlConfig) -> Sorted:
    """Tell new newspapers from known and wrong ones; several lines of one newspaper become one, their lists united."""
    declared = {_alike(source.home): source for source in config.sources}
    drafts: dict[str, _Draft] = {}
    known: list[Known] = []
    wrong: list[Wrong] = []
    for each in proposals:
        if isinstance(each, Wrong):
            wrong.append(each)
            continue
        values, mistakes = _checked(each)
        wrong += mistakes
        if mistakes:
            continue
        key = _alike(values["home"])
        if key in declared:
            known.append(Known(line=each.line, name=declared[key].name, home=values["home"]))
        elif key in drafts:
            _unite(drafts[key], values, each.line)
        else:
            drafts[key] = _Draft(proposal=each, values=values)
    named, badly = _name(drafts.values(), {source.name for source in config.sources})
    return Sorted(
        new=tuple(
            New(line=each.proposal.line, name=each.name, values=each.values, guessed=each.proposal.guessed)
            for each in named
        ),
        known=tuple(sorted([*known, *_twice(named)], key=lambda each: each.line)),
        wrong=tuple(sorted([*wrong, *badly], key=lambda each: each.line)),
    )


def suggest_name(home: str, taken: set[str]) -> str:
    """A source name from a home URL: its host without ``www.``; if that is taken with its path, else numbered."""
    parts = urlsplit(home)
    host = (parts.hostname or "source").removeprefix("www.")
    name = base = _spelt(host) or "source"
    if name in taken and (path := _spelt(parts.path)):
        name = base = f"{base}-{path}"[:56].rstrip("-.")
    n = 2
    while name in taken:
        name, n = f"{base}-{n}", n + 1
    return name


def _spelt(text: str) -> str:
    return re.sub(r"[^a-z0-9.-]+", "-", text.lower()).strip("-.")[:56].rstrip("-.")


def _alike(home: str) -> str:
    """What two addresses of one front page have in common: all but scheme, ``www.`` and a last slash."""
    return re.sub(r"^https?://(?:www\.)?", "", home).rstrip("/")


def _checked(proposal: Proposal) -> tuple[dict[str, Any], list[Wrong]]:
    """A proposal's values as a Source has them, and what is wrong with it."""
    values, wrong = {}, []
    for key, value in proposal.values.items():
        try:
            values[key] = SOURCE_KEYS[key](value)
        except ValueError as error:
            if not (key == "home" and proposal.guessed):  # then it is its feed's address that is wrong
                wrong.append(Wrong(line=proposal.line, reason=f"{key}: {error}"))
    if proposal.name is not None and (problem := wrong_name(proposal.name)):
        wrong.append(Wrong(line=proposal.line, reason=f"name {proposal.name[:80]!r}: {problem}"))
    if not wrong and "home" not in values:
        wrong.append(Wrong(line=proposal.line, reason="no front page is given"))
    return values, wrong


def _unite(draft: _Draft, values: Mapping[str, Any], line: int) -> None:
    """Add a second line's lists to the first; of all other values the first one given counts."""
    draft.again.append(line)
    for key, value in values.items():
        before = draft.values.setdefault(key, value)
        if isinstance(value, tuple):
            draft.values[key] = tuple(dict.fromkeys([*before, *value]))


def _name(drafts: Iterable[_Draft], taken: set[str]) -> tuple[list[_Draft], list[Wrong]]:
    """Each draft with its name: those that were chosen first, so that no suggestion takes one of them."""
    good, wrong = [], []
    for draft in (drafts := list(drafts)):
        chosen = draft.proposal.name
        if chosen in taken:
            reason = f"the name {chosen!r} is taken by another source; choose another"
            wrong.append(Wrong(line=draft.proposal.line, reason=reason))
            continue
        if chosen is not None:
            draft.name = chosen
            taken.add(chosen)
        good.append(draft)
    taken.add(RESERVED)
    for draft in good:
        if not draft.name:
            draft.name = suggest_name(draft.values["home"], taken)
            taken.add(draft.name)
    return good, wrong


def _twice(drafts: Iterable[_Draft]) -> list[Known]:
    return [
        Known(line=line, name=draft.name, home=draft.values["home"], same_as=draft.proposal.line)
        for draft in drafts
        for line in draft.again
    ]
