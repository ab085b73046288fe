"""Nothing that a site sends is without an end for us."""

from __future__ import annotations

import itertools
import re
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

import crawler.settings
from archive.encodings import MOST_ENCODINGS
from crawler.discovery import feeds, links, sitemaps, spelling, unpack
from crawler.discovery.feeds import MAX_DEPTH, read_feed
from crawler.discovery.links import read_front
from crawler.discovery.sitemaps import read_sitemap
from crawler.fetch import guard, handler
from crawler.spiders import news
from tests.crawler.loopback import ROOT, crawl, serving
from tests.crawler.test_guard import OPEN, declare, ledger

URL = "http://paper.example/feed"
LINK = b"<link>http://paper.example/story</link>"


def rss(inside: bytes) -> bytes:
    return b'<rss version="2.0"><channel><item>' + LINK + inside + b"</item></channel></rss>"


@pytest.mark.parametrize(
    ("start", "end"), [(b"<a>", b"</a>"), (b'<a b="/>">', b"</a>"), (b"<a b='>' c='/'>", b"</a>"), (b"<x:a/x>", b"")]
)
def test_a_feed_nested_without_end_is_not_read(start: bytes, end: bytes) -> None:
    listing = read_feed(rss(start * (MAX_DEPTH + 1) + end * (MAX_DEPTH + 1)), URL)
    assert (listing.links, listing.problem) == ((), "It is nested too deeply.")
    encoded = rss(start * (MAX_DEPTH + 1)).decode().encode("utf-16")
    assert read_feed(encoded, URL).problem == "It is nested too deeply."


@pytest.mark.parametrize(
    "inside",
    [
        b"<description><![CDATA[" + b"<p>no end <br>" * 30_000 + b"]]></description>",
        b"<!--" + b"<p>" * 30_000 + b"-->",
        b"<category/>" * 30_000,
        b'<enclosure url="x" />' * 30_000,
        b"<category>a</category>" * 30_000,
    ],
)
def test_a_large_feed_is_not_taken_for_a_deep_one(inside: bytes) -> None:
    assert [link.url for link in read_feed(rss(inside), URL).links] == ["http://paper.example/story"]


def test_sitemaps_fronts_and_json_nested_without_end_are_read_up_to_there() -> None:
    deep = 200_000
    one, two = (f"<url><loc>http://paper.example/{n}</loc></url>".encode() for n in (1, 2))
    listing = read_sitemap(b"<urlset>" + one + b"<url>" + b"<a>" * deep + b"</a>" * deep + b"</url>" + two, URL)
    assert [link.url for link in listing.links] == ["http://paper.example/1"]
    assert "depth" in str(listing.problem)
    assert read_front(b"<html><body>" + b"<div>" * deep + b"</div>" * deep, URL).links == ()
    json = b'{"version": "https://jsonfeed.org/version/1", "items": ' + b"[" * deep + b"]" * deep + b"}"
    assert "cannot be parsed" in str(read_feed(json, URL).problem)


def test_an_address_without_end_is_passed_over() -> None:
    assert spelling.absolute("/" + "a" * 8000, URL) is not None
    assert spelling.absolute("/" + "a" * 9000, URL) is None


@contextmanager
def flood() -> Iterator[tuple[int, list[int]]]:
    """A server whose headers never end; its port, and the bytes that each connection took."""
    listener = socket.create_server((OPEN, 0))
    taken: list[int] = []

    def serve() -> None:
        while True:
            try:
                connection, _ = listener.accept()
            except OSError:
                return
            with connection:
                connection.recv(4096)
                at = len(taken)
                taken.append(0)
                try:
                    connection.sendall(b"HTTP/1.1 200 OK\r\n")
                    for n in itertools.count():
                        header = f"X-{n}: {'y' * 1000}\r\n".encode()
                        connection.sendall(header)
                        taken[at] += len(header)
                except OSError:
                    pass

    threading.Thread(target=serve, daemon=True).start()
    try:
        yield listener.getsockname()[1], taken
    finally:
        listener.shutdown(socket.SHUT_RDWR)
        listener.close()


def test_headers_without_end_are_given_up(tmp_path: Path) -> None:
    with flood() as (port, taken):
        crawl(declare(tmp_path, f"http://{OPEN}:{port}/"))
        assert taken
        assert max(taken) < 50_000_000  # what the sockets hold besides
        ((_, state, _, detail),) = ledger(tmp_path)
        assert state == "refused"
        assert "DownloadCancelledError" in detail


def sitemap(kind: str, *urls: str) -> tuple[int, dict[str, str], bytes]:
    outer, inner = {"index": ("sitemapindex", "sitemap"), "pages": ("urlset", "url")}[kind]
    entries = "".join(f"<{inner}><loc>{url}</loc></{inner}>" for url in urls)
    return 200, {"Content-Type": "application/xml"}, f"<{outer}>{entries}</{outer}>".encode()


def test_sitemaps_that_lead_to_sitemaps_are_read_to_a_depth(tmp_path: Path) -> None:
    where: dict[str, Any] = {}
    with serving(where, OPEN) as site:
        home = f"http://{OPEN}:{site.port}"
        for n in range(6):
            where[f"/deep-{n}.xml"] = sitemap("index", f"{home}/deep-{n + 1}.xml")
        folder = declare(tmp_path, f"{home}/", source=f'sitemaps = ["{home}/deep-0.xml"]')
        crawl(folder)
        asked = [path for path in site.paths(OPEN) if path.startswith("/deep")]
        assert asked == ["/deep-0.xml", "/deep-1.xml", "/deep-2.xml", "/deep-3.xml"]
        ((_, _, _, told),) = ledger(folder, "%/deep-3.xml")
        assert told == "0 pages listed; 1 of its 1 sitemaps are left: nested too deep"


def test_no_more_sitemaps_of_a_source_are_read_than_allowed(tmp_path: Path) -> None:
    where: dict[str, Any] = {}
    with serving(where, OPEN) as site:
        home = f"http://{OPEN}:{site.port}"
        for a in range(4):
            where[f"/{a}.xml"] = sitemap("index", *(f"{home}/{a}-{b}.xml" for b in range(5)))
        where["/map.xml"] = sitemap("index", *(f"{home}/{a}.xml" for a in range(4)))
        folder = declare(tmp_path, f"{home}/", source=f'sitemaps = ["{home}/map.xml"]')
        crawl(folder, settings={"NIGHTDESK_MOST_DOCUMENTS": 12})
        asked = [path for path in site.paths(OPEN) if path.endswith(".xml")]
        assert len(asked) == 12 + 1  # the declared one does not count
        left = [state for _, state, reason, _ in ledger(folder) if reason == "too-many-documents"]
        assert left == ["refused"] * (4 + 4 * 5 - 12)


def test_the_table_of_bounds_is_that_of_the_code() -> None:
    guide = (ROOT / "docs" / "operate.md").read_text(encoding="utf-8")
    rows = re.findall(r"(?m)^\| (.+?) \| (.+?) \| .+? \|$", guide.partition("<!-- bounds -->")[2].partition("\n\n")[0])
    numbers = [[int(n.replace(",", "")) for n in re.findall(r"[0-9,]*[0-9]", most)] for _, most in rows[1:]]
    mb, kb = 1024 * 1024, 1024
    knobs = crawler.settings
    assert numbers == [
        [spelling.MAX_LINK],
        [guard.LONGEST_URL],
        [knobs.DOWNLOAD_MAXSIZE // mb],
        [handler.LARGEST_HEAD // kb],
        [knobs.DOWNLOAD_TIMEOUT],
        [knobs.REDIRECT_MAX_TIMES],
        [MOST_ENCODINGS],
        [unpack.MAX_BYTES // mb, sitemaps.MAX_URLS],
        [feeds.MAX_FEED // mb, feeds.MAX_ENTRIES],
        [256, feeds.MAX_DEPTH],
        [],
        [links.MAX_ANCHORS, links.MAX_PAGES],
        [news._MAX_SITEMAPS],
        [news._MAX_DEPTH],
        [knobs.NIGHTDESK_MOST_DOCUMENTS],
        [news.MOST_LINKS],
        [int(knobs.NIGHTDESK_SECONDS_PER_PAGE)],
        [int(knobs.NIGHTDESK_RENDER_SECONDS), knobs.NIGHTDESK_RENDER_REQUESTS, knobs.NIGHTDESK_RENDER_BYTES // mb],
    ]
