"""Who holds the archive's lock, and what a reader makes of a run whose process was killed."""

import fcntl
import os
import time
from pathlib import Path

import pytest

from archive.errors import Locked
from archive.lock import WriterLock, purpose_of, writer_is_at_work
from archive.reading import Archive
from tests.archive.sample import NIGHT_2, Sample


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """An archive whose second run says that it is running."""
    with Sample(tmp_path / "a") as sample:
        sample.run()
        sample.run(NIGHT_2, status="running")
    return tmp_path / "a"


def test_a_lock_tells_whether_somebody_writes(tmp_path: Path) -> None:
    lock = WriterLock(tmp_path, "crawl")
    assert writer_is_at_work(tmp_path)
    with pytest.raises(Locked, match="`nightdesk crawl`"):
        WriterLock(tmp_path, "import")
    lock.release()
    assert not writer_is_at_work(tmp_path)


def test_a_lock_tells_what_its_holder_is_doing(tmp_path: Path) -> None:
    assert purpose_of(tmp_path, "nightly.lock") is None
    lock = WriterLock(tmp_path, "backfill", "nightly.lock")
    assert (purpose_of(tmp_path, "nightly.lock"), purpose_of(tmp_path)) == ("backfill", None)
    lock.release()
    assert purpose_of(tmp_path, "nightly.lock") is None
    with (tmp_path / "nightly.lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        assert purpose_of(tmp_path, "nightly.lock") == ""


def test_where_it_cannot_be_told_somebody_may_be_writing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert writer_is_at_work(tmp_path)
    WriterLock(tmp_path, "init").release()
    assert not writer_is_at_work(tmp_path)
    seen = os.statvfs(tmp_path)

    class ReadOnly:
        f_flag = seen.f_flag | os.ST_RDONLY

    monkeypatch.setattr(os, "statvfs", lambda _: ReadOnly)
    assert writer_is_at_work(tmp_path)


def test_a_readers_glance_does_not_keep_a_writer_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    WriterLock(tmp_path, "init").release()
    with (tmp_path / "archive.lock").open("rb") as glance:
        fcntl.flock(glance, fcntl.LOCK_SH)
        monkeypatch.setattr(time, "sleep", lambda _: fcntl.flock(glance, fcntl.LOCK_UN))
        lock = WriterLock(tmp_path, "crawl")
        assert writer_is_at_work(tmp_path)
        lock.release()


def test_a_run_is_running_while_somebody_writes_and_killed_when_nobody_does(folder: Path) -> None:
    lock = WriterLock(folder, "crawl")
    with Archive(folder) as archive:
        assert [run.status for run in archive.runs()] == ["finished", "running"]
        lock.release()
        assert [run.status for run in archive.runs()] == ["finished", "crashed"]
        assert archive.run(2).status == "crashed"
        last = archive.stats().last_run
        assert last is not None and last.status == "crashed"


def test_without_a_lock_file_a_run_is_what_it_says(folder: Path) -> None:
    with Archive(folder) as archive:
        assert archive.run(2).status == "running"


def test_a_run_that_ends_while_the_reader_looks_is_not_called_killed(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def ends(_: Path) -> bool:
        with Sample(folder) as sample:
            sample.db["runs"].update(2, {"status": "finished", "finished_at": "2026-11-11T02:30:00Z"})
            sample.run(NIGHT_2, status="running")
        return False

    monkeypatch.setattr("archive.figures.writer_is_at_work", ends)
    with Archive(folder) as archive:
        assert [run.status for run in archive.runs()] == ["finished", "finished", "running"]
