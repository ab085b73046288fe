"""What single lines are: furniture, captions, bylines; and what a list of blocks loses to them."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.blocks import Block
from pipelines.boilerplate import Known, clean
from pipelines.candidates import Candidate, choose
from pipelines.captions import looks_like_caption, split_credit
from pipelines.dates import Clock
from pipelines.headline import without_site
from pipelines.phrases import ends_the_text, is_furniture, reading_minutes

LONG = (
    "The town council voted on Tuesday night to keep the ferry running through the winter, "
    "ending a quarrel that had gone on since the spring."
)
OTHER = (
    "Eleven of the fifteen members were in favour. The mayor, who had warned of the cost, "
    "abstained and left before the result was read out."
)
KNOWN = Known(
    title="Ferry to run",
    names=("Jo Doe",),
    captions=("Ice on the pier. Photo: Mia Roe",),
    links=frozenset({"Sport", "Print page", "Weather"}),
    clock=Clock(fetched_at=datetime(2026, 11, 22, tzinfo=UTC)),
)


def texts(*blocks: Block | str) -> list[str]:
    given_blocks = [Block(kind="paragraph", text=block) if isinstance(block, str) else block for block in blocks]
    return [block.text for block in clean(given_blocks, KNOWN).blocks]


@pytest.mark.parametrize(
    "line",
    [
        "top of page",
        "Bottom of Page",
        "Comments",
        "Share this:",
        "Read more: the pier",
        "Lesen Sie auch: Der Steg",
        "Lire aussi : le quai",
        "Pročitajte još: Gat zatvoren",
        "Sign up for our newsletter and miss nothing",
        "Advertisement",
        "© 2026 The Gazette",
        "12 comments",
        "Your email address will not be published.",
        "Tags: ferry, pier",
        "•",
        "→ Related: The pier",
    ],
)
def test_furniture_is_known_by_its_words(line: str) -> None:
    assert is_furniture(line)


@pytest.mark.parametrize(
    "line",
    [
        "Comments by the mayor were not recorded.",
        "Share prices fell.",
        "“Read more,” she said.",
        "The top of page three",
        "Related work is scarce.",
        "Advertisement for myself is what he called it, and he meant it.",
        "Subscribers pay for the paper.",
        LONG,
    ],
)
def test_sentences_are_no_furniture(line: str) -> None:
    assert not is_furniture(line)


@pytest.mark.parametrize(
    ("line", "minutes"),
    [
        ("3 min read", 3),
        ("3-minute read", 3),
        ("Lesezeit: 4 Minuten", 4),
        ("Reading time: 12 mins", 12),
        ("5 min de lecture", 5),
        ("Temps de lecture : 6 min", 6),
        ("Vrijeme čitanja: 2 min", 2),
        ("7 min.", 7),
        ("It took 3 minutes to read the note.", None),
        ("3 minutes later", None),
        ("0 min read", None),
        ("read", None),
    ],
)
def test_reading_times_are_read(line: str, minutes: int | None) -> None:
    assert reading_minutes(line) == minutes


@pytest.mark.parametrize(
    ("text", "caption", "credit"),
    [
        ("Talks. (Credit: Harbour News)", "Talks.", "Harbour News"),
        ("Talks. (Photo by Mia Roe/AP)", "Talks.", "Mia Roe/AP"),
        ("Talks. Foto: Mia Roe", "Talks.", "Mia Roe"),
        ("Talks © Mia Roe", "Talks", "Mia Roe"),
        ("Talks (Reuters)", "Talks", "Reuters"),
        ("Photo: Mia Roe", "", "Mia Roe"),
        ("Talks on the quay (and on the pier)", "Talks on the quay (and on the pier)", None),
        ("A photo of talks", "A photo of talks", None),
    ],
)
def test_a_credit_is_split_from_its_caption(text: str, caption: str, credit: str | None) -> None:
    assert split_credit(text) == (caption, credit)


def test_captions_are_known_by_their_form() -> None:
    assert looks_like_caption("Officials at the third round. (Credit: Harbour News)")
    assert looks_like_caption("Photo: Mia Roe")
    assert not looks_like_caption(LONG)
    assert not looks_like_caption("He paid (in cash).")


@settings(max_examples=100, deadline=None)
@given(st.text(max_size=120))
def test_any_line_is_judged_without_an_error(line: str) -> None:
    is_furniture(line), ends_the_text(line), reading_minutes(line), looks_like_caption(line)
    caption, credit = split_credit(line)
    assert caption in line
    assert credit is None or credit in line


def test_the_head_loses_headline_byline_and_date() -> None:
    assert texts("Ferry to run", "By Jo Doe", "Nov 10", LONG, OTHER) == [LONG, OTHER]


def test_the_same_words_later_are_part_of_the_text() -> None:
    assert texts(LONG, "Ferry to run", OTHER, "Nov 10", OTHER + " Indeed.") == [
        LONG,
        "Ferry to run",
        OTHER,
        "Nov 10",
        OTHER + " Indeed.",
    ]


def test_known_captions_are_not_text() -> None:
    assert texts(LONG, "Ice on the pier.", OTHER) == [LONG, OTHER]


def test_a_repeated_paragraph_is_kept_where_it_runs() -> None:
    assert texts(Block(kind="quote", text=OTHER), LONG, OTHER) == [LONG, OTHER]
    assert texts(LONG, OTHER, Block(kind="quote", text=OTHER)) == [LONG, OTHER]
    assert texts(LONG, OTHER, LONG) == [LONG, OTHER]


def test_a_short_refrain_is_kept_each_time() -> None:
    assert texts(LONG, "Nobody answered.", OTHER, "Nobody answered.") == [
        LONG,
        "Nobody answered.",
        OTHER,
        "Nobody answered.",
    ]


def test_the_text_ends_at_the_comments() -> None:
    assert texts(LONG, OTHER, "Comments", "First!") == [LONG, OTHER]


def test_menus_before_and_after_the_text_are_dropped() -> None:
    assert texts("Sport", LONG, OTHER, "Sport", "Weather", "Print page", "Boots for sale") == [LONG, OTHER]
    assert texts(LONG, OTHER, "Print page | Sport") == [LONG, OTHER]


def test_a_heading_that_announces_nothing_is_dropped() -> None:
    assert texts(LONG, Block(kind="heading", text="More from the island")) == [LONG]


def test_a_dateline_is_read_and_stays() -> None:
    line = "London, Nov 10 (Reuters) - " + LONG
    cleaned = clean([Block(kind="paragraph", text=line)], KNOWN)
    assert [moment.at for moment in cleaned.published] == [datetime(2026, 11, 10, tzinfo=UTC)]
    assert cleaned.text == line


@pytest.mark.parametrize(
    "title",
    [
        "Ferry to run | The Gazette",
        "Ferry to run - The Gazette",
        "The Gazette: Ferry to run",
        "Ferry to run – News – The Gazette",
        "The Gazette | Ferry to run",
        "Ferry to run",
    ],
)
def test_a_headline_loses_the_name_of_the_paper(title: str) -> None:
    assert without_site(title, "The Gazette", "https://thegazette.example/x").removesuffix(" – News") == "Ferry to run"


def test_dashes_in_a_headline_stay() -> None:
    assert without_site("The ferry - a farce", "The Gazette", None) == "The ferry - a farce"


def test_the_most_trusted_candidate_wins_and_the_others_are_its_rivals() -> None:
    told = [("a", "meta", 0.7), ("b", "json-ld", 0.9), ("B", "html", 0.5)]
    choice = choose([Candidate(value=v, origin=o, confidence=c) for v, o, c in told], same=str.lower, written=str)
    assert choice is not None
    assert (choice.value, choice.origin.origin, choice.origin.rivals) == ("b", "json-ld", (("meta", "a"),))
    assert 0.9 < choice.origin.confidence <= 1
    assert choose([], same=str, written=str) is None


@pytest.mark.parametrize(
    "title", ["The Gazette", "The Gazette | The Gazette", "| | The Gazette", ": : The Gazette -", " - x - "]
)
def test_a_title_of_nothing_but_the_name_ends(title: str) -> None:
    assert isinstance(without_site(title, "The Gazette", "https://thegazette.example/x"), str)


@settings(max_examples=150, deadline=None)
@given(
    st.lists(
        st.sampled_from(["The Gazette", " | ", " - ", ": ", "thegazette", "Ferry", " ", "|", "gazette"]), max_size=9
    )
)
def test_any_title_ends(pieces: list[str]) -> None:
    assert isinstance(without_site("".join(pieces), "The Gazette", "https://thegazette.example/x"), str)
