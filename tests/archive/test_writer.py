"""The writing half: what a killed process leaves, one writer at a time, raw bytes before rows."""

import contextlib
import json
import os
import sqlite3
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from click.testing import CliRunner

from archive.captures import Conversion, encode_exchange, read_capture
from archive.checkup import check_up
from archive.cli import archive_commands
from archive.errors import NotAnArchive
from archive.reading import Archive
from archive.recovered import Recovered, note_recovered, recovered_from
from archive.types import Hint, Kind, Link, State, Via
from archive.writer import ArchiveWriter
from tests.archive.test_captures import exchange
from tests.conftest import NOW, open_archive

PAGE = "http://gazette.example/news/a?x=1"


def found(writer: ArchiveWriter, url: str = PAGE) -> int:
    link = Link(url=url, kind=Kind.PAGE, hint=Hint(via=Via.FEED, where="http://gazette.example/feed"))
    writer.ledger.discover([link], source="gazette", run=1, now=NOW)
    entry = writer.ledger.entry(url)
    assert entry is not None
    return entry.id


def abandon(writer: ArchiveWriter) -> None:
    """What ``kill -9`` leaves: nothing committed or closed any more, the kernel's lock gone."""
    writer.db.conn.rollback()
    writer.db.close()
    if writer._warc is not None:
        writer._warc._out.close()
    writer._lock.release()


def test_a_capture_is_read_back_from_where_its_row_says(writer: ArchiveWriter) -> None:
    capture = writer.keep(exchange(b"<p>Hello</p>"), run=1, url_id=found(writer))
    writer.commit()
    assert read_capture(writer.folder, writer.capture_ref(capture)).body == b"<p>Hello</p>"


def test_rows_point_at_synced_bytes_only(writer: ArchiveWriter, monkeypatch: pytest.MonkeyPatch) -> None:
    synced: list[int] = []
    real = os.fsync
    monkeypatch.setattr(os, "fsync", lambda fd: (real(fd), synced.append(os.fstat(fd).st_size))[0])
    writer.keep(exchange(), run=1, url_id=found(writer))
    writer.commit()
    (size,) = writer.db.execute("select size from warc_files").fetchone()
    assert synced[-1] == size


def test_what_was_captured_but_not_committed_is_taken_in(tmp_path: Path) -> None:
    writer = open_archive(tmp_path)
    url_id = found(writer)
    writer.keep(exchange(b"<p>first</p>"), run=1, url_id=None)
    writer.commit()
    writer.keep(exchange(b"<p>second</p>"), run=1, url_id=url_id)
    abandon(writer)
    with ArchiveWriter(writer.folder, purpose="again") as again:
        assert (again.recovered.captures, again.recovered.pages, again.recovered.torn_bytes) == (1, 1, 0)
        (entry,) = again.ledger.captured(limit=10, but_not=set())
        assert (entry.id, entry.state) == (url_id, State.CAPTURED)
        assert entry.capture_id is not None
        assert read_capture(again.folder, again.capture_ref(entry.capture_id)).body == b"<p>second</p>"
    with ArchiveWriter(writer.folder, purpose="a third time") as third:
        assert not third.recovered
        assert third.db.execute("select count(*) from captures").fetchone() == (2,)


def test_a_page_whose_capture_was_committed_before_its_state_is_cleaned_not_fetched_again(tmp_path: Path) -> None:
    writer = open_archive(tmp_path)
    first, second = found(writer), found(writer, PAGE + "2")
    writer.keep(exchange(b"<p>first</p>"), run=1, url_id=first)
    capture = writer.keep(exchange(b"<p>second</p>"), run=1, url_id=second)
    writer.ledger.note(second, "unchanged", run=1, now=NOW, capture_id=capture)  # this one was come to
    writer.commit()
    abandon(writer)
    with ArchiveWriter(writer.folder, purpose="again") as again:
        assert (again.recovered.captures, again.recovered.pages) == (0, 1)
        (entry,) = again.ledger.captured(limit=10, but_not=set())
        assert entry.id == first and entry.capture_id is not None
        assert read_capture(again.folder, again.capture_ref(entry.capture_id)).body == b"<p>first</p>"


def test_a_half_written_record_is_cut_off(tmp_path: Path) -> None:
    writer = open_archive(tmp_path)
    found(writer)
    writer.keep(exchange(), run=1, url_id=None)
    writer.commit()
    members, _ = encode_exchange(exchange(b"torn" * 100))
    path = next(writer.folder.glob("warc/**/*.warc.gz"))
    whole = path.stat().st_size
    abandon(writer)
    path.write_bytes(path.read_bytes() + members[0][:-20])
    with ArchiveWriter(writer.folder, purpose="again") as again:
        assert again.recovered.captures == 0
        assert again.recovered.torn_bytes == len(members[0]) - 20
    assert path.stat().st_size == whole


def test_an_error_page_that_was_not_committed_is_asked_for_again(tmp_path: Path) -> None:
    writer = open_archive(tmp_path)
    url_id = found(writer)
    writer.commit()
    writer.keep(exchange(status=503), run=1, url_id=url_id)
    writer.commit()
    writer.db.execute("delete from captures")
    writer.db.execute("update warc_files set size = 0")
    writer.db.commit()
    writer.db.begin()
    abandon(writer)
    with ArchiveWriter(writer.folder, purpose="again") as again:
        assert (again.recovered.captures, again.recovered.pages) == (1, 0)
        assert [e.id for e in again.ledger.claim("gazette", run=1, now=NOW, limit=5, but_not=set())] == [url_id]


def test_a_second_writer_is_told_who_holds_the_archive(writer: ArchiveWriter) -> None:
    script = (
        "import sys; from pathlib import Path; from archive.writer import ArchiveWriter\n"
        "ArchiveWriter(Path(sys.argv[1]), purpose='crawl')"
    )
    done = subprocess.run(
        [sys.executable, "-c", script, str(writer.folder)], capture_output=True, text=True, check=False
    )
    assert done.returncode != 0
    assert f"Locked: {writer.folder} is being written by `nightdesk test` (process {os.getpid()}" in done.stderr


def test_another_program_that_holds_the_database_for_a_while_is_waited_for(writer: ArchiveWriter) -> None:
    held, freed = threading.Event(), threading.Event()

    def hold() -> None:
        with contextlib.closing(sqlite3.connect(writer.folder / "archive.db", timeout=30)) as other:
            other.isolation_level = None
            other.execute("begin immediate")
            held.set()
            freed.wait(timeout=0.5)  # while the writer is waiting
            other.execute("rollback")

    program = threading.Thread(target=hold)
    program.start()
    while not held.is_set():
        writer.commit()  # lets the other in between two transactions
    assert writer.ledger.entry("http://nobody.example/") is None  # a transaction that has only read so far
    run = writer.ledger.start_run("crawl", {}, NOW)
    writer.commit()
    program.join()
    assert writer.db.execute("select max(id) from runs").fetchone()[0] == run


def test_the_lock_goes_with_its_holder(tmp_path: Path) -> None:
    ArchiveWriter(tmp_path, purpose="first").close()
    ArchiveWriter(tmp_path, purpose="second").close()


def test_a_file_rolls_over_when_it_is_full(tmp_path: Path) -> None:
    with ArchiveWriter(tmp_path, purpose="test", roll_over=2000) as writer:
        writer.ledger.add_source("gazette", home="http://gazette.example/", title=None, now=NOW)
        run = writer.ledger.start_run("crawl", {}, NOW)
        for n in range(12):
            writer.keep(exchange(os.urandom(400), url=f"http://gazette.example/{n}"), run=run, url_id=None)
    files = sorted(tmp_path.glob("warc/**/*.warc.gz"))
    assert len(files) > 2
    assert all(file.stat().st_size < 2000 + 2000 for file in files)


def dump(folder: Path) -> list[str]:
    with contextlib.closing(sqlite3.connect(folder / "archive.db")) as db:
        return list(db.iterdump())


def test_two_writers_in_one_second_have_a_file_each(tmp_path: Path) -> None:
    open_archive(tmp_path).close()
    for _ in range(3):
        with ArchiveWriter(tmp_path, purpose="test") as writer:
            writer.keep(exchange(), run=1, url_id=None)
    assert len(list(tmp_path.glob("warc/**/*.warc.gz"))) == 3


def test_a_dry_run_leaves_no_trace(tmp_path: Path) -> None:
    writer = open_archive(tmp_path)
    writer.close()
    before = dump(writer.folder)
    dry = ArchiveWriter(writer.folder, purpose="check", dry_run=True)
    found(dry, "http://gazette.example/never")
    dry.commit()
    dry.close()
    assert dump(writer.folder) == before


def test_a_database_of_another_program_is_left_alone(tmp_path: Path) -> None:
    with sqlite3.connect(tmp_path / "archive.db") as other:
        other.execute("create table recipes (id integer primary key)")
    other.close()
    before = (tmp_path / "archive.db").read_bytes()
    with pytest.raises(NotAnArchive, match="another program"):
        ArchiveWriter(tmp_path, purpose="crawl")
    assert (tmp_path / "archive.db").read_bytes() == before
    with pytest.raises(NotAnArchive):  # and the lock was given back
        ArchiveWriter(tmp_path, purpose="crawl")


def test_an_error_inside_leaves_nothing_that_was_not_committed(tmp_path: Path) -> None:
    def work() -> None:
        with ArchiveWriter(tmp_path, purpose="test") as writer:
            writer.ledger.add_source("gazette", home="http://gazette.example/", title=None, now=NOW)
            raise RuntimeError

    with pytest.raises(RuntimeError):
        work()
    with ArchiveWriter(tmp_path, purpose="test") as writer:
        assert writer.db.execute("select count(*) from sources").fetchone() == (0,)


def test_a_row_that_was_committed_without_its_files_size_is_not_taken_in_twice(tmp_path: Path) -> None:
    writer = open_archive(tmp_path)
    url_id = found(writer)
    writer.keep(exchange(b"<p>first</p>"), run=1, url_id=url_id)
    writer.commit()
    first = next(writer.folder.glob("warc/**/*.warc.gz")).stat().st_size
    writer.keep(exchange(b"<p>second</p>"), run=1, url_id=url_id)
    writer.db.execute("delete from captures where offset >= ?", [first])  # the database rolled it back of itself ...
    writer.keep(exchange(b"<p>third</p>"), run=1, url_id=url_id)
    writer.db.commit()  # ... and the next row went in alone
    writer.db.begin()
    abandon(writer)
    with ArchiveWriter(writer.folder, purpose="again") as again:
        assert (again.recovered.captures, again.recovered.torn_bytes) == (1, 0)
        ids = [row[0] for row in again.db.execute("select id from captures order by offset")]
        bodies = [read_capture(again.folder, again.capture_ref(capture_id)).body for capture_id in ids]
        assert bodies == [b"<p>first</p>", b"<p>second</p>", b"<p>third</p>"]


def test_a_writer_that_has_let_go_writes_nothing_more(tmp_path: Path) -> None:
    writer = open_archive(tmp_path)
    writer.keep(exchange(), run=1, url_id=None)
    (path,) = writer.folder.glob("warc/**/*.warc.gz")
    before = path.read_bytes()
    writer.abandon()
    with pytest.raises(sqlite3.ProgrammingError):
        writer.keep(exchange(b"more"), run=1, url_id=None)
    writer.abandon()
    assert path.read_bytes() == before


def test_a_disk_that_is_full_in_the_middle_of_a_record_leaves_nothing_of_it(tmp_path: Path) -> None:
    script = (
        "import resource, signal, sys; from pathlib import Path; from archive.captures import WarcFile\n"
        "signal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n"
        "file = WarcFile(Path(sys.argv[1]), 'x.warc.gz')\n"
        "file.append([b'a' * 100])\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (150, 1000))\n"
        "try: file.append([b'b' * 60, b'c' * 60])\n"
        "except OSError: print('full')\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000))\n"
        "print(file.append([b'd' * 10]))\n"
        "file.close()\n"
    )
    command = [sys.executable, "-c", script, str(tmp_path)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["full", "100"]
    assert (tmp_path / "x.warc.gz").read_bytes() == b"a" * 100 + b"d" * 10


def rendered(writer: ArchiveWriter, url_id: int) -> int:
    """A page's answer and what a browser made of it; the latter's capture."""
    answer = writer.keep(exchange(b"<div id=root></div>"), run=1, url_id=url_id)
    conversion = Conversion(
        url=PAGE,
        asked=PAGE,
        source="gazette",
        made_at=NOW,
        made_by="Chromium 156.0",
        refers_to=read_capture(writer.folder, writer.capture_ref(answer)).record_id,
        body=b"<p>the text</p>",
    )
    return writer.keep_conversion(conversion, made_from=answer, run=1, url_id=url_id)


def test_a_rendering_is_kept_beside_its_answer_and_is_no_saved_file(writer: ArchiveWriter) -> None:
    capture = rendered(writer, found(writer))
    assert read_capture(writer.folder, writer.capture_ref(capture)).body == b"<p>the text</p>"
    assert writer.db.execute("select made_from, status from captures where id = ?", [capture]).fetchone() == (1, None)
    assert not writer.articles._is_saved_copy(capture)


def test_a_rendering_that_a_kill_left_is_taken_in_with_the_answer_that_it_was_made_of(tmp_path: Path) -> None:
    writer = open_archive(tmp_path)
    url_id = found(writer)
    writer.keep(exchange(), run=1, url_id=None)
    writer.commit()
    rendered(writer, url_id)
    abandon(writer)
    with ArchiveWriter(tmp_path, purpose="test") as after:
        assert after.recovered.captures == 2
        entry = after.ledger.entry(PAGE)
        assert entry is not None and entry.state is State.CAPTURED and entry.capture_id is not None
        assert read_capture(tmp_path, after.capture_ref(entry.capture_id)).made_by == "Chromium 156.0"
        made_from = after.db.execute("select made_from from captures where id = ?", [entry.capture_id]).fetchone()[0]
        assert after.db.execute("select status from captures where id = ?", [made_from]).fetchone() == (200,)


def test_what_a_kill_left_is_noted_with_the_run_that_left_it(tmp_path: Path) -> None:
    writer = open_archive(tmp_path)
    writer.keep(exchange(b"<p>first</p>"), run=1, url_id=found(writer))
    writer.commit()
    writer.keep(exchange(b"<p>second</p>", url=PAGE + "2"), run=1, url_id=None)
    (path,) = tmp_path.glob("warc/**/*.warc.gz")
    abandon(writer)
    path.write_bytes(path.read_bytes() + b"\x1f\x8b torn")
    with ArchiveWriter(tmp_path, purpose="again") as again:
        assert str(again.recovered).startswith("1 capture taken in; 1 page to clean, not to fetch; 7 bytes cut off of")
    with ArchiveWriter(tmp_path, purpose="a third time") as third:
        assert not third.recovered
    with Archive(tmp_path) as archive:
        (run,) = archive.runs()
    assert run.recovered is not None
    file = path.relative_to(tmp_path).as_posix()
    assert (run.recovered.captures, run.recovered.torn_bytes, run.recovered.files) == (1, 7, (file,))
    listed = CliRunner().invoke(archive_commands, ["runs", "-a", str(tmp_path)]).stdout
    assert f"7 bytes cut off of {file}" in " ".join(listed.split())
    told = CliRunner().invoke(archive_commands, ["runs", "1", "-a", str(tmp_path), "--json"]).stdout
    assert json.loads(told)["recovered"]["torn_bytes"] == 7


def test_bytes_that_a_disk_lost_are_told(tmp_path: Path) -> None:
    writer = open_archive(tmp_path)
    writer.keep(exchange(b"<p>first</p>" * 50), run=1, url_id=None)
    writer.commit()
    (path,) = tmp_path.glob("warc/**/*.warc.gz")
    abandon(writer)
    os.truncate(path, path.stat().st_size - 100)
    with ArchiveWriter(tmp_path, purpose="again") as again:
        assert again.recovered.lost_bytes == 100
        assert "100 bytes of warc/" in str(again.recovered)
    path.unlink()
    assert check_up(tmp_path).short == ((path.relative_to(tmp_path).as_posix(), 0, path_size(tmp_path)),)


def path_size(folder: Path) -> int:
    with contextlib.closing(sqlite3.connect(folder / "archive.db")) as db:
        return int(db.execute("select size from warc_files").fetchone()[0])


def test_a_torn_file_that_was_begun_before_any_run_is_cut_too(tmp_path: Path) -> None:
    writer = ArchiveWriter(tmp_path, purpose="test")
    writer._open_warc()
    (path,) = tmp_path.glob("warc/**/*.warc.gz")
    writer.abandon()
    path.write_bytes(path.read_bytes() + b"\x1f\x8b torn")
    with ArchiveWriter(tmp_path, purpose="again") as again:
        assert again.recovered.torn_bytes == 7
    assert path.stat().st_size == path_size(tmp_path) > 0


def test_what_was_found_twice_of_a_run_is_added_up(writer: ArchiveWriter) -> None:
    for bytes_ in (5, 7):
        note_recovered(writer.db, 1, Recovered(torn_bytes=bytes_, files=(f"{bytes_}.warc.gz",)))
    (text,) = writer.db.execute("select recovered from runs").fetchone()
    assert recovered_from(text) == Recovered(torn_bytes=12, files=("5.warc.gz", "7.warc.gz"))
