"""Times of day as papers of East Asia write them, and stamps in an abbreviation's title."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from archive.types import Article, Page
from pipelines import refine
from pipelines.clock import Clock
from pipelines.dates import read_date

FETCHED = datetime(2026, 11, 22, tzinfo=UTC)


@pytest.mark.parametrize(
    ("written", "hour", "minute"),
    [
        ("2026年11月16日 10時12分", 10, 12),
        ("2026年11月16日 午後1時5分", 13, 5),
        ("2026年11月16日 下午3点05分", 15, 5),
        ("2026년 11월 16일 오후 5시 5분", 17, 5),
        ("2026.11.16. 오전 12:05", 0, 5),
    ],
)
def test_a_time_with_noon_before_the_hour_is_read(written: str, hour: int, minute: int) -> None:
    moment = read_date(written, Clock(fetched_at=FETCHED))
    assert moment is not None
    assert moment.at == datetime(2026, 11, 16, hour, minute, tzinfo=UTC)
    assert moment.as_written == written


def page(head: str, timezone: str | None) -> Page:
    text = "<p>Vodostaj rijeke jutros je bio dva metra i sedamnaest centimetara, najviši otkad se mjeri.</p>"
    more = "<p>Most kod mlina zatvoren je za promet, a voda bi mogla rasti još dan dulje nego prije dvije godine.</p>"
    more += "<p>Vatrogasci su cijelu noć punili vreće pijeskom, a pomogli su im učenici srednje škole.</p>"
    body = f"<title>Voda raste</title><body><h1>Voda raste</h1>{head}<article>{text}{more}</article></body>".encode()
    url = "https://paper.example/2026/11/16/voda"
    headers = (("content-type", "text/html; charset=utf-8"),)
    return Page(url=url, final_url=url, headers=headers, body=body, fetched_at=FETCHED, timezone=timezone)


def published(head: str, timezone: str | None = None) -> datetime | None:
    article = refine(page(head, timezone))
    assert isinstance(article, Article)
    return article.published_at


def test_a_stamp_in_an_abbreviations_title_is_read() -> None:
    assert published('<abbr class="published" title="2026-11-16T07:12:00+01:00">07:12</abbr>') == datetime(
        2026, 11, 16, 6, 12, tzinfo=UTC
    )


def test_a_time_of_day_completes_the_day_of_the_address_where_the_papers_zone_is_known() -> None:
    shown = '<p class="date">2026年11月16日 10時12分</p>'
    assert published(shown, "Asia/Tokyo") == datetime(2026, 11, 16, 1, 12, tzinfo=UTC)
