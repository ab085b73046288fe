"""`nightdesk backfill` as its users run it, on a newspaper of ours with a past and a web archive of ours."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from datetime import date, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner
from fastwarc.warc import ArchiveIterator

import crawler.cli
from archive.lock import WriterLock
from crawler.backfill.makeway import NIGHT_LOCK
from tests.crawler import past as web
from tests.crawler.past import MEMORY, PAPER, Past, article, at, serving
from tests.crawler.test_night import ROOT, command, funnel, kept_so_far, query, wait_until


@pytest.fixture
def past() -> Iterator[Past]:
    with serving(web.paper()) as running:
        yield running


def declare(folder: Path, more: str = "", crawl: str = "delay = 0") -> Path:
    folder.mkdir(exist_ok=True)
    text = f'[crawl]\n{crawl}\n[sources.gazette]\nhome = "{PAPER}/"\n{more}'
    (folder / "sources.toml").write_text(text, encoding="utf-8")
    return folder


def environment(past: Past) -> dict[str, str]:
    return os.environ | {"http_proxy": past.proxy_url, "no_proxy": "", "PYTHONPATH": str(ROOT)}


def nightdesk(past: Past, *arguments: str | Path, status: int = 0) -> subprocess.CompletedProcess[str]:
    done = subprocess.run(
        command(*arguments), env=environment(past), capture_output=True, text=True, check=False, timeout=120
    )
    assert done.returncode == status, done.stdout + done.stderr
    assert "Traceback" not in done.stderr
    return done


def backfill(past: Past, folder: Path, *arguments: str, status: int = 0) -> dict[str, int]:
    done = nightdesk(past, "backfill", "gazette", "-a", folder, "--json", *arguments, status=status)
    assert "Traceback" not in "".join(path.read_text(encoding="utf-8") for path in folder.glob("logs/*.log"))
    return funnel(done).get("gazette", {})


def days_kept(folder: Path) -> list[str]:
    return [day for (day,) in query(folder, "select substr(published_at, 1, 10) from articles order by seq")]


IN_2024 = ("--from", "2024-01-01", "--to", "2024-12-31")


def test_sitemaps_are_read_by_the_days_in_their_names_and_articles_kept_of_those_days(
    past: Past, tmp_path: Path
) -> None:
    folder = declare(tmp_path / "a")
    found = backfill(past, folder, *IN_2024, "--via", "sitemaps")
    assert found["new"] == len(days_kept(folder)) == 12
    assert all(day.startswith("2024-") for day in days_kept(folder))
    read = [url for url in past.asked if "/sitemaps/" in url]
    assert read == sorted(read, reverse=True)  # newest first
    assert {url[-11:-4] for url in read} <= {"2023-12", "2025-01"} | {f"2024-{month:02}" for month in range(1, 13)}
    asked = [url for url in past.asked if "/news/" in url]
    assert asked == sorted(asked, reverse=True)
    assert query(folder, "select count(*) from backfills where finished_at is null") == [(0,)]
    (arguments,) = query(folder, "select json_extract(arguments, '$.backfill.first') from runs")
    assert arguments == ("2024-01-01",)


def test_pages_of_other_days_are_recorded_and_told_not_asked_for(past: Past, tmp_path: Path) -> None:
    folder = declare(tmp_path / "a")
    past.put(f"{PAPER}/sitemap.xml", web.sitemap([(f"{PAPER}/2021/03/04/too-old-for-this-one", None)]), "text/xml")
    assert backfill(past, folder, *IN_2024, "--via", "sitemaps") == {"refused": 1}
    assert query(folder, "select state, reason, due_at from urls where kind = 'page'") == [
        ("refused", "out-of-range", None)
    ]
    told = nightdesk(past, "explain", f"{PAPER}/2021/03/04/too-old-for-this-one", "-a", folder).stdout
    assert "its date is not among the days that the backfill was" in told
    past.put_article(f"{PAPER}/2021/03/04/too-old-for-this-one", date(2021, 3, 4))
    assert backfill(past, folder, "--from", "2021-01-01", "--to", "2021-12-31", "--via", "sitemaps")["new"] == 1


def test_an_article_that_turns_out_to_be_of_other_days_is_kept_and_says_so(past: Past, tmp_path: Path) -> None:
    folder = declare(tmp_path / "a")
    url = past.put_article(f"{PAPER}/news/a-story-without-a-day-in-its-address", date(2020, 2, 2))
    past.put(f"{PAPER}/sitemap.xml", web.sitemap([(url, "2024-06-01")]), "text/xml")
    backfill(past, folder, *IN_2024, "--via", "sitemaps")
    assert query(folder, "select outcome, reason from run_urls") == [("new", "out-of-range")]
    assert query(folder, "select state, detail from urls where kind = 'page'") == [("kept", "published on 2020-02-02")]


def test_a_budget_is_spent_newest_first_and_the_same_command_goes_on(past: Past, tmp_path: Path) -> None:
    folder = declare(tmp_path / "a")
    words = (*IN_2024, "--via", "sitemaps")
    first = backfill(past, folder, *words, "--budget", "14")
    assert first["new"] > 2
    kept = days_kept(folder)
    assert kept == [f"{day}" for day in sorted(kept)] and kept[-1] > "2024-11"
    while query(folder, "select count(*) from backfills where finished_at is null") == [(1,)]:
        backfill(past, folder, *words, "--budget", "14")
    assert len(days_kept(folder)) == 12
    asked = [url for url in past.asked if "/news/" in url or "/sitemaps/" in url]
    assert len(asked) == len(set(asked))
    assert query(folder, "select count(*) from backfills") == [(1,)]
    assert {r for (r,) in query(folder, "select reason from run_urls where outcome = 'waiting'")} <= {"budget"}


def test_the_night_does_not_ask_for_what_a_backfill_left(past: Past, tmp_path: Path) -> None:
    folder = declare(tmp_path / "a", 'sitemaps = ["http://gazette.example/old.xml"]\n')
    urls = [past.put_article(f"{PAPER}/news/one-of-many-old-stories-{n}", date(2024, 5, 1)) for n in range(12)]
    past.put(f"{PAPER}/old.xml", web.sitemap([(url, None) for url in urls]), "text/xml")
    left = backfill(past, folder, *IN_2024, "--via", "sitemaps", "--budget", "5")["waiting"]
    assert left >= 5
    (folder / "sources.toml").write_text(
        (folder / "sources.toml").read_text(encoding="utf-8").replace("old.xml", "new.xml"), encoding="utf-8"
    )
    past.put(f"{PAPER}/new.xml", web.sitemap([(urls[-1], None)]), "text/xml")
    past.asked.clear()
    nightdesk(past, "nightly", "-a", folder)
    assert [url for url in past.asked if "/news/" in url] == [urls[-1]]  # which its own sitemap lists
    assert not [url for url in past.asked if url.endswith("/old.xml")]
    assert query(folder, "select count(*) from urls where state = 'found' and due_at is not null") == [(0,)]
    assert query(folder, "select count(*) from urls where state = 'kept' and due_at < '2027'") == [(1,)]


def test_sections_are_followed_page_by_page_until_they_are_too_old_and_lists_of_months_are_guessed(
    past: Past, tmp_path: Path
) -> None:
    folder = declare(tmp_path / "a")
    web.sections(past)
    backfill(past, folder, "--from", "2024-02-01", "--to", "2024-06-30", "--via", "sections")
    asked = [url.removeprefix(PAPER) for url in past.asked]
    months = [url for url in asked if url.startswith("/2024/") and url.count("/") == 3]
    assert months == [f"/2024/{month:02}/" for month in (6, 5, 4, 3, 2)]
    assert "/sport/?page=3" in asked and "/sport/?page=4" in asked
    assert "/sport/?page=6" not in asked  # all that page 5, or 4, lists is older
    kept = set(days_kept(folder))
    assert {f"2024-{month:02}-05" for month in range(2, 7)} <= kept
    assert {str(date(2025, 1, 20) - timedelta(days=30 * n)) for n in range(8, 12)} <= kept


def test_a_wrong_guess_is_not_made_for_every_month(past: Past, tmp_path: Path) -> None:
    folder = declare(tmp_path / "a")
    web.sections(past)
    for month in range(1, 7):
        del past.pages[f"{PAPER}/2024/{month:02}/"]
    backfill(past, folder, "--from", "2023-01-01", "--to", "2024-06-30", "--via", "sections")
    assert len([url for url in past.asked if url.removeprefix(PAPER).count("/") == 3 and "/20" in url]) == 2


def remembered(past: Past, number: int = 6) -> list[str]:
    """Pages that only the archive has still, one a month of 2024, in May twice."""
    urls = []
    for month in range(1, number + 1):
        url = f"{PAPER}/lost/a-page-that-only-memory-has-{month}"
        past.copies.append((url, at(date(2024, month, 10)), article(url, date(2024, month, 9))))
        urls.append(url)
    past.copies.append((urls[4], at(date(2024, 5, 20)), article(urls[4], date(2024, 5, 9), title="Later")))
    past.copies.append((f"{PAPER}/logo.png", at(date(2024, 5, 20)), b"no page"))
    past.copies.append(("http://elsewhere.example/lost/a-page-of-another-paper", at(date(2024, 5, 20)), b""))
    return urls


def test_a_web_archives_copies_are_kept_as_the_pages_they_are_copies_of(past: Past, tmp_path: Path) -> None:
    folder = declare(tmp_path / "a", f'[backfill]\ncdx = "{MEMORY}/cdx"\n')
    urls = remembered(past)
    past.put(f"{MEMORY}/robots.txt", b"User-agent: *\nAllow: /\n", "text/plain")
    assert backfill(past, folder, *IN_2024, "--via", "cdx")["new"] == 6
    assert {url for (url,) in query(folder, "select url from articles")} == set(urls)
    seen = query(folder, "select first_seen_at, last_seen_at from articles where url like '%-3'")
    assert seen == [("2024-03-10T12:00:00Z", "2024-03-10T12:00:00Z")]
    origins = query(folder, "select origin, captures.url from captures join articles on captures.id = capture_id")
    assert all(origin.startswith(f"{MEMORY}/web/2024") and origin.endswith(f"id_/{url}") for origin, url in origins)
    assert query(folder, "select count(*) from urls where etag is not null") == [(0,)]
    assert f"{MEMORY}/robots.txt" in past.asked  # of the host that was asked
    (path,) = folder.glob("warc/**/*.warc.gz")
    with path.open("rb") as stream:
        records = {
            record.headers["WARC-Target-URI"]: record.headers
            for record in ArchiveIterator(stream, verify_digests=True)
            if record.headers["WARC-Type"] == "response"
        }
    assert records[urls[0]]["WARC-Date"] == "2024-01-10T12:00:00Z"
    assert records[urls[0]]["Nightdesk-Origin"] == f"{MEMORY}/web/20240110120000id_/{urls[0]}"


def test_a_full_reply_is_asked_for_in_halves(past: Past, tmp_path: Path) -> None:
    folder = declare(tmp_path / "a")
    remembered(past)
    for n in range(30):  # more than five in many a window of days
        url = f"{PAPER}/lost/one-more-page-of-those-days-{n}"
        past.copies.append((url, at(date(2024, 3, 1)) + timedelta(hours=20 * n), article(url, date(2024, 3, 1))))
    script = (
        "import crawler.backfill.cdx as cdx, crawler.backfill.lists as lists\n"
        "cdx.MOST = lists.MOST = 5\nfrom crawler.cli import main\nmain()"
    )
    words = ("backfill", "gazette", "-a", str(folder), *IN_2024, "--cdx", f"{MEMORY}/cdx", "--json")
    done = subprocess.run(
        [sys.executable, "-c", script, *words],
        env=environment(past), capture_output=True, text=True, check=False, timeout=120,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    assert funnel(done)["gazette"]["new"] == 36


def test_the_archives_own_404_is_no_word_on_the_page(past: Past, tmp_path: Path) -> None:
    folder = declare(tmp_path / "a")
    urls = remembered(past)
    past.forgotten.add(urls[0])
    words = (*IN_2024, "--cdx", f"{MEMORY}/cdx")
    assert backfill(past, folder, *words)["failed"] == 1
    assert query(folder, f"select state, reason, due_at from urls where url = '{urls[0]}'") == [
        ("failed", "http-404", None)
    ]
    past.forgotten.clear()
    assert backfill(past, folder, *words)["new"] == 1


def others(past: Past) -> tuple[bytes, list[str]]:
    urls = [f"{PAPER}/lost/kept-by-others-since-that-day-{n}" for n in range(5)]
    pages = [(url, at(date(2024, 2 + n, 3)), article(url, date(2024, 2 + n, 2))) for n, url in enumerate(urls)]
    strangers = [
        (f"http://other-{n}.example/a-story-of-nobody-here", at(date(2024, 3, 3)), b"<p>x</p>" * 50) for n in range(3)
    ]
    early = (f"{PAPER}/lost/from-before-the-days-that-count", at(date(2022, 1, 1)), article("early", date(2022, 1, 1)))
    return web.warc([*strangers, *pages, early]), urls


@pytest.mark.parametrize("where", ["file", "network"])
def test_warc_files_of_others_give_the_papers_pages_of_those_days(past: Past, tmp_path: Path, where: str) -> None:
    folder = declare(tmp_path / "a")
    data, urls = others(past)
    data += data[:200]  # a torn tail
    if where == "file":
        place = str(tmp_path / "others.warc.gz")
        Path(place).write_bytes(data)
    else:
        place = "http://files.example/others.warc.gz"
        past.put(place, data, "application/octet-stream")
    found = backfill(past, folder, *IN_2024, "--warc", place)
    assert found == {"new": 5, "refused": 1}
    assert {url for (url,) in query(folder, "select url from articles")} == set(urls)
    name = Path(place).name
    for origin, start in query(folder, "select origin, fetched_at from captures where origin is not null"):
        assert origin.startswith(f"{name}@") and start.startswith("2024-")
    assert not [url for url in past.asked if url.startswith(PAPER)]
    if where == "network":
        sizes = query(folder, "select count(*) from captures where url = 'http://files.example/others.warc.gz'")
        assert sizes == [(0,)]  # of the file, only the pages are kept


@pytest.mark.parametrize("way", ["sitemaps", "cdx"])
def test_a_backfill_killed_at_any_moment_goes_on(past: Past, tmp_path: Path, way: str) -> None:
    folder = declare(tmp_path / "a", f'[backfill]\ncdx = "{MEMORY}/cdx"\n')
    remembered(past)
    past.slow = 0.1
    process = subprocess.Popen(
        command("backfill", "gazette", "-a", folder, *IN_2024, "--via", way),
        env=environment(past), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    wait_until(lambda: kept_so_far(folder) >= 3)
    process.kill()
    process.wait()
    past.slow = 0
    backfill(past, folder, *IN_2024, "--via", way)
    assert len(days_kept(folder)) == (12 if way == "sitemaps" else 6)
    assert query(folder, "select count(*), count(finished_at) from backfills") == [(1, 1)]
    assert query(folder, "select count(*) from urls where state = 'captured'") == [(0,)]
    sql = "select url_id from captures join urls on urls.id = url_id where kind = 'page' and status = 200"
    twice = query(folder, f"{sql} group by url_id having count(*) > 1")
    assert twice == []


def test_an_archive_that_asks_for_patience_ends_the_run_and_not_the_papers_nights(past: Past, tmp_path: Path) -> None:
    folder = declare(tmp_path / "a")
    remembered(past)
    past.patience = 7200
    assert "new" not in backfill(past, folder, *IN_2024, "--cdx", f"{MEMORY}/cdx")
    assert len([url for url in past.asked if "id_/" in url]) == 1
    assert query(folder, "select count(*) from backfills where finished_at is null") == [(1,)]
    past.asked.clear()
    nightdesk(past, "crawl", "-a", folder, "--limit", "2")
    assert len([url for url in past.asked if "/news/" in url]) == 2


def test_a_web_archive_on_this_machine_may_be_asked_when_it_is_named(past: Past, tmp_path: Path) -> None:
    folder = declare(tmp_path / "a", f'[backfill]\ncdx = "{past.proxy_url}/cdx"\nreplay = "{past.proxy_url}/web"\n')
    remembered(past)
    done = subprocess.run(
        command("backfill", "gazette", "-a", folder, *IN_2024, "--via", "cdx", "--json"),
        env=environment(past) | {"http_proxy": ""}, capture_output=True, text=True, check=False, timeout=120,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert funnel(done)["gazette"]["new"] == 6


def test_a_backfill_does_not_begin_while_a_night_goes_on(past: Past, tmp_path: Path) -> None:
    folder = declare(tmp_path / "a")
    with closing(_Held(folder)):
        said = nightdesk(past, "backfill", "gazette", "-a", folder, *IN_2024, status=4).stderr
    assert f"a night of {folder} is going on; a backfill waits until it is over" in said
    assert past.asked == []


class _Held:
    """The night's lock, as a night holds it."""

    def __init__(self, folder: Path) -> None:
        self._lock = WriterLock(folder, "nightly", NIGHT_LOCK)

    def close(self) -> None:
        self._lock.release()


def test_a_backfill_ends_when_a_night_wants_to_begin(past: Past, tmp_path: Path) -> None:
    folder = declare(tmp_path / "a", crawl="delay = 2")
    process = subprocess.Popen(
        command("backfill", "gazette", "-a", folder, *IN_2024, "--via", "sitemaps"),
        env=environment(past), stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    )  # fmt: skip
    wait_until(lambda: kept_so_far(folder) >= 1)
    nightdesk(past, "nightly", "-a", folder, "--budget", "3")  # waits for the backfill, then does its own work
    _, said = process.communicate(timeout=30)
    assert process.returncode == 7, said
    assert b"the same command goes on from here" in said
    assert query(folder, "select status, json_type(arguments, '$.backfill') from runs") == [
        ("interrupted", "object"),
        ("finished", None),
    ]
    left = query(folder, "select distinct reason from run_urls where run_id = 1 and outcome = 'waiting'")
    assert left in ([("night",)], [])  # a list brings one page here: it may have been under way
    log = min(folder.glob("logs/*.log")).read_text(encoding="utf-8")
    assert "a night is about to begin: the backfill makes way" in log


def test_a_dry_run_tells_what_would_be_asked_for_and_keeps_nothing(past: Past, tmp_path: Path) -> None:
    folder = declare(tmp_path / "a")
    said = nightdesk(past, "backfill", "gazette", "-a", folder, *IN_2024, "--via", "sitemaps", "--dry-run").stdout
    assert "12 pages would be fetched" in said
    assert not [url for url in past.asked if "/news/" in url]
    assert query(folder, "select count(*) from urls") == [(0,)]
    assert query(folder, "select count(*) from backfills") == [(0,)]
    assert list(folder.glob("warc/**/*")) == []


def test_closed_parts_of_the_paper_stay_closed(past: Past, tmp_path: Path) -> None:
    folder = declare(tmp_path / "a")
    url = past.put_article(f"{PAPER}/closed/2024/05/06/not-for-us-to-read", date(2024, 5, 6))
    past.put(f"{PAPER}/sitemap.xml", web.sitemap([(url, None)]), "text/xml")
    assert backfill(past, folder, *IN_2024) == {"refused": 1}
    assert url not in past.asked


@pytest.mark.parametrize(
    ("arguments", "status", "said"),
    [
        (("--from", "soon"), 3, "--from 'soon': write a day such as 2024-01-31"),
        (("--from", "2024-02-01", "--to", "2024-01-01"), 3, "--from 2024-02-01 is later than --to 2024-01-01"),
        (("--from", "2024-01-01", "--via", "cdx"), 3, "no CDX server is known: name one with --cdx URL"),
        (("--from", "2024-01-01", "--via", "warc"), 3, "no WARC file is named"),
        (("--from", "2024-01-01", "--warc", "nowhere.warc.gz"), 3, "nowhere.warc.gz: there is no such file"),
        (("--from", "2024-01-01", "--budget", "much"), 2, "'much' is neither a number of requests"),
        (("--from", "2024-01-01", "--cdx", "ftp://x"), 3, "--cdx: not an http or https URL"),
    ],
)
def test_mistakes_are_told_in_words(tmp_path: Path, arguments: tuple[str, ...], status: int, said: str) -> None:
    folder = declare(tmp_path / "a")
    done = CliRunner().invoke(crawler.cli.nightdesk, ["backfill", "gazette", "-a", str(folder), *arguments])
    assert (done.exit_code, said in done.stderr) == (status, True), done.stderr
    assert [path.name for path in folder.iterdir()] == ["sources.toml"]
