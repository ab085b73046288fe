"""How many articles no list showed: the textbook's numbers, and populations of which the truth is known."""

from __future__ import annotations

import json
import random
from pathlib import Path

import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from archive.cli import archive_commands
from archive.completeness import FEED, FRONT, LEAST_OVERLAP, SITEMAP, chao, chapman, judge_lists
from archive.errors import NotFound
from archive.reading import Archive
from archive.times import iso
from tests.archive.sample import NIGHT_1, NIGHT_2, Sample

LISTS = (FEED, SITEMAP, FRONT)


def looked_at(number: int, chances: dict[str, float], seed: int) -> list[frozenset[str]]:
    """``number`` articles, each on each list by chance, independently."""
    dice = random.Random(seed)
    return [frozenset(name for name, chance in chances.items() if dice.random() < chance) for _ in range(number)]


def test_chapmans_estimator_gives_the_numbers_of_the_formula() -> None:
    # 201 · 101 / 51 − 1 = 397.06 in all, 250 of them seen; variance 20301 · 7500 / (51² · 52) = 1125.7, and so the
    # interval is 147.06 divided and multiplied by exp(1.96 · √ln(1 + 1125.7 / 147.06²)) = 1.555.
    told = chapman(200, 100, 50)
    assert told.missed == pytest.approx(147.06, abs=0.01)
    assert told.low == pytest.approx(94.57, abs=0.01)
    assert told.high == pytest.approx(228.68, abs=0.02)
    assert chapman(40, 40, 40).missed == 0


def test_chaos_lower_bound_gives_the_numbers_of_the_formula() -> None:
    told = chao(30, 20, looks=3)  # 2/3 · 30 · 29 / (2 · 21)
    assert told.missed == pytest.approx(13.81, abs=0.01)
    assert 0 < told.low < told.missed < told.high
    assert chao(0, 20, looks=3).high == 0
    assert (chao(1, 20, looks=3).missed, chao(1, 20, looks=3).high) == (0, 1)


@pytest.mark.parametrize("chances", [{FEED: 0.6, SITEMAP: 0.7}, {FEED: 0.6, SITEMAP: 0.5, FRONT: 0.4}])
def test_independent_lists_tell_how_many_they_missed(chances: dict[str, float]) -> None:
    hits, errors = 0, []
    for seed in range(200):
        pages = looked_at(80, chances, seed)
        truth = sum(not page for page in pages)
        told = judge_lists(pages).estimate
        assert told is not None
        hits += told.low <= truth <= told.high
        errors.append(told.missed - truth)
    assert abs(sum(errors) / len(errors)) < 2
    assert hits >= 170  # of 200, at 95 %


def test_lists_that_copy_one_another_give_a_lower_bound() -> None:
    errors = []
    for seed in range(100):
        dice = random.Random(seed)
        pages = []
        for _ in range(120):  # two articles in three are for all lists, the third for hardly any
            chance = 0.8 if dice.random() < 2 / 3 else 0.1
            pages.append(frozenset(name for name in LISTS if dice.random() < chance))
        told = judge_lists(pages).estimate
        assert told is not None
        errors.append(told.missed - sum(not page for page in pages))
    assert sum(errors) / len(errors) < 0


def test_without_enough_in_common_there_is_no_estimate() -> None:
    both = frozenset((FEED, FRONT))
    few = [both] * (LEAST_OVERLAP - 1) + [frozenset((FEED,))] * 40
    assert judge_lists(few).estimate is None
    assert judge_lists([*few, both]).estimate is not None
    only_one = judge_lists([frozenset((FEED,))] * 40)
    assert (only_one.estimate, only_one.share, only_one.seen, only_one.lists) == (None, None, 40, {FEED: 40})
    nothing = judge_lists([frozenset()])
    assert (nothing.seen, nothing.lists, nothing.estimate) == (0, {}, None)


def test_a_list_that_showed_nothing_is_no_look() -> None:
    told = judge_lists([frozenset((FEED, SITEMAP))] * 9 + [frozenset((FEED,))] * 3 + [frozenset((SITEMAP,))] * 2)
    assert told.lists == {FEED: 12, SITEMAP: 11}
    assert told.estimate == chapman(12, 11, 9)
    assert told.share == pytest.approx(14 / (14 + chapman(12, 11, 9).missed))


@given(st.lists(st.frozensets(st.sampled_from(LISTS)), max_size=80))
def test_an_estimate_is_never_negative_and_lies_within_its_interval(pages: list[frozenset[str]]) -> None:
    told = judge_lists(pages)
    assert told.overlap <= told.seen <= len(pages)
    if told.estimate is not None:
        assert 0 <= told.estimate.low <= told.estimate.missed <= told.estimate.high


FEED_URL, MAP_URL, HOME = "https://gazette.test/feed", "https://gazette.test/sitemap.xml", "https://gazette.test/"


def night(folder: Path, *, first: bool = False) -> Path:
    """Thirty articles of one day on the lists, nine of them on two; and an old one that only the sitemap has."""
    with Sample(folder) as sample:
        sample.source("gazette")
        runs = [sample.run(NIGHT_1)] if first else [sample.run(NIGHT_1), sample.run(NIGHT_2)]
        if not first:
            sample.db.execute("update sources set first_seen_at = '2026-10-01T00:00:00Z'")
        for number in range(31):
            published = iso(NIGHT_1 if first else NIGHT_2) if number else "2019-05-01T08:00:00Z"
            id_ = sample.article(published_at=published, url=f"https://gazette.test/news/{number}")
            url_id = sample.url(f"https://gazette.test/news/{number}", article_id=id_)
            sample.outcome(runs[-1], url_id, "new")
            if number == 0 or number > 12:
                sample.sighting(runs[-1], url_id, MAP_URL, "sitemap")
            if 0 < number <= 21:
                sample.sighting(runs[-1], url_id, HOME, "section" if number % 2 else "front")
                sample.sighting(runs[-1], url_id, "sources.toml", "given")
        known = sample.url("https://gazette.test/known")
        sample.outcome(runs[-1], known, "known")
        sample.sighting(runs[-1], known, HOME, "front")
    return folder


@pytest.mark.parametrize("first", [True, False])
def test_a_nights_figures_come_from_where_its_new_articles_were_seen(tmp_path: Path, first: bool) -> None:
    with Archive(night(tmp_path, first=first)) as archive:
        told = archive.completeness(1 if first else 2)["gazette"]
        assert (told.seen, told.overlap, told.lists) == (30, 9, {SITEMAP: 18, FRONT: 21})
        assert told.estimate == chapman(18, 21, 9)
        with pytest.raises(NotFound, match="no run has the number 9"):
            archive.completeness(9)


def test_an_undated_article_counts_unless_the_source_is_read_for_the_first_time(tmp_path: Path) -> None:
    with Sample(night(tmp_path)) as sample:
        sample.db.execute("update articles set published_at = null")
    with Archive(tmp_path) as archive:
        assert archive.completeness(2)["gazette"].seen == 31
    with Sample(tmp_path) as sample:
        sample.db.execute("update sources set first_seen_at = '2026-11-11T02:00:00Z'")
    with Archive(tmp_path) as archive:
        assert archive.completeness(2) == {}


def test_the_runs_command_tells_what_was_missed_at_least(tmp_path: Path) -> None:
    folder = night(tmp_path)
    shown = CliRunner().invoke(archive_commands, ["runs", "2", "-a", str(folder)]).output
    estimate = chapman(18, 21, 9)
    interval = f"{estimate.low:.0f} to {estimate.high:.0f}"
    assert f"gazette: {estimate.missed:.0f} ({interval}), beside 30 seen: sitemap 18, front 21" in shown
    told = json.loads(CliRunner().invoke(archive_commands, ["runs", "2", "--json", "-a", str(folder)]).output)
    assert told["completeness"]["gazette"]["estimate"]["method"] == "chapman"
    assert told["completeness"]["gazette"]["lists"] == {"sitemap": 18, "front": 21}
