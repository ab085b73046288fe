"""Whole nights over the bundled newspapers: the command as its users run it, on real files and a real server."""

from __future__ import annotations

import gzip
import json
import os
import re
import signal
import sqlite3
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from fastwarc.warc import ArchiveIterator

from archive.reading import Archive
from archive.types import Outcome
from crawler.demo import PAPERS, DemoInternet
from crawler.demo.elbe_bote import HOUSE_LINE

ROOT = Path(__file__).parents[2]
COURIER = "http://millbrook-courier.example"
LEDGER = "http://www.capital-ledger.example"


@pytest.fixture(scope="module")
def internet() -> Iterator[DemoInternet]:
    with DemoInternet(1) as running:
        yield running


@pytest.fixture(autouse=True)
def all_well(internet: DemoInternet) -> None:
    internet.clear_faults()
    internet.set_night(1)
    internet.reset_hits()


def declare(folder: Path, *names: str, crawl: str = "delay = 0") -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    blocks = [f'[sources.{p.name}]\nhome = "{p.home}"\n' for p in PAPERS if not names or p.name in names]
    (folder / "sources.toml").write_text(f"[crawl]\n{crawl}\n" + "".join(blocks), encoding="utf-8")
    return folder


def command(*arguments: str | Path) -> list[str]:
    return [sys.executable, "-m", "crawler", *map(str, arguments)]


def environment(internet: DemoInternet) -> dict[str, str]:
    return os.environ | {"http_proxy": internet.proxy_url, "no_proxy": "", "PYTHONPATH": str(ROOT)}


def nightdesk(internet: DemoInternet, *arguments: str | Path, status: int = 0) -> subprocess.CompletedProcess[str]:
    done = subprocess.run(
        command(*arguments), env=environment(internet), capture_output=True, text=True, check=False, timeout=120
    )
    assert done.returncode == status, done.stdout + done.stderr
    assert "Traceback" not in done.stderr
    return done


def funnel(done: subprocess.CompletedProcess[str]) -> dict[str, dict[str, int]]:
    rows = [json.loads(line) for line in done.stdout.splitlines()]
    return {row.pop("source"): {k: v for k, v in row.items() if k != "run"} for row in rows}


def crawl(internet: DemoInternet, folder: Path, *arguments: str, status: int = 0) -> dict[str, dict[str, int]]:
    return funnel(nightdesk(internet, "crawl", "-a", folder, "--json", *arguments, status=status))


def query(folder: Path, sql: str) -> list[tuple[Any, ...]]:
    with closing(sqlite3.connect(folder / "archive.db")) as db:
        return db.execute(sql).fetchall()


def outcome_of(folder: Path, url: str) -> tuple[str, str | None]:
    (row,) = query(
        folder,
        "select outcome, run_urls.reason from run_urls join urls on urls.id = url_id"
        f" where url = '{url}' and run_id = (select max(id) from runs)",
    )
    return row[0], row[1]


@pytest.fixture(scope="module")
def three_nights(tmp_path_factory: pytest.TempPathFactory, internet: DemoInternet) -> Path:
    folder = declare(tmp_path_factory.mktemp("nights") / "archive")
    for night in (1, 2, 3):
        internet.set_night(night)
        crawl(internet, folder, *(["--revisit", "all"] if night > 1 else []))
    return folder


def test_the_funnel_adds_up_every_night(three_nights: Path) -> None:
    with Archive(three_nights) as archive:
        for run in archive.runs():
            for source, outcomes in archive.funnel(run.id).items():
                (listed,) = query(
                    three_nights,
                    f"select count(*) from run_urls where run_id = {run.id} and source = '{source}'",
                )[0]
                assert sum(outcomes.values()) == listed > 0
                assert Outcome.WAITING not in outcomes


def test_every_url_has_one_state_and_every_known_one_a_story(three_nights: Path) -> None:
    assert query(three_nights, "select count(*) - count(distinct url) from urls") == [(0,)]
    silent = query(
        three_nights, "select url from urls where state <> 'found' and id not in (select url_id from url_events)"
    )
    assert silent == []


def test_nights_bring_new_edited_gone_and_returning_articles(three_nights: Path) -> None:
    counts = Counter(query(three_nights, "select run_id, outcome from run_urls"))
    assert counts[2, "new"] >= 4
    assert counts[2, "updated"] == 2
    assert counts[2, "gone"] == 2
    assert counts[3, "new"] >= 1
    assert counts[3, "updated"] >= 1
    returned = query(
        three_nights,
        "select distinct url_id from url_events a join url_events b using (url_id)"
        " where a.event = 'gone' and a.run_id = 2 and b.run_id = 3 and b.event <> 'gone'",
    )
    assert len(returned) == 1
    assert query(three_nights, "select count(*) from articles where gone_at is not null") == [(1,)]


def test_a_redesign_changes_no_text(three_nights: Path) -> None:
    changed = query(
        three_nights,
        "select count(*) from run_urls where run_id = 3 and source = 'millbrook-courier' and outcome = 'updated'",
    )
    edited = query(three_nights, "select count(*) from articles where source = 'millbrook-courier' and revision > 2")
    assert changed == edited


def test_every_rows_capture_is_where_it_says(three_nights: Path) -> None:
    for file, offset, length in query(
        three_nights, "select path, offset, length from captures join warc_files on warc_files.id = warc_file_id"
    ):
        with (three_nights / file).open("rb") as warc:
            warc.seek(offset)
            assert gzip.decompress(warc.read(length)).startswith(b"WARC/1.1\r\n")


def test_the_warc_files_hold_every_exchange_and_others_can_read_them(three_nights: Path) -> None:
    kinds: Counter[str] = Counter()
    encodings = set()
    for path in three_nights.glob("warc/**/*.warc.gz"):
        with path.open("rb") as stream:
            for record in ArchiveIterator(stream, verify_digests=True):
                kinds[record.headers["WARC-Type"]] += 1
                if record.headers["WARC-Type"] == "response":
                    assert record.http_headers is not None
                    encodings.add(record.http_headers.get("Content-Encoding"))
    assert kinds["response"] + kinds["revisit"] == kinds["request"]
    assert 0 < kinds["metadata"] <= kinds["response"]
    assert kinds["request"] == query(three_nights, "select count(*) from captures")[0][0]
    assert "gzip" in encodings
    assert not encodings & {"zstd", "br"}
    statuses = {status for (status,) in query(three_nights, "select distinct status from captures")}
    assert {200, 304, 404, 410} <= statuses
    assert query(three_nights, "select count(*) from captures where url like '%/robots.txt'")[0][0] >= 5


def test_everyone_is_told_who_asks(three_nights: Path, internet: DemoInternet, tmp_path: Path) -> None:
    folder = declare(tmp_path, "elbe-bote", crawl='delay = 0\ncontact = "desk@example.org"')
    crawl(internet, folder)
    agents = {hit.user_agent for hit in internet.hits()}
    assert len(agents) == 1
    assert re.fullmatch(r"nightdesk/[\d.]+ \(\+mailto:desk@example\.org\)", agents.pop())


def test_the_explainer_that_started_it(three_nights: Path) -> None:
    with Archive(three_nights) as archive:
        (found,) = archive.articles('"Harbour talks continue"', source="harbour-student")
    assert found.title == "Explainer: Harbour talks continue as dockers refuse the offer"
    assert found.authors == ["Ana Kovač"]
    assert found.published_precision == "day"
    assert found.published_at is not None
    assert found.published_at <= found.first_seen_at
    assert found.origins["published_at"].inferred == "year"
    assert found.reading_minutes == 3
    assert [(i.caption, i.credit) for i in found.images if i.caption] == [
        ("Union and port officials at the third round of talks.", "Harbour News")
    ]
    paragraphs = found.body.split("\n\n")
    assert len(paragraphs) == len(set(paragraphs)) > 4
    for boilerplate in ("top of page", "bottom of page", "Writer", "3 min read", "Comments", "Recent Posts", "Credit:"):
        assert boilerplate not in found.body


def test_a_papers_house_line_is_learnt_in_the_first_night_and_left_out_from_the_second(three_nights: Path) -> None:
    with Archive(three_nights) as archive:
        learnt = archive.template("elbe-bote")
        (line,) = [line for line in learnt.lines if line.left_out]
        assert (line.text, line.state, line.count.articles) == (HOUSE_LINE, "template", learnt.articles)
        found = list(archive.articles(source="elbe-bote"))
        assert len(found) == 10
        assert sum(HOUSE_LINE in article.body for article in found) == 8  # those of the first night
        assert [[each.text for each in article.dropped] for article in found if HOUSE_LINE not in article.body] == [
            [HOUSE_LINE],
            [HOUSE_LINE],
        ]
        assert {article.revision for article in found} == {1}
        for name in ("capital-ledger", "harbour-student", "millbrook-courier"):
            assert not [line for line in archive.template(name).lines if line.left_out]


def test_robots_txt_is_obeyed_and_said(three_nights: Path, internet: DemoInternet) -> None:
    refused = query(three_nights, "select url from urls where state = 'refused' and reason = 'robots.txt'")
    assert refused
    asked = {f"http://{hit.host}{hit.path}" for hit in internet.hits()}
    assert not {url for (url,) in refused} & asked


def test_pages_that_need_javascript_say_so_unless_their_data_is_in_the_page(three_nights: Path) -> None:
    assert query(three_nights, "select count(*) from articles where source = 'orbit-daily'") == [(2,)]
    reasons = {reason for (reason,) in query(three_nights, "select reason from urls where state = 'rejected'")}
    assert "needs-javascript" in reasons


def test_twins_and_tracking_parameters_make_one_article(three_nights: Path) -> None:
    titles = Counter(query(three_nights, "select source, title from articles"))
    assert [title for title, n in titles.items() if n > 1] == []
    urls = [url for (url,) in query(three_nights, "select url from urls where kind = 'page'")]
    assert not [url for url in urls if "utm_" in url or "PHPSESSID" in url or "replytocom" in url or "#" in url]


def test_the_calendar_trap_catches_nobody(three_nights: Path) -> None:
    assert query(three_nights, "select count(*) from urls where url like '%/calendar/%'") == [(0,)]


def test_an_unchanged_night_adds_no_article_and_no_revision(internet: DemoInternet, tmp_path: Path) -> None:
    folder = declare(tmp_path, "capital-ledger", "harbour-student")
    first = crawl(internet, folder)
    articles = query(folder, "select id, revision, body, origins from articles order by id")
    internet.reset_hits()
    second = crawl(internet, folder)
    assert {name: sum(outcomes.values()) for name, outcomes in second.items()} == {
        name: sum(outcomes.values()) for name, outcomes in first.items()
    }
    assert {outcome for outcomes in second.values() for outcome in outcomes} == {"known"}
    assert all(hit.status == 304 for hit in internet.hits() if not hit.path.endswith(("robots.txt", "sitemap.xml")))
    third = crawl(internet, folder, "--revisit", "all")
    for source, outcomes in third.items():
        assert outcomes.get("unchanged", 0) == first[source].get("new", 0)
    assert query(folder, "select id, revision, body, origins from articles order by id") == articles


def test_a_search_count_is_the_exported_rows(three_nights: Path, internet: DemoInternet, tmp_path: Path) -> None:
    counted = nightdesk(internet, "search", "bridge OR Hafen", "--count", "-a", three_nights).stdout
    target = tmp_path / "set.csv"
    nightdesk(internet, "export", "bridge OR Hafen", "--to", target, "-a", three_nights)
    import csv

    with target.open(encoding="utf-8", newline="") as file:
        assert len(list(csv.DictReader(file))) == int(counted) > 1


def test_one_page_can_be_asked_for_by_its_url(internet: DemoInternet, tmp_path: Path) -> None:
    folder = declare(tmp_path, "millbrook-courier", "elbe-bote")
    full = declare(tmp_path / "full", "millbrook-courier")
    crawl(internet, full)
    ((url,),) = query(full, "select url from urls where state = 'kept' order by id limit 1")
    internet.reset_hits()
    assert crawl(internet, folder, "--url", f"{url}?utm_source=mail#top") == {"millbrook-courier": {"new": 1}}
    asked = ["/robots.txt", "/.well-known/tdmrep.json", url.removeprefix(COURIER)]
    assert sorted(hit.path for hit in internet.hits()) == sorted(asked)
    nightdesk(internet, "crawl", "-a", folder, "--url", "http://elsewhere.example/a", status=3)
    nightdesk(internet, "crawl", "-a", folder, "--url", "not a url", status=3)


def test_a_limit_leaves_the_rest_waiting_for_the_next_crawl(internet: DemoInternet, tmp_path: Path) -> None:
    folder = declare(tmp_path, "harbour-student")
    first = crawl(internet, folder, "--limit", "3")["harbour-student"]
    assert first["new"] + first.get("rejected", 0) == 3
    assert first["waiting"] > 0
    assert {r for (r,) in query(folder, "select reason from run_urls where outcome = 'waiting'")} == {"limit"}
    second = crawl(internet, folder)["harbour-student"]
    assert "waiting" not in second
    assert second["new"] == first["waiting"]


def test_a_dry_run_asks_for_no_article_and_keeps_nothing(internet: DemoInternet, tmp_path: Path) -> None:
    folder = declare(tmp_path, "millbrook-courier")
    said = nightdesk(internet, "sources", "check", "-a", folder).stdout
    assert "pages would be fetched" in said
    assert "(new; listed by" in said
    assert "(refused: robots.txt)" in said
    assert query(folder, "select count(*) from urls") == [(0,)]
    assert list(folder.glob("warc/**/*")) == []
    planned = set(re.findall(r"fetch    (\S+) ", said))
    assert planned
    assert not planned & {f"http://{hit.host}{hit.path}" for hit in internet.hits()}
    crawl(internet, folder)
    fetched = {
        url
        for (url,) in query(folder, "select url from urls where kind = 'page' and state not in ('refused', 'found')")
    }
    assert fetched == planned


FAULTS: list[tuple[str, dict[str, Any], str, str | None]] = [
    ("404", {}, "gone", "http-404"),
    ("410", {}, "gone", "http-410"),
    ("500", {}, "failed", "http-500"),
    ("blocked", {"status": 403}, "failed", "http-403"),
    ("blocked", {"status": 200}, "rejected", "blocked"),
    ("login_wall", {}, "rejected", "login-wall"),
    ("not_html", {"kind": "pdf"}, "rejected", "not-html"),
    ("redirect_chain", {"hops": 3}, "new", None),
    ("slow", {"seconds": 1.0}, "new", None),
    ("redirect_loop", {}, "failed", "redirects"),
    ("soft_404", {}, "rejected", "soft-404"),
    ("consent_wall", {}, "rejected", "consent-wall"),
    ("truncated", {}, "rejected", "cut-short"),
    ("reset", {}, "failed", "network"),
    ("empty", {}, "rejected", "empty"),
    ("huge", {}, "failed", "too-large"),
]


def test_each_fault_is_named_and_hurts_nothing_else(internet: DemoInternet, tmp_path: Path) -> None:
    folder = declare(tmp_path, "millbrook-courier")
    crawl(internet, folder)
    urls = [url for (url,) in query(folder, "select url from urls where state = 'kept' order by id")]
    assert len(urls) >= 8
    fresh = declare(tmp_path / "fresh", "millbrook-courier")
    for at in range(0, len(FAULTS), len(urls)):
        internet.clear_faults()
        spoilt = list(zip(urls, FAULTS[at : at + len(urls)], strict=False))
        for url, (fault, options, _, _) in spoilt:
            internet.set_fault(url, fault, **options)
        crawl(internet, fresh, "--revisit", "all", *(f"--url={url}" for url, _ in spoilt))
        for url, (fault, options, outcome, reason) in spoilt:
            assert outcome_of(fresh, url) == (outcome, reason), (fault, options)
    internet.clear_faults()
    crawl(internet, fresh, "millbrook-courier", *(f"--url={url}" for url in urls))
    assert {outcome_of(fresh, url)[0] for url in urls} <= {"new", "unchanged"}


def test_a_site_that_asks_for_patience_is_left_alone(internet: DemoInternet, tmp_path: Path) -> None:
    folder = declare(tmp_path, "millbrook-courier", "harbour-student")
    internet.set_fault(f"{COURIER}/2*", "429", retry_after=7200)
    found = crawl(internet, folder)
    assert found["millbrook-courier"]["waiting"] > 0
    assert found["harbour-student"]["new"] > 5
    assert len([hit for hit in internet.hits() if hit.status == 429]) == 1  # what waited for its turn did not go out
    reasons = {r for (r,) in query(folder, "select reason from run_urls where outcome = 'waiting'")}
    assert reasons == {"asked to wait"}
    ((due,),) = query(
        folder,
        "select min((julianday(due_at) - julianday(state_at)) * 86400) from urls where reason = 'http-429'",
    )
    assert due == pytest.approx(7200, abs=2)


@pytest.mark.parametrize("fault", ["500", "reset"])
def test_a_robots_txt_that_cannot_be_read_closes_the_site_for_now(
    internet: DemoInternet, tmp_path: Path, fault: str
) -> None:
    folder = declare(tmp_path, "millbrook-courier")
    internet.set_fault(f"{COURIER}/robots.txt", fault)
    crawl(internet, folder, "--url", f"{COURIER}/subscribers/subscribers-crossword-answers/")
    assert query(folder, "select failures, nights from hosts") == [(2, 0)]
    assert {hit.path for hit in internet.hits()} == {"/robots.txt"}
    assert query(folder, "select state, reason from urls") == [("refused", "robots-unreachable")]
    internet.clear_faults()
    crawl(internet, folder, "--url", f"{COURIER}/subscribers/subscribers-crossword-answers/")
    assert query(folder, "select state, reason from urls") == [("refused", "robots.txt")]


def test_no_page_slips_past_robots_txt_while_it_is_being_read(internet: DemoInternet, tmp_path: Path) -> None:
    folder = declare(tmp_path, "elbe-bote")
    crawl(internet, folder, "--limit", "1")  # the rest is due, and asked for first thing, all at once
    internet.reset_hits()
    crawl(internet, folder)
    assert not [hit.path for hit in internet.hits() if hit.path.startswith("/intern/")]
    assert query(folder, "select count(*) from urls where reason = 'robots.txt'") == [(1,)]


def test_a_crawl_delay_is_never_undercut(internet: DemoInternet, tmp_path: Path) -> None:
    folder = declare(tmp_path, "elbe-bote")
    crawl(internet, folder)
    times = [
        seconds
        for (seconds,) in query(
            folder,
            "select (julianday(fetched_at) - 2461000) * 86400 from captures order by id",
        )
    ]
    assert times[-1] - times[0] >= (len(times) - 2) * 0.2 - 1  # whole seconds are kept; robots.txt itself goes first


@pytest.mark.parametrize(("length", "outcome"), [(3000, ("gone", "http-404")), (5000, ("refused", "url-too-long"))])
def test_a_very_long_address_does_not_hold_up_the_night(
    internet: DemoInternet, tmp_path: Path, length: int, outcome: tuple[str, str]
) -> None:
    folder = declare(tmp_path, "millbrook-courier")
    url = f"{COURIER}/{'a' * length}/"
    crawl(internet, folder, "--url", url)
    assert outcome_of(folder, url) == outcome


def test_an_archive_that_cannot_be_written_stops_the_crawl_and_blames_no_site(
    internet: DemoInternet, tmp_path: Path
) -> None:
    folder = declare(tmp_path, "millbrook-courier")
    (folder / "warc").write_text("in the way", encoding="utf-8")
    said = nightdesk(internet, "crawl", "-a", folder, status=8).stderr
    assert f"nightdesk: {folder} cannot be written: " in said
    assert len(internet.hits()) <= 3
    assert query(folder, "select count(*) from urls where state = 'failed'") == [(0,)]
    (folder / "warc").unlink()
    assert crawl(internet, folder)["millbrook-courier"]["new"] > 5


def test_a_front_page_can_be_asked_for_by_its_url(internet: DemoInternet, tmp_path: Path) -> None:
    folder = declare(tmp_path, "millbrook-courier")
    assert crawl(internet, folder, "--url", f"{COURIER}/")["millbrook-courier"]["new"] > 3


def test_another_sites_page_behind_a_redirect_is_not_taken(internet: DemoInternet, tmp_path: Path) -> None:
    folder = declare(tmp_path, "millbrook-courier")
    crawl(internet, folder)
    ((url,),) = query(folder, "select url from urls where state = 'kept' limit 1")
    internet.set_fault(url, "redirect", to="http://harbour-student.example/")
    crawl(internet, folder, "--url", url)
    assert outcome_of(folder, url) == ("refused", "off-site")


def wait_until(condition: Any, seconds: float = 60.0) -> None:
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "nothing happened in time"
        time.sleep(0.05)


def asked_so_far(internet: DemoInternet) -> int:
    return len(internet.hits())


def kept_so_far(folder: Path) -> int:
    try:
        return int(query(folder, "select count(*) from articles")[0][0])
    except sqlite3.Error:
        return 0


@pytest.mark.parametrize("kept_before_the_kill", [0, 3, 9])
def test_a_killed_crawl_loses_nothing_and_repeats_nothing(
    internet: DemoInternet, tmp_path: Path, kept_before_the_kill: int
) -> None:
    names = ("millbrook-courier", "harbour-student", "capital-ledger")
    whole = declare(tmp_path / "whole", *names)
    crawl(internet, whole)
    folder = declare(tmp_path / "killed", *names, crawl="delay = 0.1")
    process = subprocess.Popen(
        command("crawl", "-a", folder), env=environment(internet), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    wait_until(lambda: (folder / "archive.db").exists() and kept_so_far(folder) >= kept_before_the_kill)
    process.send_signal(signal.SIGKILL)
    assert process.wait() == -signal.SIGKILL
    crawl(internet, folder)
    for sql in (
        "select id, title, body from articles order by id",
        "select url, state, reason from urls where kind = 'page' order by url",
    ):
        assert query(folder, sql) == query(whole, sql)
    statuses = [status for (status,) in query(folder, "select status from runs order by id")]
    assert statuses[-1] == "finished"
    assert statuses[:-1] == ["crashed"] or kept_before_the_kill == 0  # killed before its run was written down
    for path in folder.glob("warc/**/*.warc.gz"):
        with path.open("rb") as stream:
            assert sum(1 for _ in ArchiveIterator(stream, verify_digests=True)) > 0
    twice = query(
        folder,
        "select urls.url from captures join urls on urls.id = url_id where kind = 'page' and status = 200"
        " group by url_id having count(*) > 1",
    )
    assert twice == []


def test_an_interrupted_crawl_says_so_and_goes_on(internet: DemoInternet, tmp_path: Path) -> None:
    folder = declare(tmp_path, "millbrook-courier", "harbour-student", crawl="delay = 0.3")
    process = subprocess.Popen(
        command("crawl", "-a", folder), env=environment(internet), stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    wait_until(lambda: kept_so_far(folder) >= 2)
    process.send_signal(signal.SIGTERM)
    _, said = process.communicate(timeout=30)
    assert process.returncode == 7, said
    assert b"the next crawl goes on from here" in said
    assert query(folder, "select status from runs") == [("interrupted",)]
    waiting = query(folder, "select distinct reason from run_urls where outcome = 'waiting'")
    assert waiting == [("interrupted",)]
    (folder / "sources.toml").write_text(
        (folder / "sources.toml").read_text(encoding="utf-8").replace("0.3", "0"), encoding="utf-8"
    )
    assert all("waiting" not in outcomes for outcomes in crawl(internet, folder).values())


@pytest.mark.parametrize("times", [1, 2])
def test_a_stop_does_not_wait_for_a_page_that_never_ends(internet: DemoInternet, tmp_path: Path, times: int) -> None:
    folder = declare(tmp_path, "millbrook-courier", "harbour-student", crawl="delay = 0")
    internet.set_fault(f"{COURIER}/feed/", "drip", bytes_per_s=1)
    process = subprocess.Popen(
        command("crawl", "-a", folder), env=environment(internet), stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    wait_until(lambda: kept_so_far(folder) >= 2)
    for _ in range(times):
        process.send_signal(signal.SIGTERM)
        time.sleep(0.5)
    _, said = process.communicate(timeout=30)  # an answer would be given a minute
    assert process.returncode == 7, said
    assert b"Traceback" not in said
    assert query(folder, "select status from runs") == [("interrupted",)]
    assert query(folder, "select state, reason, attempts from urls where kind = 'feed' and url like '%feed/'") == [
        ("found", None, 0)
    ]
    log = "".join(path.read_text(encoding="utf-8") for path in folder.glob("logs/*.log"))
    assert "Traceback" not in log
    internet.clear_faults()
    assert all("waiting" not in outcomes for outcomes in crawl(internet, folder).values())


def test_a_second_crawl_is_told_who_is_at_work(internet: DemoInternet, tmp_path: Path) -> None:
    folder = declare(tmp_path, "millbrook-courier", crawl="delay = 0.8")
    first = subprocess.Popen(
        command("crawl", "-a", folder), env=environment(internet), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        wait_until(lambda: kept_so_far(folder) >= 1)
        said = nightdesk(internet, "crawl", "-a", folder, status=4).stderr
        assert f"nightdesk: {folder} is being written by `nightdesk crawl` (process {first.pid}," in said
        assert int(nightdesk(internet, "search", "--count", "-a", folder).stdout) >= 1  # readers are not disturbed
    finally:
        first.terminate()
        first.wait(timeout=30)


def test_scrapy_crawl_news_is_the_same_crawl(internet: DemoInternet, tmp_path: Path) -> None:
    folder = declare(tmp_path, "harbour-student", crawl='delay = 0\ncontact = "desk@example.org"')
    done = subprocess.run(
        [sys.executable, "-m", "scrapy", "crawl", "news", "-s", f"NIGHTDESK_ARCHIVE={folder}"],
        cwd=ROOT,
        env=environment(internet),
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr
    assert kept_so_far(folder) > 5
    (agent,) = {hit.user_agent for hit in internet.hits()}
    assert agent.endswith("(+mailto:desk@example.org)")


@pytest.mark.parametrize(
    ("arguments", "status", "said"),
    [
        (["crawl", "-a", "{missing}"], 3, "nightdesk init"),
        (["crawl", "nowhere", "-a", "{folder}"], 3, "no source 'nowhere'"),
        (["crawl", "--limit", "0", "-a", "{folder}"], 2, "--limit"),
        (["sources", "list", "-a", "{missing}"], 3, "nightdesk init"),
        (["sources", "add", "ftp://x.example", "-a", "{folder}"], 3, "full http or https URL"),
        (["search", "x", "-a", "{missing}"], 3, "nightdesk init"),
        (["import", "{missing}/page.html", "-a", "{folder}"], 1, "cannot be read"),
    ],
)
def test_mistakes_are_told_in_words(
    internet: DemoInternet, tmp_path: Path, arguments: list[str], status: int, said: str
) -> None:
    folder = declare(tmp_path / "archive", "harbour-student")
    places = {"folder": str(folder), "missing": str(tmp_path / "missing")}
    done = nightdesk(internet, *(a.format(**places) for a in arguments), status=status)
    assert said in done.stderr
