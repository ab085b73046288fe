"""One HTTP server on loopback that answers for every host of the bundled newspapers, as a proxy would."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qs, urlsplit

from twisted.internet.defer import Deferred
from twisted.internet.interfaces import IAddress
from twisted.web.http import HTTPChannel, HTTPFactory, Request

from crawler.demo.documents import Document, plain
from crawler.demo.false_pages import HOP, Asked
from crawler.demo.faults import spoil
from crawler.demo.newsstand import Newsstand
from crawler.demo.reply import Reply, answer
from crawler.demo.state import Hit, State
from crawler.demo.wire import Wire

#: The host that takes orders; no paper can have this name (RFC 2606).
CONTROL = "control.invalid"
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

    def _request(self, channel: HTTPChannel, *_: object) -> DemoRequest:
        return DemoRequest(channel, server=self)


class DemoRequest(Request):
    """One request: routed by host name, answered from the newsstand or spoilt by a fault."""

    def __init__(self, channel: HTTPChannel, *, server: DemoServer) -> None:
        super().__init__(channel)
        self._server = server

    def process(self) -> None:
        """Answer; Twisted calls this once a request is complete."""
        wire = Wire(self, self._server.reactor)
        Deferred.fromCoroutine(wire.send(self._reply()))

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
            at=time.time(),
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
        path, _, query = target.partition(HOP)[0].partition("?")
        document = newsstand.find(host, path, query, state.night)
        url = f"http://{host}{target}"
        trouble = state.trouble_for(url)
        if trouble is None:
            return answer(document, headers)
        asked = Asked(url=url, headers=headers, document=document, site=site)
        return spoil(trouble.fault, trouble.options, asked)

    def _content(self) -> bytes:
        assert self.content is not None  # complete requests have one
        content: bytes = self.content.read()
        return content

    def _control(self, method: str, path: str, query: str) -> Document:
        state = self._server.state
        orders: dict[tuple[str, str], Callable[[], Any]] = {
            ("POST", "/night"): lambda: state.set_night(int(parse_qs(query)["n"][0])),
            ("POST", "/faults"): lambda: state.order(json.loads(self._content())),
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
