"""When an article is asked for again: at declining ages, which start anew with each change."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.rhythm import NO_RHYTHM, Rhythm
from crawler.fetch.revisit import AGES, LIVE_AGES, RESTARTS, STEADY, STEADY_AGES, article_due

NOW = datetime(2026, 11, 22, 2, 0, tzinfo=UTC)
DAY = timedelta(days=1)


def visits(rhythm: Rhythm = NO_RHYTHM, *, start: datetime = NOW) -> list[timedelta]:
    """Ages at which an article that no longer changes is asked for by a crawl that never sleeps."""
    ages, at = [], start
    while (due := article_due(start, at, rhythm)) is not None:
        ages.append(due - start)
        at = due
    return ages


def test_an_article_is_asked_for_at_declining_ages_and_then_no_more() -> None:
    assert tuple(visits()) == AGES
    assert all(later - earlier >= earlier for earlier, later in pairwise(AGES[1:]))


def test_a_nightly_crawl_asks_three_times_however_late_it_comes() -> None:
    for minutes in (-20, 0, 45):
        nights, at, due = [], NOW, article_due(NOW, NOW)
        for night in range(1, 60):
            at = NOW + night * DAY + timedelta(minutes=minutes)
            if due is not None and due <= at:
                nights.append(night)
                due = article_due(NOW, at)
        assert nights in ([1, 7, 30], [1, 8, 31])


def test_the_ages_of_an_article_that_changed_begin_again() -> None:
    changed = Rhythm(changes=1, changed_at=NOW + 3 * DAY)
    assert article_due(NOW, NOW + 3 * DAY) == NOW + 7 * DAY
    assert article_due(NOW, NOW + 3 * DAY, changed) == NOW + 3 * DAY + AGES[0]
    settled = NOW + 3 * DAY + AGES[-1]
    assert article_due(NOW, settled, changed) is None


def test_a_page_that_is_different_at_every_visit_is_not_asked_for_for_ever() -> None:
    restless = Rhythm(changes=RESTARTS + 1, changed_at=NOW + 40 * DAY)
    assert article_due(NOW, NOW + 40 * DAY, restless) is None


def test_a_live_blog_is_asked_for_more_often_for_as_long_as_it_is_written() -> None:
    assert tuple(visits(Rhythm(live=True))) == LIVE_AGES
    assert LIVE_AGES[0] < AGES[0] and LIVE_AGES[-1] == AGES[-1]
    long = Rhythm(live=True, changes=3 * RESTARTS, changed_at=NOW + 2 * DAY)
    assert article_due(NOW, NOW + 2 * DAY, long) == NOW + 2 * DAY + LIVE_AGES[0]


def test_a_source_whose_articles_never_change_is_asked_less() -> None:
    assert tuple(visits(Rhythm(steady=STEADY))) == STEADY_AGES
    assert tuple(visits(Rhythm(steady=STEADY - 1))) == AGES
    assert len(STEADY_AGES) < len(AGES)
    one_that_did = Rhythm(steady=STEADY, changes=1, changed_at=NOW)
    assert article_due(NOW, NOW, one_that_did) == NOW + AGES[0]


_RHYTHMS = st.builds(
    Rhythm,
    changes=st.integers(0, 30),
    changed_at=st.none() | st.timedeltas(timedelta(0), 90 * DAY).map(lambda age: NOW + age),
    live=st.booleans(),
    steady=st.integers(0, 200),
)


@given(rhythm=_RHYTHMS, age=st.timedeltas(timedelta(0), 200 * DAY))
def test_the_next_visit_is_in_the_future_and_within_a_month_of_the_last_change(rhythm: Rhythm, age: timedelta) -> None:
    due = article_due(NOW, NOW + age, rhythm)
    if due is not None:
        assert due > NOW + age
        assert due <= max(NOW, rhythm.changed_at or NOW) + AGES[-1]
    else:
        assert age >= 0.9 * AGES[-1]


@pytest.mark.parametrize("rhythm", [NO_RHYTHM, Rhythm(live=True), Rhythm(steady=STEADY)])
def test_an_age_that_is_nearly_reached_counts(rhythm: Rhythm) -> None:
    assert article_due(NOW, NOW + DAY - timedelta(minutes=5), rhythm) in (NOW + 7 * DAY, NOW + 30 * DAY)
