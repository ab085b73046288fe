"""Sources, nights and the addresses behind their numbers, in the reading room."""

from __future__ import annotations

import csv
import gzip
import io
import re
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from html import unescape
from itertools import pairwise
from pathlib import Path

import pytest
import uvicorn

from archive.captures import Exchange
from archive.types import Outcome
from archive.web.app import application
from archive.web.funnel import stages_of
from archive.writer import ArchiveWriter
from tests.archive.room import Visitor, visiting
from tests.archive.sample import NIGHT_1, Sample, two_nights
from tests.archive.thirty_nights import A_BAD_NIGHT, one_more, simulate
from tests.chromium import CHROMIUM, needs_chromium

WALL = "http://kurir.test/zid"
SEEN = b"""<!doctype html><title>Wall</title><script>document.title = top.document.title = "run"</script>
<link rel=stylesheet href="http://127.0.0.1:9/x.css"><p>Before you read on, we value your privacy.</p>
<a href="http://127.0.0.1:9/out">out</a><img src=x onerror="document.title='run'">"""


def with_what_it_saw(folder: Path, url: str, body: bytes, *, run: int, status: int = 200) -> Path:
    """Put the raw answer of an address into the archive, in place of the sample's rows without a WARC."""
    with ArchiveWriter(folder, purpose="test") as writer:
        (url_id, source) = writer.db.execute("select id, source from urls where url = ?", [url]).fetchone()
        exchange = Exchange(url=url, asked=url, source=source, fetched_at=NIGHT_1, status=status, body=body,
                            response_headers=(("Content-Type", "text/html; charset=utf-8"),))  # fmt: skip
        writer.keep(exchange, run=run, url_id=url_id)
        writer.commit()
    return folder


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return with_what_it_saw(two_nights(tmp_path_factory.mktemp("room") / "a"), WALL, SEEN, run=1)


@pytest.fixture(scope="module")
def room(folder: Path) -> Iterator[Visitor]:
    with visiting(folder) as visitor:
        yield visitor


def test_every_number_of_a_night_leads_to_as_many_addresses(room: Visitor) -> None:
    links = set()
    for path in ("/nights", "/night/1"):
        links |= set(re.findall(r'href="(/night/1/pages[^"]*)">(\d+)</a>', room.get(path).text))
    assert len(links) > 8
    for url, number in links:
        listed = room.get(unescape(url)).text
        assert listed.count('href="/url?url=') == int(number), url


def test_each_stage_of_the_funnel_leads_to_as_many_addresses(room: Visitor) -> None:
    page = room.get("/night/1").text
    funnel = page.partition('<ol class="funnel"')[2].partition("</ol>")[0]
    links = re.findall(r'href="(/night/1/pages[^"]*)">(\d+)</a>', funnel)
    assert len(links) >= 7
    assert [int(number) for url, number in links if "," in url or url.endswith("pages")] == [6, 5, 5, 4]
    for url, number in links:
        path, _, rest = unescape(url).partition("?")
        assert room.get(f"{path}.csv?{rest}").text.count("\n") - 1 == int(number), url


def test_stages_lose_what_they_say_that_they_lose() -> None:
    sums = {outcome: n + 1 for n, outcome in enumerate(Outcome)}
    stages = stages_of(sums)
    assert (stages[0].count, stages[0].outcomes, stages[0].share) == (sum(sums.values()), "", 100)
    for before, stage in pairwise(stages):
        assert before.count - stage.count == sum(count for _, count in stage.left)
        assert stage.count == sum(sums[Outcome(each)] for each in stage.outcomes.split(","))
    assert stages[-1].outcomes == "new"
    assert {outcome for stage in stages for outcome, _ in stage.left} == set(Outcome) - {Outcome.NEW}
    assert [stage.count for stage in stages_of({})] == [0] * 5


def test_lists_can_be_had_whole_as_csv(room: Visitor) -> None:
    nights = list(csv.DictReader(io.StringIO(room.get("/nights.csv").text)))
    assert [(row["run"], row["status"], row["rejected"]) for row in nights] == [("2", "interrupted", "0"),
                                                                               ("1", "finished", "1")]  # fmt: skip
    night = {row["source"]: row for row in csv.DictReader(io.StringIO(room.get("/night/1.csv").text))}
    assert (night["kurir"]["met"], night["kurir"]["waiting"]) == ("4", "1")
    (row,) = csv.DictReader(io.StringIO(room.get("/night/1/pages.csv?outcome=rejected").text))
    assert (row["url"], row["reason"]) == (WALL, "consent-wall")
    assert int(row["capture_offset"]) > 0
    assert room.get("/night/1/pages.csv?outcome=elephants").status_code == 404


# ── what the crawl saw ───────────────────────────────────────────────────────────────────────────────


def test_what_a_rejected_page_looked_like_is_shown_sandboxed(room: Visitor) -> None:
    ledger = room.get("/night/1/pages?outcome=rejected").text
    (at,) = re.findall(r'href="(/record\?at=[^"]+)"', ledger)
    assert at in room.get(f"/url?url={WALL}").text
    frame = room.get(unescape(at)).text
    for words in ("What the crawl saw", WALL, "not kept", "it asked for consent", "a dialog, and 12 words", "Run 1"):
        assert words in frame, words
    assert room.get(unescape(at).replace("/record?", "/record.json?")).json()["reason"] == "consent-wall"
    (source,) = re.findall(r'<iframe [^>]*sandbox src="([^"]+)"', frame)
    raw = room.get(unescape(source))
    assert raw.headers["content-security-policy"].startswith("sandbox; default-src 'none'")
    assert b"we value your privacy" in raw.content
    assert not re.search(rb"(?i)<link|href", raw.content)
    (download,) = re.findall(r'href="(/record\.warc\.gz[^"]+)"', frame)
    record = room.get(unescape(download))
    assert gzip.decompress(record.content).startswith(b"WARC/1.1\r\n")
    assert re.fullmatch(r'attachment; filename="[a-z0-9-]+\.warc\.gz"', record.headers["content-disposition"])


@pytest.mark.parametrize(
    "at", ["", "x", "../../etc/passwd@0", "archive.db@0", "@", "warc/x.warc.gz@-1", "%00@1", "a@99999999999999999999"]
)
def test_only_captures_of_the_archive_are_shown(room: Visitor, at: str) -> None:
    for path in ("/record", "/record/page", "/record.warc.gz"):
        assert room.get(f"{path}?at={at}").status_code == 404


def test_a_capture_whose_file_is_lost_says_so(tmp_path: Path) -> None:
    with Sample(tmp_path / "a") as sample:
        run, url_id = sample.run(), sample.url("https://gazette.test/lost", state="failed", reason="http-500")
        sample.outcome(run, url_id, "failed", "http-500")
        sample.capture(run, "https://gazette.test/lost", url_id=url_id, status=500)
    with visiting(tmp_path / "a") as visitor:
        (at,) = re.findall(r'href="(/record\?at=[^"]+)"', visitor.get(f"/night/{run}/pages").text)
        frame = visitor.get(unescape(at)).text
        assert "It cannot be read:" in frame
        assert "HTTP 500" in frame
        assert visitor.get(unescape(at).replace("/record?", "/record/page?")).status_code == 500


def test_a_refused_page_is_explained_from_the_night_that_met_it(room: Visitor) -> None:
    night = room.get("/night/1").text
    assert "a dialog" not in night
    (url,) = set(re.findall(r'href="(/url\?url=[^"]*zid)"', night))
    story = room.get(unescape(url)).text
    assert "a dialog, and 12 words beside it" in story
    assert '<a href="/night/1">run 1</a>' in story
    assert room.get("/url?url=https://never.test/").status_code == 404


def test_sources_lead_to_their_articles_and_nights(room: Visitor) -> None:
    page = room.get("/sources").text
    assert 'href="/source/harbour-news"' in page
    source = room.get("/source/kurir").text
    assert "3 articles" in source
    assert "/search?q=source%3Akurir" in source
    assert room.get("/source/none").status_code == 404
    assert room.get("/source/kurir.json").json()["standing"]["articles"] == 3


def test_the_same_is_there_for_programs(room: Visitor) -> None:
    assert len(room.get("/sources.json").json()) == 2
    assert [run["id"] for run in room.get("/nights.json").json()] == [2, 1]
    assert room.get("/night/1.json").json()["funnel"]["kurir"]["rejected"] == 1
    (entry,) = room.get("/night/1/pages.json?outcome=rejected").json()
    assert entry["reason"] == "consent-wall"


def test_what_is_not_there_is_said(room: Visitor) -> None:
    for path in ("/night/9", "/night/9/pages", "/night/1/pages?outcome=elephants"):
        assert room.get(path).status_code == 404
    assert "There is none of these" in room.get("/night/1/pages?outcome=failed").text


def test_a_long_list_goes_on_until_each_address_was_shown_once(tmp_path: Path) -> None:
    with Sample(tmp_path / "a") as sample:
        run = sample.run()
        for number in range(230):
            sample.outcome(run, sample.url(f"https://gazette.test/{number}", state="failed"), "failed", "http-500")
    seen, url = [], f"/night/{run}/pages?outcome=failed&source=gazette"
    with visiting(tmp_path / "a") as visitor:
        for _ in range(5):
            page = visitor.get(url).text
            seen += re.findall(r'href="/url\?url=([^"]*)"', page)
            more = re.search(r'<a class="more" href="([^"]*)"', page)
            if more is None:
                break
            url = f"/night/{run}/pages{unescape(more[1])}"
    assert len(seen) == len(set(seen)) == 230


def test_judged_nights_show_verdict_and_the_share_of_each_field(tmp_path: Path) -> None:
    folder = simulate(tmp_path / "a", nights=5)
    with visiting(folder) as visitor:
        names = re.findall(r'href="/source/([^"]+)"', visitor.get("/sources").text)
        page = visitor.get(f"/source/{names[0]}").text
        assert len(page.encode()) < 100_000
    assert page.count('class="badge') >= 5
    assert re.search(r"\d+ %", page)


# ── in a browser ─────────────────────────────────────────────────────────────────────────────────────


@contextmanager
def served(folder: Path) -> Iterator[str]:
    """The reading room on a port of this machine."""
    listening = socket.create_server(("127.0.0.1", 0))
    server = uvicorn.Server(uvicorn.Config(application(folder), log_level="error"))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]}, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{listening.getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join(timeout=30)


@needs_chromium
def test_an_operator_finds_what_broke_why_and_the_page_that_the_crawl_saw(tmp_path: Path) -> None:
    from playwright.sync_api import sync_playwright

    folder = simulate(tmp_path / "a", nights=5)
    one_more(folder, A_BAD_NIGHT)
    with Sample(folder) as sample:
        ((url,),) = sample.db.execute(
            "select min(u.url) from urls u join run_urls r on r.url_id = u.id where r.reason = 'consent-wall'"
        ).fetchall()
    with_what_it_saw(folder, url, SEEN, run=6)
    asked: list[str] = []
    with served(folder) as home, sync_playwright() as player:
        browser = player.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        page = browser.new_page()
        page.on("request", lambda request: asked.append(request.url))
        page.goto(home)
        page.get_by_role("link", name="22 November 2026").first.click()
        page.wait_for_url("**/night/6")
        card = page.locator(".cards li", has_text="orbit-daily")
        assert "consent dialog" in card.inner_text()
        card.get_by_text("What to do").click()
        assert "nobody here clicks consent away" in card.inner_text()
        page.get_by_role("row", name=re.compile("asked for consent")).get_by_role("link").first.click()
        page.wait_for_url("**/night/6/pages?*reason=consent-wall*")
        page.get_by_role("row").filter(has=page.get_by_text(url, exact=True)).get_by_role(
            "link", name="the page"
        ).click()
        assert "What the crawl saw" in page.inner_text("h1")
        assert "it asked for consent" in page.inner_text("main")
        page.wait_for_load_state("networkidle")
        inside = page.frames[1]
        assert "we value your privacy" in inside.inner_text("body")
        assert page.title() != "run"
        page.get_by_role("link", name="the story of this address").click()
        assert "consent" in page.inner_text("main")
        page.get_by_role("link", name="orbit-daily").first.click()
        page.locator(".calendar a").last.click()
        page.wait_for_url("**/search?*orbit-daily*")
        assert page.locator("h2 a").count() > 0
        browser.close()
    assert {address for address in asked if not address.startswith(home)} == set()


@needs_chromium
def test_pages_of_trends_sources_and_nights_fit_a_phone_and_need_no_script(tmp_path: Path) -> None:
    from playwright.sync_api import sync_playwright

    folder = simulate(tmp_path / "a", nights=5)
    with served(folder) as home, sync_playwright() as player:
        browser = player.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        context = browser.new_context(viewport={"width": 390, "height": 800}, java_script_enabled=False)
        page = context.new_page()
        said: list[str] = []
        page.on("console", lambda message: said.append(message.text))
        for path in (
            "/trends",
            "/trends?q=headline&q=source%3Aelbe-bote&by=day&of=share",
            "/trends?q=headline&split=source",
            "/trends?q=dat%3A2026",
            "/sources",
            "/source/capital-ledger",
            "/source/capital-ledger/template",
            "/nights",
            "/night/5",
            "/night/5/pages?outcome=new",
        ):
            answer = page.goto(home + path)
            assert answer is not None
            assert answer.status in (200, 400)
            assert page.evaluate("document.documentElement.scrollWidth") <= 390, path
            assert page.locator("h1").count() == 1
        page.goto(f"{home}/trends?q=headline")
        page.locator("#q2").fill("source:elbe-bote")
        page.get_by_label("Show").select_option("share")
        page.get_by_role("button", name="Compare").click()
        assert "q=source%3Aelbe-bote" in page.url
        assert page.locator(".legend li").count() == 2
        browser.close()
    assert [words for words in said if "400 (Bad Request)" not in words] == []
