from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from archive.types import Article, Image, Precision, Reason, Rejection
from pipelines import refine_dump

FETCHED = datetime(2026, 11, 22, 2, 0, tzinfo=UTC)
FIRST = "As new talks move forward, the dockers' union says “no” to an offer that would end night work – for now."
SECOND = "The company's offer adds three per cent over two years, and nothing for the crane drivers of the north."
THIRD = "“We know where everyone sits,” said Ivo Marić, who has worked on the quay for thirty years."
LAST = "Talks go on."

DUMP = f"""top of page

Explainer: Harbour talks continue as dockers refuse the offer

  • Writer: Ana Kovač
    Ana Kovač
  • Nov 10
  • 3 min read
Union and port officials at the third round of talks. (Credit: Harbour News)
Union and port officials at the third round of talks. (Credit: Harbour News)

{FIRST}

{SECOND}

{THIRD}

{SECOND}

{LAST}
Comments


bottom of page
"""


def read(text: str) -> Article:
    outcome = refine_dump(text, fetched_at=FETCHED)
    assert isinstance(outcome, Article), outcome
    return outcome


def test_the_page_that_started_it() -> None:
    article = read(DUMP)
    assert article.title == "Explainer: Harbour talks continue as dockers refuse the offer"
    assert article.authors == ["Ana Kovač"]
    assert article.published_at == datetime(2026, 11, 10, tzinfo=UTC)
    assert article.published_precision is Precision.DAY
    assert article.published_as_written == "Nov 10"
    assert article.origins["published_at"].inferred == "year"
    assert article.reading_minutes == 3
    caption = "Union and port officials at the third round of talks."
    assert article.images == [Image(url=None, caption=caption, credit="Harbour News")]
    assert article.body == "\n\n".join([FIRST, SECOND, THIRD, LAST])


@pytest.mark.parametrize(
    "spelling",
    [
        lambda text: text.replace("\n", "\r\n"),
        lambda text: "\ufeff" + text,
        lambda text: text.replace("    ", "\t"),
        lambda text: text.replace("\n\n", "\n"),
        lambda text: text.replace("•", "*"),
        lambda text: text.upper().replace(text.upper(), text),
    ],
    ids=["crlf", "bom", "tabs", "no blank lines", "stars", "as it is"],
)
def test_the_same_dump_in_other_spellings_is_the_same_article(spelling) -> None:  # type: ignore[no-untyped-def]
    assert read(spelling(DUMP)) == read(DUMP)


def test_an_update_line_is_the_time_of_the_change() -> None:
    article = read(DUMP.replace("  • 3 min read", "  • 3 min read\n\nUpdated: Nov 12"))
    assert article.modified_at == datetime(2026, 11, 12, tzinfo=UTC)
    assert article.published_at == datetime(2026, 11, 10, tzinfo=UTC)
    assert "Updated" not in article.body


def test_a_day_later_in_the_year_is_of_the_year_before() -> None:
    article = read(DUMP.replace("Nov 10", "Dec 24"))
    assert article.published_at == datetime(2025, 12, 24, tzinfo=UTC)


def test_several_writers_and_captions() -> None:
    text = DUMP.replace("Writer: Ana Kovač\n    Ana Kovač", "By Jo Doe and Ann Poe").replace(
        f"{THIRD}\n", f"{THIRD}\n\nThe empty quay at noon. (Photo: Mia Roe)\n"
    )
    article = read(text)
    assert article.authors == ["Jo Doe", "Ann Poe"]
    assert [image.credit for image in article.images] == ["Harbour News", "Mia Roe"]
    assert "empty quay" not in article.body


def test_another_language() -> None:
    article = read(
        "Zum Inhalt springen\nDie Fähre fährt weiter\nVon Jörg Müller\n10. November\nLesezeit: 2 Minuten\n"
        "Der Stadtrat hat am Dienstag beschlossen, dass die Fähre auch im Winter fährt, und zwar jeden Tag.\n"
        "Lesen Sie auch: Der Steg bleibt gesperrt\nKommentare\n"
    )
    assert article.title == "Die Fähre fährt weiter"
    assert article.authors == ["Jörg Müller"]
    assert article.published_at == datetime(2026, 11, 10, tzinfo=UTC)
    assert article.reading_minutes == 2
    assert article.body.startswith("Der Stadtrat")
    assert article.body.endswith("jeden Tag.")


THREAD = """Comments (2)

Write a comment...
Sort by:
Newest
Ivy Moss
Nov 11
My father worked on that quay and would have stayed out to the last man.
Like
Reply
Tom Reed
Nov 12
Edited
Replying to
Ivy Moss
So would mine, and they would have argued about the weather the whole night long, as they did every single winter of it.
Like (1)
Reply
"""


@pytest.mark.parametrize("heading", ["Comments (2)", "2 Comments", "Kommentare (2)", "Comentarios"])
def test_a_thread_of_comments_is_kept_apart(heading: str) -> None:
    article = read(DUMP.replace("Comments\n", THREAD.replace("Comments (2)", heading)))
    assert article.body == read(DUMP).body
    assert article.comments == [
        "My father worked on that quay and would have stayed out to the last man.",
        "So would mine, and they would have argued about the weather the whole night long, as they did every single"
        " winter of it.",
    ]


def test_a_count_of_comments_above_the_text_ends_nothing() -> None:
    article = read(DUMP.replace("  • 3 min read", "  • 3 min read\n2 Comments"))
    assert article.body == read(DUMP).body
    assert article.comments == []


def test_the_word_comments_inside_the_text_ends_nothing() -> None:
    article = read(DUMP.replace(f"{FIRST}\n\n{SECOND}", f"{FIRST}\n\nComments\n\n{SECOND}"))
    assert article.body.endswith(LAST)


@pytest.mark.parametrize(
    "menu",
    [
        "Harbour Student\nHome\nNews\nOpinion\nAbout Us\nLog In\nSearch",
        "Home\nNews\nHarbour Talk\nMore",
        "  • Startseite\n  • Politik\n  • Über uns",
        "HOME\nSPORT\nCULTURE\nQuiz Corner",
    ],
)
def test_a_menu_is_no_headline_and_no_text(menu: str) -> None:
    assert read(DUMP.replace("top of page\n", f"top of page\n{menu}\n")) == read(DUMP)


def test_a_short_headline_below_a_menu_is_found() -> None:
    article = read(f"top of page\nHome\nNews\nSport\nFerry sinks\nBy Ana Kovač\nNov 10\n{FIRST}\n{SECOND}\n")
    assert article.title == "Ferry sinks"
    assert article.body == f"{FIRST}\n\n{SECOND}"


def test_a_section_below_the_headline_is_no_menu() -> None:
    article = read(f"Ferry to run\nNews\nBy Ana Kovač\nNov 10\n{FIRST}\n{SECOND}\n")
    assert article.title == "Ferry to run"


@pytest.mark.parametrize(
    "credit",
    ["  • Editor: Bo Lind\n    Bo Lind", "  • Photos: Mia Roe", "  • Copy editor: Bo Lind", "  • Lektura: Iva Horvat"],
)
def test_editors_and_photographers_are_no_writers_and_no_text(credit: str) -> None:
    article = read(DUMP.replace("  • Nov 10", f"{credit}\n  • Nov 10"))
    assert article == read(DUMP)


def test_a_list_item_that_only_looks_like_a_credit_stays() -> None:
    item = "Design: two of the judges wanted the old crane back"
    assert item in read(DUMP.replace(LAST, f"• {item}\n\n{LAST}")).body


@pytest.mark.parametrize("line", ["Lectura de 3 min", "Lectura de 3 min.", "3 min de lectura", "3 Min. Lesezeit"])
def test_the_reading_time_in_other_languages(line: str) -> None:
    article = read(DUMP.replace("3 min read", line))
    assert article == read(DUMP)


def test_without_any_marks_the_first_line_is_the_title_and_the_rest_the_body() -> None:
    article = read(f"A plain headline\n\n{FIRST}\n\n{SECOND}\n")
    assert article.title == "A plain headline"
    assert article.body == f"{FIRST}\n\n{SECOND}"
    assert (article.authors, article.published_at, article.images) == ([], None, [])


def test_the_address_is_normalised() -> None:
    outcome = refine_dump(DUMP, url="HTTP://Quay.example/post?utm_source=x", fetched_at=FETCHED)
    assert isinstance(outcome, Article)
    assert outcome.url == outcome.canonical_url == "http://quay.example/post"


def test_the_source_is_no_author() -> None:
    outcome = refine_dump(DUMP.replace("Ana Kovač", "Harbour Student"), fetched_at=FETCHED, source="Harbour Student")
    assert isinstance(outcome, Article)
    assert outcome.authors == []


@pytest.mark.parametrize(
    ("text", "reason"), [("", Reason.EMPTY), ("\n top of page \n", Reason.EMPTY), ("Alone", Reason.TOO_SHORT)]
)
def test_a_dump_without_a_text_is_rejected(text: str, reason: Reason) -> None:
    outcome = refine_dump(text, fetched_at=FETCHED)
    assert isinstance(outcome, Rejection)
    assert outcome.reason is reason


@settings(max_examples=100, deadline=None)
@given(
    st.lists(
        st.sampled_from([*DUMP.split("\n"), "\r", "Updated: Nov 31", "•", "© 2026", "\x00\ud800"])
        | st.text(max_size=40)
    )
)
def test_any_lines_give_an_article_or_a_reason(lines: list[str]) -> None:
    outcome = refine_dump("\n".join(lines), fetched_at=FETCHED)
    assert isinstance(outcome, Article) or outcome.reason is not Reason.CRASHED, outcome
