"""Archives joined: nothing lost, nothing twice, the same whichever comes first."""

from __future__ import annotations

import json
import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from archive import Archive
from archive.captures import read_capture
from archive.care.merge import Merged, merge_into
from archive.care.takedown import take_down
from archive.care.timelines import Side, join, text_of
from archive.errors import ArchiveError, Locked, NoArchive
from archive.types import Outcome
from archive.writer import ArchiveWriter
from crawler.cli import nightdesk
from tests.archive.care.paper import Paper
from tests.conftest import NOW

A_DAY = timedelta(days=1)
#: An example takes a second: a hundred smaller ones are not worth the minutes.
WITHOUT_SHRINKING = [phase for phase in Phase if phase is not Phase.shrink]
TEXTS = [
    "The ferry will cross the sound every forty minutes from Monday on, the harbour says.",
    "The council has voted for the cheaper of both bridges, by five votes against four.",
    "Nobody had seen the keeper of the lighthouse since the storm in the first week of May.",
]


def url(page: int) -> str:
    return f"http://gazette.example/news/{page}"


def joined(target: Path, *parts: Path) -> list[Merged]:
    with ArchiveWriter(target, purpose="test") as writer:
        return [merge_into(writer, part) for part in parts]


def content(folder: Path) -> dict[str, Any]:
    """All that an archive says, without the numbers and names that only it uses."""
    with closing(sqlite3.connect(folder / "archive.db")) as db:
        tables: dict[str, str] = {
            "articles": "select id, title, body, source, first_seen_at, last_seen_at, gone_at, revision, revised_at"
            " from articles",
            "revisions": "select article_id, revision, valid_from, valid_until, title, body from revisions",
            "urls": "select url, source, kind, state, reason, due_at, first_seen_at, last_seen_at,"
            " article_id, hints from urls",
            "captures": "select url, fetched_at, payload_digest, status from captures",
            "runs": "select uid, started_at, status from runs",
            "funnel": "select runs.uid, urls.url, outcome, r.reason from run_urls r join runs on runs.id = run_id"
            " join urls on urls.id = url_id",
            "events": "select distinct runs.uid, urls.url, e.at, event, e.reason, e.detail from url_events e"
            " join runs on runs.id = run_id join urls on urls.id = url_id",
            "sightings": "select urls.url, where_url, via, a.uid, b.uid from sightings join urls on urls.id = url_id"
            " join runs a on a.id = first_run join runs b on b.id = last_run",
            "tombstones": "select scope, name, article_id, reason, at from tombstones",
            "keys": "select key from tombstone_keys",
            "rights": "select c.payload_digest, signal, value from rights join captures c on c.id = capture_id",
            "text of captures": "select urls.url, c.payload_digest from urls join captures c on c.id = capture_id",
        }
        return {name: sorted(db.execute(sql).fetchall(), key=repr) for name, sql in tables.items()}


def sound(folder: Path) -> None:
    """What must hold in any archive."""
    with closing(sqlite3.connect(folder / "archive.db")) as db:
        assert db.execute("pragma integrity_check").fetchall() == [("ok",)]
        assert db.execute("pragma foreign_key_check").fetchall() == []
        db.execute("insert into articles_fts (articles_fts, rank) values ('integrity-check', 1)")
        order = db.execute("select started_at from runs order by id").fetchall()
        assert order == sorted(order)
    with ArchiveWriter(folder, purpose="test") as writer:
        rows = writer.db.execute(
            "select id from captures c where not exists"
            " (select 1 from erasures e where e.warc_file_id = c.warc_file_id and e.offset = c.offset)"
        )
        for (id_,) in rows.fetchall():
            read_capture(folder, writer.capture_ref(id_))


@pytest.fixture
def two(tmp_path: Path) -> tuple[Path, Path]:
    """Two archives that saw one page each alone and one both, at different times."""
    a, b = tmp_path / "a", tmp_path / "b"
    with Paper(a) as night:
        night.prints(url(1), "Ferry", TEXTS[0])
        night.prints(url(2), "Bridge", TEXTS[1])
    with Paper(b, night=1) as night:
        night.prints(url(2), "Bridge", TEXTS[2])
        night.prints(url(3), "Keeper", TEXTS[2])
    return a, b


def test_what_only_one_has_comes_in_and_what_both_have_is_one_article_with_both_texts(two: tuple[Path, Path]) -> None:
    a, b = two
    (merged,) = joined(a, b)
    assert (merged.articles, merged.changed, merged.urls, merged.captures, merged.files, merged.runs) == (
        1,
        1,
        1,
        2,
        1,
        1,
    )
    with Archive(a) as archive:
        assert len(archive) == 3
        assert [(r.number, r.body) for r in archive.revisions(url(2))] == [(1, TEXTS[1]), (2, TEXTS[2])]
        assert archive.get(url(2)).first_seen_at == NOW
        assert archive.search("keeper").total == 2
        assert [sum(archive.funnel(run.id)["gazette"].values()) for run in archive.runs()] == [2, 2]
        assert archive.funnel(2)["gazette"][Outcome.NEW] == 2
    sound(a)


def test_merging_again_changes_nothing(two: tuple[Path, Path]) -> None:
    a, b = two
    joined(a, b)
    before = rows_of(a)
    again = joined(a, b)
    assert not any(again)
    assert rows_of(a) == before


def rows_of(folder: Path) -> list[str]:
    with closing(sqlite3.connect(folder / "archive.db")) as db:
        return list(db.iterdump())


def test_an_older_archive_is_numbered_before_a_younger_one(two: tuple[Path, Path]) -> None:
    a, b = two
    joined(b, a)
    with Archive(b) as archive:
        assert [run.started_at for run in archive.runs()] == [NOW, NOW + A_DAY]
        assert archive.funnel(2)["gazette"][Outcome.NEW] == 2
    sound(b)


def test_a_copy_that_went_on_brings_only_what_it_has_more(two: tuple[Path, Path], tmp_path: Path) -> None:
    a, _ = two
    copy = tmp_path / "copy"
    shutil.copytree(a, copy)
    with Paper(copy, night=2) as night:
        night.prints(url(1), "Ferry", TEXTS[2])
    (merged,) = joined(a, copy)
    assert (merged.articles, merged.changed, merged.captures, merged.runs, merged.files) == (0, 1, 1, 1, 1)
    assert content(a) == content(copy)


def test_files_of_one_name_and_other_bytes_are_both_kept(two: tuple[Path, Path]) -> None:
    a, b = two
    (ours,), (theirs,) = list(a.rglob("*.warc.gz")), list(b.rglob("*.warc.gz"))
    for folder, path in ((a, ours), (b, theirs)):
        path.rename(path.with_name("same.warc.gz"))
        with closing(sqlite3.connect(folder / "archive.db")) as db:
            db.execute("update warc_files set path = ?", [str(path.with_name("same.warc.gz").relative_to(folder))])
            db.commit()
    joined(a, b)
    assert len({path.name for path in a.rglob("*.warc.gz")}) == 2
    sound(a)
    assert not any(joined(a, b))


def test_an_archive_can_be_made_of_several(two: tuple[Path, Path], tmp_path: Path) -> None:
    a, b = two
    (a / "sources.toml").write_text('[sources.gazette]\nhome = "http://gazette.example/"\n')
    done = CliRunner().invoke(nightdesk, ["merge", str(a), str(b), "--into", str(tmp_path / "c"), "--json"])
    assert done.exit_code == 0, done.output
    told = [json.loads(line) for line in done.stdout.splitlines()]
    assert [each["articles"] for each in told] == [2, 1]
    assert (tmp_path / "c" / "sources.toml").exists()
    with Archive(tmp_path / "c") as archive:
        assert (len(archive), archive.stories_due(), archive.edits_due()) == (3, 0, 0)
    again = CliRunner().invoke(nightdesk, ["merge", str(tmp_path / "c"), str(a)])
    assert "nothing that was not there already" in again.output


def test_a_tombstone_of_either_side_wins(two: tuple[Path, Path], tmp_path: Path) -> None:
    a, b = two
    with ArchiveWriter(a, purpose="test") as writer:
        take_down(writer, url(2), reason="r", who="w", now=NOW + A_DAY)
    c = tmp_path / "c"
    shutil.copytree(a, c)
    for target, part, removed in ((a, b, 0), (b, c, 1)):
        (merged,) = joined(target, part)
        assert merged.removed == removed  # what the target's own tombstone stands for does not come in
        with Archive(target) as archive:
            assert {article.url for article in archive} == {url(1), url(3)}
            assert archive.tombstone(url(2)) is not None
            assert archive.explain(url(2)).reason == "taken-down"
        sound(target)
        assert not any(joined(target, part))
    assert content(a) == content(b)


def test_the_parts_of_a_divided_night_are_one_run(tmp_path: Path) -> None:
    whole = tmp_path / "whole"
    with Paper(whole) as night:
        night.prints(url(1), "Ferry", TEXTS[0])
    parts = []
    for n in (2, 3):
        parts.append(tmp_path / f"part-{n}")
        with Paper(parts[-1], night=1) as night:
            night.prints(url(n), f"Part {n}", TEXTS[n - 1])
    with ArchiveWriter(whole, purpose="test") as writer:
        run = writer.ledger.start_run("crawl", {}, NOW + A_DAY)
        for part in (*parts, *parts):
            merge_into(writer, part, run=run, link=True)
        writer.ledger.finish_run(run, "finished", NOW + A_DAY)
    with Archive(whole) as archive:
        assert len(archive.runs()) == 2
        assert archive.funnel(run)["gazette"] == {Outcome.NEW: 2}
    sound(whole)
    shutil.rmtree(parts[0])
    sound(whole)


def test_a_part_that_was_killed_is_recovered_first(two: tuple[Path, Path]) -> None:
    a, b = two
    night = Paper(b, night=3)
    night.prints(url(9), "Late", TEXTS[0])
    night.answer(url(9), b"<html>orphan</html>", url_id=None)
    night.writer._warc.sync()  # type: ignore[union-attr]
    night.writer.abandon()
    (merged,) = joined(a, b)
    assert merged.articles == 2
    with Archive(a) as archive:
        assert [str(run.status) for run in archive.runs()][-1] == "crashed"
    sound(a)


def test_past_exports_of_both_are_known(two: tuple[Path, Path], tmp_path: Path) -> None:
    a, b = two
    for folder in two:
        CliRunner().invoke(nightdesk, ["export", "--to", str(tmp_path / f"{folder.name}.csv"), "-a", str(folder)])
    assert joined(a, b)[0].exports == 1
    done = CliRunner().invoke(nightdesk, ["export", "log", "-a", str(a), "--json"])
    assert len(done.stdout.splitlines()) == 2


def test_what_cannot_be_joined_is_told(two: tuple[Path, Path], tmp_path: Path) -> None:
    a, b = two
    with ArchiveWriter(a, purpose="test") as writer:
        with pytest.raises(NoArchive):
            merge_into(writer, tmp_path / "nowhere")
        with pytest.raises(ArchiveError, match="very archive"):
            merge_into(writer, a / ".")
        with ArchiveWriter(b, purpose="crawl"), pytest.raises(Locked):
            merge_into(writer, b)
        merge_into(writer, b)  # and it goes on after each
    sound(a)


def test_a_failure_half_way_leaves_the_archive_as_it_was(
    two: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    a, b = two
    before = content(a)

    def broken(*_: object) -> tuple[int, int]:
        raise OSError(28, "No space left on device")

    with ArchiveWriter(a, purpose="test") as writer:
        monkeypatch.setattr("archive.care.merge.take_articles", broken)
        with pytest.raises(OSError, match="No space"):
            merge_into(writer, b)
        monkeypatch.undo()
        assert content(a) == before
        assert merge_into(writer, b).articles == 1
    sound(a)


# ── properties ───────────────────────────────────────────────────────────────────────────────────────

PRINTED = st.tuples(st.integers(1, 3), st.integers(0, 2), st.integers(0, 59))
NIGHTS = st.lists(
    st.tuples(st.integers(0, 4), st.lists(PRINTED, max_size=3), st.sampled_from([0, 0, 0, 1, 2])), max_size=3
)


def write(folder: Path, nights: list[tuple[int, list[tuple[int, int, int]], int]]) -> Path:
    for number, printed, doomed in sorted(nights, key=lambda night: night[0]):
        with Paper(folder, night=number) as night:
            for page, text, minute in printed:
                night.prints(url(page), f"Page {page}", TEXTS[text], at=night.now + timedelta(minutes=minute))
            if doomed:
                take_down(night.writer, url(doomed), reason="r", who="w", now=night.now + A_DAY / 2)
    if not nights:
        ArchiveWriter(folder, purpose="test").close()
    return folder


@settings(
    max_examples=12,
    deadline=None,
    phases=WITHOUT_SHRINKING,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(a=NIGHTS, b=NIGHTS)
def test_the_order_does_not_matter_and_once_is_as_good_as_twice(
    a: list[Any], b: list[Any], tmp_path_factory: pytest.TempPathFactory
) -> None:
    place = tmp_path_factory.mktemp("merge")
    one, other = write(place / "a", a), write(place / "b", b)
    shutil.copytree(one, place / "a again")
    joined(one, other)
    joined(other, place / "a again")
    assert content(one) == content(other)
    sound(one)
    before = content(one)
    joined(one, place / "b", place / "a again")
    assert content(one) == before
    shutil.rmtree(place)


ROW = {"title": "T", "first_seen_at": "0", "gone_at": None, "capture_id": None, "extractor": "x", "source": "s"}


def side(times: list[tuple[int, str]]) -> Side:
    from archive.row import KEPT_WITH_REVISION

    rows = [
        dict.fromkeys(KEPT_WITH_REVISION, "") | ROW | {"body": body, "content_hash": body, "revised_at": f"{at:03}"}
        for at, body in times
    ]
    for row in rows:
        row["last_seen_at"] = rows[-1]["revised_at"]
    return Side(row=rows[-1], earlier=tuple(map(text_of, rows[:-1])))


def timeline() -> st.SearchStrategy[Side]:
    def alternating(times: list[tuple[int, str]]) -> list[tuple[int, str]]:
        ordered = sorted(times)
        return [each for n, each in enumerate(ordered) if n == 0 or each[1] != ordered[n - 1][1]]

    drawn = st.lists(
        st.tuples(st.integers(0, 20), st.sampled_from("xyz")), min_size=1, max_size=5, unique_by=lambda pair: pair[0]
    )
    return drawn.map(alternating).map(side)


def as_side(ours: Side, theirs: Side) -> Side:
    both = join(ours, theirs)
    return Side(row=both.row, earlier=both.earlier)


@given(a=timeline(), b=timeline())
def test_two_histories_make_one_whichever_comes_first(a: Side, b: Side) -> None:
    texts: Callable[[Side], list[tuple[str, str]]] = lambda s: [  # noqa: E731
        (t.since, t.content_hash) for t in (*s.earlier, text_of(s.row))
    ]
    both = as_side(a, b)
    assert texts(both) == texts(as_side(b, a))
    assert texts(as_side(both, b)) == texts(as_side(both, a)) == texts(both)
    assert [t.since for t in both.earlier] == sorted(t.since for t in both.earlier)
    known = texts(a) + texts(b)
    assert set(texts(both)) <= set(known)
    assert {text for _, text in texts(both)} == {text for _, text in known}
