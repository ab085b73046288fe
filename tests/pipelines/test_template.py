"""A page without what its source repeats: blocks and a Template in, the article's own blocks out."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from archive.fingerprint import line_fingerprint
from archive.types import Article, Dropped, Template
from pipelines import refine
from pipelines.blocks import Block
from pipelines.boilerplate import Known
from pipelines.dates import Clock
from pipelines.template import lines_of, without_template
from tests.a_site_with_a_template import OLD_HOUSE, build

OWN = (
    "The ferry ran aground off the pier on Tuesday evening with ninety people aboard, and nobody was hurt.",
    "The harbour master said that the sandbank had moved again; the chart, which is from spring, has not.",
)
HOUSE = "The Gazette is owned by those who read it."
KNOWN = Known(
    title="Ferry runs aground",
    names=("Jo Doe",),
    captions=(),
    links=frozenset(),
    clock=Clock(fetched_at=datetime(2026, 11, 22, tzinfo=UTC)),
)


def blocks(*texts: str) -> list[Block]:
    return [Block(kind="paragraph", text=text) for text in texts]


def template(*texts: str, reason: str = "in 9 of the source's last 9 articles") -> Template:
    return Template(source="gazette", articles=9, lines={line_fingerprint(text): reason for text in texts})


def test_what_the_source_repeats_is_left_out_with_its_reason() -> None:
    parted = without_template(blocks(OWN[0], HOUSE, OWN[1]), template(HOUSE), KNOWN)
    assert [block.text for block in parted.blocks] == list(OWN)
    assert parted.dropped == [Dropped(text=HOUSE, reason="in 9 of the source's last 9 articles")]
    assert parted.note is None


def test_without_a_template_everything_stays() -> None:
    assert without_template(blocks(HOUSE, *OWN), None, KNOWN).blocks == blocks(HOUSE, *OWN)


def test_code_is_never_taken_for_a_template() -> None:
    code = [Block(kind="code", text=HOUSE), *blocks(*OWN)]
    assert without_template(code, template(HOUSE), KNOWN).blocks == code


@pytest.mark.parametrize(
    "line", ["By Jo Doe", "Nov 10", "3 min read", "The pier at dusk. (Photo: Mia Roe)", "Bottom of page"]
)
def test_what_tells_of_the_article_is_left_for_cleaning_to_read(line: str) -> None:
    page = blocks(line, *OWN)
    assert without_template(page, template(line), KNOWN).blocks == page


def test_a_page_that_would_lose_most_of_its_text_is_left_whole_and_says_so() -> None:
    page = blocks(HOUSE, *OWN)
    parted = without_template(page, template(*OWN), KNOWN)
    assert (parted.blocks, parted.dropped) == (page, [])
    assert parted.note == "the source's template would have taken 83 % of the text, so all of it was kept"
    first = build()[0].page
    clean = refine(first)
    assert isinstance(clean, Article)
    whole = refine(first, Template(source="x", articles=9, lines={line.fingerprint: "x" for line in clean.lines}))
    assert isinstance(whole, Article)
    assert whole.body == clean.body
    assert "so all of it was kept" in (whole.origins["body"].evidence or "")


def test_what_somebody_pinned_goes_however_much_of_the_text_it_is() -> None:
    page = blocks(HOUSE, *OWN)
    pinned = without_template(page, template(*OWN, reason="pinned"), KNOWN)
    assert (pinned.blocks, len(pinned.dropped), pinned.note) == (blocks(HOUSE), 2, None)
    both = replace(template(*OWN), lines=template(*OWN).lines | template(HOUSE, reason="pinned").lines)  # type: ignore[operator]
    parted = without_template(page, both, KNOWN)
    assert (parted.blocks, [each.text for each in parted.dropped]) == (blocks(*OWN), [HOUSE])
    assert parted.note is not None


def test_refine_gives_the_lines_to_count_and_what_it_left_out() -> None:
    page = build()[0].page
    before, after = refine(page), refine(page, template(*OLD_HOUSE))
    assert isinstance(before, Article) and isinstance(after, Article)
    assert all(line in before.body and line not in after.body for line in OLD_HOUSE)
    assert [each.text for each in after.dropped] == list(OLD_HOUSE)
    assert before.lines == after.lines, "the counts are the same whatever is known already"
    assert {line.text for line in before.lines} >= set(OLD_HOUSE)
    assert (before.dropped, before.template, after.template) == ([], None, template(*OLD_HOUSE).digest)
    assert replace(after, dropped=[], body="", markdown="", template=None) == replace(before, body="", markdown="")


def test_lines_have_their_place_and_leave_out_what_says_something_of_the_article() -> None:
    page = blocks("Top of page", "By Jo Doe", *OWN, "* * *", "Nov 10", HOUSE)
    lines = lines_of(page, {*OWN, HOUSE, "* * *"})
    assert [line.text for line in lines] == ["Top of page", *OWN, HOUSE]
    assert [round(line.place, 2) for line in lines] == [0.0, 0.33, 0.5, 1.0]


def test_a_page_of_a_thousand_blocks_gives_its_beginning_and_its_end() -> None:
    texts = [f"Line {'x' * n}" for n in range(1000)]
    lines = lines_of(blocks(*texts), set(texts))
    assert len(lines) == 200
    assert (lines[0].text, lines[-1].place, max(len(line.text) for line in lines)) == ("Line ", 1.0, 300)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("3 comments", "12 Comments"),
        ("“It’s  ours”", '"It\'s ours"'),
        ("«It's ours»", "„It‘s ours“"),
        ("ﬁne print", "fine\u00a0print"),
        ("1,234.5 readers — so far", "7 readers - so far"),
        ("sub\u00adscribe", "subscribe\u200b"),
    ],
)
def test_a_line_is_the_same_whatever_its_numbers_quotes_and_spaces(one: str, other: str) -> None:
    assert line_fingerprint(one) == line_fingerprint(other)


def test_other_words_are_another_line() -> None:
    assert len({line_fingerprint(text) for text in (*OWN, HOUSE, "3 comments", "3 commas", "comments")}) == 6


@settings(max_examples=150, deadline=None)
@given(st.text(max_size=80))
def test_any_text_has_a_fingerprint_of_sixteen_hex_digits(text: str) -> None:
    assert len(f"{int(line_fingerprint(text), 16):016x}") == len(line_fingerprint(text)) == 16
