import sqlite3
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from archive.errors import BadQuery
from archive.query import Query
from archive.words import understand

PIECES = [
    "harbour", "dock*", '"so war es"', '"', "“", "”", "„", "«", "(", ")", "AND", "OR", "NOT", "NEAR", "NEAR(", ", 3)",
    "NEAR(a b, 2)", "&", "-x", "title:x", "*", "^", "'", "\x00", "\ud800", "é", "\u0301", "地震", "🫠", "12.5",
]  # fmt: skip
typed = st.lists(st.tuples(st.sampled_from(PIECES), st.sampled_from(["", " "])), max_size=25).map(
    lambda pairs: "".join(piece + space for piece, space in pairs)
)


@pytest.fixture(scope="module")
def index() -> sqlite3.Connection:
    db = sqlite3.connect(":memory:")
    db.execute("create virtual table i using fts5(title, authors, body, tokenize='unicode61 remove_diacritics 2')")
    db.executemany(
        "insert into i values (?, ?, ?)",
        [
            ("Harbour talks", '["Ana Kovač"]', "The union refused the offer of the port."),
            ("Strike at the port", '["Ivan Horvat"]', "Talks about the offer, and then a strike of the union."),
            ("Nothing new", "[]", "Post-war houses, don't they stand."),
        ],
    )
    return db


def found(index: sqlite3.Connection, text: str) -> set[int]:
    words = understand(text)
    everything = {1, 2, 3}
    if words.hopeless:
        return set()
    if words.expression is None:
        return everything
    rows = {row[0] for row in index.execute("select rowid from i where i match ?", [words.expression])}
    return everything - rows if words.negated else rows


@pytest.mark.parametrize(
    ("text", "rows"),
    [
        ("", {1, 2, 3}),
        ("  \t", {1, 2, 3}),
        ("talks offer", {1, 2}),
        ("talks AND strike", {2}),
        ("TALKS", {1, 2}),
        ("harbour OR houses", {1, 3}),
        ("talks NOT strike", {1}),
        ("talks AND NOT strike", {1}),
        ("NOT strike", {1, 3}),
        ("NOT strike talks", {1}),
        ("NOT NOT strike", {2}),
        ("NOT (strike OR houses)", {1}),
        ("houses OR NOT strike", {1, 3}),
        ("NOT harbour NOT strike", {3}),
        ("(harbour OR strike) union", {1, 2}),
        ("harbour OR strike houses", {1}),
        ('"the offer"', {1, 2}),
        ("“the offer”", {1, 2}),
        ("„the port“", {1, 2}),
        ('"offer the"', set()),
        ("harb*", {1}),
        ('"strike at the"*', {2}),
        ('"strike at t"*', set()),
        ("-strike", {1, 3}),
        ("talks -(strike OR houses)", {1}),
        ("title:strike", {2}),
        ("title:(strike OR nothing) -title:new", {2}),
        ("NOT title:strike", {1, 3}),
        ("headline:harbour body:offer", {1}),
        ("ha*", set()),
        ("a:union", set()),
        ("kovac", {1}),
        ("post-war", {3}),
        ("don't", {3}),
        ("NEAR(union offer, 2)", {1}),
        ("NEAR(union offer, 6)", {1, 2}),
        ("&&& ???", set()),
        ("talks & offer", {1, 2}),
        ("*", set()),
    ],
)
def test_the_language_means_what_it_says(index: sqlite3.Connection, text: str, rows: set[int]) -> None:
    assert found(index, text) == rows


@pytest.mark.parametrize(
    ("text", "spelling", "mended"),
    [
        ("harbour talks", "harbour talks", False),
        ("harbour  AND talks", "harbour talks", False),
        ("(harbour talks", "harbour talks", False),
        ("“harbour talks”", '"harbour talks"', False),
        ("talks NOT (a OR b)", "talks NOT (a OR b)", False),
        ("post-war don't U.S.", "post-war don't U.S.", False),
        ('"harbour talks', '"harbour talks"', True),
        ("talks OR", "talks or", True),
        ("AND", "and", True),
        ("a AND OR b", "a and OR b", True),
        ("x AND NOT AND y", "x and not y", True),
        ("title:talks", "title:talks", False),
        ("tilte:talks", '"tilte:talks"', True),
        ("-x -(a b)", "NOT x NOT (a b)", False),
        ("do*", "do", True),
        ("京*", "京", True),
        ("*talks", "talks", True),
        ("a & b", "a b", True),
        ("NEAR(a b)", "NEAR(a b, 10)", True),
        ("NEAR(a)", "near a", True),
        ("&&&", "", True),
    ],
)
def test_what_was_mended_can_be_read(text: str, spelling: str, mended: bool) -> None:
    words = understand(text)
    assert (words.spelling, words.mended) == (spelling, mended)
    assert Query(text=text).understood == spelling


@given(typed | st.text(max_size=40))
@example("(" * 500 + "a" + ")" * 500)
@example("a NOT (" * 40 + "b" + ")" * 40)
@example("(a OR NOT b OR (c NOT d " * 40)
@example("NOT " * 3000 + "a")
@example("a " * 3000)
@example("NEAR(a b, 99999999999999999999)")
@settings(max_examples=150, deadline=None)
def test_whatever_is_typed_sqlite_takes_it(index: sqlite3.Connection, text: str) -> None:
    words = understand(text)
    if words.expression is not None:
        index.execute("select count(*) from i where i match ?", [f'(authors : "ana") AND ({words.expression})'])


@given(typed)
@settings(max_examples=150, deadline=None)
def test_the_spelling_typed_again_means_the_same(text: str) -> None:
    words = understand(text)
    if words.expression is not None:
        again = understand(words.spelling)
        assert (again.expression, again.negated, again.spelling) == (words.expression, words.negated, words.spelling)


def moment(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("when", "first", "last"),
    [
        ("2026", "2026-01-01T00:00:00", "2026-12-31T23:59:59"),
        ("2024-02", "2024-02-01T00:00:00", "2024-02-29T23:59:59"),
        ("2026-12", "2026-12-01T00:00:00", "2026-12-31T23:59:59"),
        ("2026-11-10", "2026-11-10T00:00:00", "2026-11-10T23:59:59"),
        ("2026-11-10T08:30", "2026-11-10T08:30:00", "2026-11-10T08:30:59"),
        ("2026-11-10T08:30+02:00", "2026-11-10T06:30:00", "2026-11-10T06:30:59"),
        ("2026-11-10T08:30:05Z", "2026-11-10T08:30:05", "2026-11-10T08:30:05"),
        ("9999", "9999-01-01T00:00:00", "9999-12-31T23:59:59"),
        (date(2026, 11, 10), "2026-11-10T00:00:00", "2026-11-10T23:59:59"),
        (datetime(2026, 11, 10, 8, tzinfo=timezone(timedelta(hours=2))), "2026-11-10T06:00:00", "2026-11-10T06:00:00"),
    ],
)
def test_dates_are_taken_whole(when: str | date, first: str, last: str) -> None:
    query = Query(since=when, until=when)
    assert (query.since, query.until) == (moment(first), moment(last))


def test_days_can_be_counted_from_today() -> None:
    today = datetime.now(UTC).date()
    query = Query(since="-7d", until="today")
    assert query.first is not None and query.last is not None
    assert (query.last.date() - query.first.date()).days == 7
    assert abs((query.last.date() - today).days) <= 1
    assert Query(since="yesterday").first == query.last - timedelta(days=2) + timedelta(seconds=1)


@pytest.mark.parametrize(
    "when", ["", "soon", "2026-13", "2026-02-30", "10.11.2026", "-99999999d", "2026-11-10T25:00", "0000"]
)
def test_a_date_that_is_none_is_named_with_the_forms_that_are(when: str) -> None:
    with pytest.raises(BadQuery, match=r"since: .* write 2026, 2026-11, 2026-11-10"):
        Query(since=when)


@pytest.mark.parametrize(
    ("filters", "message"),
    [
        ({"since": "2026-11", "until": "2026-10"}, "later than until"),
        ({"sort": "best"}, "newest, oldest, relevance"),
        ({"limit": 0}, "1 or more"),
        ({"language": "en; drop"}, "such as en or pt-BR"),
    ],
)
def test_a_filter_that_cannot_be_understood_is_named(filters: dict[str, object], message: str) -> None:
    with pytest.raises(BadQuery, match=message):
        Query(**filters)  # type: ignore[arg-type]


def test_a_query_can_be_changed_and_compared() -> None:
    query = Query(text="talks", since="2026-11", until="-1d")
    assert replace(query, limit=5) == Query(text="talks", since=query.since, until=query.until, limit=5)
    assert replace(query, text="harbour").understood == "harbour"
