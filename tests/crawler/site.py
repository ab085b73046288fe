"""A site of a few answers on loopback, asked through as a proxy: for what the bundled newspapers do not say."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Self
from urllib.parse import urlsplit

Answer = tuple[int, tuple[tuple[str, str], ...], str]


class Site:
    """URL → (status, headers, body), for as long as the ``with`` block lasts; all else is 404."""

    def __init__(self, answers: Mapping[str, Answer]) -> None:
        self.answers = dict(answers)
        #: URLs asked for, oldest first.
        self.asked: list[str] = []
        site = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                site.asked.append(self.path)
                status, headers, body = site.answers.get(self.path, (404, (), "<h1>Not found</h1>"))
                data = body.encode()
                self.send_response(status)
                names = {name.lower() for name, _ in headers}
                plain = urlsplit(self.path).path.endswith((".txt", ".json"))
                if "content-type" not in names:
                    self.send_header("Content-Type", "text/plain" if plain else "text/html; charset=utf-8")
                for name, value in (*headers, ("Content-Length", str(len(data)))):
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(data)

            def log_message(self, format: str, *args: object) -> None:  # noqa: A002 (its name in the library)
                """Say nothing."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)

    @property
    def proxy_url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()
