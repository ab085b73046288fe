"""What the server remembers between requests: the night, the faults asked for, the requests seen."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from crawler.demo.editions import NIGHTS
from crawler.demo.false_pages import HOP, Option
from crawler.demo.faults import check_options


@dataclass(frozen=True, slots=True, kw_only=True)
class Hit:
    """One request that the server saw."""

    host: str
    method: str
    #: Path and query, as asked for.
    path: str
    #: 0: the connection was closed without an answer.
    status: int
    user_agent: str
    #: Names in lower case.
    headers: Mapping[str, str]
    #: Seconds since the epoch, when the request had arrived.
    at: float


@dataclass(slots=True, kw_only=True)
class Trouble:
    """A fault ordered for a URL, or for all URLs that begin so where it ends in ``*``."""

    url: str
    fault: str
    #: How many more requests it spoils; None: all.
    left: int | None
    options: dict[str, Option]

    def concerns(self, url: str) -> bool:
        """Whether a request for ``url`` is to be spoilt."""
        if self.left == 0:
            return False
        return url.startswith(self.url[:-1]) if self.url.endswith("*") else url == self.url


@dataclass(slots=True, kw_only=True)
class State:
    """The one changing thing in the server."""

    night: int
    #: False: every order of a fault is refused.
    faults: bool
    troubles: list[Trouble] = field(default_factory=list)
    hits: list[Hit] = field(default_factory=list)

    def set_night(self, night: int) -> None:
        """Raises ValueError where there is no such night."""
        if night not in NIGHTS:
            raise ValueError(f"no night {night}: there are nights {NIGHTS[0]} to {NIGHTS[-1]}")
        self.night = night

    def order(self, wish: Mapping[str, Any]) -> None:
        """Take an order of a fault; the newest order for a URL wins.

        Raises ValueError where the fault or one of its options is unknown, or faults are switched off.
        """
        if not self.faults:
            raise ValueError("this server was started without faults")
        options = check_options(wish["fault"], wish["options"])
        trouble = Trouble(url=wish["url"], fault=wish["fault"], left=wish["times"], options=options)
        self.troubles = [trouble, *(old for old in self.troubles if old.url != trouble.url)]

    def trouble_for(self, url: str) -> Trouble | None:
        """The fault that spoils this request, counted as used; later hops of a redirect chain are not counted."""
        plain, hop, _ = url.partition(HOP)
        trouble = next((one for one in self.troubles if one.concerns(url) or one.concerns(plain)), None)
        if trouble and trouble.left is not None and not hop:
            trouble.left -= 1
        return trouble

    def hits_as_json(self) -> list[dict[str, Any]]:
        """The requests seen, oldest first."""
        return [asdict(hit) for hit in self.hits]
