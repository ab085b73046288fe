"""Names of hosts in, the addresses that may be connected to out: the last word before a connection is made.

Twisted connects to the addresses that the reactor's resolver gives, and to no other, so what is checked here is what
is connected to, also when a name leads elsewhere the second time. A name that leads nowhere allowed leads nowhere.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from typing import Any

from twisted.internet.interfaces import IAddress, IHostnameResolver, IHostResolution, IResolutionReceiver
from zope.interface import implementer

from crawler.fetch.addresses import Allowed


async def addresses_of(host: str, port: int) -> list[str]:
    """The IP addresses that the reactor's resolver, so the guard's, gives for a host; empty: none."""
    from twisted.internet import reactor as installed

    reactor: Any = installed
    receiver = _Gathering(asyncio.get_running_loop().create_future())
    reactor.nameResolver.resolveHostName(receiver, host, port)
    return await receiver.done


@implementer(IResolutionReceiver)
class _Gathering:
    """Takes down the addresses of one resolution."""

    def __init__(self, done: asyncio.Future[list[str]]) -> None:
        self.done = done
        self._found: list[str] = []

    def resolutionBegan(self, resolutionInProgress: IHostResolution) -> None:  # noqa: N802, N803
        """Nothing to do yet."""

    def addressResolved(self, address: Any) -> None:  # noqa: N802
        self._found.append(address.host)

    def resolutionComplete(self) -> None:  # noqa: N802
        if not self.done.done():
            self.done.set_result(self._found)


@implementer(IHostnameResolver)
class GuardedResolver:
    """Asks ``inner``, and passes on what ``allowed`` permits; addresses of ``exempt`` hosts pass unseen."""

    def __init__(self, inner: Any, allowed: Allowed, *, exempt: frozenset[str] = frozenset()) -> None:
        self._inner = inner
        self._allowed = allowed
        self._exempt = exempt
        #: Host → why the last answer for it was of no use; hosts with a usable answer are not in it.
        self.refusals: dict[str, str] = {}

    def resolveHostName(  # noqa: N802 (Twisted's name)
        self,
        resolutionReceiver: IResolutionReceiver,  # noqa: N803
        hostName: str,  # noqa: N803
        portNumber: int = 0,  # noqa: N803
        addressTypes: Sequence[type[IAddress]] | None = None,  # noqa: N803
        transportSemantics: str = "TCP",  # noqa: N803
    ) -> IHostResolution:
        """Tell the receiver the addresses of a host that may be connected to."""
        receiver: Any = resolutionReceiver
        if hostName not in self._exempt:
            receiver = _Sieve(resolutionReceiver, self._judge(hostName), self._note(hostName))
        answer: IHostResolution = self._inner.resolveHostName(
            receiver, hostName, portNumber, addressTypes, transportSemantics
        )
        return answer

    def _judge(self, host: str) -> Callable[[str], str | None]:
        return lambda address: self._allowed.refused_address(host, address)

    def _note(self, host: str) -> Callable[[str | None], None]:
        def note(refusal: str | None) -> None:
            if refusal is None:
                self.refusals.pop(host, None)
            else:
                self.refusals[host] = refusal

        return note


@implementer(IResolutionReceiver)
class _Sieve:
    """Stands before the receiver of one resolution."""

    def __init__(self, receiver: Any, judge: Callable[[str], str | None], note: Callable[[str | None], None]) -> None:
        self._receiver = receiver
        self._judge = judge
        self._note = note
        self._refusal: str | None = None
        self._passed = False

    def resolutionBegan(self, resolutionInProgress: IHostResolution) -> None:  # noqa: N802, N803
        self._receiver.resolutionBegan(resolutionInProgress)

    def addressResolved(self, address: Any) -> None:  # noqa: N802
        refusal = self._judge(address.host)
        if refusal is None:
            self._passed = True
            self._receiver.addressResolved(address)
        else:
            self._refusal = refusal

    def resolutionComplete(self) -> None:  # noqa: N802
        self._note(None if self._passed else self._refusal)
        self._receiver.resolutionComplete()
