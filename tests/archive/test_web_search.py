"""The search page of the reading room: what it finds, where its links lead, what its files hold."""

from __future__ import annotations

import csv
import io
import json
import re
import shutil
import zipfile
from collections.abc import Iterator
from datetime import date, timedelta
from html import unescape
from pathlib import Path
from urllib.parse import quote_plus

import pytest

from archive import Archive, bitmaps
from archive.export.package.verify import verify
from archive.web.timeline import bars_of, draw
from archive.writer import ArchiveWriter
from tests.archive.room import Visitor, visiting
from tests.archive.sample import Sample

HOSTILE = "<script>alert(1)</script>"
MANY = 45


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("room") / "a"
    with Sample(folder) as sample:
        for number in range(MANY):
            sample.article(
                f"Harbour talks, round {number}",
                f"The dockers’ union met the port for round {number}. {'Nobody' if number % 3 else 'Somebody'} agreed.",
                url=f"https://gazette.test/talks/{number}",
                source=("gazette", "kurir")[number % 2],
                published_at=(date(2026, 9, 1) + timedelta(days=number)).isoformat() + "T08:30:00Z",
                published_precision="minute",
                authors=["Ana Kovač"] if number % 5 else ['A "quoted" name, Jr.'],
                section="News" if number % 4 else None,
                tags=["harbour", HOSTILE] if number == 7 else ["harbour"],
                language="en",
            )
        sample.article(HOSTILE, f"{HOSTILE} \u202eevil harbour", url="https://gazette.test/evil", authors=[HOSTILE])
    return folder


@pytest.fixture(scope="module")
def room(folder: Path) -> Iterator[Visitor]:
    with visiting(folder) as visitor:
        yield visitor


def links(page: str) -> list[str]:
    return [unescape(found) for found in re.findall(r'href="(/search\?[^"]*)"', page)]


def counted(page: str) -> int:
    return int(re.search(r"<strong>([\d,]+)</strong> article", page)[1].replace(",", ""))  # type: ignore[index]


def test_hits_stand_with_what_was_looked_for_marked(room: Visitor) -> None:
    page = room.get("/search?q=dockers+source:gazette").text
    assert "<mark>dockers</mark>’ union met the port" in page
    assert counted(page) == 23
    assert page.count('href="/article/') == 20
    assert "source:gazette" in page
    assert len(page.encode()) < 100_000


def test_pages_go_on_where_the_last_one_ended_and_none_is_shown_twice(room: Visitor) -> None:
    url, seen = "/search?q=harbour", []
    for _ in range(9):
        page = room.get(url).text
        seen += re.findall(r'<h2><a href="/article/(\w+)"', page)
        more = re.search(r'<a class="more" href="([^"]+)"', page)
        if not more:
            break
        url = unescape(more[1])
    assert len(seen) == len(set(seen)) == counted(page) == MANY + 1


def test_every_link_of_a_page_finds_as_many_as_it_says(room: Visitor) -> None:
    page = room.get("/search?q=union").text
    told = re.findall(r'<li><a href="(/search\?[^"]*)"><bdi>[^<]*</bdi></a> <span class="n soft">([\d,]+)</span>', page)
    told += re.findall(r'<a href="(/search\?[^"]*)" aria-label="[^"]*: ([\d,]+)" data-n', page)
    assert len(told) > 40
    for url, number in told[::3]:
        assert counted(room.get(unescape(url)).text) == int(number), url


def test_a_chip_takes_its_filter_away(room: Visitor) -> None:
    page = room.get("/search?q=union+source:gazette+-tag:sport").text
    chips = re.findall(r'<a href="([^"]+)" aria-label="Without ([^"]+)"', page)
    assert [unescape(words) for _, words in chips] == ["source:gazette", "-tag:sport"]
    assert "source" not in chips[0][0]
    assert counted(room.get(unescape(chips[0][0])).text) == MANY


def test_the_form_beside_it_leads_to_the_search_that_it_means(room: Visitor) -> None:
    answer = room.get("/search?q=union&since=2026-09-03&until=2026-09-05&is=")
    assert answer.status_code == 302
    page = room.get(answer.headers["location"]).text
    assert counted(page) == 3
    assert "date:2026-09-03..2026-09-05" in page
    assert room.get("/search?q=union&since=nonsense").status_code == 400
    assert room.get("/search?q=union&is=elephant").status_code == 400
    assert room.get("/search?q=union&sort=sideways").status_code == 400


def test_what_cannot_be_understood_is_shown_with_its_place(room: Visitor) -> None:
    answer = room.get("/search?q=harbour+sauce:gazette")
    assert answer.status_code == 400
    assert "did you mean source?" in unescape(answer.text)
    assert "<mark>sauce</mark>" in answer.text
    assert 'value="harbour sauce:gazette"' in answer.text
    assert room.get("/search.json?q=harbour+sauce:gazette").json()["at"] == 8
    assert room.get("/search.csv?q=sauce:gazette").status_code == 400
    assert room.get("/search?q=" + "x" * 2001).status_code == 400
    assert room.get("/search?q=union&after=nonsense").status_code == 400


def test_where_nothing_is_found_the_page_says_what_may_help(room: Visitor) -> None:
    page = room.get("/search?q=zebra+source:gazete").text
    assert "No article matches" in page
    assert "There is no source <bdi>gazete</bdi>" in page


@pytest.mark.parametrize(
    "q", ["", "union", "union source:kurir", "agreed limit:7", "title:harbour -tag:harbour", "zebra"]
)
def test_every_file_of_a_search_has_as_many_rows_as_the_page_counts(room: Visitor, folder: Path, q: str) -> None:
    with Archive(folder) as archive:
        number = archive.count(q)
    assert room.get(f"/search.json?q={q}").json()["count"] == number
    page = room.get(f"/search?q={q}").text
    assert counted(page) == number if number else "No article matches" in page
    assert len(list(csv.DictReader(io.StringIO(room.get(f"/search.csv?q={q}").text)))) == number
    assert len(list(map(json.loads, room.get(f"/search.jsonl?q={q}").text.splitlines()))) == number
    assert room.get(f"/search.xml?q={q}").text.count("<TEI") == max(number, 1)  # TEI wants one
    assert room.get(f"/search.bib?q={q}").text.count("\n}") == number
    assert room.get(f"/search.atom?q={q}").text.count("<entry>") == number
    assert room.get(f"/search.rss?q={q}").text.count("<item>") == number
    assert room.get(f"/search.ris?q={q}").text.count("ER  -") == number
    assert len(room.get(f"/search.csl.json?q={q}").json()) == number
    with zipfile.ZipFile(io.BytesIO(room.get(f"/search.md.zip?q={q}").content)) as packed:
        assert len(packed.namelist()) == number


def test_a_data_package_is_whole_and_has_as_many_rows_as_the_page_counts(room: Visitor, tmp_path: Path) -> None:
    answer = room.get("/search.package.zip?q=union+source:kurir")
    assert answer.headers["content-disposition"] == 'attachment; filename="articles.package.zip"'
    with zipfile.ZipFile(io.BytesIO(answer.content)) as packed:
        packed.extractall(tmp_path)
    found = verify(tmp_path / "articles")
    assert found.wrong == ()
    rows = list(csv.DictReader(io.StringIO((tmp_path / "articles" / "articles.csv").read_text(encoding="utf-8"))))
    assert len(rows) == counted(room.get("/search?q=union+source:kurir").text) == 22
    assert "source:kurir union" in (tmp_path / "articles" / "README.md").read_text()


def test_a_filter_of_any_value_can_be_added_without_knowing_the_language(room: Visitor) -> None:
    added = room.get("/search?q=union&field=author&value=%3Dana+kova%C4%8D")
    assert added.status_code == 302
    assert counted(room.get(added.headers["location"]).text) == 36
    left_out = room.get("/search?q=union&field=source&value=kurir&not=1").headers["location"]
    assert counted(room.get(left_out).text) == 23
    assert room.get("/search?q=union&field=sauce&value=x").status_code == 400
    assert room.get("/search?q=union&field=source&value=").status_code == 200


def test_states_are_switched_on_and_off_by_their_links(room: Visitor) -> None:
    page = room.get("/search?q=union").text
    (never,) = re.findall(r'<a href="([^"]+)">never changed</a>', page)
    switched = room.get(unescape(never)).text
    assert counted(switched) == MANY
    assert re.search(r'<a href="/search\?q=union" class="on">never changed', switched)
    (changed,) = re.findall(r'<a href="([^"]+)">changed since</a>', switched)
    assert unescape(changed) == "/search?q=is%3Arevised+union"


def test_where_a_filter_is_one_too_many_the_page_says_what_there_would_be_without(room: Visitor) -> None:
    page = room.get("/search?q=somebody+source:gazette+tag:sport").text
    told = re.findall(r'<li><a href="([^"]+)"><bdi>([^<]+)</bdi></a>: (\d+) article', page)
    assert [words for _, words, _ in told] == ["without tag:sport"]
    assert counted(room.get(unescape(told[0][0])).text) == int(told[0][2])
    assert "with any of the words</bdi></a>: 46 articles" in room.get("/search?q=harbour+zebra").text


def test_a_search_is_cited_with_its_number_its_time_and_its_address(room: Visitor) -> None:
    page = unescape(room.get("/search?q=union+source:kurir").text)
    assert re.search(
        r"News archive “a”, search “source:kurir union”: 22 articles on \d+ \w+ \d{4}, \d\d:\d\d UTC\."
        r" http://localhost:8001/search\?q=source%3Akurir\+union",
        page,
    )


def test_what_was_read_otherwise_than_typed_is_said(room: Visitor) -> None:
    assert "Searched for: <bdi>harbour and</bdi>" in room.get("/search?q=harbour+AND").text
    assert "Searched for" not in room.get("/search?q=harbour").text


def test_files_are_saved_under_a_name_and_feeds_are_read(room: Visitor) -> None:
    csv_ = room.get("/search.csv?q=union").headers
    assert csv_["content-disposition"] == 'attachment; filename="articles.csv"'
    assert csv_["x-content-type-options"] == "nosniff"
    assert "content-disposition" not in room.get("/search.atom?q=union").headers
    assert room.get("/search.csv?q=union", method="HEAD").text == ""


def test_json_goes_on_too(room: Visitor) -> None:
    first = room.get("/search.json?q=union").json()
    second = room.get(first["next"]).json()
    assert len({hit["id"] for hit in first["hits"] + second["hits"]}) == 40
    assert first["facets"]["source"]["values"] == [{"value": "gazette", "count": 23}, {"value": "kurir", "count": 22}]
    assert first["timeline"][0] == {"from": "2026-09-01", "count": 30}


def test_hostile_text_stays_text(room: Visitor) -> None:
    page = room.get("/search?q=evil").text
    assert page.count("<script") == page.count('<script src="/room/room.js') == 1
    assert "&lt;script&gt;alert" in page
    assert "\u202e" not in page
    for typed in ("%3Cscript%3E", "%22%3E%3Cimg%20src%3Dx%3E", "javascript%3Aalert(1)", "%E2%80%AEx", "%00", "%FF%FE"):
        answer = room.get(f"/search?q={typed}")
        assert answer.status_code in (200, 400)
        assert answer.text.count("<script") == 1
        assert "<img" not in answer.text


@pytest.mark.parametrize(
    "q",
    [
        "union " + " ".join(f"-tag:{'t' * 60}{n}" for n in range(20)),
        "union " + " ".join(f"-tag:x{n}" for n in range(200)),
        "union OR " + "x" * 1900,
        "union OR " + "ž" * 390,
    ],
)
def test_a_page_of_a_long_query_is_light_and_says_the_same(room: Visitor, q: str) -> None:
    answer = room.get(f"/search?q={quote_plus(q)}")
    assert answer.status_code == 200
    assert counted(answer.text) == MANY
    assert len(answer.content) < 100_000
    assert room.get(f"/search?q={quote_plus('ž' * 1900)}").status_code == 400
    assert room.get(f"/search.json?q={quote_plus('ž' * 1900)}").status_code == 200


def test_bars_are_days_weeks_months_or_years_by_how_long_the_time_is() -> None:
    for days, step, number in (
        (2, "day", 2),
        (122, "day", 122),
        (123, "week", 19),
        (900, "month", 30),
        (9000, "year", 25),
    ):
        line = [(date(2000, 1, 1) + timedelta(days=n), 1) for n in range(days)]
        told, bars = bars_of(line)
        assert (told, len(bars)) == (step, number)
        assert sum(bar.count for bar in bars) == days
        assert draw(bars, step, lambda bar: f"/?{bar.span}").count("<a ") == number
    assert bars_of([(date(9999, 12, 31), 1)])[1][0].last == date.max
    assert bars_of([(date(2026, 9, 1), 1)])[1][0].span == "2026-09-01"


def test_many_hits_are_counted_unasked_where_the_bitmap_index_has_them(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("archive.web.search._COUNTED", 10)
    copied = Path(shutil.copytree(folder, tmp_path / "a"))
    with visiting(copied) as visitor:
        page = visitor.get("/search?q=union").text
        assert "These are many" in page
        assert "<svg" not in page
        assert "<svg" in visitor.get("/search?q=union&count=all").text
        assert visitor.get("/search.json?q=union").json()["facets"] is None
    monkeypatch.setattr(bitmaps, "LEAST", 1)
    monkeypatch.setattr(bitmaps, "WORDS_FROM", 1)
    with ArchiveWriter(copied, purpose="test") as writer:
        assert bitmaps.renew(writer.db.conn, writer.commit)
    with visiting(copied) as visitor:
        page = visitor.get("/search?q=union").text
        assert counted(page) == MANY
        assert "These are many" not in page
        assert "<svg" in page
        assert "<svg" not in visitor.get("/search?q=union&count=none").text
        assert visitor.get("/search.json?q=union").json()["facets"]["source"]["values"][0]["count"] == 23
