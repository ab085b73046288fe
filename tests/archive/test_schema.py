"""The steps of the schema: an archive that an earlier version made is brought forward, with all that is in it."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlite_utils import Database

from archive.errors import NotAnArchive
from archive.reading import Archive
from archive.schema import APPLICATION_ID, migrate, migrations
from archive.sqlite import run_script
from archive.types import Outcome
from archive.writer import ArchiveWriter
from tests.archive.test_articles import LATER, store
from tests.conftest import NOW, an_article

NEW_COLUMNS = {"markdown", "entries", "corrections", "dropped"}


@pytest.fixture
def first_house(tmp_path: Path) -> Path:
    """An archive as the first version left it, with an article and an earlier text of it."""
    with ArchiveWriter(tmp_path, purpose="test") as writer:
        writer.ledger.add_source("gazette", home="http://gazette.example/", title=None, now=NOW)
        writer.ledger.start_run("crawl", {}, NOW)
        store(writer, an_article())
        assert store(writer, an_article(title="Bridge reopens at last"), at=LATER).outcome is Outcome.UPDATED
    present = Database(tmp_path / "archive.db")
    old = Database(tmp_path / "old.db")
    old.execute(f"pragma application_id = {APPLICATION_ID}")
    migrations.apply(old, stop_before="m002_structure_and_templates")
    for table in ("sources", "runs", "urls", "sightings", "articles", "revisions"):
        columns = ", ".join(column.name for column in old.table(table).columns)
        marks = ", ".join("?" * len(old.table(table).columns))
        rows = present.execute(f"select {columns} from {table}").fetchall()
        old.conn.executemany(f"insert into {table} ({columns}) values ({marks})", rows)
    old.conn.execute("update revisions set record = json_remove(record, '$.dropped', '$.markdown')")
    old.conn.commit()
    assert not NEW_COLUMNS & {column.name for column in old.table("articles").columns}
    present.close()
    old.close()
    for left in tmp_path.glob("archive.db*"):
        left.unlink()
    (tmp_path / "old.db").rename(tmp_path / "archive.db")
    return tmp_path


def test_an_archive_of_the_first_version_opens_with_all_that_is_in_it(first_house: Path) -> None:
    with pytest.raises(NotAnArchive, match=f"nightdesk migrate -a {first_house}"):
        Archive(first_house)
    ArchiveWriter(first_house, purpose="init").close()
    with Archive(first_house) as archive:
        (article,) = archive
        assert (article.title, article.authors) == ("Bridge reopens at last", ["Ana Kovač"])
        assert (article.markdown, article.entries, article.corrections, article.dropped) == ("", [], [], [])
        assert archive.count("reopened") == 1
        before, _ = archive.revisions(article.id)
        assert (before.title, before.record["authors"]) == (an_article().title, ["Ana Kovač"])
        assert archive.template("gazette").articles == 0


def test_an_archive_brought_forward_has_the_schema_of_a_new_one(first_house: Path, tmp_path: Path) -> None:
    (tmp_path / "new").mkdir()
    described = []
    for folder in (first_house, tmp_path / "new"):
        db = Database(folder / "archive.db")
        migrate(db, "archive.db")
        described.append(sorted(db.execute("select type, name, sql from sqlite_master").fetchall()))
        db.close()
    assert described[0] == described[1]


def test_a_step_that_fails_leaves_the_archive_as_it_was(first_house: Path) -> None:
    db = Database(first_house / "archive.db")
    db.execute("create table template_recent (a)")  # in the way of the second step's last table
    with pytest.raises(Exception, match="template_recent"):
        migrate(db, "archive.db")
    assert not NEW_COLUMNS & {column.name for column in db.table("articles").columns}
    db.execute("drop table template_recent")
    migrate(db, "archive.db")
    assert {column.name for column in db.table("articles").columns} >= NEW_COLUMNS
    db.close()


def test_a_script_runs_in_the_transaction_that_is_open_and_whole(tmp_path: Path) -> None:
    db = Database(tmp_path / "x.db")
    with pytest.raises(RuntimeError, match="stop"), db.atomic():
        run_script(
            db,
            """
            create table a (b text);    -- one; two
            create trigger t after insert on a begin
                delete from a where b = ';';
            end;
            insert into a values (';'), ('c');
            """,
        )
        assert [row["b"] for row in db["a"].rows] == ["c"]
        raise RuntimeError("stop")
    assert db.table_names() == []
    with pytest.raises(ValueError, match="within a statement: create table a"):
        run_script(db, "create table a (b text)")
    db.close()
