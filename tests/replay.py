"""Programs of others that replay web archives, in a virtualenv of their own: some of them are under the GPL."""

from __future__ import annotations

import http.client
import os
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

PROGRAMS = Path(os.environ.get("NIGHTDESK_REPLAY") or Path(__file__).parent.parent / ".venv-replay") / "bin"
needs_replay = pytest.mark.skipif(
    not (PROGRAMS / "wayback").exists(), reason="pywb is not installed; ./run.sh replay does it, as .ci/run asks for"
)


def run(program: str, *arguments: str | Path, cwd: Path, given: str | None = None) -> subprocess.CompletedProcess[str]:
    """A program of theirs, to its end."""
    command = [PROGRAMS / program, *arguments]
    env = os.environ | {"PYTHONWARNINGS": "ignore"}
    return subprocess.run(
        command, cwd=cwd, input=given, env=env, capture_output=True, text=True, check=False, timeout=120
    )


class Wayback:
    """pywb at work, and what it answers."""

    def __init__(self, port: int) -> None:
        self.port = port

    def get(self, collection: str, stamp: str, url: str) -> tuple[int, dict[str, str], bytes]:
        """Status, headers and the body as it was captured, its content encoding not undone."""
        with closing(http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)) as connection:
            connection.putrequest("GET", f"/{collection}/{stamp}id_/{url}", skip_accept_encoding=True)
            connection.putheader("Accept-Encoding", "gzip, deflate")
            connection.endheaders()
            answer = connection.getresponse()
            return answer.status, {name.lower(): value for name, value in answer.getheaders()}, answer.read()


@contextmanager
def wayback(folder: Path, collections: dict[str, tuple[Path, Path]]) -> Iterator[Wayback]:
    """pywb, serving collections: each an index and the folder that its file names begin at."""
    told = [
        f"  {name}:\n    index_paths: {index}\n    archive_paths: {at}/\n" for name, (index, at) in collections.items()
    ]
    (folder / "config.yaml").write_text("collections:\n" + "".join(told), encoding="utf-8")
    with closing(socket.socket()) as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [PROGRAMS / "wayback", "-p", str(port), "-b", "127.0.0.1"]
    with (folder / "wayback.log").open("wb") as log:
        process = subprocess.Popen(command, cwd=folder, stdout=log, stderr=log)
    try:
        for _ in range(600):
            assert process.poll() is None, (folder / "wayback.log").read_text(encoding="utf-8")
            with closing(socket.socket()) as knock:
                if knock.connect_ex(("127.0.0.1", port)) == 0:
                    break
            time.sleep(0.1)
        yield Wayback(port)
    finally:
        process.terminate()
        process.wait(timeout=30)
