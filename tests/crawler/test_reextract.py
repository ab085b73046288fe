"""Cleaning again: what would change is told first, what changed can be put back, and revisions stay the site's."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from archive.afterwards import catch_up
from archive.lock import WriterLock
from archive.types import Hint, Kind, Link, Page, Via
from archive.writer import ArchiveWriter
from crawler.backfill.makeway import NIGHT_LOCK
from pipelines import EXTRACTOR
from tests.a_site_with_a_template import SOURCE
from tests.crawler.again import (
    NIGHT,
    PAGES,
    ROOT,
    an_old_archive,
    capture,
    contents,
    crawl,
    edited,
    nightdesk,
    reextract,
    sql,
)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[Page]]:
    """An old archive, to be copied."""
    folder = tmp_path_factory.mktemp("old")
    pages = an_old_archive(folder)
    with ArchiveWriter(folder, purpose="test") as writer:
        catch_up(writer)
    return folder, pages


@pytest.fixture
def folder(made: tuple[Path, list[Page]], tmp_path: Path) -> Path:
    copied = tmp_path / "archive"
    subprocess.run(["cp", "-r", made[0], copied], check=True)
    return copied


def test_a_dry_run_says_what_would_change_and_changes_nothing(folder: Path) -> None:
    before = contents(folder)
    told = reextract(folder, "--dry-run")
    assert told["counts"]["texts"] == PAGES + 1
    assert told["counts"]["earlier"] == 1
    assert told["fields"][SOURCE]["authors"] == 1
    coverage = told["coverage"][SOURCE]
    assert coverage["after"]["authors"] == coverage["before"]["authors"] + 1 == PAGES
    sample = next(each for each in told["samples"] if each["field"] == "authors")
    assert (sample["old"], sample["new"]) == ("[]", '["Nora Quill"]')
    assert told["losses"] == []
    assert contents(folder) == before
    assert nightdesk("reextract", "-a", folder, "--list").stdout == ""


def test_what_is_cleaned_again_says_by_what_and_a_second_time_changes_nothing(folder: Path) -> None:
    told = reextract(folder)
    assert told["generation"] == 1
    assert told["counts"]["changed"] > 1
    with ArchiveWriter(folder, purpose="test") as writer:
        template = writer.templates.current(SOURCE)
    assert template is not None
    records = sql(
        folder,
        "select extractor, template from articles union all select record ->> 'extractor',"
        " record ->> 'template' from revisions",
    )
    assert set(records) == {(EXTRACTOR, template.digest)}
    before = contents(folder)
    again = reextract(folder)
    assert (again["captures"], again["generation"]) == (0, None)
    forced = reextract(folder, "--force")
    assert (forced["captures"], forced["counts"]["unchanged"], forced["generation"]) == (PAGES + 1, PAGES + 1, None)
    assert contents(folder) == before


def test_cleaning_again_makes_no_revision_and_cleans_earlier_texts_alike(folder: Path) -> None:
    numbers = "select article_id, revision, valid_from, valid_until, capture_id from revisions"
    before = sql(folder, numbers), sql(folder, "select id, revision, revised_at from articles order by id")
    reextract(folder)
    assert (sql(folder, numbers), sql(folder, "select id, revision, revised_at from articles order by id")) == before
    ((old, new),) = sql(folder, "select r.body, a.body from revisions r join articles a on a.id = r.article_id")
    assert old == new  # the site changed the headline alone; the house's lines have gone from both
    ((kinds,),) = sql(folder, "select kinds from edits")
    assert "headline" in kinds and "removed" not in kinds


def test_two_texts_that_differed_by_what_is_left_out_of_both_are_no_edit_any_more(folder: Path) -> None:
    sql(
        folder,
        "update revisions set title = (select title from articles where id = article_id),"
        " body = body || char(10, 10) || 'The Saltmarsh Echo belongs to nobody.'",
    )
    # What the capture of the earlier text holds is made to be that of the present one.
    sql(folder, "update captures set offset = -offset where id = (select capture_id from revisions)")
    ((present,),) = sql(folder, "select a.capture_id from articles a join revisions r on r.article_id = a.id")
    sql(
        folder,
        "update captures set (warc_file_id, length, payload_digest) = (select warc_file_id, length,"
        " payload_digest from captures where id = ?) where id = (select capture_id from revisions)",
        present,
    )
    ((offset,),) = sql(folder, "select offset from captures where id = ?", present)
    path = (
        folder
        / sql(
            folder,
            "select path from warc_files join captures c on c.warc_file_id = warc_files.id where c.id = ?",
            present,
        )[0][0]
    )
    size, length = path.stat().st_size, sql(folder, "select length from captures where id = ?", present)[0][0]
    record = path.read_bytes()[offset : offset + length]
    with path.open("ab") as file:
        file.write(record)
    sql(folder, "update captures set offset = ? where id = (select capture_id from revisions)", size)
    with ArchiveWriter(folder, purpose="test") as writer:
        catch_up(writer)
    assert sql(folder, "select count(*) from edits") == [(1,)]
    reextract(folder)
    assert sql(folder, "select count(*) from edits") == [(0,)]
    assert sql(folder, "select count(*) from revisions") == [(1,)]


def test_a_generation_taken_back_leaves_every_byte_as_it_was(folder: Path) -> None:
    # A section that only one article has, which cleaning does not find: its number in the index comes back as well.
    sql(
        folder, "update articles set section = 'Marginalia', published_at = '2020-01-01T00:00:00Z' where url like '%/3'"
    )
    with ArchiveWriter(folder, purpose="test") as writer:
        catch_up(writer)
    before = contents(folder)
    reextract(folder)
    changed = contents(folder)
    assert changed["articles"] != before["articles"]
    assert changed["facet_values"] != before["facet_values"]
    assert changed["words"] != before["words"]
    reextract(folder, "--force", "--source", SOURCE)
    done = nightdesk("reextract", "-a", folder, "--rollback")
    assert done.returncode == 0, done.stderr
    assert done.stdout == f"generation 1 taken back: {PAGES + 1} texts and 0 pages as before\n"
    assert contents(folder) == before
    listed = json.loads(nightdesk("reextract", "-a", folder, "--list", "--json").stdout)
    assert listed["undone_at"] is not None
    none = nightdesk("reextract", "-a", folder, "--rollback")
    assert (none.returncode, none.stdout) == (5, "")
    assert "no generation to take back" in none.stderr


def test_several_generations_go_back_one_after_the_other(folder: Path) -> None:
    before = contents(folder)
    reextract(folder)
    with ArchiveWriter(folder, purpose="test") as writer:
        line = next(iter(writer.templates.current(SOURCE).lines))  # type: ignore[union-attr]
        writer.templates.release(SOURCE, line)
    assert reextract(folder)["generation"] == 2
    wrong = nightdesk("reextract", "-a", folder, "--rollback", "7")
    assert (wrong.returncode, wrong.stdout) == (5, "")
    assert "those that stand: 2, 1" in wrong.stderr
    assert nightdesk("reextract", "-a", folder, "--rollback", "1").returncode == 0
    after = contents(folder)
    del before["template_lines"], after["template_lines"]  # what was decided by hand stays decided
    assert after == before


def test_a_text_that_has_become_an_earlier_one_since_is_put_back_where_it_stands_now(
    folder: Path, made: tuple[Path, list[Page]]
) -> None:
    before = dict(sql(folder, "select id, body from articles"))
    reextract(folder)
    page = made[1][5]
    with ArchiveWriter(folder, purpose="test") as writer:
        crawl(writer, [replace(page, body=edited(page.body))], at=NIGHT + timedelta(days=3))
        ((id_, now),) = writer.db.execute("select id, body from articles where url = ?", [page.url]).fetchall()
    assert nightdesk("reextract", "-a", folder, "--rollback").returncode == 0
    assert sql(folder, "select body from revisions where article_id = ?", id_) == [(before[id_],)]
    assert sql(folder, "select body from articles where id = ?", id_) == [(now,)]
    del before[id_]
    assert before.items() <= dict(sql(folder, "select id, body from articles")).items()


def test_an_article_whose_page_would_be_rejected_now_is_kept_and_told_of(folder: Path) -> None:
    sql(folder, "update captures set payload_digest = 'sha1:X' where id = (select min(capture_id) from articles)")
    with ArchiveWriter(folder, purpose="test") as writer:
        run = writer.ledger.start_run("crawl", {}, NIGHT)
        shop = Page(
            url="https://saltmarsh-echo.test/9", final_url="", body=b"<html><body>Buy</body></html>", fetched_at=NIGHT
        )
        writer.ledger.discover(
            [Link(url=shop.url, kind=Kind.PAGE, hint=Hint(via=Via.GIVEN, where=shop.url))],
            source=SOURCE,
            run=run,
            now=NIGHT,
        )
        captured = capture(writer, shop, run)
        writer.db.execute("update articles set capture_id = ? where url like '%/7'", [captured])
    before = sql(folder, "select * from articles where url like '%/7'")
    told = reextract(folder)
    assert told["lost"] == {"would be rejected: too-short": 1, "cannot be cleaned again": 1}
    assert told["counts"]["refused"] == told["counts"]["unreadable"] == 1
    assert sql(folder, "select * from articles where url like '%/7'") == before
    shown = nightdesk("reextract", "-a", folder, "--dry-run", "--workers", "1").stdout
    assert shown.index("Lost, or worse") < shown.index("would be rejected: too-short")


def test_what_a_record_would_lose_is_named_before_anything_else(folder: Path) -> None:
    sql(
        folder,
        "update articles set description = 'As told', body = body || ' ' || replace(hex(zeroblob(900)), '00', ' so')"
        " where url like '%/4'",
    )
    sql(folder, "update articles set authors = '[\"A. Desk\"]', tags = '[\"salt\"]' where url like '%/6'")
    told = reextract(folder, "--dry-run")
    assert {"tags lost", "description lost"} <= told["lost"].keys()
    assert told["lost"]["body much shorter"] == 1
    assert any(loss["what"].startswith("body 1,") or "→" in loss["what"] for loss in told["losses"])


def test_only_what_is_asked_for_is_cleaned(folder: Path) -> None:
    assert reextract(folder, "oyster", "--dry-run")["captures"] < PAGES
    sql(folder, "update articles set extractor = 'nightdesk 0.0.9, trafilatura 2.3.1' where url like '%/4'")
    assert reextract(folder, "--older-than", "0.1", "--dry-run")["captures"] == 1
    assert reextract(folder, "--source", "nobody", "--dry-run")["captures"] == 0
    sql(folder, "update articles set capture_id = null where url like '%/4'")
    told = reextract(folder, "--older-than", "0.1", "--dry-run")
    assert (told["captures"], told["without_capture"]) == (0, 1)


@pytest.mark.parametrize(
    ("arguments", "status", "said"),
    [
        (["--older-than", "new"], 2, "write a version such as 0.2"),
        (["--pending", "harbour"], 2, "which no query finds"),
        (["--rollback", "last-week"], 2, "write the number of a generation"),
        (["date:soon"], 2, "date"),
    ],
)
def test_what_cannot_be_asked_is_said_in_a_line(folder: Path, arguments: list[str], status: int, said: str) -> None:
    done = nightdesk("reextract", "-a", folder, *arguments)
    assert (done.returncode, done.stdout) == (status, "")
    assert said in done.stderr and "Traceback" not in done.stderr


def test_a_folder_without_an_archive_is_said_and_left_alone(tmp_path: Path) -> None:
    done = nightdesk("reextract", "-a", tmp_path)
    assert (done.returncode, list(tmp_path.iterdir())) == (3, [])


@pytest.fixture
def waiting(folder: Path, made: tuple[Path, list[Page]]) -> Iterator[Path]:
    """The same with a page that was rejected, one never cleaned, and one that is rightly no article."""
    from tests.a_site_with_a_template import build

    right, pending = (each.page for each in build()[PAGES : PAGES + 2])
    shop = replace(
        right, url="https://saltmarsh-echo.test/shop", final_url="https://saltmarsh-echo.test/shop", body=b"<p>Buy</p>"
    )
    with ArchiveWriter(folder, purpose="test") as writer:
        crawl(writer, [right, shop], told=lambda _body: b"<html><body><p>Hardly anything.</p></body></html>")
        run = writer.ledger.start_run("crawl", {}, NIGHT)
        link = Link(url=pending.url, kind=Kind.PAGE, hint=Hint(via=Via.GIVEN, where="x"))
        writer.ledger.discover([link], source=SOURCE, run=run, now=NIGHT)
        capture(writer, replace(pending, fetched_at=NIGHT), run)
    assert sql(folder, "select count(*) from urls where state = 'rejected'") == [(2,)]
    yield folder


def test_rejected_and_pending_pages_become_articles_and_go_back(waiting: Path) -> None:
    before = contents(waiting)
    tried = reextract(waiting, "--rejected", "--pending", "--dry-run")
    assert (tried["counts"]["pages"], tried["counts"]["articles"]) == (3, 2)
    assert contents(waiting) == before
    told = reextract(waiting, "--rejected", "--pending")
    assert (told["counts"]["articles"], told["counts"]["rejected"]) == (2, 1)
    assert sql(waiting, "select count(*) from articles") == [(PAGES + 2,)]
    states = dict(sql(waiting, "select state, count(*) from urls where kind = 'page' group by 1"))
    assert states == {"kept": PAGES + 2, "rejected": 1}
    assert sql(waiting, "select status, kind from runs order by id desc limit 1") == [("finished", "reextract")]
    assert sql(
        waiting,
        "select u.fetched_at = c.fetched_at from urls u join captures c on c.id = u.capture_id"
        " where u.article_id is not null and u.url like '%/20'",
    ) == [(1,)]
    assert contents(waiting)["template_lines"] == before["template_lines"]
    assert nightdesk("reextract", "-a", waiting, "--rollback").returncode == 0
    assert contents(waiting) == before


def test_a_page_that_a_crawl_has_seen_again_since_stays_an_article(
    waiting: Path, made: tuple[Path, list[Page]]
) -> None:
    from tests.a_site_with_a_template import build

    reextract(waiting, "--rejected")
    with ArchiveWriter(waiting, purpose="test") as writer:
        crawl(writer, [build()[PAGES].page], at=NIGHT + timedelta(days=2))
    done = nightdesk("reextract", "-a", waiting, "--rollback", "--json")
    assert json.loads(done.stdout) == {"generation": 1, "texts": 0, "pages": 0, "kept": 1}
    assert sql(waiting, "select count(*) from articles") == [(PAGES + 1,)]


def test_pages_that_ask_not_to_be_kept_stay_out_where_the_operator_respects_it(waiting: Path) -> None:
    (waiting / "sources.toml").write_text(
        f'[sources.{SOURCE}]\nhome = "https://saltmarsh-echo.test/"\nrespect = ["noarchive"]\n', encoding="utf-8"
    )
    sql(waiting, "insert into rights select capture_id, 'robots', 'noarchive' from urls where state = 'rejected'")
    sql(waiting, "insert into rights select capture_id, 'robots', 'noarchive' from articles where url like '%/1'")
    assert reextract(waiting, "--rejected")["counts"].get("articles", 0) == 0
    told = reextract(waiting)
    assert told["lost"] == {"would be rejected: rights": 1}
    assert sql(waiting, "select count(*) from articles") == [(PAGES,)]


def test_killed_at_any_instant_the_same_words_go_on_and_come_to_the_same(folder: Path, tmp_path: Path) -> None:
    whole = tmp_path / "whole"
    subprocess.run(["cp", "-r", folder, whole], check=True)
    reextract(whole)
    # Struck where the first part of the work has been committed and the rest has not.
    script = (
        "import os, signal, sys\n"
        "from crawler.again import reextract as module\n"
        "from archive.generations.store import GenerationStore\n"
        "module._COMMIT_S = 0.0\n"
        "done = GenerationStore.done\n"
        "def struck(self, generation, texts):\n"
        "    done(self, generation, texts)\n"
        "    struck.times += 1\n"
        "    if struck.times == 3: os.kill(os.getpid(), signal.SIGKILL)\n"
        "struck.times = 0\n"
        "GenerationStore.done = struck\n"
        "from crawler.cli import nightdesk\n"
        "if __name__ == '__main__': nightdesk(sys.argv[1:])\n"
    )
    (tmp_path / "struck.py").write_text(script)
    command = [sys.executable, tmp_path / "struck.py", "reextract", "-a", folder, "--workers", "1"]
    done = subprocess.run(
        command, check=False, cwd=ROOT, env=os.environ | {"PYTHONPATH": str(ROOT)}, capture_output=True, text=True
    )
    assert done.returncode == -signal.SIGKILL, done.stderr
    ((left,),) = sql(folder, "select count(*) from generation_queue")
    assert 0 < left < PAGES + 1
    other = nightdesk("reextract", "-a", folder, "--force")
    assert other.returncode == 3
    assert "generation 1 is not finished" in other.stderr and "reextract --rollback" in other.stderr
    told = reextract(folder)
    assert (told["generation"], told["captures"]) == (1, left)
    assert told["counts"]["texts"] == PAGES + 1
    assert contents(folder) == contents(whole)
    assert sql(folder, "select count(*) from generation_queue") == [(0,)]


def test_it_makes_way_for_the_night(folder: Path) -> None:
    lock = WriterLock(folder, "nightly", NIGHT_LOCK)
    try:
        done = nightdesk("reextract", "-a", folder)
        assert done.returncode == 4
        assert "a night of" in done.stderr and "cleaning again waits" in done.stderr
    finally:
        lock.release()


def test_what_is_taken_down_is_in_no_generation_and_is_not_made_anew(
    folder: Path, made: tuple[Path, list[Page]]
) -> None:
    reextract(folder)
    page = made[1][2]
    ((id_, title),) = sql(folder, "select id, title from articles where url = ?", page.url)
    assert sql(folder, "select count(*) from former_texts where article_id = ?", id_) == [(2,)]
    done = nightdesk("takedown", page.url, "-a", folder, "--reason", "asked for", "--by", "the editor")
    assert done.returncode == 0, done.stderr
    assert sql(folder, "select count(*) from former_texts where article_id = ?", id_) == [(0,)]
    assert title.encode() not in (folder / "archive.db").read_bytes()
    told = reextract(folder, "--force")
    assert (told["captures"], told["counts"]["unchanged"]) == (PAGES - 1, PAGES - 1)
    assert nightdesk("reextract", "-a", folder, "--rollback").returncode == 0
    assert sql(folder, "select count(*) from articles where id = ?", id_) == [(0,)]


def test_records_of_tables_have_no_page_and_stay_as_they_were_made(folder: Path) -> None:
    sql(
        folder,
        "update captures set status = null, content_type = 'application/json'"
        " where id = (select capture_id from articles where url like '%/8')",
    )
    before = sql(folder, "select * from articles where url like '%/8'")
    told = reextract(folder)
    assert (told["captures"], told["lost"]) == (PAGES, {})
    assert sql(folder, "select * from articles where url like '%/8'") == before
