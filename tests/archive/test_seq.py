from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.seq import SLOTS_PER_SECOND, seq_floor

moments = st.datetimes(
    min_value=datetime(1700, 1, 1),  # noqa: DTZ001  hypothesis wants naive bounds
    timezones=st.just(UTC),
)


def test_a_second_is_its_epoch_seconds_times_the_slots() -> None:
    assert seq_floor(datetime(1970, 1, 1, 0, 0, 2, tzinfo=UTC)) == 2 * SLOTS_PER_SECOND


def test_moments_before_1970_are_negative_and_still_in_order() -> None:
    assert seq_floor(datetime(1969, 12, 31, 23, 59, 59, 500_000, tzinfo=UTC)) == -SLOTS_PER_SECOND


def test_the_zone_does_not_matter_only_the_moment() -> None:
    utc = datetime(2026, 11, 10, 12, tzinfo=UTC)
    assert seq_floor(utc) == seq_floor(utc.astimezone(timezone(timedelta(hours=9))))


def test_a_naive_moment_is_refused() -> None:
    with pytest.raises(TypeError):
        seq_floor(datetime(2026, 11, 10))  # noqa: DTZ001


@given(moments, moments)
def test_order_of_moments_is_order_of_numbers(one: datetime, other: datetime) -> None:
    if one <= other:
        assert seq_floor(one) <= seq_floor(other)


@given(moments)
def test_every_number_of_a_second_fits_below_the_next_second(moment: datetime) -> None:
    if moment < datetime(9999, 12, 31, tzinfo=UTC):
        assert seq_floor(moment) + SLOTS_PER_SECOND == seq_floor(moment + timedelta(seconds=1))
        assert -(2**63) <= seq_floor(moment) < 2**63
