"""The browser's only way out: a proxy on loopback that connects to no address but those that the guard permits.

What a browser resolves and connects to by itself nobody can check. So it resolves nothing, and asks here: for a tunnel
(``CONNECT``, for https) or for a page (for http). Here the name is judged, resolved through the guard's resolver, and
the connection made to the very address that was judged: a name that leads elsewhere the next time leads nowhere.
"""

from __future__ import annotations

import asyncio
import secrets
from base64 import b64encode
from collections.abc import Awaitable, Callable
from contextlib import suppress
from urllib.parse import urlsplit

from crawler.fetch.addresses import Allowed, spelt
from crawler.fetch.upstream import Upstream
from crawler.fetch.visit import Visit
from crawler.fetch.wirehead import Head, NoHead, read_head

#: Host and port → the IP addresses that it has.
Resolve = Callable[[str, int], Awaitable[list[str]]]
_CONNECT_S = 15.0
_HEAD_S = 30.0
_CHUNK = 64 * 1024
_TROUBLE = (OSError, TimeoutError, NoHead, asyncio.IncompleteReadError, asyncio.LimitOverrunError)


class Gateway:
    """``resolve`` may know of the guard; each address is judged once more. ``upstream``: the operator's own proxies."""

    def __init__(self, allowed: Allowed, resolve: Resolve, upstream: Upstream) -> None:
        self._allowed = allowed
        self._resolve = resolve
        self._upstream = upstream
        self._visits: dict[str, Visit] = {}
        self._serving: set[asyncio.Task[None]] = set()
        self._server: asyncio.Server | None = None

    async def start(self) -> None:
        """Listen on a free port of loopback."""
        self._server = await asyncio.start_server(self._accept, "127.0.0.1", 0, limit=256 * 1024)

    @property
    def url(self) -> str:
        """Where it listens."""
        assert self._server is not None, "not started"
        return f"http://127.0.0.1:{self._server.sockets[0].getsockname()[1]}"

    def admit(self, visit: Visit) -> dict[str, str]:
        """Proxy settings, in Playwright's words, of a browser context whose requests are this visit's."""
        name, word = secrets.token_hex(8), secrets.token_urlsafe(24)
        self._visits[_basic(name, word)] = visit
        return {"server": self.url, "username": name, "password": word}

    def dismiss(self, visit: Visit) -> None:
        """The visit is over: what is left of it gets nothing more."""
        self._visits = {key: other for key, other in self._visits.items() if other is not visit}

    async def close(self) -> None:
        """Listen no more, and end every connection."""
        if self._server is not None:
            self._server.close()
        for task in list(self._serving):
            task.cancel()
        await asyncio.gather(*self._serving, return_exceptions=True)

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._serving.add(task)
        try:
            await self._serve(reader, writer)
        except _TROUBLE:
            pass  # the browser went away, or sent what is no request
        finally:
            self._serving.discard(task)
            writer.close()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One request a connection: a kept connection would lead the next one to the same address."""
        head = await read_head(reader, _HEAD_S)
        visit = self._visits.get(head.value("proxy-authorization") or "")
        if visit is None:
            writer.write(_answer(407, "Proxy-Authenticate: Basic realm=nightdesk\r\n"))
            return
        method, target, _ = head.start
        tunnel = method == "CONNECT"
        parts = urlsplit(f"//{target}" if tunnel else target)
        host, port = parts.hostname or "", parts.port or (443 if tunnel else 80)
        refused = self._allowed.refusal(host)
        if not host or not (tunnel or parts.scheme == "http") or refused or head.value("transfer-encoding"):
            visit.hold_back("private-address" if refused else "no address")
            writer.write(_answer(403))
            return
        try:
            far_reader, far_writer = await self._connect(visit, "https" if tunnel else "http", host, port)
        except _TROUBLE:
            writer.write(_answer(502))
            return
        try:
            if tunnel:
                writer.write(b"HTTP/1.1 200 Connection established\r\n\r\n")
            else:
                through = self._upstream.find("http", host)
                await _pass_request(head.for_site(through), reader, far_writer)
                await _pass_head(far_reader, writer, visit)
            await _relay(visit, (reader, writer), (far_reader, far_writer))
        finally:
            far_writer.close()

    async def _connect(
        self, visit: Visit, scheme: str, host: str, port: int
    ) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        """A connection to a host, at an address that is permitted. Raises OSError if there is none."""
        if through := self._upstream.find(scheme, host):
            return await self._upstream.connect(through, f"{host}:{port}" if scheme == "https" else None)
        addresses = [str(spelt(host))] if spelt(host) else await self._resolve(host, port)
        permitted = [address for address in addresses if self._allowed.permits(host, address)]
        if len(permitted) < len(addresses) or not addresses:
            visit.hold_back("private-address" if addresses else "no address")
        trouble: Exception = OSError(f"{host} has no address that may be connected to")
        for address in permitted:
            try:
                async with asyncio.timeout(_CONNECT_S):
                    return await asyncio.open_connection(address, port)
            except (OSError, TimeoutError) as error:
                trouble = error
        raise trouble


async def _pass_request(head: Head, reader: asyncio.StreamReader, far: asyncio.StreamWriter) -> None:
    far.write(bytes(head))
    length = head.value("content-length") or "0"
    left = int(length) if length.isascii() and length.isdigit() else 0
    while left > 0 and (chunk := await reader.read(min(left, _CHUNK))):
        far.write(chunk)
        await far.drain()
        left -= len(chunk)


async def _pass_head(far: asyncio.StreamReader, writer: asyncio.StreamWriter, visit: Visit) -> None:
    """The head of the answer, in which the connection ends with it."""
    while True:
        head = await read_head(far, _HEAD_S)
        visit.receive(len(bytes(head)))
        interim = head.start[1].startswith("1")
        writer.write(bytes(head if interim else head.closing()))
        if not interim:
            return


async def _relay(
    visit: Visit,
    near: tuple[asyncio.StreamReader, asyncio.StreamWriter],
    far: tuple[asyncio.StreamReader, asyncio.StreamWriter],
) -> None:
    """Pass on what comes from either side until one of them ends, or the visit has had enough."""
    pumps = [
        asyncio.ensure_future(_pump(near[0], far[1], lambda _: True)),
        asyncio.ensure_future(_pump(far[0], near[1], visit.receive)),
    ]
    try:
        await asyncio.wait(pumps, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for pump in pumps:
            pump.cancel()
        await asyncio.gather(*pumps, return_exceptions=True)


async def _pump(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, go_on: Callable[[int], bool]) -> None:
    with suppress(OSError):
        while (chunk := await reader.read(_CHUNK)) and go_on(len(chunk)):
            writer.write(chunk)
            await writer.drain()


def _basic(name: str, word: str) -> str:
    return "Basic " + b64encode(f"{name}:{word}".encode()).decode()


def _answer(status: int, header: str = "") -> bytes:
    return f"HTTP/1.1 {status} nightdesk\r\n{header}Content-Length: 0\r\nConnection: close\r\n\r\n".encode()
