"""What a night costs where nothing is new, and where something is: whole nights, days apart, over the newspapers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from bench.clock import let_time_pass
from crawler.demo import DemoInternet
from tests.crawler.test_night import COURIER, crawl, declare, outcome_of, query

DAY = timedelta(days=1)


@pytest.fixture(scope="module")
def internet() -> Iterator[DemoInternet]:
    with DemoInternet(1) as running:
        yield running


@pytest.fixture(autouse=True)
def all_well(internet: DemoInternet) -> None:
    internet.clear_faults()
    internet.set_night(1)
    internet.reset_hits()


def statuses(internet: DemoInternet) -> Counter[int]:
    """Answers by status, robots.txt left out; what was counted is forgotten."""
    counted = Counter(hit.status for hit in internet.hits() if hit.path != "/robots.txt")
    internet.reset_hits()
    return counted


def test_a_paper_that_is_silent_for_months_costs_a_handful_of_304s_a_night(
    internet: DemoInternet, tmp_path: Path
) -> None:
    folder = declare(tmp_path, "millbrook-courier")
    crawl(internet, folder)
    first = statuses(internet)
    for days in (1, 7, 30, 60):
        let_time_pass(folder, days * DAY)
        crawl(internet, folder)
        statuses(internet)
    let_time_pass(folder, DAY)
    crawl(internet, folder)
    assert set(statuses(internet)) == {304}
    assert first[200] > 15
    asked = query(folder, "select count(*) from captures where run_id = (select max(id) from runs)")[0][0]
    assert asked <= 4  # robots.txt, the front page, its feed, the sitemap of sitemaps


def test_articles_are_asked_for_on_the_first_night_after_and_told_why(internet: DemoInternet, tmp_path: Path) -> None:
    folder = declare(tmp_path, "harbour-student")
    new = crawl(internet, folder)["harbour-student"]["new"]
    assert set(query(folder, "select due_because from urls where state = 'kept'")) == {
        ("1 hour after it was first seen",)
    }
    let_time_pass(folder, DAY - timedelta(minutes=3))
    assert crawl(internet, folder)["harbour-student"]["unchanged"] == new
    assert set(query(folder, "select due_because from urls where state = 'kept'")) == {
        ("7 days after it was first seen",)
    }
    let_time_pass(folder, DAY)
    assert "unchanged" not in crawl(internet, folder)["harbour-student"]


def test_an_edited_article_comes_back_before_its_neighbours(internet: DemoInternet, tmp_path: Path) -> None:
    folder = declare(tmp_path, "millbrook-courier", "capital-ledger")
    crawl(internet, folder)
    internet.set_night(2)
    let_time_pass(folder, DAY)
    crawl(internet, folder)

    def dues(outcome: str) -> list[tuple[str, str]]:
        columns = "due_at, due_because from run_urls join urls on urls.id = url_id"
        return query(folder, f"select {columns} where run_id = 2 and outcome = '{outcome}' order by 1")

    edited, unchanged = dues("updated"), dues("unchanged")
    assert {because for _, because in edited} == {"1 hour after its text was found changed"}
    assert edited[-1][0] < unchanged[0][0]
    assert len(unchanged) > len(edited) > 0


def test_a_server_without_validators_costs_no_cleaning_where_nothing_changed(
    internet: DemoInternet, tmp_path: Path
) -> None:
    folder = declare(tmp_path, "millbrook-courier")
    internet.set_fault(f"{COURIER}/*", "no_validators")
    first = crawl(internet, folder)["millbrook-courier"]
    events = query(folder, "select count(*) from url_events where event = 'captured'")
    let_time_pass(folder, DAY)
    internet.reset_hits()
    second = crawl(internet, folder)["millbrook-courier"]
    assert 304 not in statuses(internet)
    assert second["unchanged"] == first["new"]
    assert sum(second.values()) == sum(first.values())  # its lists list what they listed
    assert query(folder, "select count(*) from url_events where event = 'captured'") == events
    assert query(folder, "select distinct reason from run_urls where run_id = 2 and outcome = 'unchanged'") == [
        ("same-body",)
    ]
    assert query(folder, "select count(*) from urls where kind <> 'page' and reason = 'same-body'")[0][0] >= 3


def test_an_answer_that_was_other_in_between_is_no_unchanged_one(internet: DemoInternet, tmp_path: Path) -> None:
    folder = declare(tmp_path, "millbrook-courier")
    internet.set_fault(f"{COURIER}/*", "no_validators")
    crawl(internet, folder)
    ((url,),) = query(folder, "select url from urls where state = 'kept' order by id limit 1")
    internet.set_fault(url, "consent_wall")
    crawl(internet, folder, "--url", url)
    assert outcome_of(folder, url) == ("rejected", "consent-wall")
    internet.set_fault(url, "no_validators")
    crawl(internet, folder, "--url", url)
    assert outcome_of(folder, url) == ("unchanged", None)


def test_a_feed_that_died_is_still_asked_every_night_and_heard_when_it_is_back(
    internet: DemoInternet, tmp_path: Path
) -> None:
    folder = declare(tmp_path, "millbrook-courier")
    crawl(internet, folder)
    ((feed,),) = query(folder, "select url from urls where kind = 'feed' limit 1")
    internet.set_fault(feed, "410")
    for _ in range(3):
        let_time_pass(folder, 3 * DAY)
        internet.reset_hits()
        crawl(internet, folder)
        assert feed.removeprefix(COURIER) in {hit.path for hit in internet.hits()}
    internet.clear_faults()
    let_time_pass(folder, DAY)
    crawl(internet, folder)
    assert query(folder, f"select state from urls where url = '{feed}'") == [("read",)]
