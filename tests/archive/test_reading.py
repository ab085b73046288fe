import shutil
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest
from sqlite_utils import Database

from archive.errors import ArchiveError, BadQuery, Locked, NoArchive, NotAnArchive, NotFound
from archive.query import Query
from archive.reading import Archive
from archive.schema import migrations
from archive.types import Access, Image, Outcome, Precision, State
from tests.archive.sample import HARBOUR, NIGHT_2, Sample, two_nights


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return two_nights(tmp_path / "house")


def test_a_record_comes_back_with_its_types(folder: Path) -> None:
    with Archive(folder) as archive:
        article = archive.get(HARBOUR)
    assert article.authors == ["Ana Kovač"]
    assert article.published_precision is Precision.DAY
    assert article.access is Access.UNKNOWN
    assert article.images == [Image(url=None, caption="Union and port officials.", credit="Credit: Harbour News")]
    assert article.origins["published_at"].inferred == "year"
    assert article.origins["published_at"].rivals == (("feed", "2026-11-10T08:30:00Z"),)
    assert article.capture is not None and article.capture.offset == 2000
    assert (article.revision, article.revised_at, article.gone_at) == (2, NIGHT_2, None)
    assert article.word_count == len(article.body.split())


@pytest.mark.parametrize(
    "name",
    [
        HARBOUR,
        HARBOUR + "?utm_source=feed#top",
        HARBOUR.replace("https://", "http://"),
        HARBOUR.removeprefix("https://"),
        HARBOUR + "/amp",
        HARBOUR + "/gallery",
        " " + HARBOUR.upper().replace("/HARBOUR-TALKS", "/harbour-talks"),
    ],
)
def test_an_article_is_found_by_any_address_it_is_known_under(folder: Path, name: str) -> None:
    with Archive(folder) as archive:
        article = archive.get(name)
        assert article.url == HARBOUR
        assert archive.get(article.id.upper()) == article


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("nothing-like-it", "find one with: nightdesk search"),
        ("", "find one with"),
        ("\ud800\x00", "find one with"),
        ("https://harbour-news.test/harbour-talkz", "near it are:\n  https://harbour-news.test/harbour-talks"),
        ("https://other.test/x", "nor was any other of other.test"),
        ("http://kurir.test/zid", "it is rejected; the story is told by: nightdesk explain"),
    ],
)
def test_what_is_not_found_comes_with_a_way_on(folder: Path, name: str, message: str) -> None:
    with Archive(folder) as archive, pytest.raises(NotFound, match=message.replace("?", r"\?")):
        archive.get(name)


def test_every_text_that_an_article_had_is_there_oldest_first(folder: Path) -> None:
    with Archive(folder) as archive:
        first, present = archive.revisions(HARBOUR)
        (only,) = archive.revisions("http://kurir.test/artikel.php?id=0")
    assert (first.number, first.title, first.valid_until) == (1, "Harbour talks continue", NIGHT_2)
    assert first.record == {"authors": ["Ana Kovač"], "section": "News"}
    assert first.capture is not None and first.capture.offset == 1000
    assert (present.number, present.valid_from, present.valid_until) == (2, NIGHT_2, None)
    assert only.number == 1


def test_the_story_of_a_url_names_who_saw_it_and_what_happened(folder: Path) -> None:
    with Archive(folder) as archive:
        history = archive.explain(HARBOUR)
        wall = archive.explain("http://kurir.test/zid")
        twin = archive.explain(HARBOUR + "/gallery")
    assert {(sighting.via, sighting.first_run) for sighting in history.sightings} == {("feed", 1), ("front", 1)}
    assert [event.event for event in history.events] == ["captured", "new", "captured", "updated"]
    assert history.outcomes == ((1, Outcome.NEW, None), (2, Outcome.UPDATED, None))
    assert (wall.state, wall.reason, wall.due_at) == (State.REJECTED, "consent-wall", None)
    assert twin.article_url == HARBOUR


def test_redirects_and_answers_without_a_page_are_part_of_the_story(tmp_path: Path) -> None:
    url = "https://gazette.test/moved"
    with Sample(tmp_path / "a") as sample:
        first, second = sample.run(), sample.run(NIGHT_2)
        url_id = sample.url(url, state="gone", reason="http-404")
        sample.capture(first, url, status=301, url_id=url_id)
        page = sample.capture(first, "https://gazette.test/here", url_id=url_id)
        sample.event(first, url_id, "captured", capture_id=page)
        sample.event(first, url_id, "new")
        sample.capture(second, url, status=404, url_id=url_id, fetched_at="2026-11-11T02:00:00Z")
        sample.event(second, url_id, "gone", at=NIGHT_2, reason="http-404")
    with Archive(tmp_path / "a") as archive:
        events = archive.explain(url).events
    assert [(event.event, event.status, event.reason) for event in events] == [
        ("asked", 301, "http-301"),
        ("captured", 200, None),
        ("new", None, None),
        ("gone", 404, "http-404"),
    ]


def test_a_locked_database_is_told_as_such(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("archive.opening._BUSY_S", 0.0)
    db = sqlite3.connect(folder / "archive.db", isolation_level=None)
    db.execute("pragma journal_mode = delete")
    db.execute("begin exclusive")
    try:
        with pytest.raises(Locked, match="try again"):
            Archive(folder)
    finally:
        db.close()


def test_a_funnel_counts_every_page_of_a_run_once(folder: Path) -> None:
    with Archive(folder) as archive:
        assert [run.status for run in archive.runs()] == ["finished", "interrupted"]
        assert archive.funnel(1) == {
            "harbour-news": {Outcome.NEW: 1, Outcome.DUPLICATE: 1},
            "kurir": {Outcome.NEW: 2, Outcome.REJECTED: 1, Outcome.WAITING: 1},
        }
        problems = archive.problems(1)
        with pytest.raises(NotFound, match="the last one is 2"):
            archive.funnel(3)
    assert [(p.kind, p.outcome, p.reason, p.count) for p in problems] == [
        ("feed", "failed", "http-503", 1),
        ("page", "rejected", "consent-wall", 1),
        ("page", "waiting", "limit", 1),
    ]


def test_the_figures_are_those_of_the_tables(folder: Path) -> None:
    with Archive(folder) as archive:
        stats = archive.stats()
        assert len(archive) == stats.articles == 4
    assert (stats.revisions, stats.gone, stats.captures, stats.warc_files, stats.warc_bytes) == (1, 1, 4, 1, 123_456)
    by_name = {source.name: source for source in stats.sources}
    assert by_name["kurir"].articles == 3
    assert by_name["kurir"].pages == {State.KEPT: 2, State.REJECTED: 1, State.FOUND: 1}
    assert stats.oldest is not None and stats.oldest.year == 2025


def test_articles_are_read_one_at_a_time_in_the_listings_order(folder: Path) -> None:
    with Archive(folder) as archive:
        walk = iter(archive)
        assert next(walk).title == "Undated"
        assert len(list(walk)) == 3
        assert [a.id for a in archive.articles("talks")] == [h.id for h in archive.search(Query(text="talks"))]


def test_filters_that_do_not_exist_are_named(folder: Path) -> None:
    with Archive(folder) as archive:
        with pytest.raises(BadQuery, match="no filter colour"):
            archive.count("x", colour="red")
        with pytest.raises(BadQuery, match="put source into it"):
            archive.count(Query(text="x"), source="kurir")


def test_no_archive_is_told_with_the_way_to_one(tmp_path: Path) -> None:
    for missing in (tmp_path / "none", tmp_path):
        with pytest.raises(NoArchive, match="nightdesk init"):
            Archive(missing)


def test_the_database_itself_may_be_named(folder: Path) -> None:
    with Archive(str(folder / "archive.db")) as archive:
        assert archive.folder == folder


def test_something_else_by_that_name_is_no_archive(tmp_path: Path) -> None:
    (tmp_path / "archive.db").write_bytes(b"this is a letter, not a database" * 100)
    with pytest.raises(NotAnArchive, match="cannot be read as an archive"):
        Archive(tmp_path)
    (tmp_path / "archive.db").unlink()
    other = Database(tmp_path / "archive.db")
    other["cooking"].insert({"a": 1})
    other.close()
    with pytest.raises(NotAnArchive, match="another program"):
        Archive(tmp_path)


def test_an_older_or_empty_database_is_told_how_to_come_forward(tmp_path: Path) -> None:
    sqlite3.connect(tmp_path / "archive.db").close()
    (tmp_path / "archive.db").touch()
    with pytest.raises(NotAnArchive, match=f"nightdesk init {tmp_path}"):
        Archive(tmp_path)


def test_a_later_database_is_left_alone(folder: Path) -> None:
    db = Database(folder / "archive.db")
    db[migrations.migrations_table].insert(
        {"migration_set": "nightdesk", "name": "m999_future", "applied_at": "2030-01-01"}
    )
    db.close()
    with pytest.raises(NotAnArchive, match="upgrade nightdesk"):
        Archive(folder)


def test_an_empty_file_is_called_empty(tmp_path: Path) -> None:
    (tmp_path / "archive.db").touch()
    with pytest.raises(NotAnArchive, match=f"archive.db is empty; .* nightdesk init {tmp_path}"):
        Archive(tmp_path)


URN = "urn:sha256:" + "0f" * 32


def test_an_imported_file_is_asked_for_by_the_name_that_the_ledger_has_for_it(folder: Path) -> None:
    with Sample(folder) as sample:
        id_ = sample.article("Saved page", url=None)
        sample.url(URN, article_id=id_)
        sample.url(URN.replace("0f", "1e"), state="rejected", reason="too-short")
    with Archive(folder) as archive:
        assert archive.get(URN).id == archive.get(f" {URN.upper()} ").id == id_
        assert archive.explain(URN).article_id == id_
        with pytest.raises(NotFound, match="it is rejected; the story is told by"):
            archive.get(URN.replace("0f", "1e"))
        with pytest.raises(NotFound, match="no file that was imported"):
            archive.explain("urn:sha256:00")


@pytest.mark.parametrize("name", [None, 7, b"x", Path("x")])
def test_what_names_nothing_is_not_found(folder: Path, name: object) -> None:
    with Archive(folder) as archive:
        for ask in (archive.get, archive.revisions, archive.explain):
            with pytest.raises(NotFound, match="neither an article's id nor a URL"):
                ask(name)  # type: ignore[operator]


def test_a_closed_archive_says_that_it_is_closed(folder: Path) -> None:
    with Archive(folder) as archive:
        hits, walk, begun = archive.search("talks"), archive.articles(), iter(archive)
        next(begun)
    archive.close()
    asked = [
        lambda: archive.get(HARBOUR),
        lambda: archive.search("talks"),
        lambda: len(archive),
        archive.runs,
        archive.stats,
        lambda: archive.explain(HARBOUR),
        lambda: archive.export_csv(None, folder / "x.csv"),
        lambda: list(hits),
        lambda: hits.total,
        lambda: list(walk),
        lambda: list(begun),
    ]
    for ask in asked:
        with pytest.raises(ArchiveError, match="the archive is closed"):
            ask()
    assert not (folder / "x.csv").exists()


def test_nothing_can_be_written_through_it(folder: Path) -> None:
    with Archive(folder) as archive, pytest.raises(sqlite3.OperationalError, match="readonly"):
        archive._db.execute("delete from articles")


def test_it_reads_beside_a_writer_in_the_middle_of_a_transaction(folder: Path) -> None:
    writer = sqlite3.connect(folder / "archive.db")
    try:
        writer.execute("begin immediate")
        writer.execute("update articles set title = 'Half done'")
        with Archive(folder) as archive:
            assert archive.count("talks") == 1
            assert "Half done" not in {article.title for article in archive}
            writer.commit()
            assert {article.title for article in archive} == {"Half done"}
    finally:
        writer.close()


class _Unopenable:
    """A connection to a WAL database on read-only media, where SQLite cannot make its -shm file."""

    def execute(self, sql: str) -> None:
        error = sqlite3.OperationalError("unable to open database file")
        error.sqlite_errorcode = sqlite3.SQLITE_CANTOPEN
        raise error

    def close(self) -> None:
        pass


def _refuse_mode_ro(monkeypatch: pytest.MonkeyPatch) -> None:
    connect = sqlite3.connect

    def refusing(database: str, **options: object) -> object:
        return _Unopenable() if "mode=ro" in database else connect(database, **options)  # type: ignore[call-overload]

    monkeypatch.setattr(sqlite3, "connect", refusing)


def test_it_opens_on_read_only_media(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    _refuse_mode_ro(monkeypatch)
    with Archive(folder) as archive:
        assert archive.count("talks") == 1


def test_on_read_only_media_an_unfinished_journal_is_not_overlooked(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    writer = sqlite3.connect(folder / "archive.db")
    writer.execute("update articles set title = 'Only in the journal'")
    writer.commit()
    copy = Path(shutil.copytree(folder, tmp_path / "copy"))
    writer.close()
    _refuse_mode_ro(monkeypatch)
    with pytest.raises(ArchiveError, match="copy the folder to a place"):
        Archive(copy)


ROOT = Path(__file__).parents[2]
HEAVY = ("scrapy", "twisted", "trafilatura", "feedparser", "lxml", "bs4", "warcio", "py3langid", "tldextract")


def in_a_fresh_python(code: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", code, *arguments], capture_output=True, text=True, check=False, cwd=ROOT
    )


def test_reading_works_with_the_crawlers_dependencies_absent(folder: Path) -> None:
    code = f"""
import sys
class Absent:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in {set(HEAVY) - {"warcio"}!r}:
            raise ModuleNotFoundError(name)
sys.meta_path.insert(0, Absent())
from archive import Archive
with Archive(sys.argv[1]) as archive:
    print([hit.snippet for hit in archive.search("directors")], archive.export_csv(None, sys.argv[1] + "/x.csv"))
import archive.cli
archive.cli.archive_commands(["search", "-a", sys.argv[1], "--count"])
"""
    done = in_a_fresh_python(code, str(folder))
    assert done.returncode == 0, done.stderr
    assert "[directors]" in done.stdout and done.stdout.endswith("4\n")


def test_importing_the_reading_half_loads_nothing_heavy() -> None:
    done = in_a_fresh_python("import sys, archive.cli, archive; print(*{m.partition('.')[0] for m in sys.modules})")
    assert done.returncode == 0, done.stderr
    assert not set(done.stdout.split()) & {*HEAVY, "rich", "sqlite_utils", "numpy"}


def test_an_archive_without_articles_reads_as_one(tmp_path: Path) -> None:
    with Sample(tmp_path / "empty"):
        pass
    with Archive(tmp_path / "empty") as archive:
        assert (len(archive), list(archive), archive.runs(), archive.stats().last_run) == (0, [], [], None)
