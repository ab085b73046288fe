"""A value of sources.toml in, what it means out; a ValueError says what it must be."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Callable
from datetime import date, datetime
from functools import cache
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import available_timezones

from archive.asks import ASKS
from archive.urls import normalise_url
from crawler.night.budget import read_deadline, read_limits
from crawler.rendering import ALWAYS, AUTO, NEVER

_MOST_PAGES = 10_000_000
_LONGEST_WORDS = 200
#: Zones that mean another thing on another machine, or nothing at all.
_NO_ZONES = ("localtime", "posixrules", "Factory")

Check = Callable[[Any], Any]


def read_text(value: Any) -> str:
    """A text that is not empty."""
    if not isinstance(value, str) or not value.strip():
        raise ValueError("must be a text that is not empty")
    return value.strip()


def read_url(value: Any) -> str:
    """An http or https URL, normalised."""
    try:
        return normalise_url(read_text(value))
    except ValueError as error:
        raise ValueError(f"must be a full http or https URL ({error})") from None


def read_urls(value: Any) -> tuple[str, ...]:
    """A list of URLs."""
    if not isinstance(value, list):
        raise ValueError('must be a list of URLs, such as ["https://paper.example/feed"]')
    return tuple(read_url(item) for item in value)


def read_hosts(value: Any) -> tuple[str, ...]:
    """A list of host names."""
    try:
        if not isinstance(value, list):
            raise ValueError("no list")
        return tuple(map(read_host, value))
    except ValueError as error:
        raise ValueError(f'must be a list of host names, such as ["news.paper.example"] ({error})') from None


def read_host(value: Any) -> str:
    """A host name."""
    text = read_text(value)
    if re.search(r"[/\\?#@:]", text):
        raise ValueError(f"{text[:80]!r} is more than a host name")
    return urlsplit(normalise_url(f"http://{text}/")).hostname or ""


def read_seconds(value: Any) -> float:
    """Seconds, an hour at most."""
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not 0 <= value <= 3600:
        raise ValueError("must be a number of seconds from 0 to 3600")
    return float(value)


def read_pages(value: Any) -> int:
    """A number of pages."""
    if isinstance(value, bool) or not isinstance(value, int) or not 1 <= value <= _MOST_PAGES:
        raise ValueError(f"must be a whole number from 1 to {_MOST_PAGES}")
    return value


def read_workers(value: Any) -> int:
    """A number of processes; 0: one a core."""
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= 256:
        raise ValueError("must be a whole number of processes from 0 (one per core) to 256")
    return value


def read_asks(value: Any) -> tuple[str, ...]:
    """Some of ``archive.asks.ASKS``."""
    if not isinstance(value, list) or not all(isinstance(item, str) and item in ASKS for item in value):
        raise ValueError(f"must be a list of some of {', '.join(ASKS)}")
    return tuple(dict.fromkeys(value))


def read_words(value: Any) -> str:
    """A short text on one line."""
    words = " ".join(read_text(value).split())
    if len(words) > _LONGEST_WORDS:
        raise ValueError(f"must be a text of at most {_LONGEST_WORDS} characters")
    return words


def read_zone(value: Any) -> str:
    """An IANA time zone."""
    name = read_text(value)
    if name not in _zones():
        raise ValueError(f"must be an IANA time zone such as Europe/Zagreb, not {name[:80]!r}")
    return name


@cache
def _zones() -> frozenset[str]:
    return frozenset(
        name for name in available_timezones() if name not in _NO_ZONES and not name.startswith(("right/", "posix/"))
    )


def read_contact(value: Any) -> str:
    """A mail address, or the URL of a page."""
    contact = read_text(value)
    if not re.fullmatch(r"(mailto:)?[^@\s()]+@[^@\s()]+\.[^@\s()]+|https?://[^\s()]+", contact):
        raise ValueError("must be a mail address or the URL of a page that tells who crawls")
    return contact


def read_number(value: Any) -> int:
    """A whole number from 1."""
    if isinstance(value, bool) or not isinstance(value, int) or value < 1:
        raise ValueError("must be a whole number from 1")
    return value


def read_size(value: Any) -> int:
    """A number of bytes, also as a text such as 500MB."""
    if isinstance(value, int):
        return read_number(value)
    size = read_limits((read_text(value),)).bytes
    if size is None:
        raise ValueError('must be a number of bytes, such as 500000000 or "500MB"')
    return size


def read_clock(value: Any) -> str:
    """A time of day, as it was written."""
    read_deadline(read_text(value), datetime.now().astimezone())
    return read_text(value)


def read_allowed(value: Any) -> tuple[str, ...]:
    """A list of hosts, addresses and networks."""
    try:
        if not isinstance(value, list):
            raise ValueError("no list")
        return tuple(_host_or_network(read_text(item)) for item in value)
    except ValueError as error:
        raise ValueError(
            f'must be a list of hosts or networks, such as ["gazette.test", "10.1.0.0/16"] ({error})'
        ) from None


def _host_or_network(text: str) -> str:
    try:
        return str(ipaddress.ip_address(text.strip("[]")))
    except ValueError:
        return str(ipaddress.ip_network(text)) if "/" in text else read_host(text)


def read_pause(value: Any) -> bool | date:
    """Whether, or until which day."""
    if isinstance(value, bool) or (isinstance(value, date) and not isinstance(value, datetime)):
        return value
    raise ValueError("must be true, or the day from which it is crawled again, without quotes: paused = 2027-01-31")


def read_render(value: Any) -> str:
    """What a browser is asked to do."""
    if value not in (NEVER, AUTO, ALWAYS):
        raise ValueError('must be "never", "auto" or "always"')
    return str(value)
