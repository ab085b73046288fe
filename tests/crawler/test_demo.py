"""The bundled newspapers: what they show on each night, and the faults that can be ordered."""

from __future__ import annotations

import gzip
import http.client
import json
import re
import socket
import subprocess
import sys
import time
import zlib
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from email.utils import parsedate_to_datetime
from itertools import pairwise
from pathlib import Path
from urllib.parse import urlsplit
from xml.etree import ElementTree

import feedparser
import pytest

from crawler.demo import PAPERS, DemoInternet
from crawler.demo.faults import FAULTS
from crawler.demo.newsstand import Newsstand

TODAY = date(2026, 11, 22)
STUDENT = "http://harbour-student.example/"
COURIER = "http://millbrook-courier.example/"
LEDGER = "http://www.capital-ledger.example/"
ELBE = "http://elbe-bote.example/"
ORBIT = "http://orbit-daily.example/"
EXPLAINER = f"{STUDENT}post/explainer-harbour-talks-continue-as-dockers-refuse-the-offer"
LETTERS = f"{STUDENT}post/letters-what-you-told-us-about-the-canteen"
COUNCIL_TAX = f"{COURIER}2026/11/13/council-tax-to-rise-by-three-per-cent/"
HALDEN = f"{LEDGER}business/2026/11/15/halden-motors-to-build-batteries-at-the-old-shipyard-88107"
RESIGNED = f"{LEDGER}politics/2026/11/16/minister-resigns-over-holiday-villa-88108"
LOCKED = f"{LEDGER}politics/2026/11/11/ledger-investigation-the-bridge-certificates-88102"
BUTTER = f"{LEDGER}business/2026/11/12/central-bank-leaves-rates-alone-and-blames-butter-88103"


@pytest.fixture(scope="module")
def server() -> Iterator[DemoInternet]:
    with DemoInternet(today=TODAY) as net:
        yield net


@pytest.fixture
def net(server: DemoInternet) -> DemoInternet:
    server.set_night(1)
    server.clear_faults()
    server.reset_hits()
    return server


def page(net: DemoInternet, url: str, encoding: str = "utf-8") -> str:
    status, _, body = net.get(url)
    assert status == 200, url
    return body.decode(encoding)


def article_urls(net: DemoInternet) -> dict[str, set[str]]:
    """Paper → the articles that its feed lists."""
    ledger = json.loads(page(net, f"{LEDGER}feed.json"))["items"]
    orbit = json.loads(page(net, f"{ORBIT}feed.json"))["items"]
    return {
        "harbour-student": {e.link for e in feedparser.parse(page(net, f"{STUDENT}blog-feed.xml")).entries},
        "millbrook-courier": {e.link for e in feedparser.parse(page(net, f"{COURIER}feed/")).entries},
        "capital-ledger": {item["url"].partition("?")[0] for item in ledger},
        "elbe-bote": {e.link for e in feedparser.parse(net.get(f"{ELBE}atom.xml")[2]).entries},
        "orbit-daily": {item["url"] for item in orbit},
    }


def sitemap_urls(body: bytes) -> list[str]:
    root = ElementTree.fromstring(gzip.decompress(body) if body[:2] == b"\x1f\x8b" else body)
    return [loc.text or "" for loc in root.iter("{http://www.sitemaps.org/schemas/sitemap/0.9}loc")]


# What the papers show


def test_every_paper_has_the_articles_its_feed_lists(net: DemoInternet) -> None:
    for paper, urls in article_urls(net).items():
        assert 6 <= len(urls) <= 14, paper
        for url in urls:
            assert net.get(url)[0] == 200, url


def test_fronts_and_their_further_pages_show_every_listed_article(net: DemoInternet) -> None:
    urls = article_urls(net)
    assert all(url in page(net, STUDENT) for url in urls["harbour-student"])
    pages = [page(net, f"{COURIER}page/{n}/") for n in (2, 3)]
    assert all(url in "".join([page(net, COURIER), *pages]) for url in urls["millbrook-courier"])
    assert all(url in page(net, LEDGER) for url in urls["capital-ledger"])
    front = page(net, ELBE, "windows-1252")
    assert all(url.removeprefix(ELBE) in front for url in urls["elbe-bote"])
    assert not any(urlsplit(url).path in page(net, ORBIT) for url in urls["orbit-daily"])


def test_robots_txt_closes_a_path_that_the_front_page_links_and_that_has_an_article(net: DemoInternet) -> None:
    closed = {
        STUDENT: "/members/from-the-archive-the-great-biscuit-affair",
        COURIER: "/subscribers/subscribers-crossword-answers/",
        LEDGER: "/members/members-briefing-what-the-lobby-knows",
        ELBE: "/intern/aus-dem-hausarchiv-die-flut-von-1962.htm",
        ORBIT: "/lab/5008",
    }
    for home, path in closed.items():
        folder = "/" + path.split("/")[1] + "/"
        assert f"Disallow: {folder}" in page(net, f"{home}robots.txt")
        assert path in page(net, home, "windows-1252" if home == ELBE else "utf-8")
        assert net.get(home.rstrip("/") + path)[0] == 200


def test_sitemaps_lead_from_robots_txt_to_the_articles_through_an_index_and_gzip(net: DemoInternet) -> None:
    urls = article_urls(net)
    for home, paper in ((COURIER, "millbrook-courier"), (LEDGER, "capital-ledger"), (ORBIT, "orbit-daily")):
        robots = page(net, f"{home}robots.txt")
        waiting = [line.split(": ")[1] for line in robots.splitlines() if line.startswith("Sitemap: ")]
        found: set[str] = set()
        while waiting:
            body = net.get(waiting.pop())[2]
            (waiting.extend if b"<sitemapindex" in body else found.update)(sitemap_urls(body))
        assert urls[paper] <= found
    news = gzip.decompress(net.get(f"{LEDGER}sitemaps/news.xml.gz")[2]).decode()
    assert "<news:publication_date>2026-11-1" in news


def test_the_student_paper_writes_names_captions_and_quotes_as_its_builder_does(net: DemoInternet) -> None:
    text = page(net, EXPLAINER)
    caption = "Union and port officials at the third round of talks. (Credit: Harbour News)"
    assert text.count(f"<span>{caption}</span>") == 1
    assert text.count(f">{caption}</span>") == 2
    assert text.count("now speaks for the union. “We are against finding out from a press release.”") == 2
    for piece in ("top of page", "bottom of page", "Writer: <span>Ana Kovač", ">Nov 10<", ">3 min read<", ">Comments<"):
        assert piece in text
    assert "2026-" not in text
    assert "ld+json" not in text


def test_the_courier_has_comments_reply_links_and_archives(net: DemoInternet) -> None:
    url = f"{COURIER}2026/11/10/bridge-street-to-close-for-nine-weeks/"
    text = page(net, url)
    assert text.count('class="comment depth-1"') == 3
    assert page(net, f"{url}?replytocom=410100") == text
    assert '<meta property="article:published_time" content="2026-11-10T07:30:00+02:00">' in text
    for path in ("category/town-hall/", "tag/roads/", "author/eleanor-marsh/", "comments/feed/"):
        assert net.get(COURIER + path)[0] == 200
    status, headers, _ = net.get(f"{COURIER}?p=4101")
    assert (status, headers["location"]) == (301, url)
    feed = feedparser.parse(page(net, f"{COURIER}feed/"))
    assert all(entry.content[0].value and entry.author for entry in feed.entries)


def test_the_ledger_marks_access_in_its_graph_and_shows_only_a_teaser_of_locked_text(net: DemoInternet) -> None:
    def story(url: str) -> dict[str, object]:
        text = page(net, url).split('<script type="application/ld+json">')[1].split("</script>")[0]
        return next(node for node in json.loads(text)["@graph"] if "headline" in node)

    assert story(LOCKED)["isAccessibleForFree"] is False
    assert "The ministry was told in 2023" not in page(net, LOCKED)
    assert "The dairy association" in page(net, BUTTER)
    assert story(BUTTER)["hasPart"]["cssSelector"] == ".c-article__rest"
    live = story(f"{LEDGER}politics/2026/11/13/election-night-in-the-north-as-it-happened-88104")
    assert live["@type"] == "LiveBlogPosting"
    assert len(live["liveBlogUpdate"]) == 6


def test_an_amp_twin_names_the_full_page_and_the_full_page_its_twin(net: DemoInternet) -> None:
    twin = HALDEN.replace(LEDGER, f"{LEDGER}amp/")
    assert f'<link rel="amphtml" href="{twin}">' in page(net, HALDEN)
    assert f'<link rel="canonical" href="{HALDEN}">' in page(net, twin)
    assert net.get(LOCKED.replace(LEDGER, f"{LEDGER}amp/"))[0] == 404


def test_tracking_parameters_and_session_ids_change_nothing(net: DemoInternet) -> None:
    assert "?utm_source=front" in page(net, LEDGER)
    assert page(net, f"{HALDEN}?utm_source=front&cmp=pos3") == page(net, HALDEN)
    plain = net.get(f"{ELBE}artikel.php?id=203")[2]
    assert net.get(f"{ELBE}artikel.php?id=203&PHPSESSID=0123456789abcdef")[2] == plain
    assert net.get(f"{ELBE}artikel.php?PHPSESSID=0123456789abcdef&id=202")[2] != plain
    assert net.get(f"{ELBE}artikel.php")[0] == 404


def test_the_elbe_bote_names_its_encoding_only_inside_the_document(net: DemoInternet) -> None:
    _, headers, body = net.get(f"{ELBE}artikel.php?id=203")
    assert headers["content-type"] == "text/html"
    assert b"charset=windows-1252" in body
    assert "Süderwisch, 18. November 2026 –" in body.decode("windows-1252")
    feed = feedparser.parse(net.get(f"{ELBE}atom.xml")[2])
    assert feed.encoding == "windows-1252"
    assert "Fähre „Marianne“ fällt bis Weihnachten aus" in [entry.title for entry in feed.entries]


def test_orbit_pages_are_empty_but_for_two_that_carry_their_text_as_data(net: DemoInternet) -> None:
    bodies = [page(net, url) for url in sorted(article_urls(net)["orbit-daily"])]
    assert all('<div id="root"></div>' in body for body in bodies)
    assert sum('"articleBody"' in body for body in bodies) == 2
    story = json.loads(page(net, f"{ORBIT}api/articles/5001.json"))
    assert story["title"] == "A probe wakes up nine hours late, and apologises"
    assert "/api/articles/" in page(net, f"{ORBIT}app.js")


def test_a_bare_host_redirects_to_www_and_unknown_hosts_and_tunnels_are_refused(net: DemoInternet) -> None:
    status, headers, _ = net.get("http://capital-ledger.example/politics?page=2")
    assert (status, headers["location"]) == (301, f"{LEDGER}politics?page=2")
    assert net.get("http://nobody.example/")[0] == 502
    assert net.get("harbour-student.example:443", method="CONNECT")[0] == 405
    assert net.get(STUDENT, method="DELETE")[0] == 405


def test_plain_requests_are_routed_by_their_host_header(net: DemoInternet) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", net.port, timeout=10)
    connection.request("GET", "/robots.txt", headers={"Host": f"orbit-daily.example:{net.port}"})
    assert b"Disallow: /lab/" in connection.getresponse().read()
    connection.close()


def test_the_calendar_leads_on_for_ever_unless_faults_are_off(net: DemoInternet) -> None:
    assert "/calendar/2026/11/22/" in page(net, COURIER)
    assert "/calendar/2400/03/01/" in page(net, f"{COURIER}calendar/2400/02/29/")
    assert net.get(f"{COURIER}calendar/2026/02/30/")[0] == 404
    quiet = Newsstand(TODAY, traps=False)
    assert quiet.find("millbrook-courier.example", "/calendar/2026/11/22/", "", 1).status == 404
    assert b"/calendar/" not in quiet.find("millbrook-courier.example", "/", "", 1).body


# Headers


def test_what_a_reader_already_has_is_answered_304(net: DemoInternet) -> None:
    for url in (EXPLAINER, f"{COURIER}feed/", f"{LEDGER}sitemaps/news.xml.gz", f"{ORBIT}api/articles/5001.json"):
        _, headers, _ = net.get(url)
        for condition in ({"If-None-Match": headers["etag"]}, {"If-Modified-Since": headers["last-modified"]}):
            status, again, body = net.get(url, condition)
            assert (status, body) == (304, b"")
            assert again["etag"] == headers["etag"]
        assert net.get(url, {"If-None-Match": '"other"', "If-Modified-Since": headers["last-modified"]})[0] == 200
        early = "Tue, 01 Jan 2019 00:00:00 GMT"
        assert net.get(url, {"If-Modified-Since": early})[0] == 200


def test_text_is_packed_only_for_those_who_ask(net: DemoInternet) -> None:
    plain = net.get(EXPLAINER)
    packed = net.get(EXPLAINER, {"Accept-Encoding": "gzip, deflate"})
    assert "content-encoding" not in plain[1]
    assert packed[1]["content-encoding"] == "gzip"
    assert gzip.decompress(packed[2]) == plain[2]
    assert net.get(EXPLAINER, {"If-None-Match": packed[1]["etag"]})[0] == 304
    assert "content-encoding" not in net.get(EXPLAINER, {"Accept-Encoding": "gzip;q=0, br"})[1]


def test_head_gives_the_headers_of_get_and_no_body(net: DemoInternet) -> None:
    _, headers, body = net.get(EXPLAINER)
    status, head, nothing = net.get(EXPLAINER, method="HEAD")
    assert (status, nothing) == (200, b"")
    assert head["content-length"] == str(len(body)) == headers["content-length"]


def test_hits_tell_what_was_asked_and_answered(net: DemoInternet) -> None:
    net.get(f"{STUDENT}nowhere?a=1", {"User-Agent": "reader/1", "If-None-Match": '"x"'})
    (hit,) = net.hits()
    assert (hit.host, hit.method, hit.path, hit.status) == ("harbour-student.example", "GET", "/nowhere?a=1", 404)
    assert hit.user_agent == "reader/1"
    assert hit.headers["if-none-match"] == '"x"'
    net.reset_hits()
    assert net.hits() == []


# Nights


def test_every_paper_has_something_new_on_each_night(net: DemoInternet) -> None:
    nights = []
    for night in (1, 2, 3):
        net.set_night(night)
        nights.append(article_urls(net))
    for before, after in pairwise(nights):
        assert all(1 <= len(after[paper] - before[paper]) <= 3 for paper in after)


def test_one_article_is_edited_in_silence_and_one_with_a_correction(net: DemoInternet) -> None:
    tax, halden = page(net, COUNCIL_TAX), page(net, HALDEN)
    net.set_night(2)
    new_tax, new_halden = page(net, COUNCIL_TAX), page(net, HALDEN)
    assert "Opposition leader Fay Whitlock" in tax
    assert "Opposition leader Fay Whitlock" not in new_tax
    assert "<title>Council tax to rise by nearly three per cent - " in new_tax
    assert '"article:modified_time" content="2026-11-13T11:00:00+02:00"' in new_tax
    assert "This article was corrected" not in halden
    assert "This article was corrected" in new_halden
    assert '"dateModified": "2026-11-21T10:40:00+01:00"' in new_halden
    net.set_night(3)
    assert "Construction is to begin in June" in page(net, HALDEN)


def test_deleted_articles_leave_the_front_and_the_feed_and_one_comes_back(net: DemoInternet) -> None:
    assert (net.get(LETTERS)[0], net.get(RESIGNED)[0]) == (200, 200)
    net.set_night(2)
    assert (net.get(LETTERS)[0], net.get(RESIGNED)[0]) == (404, 410)
    assert LETTERS not in page(net, STUDENT) + page(net, f"{STUDENT}blog-feed.xml")
    assert RESIGNED not in page(net, LEDGER) + page(net, f"{LEDGER}feed.json")
    net.set_night(3)
    assert (net.get(LETTERS)[0], net.get(RESIGNED)[0]) == (200, 410)
    assert LETTERS in page(net, STUDENT)


def test_unchanged_pages_keep_their_etag_and_date_and_changed_ones_do_not(net: DemoInternet) -> None:
    edited = {COUNCIL_TAX, HALDEN, LETTERS, RESIGNED}
    urls = set().union(*article_urls(net).values()) - edited
    before = {url: net.get(url)[1] for url in (*urls, COUNCIL_TAX, STUDENT)}
    net.set_night(2)
    for url in urls:
        headers = net.get(url)[1]
        assert (headers["etag"], headers["last-modified"]) == (before[url]["etag"], before[url]["last-modified"]), url
    for url in (COUNCIL_TAX, STUDENT):
        headers = net.get(url)[1]
        assert headers["etag"] != before[url]["etag"]
        assert parsedate_to_datetime(headers["last-modified"]) > parsedate_to_datetime(before[url]["last-modified"])


def test_the_couriers_new_design_changes_every_class_and_no_word() -> None:
    newsstand = Newsstand(TODAY)
    path = urlsplit(f"{COURIER}2026/11/14/otters-return-to-the-upper-mill-after-forty-years/").path
    old, new = (newsstand.find("millbrook-courier.example", path, "", night).body.decode() for night in (2, 3))
    names = [set(" ".join(re.findall(r'class="([^"]+)"', text)).split()) for text in (old, new)]
    assert len(names[0]) == len(names[1]) > 20
    assert not names[0] & names[1]
    assert re.sub(r' class="[^"]+"', "", old) == re.sub(r' class="[^"]+"', "", new)


def test_no_article_is_dated_after_its_night_and_the_newest_are_of_today() -> None:
    newsstand = Newsstand(TODAY)
    newest = []
    for night in (1, 2, 3):
        clock = TODAY + timedelta(days=night - 3)
        feed = newsstand.find("millbrook-courier.example", "/feed/", "", night).body
        days = [datetime(*entry.published_parsed[:6], tzinfo=UTC).date() for entry in feedparser.parse(feed).entries]
        assert max(days) <= clock
        newest.append(newsstand.find("elbe-bote.example", "/atom.xml", "", night).body.decode("windows-1252"))
    assert "<published>2026-11-22T" in newest[2]
    assert "<published>2026-11-22T" not in newest[1]


def test_the_same_today_gives_the_same_bytes() -> None:
    one, two = Newsstand(TODAY), Newsstand(TODAY)
    for paper in PAPERS:
        sites = one.site(paper.host, 2), two.site(paper.host, 2)
        assert sites[0] is not None
        assert sites[1] is not None
        assert sites[0].documents == sites[1].documents


# Faults


@pytest.mark.parametrize("status", [404, 410, 500, 503])
def test_a_status_can_be_ordered_in_the_papers_look(net: DemoInternet, status: int) -> None:
    net.set_fault(EXPLAINER, str(status))
    found, _, body = net.get(EXPLAINER)
    assert found == status
    assert b"The Harbour Student" in body


def test_too_many_requests_says_when_to_come_back_in_seconds_or_as_a_date(net: DemoInternet) -> None:
    net.set_fault(EXPLAINER, "429", retry_after=7)
    status, headers, _ = net.get(EXPLAINER)
    assert (status, headers["retry-after"]) == (429, "7")
    net.set_fault(EXPLAINER, "503", retry_after=3600, as_date=True)
    back = parsedate_to_datetime(net.get(EXPLAINER)[1]["retry-after"])
    assert timedelta(minutes=50) < back - datetime.now(UTC) < timedelta(minutes=70)


def test_a_fault_can_end_after_some_requests_and_cover_a_prefix(net: DemoInternet) -> None:
    net.set_fault(f"{STUDENT}post/*", "500", times=2)
    assert [net.get(url)[0] for url in (STUDENT, EXPLAINER, LETTERS, EXPLAINER)] == [200, 500, 500, 200]


def test_redirects_lead_elsewhere_along_a_chain_or_round_in_a_loop(net: DemoInternet) -> None:
    def follow(url: str, most: int) -> tuple[int, int]:
        for hops in range(most):
            status, headers, _ = net.get(url)
            if "location" not in headers:
                return status, hops
            url = headers["location"]
        return status, most

    net.set_fault(EXPLAINER, "redirect", to=HALDEN, status=307)
    status, headers, _ = net.get(EXPLAINER)
    assert (status, headers["location"]) == (307, HALDEN)
    net.set_fault(EXPLAINER, "redirect_chain", hops=4)
    assert follow(EXPLAINER, 10) == (200, 4)
    by_query = f"{ELBE}artikel.php?id=203"
    net.set_fault(by_query, "redirect_chain", hops=2)
    assert follow(by_query, 10) == (200, 2)
    net.set_fault(EXPLAINER, "redirect_loop")
    assert follow(EXPLAINER, 10) == (302, 10)
    assert len({hit.path for hit in net.hits()[-4:]}) == 2


@pytest.mark.parametrize(
    ("fault", "status", "words"),
    [
        ("soft_404", 200, "Page not found"),
        ("consent_wall", 200, "214 partners"),
        ("login_wall", 200, "Log in to keep reading"),
        ("blocked", 403, "verify that you are a human"),
    ],
)
def test_a_page_can_be_something_else_than_it_seems(net: DemoInternet, fault: str, status: int, words: str) -> None:
    net.set_fault(EXPLAINER, fault)
    found, headers, body = net.get(EXPLAINER)
    assert found == status
    assert words in body.decode()
    assert b"third round" not in body
    assert net.get(EXPLAINER, {"If-None-Match": headers.get("etag", '"none"')})[0] == status


def test_a_bot_check_can_come_with_status_200(net: DemoInternet) -> None:
    net.set_fault(EXPLAINER, "blocked", status=200)
    assert net.get(EXPLAINER)[0] == 200


def test_bodies_can_be_empty_of_another_kind_or_of_another_charset(net: DemoInternet) -> None:
    net.set_fault(EXPLAINER, "empty")
    assert net.get(EXPLAINER)[::2] == (200, b"")
    net.set_fault(EXPLAINER, "not_html")
    _, headers, body = net.get(EXPLAINER)
    assert (headers["content-type"], body[:5]) == ("application/pdf", b"%PDF-")
    net.set_fault(EXPLAINER, "not_html", kind="image")
    _, headers, body = net.get(EXPLAINER)
    assert (headers["content-type"], body[:4]) == ("text/html", b"GIF8")
    url = f"{ELBE}artikel.php?id=203"
    net.set_fault(url, "wrong_charset")
    _, headers, body = net.get(url)
    assert headers["content-type"] == "text/html; charset=utf-8"
    assert "Süderwisch".encode("windows-1252") in body
    net.set_fault(url, "wrong_charset", header="iso-8859-1", bytes="utf-8")
    _, headers, body = net.get(url)
    assert headers["content-type"] == "text/html; charset=iso-8859-1"
    assert "Süderwisch".encode() in body


def test_feeds_can_be_malformed_or_a_bomb_of_entities(net: DemoInternet) -> None:
    url = f"{COURIER}feed/"
    net.set_fault(url, "malformed")
    with pytest.raises(ElementTree.ParseError):
        ElementTree.fromstring(net.get(url)[2])
    net.set_fault(url, "entities", depth=5)
    body = net.get(url)[2].decode()
    assert body.count("<!ENTITY") == 6
    assert "&l5;</title>" in body


def test_a_slow_page_waits_and_a_dripping_one_takes_its_time(net: DemoInternet) -> None:
    net.set_fault(EXPLAINER, "slow", seconds=0.3)
    begin = time.monotonic()
    assert net.get(EXPLAINER)[0] == 200
    assert time.monotonic() - begin >= 0.3
    whole = net.get(f"{STUDENT}robots.txt")[2]
    net.set_fault(f"{STUDENT}robots.txt", "drip", bytes_per_s=200)
    begin = time.monotonic()
    assert net.get(f"{STUDENT}robots.txt")[2] == whole
    assert time.monotonic() - begin >= len(whole) / 200 - 0.1


def test_a_truncated_body_ends_before_its_length(net: DemoInternet) -> None:
    whole = net.get(EXPLAINER)[2]
    net.set_fault(EXPLAINER, "truncated", share=0.25)
    with pytest.raises(http.client.IncompleteRead) as caught:
        net.get(EXPLAINER)
    assert caught.value.partial == whole[: len(whole) // 4]


def raw(net: DemoInternet, url: str) -> bytes:
    """Everything that comes over the wire until the server closes."""
    with socket.create_connection(("127.0.0.1", net.port), timeout=10) as wire:
        wire.sendall(f"GET {url} HTTP/1.1\r\nHost: {urlsplit(url).netloc}\r\n\r\n".encode())
        return b"".join(iter(lambda: wire.recv(65536), b""))


@pytest.mark.parametrize("by", [-300, 300])
def test_a_wrong_length_is_declared_and_the_connection_closed(net: DemoInternet, by: int) -> None:
    whole = net.get(EXPLAINER)[2]
    net.set_fault(EXPLAINER, "wrong_length", by=by)
    head, _, body = raw(net, EXPLAINER).partition(b"\r\n\r\n")
    assert f"Content-Length: {len(whole) + by}".encode() in head
    assert body == whole


def test_a_reset_connection_gives_no_answer(net: DemoInternet) -> None:
    net.set_fault(EXPLAINER, "reset")
    with pytest.raises((ConnectionResetError, http.client.RemoteDisconnected)):
        net.get(EXPLAINER)
    assert net.hits()[-1].status == 0


def test_a_huge_body_is_streamed_and_the_server_lives_when_the_reader_leaves(net: DemoInternet) -> None:
    net.set_fault(EXPLAINER, "huge", megabytes=4)
    _, headers, body = net.get(EXPLAINER)
    assert "content-length" not in headers
    assert len(body) >= 3_900_000
    net.set_fault(EXPLAINER, "huge", megabytes=500)
    with socket.create_connection(("127.0.0.1", net.port), timeout=10) as wire:
        wire.sendall(f"GET {EXPLAINER} HTTP/1.1\r\nHost: x\r\n\r\n".encode())
        assert wire.recv(1000)
    assert net.get(STUDENT)[0] == 200


def test_packed_bodies_can_be_bombs_or_broken(net: DemoInternet) -> None:
    net.set_fault(EXPLAINER, "gzip_bomb", megabytes=5)
    _, headers, body = net.get(EXPLAINER)
    assert headers["content-encoding"] == "gzip"
    assert len(body) < 20_000
    assert len(gzip.decompress(body)) == 5 << 20
    net.set_fault(EXPLAINER, "bad_gzip")
    with pytest.raises((OSError, zlib.error, EOFError)):
        gzip.decompress(net.get(EXPLAINER)[2])


def test_every_fault_leaves_the_server_well_and_can_be_cleared(net: DemoInternet) -> None:
    for fault in FAULTS:
        net.set_fault(LETTERS, fault, times=0)
        assert net.get(LETTERS)[0] == 200, fault
    net.set_fault(EXPLAINER, "500")
    net.clear_faults()
    assert net.get(EXPLAINER)[0] == 200


def test_unknown_faults_options_and_nights_are_named(net: DemoInternet) -> None:
    with pytest.raises(ValueError, match="no fault 'flood'"):
        net.set_fault(EXPLAINER, "flood")
    with pytest.raises(ValueError, match="'slow' has no option 'minutes': it has seconds"):
        net.set_fault(EXPLAINER, "slow", minutes=1)
    with pytest.raises(ValueError, match="no night 4"):
        net.set_night(4)


# The process


def start(*arguments: str) -> subprocess.Popen[bytes]:
    root = Path(__file__).resolve().parents[2]
    command = [sys.executable, "-m", "crawler.demo", *arguments]
    return subprocess.Popen(command, cwd=root, stdin=subprocess.PIPE, stdout=subprocess.PIPE)


def test_the_server_stops_when_its_parents_end_of_the_pipe_closes() -> None:
    with start("--night", "2", "--today", "2026-11-22") as process:
        assert process.stdout is not None
        assert process.stdin is not None
        port = json.loads(process.stdout.readline())["port"]
        with socket.create_connection(("127.0.0.1", port), timeout=10):
            process.stdin.close()
            assert process.wait(10) == 0


def test_sigterm_stops_it_too() -> None:
    with start() as process:
        assert process.stdout is not None
        assert process.stdout.readline()
        process.terminate()
        assert process.wait(10) == 0


def test_the_host_list_names_every_paper_and_nothing_is_served() -> None:
    with start("--host-list") as process:
        assert process.stdout is not None
        hosts = process.stdout.read().decode().split()
    assert {paper.host for paper in PAPERS} < set(hosts)
    assert "capital-ledger.example" in hosts


def test_a_server_without_faults_refuses_them_and_a_bad_start_says_so() -> None:
    with DemoInternet(night=3, faults=False, today=TODAY) as quiet:
        assert "/calendar/" not in page(quiet, COURIER)
        assert f"{STUDENT}post/ferry-crews-we-will-not-cross-the-line" in page(quiet, STUDENT)
        with pytest.raises(ValueError, match="started without faults"):
            quiet.set_fault(EXPLAINER, "500")
    with pytest.raises(RuntimeError, match="did not start"), DemoInternet(night=9):
        pass
