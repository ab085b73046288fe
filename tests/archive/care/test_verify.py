"""Damage of every kind is named with its place and its article, and mended where that can be done."""

from __future__ import annotations

import json
import random
import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from click.testing import CliRunner
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from archive import Archive
from archive.care.damage import Damage
from archive.care.repair import repair
from archive.care.verify import verify
from archive.writer import ArchiveWriter
from crawler.cli import nightdesk
from tests.archive.care.paper import Paper

URL = "http://gazette.example/news/{}"
SENTENCES = "The ferry will cross the sound every forty minutes from Monday on, the harbour says. " * 8


def build(folder: Path) -> Path:
    with Paper(folder) as night:
        night.lists(*((URL.format(n), f"Headline {n}") for n in range(6)))
        for n in range(6):
            night.prints(URL.format(n), f"Headline {n}", f"{SENTENCES} Number {n}.", tags=[f"tag {n}"])
    with Paper(folder, night=1) as night:
        night.prints(URL.format(0), "Headline 0", f"{SENTENCES} A changed number.")
        for n in range(1, 6):
            night.prints(URL.format(n), f"Headline {n}", f"{SENTENCES} Number {n}.")
    return folder


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build(tmp_path_factory.mktemp("whole") / "archive")


@pytest.fixture
def folder(whole: Path, tmp_path: Path) -> Path:
    shutil.copytree(whole, tmp_path / "archive")
    return tmp_path / "archive"


def run(folder: Path, sql: str) -> None:
    with closing(sqlite3.connect(folder / "archive.db")) as db:
        db.executescript(sql)


def found(folder: Path, *, quick: bool = False) -> list[Damage]:
    return list(verify(folder, quick=quick))


def warcs(folder: Path) -> list[Path]:
    return sorted(folder.rglob("*.warc.gz"))


def test_a_whole_archive_has_no_fault(folder: Path) -> None:
    assert found(folder) == []
    assert found(folder, quick=True) == []
    done = CliRunner().invoke(nightdesk, ["verify", "-a", str(folder)])
    assert (done.exit_code, done.stdout) == (0, "")
    assert "all that was looked at is whole" in done.stderr


def test_it_runs_beside_a_crawl(folder: Path) -> None:
    with Paper(folder, night=2) as night:
        night.prints(URL.format(9), "Headline 9", SENTENCES)
        done = CliRunner().invoke(nightdesk, ["verify", "-a", str(folder)])
        assert (done.exit_code, done.stdout) == (0, ""), done.output
        assert "the words of the index were not compared" in done.stderr


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(place=st.floats(0, 0.999), bit=st.integers(0, 7), first=st.booleans())
def test_any_flipped_bit_in_a_warc_file_is_named_with_file_and_offset(
    whole: Path, tmp_path_factory: pytest.TempPathFactory, place: float, bit: int, first: bool
) -> None:
    folder = tmp_path_factory.mktemp("flipped") / "archive"
    shutil.copytree(whole, folder)
    path = warcs(folder)[0 if first else 1]
    data = bytearray(path.read_bytes())
    at = int(place * len(data))
    data[at] ^= 1 << bit
    path.write_bytes(data)
    damages = found(folder)
    # gzip leaves some bits of its head without a meaning or a sum
    head = next(damage for damage in [*damages, None])
    if head is None:
        unpacked = _all_records(path) == _all_records(warcs(whole)[0 if first else 1])
        assert unpacked, at
    else:
        assert {damage.kind for damage in damages} == {"warc"}
        assert all(damage.where.startswith(path.relative_to(folder).as_posix()) for damage in damages)
        assert len(damages) == 1
        offset = int(head.where.split(" @ ")[1].split(",")[0])
        assert offset <= at
    shutil.rmtree(folder)


def _all_records(path: Path) -> list[bytes]:
    import zlib

    from archive.captures import iter_members

    return [zlib.decompress(member, 31) for _, _, member in iter_members(path, 0)]


def test_a_lost_record_is_told_with_its_article_and_what_comes_after_it_is_still_read(folder: Path) -> None:
    with Archive(folder) as archive:
        capture = archive.get(URL.format(3)).capture
    assert capture is not None
    with (folder / capture.file).open("r+b") as file:
        file.seek(capture.offset + 100)
        file.write(b"\0" * 40)
    (damage,) = found(folder)
    assert damage.where.startswith(f"{capture.file} @ {capture.offset}, captures, row ")
    assert damage.where.endswith(URL.format(3))
    assert damage.article is not None
    assert damage.article.startswith("Headline 3 (")
    done = CliRunner().invoke(nightdesk, ["verify", "-a", str(folder), "--repair", "--json"])
    assert done.exit_code == 1
    assert json.loads(done.stdout)["mended"] is False
    with closing(sqlite3.connect(folder / "archive.db")) as db:
        (flagged,) = db.execute("select count(*) from captures where damaged_at is not null").fetchone()
        assert flagged == 1


def test_a_torn_page_of_the_database_is_named(folder: Path) -> None:
    run(folder, "pragma wal_checkpoint(truncate)")
    path = folder / "archive.db"
    with closing(sqlite3.connect(path)) as db:
        (size,) = db.execute("pragma page_size").fetchone()
        (root,) = db.execute("select rootpage from sqlite_master where name = 'url_events'").fetchone()
    with path.open("r+b") as file:
        file.seek((root - 1) * size)
        file.write(random.Random(7).randbytes(size // 2))
    damages = found(folder)
    assert damages
    assert any(damage.kind == "database" and "url_events" in damage.where for damage in damages), damages


def test_a_changed_byte_in_a_text_is_named_with_its_row_and_article(folder: Path) -> None:
    path = folder / "archive.db"
    run(folder, "pragma wal_checkpoint(truncate)")
    data = path.read_bytes()
    at = data.index(b"Number 4.")
    path.write_bytes(data[:at] + b"Nvmber 4." + data[at + 9 :])
    texts = [damage for damage in found(folder) if damage.kind == "article"]
    assert [damage.article and damage.article[:10] for damage in texts] == ["Headline 4"]
    assert "their hash differs" in texts[0].what


@pytest.mark.parametrize(
    ("spoil", "said", "mended"),
    [
        ("delete from facts where seq = (select min(seq) from facts)", "is not what its row says", True),
        ("update facts set one = one || ' x'", "is not what its row says", True),
        ("delete from articles_fts_docsize where id = (select min(seq) from articles)", "is not in the index", True),
        (
            "insert into articles_fts (articles_fts, rowid, title, authors, description, body, facts)"
            " select 'delete', seq, title, authors, description, body, facts from articles_indexed limit 1;"
            " insert into articles_fts (rowid, title) select min(seq), 'wrong' from articles",
            "its words are not those of the articles",
            True,
        ),
        ("delete from story_texts where number = 1", "was never put among the stories", True),
        ("delete from edits", "what its revisions changed was not noted", True),
        ("delete from captures where id = (select max(id) from captures where url like '%news/0')", "points at", False),
        ("update revisions set valid_until = '2027-01-01T00:00:00Z'", "does not end where the next begins", False),
        ("update revisions set revision = 7", "they are not 1 to 1", False),
        ("update articles set id = 'aaaaaaaaaaaaaaaa' where title = 'Headline 5'", "made from none of its addr", False),
        ("delete from run_urls where run_id = 1 and url_id = (select min(url_id) from run_urls)", "numbers do", False),
        ("update run_urls set outcome = 'waiting', reason = 'queued' where run_id = 1", "is still queued in it", False),
        ("update urls set article_id = null where url like '%news/2'", "there is no article", False),
        ("update warc_files set size = size + 9 where id = 1", "it ends at byte", False),
        ("update captures set length = length - 1 where id = 3", "bytes long, its row says", False),
        ("update captures set payload_digest = 'sha1:X' where id = 3", "its payload has the digest sha1:", False),
        ("update captures set \"offset\" = \"offset\" + 1 where id = 3", "no record begins there", False),
    ],
)  # fmt: skip
def test_rows_that_disagree_are_named_and_mended_where_that_can_be(
    folder: Path, spoil: str, said: str, mended: bool
) -> None:
    run(folder, spoil)
    damages = found(folder)
    assert any(said in damage.what for damage in damages), damages
    with ArchiveWriter(folder, purpose="test") as writer:
        told = list(repair(writer, damages))
    assert any(said in damage.what and damage.mended == mended for damage in told)
    if mended:
        assert found(folder) == []


def test_a_lost_row_is_made_anew_from_its_record(folder: Path) -> None:
    where = "where url = 'http://gazette.example/feed.xml'"
    run(folder, f"update url_events set capture_id = null where capture_id in (select id from captures {where});"
                f"update urls set capture_id = null {where}; delete from captures {where}")  # fmt: skip
    (damage,) = found(folder)
    assert "no row knows of this record of http://gazette.example/feed.xml" in damage.what
    done = CliRunner().invoke(nightdesk, ["verify", "-a", str(folder), "--repair"])
    assert done.exit_code == 0, done.output
    assert "(mended)" in done.stdout
    assert found(folder) == []


def test_a_file_without_a_row_and_a_row_without_its_file_are_named(folder: Path) -> None:
    first, second = warcs(folder)
    shutil.copyfile(first, first.with_name("stray.warc.gz"))
    second.unlink()
    damages = found(folder)
    assert [damage.where for damage in damages if damage.mend == "adopt"] == [
        first.with_name("stray.warc.gz").relative_to(folder).as_posix()
    ]
    assert any("cannot be read: No such file" in damage.what for damage in damages)
    assert any(damage.article and damage.article.startswith("Headline 0") for damage in damages)
    assert found(folder, quick=True)


def test_a_file_that_was_cut_is_named(folder: Path) -> None:
    path = warcs(folder)[0]
    with path.open("r+b") as file:
        file.truncate(path.stat().st_size // 2)
    damages = found(folder)
    assert "it ends at byte" in damages[0].what
    assert any("lies beyond the file's end" in damage.what for damage in damages)
    assert any("lies beyond the file's end" in damage.what for damage in found(folder, quick=True))


def test_what_is_no_database_is_told_in_a_line(folder: Path) -> None:
    (folder / "archive.db").write_bytes(b"x" * 5000)
    done = CliRunner().invoke(nightdesk, ["verify", "-a", str(folder)])
    assert (done.exit_code, done.stdout) == (3, "")
    assert "file is not a database" in done.stderr


def test_progress_is_told(folder: Path) -> None:
    told: list[tuple[str, int, int]] = []
    note: Callable[[str, int, int], None] = lambda what, done, of: told.append((what, done, of))  # noqa: E731
    assert list(verify(folder, note)) == []
    assert {what for what, _, _ in told} == {"WARC", "articles"}
    assert all(0 <= done <= of for _, done, of in told)
