"""Scrapy's handler for http and https, with a bound on what comes before a body: neither it nor Twisted has one."""

from __future__ import annotations

from typing import Any

from scrapy.core.downloader.handlers.http11 import HTTP11DownloadHandler
from scrapy.crawler import Crawler
from twisted.python.failure import Failure

#: Bytes of status line and headers. Servers send two thousand; 400 MB of them took 500 MB of memory.
LARGEST_HEAD = 256 * 1024
_BEFORE_THE_BODY = ("STATUS", "HEADER")


class HeadTooLarge(Exception):
    """Headers without end; the connection was given up."""


class BoundedHandler(HTTP11DownloadHandler):
    """Gives up connections whose headers are larger than LARGEST_HEAD.

    There is no public way to a connection's protocol: this takes the pool's factory, as Scrapy itself does.
    """

    def __init__(self, crawler: Crawler) -> None:
        super().__init__(crawler)
        pool: Any = self._pool
        pool._factory = bounded(pool._factory)


def bounded(factory: Any) -> Any:
    """A factory class of HTTP connections in, the same with bounded headers out."""

    class BoundedFactory(factory):  # type: ignore[misc]
        def buildProtocol(self, addr: Any) -> Any:  # noqa: N802 (Twisted's name)
            protocol = super().buildProtocol(addr)
            protocol.dataReceived = _Counter(protocol, protocol.dataReceived)
            return protocol

    return BoundedFactory


class _Counter:
    """Stands in for a protocol's ``dataReceived``."""

    def __init__(self, protocol: Any, receive: Any) -> None:
        self._protocol = protocol
        self._receive = receive
        self._parser: object = None
        self._head = 0

    def __call__(self, data: bytes) -> None:
        parser = self._protocol._parser
        if parser is not self._parser:  # another answer on the same connection
            self._parser, self._head = parser, 0
        if parser is not None and parser.state in _BEFORE_THE_BODY:
            self._head += len(data)
            if self._head > LARGEST_HEAD:
                flood = HeadTooLarge(f"more than {LARGEST_HEAD // 1024} kB of headers")
                self._protocol._giveUp(Failure(flood))  # type: ignore[no-untyped-call]
                return
        self._receive(data)
