"""The reading room as its tests visit it: the application called as a server would, or served to a browser."""

from __future__ import annotations

import asyncio
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import uvicorn

from archive.web.app import application
from archive.web.guard import Door


class Visitor:
    """Asks for pages, one after the other."""

    def __init__(self, folder: Path, door: Door | None = None, address: str | None = None) -> None:
        self._loop = asyncio.new_event_loop()
        app = application(folder, door, address=address)
        self._client = httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url="http://localhost:8001")

    def get(self, path: str, *, method: str = "GET", **headers: str) -> httpx.Response:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return self._loop.run_until_complete(self._client.request(method, path, headers=named))

    def close(self) -> None:
        self._loop.run_until_complete(self._client.aclose())
        self._loop.run_until_complete(self._loop.shutdown_default_executor())
        self._loop.close()


@contextmanager
def visiting(folder: Path, door: Door | None = None, address: str | None = None) -> Iterator[Visitor]:
    visitor = Visitor(folder, door, address)
    try:
        yield visitor
    finally:
        visitor.close()


@contextmanager
def serving(folder: Path) -> Iterator[str]:
    """The same on a port of this machine, for a browser. Gives its address."""
    listening = socket.create_server(("127.0.0.1", 0))
    server = uvicorn.Server(uvicorn.Config(application(folder), log_level="error"))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]}, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{listening.getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join(20)
        listening.close()
