"""What days an address speaks of, what a CDX server says, which lists a page leads to: the decisions of a backfill."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime

import pytest

from archive.types import Hint, Via
from crawler.backfill.archives import archive_links, guess_months
from crawler.backfill.cdx import copy_url, halves, original_headers, question, read_copy_url, read_reply, read_stamp
from crawler.backfill.days import Days, dating_of, days_of_list, days_of_page
from crawler.backfill.wish import Wish, replay_of

P = "http://gazette.example"
YEAR = Days(first=date(2024, 1, 1), last=date(2024, 12, 31))


@pytest.mark.parametrize(
    ("url", "days"),
    [
        ("/2024/05/17/the-bridge", "2024-05-17 2024-05-17"),
        ("/news/2024-05-17/the-bridge", "2024-05-17 2024-05-17"),
        ("/2024/5/7/the-bridge.html", "2024-05-07 2024-05-07"),
        ("/2024/may/17/the-bridge", "2024-05-17 2024-05-17"),
        ("/2024/05/10-things-to-know", "2024-05-01 2024-05-31"),
        ("/2024/02/the-bridge", "2024-02-01 2024-02-29"),
        ("/news/20240517/the-bridge", "2024-05-17 2024-05-17"),
        ("/news/the-bridge-20240517.html", "2024-05-17 2024-05-17"),
        ("/news/budget-2024", None),
        ("/2024/13/40/the-bridge", None),
        ("/news/202405171234", None),
        ("/2024/02/31/no-such-day", "2024-02-01 2024-02-29"),
    ],
)
def test_an_articles_address_may_name_its_day_or_month(url: str, days: str | None) -> None:
    found = days_of_page(P + url)
    assert (f"{found.first} {found.last}" if found else None) == days


@pytest.mark.parametrize(
    ("url", "days"),
    [
        ("/sitemap-2024-05.xml", "2024-05-01 2024-05-31"),
        ("/sitemap-pt-post-2024-05-17.xml", "2024-05-17 2024-05-17"),
        ("/posts_202405.xml.gz", "2024-05-01 2024-05-31"),
        ("/sitemap.xml?yyyy=2024&mm=05&dd=17", "2024-05-17 2024-05-17"),
        ("/sitemap.xml?year=2024", "2024-01-01 2024-12-31"),
        ("/sitemaps/2024.xml", "2024-01-01 2024-12-31"),
        ("/archive/2024/05", "2024-05-01 2024-05-31"),
        ("/post-sitemap12.xml", None),
        ("/sitemap-20245.xml", None),
    ],
)
def test_a_lists_address_may_name_its_days(url: str, days: str | None) -> None:
    found = days_of_list(P + url)
    assert (f"{found.first} {found.last}" if found else None) == days


def hint(**fields: str) -> Hint:
    return Hint(via=Via.SITEMAP, where=P, **fields)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("path", "said", "listed", "captured", "wanted"),
    [
        ("/2024/05/17/a", hint(modified="2019-01-01"), None, None, True),
        ("/2019/05/17/a", hint(modified="2024-06-01"), YEAR, None, False),
        ("/a", hint(published="2024-12-31T23:30:00+01:00"), None, None, True),
        ("/a", hint(published="2025-01-01T00:30:00Z"), None, None, True),  # the 31st in the west
        ("/a", hint(published="2025-01-03"), YEAR, None, False),
        ("/a", hint(modified="2023-12-30"), None, None, False),  # it was not published later
        ("/a", hint(modified="2026-03-01"), None, None, True),  # but perhaps much earlier
        ("/a", hint(modified="2023-01-01"), YEAR, None, True),
        ("/a", hint(), None, date(2023, 6, 1), False),
        ("/a", hint(), None, date(2024, 6, 1), True),
        ("/a", hint(), None, None, True),
    ],
)
def test_a_page_is_wanted_unless_something_says_that_it_is_of_other_days(
    path: str, said: Hint, listed: Days | None, captured: date | None, wanted: bool
) -> None:
    dating = dating_of(P + path, said, listed=listed, captured=captured)
    assert YEAR.may_hold(dating.first, dating.last) is wanted


def test_months_are_newest_first_and_cut_to_the_days_wanted() -> None:
    months = Days(first=date(2023, 12, 15), last=date(2024, 2, 10)).months()
    assert [(str(m.first), str(m.last)) for m in months] == [
        ("2024-02-01", "2024-02-10"),
        ("2024-01-01", "2024-01-31"),
        ("2023-12-15", "2023-12-31"),
    ]


ROW = {"timestamp": "20240517083000", "original": f"{P}/a?b=c", "mimetype": "text/html", "statuscode": "200"}


@pytest.mark.parametrize(
    "body",
    [
        json.dumps([list(ROW), list(ROW.values())]),
        json.dumps([ROW]),
        json.dumps(ROW) + "\n\n",
        'example,gazette)/a?b=c 20240517083000 {"url": "http://gazette.example/a?b=c", "mime": "text/html",'
        ' "status": "200"}',
        " ".join(ROW.values()),
        f"example,gazette)/a?b=c {' '.join(ROW.values())} ABCDEF 1234",
        f" CDX N b a m s k r M S V g\nexample,gazette)/a?b=c {' '.join(ROW.values())} ABC - - 99 12 x.warc.gz",
    ],
)
def test_a_reply_is_read_in_every_dialect(body: str) -> None:
    held, problem = read_reply(body.encode())
    assert problem is None
    assert [(h.url, h.stamp, h.captured_at, h.mime, h.status) for h in held] == [
        (f"{P}/a?b=c", "20240517083000", datetime(2024, 5, 17, 8, 30, tzinfo=UTC), "text/html", 200)
    ]


@pytest.mark.parametrize(
    ("body", "number", "problem"),
    [
        (b"", 0, None),
        (b"[]", 0, None),
        (b"<!doctype html><html><body>Busy</body></html>", 0, "HTML page"),
        (b"[[1, 2", 0, "could not be read"),
        (b"nonsense\n", 0, "1 of 1 lines"),
        (b"\xff\xfe\x00", 0, "could not be read"),
        (b'{"timestamp": "99999999999999", "url": "x"}', 0, "could not be read"),
        (b"[null, 3, [[]], {}]", 0, "could not be read"),
    ],
)
def test_a_broken_reply_is_said_to_be(body: bytes, number: int, problem: str | None) -> None:
    held, said = read_reply(body)
    assert len(held) == number
    assert (said is None) if problem is None else problem in (said or "")


def test_the_halves_of_a_window_are_the_whole_of_it_and_end_at_an_hour() -> None:
    first, last = datetime(2024, 3, 1, tzinfo=UTC), datetime(2024, 3, 31, 23, 59, 59, tzinfo=UTC)
    todo, hours = [question(f"{P}/cdx", "x.example", first, last)], 0
    (newer, end), (older, middle) = halves(todo[0], f"{P}/cdx", "x.example")
    assert (end, "20240331235959" in newer, "20240301000000" in older) == (last, True, True)
    assert f"from={middle:%Y%m%d}" in newer or f"{middle:%d}" != f"{end:%d}"
    while todo:
        asked = todo.pop()
        parts = halves(asked, f"{P}/cdx", "x.example")
        hours += not parts
        todo += [part for part, _ in parts]
    assert hours == 1024  # 31 days by halves, each below an hour


def test_a_copys_address_can_be_read_back_as_archives_write_it() -> None:
    held, _ = read_reply(json.dumps([ROW]).encode())
    url = copy_url("https://web.archive.example/web/", held[0])
    assert url == f"https://web.archive.example/web/20240517083000id_/{P}/a?b=c"
    assert read_copy_url(url) == (f"{P}/a?b=c", held[0].captured_at)
    assert read_copy_url("https://w.example/web/2024id_/http:/gazette.example/a") == (
        f"{P}/a",
        datetime(2024, 1, 1, tzinfo=UTC),
    )
    assert read_copy_url("https://w.example/web/about") is None
    assert read_stamp("20240231") is None


def test_a_copys_headers_are_those_of_the_page() -> None:
    asked = (
        ("content-type", "text/html"),
        ("x-archive-orig-content-type", "text/html; charset=iso-8859-2"),
        ("x-archive-orig-content-encoding", "gzip"),
        ("server", "archive"),
    )
    assert original_headers(asked) == (("content-type", "text/html; charset=iso-8859-2"),)
    assert original_headers((("content-type", "text/html"), ("server", "x"))) == (("content-type", "text/html"),)


@pytest.mark.parametrize(
    ("cdx", "replay"),
    [
        ("https://web.archive.org/cdx/search/cdx", "https://web.archive.org/web"),
        ("http://localhost:8080/news/cdx", "http://localhost:8080/news"),
    ],
)
def test_where_copies_are_follows_from_the_cdx_servers_address(cdx: str, replay: str) -> None:
    assert replay_of(cdx) == replay


def test_a_wish_is_the_same_after_json() -> None:
    wish = Wish(source="a", first="2024-01-01", ways=("cdx",), cdx=f"{P}/cdx", replay=P, warcs=("/x", f"{P}:81/w"))
    assert Wish.of(json.loads(json.dumps(wish.as_dict()))) == wish
    assert wish.lenders == {"gazette.example", "gazette.example:81"}


def test_a_page_leads_to_lists_of_days_and_to_the_page_of_such_lists() -> None:
    body = b"""<html><body><main><a href="/2024/05/">May 2024</a> <a href="/archive/2023">2023</a>
    <a href="/archiv.html">Archiv</a>
    <a href="/2024/05/17/the-bridge-is-open-again-to-all">The bridge is open again to all who wish</a>
    <a href="/calendar/2024/05">Calendar</a> <a href="http://other.example/2024/05/">Theirs</a>
    <a href="/sport">Sport</a></main></body></html>"""
    assert archive_links(body, f"{P}/", content_type="text/html", also_on=()) == [
        f"{P}/2024/05/",
        f"{P}/archive/2023",
        f"{P}/archiv.html",
    ]


def test_lists_of_months_are_guessed_where_articles_lie_in_folders_of_months() -> None:
    articles = [f"{P}/news/2024/0{n}/the-bridge-{n}" for n in (1, 2, 3)]
    guessed = guess_months(articles, Days(first=date(2023, 12, 5), last=date(2024, 1, 9)))
    assert [(url, str(days.last)) for url, days in guessed] == [
        (f"{P}/news/2024/01/", "2024-01-09"),
        (f"{P}/news/2023/12/", "2023-12-31"),
    ]
    assert guess_months(articles[:2], YEAR) == []
    assert guess_months([f"{P}/the-bridge"] * 9, YEAR) == []
