"""Whatever hostile text may try, in every field and on every page: nothing runs, nothing calls out."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from html import unescape
from pathlib import Path

import pytest

from archive.web import plugin
from tests.archive.hostile import HOSTILE_ID, LONG_ID, Canary, calling_page, hostile_archive, tags_of
from tests.archive.room import Visitor, serving, visiting
from tests.chromium import CHROMIUM, needs_chromium

#: Where a walk through the room begins; it goes on from link to link.
_BEGIN = (
    f"/article/{HOSTILE_ID}",
    f"/article/{HOSTILE_ID}/captured",
    f"/article/{LONG_ID}/captured",
    "/search?q=turned",
    "/search?q=%3Cscript%3Ealert(1)%3C/script%3E",
    "/search?q=sauce:%3Cscript%3E",
    "/trends?q=turned&q=%3Cimg%20src%3Dx%20onerror%3Dalert(1)%3E",
    "/source/%22%3E%3Cscript%3E",
    "/source/gazette/template",
    "/source/kurir/template",
    "/url?url=javascript:document.title='run'",
    "/night/3/pages?outcome=%3Cscript%3E&source=%3Cscript%3E",
    "/nowhere/%3Cscript%3E",
    "/",
)
#: Pages as they came, which are not ours: what they may do is the matter of their policy.
_RAW = re.compile(r"^/(?:article/\w+/captured|record)/page\b")
#: Pages of each kind that are visited, by reading them and in a browser.
_READ, _SEEN = 12, 3


@pytest.fixture(scope="module")
def canary() -> Iterator[Canary]:
    made = Canary()
    yield made
    made.close()


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory, canary: Canary) -> Path:
    return hostile_archive(tmp_path_factory.mktemp("room") / "a", canary.port)


@pytest.fixture(scope="module")
def walk(folder: Path) -> dict[str, str]:
    """Path → text of our pages that links lead to, up to so many of each kind."""
    with visiting(folder) as visitor:
        return walked(visitor)


def kind_of(path: str) -> str | None:
    bare = path.partition("?")[0].partition("#")[0]
    return next((pattern for pattern, _ in plugin.PAGES if re.match(pattern, bare)), None)


def walked(visitor: Visitor) -> dict[str, str]:
    waiting, seen, kinds = list(_BEGIN), {}, Counter[str | None]()
    while waiting:
        path = waiting.pop(0)
        kind = kind_of(path)
        if path in seen or (kinds[kind] >= _READ and path not in _BEGIN):
            continue
        answer = visitor.get(path)
        if not answer.headers["content-type"].startswith("text/html") or _RAW.search(path):
            continue
        kinds[kind] += 1
        seen[path] = answer.text
        for link in re.findall(r'href="([^"]+)"', answer.text):
            path = unescape(link).partition("#")[0]
            if path.startswith("/") and kind_of(path):
                waiting.append(path)
    return seen


def test_the_walk_comes_to_every_kind_of_page(walk: dict[str, str]) -> None:
    kinds = {kind_of(path) for path in walk}
    pages = {pattern for pattern, _ in plugin.PAGES if not re.search(r"/page\$|warc|bib|\\\.csv\$|svg", pattern)}
    pages = {pattern for pattern, _ in plugin.PAGES if not re.search(r"/page\$|warc|bib|csv\$|svg", pattern)}
    assert pages <= kinds


def test_hostile_text_of_any_field_stays_text_on_every_page(walk: dict[str, str]) -> None:
    for path, page in walk.items():
        for tag, given in tags_of(page):
            attributes = dict(given)
            assert tag not in ("img", "object", "embed", "style", "base", "meta http-equiv"), path
            assert tag != "script" or str(attributes["src"]).startswith("/room/room.js?v="), path
            assert not {name for name in attributes if name.startswith("on") or name == "style"}, path
            assert "http-equiv" not in attributes, path
            for name in ("href", "src", "action", "data", "xlink:href", "formaction"):
                assert re.match(r"/(?!/)|\?|#|https?://|$", attributes.get(name) or ""), (path, attributes)
        assert not re.search("[\u202a-\u202e\u2066-\u2069\x07]", page), path
        assert len(page.encode()) < 100_000, path


@needs_chromium
def test_in_a_browser_nothing_hostile_runs_and_nobody_else_is_called(
    folder: Path, canary: Canary, walk: dict[str, str]
) -> None:
    from playwright.sync_api import sync_playwright

    kinds = Counter[str | None]()
    paths = [*_BEGIN, f"/article/{HOSTILE_ID}/captured/page", f"/archive/articles?id={HOSTILE_ID}"]
    for path in walk:
        kinds[kind_of(path)] += 1
        paths += [path] if kinds[kind_of(path)] <= _SEEN and path not in paths else []
    asked: list[str] = []
    with serving(folder) as home, sync_playwright() as player:
        browser = player.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        page = browser.new_page()
        page.on("dialog", lambda dialog: asked.append(f"dialog {dialog.message}"))
        page.on("request", lambda request: asked.append(request.url))
        for path in paths:
            page.goto(home + path, wait_until="load")
            page.evaluate("for (const each of document.querySelectorAll('details')) each.open = true")
            page.wait_for_timeout(100)
            assert page.title() != "run", path
            assert page.url.startswith(home), path
            assert canary.calls == 0, path
        assert [url for url in asked if not url.startswith(home) and not url.startswith("data:")
                and f":{canary.port}/" not in url] == []  # fmt: skip
        assert page.context.cookies() == []
        page.goto(f"{home}/article/{HOSTILE_ID}/captured", wait_until="networkidle")
        inside = page.frames[1]
        assert "The archived words." in inside.locator("body").inner_text()
        for link in ("#out", "#in"):
            inside.locator(link).click()
            page.wait_for_timeout(300)
            assert page.url.startswith(home)
            assert canary.calls == 0, asked
        # The same page on its own would have called: that is what was held back.
        page.goto("about:blank")
        page.set_content(calling_page(canary.port).decode())
        page.wait_for_timeout(500)
        assert canary.calls > 0
        browser.close()
