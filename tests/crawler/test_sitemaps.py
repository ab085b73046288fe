"""crawler.discovery.sitemaps: the URLs of a sitemap as Links."""

from __future__ import annotations

import gzip

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from archive.types import Kind, Via
from crawler.discovery import Listing
from crawler.discovery.sitemaps import MAX_URLS, read_sitemap
from crawler.discovery.unpack import MAX_BYTES, unpack

URL = "http://gazette.example/sitemap.xml"
HEAD = (
    '<?xml version="1.0" encoding="UTF-8"?><urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"'
    ' xmlns:news="http://www.google.com/schemas/sitemap-news/0.9"'
    ' xmlns:image="http://www.google.com/schemas/sitemap-image/1.1">'
)


def urlset(*entries: str) -> bytes:
    return (HEAD + "".join(f"<url>{entry}</url>" for entry in entries) + "</urlset>").encode()


def urls(listing: Listing) -> list[str]:
    return [link.url.removeprefix("http://gazette.example") for link in listing.links]


def test_a_news_sitemap_gives_dates_title_language_and_keywords() -> None:
    listing = read_sitemap(
        urlset(
            "<loc>http://gazette.example/news/talks?utm_source=sm</loc><lastmod>2026-11-22</lastmod>"
            "<news:news><news:publication><news:name>The Gazette</news:name><news:language>en</news:language>"
            "</news:publication><news:publication_date>2026-11-21T08:30:00+01:00</news:publication_date>"
            "<news:title>Talks &amp; tides</news:title><news:keywords>harbour, strike,, harbour</news:keywords>"
            "</news:news>"
        ),
        URL,
    )
    (link,) = listing.links
    assert listing.problem is None
    assert (link.url, link.kind) == ("http://gazette.example/news/talks", Kind.PAGE)
    hint = link.hint
    assert (hint.via, hint.where, hint.title, hint.language) == (Via.SITEMAP, URL, "Talks & tides", "en")
    assert (hint.published, hint.modified) == ("2026-11-21T08:30:00+01:00", "2026-11-22")
    assert hint.tags == ("harbour", "strike")


def test_images_are_no_pages() -> None:
    image = "<image:image><image:loc>http://gazette.example/a.jpg</image:loc></image:image>"
    assert urls(read_sitemap(urlset(f"{image}<loc>/a</loc>"), URL)) == ["/a"]


def test_an_index_gives_sitemaps_but_never_itself() -> None:
    body = (
        "<sitemapindex xmlns='http://www.sitemaps.org/schemas/sitemap/0.9'>"
        "<sitemap><loc>http://gazette.example/news.xml.gz</loc><lastmod>2026-11-22T01:00:00Z</lastmod></sitemap>"
        f"<sitemap><loc>{URL}</loc></sitemap></sitemapindex>"
    )
    (link,) = read_sitemap(body.encode(), URL).links
    assert (link.url, link.kind) == ("http://gazette.example/news.xml.gz", Kind.SITEMAP)
    assert link.hint.modified == "2026-11-22T01:00:00Z"


def test_gzip_is_known_by_its_bytes_even_twice_joined() -> None:
    whole = urlset("<loc>/a</loc>", "<loc>/b</loc>")
    assert urls(read_sitemap(gzip.compress(whole), "http://gazette.example/sitemap")) == ["/a", "/b"]
    assert urls(read_sitemap(gzip.compress(whole[:200]) + gzip.compress(whole[200:]), URL)) == ["/a", "/b"]


def test_a_cut_gzip_stream_gives_what_came_before() -> None:
    whole = gzip.compress(urlset(*(f"<loc>/{n * 7919 % 1000}/{n}</loc>" for n in range(3000))))
    listing = read_sitemap(whole[: len(whole) // 2], URL)
    assert 100 < len(listing.links) < 3000
    assert listing.problem == "The gzip stream ends too early."


def test_a_gzip_bomb_stops_at_the_bound() -> None:
    plain, problem = unpack(gzip.compress(b" " * (MAX_BYTES + 10)))
    assert len(plain) == MAX_BYTES
    assert problem is not None
    assert "larger than 50 MiB" in problem


def test_broken_gzip_is_a_problem() -> None:
    listing = read_sitemap(b"\x1f\x8b\x08\x00nonsense, not deflate", URL)
    assert listing.links == ()
    assert listing.problem is not None
    assert "gzip" in listing.problem


def test_a_plain_list_of_urls_is_a_sitemap_and_its_words_are_not() -> None:
    listing = read_sitemap(b"\xef\xbb\xbfhttp://gazette.example/a\r\n\r\nword\nhttp://gazette.example/b", URL)
    assert (urls(listing), listing.dropped) == (["/a", "/b"], 1)


@pytest.mark.parametrize(
    "body",
    [
        b'<rss version="2.0"><channel><item><title>T</title><link>/a</link></item></channel></rss>',
        b'<feed xmlns="http://www.w3.org/2005/Atom"><entry><title>T</title><link href="/a"/></entry></feed>',
    ],
)
def test_a_feed_in_a_sitemap_s_place_is_read_as_a_sitemap(body: bytes) -> None:
    (link,) = read_sitemap(body, URL).links
    assert (link.url, link.hint.via, link.hint.title) == ("http://gazette.example/a", Via.SITEMAP, "T")


def test_bare_ampersands_and_blank_lines_before_the_declaration_are_forgiven() -> None:
    body = b"\n\n" + urlset("<loc>/a?b=1&c=2&amp;d=3</loc>", "<loc><![CDATA[/e?f=1&g=2]]></loc>")
    listing = read_sitemap(body, URL)
    assert (urls(listing), listing.problem) == (["/a?b=1&c=2&d=3", "/e?f=1&g=2"], None)


def test_undeclared_namespaces_are_forgiven() -> None:
    body = (
        b"<urlset><url><loc>/a</loc><image:image><image:loc>/i.png</image:loc></image:image>"
        b"<news:news><news:title>T</news:title></news:news></url></urlset>"
    )
    listing = read_sitemap(body, URL)
    assert [(link.url, link.hint.title) for link in listing.links] == [("http://gazette.example/a", "T")]
    assert listing.problem is None


def test_broken_xml_gives_what_can_be_read_and_says_so() -> None:
    listing = read_sitemap(b"<urlset><url><loc>/1</loc></url><url><loc>/2</lo></url><url><loc>/3</loc></url>", URL)
    assert urls(listing) == ["/1", "/2", "/3"]
    assert listing.problem is not None
    assert "line 1" in listing.problem


def test_an_address_that_is_cut_in_the_middle_is_not_invented() -> None:
    listing = read_sitemap(urlset("<loc>/one</loc>", "<loc>http://gazette.example/two</loc>")[:-22], URL)
    assert urls(listing) == ["/one"]
    assert listing.problem is not None


def test_entities_are_not_resolved_and_files_not_opened() -> None:
    body = (
        b'<!DOCTYPE urlset [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;&a;"><!ENTITY f SYSTEM "file:///etc/hostname">]>'
        b"<urlset><url><loc>http://gazette.example/&b;</loc></url><url><loc>http://gazette.example/&f;</loc></url>"
        b"<url><loc>/ok</loc></url></urlset>"
    )
    listing = read_sitemap(body, URL)
    assert (urls(listing), listing.dropped) == (["/ok"], 2)


def test_utf_16_is_read() -> None:
    body = '<?xml version="1.0" encoding="UTF-16"?><urlset><url><loc>/a</loc></url></urlset>'.encode("utf-16")
    assert urls(read_sitemap(body, URL)) == ["/a"]


def test_more_urls_than_the_protocol_allows_are_left_and_said() -> None:
    body = "\n".join(f"http://gazette.example/{n}" for n in range(MAX_URLS + 1)).encode()
    listing = read_sitemap(body, URL)
    assert len(listing.links) == MAX_URLS
    assert listing.problem is not None
    assert "50000" in listing.problem


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (b"", "empty"),
        (b"<html><body>404</body></html>", "an HTML page"),
        (b'<?xml version="1.0"?><opml></opml>', "<opml>"),
        (b"just words", "None of its 1 entries"),
        (b"<urlset><url><loc>mailto:x@y.example</loc></url></urlset>", "None of its 1 entries"),
    ],
)
def test_what_is_no_sitemap_is_a_problem_in_a_sentence(body: bytes, words: str) -> None:
    listing = read_sitemap(body, URL)
    assert listing.links == ()
    assert listing.problem is not None
    assert words in listing.problem


def test_an_empty_urlset_is_no_problem() -> None:
    assert read_sitemap(urlset(), URL) == Listing()


PIECES = [
    b"<urlset>", b"<sitemapindex>", b"<url>", b"</url>", b"<sitemap>", b"</sitemap>", b"<loc>", b"</loc>", b"http://[",
    b"/a", b"&x;", b"&", b"<![CDATA[", b"]]>", b"<!--", b"-->", b"<news:news>", b"</urlset>", b"<?x", b"\xff\xfe",
    b"\x00", b"\x1f\x8b\x08", b"<!DOCTYPE x [<!ENTITY x 'y'>]>", b"<lastmod>", b"\n",
]  # fmt: skip


@settings(max_examples=200, deadline=None)
@given(st.lists(st.sampled_from(PIECES) | st.binary(max_size=6), max_size=25), st.booleans())
def test_no_bytes_make_the_reader_raise(pieces: list[bytes], packed: bool) -> None:
    body = b"".join(pieces)
    listing = read_sitemap(gzip.compress(body) if packed else body, URL)
    assert all(link.url.startswith("http") for link in listing.links)


def test_a_document_at_no_address_gives_no_links() -> None:
    assert read_sitemap(urlset("<loc>/a</loc>"), "http://[").links == ()
