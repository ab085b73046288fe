#!/usr/bin/env python3
"""Faults against whole nights: what was injected, what happened, what was lost, what the operator is told.

    bench/faults.py                      all of them, as the table of docs/faults.md
    bench/faults.py --write              the same, and puts the table into docs/faults.md
    bench/faults.py --only robots        those whose name has the word
    bench/faults.py --json               one object a fault

Each fault strikes one bundled newspaper for one night, on loopback. Then all is put right and a further night asks
again.
*Lost* compares the archive after it with one that no fault ever touched: every article must be there, once, with the
same text. A night that is killed, or cannot write, must also leave a database and WARC files that can be read.
Ends with status 1 if anything was lost. Takes about ten minutes.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from fastwarc.warc import ArchiveIterator

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from archive.reasons import because, happened
from crawler.demo import PAPERS, DemoInternet
from crawler.errors import SICK

ROOT = Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs" / "faults.md"
_BEGIN, _END = "<!-- faults -->\n", "<!-- end of faults -->\n"
#: Of a night that could not say anything any more.
_UNSAID = "`runs`: killed; the next log says what was taken in"
#: Papers that a fault may strike: the other one needs a browser.
_STRUCK = tuple(paper for paper in PAPERS if paper.name != "orbit-daily")
_NIGHT_S = 180


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """What strikes one paper for a night."""

    name: str
    #: ``page``: one article of the paper; else a path of its site, or a whole URL.
    at: str
    kind: str
    options: Mapping[str, Any] = field(default_factory=dict)
    #: Times that it strikes; None: the whole night.
    times: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Blow:
    """What strikes the machine: a night is run under it."""

    name: str
    run: Callable[[Path, DemoInternet], subprocess.CompletedProcess[str]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A row of the table."""

    injected: str
    happened: str
    lost: str
    told: str


def _page(name: str, kind: str, times: int | None = None, **options: Any) -> Fault:
    return Fault(name=f"an article: {name}", at="page", kind=kind, options=options, times=times)


def _document(what: str, name: str, kind: str, **options: Any) -> Fault:
    return Fault(name=f"{what}: {name}", at=what, kind=kind, options=options)


_STATUSES = (400, 401, 402, 403, 418, 451, 500, 501, 502, 504)
FAULTS: tuple[Fault, ...] = (
    *(_page(f"status {status}", "status", status=status) for status in _STATUSES),
    _page("status 404", "404"),
    _page("status 410", "410"),
    _page("status 429, Retry-After: 1, twice", "429", 2, retry_after=1),
    _page("status 429, Retry-After: 7200", "429", retry_after=7200),
    _page("status 503, Retry-After as a date in 2 h", "503", retry_after=7200, as_date=True),
    _page("redirected into a loop", "redirect_loop"),
    _page("redirected 12 times", "redirect_chain", hops=12),
    _page("redirected to 127.0.0.1", "redirect", to="http://127.0.0.1:9/"),
    _page("redirected to a cloud's metadata", "redirect", to="http://169.254.169.254/latest/meta-data/"),
    _page("redirected to file:///etc/passwd", "redirect", to="file:///etc/passwd"),
    _page("redirected to another site", "redirect", to="http://elsewhere.example/"),
    _page("a page that says 404 with status 200", "soft_404"),
    _page("a consent wall", "consent_wall"),
    _page("a login wall", "login_wall"),
    _page("a bot check", "blocked"),
    _page("an empty answer", "empty"),
    _page("a PDF", "not_html"),
    _page("bytes in another encoding than declared", "wrong_charset"),
    _page("an answer that never ends", "drip", bytes_per_s=1),
    _page("cut off in the middle", "truncated"),
    _page("a wrong Content-Length", "wrong_length"),
    _page("the connection is reset", "reset"),
    _page("50 MB", "huge"),
    _page("a compression bomb", "gzip_bomb", megabytes=200),
    _page("broken compression", "bad_gzip"),
    _document("feed", "not well-formed", "malformed"),
    _document("feed", "entities in entities", "entities"),
    _document("feed", "status 404", "404"),
    _document("feed", "status 500", "500"),
    _document("feed", "a PDF", "not_html"),
    _document("feed", "a compression bomb", "gzip_bomb", megabytes=200),
    _document("robots.txt", "status 500", "500"),
    _document("robots.txt", "status 404", "404"),
    _document("robots.txt", "the connection is reset", "reset"),
    _document("robots.txt", "a compression bomb", "gzip_bomb", megabytes=200),
    _document("robots.txt", "redirected into a loop", "redirect_loop"),
    _document("sitemap", "not well-formed", "malformed"),
    _document("sitemap", "status 500", "500"),
    _document("front page", "a consent wall", "consent_wall"),
    _document("front page", "status 500", "500"),
    _document("front page", "redirected to another site", "redirect", to="http://elsewhere.example/"),
)
#: Ledger's kinds of documents by our names of them.
_KINDS = {"feed": "feed", "sitemap": "sitemap", "front page": "front"}


# ---- nights ------------------------------------------------------------------------------------------------


def declare(folder: Path, names: Iterable[str], *, delay: float = 0) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    wanted = set(names)
    blocks = [f'[sources.{paper.name}]\nhome = "{paper.home}"\n' for paper in PAPERS if paper.name in wanted]
    (folder / "sources.toml").write_text(f"[crawl]\ndelay = {delay}\n" + "".join(blocks), encoding="utf-8")
    return folder


def nightdesk(internet: DemoInternet, *arguments: str | Path, **options: Any) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "crawler", *map(str, arguments)]
    return subprocess.run(
        command, env=_environment(internet), capture_output=True, text=True, check=False, timeout=_NIGHT_S, **options
    )


def _environment(internet: DemoInternet) -> dict[str, str]:
    return os.environ | {"http_proxy": internet.proxy_url, "no_proxy": "", "PYTHONPATH": str(ROOT)}


def query(folder: Path, sql: str, *values: Any) -> list[tuple[Any, ...]]:
    with closing(sqlite3.connect(folder / "archive.db")) as db:
        return db.execute(sql, values).fetchall()


def texts(folder: Path) -> dict[str, str]:
    """URL → text of every article."""
    return dict(query(folder, "select url, body from articles"))


def lost(folder: Path, whole: Mapping[str, str], names: Iterable[str]) -> str:
    """What an archive lacks of one that no fault touched, or has amiss; empty: nothing."""
    wanted = set(names)
    mine = {url: text for url, text in whole.items() if any(url.startswith(p.home) for p in PAPERS if p.name in wanted)}
    found = texts(folder)
    gone = [url for url in mine if url not in found]
    other = [url for url in mine if url in found and found[url] != mine[url]]
    problems = [f"{len(gone)} articles" if gone else "", f"{len(other)} texts differ" if other else ""]
    problems.append("" if query(folder, "pragma integrity_check") == [("ok",)] else "the database is damaged")
    problems.append("" if not query(folder, "pragma foreign_key_check") else "rows point at nothing")
    problems.append(_unreadable(folder))
    return "; ".join(filter(None, problems))


def _unreadable(folder: Path) -> str:
    for path in folder.glob("warc/**/*.warc.gz"):
        with path.open("rb") as stream:
            try:
                sum(1 for record in ArchiveIterator(stream, parse_http=True) if record.verify_block_digest())
            except Exception as error:  # noqa: BLE001 (whatever a reader says of a broken file)
                return f"{path.name}: {error}"
    return ""


def recover(folder: Path, internet: DemoInternet, urls: Sequence[str] = ()) -> None:
    """All is put right: what is left of the night before, and what was struck, is asked for again."""
    internet.clear_faults()
    # The faults' own waits are part of what is tested; here they are over.
    if (folder / "archive.db").exists():
        with closing(sqlite3.connect(folder / "archive.db")) as db, db:
            tables = {name for (name,) in db.execute("select name from sqlite_master where type = 'table'")}
            for statement in (
                "update urls set due_at = min(first_seen_at, state_at)"
                " where kind <> 'page' or state not in ('kept', 'duplicate')",
                *(["delete from hosts"] if "hosts" in tables else []),
                *(["delete from site_files"] if "site_files" in tables else []),
            ):
                db.execute(statement)
    done = nightdesk(internet, "crawl", "-a", folder, *(word for url in urls for word in ("--url", url)))
    if done.returncode:
        raise SystemExit(f"the night after could not be run: {done.stderr}")
    if urls:  # --url alone asks for nothing else
        nightdesk(internet, "crawl", "-a", folder)


# ---- faults of the net -------------------------------------------------------------------------------------


def rounds(faults: Sequence[Fault]) -> Iterator[dict[str, Fault]]:
    """One fault a paper and night."""
    for start in range(0, len(faults), len(_STRUCK)):
        yield {paper.name: fault for paper, fault in zip(_STRUCK, faults[start : start + len(_STRUCK)], strict=False)}


def strike(folder: Path, struck: Mapping[str, Fault], internet: DemoInternet, whole: Path) -> Iterator[Line]:
    """A night under one fault a paper, and the night after."""
    declare(folder, struck)
    internet.clear_faults()
    places = {name: _place(fault, name, whole) for name, fault in struck.items()}
    for name, fault in struck.items():
        internet.set_fault(places[name], fault.kind, fault.times, **fault.options)
    night = nightdesk(internet, "nightly", "-a", folder)
    if night.returncode not in (0, SICK):
        raise SystemExit(f"the night under {', '.join(fault.name for fault in struck.values())} ended: {night.stderr}")
    told = {}
    for line in nightdesk(internet, "health", "-a", folder, "--json").stdout.splitlines():
        row = json.loads(line)
        told[row["source"]] = row
    seen = {name: _seen(folder, places[name], fault) for name, fault in struck.items()}
    crashed = "" if "Traceback" not in night.stderr else " TRACEBACK"
    recover(folder, internet)
    texts_of_whole = texts(whole)
    for name, fault in struck.items():
        yield Line(
            injected=fault.name,
            happened=seen[name] + crashed,
            lost=lost(folder, texts_of_whole, [name]) or "nothing",
            told=_told(told.get(name), night.returncode),
        )


def _place(fault: Fault, name: str, whole: Path) -> str:
    paper = next(paper for paper in PAPERS if paper.name == name)
    if fault.at == "page":
        sql = "select url from urls where source = ? and state = 'kept' order by url limit 1 offset 1"
        return str(query(whole, sql, name)[0][0])
    if fault.at == "robots.txt":
        return "/".join(paper.home.split("/", 3)[:3]) + "/robots.txt"
    if fault.at == "front page":
        return str(paper.home)
    sql = "select url from urls where source = ? and kind = ? order by detail like '0 %', id limit 1"
    return str((query(whole, sql, name, _KINDS[fault.at]) or [(paper.home + fault.at,)])[0][0])


def _seen(folder: Path, url: str, fault: Fault) -> str:
    if fault.at == "robots.txt":
        rows = query(
            folder,
            "select outcome, run_urls.reason, count(*) from run_urls join urls on urls.id = url_id"
            " where urls.url like ? group by 1, 2 order by 3 desc limit 1",
            url.removesuffix("robots.txt") + "%",
        )
        if not rows:
            return "nothing of the site was asked for"
        return f"{rows[0][2]} pages {rows[0][0]}" + (f" ({rows[0][1]})" if rows[0][1] else "")
    rows = query(folder, "select kind, state, reason, detail from urls where url = ?", url)
    if not rows:
        return "never met"
    kind, state, reason, detail = rows[0]
    if kind == "page":
        outcome = query(
            folder,
            "select outcome, run_urls.reason from run_urls join urls on urls.id = url_id where url = ?"
            " order by run_id desc limit 1",
            url,
        )
        state, reason = outcome[0] if outcome else (state, reason)
    words = happened(state)
    if reason:
        words += f": {because(reason)}"
    return words + (f" ({detail})" if detail and kind != "page" else "")


def _told(row: Mapping[str, Any] | None, status: int) -> str:
    if row is None:
        return f"status {status}"
    if row["level"] == "well":
        return "`runs`, `explain`"
    return f"`{row['verdict']}`: {row['evidence'][0] if row['evidence'] else ''}"


# ---- blows to the machine ----------------------------------------------------------------------------------


@contextmanager
def running(folder: Path, internet: DemoInternet, **options: Any) -> Iterator[subprocess.Popen[str]]:
    """A night under way, in which two pages have been kept."""
    process = subprocess.Popen(
        [sys.executable, "-m", "crawler", "nightly", "-a", str(folder)],
        env=_environment(internet),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        **options,
    )
    try:
        until = time.monotonic() + _NIGHT_S
        while time.monotonic() < until and process.poll() is None and _kept(folder) < 2:
            time.sleep(0.1)
        yield process
    finally:
        process.kill()
        process.wait()


def _kept(folder: Path) -> int:
    try:
        return int(query(folder, "select count(*) from articles")[0][0])
    except sqlite3.Error:
        return 0


def _done(process: subprocess.Popen[str]) -> subprocess.CompletedProcess[str]:
    out, err = process.communicate(timeout=_NIGHT_S)
    return subprocess.CompletedProcess([], process.returncode, out, err)


def _children(pid: int) -> list[int]:
    """All processes below one."""
    below: list[int] = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            text = stat.read_text()
        except OSError:
            continue
        if int(text.rpartition(")")[2].split()[1]) == pid:
            child = int(stat.parent.name)
            below += [child, *_children(child)]
    return below


def _signalled(number: signal.Signals, times: int = 1) -> Callable[[Path, DemoInternet], Any]:
    def run(folder: Path, internet: DemoInternet) -> subprocess.CompletedProcess[str]:
        with running(folder, internet) as process:
            for _ in range(times):
                process.send_signal(number)
                time.sleep(0.3)
            return _done(process)

    return run


def _workers_killed(folder: Path, internet: DemoInternet) -> subprocess.CompletedProcess[str]:
    with running(folder, internet) as process:
        for child in _children(process.pid)[::-1]:
            if b"forkserver" in Path(f"/proc/{child}/cmdline").read_bytes():
                os.kill(child, signal.SIGKILL)
        return _done(process)


def _browser_killed(folder: Path, internet: DemoInternet) -> subprocess.CompletedProcess[str]:
    """Every page is rendered, and the browser dies with one of them."""
    path = folder / "sources.toml"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("[crawl]", '[crawl]\nrender = "always"'), encoding="utf-8")
    try:
        with running(folder, internet) as process:
            for child in _children(process.pid)[::-1]:
                with suppress(OSError):
                    if b"chrom" in Path(f"/proc/{child}/cmdline").read_bytes().split(b"\0")[0]:
                        os.kill(child, signal.SIGKILL)
            return _done(process)
    finally:
        path.write_text(text, encoding="utf-8")


def _file_limit(folder: Path, internet: DemoInternet) -> subprocess.CompletedProcess[str]:
    """No file may grow beyond 600 kB: what a full disk looks like to a process."""

    def limit() -> None:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (600_000, 600_000))

    return nightdesk(internet, "nightly", "-a", folder, preexec_fn=limit)


def _locked(folder: Path, internet: DemoInternet) -> subprocess.CompletedProcess[str]:
    """Another program holds the database for some seconds in the middle of the night."""
    with running(folder, internet) as process, closing(sqlite3.connect(folder / "archive.db", timeout=30)) as db:
        db.isolation_level = None
        try:
            db.execute("begin immediate")
            time.sleep(3)
            db.execute("rollback")
        except sqlite3.OperationalError:
            pass  # the night holds it itself: then nobody else can
        return _done(process)


def _warc_in_the_way(folder: Path, internet: DemoInternet) -> subprocess.CompletedProcess[str]:
    (folder / "warc").write_text("a file where the folder should be")
    try:
        return nightdesk(internet, "nightly", "-a", folder)
    finally:
        (folder / "warc").unlink()


def _torn(folder: Path, internet: DemoInternet) -> subprocess.CompletedProcess[str]:
    """The machine loses power: the night is killed, and the end of its WARC file is half a record."""
    killed = _signalled(signal.SIGKILL)(folder, internet)
    for path in folder.glob("warc/**/*.warc.gz"):
        with path.open("r+b") as file:
            size = file.seek(0, os.SEEK_END)
            (committed,) = query(folder, "select size from warc_files where path = ?", str(path.relative_to(folder)))[0]
            file.truncate(max(committed, size - 7))
    return killed


def _second(folder: Path, internet: DemoInternet) -> subprocess.CompletedProcess[str]:
    with running(folder, internet) as process:
        second = nightdesk(internet, "nightly", "-a", folder)
        _done(process)
    return second


def _broken_config(folder: Path, internet: DemoInternet) -> subprocess.CompletedProcess[str]:
    path = folder / "sources.toml"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("delay = 0.4", 'delay = "soon"'), encoding="utf-8")
    try:
        return nightdesk(internet, "nightly", "-a", folder)
    finally:
        path.write_text(text, encoding="utf-8")


def _clock_ahead(folder: Path, internet: DemoInternet) -> subprocess.CompletedProcess[str]:
    """A night while the machine's clock is a year ahead; the night after, it is right again."""
    nightdesk(internet, "nightly", "-a", folder)
    columns = {
        "urls": ("state_at", "first_seen_at", "last_seen_at", "fetched_at", "due_at"),
        "runs": ("started_at", "finished_at"),
        "hosts": ("changed_at", "wait_until"),
        "site_files": ("asked_at", "read_at"),
    }
    with closing(sqlite3.connect(folder / "archive.db")) as db, db:
        for table, names in columns.items():
            later = ", ".join(f"{name} = strftime('%Y-%m-%dT%H:%M:%SZ', {name}, '+365 days')" for name in names)
            db.execute(f"update {table} set {later}")
    return nightdesk(internet, "nightly", "-a", folder)


def _no_network(folder: Path, internet: DemoInternet) -> subprocess.CompletedProcess[str]:
    """The proxy refuses every connection."""
    environment = _environment(internet) | {"http_proxy": "http://127.0.0.1:9"}
    command = [sys.executable, "-m", "crawler", "nightly", "-a", str(folder)]
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=False, timeout=_NIGHT_S)


BLOWS: tuple[Blow, ...] = (
    Blow(name="the night: kill -9", run=_signalled(signal.SIGKILL)),
    Blow(name="the night: kill -9, and half a record at the WARC's end", run=_torn),
    Blow(name="the night: SIGTERM", run=_signalled(signal.SIGTERM)),
    Blow(name="the night: Ctrl-C twice", run=_signalled(signal.SIGINT, 2)),
    Blow(name="the cleaning processes: kill -9", run=_workers_killed),
    Blow(name="the browser that renders pages: kill -9", run=_browser_killed),
    Blow(name="the disk is full (no file may grow)", run=_file_limit),
    Blow(name="the WARC folder cannot be made", run=_warc_in_the_way),
    Blow(name="the database is locked by another program", run=_locked),
    Blow(name="the clock was a year ahead the night before", run=_clock_ahead),
    Blow(name="a second night at the same time", run=_second),
    Blow(name="a mistake in sources.toml", run=_broken_config),
    Blow(name="no network at all", run=_no_network),
)


def suffer(folder: Path, blow: Blow, internet: DemoInternet, whole: Path) -> Line:
    """A night under a blow, and the night after."""
    names = ("millbrook-courier", "harbour-student")
    declare(folder, names, delay=0.4)  # long enough to be struck in the middle
    internet.clear_faults()
    done = blow.run(folder, internet)
    said = next((line for line in done.stderr.splitlines()[::-1] if line.startswith("nightdesk:")), "")
    state = (
        query(folder, "select status from runs order by id desc limit 1") if (folder / "archive.db").exists() else []
    )
    crashed = " TRACEBACK" if "Traceback" in done.stderr else ""
    failed = _failed(folder)
    recover(folder, internet)
    status = (
        f"killed by {signal.Signals(-done.returncode).name}" if done.returncode < 0 else f"status {done.returncode}"
    )
    silent = "`runs`: killed; the next log says what was taken in" if done.returncode < 0 else "`runs`, `explain`"
    return Line(
        injected=blow.name,
        happened=f"{status}; run {state[0][0] if state else 'none'}{failed}{crashed}",
        lost=lost(folder, texts(whole), names) or "nothing",
        told=said.removeprefix("nightdesk: ").replace(str(folder), "my-archive")[:160] or silent,
    )


def _failed(folder: Path) -> str:
    """Pages that the last run failed to get, by reason."""
    if not (folder / "archive.db").exists():
        return ""
    sql = (
        "select reason, count(*) from run_urls where outcome = 'failed' and run_id = (select max(id) from runs)"
        " group by reason"
    )
    return "".join(f"; {count} pages failed: {because(reason)}" for reason, count in query(folder, sql))


# ---- the table ---------------------------------------------------------------------------------------------


def campaign(only: str) -> Iterator[Line]:
    faults = [fault for fault in FAULTS if only in fault.name]
    blows = [blow for blow in BLOWS if only in blow.name]
    with tempfile.TemporaryDirectory() as scratch, DemoInternet(1) as internet:
        home = Path(scratch)
        whole = declare(home / "whole", (paper.name for paper in _STRUCK))
        nightdesk(internet, "crawl", "-a", whole)
        for number, struck in enumerate(rounds(faults)):
            yield from strike(home / f"round-{number}", struck, internet, whole)
        for number, blow in enumerate(blows):
            yield suffer(home / f"blow-{number}", blow, internet, whole)


def table(lines: Iterable[Line]) -> str:
    rows = [(line.injected, line.happened, line.lost, line.told) for line in lines]
    cells = [" | ".join(cell.replace("|", "\\|").replace("\n", " ") for cell in row) for row in rows]
    head = "| Injected | What happened | Lost | What the operator is told |\n|---|---|---|---|\n"
    return head + "".join(f"| {row} |\n" for row in cells)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", default="", metavar="WORD", help="faults whose name has this word")
    parser.add_argument("--json", action="store_true", help="one object a fault")
    parser.add_argument("--write", action="store_true", help="put the table into docs/faults.md")
    options = parser.parse_args()
    lines = []
    for line in campaign(options.only):
        lines.append(line)
        if options.json:
            shown = {name: getattr(line, name) for name in ("injected", "happened", "lost", "told")}
            print(json.dumps(shown, ensure_ascii=False), flush=True)
        else:
            print(
                f"{line.injected}: {line.happened}; lost: {line.lost}; told: {line.told}", file=sys.stderr, flush=True
            )
    if not options.json:
        print(table(lines))
    if options.write:
        head, _, rest = PAGE.read_text(encoding="utf-8").partition(_BEGIN)
        PAGE.write_text(head + _BEGIN + table(lines) + _END + rest.partition(_END)[2], encoding="utf-8")
    return int(any(line.lost != "nothing" or "TRACEBACK" in line.happened for line in lines))


if __name__ == "__main__":
    sys.exit(main())
