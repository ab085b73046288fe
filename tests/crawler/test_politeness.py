"""Nights with hosts that ask for patience, fail or refuse, and with sites that reserve rights; as a user runs them."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest

from archive.reading import Archive
from crawler.demo import DemoInternet
from tests.crawler.site import Answer, Site
from tests.crawler.test_night import COURIER, crawl, declare, nightdesk, outcome_of, query

GAZETTE = "http://gazette.example"
ARTICLE = """<!doctype html><html lang="en"><head><title>Bridge reopens</title>{head}</head><body>
<nav><a href="/">Home</a></nav><article><h1>Bridge reopens after repairs</h1><p class="byline">By Ana Kovač</p>
<time datetime="2026-11-10T08:30:00Z">10 November 2026</time>
<p>The old bridge over the mill race reopened on Tuesday morning, eight months after its third arch began to lean.</p>
<p>Repairs cost two million, said the council's engineer, who walked across it first and came back by the ferry.</p>
<p>Carts of up to three tonnes may use it from the first of the month, and a toll of four pence stays as it was.</p>
<p>The ferryman, who had hoped for another winter, has put up his boat for sale, with both oars and the bell.</p>
</article></body></html>"""
PAGE = f"{GAZETTE}/2026/11/10/bridge-reopens-after-repairs"
FRONT = f'<html><body><h1>The Gazette</h1><a href="{PAGE}">Bridge reopens, and the ferryman sells</a></body></html>'


@pytest.fixture(scope="module")
def internet() -> Iterator[DemoInternet]:
    with DemoInternet(1) as running:
        yield running


@pytest.fixture(autouse=True)
def all_well(internet: DemoInternet) -> None:
    internet.clear_faults()
    internet.reset_hits()


# ── patience ─────────────────────────────────────────────────────────────────────────────────────────


def test_a_short_wait_is_waited_for_and_the_night_goes_on(internet: DemoInternet, tmp_path: Path) -> None:
    folder = declare(tmp_path, "harbour-student")
    internet.set_fault("http://harbour-student.example/post/*", "429", times=1, retry_after=2)
    found = crawl(internet, folder)["harbour-student"]
    assert "waiting" not in found
    assert "failed" not in found
    hits = internet.hits()
    (refused,) = [n for n, hit in enumerate(hits) if hit.status == 429]
    assert hits[refused + 1].at - hits[refused].at >= 2
    asked_again = [hit.status for hit in hits if hit.path == hits[refused].path]
    assert asked_again == [429, 200]
    ((url,),) = query(folder, "select url from urls join url_events on url_id = urls.id where event = 'asked'")
    told = " ".join(nightdesk(internet, "explain", url, "-a", folder).stdout.split())
    assert "429 Too Many Requests: to be asked again in 2 s" in told


def test_a_long_wait_outlives_the_night(internet: DemoInternet, tmp_path: Path) -> None:
    folder = declare(tmp_path, "millbrook-courier", "harbour-student")
    internet.set_fault(f"{COURIER}/2*", "503", retry_after=7200, as_date=True)
    assert crawl(internet, folder)["millbrook-courier"]["waiting"] > 0
    internet.clear_faults()
    internet.reset_hits()
    found = crawl(internet, folder)
    assert {hit.host for hit in internet.hits()} == {"harbour-student.example"}
    assert found["harbour-student"].keys() == {"known", "rejected"} or found["harbour-student"].keys() == {"known"}
    ((wait,),) = query(folder, "select (julianday(wait_until) - julianday('now')) * 86400 from hosts where nights = 1")
    assert 7000 < wait <= 7200
    said = nightdesk(internet, "runs", "2", "-a", folder).stdout
    assert "the front left for a later run: the site asked to be left alone for a while: until " in " ".join(
        said.split()
    )


def test_a_robots_txt_that_asks_for_patience_leaves_the_site_waiting(internet: DemoInternet, tmp_path: Path) -> None:
    folder = declare(tmp_path, "millbrook-courier")
    internet.set_fault(f"{COURIER}/robots.txt", "429", retry_after=7200)
    url = f"{COURIER}/subscribers/subscribers-crossword-answers/"
    crawl(internet, folder, "--url", url)
    assert [hit.path for hit in internet.hits()] == ["/robots.txt"]
    assert outcome_of(folder, url) == ("waiting", "asked to wait")


def test_a_host_that_refuses_everything_is_left_alone(internet: DemoInternet, tmp_path: Path) -> None:
    folder = declare(tmp_path, "millbrook-courier", "harbour-student")
    crawl(internet, folder)
    internet.reset_hits()
    internet.set_fault(f"{COURIER}/*", "blocked", status=403)
    found = crawl(internet, folder, "--revisit", "all")
    assert [hit.status for hit in internet.hits() if hit.host == "millbrook-courier.example"] == [403] * 10
    assert found["millbrook-courier"]["waiting"] > 0
    assert found["harbour-student"]["unchanged"] > 5
    reasons = query(folder, "select distinct reason from run_urls where run_id = 2 and outcome = 'waiting'")
    assert reasons == [("host refuses",)]


def test_a_host_on_trial_is_given_up_after_one_failure(internet: DemoInternet, tmp_path: Path) -> None:
    folder = declare(tmp_path, "millbrook-courier")
    crawl(internet, folder, "--limit", "3")
    with sqlite3.connect(folder / "archive.db") as db:
        db.execute("update hosts set nights = 1, reason = 'host fails'")
    db.close()
    internet.reset_hits()
    internet.set_fault(f"{COURIER}/*", "reset")
    assert crawl(internet, folder)["millbrook-courier"]["waiting"] > 5
    assert len(internet.hits()) == 1
    assert query(folder, "select nights, reason from hosts") == [(2, "host fails")]
    reasons = query(folder, "select distinct reason from run_urls where run_id = 2 and outcome = 'waiting'")
    assert reasons == [("host fails",)]


def test_a_host_is_asked_no_more_often_than_it_may_be_in_a_run(internet: DemoInternet, tmp_path: Path) -> None:
    folder = declare(tmp_path, "millbrook-courier", crawl="delay = 0\nhost_requests = 9")
    assert crawl(internet, folder)["millbrook-courier"]["waiting"] > 0
    assert len(internet.hits()) == 9
    reasons = query(folder, "select distinct reason from run_urls where outcome = 'waiting'")
    assert reasons == [("host limit",)]


# ── robots.txt from one night to the next ──────────────────────────────────────────────────────────────


def test_a_robots_txt_is_asked_for_once_a_day(internet: DemoInternet, tmp_path: Path) -> None:
    folder = declare(tmp_path, "millbrook-courier")
    crawl(internet, folder)
    read = {hit.path for hit in internet.hits() if "sitemap" in hit.path}
    internet.reset_hits()
    crawl(internet, folder, "--revisit", "all")
    paths = [hit.path for hit in internet.hits()]
    assert not {"/robots.txt", "/.well-known/tdmrep.json"} & set(paths)
    assert read <= set(paths)  # what it names is known all the same
    assert not [path for path in paths if path.startswith("/subscribers/")]


OLDER = "update site_files set asked_at = datetime('now', ?1) || 'Z', read_at = datetime('now', ?1) || 'Z'"


@pytest.mark.parametrize(("days", "outcome"), [(2, ("refused", "robots.txt")), (31, ("refused", "robots-unreachable"))])
def test_a_stored_robots_txt_holds_for_a_month_while_there_is_no_other(
    internet: DemoInternet, tmp_path: Path, days: int, outcome: tuple[str, str]
) -> None:
    folder = declare(tmp_path, "millbrook-courier")
    url = f"{COURIER}/subscribers/subscribers-crossword-answers/"
    crawl(internet, folder, "--url", url)
    with sqlite3.connect(folder / "archive.db") as db:
        db.execute(OLDER, [f"-{days} days"])
    db.close()
    internet.set_fault(f"{COURIER}/robots.txt", "500")
    internet.reset_hits()
    crawl(internet, folder, "--url", url)
    assert {hit.path for hit in internet.hits()} == {"/robots.txt"}
    assert outcome_of(folder, url) == outcome


# ── rights ───────────────────────────────────────────────────────────────────────────────────────────

SIGNALS = (
    ("X-Robots-Tag", "noarchive"),
    ("X-Robots-Tag", "otherbot: noai, nosnippet"),
    ("TDM-Reservation", "1"),
    ("TDM-Policy", "https://gazette.example/tdm.json"),
    ("Content-Usage", "train-ai=n"),
)
HEAD = (
    '<meta name="robots" content="index, noimageai"><meta name="otherbot" content="noindex">'
    '<meta name="dc.rights" content="© The Gazette"><link rel="license" href="https://licence.example/by/4.0/">'
    '<script type="application/ld+json">{"@type": "NewsArticle", "headline": "Bridge reopens after repairs",'
    ' "license": "https://gazette.example/terms", "copyrightNotice": "The Gazette, 2026"}</script>'
)
ROBOTS = "User-agent: *\nContent-Usage: /2026/ search=n\nContent-Signal: ai-train=no\nDisallow: /x/\n"
TDMREP = json.dumps([{"location": "/2026/*", "tdm-reservation": 1, "tdm-policy": "https://gazette.example/p.json"}])


def gazette(**more: Answer) -> Site:
    return Site(
        {
            f"{GAZETTE}/": (200, (), FRONT),
            f"{GAZETTE}/robots.txt": (200, (), ROBOTS),
            f"{GAZETTE}/.well-known/tdmrep.json": (200, (), TDMREP),
            PAGE: (200, SIGNALS, ARTICLE.format(head=HEAD)),
        }
        | more
    )


def archive_of_gazette(folder: Path, crawl: str) -> Path:
    folder.mkdir(exist_ok=True)
    text = f'[crawl]\ndelay = 0\n{crawl}\n[sources.gazette]\nhome = "{GAZETTE}/"\nsections = ["{GAZETTE}/none"]\n'
    (folder / "sources.toml").write_text(text, encoding="utf-8")
    return folder


def run(site: Site, *arguments: str | Path) -> str:
    return nightdesk(site, *arguments).stdout  # type: ignore[arg-type]  # all that it needs is the proxy


def test_what_page_headers_and_site_say_of_rights_is_kept_verbatim_and_nothing_is_dropped(tmp_path: Path) -> None:
    folder = archive_of_gazette(tmp_path, 'basis = "tdm-exception"')
    with gazette() as site:
        run(site, "crawl", "-a", folder)
        assert site.asked.count(f"{GAZETTE}/.well-known/tdmrep.json") == 1
        shown = json.loads(run(site, "show", PAGE, "--json", "-a", folder))
        told = json.loads(run(site, "explain", PAGE, "--json", "-a", folder))
        page = run(site, "show", PAGE, "-a", folder)
    said = {(each["signal"], each["value"]) for each in told["rights"]["signals"]}
    assert said == {(name.lower(), value) for name, value in SIGNALS} | {
        ("robots", "index, noimageai"),
        ("otherbot", "noindex"),
        ("dc.rights", "© The Gazette"),
        ("license", "https://licence.example/by/4.0/"),
        ("license", "https://gazette.example/terms"),
        ("copyrightNotice", "The Gazette, 2026"),
        ("robots.txt content-usage for *", "/2026/ search=n"),
        ("robots.txt content-signal for *", "ai-train=no"),
        ("tdmrep.json", TDMREP[1:-1]),
    }
    asks = {ask["what"]: ask["signal"] for ask in shown["asks"]}
    assert asks == {
        "noarchive": "x-robots-tag",
        "notdm": "tdm-reservation",
        "noai": "content-usage",
        "noimageai": "robots",
        "noindex": "robots.txt content-usage for *",
    }
    assert shown["rights"]["x-robots-tag"] == "noarchive\notherbot: noai, nosnippet"
    assert (shown["basis"], told["rights"]["basis"]) == ("tdm-exception", "tdm-exception")
    assert "noarchive, no copy to be shown (x-robots-tag: noarchive)" in " ".join(page.split())


def test_a_page_is_left_out_for_its_rights_only_where_the_operator_says_so(tmp_path: Path) -> None:
    folder = archive_of_gazette(tmp_path, 'respect = ["noimageai"]')
    with gazette() as site:
        found = json.loads(run(site, "crawl", "-a", folder, "--json"))
        assert found["rejected"] == 1
        told = json.loads(run(site, "explain", PAGE, "--json", "-a", folder))
    assert (told["state"], told["reason"]) == ("rejected", "rights")
    assert told["detail"] == "noimageai (robots: index, noimageai)"
    assert told["rights"]["signals"]


def test_what_a_site_reserves_and_the_operator_respects_is_not_even_asked_for(tmp_path: Path) -> None:
    folder = archive_of_gazette(tmp_path, 'respect = ["notdm"]')
    with gazette() as site:
        run(site, "crawl", "-a", folder)
        assert PAGE not in site.asked
        told = json.loads(run(site, "explain", PAGE, "--json", "-a", folder))
        assert (told["state"], told["reason"]) == ("refused", "rights")
        assert told["detail"].startswith("notdm: tdmrep.json: ")
    with Archive(folder) as archive:
        assert len(archive) == 0


def test_a_site_without_reservations_is_asked_for_them_once_a_week(tmp_path: Path) -> None:
    folder = archive_of_gazette(tmp_path, "")
    with gazette() as site:
        del site.answers[f"{GAZETTE}/.well-known/tdmrep.json"]
        for _ in range(2):
            run(site, "crawl", "-a", folder, "--revisit", "all")
        assert site.asked.count(f"{GAZETTE}/.well-known/tdmrep.json") == 1
        assert site.asked.count(PAGE) == 2
        assert site.asked.count(f"{GAZETTE}/robots.txt") == 1


def test_the_words_of_the_contact_are_no_name_of_ours_in_robots_txt(tmp_path: Path) -> None:
    folder = archive_of_gazette(tmp_path, 'contact = "desk@paper.example"')
    robots = "User-agent: paper\nDisallow: /\n\nUser-agent: Nightdesk\nCrawl-delay: 0.1\nDisallow: /x/\n"
    with gazette() as site:
        site.answers[f"{GAZETTE}/robots.txt"] = (200, (), robots)
        run(site, "crawl", "-a", folder)
        assert PAGE in site.asked
