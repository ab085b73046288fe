"""Every reason that the ledger may hold has words of its own."""

import pytest

from archive.reasons import because, happened, seen, stands
from archive.types import Outcome, Reason, State, Via

LEDGER = """robots.txt|robots-unreachable|off-site|scheme|redirects|bad-redirect|bad-encoding|too-large|url-too-long
dns|timeout|connection-refused|network|error|unexpected-304|damaged-capture|queued|not reached|limit
interrupted|asked to wait|no sitemap|private-address|certificate|trap|too-many-documents
backfill|out-of-range|night""".replace("\n", "|").split("|")


@pytest.mark.parametrize("reason", [*LEDGER, *Reason])
def test_a_reason_is_told_in_words(reason: str) -> None:
    told = because(reason)
    assert told is not None and told != reason and " " in told


@pytest.mark.parametrize(
    ("reason", "told"),
    [
        ("http-404", "the site answered 404 Not Found"),
        ("http-520", "the site answered 520"),
        ("http-999", "the site answered 999"),
        ("http-000", "the site answered 0"),
        ("of abcdefghij234567", "article abcdefghij234567"),
        ("never heard of", "never heard of"),
        (None, None),
    ],
)
def test_a_status_is_named_where_it_has_a_name(reason: str | None, told: str | None) -> None:
    assert because(reason) == told


def test_every_state_outcome_and_way_of_being_seen_has_words() -> None:
    assert all(" " in stands(state) for state in State)
    assert all(happened(outcome) != outcome for outcome in Outcome if outcome not in ("gone", "failed"))
    assert all(" " in seen(via) for via in Via)
