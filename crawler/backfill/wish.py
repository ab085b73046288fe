"""What the operator wants of the past, from the command line's words; as JSON it is found again by the next run."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from archive.times import utc_now
from archive.urls import normalise_url
from crawler.backfill.days import Days
from crawler.errors import ConfigError
from crawler.sources import BackfillConfig

WAYS = ("sitemaps", "sections", "cdx", "warc")
_EARLIEST = date(1990, 1, 1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """One source's past, between two days, by some of the ways."""

    source: str
    #: First and last day, YYYY-MM-DD; None: until today, whatever day that is.
    first: str
    last: str | None = None
    ways: tuple[str, ...]
    #: A CDX server's address; None: none is asked.
    cdx: str | None = None
    #: Where its archive gives copies: REPLAY/TIMESTAMPid_/URL.
    replay: str | None = None
    #: WARC files: paths and URLs.
    warcs: tuple[str, ...] = ()

    @property
    def days(self) -> Days:
        """The days that are wanted."""
        last = date.fromisoformat(self.last) if self.last else utc_now().date()
        return Days(first=date.fromisoformat(self.first), last=last)

    @property
    def lenders(self) -> frozenset[str]:
        """Hosts (with their ports) that may be asked besides the source's own: the operator named them."""
        places = [place for place in (self.cdx, self.replay, *self.warcs) if place and is_remote(place)]
        return frozenset(urlsplit(place).netloc for place in places)

    def as_dict(self) -> dict[str, Any]:
        """What JSON can hold, without what is not said."""
        return {name: value for name, value in asdict(self).items() if value}

    @classmethod
    def of(cls, value: dict[str, Any]) -> Wish:
        """The reverse of ``as_dict``."""
        return cls(**(value | {name: tuple(value.get(name, ())) for name in ("ways", "warcs")}))


def read_wish(
    source: str,
    *,
    first: str,
    last: str | None,
    ways: tuple[str, ...],
    cdx: str | None,
    warcs: tuple[str, ...],
    configured: BackfillConfig,
) -> Wish:
    """The operator's words → a Wish. Raises ConfigError that names what cannot be.

    Without ``ways`` the source's own lists are read, and the CDX server of sources.toml if there is one; a CDX server
    or WARC files that are named stand for their own way.
    """
    from_day, to_day = _day("--from", first), _day("--to", last) if last else None
    if from_day > (to_day or utc_now().date()):
        raise ConfigError(f"--from {from_day} is later than {f'--to {to_day}' if to_day else 'today'}")
    if not ways:
        named = (*(("cdx",) if cdx else ()), *(("warc",) if warcs else ()))
        ways = named or ("sitemaps", "sections", *(("cdx",) if configured.cdx else ()))
    server = _server(cdx) if cdx else configured.cdx
    replay = configured.replay if server == configured.cdx else None
    if "cdx" in ways and server is None:
        raise ConfigError('no CDX server is known: name one with --cdx URL, or cdx = "…" under [backfill]')
    if "warc" in ways and not warcs:
        raise ConfigError("no WARC file is named: --warc FILE or --warc URL")
    return Wish(
        source=source,
        first=from_day.isoformat(),
        last=to_day.isoformat() if to_day else None,
        ways=tuple(way for way in WAYS if way in ways),
        cdx=server if "cdx" in ways else None,
        replay=(replay or replay_of(server)) if "cdx" in ways and server else None,
        warcs=tuple(_warc(text) for text in warcs) if "warc" in ways else (),
    )


def is_remote(place: str) -> bool:
    """Whether a WARC file is asked for over the network."""
    return place.lower().startswith(("http://", "https://"))


def replay_of(cdx: str) -> str:
    """Where an archive gives its copies, from its CDX server's address, as Wayback Machine and pywb have the two."""
    parts = urlsplit(cdx)
    base = f"{parts.scheme}://{parts.netloc}"
    if parts.path.startswith("/cdx"):  # https://web.archive.org/cdx/search/cdx
        return f"{base}/web"
    return base + parts.path.rstrip("/").rpartition("/")[0]  # http://localhost:8080/collection/cdx


def _day(option: str, text: str) -> date:
    try:
        day = date.fromisoformat(text.strip())
    except ValueError:
        raise ConfigError(f"{option} {text!r}: write a day such as 2024-01-31") from None
    if day < _EARLIEST:
        raise ConfigError(f"{option} {text}: there was no web before {_EARLIEST}")
    return day


def _server(text: str) -> str:
    try:
        return normalise_url(text)
    except ValueError as error:
        raise ConfigError(f"--cdx: {error}") from None


def _warc(text: str) -> str:
    if is_remote(text):
        try:
            return normalise_url(text)
        except ValueError as error:
            raise ConfigError(f"--warc: {error}") from None
    path = Path(text)
    if not path.is_file():
        raise ConfigError(f"--warc {text}: there is no such file")
    return str(path.resolve())
