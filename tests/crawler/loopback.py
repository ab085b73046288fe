"""A small newspaper on loopback addresses of its own, and a DNS that says of it what a test wants."""

from __future__ import annotations

import json
import os
import ssl
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from twisted.internet.address import IPv4Address, IPv6Address
from twisted.internet.interfaces import IHostnameResolver
from zope.interface import implementer

ROOT = Path(__file__).parents[2]
#: Path → body, or status, headers and body.
Pages = Mapping[str, str | tuple[int, dict[str, str], bytes]]


@dataclass
class Site:
    """What a server was asked for, as (address, path)."""

    port: int = 0
    hits: list[tuple[str, str]] = field(default_factory=list)

    def paths(self, address: str) -> list[str]:
        return [path for at, path in self.hits if at == address]


@contextmanager
def serving(pages: Pages, *addresses: str, tls: ssl.SSLContext | None = None) -> Iterator[Site]:
    """The same pages on one port of several loopback addresses; each connection is closed after its answer."""
    site = Site()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            site.hits.append((self.server.server_address[0], self.path))  # type: ignore[arg-type]
            page = pages.get(self.path, (404, {}, b"nothing here"))
            status, headers, body = (
                (200, {"Content-Type": "text/html"}, page.encode()) if isinstance(page, str) else page
            )
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: Any) -> None:
            pass

    servers = []
    try:
        for address in addresses:
            server = ThreadingHTTPServer((address, site.port), Handler)
            server.daemon_threads = True
            server.handle_error = lambda *_: None  # type: ignore[method-assign]
            if tls is not None:
                server.socket = tls.wrap_socket(server.socket, server_side=True)
            site.port = server.server_address[1]
            servers.append(server)
            threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
        yield site
    finally:
        for server in servers:
            server.shutdown()
            server.server_close()


def crawl(
    folder: Path,
    *,
    dns: Mapping[str, list[str]] | None = None,
    delay: float = 0,
    settings: Mapping[str, object] | None = None,
    **environment: str,
) -> str:
    """One crawl of an archive's sources in a process of its own; its log.

    ``dns``: host → what each lookup of it answers, the last one for good; other hosts are not found.
    ``settings``: further ones of Scrapy's.
    """
    with crawling(folder, dns=dns, delay=delay, settings=settings, **environment) as process:
        _, log = process.communicate(timeout=300)
    assert process.returncode == 0, log
    assert "Traceback" not in log, log
    return log


@contextmanager
def crawling(
    folder: Path,
    *,
    dns: Mapping[str, list[str]] | None = None,
    delay: float = 0,
    settings: Mapping[str, object] | None = None,
    **environment: str,
) -> Iterator[subprocess.Popen[str]]:
    """The same while it is under way."""
    chosen = {"NIGHTDESK_ARCHIVE": folder, "DOWNLOAD_DELAY": delay, "NIGHTDESK_WORKERS": 1} | dict(settings or {})
    if dns is not None:
        chosen["TWISTED_DNS_RESOLVER"] = "tests.crawler.loopback.FakeDns"
        environment["FAKE_DNS"] = json.dumps(dns)
    inherited = {name: value for name, value in os.environ.items() if not name.lower().endswith("_proxy")}
    process = subprocess.Popen(
        [sys.executable, "-m", "scrapy", "crawl", "news", *(f"-s{name}={value}" for name, value in chosen.items())],
        cwd=ROOT,
        env=inherited | {"PYTHONPATH": str(ROOT)} | environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        yield process
    finally:
        if process.poll() is None:
            process.kill()
            process.communicate()


@implementer(IHostnameResolver)
class FakeDns:
    """Scrapy's resolver in a crawl whose DNS is made up: no lookup is cached, none leaves the process."""

    def __init__(self, reactor: Any) -> None:
        self._reactor = reactor
        self._answers: dict[str, list[str]] = json.loads(os.environ["FAKE_DNS"])

    @classmethod
    def from_crawler(cls, crawler: Any, reactor: Any) -> FakeDns:
        return cls(reactor)

    def install_on_reactor(self) -> None:
        self._reactor.installNameResolver(self)

    def resolveHostName(  # noqa: N802
        self, receiver: Any, host: str, port: int = 0, types: Any = None, semantics: str = "TCP"
    ) -> Any:
        answers = self._answers.get(host, [])
        receiver.resolutionBegan(None)
        for text in (answers.pop(0) if len(answers) > 1 else "".join(answers)).split():
            receiver.addressResolved((IPv6Address if ":" in text else IPv4Address)("TCP", text, port))
        receiver.resolutionComplete()
        return receiver
