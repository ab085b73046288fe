"""How a host is treated after what it answered: paces, pauses, and when its night is over."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from archive.hosts import HostState
from archive.writer import ArchiveWriter
from crawler.fetch import backoff
from crawler.fetch.backoff import LONGEST_DELAY, answered, delay_for, failed, new_night, pace, read_retry_after
from crawler.fetch.hosts import Hosts
from tests.conftest import open_archive

NOW = datetime(2026, 11, 22, 2, 0, tzinfo=UTC)
PAUSE = timedelta(minutes=5)
FRESH = HostState(host="gazette.example")


def answer(state: HostState, status: int, *, latency_s: float = 0.1, retry_after: str | None = None) -> HostState:
    return answered(state, status, latency_s=latency_s, retry_after=retry_after, now=NOW, longest_pause=PAUSE)


def repeat(step: Callable[[HostState], HostState], times: int, state: HostState = FRESH) -> HostState:
    for _ in range(times):
        state = step(state)
    return state


@pytest.mark.parametrize(
    ("value", "wait"),
    [
        ("120", timedelta(seconds=120)),
        ("Sun, 22 Nov 2026 02:30:00 GMT", timedelta(minutes=30)),
        ("Sun, 22 Nov 2020 02:30:00 GMT", timedelta(0)),
        ("9" * 5000, timedelta(days=7)),
        ("Fri, 31 Dec 9999 23:59:59 GMT", timedelta(days=7)),
        ("soon", None),
        ("-5", None),
        (None, None),
    ],
)
def test_retry_after_is_read_in_seconds_and_as_a_date(value: str | None, wait: timedelta | None) -> None:
    assert read_retry_after(value, NOW) == wait


def test_a_crawl_delay_holds_where_it_is_longer_up_to_a_minute() -> None:
    assert [delay_for(asked, 2.0) for asked in (None, 0.5, 10, 9000)] == [2.0, 2.0, 10, LONGEST_DELAY]


@given(
    floor=st.floats(0, 3600),
    latency=st.none() | st.floats(0, 600),
    slowdown=st.floats(1, 16),
    failures=st.integers(0, 50),
)
@settings(max_examples=200)
def test_no_pace_is_ever_faster_than_what_was_declared(
    floor: float, latency: float | None, slowdown: float, failures: int
) -> None:
    state = replace(FRESH, latency_s=latency, slowdown=slowdown, failures=failures)
    assert floor <= pace(state, floor) <= max(floor, LONGEST_DELAY)


def test_a_slow_host_is_asked_more_slowly_and_a_quick_one_no_faster_than_declared() -> None:
    slow = answer(FRESH, 200, latency_s=4.0)
    assert pace(slow, 1.0) == 12.0
    quick = repeat(partial(answer, status=200, latency_s=0.05), 20, slow)
    assert pace(quick, 1.0) == 1.0
    assert pace(slow, 0.0) == 0.0  # an operator's own machine


def test_bad_news_of_a_host_is_believed_sooner_than_good_news() -> None:
    steady = answer(FRESH, 200, latency_s=1.0)
    worse, better = answer(steady, 200, latency_s=3.0), answer(steady, 200, latency_s=0.0)
    assert (worse.latency_s, better.latency_s) == (2.0, 0.7)


def test_an_error_page_is_no_measure_of_how_quick_a_host_is() -> None:
    assert answer(answer(FRESH, 200, latency_s=2.0), 404, latency_s=0.01).latency_s == 2.0


def test_the_pauses_double_with_each_failure_and_one_good_answer_ends_that() -> None:
    paces = [pace(repeat(partial(failed, now=NOW), times), 1.0) for times in range(5)]
    assert paces == [1, 2, 4, 8, 16]
    assert pace(answer(repeat(partial(failed, now=NOW), 4), 200), 1.0) == 1.0


def test_a_short_wait_is_kept_within_the_night_and_the_host_asked_more_slowly_afterwards() -> None:
    state = answer(FRESH, 429, retry_after="30")
    assert (state.wait_until, state.nights, state.reason) == (NOW + timedelta(seconds=30), 0, "asked to wait")
    later = replace(state, wait_until=None)
    assert pace(later, 1.0) == 2.0
    assert pace(repeat(partial(answer, status=200), 60, later), 1.0) == 1.0


def test_a_long_wait_ends_the_night_and_is_kept_to_the_second() -> None:
    state = answer(FRESH, 503, retry_after="7200")
    assert (state.wait_until, state.nights) == (NOW + timedelta(hours=2), 1)


def test_a_host_that_does_not_say_how_long_is_given_longer_and_longer() -> None:
    waits, state = [], FRESH
    for _ in range(4):
        state = answer(state, 429)
        assert state.wait_until is not None
        waits.append(state.wait_until - NOW)
    assert waits == [timedelta(minutes=1), timedelta(minutes=2), timedelta(minutes=4), timedelta(hours=1)]
    assert state.nights == 1


def test_too_many_short_waits_in_a_row_end_the_night() -> None:
    state = repeat(partial(answer, status=429, retry_after="1"), backoff.MOST_PAUSES)
    assert (state.wait_until, state.nights) == (NOW + timedelta(hours=1), 1)


@pytest.mark.parametrize(
    ("step", "times", "reason"),
    [
        (partial(failed, now=NOW), backoff.MOST_FAILURES, "host fails"),
        (partial(answer, status=502), backoff.MOST_FAILURES, "host fails"),
        (partial(answer, status=403), backoff.MOST_REFUSALS, "host refuses"),
    ],
)
def test_faults_in_a_row_end_the_night(step: Callable[[HostState], HostState], times: int, reason: str) -> None:
    almost = repeat(step, times - 1)
    assert (almost.nights, almost.wait_until) == (0, None)
    over = step(almost)
    assert (over.nights, over.wait_until, over.reason) == (1, NOW + timedelta(hours=1), reason)
    assert repeat(step, times - 1, answer(almost, 200)).nights == 0  # a good answer in between


def test_a_missing_page_is_no_fault_of_its_host() -> None:
    state = repeat(partial(answer, status=404), 50)
    assert (state.nights, pace(state, 1.0)) == (0, 1.0)


def test_after_a_night_that_ended_early_one_fault_ends_the_next_and_the_rest_grows_to_less_than_a_day() -> None:
    state, rests = repeat(partial(failed, now=NOW), backoff.MOST_FAILURES), []
    for _ in range(6):
        state = failed(new_night(state), NOW)
        assert state.wait_until is not None
        rests.append(int((state.wait_until - NOW).total_seconds() // 3600))
    assert rests == [2, 4, 8, 16, 20, 20]
    well = answer(replace(new_night(state), wait_until=None), 200)
    assert (well.nights, new_night(well).failures) == (0, 0)


def test_an_answer_that_was_under_way_ends_no_rest() -> None:
    resting = answer(FRESH, 429, retry_after="7200")
    after = answer(resting, 200)
    assert (after.wait_until, after.nights) == (resting.wait_until, 1)


# ── between nights ───────────────────────────────────────────────────────────────────────────────────


def open_hosts(writer: ArchiveWriter, *, most_requests: int = 0) -> Hosts:
    return Hosts(writer.hosts, longest_pause=PAUSE, most_requests=most_requests)


def test_what_is_known_of_a_host_is_known_in_the_next_night(tmp_path: Path) -> None:
    now = datetime.now(UTC)
    with open_archive(tmp_path) as writer:
        hosts = open_hosts(writer)
        ask = partial(answered, status=429, latency_s=None, retry_after="7200", now=now, longest_pause=PAUSE)
        rest = hosts.change("gazette.example", ask)
        assert rest is not None and rest.over
        hosts.save()
    with ArchiveWriter(tmp_path, purpose="test") as writer:
        rest = open_hosts(writer).rest("gazette.example")
        assert rest is not None
        assert (rest.over, rest.reason) == (True, "asked to wait")
        assert 7190 < rest.seconds <= 7201  # to a whole second, never sooner
        assert open_hosts(writer).state("gazette.example").slowdown == 2.0


def test_a_short_rest_left_over_from_the_last_night_is_waited_for(tmp_path: Path) -> None:
    with open_archive(tmp_path) as writer:
        soon = datetime.now(UTC) + timedelta(seconds=60)
        writer.hosts.save(HostState(host="gazette.example", wait_until=soon, reason="asked to wait"), NOW)
        rest = open_hosts(writer).rest("gazette.example")
        assert rest is not None
        assert not rest.over
        past = datetime.now(UTC) - timedelta(seconds=1)
        writer.hosts.save(HostState(host="gazette.example", wait_until=past, reason="host fails", nights=1), NOW)
        assert open_hosts(writer).rest("gazette.example") is None


def test_no_more_than_so_many_requests_go_to_one_host(tmp_path: Path) -> None:
    with open_archive(tmp_path) as writer:
        hosts = open_hosts(writer, most_requests=2)
        hosts.count("gazette.example")
        assert hosts.rest("gazette.example") is None
        hosts.count("gazette.example")
        rest = hosts.rest("gazette.example")
        assert rest is not None
        assert (rest.reason, rest.over) == ("host limit", True)
        assert hosts.rest("other.example") is None
