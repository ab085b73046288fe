"""The order of hits: what counts more comes first, pages fit together while the archive grows, and work is bounded."""

from __future__ import annotations

from pathlib import Path

import pytest

from archive import ranking
from archive.errors import BadQuery
from archive.reading import Archive
from tests.archive.sample import Sample

TEXTS = [
    ("Port and harbour", "Offer."),
    ("Nothing", "The port " + "and then " * 20 + "the harbour."),
    ("Nothing", "The port of the harbour."),
    ("Nothing", "The harbour, a port."),
    ("Harbour", "Offer."),
]


def grow(folder: Path, texts: list[tuple[str, str]], *, day: int) -> None:
    with Sample(folder) as sample:
        for number, (title, body) in enumerate(texts):
            at = f"2026-{day:02}-{number + 1:02}T00:00:00Z"
            described = "Of port and harbour." if number == 1 else None
            sample.article(
                title, body, url=f"https://gazette.test/{day}/{number}", published_at=at, description=described
            )


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    grow(tmp_path, TEXTS, day=11)
    return tmp_path


def pages(archive: Archive, text: str, limit: int) -> list[list[str]]:
    found, cursor = [], None
    while True:
        page = archive.search(text, limit=limit, after=cursor)
        found.append([hit.url.removeprefix("https://gazette.test/") for hit in page if hit.url])
        if (cursor := page.cursor) is None:
            return found


def test_few_hits_are_scored(folder: Path) -> None:
    with Archive(folder) as archive:
        hits = archive.search("port harbour sort:relevance")
        assert hits.ranking.order == "scored"
        assert next(iter(hits)).title == "Port and harbour"
        assert archive.search("port harbour").ranking.order == "newest"
        assert archive.search("NOT port sort:relevance").ranking.order == "newest"
        assert archive.search("sort:oldest").ranking.order == "oldest"


@pytest.mark.parametrize("bound", ["MOST_SCORED", "MOST_WALKED"])
def test_many_hits_are_graded_and_none_is_left_out(folder: Path, monkeypatch: pytest.MonkeyPatch, bound: str) -> None:
    monkeypatch.setattr(ranking, bound, 2)
    with Archive(folder) as archive:
        hits = archive.search("port harbour sort:relevance")
        assert hits.ranking.order == "graded" and "headline first" in hits.ranking.told
        # Headline; description; near one another, the newest first; then the rest.
        assert pages(archive, "port harbour sort:relevance", 100) == [["11/0", "11/1", "11/3", "11/2"]]
        assert pages(archive, "port harbour sort:relevance", 1) == [["11/0"], ["11/1"], ["11/3"], ["11/2"]]
        assert pages(archive, "harbour OR offer sort:relevance", 2) == [["11/4", "11/0"], ["11/1", "11/3"], ["11/2"]]
        assert next(iter(hits)).headline == "[Port] and [harbour]"


@pytest.mark.parametrize("most", [1, 100])
@pytest.mark.parametrize("sort", ["newest", "oldest", "relevance"])
def test_no_article_is_shown_twice_or_left_out_while_the_archive_grows(
    folder: Path, monkeypatch: pytest.MonkeyPatch, sort: str, most: int
) -> None:
    monkeypatch.setattr(ranking, "MOST_SCORED", most)
    query = f"port OR harbour sort:{sort}"
    shown, cursor, month = [], None, 12
    with Archive(folder) as archive:
        before = {hit.id for hit in archive.search(query)}
        while True:
            page = archive.search(query, limit=1, after=cursor)
            shown += [hit.id for hit in page]
            if (cursor := page.cursor) is None:
                break
            if month:
                grow(folder, TEXTS, day=month)  # newer ones and older ones
                month -= 4
    assert len(set(shown)) == len(shown)
    assert before <= set(shown)


def test_a_cursor_is_good_for_its_own_search_only(folder: Path) -> None:
    with Archive(folder) as archive:
        hits = archive.search("port", limit=1)
        assert hits.cursor is None  # nothing was read yet
        list(hits)
        assert hits.cursor is not None
        assert len(list(archive.search("port", limit=50, after=hits.cursor))) == 3
        with pytest.raises(BadQuery, match="another search"):
            archive.search("harbour", after=hits.cursor)
        for broken in ("", "x", "é", "bm5v", hits.cursor[:-3], "=" * 5):
            with pytest.raises(BadQuery, match="cursor"):
                archive.search("port", after=broken)
