"""The browser's way out, without a browser: what a client of the proxy reaches, on real sockets."""

from __future__ import annotations

import asyncio
from base64 import b64encode
from collections.abc import Awaitable, Callable
from typing import TypeVar

import pytest

from crawler.fetch.addresses import Allowed
from crawler.fetch.gateway import Gateway
from crawler.fetch.upstream import Upstream, read_proxy
from crawler.fetch.visit import Visit
from tests.crawler.loopback import serving

OPEN, CLOSED = "127.0.0.2", "127.0.0.1"
ALLOWED = Allowed.of([OPEN])
T = TypeVar("T")


def a_visit(most_bytes: int = 10**6) -> Visit:
    return Visit(allowed=ALLOWED, is_own=lambda _: True, most_requests=9, most_bytes=most_bytes)


def through_gateway(
    use: Callable[[Gateway], Awaitable[T]], *lookups: list[str], upstream: dict[str, str] | None = None
) -> T:
    """What ``use`` makes of a gateway whose DNS answers with each of ``lookups`` in turn, the last one for good."""
    answers = list(lookups)

    async def resolve(_host: str, _port: int) -> list[str]:
        return answers.pop(0) if len(answers) > 1 else answers[0]

    async def run() -> T:
        gateway = Gateway(ALLOWED, resolve, Upstream(upstream or {}))
        await gateway.start()
        try:
            return await use(gateway)
        finally:
            await gateway.close()

    return asyncio.run(run())


async def say(gateway: Gateway, visit: Visit | None, *lines: str, then: bytes = b"") -> bytes:
    """Send a request, and return all that comes back. ``then``: what is said in a tunnel."""
    reader, writer = await asyncio.open_connection("127.0.0.1", int(gateway.url.rsplit(":", 1)[1]))
    who = gateway.admit(visit) if visit else {"username": "somebody", "password": "guess"}
    word = b64encode(f"{who['username']}:{who['password']}".encode()).decode()
    writer.write("\r\n".join((*lines, f"Proxy-Authorization: Basic {word}", "", "")).encode())
    told = b""
    if then:
        told = await reader.readuntil(b"\r\n\r\n")
        writer.write(then)
    told += await reader.read()
    writer.close()
    return told


def test_a_page_comes_through_and_is_counted() -> None:
    with serving({"/a": "the text"}, OPEN) as site:
        visit = a_visit()

        async def use(gateway: Gateway) -> bytes:
            return await say(gateway, visit, f"GET http://paper.example:{site.port}/a HTTP/1.1", "Host: paper.example")

        told = through_gateway(use, [OPEN])
        assert told.startswith(b"HTTP/1.0 200") and told.endswith(b"the text")
        assert site.paths(OPEN) == ["/a"]
        assert visit.bytes >= len(told) - len("Connection: close\r\n")


def test_a_tunnel_comes_through() -> None:
    with serving({"/a": "the text"}, OPEN) as site:

        async def use(gateway: Gateway) -> bytes:
            inside = b"GET /a HTTP/1.1\r\nHost: x\r\n\r\n"
            return await say(gateway, a_visit(), f"CONNECT paper.example:{site.port} HTTP/1.1", then=inside)

        assert through_gateway(use, [OPEN]).endswith(b"the text")


@pytest.mark.parametrize(
    "request_line", ["GET http://paper.example:{port}/a HTTP/1.1", "CONNECT paper.example:{port} HTTP/1.1"]
)
@pytest.mark.parametrize("answer", [[CLOSED], ["::1"], ["::ffff:127.0.0.1"], ["10.0.0.1"], []])
def test_a_name_that_leads_inside_is_not_connected_to(request_line: str, answer: list[str]) -> None:
    with serving({"/a": "secret"}, CLOSED) as site:
        visit = a_visit()

        async def use(gateway: Gateway) -> bytes:
            return await say(gateway, visit, request_line.format(port=site.port))

        assert through_gateway(use, answer).startswith(b"HTTP/1.1 502")
        assert site.hits == []
        assert sum(visit.held_back.values()) == 1


@pytest.mark.parametrize("host", ["127.0.0.1", "0x7f.1", "[::1]", "localhost", "169.254.169.254"])
def test_an_address_inside_is_refused_as_written(host: str) -> None:
    with serving({"/a": "secret"}, CLOSED) as site:

        async def use(gateway: Gateway) -> bytes:
            return await say(gateway, a_visit(), f"GET http://{host}:{site.port}/a HTTP/1.1")

        assert through_gateway(use, [OPEN]).startswith(b"HTTP/1.1 403")
        assert site.hits == []


def test_a_name_that_changes_its_mind_is_judged_each_time() -> None:
    with serving({"/a": "the text"}, OPEN, CLOSED) as site:
        line = f"GET http://paper.example:{site.port}/a HTTP/1.1"

        async def use(gateway: Gateway) -> list[bytes]:
            visit = a_visit()
            return [await say(gateway, visit, line) for _ in range(3)]

        first, *later = through_gateway(use, [OPEN], [CLOSED])
        assert first.endswith(b"the text")
        assert all(told.startswith(b"HTTP/1.1 502") for told in later)
        assert site.paths(CLOSED) == []


def test_nobody_else_on_the_machine_gets_out_this_way() -> None:
    with serving({"/a": "the text"}, OPEN) as site:
        line = f"GET http://paper.example:{site.port}/a HTTP/1.1"

        async def use(gateway: Gateway) -> tuple[bytes, bytes]:
            visit, gone = a_visit(), await say(gateway, None, line)
            gateway.admit(visit)
            gateway.dismiss(visit)
            return gone, await say(gateway, None, line)

        assert all(told.startswith(b"HTTP/1.1 407") for told in through_gateway(use, [OPEN]))
        assert site.hits == []


def test_a_page_that_brings_too_much_is_cut_off() -> None:
    with serving({"/a": "x" * 3_000_000}, OPEN) as site:

        async def use(gateway: Gateway) -> bytes:
            return await say(gateway, a_visit(100_000), f"GET http://paper.example:{site.port}/a HTTP/1.1")

        assert len(through_gateway(use, [OPEN])) < 300_000


@pytest.mark.parametrize(
    "noise", ["", "GET", "GET / HTTP/1.1", "GET ftp://x/ HTTP/1.1", "\x00\xff: ::", "CONNECT : HTTP/1.1"]
)
def test_noise_is_answered_or_hung_up_on(noise: str) -> None:
    async def use(gateway: Gateway) -> bytes:
        return await say(gateway, a_visit(), noise)

    assert not through_gateway(use, [OPEN]).startswith(b"HTTP/1.1 2")


def test_the_operator_s_own_proxy_is_gone_through() -> None:
    with serving({"http://paper.example/a": "by the proxy"}, CLOSED) as proxy:
        proxies = {"http": f"http://desk:word@127.0.0.1:{proxy.port}"}

        async def use(gateway: Gateway) -> bytes:
            return await say(gateway, a_visit(), "GET http://paper.example/a HTTP/1.1")

        assert through_gateway(use, [], upstream=proxies).endswith(b"by the proxy")


def test_a_proxy_is_read_from_its_url() -> None:
    through = read_proxy("http://desk:w%40rd@proxy.example:3128")
    assert through is not None
    assert (through.host, through.port, through.tls) == ("proxy.example", 3128, False)
    assert through.headers == (("Proxy-Authorization", "Basic " + b64encode(b"desk:w@rd").decode()),)
    assert read_proxy("socks5://proxy.example:1080") is None
    assert read_proxy("http://proxy.example:port") is None
