"""`nightdesk nightly` as a timer runs it, on the bundled newspapers."""

from __future__ import annotations

import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from crawler.demo import DemoInternet
from tests.crawler.test_night import (
    command,
    declare,
    environment,
    funnel,
    kept_so_far,
    nightdesk,
    query,
    wait_until,
)


@pytest.fixture(scope="module")
def internet() -> Iterator[DemoInternet]:
    with DemoInternet(1) as running:
        yield running


@pytest.fixture(autouse=True)
def all_well(internet: DemoInternet) -> None:
    internet.clear_faults()
    internet.reset_hits()


def test_a_night_stops_when_its_budget_of_requests_is_spent(internet: DemoInternet, tmp_path: Path) -> None:
    folder = declare(tmp_path, "millbrook-courier", "harbour-student")
    done = nightdesk(internet, "nightly", "-a", folder, "--budget", "12", "--json")
    asked = len(internet.hits())
    assert 12 <= asked <= 12 + 2 * 2  # what was under way when it was spent
    reasons = query(folder, "select distinct reason from run_urls where outcome = 'waiting'")
    assert reasons == [("budget",)]
    assert all(sum(outcomes.values()) > 0 for outcomes in funnel(done).values())
    assert nightdesk(internet, "nightly", "-a", folder).returncode == 0
    assert query(folder, "select count(*) from run_urls where run_id = 2 and outcome = 'waiting'") == [(0,)]


def test_a_sources_own_budget_ends_only_its_night(internet: DemoInternet, tmp_path: Path) -> None:
    folder = declare(tmp_path, "millbrook-courier", "harbour-student")
    text = (folder / "sources.toml").read_text(encoding="utf-8")
    (folder / "sources.toml").write_text(
        text.replace("[sources.millbrook-courier]\n", '[sources.millbrook-courier]\nmax_bytes = "10kB"\n'),
        encoding="utf-8",
    )
    nightdesk(internet, "nightly", "-a", folder)
    waiting = query(folder, "select distinct source, reason from run_urls where outcome = 'waiting'")
    assert waiting == [("millbrook-courier", "budget")]


def test_a_deadline_in_the_file_that_is_no_time_is_named(internet: DemoInternet, tmp_path: Path) -> None:
    folder = declare(tmp_path, "millbrook-courier", crawl="delay = 0.3")
    text = (folder / "sources.toml").read_text(encoding="utf-8")
    (folder / "sources.toml").write_text(text + '\n[night]\ndeadline = "nine"\n', encoding="utf-8")
    said = nightdesk(internet, "nightly", "-a", folder, status=3).stderr
    assert "[night] deadline: 'nine' is no time of the day" in said
    assert len(internet.hits()) == 0


def test_a_second_night_is_told_who_is_at_work(internet: DemoInternet, tmp_path: Path) -> None:
    folder = declare(tmp_path, "millbrook-courier", crawl="delay = 0.5")
    first = subprocess.Popen(
        command("nightly", "-a", folder),
        env=environment(internet),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
    )
    wait_until(lambda: kept_so_far(folder) >= 1)
    said = nightdesk(internet, "nightly", "-a", folder, status=4).stderr
    assert f"nightdesk: {folder} is being written by `nightdesk nightly` (process {first.pid}," in said
    first.send_signal(signal.SIGINT)
    _, told = first.communicate(timeout=30)
    assert first.returncode == 7
    assert b"interrupted; the next night goes on from here" in told


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--budget", "plenty"), "'plenty' is neither a number of requests, such as 20000, nor of bytes"),
        (("--budget", "1GB", "--budget", "2GB"), "a number of bytes was given already"),
    ],
)
def test_a_wrong_option_is_named(internet: DemoInternet, tmp_path: Path, arguments: tuple[str, ...], said: str) -> None:
    folder = declare(tmp_path, "millbrook-courier")
    assert said in nightdesk(internet, "nightly", "-a", folder, *arguments, status=2).stderr
    assert len(internet.hits()) == 0


def test_a_deadline_that_is_no_time_is_named(internet: DemoInternet, tmp_path: Path) -> None:
    folder = declare(tmp_path, "millbrook-courier")
    said = nightdesk(internet, "nightly", "-a", folder, "--deadline", "dawn", status=3).stderr
    assert "--deadline: 'dawn' is no time of the day, such as 06:00" in said
