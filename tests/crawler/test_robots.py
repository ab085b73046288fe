"""crawler.discovery.robots: the Sitemap and Crawl-delay lines."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crawler.discovery.robots import MAX_ROBOTS, RobotsFile, read_robots

URL = "https://gazette.example/robots.txt"


def test_sitemaps_are_found_wherever_and_however_they_stand() -> None:
    body = (
        b"\xef\xbb\xbfSITEMAP: https://gazette.example/news.xml # newest\r\nUser-agent: *\r\nDisallow: /private/\r\n"
        b"  sitemap : /older.xml.gz\r\n#Sitemap: /no.xml\r\nSitemap:\r\nSitemap: /older.xml.gz\nSitemap: ftp://x/y\n"
    )
    assert read_robots(body, URL).sitemaps == (
        "https://gazette.example/news.xml",
        "https://gazette.example/older.xml.gz",
    )


@pytest.mark.parametrize(
    ("text", "delay"),
    [
        ("User-agent: *\nCrawl-delay: 5", 5.0),
        ("User-agent: *\nCrawl-delay: 5\n\nUser-agent: NightDesk/1.0\nCrawl-delay: 0.5", 0.5),
        ("User-agent: other\nCrawl-delay: 5", None),
        ("User-agent: other\nUser-agent: nightdesk\nDisallow: /x\nCrawl-delay: 7", 7.0),
        ("User-agent: nightdesk\nDisallow: /x\nUser-agent: *\nCrawl-delay: 7", None),
        ("User-agent: other\nSitemap: /s.xml\nUser-agent: nightdesk\nCrawl-delay: 3", 3.0),
        ("User-agent: *\nCrawl-delay: 2\nUser-agent: *\nCrawl-delay: 4", 4.0),
        ("Crawl-delay: 5", None),
        ("User-agent: *\nCrawl-delay: soon", None),
        ("User-agent: *\nCrawl-delay: -1", None),
        ("User-agent: *\nCrawl-delay: inf", None),
    ],
)
def test_the_delay_is_that_of_our_group_else_of_all(text: str, delay: float | None) -> None:
    assert read_robots(text.encode(), URL, "nightdesk/0.1 (+mailto:desk@example.org)").crawl_delay == delay


def test_a_page_in_its_place_says_nothing() -> None:
    assert read_robots(b"<!doctype html><html><body>Not found: sorry</body></html>", URL) == RobotsFile()


def test_what_is_beyond_the_size_that_everyone_reads_is_not_read() -> None:
    assert read_robots(b"#" * MAX_ROBOTS + b"\nSitemap: /late.xml", URL).sitemaps == ()


LINES = st.sampled_from(
    ["user-agent: ", "crawl-delay: ", "sitemap: ", "sitemap: http://[", "#", ":", "\n", "*", "1e999"]
)


@settings(max_examples=100, deadline=None)
@given(st.lists(LINES | st.text(max_size=5), max_size=20).map("".join))
def test_no_text_makes_the_reader_raise(text: str) -> None:
    found = read_robots(text.encode("utf-8", "replace"), URL)
    assert found.crawl_delay is None or found.crawl_delay >= 0
