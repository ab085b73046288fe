"""A crawl lets nobody in: it listens on no port."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from pathlib import Path

from scrapy.settings import Settings

from tests.crawler.loopback import ROOT, serving
from tests.crawler.test_guard import OPEN, declare

LISTENS = "0A"


def listening(process: int) -> set[str]:
    """The local ends, in hexadecimal, of a process's TCP sockets that wait for connections."""
    held = {str(link.readlink()) for link in Path(f"/proc/{process}/fd").iterdir() if link.is_symlink()}
    ends = set()
    for table in ("tcp", "tcp6"):
        for line in Path(f"/proc/{process}/net/{table}").read_text(encoding="ascii").splitlines()[1:]:
            _, local, _, state, *rest = line.split()
            if state == LISTENS and f"socket:[{rest[5]}]" in held:
                ends.add(local)
    return ends


def test_a_crawl_at_work_listens_nowhere(tmp_path: Path) -> None:
    asked, answer = threading.Event(), threading.Event()

    class Slow(dict[str, str]):
        def get(self, *_: object) -> str:  # type: ignore[override]
            asked.set()
            answer.wait(300)
            return "<p>at last</p>"

    with serving(Slow(), OPEN) as site:
        folder = declare(tmp_path, f"http://{OPEN}:{site.port}/")
        command = [sys.executable, "-m", "crawler", "crawl", "-a", str(folder)]
        process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        try:
            assert asked.wait(300)
            assert listening(process.pid) == set()
        finally:
            answer.set()
            assert process.wait(300) == 0
        assert listening(os.getpid())  # the newspaper's own socket: the search finds what is there


def test_only_the_web_is_spoken() -> None:
    settings = Settings()
    settings.setmodule("crawler.settings", priority="project")
    spoken = {scheme for scheme, handler in settings.getwithbase("DOWNLOAD_HANDLERS").items() if handler}
    assert spoken == {"http", "https"}
    assert not settings.getbool("TELNETCONSOLE_ENABLED")
    assert not settings.getbool("REMOTE_CONTROL_ENABLED")
    assert settings.getbool("DOWNLOAD_VERIFY_CERTIFICATES")
