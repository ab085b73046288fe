"""The reading room in a real browser: whether everybody can use it, and whole journeys through it."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from archive.urls import article_id
from archive.web import plugin
from tests.archive.room import serving
from tests.archive.sample import HARBOUR
from tests.archive.shelf import PAST_URL, reading_room
from tests.chromium import CHROMIUM, needs_chromium

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

pytestmark = needs_chromium
HARBOUR_ID, PAST_ID = article_id(HARBOUR), article_id(PAST_URL)
#: Every page that people look at. A new one of ``plugin.PAGES`` belongs here: a test says so.
LOOKED_AT = (
    "/",
    "/search",
    "/search?q=sentence",
    "/search?q=zebra+source:gazette",
    "/search?q=sauce:x",
    f"/article/{HARBOUR_ID}",
    f"/article/{PAST_ID}?from=1&to=3",
    f"/article/{HARBOUR_ID}?revision=1",
    f"/article/{HARBOUR_ID}/captured",
    "/trends",
    "/trends?q=sentence&q=luka",
    "/trends?q=sentence&split=source&of=share",
    "/sources",
    "/source/kurir",
    "/source/kurir/template",
    "/nights",
    "/night/1",
    "/night/1/pages?outcome=rejected",
    "/url?url=http://kurir.test/zid",
    "/record?at=warc/2026/11/nightdesk-20261110020000-00001.warc.gz@1000",
    "/article/zzzz",
)
#: What is no page to look at: parts of one, and files.
NOT_LOOKED_AT = ("/captured/page$", "/record/page$", r"\.(?P<ending>bib", r"warc\.gz$", r"\.csv$", r"trends\.svg")
_RULES = {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}
#: Bars of a timeline are as wide as there is room; the dates beside it do the same (WCAG 2.5.8, "equivalent").
_CONTEXT = {"exclude": [[".timeline a"]]}


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with serving(reading_room(tmp_path_factory.mktemp("room") / "a")) as address:
        yield address


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as player:
        browser = player.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A desk's window. What a script of ours does wrong fails the test."""
    context = browser.new_context(viewport={"width": 1280, "height": 900}, accept_downloads=True)
    page = context.new_page()
    wrong: list[str] = []
    page.on("pageerror", lambda error: wrong.append(str(error)))
    yield page
    context.close()
    assert wrong == []


def counted(page: Page) -> int:
    return int(page.locator(".count strong").inner_text().replace(",", ""))


def until(page: Page, true: str) -> None:
    """Wait for it; the browser's own waiting would need ``unsafe-eval``, which our pages forbid."""
    for _ in range(100):
        if page.evaluate(true):
            return
        page.wait_for_timeout(50)
    raise AssertionError(true)


# ── for everybody ────────────────────────────────────────────────────────────────────────────────────


def test_every_page_is_looked_at() -> None:
    for pattern, _ in plugin.PAGES:
        seen = any(re.match(pattern, path.partition("?")[0]) for path in LOOKED_AT)
        assert seen or any(part in pattern for part in NOT_LOOKED_AT), pattern


def test_no_page_shuts_anybody_out(page: Page, home: str) -> None:
    """axe-core: no serious or critical finding; contrast and names by WCAG 2.2 AA. In the dark only colours differ."""
    from axe_playwright_python.sync_playwright import Axe

    found = []
    for path in LOOKED_AT:
        page.goto(home + path, wait_until="load")
        page.evaluate("for (const each of document.querySelectorAll('details')) each.open = true")
        for theme, rules in (("light", _RULES), ("dark", ["color-contrast"])):
            page.emulate_media(color_scheme=theme)  # type: ignore[arg-type]
            told = Axe().run(page, context=_CONTEXT, options={"runOnly": rules, "resultTypes": ["violations"]})
            found += [
                (path, theme, each["id"], each["nodes"][0]["html"][:200], each["nodes"][0].get("failureSummary", ""))
                for each in told.response["violations"]
                if each["impact"] in ("serious", "critical")
            ]
    assert found == []


def test_a_phone_shows_every_page_without_scrolling_sideways(browser: Browser, home: str) -> None:
    context = browser.new_context(viewport={"width": 390, "height": 844}, has_touch=True)
    page = context.new_page()
    for path in LOOKED_AT:
        page.goto(home + path, wait_until="load")
        assert page.evaluate("document.documentElement.scrollWidth") <= 390, path
    context.close()


def test_focus_is_seen_wherever_the_tab_key_goes(page: Page, home: str) -> None:
    for path in ("/search?q=sentence", f"/article/{PAST_ID}"):
        page.goto(home + path)
        seen = 0
        for _ in range(200):
            page.keyboard.press("Tab")
            shown = page.evaluate("""() => {
                const at = document.activeElement;
                if (at === document.body) return null;
                const style = getComputedStyle(at);
                const bar = at.querySelector(".hit");
                return parseFloat(style.outlineWidth) > 0 && style.outlineStyle !== "none"
                    || bar !== null && parseFloat(getComputedStyle(bar).strokeWidth) > 1 ? "yes" : at.outerHTML;
            }""")
            if shown is None:
                break
            assert shown == "yes", path
            seen += 1
        assert 15 < seen < 200, path


# ── journeys ─────────────────────────────────────────────────────────────────────────────────────────


def test_a_researcher_searches_narrows_reads_sees_what_changed_cites_and_exports(
    page: Page, home: str, tmp_path: Path
) -> None:
    page.goto(home)
    page.get_by_role("searchbox").fill("sentence")
    page.get_by_role("button", name="Search").click()
    every = counted(page)
    assert every == 41
    # Brush over the second quarter of the timeline.
    box = page.locator("svg.timeline").bounding_box()
    assert box
    page.mouse.move(box["x"] + box["width"] * 0.25, box["y"] + 60)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] * 0.5, box["y"] + 60, steps=6)
    told = page.locator("figure.times output").inner_text()
    page.mouse.up()
    page.wait_for_url("**/search?q=date*")
    narrowed = counted(page)
    assert told.endswith(f": {narrowed} articles")
    assert 5 < narrowed < every
    page.get_by_role("link", name="all times").click()
    assert counted(page) == every
    # What was found is what is exported.
    for button, lines in (("CSV", "csv"), ("JSON Lines", "jsonl")):
        with page.expect_download() as waiting:
            page.get_by_role("link", name=button, exact=True).click()
        waiting.value.save_as(tmp_path / f"saved.{lines}")
    text = (tmp_path / "saved.csv").read_text(encoding="utf-8").splitlines(keepends=True)
    assert len(list(csv.DictReader(text))) == every
    assert len((tmp_path / "saved.jsonl").read_text(encoding="utf-8").splitlines()) == every
    # Read, and see what changed.
    page.get_by_role("link", name="Bridge stays closed, version 4").click()
    page.get_by_role("link", name="changed 3×").click()
    assert page.locator("#changed ins", has_text="fourth sentence").is_visible()
    slider = page.get_by_role("slider", name="Text")
    slider.focus()
    page.keyboard.press("ArrowLeft")
    page.locator("#changed ins", has_text="third sentence").wait_for()
    assert page.locator("output", has_text="text 3, since 12 November 2026").is_visible()
    assert page.url.endswith("?to=3&from=#changes")
    page.get_by_label("beside").select_option("1")
    page.locator("#changed ins", has_text="second sentence").wait_for()
    page.reload()
    assert page.locator("#changed ins", has_text="second sentence").is_visible()
    # Cite.
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.get_by_role("button", name="Copy: the citation in apa").click()
    page.get_by_text("Copied").wait_for()
    assert page.evaluate("navigator.clipboard.readText()").startswith("Kovač, A. (2026, November 10).")


def test_the_same_is_done_on_the_keyboard_alone(page: Page, home: str) -> None:
    page.goto(home)
    page.keyboard.press("/")
    page.keyboard.type("sentence/jk?")
    assert page.get_by_role("searchbox").input_value() == "sentence/jk?"
    for _ in range(4):
        page.keyboard.press("Backspace")
    page.keyboard.press("Enter")
    page.wait_for_url("**/search?q=sentence")
    # Mark four bars of the timeline, let go, mark again, narrow.
    page.locator("svg.timeline a").first.focus()
    for _ in range(3):
        page.keyboard.press("Shift+ArrowRight")
    told = page.locator("figure.times output").inner_text()
    assert re.fullmatch(r"\d+ \w+ 2026 to \d+ \w+ 2026: \d+ articles", told)
    page.keyboard.press("Escape")
    assert page.locator("figure.times output").inner_text() == ""
    page.keyboard.press("End")
    page.keyboard.press("Shift+ArrowLeft")
    told = page.locator("figure.times output").inner_text()
    page.keyboard.press("Enter")
    page.wait_for_url("**/search?q=date*")
    assert told.endswith(f": {counted(page)} articles")
    # From hit to hit, and into one.
    page.keyboard.press("j")
    page.keyboard.press("j")
    page.keyboard.press("k")
    first = page.locator(".hits h2 a").first
    assert first.evaluate("each => each === document.activeElement")
    title = first.inner_text()
    page.keyboard.press("Enter")
    page.wait_for_url("**/article/*")
    assert page.locator("h1").inner_text() == title
    # The letters can be switched off, and stay off.
    page.keyboard.press("?")
    assert page.locator("#keys").get_attribute("open") is not None
    page.keyboard.press("Tab")
    page.keyboard.press("Space")
    page.goto(home)
    page.keyboard.press("/")
    assert page.evaluate("document.activeElement === document.body")
    assert page.context.cookies() == []


def test_on_a_phone_a_finger_narrows_and_a_page_still_scrolls(browser: Browser, home: str) -> None:
    context = browser.new_context(viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True)
    page = context.new_page()
    page.goto(f"{home}/search?q=sentence")
    every = counted(page)
    box = page.locator("svg.timeline").bounding_box()
    assert box
    finger = context.new_cdp_session(page)
    y = box["y"] + 50

    def touch(kind: str, *points: tuple[float, float]) -> None:
        touched = [{"x": x, "y": y_} for x, y_ in points]
        finger.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": touched})

    touch("touchStart", (box["x"] + 200, y))
    for n in range(1, 6):
        touch("touchMove", (box["x"] + 200, y - 40 * n))
    touch("touchEnd")
    until(page, "scrollY > 50")
    assert counted(page) == every
    page.goto(f"{home}/search?q=sentence")  # without what is left of the swing
    touch("touchStart", (box["x"] + 100, y))
    for n in range(1, 8):
        touch("touchMove", (box["x"] + 100 + 15 * n, y))
    touch("touchEnd")
    page.wait_for_url("**/search?q=date*")
    assert 0 < counted(page) < every
    page.get_by_role("link", name="narrow", exact=True).tap()
    page.locator("#narrow").get_by_role("link", name="kurir").tap()
    page.wait_for_url("**source*")
    page.locator(".hits h2 a").first.tap()
    page.wait_for_url("**/article/*")
    assert page.locator("h1").is_visible()
    context.close()


def test_without_a_script_all_of_it_is_done_by_links_and_forms(browser: Browser, home: str) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{home}/search?q=sentence")
    assert not page.locator("#keys").is_visible()
    assert not page.locator(".hint").is_visible()
    bar = page.locator("svg.timeline a").nth(3)
    told = str(bar.get_attribute("aria-label"))
    page.goto(home + str(bar.get_attribute("href")))
    assert told.endswith(f": {counted(page)}")
    page.goto(f"{home}/article/{PAST_ID}")
    page.get_by_role("slider", name="Text").press("ArrowLeft")
    page.get_by_role("button", name="Show").click()
    assert page.locator("#changed ins", has_text="third sentence").is_visible()
    assert page.url.endswith("#changes")
    page.get_by_role("link", name="The change before").click()
    assert page.locator("#changed ins", has_text="second sentence").is_visible()
    context.close()


def test_on_paper_the_dark_theme_is_not_dark(page: Page, home: str) -> None:
    page.emulate_media(media="print", color_scheme="dark")
    page.goto(f"{home}/article/{PAST_ID}")
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
    for selector in ("ins", "del", "pre.copy"):
        dark = page.locator(selector).first.evaluate(
            "each => getComputedStyle(each).backgroundColor.match(/\\d+/g).some(part => part < 230)"
        )
        assert not dark, selector
    assert not page.get_by_role("button", name="Copy").first.is_visible()
