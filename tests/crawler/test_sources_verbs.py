"""`nightdesk sources`: the command as its users run it, over the bundled newspapers."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from crawler.demo import DemoInternet
from tests.crawler.test_night import COURIER, crawl, declare, nightdesk, query


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
    crawl(internet, folder, "--limit", "4")
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
    ],
)
def test_mistakes_are_told_in_words(
    internet: DemoInternet, tmp_path: Path, arguments: list[str], status: int, said: str
) -> None:
    folder = declare(tmp_path / "archive", "harbour-student")
    before = (folder / "sources.toml").read_bytes()
    assert said in nightdesk(internet, "sources", *arguments, "-a", folder, status=status).stderr
    assert (folder / "sources.toml").read_bytes() == before
