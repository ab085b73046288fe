"""Sources, nights and the addresses behind their numbers, in the reading room."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import unescape
from pathlib import Path

import pytest

from tests.archive.room import Visitor, visiting
from tests.archive.sample import Sample, two_nights
from tests.archive.thirty_nights import simulate


@pytest.fixture(scope="module")
def room(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Visitor]:
    with visiting(two_nights(tmp_path_factory.mktemp("room") / "a")) as visitor:
        yield visitor


def test_every_number_of_a_night_leads_to_as_many_addresses(room: Visitor) -> None:
    links = set()
    for path in ("/nights", "/night/1"):
        links |= set(re.findall(r'href="(/night/1/pages[^"]*)">(\d+)</a>', room.get(path).text))
    assert len(links) > 8
    for url, number in links:
        listed = room.get(unescape(url)).text
        assert listed.count('href="/url?url=') == int(number), url


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
