"""How fast `nightdesk import` takes in WARC files, beside FastWARC alone (the reading limit) and trafilatura.

    python bench/import.py [--pages FOLDER] [--records N] [--jobs N] [--json]

All three go through the same files, one after the other, in as many processes: FastWARC reads every answer; trafilatura
extracts each with its metadata, read by FastWARC; nightdesk is the whole command, from its start to stories and
full-text index, writing every record. Wall clock and CPU seconds (of all processes) are told, and ratios of both; on a
machine that does other work meanwhile only those of CPU mean much.

Without ``--pages`` (a folder of saved pages, .html or .html.gz) the pages are those of tests/pages inside a furniture
of menus, teasers, scripts and styles that brings them to the size of real ones, each time other words.
"""

from __future__ import annotations

import argparse
import gzip
import json
import os
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

ROOT = Path(__file__).resolve().parent.parent
_PAGES = ROOT / "tests" / "pages"
_SITES = 40
#: Seconds between two looks at what processes have used: what is used after the last is not seen.
_LOOK_S = 0.05
_WORDS = (
    *("harbour", "bridge", "council", "market", "river", "town", "school", "winter", "season", "mayor", "museum"),
    *("station", "garden", "border", "weather", "election", "budget", "theatre", "hospital", "library", "railway"),
)

_READ = """
import sys
from fastwarc.warc import ArchiveIterator, WarcRecordType
clean = None
if sys.argv[1] == "trafilatura":
    from trafilatura import bare_extraction as clean
for path in sys.argv[2:]:
    with open(path, "rb") as stream:
        for record in ArchiveIterator(stream, record_types=WarcRecordType.response):
            body = record.reader.read()
            if clean is not None:
                clean(body, url=record.headers["WARC-Target-URI"], with_metadata=True)
"""


def furniture(chance: random.Random) -> tuple[bytes, bytes]:
    """What stands before and behind the article on a page of a newspaper: some 60 KB."""
    words = lambda number: " ".join(chance.choice(_WORDS) for _ in range(number))  # noqa: E731
    menu = "".join(f'<li><a href="/{words(1)}/{n}">{words(2)}</a></li>' for n in range(60))
    script = f"<script>var state = {json.dumps({words(2): words(30) for _ in range(60)})};</script>"
    style = "<style>" + "".join(f".c{n}{{margin:{n}px;color:#{n:06x}}}" for n in range(200)) + "</style>"
    teasers = "".join(
        f'<div class="teaser"><a href="/news/{words(1)}-{n}"><img src="/i/{n}.jpg" alt=""><h3>{words(6)}</h3>'
        f"<p>{words(14)}</p></a></div>"
        for n in range(30)
    )
    before = f'{style}{script}<nav class="menu"><ul>{menu}</ul></nav>'
    return before.encode(), f'<aside class="more">{teasers}</aside><footer><ul>{menu}</ul></footer>{script}'.encode()


def made_pages(number: int) -> Iterator[bytes]:
    """Pages of tests/pages, in furniture."""
    bodies = [path.read_bytes() for path in sorted(_PAGES.glob("*/page.html"))]
    chance = random.Random(1)
    for n in range(number):
        body = bodies[n % len(bodies)]
        before, after = furniture(chance)
        start, end = body.find(b"<body"), body.rfind(b"</body>")
        start = body.find(b">", start) + 1 if start >= 0 else 0
        end = end if end >= 0 else len(body)
        yield body[:start] + before + body[start:end] + after + body[end:]


def found_pages(folder: Path, number: int) -> Iterator[bytes]:
    """Pages of a folder, over and over."""
    files = sorted([*folder.glob("*.html"), *folder.glob("*.html.gz")])
    if not files:
        raise SystemExit(f"{folder} has no .html and no .html.gz files")
    for n in range(number):
        body = files[n % len(files)].read_bytes()
        yield gzip.decompress(body) if files[n % len(files)].suffix == ".gz" else body


def write_warcs(folder: Path, pages: Iterator[bytes], parts: int) -> tuple[list[Path], int]:
    """The pages in as many WARC files as there are processes; how many bytes they have."""
    paths = [folder / f"{part}.warc.gz" for part in range(parts)]
    streams = [path.open("wb") for path in paths]
    writers = [WARCWriter(stream, gzip=True) for stream in streams]
    size = 0
    for n, body in enumerate(pages):
        head = StatusAndHeaders("200 OK", [("Content-Type", "text/html")], protocol="HTTP/1.1")
        record = writers[n % parts].create_warc_record(
            f"https://paper{n % _SITES}.example/news/2024/05/{n}",
            "response",
            payload=BytesIO(body),
            length=len(body),
            http_headers=head,
            warc_headers_dict={"WARC-Date": "2024-05-17T08:30:00Z"},
        )
        writers[n % parts].write_record(record)
        size += len(body)
    for stream in streams:
        stream.close()
    return paths, size


def timed(commands: list[list[str]]) -> tuple[float, float]:
    """Wall clock and CPU seconds of commands that run side by side, with all processes that they start."""
    start = time.perf_counter()
    running = [
        subprocess.Popen(
            command, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True
        )
        for command in commands
    ]
    sessions, seconds = {process.pid for process in running}, dict[int, float]()
    while any(process.poll() is None for process in running):
        seconds |= cpu_of(sessions)
        time.sleep(_LOOK_S)
    for process, command in zip(running, commands, strict=True):
        if process.returncode:
            raise SystemExit(f"{command[:4]} ended with status {process.returncode}")
    return time.perf_counter() - start, sum(seconds.values())


def cpu_of(sessions: set[int]) -> dict[int, float]:
    """CPU seconds so far of each process of some sessions: workers of a fork server are nobody's children here."""
    found = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text().rpartition(")")[2].split()
        except OSError:
            continue  # it has just ended
        if int(fields[3]) in sessions:
            found[int(stat.parent.name)] = (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
    return found


def measure(pages: Iterator[bytes], records: int, jobs: int) -> dict[str, object]:
    """Seconds of each contestant over the same files, and what that makes."""
    with tempfile.TemporaryDirectory() as room:
        folder, archive = Path(room), Path(room) / "archive"
        paths, size = write_warcs(folder, pages, jobs)
        subprocess.run(
            [sys.executable, "-m", "crawler", "init", str(archive)], cwd=ROOT, check=True, capture_output=True
        )  # fmt: skip
        names = [str(path) for path in paths]
        command = [sys.executable, "-m", "crawler", "import", *names, "-a", str(archive), "--jobs", str(jobs)]
        took = {
            "fastwarc": timed([[sys.executable, "-c", _READ, "read", name] for name in names]),
            "trafilatura": timed([[sys.executable, "-c", _READ, "trafilatura", name] for name in names]),
            "nightdesk": timed([command]),
        }
    figures: dict[str, object] = {"records": records, "jobs": jobs, "bytes_per_record": size // records}
    for number, kind in enumerate(("wall", "cpu")):
        figures[f"{kind}_seconds"] = {name: round(seconds[number], 2) for name, seconds in took.items()}
        figures[f"nightdesk_over_{kind}"] = {
            peer: round(took[peer][number] / took["nightdesk"][number], 3) for peer in ("fastwarc", "trafilatura")
        }
    figures["records_per_second"] = {name: round(records / seconds[0], 1) for name, seconds in took.items()}
    return figures


def main() -> None:
    """Measure, and tell."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pages", type=Path, help="a folder of saved pages instead of made ones")
    parser.add_argument("--records", type=int, default=600)
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--json", action="store_true")
    asked = parser.parse_args()
    pages = found_pages(asked.pages, asked.records) if asked.pages else made_pages(asked.records)
    figures = measure(pages, asked.records, asked.jobs)
    if asked.json:
        print(json.dumps(figures))
        return
    print(f"{asked.records} answers of {figures['bytes_per_record']:,} bytes, {asked.jobs} processes")
    for name, rate in figures["records_per_second"].items():  # type: ignore[attr-defined]
        cpu = figures["cpu_seconds"][name]  # type: ignore[index]
        print(f"  {name:12} {rate:9.1f} a second   {1000 * cpu / asked.records:8.1f} ms of CPU each")
    for kind in ("wall", "cpu"):
        ratios = figures[f"nightdesk_over_{kind}"]
        print(f"nightdesk over ({kind}): " + ", ".join(f"{peer} {ratio}" for peer, ratio in ratios.items()))  # type: ignore[attr-defined]


if __name__ == "__main__":
    main()
