"""Signals of rights in; what they would ask of an archive of texts out. The one place that interprets them.

The signals stay as they were found, whatever is made of them here. Whoever reads them otherwise, because a court or
a contract does, changes this module alone: ``find_asks`` is all that is called, and ``ASKS`` all that an operator
may name in ``respect``.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import unquote, urlsplit

#: What is asked → in plain words.
ASKS: dict[str, str] = {
    "noindex": "not to be found by searching",
    "noarchive": "no copy to be shown",
    "nosnippet": "no passage to be shown",
    "noai": "not for training or feeding AI",
    "noimageai": "its pictures not for training or feeding AI",
    "notdm": "text and data mining is reserved",
}
#: Words of robots metas and X-Robots-Tag.
_ROBOTS = {
    "noindex": "noindex",
    "none": "noindex",
    "noarchive": "noarchive",
    "nocache": "noarchive",
    "nosnippet": "nosnippet",
    "max-snippet:0": "nosnippet",
    "noai": "noai",
    "noml": "noai",
    "noimageai": "noimageai",
}
#: Preferences of AIPREF's Content-Usage and of Content-Signal, where they are refused.
_USES = {
    "train-ai": "noai",
    "ai-train": "noai",
    "train-genai": "noai",
    "genai": "noai",
    "ai": "noai",
    "ai-input": "noai",
    "tdm": "notdm",
    "bots": "notdm",
    "search": "noindex",
}
#: Directives of robots metas that have a value, so that what stands before their colon is no robot's name.
_VALUED = re.compile(r"(?i)^\s*(?:max-(?:snippet|image-preview|video-preview)|unavailable_after)\s*:")
_ADDRESSED = re.compile(r"^\s*([\w.*-]+)\s*:\s*(.*)$", re.S)
#: Robots' names that mean us.
_US = ("*", "nightdesk")
_GROUP = re.compile(r"^robots\.txt (content-usage|content-signal) for (.+)$")


@dataclass(frozen=True, slots=True, kw_only=True)
class Signal:
    """Something that a page, its headers or its site says of use."""

    #: Where it stands: a header's name, a meta's, ``license``, ``robots.txt content-usage for *``, ``tdmrep.json`` …
    signal: str
    #: Verbatim; several of one kind that stood in one place are several signals.
    value: str
    #: URL of the answer that says it.
    where: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Ask:
    """Something that a signal would ask of us."""

    #: One of ``ASKS``.
    what: str
    words: str
    #: What asks it.
    signal: str
    value: str


def find_asks(signals: Iterable[Signal], url: str) -> tuple[Ask, ...]:
    """What the signals ask for the page at ``url``: each thing once, for the first signal that asks it.

    A word addressed to another robot asks nothing of us. Of a robots.txt the group that names us counts, else that
    for all; in it and in tdmrep.json, the longest path that fits the page.
    """
    found: dict[str, Ask] = {}
    listed = list(signals)
    for what, signal in (*_of_page(listed), *_of_robots_txt(listed, url), *_of_tdmrep(listed, url)):
        found.setdefault(what, Ask(what=what, words=ASKS[what], signal=signal.signal, value=signal.value))
    return tuple(found.values())


def _of_page(signals: list[Signal]) -> Iterator[tuple[str, Signal]]:
    for signal in signals:
        if signal.signal in ("x-robots-tag", "robots", "nightdesk"):
            yield from ((what, signal) for what in _robots_words(signal.value))
        elif signal.signal == "tdm-reservation" and signal.value.strip() == "1":
            yield "notdm", signal
        elif signal.signal == "content-usage":
            yield from ((what, signal) for what in _uses(signal.value))


def _robots_words(value: str) -> Iterator[str]:
    """``nightdesk: noarchive, noai`` → what is asked of us."""
    addressed = None if _VALUED.match(value) else _ADDRESSED.match(value)
    if addressed:
        if addressed[1].lower() not in _US:
            return
        value = addressed[2]
    for word in value.lower().split(","):
        what = _ROBOTS.get("".join(word.split()))
        if what:
            yield what


def _uses(value: str) -> Iterator[str]:
    """``train-ai=n, search=y`` → what is refused."""
    for part in re.split(r"[,;]", value):
        name, _, wish = part.partition("=")
        if wish.strip().lower() in ("n", "no", "?0", "0"):
            what = _USES.get(name.strip().lower())
            if what:
                yield what


def _of_robots_txt(signals: list[Signal], url: str) -> Iterator[tuple[str, Signal]]:
    groups = [(match, signal) for signal in signals if (match := _GROUP.match(signal.signal))]
    agents = [set(match[2].lower().split(", ")) for match, _ in groups]
    wanted = next((name for name in reversed(_US) if any(name in each for each in agents)), None)
    for kind in ("content-usage", "content-signal"):
        mine = [
            (*_path_and_value(signal.value), signal)
            for (match, signal), names in zip(groups, agents, strict=True)
            if match[1] == kind and wanted in names
        ]
        fitting = [each for each in mine if fits(each[0], url)]
        longest = max((len(path) for path, _, _ in fitting), default=0)
        for path, value, signal in fitting:
            if len(path) == longest:
                yield from ((what, signal) for what in _uses(value))


def _path_and_value(text: str) -> tuple[str, str]:
    """``/archive/ train-ai=n`` → the path, empty where there is none, and the preferences."""
    first, _, rest = text.strip().partition(" ")
    return (first, rest) if first.startswith("/") else ("", text)


def _of_tdmrep(signals: list[Signal], url: str) -> Iterator[tuple[str, Signal]]:
    """W3C's TDM Reservation Protocol: of the file's entries, the longest location that fits is the page's."""
    fitting = []
    for signal in signals:
        if signal.signal == "tdmrep.json":
            try:
                entry = json.loads(signal.value)
            except ValueError:
                continue
            if isinstance(entry, dict) and isinstance(entry.get("location"), str) and fits(entry["location"], url):
                fitting.append((len(entry["location"]), str(entry.get("tdm-reservation")), signal))
    if fitting:
        _, reserved, signal = max(fitting, key=lambda each: each[0])
        if reserved == "1":
            yield "notdm", signal


def fits(pattern: str, url: str) -> bool:
    """Whether a path pattern as in robots.txt (``*`` any characters, a last ``$`` the end) is that of a URL."""
    parts = urlsplit(url)
    target = unquote(parts.path or "/") + (f"?{unquote(parts.query)}" if parts.query else "")
    ends = pattern.endswith("$")
    pieces = unquote(pattern.removesuffix("$")).split("*")
    if not target.startswith(pieces[0]):
        return False
    at = len(pieces[0])
    for piece in pieces[1:]:
        found = target.find(piece, at)
        if found < 0:
            return False
        at = found + len(piece)
    return not ends or (target.endswith(pieces[-1]) if len(pieces) > 1 else at == len(target))
