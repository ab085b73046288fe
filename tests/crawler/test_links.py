"""crawler.discovery.links: what a front or section page leads to."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from archive.types import Kind, Via
from crawler.discovery import FrontListing
from crawler.discovery.likeness import looks_like_section, page_number
from crawler.discovery.links import MAX_ANCHORS, MAX_PAGES, Place, looks_like_article, read_front

HOME = "https://paper.example/"

PLAIN = """<!doctype html><html lang="en"><head><title>paper.example front page</title>
<link rel="alternate" type="application/rss+xml" href="/feed.xml"></head><body>
<nav><a href="/">Home</a> <a href="/section/news.html">News</a> <a href="/section/world.html">World</a>
<a href="/about.html">About</a></nav><main><h1>Front</h1><ul>
<li><h3><a href="/news/bridge-reopens-12ab34cd.html">Bridge reopens</a></h3></li>
<li><h3><a href="/world/index-99ab34cd.html">Vote</a></h3></li></ul></main></body></html>"""

WORDPRESS = """<html><head><title>Home - Millbrook</title><meta property="og:site_name" content="Millbrook Courier">
<link rel="alternate" type="application/rss+xml" title="Millbrook » Feed" href="/feed/">
<link rel="alternate" type="application/rss+xml" title="Millbrook » Comments Feed" href="/comments/feed/">
<link rel="alternate" type="application/rss+xml" title="x" href="/2026/11/20/council-votes/feed/">
<link rel="alternate" type="application/json" href="/wp-json/wp/v2/pages/3"></head>
<body class="home menu-open"><header><ul id="menu-main" class="menu">
<li><a href="/category/news/">News</a></li><li><a href="/category/food-and-drink/">Food &amp; Drink</a></li>
<li><a href="/about/">About us</a></li><li><a href="/contact">Contact</a></li></ul></header>
<main><article><a href="/2026/11/20/council-votes/"><img src="a.jpg"></a>
<h2 class="entry-title"><a href="/2026/11/20/council-votes/" rel="nofollow">Council votes</a></h2>
<p><a href="/2026/11/20/council-votes/">A long teaser that says much more than the headline does … read more</a></p>
<a href="/author/jane/">Jane Doe writes about the council for us</a> <a href="/tag/council/">council</a>
<a href="/2026/11/20/council-votes/?replytocom=4#respond">Reply</a></article>
<article><h2><a href="/2026/11/19/mill-fire/amp/">Fire at the mill</a></h2></article>
<a href="/2026/11/">November 2026</a><a href="https://elsewhere.example/2026/11/19/some-long-story/">Elsewhere</a>
<a class="page-numbers" href="/page/2/">2</a></main>
<footer><a href="/calendar/2026/11/22/">Events calendar</a><a href="/privacy-policy/">Privacy</a>
<a href="/wp-login.php">Log in</a><a href="mailto:desk@paper.example">Mail</a><a href="http://[bad">bad</a></footer>
</body></html>"""

BUILDER = """<html><body><div id="k0"><a href="#main">top of page</a><div class="k1"><a href="/">Home</a>
<a href="/news">News</a><a href="/opinion">Opinion</a><a href="/about">About</a></div>
<div class="q9"><a href="/post/harbour-talks"><div class="z"></div></a>
<a href="/post/harbour-talks"><div>Harbour talks go on</div></a><a href="/post/win?utm_source=x">Win</a></div>
<a href="https://builder.example/">Made with a builder</a></div></body></html>"""

TABLES = """<html><head><meta http-equiv="content-type" content="text/html; charset=windows-1252">
<title>Elbe-Bote</title><base href="/zeitung/"></head><body><table><tr>
<td><a href="politik.htm">Politik</a><br><a href="lokales.htm">Lokales</a><br><a href="impressum.htm">Impressum</a></td>
<td><a href="artikel.php?id=123&PHPSESSID=0123456789abcdef"><font size="4"><b>Brücke gesperrt</b></font></a>
<a href="artikel.php?id=123">mehr</a><a href="brand.htm">Großer Brand in der Altstadt am Sonntag</a>
<a href="kategorie.php?id=3">Sport</a><a href="artikel.php?id=124">weiterlesen</a></td></tr></table></body></html>"""


def read(page: bytes | str, url: str = HOME) -> FrontListing:
    listing = read_front(page, url)
    assert listing.problem is None
    return listing


def paths(urls: object) -> list[str]:
    return [str(getattr(u, "url", u)).removeprefix("https://paper.example") for u in urls]  # type: ignore[attr-defined]


def test_a_plain_front_gives_its_articles_sections_feed_and_title() -> None:
    listing = read(PLAIN)
    assert paths(listing.links) == ["/news/bridge-reopens-12ab34cd.html", "/world/index-99ab34cd.html"]
    assert paths(listing.sections) == ["/section/news.html", "/section/world.html"]
    assert paths(listing.feeds) == ["/feed.xml"]
    assert (listing.title, listing.next, listing.dropped) == ("paper.example front page", None, 0)
    first, section = listing.links[0], listing.sections[0]
    assert (first.kind, first.hint.via, first.hint.where, first.hint.title) == (
        Kind.PAGE,
        Via.FRONT,
        HOME,
        "Bridge reopens",
    )
    assert (section.kind, section.hint.title) == (Kind.SECTION, "News")


def test_a_wordpress_front_is_read_without_its_machinery() -> None:
    listing = read(WORDPRESS)
    assert paths(listing.links) == ["/2026/11/20/council-votes/", "/2026/11/19/mill-fire"]
    assert paths(listing.sections) == ["/category/news/", "/category/food-and-drink/"]
    assert paths(listing.feeds) == ["/feed/"]
    assert (listing.title, listing.dropped) == ("Millbrook Courier", 1)
    assert paths([listing.next]) == ["/page/2/"]


def test_the_headline_is_the_title_and_not_the_longer_teaser() -> None:
    assert read(WORDPRESS).links[0].hint.title == "Council votes"


def test_a_site_builder_s_nameless_blocks_are_read() -> None:
    listing = read(BUILDER)
    assert [(link.url[21:], link.hint.title) for link in listing.links] == [
        ("/post/harbour-talks", "Harbour talks go on"),
        ("/post/win", "Win"),
    ]
    assert paths(listing.sections) == ["/news", "/opinion"]


def test_old_tables_are_read_in_their_encoding_against_their_base() -> None:
    listing = read(TABLES.encode("cp1252"))
    assert [(link.url[29:], link.hint.title) for link in listing.links] == [
        ("/artikel.php?id=123", "Brücke gesperrt"),
        ("/brand.htm", "Großer Brand in der Altstadt am Sonntag"),
        ("/artikel.php?id=124", None),
    ]
    assert [section.url[29:] for section in listing.sections] == ["/politik.htm", "/lokales.htm", "/kategorie.php?id=3"]


def test_the_header_s_encoding_counts() -> None:
    page = '<h2><a href="/post/zar">Žar na žalu</a></h2>'.encode("iso-8859-2")
    (link,) = read_front(page, HOME, content_type="text/html; charset=iso-8859-2").links
    assert link.hint.title == "Žar na žalu"


def test_a_section_page_says_so_and_does_not_lead_home_or_to_itself() -> None:
    page = (
        '<nav><a href="https://www.paper.example/">Home</a><a href="/sport/">Sport</a><a href="/culture/">Culture</a>'
        '</nav><h2><a href="/2026/11/22/final/">Final</a></h2>'
    )
    listing = read_front(page, "https://paper.example/sport/", kind=Kind.SECTION)
    assert paths(listing.sections) == ["/culture/"]
    assert listing.links[0].hint.via is Via.SECTION


def test_other_hosts_count_when_the_source_says_so() -> None:
    page = '<main><a href="https://desk.other.example/2026/11/22/final/">Final</a></main>'
    assert read_front(page, HOME).links == ()
    assert len(read_front(page, HOME, also_on=("desk.other.example",)).links) == 1


ARTICLES = [
    ("/2026/11/22/final/", "", Place.BODY),
    ("/2026/nov/22/harbour-talks", "", Place.BODY),
    ("/politics/2026-11-22/final", "", Place.STORY),
    ("/20261122/final.html", "", Place.BODY),
    ("/archive/2026/11/22/final/", "Final", Place.STORY),
    ("/leadership/why-has-it-failed/2026/11", "Why", Place.STORY),
    ("/post/win", "", Place.BODY),
    ("/news/articles/c8xnz1y2z3ro", "Floods", Place.STORY),
    ("/harbour-talks-go-on", "", Place.BODY),
    ("/sport/cup-final-tonight", "", Place.STORY),
    ("/cup-final-tonight", "Cup final", Place.HEADLINE),
    ("/harbour-talks-12345678", "", Place.BODY),
    ("/news/1234567", "Harbour talks resume", Place.STORY),
    ("/artikel.php?id=7", "mehr", Place.BODY),
    ("/?p=123", "Talks", Place.HEADLINE),
    ("/sport/final-2.html", "Nail-biting cup final", Place.STORY),
    ("/brand.htm", "Großer Brand in der Altstadt", Place.STORY),
    ("/x/a7f3", "Dockers refuse the latest offer", Place.HEADLINE),
    ("/новости/порт-бастует-третью-неделю", "", Place.BODY),
    ("/news/港湾労働者が三週間目のストライキ", "", Place.BODY),
    ("/category/news/2026/11/22/final/", "", Place.STORY),
    ("/talks-in-the-harbour-go-on", "Talks go on", Place.MENU),
]
OTHERS = [
    ("/", "Paper", Place.HEADLINE),
    ("/sport", "All the latest from sport", Place.HEADLINE),
    ("/2026/11/22/", "What happened on this very long day", Place.HEADLINE),
    ("/news/2026/11", "All of the stories of November", Place.STORY),
    ("/calendar/2026/11/22/", "What is on in town this Sunday evening", Place.STORY),
    ("/calendar/2026/11/22/market-in-the-square", "Market in the square", Place.HEADLINE),
    ("/tag/harbour-talks-go-on", "Harbour talks go on and on", Place.HEADLINE),
    ("/author/ana-maria-van-dam", "Ana Maria van Dam", Place.STORY),
    ("/category/arts-and-culture", "Arts and culture in our town today", Place.STORY),
    ("/news/page/2/", "Older news from the harbour and beyond", Place.STORY),
    ("/news?page=2", "Older news from the harbour and beyond", Place.STORY),
    ("/search?q=harbour", "Search for more about the harbour", Place.BODY),
    ("/login?next=/2026/11/22/final/", "Log in to read the whole story", Place.STORY),
    ("/wp-json/wp/v2/posts/1234567", "x", Place.BODY),
    ("/cdn-cgi/l/email-protection", "Write to us about this long story", Place.BODY),
    ("/2026/11/22/final/feed/", "Feed of this", Place.BODY),
    ("/2026/11/22/final.pdf", "The final as a printable document", Place.STORY),
    ("/photos/2026/11/22/final.jpg", "", Place.STORY),
    ("/terms-of-use", "Terms of use", Place.BODY),
    ("/letters-to-editors", "Letters", Place.STORY),
    ("/food-and-drink", "Food & drink", Place.MENU),
    ("/about/how-we-work-with-sources", "How we work", Place.STORY),
    ("/rubrik.php?id=3", "Sport", Place.STORY),
    ("/privacy.html", "How we use the data that you give us", Place.STORY),
    ("/harbour-talks-live", "Live: talks", Place.MENU),
]


@pytest.mark.parametrize(("path", "text", "place"), ARTICLES)
def test_an_article_is_known_by_its_link(path: str, text: str, place: Place) -> None:
    assert looks_like_article(HOME + path[1:], text, place)


@pytest.mark.parametrize(("path", "text", "place"), OTHERS)
def test_what_is_no_article_is_not_taken_for_one(path: str, text: str, place: Place) -> None:
    assert not looks_like_article(HOME + path[1:], text, place)


@pytest.mark.parametrize(
    ("url", "text", "place", "expected"),
    [
        (HOME + "sport", "Sport", Place.MENU, True),
        (HOME + "en/news/local.html", "Local", Place.MENU, True),
        (HOME + "category/sport/", "Sport", Place.STORY, True),
        (HOME + "index.php?rubrik=lokales", "Lokales", Place.STORY, True),
        ("https://sport.paper.example/", "Sport", Place.MENU, True),
        ("https://shop.paper.example/", "Shop", Place.MENU, False),
        (HOME + "sport", "Sport", Place.STORY, False),
        (HOME + "tag/harbour", "Harbour", Place.MENU, False),
        (HOME + "impressum.htm", "Impressum", Place.MENU, False),
        (HOME + "uvjeti-koristenja/", "Uvjeti", Place.MENU, False),
        (HOME + "newsletters", "Newsletters", Place.MENU, False),
        (HOME + "calendar/2026/11/22/", "Calendar", Place.MENU, False),
        (HOME + "2026/11/", "November", Place.MENU, False),
        (HOME + "sport", "The ten best goals of the whole season", Place.MENU, False),
        (HOME + "feed/", "RSS", Place.MENU, False),
        (HOME + "sport", "", Place.MENU, False),
    ],
)
def test_a_section_is_a_short_path_in_a_menu_or_says_so(url: str, text: str, place: Place, *, expected: bool) -> None:
    assert looks_like_section(url, text, place) is expected


@pytest.mark.parametrize(
    ("page", "url", "following"),
    [
        ('<link rel="next" href="/page/2/"><p>x', HOME, "/page/2/"),
        ('<a rel="next" href="?page=3">→</a>', HOME + "news?page=2", "/news?page=3"),
        ('<a href="/news?page=1">1</a><a href="/news?page=3">3</a>', HOME + "news?page=2", "/news?page=3"),
        ('<a href="/news-2.html">2</a>', HOME + "news.html", "/news-2.html"),
        ('<a href="/news/?offset=20">Older posts »</a>', HOME + "news/", "/news/?offset=20"),
        ('<a href="/news/?offset=20">Starije objave</a>', HOME + "news/", "/news/?offset=20"),
        ('<a href="/sport/page/2/">Next</a>', HOME + "news/", None),
        ('<a rel="next" href="/2026/11/23/the-next-story/">Next</a>', HOME, None),
        ('<a rel="next" href="/calendar/2026/11/23/">Next day</a>', HOME, None),
        ('<a rel="next" href="https://elsewhere.example/page/2/">Next</a>', HOME, None),
        ('<a href="/news/page/2/">2</a>', HOME + "news/page/2/", None),
        ('<a href="/calendar/2026/11/">Next</a><p>x', HOME + "calendar/2026/", None),
    ],
)
def test_the_next_part_of_a_list_is_found_and_traps_are_not(page: str, url: str, following: str | None) -> None:
    found = read_front(f"<html><body>{page}</body></html>", url).next
    assert found == (HOME[:-1] + following if following else None)


@pytest.mark.parametrize(
    ("path", "first", "number"),
    [
        ("news/page/3/", "paper.example/news?", 3),
        ("news?page=3&x=1", "paper.example/news?x=1", 3),
        ("news/3", "paper.example/news?", 3),
        ("news-3.html", "paper.example/news.html?", 3),
        ("news", "paper.example/news?", 1),
    ],
)
def test_the_number_of_a_part_is_read(path: str, first: str, number: int) -> None:
    assert page_number(HOME + path) == (first, number)


def test_feeds_that_are_only_linked_are_found_too() -> None:
    listing = read('<p><a href="/rss.xml">RSS</a><a href="feed:/atom/">Atom</a><a href="/?feed=rss2">Feed</a></p>')
    assert paths(listing.feeds) == ["/rss.xml", "/atom/", "/?feed=rss2"]


def test_a_declared_feed_may_live_elsewhere_and_json_counts_when_it_is_a_feed() -> None:
    page = (
        '<link rel="alternate" type="application/rss+xml" href="https://feeds.example/paper">'
        '<link rel="alternate" type="application/json" href="/feed.json">'
        '<link rel="alternate" type="application/json" href="/data.json"><p>x'
    )
    assert paths(read(page).feeds) == ["https://feeds.example/paper", "/feed.json"]


def test_words_in_scripts_are_no_headline_and_blocks_end_words() -> None:
    page = (
        '<main><a href="/post/win"><style>.x{}</style><div>Our <i>w</i>in</div><div>at last</div><!-- x -->!</a></main>'
    )
    assert read(page).links[0].hint.title == "Our win at last !"
    label = '<h2><a href="/post/vote"><span class="k3">Live</span>The <em>vote</em>: as it happened</a></h2>'
    assert read(label).links[0].hint.title == "Live The vote: as it happened"


@pytest.mark.parametrize(
    ("page", "words"),
    [
        (b"", "empty"),
        ("  <!-- -->", "empty"),
        (b"<?xml version='1.0'?><rss><channel/></rss>", "<rss>"),
        ("<urlset></urlset>", "<urlset>"),
    ],
)
def test_what_is_no_page_is_a_problem_in_a_sentence(page: bytes | str, words: str) -> None:
    listing = read_front(page, HOME)
    assert listing.links == ()
    assert listing.problem is not None
    assert words in listing.problem


PIECES = [
    "<a href='http://['>", "<a href='//'>", "<a href='/2026/11/22/x'>", "<base href='http://[x'>", "<nav>", "</nav>",
    "<h2>", "</a>", "<link rel='next' href='?'>", "<link rel=alternate type='application/rss+xml' href='::'>", "\x00",
    "<!--", "<?xml version='1.0' encoding='klingon'?>", "<svg>", "<a href='/?id=%ff&page=٣'>", "<frameset>", "\ud800",
    "<meta property='og:site_name'>", "<a href='feed:'>", "text", "<table><td>", "<title>",
]  # fmt: skip


@settings(max_examples=150, deadline=None)
@given(st.lists(st.sampled_from(PIECES) | st.text(max_size=4), max_size=20).map("".join), st.booleans())
def test_no_page_makes_the_reader_raise(page: str, as_bytes: bool) -> None:
    listing = read_front(page.encode("utf-8", "replace") if as_bytes else page, HOME)
    assert all(link.url.startswith("http") for link in (*listing.links, *listing.sections))
    assert not {link.url for link in listing.links} & {link.url for link in listing.sections}


def test_more_links_than_are_looked_at_are_said() -> None:
    listing = read_front("".join(f'<a href="/post/p{n}">t</a>' for n in range(MAX_ANCHORS + 5)), HOME)
    assert len(listing.links) == MAX_PAGES
    assert listing.problem is not None
    assert str(MAX_ANCHORS) in listing.problem


def test_a_document_at_no_address_gives_no_links() -> None:
    assert read_front(PLAIN, "http://[").links == ()
