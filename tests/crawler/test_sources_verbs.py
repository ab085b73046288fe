"""`nightdesk sources`: the command as its users run it, over the bundled newspapers."""

from __future__ import annotations

import json
import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from archive.writer import ArchiveWriter
from crawler.demo import DemoInternet
from crawler.sources import load_config
from tests.crawler.test_night import COURIER, LEDGER, crawl, declare, nightdesk, query


@pytest.fixture(scope="module")
def internet() -> Iterator[DemoInternet]:
    with DemoInternet(1) as running:
        yield running


@pytest.fixture(autouse=True)
def all_well(internet: DemoInternet) -> None:
    internet.clear_faults()
    internet.reset_hits()


def hosts(internet: DemoInternet) -> set[str]:
    return {hit.host for hit in internet.hits()}


# ── pause, resume, remove ────────────────────────────────────────────────────────────────────────────


def test_a_paused_paper_is_left_out_of_nights_until_it_is_resumed_and_each_says_so(
    internet: DemoInternet, tmp_path: Path
) -> None:
    folder = declare(tmp_path, "millbrook-courier", "harbour-student")
    said = nightdesk(internet, "sources", "pause", "millbrook-courier", "--until", "2999-12-31", "-a", folder).stderr
    assert said == "paused until 2999-12-31: millbrook-courier\n"
    for verb in ("crawl", "nightly"):
        done = nightdesk(internet, verb, "-a", folder)
        assert "paused, left out: millbrook-courier (until 2999-12-31)\n" in done.stderr
        assert "paused: millbrook-courier" in done.stdout  # and so does `nightdesk runs`
    assert not [host for host in hosts(internet) if "courier" in host]
    assert query(folder, "select distinct source from urls") == [("harbour-student",)]
    said = nightdesk(internet, "sources", "resume", "millbrook-courier", "harbour-student", "-a", folder).stderr
    assert said == "crawled again: millbrook-courier\nnot paused: harbour-student\n"
    assert crawl(internet, folder)["millbrook-courier"]["new"] > 5


def test_nothing_is_asked_of_a_paused_paper_but_by_a_check_that_names_it(
    internet: DemoInternet, tmp_path: Path
) -> None:
    folder = declare(tmp_path, "millbrook-courier", "harbour-student")
    nightdesk(internet, "sources", "pause", "millbrook-courier", "-a", folder)
    said = nightdesk(internet, "crawl", "millbrook-courier", "-a", folder, status=3).stderr
    assert "paused, left out: millbrook-courier; nothing is left to crawl" in said
    said = nightdesk(internet, "crawl", "--url", f"{COURIER}/x", "-a", folder, status=3).stderr
    assert "is on the site of millbrook-courier, which is paused" in said
    assert nightdesk(internet, "sources", "check", "-a", folder).stdout.startswith("harbour-student\n")
    assert not [host for host in hosts(internet) if "courier" in host]
    assert "pages would be fetched" in nightdesk(internet, "sources", "check", "millbrook-courier", "-a", folder).stdout


def test_a_paper_that_is_removed_keeps_its_articles(internet: DemoInternet, tmp_path: Path) -> None:
    folder = declare(tmp_path, "millbrook-courier", "harbour-student")
    crawl(internet, folder)
    kept = query(folder, "select id from articles where source = 'millbrook-courier' order by id")
    nightdesk(internet, "sources", "remove", "millbrook-courier", "-a", folder)
    internet.reset_hits()
    crawl(internet, folder, "--limit", "1")
    assert not [host for host in hosts(internet) if "courier" in host]
    assert kept
    assert query(folder, "select id from articles where source = 'millbrook-courier' order by id") == kept


@pytest.mark.parametrize(
    ("arguments", "status", "said"),
    [
        (["pause", "harbour-student", "--until", "2020-01-01"], 2, "2020-01-01 is no day to come"),
        (["pause", "harbour-student", "--until", "tomorrow"], 2, "--until"),
        (["pause", "nowhere"], 3, "no source 'nowhere'"),
        (["resume", "nowhere"], 3, "no source 'nowhere'"),
        (["remove", "nowhere"], 3, "no source 'nowhere'"),
        (["pause"], 2, "Missing argument"),
        (["import", "{folder}/nothing.opml"], 1, "nothing.opml cannot be read: No such file"),
    ],
)
def test_mistakes_are_told_in_words(
    internet: DemoInternet, tmp_path: Path, arguments: list[str], status: int, said: str
) -> None:
    folder = declare(tmp_path / "archive", "harbour-student")
    before = (folder / "sources.toml").read_bytes()
    words = [argument.format(folder=folder) for argument in arguments]
    assert said in nightdesk(internet, "sources", *words, "-a", folder, status=status).stderr
    assert (folder / "sources.toml").read_bytes() == before


# ── import ───────────────────────────────────────────────────────────────────────────────────────────

LIST = f"""\
url,name,title
{COURIER}/,courier,Millbrook Courier
http://www.elbe-bote.example/,bote,
http://harbour-student.example,student,
http://third.example/,The Third,
"""


def test_a_list_is_taken_whole_or_not_at_all_and_each_line_is_told_of(internet: DemoInternet, tmp_path: Path) -> None:
    folder = declare(tmp_path / "archive", "harbour-student")
    before = (folder / "sources.toml").read_bytes()
    table = tmp_path / "list.csv"
    table.write_text(LIST, encoding="utf-8")
    done = nightdesk(internet, "sources", "import", table, "-a", folder, status=1)
    assert done.stdout.splitlines()[0] == f"not added\tcourier\t{COURIER}/"
    assert f"{table}:5: name 'The Third': a name has lower-case letters" in done.stderr
    assert done.stderr.endswith(
        "2 not added, 1 known already, 1 wrong\n"
        "nothing was written; mend the list, or take the good lines: --skip-wrong\n"
    )
    assert (folder / "sources.toml").read_bytes() == before
    done = nightdesk(internet, "sources", "import", table, "--skip-wrong", "--json", "-a", folder)
    rows = [json.loads(line) for line in done.stdout.splitlines()]
    assert [(row["line"], row["outcome"], row.get("name")) for row in rows] == [
        (2, "added", "courier"),
        (3, "added", "bote"),
        (4, "known", "harbour-student"),
        (5, "wrong", None),
    ]
    assert hosts(internet) == set()
    crawl(internet, folder, "courier", "--limit", "1")


def test_a_feed_readers_list_is_crawled(internet: DemoInternet, tmp_path: Path) -> None:
    folder = declare(tmp_path / "archive", "elbe-bote")
    opml = tmp_path / "papers.opml"
    feed = f'<outline type="rss" text="Courier" xmlUrl="{COURIER}/feed/"/>'
    opml.write_text(f"<opml><body><outline>{feed}</outline></body></opml>", encoding="utf-8")
    done = nightdesk(internet, "sources", "import", opml, "-a", folder)
    assert done.stdout == f"added\tmillbrook-courier.example\t{COURIER}/\t(front page guessed)\n"
    assert "1 without a front page: that of the feed's host was taken, look at it\n" in done.stderr
    assert crawl(internet, folder, "millbrook-courier.example")["millbrook-courier.example"]["new"] > 5


# ── list ─────────────────────────────────────────────────────────────────────────────────────────────


def test_the_list_tells_articles_last_run_and_what_is_paused(internet: DemoInternet, tmp_path: Path) -> None:
    folder = declare(tmp_path, "millbrook-courier", "harbour-student", "elbe-bote")
    crawl(internet, folder, "harbour-student", "--limit", "2")
    nightdesk(internet, "sources", "pause", "elbe-bote", "--until", "2999-12-31", "-a", folder)
    with (folder / "sources.toml").open("a", encoding="utf-8") as file:
        file.write(f'[sources.sport]\nhome = "{COURIER}/sport/"\nfeeds = ["{COURIER}/feed/"]\n')
    done = nightdesk(internet, "sources", "list", "-a", folder)
    assert done.stderr == ""
    heading, student, courier, bote, sport = (re.split("  +", line) for line in done.stdout.splitlines())
    assert heading == ["source", "articles", "last run", "health", "front page", "given"]
    (articles,) = query(folder, "select count(*) from articles")[0]
    assert (student[0], student[1]) == ("harbour-student", str(articles))
    assert re.fullmatch(r"\d{4}-\d\d-\d\d \d\d:\d\d", student[2])
    assert courier == ["millbrook-courier", "–", "never", f"{COURIER}/"]
    assert "paused until 2999-12-31" in bote
    assert sport[-1] == "1 feed"
    rows = [
        json.loads(line) for line in nightdesk(internet, "sources", "list", "--json", "-a", folder).stdout.splitlines()
    ]
    assert [(row["name"], row["articles"], row["last_run"]) for row in rows] == [
        ("harbour-student", articles, 1),
        ("millbrook-courier", None, None),
        ("elbe-bote", None, None),
        ("sport", None, None),
    ]
    assert (rows[2]["paused"], rows[3]["feeds"]) == ("2999-12-31", [f"{COURIER}/feed/"])


def test_the_list_needs_no_archive_and_says_when_one_cannot_be_read(internet: DemoInternet, tmp_path: Path) -> None:
    folder = declare(tmp_path, "harbour-student")
    done = nightdesk(internet, "sources", "list", "-a", folder)
    assert "harbour-student" in done.stdout
    assert "no figures: there is no archive in" in done.stderr
    (folder / "archive.db").write_bytes(b"no database" * 100)
    assert "no figures: " in nightdesk(internet, "sources", "list", "-a", folder).stderr


# ── add, check --sample ──────────────────────────────────────────────────────────────────────────────

BOTE = "http://elbe-bote.example"
#: An archive that may ask the demo's hosts as fast as it likes, and has no source yet.
EMPTY = "[crawl]\ndelay = 0\n"


def empty(folder: Path) -> Path:
    folder.mkdir(parents=True)
    (folder / "sources.toml").write_text(EMPTY, encoding="utf-8")
    return folder


def add(internet: DemoInternet, folder: Path, *arguments: str, status: int = 0) -> dict[str, dict[str, Any]]:
    done = nightdesk(internet, "sources", "add", *arguments, "--json", "-a", folder, status=status)
    rows = [json.loads(line) for line in done.stdout.splitlines()]
    return {row["name"]: row for row in rows}


def test_adding_shows_what_is_there_and_what_would_be_kept_and_stores_nothing(
    internet: DemoInternet, tmp_path: Path
) -> None:
    folder = empty(tmp_path / "archive")
    said = nightdesk(internet, "sources", "add", COURIER, "-a", folder).stdout
    assert said.startswith(f"millbrook-courier.example  {COURIER}/\n")
    assert f"  read     feed     {COURIER}/feed/ (9 pages listed)\n" in said
    assert f"  read     sitemap  {COURIER}/wp-sitemap-posts-post-1.xml (9 pages listed)\n" in said
    assert f"  read     section  {COURIER}/category/sport/ (2 pages listed)\n" in said
    assert said.count("\n  keep     ") == 3
    assert re.search(rf"\n  keep     Twenty-six thousand steps.*(\n {{11}}.*)+\n {{11}}{COURIER}/\d{{4}}/", said)
    assert re.search(
        r"\n {11}\d{4}-\d\d-\d\d \d\d:\d\d UTC · [A-Z][a-z]+ [A-Z][a-z]+ · \d+ words\n {11}[A-Z].*\n", said
    )
    assert re.search(r"\n  \d+ pages found to fetch, 1 to leave alone\n$", said)
    assert query(folder, "select (select count(*) from urls) + (select count(*) from articles)") == [(0,)]
    assert list(folder.glob("warc/**/*")) == []
    assert crawl(internet, folder)["millbrook-courier.example"]["new"] > 5


def test_adding_tells_plainly_what_cannot_be_reached_and_adds_it(internet: DemoInternet, tmp_path: Path) -> None:
    folder = empty(tmp_path / "archive")
    internet.set_fault(f"{BOTE}/", "blocked", status=403)
    internet.set_fault("http://harbour-student.example/", "redirect", to=f"{COURIER}/")
    found = add(
        internet, folder, BOTE, "http://nowhere.example", "http://harbour-student.example", COURIER, "--sample=1"
    )
    assert list(found) == [
        "elbe-bote.example",
        "nowhere.example",
        "harbour-student.example",
        "millbrook-courier.example",
    ]
    assert "robots.txt could not be read" in found["nowhere.example"]["problem"]
    assert f"it leads to another site; redirected to {COURIER}/" in found["harbour-student.example"]["problem"]
    assert found["millbrook-courier.example"]["problem"] is None
    (sample,) = found["millbrook-courier.example"]["sample"]
    assert sample["title"] and sample["authors"] and sample["body"] and sample["outcome"] == "new"
    assert [s.name for s in load_config(folder).sources] == list(found)


def test_pinning_writes_what_was_found_and_lists_something(internet: DemoInternet, tmp_path: Path) -> None:
    folder = empty(tmp_path / "archive")
    done = nightdesk(
        internet, "sources", "add", COURIER, "http://nowhere.example", "--pin", "--sample", "0", "-a", folder
    )
    assert "pinned in sources.toml: millbrook-courier.example\n" in done.stderr
    courier, nowhere = load_config(folder).sources
    assert courier.feeds == (f"{COURIER}/feed/",)
    assert courier.sitemaps == (f"{COURIER}/wp-sitemap.xml",)
    assert f"{COURIER}/category/sport/" in courier.sections
    assert (nowhere.feeds, nowhere.sitemaps, nowhere.sections) == ((), (), ())
    assert not [hit.path for hit in internet.hits() if hit.path.startswith("/2026")]


def test_adding_unchecked_asks_nothing(internet: DemoInternet, tmp_path: Path) -> None:
    folder = empty(tmp_path / "archive")
    done = nightdesk(internet, "sources", "add", COURIER, BOTE, "--no-check", "-a", folder)
    assert done.stdout == f"millbrook-courier.example\t{COURIER}/\nelbe-bote.example\t{BOTE}/\n"
    assert internet.hits() == []
    done = nightdesk(internet, "sources", "add", f"{COURIER}/", "-a", folder)
    assert (done.stdout, done.stderr) == ("", "1 already declared\n")
    assert internet.hits() == []
    assert (
        "leave out --no-check"
        in nightdesk(internet, "sources", "add", LEDGER, "--no-check", "--pin", "-a", folder, status=2).stderr
    )


def test_what_cannot_be_looked_at_is_added_all_the_same(internet: DemoInternet, tmp_path: Path) -> None:
    folder = empty(tmp_path / "archive")
    done = nightdesk(internet, "sources", "add", "https://paper.news", "-a", folder)
    assert done.stdout == "paper.news\thttps://paper.news/\n"
    assert "added, but not looked at: before crawling real sites, say who you are" in done.stderr
    (folder / "sources.toml").write_text(EMPTY, encoding="utf-8")
    with ArchiveWriter(folder, purpose="crawl"):
        done = nightdesk(internet, "sources", "add", COURIER, "-a", folder)
    assert "added, but not looked at: " in done.stderr
    assert "is being written by" in done.stderr
    assert internet.hits() == []
    assert [s.name for s in load_config(folder).sources] == ["millbrook-courier.example"]


def test_a_check_with_a_sample_plans_what_one_without_it_does_and_leaves_the_archive_as_it_is(
    internet: DemoInternet, tmp_path: Path
) -> None:
    folder = declare(tmp_path, "millbrook-courier", "orbit-daily")
    crawl(internet, folder, "millbrook-courier", "--limit", "3")
    with closing(sqlite3.connect(folder / "archive.db")) as db, db:  # a check reads its lists all the same
        db.execute("update urls set due_at = '2040-01-01T00:00:00Z' where kind <> 'page'")
    lists = {url for (url,) in query(folder, "select url from urls where kind = 'feed' and state = 'read'")}
    tables = ("articles", "urls", "run_urls", "url_events", "captures", "revisions", "runs", "template_lines")

    def held() -> list[Any]:
        return [query(folder, f"select * from {table}") for table in tables]

    before = held()
    plain = nightdesk(internet, "sources", "check", "--json", "-a", folder).stdout.splitlines()
    internet.reset_hits()
    sampled = nightdesk(internet, "sources", "check", "--sample", "2", "--json", "-a", folder).stdout.splitlines()
    assert held() == before
    rows = [json.loads(line) for line in sampled]
    assert [row for row in rows if "page" in row] == [row for line in plain if "page" in (row := json.loads(line))]
    samples = [row["sample"] for row in rows if "sample" in row]
    assert [sample["source"] for sample in samples].count("millbrook-courier") == 2
    assert {sample["reason"] for sample in samples if sample["source"] == "orbit-daily"} <= {None, "needs-javascript"}
    asked = {f"http://{hit.host}{hit.path}" for hit in internet.hits()}
    assert {sample["url"] for sample in samples} <= asked
    assert lists and lists <= asked
    planned = {row["page"]["url"] for row in rows if "page" in row}
    assert len(planned & asked) == len(samples)
