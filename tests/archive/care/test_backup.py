"""Backups: consistent beside a crawl, incremental, whole after a kill, and proved by restoring them."""

from __future__ import annotations

import json
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from click.testing import CliRunner

from archive import Archive
from archive.care import backup as backup_module
from archive.care.backup import back_up, restore
from archive.care.manifest import read_manifest, wrong_files
from archive.care.takedown import take_down
from archive.care.verify import verify
from archive.errors import ArchiveError
from archive.writer import ArchiveWriter
from crawler.cli import nightdesk
from tests.archive.care.paper import Paper
from tests.conftest import NOW

URL = "http://gazette.example/news/{}"
TEXT = "The ferry will cross the sound every forty minutes from Monday on, the harbour says."


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "archive"
    with Paper(folder) as night:
        night.prints(URL.format(1), "Ferry", TEXT)
    (folder / "reports").mkdir()
    (folder / "reports" / "night-20261122-1.html").write_text("<p>Ferry</p>")
    (folder / "sources.toml").write_text('[sources.gazette]\nhome = "http://gazette.example/"\n')
    ran("export", "--to", str(tmp_path / "all.csv"), "-a", str(folder))
    return folder


def ran(*words: str, status: int = 0) -> str:
    done = CliRunner().invoke(nightdesk, list(words))
    assert done.exit_code == status, done.output
    return done.output


def dump(folder: Path) -> list[str]:
    with closing(sqlite3.connect(folder / "archive.db")) as db:
        return [line for line in db.iterdump() if "articles_fts" not in line]


def test_what_is_restored_is_what_was_backed_up(folder: Path, tmp_path: Path) -> None:
    to, again = tmp_path / "backup", tmp_path / "again"
    assert "all read back" in ran("backup", str(to), "--verify", "-a", str(folder))
    assert "every digest right" in ran("restore", str(to), str(again))
    assert dump(again) == dump(folder)
    for path in folder.rglob("*"):
        if path.is_file() and path.name not in ("archive.db", "archive.lock", "archive.db-wal", "archive.db-shm"):
            assert (again / path.relative_to(folder)).read_bytes() == path.read_bytes()
    assert list(verify(again)) == []
    with Paper(again, night=1) as night:  # and it goes on
        night.prints(URL.format(2), "Bridge", TEXT)


def test_only_what_has_changed_is_copied_again(folder: Path, tmp_path: Path) -> None:
    to = tmp_path / "backup"
    first = back_up(folder, to)
    assert (first.copied, first.unchanged) == (6, 0)
    again = back_up(folder, to)
    assert (again.copied, again.unchanged) == (1, 5)  # the database
    with Paper(folder, night=1) as night:
        night.prints(URL.format(2), "Bridge", TEXT)
    third = back_up(folder, to, check=True)
    assert (third.copied, third.unchanged, third.wrong) == (2, 5, ())
    assert len(list(to.glob("archive-*.db"))) == 1


def test_a_backup_beside_a_crawl_holds_what_was_committed(folder: Path, tmp_path: Path) -> None:
    to, again = tmp_path / "backup", tmp_path / "again"
    with Paper(folder, night=1) as night:
        night.prints(URL.format(2), "Bridge", TEXT)
        night.answer(URL.format(3), b"<html>not committed</html>" * 50, url_id=None)
        assert back_up(folder, to, check=True).wrong == ()
        night.prints(URL.format(3), "Later", TEXT)
    restore(to, again)
    with Archive(again) as archive:
        assert {article.title for article in archive} == {"Ferry", "Bridge"}
    assert list(verify(again)) == []
    with ArchiveWriter(again, purpose="test") as writer:
        assert not writer.recovered
    back_up(folder, to)
    restore(to, tmp_path / "later")
    with Archive(tmp_path / "later") as archive:
        assert len(archive) == 3


def test_a_backup_that_is_cut_off_leaves_the_earlier_one_whole(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    to = tmp_path / "backup"
    night = Paper(folder, night=1)
    night.prints(URL.format(2), "Bridge", TEXT)
    back_up(folder, to)
    night.prints(URL.format(3), "Later", TEXT)
    night.writer.abandon()

    class Killed(BaseException):
        pass

    def killed(*_: object) -> None:
        raise Killed

    monkeypatch.setattr(backup_module, "write_manifest", killed)
    with pytest.raises(Killed):
        back_up(folder, to)
    monkeypatch.undo()
    assert list(wrong_files(to, read_manifest(to))) == []
    restore(to, tmp_path / "again")
    with Archive(tmp_path / "again") as archive:
        assert len(archive) == 2
    assert list(verify(tmp_path / "again")) == []
    assert back_up(folder, to, check=True).wrong == ()


def test_the_next_backup_has_no_word_of_what_was_taken_down(folder: Path, tmp_path: Path) -> None:
    to = tmp_path / "backup"
    back_up(folder, to)
    with ArchiveWriter(folder, purpose="test") as writer:
        take_down(writer, URL.format(1), reason="r", who="w", now=NOW)
    assert back_up(folder, to, check=True).wrong == ()
    assert not (to / "reports" / "night-20261122-1.html").exists()
    assert b"forty minutes" not in b"".join(path.read_bytes() for path in to.rglob("*.db"))
    restore(to, tmp_path / "again")
    assert list(verify(tmp_path / "again")) == []


def test_a_takedown_while_it_is_copied_makes_it_start_again(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    to, real, calls = tmp_path / "backup", backup_module._Copy._copy_warc, []

    def between(self: object, path: str, size: int, *, closed: bool) -> None:
        if not calls:
            calls.append(path)
            with ArchiveWriter(folder, purpose="test") as writer:
                take_down(writer, URL.format(1), reason="r", who="w", now=NOW)
        real(self, path, size, closed=closed)  # type: ignore[arg-type]

    monkeypatch.setattr(backup_module._Copy, "_copy_warc", between)
    back_up(folder, to)
    restore(to, tmp_path / "again")
    with Archive(tmp_path / "again") as archive:
        assert len(archive) == 0
    assert list(verify(tmp_path / "again")) == []


def test_what_the_archive_has_lost_stays_in_the_backup(folder: Path, tmp_path: Path) -> None:
    to = tmp_path / "backup"
    back_up(folder, to)
    (lost,) = folder.rglob("*.warc.gz")
    lost.unlink()
    done = back_up(folder, to, check=True)
    assert [Path(path).name for path in done.lost] == [lost.name]
    restore(to, tmp_path / "again")
    assert list(verify(tmp_path / "again")) == []


def test_a_first_backup_that_was_cut_off_is_begun_again(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    to = tmp_path / "backup"
    monkeypatch.setattr(backup_module, "write_manifest", lambda *_: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        back_up(folder, to)
    monkeypatch.undo()
    assert "is no backup" in ran("restore", str(to), str(tmp_path / "again"), status=1)
    assert back_up(folder, to, check=True).wrong == ()


@pytest.mark.parametrize("spoil", ["flip", "cut", "delete"])
def test_damage_to_a_backup_is_found_and_nothing_is_restored_of_it(folder: Path, tmp_path: Path, spoil: str) -> None:
    to = tmp_path / "backup"
    back_up(folder, to)
    (path,) = to.rglob("*.warc.gz")
    data = bytearray(path.read_bytes())
    if spoil == "delete":
        path.unlink()
    else:
        data[40] ^= 1
        path.write_bytes(data[:-5] if spoil == "cut" else data)
    (wrong,) = wrong_files(to, read_manifest(to))
    assert wrong.startswith(str(path))
    assert "damaged or missing" in ran("restore", str(to), str(tmp_path / "again"), status=1)
    assert not (tmp_path / "again").exists()


def test_a_folder_that_holds_something_else_is_left_alone(folder: Path, tmp_path: Path) -> None:
    other = tmp_path / "other"
    other.mkdir()
    (other / "letter.txt").write_text("Dear")
    assert "is no backup" in ran("backup", str(other), "-a", str(folder), status=1)
    assert "is an archive" in ran("backup", str(folder), "-a", str(folder), status=1)
    back_up(folder, tmp_path / "backup")
    assert "is not empty" in ran("restore", str(tmp_path / "backup"), str(other), status=1)
    assert "is no backup" in ran("restore", str(other), str(tmp_path / "new"), status=1)
    assert [path.name for path in other.iterdir()] == ["letter.txt"]


def test_a_manifest_cannot_name_files_outside(folder: Path, tmp_path: Path) -> None:
    to = tmp_path / "backup"
    back_up(folder, to)
    told = json.loads((to / "manifest.json").read_text())
    told["files"]["../../evil"] = next(iter(told["files"].values()))
    (to / "manifest.json").write_text(json.dumps(told))
    with pytest.raises(ArchiveError, match="outside the backup"):
        restore(to, tmp_path / "again")
    (to / "manifest.json").write_text("{}")
    with pytest.raises(ArchiveError, match="no manifest"):
        restore(to, tmp_path / "again")
    shutil.rmtree(to)
