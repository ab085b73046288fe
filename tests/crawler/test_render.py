"""Pages that need JavaScript, in the system's Chromium: whole crawls on loopback, with a made-up DNS.

As in test_guard.py, 127.0.0.2 stands for the public internet, and 127.0.0.1 is what must never be reached.
"""

from __future__ import annotations

import json
import os
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Mapping
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from fastwarc.warc import ArchiveIterator, WarcRecordType

from archive.reading import Archive
from archive.types import Outcome
from crawler.fetch.browser import missing
from tests.crawler.loopback import ROOT, Pages, crawl, crawling, serving
from tests.crawler.test_guard import CLOSED, OPEN, PATH, STORY, declare, front, ledger

pytestmark = pytest.mark.skipif(missing() is not None, reason=f"pages cannot be rendered here: {missing()}")

DNS = {"paper.example": [OPEN]}
SHELL_PATH = "/2026/11/21/ferry-returns-after-the-winter"
FETCHES = 'document.getElementById("root").innerHTML = await (await fetch("/api/story")).text();'


def shell(script: str = FETCHES, *, after_ms: int = 200) -> str:
    """A page without a word, and a script that changes that after a moment."""
    return (
        '<html><head><meta charset="utf-8"><title>Harbour Paper</title></head><body>'
        "<noscript>Please enable JavaScript.</noscript>"
        f'<div id="root"></div><script>setTimeout(async () => {{ {script} }}, {after_ms})</script></body></html>'
    )


def paper(script: str = FETCHES, **more: Any) -> dict[str, Any]:
    """A newspaper with one page that speaks for itself and one that needs a browser."""
    body = STORY.partition("<body>")[2].partition("</body>")[0].replace("Bridge", "Ferry").replace("bridge", "ferry")
    pages = {"/": front(PATH, SHELL_PATH), PATH: STORY, SHELL_PATH: shell(script), "/api/story": body}
    return pages | more


def outcomes(folder: Path, port: int) -> dict[str, tuple[str, str | None]]:
    base = f"http://paper.example:{port}"
    return {
        url.removeprefix(base): (state, why) for url, state, why, _ in ledger(folder) if url.startswith(f"{base}/2")
    }


def one_night(
    folder: Path, pages: Pages, render: str = "auto", crawl_table: str = f'allow = ["{OPEN}"]', **settings: object
) -> tuple[Any, str]:
    """The site that was crawled, and the log."""
    with serving(pages, OPEN, CLOSED) as site:
        home = f"http://paper.example:{site.port}/"
        declare(folder, home, crawl=crawl_table, source=f'render = "{render}"')
        return site, crawl(folder, dns=DNS, settings=settings)


def test_auto_renders_the_page_that_needs_it_and_no_other(tmp_path: Path) -> None:
    site, _ = one_night(tmp_path, paper())
    assert outcomes(tmp_path, site.port) == {PATH: ("kept", None), SHELL_PATH: ("kept", None)}
    assert site.paths(OPEN).count(SHELL_PATH) == 1  # the browser is given what was kept
    assert site.paths(OPEN).count("/api/story") == 1
    with Archive(tmp_path) as archive:
        url = f"http://paper.example:{site.port}{SHELL_PATH}"
        told = [(event.event, event.reason) for event in archive.explain(url).events]
        assert told == [("captured", None), ("to-render", None), ("rendered", None), ("new", None)]
        article = archive.get(url)
        assert article is not None and "Ferry" in article.title and "forty new piles" in article.body
        assert (article.origins["body"].evidence or "").startswith("rendered by Chromium ")
        (run,) = archive.runs()
        (funnel,) = archive.funnel(run.id).values()
        assert funnel[Outcome.NEW] == 2 and sum(funnel.values()) == 2
    shown = subprocess.run(
        [sys.executable, "-m", "crawler", "explain", url, "-a", str(tmp_path)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    assert "given to a browser" in shown and "1 request," in shown and "rendering, warc/" in shown


def test_what_the_browser_made_stands_beside_the_answer_in_the_warc(tmp_path: Path) -> None:
    site, _ = one_night(tmp_path, paper())
    url = f"http://paper.example:{site.port}{SHELL_PATH}"
    (file,) = tmp_path.glob("warc/**/*.warc.gz")
    with file.open("rb") as stream:
        records = [
            (record.record_type, dict(record.headers), record.reader.read())
            for record in ArchiveIterator(stream, parse_http=False)
            if dict(record.headers).get("WARC-Target-URI") == url
        ]
    (answer,) = [headers for kind, headers, _ in records if kind == WarcRecordType.response]
    ((made, body),) = [(headers, body) for kind, headers, body in records if kind == WarcRecordType.conversion]
    assert made["WARC-Refers-To"] == answer["WARC-Record-ID"]
    assert made["Content-Type"] == "text/html; charset=utf-8"
    assert made["Nightdesk-Made-By"].startswith("Chromium ") and "scrapy-playwright " in made["Nightdesk-Made-By"]
    assert b"forty new piles" in body
    (plain,) = [body for kind, _, body in records if kind == WarcRecordType.response]
    assert b"forty new piles" not in plain


def test_always_renders_every_page_and_never_none(tmp_path: Path) -> None:
    for mode in ("always", "never"):
        (tmp_path / mode).mkdir()
    site, log = one_night(tmp_path / "always", paper(), "always")
    assert set(outcomes(tmp_path / "always", site.port).values()) == {("kept", None)}
    assert "a browser had 2 of its pages" in log
    site, _ = one_night(tmp_path / "never", paper(), "never")
    assert outcomes(tmp_path / "never", site.port)[SHELL_PATH] == ("rejected", "needs-javascript")
    assert "/api/story" not in site.paths(OPEN)


WAYS_IN = """
const tries = TARGETS;
for (const url of tries) {
  fetch(url, {mode: "no-cors"}).catch(() => null);
  new Image().src = url;
  const script = document.createElement("script"); script.src = url; document.head.append(script);
  const sheet = document.createElement("link"); sheet.rel = "stylesheet"; sheet.href = url; document.head.append(sheet);
  const hint = document.createElement("link"); hint.rel = "preconnect"; hint.href = url; document.head.append(hint);
  const frame = document.createElement("iframe"); frame.src = url; document.body.append(frame);
  try { new WebSocket(url.replace(/^http/, "ws")); } catch (error) {}
  try { new EventSource(url); } catch (error) {}
  try { navigator.sendBeacon(url, "x"); } catch (error) {}
  try { window.open(url); } catch (error) {}
  try { new Worker(URL.createObjectURL(new Blob([`fetch("${url}", {mode: "no-cors"})`]))); } catch (error) {}
}
try { navigator.serviceWorker.register("/worker.js"); } catch (error) {}
location.href = tries[0];
"""


def test_no_script_reaches_an_address_inside(tmp_path: Path) -> None:
    pages = paper()
    pages["/worker.js"] = (200, {"Content-Type": "text/javascript"}, b"")
    pages["/away"] = (302, {"Location": "http://169.254.169.254/latest"}, b"")
    dns = DNS | {"inside.example": [CLOSED], "metadata.example": ["169.254.169.254"]}
    with serving(pages, OPEN, CLOSED) as site:
        inside = ("127.0.0.1", "localhost", "0x7f000001", "[::ffff:127.0.0.1]", "127.0.0.1.", "inside.example")
        targets = [f"http://{host}:{site.port}/secret" for host in inside] + ["http://metadata.example/", "/away"]
        pages["/away"] = (302, {"Location": f"http://127.0.0.1:{site.port}/secret"}, b"")
        pages[SHELL_PATH] = shell(WAYS_IN.replace("TARGETS", json.dumps(targets)) + FETCHES)
        declare(tmp_path, f"http://paper.example:{site.port}/", source='render = "auto"')
        crawl(tmp_path, dns=dns)
        assert site.paths(CLOSED) == []
        assert "/away" in site.paths(OPEN)  # so the redirect itself was tried
        assert "/worker.js" not in site.paths(OPEN)
        assert outcomes(tmp_path, site.port)[SHELL_PATH] == ("kept", None)  # and its own text came all the same


def test_a_name_that_changes_its_mind_leads_nowhere_inside_the_browser(tmp_path: Path) -> None:
    again = (
        "for (let n = 0; n < 4; n++)"
        ' await fetch("http://turncoat.example:PORT/x" + n, {mode: "no-cors"}).catch(() => null);'
    )
    pages = paper()
    with serving(pages, OPEN, CLOSED) as site:
        pages[SHELL_PATH] = shell(again.replace("PORT", str(site.port)) + FETCHES)
        declare(tmp_path, f"http://paper.example:{site.port}/", source='render = "auto"')
        # robots.txt and the first of four are asked for while it still leads outside
        crawl(tmp_path, dns=DNS | {"turncoat.example": [OPEN, OPEN, CLOSED]})
        assert [path for path in site.paths(OPEN) if path.startswith("/x")] == ["/x0"]
        assert site.paths(CLOSED) == []


def test_robots_txt_of_another_host_holds_for_what_scripts_ask(tmp_path: Path) -> None:
    pages = paper()
    rules = (200, {"Content-Type": "text/plain"}, b"User-agent: *\nDisallow: /private\n")
    with (
        serving(pages, OPEN) as site,
        serving({"/robots.txt": rules, "/open": "", "/private": ""}, "127.0.0.3") as other,
    ):
        asks = "".join(
            f'await fetch("http://cdn.example:{other.port}{path}", {{mode: "no-cors"}}).catch(() => null);'
            for path in ("/private", "/open")
        )
        pages[SHELL_PATH] = shell(asks + FETCHES)
        allow = f'allow = ["{OPEN}", "127.0.0.3"]'
        declare(tmp_path, f"http://paper.example:{site.port}/", crawl=allow, source='render = "auto"')
        crawl(tmp_path, dns=DNS | {"cdn.example": ["127.0.0.3"]})
        assert other.paths("127.0.0.3") == ["/robots.txt", "/open"]


def test_no_cookie_goes_from_one_page_to_the_next(tmp_path: Path) -> None:
    # each page writes one, and shows its story only where it finds none
    script = 'if (document.cookie || localStorage.x) return; document.cookie = "a=1"; localStorage.x = 1;' + FETCHES
    second = SHELL_PATH + "-again"
    pages = paper(script) | {second: shell(script), "/": front(SHELL_PATH, second)}
    site, _ = one_night(tmp_path, pages, NIGHTDESK_BROWSER_PAGES=1)
    assert sorted(state for state, _ in outcomes(tmp_path, site.port).values()) in (
        ["duplicate", "kept"],
        ["kept", "kept"],
    )


def test_pages_past_a_source_s_number_wait_as_they_are_for_the_next_night(tmp_path: Path) -> None:
    second = SHELL_PATH + "-again"
    pages = paper() | {second: shell(), "/": front(SHELL_PATH, second)}
    with serving(pages, OPEN) as site:
        declare(tmp_path, f"http://paper.example:{site.port}/", source='render = "auto"')
        crawl(tmp_path, dns=DNS, settings={"NIGHTDESK_MAX_RENDERS": 1})
        assert sorted(state for state, _ in outcomes(tmp_path, site.port).values()) == ["captured", "kept"]
        assert rows(tmp_path, "select outcome, reason from run_urls where outcome = 'waiting'") == [
            ("waiting", "renderings")
        ]
        site.hits.clear()
        crawl(tmp_path, dns=DNS, settings={"NIGHTDESK_MAX_RENDERS": 1})
        states = {state for state, _ in outcomes(tmp_path, site.port).values()}
        assert states <= {"kept", "duplicate"}
        assert not {SHELL_PATH, second} & set(site.paths(OPEN))  # neither was fetched a second time


def test_a_rendered_article_is_looked_at_anew_though_its_shell_is_unchanged(tmp_path: Path) -> None:
    pages = paper()
    with serving(pages, OPEN) as site:
        declare(tmp_path, f"http://paper.example:{site.port}/", source='render = "auto"')
        crawl(tmp_path, dns=DNS)
        pages["/api/story"] = pages["/api/story"].replace("forty new piles", "fifty-two new piles")
        crawl(tmp_path, dns=DNS, settings={"NIGHTDESK_REVISIT": "all"})
    with Archive(tmp_path) as archive:
        article = archive.get(f"http://paper.example:{site.port}{SHELL_PATH}")
        assert article is not None and article.revision == 2 and "fifty-two" in article.body


def test_without_a_browser_the_operator_is_told_and_the_page_stays_due(tmp_path: Path) -> None:
    table = f'allow = ["{OPEN}"]\nchromium = "/nowhere/chromium"'
    site, log = one_night(tmp_path, paper(), crawl_table=table)
    assert "no page is rendered" in log and "/nowhere/chromium" in log
    ((reason, detail, due),) = rows(tmp_path, f"select reason, detail, due_at from urls where url like '%{SHELL_PATH}'")
    assert reason == "needs-javascript" and "not rendered: " in detail and due is not None
    assert outcomes(tmp_path, site.port)[PATH] == ("kept", None)


def test_a_page_that_never_lets_go_costs_its_own_time_only(tmp_path: Path) -> None:
    busy = SHELL_PATH + "-busy"
    pages = paper() | {busy: shell("for (;;) {}"), "/": front(busy, SHELL_PATH)}
    site, _ = one_night(tmp_path, pages, NIGHTDESK_RENDER_SECONDS=8, NIGHTDESK_BROWSER_PAGES=1)
    found = outcomes(tmp_path, site.port)
    assert found[busy] == ("failed", "render-timeout")
    assert found[SHELL_PATH] == ("kept", None)


def rows(folder: Path, sql: str) -> list[tuple[Any, ...]]:
    with closing(sqlite3.connect(folder / "archive.db")) as db:
        return db.execute(sql).fetchall()


def browsers_of(pid: int) -> list[int]:
    """The Chromium processes that a process has started, itself or through others."""
    parents: dict[int, tuple[int, str]] = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            head, _, rest = stat.read_text().rpartition(")")
        except OSError:
            continue
        parents[int(stat.parent.name)] = (int(rest.split()[1]), head.partition("(")[2])

    def is_ours(each: int) -> bool:
        while each in parents and each != pid:
            each = parents[each][0]
        return each == pid

    return [each for each, (_, name) in parents.items() if "chrom" in name and is_ours(each)]


def wait_for_browser(process: subprocess.Popen[str]) -> list[int]:
    until = time.monotonic() + 60
    while time.monotonic() < until and process.poll() is None:
        if found := browsers_of(process.pid):
            return found
        time.sleep(0.1)
    raise AssertionError("no browser was started")


def wait_for_hit(site: Any, path: str) -> None:
    until = time.monotonic() + 60
    while path not in site.paths(OPEN):
        assert time.monotonic() < until, f"{path} was never asked for"
        time.sleep(0.05)


STAYS = 'await fetch("/in-the-browser"); await new Promise(() => null);'


def test_a_killed_browser_costs_the_page_in_it_which_stays_due(tmp_path: Path) -> None:
    stays = SHELL_PATH + "-stays"
    pages: dict[str, Any] = paper() | {stays: shell(STAYS), "/in-the-browser": "", "/": front(stays, SHELL_PATH)}
    with serving(pages, OPEN) as site:
        declare(tmp_path, f"http://paper.example:{site.port}/", source='render = "auto"')
        with crawling(tmp_path, dns=DNS, settings={"NIGHTDESK_BROWSER_PAGES": 1}) as process:
            wait_for_hit(site, "/in-the-browser")
            for pid in wait_for_browser(process):
                os.kill(pid, signal.SIGKILL)
            _, log = process.communicate(timeout=120)
        assert process.returncode == 0 and "Traceback" not in log, log
        found = outcomes(tmp_path, site.port)
        assert found[stays] == ("failed", "browser-lost")
        assert found[SHELL_PATH] == ("kept", None)  # by a new browser
        pages[stays] = shell()
        crawl(tmp_path, dns=DNS)
        assert outcomes(tmp_path, site.port)[stays][0] in ("kept", "duplicate")


def test_a_crawl_killed_while_its_browser_is_at_work_loses_nothing(tmp_path: Path) -> None:
    pages: dict[str, Any] = paper(STAYS) | {"/in-the-browser": ""}
    with serving(pages, OPEN) as site:
        declare(tmp_path, f"http://paper.example:{site.port}/", source='render = "auto"')
        with crawling(tmp_path, dns=DNS) as process:
            wait_for_hit(site, "/in-the-browser")
            time.sleep(1.5)  # past the next commit
            left = browsers_of(process.pid)
            process.kill()
            process.communicate()
        gone_by = time.monotonic() + 30
        while any(Path(f"/proc/{pid}/exe").exists() for pid in left):  # Chromium ends with its driver
            assert time.monotonic() < gone_by, "a browser is left behind"
            time.sleep(0.2)
        site.hits.clear()
        pages[SHELL_PATH] = "another page"  # what the next run renders is what was kept
        pages["/in-the-browser"] = ""
        crawl(tmp_path, dns=DNS, settings={"NIGHTDESK_RENDER_SECONDS": 5})
        assert SHELL_PATH not in site.paths(OPEN)
        assert "/in-the-browser" in site.paths(OPEN)


def test_a_stop_does_not_wait_for_the_browser(tmp_path: Path) -> None:
    pages: Mapping[str, Any] = paper('await fetch("/in-the-browser"); for (;;) {}') | {"/in-the-browser": ""}
    with serving(pages, OPEN) as site:
        declare(tmp_path, f"http://paper.example:{site.port}/", source='render = "auto"')
        settings = {"NIGHTDESK_RENDER_SECONDS": 300}
        process = subprocess.Popen(
            [sys.executable, "-c", STOPPABLE, str(tmp_path), json.dumps(DNS), json.dumps(settings)],
            cwd=ROOT,
            env=os.environ | {"PYTHONPATH": str(ROOT), "FAKE_DNS": json.dumps(DNS)},
            stderr=subprocess.PIPE,
            text=True,
        )
        try:
            wait_for_hit(site, "/in-the-browser")
            process.send_signal(signal.SIGTERM)
            process.communicate(timeout=60)
        finally:
            process.kill()
        assert outcomes(tmp_path, site.port)[SHELL_PATH] == ("captured", None)
        assert rows(tmp_path, "select status from runs") == [("interrupted",)]


#: `nightdesk crawl`, which hears signals, with settings that it has no options for.
STOPPABLE = """
import json, sys
from pathlib import Path
import crawler.settings as settings
if __name__ == "__main__":
    settings.TWISTED_DNS_RESOLVER = "tests.crawler.loopback.FakeDns"
    for name, value in json.loads(sys.argv[3]).items():
        setattr(settings, name, value)
    from crawler.night.crawl import CrawlOptions, crawl
    crawl(CrawlOptions(folder=Path(sys.argv[1])))
"""
