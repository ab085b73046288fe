"""When a feed, sitemap, front or section page is read again: by its silence, within bounds."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.ledger import Entry, Verdict
from archive.types import Hint, Kind, Link, State, Via
from crawler.fetch import judge
from crawler.fetch.polling import (
    BOUNDS,
    INDEX_BOUND,
    document_due,
    is_due,
    newest_of,
    poll_again,
    quiet_since,
)
from tests.crawler.test_judge import entry as page_entry

NOW = datetime(2026, 11, 22, 2, 0, tzinfo=UTC)
DAY = timedelta(days=1)
READ = Verdict(state=State.READ, outcome=None)


def document(kind: Kind = Kind.SITEMAP, **known: object) -> Entry:
    return replace(page_entry(kind, State.READ), **known)  # type: ignore[arg-type]


def nights_read(kind: Kind, nights: int, *, silent_from: int = 0) -> list[int]:
    """Nights on which a document is asked that last brought something new on night ``silent_from``."""
    due, read = NOW, []
    for night in range(nights):
        at = NOW + night * DAY
        if due <= at:
            read.append(night)
            due = document_due(kind, max(NOW, min(at, NOW + silent_from * DAY)), at)
    return read


@pytest.mark.parametrize("kind", [Kind.FEED, Kind.FRONT])
def test_feeds_and_fronts_are_read_every_night_however_silent(kind: Kind) -> None:
    assert nights_read(kind, 400) == list(range(400))


def test_a_sitemap_that_yields_every_night_is_read_every_night() -> None:
    assert nights_read(Kind.SITEMAP, 100, silent_from=100) == list(range(100))


def test_a_sitemap_that_fell_silent_is_asked_ever_more_rarely() -> None:
    read = nights_read(Kind.SITEMAP, 365)
    assert read[:9] == list(range(9))  # the first week
    assert len([night for night in read if night >= 180]) <= 8
    assert max(later - earlier for earlier, later in pairwise(read)) <= 31


@given(kind=st.sampled_from(sorted(BOUNDS)), silence=st.timedeltas(timedelta(0), 4000 * DAY), index=st.booleans())
def test_a_document_waits_an_eighth_of_its_silence_and_no_longer_than_its_bound(
    kind: Kind, silence: timedelta, index: bool
) -> None:
    wait = document_due(kind, NOW - silence, NOW, is_index=index) - NOW
    assert timedelta(0) <= wait <= silence / 8
    assert wait <= (INDEX_BOUND if index else BOUNDS[kind])


def test_a_sitemap_of_past_months_is_silent_since_its_newest_entry_when_it_is_first_met() -> None:
    new = document(fetched_at=None)
    old = NOW - 400 * DAY
    assert quiet_since(new, NOW, fresh=500, newest=old) == old
    assert quiet_since(new, NOW, fresh=500, newest=NOW - 2 * DAY) == NOW
    assert quiet_since(new, NOW, fresh=500, newest=None) == NOW
    known = document(yielded_at=old)
    assert quiet_since(known, NOW, fresh=0, newest=None) is None
    assert quiet_since(known, NOW, fresh=1, newest=old) == NOW


def test_the_newest_date_is_one_that_has_been() -> None:
    def link(published: str | None, modified: str | None = None) -> Link:
        hint = Hint(via=Via.SITEMAP, where="http://g.example/s", published=published, modified=modified)
        return Link(url="http://g.example/a", kind=Kind.PAGE, hint=hint)

    links = [link("2026-11-01"), link(None, "2026-11-20T08:00:00Z"), link("2031-01-01"), link("soon"), link(None)]
    assert newest_of(links, NOW) == datetime(2026, 11, 20, 8, tzinfo=UTC)
    assert newest_of([link(None)], NOW) is None


def test_an_index_says_which_of_its_sitemaps_changed() -> None:
    sleeping = document(fetched_at=NOW - 10 * DAY, due_at=NOW + 5 * DAY)
    assert not is_due(sleeping, NOW)
    assert is_due(sleeping, NOW, said_modified="2026-11-21T20:00:00+00:00")
    assert not is_due(sleeping, NOW, said_modified="2026-11-10")
    assert is_due(document(fetched_at=NOW, due_at=NOW + DAY), NOW, said_modified="2026-11-22")  # the day goes on
    assert not is_due(sleeping, NOW, said_modified="last week")


def test_what_the_front_page_says_is_always_asked() -> None:
    assert is_due(document(Kind.FRONT, due_at=None), NOW)
    assert not is_due(document(Kind.FEED, due_at=None), NOW)
    assert is_due(document(Kind.FEED, due_at=NOW), NOW)


def test_a_list_that_fails_is_asked_every_night_but_for_the_sites_own_word() -> None:
    feed = document(Kind.FEED, attempts=9, yielded_at=NOW - DAY)
    broken = judge.refused_status(feed, 500, NOW)
    assert poll_again(feed, broken, NOW).due_at == NOW + BOUNDS[Kind.FEED]
    given_up = judge.refused_status(replace(feed, attempts=99), 500, NOW)
    assert given_up.due_at is None
    assert poll_again(feed, given_up, NOW).due_at == NOW + BOUNDS[Kind.FEED]
    patience = judge.refused_status(feed, 503, NOW, retry_after="200000")
    assert poll_again(feed, patience, NOW) == patience


def test_a_list_that_vanished_is_looked_for_and_a_guess_that_failed_in_a_month() -> None:
    feed = document(Kind.FEED, yielded_at=NOW - 100 * DAY)
    assert poll_again(feed, judge.refused_status(feed, 404, NOW), NOW).due_at == NOW + BOUNDS[Kind.FEED]
    assert poll_again(feed, judge.no_sitemap(NOW), NOW).due_at == NOW + 30 * DAY


def test_an_unchanged_list_keeps_its_silence() -> None:
    sitemap = document(yielded_at=NOW - 80 * DAY)
    assert poll_again(sitemap, judge.unchanged(sitemap, NOW, 7), NOW).due_at == NOW + 10 * DAY
    assert poll_again(sitemap, replace(READ, is_index=True), NOW).due_at == NOW + INDEX_BOUND
    assert poll_again(sitemap, replace(READ, yielded_at=NOW), NOW).due_at == NOW
