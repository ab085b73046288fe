"""The demo server as a process of its own: start it, steer it, see what was asked of it."""

from __future__ import annotations

import http.client
import json
import subprocess
import sys
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from crawler.demo.false_pages import Option
from crawler.demo.faults import check_options
from crawler.demo.state import Hit

_CONTROL = "http://control.invalid"
_STOP_S = 3
_ANSWER_S = 30


class DemoInternet:
    """The bundled newspapers on loopback, for as long as the ``with`` block lasts.

    ``today`` dates the articles (default: today, UTC). ``faults=False``: no crawler traps, and ``set_fault``
    is refused.
    """

    port: int

    def __init__(self, night: int = 1, *, faults: bool = True, today: date | None = None) -> None:
        self._night = night
        self._faults = faults
        self._today = today
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        """Start the server; raises RuntimeError when it does not come up."""
        command = [sys.executable, "-m", "crawler.demo", "--port", "0", "--night", str(self._night)]
        command += ["--today", self._today.isoformat()] if self._today else []
        command += [] if self._faults else ["--no-faults"]
        # Started from the folder that holds the packages, so that they need not be installed.
        root = Path(__file__).resolve().parents[2]
        self._process = subprocess.Popen(  # noqa: S603 (our own module)
            command, cwd=root, stdin=subprocess.PIPE, stdout=subprocess.PIPE
        )
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        if not line:
            status = self._process.wait()
            self._stop()
            raise RuntimeError(f"the demo server did not start (status {status}): its words are on stderr")
        self.port = json.loads(line)["port"]
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stop the server."""
        self._stop()

    @property
    def proxy_url(self) -> str:
        """What to set ``http_proxy`` to."""
        return f"http://127.0.0.1:{self.port}"

    def get(
        self, url: str, headers: Mapping[str, str] | None = None, *, method: str = "GET"
    ) -> tuple[int, dict[str, str], bytes]:
        """Status, headers (names in lower case) and body as sent; redirects are not followed."""
        return self._ask(method, url, None, headers or {})

    def set_night(self, night: int) -> None:
        """Put the papers' state of that night online. Raises ValueError where there is none."""
        self._order("POST", f"/night?n={night}")

    def set_fault(self, url: str, fault: str, times: int | None = None, **options: Option) -> None:
        """Spoil the next ``times`` requests for ``url`` (None: all; a last ``*`` stands for any ending).

        Faults and their options: ``crawler.demo.faults.FAULTS``. Raises ValueError for others.
        """
        check_options(fault, options)
        wish = {"url": url, "fault": fault, "times": times, "options": options}
        self._order("POST", "/faults", json.dumps(wish).encode())

    def clear_faults(self) -> None:
        """All is well again."""
        self._order("DELETE", "/faults")

    def hits(self) -> list[Hit]:
        """Every request since the start or the last ``reset_hits``, oldest first."""
        return [Hit(**hit) for hit in self._order("GET", "/hits")]

    def reset_hits(self) -> None:
        """Forget the requests seen."""
        self._order("DELETE", "/hits")

    def _order(self, method: str, path: str, body: bytes | None = None) -> Any:
        status, _, answer = self._ask(method, _CONTROL + path, body, {})
        if status != 200:
            raise ValueError(answer.decode().strip())
        return json.loads(answer)

    def _ask(
        self, method: str, url: str, body: bytes | None, headers: Mapping[str, str]
    ) -> tuple[int, dict[str, str], bytes]:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=_ANSWER_S)
        try:
            connection.request(method, url, body, {"Connection": "close", **headers})
            response = connection.getresponse()
            named = {name.lower(): value for name, value in response.getheaders()}
            return response.status, named, response.read()
        finally:
            connection.close()

    def _stop(self) -> None:
        process, self._process = self._process, None
        if process is None:
            return
        for pipe in (process.stdin, process.stdout):
            if pipe is not None:
                pipe.close()
        # Its input closed, it stops; unless a forked worker of ours still holds the other end.
        for insist in (process.terminate, process.kill):
            try:
                process.wait(_STOP_S)
            except subprocess.TimeoutExpired:
                insist()
        process.wait()
