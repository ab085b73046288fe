"""sources.toml in, Sources out. A newspaper is a declaration; what it leaves out is discovered."""

from __future__ import annotations

import ipaddress
import re
import tomllib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import available_timezones

from archive.asks import ASKS
from archive.urls import normalise_url
from archive.version import __version__
from crawler.errors import ConfigError
from crawler.night.budget import read_deadline, read_limits
from crawler.notice import NOTIFY_KEYS, Notify, missing
from crawler.rendering import ALWAYS, AUTO, NEVER
from crawler.sourcelist.layout import lines_of

FILE = "sources.toml"

_NAME = re.compile(r"[a-z0-9][a-z0-9._-]{0,62}")
#: The source of imported files: a newspaper of that name would be taken for it.
RESERVED = "import"
_MOST_PAGES = 10_000_000
_LONGEST_WORDS = 200
#: Zones that mean another thing on another machine, or nothing at all.
_NO_ZONES = ("localtime", "posixrules", "Factory")


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


_Check = Callable[[Any], Any]


def _text(value: Any) -> str:
    if not isinstance(value, str) or not value.strip():
        raise ValueError("must be a text that is not empty")
    return value.strip()


def _url(value: Any) -> str:
    try:
        return normalise_url(_text(value))
    except ValueError as error:
        raise ValueError(f"must be a full http or https URL ({error})") from None


def _urls(value: Any) -> tuple[str, ...]:
    if not isinstance(value, list):
        raise ValueError('must be a list of URLs, such as ["https://paper.example/feed"]')
    return tuple(_url(item) for item in value)


def _hosts(value: Any) -> tuple[str, ...]:
    try:
        if not isinstance(value, list):
            raise ValueError("no list")
        return tuple(map(_host, value))
    except ValueError as error:
        raise ValueError(f'must be a list of host names, such as ["news.paper.example"] ({error})') from None


def _host(value: Any) -> str:
    text = _text(value)
    if re.search(r"[/\\?#@:]", text):
        raise ValueError(f"{text[:80]!r} is more than a host name")
    return urlsplit(normalise_url(f"http://{text}/")).hostname or ""


def _seconds(value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not 0 <= value <= 3600:
        raise ValueError("must be a number of seconds from 0 to 3600")
    return float(value)


def _pages(value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not 1 <= value <= _MOST_PAGES:
        raise ValueError(f"must be a whole number from 1 to {_MOST_PAGES}")
    return value


def _workers(value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= 256:
        raise ValueError("must be a whole number of processes from 0 (one per core) to 256")
    return value


def _asks(value: Any) -> tuple[str, ...]:
    if not isinstance(value, list) or not all(isinstance(item, str) and item in ASKS for item in value):
        raise ValueError(f"must be a list of some of {', '.join(ASKS)}")
    return tuple(dict.fromkeys(value))


def _words(value: Any) -> str:
    words = " ".join(_text(value).split())
    if len(words) > _LONGEST_WORDS:
        raise ValueError(f"must be a text of at most {_LONGEST_WORDS} characters")
    return words


def _zone(value: Any) -> str:
    name = _text(value)
    if name not in _zones():
        raise ValueError(f"must be an IANA time zone such as Europe/Zagreb, not {name[:80]!r}")
    return name


@cache
def _zones() -> frozenset[str]:
    return frozenset(
        name for name in available_timezones() if name not in _NO_ZONES and not name.startswith(("right/", "posix/"))
    )


def _contact(value: Any) -> str:
    contact = _text(value)
    if not re.fullmatch(r"(mailto:)?[^@\s()]+@[^@\s()]+\.[^@\s()]+|https?://[^\s()]+", contact):
        raise ValueError("must be a mail address or the URL of a page that tells who crawls")
    return contact


def _number(value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or value < 1:
        raise ValueError("must be a whole number from 1")
    return value


def _size(value: Any) -> int:
    if isinstance(value, int):
        return _number(value)
    size = read_limits((_text(value),)).bytes
    if size is None:
        raise ValueError('must be a number of bytes, such as 500000000 or "500MB"')
    return size


def _clock(value: Any) -> str:
    read_deadline(_text(value), datetime.now().astimezone())
    return _text(value)


def _allowed(value: Any) -> tuple[str, ...]:
    try:
        if not isinstance(value, list):
            raise ValueError("no list")
        return tuple(_host_or_network(_text(item)) for item in value)
    except ValueError as error:
        raise ValueError(
            f'must be a list of hosts or networks, such as ["gazette.test", "10.1.0.0/16"] ({error})'
        ) from None


def _host_or_network(text: str) -> str:
    try:
        return str(ipaddress.ip_address(text.strip("[]")))
    except ValueError:
        return str(ipaddress.ip_network(text)) if "/" in text else _host(text)


def _pause(value: Any) -> bool | date:
    if isinstance(value, bool) or (isinstance(value, date) and not isinstance(value, datetime)):
        return value
    raise ValueError("must be true, or the day from which it is crawled again, without quotes: paused = 2027-01-31")


def _render(value: Any) -> str:
    if value not in (NEVER, AUTO, ALWAYS):
        raise ValueError('must be "never", "auto" or "always"')
    return str(value)


_NIGHT_KEYS: Mapping[str, _Check] = {
    "deadline": _clock,
    "max_requests": _number,
    "max_bytes": _size,
    "metrics": _text,
}
_BACKFILL_KEYS: Mapping[str, _Check] = {"cdx": _url, "replay": _url}
_CRAWL_KEYS: Mapping[str, _Check] = {
    "contact": _contact,
    "delay": _seconds,
    "max_pages": _pages,
    "workers": _workers,
    "allow": _allowed,
    "host_requests": _pages,
    "basis": _words,
    "respect": _asks,
    "render": _render,
    "chromium": _text,
}
SOURCE_KEYS: Mapping[str, _Check] = {
    "home": _url,
    "title": _text,
    "feeds": _urls,
    "sitemaps": _urls,
    "sections": _urls,
    "timezone": _zone,
    "delay": _seconds,
    "max_pages": _pages,
    "max_requests": _number,
    "max_bytes": _size,
    "also_on": _hosts,
    "basis": _words,
    "respect": _asks,
    "render": _render,
    "paused": _pause,
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


def _read_table(where: str, table: Any, keys: Mapping[str, _Check], mistakes: _Mistakes) -> dict[str, Any]:
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


#: Our product token: what a group of rules in robots.txt names (RFC 9309 section 2.2.1). The whole user agent would
#: also answer to the words of the operator's address.
AGENT = "nightdesk"


def user_agent(contact: str | None) -> str:
    """Who we are, and where to reach the operator: ``nightdesk/0.1.0 (+mailto:desk@example.org)``."""
    if contact and not contact.startswith(("http:", "https:", "mailto:")):
        contact = f"mailto:{contact}"
    return f"{AGENT}/{__version__}" + (f" (+{contact})" if contact else "")


#: Hosts that are nobody's: RFC 2606 and RFC 6761 names, and the loopback addresses.
_NOBODYS = re.compile(r"(?:^|\.)(?:example|test|invalid|localhost)$|^127\.|^\[?::1\]?$")


def require_contact(config: CrawlConfig, sources: tuple[Source, ...]) -> None:
    """Raise ConfigError when real sites would be crawled by an operator whom nobody can reach."""
    if config.contact is None and not all(_NOBODYS.search(s.host) for s in sources):
        raise ConfigError(
            f'before crawling real sites, say who you are: put contact = "you@example.org" under [crawl] in {FILE},'
            " so that a site's owner can reach you"
        )
