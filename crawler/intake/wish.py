"""What is to be taken in, under which source: the operator's words, understood or refused. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from enum import StrEnum
from typing import Any

from archive.urls import normalise_url
from crawler.errors import ConfigError
from crawler.sources import RESERVED, Source
from pipelines.columns import WrongColumns, read_map
from pipelines.site import same_site, site_of

_NAME = re.compile(r"[a-z0-9][a-z0-9._-]{0,62}")


class Format(StrEnum):
    """What a file is."""

    WARC = "warc"
    WACZ = "wacz"
    CSV = "csv"
    JSON = "json"
    SAVED = "saved"  # an HTML page or the plain text of one


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What an operator asked for. The same words again mean the same import."""

    #: Name that everything goes under; None: decided record by record.
    source: str | None = None
    #: Where no name is given, saved pages too go under their site and not under ``import``.
    by_site: bool = False
    #: Address of the one file's page.
    url: str | None = None
    #: When the files were saved; None: each file's own date.
    saved_at: datetime | None = None
    #: Beginnings of addresses, registrable domains: a page must have one of each; empty: any.
    prefixes: tuple[str, ...] = ()
    sites: tuple[str, ...] = ()
    #: First and last day of capture.
    since: date | None = None
    until: date | None = None
    #: Field of an article → column of a table.
    columns: Mapping[str, str] = field(default_factory=dict)
    #: Texts of tables are cleaned as text dumps are.
    clean: bool = False
    #: None: by each file's bytes and name.
    format: Format | None = None

    def as_dict(self) -> dict[str, Any]:
        """What tells two wishes apart, for JSON."""
        values = {name: getattr(self, name) for name in self.__slots__}
        return {
            name: value.isoformat() if isinstance(value, date) else list(value) if isinstance(value, tuple) else value
            for name, value in values.items()
            if value
        }

    def admits(self, url: str | None, at: datetime) -> bool:
        """Whether a page is among what was asked for."""
        day = at.date()
        if (self.since and day < self.since) or (self.until and day > self.until):
            return False
        if not self.prefixes and not self.sites:
            return True
        if url is None:
            return False
        return (not self.prefixes or url.startswith(self.prefixes)) and (
            not self.sites or any(same_site(url, f"http://{site}/") for site in self.sites)
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Owners:
    """Whose a page is."""

    wish: Wish
    declared: tuple[Source, ...] = ()

    def of(self, url: str | None) -> str:
        """The source of a page of a WARC file or of a table.

        The one that was named; else the newspaper of sources.toml whose front page is of its site, the one with the
        longest beginning in common where there are several; else its site itself.
        """
        if self.wish.source:
            return self.wish.source
        if url is None or url.startswith("urn:"):
            return RESERVED
        own = [source for source in self.declared if same_site(url, source.home)]
        if own:
            return max(own, key=lambda source: (url.startswith(source.home), len(source.home))).name
        site = site_of(url)
        return site if _NAME.fullmatch(site) else RESERVED

    def of_saved(self, url: str | None) -> str:
        """The source of a saved page: as before, ``import`` if nothing is said."""
        return self.of(url) if self.wish.by_site or self.wish.source else RESERVED

    def declares(self, name: str) -> Source | None:
        """The newspaper of that name, if it is one of sources.toml."""
        return next((source for source in self.declared if source.name == name), None)


def read_wish(
    *,
    source: str | None = None,
    by_site: bool = False,
    url: str | None = None,
    fetched_at: str | None = None,
    prefixes: Sequence[str] = (),
    sites: Sequence[str] = (),
    since: str | None = None,
    until: str | None = None,
    maps: Sequence[str] = (),
    clean: bool = False,
    format: str | None = None,  # noqa: A002 (as the option is called)
) -> Wish:
    """A wish from the words of the command line. Raises ConfigError with the option and what would do."""
    if source is not None and not _NAME.fullmatch(source):
        raise ConfigError(f"--source {source!r}: a name has lower-case letters, digits, dots and hyphens")
    if source is not None and by_site:
        raise ConfigError("--source and --source-by: give one of the two")
    wish = Wish(
        source=source,
        by_site=by_site,
        url=_url(url, "--url") if url else None,
        saved_at=_instant(fetched_at) if fetched_at else None,
        prefixes=tuple(_prefix(prefix) for prefix in prefixes),
        sites=tuple(_site(site) for site in sites),
        since=_day(since, "--since") if since else None,
        until=_day(until, "--until") if until else None,
        columns=_columns(maps),
        clean=clean,
        format=Format(format) if format else None,
    )
    if wish.since and wish.until and wish.since > wish.until:
        raise ConfigError(f"--since {wish.since} is after --until {wish.until}")
    return wish


def _url(text: str, option: str) -> str:
    try:
        return normalise_url(text)
    except ValueError as error:
        raise ConfigError(f"{option}: {error}") from None


def _prefix(text: str) -> str:
    if not text.startswith(("http://", "https://")):
        raise ConfigError(f"--url-prefix {text!r}: begin with http:// or https://")
    return text


def _site(text: str) -> str:
    site = site_of(text if "//" in text else f"http://{text}/")
    if "." not in site:
        raise ConfigError(f"--site {text!r}: write a domain such as example.org")
    return site


def _day(text: str, option: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise ConfigError(f"{option} {text!r}: write a day such as 2026-11-10") from None


def _columns(maps: Sequence[str]) -> dict[str, str]:
    found: dict[str, str] = {}
    try:
        for text in maps:
            found |= read_map(text)
    except WrongColumns as error:
        raise ConfigError(f"--map: {error}") from None
    return found


def _instant(text: str) -> datetime:
    try:
        moment = datetime.fromisoformat(text)
        return moment.replace(microsecond=0, tzinfo=moment.tzinfo or UTC).astimezone(UTC)
    except (ValueError, OverflowError):
        raise ConfigError(
            f"--fetched-at {text!r}: write a date such as 2026-11-10, or a time such as 2026-11-10T08:30Z"
        ) from None
