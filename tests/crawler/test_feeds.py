"""crawler.discovery.feeds, jsonfeed and sniff: the entries of a feed as Links."""

from __future__ import annotations

import gzip
import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from archive.types import Kind, Link, Via
from crawler.discovery import Listing, sniff
from crawler.discovery.feeds import MAX_ENTRIES, MAX_FEED, read_feed
from crawler.discovery.spelling import words_of

URL = "http://gazette.example/feed.xml"
RSS = (
    '<?xml version="1.0" encoding="UTF-8"?><rss version="2.0" xmlns:dc="http://purl.org/dc/elements/1.1/"'
    ' xmlns:content="http://purl.org/rss/1.0/modules/content/" xmlns:atom="http://www.w3.org/2005/Atom"'
    ' xmlns:feedburner="http://rssnamespace.org/feedburner/ext/1.0"'
    ' xmlns:prism="http://prismstandard.org/namespaces/basic/2.0/"><channel><title>The &amp;amp; Gazette</title>'
    "<language>en-gb</language>{channel}{items}</channel></rss>"
)


def rss(items: str, channel: str = "") -> bytes:
    return RSS.replace("{items}", items).replace("{channel}", channel).encode()


def only(listing: Listing) -> Link:
    assert listing.problem is None
    (link,) = listing.links
    return link


def test_an_rss_item_becomes_a_link_with_all_that_the_feed_says() -> None:
    listing = read_feed(
        rss(
            "<item><title>Harbour &lt;i&gt;talks&lt;/i&gt; go on</title><link>/news/talks?utm_source=rss</link>"
            "<dc:creator>Ana Kovač</dc:creator><dc:creator>Ben Low</dc:creator>"
            "<pubDate>Sun, 22 Nov 2026 10:00:00 +0100</pubDate><category>News</category><category>Harbour</category>"
            "<description>&lt;p&gt;First.&lt;/p&gt;&lt;p&gt;Second &lt;b&gt;one&lt;/b&gt;.&lt;/p&gt;</description>"
            "<content:encoded><![CDATA[<p>Everything</p>]]></content:encoded></item>"
        ),
        URL,
    )
    link = only(listing)
    assert (link.url, link.kind, link.hint.via, link.hint.where) == (
        "http://gazette.example/news/talks",
        Kind.PAGE,
        Via.FEED,
        URL,
    )
    hint = link.hint
    assert (hint.title, hint.authors, hint.language) == ("Harbour talks go on", ("Ana Kovač", "Ben Low"), "en-gb")
    assert (hint.published, hint.modified) == ("Sun, 22 Nov 2026 10:00:00 +0100", None)
    assert (hint.section, hint.tags, hint.summary) == (None, ("News", "Harbour"), "First. Second one.")
    assert listing.title == "The & Gazette"


def test_a_single_category_is_the_section_and_prism_says_it_outright() -> None:
    one = only(read_feed(rss("<item><link>/a</link><category>Sport</category></item>"), URL))
    said = only(
        read_feed(
            rss(
                "<item><link>/a</link><category>x</category><category>y</category>"
                "<prism:section>Culture</prism:section></item>"
            ),
            URL,
        )
    )
    assert (one.hint.section, said.hint.section) == ("Sport", "Culture")


@pytest.mark.parametrize(
    ("item", "url"),
    [
        ("<link>http://proxy.example/x</link><feedburner:origLink>/original</feedburner:origLink>", "/original"),
        ("<guid>http://gazette.example/permalink</guid>", "/permalink"),
        ('<guid isPermaLink="false">http://gazette.example/guid</guid><link>/link</link>', "/link"),
        ('<link>/link</link><enclosure url="/sound.mp3" type="audio/mpeg" length="1"/>', "/link"),
    ],
)
def test_the_entry_s_own_page_is_chosen_among_its_urls(item: str, url: str) -> None:
    assert only(read_feed(rss(f"<item><title>t</title>{item}</item>"), URL)).url == f"http://gazette.example{url}"


def test_an_entry_without_a_page_is_dropped_and_counted() -> None:
    listing = read_feed(
        rss(
            '<item><guid isPermaLink="false">urn:1</guid></item><item><link>mailto:a@b.example</link></item>'
            "<item><link>/ok</link></item>"
        ),
        URL,
    )
    assert (len(listing.links), listing.dropped) == (1, 2)


def test_the_same_url_twice_is_one_link_and_the_first_one_wins() -> None:
    link = only(
        read_feed(
            rss("<item><title>First</title><link>/a</link></item><item><title>Second</title><link>/a#x</link></item>"),
            URL,
        )
    )
    assert link.hint.title == "First"


def test_the_whole_text_is_no_summary() -> None:
    item = "<item><link>/a</link><content:encoded><![CDATA[<p>All of it</p>]]></content:encoded></item>"
    assert only(read_feed(rss(item), URL)).hint.summary is None


def test_long_titles_and_summaries_are_cut_at_a_word() -> None:
    long = "word " * 5000
    hint = only(
        read_feed(
            rss(f"<item><link>/a</link><title>{long}</title><description>{long}</description></item>"),
            URL,
        )
    ).hint
    assert hint.title is not None
    assert hint.summary is not None
    assert len(hint.title) <= 500
    assert len(hint.summary) <= 1000
    assert hint.summary.endswith("word…")


def test_an_address_is_no_author() -> None:
    items = (
        "<item><link>/a</link><author>desk@gazette.example (Ben Low)</author></item>"
        "<item><link>/b</link><author>desk@gazette.example</author></item>"
        "<item><link>/c</link><author>Ben Low &lt;desk@gazette.com&gt;</author></item>"
    )
    assert [link.hint.authors for link in read_feed(rss(items), URL).links] == [("Ben Low",), (), ("Ben Low",)]


def test_an_atom_feed_in_a_legacy_encoding_with_a_base_and_session_ids() -> None:
    body = (
        '<?xml version="1.0" encoding="iso-8859-2"?><feed xmlns="http://www.w3.org/2005/Atom"'
        ' xml:base="http://zora.example/arhiv/" xml:lang="hr"><title>Stara zora</title>'
        '<author><name>Redakcija</name></author><link rel="next" href="?strana=2"/>'
        '<entry><title>Čamci na žalu</title><link rel="edit" href="uredi"/>'
        '<link rel="alternate" type="text/html" href="clanak.php?id=3&amp;PHPSESSID=0123456789abcdef"/>'
        "<published>2026-11-22T10:00:00+01:00</published><updated>2026-11-22T12:30:00+01:00</updated>"
        '<author><name>Željko Šarić</name></author><category term="kul" label="Kultura"/><summary>Sažetak</summary>'
        "</entry></feed>"
    ).encode("iso-8859-2")
    listing = read_feed(body, "http://zora.example/atom.xml", "text/xml")
    link = only(listing)
    assert link.url == "http://zora.example/arhiv/clanak.php?id=3"
    assert (link.hint.title, link.hint.authors, link.hint.language) == ("Čamci na žalu", ("Željko Šarić",), "hr")
    assert (link.hint.published, link.hint.modified) == ("2026-11-22T10:00:00+01:00", "2026-11-22T12:30:00+01:00")
    assert link.hint.tags == ("Kultura",)
    assert listing.next == "http://zora.example/arhiv/?strana=2"


def test_the_only_date_of_rss_1_is_the_publication() -> None:
    body = (
        b'<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/"'
        b' xmlns:dc="http://purl.org/dc/elements/1.1/"><channel rdf:about="x"><title>R</title></channel>'
        b'<item rdf:about="http://gazette.example/1"><title>t</title><link>http://gazette.example/1</link>'
        b"<dc:date>2026-11-01T00:00Z</dc:date></item></rdf:RDF>"
    )
    hint = only(read_feed(body, URL)).hint
    assert (hint.published, hint.modified) == ("2026-11-01T00:00Z", None)


@pytest.mark.parametrize("version", ["0.91", "0.92"])
def test_old_rss_is_read(version: str) -> None:
    body = f'<rss version="{version}"><channel><item><title>t</title><link>/a</link></item></channel></rss>'
    assert only(read_feed(body.encode(), URL)).url == "http://gazette.example/a"


def test_rfc_5005_pages_are_named() -> None:
    listing = read_feed(rss("<item><link>/a</link></item>", '<atom:link rel="next" href="/feed.xml?paged=2"/>'), URL)
    assert listing.next == "http://gazette.example/feed.xml?paged=2"


def test_a_next_part_that_is_the_feed_itself_is_none() -> None:
    listing = read_feed(rss("<item><link>/a</link></item>", '<atom:link rel="next" href="/feed.xml"/>'), URL)
    assert listing.next is None


def test_a_broken_feed_gives_what_can_be_read_and_says_so() -> None:
    listing = read_feed(
        b'<rss version="2.0"><channel><item><link>/1</link></item><item><title>u</title><link>/2</lin></item>'
        b"<item><link>/3</link></item>",
        URL,
    )
    assert [link.url for link in listing.links] == ["http://gazette.example/1", "http://gazette.example/3"]
    assert listing.problem is not None
    assert "broken" in listing.problem


def test_entities_do_not_grow() -> None:
    bomb = '<!DOCTYPE r [<!ENTITY a "aaaaaaaaaa">' + "".join(
        f'<!ENTITY {b} "{f"&{a};" * 10}">' for a, b in zip("abcdefgh", "bcdefghi", strict=True)
    )
    listing = read_feed(
        f'{bomb}]><rss version="2.0"><channel><item><title>&i;</title><link>/a</link></item></channel></rss>'.encode(),
        URL,
    )
    assert all(len(link.hint.title or "") < 100 for link in listing.links)


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (b"", "empty"),
        (b" \n", "empty"),
        (b"hello", "no feed"),
        (b"<!DOCTYPE html><html><body>Not found</body></html>", "HTML page"),
        (b"{", "cannot be parsed"),
        (b'{"items": 3}', "not a JSON Feed"),
        (b"[" * 100_000, "no feed"),
        (b'{"items":' + b"[" * 100_000, "cannot be parsed"),
    ],
)
def test_what_is_no_feed_is_a_problem_in_a_sentence(body: bytes, words: str) -> None:
    listing = read_feed(body, URL)
    assert listing.links == ()
    assert listing.problem is not None
    assert words in listing.problem


def test_a_feed_too_large_is_cut_and_says_so() -> None:
    listing = read_feed(gzip.compress(rss("<item><link>/a</link></item>") + b" " * MAX_FEED), URL)
    assert [link.url for link in listing.links] == ["http://gazette.example/a"]
    assert listing.problem is not None
    assert "larger than" in listing.problem


def test_a_json_feed_is_read_in_both_versions() -> None:
    feed = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": "Orbit",
        "language": "en",
        "next_url": "/feed.json?page=2",
        "items": [
            {
                "id": "1",
                "url": "/a?utm_medium=feed",
                "title": "T",
                "authors": [{"name": "Ana"}, {"name": "Ben"}],
                "date_published": "2026-11-22T10:00:00Z",
                "date_modified": "2026-11-22T11:00:00Z",
                "tags": ["x", 3, "y"],
                "summary": "Short.",
            },
            {"id": "http://gazette.example/b", "author": {"name": "Cora"}, "language": "fr"},
            {"id": "3"},
            "junk",
        ],
    }
    listing = read_feed(json.dumps(feed).encode("utf-8-sig"), URL)
    first, second = listing.links
    assert (first.url, second.url) == ("http://gazette.example/a", "http://gazette.example/b")
    assert (first.hint.authors, first.hint.tags, first.hint.language) == (("Ana", "Ben"), ("x", "y"), "en")
    assert (first.hint.published, first.hint.modified) == ("2026-11-22T10:00:00Z", "2026-11-22T11:00:00Z")
    assert (second.hint.authors, second.hint.language) == (("Cora",), "fr")
    assert (listing.title, listing.next, listing.dropped) == ("Orbit", "http://gazette.example/feed.json?page=2", 2)


def test_a_json_feed_beyond_the_bound_says_how_much_was_left() -> None:
    items = [{"url": f"/{n}"} for n in range(MAX_ENTRIES + 1)]
    listing = read_feed(json.dumps({"items": items}).encode(), URL)
    assert len(listing.links) == MAX_ENTRIES
    assert listing.problem is not None
    assert str(MAX_ENTRIES + 1) in listing.problem


@pytest.mark.parametrize(
    ("fragment", "words"),
    [
        ("Is 3 < 5 &amp; 7 > 2?", "Is 3 < 5 & 7 > 2?"),
        ("<p>One</p><p>T<b>w</b>o</p><script>x()</script>", "One Two"),
        ("<![if !mso]>Kept<![endif]>", "Kept"),
        ("https://gazette.example/a", "https://gazette.example/a"),
        ("  \x00 \n ", None),
        (None, None),
    ],
)
def test_fragments_become_words(fragment: object, words: str | None) -> None:
    assert words_of(fragment) == words


@pytest.mark.parametrize(
    ("body", "content_type", "url", "kind"),
    [
        (rss(""), "text/html", URL, Kind.FEED),
        (b'\n<?xml version="1.0"?><!-- a > b --><feed xmlns="http://www.w3.org/2005/Atom">', None, URL, Kind.FEED),
        (b'<a:RDF xmlns:a="x">', None, URL, Kind.FEED),
        (b'{"version": "https://jsonfeed.org/version/1", "title": "x"}', "application/json", URL, Kind.FEED),
        (b'{"posts": []}', "application/json", URL, None),
        (b"\xef\xbb\xbf<urlset><url>", "application/rss+xml", URL, Kind.SITEMAP),
        (gzip.compress(b"<sitemapindex>", mtime=0), None, URL, Kind.SITEMAP),
        ("<urlset>".encode("utf-16"), None, URL, Kind.SITEMAP),
        (b"http://a.example/1\nhttp://a.example/2\n", "text/plain; charset=utf-8", URL, Kind.SITEMAP),
        (b"http://a.example/1\n", None, "http://a.example/sitemap.txt", Kind.SITEMAP),
        (b"User-agent: *\n", "text/plain", "http://a.example/robots.txt", None),
        (b"<!DOCTYPE html>\n<p>x", "application/xml", URL, Kind.PAGE),
        (b"<center>old</center>", "text/html", URL, Kind.PAGE),
        (b"%PDF-1.7", "application/pdf", URL, None),
        (b"", "text/html", URL, None),
    ],
)
def test_a_document_is_known_by_its_first_bytes(
    body: bytes, content_type: str | None, url: str, kind: Kind | None
) -> None:
    assert sniff(body, content_type, url) is kind


PIECES = [
    b"<rss version='2.0'>", b"<feed xmlns='http://www.w3.org/2005/Atom'>", b"<channel>", b"<item>", b"</item>",
    b"<entry>", b"</entry>", b"<link>", b"<link href='http://[x'/>", b"</link>", b"http://[", b"<title>", b"</title>",
    b"<![CDATA[", b"<![x", b"]]>", b"<!--", b"&#xD800;", b"&bogus;", b"<?xml version='1.0' encoding='klingon'?>",
    b"<guid>", b"<pubDate>", b"\xff\xfe", b"\x00", b"{", b'"items":[', b"<author>", b"<div>", b"<!DOCTYPE x [",
    b"<description>", b"xml:base='http://['", b"<x:y z:w='1'/>", b">", b"a b c",
]  # fmt: skip


@settings(max_examples=150, deadline=None)
@given(st.lists(st.sampled_from(PIECES) | st.binary(max_size=6), max_size=25), st.sampled_from([None, "text/xml", "x"]))
def test_no_bytes_make_the_readers_raise(pieces: list[bytes], content_type: str | None) -> None:
    body = b"".join(pieces)
    listing = read_feed(body, URL, content_type)
    assert all(link.url.startswith("http") for link in listing.links)
    sniff(body, content_type, URL)


def test_a_document_at_no_address_gives_no_links() -> None:
    assert read_feed(rss("<item><link>/a</link></item>"), "http://[").links == ()
