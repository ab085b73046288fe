from __future__ import annotations

from datetime import UTC, datetime

import pytest
from lxml.html import document_fromstring

from archive.types import Article, Hint, Page, Precision, Via
from pipelines import extract, refine
from pipelines.landmarks import find_landmarks

TEXT = "".join(
    f"<p>{text}</p>"
    for text in (
        "The harbour office has let the north quay to a ropemaker, who wants to show visitors how hemp was once spun.",
        "The lease runs for nine years. Nothing may be built on the quay itself, and the crane must stay where it is.",
        "Its owner, a cousin of the last ropemaker of the town, found the tools in a barn and the trade in a book.",
        "The first ropes will go to the rowing club, which has been tying its boats up with washing line since spring.",
    )
)


def clean(
    head: str = "", above: str = "", below: str = "", *, timezone: str | None = None, hint: Hint | None = None
) -> Article:
    """An article with its headline, and what stands in its head, above the headline and below it."""
    html = (
        f"<html lang='en-US'><head><title>Ropes again</title>{head}</head>"
        f"<body>{above}<article><h1>Ropes again</h1>{below}{TEXT}</article></body></html>"
    )
    page = Page(
        url="https://harbour.example/ropes",
        final_url="https://harbour.example/ropes",
        body=html.encode(),
        fetched_at=datetime(2026, 11, 22, 2, tzinfo=UTC),
        timezone=timezone,
        hints=(hint,) if hint else (),
    )
    article = refine(page)
    assert isinstance(article, Article), article
    return article


def meta(name: str, content: str) -> str:
    return f"<meta property='{name}' content='{content}'>"


def test_a_feeds_midnight_is_a_day() -> None:
    hint = Hint(via=Via.FEED, where="https://harbour.example/feed", published="Sat, 14 Nov 2026 00:00:00 +0100")
    article = clean(hint=hint)
    assert article.published_at == datetime(2026, 11, 14, tzinfo=UTC)
    assert article.published_precision is Precision.DAY


@pytest.mark.parametrize("content", ["2026-11-24T08:00:00Z", "1970-01-01T00:00:00Z", "0001-01-01T00:00:00"])
def test_a_date_after_the_fetch_or_of_a_placeholder_is_none(content: str) -> None:
    assert clean(meta("article:published_time", content)).published_at is None


def test_a_date_before_the_web_is_believed_of_markup_and_not_of_a_line() -> None:
    told = clean(meta("article:published_time", "1962-02-17T08:00:00+01:00"))
    assert told.published_at == datetime(1962, 2, 17, 7, tzinfo=UTC)
    assert clean(below="<p>17 February 1962</p>").published_at is None


def test_a_name_that_a_house_made_up_is_understood() -> None:
    assert clean(meta("w-published-date", "2026-11-10T06:03:43.274Z")).published_at is not None


def test_a_day_takes_the_hour_that_another_place_has_for_it() -> None:
    article = clean(
        meta("article:published_time", "2026-11-10"), below="<time datetime='2026-11-10T14:05:00Z'>10 Nov</time>"
    )
    assert article.published_at == datetime(2026, 11, 10, 14, 5, tzinfo=UTC)


def test_two_days_told_with_the_same_right_are_a_conflict() -> None:
    node = '{"@type": "NewsArticle", "datePublished": "2026-11-06T08:00:00Z"}'
    head = meta("article:published_time", "2026-11-10T08:00:00Z")
    origin = clean(f"{head}<script type='application/ld+json'>{node}</script>").origins["published_at"]
    assert origin.conflict
    assert origin.rivals == (("meta", "2026-11-10T08:00:00Z"),)


def test_a_stamp_in_utc_and_its_day_in_another_zone_are_no_conflict() -> None:
    article = clean(
        meta("article:published_time", "2026-11-11T02:30:00Z"), below="<p class='date'>November 10, 2026</p>"
    )
    assert not article.origins["published_at"].conflict
    assert article.published_at == datetime(2026, 11, 11, 2, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    "below",
    [
        "<div class='modified-date'><time datetime='2026-11-12'>November 12, 2026</time></div>",
        "<div><b>Last updated on</b> <time datetime='2026-11-12'>November 12, 2026</time></div>",
        "<p>Last updated:</p><p>November 12, 2026</p>",
        "<p>Updated <span>November 12, 2026</span></p>",
    ],
)
def test_a_day_of_change_stands_in_for_the_publication_only_where_nothing_else_is_told(below: str) -> None:
    article = clean(below=below)
    assert article.published_at == article.modified_at == datetime(2026, 11, 12, tzinfo=UTC)
    assert article.origins["published_at"].inferred == "change"
    assert article.origins["published_at"].confidence == 0.5
    told = clean(meta("article:published_time", "2024-03-01T09:00:00Z"), below=below)
    assert told.published_at == datetime(2024, 3, 1, 9, tzinfo=UTC)
    assert told.modified_at == datetime(2026, 11, 12, tzinfo=UTC)
    assert told.origins["published_at"].inferred is None


@pytest.mark.parametrize(
    "below",
    [
        "<p>Reviewed on November 12, 2026</p>",
        "<p>Last active November 12, 2026</p>",
        "<p>Originally published in March 2022. Last updated on November 12, 2026.</p>",
        "<p>Updated November 12, 2026</p><p>Updated November 2, 2026</p>",
        "<p>Updated November 12</p>",
        "<p>Updated November 12, 2026</p>"
        + "".join(f"<article><time datetime='2026-10-0{n}'>{n} October 2026</time></article>" for n in range(1, 8)),
    ],
)
def test_what_changes_nothing_is_doubtful_or_one_of_many_does_not_stand_in_for_the_publication(below: str) -> None:
    assert clean(below=below).published_at is None


def test_a_change_that_only_markup_tells_does_not_stand_in_for_the_publication() -> None:
    assert clean(meta("article:modified_time", "2026-11-12T08:00:00Z")).published_at is None


def test_the_papers_own_date_over_its_pages_is_not_the_articles() -> None:
    above = "<div class='date'>Sunday, November 22, 2026</div>"
    assert clean(above=above).published_at is None
    assert clean(below=above).published_at == datetime(2026, 11, 22, tzinfo=UTC)


def test_a_date_that_begins_a_line_far_below_is_read_by_its_label() -> None:
    lines = "".join(f"<div>Part {number}</div>" for number in range(50))
    article = clean(below=lines + "<div>Posted on April 13, 2026</div>")
    assert article.published_at == datetime(2026, 4, 13, tzinfo=UTC)


@pytest.mark.parametrize(
    "below",
    [
        "<p class='date'>November 3, 2026. <i>Updated: November 7, 2026</i></p>",
        "<p>Published November 3, 2026 | Updated November 7, 2026</p>",
        "<p>Updated: November 7, 2026 · Published: November 3, 2026</p>",
        "<div class='byline'>By Ana Kovač, posted November 3, 2026, updated November 7, 2026</div>",
    ],
)
def test_a_line_that_tells_of_both_has_two_dates(below: str) -> None:
    article = clean(below=below)
    assert article.published_at == datetime(2026, 11, 3, tzinfo=UTC)
    assert article.modified_at == datetime(2026, 11, 7, tzinfo=UTC)


def test_days_from_one_to_another_are_those_of_an_event() -> None:
    assert clean(below="<p>Date: 2026-11-12 – 2026-11-17</p>").published_at is None
    assert clean(below="<p>Date: 2026-11-12</p>").published_at == datetime(2026, 11, 12, tzinfo=UTC)


def test_dates_of_teasers_far_below_do_not_weaken_the_one_under_the_headline() -> None:
    teasers = "".join(f"<h4>Crane {n}</h4><p class='date'>November {n}, 2026</p>" for n in range(18, 21))
    article = clean(below=f"<div class='date'>October 7, 2026</div>{TEXT}{teasers}")
    assert article.published_at == datetime(2026, 10, 7, tzinfo=UTC)


def test_an_earlier_date_among_teasers_does_not_count_where_the_byline_has_the_day_that_is_told() -> None:
    head = meta("article:published_time", "2026-10-14T08:49:56+00:00")
    byline = "<div class='byline'>Ana Kovač October 14, 2026</div>"
    article = clean(head, below=f"{byline}<div class='date'>October 7, 2026</div>")
    assert article.published_at == datetime(2026, 10, 14, 8, 49, 56, tzinfo=UTC)


def test_a_vague_date_on_the_day_of_the_last_change_yields_to_the_one_that_is_shown() -> None:
    vague = "<meta name='dc.date' content='2026-07-05T14:20:08Z'>"
    changed = meta("article:modified_time", "2026-07-05T14:20:08Z")
    shown = f"{TEXT}<time datetime='2026-03-01'>March 1, 2026</time>"
    assert clean(vague + changed, below=shown).published_at == datetime(2026, 3, 1, tzinfo=UTC)
    assert clean(vague, below=shown).published_at == datetime(2026, 7, 5, 14, 20, 8, tzinfo=UTC)
    assert clean(vague + changed).published_at == datetime(2026, 7, 5, 14, 20, 8, tzinfo=UTC)


def test_a_menu_that_was_never_closed_does_not_hide_the_articles_head() -> None:
    head = (
        "<a href='/'>Home</a><h1>Ropes again</h1><p class='byline'>By Ana Kovač</p><p class='date'>November 3, 2026</p>"
    )
    swallowed = find_landmarks(document_fromstring(f"<body><nav>{head}{TEXT}</nav></body>"))
    assert swallowed.bylines == [("By Ana Kovač", 1)]
    assert [stamp.shown for stamp in swallowed.stamps] == ["November 3, 2026"]
    closed = find_landmarks(document_fromstring(f"<body><nav>{head}</nav>{TEXT}</body>"))
    assert not closed.bylines


def test_what_a_front_page_tells_in_its_head_is_not_the_date_of_an_article() -> None:
    told = meta("article:published_time", "2021-05-24")
    page = f"<html><head><title>Ropes again</title>{told}</head><h1>Ropes again</h1>{TEXT}"
    for url, date in (
        ("https://harbour.example/ropes", datetime(2021, 5, 24, tzinfo=UTC)),
        ("https://anakovac.example/", None),
    ):
        article = extract(page, url, datetime(2026, 11, 22, tzinfo=UTC))
        assert isinstance(article, Article), article
        assert article.published_at == date
