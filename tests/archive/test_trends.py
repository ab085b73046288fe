"""Queries over time: counted in two ways that agree, and point by point what a search finds."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import archive.trends as trends_module
from archive import bitmaps
from archive.errors import BadQuery
from archive.query import Query
from archive.reading import Archive
from archive.trends import axis, within_days
from archive.writer import ArchiveWriter
from tests.archive.sample import Sample
from tests.archive.test_agreement import build, queries


@pytest.fixture(scope="module")
def archives(tmp_path_factory: pytest.TempPathFactory) -> Iterator[list[Archive]]:
    """Two without a bitmap index, and one that has it."""
    folder = tmp_path_factory.mktemp("trends")
    for seed in range(3):
        build(folder / str(seed), seed)
    with pytest.MonkeyPatch.context() as patch, ArchiveWriter(folder / "2", purpose="test") as writer:
        for name, value in {"LEAST": 6, "WORDS_FROM": 8, "VALUE_SHARE": 4, "WORD_SHARE": 4}.items():
            patch.setattr(bitmaps, name, value)
        assert bitmaps.renew(writer.db.conn, writer.commit)
    opened = [Archive(folder / str(seed)) for seed in range(3)]
    yield opened
    for archive in opened:
        archive.close()


@given(number=st.integers(0, 2), query=queries, step=st.sampled_from(["day", "week", "month", "year", None]))
@settings(max_examples=80, deadline=None)
def test_each_point_is_what_a_search_finds_and_both_ways_to_count_agree(
    archives: list[Archive], *, number: int, query: Query, step: str | None
) -> None:
    archive = archives[number]
    told = archive.trends([query], step=step, most=1000)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(trends_module, "_WALKED", -1)
        assert archive.trends([query], step=step, most=1000) == told
    (line,) = told.lines
    assert line.counts is not None
    assert sum(line.counts) == line.total == archive.count(replace(query, limit=None))
    assert line.outside == 0
    if told.step != "day" and told.spans:
        timeline = [count for _, count in archive.search(query).timeline(told.step)]
        assert list(line.counts) == timeline
    if not query.one_per_story:  # a narrowed search takes the earliest within its own time
        for span, count in zip(told.spans, line.counts, strict=True):
            assert not count or archive.count(within_days(line.query, span)) == count


def test_shares_are_of_all_articles_of_the_same_time_and_source(archives: list[Archive]) -> None:
    archive = archives[0]
    asked = [Query(text="offer", since="2025-06-10", until="2026-03"), Query(text="harbour", source="kurir")]
    told = archive.trends(asked, step="month", sources=["gazette", "kurir"], share=True)
    assert [(line.number, line.source) for line in told.lines] == [(0, "gazette"), (0, "kurir"), (1, "gazette"),
                                                                   (1, "kurir")]  # fmt: skip
    for line in told.lines:
        everything = Query(source=line.source, since=line.query.since, until=line.query.until)
        assert line.counts is not None and line.every is not None
        for n, span in enumerate(told.spans):
            if line.reaches(span):
                assert line.every[n] == archive.count(within_days(everything, span))
            else:
                assert (line.counts[n], line.share(n)) == (0, None)
            assert line.share(n) is None or 0 <= line.share(n) <= 1  # type: ignore[operator]


@given(
    st.lists(st.tuples(st.dates(), st.integers(0, 4000)), min_size=1, max_size=3),
    st.sampled_from(["day", "week", "month", "year", None]),
    st.integers(1, 500),
)
def test_an_axis_has_no_gap_and_not_too_many_steps(pairs: list[tuple[date, int]], step: str | None, most: int) -> None:
    ends = [(first, min(first.toordinal() + days, date.max.toordinal())) for first, days in pairs]
    lines = [(first, date.fromordinal(last)) for first, last in ends]
    chosen, spans = axis(lines, step=step, most=most)
    assert 1 <= len(spans) <= (2 * most if step is None and chosen == "month" else most)
    for (_, last), (first, _) in pairwise(spans):
        assert first == last + timedelta(days=1)
    if chosen != "year":
        assert spans[0][0] <= min(first for first, _ in lines)
        assert spans[-1][1] >= max(last for _, last in lines)


def test_eleven_years_are_shown_by_months_rather_than_by_eleven_points() -> None:
    years = [(date(2016, 1, 1), date(2026, 12, 31))]
    assert [axis(years, step=None, most=most)[0] for most in (4100, 600, 130, 60)] == ["day", "week", "month", "year"]


def test_one_article_of_a_far_year_does_not_push_the_others_together(tmp_path: Path) -> None:
    with Sample(tmp_path / "a") as sample:
        for number, year in enumerate(("0700", "2024", "2025", "9999")):
            sample.article(url=f"https://gazette.test/{number}", published_at=f"{year}-06-01T00:00:00Z")
    with Archive(tmp_path / "a") as archive:
        told = archive.trends([Query()], most=50)
        (line,) = told.lines
        assert (told.step, len(told.spans), line.total, line.outside) == ("year", 50, 4, 2)
        assert line.counts is not None and sum(line.counts) == 2


def test_what_must_be_looked_up_article_by_article_is_not_counted_unasked_when_it_is_much(
    archives: list[Archive], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(trends_module, "MOST_LOOKED_UP", 5)
    looked_up, indexed = Query(words=">2"), Query(section="news")
    told = archives[0].trends([looked_up, indexed], every=False)
    assert told.lines[0].counts is None
    assert told.lines[0].total > 5
    assert told.lines[1].counts is not None
    assert archives[0].trends([looked_up]).lines[0].counts is not None
    assert archives[0].sources_writing_most([indexed], 1)[2] is False
    # The bitmap index counts any, and which sources have most of them.
    assert archives[2].trends([looked_up], every=False).lines[0].counts is not None
    assert archives[2].sources_writing_most([indexed], 1)[2] is True
    assert archives[2].trends([Query(one_per_story=True)], every=False).lines[0].counts is None


def test_all_numbers_are_of_one_instant_though_a_crawl_goes_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with Sample(tmp_path / "a") as sample:
        sample.article(published_at="2026-11-10T00:00:00Z")
    counted = trends_module.count

    def count_and_write(*asked: Any) -> int:
        number = counted(*asked)
        with Sample(tmp_path / "a") as sample:
            sample.article(published_at="2026-11-11T00:00:00Z")
        return number

    monkeypatch.setattr(trends_module, "count", count_and_write)
    with Archive(tmp_path / "a") as archive:
        told = archive.trends(["body", "title"], share=True)
        assert [(line.total, line.counts, line.every) for line in told.lines] == [(1, (1,), (1,))] * 2
        monkeypatch.undo()
        assert archive.trends(["body"]).lines[0].total > 1


def test_an_unknown_step_is_named(archives: list[Archive]) -> None:
    with pytest.raises(BadQuery, match="by: 'decade' is unknown; write one of day, week, month, year"):
        archives[0].trends([Query()], step="decade")
