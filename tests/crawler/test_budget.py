"""What a run may cost, and until when it may go on."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest

from crawler.night.budget import Budget, Limits, read_deadline, read_limits

NOW = datetime(2026, 11, 22, 2, 0, tzinfo=UTC)


def test_a_bare_number_is_of_requests_and_one_with_a_unit_of_bytes() -> None:
    assert read_limits(("20000", "1.5GB")) == Limits(requests=20_000, bytes=1_500_000_000)
    assert read_limits(("512 KiB",)) == Limits(bytes=524_288)
    assert read_limits(()) == Limits()


@pytest.mark.parametrize("text", ["", "many", "-3", "0", "1.5", "5 parrots", "GB", "0MB"])
def test_what_is_no_amount_is_named(text: str) -> None:
    with pytest.raises(ValueError, match="neither a number of requests"):
        read_limits((text,))


def test_the_same_kind_twice_is_a_mistake() -> None:
    with pytest.raises(ValueError, match="requests was given already"):
        read_limits(("20", "30"))


def test_a_run_without_limits_is_never_over() -> None:
    budget = Budget()
    budget.spend("courier", requests=10**6, size=10**12)
    assert budget.over("courier", NOW) is None


def test_the_whole_run_ends_when_its_budget_is_spent_by_whomever() -> None:
    budget = Budget(Limits(requests=3))
    budget.spend("courier", requests=2)
    assert budget.over("ledger", NOW) is None
    budget.spend(None, requests=1)
    assert budget.over("ledger", NOW) == budget.over(None, NOW) == "budget"


def test_a_source_that_has_spent_its_own_does_not_end_the_others() -> None:
    budget = Budget(per_source={"courier": Limits(bytes=1000)})
    budget.spend("courier", requests=1, size=1000)
    assert budget.over("courier", NOW) == "budget"
    assert budget.over("ledger", NOW) is budget.over(None, NOW) is None


def test_nothing_is_begun_from_the_deadline_on() -> None:
    budget = Budget(deadline=NOW)
    assert budget.over("courier", NOW - timedelta(seconds=1)) is None
    assert budget.over("courier", NOW) == "deadline"


def test_a_sources_own_limit_goes_before_the_general_one() -> None:
    assert Limits(requests=5) | Limits(requests=9, bytes=7) == Limits(requests=5, bytes=7)


def test_a_deadline_is_the_next_time_that_the_clock_shows_it() -> None:
    zone = timezone(timedelta(hours=1))
    assert read_deadline("06:00", datetime(2026, 11, 22, 2, 0, tzinfo=zone)) == datetime(
        2026, 11, 22, 6, 0, tzinfo=zone
    )
    assert read_deadline("6:00", datetime(2026, 11, 22, 6, 0, tzinfo=zone)).day == 23


@pytest.mark.parametrize("text", ["24:00", "6", "06:60", "six", "06:00:00"])
def test_what_is_no_time_of_the_day_is_named(text: str) -> None:
    with pytest.raises(ValueError, match="no time of the day"):
        read_deadline(text, NOW)
