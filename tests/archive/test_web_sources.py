"""Sources in the reading room: each day, month and night leads to what is behind it; template and rights as pages."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from datetime import date, timedelta
from html import unescape
from pathlib import Path

import pytest

from archive.times import iso
from archive.web.calendar import shade, year_up_to
from tests.archive.room import Visitor, visiting
from tests.archive.sample import NIGHT_1, Sample
from tests.archive.test_templates import HOUSE, RIGHTS, learn
from tests.archive.thirty_nights import Mishap, one_more, simulate
from tests.conftest import open_archive

HOSTILE = 'a"><script>alert(1)</script>'
NOTICE = "TDM-Reservation: 1"


@pytest.fixture(scope="module")
def room(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Visitor]:
    """Six papers over five nights, of which one was refused in the last two."""
    folder = tmp_path_factory.mktemp("room") / "a"
    simulate(folder, nights=5)
    one_more(folder, {"capital-ledger": Mishap(failing="http-403", status=403)}, nights=2)
    with visiting(folder) as visitor:
        yield visitor


@pytest.fixture(scope="module")
def years(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Visitor]:
    """A source over three years with a gap, and one whose name and dates are hostile."""
    folder = tmp_path_factory.mktemp("room") / "a"
    with Sample(folder) as sample:
        for number in range(90):
            day = date(2023, 11, 20) + timedelta(days=number) if number < 60 else date(2025, 5, 1)
            sample.article(url=f"https://gazette.test/{number}", published_at=f"{day}T08:30:00Z")
        for number, year in enumerate(("0001", "1970", "9999")):
            sample.article(url=f"https://evil.test/{number}", source=HOSTILE, published_at=f"{year}-12-31T08:30:00Z")
    with visiting(folder) as visitor:
        yield visitor


def behind(room: Visitor, url: str) -> int:
    """How many articles a day, a month or a year of a source's page leads to."""
    answer = room.get(url)
    assert answer.status_code == 302
    path, _, rest = answer.headers["location"].partition("?")
    return int(room.get(f"{path}.json?{rest}").json()["count"])


def test_every_day_of_the_calendar_leads_to_as_many_articles(years: Visitor) -> None:
    page = years.get("/source/gazette?year=2023").text
    days = re.findall(r'<a href="(\?on=[^"]+)" tabindex="-1"><title>[^:]*: (\d+)</title>', page)
    assert len(days) == 42
    for url, number in days[:3]:
        assert behind(years, f"/source/gazette{url}") == int(number)
    assert page.count('<path class="dn"') == 304  # up to the month of its first article
    assert len(days) + page.partition("</svg>")[0].count('<path class="d0"') == 365 - 304
    ((url, number),) = re.findall(r'<a href="(\?on=[^"]+)" tabindex="-1"><title>1 May 2025: (\d+)</title>',
                                  years.get("/source/gazette?year=2025").text)  # fmt: skip
    assert behind(years, f"/source/gazette{url}") == int(number) == 30
    assert years.get("/source/gazette?year=1999").status_code == 404
    assert years.get("/source/gazette?on=yesteryear").status_code == 400


def test_months_and_years_add_up_and_lead_to_their_articles(years: Visitor) -> None:
    page = years.get("/source/gazette").text
    table = page.partition('id="months"')[2].partition("</table>")[0]
    found = [(url, int(number)) for url, number in re.findall(r'<a href="(\?on=[^"]+)">(?:<b>)?(\d+)', table)]
    assert sum(number for url, number in found if len(url) == 11) == 90
    assert sum(number for url, number in found if len(url) == 8) == 90
    for url, number in found:
        assert behind(years, f"/source/gazette{url}") == number
    assert ">2024</th>" in table  # a year within that has few, or none, stands there too


def test_a_source_with_hostile_name_and_dates_is_a_page_like_others(years: Visitor) -> None:
    (path,) = re.findall(r'href="(/source/[^"]*script[^"]*)"', years.get("/sources").text)
    for query in ("", "?year=9999", "?year=1"):
        answer = years.get(unescape(path) + query)
        assert answer.status_code == 200
        assert "<script>" not in answer.text
        assert len(answer.text.encode()) < 100_000
    assert years.get(unescape(path) + "/template").status_code == 200
    assert "<script>" not in years.get("/sources").text


def test_a_sick_source_tells_why_since_when_and_leads_to_its_pages(room: Visitor) -> None:
    page = room.get("/source/capital-ledger?year=2026").text
    assert "The site refuses us" in page
    assert "the site answered 403 Forbidden" in page
    assert "and so for 2 nights in a row" in page
    assert 'class="d0 sick"' in page
    assert "22 Nov 2026: 0; that night: the site refuses us" in page
    ledgers = re.findall(r'href="(/night/\d+/pages\?source=capital-ledger&amp;outcome=\w+)">(\d+)</a>', page)
    assert len(ledgers) > 8
    for url, number in ledgers:
        rows = room.get(unescape(url).replace("/pages?", "/pages.csv?")).text.count("\n") - 1
        assert rows == int(number), url


def test_field_coverage_is_a_drawing_and_numbers(room: Visitor) -> None:
    page = room.get("/source/millbrook-courier").text
    for field in ("authors", "published", "image", "description", "section", "language"):
        assert re.search(rf"<figcaption>{field} <span[^>]*>\d+ %</span></figcaption><svg class=\"plot\"", page), field
    rows = list(csv.DictReader(io.StringIO(room.get("/source/millbrook-courier/nights.csv").text)))
    assert len(rows) == 7
    assert all(int(row["authors"]) <= int(row["new"]) for row in rows)


def test_lists_are_there_for_programs_and_agree(room: Visitor) -> None:
    listed = room.get("/sources.json").json()
    rows = list(csv.DictReader(io.StringIO(room.get("/sources.csv").text)))
    assert [(row["source"], int(row["articles"])) for row in rows] == [(e["source"], e["articles"]) for e in listed]
    page = room.get("/sources").text
    for row in rows:
        assert f'">{int(row["articles"]):,}</a>' in page
        assert behind_search(room, row["source"]) == int(row["articles"])
    told = room.get("/source/capital-ledger.json").json()
    assert told["profile"]["home"] == "https://capital-ledger.example/"
    assert len(told["nights"]) == 7
    assert '<span class="badge sick">1 sick</span>' in page
    assert room.get(unescape(re.findall(r'href="(/trends[^"]+)"', page)[0])).status_code == 200


def behind_search(room: Visitor, source: str) -> int:
    return int(room.get(f"/search.json?q=source:{source}").json()["count"])


def test_the_learnt_template_is_a_page_with_why_and_what_was_decided(tmp_path: Path) -> None:
    watched = "A line that came twice, for whatever reason; nobody knows yet, and time will tell."
    hostile = "<script>alert(1)</script> is a line that is long enough to be learnt as one of its own here."
    with open_archive(tmp_path) as writer:
        learn(writer, range(10), HOUSE, RIGHTS, hostile)
        learn(writer, range(10, 12), HOUSE, RIGHTS, hostile, watched)
        writer.templates.release("gazette", RIGHTS)
    with visiting(tmp_path) as visitor:
        page = unescape(visitor.get("/source/gazette/template").text)
        assert HOUSE in page
        assert "in 12 of the source's last 12 articles" in page
        assert "kept, released by hand" in page
        assert watched not in page
        assert "<script>" not in visitor.get("/source/gazette/template").text
        assert watched in unescape(visitor.get("/source/gazette/template?lines=all").text)
        lines = list(csv.DictReader(io.StringIO(visitor.get("/source/gazette/template.csv").text)))
        told = visitor.get("/source/gazette/template.json").json()
        assert {line["text"] for line in lines} == {line["text"] for line in told["lines"]}
        assert {line["state"] for line in lines} == {"template", "released", "watched"}
        assert "2 lines" in visitor.get("/source/gazette").text
        assert visitor.get("/source/nobody/template").status_code == 404


def test_what_the_site_says_of_use_stands_there_with_where_it_says_so(tmp_path: Path) -> None:
    with Sample(tmp_path / "a") as sample:
        sample.source()
        capture = sample.capture(sample.run(), "https://gazette.test/robots.txt", fetched_at=iso(NIGHT_1))
        said = {"capture_id": capture, "signal": "robots.txt content-usage for *", "value": "/ train-ai=n"}
        sample._insert("rights", said)
        sample._insert("bases", {"source": "gazette", "since": iso(NIGHT_1), "basis": "research <b>exception</b>"})
    with visiting(tmp_path / "a") as visitor:
        page = visitor.get("/source/gazette").text
        assert "robots.txt content-usage for *" in page
        assert "research &lt;b&gt;exception" in page
        assert "https://gazette.test/robots.txt" in page
        (signal,) = visitor.get("/source/gazette.json").json()["profile"]["rights"]["signals"]
        assert signal["value"] == "/ train-ai=n"


def test_shades_and_years_at_their_ends() -> None:
    assert [shade(count, 8) for count in (0, 1, 2, 3, 4, 5, 6, 7, 8)] == [0, 1, 1, 2, 2, 3, 3, 4, 4]
    assert shade(1, 1) == 4
    first, last = year_up_to(date(2026, 11, 22))
    assert (first.weekday(), (last - first).days) == (0, 370)
    assert year_up_to(date(1, 3, 1))[0] == date.min
