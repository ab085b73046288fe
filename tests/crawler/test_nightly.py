"""`nightdesk nightly` as a timer runs it, on the bundled newspapers."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from crawler.demo import DemoInternet
from tests.crawler.test_night import (
    COURIER,
    asked_so_far,
    command,
    declare,
    environment,
    funnel,
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
    folder = declare(tmp_path, "millbrook-courier", crawl="delay = 2")
    first = subprocess.Popen(
        command("nightly", "-a", folder),
        env=environment(internet),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
    )
    wait_until(lambda: asked_so_far(internet) >= 1)
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


def tell_by_command(folder: Path) -> Path:
    """Have a command write what it is told into a file, on sick nights only; the file."""
    told = folder / "told.json"
    code = f"import sys; open({str(told)!r}, 'w', encoding='utf-8').write(sys.stdin.read())"
    text = (folder / "sources.toml").read_text(encoding="utf-8")
    table = f"\n[notify]\ncommand = {json.dumps([sys.executable, '-c', code])}\n"
    (folder / "sources.toml").write_text(text + table, encoding="utf-8")
    return told


def test_a_night_on_which_all_is_well_ends_with_0_a_report_and_metrics(internet: DemoInternet, tmp_path: Path) -> None:
    folder = declare(tmp_path, "harbour-student", "elbe-bote")
    told = tell_by_command(folder)
    text = (folder / "sources.toml").read_text(encoding="utf-8")
    (folder / "sources.toml").write_text(text + '\n[night]\nmetrics = "night.prom"\n', encoding="utf-8")
    done = nightdesk(internet, "nightly", "-a", folder)
    (page,) = folder.glob("reports/night-*.html")
    assert f"report: {page}" in done.stderr
    assert "nightdesk_" in (folder / "night.prom").read_text(encoding="utf-8")
    assert not told.exists()


def test_a_sick_source_is_told_by_the_status_the_report_and_whoever_is_named(
    internet: DemoInternet, tmp_path: Path
) -> None:
    folder = declare(tmp_path, "millbrook-courier", "harbour-student")
    told = tell_by_command(folder)
    internet.set_fault(f"{COURIER}/robots.txt", "500")
    done = nightdesk(internet, "nightly", "-a", folder, status=6)
    assert "sick: millbrook-courier" in done.stderr
    report = json.loads(told.read_text(encoding="utf-8"))
    assert report["sick"] is True
    assert "millbrook-courier" in nightdesk(internet, "health", "-a", folder).stdout
    assert nightdesk(internet, "nightly", "-a", folder, "--sick-status", "0").returncode == 0


def test_a_night_that_cannot_write_is_told_of_and_ends_with_8(internet: DemoInternet, tmp_path: Path) -> None:
    folder = declare(tmp_path, "harbour-student")
    told = tell_by_command(folder)
    (folder / "warc").write_text("in the way")
    said = nightdesk(internet, "nightly", "-a", folder, status=8).stderr
    assert "cannot be written" in said
    message = json.loads(told.read_text(encoding="utf-8"))
    assert (message["status"], message["is_sick"]) == ("failed", True)
    assert message["error"] in said.replace("nightdesk: ", "")
    (folder / "warc").unlink()
    assert nightdesk(internet, "nightly", "-a", folder).returncode == 0
