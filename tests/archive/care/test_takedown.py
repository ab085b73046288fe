"""A page taken down: none of its words is left anywhere, and it does not come back."""

from __future__ import annotations

import gzip
import json
import sqlite3
import subprocess
import sys
from contextlib import closing
from io import BytesIO
from pathlib import Path

import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st
from warcio.archiveiterator import ArchiveIterator

from archive import Archive
from archive.captures import read_capture
from archive.care import takedown as takedown_module
from archive.care.erase import MARK, tombstone_member
from archive.care.takedown import take_down
from archive.care.tombstones import tombstone_number
from archive.errors import NotFound, TakenDown
from archive.ledger import Verdict
from archive.types import Dropped, Kind, Outcome, State
from archive.writer import ArchiveWriter
from crawler.cli import nightdesk
from tests.archive.care.paper import FEED, Paper
from tests.conftest import NOW

DOOMED, KEPT = "http://gazette.example/news/doomed", "http://gazette.example/news/kept"
WORDS = "Xylographers quarrelled over Zanzibar's quixotic lighthouse keeper, a vexed man of eighty."
EARLIER = "Jackdaws borrowed the mayor's sphinx of black quartz, says a witness whom nobody believed."
STAYS = "The ferry will cross the sound every forty minutes from Monday on, the harbour says."
SECRETS = (
    b"Xylographers",
    b"xylographers",
    b"Zanzibar",
    b"zanzibar",
    b"Jackdaws",
    b"jackdaws",
    b"Quarrel at the tower",
)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Two nights: a page that changed, its other address, a page beside it, a report and an export."""
    folder = tmp_path / "archive"
    with Paper(folder) as night:
        night.lists((DOOMED, "Quarrel at the tower"), (KEPT, "Ferry"))
        night.prints(DOOMED, "Quarrel at the tower", EARLIER, tags=["Zanzibar"])
        night.prints(KEPT, "Ferry every forty minutes", STAYS)
    with Paper(folder, night=1) as night:
        night.prints(DOOMED, "Quarrel at the tower", WORDS, dropped=[Dropped(text="Zanzibar today", reason="template")])
        night.prints(DOOMED + "?page=print", "Quarrel at the tower", WORDS, canonical_url=DOOMED)
        night.prints(KEPT, "Ferry every forty minutes", STAYS)
    (folder / "reports").mkdir()
    (folder / "reports" / "night-20261123-2.html").write_text("<p>Quarrel at the tower</p>")
    (folder / "reports" / "night-20261122-1.html").write_text("<p>Ferry</p>")
    ran(folder, "export", "--to", str(tmp_path / "all.csv"))
    return folder


def ran(folder: Path, *words: str, status: int = 0) -> str:
    done = CliRunner().invoke(nightdesk, [*words, "-a", str(folder)])
    assert done.exit_code == status, done.output
    return done.output


def everything(folder: Path) -> bytes:
    """All bytes in the archive's folder, those of WARC files also unpacked."""
    files = [path for path in folder.rglob("*") if path.is_file()]
    unpacked = [gzip.decompress(path.read_bytes()) for path in files if path.name.endswith(".gz")]
    return b"".join([path.read_bytes() for path in files] + unpacked)


def rows(folder: Path) -> list[str]:
    with closing(sqlite3.connect(folder / "archive.db")) as db:
        return list(db.iterdump())


def test_no_word_of_it_is_left_in_any_file(folder: Path) -> None:
    assert all(word in everything(folder) for word in (b"Xylographers", b"Jackdaws", b"Quarrel at the tower"))
    ran(folder, "takedown", DOOMED, "--reason", "a court said so", "--lists")
    left = everything(folder)
    assert [word for word in SECRETS if word in left] == []
    assert b"ferry will cross the sound" in left


def test_the_words_are_gone_from_the_journal_too_while_a_reader_has_the_archive_open(folder: Path) -> None:
    with Archive(folder) as archive:
        assert archive.count("Zanzibar's") == 1
        ran(folder, "takedown", DOOMED, "--reason", "r", "--lists")
        assert archive.count("Zanzibar's") == 0
        assert not [word for word in SECRETS if word in everything(folder)]


def test_a_reader_in_the_middle_of_reading_only_delays_the_emptying_of_the_journal(folder: Path) -> None:
    with closing(sqlite3.connect(folder / "archive.db")) as reader:
        reader.execute("begin")
        reader.execute("select count(*) from articles").fetchone()
        said = ran(folder, "takedown", DOOMED, "--reason", "r", "--lists")
        assert "somebody reads the database" in said
        with Archive(folder) as archive:
            assert not next(iter(archive.tombstones())).finished
    ArchiveWriter(folder, purpose="test").close()
    assert not [word for word in SECRETS if word in everything(folder)]
    with Archive(folder) as archive:
        assert next(iter(archive.tombstones())).finished


def test_raw_lists_that_quote_it_stay_unless_they_are_named_too(folder: Path) -> None:
    said = ran(folder, "takedown", DOOMED, "--reason", "r")
    assert "1 raw list (feeds, fronts, sitemaps) quote it: left as they are; --lists overwrites them too" in said
    assert b"Quarrel at the tower</title>" in everything(folder)


def test_what_is_left_is_as_it_was(folder: Path) -> None:
    with Archive(folder) as archive:
        before = archive.get(KEPT)
        funnels = [archive.funnel(run.id) for run in archive.runs()]
    ran(folder, "takedown", DOOMED, "--reason", "r")
    with Archive(folder) as archive:
        assert archive.get(KEPT) == before
        assert [archive.funnel(run.id) for run in archive.runs()] == funnels
        assert [hit.id for hit in archive.search("ferry")] == [before.id]
        assert read_capture(folder, before.capture).body.count(b"forty minutes") == 2
    for path in folder.rglob("*.warc.gz"):
        checked = subprocess.run(
            [sys.executable, "-m", "warcio.cli", "check", str(path)], capture_output=True, text=True, check=False
        )
        assert checked.returncode == 0, checked.stdout


def test_every_record_of_its_files_is_where_it_was_and_the_digests_stay(folder: Path) -> None:
    with closing(sqlite3.connect(folder / "archive.db")) as db:
        sql = (
            "select c.id, path, c.offset, length, payload_digest, c.url"
            " from captures c join warc_files w on w.id = warc_file_id"
        )
        before = db.execute(sql).fetchall()
    sizes = {path: path.stat().st_size for path in folder.rglob("*.warc.gz")}
    ran(folder, "takedown", DOOMED, "--reason", "r")
    assert {path: path.stat().st_size for path in folder.rglob("*.warc.gz")} == sizes
    with closing(sqlite3.connect(folder / "archive.db")) as db:
        assert db.execute(sql).fetchall() == before
    with Archive(folder) as archive:
        for revision in archive.revisions(KEPT):
            assert revision.capture and read_capture(folder, revision.capture)


def test_an_answer_that_was_overwritten_is_kept_whole_when_it_comes_again(folder: Path) -> None:
    ran(folder, "takedown", DOOMED, "--reason", "r", "--lists")
    with Paper(folder, night=2) as night:
        night.lists((DOOMED, "Quarrel at the tower"), (KEPT, "Ferry"))
        night.lists((DOOMED, "Quarrel at the tower"), (KEPT, "Ferry"))
    with closing(sqlite3.connect(folder / "archive.db")) as db:
        sql = "select id, payload_id from captures where url = ? order by id"
        (_, none), (whole, also_none), (_, again) = db.execute(sql, [FEED]).fetchall()
    assert (none, also_none, again) == (None, None, whole)


def test_it_has_a_tombstone_with_reason_and_digests(folder: Path) -> None:
    with Archive(folder) as archive:
        id_, digest = archive.get(DOOMED).id, archive.get(DOOMED).capture.digest  # type: ignore[union-attr]
    ran(folder, "takedown", id_, "--reason", "a court said so", "--by", "the editor")
    with Archive(folder) as archive:
        for name in (
            id_,
            DOOMED,
            DOOMED + "?page=print",
            DOOMED.replace("http:", "https:"),
            "gazette.example/news/doomed",
        ):
            stone = archive.tombstone(name)
            assert stone is not None, name
            assert (stone.id, stone.reason, stone.who) == (id_, "a court said so", "the editor")
            assert digest in stone.digests
            assert stone.finished
        with pytest.raises(TakenDown, match=r"taken down on .*: a court said so"):
            archive.get(DOOMED)
        assert archive.tombstone(KEPT) is None
        assert archive.explain(DOOMED).reason == "taken-down"
    assert json.loads(ran(folder, "takedown", "--list", "--json"))["id"] == id_
    assert "was taken down from this archive" in ran(folder, "explain", DOOMED)


def test_past_exports_that_held_it_are_named_and_reports_that_quote_it_deleted(folder: Path) -> None:
    done = json.loads(ran(folder, "takedown", DOOMED, "--reason", "r", "--json"))
    assert [Path(each["path"]).name for each in done["exports"]] == ["all.csv"]
    assert done["files"] == ["reports/night-20261123-2.html"]
    assert [path.name for path in (folder / "reports").iterdir()] == ["night-20261122-1.html"]


def test_a_list_of_an_export_that_cannot_be_read_does_not_keep_a_page_in_the_archive(folder: Path) -> None:
    (listed,) = (folder / "exports").glob("*.ids.gz")
    listed.write_bytes(b"torn")
    (folder / "archive-before-m009.db").write_bytes(b"")
    said = ran(folder, "takedown", DOOMED, "--reason", "r")
    assert "not all exports that held it are known" in said
    assert "archive-before-m009.db, from before a migration, still holds it: delete it" in said
    with Archive(folder) as archive:
        assert archive.tombstone(DOOMED) is not None


def test_a_dry_run_says_the_same_and_changes_nothing(folder: Path) -> None:
    before = rows(folder)
    told = json.loads(ran(folder, "takedown", DOOMED, "--dry-run", "--json"))
    assert before == rows(folder)
    done = json.loads(ran(folder, "takedown", DOOMED, "--reason", "r", "--json"))
    assert {**told, "dry_run": False} == done
    assert (len(done["articles"]), done["revisions"], done["urls"], done["captures"]) == (1, 1, 2, 3)


def test_it_does_not_come_back_under_its_own_or_another_address(folder: Path) -> None:
    ran(folder, "takedown", DOOMED, "--reason", "r", "--lists")
    other = "http://gazette.example/2026/elsewhere"
    with Paper(folder, night=2) as night:
        night.lists((DOOMED, "Quarrel at the tower"))
        entry = night.writer.ledger.entry(DOOMED)
        assert entry is not None
        assert (entry.state, entry.reason, entry.due_at, entry.hints[-1].title) == (
            State.REFUSED, "taken-down", None, None,
        )  # fmt: skip
        night.writer.ledger.ask_now(DOOMED, night.now)
        assert night.writer.ledger.claim("gazette", run=night.run, now=night.now, limit=9, but_not=set()) == []
        assert night.prints(other, "Quarrel at the tower", WORDS, canonical_url=DOOMED) is Outcome.REFUSED
    with Archive(folder) as archive:
        assert archive.count("Zanzibar's") == 0
        assert archive.tombstone(other) is not None
        assert sum(archive.funnel(3)["gazette"].values()) == 2
    warc = b"".join(gzip.decompress(path.read_bytes()) for path in folder.rglob("*.warc.gz"))
    assert b"Xylographers" not in warc


def test_an_import_of_a_saved_copy_is_refused_in_words(folder: Path, tmp_path: Path) -> None:
    ran(folder, "takedown", DOOMED, "--reason", "r")
    saved = tmp_path / "saved.html"
    text = "".join(f"<p>On day {n} the {n * 7} keepers of {n * 3} towers spoke. {WORDS}</p>" for n in range(2, 30))
    saved.write_text(
        f'<html><head><link rel="canonical" href="{DOOMED}"><title>T</title></head><article>{text}</article>'
    )
    assert "taken-down: it was taken down" in ran(folder, "import", str(saved), "--url", DOOMED, status=1)
    assert "taken-down: it was taken down" in ran(folder, "import", str(saved), status=1)
    assert b"Xylographers" not in b"".join(gzip.decompress(p.read_bytes()) for p in folder.rglob("*.warc.gz"))


def test_a_domain_goes_whole_and_nothing_below_it_is_taken_in_again(folder: Path) -> None:
    with Paper(folder, night=2) as night:
        night.prints("http://other.test/ferry", "Another ferry", "The other ferry is late again this week.")
    ran(folder, "takedown", "gazette.example", "--reason", "the paper asked")
    with Archive(folder) as archive:
        assert [article.url for article in archive] == ["http://other.test/ferry"]
        stones = list(archive.tombstones())
        assert [stone.scope for stone in stones] == ["domain", "page", "page"]
        assert archive.tombstone("https://www.gazette.example/never/met") is not None
        assert archive.tombstone("http://notgazette.example/") is None
        with pytest.raises(TakenDown):
            archive.get(KEPT)
    with Paper(folder, night=3) as night:
        assert night.prints("http://sub.gazette.example/x", "New", STAYS) is Outcome.REFUSED


def test_a_killed_takedown_is_finished_by_the_next_writer(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    class Killed(BaseException):
        pass

    def killed(_: object) -> bool:
        raise Killed

    monkeypatch.setattr(takedown_module, "finish", killed)
    with pytest.raises(Killed), ArchiveWriter(folder, purpose="test") as writer:
        take = take_down
        real_remove = takedown_module.remove

        def committed(*arguments: object, **named: object) -> None:
            real_remove(*arguments, **named)  # type: ignore[arg-type]
            writer.commit()

        monkeypatch.setattr(takedown_module, "remove", committed)
        take(writer, DOOMED, reason="r", who="w", now=NOW, lists_too=True)
    monkeypatch.undo()
    assert b"Xylographers" in everything(folder)
    ArchiveWriter(folder, purpose="test").close()
    assert [word for word in SECRETS if word in everything(folder)] == []


def test_what_its_source_repeats_is_forgotten_if_nobody_else_had_it(folder: Path) -> None:
    from archive.fingerprint import line_fingerprint

    with ArchiveWriter(folder, purpose="test") as writer:
        row = "insert into template_lines values ('gazette', ?, ?, ?, 1, 2, null, null, 1, 0, 0, 1, 1, 1, ?, null)"
        for text, articles, hand in ((WORDS, 2, None), ("Zanzibar today", 9, None), (EARLIER, 2, "pinned")):
            writer.db.execute(row, [line_fingerprint(text), text, articles, hand])
        writer.db.execute(
            "insert into template_recent values ('gazette', 1, '2026-11-22', 1, 1, ?)",
            [b"".join(int(line_fingerprint(t), 16).to_bytes(8, "little") for t in (WORDS, "Something else"))],
        )
    ran(folder, "takedown", DOOMED, "--reason", "r")
    with closing(sqlite3.connect(folder / "archive.db")) as db:
        assert [row[0] for row in db.execute("select text from template_lines order by text")] == [
            EARLIER,
            "Zanzibar today",
        ]
        ((lines,),) = db.execute("select lines from template_recent").fetchall()
        assert lines == int(line_fingerprint("Something else"), 16).to_bytes(8, "little")


def test_what_a_page_read_before_it_was_cleaned_anew_goes_too(folder: Path) -> None:
    with ArchiveWriter(folder, purpose="test") as writer:
        id_, capture, url = writer.db.execute(
            "select id, capture_id, url_id from articles where url = ?", [DOOMED]
        ).fetchone()
        writer.db.execute("insert into generations (id, asked, extractor, begun_at) values (1, '{}', 'x', '')")
        former = json.dumps({"body": "Zanzibar before"})
        writer.db.execute("insert into former_texts values (?, ?, 1, ?, '[]')", [id_, capture, former])
        writer.db.execute("insert into former_pages values (1, ?, null, ?)", [url, json.dumps({"hints": "Zanzibar"})])
    ran(folder, "takedown", DOOMED, "--reason", "r", "--lists")
    assert [word for word in SECRETS if word in everything(folder)] == []


def test_a_story_goes_on_without_it(tmp_path: Path) -> None:
    folder, text = tmp_path / "archive", " ".join(f"word{n} stands here" for n in range(120))
    with Paper(folder) as night:
        for n in range(3):
            night.prints(f"http://gazette.example/{n}", f"Copy {n}", text + f" ending {n}")
    with ArchiveWriter(folder, purpose="test") as writer:
        first = writer.db.execute("select story from story_members limit 1").fetchone()[0]
        done = take_down(writer, first, reason="r", who="w", now=NOW)
        assert len(done.articles) == 1
        left = writer.db.execute("select article_id, story from story_members").fetchall()
        assert len(left) == 2
        assert {story for _, story in left} == {left[0][1]} != {first}
        assert writer.db.execute("select count(*) from story_due").fetchone() == (0,)
        assert writer.db.execute("select count(*) from story_texts where article_id = ?", [first]).fetchone() == (0,)


def test_what_was_never_met_is_refused_all_the_same(folder: Path) -> None:
    assert "nothing of http://never.test/x is in the archive" in ran(
        folder, "takedown", "http://never.test/x", "--reason", "r"
    )
    with Archive(folder) as archive:
        assert archive.tombstone("http://never.test/x") is not None


@pytest.mark.parametrize(
    ("words", "status", "said"),
    [
        (("takedown", DOOMED), 2, "say why with --reason"),
        (("takedown",), 2, "name a URL"),
        (("takedown", "not a name", "--reason", "r"), 5, "is no URL, no domain"),
        (("takedown", "--list", DOOMED), 2, "--list takes no name"),
    ],
)
def test_mistakes_are_told_in_a_line(folder: Path, words: tuple[str, ...], status: int, said: str) -> None:
    assert said in ran(folder, *words, status=status)


def test_no_archive_is_made_where_there_is_none(tmp_path: Path) -> None:
    ran(tmp_path, "takedown", DOOMED, "--reason", "r", status=3)
    assert not list(tmp_path.iterdir())


@given(length=st.integers(300, 200_000) | st.integers(300, 1200))
def test_a_tombstone_is_exactly_as_long_as_the_record_that_it_replaces(length: int) -> None:
    member = tombstone_member(
        length, record_id="<urn:uuid:4b0bd4b7-4e6c-4dd2-8d6c-9a3a5a2f2f10>", url=DOOMED, digest="sha1:AAAA", at=NOW
    )
    assert len(member) == length
    for record in ArchiveIterator(BytesIO(member), check_digests="raise"):
        assert record.rec_type == "metadata"
        assert record.rec_headers.get_header("WARC-Record-ID").endswith("2f10>")
        assert record.content_stream().read().startswith(MARK)


def test_a_url_that_answers_again_is_not_asked_for(folder: Path) -> None:
    ran(folder, "takedown", DOOMED, "--reason", "r")
    with Paper(folder, night=2) as night:
        entry = night.writer.ledger.entry(DOOMED)
        assert entry is not None
        night.writer.ledger.make_due(["gazette"], night.now)
        night.writer.ledger.enter_due(["gazette"], run=night.run, now=night.now)
        assert night.writer.ledger.queued(night.run) == {"gazette": 1}  # the other page
        assert tombstone_number(night.writer.db, FEED) is None
        assert entry.kind is Kind.PAGE
        night.writer.ledger.settle(entry, Verdict(state=State.REFUSED, outcome=None), run=night.run, now=night.now)


def test_an_article_cannot_be_named_by_what_it_is_not(folder: Path) -> None:
    with ArchiveWriter(folder, purpose="test") as writer, pytest.raises(NotFound):
        take_down(writer, "aaaaaaaaaaaaaaaa", reason="r", who="w", now=NOW)
