#!/usr/bin/env python3
"""A crawl with a large frontier: how soon it asks for its first page, and how its memory goes on.

    bench/scale.py                                   2,000 sources, 100,000 URLs that are due, 3,000 pages asked for
    bench/scale.py --sources 200 --urls 10000        smaller

A fresh archive's ledger is filled through its own writer, then `nightdesk crawl` runs against a proxy on loopback that
answers every address with a short article of its own. A second archive with a hundredth of the sources and URLs is
crawled in the same way: the ratios say what size costs. Memory is the crawl process's alone (VmRSS), at each tenth
of the pages asked for.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import threading
import time
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from archive.times import utc_now
from archive.types import Hint, Kind, Link, Via
from archive.writer import ArchiveWriter

ROOT = Path(__file__).resolve().parent.parent
_PAGE = """<!doctype html><html lang="en"><head><title>Report {n}</title>
<meta property="article:published_time" content="2026-11-20T08:00:00Z"></head><body><article><h1>Report {n}</h1>
<p>The council met for the {n}th time on Thursday and heard the harbour master on matter {n}.</p>
<p>Members asked {n} questions, of which the clerk wrote down every one; the meeting ended before lamps were lit.</p>
</article></body></html>"""


@dataclass(slots=True)
class Seen:
    """What the proxy has answered."""

    pages: int = 0
    first_at: float | None = None
    lock: threading.Lock = field(default_factory=threading.Lock)


def proxy(seen: Seen) -> ThreadingHTTPServer:
    class Answer(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            number = self.path.rpartition("/")[2]
            body = _PAGE.format(n=number).encode() if number.isdigit() else b""
            if body:
                with seen.lock:
                    seen.pages += 1
                    seen.first_at = seen.first_at or time.monotonic()
            self.send_response(200 if body else 404)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 (the name is the base class's)
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Answer)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server


def fill(folder: Path, sources: int, urls: int) -> None:
    """An archive whose ledger has ``urls`` due pages of ``sources`` newspapers."""
    folder.mkdir()
    names = [f"paper-{number}" for number in range(sources)]
    tables = "".join(f'[sources.{name}]\nhome = "http://{name}.example/"\n' for name in names)
    (folder / "sources.toml").write_text(f"[crawl]\ndelay = 0\n{tables}", encoding="utf-8")
    now = utc_now()
    with ArchiveWriter(folder, purpose="bench") as writer:
        run = writer.ledger.start_run("crawl", {}, now)
        for number, name in enumerate(names):
            writer.ledger.add_source(name, home=f"http://{name}.example/", title=None, now=now)
            hint = Hint(via=Via.SITEMAP, where=f"http://{name}.example/sitemap.xml")
            addresses = (f"http://{name}.example/news/{n}" for n in range(number, urls, sources))
            links = [Link(url=address, kind=Kind.PAGE, hint=hint) for address in addresses]
            writer.ledger.discover(links, source=name, run=run, now=now)
        writer.ledger.finish_run(run, "finished", now)


@dataclass(frozen=True, slots=True, kw_only=True)
class Crawled:
    """How a crawl went."""

    #: Seconds from the command to the first page asked for.
    first_page_s: float
    #: Pages asked for a second, from then on.
    pages_a_second: float
    #: MB of the crawl process at each tenth of the pages.
    memory: list[int]


def crawl(folder: Path, pages: int) -> Crawled:
    seen = Seen()
    server = proxy(seen)
    environment = os.environ | {
        "http_proxy": f"http://127.0.0.1:{server.server_port}",
        "no_proxy": "",
        "PYTHONPATH": str(ROOT),
    }
    command = [sys.executable, "-m", "crawler", "crawl", "-a", str(folder)]
    begun = time.monotonic()
    process = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    memory: list[int] = []
    try:
        while process.poll() is None and seen.pages < pages:
            if seen.pages >= (len(memory) + 1) * pages / 10:
                memory.append(_memory(process.pid))
            time.sleep(0.05)
        memory.append(_memory(process.pid) if process.poll() is None else 0)
        ended = time.monotonic()
        process.terminate()
        process.wait(timeout=60)
    finally:
        process.kill()
        server.shutdown()
        server.server_close()
    if seen.first_at is None:
        raise SystemExit(f"no page was asked for; see {folder}/logs")
    return Crawled(
        first_page_s=seen.first_at - begun, pages_a_second=seen.pages / (ended - seen.first_at), memory=memory
    )


def _memory(pid: int) -> int:
    status = Path(f"/proc/{pid}/status").read_text()
    return next(int(line.split()[1]) // 1024 for line in status.splitlines() if line.startswith("VmRSS"))


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sources", type=int, default=2_000)
    parser.add_argument("--urls", type=int, default=100_000)
    parser.add_argument("--pages", type=int, default=3_000, help="pages asked for before the crawl is stopped")
    options = parser.parse_args()
    hundredth = (max(1, options.sources // 100), max(100, options.urls // 100))
    sizes = {"small": hundredth, "large": (options.sources, options.urls)}
    results = {}
    with tempfile.TemporaryDirectory() as scratch:
        for name, (sources, urls) in sizes.items():
            fill(Path(scratch) / name, sources, urls)
            results[name] = crawl(Path(scratch) / name, min(options.pages, urls * 9 // 10))
    small, large = results["small"], results["large"]
    heads = [f"{sources:,} sources, {urls:,} URLs" for sources, urls in sizes.values()]
    print(f"| {'':<28} | {' | '.join(heads)} | ratio |")
    print("|---|---:|---:|---:|")
    for what, attribute in (("seconds to the first page", "first_page_s"), ("pages a second", "pages_a_second")):
        a, b = getattr(small, attribute), getattr(large, attribute)
        print(f"| {what:<28} | {a:.1f} | {b:.1f} | {b / a:.2f} |")
    for what, which in (("MB at the first tenth", 0), ("MB at the end", -1)):
        a, b = small.memory[which], large.memory[which]
        print(f"| {what:<28} | {a} | {b} | {b / a:.2f} |")
    print(f"\nmemory over the large crawl, MB: {', '.join(map(str, large.memory))}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
