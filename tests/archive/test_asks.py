"""What signals of rights would ask of us: the one module that interprets them."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.asks import ASKS, Signal, find_asks, fits
from archive.rights import Rights
from archive.writer import ArchiveWriter

NOW = datetime(2026, 11, 22, 2, 0, tzinfo=UTC)
PAGE = "http://gazette.example/2026/bridge?page=2"


def said(*pairs: tuple[str, str]) -> list[Signal]:
    return [Signal(signal=name, value=value, where=PAGE, at=NOW) for name, value in pairs]


@pytest.mark.parametrize(
    ("signal", "value", "asks"),
    [
        ("x-robots-tag", "noarchive", {"noarchive"}),
        ("x-robots-tag", "NoIndex , NOAI", {"noindex", "noai"}),
        ("x-robots-tag", "none", {"noindex"}),
        ("x-robots-tag", "otherbot: noarchive", set()),
        ("x-robots-tag", "nightdesk: noarchive, nosnippet", {"noarchive", "nosnippet"}),
        ("x-robots-tag", "max-snippet: 0", {"nosnippet"}),
        ("x-robots-tag", "max-snippet: 50", set()),
        ("x-robots-tag", "unavailable_after: 25 Jun 2030 15:00:00 GMT", set()),
        ("robots", "index, follow, noimageai", {"noimageai"}),
        ("otherbot", "noindex", set()),
        ("nightdesk", "noindex", {"noindex"}),
        ("tdm-reservation", "1", {"notdm"}),
        ("tdm-reservation", "0", set()),
        ("content-usage", "train-ai=n, search=y", {"noai"}),
        ("content-usage", "search=n;exact, tdm=n", {"noindex", "notdm"}),
        ("content-usage", "train-ai=y", set()),
        ("robots.txt content-usage for *", "train-ai=n", {"noai"}),
        ("robots.txt content-usage for *", "/2026/ train-ai=n", {"noai"}),
        ("robots.txt content-usage for *", "/2025/ train-ai=n", set()),
        ("robots.txt content-usage for otherbot, nightdesk", "train-ai=n", {"noai"}),
        ("robots.txt content-usage for otherbot", "train-ai=n", set()),
        ("robots.txt content-signal for *", "search=yes, ai-train=no", {"noai"}),
        ("tdmrep.json", '{"location": "/2026/*", "tdm-reservation": 1}', {"notdm"}),
        ("tdmrep.json", '{"location": "/2025/*", "tdm-reservation": 1}', set()),
        ("tdmrep.json", '{"location": 5}', set()),
        ("tdmrep.json", "not JSON", set()),
        ("license", "https://licence.example/by/4.0/", set()),
    ],
)
def test_a_signal_asks_for_what_it_says_and_only_of_whom_it_names(signal: str, value: str, asks: set[str]) -> None:
    assert {ask.what for ask in find_asks(said((signal, value)), PAGE)} == asks


def test_of_several_rules_for_a_page_the_longest_path_counts() -> None:
    allowed = ("robots.txt content-usage for *", "/2026/ train-ai=y")
    assert find_asks(said(("robots.txt content-usage for *", "train-ai=n"), allowed), PAGE) == ()
    free = ("tdmrep.json", '{"location": "/2026/*", "tdm-reservation": 0}')
    assert find_asks(said(("tdmrep.json", '{"location": "/*", "tdm-reservation": 1}'), free), PAGE) == ()


def test_the_group_that_names_us_takes_the_place_of_the_one_for_all() -> None:
    ours = ("robots.txt content-usage for nightdesk", "train-ai=y")
    assert find_asks(said(("robots.txt content-usage for *", "train-ai=n"), ours), PAGE) == ()


def test_what_is_asked_twice_is_told_once_with_its_first_signal() -> None:
    (ask,) = find_asks(said(("x-robots-tag", "noai"), ("content-usage", "train-ai=n")), PAGE)
    assert (ask.what, ask.signal, ask.words) == ("noai", "x-robots-tag", ASKS["noai"])


@pytest.mark.parametrize(
    ("pattern", "matches"),
    [
        ("/", True),
        ("*", True),
        ("/2026/", True),
        ("/2026/*page=2$", True),
        ("/2026/bridge$", False),
        ("/20*/bridge", True),
        ("/*.pdf$", False),
        ("/%32026/", True),
        ("2026", False),
    ],
)
def test_a_path_pattern_is_read_as_in_robots_txt(pattern: str, matches: bool) -> None:
    assert fits(pattern, PAGE) is matches


@given(name=st.sampled_from(["x-robots-tag", "content-usage", "tdmrep.json"]), value=st.text(max_size=60))
def test_no_value_however_odd_is_more_than_it_says(name: str, value: str) -> None:
    assert {ask.what for ask in find_asks(said((name, value)), PAGE)} <= set(ASKS)


def test_the_ground_that_holds_is_the_one_that_was_declared_at_the_time(writer: ArchiveWriter) -> None:
    days = [datetime(2026, 11, day, tzinfo=UTC) for day in (1, 2, 3, 4)]
    for day, basis in zip(days[1:], ("permission", "permission", None), strict=True):
        writer.rights.declare("gazette", basis, day)

    def at(day: datetime) -> Rights:
        return writer.rights.of_page(None, PAGE, "gazette", day)

    assert [at(day).basis for day in days] == [None, "permission", "permission", None]
    assert writer.db.execute("select count(*) from bases").fetchone() == (2,)
