"""Trends in the reading room: the numbers of the page, its files, and where each of them leads."""

from __future__ import annotations

import csv
import io
import re
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from datetime import date, timedelta
from html import unescape
from pathlib import Path

import pytest

import archive.trends as trends_module
from archive.web.chart import Curve, in_page, nice_top, to_file
from tests.archive.room import Visitor, visiting
from tests.archive.sample import Sample

HOSTILE = "<script>alert(1)</script>"
COMPARED = "/trends?q=harbour&q=strike&q=source%3Akurir&by=week"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("room") / "a"
    with Sample(folder) as sample:
        for number in range(60):
            day = date(2026, 9, 1) + timedelta(days=number)
            sample.article(
                f"{'Harbour' if number % 3 else 'Port'} talks, round {number}",
                f"The union met the port. {'A strike was called.' if number % 7 == 0 else ''}",
                url=f"https://gazette.test/talks/{number}",
                source=("gazette", "kurir", HOSTILE)[number % 5 % 3],
                published_at=f"{day}T08:30:00Z",
                published_precision="minute",
            )
    return folder


@pytest.fixture(scope="module")
def room(folder: Path) -> Iterator[Visitor]:
    with visiting(folder) as visitor:
        yield visitor


def cells(page: str) -> list[tuple[str, int]]:
    """Address and number of each number of the table that leads somewhere."""
    table = page.partition('<table class="numbers">')[2].partition("</table>")[0]
    return [(unescape(url), int(number)) for url, number in re.findall(r'<td><a href="([^"]+)">(\d+)</a>', table)]


@pytest.mark.parametrize("further", ["", "&of=share", "&split=source", "&since=2026-09-10&until=2026-09-30"])
def test_every_number_leads_to_a_search_that_finds_as_many(room: Visitor, further: str) -> None:
    page = room.get(COMPARED + further).text
    found = cells(page)
    assert len(found) > 8
    for url, number in found:
        path, _, rest = url.partition("?")
        assert room.get(f"{path}.json?{rest}").json()["count"] == number, url
    points = set(map(unescape, re.findall(r'<a href="([^"]+)" tabindex="-1">', page)))
    assert points == {url for url, _ in found}


def test_a_search_leads_to_its_trend(room: Visitor) -> None:
    search = room.get("/search?q=harbour+source%3Agazette").text
    (url,) = re.findall(r'href="(/trends\?[^"]+)"', search)
    assert 'value="source:gazette harbour"' in room.get(unescape(url)).text


def test_the_numbers_are_those_of_the_searchs_timeline(room: Visitor) -> None:
    told = room.get("/trends.json?q=harbour&by=month&of=share").json()
    (line,) = told["lines"]
    timeline = room.get("/search.json?q=harbour").json()["timeline"]
    assert [(step["from"], count) for step, count in zip(told["steps"], line["articles"], strict=True)] == [
        (each["from"], each["count"]) for each in timeline
    ]
    assert line["total"] == room.get("/search.json?q=harbour").json()["count"] == sum(line["articles"])
    assert line["all_articles"] == [30, 30]
    assert line["share"] == [count / 30 for count in line["articles"]]


def test_csv_has_a_row_for_each_step_of_each_line(room: Visitor) -> None:
    answer = room.get("/trends.csv?q=harbour&q=strike&by=day&of=share&split=source")
    assert answer.headers["content-disposition"] == 'attachment; filename="trends.csv"'
    rows = list(csv.DictReader(io.StringIO(answer.text)))
    assert len(rows) == 60 * 2 * 3
    assert list(rows[0]) == ["from", "to", "query", "source", "articles", "all_articles", "share"]
    harbour = [row for row in rows if row["query"] == "harbour"]
    assert sum(int(row["articles"]) for row in harbour) == room.get("/search.json?q=harbour").json()["count"]
    # A day without an article of the source has no share.
    assert {row["share"] for row in rows if row["all_articles"] == "0"} == {""}


def test_the_drawing_can_be_had_as_a_file_that_stands_by_itself(room: Visitor) -> None:
    answer = room.get("/trends.svg?q=harbour&q=strike&by=week&of=share")
    assert answer.headers["content-type"].startswith("image/svg+xml")
    assert answer.headers["content-disposition"] == 'attachment; filename="trends.svg"'
    drawing = ET.fromstring(answer.text)
    space = {"s": "http://www.w3.org/2000/svg"}
    assert drawing.findtext("s:title", None, space) == "harbour, strike"
    assert "Share of all articles each week" in (drawing.findtext("s:desc", None, space) or "")
    words = [each.text for each in drawing.iterfind(".//s:text", space)]
    assert {"harbour", "strike", "31 Aug 2026", "26 Oct 2026"} <= set(words)
    dashes = [each.get("stroke-dasharray") for each in drawing.iterfind(".//s:path[@class='line']", space)]
    assert len(set(dashes)) == 2
    assert not list(drawing.iterfind(".//s:a", space))
    assert room.get("/trends.svg?q=harbour&split=source").text.count("&lt;script&gt;") >= 1
    assert room.get("/trends.svg?q=harbour&q=strike&split=source").status_code == 400


def test_a_query_that_is_wrong_is_marked_beside_the_others(room: Visitor) -> None:
    answer = room.get("/trends?q=harbour&q=talks+dat%3A2026")
    assert answer.status_code == 400
    assert "This cannot be understood" in answer.text
    assert "<mark>dat</mark>:2026" in answer.text
    assert 'value="harbour"' in answer.text
    assert re.search(r'id="q2"[^>]* aria-invalid="true" aria-describedby="wrong"', answer.text)
    told = room.get("/trends.json?q=harbour&q=talks+dat%3A2026")
    assert told.status_code == 400
    assert (told.json()["query"], told.json()["at"], told.json()["end"]) == (1, 6, 9)
    assert room.get("/trends.csv?q=dat%3A2026").status_code == 400


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        ("q=a&by=decade", "by: 'decade' is unknown; write day or week or month or year, or leave it out"),
        ("q=a&of=shares", "of: 'shares' is unknown"),
        ("q=a&split=author", "split: 'author' is unknown"),
        ("q=a&since=tomorrow", "'tomorrow' is no date"),
        ("&".join(["q=a"] * 60), "60 queries; 50 can be counted at a time"),
        ("q=" + "a" * 2001, "2,001 characters; the page takes 2,000"),
    ],
)
def test_what_cannot_be_done_is_said(room: Visitor, asked: str, words: str) -> None:
    answer = room.get(f"/trends?{asked}")
    assert answer.status_code == 400
    assert words in unescape(answer.text)


def test_nothing_typed_and_nothing_found_are_pages_too(room: Visitor, tmp_path: Path) -> None:
    begun = room.get("/trends").text
    assert "compare up to 6" in begun
    (example, *_) = re.findall(r'<li><a href="(/trends\?[^"]+)">', begun)
    assert 'svg class="plot"' in room.get(unescape(example)).text
    assert "No article matches any of the queries" in room.get("/trends?q=zebra&q=okapi").text
    assert "No article matches." in room.get("/trends?q=zebra&split=source&of=share").text
    for path in ("/trends.svg?q=zebra", "/trends.csv?q=zebra", "/trends.json?q=zebra"):
        assert room.get(path).status_code == 200
    assert room.get("/trends.csv").status_code == 400
    with Sample(tmp_path / "a"):
        pass
    with visiting(tmp_path / "a") as visitor:
        assert visitor.get("/trends").status_code == 200
        assert "No article matches" in visitor.get("/trends?q=a").text


def test_of_more_queries_than_a_chart_holds_the_others_are_named(room: Visitor) -> None:
    words = [f"q=harbour+{n}" for n in range(8)]
    page = room.get("/trends?" + "&".join(words)).text
    assert "A chart stays readable with 6 queries" in page
    assert 'aria-label="Without harbour 7"' in page
    assert len(room.get("/trends.json?" + "&".join(words)).json()["lines"]) == 8
    without = re.search(r'href="([^"]+)" aria-label="Without harbour 7"', page)
    assert without
    assert "q=harbour+6" in without[1]
    assert "q=harbour+7" not in without[1]


def test_too_short_a_step_becomes_a_longer_one_and_the_page_says_so(tmp_path: Path) -> None:
    with Sample(tmp_path / "a") as sample:
        for year in range(2000, 2027):
            sample.article(url=f"https://gazette.test/{year}", published_at=f"{year}-06-01T00:00:00Z")
    with visiting(tmp_path / "a") as visitor:
        page = visitor.get("/trends?q=body&by=day").text
        assert "Each day would be more than the page has room for, so it shows each month" in page
        assert len(page.encode()) < 100_000
        assert visitor.get("/trends.csv?q=body&by=day").status_code == 400
        assert visitor.get("/trends.csv?q=body&by=week").text.count("\n") > 1300


def test_what_takes_long_is_counted_when_it_is_asked_for(room: Visitor, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(trends_module, "MOST_LOOKED_UP", 5)
    page = room.get("/trends?q=harbour+words%3A%3E1").text
    assert "finds 40 articles" in page
    assert "add count=all" in room.get("/trends.svg?q=harbour+words%3A%3E1").text
    assert room.get("/trends.svg?q=harbour+words%3A%3E1&count=all").status_code == 200
    (url,) = re.findall(r'href="([^"]+)">Count them', page)
    counted = room.get(unescape(url)).text
    assert "Count them" not in counted
    assert sum(number for _, number in cells(counted)) == 40


def test_pages_stay_small_and_hostile_names_stay_text(room: Visitor) -> None:
    for path in (COMPARED, f"{COMPARED}&split=source&by=day", f"/trends?q={'harbour+OR+' * 90}port&by=day"):
        page = room.get(path).text
        assert len(page.encode()) < 100_000, path
        assert re.findall(r"<script[^>]*>[^<]*", page) == re.findall(r'<script src="/room/[^"]+" defer>', page)
        assert not re.search(r"<style|\sstyle=|\son\w+=", page)
    assert "&lt;script&gt;" in room.get("/trends?q=port&split=source").text
    typed = room.get("/trends?q=port+%E2%80%AEevil").text  # stands in its box as it was typed, and nowhere else
    assert "\u202e" not in re.sub(r"<input[^>]*>", "", typed)


def test_a_line_has_a_gap_where_nothing_was_asked_and_a_mark_where_it_stands_alone() -> None:
    curve = Curve(style=2, name="a", values=(1.0, None, 2.0, 2.0, None, None, 0.0, *[None] * 60))
    drawn = in_page([curve], 2, name="n", about="a", id_="c")
    line = re.search(r'class="line"[^>]* d="([^"]+)"', drawn)
    assert line
    assert line[1].count("M") == 3
    assert line[1].count("L") == 1
    dots = re.search(r'class="dots"[^>]* d="([^"]+)"', drawn)
    assert dots
    assert dots[1].count("M") == 2  # of all points of a long line only those that no line shows
    assert ET.fromstring(to_file([curve], 0, name="&", about="<", ticks=[], unit="")).tag.endswith("svg")


def test_an_axis_ends_with_a_round_number() -> None:
    for value, top in ((0, 1), (1, 1), (3, 4), (41, 60), (60, 60), (61, 80), (1234, 2000), (0.0031, 0.004), (1e7, 1e7)):
        assert nice_top(value) == top
