"""Saved pages and text dumps through ``nightdesk import``."""

from __future__ import annotations

import json
import os
import signal
import sqlite3
import subprocess
import sys
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from archive.errors import NoArchive
from archive.ledger import Verdict
from archive.reading import Archive
from archive.types import Hint, Kind, Link, State, Via
from archive.writer import ArchiveWriter
from crawler.intake.run import Intake, Taken
from crawler.intake.wish import read_wish
from tests.a_site_with_a_template import OLD_HOUSE, REDESIGN, SOURCE, build
from tests.conftest import an_article
from tests.inline import INLINE

ROOT = Path(__file__).parents[2]

DUMP = """\
top of page

Explainer: Harbour talks continue as dockers refuse the offer

  • Writer: Ana Kovač
    Ana Kovač
  • Nov 10
  • 3 min read
Union and port officials at the third round of talks. (Credit: Harbour News)
Union and port officials at the third round of talks. (Credit: Harbour News)

As new talks move forward, the dockers’ union says it will not return to the quays before Monday.

“We have heard ‘next week’ for nine weeks,” said the union’s speaker — and left the hall.

The port authority offered four per cent over two years, with a bonus for night shifts.

“We have heard ‘next week’ for nine weeks,” said the union’s speaker — and left the hall.

Both sides meet again on Thursday at the old customs house.
Comments


bottom of page
"""
BODY = [
    "As new talks move forward, the dockers’ union says it will not return to the quays before Monday.",
    "“We have heard ‘next week’ for nine weeks,” said the union’s speaker — and left the hall.",
    "The port authority offered four per cent over two years, with a bonus for night shifts.",
    "Both sides meet again on Thursday at the old customs house.",
]


def nightdesk(*arguments: object, status: int = 0) -> subprocess.CompletedProcess[str]:
    done = subprocess.run(
        [sys.executable, "-m", "crawler", *map(str, arguments)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert done.returncode == status, done.stdout + done.stderr
    assert "Traceback" not in done.stderr
    return done


@pytest.fixture
def archive(tmp_path: Path) -> Path:
    nightdesk("init", tmp_path / "archive")
    return tmp_path / "archive"


def test_the_page_that_started_it(archive: Path, tmp_path: Path) -> None:
    dump = tmp_path / "dump.txt"
    dump.write_text(DUMP, encoding="utf-8")
    nightdesk("import", dump, "--fetched-at", "2026-11-22", "-a", archive)
    with Archive(archive) as opened:
        (article,) = opened
    assert article.title == "Explainer: Harbour talks continue as dockers refuse the offer"
    assert article.authors == ["Ana Kovač"]
    assert (article.published_at, article.published_precision) == (datetime(2026, 11, 10, tzinfo=UTC), "day")
    assert article.origins["published_at"].inferred == "year"
    assert article.reading_minutes == 3
    assert [(i.caption, i.credit) for i in article.images] == [
        ("Union and port officials at the third round of talks.", "Harbour News")
    ]
    assert article.body.split("\n\n") == BODY
    assert article.url is None


@pytest.mark.parametrize(
    ("saved", "published"),
    [("2026-11-09", 2025), ("2026-11-10", 2026), ("2027-03-01", 2026), ("2026-11-10T00:00:00+14:00", 2025)],
)
def test_a_date_without_a_year_is_the_latest_that_is_not_in_the_future(
    archive: Path, tmp_path: Path, saved: str, published: int
) -> None:
    dump = tmp_path / "dump.txt"
    dump.write_text(DUMP, encoding="utf-8")
    nightdesk("import", dump, "--fetched-at", saved, "-a", archive)
    with Archive(archive) as opened:
        (article,) = opened
    assert article.published_at == datetime(published, 11, 10, tzinfo=UTC)


def test_a_files_own_date_is_when_it_was_saved(archive: Path, tmp_path: Path) -> None:
    dump = tmp_path / "dump.txt"
    dump.write_text(DUMP, encoding="utf-8")
    saved = datetime(2024, 12, 1, tzinfo=UTC).timestamp()
    os.utime(dump, (saved, saved))
    nightdesk("import", dump, "-a", archive)
    with Archive(archive) as opened:
        (article,) = opened
    assert (article.published_at, article.first_seen_at) == (
        datetime(2024, 11, 10, tzinfo=UTC),
        datetime(2024, 12, 1, tzinfo=UTC),
    )


def test_importing_again_changes_nothing(archive: Path, tmp_path: Path) -> None:
    dump = tmp_path / "dump.txt"
    dump.write_text(DUMP, encoding="utf-8")
    first = json.loads(nightdesk("import", dump, "--json", "-a", archive).stdout)
    again = json.loads(nightdesk("import", dump, "--json", "-a", archive).stdout)
    assert (first["outcome"], again["outcome"]) == ("new", "unchanged")
    assert first["id"] == again["id"]
    with Archive(archive) as opened:
        assert len(opened) == 1


def test_a_saved_page_is_known_by_its_canonical_address(archive: Path, tmp_path: Path) -> None:
    page = tmp_path / "saved.html"
    paragraphs = "".join(
        f"<p>Paragraph {n} about the bridge and what it cost the town to repair.</p>" for n in range(8)
    )
    page.write_text(
        '<!doctype html><html lang="en"><head><title>Bridge reopens</title>'
        '<link rel="canonical" href="https://gazette.example/news/bridge">'
        f"</head><body><article><h1>Bridge reopens</h1>{paragraphs}</article></body></html>",
        encoding="utf-8",
    )
    nightdesk("import", page, "-a", archive)
    shown = json.loads(nightdesk("show", "https://gazette.example/news/bridge", "--json", "-a", archive).stdout)
    assert shown["title"] == "Bridge reopens"
    with closing(sqlite3.connect(archive / "archive.db")) as db:
        assert db.execute("select status, content_type from captures").fetchall() == [(None, "text/html")]


def test_one_bad_file_does_not_stop_the_others_and_is_named(archive: Path, tmp_path: Path) -> None:
    good, empty, binary = tmp_path / "good.txt", tmp_path / "empty.txt", tmp_path / "noise.html"
    good.write_text(DUMP, encoding="utf-8")
    empty.write_bytes(b"")
    binary.write_bytes(bytes(range(256)) * 20)
    done = nightdesk("import", empty, tmp_path / "missing", binary, good, "-a", archive, status=1)
    assert f"{empty}: empty" in done.stderr
    assert f"{tmp_path / 'missing'}: cannot be read: No such file or directory" in done.stderr
    assert f"{binary}: " in done.stderr
    assert done.stdout.startswith("new\t")


@pytest.mark.parametrize(
    ("options", "status", "said"),
    [
        (["--fetched-at", "yesterday"], 3, "write a date such as 2026-11-10"),
        (["--url", "gazette"], 3, "not an http or https URL"),
        (["--source", "No Name"], 3, "lower-case"),
    ],
)
def test_wrong_options_are_told(archive: Path, tmp_path: Path, options: list[str], status: int, said: str) -> None:
    dump = tmp_path / "dump.txt"
    dump.write_text(DUMP, encoding="utf-8")
    assert said in nightdesk("import", dump, *options, "-a", archive, status=status).stderr


ADDRESS = "https://gazette.example/news/bridge"
LOOKED = datetime(2026, 11, 10, 8, 0, tzinfo=UTC)
DUE = datetime(2026, 12, 10, 8, 0, tzinfo=UTC)


def saved_page(path: Path, *, head: str = "", before: str = "", cost: str = "cost") -> Path:
    paragraphs = "".join(
        f"<p>Paragraph {n} about the bridge and what it {cost} the town to repair.</p>" for n in range(8)
    )
    path.write_text(
        f'<!doctype html>\n{before}<html lang="en"><head><title>Bridge reopens</title>{head}</head>'
        f"<body><article><h1>Bridge reopens</h1>{paragraphs}</article></body></html>",
        encoding="utf-8",
    )
    return path


def taken(archive: Path, *files: Path, **options: str) -> list[Taken]:
    return list(Intake(archive, read_wish(**options), machines=INLINE).run(files))


def rows(archive: Path, sql: str) -> list[tuple[object, ...]]:
    with closing(sqlite3.connect(archive / "archive.db")) as db:
        return db.execute(sql).fetchall()


@pytest.fixture
def crawled(archive: Path) -> Path:
    """An archive in which a crawl has kept one article, seen last at LOOKED."""
    link = Link(url=ADDRESS, kind=Kind.PAGE, hint=Hint(via=Via.FEED, where="https://gazette.example/feed"))
    with ArchiveWriter(archive, purpose="test") as writer:
        writer.ledger.add_source("gazette", home="https://gazette.example/", title=None, now=LOOKED)
        run = writer.ledger.start_run("crawl", {}, LOOKED)
        writer.ledger.discover([link], source="gazette", run=run, now=LOOKED)
        entry = writer.ledger.entry(ADDRESS)
        assert entry is not None
        stored = writer.articles.store(
            an_article(url=ADDRESS, canonical_url=ADDRESS),
            source="gazette",
            seen_at=LOOKED,
            capture_id=None,
            url_id=entry.id,
        )
        kept = Verdict(state=State.KEPT, outcome=stored.outcome, due_at=DUE, article_id=stored.article_id)
        writer.ledger.settle(entry, kept, run=run, now=LOOKED)
        writer.ledger.finish_run(run, "finished", LOOKED)
    return archive


def test_an_older_copy_is_an_earlier_revision_and_the_live_page_stays_due(crawled: Path, tmp_path: Path) -> None:
    page = saved_page(tmp_path / "old.html")
    old, again = taken(crawled, page, page, url=ADDRESS, fetched_at="2026-11-01")
    assert (old.outcome, again.outcome) == ("updated", "unchanged")
    with Archive(crawled) as opened:
        (article,) = opened
        history = opened.explain(ADDRESS)
        spans = [(r.number, r.title, r.valid_from, r.valid_until) for r in opened.revisions(article.id)]
    assert spans == [
        (1, "Bridge reopens", datetime(2026, 11, 1, tzinfo=UTC), LOOKED),
        (2, "Bridge reopens after repairs", LOOKED, None),
    ]
    assert (article.first_seen_at, article.last_seen_at) == (datetime(2026, 11, 1, tzinfo=UTC), LOOKED)
    assert (history.state, history.due_at) == ("kept", DUE)
    said = [event.detail for event in history.events]
    assert f"import of {page}: an older copy, kept as revision 1" in said


def test_a_newer_copy_is_the_present_text_and_the_live_page_stays_due(crawled: Path, tmp_path: Path) -> None:
    taken(crawled, saved_page(tmp_path / "new.html"), url=ADDRESS, fetched_at="2026-11-15")
    with Archive(crawled) as opened:
        (article,) = opened
        assert (article.title, article.revision, opened.explain(ADDRESS).due_at) == ("Bridge reopens", 2, DUE)


def test_a_copy_from_before_the_last_look_is_not_the_present_text(archive: Path, tmp_path: Path) -> None:
    first, later = saved_page(tmp_path / "first.html"), saved_page(tmp_path / "later.html")
    other = saved_page(tmp_path / "other.html", cost="spared")
    for page, day in ((first, 10), (later, 20), (other, 15)):
        saved = datetime(2026, 11, day, tzinfo=UTC).timestamp()
        os.utime(page, (saved, saved))
    outcomes = [each.outcome for each in taken(archive, first, later, other, url=ADDRESS)]
    assert outcomes == ["new", "unchanged", "unchanged"]
    with Archive(archive) as opened:
        (article,) = opened
        history = opened.explain(ADDRESS)
    assert "what it cost" in article.body
    assert (article.revision, article.last_seen_at) == (1, datetime(2026, 11, 20, tzinfo=UTC))
    assert (history.detail, history.due_at) == (
        f"import of {other}: an older copy; the archive has a newer text",
        None,
    )


def test_a_bad_copy_leaves_what_is_known_of_the_page(crawled: Path, tmp_path: Path) -> None:
    bad = tmp_path / "bad.html"
    bad.write_bytes(b"%PDF-1.7 nothing")
    (refused,) = taken(crawled, bad, url=ADDRESS)
    assert refused.problem == "not-html: the bytes are a PDF"
    with Archive(crawled) as opened:
        history = opened.explain(ADDRESS)
    assert (history.state, history.due_at, history.outcomes[-1][1:]) == ("kept", DUE, ("rejected", "not-html"))


def test_a_vanished_article_stays_vanished_when_an_older_copy_is_imported(crawled: Path, tmp_path: Path) -> None:
    with ArchiveWriter(crawled, purpose="test") as writer:
        entry = writer.ledger.entry(ADDRESS)
        assert entry is not None and entry.article_id is not None
        writer.articles.mark_gone(entry.article_id, LOOKED + timedelta(days=5))
        gone = Verdict(state=State.GONE, outcome=None, reason="http-404", due_at=DUE)
        writer.ledger.settle(entry, gone, run=1, now=LOOKED + timedelta(days=5))
    taken(crawled, saved_page(tmp_path / "old.html"), url=ADDRESS, fetched_at="2026-11-12")
    with Archive(crawled) as opened:
        (article,) = opened
        history = opened.explain(ADDRESS)
    assert (article.title, article.gone_at) == ("Bridge reopens", LOOKED + timedelta(days=5))
    assert (history.state, history.reason, history.due_at) == ("gone", "http-404", DUE)


def test_a_file_name_that_is_no_utf8_is_told_with_escapes(archive: Path, tmp_path: Path) -> None:
    odd = tmp_path / os.fsdecode(b"\xff\xfe\nname.txt")
    odd.write_text(DUMP, encoding="utf-8")
    empty = tmp_path / os.fsdecode(b"\xffempty.txt")
    empty.write_bytes(b"")
    done = nightdesk("import", odd, empty, "-a", archive, status=1)
    assert done.stdout.startswith("new\t")
    assert f"{tmp_path}/\\xffempty.txt: empty: no bytes" in done.stderr
    assert json.loads(nightdesk("import", odd, "--json", "-a", archive).stdout)["file"].endswith(
        "\\xff\\xfe\\nname.txt"
    )
    (files,) = rows(archive, "select arguments ->> '$.files[0]' from runs order by id limit 1")
    assert files == (f"{tmp_path}/\\xff\\xfe\\nname.txt",)


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 9, "not-html: the bytes are a PNG image"),
        (b"%PDF-1.4\n" + b"words of a text in a stream\n" * 90, "not-html: the bytes are a PDF"),
        (b"PK\x03\x04" + b"words\n" * 90, "not-html: the bytes are a ZIP file"),
        (b"\x01\x02 some words\n" * 200, "unreadable: 14 % of it are control characters or in no known encoding"),
    ],
)
@pytest.mark.parametrize("name", ["junk.txt", "junk.html"])
def test_another_kind_of_file_is_refused(
    archive: Path, tmp_path: Path, name: str, content: bytes, problem: str
) -> None:
    junk = tmp_path / name
    junk.write_bytes(content)
    (refused,) = taken(archive, junk)
    assert (refused.outcome, refused.problem) == ("rejected", problem)
    with Archive(archive) as opened:
        assert len(opened) == 0
    assert rows(archive, "select state, reason from urls") == [("rejected", problem.partition(":")[0])]


@pytest.mark.parametrize("encoding", ["cp1252", "utf-16", "utf-8-sig"])
def test_a_dump_in_another_encoding_is_no_junk(archive: Path, tmp_path: Path, encoding: str) -> None:
    dump = tmp_path / "dump.txt"
    dump.write_bytes(DUMP.replace("č", "c").replace("•", "-").encode(encoding))
    (kept,) = taken(archive, dump)
    assert (kept.outcome, kept.title) == ("new", "Explainer: Harbour talks continue as dockers refuse the offer")


def test_the_ledger_tells_the_files_name(archive: Path, tmp_path: Path) -> None:
    dump = tmp_path / "dump.txt"
    dump.write_text(DUMP, encoding="utf-8")
    taken(archive, dump)
    assert rows(archive, "select where_url from sightings") == [(f"import of {dump}",)]
    assert rows(archive, "select event, detail, capture_id is not null from url_events") == [
        ("captured", str(dump), 1),
        ("new", f"import of {dump}", 1),
    ]


@pytest.mark.parametrize(
    "head", [f'<link rel="canonical" href="{ADDRESS}">', f'<meta property="og:url" content="{ADDRESS}">']
)
def test_a_pages_own_word_for_its_address_is_its_url(archive: Path, tmp_path: Path, head: str) -> None:
    taken(archive, saved_page(tmp_path / "saved.html", head=head))
    with Archive(archive) as opened:
        (article,) = opened
    assert (article.url, article.canonical_url) == (ADDRESS, ADDRESS)


@pytest.mark.parametrize(
    ("noted", "url"),
    [("(0046)https://gazette.example/live?id=7&utm_source=x", "https://gazette.example/live?id=7"),
     ("(0014)about:internet", ADDRESS)],
)  # fmt: skip
def test_the_address_that_a_browser_noted_comes_before_the_canonical_one(
    archive: Path, tmp_path: Path, noted: str, url: str
) -> None:
    head = f'<link rel="canonical" href="{ADDRESS}">'
    taken(archive, saved_page(tmp_path / "saved.html", head=head, before=f"<!-- saved from url={noted} -->\n"))
    with Archive(archive) as opened:
        (article,) = opened
    assert (article.url, article.canonical_url) == (url, ADDRESS)
    assert rows(archive, "select url from urls") == [(url,)]


def test_line_ends_do_not_make_another_article(archive: Path, tmp_path: Path) -> None:
    unix, dos = tmp_path / "unix.txt", tmp_path / "dos.txt"
    unix.write_bytes(DUMP.encode())
    dos.write_bytes(DUMP.replace("\n", "\r\n").encode())
    first, second = taken(archive, unix, dos)
    assert (first.outcome, second.outcome, second.id) == ("new", "unchanged", first.id)


def test_a_folder_without_an_archive_is_left_as_it_is(tmp_path: Path) -> None:
    dump, nowhere = tmp_path / "dump.txt", tmp_path / "nowhere"
    dump.write_text(DUMP, encoding="utf-8")
    done = nightdesk("import", dump, "-a", nowhere, status=3)
    assert f"nightdesk init {nowhere}" in done.stderr
    assert not nowhere.exists()
    with pytest.raises(NoArchive):
        taken(tmp_path, dump)
    assert [path.name for path in tmp_path.iterdir()] == ["dump.txt"]


def test_a_pipe_or_a_device_is_not_waited_for(archive: Path, tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    assert [t.problem for t in taken(archive, pipe, Path("/dev/zero"))] == ["is no regular file"] * 2


def test_a_file_from_the_future_was_saved_now_at_the_latest(archive: Path, tmp_path: Path) -> None:
    dump = tmp_path / "dump.txt"
    dump.write_text(DUMP, encoding="utf-8")
    os.utime(dump, (2**33, 2**33))
    taken(archive, dump)
    with Archive(archive) as opened:
        (article,) = opened
    assert article.last_seen_at <= datetime.now(UTC)


def test_ctrl_c_leaves_what_was_told_of(archive: Path, tmp_path: Path) -> None:
    files = [tmp_path / f"{n}.txt" for n in range(2000)]
    for n, file in enumerate(files):
        file.write_text(DUMP.replace("Harbour talks", f"Harbour talks of day {n}"), encoding="utf-8")
    command = [sys.executable, "-u", "-m", "crawler", "import", *map(str, files), "-a", str(archive)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        first = process.stdout.readline()
        process.send_signal(signal.SIGINT)
        rest, errors = process.communicate(timeout=60)
    assert process.returncode == 130, errors
    assert "Traceback" not in errors
    told = [line.split("\t")[1] for line in [first, *rest.splitlines()]]
    kept = {id_ for (id_,) in rows(archive, "select id from articles")}
    assert set(told) <= kept
    assert len(kept) < len(files)
    assert rows(archive, "select status, finished_at is not null from runs") == [("interrupted", 1)]


def test_what_saved_pages_repeat_is_learnt_like_that_of_crawled_ones(tmp_path: Path) -> None:
    ArchiveWriter(tmp_path / "archive", purpose="init").close()
    (tmp_path / "archive" / "sources.toml").write_text("", encoding="utf-8")
    files = []
    for number, made in enumerate(build()[:REDESIGN]):
        files.append(tmp_path / f"{number:02}.html")
        files[-1].write_bytes(made.page.body)
    taken = list(Intake(tmp_path / "archive", read_wish(source=SOURCE), machines=INLINE).run(files))
    assert [each.problem for each in taken] == [None] * REDESIGN
    with Archive(tmp_path / "archive") as archive:
        first, last = (archive.get(str(each.id)) for each in (taken[0], taken[-1]))
    assert all(line in first.body and line not in last.body for line in OLD_HOUSE)
    assert [each.text for each in last.dropped] == list(OLD_HOUSE)
