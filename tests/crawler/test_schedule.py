"""Units for schedulers, read back by the programs they are for where those are installed."""

from __future__ import annotations

import json
import shlex
import shutil
import subprocess
import sys
from pathlib import Path, PurePosixPath

import pytest

from crawler.night.schedule import Plan, cron_line, kubernetes_manifest, systemd_units
from crawler.verbs.schedule import schedule

ODD = PurePosixPath('/srv/news 100%/the "daily" $HOME')


PLAIN = PurePosixPath("/srv/news")


def plan(folder: PurePosixPath = PLAIN, **options: str) -> Plan:
    return Plan(program=PurePosixPath("/bin/true"), folder=folder, at="02:15", **options)


def test_a_line_for_cron_runs_the_command_at_its_time() -> None:
    assert cron_line(plan(deadline="06:00")) == "15 2 * * *  /bin/true nightly --archive /srv/news --deadline 06:00\n"


def test_cron_reads_an_odd_folder_as_it_is() -> None:
    command = cron_line(plan(ODD)).split("  ", 1)[1]
    assert shlex.split(command.replace(r"\%", "%"))[-1] == str(ODD)
    assert "%" not in command.replace(r"\%", "")  # cron ends a command at a percent sign


@pytest.mark.parametrize("folder", [PurePosixPath("/srv/news"), ODD])
@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="no systemd on this machine to read its units")
def test_systemd_finds_nothing_wrong_with_its_units(tmp_path: Path, folder: PurePosixPath) -> None:
    for name, text in systemd_units(plan(folder, user="root", deadline="06:00")).items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    done = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", *map(str, sorted(tmp_path.iterdir()))],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert "nightdesk" not in done.stderr


def test_a_service_takes_sick_sources_for_no_failure_and_gives_time_to_stop() -> None:
    service = systemd_units(plan())["nightdesk.service"]
    assert "SuccessExitStatus=6\n" in service
    assert "TimeoutStopSec=60\n" in service
    assert "User=" not in service


def test_a_timer_makes_up_for_a_night_that_was_slept_through() -> None:
    timer = systemd_units(plan())["nightdesk.timer"]
    assert "OnCalendar=*-*-* 02:15:00\n" in timer
    assert "Persistent=true\n" in timer


def test_a_cronjob_runs_one_night_at_a_time_on_the_archives_volume() -> None:
    manifest = json.loads(kubernetes_manifest(plan(deadline="06:00"), image="desk:1", claim="news"))
    spec = manifest["spec"]
    assert (spec["schedule"], spec["concurrencyPolicy"]) == ("15 2 * * *", "Forbid")
    pod = spec["jobTemplate"]["spec"]["template"]["spec"]
    (container,) = pod["containers"]
    assert container["image"] == "desk:1"
    assert container["args"] == ["nightly", "--archive", "/archive", "--sick-status", "0", "--deadline", "06:00"]
    assert {"name": "archive", "persistentVolumeClaim": {"claimName": "news"}} in pod["volumes"]


def run(*arguments: str, status: int = 0) -> subprocess.CompletedProcess[str]:
    done = subprocess.run(
        [sys.executable, "-m", "crawler", "schedule", *arguments], capture_output=True, text=True, check=False
    )
    assert done.returncode == status, done.stderr
    return done


def test_the_command_prints_for_the_archive_that_it_is_given(tmp_path: Path) -> None:
    line = run("--cron", "--at", "3:05", "-a", str(tmp_path)).stdout
    assert line.startswith("5 3 * * *  /")
    assert shlex.split(line.split("  ", 1)[1])[1:] == ["nightly", "--archive", str(tmp_path)]


def test_units_are_written_where_they_are_wanted(tmp_path: Path) -> None:
    told = run("--systemd", "-a", str(tmp_path), "--to", str(tmp_path / "units"))
    assert told.stdout.split() == [str(tmp_path / "units" / name) for name in ("nightdesk.service", "nightdesk.timer")]
    assert "systemctl enable --now nightdesk.timer" in told.stderr
    assert "# nightdesk.timer\n[Unit]" in run("--systemd", "-a", str(tmp_path)).stdout


def test_units_that_cannot_be_written_say_so(tmp_path: Path) -> None:
    (tmp_path / "units").write_text("a file")
    said = run("--systemd", "--to", str(tmp_path / "units" / "deeper"), status=8).stderr
    assert "cannot be written" in said
    assert "Traceback" not in said


def test_without_a_kind_the_command_says_which_there_are() -> None:
    assert "--systemd, --cron or --kubernetes" in run(status=2).stderr
    assert {"kind", "at", "deadline"} <= {option.name for option in schedule.params}
