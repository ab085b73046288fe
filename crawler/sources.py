"""sources.toml in, Sources out. A newspaper is a declaration; what it leaves out is discovered."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from crawler.errors import ConfigError
from crawler.notice import NOTIFY_KEYS, Notify, missing
from crawler.rendering import NEVER
from crawler.sourcelist.layout import lines_of
from crawler.values import (
    Check,
    read_allowed,
    read_asks,
    read_clock,
    read_contact,
    read_hosts,
    read_number,
    read_pages,
    read_pause,
    read_render,
    read_seconds,
    read_size,
    read_text,
    read_url,
    read_urls,
    read_words,
    read_workers,
    read_zone,
)

FILE = "sources.toml"

_NAME = re.compile(r"[a-z0-9][a-z0-9._-]{0,62}")
#: The source of imported files: a newspaper of that name would be taken for it.
RESERVED = "import"


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """One newspaper."""

    #: Short, unique, lower case: how it is called on the command line and in the archive.
    name: str
    #: Its front page.
    home: str
    title: str | None = None
    #: Given documents. Empty: discovered from the front page and robots.txt.
    feeds: tuple[str, ...] = ()
    sitemaps: tuple[str, ...] = ()
    sections: tuple[str, ...] = ()
    #: IANA name, for times that the pages write without a zone.
    timezone: str | None = None
    #: Seconds between two requests to one of its hosts.
    delay: float
    #: Pages asked for in one crawl at most, newest first; the rest waits for the next.
    max_pages: int
    #: Requests and bytes that one run may spend on it; None: as ``--source-budget`` says, else no limit.
    max_requests: int | None = None
    max_bytes: int | None = None
    #: Further hosts whose links count as this newspaper's own.
    also_on: tuple[str, ...] = ()
    #: On what ground its pages are kept, in the operator's words; None: none stated.
    basis: str | None = None
    #: Asks of archive/asks.py for whose sake a page is not kept.
    respect: tuple[str, ...] = ()
    #: Whether a browser runs its pages' scripts: ``never``; ``auto``, where a page shows nothing without; ``always``.
    render: str = NEVER
    #: True, or the day (by the machine's clock) from which it is crawled again: left out of crawls until then.
    paused: bool | date = False

    def is_paused(self, today: date) -> bool:
        """Whether crawls leave it out on that day."""
        return self.paused if isinstance(self.paused, bool) else today < self.paused

    @property
    def host(self) -> str:
        """Host of the front page."""
        return urlsplit(self.home).hostname or ""


@dataclass(frozen=True, slots=True, kw_only=True)
class NightConfig:
    """The ``[night]`` table: what `nightdesk nightly` keeps to."""

    #: When the night is over, by the machine's clock: ``06:00``.
    deadline: str | None = None
    #: What a whole night may cost.
    max_requests: int | None = None
    max_bytes: int | None = None
    #: Prometheus text file to write after each night; a relative path begins at the archive's folder.
    metrics: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class BackfillConfig:
    """The ``[backfill]`` table: where `nightdesk backfill` looks besides the newspapers themselves."""

    #: Address of a CDX server, such as the Wayback Machine's.
    cdx: str | None = None
    #: Where its archive gives copies; None: as the Wayback Machine and pywb do, from the address of their CDX server.
    replay: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CrawlConfig:
    """The ``[crawl]`` table: how to crawl, and the sources' defaults."""

    #: Web page or mail address where a site's owner reaches the operator; part of the user agent.
    contact: str | None = None
    delay: float = 1.0
    max_pages: int = 2000
    #: Processes that clean pages; 0: one per core.
    workers: int = 0
    #: Hosts, IP addresses and networks that may be asked though they are none of the public internet.
    allow: tuple[str, ...] = ()
    #: The ``[notify]`` table: who is told of a night.
    notify: Notify = field(default_factory=Notify)
    #: Asked of one host in one crawl at most, of all kinds: robots.txt, feeds, redirects.
    host_requests: int = 10_000
    basis: str | None = None
    respect: tuple[str, ...] = ()
    render: str = NEVER
    #: The browser's program; None: the one that the system has.
    chromium: str | None = None
    sources: tuple[Source, ...] = ()
    night: NightConfig = NightConfig()
    backfill: BackfillConfig = BackfillConfig()


@dataclass(slots=True)
class _Mistakes:
    """Everything that is wrong with a file, each with its line."""

    path: Path
    text: str
    found: list[str] = field(default_factory=list)

    _lines: Mapping[str, int] | None = None

    def add(self, table: str, key: str | None, what: str) -> None:
        self.found.append(f"{self.path}:{self._line(table, key)}: [{table}] {f'{key}: ' if key else ''}{what}")

    def _line(self, table: str, key: str | None) -> int:
        if self._lines is None:  # once a file: with two thousand sources a search for each mistake took ten seconds
            self._lines = lines_of(self.text)
        of_table = self._lines.get(table, 1)
        return of_table if key is None else self._lines.get(f"{table}.{key}", of_table)


def load_config(folder: Path) -> CrawlConfig:
    """Read a folder's sources.toml. Raises ConfigError that lists every mistake with file, line and key."""
    path = folder / FILE
    try:
        text = path.read_text(encoding="utf-8-sig")  # some editors begin with a byte order mark
    except FileNotFoundError:
        raise ConfigError(f"{path} does not exist; make an archive with `nightdesk init {folder}`") from None
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"{path} cannot be read: {error}") from error
    return understand(path, text)


def understand(path: Path, text: str) -> CrawlConfig:
    """What the text of a sources.toml means. Raises ConfigError that lists every mistake with line and key."""
    try:
        tree = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        at = re.search(r"\(at line (\d+)", str(error))
        raise ConfigError(f"{path}:{f'{at[1]}:' if at else ''} not valid TOML: {error}") from error
    mistakes = _Mistakes(path, text)
    config = _read_config(tree, mistakes)
    if mistakes.found:
        raise ConfigError("\n".join(mistakes.found))
    return config


def pick(config: CrawlConfig, names: tuple[str, ...]) -> tuple[Source, ...]:
    """The sources named, or all. Raises ConfigError naming those that are not declared."""
    if not config.sources:
        raise ConfigError(f"{FILE} declares no source; add one with `nightdesk sources add URL`")
    known = {source.name: source for source in config.sources}
    missing = [name for name in names if name not in known]
    if missing:
        raise ConfigError(
            f"{FILE} declares no source {', '.join(map(repr, missing))}; it has {', '.join(sorted(known)[:20])}"
        )
    return tuple(known[name] for name in dict.fromkeys(names)) or config.sources


def part_paused(sources: tuple[Source, ...], today: date) -> tuple[tuple[Source, ...], tuple[Source, ...]]:
    """The sources that are crawled on a day, and those that are paused. Raises ConfigError if all of them are."""
    paused = tuple(source for source in sources if source.is_paused(today))
    if len(paused) == len(sources):
        raise ConfigError(f"{say_paused(paused)}; nothing is left to crawl. Go on with: nightdesk sources resume NAME")
    return tuple(source for source in sources if not source.is_paused(today)), paused


def say_paused(sources: Sequence[Source], most: int = 10) -> str:
    """``paused, left out: courier, bote (until 2027-01-31)``."""
    told = [s.name if s.paused is True else f"{s.name} (until {s.paused})" for s in sources[:most]]
    more = len(sources) - len(told)
    return f"paused, left out: {', '.join(told)}" + (f" and {more} more" if more else "")


_NIGHT_KEYS: Mapping[str, Check] = {
    "deadline": read_clock,
    "max_requests": read_number,
    "max_bytes": read_size,
    "metrics": read_text,
}
_BACKFILL_KEYS: Mapping[str, Check] = {"cdx": read_url, "replay": read_url}
_CRAWL_KEYS: Mapping[str, Check] = {
    "contact": read_contact,
    "delay": read_seconds,
    "max_pages": read_pages,
    "workers": read_workers,
    "allow": read_allowed,
    "host_requests": read_pages,
    "basis": read_words,
    "respect": read_asks,
    "render": read_render,
    "chromium": read_text,
}
SOURCE_KEYS: Mapping[str, Check] = {
    "home": read_url,
    "title": read_text,
    "feeds": read_urls,
    "sitemaps": read_urls,
    "sections": read_urls,
    "timezone": read_zone,
    "delay": read_seconds,
    "max_pages": read_pages,
    "max_requests": read_number,
    "max_bytes": read_size,
    "also_on": read_hosts,
    "basis": read_words,
    "respect": read_asks,
    "render": read_render,
    "paused": read_pause,
}


def _read_config(tree: Mapping[str, Any], mistakes: _Mistakes) -> CrawlConfig:
    for key in sorted(tree.keys() - {"crawl", "night", "notify", "backfill", "sources"}):
        allowed = "[crawl], [night], [notify], [backfill] and [sources.NAME]"
        mistakes.add(key, None, f"unknown table; allowed are {allowed}")
    crawl = _read_table("crawl", tree.get("crawl", {}), _CRAWL_KEYS, mistakes)
    crawl["notify"] = _read_notify(tree.get("notify", {}), mistakes)
    night = NightConfig(**_read_table("night", tree.get("night", {}), _NIGHT_KEYS, mistakes))
    past = BackfillConfig(**_read_table("backfill", tree.get("backfill", {}), _BACKFILL_KEYS, mistakes))
    config = CrawlConfig(**crawl, night=night, backfill=past)
    declared = tree.get("sources", {})
    if not isinstance(declared, dict):
        mistakes.add("sources", None, "must be tables named [sources.NAME]")
        return config
    sources: list[Source] = []
    homes: dict[str, str] = {}
    for name, table in declared.items():
        where = f"sources.{name}"
        if problem := wrong_name(name):
            mistakes.add(where, None, problem)
        values = _read_table(where, table, SOURCE_KEYS, mistakes)
        if isinstance(table, dict) and "home" not in table:
            mistakes.add(where, None, 'needs its front page: home = "https://…/"')
        if "home" in values and homes.setdefault(values["home"], name) != name:
            mistakes.add(where, "home", f"is the front page of {homes[values['home']]!r} too; leave one of the two out")
        defaults: dict[str, Any] = {
            "home": "http://missing.invalid/",
            "delay": config.delay,
            "max_pages": config.max_pages,
            "basis": config.basis,
            "respect": config.respect,
            "render": config.render,
        }
        sources.append(Source(name=name, **(defaults | values)))
    return replace(config, sources=tuple(sources))


def _read_notify(table: Any, mistakes: _Mistakes) -> Notify:
    values = _read_table("notify", table, NOTIFY_KEYS, mistakes)
    if problem := missing(values):
        mistakes.add("notify", *problem)
    return Notify(**values)


def wrong_name(name: str) -> str | None:
    """What is wrong with a source's name; None: nothing."""
    if name == RESERVED:
        return f"the name {RESERVED!r} is kept for imported files; choose another"
    if not _NAME.fullmatch(name):
        return "a name has lower-case letters, digits, dots and hyphens, 63 at most"
    return None


def _read_table(where: str, table: Any, keys: Mapping[str, Check], mistakes: _Mistakes) -> dict[str, Any]:
    if not isinstance(table, dict):
        mistakes.add(where, None, f"must be a table; allowed keys: {', '.join(keys)}")
        return {}
    values = {}
    for key, value in table.items():
        if key not in keys:
            mistakes.add(where, key, f"unknown key; allowed are {', '.join(keys)}")
            continue
        try:
            values[key] = keys[key](value)
        except ValueError as error:
            mistakes.add(where, key, str(error))
    return values


#: Hosts that are nobody's: RFC 2606 and RFC 6761 names, and the loopback addresses.
_NOBODYS = re.compile(r"(?:^|\.)(?:example|test|invalid|localhost)$|^127\.|^\[?::1\]?$")


def require_contact(config: CrawlConfig, sources: tuple[Source, ...]) -> None:
    """Raise ConfigError when real sites would be crawled by an operator whom nobody can reach."""
    if config.contact is None and not all(_NOBODYS.search(s.host) for s in sources):
        raise ConfigError(
            f'before crawling real sites, say who you are: put contact = "you@example.org" under [crawl] in {FILE},'
            " so that a site's owner can reach you"
        )
