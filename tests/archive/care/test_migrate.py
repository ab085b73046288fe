"""Archives that earlier versions really wrote are brought forward whole, with a copy of what they were."""

from __future__ import annotations

import lzma
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from click.testing import CliRunner

from archive import Archive
from archive.care import migration
from archive.care.migration import bring_forward
from archive.care.verify import verify
from archive.errors import Locked, NotAnArchive
from archive.schema import migrations
from archive.types import Outcome
from archive.writer import ArchiveWriter
from crawler.cli import nightdesk
from tests.archive.care.paper import Paper

OLD = sorted((Path(__file__).parent / "old").glob("*.db.xz"))
#: No version was ever out with one of these as its last step.
NEVER_LAST = {"m003_politeness_and_rights", "m008_facts"}
STEPS = [step.name for step in migrations._migrations]


def unpack(dump: Path, folder: Path) -> Path:
    folder.mkdir()
    (folder / "archive.db").write_bytes(lzma.decompress(dump.read_bytes()))
    return folder


def test_there_is_an_archive_of_every_earlier_version() -> None:
    names = {path.name.removesuffix(".db.xz") for path in OLD}
    assert names | NEVER_LAST >= set(STEPS[:13])
    assert not names & NEVER_LAST


@pytest.mark.parametrize("dump", OLD, ids=lambda path: path.name.split(".")[0])
def test_an_archive_of_an_earlier_version_is_brought_forward_with_all_that_is_in_it(dump: Path, tmp_path: Path) -> None:
    folder = unpack(dump, tmp_path / "archive")
    with closing(sqlite3.connect(folder / "archive.db")) as db:
        before = {
            table: db.execute(f"select count(*) from {table}").fetchone()[0]
            for table in ("articles", "revisions", "urls", "url_events", "run_urls", "captures", "runs")
        }
        texts = db.execute("select id, title, body from articles order by id").fetchall()
        applied = {name for (name,) in db.execute("select name from _sqlite_migrations")}
    assert max(applied) == dump.name.removesuffix(".db.xz")
    assert before["articles"] == before["revisions"] == 2
    done = bring_forward(folder)
    assert done.steps == tuple(step for step in STEPS if step not in applied)
    with closing(sqlite3.connect(folder / "archive.db")) as db:
        assert before == {table: db.execute(f"select count(*) from {table}").fetchone()[0] for table in before}
        assert texts == db.execute("select id, title, body from articles order by id").fetchall()
    with Archive(folder) as archive:
        assert archive.count("said again") == 2
        assert archive.count("tag:harbour") == 2
        assert [revision.number for revision in archive.revisions("http://gazette.example/news/ferry")] == [1, 2]
        assert archive.funnel(2)["gazette"] == {Outcome.UPDATED: 2, Outcome.REJECTED: 1}
    # the WARC files were left out, and stories and edits of an old archive wait for the next crawl
    with ArchiveWriter(folder, purpose="test") as writer:
        from archive.afterwards import catch_up

        catch_up(writer)
    assert [damage for damage in verify(folder) if damage.kind != "warc"] == []
    with Paper(folder, night=9) as night:
        assert night.prints("http://gazette.example/news/ferry", "Ferry every forty minutes", "Another text.") is (
            Outcome.UPDATED
        )


def test_the_database_as_it_was_stands_beside_it(tmp_path: Path) -> None:
    folder = unpack(OLD[0], tmp_path / "archive")
    done = CliRunner().invoke(nightdesk, ["migrate", "-a", str(folder)])
    assert done.exit_code == 0, done.output
    copy = folder / "archive-before-m001.db"
    assert str(copy) in done.output
    with closing(sqlite3.connect(copy)) as db:
        assert db.execute("select count(*) from articles").fetchone() == (2,)
        assert db.execute("pragma integrity_check").fetchone() == ("ok",)
        assert "spaced" not in {row[1] for row in db.execute("pragma table_info(articles)")}
    again = CliRunner().invoke(nightdesk, ["migrate", "-a", str(folder), "--json"])
    assert again.stdout == '{"steps": [], "copy": null}\n'


def test_a_migration_that_was_cut_off_goes_on_and_keeps_the_first_copy(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = unpack(OLD[0], tmp_path / "archive")

    def half(db: object, _: str) -> None:
        migrations.apply(db, stop_before="m005_nights")  # type: ignore[arg-type]
        raise KeyboardInterrupt

    monkeypatch.setattr(migration, "migrate", half)
    with pytest.raises(KeyboardInterrupt):
        bring_forward(folder)
    monkeypatch.undo()
    assert bring_forward(folder).steps[0] == "m005_nights"
    assert (folder / "archive-before-m001.db").exists()


def test_what_cannot_be_brought_forward_is_left_alone(tmp_path: Path) -> None:
    folder = unpack(OLD[-1], tmp_path / "archive")
    with ArchiveWriter(folder, purpose="crawl"), pytest.raises(Locked):
        bring_forward(folder)
    with closing(sqlite3.connect(folder / "archive.db")) as db:
        db.execute(
            "insert into _sqlite_migrations (migration_set, name, applied_at) values ('nightdesk', 'm999_x', '')"
        )
        db.commit()
    before = (folder / "archive.db").read_bytes()
    with pytest.raises(NotAnArchive, match="later nightdesk"):
        bring_forward(folder)
    assert (folder / "archive.db").read_bytes() == before
    assert CliRunner().invoke(nightdesk, ["migrate", "-a", str(tmp_path)]).exit_code == 3
    shutil.rmtree(folder)
