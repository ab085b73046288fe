"""The operator's own proxies, as the environment names them: which one leads to a host, and a connection through it."""

from __future__ import annotations

import asyncio
import ssl
from base64 import b64encode
from collections.abc import Mapping
from urllib.parse import unquote, urlsplit
from urllib.request import getproxies, proxy_bypass

from crawler.fetch.wirehead import Head, NoHead, Through, read_head

_SECONDS = 15.0


class Upstream:
    """``proxies``: scheme → URL of a proxy, as ``urllib.request.getproxies`` gives them."""

    def __init__(self, proxies: Mapping[str, str] | None = None) -> None:
        named = getproxies() if proxies is None else proxies
        self._proxies = {scheme: through for scheme, url in named.items() if (through := read_proxy(url))}

    def find(self, scheme: str, host: str) -> Through | None:
        """The proxy that leads to a host; None: none does, or none is to be used for it."""
        through = self._proxies.get(scheme)
        return None if through is None or proxy_bypass(host) else through

    async def connect(self, through: Through, tunnel: str | None) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        """A connection to a proxy, or through it to ``tunnel``, a host with its port. Raises OSError, TimeoutError."""
        async with asyncio.timeout(_SECONDS):
            secure = ssl.create_default_context() if through.tls else None
            reader, writer = await asyncio.open_connection(through.host, through.port, ssl=secure)
        if tunnel is None:
            return reader, writer
        writer.write(bytes(Head(start=("CONNECT", tunnel, "HTTP/1.1"), headers=(("Host", tunnel), *through.headers))))
        try:
            answer = await read_head(reader, _SECONDS)
        except (NoHead, asyncio.IncompleteReadError, asyncio.LimitOverrunError) as error:
            writer.close()
            raise OSError(f"the proxy {through.host} answered what is no answer") from error
        if answer.start[1] != "200":
            writer.close()
            raise OSError(f"the proxy {through.host} answered {answer.start[1]} for {tunnel}")
        return reader, writer


def read_proxy(url: str) -> Through | None:
    """A proxy from its URL; None for what is none."""
    try:
        parts = urlsplit(url if "://" in url else f"http://{url}")
        port = parts.port
    except ValueError:
        return None
    if not parts.hostname or parts.scheme not in ("http", "https"):
        return None
    headers: tuple[tuple[str, str], ...] = ()
    if parts.username is not None:
        word = f"{unquote(parts.username)}:{unquote(parts.password or '')}"
        headers = (("Proxy-Authorization", "Basic " + b64encode(word.encode()).decode()),)
    tls = parts.scheme == "https"
    return Through(host=parts.hostname, port=port or (443 if tls else 80), tls=tls, headers=headers)
