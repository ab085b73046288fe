"""WARC files elsewhere: moved, read by range where they lie, brought back, and never lost on the way."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import fsspec
import pytest
from click.testing import CliRunner, Result

from archive.captures import iter_members, read_capture
from archive.care.takedown import take_down
from archive.checkup import check_up
from archive.errors import ArchiveError, DamagedCapture
from archive.types import CaptureRef
from archive.warcstore import bring_back, move_out, moved_to, open_warc, read_range, size_of
from archive.writer import ArchiveWriter
from crawler.cli import nightdesk
from tests.archive.test_captures import exchange
from tests.archive.test_wacz import folder as folder  # noqa: PLC0414 (a fixture)
from tests.conftest import NOW


@pytest.fixture(params=["memory", "file"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """fsspec's memory, which is read like a bucket, and its local files."""
    if request.param == "file":
        yield (tmp_path / "store").as_uri()
        return
    yield "memory://bucket/news"
    fsspec.filesystem("memory").store.clear()


def run(*words: str | Path) -> Result:
    return CliRunner().invoke(nightdesk, [str(word) for word in words])


def the_file(folder: Path) -> Path:
    (path,) = {path.with_name(path.name.removesuffix(".moved")) for path in folder.glob("warc/**/*.warc.gz*")}
    return path


def all_read(folder: Path) -> list[bytes]:
    with ArchiveWriter(folder, purpose="test") as writer:
        ids = [row[0] for row in writer.db.execute("select id from captures order by id")]
        return [read_capture(folder, writer.capture_ref(each)).raw for each in ids]


def test_files_are_moved_read_there_and_brought_back(folder: Path, store: str, tmp_path: Path) -> None:
    path, before = the_file(folder), all_read(folder)
    whole, index = path.read_bytes(), run("cdxj", "-a", folder).stdout
    done = run("offload", "-a", folder, "--to", store, "--json")
    assert (done.exit_code, json.loads(done.stdout)) == (0, {"files": 1, "bytes": len(whole)}), done.stderr
    assert not path.exists()
    moved = moved_to(path)
    assert moved is not None and moved.url == f"{store}/{path.relative_to(folder).as_posix()}"
    with fsspec.open(moved.url) as there:
        assert there.read() == whole
    assert all_read(folder) == before
    with open_warc(path) as file:
        assert file.read() == whole
    assert b"".join(member for *_, member in iter_members(path, 0)) == whole
    assert read_range(path, 10, 20) == whole[10:30] and size_of(path) == len(whole)
    assert check_up(folder).short == ()
    assert run("cdxj", "-a", folder).stdout == index
    assert run("package", "-a", folder, "--to", tmp_path / "x.wacz").exit_code == 0
    assert run("offload", "-a", folder, "--to", store).stderr.startswith("0 files")
    assert run("offload", "-a", folder, "--back").exit_code == 0
    assert path.read_bytes() == whole and moved_to(path) is None
    assert not fsspec.core.url_to_fs(moved.url)[0].exists(moved.url)


def test_files_elsewhere_are_verified_and_backed_up(folder: Path, store: str, tmp_path: Path) -> None:
    whole = the_file(folder).read_bytes()
    run("offload", "-a", folder, "--to", store)
    assert run("verify", "-a", folder).exit_code == 0
    done = run("backup", "-a", folder, tmp_path / "backup")
    assert done.exit_code == 0, done.stderr
    assert (tmp_path / "backup" / the_file(folder).relative_to(folder)).read_bytes() == whole
    assert run("backup", "-a", folder, tmp_path / "backup").exit_code == 0  # which has it already
    moved = moved_to(the_file(folder))
    assert moved is not None
    filesystem, name = fsspec.core.url_to_fs(moved.url)
    filesystem.pipe_file(name, whole[:700] + b"?" + whole[701:])
    done = run("verify", "-a", folder)
    assert done.exit_code != 0 and the_file(folder).name in done.stdout + done.stderr


def test_a_later_crawl_writes_here_and_repeats_what_lies_there(folder: Path, store: str) -> None:
    run("offload", "-a", folder, "--to", store)
    with ArchiveWriter(folder, purpose="test") as writer:
        writer.db.execute("update captures set record_id = null")  # an old archive: the record itself is asked
        again = writer.keep(exchange(b"same" * 50), run=1, url_id=None)
        ref = writer.capture_ref(again)
        assert ref.payload is not None and not (folder / ref.payload.file).exists()
        assert read_capture(folder, ref).raw == b"same" * 50


def test_what_is_taken_down_is_removed_there_too(folder: Path, store: str) -> None:
    run("offload", "-a", folder, "--to", store)
    moved = moved_to(the_file(folder))
    assert moved is not None
    with ArchiveWriter(folder, purpose="takedown") as writer:
        (id_,) = writer.db.execute("select id from articles where url like '%n=3'").fetchone()
        take_down(writer, id_, reason="asked for", who="test", now=NOW)
    assert not fsspec.core.url_to_fs(moved.url)[0].exists(moved.url)
    assert all(b"page 3" not in member for *_, member in iter_members(the_file(folder), 0))
    assert "n=3" not in run("cdxj", "-a", folder).stdout
    assert run("package", "-a", folder, "--to", folder.parent / "x.wacz").exit_code == 0


def test_a_copy_that_is_not_what_was_sent_leaves_the_file_where_it_is(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    memory, path = fsspec.filesystem("memory"), the_file(folder)
    whole = path.read_bytes()

    def put(_self: object, _here: str, there: str, **_: object) -> None:
        memory.pipe_file(there, whole[:-1])

    monkeypatch.setattr(type(memory), "put_file", put)
    with pytest.raises(ArchiveError, match="is not what was sent"):
        move_out(path, "memory://bucket/x.warc.gz")
    assert path.read_bytes() == whole and all_read(folder)
    monkeypatch.undo()
    move_out(path, "memory://bucket/x.warc.gz")  # again, to its end
    memory.pipe_file("/bucket/x.warc.gz", whole[:-1] + b"?")
    with pytest.raises(ArchiveError, match=r"bring .* back from a backup"):
        bring_back(path)
    assert not path.exists() and moved_to(path) is not None
    memory.rm_file("/bucket/x.warc.gz")
    with pytest.raises(DamagedCapture, match="cannot be read"):
        read_capture(folder, CaptureRef(file=path.relative_to(folder).as_posix(), offset=0, length=10, digest=""))


def test_what_cannot_be_done_is_said_in_a_line(folder: Path) -> None:
    for words, status, said in (
        ((), 2, "--to URL"),
        (("--to", "bucket"), 2, "name a URL"),
        (("--to", "nosuch://x"), 1, "nosuch"),
        (("--to", "file:///proc/nowhere"), 1, "/proc/nowhere"),
    ):
        done = run("offload", "-a", folder, *words)
        assert (done.exit_code, said in done.stderr) == (status, True), done.stderr
        assert "Traceback" not in done.stderr
    assert the_file(folder).exists() and all_read(folder)
    assert moved_to(the_file(folder)) is None
    broken = the_file(folder).with_name("x.warc.gz")
    broken.with_name("x.warc.gz.moved").write_text("{", encoding="utf-8")
    with pytest.raises(OSError, match="does not say where"):
        moved_to(broken)
