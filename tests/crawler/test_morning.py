"""The morning after a real crawl: faults that the bundled newspapers' server makes, as their health tells them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from archive.health import judge_night
from archive.reading import Archive
from archive.times import utc_now
from archive.writer import ArchiveWriter
from crawler.demo import DemoInternet
from crawler.night.control import compare
from tests.crawler.test_night import COURIER, LEDGER, crawl, declare, nightdesk


@pytest.fixture(scope="module")
def internet() -> Iterator[DemoInternet]:
    with DemoInternet(1) as running:
        yield running


def test_each_paper_has_the_verdict_of_what_befell_it(internet: DemoInternet, tmp_path: Path) -> None:
    internet.set_fault(f"{COURIER}/20*", "consent_wall")
    internet.set_fault(f"{LEDGER}/*", "blocked", status=403)
    internet.set_fault("http://elbe-bote.example/*", "reset")
    internet.set_fault("http://harbour-student.example/robots.txt", "500")
    internet.set_fault("http://www.harbour-student.example/robots.txt", "500")
    folder = declare(tmp_path)
    crawl(internet, folder)
    told = {
        each["source"]: each
        for each in map(json.loads, nightdesk(internet, "health", "-a", folder, "--json").stdout.splitlines())
    }
    assert {source: each["verdict"] for source, each in told.items()} == {
        "capital-ledger": "blocked",
        "elbe-bote": "unreachable",
        "harbour-student": "server-errors",
        "millbrook-courier": "consent-wall",
        "orbit-daily": "needs-javascript",
    }
    assert all(each["evidence"] and each["next_step"] for each in told.values())
    page = nightdesk(internet, "report", "--html", "-", "-a", folder).stdout
    assert "Sick: 5 of 5 sources" in page


def test_judged_night_after_night_a_crawl_that_goes_well_is_fine(internet: DemoInternet, tmp_path: Path) -> None:
    internet.clear_faults()
    folder = declare(tmp_path, "millbrook-courier", "capital-ledger")
    for night in (1, 2, 3):
        internet.set_night(night)
        crawl(internet, folder)
        with ArchiveWriter(folder, purpose="test") as writer:
            run = writer.db.execute("select max(id) from runs").fetchone()[0]
            nights = compare(writer, judge_night(writer, run, utc_now()))
        assert {each.source: each.verdict for each in nights} == {"millbrook-courier": "fine", "capital-ledger": "fine"}
        with Archive(folder) as archive:
            told = archive.health(run)
            funnel = archive.funnel(run)
        assert told == nights
        for each in told:
            assert sum(each.figures.pages.values()) == sum(funnel[each.source].values())
            assert each.figures.bytes > 0
