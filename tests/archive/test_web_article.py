"""An article's page, and the page as it was captured: for reading, and against whatever hostile text may try."""

from __future__ import annotations

import gzip
import json
import re
import socket
import threading
from collections.abc import Iterator
from html import unescape
from html.parser import HTMLParser
from pathlib import Path

import pytest
import uvicorn
from sqlite_utils import Database

from archive.captures import Exchange
from archive.urls import article_id
from archive.web.app import application
from archive.web.passages import Passage, parts_of, passages_of
from archive.writer import ArchiveWriter
from tests.archive.room import Visitor, visiting
from tests.archive.sample import HARBOUR, NIGHT_2, Sample, two_nights
from tests.archive.shelf import with_a_past
from tests.chromium import CHROMIUM, needs_chromium

HARBOUR_ID = article_id(HARBOUR)
XSS = "<script>document.title='run'</script><img src=x onerror=\"document.title='run'\">"
HOSTILE_URL = "https://gazette.test/hostile"
LONG_URL = "https://gazette.test/long"
HOSTILE_ID, LONG_ID = article_id(HOSTILE_URL), article_id(LONG_URL)


class Canary:
    """A port of this machine that counts who calls."""

    def __init__(self) -> None:
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.port = self._socket.getsockname()[1]
        self.calls = 0
        threading.Thread(target=self._listen, daemon=True).start()

    def _listen(self) -> None:
        while True:
            try:
                caller, _ = self._socket.accept()
            except OSError:
                return
            self.calls += 1
            caller.close()

    def close(self) -> None:
        self._socket.close()


def calling_page(port: int) -> bytes:
    """A page that tries every way out that HTML has, and every way to run."""
    there = f"http://127.0.0.1:{port}"
    return f"""<!doctype html><html><head><title>Archived</title><base href="{there}/">
<link rel="stylesheet" href="{there}/a.css"><link rel=preconnect href="{there}">
<LINK REL="preload" as=image href="{there}/p">
<link rel="dns-prefetch" href="{there}"><link rel=prefetch href="{there}/pre"><link rel=icon href="{there}/i">
<link rel=modulepreload href="{there}/m"><link rel=prerender href="{there}/r">
<meta http-equiv="refresh" content="0;url={there}/refresh">
<style>@import url("{there}/import.css"); body {{ background: url({there}/bg.png) }}
@font-face {{ font-family: x; src: url({there}/f.woff) }} p {{ font-family: x }}</style>
<script>document.title="run"; fetch("{there}/fetch"); top.document.title="run"</script>
<script src="{there}/s.js"></script></head>
<body background="{there}/body.png" onload="document.title='run'"><p>The archived words.</p>
<img src="{there}/img.png" srcset="{there}/set.png 2x" onerror="document.title='run'">
<iframe src="{there}/frame"></iframe>
<video src="{there}/v" poster="{there}/poster" autoplay></video><audio src="{there}/au" autoplay></audio>
<object data="{there}/o"></object><embed src="{there}/e"><form action="{there}/form"><input autofocus></form>
<svg><image href="{there}/svg.png"/><use href="{there}/use.svg#a"/></svg>
<a id="out" href="{there}/click" ping="{there}/ping" target=_top>out</a><a id="in" href="{there}/click">in</a>
</body></html>""".encode()


def tags_of(page: str) -> list[tuple[str, list[tuple[str, str | None]]]]:
    """Every tag of a page with its attributes, as a parser reads them."""
    found = []
    parser = HTMLParser()
    parser.handle_starttag = lambda tag, attributes: found.append((tag, attributes))  # type: ignore[method-assign]
    parser.feed(page)
    return found


@pytest.fixture(scope="module")
def canary() -> Iterator[Canary]:
    made = Canary()
    yield made
    made.close()


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory, canary: Canary) -> Path:
    folder = two_nights(tmp_path_factory.mktemp("room") / "a")
    with Sample(folder) as sample:
        sample.article(
            XSS + "\u202egnp.exe",
            f"{XSS}\n\n\u202eturned round {'a' * 100} ![x](javascript:alert(1)) [y](javascript:alert(2))\x07",
            url=HOSTILE_URL,
            markdown=f"# {XSS}\n\n- {XSS}\n- [y](javascript:alert(2))\n\n> {XSS}\n\n| a | {XSS} |\n| --- | --- |",
            authors=[XSS, "\u202eA. Author"],
            tags=[XSS, "javascript:alert(1)", '" onmouseover="x'],
            section='"><svg onload=alert(1)>',
            description=XSS,
            language='en" onload="x',
            images=[
                {"url": "javascript:document.title='run'", "caption": XSS, "credit": None, "alt": None},
                {
                    "url": f"http://127.0.0.1:{canary.port}/picture.png",
                    "caption": "A picture",
                    "credit": "P",
                    "alt": XSS,
                },
            ],
            rights={"robots": XSS},
            origins={"title": {"origin": XSS, "confidence": 0.5, "rivals": [[XSS, XSS]], "evidence": XSS}},
        )
        sample.db.execute("update articles set url = ? where id = ?", ["javascript:document.title='run'", HOSTILE_ID])
        sample.article("Long", "word " * 1_000_000 + "\n\n" + "x" * 200_000, url=LONG_URL)
    with ArchiveWriter(folder, purpose="test") as writer:
        bodies = (calling_page(canary.port), calling_page(canary.port).decode().encode("utf-16"))
        for id_, body, content_type in (
            (HOSTILE_ID, bodies[0], "text/html; charset=utf-8\"'<>"),
            (LONG_ID, bodies[1], "text/html; charset=utf-16"),
            (HARBOUR_ID, b"%PDF-1.4", "application/pdf"),
        ):
            headers = (("Content-Type", content_type), ("Link", "</x>; rel=preconnect"), ("X-Evil", XSS))
            exchange = Exchange(
                url=HARBOUR, asked=HARBOUR, source="gazette", fetched_at=NIGHT_2, status=200, response_headers=headers,
                body=body,
            )  # fmt: skip
            capture = writer.keep(exchange, run=1, url_id=None)
            writer.db.execute("update articles set capture_id = ? where id = ?", [capture, id_])
        writer.commit()
    return folder


@pytest.fixture(scope="module")
def room(folder: Path) -> Iterator[Visitor]:
    with visiting(folder) as visitor:
        yield visitor


def test_the_page_has_the_text_its_past_its_citation_and_where_each_field_is_from(room: Visitor) -> None:
    page = unescape(room.get(f"/article/{HARBOUR_ID}").text)
    for words in (
        "Explainer: Harbour talks continue",
        "By <bdi>Ana Kovač</bdi>",
        "10 November 2026</time>",
        "“We shall be here next week, and the week after,” said the union’s secretary.",
        "headline changed",
        "<ins>The port’s directors met the union",
        "?revision=1",
        f"http://localhost:8001/article/{HARBOUR_ID}</code>",
        "Kovač, A. (2026, November 10).",
        "@article{kovac2026",
        "Union and port officials.",
        "byline, confidence 0.7",
        "year inferred",
        "on its site",
    ):
        assert words in page, words
    assert "08:30" not in page.split('class="about"')[0]


def test_an_earlier_text_is_shown_as_such(room: Visitor) -> None:
    page = room.get(f"/article/{HARBOUR_ID}?revision=1").text
    assert "This is revision 1 of 2" in page
    assert '<h1 dir="auto">Harbour talks continue</h1>' in page
    assert room.get(f"/article/{HARBOUR_ID}?revision=9").status_code == 404


def test_any_two_texts_can_be_set_side_by_side_by_address_and_by_form(tmp_path: Path) -> None:
    with Sample(tmp_path / "a") as sample:
        id_ = with_a_past(sample)
    with visiting(tmp_path / "a") as visitor:
        last = visitor.get(f"/article/{id_}").text
        assert "From <a" in last
        assert re.search(r'name="to" min="2" max="4" value="4"', last)
        assert "<ins>The fourth sentence stands here.</ins>" in last
        assert 'href="?to=3#changes">The change before' in last
        assert "The change after" not in last
        third = visitor.get(f"/article/{id_}?to=3").text
        assert "<ins>The third sentence stands here.</ins>" in third
        assert "The fourth sentence stands here.</ins>" not in third
        whole = visitor.get(f"/article/{id_}?from=1&to=4").text
        assert whole.count("<ins>The ") == 3
        assert '<option value="1" selected>' in whole
        assert visitor.get(f"/article/{id_}?from=&to=2").status_code == 200
        assert visitor.get(f"/article/{id_}?from=9&to=2").status_code == 200
        assert "there are 2 to 4" in visitor.get(f"/article/{id_}?to=9").text
        assert visitor.get(f"/article/{id_}?to=1").status_code == 404
        names = json.loads(unescape(re.search(r"data-revisions='([^']*)'", last)[1]))  # type: ignore[index]
        assert names[0] == "text 2, since 11 November 2026, 02:00 UTC"
        assert "another headline, +5 words" in last


def test_json_and_references_are_at_addresses_of_their_own(room: Visitor) -> None:
    told = room.get(f"/article/{HARBOUR_ID}.json").json()
    assert (told["id"], told["revision"], len(told["earlier"])) == (HARBOUR_ID, 2, 1)
    ris = room.get(f"/article/{HARBOUR_ID}.ris")
    assert ris.text.startswith("TY  - ")
    assert ris.headers["content-disposition"] == f'attachment; filename="{HARBOUR_ID}.ris"'


def test_copies_of_its_story_lead_to_one_another(tmp_path: Path) -> None:
    with Sample(tmp_path / "a") as sample:
        ids = [sample.article(f"Copy {n}", url=f"https://gazette.test/{n}", published_at=f"2026-11-1{n}T00:00:00Z")
               for n in range(2)]  # fmt: skip
        for id_ in ids:
            sample._insert("story_members", {"article_id": id_, "story": ids[0], "share": 1.0})
    with visiting(tmp_path / "a") as visitor:
        page = visitor.get(f"/article/{ids[1]}").text
    assert f'<a href="/article/{ids[0]}"><bdi>Copy 0</bdi></a>' in page
    assert "the earliest" in page
    assert f"/search?q=story%3A{ids[1]}" in page


def test_what_is_not_there_is_said_plainly(room: Visitor) -> None:
    assert room.get("/article/zzzz").status_code == 404
    assert "no article has the id" in unescape(room.get("/article/zzzz").text)
    assert room.get("/article/zzzz.json").json()["error"]
    assert room.get("/article/zzzz/captured").status_code == 404
    assert room.get("/article/..%2f..%2fetc").status_code in (302, 404)
    undated = room.get("/search?q=undated").text
    assert "no raw page" in room.get(re.search(r"/article/\w+", undated)[0] + "/captured").text  # type: ignore[index]


def test_hostile_text_of_any_field_stays_text(room: Visitor) -> None:
    for path in (f"/article/{HOSTILE_ID}", f"/article/{HOSTILE_ID}/captured", "/search?q=turned", "/"):
        page = room.get(path).text
        for tag, attributes in tags_of(page):
            assert tag not in ("img", "object", "embed", "style", "base"), path
            assert tag != "script" or dict(attributes)["src"].startswith("/room/room.js?v="), path  # type: ignore[union-attr]
            assert not {name for name, _ in attributes if name.startswith("on") or name == "style"}, path
            for name, value in attributes:
                if name in ("href", "src", "action"):
                    assert re.match(r"/(?!/)|\?|#|https?://", value or ""), (path, value)
        assert not re.search("[\u202a-\u202e\u2066-\u2069\x07]", page), path


def test_a_text_of_five_million_letters_comes_in_parts_that_are_small(room: Visitor) -> None:
    page = room.get(f"/article/{LONG_ID}").text
    assert len(page.encode()) < 100_000
    number = int(re.search(r"Part 1 of (\d+)", page)[1])  # type: ignore[index]
    assert number > 100
    assert "Read on" in page
    last = room.get(f"/article/{LONG_ID}?part={number}").text
    assert "x" * 1000 in last
    assert "Read on" not in last
    assert room.get(f"/article/{LONG_ID}?part=99999999").status_code == 200


def test_parts_hold_every_word_of_the_text_once() -> None:
    text = "\n\n".join(f"Paragraph {n} " + "word " * n for n in range(300)) + "\n\n" + "y" * 12_345
    parts = parts_of(text, 1000)
    assert max(map(len, parts)) <= 1000
    assert "".join(parts).replace(" ", "").replace("\n", "") == text.replace(" ", "").replace("\n", "")
    assert parts_of("") == [""]


def test_structure_is_kept_and_nothing_else_of_markdown() -> None:
    marked_up = (
        "## A heading\n\nWords, [a link](javascript:x) *so*.\n\n- one\n   - two\n\n> said\n>\n> more\n\n\\- no list"
    )
    assert passages_of(marked_up, marked_up=True) == [
        Passage(kind="h", lines=("A heading",)),
        Passage(kind="p", lines=("Words, [a link](javascript:x) *so*.",)),
        Passage(kind="li", lines=("one", "two")),
        Passage(kind="quote", lines=("said\n\nmore",)),
        Passage(kind="p", lines=("- no list",)),
    ]
    assert passages_of("## no heading", marked_up=False) == [Passage(kind="p", lines=("## no heading",))]


# ── as captured ──────────────────────────────────────────────────────────────────────────────────────


def test_the_captured_page_comes_sandboxed_within_a_frame_that_says_what_it_is(room: Visitor, folder: Path) -> None:
    frame = room.get(f"/article/{HOSTILE_ID}/captured").text
    assert "An archived copy" in frame
    assert "11 November 2026, 02:00 UTC" in frame
    assert re.search(r'<iframe [^>]*sandbox src="/article/\w+/captured/page\?revision=1"', frame)
    assert "x-evil" in frame
    raw = room.get(f"/article/{HOSTILE_ID}/captured/page")
    policy = raw.headers["content-security-policy"]
    assert policy.startswith("sandbox; default-src 'none'")
    assert "allow-" not in policy
    assert raw.headers["content-type"] == "text/html; charset=utf-8"
    assert "link" not in raw.headers
    assert b"The archived words." in raw.content
    assert not re.search(rb"(?i)<(link|iframe|video|object)|href", raw.content)
    with Database(folder / "archive.db") as db:
        (offset, length), *_ = db.execute(
            "select offset, length from captures where id = (select capture_id from articles where id = ?)",
            [HOSTILE_ID],
        )
    record = room.get(f"/article/{HOSTILE_ID}/captured.warc.gz")
    assert len(record.content) == length
    assert gzip.decompress(record.content).startswith(b"WARC/1.1\r\n")
    assert record.headers["content-disposition"].endswith('-1.warc.gz"')
    assert offset > 0


def test_a_page_in_another_encoding_is_held_back_alike(room: Visitor) -> None:
    raw = room.get(f"/article/{LONG_ID}/captured/page")
    text = raw.content.decode("utf-16")
    assert "The archived words." in text
    assert not re.search(r"(?i)<(link|iframe|video|object)|href", text)


def test_what_is_no_page_is_not_shown_but_can_be_had(room: Visitor) -> None:
    assert "which is not shown here" in room.get(f"/article/{HARBOUR_ID}/captured").text
    assert room.get(f"/article/{HARBOUR_ID}/captured/page").status_code == 404
    assert room.get(f"/article/{HARBOUR_ID}/captured.warc.gz").status_code == 200


def test_a_capture_that_is_damaged_is_said_to_be(tmp_path: Path) -> None:
    folder = two_nights(tmp_path / "a")
    with visiting(folder) as visitor:
        assert "It cannot be read:" in visitor.get(f"/article/{HARBOUR_ID}/captured").text
        assert visitor.get(f"/article/{HARBOUR_ID}/captured/page").status_code == 500


# ── in a browser ─────────────────────────────────────────────────────────────────────────────────────


@needs_chromium
def test_in_a_browser_nothing_hostile_runs_and_nobody_else_is_called(folder: Path, canary: Canary) -> None:
    from playwright.sync_api import sync_playwright

    listening = socket.create_server(("127.0.0.1", 0))
    home = f"http://127.0.0.1:{listening.getsockname()[1]}"
    server = uvicorn.Server(uvicorn.Config(application(folder), log_level="error"))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]}, daemon=True)
    thread.start()
    asked: list[str] = []
    try:
        with sync_playwright() as player:
            browser = player.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
            page = browser.new_page()
            page.on("dialog", lambda dialog: asked.append(f"dialog {dialog.message}"))
            page.on("request", lambda request: asked.append(request.url))
            for path in (
                f"/article/{HOSTILE_ID}",
                f"/article/{HOSTILE_ID}/captured",
                f"/article/{HOSTILE_ID}/captured/page",
                f"/article/{LONG_ID}/captured",
                "/search?q=turned",
                "/",
                f"/archive/articles?id={HOSTILE_ID}",
            ):
                page.goto(home + path, wait_until="networkidle")
                page.wait_for_timeout(300)
                assert page.title() != "run", path
                assert page.url == home + path
                assert canary.calls == 0, path
            assert page.context.cookies() == []
            page.goto(f"{home}/article/{HOSTILE_ID}/captured", wait_until="networkidle")
            inside = page.frames[1]
            assert "The archived words." in inside.locator("body").inner_text()
            inside.locator("#out").click()
            page.wait_for_timeout(300)
            assert canary.calls == 0
            inside.locator("#in").click()
            page.wait_for_timeout(300)
            assert page.url.startswith(home)
            assert canary.calls == 0, asked
            # The same page on its own would have called: that is what was held back.
            page.set_content(calling_page(canary.port).decode())
            page.wait_for_timeout(500)
            assert canary.calls > 0
            browser.close()
    finally:
        server.should_exit = True
        thread.join(20)
        listening.close()
