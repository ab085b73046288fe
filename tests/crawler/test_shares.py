"""A night divided: no site in two groups, no site asked by two, and a part comes back as what it is."""

from __future__ import annotations

import json
import threading
import time
from collections import Counter
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from uuid import uuid4

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from archive.care.merge import merge_into
from archive.errors import Locked
from archive.lock import WriterLock
from archive.parts import adopt, make_part
from archive.types import Hint, Kind, Link, Page, Via
from archive.writer import ArchiveWriter
from crawler.backfill.makeway import NIGHT_LOCK
from crawler.shares.groups import groups_of, sites_of
from crawler.shares.lease import LEASES, PARTS, Lease
from crawler.shares.night import finish_earlier
from crawler.shares.share import Done, Share, crawl_share
from crawler.sources import Source
from pipelines.site import site_of
from tests.a_site_with_a_template import SOURCE, build
from tests.crawler.again import NIGHT, PAGES, an_old_archive, capture, contents, crawl, edited, sql

HOSTS = ["a.example", "www.a.example", "b.example", "news.b.example", "c.example", "d.example", "e.example"]


@st.composite
def papers(draw: st.DrawFn) -> list[Source]:
    made = []
    for number in range(draw(st.integers(1, 8))):
        also = tuple(draw(st.lists(st.sampled_from(HOSTS), max_size=2)))
        feeds = tuple(f"http://{host}/feed" for host in draw(st.lists(st.sampled_from(HOSTS), max_size=1)))
        home = f"http://{draw(st.sampled_from(HOSTS))}/"
        made.append(Source(name=f"paper-{number}", home=home, also_on=also, feeds=feeds, delay=1, max_pages=9))
    return made


@settings(deadline=None, max_examples=50)
@given(papers())
def test_every_source_is_in_one_group_and_no_site_in_two(sources: list[Source]) -> None:
    groups = groups_of(sources)
    assert sorted(name for group in groups for name in group.sources) == sorted(source.name for source in sources)
    assert max(Counter(site for group in groups for site in group.sites).values()) == 1
    for source in sources:
        (group,) = (each for each in groups if source.name in each.sources)
        assert sites_of(source) <= group.sites
    assert len({group.name for group in groups}) == len(groups)


def test_sources_that_share_nothing_are_apart_and_those_of_a_third_go_together() -> None:
    homes = ["http://a.example/", "http://b.example/", "http://c.example/"]
    apart = [Source(name=home[7], home=home, delay=1, max_pages=9) for home in homes]
    assert [group.sources for group in groups_of(apart)] == [("a",), ("b",), ("c",)]
    both = Source(name="z", home="http://www.c.example/", also_on=("a.example",), delay=1, max_pages=9)
    assert [group.sources for group in groups_of([*apart, both])] == [("a", "c", "z"), ("b",)]


def test_who_begins_with_a_site_sends_the_one_before_away_and_waits_until_it_is_gone(tmp_path: Path) -> None:
    first = Lease(tmp_path, ["a.example", "b.example"], "first")
    first.__enter__()
    assert first.is_mine
    with pytest.raises(Locked), Lease(tmp_path, ["b.example"], "second", patience_s=0.1):
        raise AssertionError("two at once")
    assert not first.is_mine
    begun: list[float] = []

    def second() -> None:
        with Lease(tmp_path, ["b.example"], "third", patience_s=20):
            begun.append(time.monotonic())

    thread = threading.Thread(target=second)
    thread.start()
    time.sleep(0.3)
    assert not begun
    ended = time.monotonic()
    first.__exit__(None, None, None)
    thread.join(20)
    assert begun[0] >= ended
    with Lease(tmp_path, ["a.example"], "other"), Lease(tmp_path, ["b.example"], "one"):
        assert {path.suffix for path in (tmp_path / PARTS / LEASES).iterdir()} == {".lock", ".fence"}


def a_part(folder: Path) -> tuple[Path, str]:
    """A part of the archive, handed out in a run → its folder and the run's uid."""
    with ArchiveWriter(folder, purpose="test") as writer:
        run = writer.ledger.start_run("crawl", {}, NIGHT)
        (uid,) = writer.db.execute("select uid from runs where id = ?", [run]).fetchone()
    part = folder / PARTS / f"night-{run}" / SOURCE
    make_part(folder, part, [SOURCE], lambda url: site_of(url) == "saltmarsh-echo.test")
    told = {"run": uid, "sources": [SOURCE], "sites": ["saltmarsh-echo.test"]}
    (part / "part.json").write_text(json.dumps(told))
    return part, uid


@pytest.fixture
def whole(tmp_path: Path) -> tuple[Path, list[Page]]:
    return tmp_path / "archive", an_old_archive(tmp_path / "archive")


def test_a_part_that_nobody_crawled_comes_back_and_nothing_is_changed(whole: tuple[Path, list[Page]]) -> None:
    folder, _ = whole
    part, _ = a_part(folder)
    before = contents(folder)
    assert sql(part, "select count(*) from articles") == [(PAGES,)]
    assert all(path.is_symlink() for path in part.rglob("*.warc.gz"))
    with ArchiveWriter(folder, purpose="test") as writer:
        (run,) = writer.db.execute("select max(id) from runs").fetchone()
        assert not merge_into(writer, part, run=run, link=True)
        adopt(writer, part, [SOURCE])
    assert contents(folder) == before
    assert sql(folder, "select count(*) from runs where kind = 'crawl'") == [(4,)]


def test_a_part_that_a_dead_night_left_behind_is_joined_by_the_next(whole: tuple[Path, list[Page]]) -> None:
    folder, pages = whole
    part, uid = a_part(folder)
    new, pending = (made.page for made in build()[PAGES : PAGES + 2])
    with ArchiveWriter(part, purpose="test") as writer:
        later = NIGHT + timedelta(days=5)
        run = crawl(writer, [new, replace(pages[4], body=edited(pages[4].body)), pages[5]], at=later)
        link = Link(url=pending.url, kind=Kind.PAGE, hint=Hint(via=Via.GIVEN, where="x"))
        writer.ledger.discover([link], source=SOURCE, run=run, now=later)
        capture(writer, replace(pending, fetched_at=later), run)
    finish_earlier(folder)
    assert not part.exists()
    outcomes = (
        "select url, outcome from run_urls join urls on urls.id = url_id join runs on runs.id = run_id where uid = ?"
    )
    assert dict(sql(folder, outcomes, uid)) == {
        new.url: "new",
        pages[4].url: "updated",
        pages[5].url: "unchanged",
        pending.url: "waiting",
    }
    assert sql(folder, "select state from urls where url = ?", pending.url) == [("captured",)]
    assert sql(folder, "select count(*) from articles") == [(PAGES + 1,)]
    assert sql(folder, "select count(*) from revisions") == [(2,)]
    assert sql(folder, "select articles from template_sources") == [(PAGES + 1,)]
    assert sql(folder, "select count(distinct run_id) from captures") == [(4,)]


def test_a_part_that_somebody_still_crawls_is_left_alone_with_its_sites(
    whole: tuple[Path, list[Page]], monkeypatch: pytest.MonkeyPatch
) -> None:
    folder, _ = whole
    part, _ = a_part(folder)
    monkeypatch.setattr(Lease.__init__, "__kwdefaults__", {"patience_s": 0.1})
    with (
        Lease(folder, ["saltmarsh-echo.test"], uuid4().hex),
        pytest.raises(Locked, match=r"saltmarsh-echo\.test: still being crawled"),
    ):
        finish_earlier(folder)
    assert part.exists()


def test_a_worker_that_sees_no_night_going_on_begins_none(tmp_path: Path) -> None:
    an_old_archive(tmp_path)
    share = Share(
        folder=str(tmp_path), part=str(tmp_path / "part"), stop=str(tmp_path / "stop"),
        name="x", sources=("x",), sites=("x",),
        deadline=None, requests=None, bytes=None, source_requests=None, source_bytes=None,
    )  # fmt: skip
    assert Share.from_json(share.to_json()) == share
    (done,) = crawl_share(share)
    assert done.problem is not None and "does not see that a night" in done.problem
    lock = WriterLock(tmp_path, "nightly", NIGHT_LOCK)
    try:
        (tmp_path / "stop").touch()
        assert crawl_share(share) == [Done(interrupted=True)]
    finally:
        lock.release()
