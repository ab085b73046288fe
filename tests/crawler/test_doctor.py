"""What keeps a night from going well is found before the night, with its remedy."""

from __future__ import annotations

import json
import resource
import sqlite3
import subprocess
import sys
from collections import namedtuple
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from archive.checkup import check_up
from archive.lock import WriterLock
from archive.times import utc_now
from archive.writer import ArchiveWriter
from crawler.fetch import browser
from crawler.night import doctor
from crawler.night.doctor import Finding, examine, file_system_of
from tests.archive.test_captures import exchange

SOURCES = '[crawl]\ncontact = "desk@example.org"\n\n[sources.courier]\nhome = "https://courier.example.com/"\n'


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "sources.toml").write_text(SOURCES, encoding="utf-8")
    with ArchiveWriter(tmp_path, purpose="test") as writer:
        run = writer.ledger.start_run("crawl", {}, utc_now())
        writer.ledger.finish_run(run, "finished", utc_now())
    return tmp_path


def findings(folder: Path) -> dict[str, Finding]:
    return {finding.name: finding for finding in examine(folder)}


def test_a_healthy_archive_has_nothing_to_remedy(folder: Path) -> None:
    found = findings(folder)
    assert {f.name for f in found.values() if f.grade != "fine"} <= {"disk", "open files"}  # this machine's own
    assert {"python", "packages", "sqlite", "clock", "database", "lock", "last run", "contact"} <= set(found)


def test_a_folder_that_is_not_there_is_named_with_the_way_to_make_one(tmp_path: Path) -> None:
    found = findings(tmp_path / "nowhere")["folder"]
    assert (found.grade, found.remedy) == ("wrong", f"make an archive there: nightdesk init {tmp_path / 'nowhere'}")


def test_every_mistake_of_the_configuration_is_told(folder: Path) -> None:
    (folder / "sources.toml").write_text(SOURCES + "delay = -1\nfeed = []\n", encoding="utf-8")
    found = findings(folder)
    assert found["sources"].grade == "wrong"
    assert len(found["sources"].said.splitlines()) == 2
    assert "contact" not in found  # not known


def test_real_sites_without_a_contact_are_told_of(folder: Path) -> None:
    (folder / "sources.toml").write_text(SOURCES.replace('contact = "desk@example.org"', ""), encoding="utf-8")
    assert findings(folder)["contact"].grade == "wrong"


def test_no_source_is_a_warning(folder: Path) -> None:
    (folder / "sources.toml").write_text("[crawl]\n", encoding="utf-8")
    assert findings(folder)["sources"].grade == "warning"


def test_a_clock_behind_the_last_run_is_wrong(folder: Path) -> None:
    with ArchiveWriter(folder, purpose="test") as writer:
        writer.ledger.start_run("crawl", {}, utc_now() + timedelta(days=2))
    found = findings(folder)["clock"]
    assert found.grade == "wrong"
    assert "but a run of this archive was at" in found.said


def test_a_clock_that_fell_back_to_its_beginning_is_wrong(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doctor, "utc_now", lambda: datetime(1970, 1, 1, tzinfo=UTC))
    assert findings(folder)["clock"].grade == "wrong"


def test_a_killed_run_is_told_of(folder: Path) -> None:
    with ArchiveWriter(folder, purpose="test") as writer:
        writer.ledger.start_run("crawl", {}, utc_now())
        writer.ledger.start_run("crawl", {}, utc_now())
        writer.db.execute("update runs set status = 'crashed'")
    found = findings(folder)["last run"]
    assert found.grade == "warning"
    assert found.remedy == "it was killed; nothing is lost, the next goes on: nightdesk runs 3"


def test_a_database_of_another_program_is_wrong(folder: Path) -> None:
    (folder / "archive.db").unlink()
    with closing(sqlite3.connect(folder / "archive.db")) as db:
        db.execute("create table recipes (name text)")
    assert "is not this program's" in findings(folder)["database"].said


def test_a_database_that_is_rubbish_is_wrong(folder: Path) -> None:
    (folder / "archive.db").write_bytes(b"not a database at all" * 300)
    found = findings(folder)["database"]
    assert found.grade == "wrong"
    assert "cannot be read" in found.said


def test_an_older_database_is_a_warning(folder: Path) -> None:
    with ArchiveWriter(folder, purpose="test") as writer:
        newest = check_up(folder)
        assert (newest.ours, newest.behind) == (True, 0)
        writer.db.execute("delete from _sqlite_migrations where name = (select max(name) from _sqlite_migrations)")
    assert findings(folder)["database"].grade == "warning"


def test_who_is_writing_is_told(folder: Path) -> None:
    lock = WriterLock(folder, "crawl")
    try:
        assert "is being written by `nightdesk crawl`" in findings(folder)["lock"].said
    finally:
        lock.release()


def test_a_full_disk_is_wrong_and_one_that_will_be_full_soon_a_warning(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    usage = namedtuple("usage", "total used free")
    monkeypatch.setattr(doctor.shutil, "disk_usage", lambda _folder: usage(10**12, 10**12, 10**6))
    assert findings(folder)["disk"].grade == "wrong"
    monkeypatch.setattr(doctor.shutil, "disk_usage", lambda _folder: usage(10**12, 10**12, 10**9))
    assert findings(folder)["disk"].grade == "warning"


@contextmanager
def open_files(limit: int) -> Iterator[None]:
    before = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (limit, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, before)


def test_too_few_open_files_are_a_warning(folder: Path) -> None:
    with open_files(256):
        found = findings(folder)["open files"]
    assert found.grade == "warning"
    assert found.remedy is not None


MOUNTS = """\
/dev/sda1 / ext4 rw 0 0
nas:/news /srv/news nfs4 rw 0 0
tmpfs /srv/news/cache tmpfs rw 0 0
nas:/odd /srv/odd\\040name cifs rw 0 0
"""


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("/home/a", "ext4"),
        ("/srv/news/archive", "nfs4"),
        ("/srv/newspapers", "ext4"),
        ("/srv/news/cache/x", "tmpfs"),
        ("/srv/odd name/x", "cifs"),
    ],
)
def test_the_file_system_is_that_of_the_nearest_mount(path: str, kind: str) -> None:
    assert file_system_of(Path(path), MOUNTS) == kind
    assert file_system_of(Path(path), "") is None


def test_an_archive_on_a_network_drive_is_wrong(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doctor, "_mounts", lambda: f"nas:/x {folder} nfs4 rw 0 0\n")
    assert findings(folder)["file system"].grade == "wrong"


def test_a_package_that_is_broken_is_named(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "feedparser", None)
    found = findings(folder)["packages"]
    assert found.grade == "wrong"
    assert "feedparser" in found.said


def test_the_command_ends_with_1_if_something_is_wrong_and_says_the_remedy(folder: Path) -> None:
    def run(*arguments: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "crawler", "doctor", *arguments]
        return subprocess.run(command, capture_output=True, text=True, check=False)

    assert run("-a", str(folder)).returncode == 0
    done = run("-a", str(folder / "x"))
    assert done.returncode == 1
    assert f"→ make an archive there: nightdesk init {folder / 'x'}" in done.stdout
    told = [json.loads(line) for line in run("-a", str(folder / "x"), "--json").stdout.splitlines()]
    assert {finding["grade"] for finding in told} == {"fine", "wrong"}


WANTED = SOURCES + 'render = "auto"\n'


@pytest.mark.parametrize(
    ("extra", "named", "told"),
    [
        (
            False,
            "",
            ("the extra is not installed, but courier wants pages rendered", "pip install 'nightdesk[render]'"),
        ),
        (True, "/nowhere/chromium", ("there is no program /nowhere/chromium", "put the right path")),
        (True, "false", ("/false does not start: CalledProcessError", "try it by hand")),
    ],
    ids=["no-extra", "no-program", "broken"],
)
def test_what_rendering_lacks_is_told_where_a_source_wants_it(
    folder: Path, monkeypatch: pytest.MonkeyPatch, extra: bool, named: str, told: tuple[str, str]
) -> None:
    monkeypatch.setattr(browser, "find_spec", lambda _name: object() if extra else None)
    table = WANTED.replace("[crawl]", f'[crawl]\nchromium = "{named}"') if named else WANTED
    (folder / "sources.toml").write_text(table, encoding="utf-8")
    found = findings(folder)["rendering"]
    assert found.grade == "warning"
    assert told[0] in found.said and found.remedy is not None and found.remedy.startswith(told[1])


def test_rendering_is_no_matter_where_no_source_wants_it(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(browser, "find_spec", lambda _name: None)
    assert findings(folder)["rendering"].grade == "fine"


def test_a_browser_that_is_there_is_named_with_its_version(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(browser, "find_spec", lambda _name: object())
    program = folder / "chromium"
    program.write_text("#!/bin/sh\necho Chromium 156.0\n", encoding="utf-8")
    program.chmod(0o755)
    text = WANTED.replace("[crawl]", f'[crawl]\nchromium = "{program}"')
    (folder / "sources.toml").write_text(text, encoding="utf-8")
    assert findings(folder)["rendering"] == Finding(name="rendering", grade="fine", said="Chromium 156.0 for courier")


def test_warc_files_that_are_short_or_left_open_are_told(folder: Path) -> None:
    with ArchiveWriter(folder, purpose="test") as writer:
        writer.keep(exchange(source=None), run=1, url_id=None)
    assert findings(folder)["warc"].said == "1 file, each as long as the database says"
    (path,) = folder.glob("warc/**/*.warc.gz")
    whole = path.read_bytes()
    path.write_bytes(whole[:-10])
    found = findings(folder)["warc"]
    assert found.grade == "wrong" and f"has {len(whole) - 10:,} of {len(whole):,} bytes" in found.said
    path.write_bytes(whole + b"torn")
    assert findings(folder)["warc"].grade == "fine"  # closed: it is verify that reads files
    with closing(sqlite3.connect(folder / "archive.db")) as db:
        db.execute("update warc_files set closed = 0")
        db.commit()
    found = findings(folder)["warc"]
    assert found.grade == "warning" and found.said.startswith("4 bytes of a killed run")
