"""What an answer, or the lack of one, makes of a URL; and when it is asked for again."""

import gzip
import zlib
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scrapy.exceptions import CannotResolveHostError, DownloadCancelledError, DownloadTimeoutError, IgnoreRequest

from archive.ledger import Entry
from archive.types import Kind, Outcome, Reason, State
from crawler.fetch import judge
from crawler.fetch.guard import Refused
from crawler.fetch.revisit import AGES, article_due, failure_due, rejection_due
from crawler.rendering import RenderingFailed

NOW = datetime(2026, 11, 22, 2, 0, tzinfo=UTC)


def entry(kind: Kind = Kind.PAGE, state: State = State.FOUND, attempts: int = 0) -> Entry:
    return Entry(
        id=1,
        url="http://gazette.example/a",
        source="gazette",
        kind=kind,
        state=state,
        reason=None,
        first_seen_at=NOW - timedelta(hours=2),
        fetched_at=None,
        attempts=attempts,
        etag=None,
        last_modified=None,
        capture_id=None,
        article_id=None,
        hints=(),
    )


@pytest.mark.parametrize(
    ("status", "state", "outcome"),
    [
        (404, State.GONE, Outcome.GONE),
        (410, State.GONE, Outcome.GONE),
        (403, State.FAILED, Outcome.FAILED),
        (429, State.FAILED, Outcome.FAILED),
        (500, State.FAILED, Outcome.FAILED),
        (204, State.FAILED, Outcome.FAILED),
    ],
)
def test_a_status_is_the_reason(status: int, state: State, outcome: Outcome) -> None:
    verdict = judge.refused_status(entry(), status, NOW)
    assert (verdict.state, verdict.outcome, verdict.reason) == (state, outcome, f"http-{status}")


def test_a_document_has_no_part_in_the_funnel_of_pages() -> None:
    assert judge.refused_status(entry(Kind.FEED), 500, NOW).outcome is None
    assert judge.unchanged(entry(Kind.FEED, State.READ), NOW, 7).state is State.READ


@pytest.mark.parametrize("kind", [Kind.PAGE, Kind.FEED])
def test_unchanged_since_never_is_no_answer(kind: Kind) -> None:
    verdict = judge.unchanged(entry(kind), NOW, 7)
    assert (verdict.state, verdict.reason) == (State.FAILED, "unexpected-304")


@pytest.mark.parametrize(
    ("value", "wait"),
    [
        ("120", timedelta(seconds=120)),
        ("Sun, 22 Nov 2026 02:30:00 GMT", timedelta(minutes=30)),
        ("Sun, 22 Nov 2020 02:30:00 GMT", timedelta(0)),
        ("99999999999999999999", timedelta(days=7)),
        ("soon", timedelta(hours=1)),
        ("-5", timedelta(hours=1)),
        ("", timedelta(hours=1)),
        (None, timedelta(hours=1)),
    ],
)
def test_retry_after_in_seconds_or_as_a_date(value: str | None, wait: timedelta) -> None:
    assert judge.parse_retry_after(value, NOW) == wait
    assert judge.refused_status(entry(), 503, NOW, retry_after=value).due_at == NOW + wait


@given(value=st.text(max_size=40))
@settings(max_examples=100)
def test_any_retry_after_gives_a_bounded_wait(value: str) -> None:
    assert timedelta(0) <= judge.parse_retry_after(value, NOW) <= timedelta(days=7)


@pytest.mark.parametrize(
    ("error", "state", "reason"),
    [
        (Refused("off-site", "redirected to http://other.example/"), State.REFUSED, "off-site"),
        (Refused("robots.txt", ""), State.REFUSED, "robots.txt"),
        (Refused("robots-unreachable", "answered 503"), State.REFUSED, "robots-unreachable"),
        (IgnoreRequest("Dropped: exceeded DOWNLOAD_MAXSIZE"), State.FAILED, "too-large"),
        (zlib.error("invalid block"), State.FAILED, "bad-encoding"),
        (gzip.BadGzipFile("no"), State.FAILED, "bad-encoding"),
        (ValueError("Invalid IPv6 URL"), State.FAILED, "bad-redirect"),
        (IgnoreRequest("max redirections reached"), State.FAILED, "redirects"),
        (CannotResolveHostError(), State.FAILED, "dns"),
        (DownloadTimeoutError(), State.FAILED, "timeout"),
        (DownloadCancelledError(), State.FAILED, "too-large"),
        (RuntimeError("odd"), State.FAILED, "error"),
    ],
)
def test_each_failure_has_a_name(error: Exception, state: State, reason: str) -> None:
    verdict = judge.no_answer(entry(), error, NOW)
    assert (verdict.state, verdict.reason) == (state, reason)
    assert verdict.detail or reason == "robots.txt"


def test_failures_are_retried_ever_more_rarely_and_given_up() -> None:
    waits = [failure_due(n, NOW) for n in range(11)]
    assert [w - NOW if w else None for w in waits] == [
        *(timedelta(hours=2**n) for n in range(8)),
        timedelta(days=7),
        timedelta(days=7),
        None,
    ]  # fmt: skip


def test_an_article_is_asked_for_again_at_declining_ages() -> None:
    dues, at = [], NOW
    while (due := article_due(NOW, at)) is not None:
        dues.append(due - NOW)
        at = due
    assert tuple(dues) == AGES


def test_a_refusal_that_may_pass_is_looked_at_again_and_an_index_page_is_not() -> None:
    assert rejection_due(Reason.CONSENT_WALL, NOW, NOW) == NOW + AGES[0]
    assert rejection_due(Reason.INDEX_PAGE, NOW, NOW) is None


def test_a_page_whose_browser_was_lost_is_due_at_once_and_one_that_failed_as_an_article() -> None:
    lost = judge.no_rendering(entry(), RenderingFailed("browser-lost", "killed"), NOW)
    assert (lost.state, lost.outcome, lost.due_at) == (State.FAILED, Outcome.FAILED, NOW)
    late = judge.no_rendering(entry(), RenderingFailed("render-timeout", "20 s"), NOW)
    assert late.due_at is not None and late.due_at > NOW
