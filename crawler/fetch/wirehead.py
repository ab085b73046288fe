"""The head of an HTTP/1.1 message: read from a stream, changed for the next station, written again."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, replace
from urllib.parse import urlsplit

_HOP = ("connection", "keep-alive", "proxy-authorization", "proxy-connection", "te", "trailer", "upgrade")


class NoHead(Exception):
    """What came is no head of a message."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    """First line and headers."""

    #: Three parts: method, target, version; or version, status, phrase.
    start: tuple[str, str, str]
    headers: tuple[tuple[str, str], ...]

    def value(self, name: str) -> str | None:
        """The first value of a header. ``name`` in lower case."""
        return next((value for key, value in self.headers if key.lower() == name), None)

    def closing(self) -> Head:
        """The same, and the connection ends with this message."""
        kept = tuple(pair for pair in self.headers if pair[0].lower() not in _HOP)
        return replace(self, headers=(*kept, ("Connection", "close")))

    def for_site(self, through: Through | None) -> Head:
        """A request to a proxy, as it goes to the site itself, or to the next proxy."""
        method, target, version = self.start
        head = self.closing()
        if through is not None:
            return replace(head, headers=(*head.headers, *through.headers))
        parts = urlsplit(target)
        path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        return replace(head, start=(method, path, version))

    def __bytes__(self) -> bytes:
        lines = [" ".join(self.start), *(f"{name}: {value}" for name, value in self.headers)]
        return ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1")


@dataclass(frozen=True, slots=True, kw_only=True)
class Through:
    """A proxy that the operator has named."""

    host: str
    port: int
    tls: bool
    #: What it wants to know of us.
    headers: tuple[tuple[str, str], ...] = ()


async def read_head(reader: asyncio.StreamReader, seconds: float) -> Head:
    """The head of the next message. Raises NoHead, TimeoutError, or what the stream raises when it ends early."""
    async with asyncio.timeout(seconds):
        text = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
    first, *lines = text[:-4].split("\r\n")
    parts = first.split(" ", 2)
    pairs = [line.partition(":") for line in lines]
    if len(parts) < 2 or not all(colon and name == name.strip() for name, colon, _ in pairs):
        raise NoHead(first[:80])
    headers = tuple((name, value.strip()) for name, _, value in pairs)
    return Head(start=(parts[0], parts[1], parts[2] if len(parts) > 2 else ""), headers=headers)
