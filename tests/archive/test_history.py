"""The story of a URL: why it is due when it is, who cleaned it, and why a run did not come to it."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner

from archive.cli import archive_commands
from archive.reading import Archive
from archive.times import iso
from tests.archive.sample import NIGHT_1, NIGHT_2, Sample

PAGE = "https://gazette.test/news/bridge"


def told(folder: Path, url: str = PAGE) -> str:
    """What explain prints, on one line."""
    done = CliRunner().invoke(archive_commands, ["explain", url, "-a", str(folder)])
    assert done.exit_code == 0, done.output
    return " ".join(done.output.split())


def build(folder: Path, **columns: object) -> Path:
    with Sample(folder) as sample:
        sample.run(NIGHT_1)
        sample.url(PAGE, **columns)  # type: ignore[arg-type]
    return folder


@pytest.mark.parametrize(
    ("columns", "due"),
    [
        (
            {"due_at": "2026-11-17T02:00:00Z", "due_because": "7 days after it was first seen"},
            "due 2026-11-17 02:00: 7 days after it was first seen",
        ),
        ({"state": "rejected", "due_because": "that is its nature"}, "due never again: that is its nature"),
        ({"state": "rejected"}, "due never again"),
        (
            {"state": "found", "due_at": iso(NIGHT_1), "fetched_at": None},
            "due since 2026-11-10 02:00: it was never asked for",
        ),
        ({"state": "captured"}, "due when its raw page has been cleaned"),
    ],
)
def test_it_says_when_a_url_is_due_and_why_then(tmp_path: Path, columns: dict[str, object], due: str) -> None:
    assert due in told(build(tmp_path, **columns))


def test_it_says_what_cleaned_the_page_and_how_often_the_text_changed(tmp_path: Path) -> None:
    with Sample(tmp_path) as sample:
        run = sample.run(NIGHT_1)
        id_ = sample.article(url=PAGE, revision=3, extractor="nightdesk 0.1.0, trafilatura 2.3.1")
        url_id = sample.url(PAGE, article_id=id_)
        sample.event(run, url_id, "new")
        sample.event(run, url_id, "unchanged", reason="http-304")
        wall = sample.url("https://gazette.test/wall", state="rejected", reason="consent-wall")
        sample.event(run, wall, "rejected", reason="consent-wall")
    story = told(tmp_path)
    assert "cleaned by nightdesk 0.1.0, trafilatura 2.3.1; its text changed 2 times" in story
    assert "kept as a new article (run 1, cleaned by nightdesk 0.1.0)" in story
    assert "the site answered 304 Not Modified (run 1)" in story
    refused = told(tmp_path, "https://gazette.test/wall")
    assert "it asked for consent instead of showing the article (run 1, cleaned by nightdesk 0.1.0)" in refused


def test_it_says_why_a_run_did_not_come_to_it(tmp_path: Path) -> None:
    with Sample(tmp_path) as sample:
        url_id = sample.url(PAGE, state="found", due_at=iso(NIGHT_1))
        for reason in ("limit", "limit", "interrupted"):
            sample.outcome(sample.run(NIGHT_1), url_id, "waiting", reason)
        sample.outcome(sample.run(NIGHT_2), url_id, "known", "kept")
        sample.outcome(sample.run(NIGHT_2), url_id, "known", "rejected")
    assert (
        "runs 1 to 2 waiting (the run's number of pages was reached),"
        " 3 waiting (the run was stopped before its turn came), 4 to 5 known"
    ) in told(tmp_path)


def test_a_list_of_pages_says_when_it_last_brought_something_new(tmp_path: Path) -> None:
    feed = "https://gazette.test/feed"
    with Sample(tmp_path) as sample:
        sample.run(NIGHT_1)
        sample.url(feed, kind="feed", state="read", yielded_at=iso(NIGHT_1), due_at=iso(NIGHT_2))
    assert "brought something new last on 2026-11-10 02:00" in told(tmp_path, feed)
    with Archive(tmp_path) as archive:
        assert archive.explain(feed).yielded_at == NIGHT_1
