"""A Reply in, bytes on a Twisted connection out: at once, late, slowly, over and over, or not at all."""

from __future__ import annotations

from typing import Any

from twisted.internet.defer import Deferred
from twisted.internet.task import deferLater

from crawler.demo.reply import Reply

_DRIP_S = 0.1


class Wire:
    """One request's way back to its reader. ``request``: a ``twisted.web.http.Request``, which has no types."""

    def __init__(self, request: Any, reactor: Any) -> None:
        self._request = request
        self._reactor = reactor
        self._gone = False
        request.notifyFinish().addErrback(self._leave)

    async def send(self, reply: Reply) -> None:
        """Send it all, or as much as the reader stays for."""
        if reply.wait_s:
            await deferLater(self._reactor, reply.wait_s)
        if self._gone:
            return
        if reply.silent:
            self._request.channel.transport.abortConnection()
            return
        self._request.setResponseCode(reply.status)
        for name, value in reply.headers:
            self._request.responseHeaders.addRawHeader(name, value)
        if reply.hang_up:
            self._request.responseHeaders.addRawHeader("Connection", "close")
        await self._send_body(reply)
        self._close(hang_up=reply.hang_up)

    def _leave(self, _: object) -> None:
        self._gone = True

    def _close(self, *, hang_up: bool) -> None:
        if self._gone:
            return
        if hang_up:
            self._request.channel.loseConnection()
        else:
            self._request.finish()

    async def _send_body(self, reply: Reply) -> None:
        if self._request.method == b"HEAD" or not reply.body:
            self._request.write(b"")
        elif reply.bytes_per_s is not None:
            await self._drip(reply.body, max(1, int(reply.bytes_per_s * _DRIP_S)))
        elif reply.copies > 1:
            pump = _Pump(self._request, reply.body, reply.copies)
            self._request.registerProducer(pump, False)  # noqa: FBT003 (Twisted's signature)
            await pump.done
        else:
            self._request.write(reply.body)

    async def _drip(self, body: bytes, step: int) -> None:
        for start in range(0, len(body), step):
            if self._gone:
                return
            self._request.write(body[start : start + step])
            await deferLater(self._reactor, _DRIP_S)


class _Pump:
    """A pull producer (Twisted's interface): one copy of the body each time the connection is free."""

    def __init__(self, request: Any, body: bytes, copies: int) -> None:
        self.done: Deferred[None] = Deferred()
        self._request = request
        self._body = body
        self._left = copies

    def resumeProducing(self) -> None:  # noqa: N802 (Twisted's name)
        """The connection is free."""
        self._request.write(self._body)
        self._left -= 1
        if self._left == 0:
            self._request.unregisterProducer()
            self.done.callback(None)

    def stopProducing(self) -> None:  # noqa: N802 (Twisted's name)
        """The reader has left."""
        self.done.callback(None)
