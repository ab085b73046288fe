"""WARC and WACZ files of other crawlers through ``nightdesk import``."""

from __future__ import annotations

import gzip
import json
import random
import sqlite3
import subprocess
import sys
import time
import zlib
from collections.abc import Callable
from concurrent.futures import Future
from concurrent.futures.process import BrokenProcessPool
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import brotli
import pytest
from backports import zstd
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from warcio.archiveiterator import ArchiveIterator

from archive.captures import read_capture
from archive.reading import Archive
from archive.writer import ArchiveWriter
from crawler.errors import ConfigError
from crawler.intake.run import Intake, Taken
from crawler.intake.wish import read_wish
from crawler.machines.machines import Machines
from tests.cluster import a_cluster
from tests.inline import INLINE, Inline
from tests.warcs import Warc, page, wacz

ROOT = Path(__file__).parents[3]


@pytest.fixture
def archive(tmp_path: Path) -> Path:
    ArchiveWriter(tmp_path / "archive", purpose="init").close()
    return tmp_path / "archive"


def take(archive: Path, *paths: Path, limit: int | None = None, dry_run: bool = False, **words: object) -> Intake:
    intake = Intake(
        archive, read_wish(**words), limit=limit, dry_run=dry_run, machines=INLINE  # type: ignore[arg-type]
    )  # fmt: skip
    intake.taken = list(intake.run(paths))  # type: ignore[attr-defined]
    return intake


def taken(intake: Intake) -> list[Taken]:
    return intake.taken  # type: ignore[attr-defined, no-any-return]


def rows(archive: Path, sql: str) -> list[tuple[object, ...]]:
    with closing(sqlite3.connect(archive / "archive.db")) as db:
        return db.execute(sql).fetchall()


def write(path: Path, content: bytes) -> Path:
    path.write_bytes(content)
    return path


def adds_up(intake: Intake) -> bool:
    told = intake.counts.as_dict()
    kept = sum(told[name] for name in ("new", "updated", "unchanged", "duplicate"))
    return told["records"] == kept + sum(told["rejected"].values()) + sum(told["passed"].values())


def kept_whole(archive: Path) -> bool:
    """Every row's bytes are there, and are what the row says; no record is in the WARC twice."""
    with ArchiveWriter(archive, purpose="test") as writer:
        ids = [id_ for (id_,) in writer.db.execute("select id from captures")]
        for id_ in ids:
            read_capture(archive, writer.capture_ref(id_))
    seen = []
    for file in (archive / "warc").rglob("*.warc.gz"):
        with file.open("rb") as stream:
            for record in ArchiveIterator(stream, check_digests=True):
                record.raw_stream.read()  # warcio cannot undo every encoding
                assert record.digest_checker.passed in (True, None)
                if record.rec_type != "warcinfo":
                    seen.append(record.rec_headers.get_header("WARC-Record-ID"))
    return len(seen) == len(set(seen)) == len(ids)


@pytest.mark.parametrize("way", ["plain", "packed", "one_member", "zstd"])
def test_a_warc_is_taken_in_however_it_is_packed(archive: Path, tmp_path: Path, way: str) -> None:
    file = write(tmp_path / "news.warc", getattr(Warc().pages(range(4)), way)())
    intake = take(archive, file)
    assert intake.counts.as_dict()["new"] == 4
    assert adds_up(intake)
    assert kept_whole(archive)
    with Archive(archive) as opened:
        articles = list(opened)
    assert {article.source for article in articles} == {"gazette.example"}
    assert {article.first_seen_at for article in articles} == {datetime(2024, 5, 17, 8, 30, tzinfo=UTC)}
    ((origin,),) = rows(archive, "select origin from captures order by id limit 1")
    assert origin == "news.warc@0"
    assert rows(archive, "select distinct due_at from urls") == [(None,)]
    assert rows(archive, "select home from sources") == [("urn:nightdesk:import",)]


ENCODED = {
    "gzip": gzip.compress(page(1)),
    "deflate": zlib.compress(page(1)),
    "br": brotli.compress(page(1)),
    "zstd": zstd.compress(page(1)),
    "gzip, undone already": page(1),
}


@pytest.mark.parametrize("encoding", ENCODED)
@pytest.mark.parametrize("chunked", [False, True])
def test_stored_encodings_and_chunks_are_undone(archive: Path, tmp_path: Path, encoding: str, chunked: bool) -> None:
    body = ENCODED[encoding]
    headers: tuple[tuple[str, str], ...] = (
        ("Content-Type", "text/html"),
        ("Content-Encoding", encoding.partition(",")[0]),
    )
    if chunked:
        headers = (*headers, ("Transfer-Encoding", "chunked"))
        body = b"%x\r\n%b\r\n0\r\n\r\n" % (len(body), body)
    file = write(tmp_path / "a.warc", Warc().add("http://gazette.example/news/1", body, headers=headers).plain())
    assert take(archive, file).counts.as_dict()["new"] == 1
    assert kept_whole(archive)


def test_a_wacz_is_taken_in_file_by_file(archive: Path, tmp_path: Path) -> None:
    package = wacz(
        tmp_path / "crawl.wacz", one_warc_gz=Warc().pages(range(2)).packed(), two_warc=Warc().pages(range(2, 5)).plain()
    )
    intake = take(archive, package)
    assert intake.counts.as_dict()["new"] == 5
    assert [each.file for each in taken(intake)] == [f"{package}/archive/{n}" for n in ("one.warc.gz", "two.warc")]
    ((origin,),) = rows(archive, "select origin from captures order by id limit 1")
    assert origin == "crawl.wacz/archive/one.warc.gz@0"


@pytest.mark.parametrize(
    ("content", "said"),
    [(b"PK\x03\x04 and no more", "is no ZIP file that can be read"), (None, "holds no WARC file under archive/")],
)
def test_a_package_that_is_none_is_told(archive: Path, tmp_path: Path, content: bytes | None, said: str) -> None:
    path = tmp_path / "x.wacz"
    package = wacz(path) if content is None else write(path, content)
    (only,) = taken(take(archive, package))
    assert said in str(only.problem)


def test_pages_of_many_sites_go_under_their_sites_or_their_newspapers(archive: Path, tmp_path: Path) -> None:
    (archive / "sources.toml").write_text(
        '[crawl]\n[sources.gazette]\nhome = "http://gazette.example/"\n'
        '[sources.gazette-sport]\nhome = "http://gazette.example/sport/"\n',
        encoding="utf-8",
    )
    warc = Warc().pages(range(2)).pages(range(3, 4), site="www.courier.co.uk")
    warc.add("http://gazette.example/sport/9", page(9))
    take(archive, write(tmp_path / "cc.warc.gz", warc.packed()))
    assert rows(archive, "select id, home from sources order by id") == [
        ("courier.co.uk", "urn:nightdesk:import"),
        ("gazette", "http://gazette.example/"),
        ("gazette-sport", "http://gazette.example/sport/"),
    ]
    assert rows(archive, "select source, count(*) from articles group by 1 order by 1") == [
        ("courier.co.uk", 1),
        ("gazette", 2),
        ("gazette-sport", 1),
    ]


def test_all_records_go_under_the_name_that_is_given(archive: Path, tmp_path: Path) -> None:
    warc = Warc().pages(range(2)).pages(range(2, 3), site="courier.example")
    take(archive, write(tmp_path / "a.warc", warc.plain()), source="project")
    assert rows(archive, "select distinct source from articles") == [("project",)]


def test_what_is_passed_over_is_counted_by_its_reason(archive: Path, tmp_path: Path) -> None:
    warc = Warc().pages(range(1))
    warc.add("http://gazette.example/x.png", b"x", headers=(("Content-Type", "image/png"),))
    warc.add("http://gazette.example/no", b"x", status="404 Not Found")
    warc.add("http://gazette.example/", b"GET", kind="metadata", content_type="text/plain")
    warc.add("http://gazette.example/short", b"<html><title>x</title><p>short</html>")
    intake = take(archive, write(tmp_path / "a.warc", warc.plain()))
    told = intake.counts.as_dict()
    assert told["passed"] == {"not-page": 1, "other-record": 1, "status": 1}
    assert sum(told["rejected"].values()) == told["new"] == 1
    assert adds_up(intake)


def test_a_torn_file_is_told_and_the_rest_is_taken(archive: Path, tmp_path: Path) -> None:
    data = Warc().pages(range(4)).packed()
    file = write(tmp_path / "a.warc.gz", data[:-50])
    (only,) = taken(take(archive, file))
    assert only.counts is not None and only.counts.as_dict()["new"] == 3
    assert "ends in the middle of a record" in str(only.problem)
    file.write_bytes(data)  # it was still being written
    again = take(archive, file).counts.as_dict()
    assert (again["new"], again["passed"]) == (1, {"known": 3})


def test_importing_again_brings_nothing_also_under_another_name(archive: Path, tmp_path: Path) -> None:
    file = write(tmp_path / "a.warc.gz", Warc().pages(range(3)).packed())
    take(archive, file)
    (again,) = taken(take(archive, file))
    assert "taken in before" in again.line()
    other = write(tmp_path / "b.warc", Warc().pages(range(4)).plain())
    assert take(archive, other).counts.as_dict()["passed"] == {"known": 3}
    assert rows(archive, "select count(*) from captures") == [(4,)]
    assert kept_whole(archive)


def test_an_identical_payload_is_the_page_seen_again(archive: Path, tmp_path: Path) -> None:
    first = Warc().pages(range(1))
    digest = next(line for line in first.parts[0].split(b"\r\n") if line.startswith(b"WARC-Payload-Digest")).split(
        b": "
    )[1]
    seen = {
        "WARC-Profile": "http://netpreserve.org/warc/1.1/revisit/identical-payload-digest",
        "WARC-Refers-To-Target-URI": "http://gazette.example/news/0",
        "WARC-Refers-To-Date": "2024-05-17T08:30:00Z",
        "WARC-Payload-Digest": digest.decode(),
    }
    later = Warc()
    later.add("http://gazette.example/news/0", b"", kind="revisit", date="2024-06-01T00:00:00Z", extra=seen)
    later.add("http://gazette.example/print/0", b"", kind="revisit", date="2024-06-02T00:00:00Z", extra=seen)
    later.add(
        "http://gazette.example/lost", b"", kind="revisit", date="2024-06-03T00:00:00Z",
        extra=seen | {"WARC-Refers-To-Target-URI": "http://gazette.example/never"},
    )  # fmt: skip
    # The file with the payloads comes second.
    files = write(tmp_path / "a.warc", later.plain()), write(tmp_path / "b.warc", first.plain())
    intake = take(archive, *files)
    told = intake.counts.as_dict()
    assert (told["new"], told["unchanged"], told["duplicate"], told["passed"]) == (1, 1, 1, {"no-payload": 1})
    assert adds_up(intake)
    with Archive(archive) as opened:
        (article,) = opened
    assert article.last_seen_at == datetime(2024, 6, 2, tzinfo=UTC)
    assert rows(archive, "select url from import_repeats") == [("http://gazette.example/lost",)]
    assert kept_whole(archive)


def test_resources_conversions_and_the_text_of_pages_are_taken(archive: Path, tmp_path: Path) -> None:
    text = "Bridge opens at last\n\n" + "\n\n".join(
        f"Paragraph {n} of the text about the bridge and what it cost the town." for n in range(6)
    )
    warc = Warc()
    warc.add("http://gazette.example/news/1", page(1), kind="resource", content_type="text/html")
    warc.add("http://gazette.example/wet", text.encode(), kind="conversion", content_type="text/plain")
    warc.add("http://gazette.example/news/2", page(2))
    warc.add("http://gazette.example/news/2", page(2, cost="x"), kind="conversion", content_type="text/html")
    warc.add("file:///home/me/saved.html", page(3), kind="resource", content_type="text/html")
    intake = take(archive, write(tmp_path / "a.warc", warc.plain()))
    told = intake.counts.as_dict()
    assert (told["new"], told["passed"]) == (4, {"converted": 1})
    with Archive(archive) as opened:
        titles = {article.title for article in opened}
    assert titles == {"Bridge 1 reopens", "Bridge opens at last", "Bridge 2 reopens", "Bridge 3 reopens"}
    assert kept_whole(archive)


def test_an_older_capture_becomes_an_earlier_revision(archive: Path, tmp_path: Path) -> None:
    new = Warc().add("http://gazette.example/news/1", page(1))
    old = Warc().add("http://gazette.example/news/1", page(1, cost="spared"), date="2023-01-01T00:00:00Z")
    take(archive, write(tmp_path / "new.warc", new.plain()))
    assert take(archive, write(tmp_path / "old.warc", old.plain())).counts.as_dict()["updated"] == 1
    with Archive(archive) as opened:
        (article,) = opened
        spans = [(r.number, r.valid_from.year) for r in opened.revisions(article.id)]
    assert "what it cost" in article.body
    assert spans == [(1, 2023), (2, 2024)]


@pytest.mark.parametrize(
    ("words", "titles"),
    [
        ({"prefixes": ["http://gazette.example/news/1"]}, {"1"}),
        ({"sites": ["courier.example"]}, {"5"}),
        ({"since": "2024-06-01"}, {"5"}),
        ({"until": "2024-05-17"}, {"0", "1"}),
        ({"since": "2024-05-17", "until": "2024-05-31", "sites": ["http://www.gazette.example/x"]}, {"0", "1"}),
    ],
)
def test_only_what_is_asked_for_is_taken(
    archive: Path, tmp_path: Path, words: dict[str, object], titles: set[str]
) -> None:
    warc = Warc().pages(range(2))
    warc.add("http://courier.example/news/5", page(5, site="courier.example"), date="2024-06-02T00:00:00Z")
    intake = take(archive, write(tmp_path / "a.warc", warc.plain()), **words)
    with Archive(archive) as opened:
        assert {article.title.split()[1] for article in opened} == titles
    assert intake.counts.as_dict()["passed"] == {"filtered": 3 - len(titles)}


def test_a_limit_is_reached_and_the_next_run_goes_on_behind_it(archive: Path, tmp_path: Path) -> None:
    file = write(tmp_path / "a.warc.gz", Warc().pages(range(5)).one_member())
    assert [take(archive, file, limit=2).counts.as_dict()["new"] for _ in range(4)] == [2, 2, 1, 0]
    assert rows(archive, "select finished_at is not null from imports") == [(1,)]


def test_a_dry_run_says_what_would_come_of_it_and_keeps_nothing(archive: Path, tmp_path: Path) -> None:
    file = write(tmp_path / "a.warc.gz", Warc().pages(range(3)).packed())
    dry = take(archive, file, dry_run=True).counts.as_dict()
    assert rows(archive, "select (select count(*) from captures), (select count(*) from runs)") == [(0, 0)]
    assert not list((archive / "warc").rglob("*.warc.gz"))
    assert take(archive, file).counts.as_dict() == dry


def test_folders_and_globs_are_gone_through(archive: Path, tmp_path: Path) -> None:
    folder = tmp_path / "in"
    (folder / "deep" / ".hidden").mkdir(parents=True)
    write(folder / "deep" / "a.warc.gz", Warc().pages(range(2)).packed())
    write(folder / "deep" / ".hidden" / "b.warc", Warc().pages(range(2, 3)).plain())
    write(folder / "page.html", page(7))
    write(folder / "notes.pdf", b"%PDF-1.7")
    assert take(archive, folder).counts.as_dict()["new"] == 3
    (again,) = taken(take(archive, folder / "**" / "*.warc.gz"))
    assert "taken in before" in again.line()
    (missing,) = taken(take(archive, tmp_path / "*.nothing"))
    assert "No such file" in str(missing.problem)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ({"source": "A B"}, "lower-case"),
        ({"source": "a", "by_site": True}, "one of the two"),
        ({"since": "May"}, "write a day"),
        ({"since": "2024-02-01", "until": "2024-01-01"}, "is after"),
        ({"sites": ["news"]}, "write a domain"),
        ({"prefixes": ["gazette.example"]}, "begin with http"),
        ({"maps": ["title"]}, "FIELD=COLUMN"),
        ({"maps": ["colour=red"]}, "there is no field 'colour'"),
    ],
)
def test_words_that_mean_nothing_are_told(words: dict[str, object], said: str) -> None:
    with pytest.raises(ConfigError, match=said):
        read_wish(**words)  # type: ignore[arg-type]


@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    files=st.lists(st.lists(st.integers(0, 6), max_size=4), min_size=1, max_size=3),
    order=st.randoms(use_true_random=False),
)
def test_whatever_is_imported_twice_in_any_order_is_there_once(
    tmp_path_factory: pytest.TempPathFactory, files: list[list[int]], order: random.Random
) -> None:
    folder = tmp_path_factory.mktemp("twice")
    archive = folder / "archive"
    ArchiveWriter(archive, purpose="init").close()
    paths = []
    for n, numbers in enumerate(files):
        warc = Warc()
        for number in numbers:
            warc.add(f"http://gazette.example/news/{number}", page(number))
        paths.append(write(folder / f"{n}.warc.gz", warc.packed()))
    take(archive, *paths)
    before = rows(archive, "select id, title, body, revision, last_seen_at from articles order by id")
    captures = rows(archive, "select url, fetched_at, payload_digest from captures order by 1")
    order.shuffle(paths)
    for path in paths:
        path.rename(path.with_suffix(".copy"))
    take(archive, *(path.with_suffix(".copy") for path in paths), format="warc")
    assert rows(archive, "select id, title, body, revision, last_seen_at from articles order by id") == before
    assert rows(archive, "select url, fetched_at, payload_digest from captures order by 1") == captures
    assert len(before) == len({number for numbers in files for number in numbers})


def nightdesk(*arguments: object) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "crawler", *map(str, arguments)]
    return subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def test_an_import_that_is_killed_at_any_instant_goes_on_where_it_was(archive: Path, tmp_path: Path) -> None:
    file = write(tmp_path / "a.warc.gz", Warc().pages(range(60)).packed())
    chance = random.Random(7)
    for _ in range(4):
        process = nightdesk("import", file, "-a", archive, "--jobs", 1)
        deadline = time.monotonic() + 30
        while not list((archive / "warc").rglob("*.warc.gz")) and process.poll() is None:
            assert time.monotonic() < deadline
            time.sleep(0.01)
        time.sleep(chance.random())
        process.kill()
        process.communicate(timeout=60)
    done = nightdesk("import", file, "-a", archive, "--jobs", 2, "--json")
    out, errors = done.communicate(timeout=120)
    assert done.returncode == 0, errors
    assert json.loads(out)["problem"] is None
    assert rows(archive, "select count(*), min(revision), max(revision) from articles") == [(60, 1, 1)]
    assert rows(archive, "select state, count(*) from urls group by 1") == [("kept", 60)]
    assert rows(archive, "select sum(url_id is null), sum(origin is null) from captures") == [(0, 0)]
    assert kept_whole(archive)


def test_a_cluster_takes_in_what_one_machine_does_also_when_a_worker_dies(archive: Path, tmp_path: Path) -> None:
    file = write(tmp_path / "a.warc.gz", Warc().pages(range(30)).packed())
    alone = tmp_path / "alone"
    ArchiveWriter(alone, purpose="init").close()
    take(alone, file)
    with a_cluster(tmp_path / "dask", 2) as cluster:
        with cluster.one_dies_at_work(0):
            done = nightdesk("import", file, "-a", archive, "--dask", cluster.address)
            _, errors = done.communicate(timeout=120)
        assert done.returncode == 0, errors
    articles = "select id, title, body, authors, source, first_seen_at from articles order by id"
    assert rows(archive, articles) == rows(alone, articles)
    assert kept_whole(archive)


def test_a_page_that_kills_every_worker_costs_itself_alone(archive: Path, tmp_path: Path) -> None:
    file = write(tmp_path / "a.warc.gz", Warc().pages(range(3)).packed())
    died: list[int] = []

    class Mortal(Inline):
        def submit(self, function: Callable[..., Any], /, *arguments: Any, **named: Any) -> Future[Any]:
            tasks = arguments[0].tasks if arguments else ()
            if any(b"story 1 " in task.record.block for task in tasks):
                died.append(1)
                raise BrokenProcessPool
            return super().submit(function, *arguments, **named)

    machines = Machines(
        name="mortals", width=1, make=lambda _n: Mortal(), died=(BrokenProcessPool,), recycle_after=None
    )
    intake = Intake(archive, read_wish(), machines=machines)
    list(intake.run([file]))
    told = intake.counts.as_dict()
    assert died
    assert (told["new"], told["rejected"]) == (2, {"crashed": 1})
    assert kept_whole(archive)
