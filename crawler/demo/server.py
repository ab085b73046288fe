"""One HTTP server on loopback that answers for every host of the bundled newspapers, as a proxy would."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qs, urlsplit

from twisted.internet.defer import Deferred
from twisted.internet.interfaces import IAddress
from twisted.internet.task import deferLater
from twisted.web.http import HTTPChannel, HTTPFactory, Request

from crawler.demo.documents import Document, plain
from crawler.demo.faults import Asked, spoil
from crawler.demo.newsstand import Newsstand
from crawler.demo.reply import Reply, answer
from crawler.demo.state import Hit, State

#: The host that takes orders; no paper can have this name (RFC 2606).
CONTROL = "control.invalid"
_DRIP_S = 0.1
_LONGEST_WAIT_S = 600


class DemoServer(HTTPFactory):
    """Factory of connections; holds what all requests share."""

    def __init__(self, newsstand: Newsstand, state: State, reactor: Any) -> None:
        super().__init__(timeout=_LONGEST_WAIT_S, reactor=reactor)
        self.newsstand = newsstand
        self.state = state

    def buildProtocol(self, addr: IAddress | None) -> Any:  # noqa: N802 (Twisted's name)
        """A connection whose requests are ours."""
        channel = super().buildProtocol(addr)
        if channel is not None:
            channel.requestFactory = self._request
        return channel

    def log(self, request: Request) -> None:
        """Nothing: the state keeps the hits."""

    def _request(self, channel: HTTPChannel, queued: object = None) -> DemoRequest:
        return DemoRequest(channel, server=self)


class DemoRequest(Request):
    """One request: routed by host name, answered from the newsstand or spoilt by a fault."""

    def __init__(self, channel: HTTPChannel, *, server: DemoServer) -> None:
        super().__init__(channel)
        self._server = server
        self._gone = False

    def process(self) -> None:
        """Answer; Twisted calls this once a request is complete."""
        reply = self._reply()
        Deferred.fromCoroutine(self._send(reply))

    def connectionLost(self, reason: Any) -> None:  # noqa: N802 (Twisted's name)
        """The reader has left."""
        self._gone = True
        super().connectionLost(reason)

    def _reply(self) -> Reply:
        method = self.method.decode("latin-1")
        uri = self.uri.decode("latin-1")
        headers = {
            name.decode("latin-1").lower(): b", ".join(values).decode("latin-1")
            for name, values in self.requestHeaders.getAllRawHeaders()
        }
        if method == "CONNECT":
            return answer(plain("This internet has no TLS.\n", status=405), headers)
        parts = urlsplit(uri if "://" in uri else f"http://{headers.get('host', '')}/{uri.lstrip('/')}")
        host, path = parts.hostname or "", parts.path or "/"
        if host == CONTROL:
            return answer(self._control(method, path, parts.query), headers)
        target = f"{path}?{parts.query}" if parts.query else path
        reply = self._page(method, host, target, headers)
        hit = Hit(
            host=host,
            method=method,
            path=target,
            status=0 if reply.silent else reply.status,
            user_agent=headers.get("user-agent", ""),
            headers=headers,
        )
        self._server.state.hits.append(hit)
        return reply

    def _page(self, method: str, host: str, target: str, headers: dict[str, str]) -> Reply:
        state, newsstand = self._server.state, self._server.newsstand
        site = newsstand.site(host, state.night)
        if site is None:
            return answer(plain(f"No such host on this internet: {host}\n", status=502), headers)
        if method not in ("GET", "HEAD"):
            return answer(plain("Only GET and HEAD.\n", status=405), headers)
        path, _, query = target.partition("?")
        document = newsstand.find(host, path, query, state.night)
        url = f"http://{host}{target}"
        trouble = state.trouble_for(url)
        if trouble is None:
            return answer(document, headers)
        asked = Asked(url=url, headers=headers, document=document, site=site)
        return spoil(trouble.fault, trouble.options, asked)

    def _control(self, method: str, path: str, query: str) -> Document:
        state = self._server.state
        orders: dict[tuple[str, str], Callable[[], Any]] = {
            ("POST", "/night"): lambda: state.set_night(int(parse_qs(query)["n"][0])),
            ("POST", "/faults"): lambda: state.order(json.load(self.content)),
            ("DELETE", "/faults"): state.troubles.clear,
            ("GET", "/hits"): state.hits_as_json,
            ("DELETE", "/hits"): state.hits.clear,
        }
        if (method, path) not in orders:
            return plain(f"No such order: {method} {path}\n", status=404)
        try:
            result = orders[method, path]()
        except (ValueError, KeyError, TypeError) as error:
            return plain(f"{error}\n", status=400)
        return plain(json.dumps(result), "application/json")

    async def _send(self, reply: Reply) -> None:
        reactor = self._server.reactor
        if reply.wait_s:
            await deferLater(reactor, reply.wait_s)
        if self._gone:
            return
        if reply.silent:
            self.channel.transport.abortConnection()
            return
        self.setResponseCode(reply.status)
        for name, value in reply.headers:
            self.responseHeaders.addRawHeader(name, value)
        if reply.hang_up:
            self.responseHeaders.addRawHeader("Connection", "close")
        await self._send_body(reply)
        if self._gone:
            return
        if reply.hang_up and self.method != b"HEAD":
            self.channel.loseConnection()
        else:
            self.finish()

    async def _send_body(self, reply: Reply) -> None:
        if self.method == b"HEAD" or not reply.body:
            self.write(b"")
        elif reply.bytes_per_s is None and reply.copies == 1:
            self.write(reply.body)
        elif reply.bytes_per_s is None:
            await self._send_copies(reply.body, reply.copies)
        else:
            step = max(1, int(reply.bytes_per_s * _DRIP_S))
            for start in range(0, len(reply.body), step):
                if self._gone:
                    return
                self.write(reply.body[start : start + step])
                await deferLater(self._server.reactor, _DRIP_S)

    async def _send_copies(self, body: bytes, copies: int) -> None:
        """Write ``body`` so many times, each when the one before has left our buffers."""
        pump = _Pump(self, body, copies)
        self.registerProducer(pump, streaming=False)
        await pump.done


class _Pump:
    """A pull producer (Twisted's interface): one copy of the body each time the wire is free."""

    def __init__(self, request: Request, body: bytes, copies: int) -> None:
        self.done: Deferred[None] = Deferred()
        self._request = request
        self._body = body
        self._left = copies

    def resumeProducing(self) -> None:  # noqa: N802 (Twisted's name)
        """The wire is free."""
        self._request.write(self._body)
        self._left -= 1
        if self._left == 0:
            self._request.unregisterProducer()
            self.done.callback(None)

    def stopProducing(self) -> None:  # noqa: N802 (Twisted's name)
        """The reader has left."""
        self._left = 0
        self.done.callback(None)
