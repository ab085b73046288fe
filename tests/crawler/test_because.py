"""Why a URL is due when it is, in words."""

from dataclasses import replace
from datetime import timedelta

import pytest

from archive.ledger import Verdict
from archive.rhythm import Rhythm
from archive.types import Kind, Outcome, Reason, State
from crawler.fetch import judge
from crawler.fetch.because import span, why_due
from crawler.fetch.guard import Refused
from crawler.fetch.polling import poll_again
from crawler.fetch.revisit import article_due, rejection_due
from tests.crawler.test_judge import NOW, entry

DAY = timedelta(days=1)


def test_an_article_is_due_so_long_after_it_was_first_seen_or_changed() -> None:
    seen = entry(state=State.KEPT)  # two hours ago
    assert why_due(seen, judge.unchanged(seen, NOW, None), NOW) == "6 hours after it was first seen"
    changed = replace(seen, rhythm=Rhythm(changes=1, changed_at=NOW - timedelta(minutes=30)))
    assert why_due(changed, judge.unchanged(changed, NOW, None), NOW) == "1 hour after its text last changed"
    just_now = Verdict(
        state=State.KEPT,
        outcome=Outcome.UPDATED,
        due_at=article_due(seen.first_seen_at, NOW, Rhythm(changes=1, changed_at=NOW)),
    )
    assert why_due(seen, just_now, NOW) == "1 hour after its text was found changed"


def test_each_end_of_a_story_has_its_reason() -> None:
    for state in (State.KEPT, State.GONE, State.DUPLICATE, State.REJECTED, State.REFUSED, State.FAILED):
        told = why_due(entry(), Verdict(state=state, outcome=None), NOW)
        assert told is not None and " " in told
    assert why_due(entry(), Verdict(state=State.CAPTURED, outcome=None), NOW) is None


def test_failures_and_the_sites_own_word_are_told() -> None:
    twice = entry(attempts=1)
    assert why_due(twice, judge.refused_status(twice, 500, NOW), NOW) == "2 hours after the 2nd failure in a row"
    asked = judge.refused_status(twice, 503, NOW, retry_after="5400")
    assert why_due(twice, asked, NOW) == "the site asked to be left alone for 90 minutes"
    refused = judge.no_answer(entry(), Refused("robots.txt", ""), NOW)
    assert why_due(entry(), refused, NOW) == "what forbids it may have changed by then"


def test_a_document_is_due_by_its_silence() -> None:
    feed = replace(entry(Kind.FEED, State.READ), yielded_at=NOW - 16 * DAY)
    told = why_due(feed, poll_again(feed, judge.unchanged(feed, NOW, 1), NOW), NOW)
    assert told == "it has brought nothing new since 2026-11-06; asked after a time grown with its silence"
    fresh = poll_again(feed, Verdict(state=State.READ, outcome=None, yielded_at=NOW), NOW)
    assert why_due(feed, fresh, NOW) == "it is read in every run"
    assert why_due(feed, judge.no_sitemap(NOW), NOW) is not None


def test_a_page_refused_for_a_passing_reason_is_due_as_an_article_is() -> None:
    wall = entry()
    due = rejection_due(Reason.CONSENT_WALL, wall.first_seen_at, NOW)
    told = why_due(wall, Verdict(state=State.REJECTED, outcome=Outcome.REJECTED, due_at=due), NOW)
    assert told == "6 hours after it was first seen"


@pytest.mark.parametrize(
    ("seconds", "told"),
    [
        (1, "1 second"),
        (60, "1 minute"),
        (5400, "90 minutes"),
        (3600, "1 hour"),
        (86400, "1 day"),
        (7 * 86400 + 5, "7 days"),
        (-5, "0 seconds"),
    ],
)
def test_a_length_of_time_is_told_in_its_own_unit(seconds: int, told: str) -> None:
    assert span(timedelta(seconds=seconds)) == told
