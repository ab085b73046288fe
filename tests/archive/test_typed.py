"""One string → a Query, and back; and what is said of a string that cannot be understood."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from archive.errors import BadQuery
from archive.fields import FIELDS
from archive.query import Query


@pytest.mark.parametrize(
    ("typed", "built"),
    [
        ("", Query()),
        ("harbour talks", Query(text="harbour talks")),
        ("source:gazette", Query(source="gazette")),
        ("Source:gazette,kurir x", Query(source=["gazette", "kurir"], text="x")),
        ('author:"Ana Li"', Query(author="Ana Li")),
        ('tag:"a, \\"b\\" \\\\ c"', Query(tag='a, "b" \\ c')),
        ("lang:pt_BR", Query(language="pt_BR")),
        ("date:2026-10..2026-11", Query(since="2026-10", until="2026-11")),
        ("date:>=2026-10", Query(since="2026-10")),
        ("date:>2026-10-30", Query(since="2026-10-31")),
        ("date:<2026", Query(until="2025-12-31")),
        ("date:..2026-11-10T08:30Z", Query(until="2026-11-10T08:30Z")),
        ("published:2026 modified:>2026", Query(published="2026", modified=">2026")),
        ("first-seen:2025..", Query(first_seen="2025..")),
        ("last_seen:2026-11 retrieved:<=2026", Query(last_seen=("2026-11", "2026-11"), retrieved=(None, "2026"))),
        ("words:>300", Query(words=(301, None))),
        ("words:300..500", Query(words=(300, 500))),
        ("words:7", Query(words=7)),
        ("is:revised -is:gone", Query(revised=True, gone=False)),
        ("is:earliest story:Z6SDBKO5KFFC5ELH", Query(one_per_story=True, story="z6sdbko5kffc5elh")),
        ("-tag:sport", Query(without={"tag": "sport"})),
        ("NOT tag:sport,b AND talks", Query(without={"tag": ["b", "sport"]}, text="talks")),
        ("tag:a tag:b", Query(tag="a", also={"tag": "b"})),
        ("access:FREE type:LiveBlogPosting", Query(access="free", type="LiveBlogPosting")),
        ("sort:oldest limit:5 x", Query(text="x", sort="oldest", limit=5)),
        ("harbour AND source:gazette AND talks", Query(source="gazette", text="harbour talks")),
        ('"source:gazette"', Query(text='"source:gazette"')),
        ("http://gazette.test/a 12:30 a:b Re: x", Query(text="http://gazette.test/a 12:30 a:b Re: x")),
        ("title:harbour body:(a OR b)", Query(text="title:harbour body:(a OR b)")),
    ],
)  # fmt: skip
def test_a_string_makes_the_query_that_python_builds(typed: str, built: Query) -> None:
    parsed = Query.parse(typed)
    assert parsed.spelling == built.spelling
    assert replace(parsed, text="") == replace(built, text="")


@pytest.mark.parametrize(
    ("typed", "place", "message"),
    [
        ("sorce:gazette x", "sorce", "did you mean source?"),
        ("x country:de", "country", 'put them in quotes: "country:de"'),
        ("harbour date:2026-13 x", "2026-13", "no date that can be understood"),
        ("date:2026..2025", "2026..2025", "write the earlier first"),
        ("date:..", "..", "a date is missing"),
        ("words:many", "many", "no number"),
        ("words:5..3", "5..3", "write the smaller first"),
        ("access:gratis", "gratis", "free, metered, paywalled, unknown"),
        ("is:old", "old", "revised, gone, earliest"),
        ("sort:best", "best", "newest, oldest, relevance"),
        ("limit:0", "0", "limit:100"),
        ("limit:5,6", "limit:5,6", "one value"),
        ("-is:earliest", "-is:earliest", "no hyphen"),
        ("lang:e;n", "e;n", "such as en or pt-BR"),
        ("a source: b", " ", "write source:gazette"),
        ("source:a, b", " ", "a value is missing"),
        ("tag:(a OR b)", "(", "tag:A,B"),
        ('tag:"never ends', '"', "closing quote is missing"),
        ('tag:"a"b', "b", "a space is missing"),
        ("harbour OR source:gazette", "OR", "cannot be one side of OR"),
        ("source:gazette OR harbour", "OR", "write alternatives with commas"),
        ("(x source:gazette)", "source:", "cannot stand in brackets"),
    ],
)
def test_what_cannot_be_understood_is_shown_with_its_place(typed: str, place: str, message: str) -> None:
    with pytest.raises(BadQuery) as raised:
        Query.parse(typed)
    error = raised.value
    assert error.at is not None
    assert typed[error.at : error.end] == place or (place == " " and error.at >= len(typed.rstrip()))
    assert message in str(error)
    *_, shown, carets = str(error).splitlines()
    assert carets.count("^") == len(place)
    assert shown[carets.index("^") : carets.rindex("^") + 1].strip() == place.strip()


def test_the_caret_stands_under_the_place_also_behind_wide_signs_and_in_a_long_text() -> None:
    with pytest.raises(BadQuery) as raised:
        Query.parse("北京 " + "x " * 40 + "東京 sorce:京\x07 y")
    *_, shown, carets = str(raised.value).splitlines()
    assert shown.startswith("  …") and "\x07" not in shown
    before = shown[: shown.index("sorce")]
    assert len(before) + sum(c in "東京" for c in before) == carets.index("^")


values = st.text(max_size=8) | st.sampled_from(
    ["gazette", "Ana Li", 'a"b', "a,b", "(x)", "=Ana", "-x", "\\", "2026", "é", "北京"]
)
spans = st.sampled_from(
    ["2026", "2026-10..2026-11", "..2025-02-03", ">2026-11-10T08:30Z", "1969-07-20T20:17:00Z..", "0001"]
)
pairs = st.one_of(
    st.tuples(st.sampled_from(["source", "section", "tag", "type", "author", "story"]), values),
    st.tuples(st.sampled_from(["date", "published", "first-seen"]), spans),
    st.tuples(st.just("words"), st.sampled_from(["5", ">5", "..7", "3..4"])),
    st.tuples(st.just("is"), st.sampled_from(["revised", "gone"])),
    st.tuples(st.just("language"), st.sampled_from(["en", "pt-BR"])),
    st.tuples(st.just("access"), st.sampled_from(["free", "unknown"])),
)
filters = st.dictionaries(pairs.map(lambda pair: pair[0]), values, max_size=0) | st.lists(pairs, max_size=3).map(dict)
words = st.lists(
    st.sampled_from(["offer", "title:talks", "NOT", "OR", "(", ")", '"', '"source:x"', "por*", "-x", "&", "NEAR(a b)"]),
    max_size=6,
).map(" ".join)  # fmt: skip


def whole(text: str) -> bool:
    return bool(text.strip())


@given(
    text=words | st.text(max_size=12),
    without=filters.filter(lambda given: "story" not in given and all(map(whole, given.values()))),
    also=filters.filter(lambda given: all(map(whole, given.values()))),
    source=st.none() | st.lists(values.filter(whole), min_size=1, max_size=2),
    since=st.sampled_from([None, "2026-10", "2026-11-10T08:30:05Z"]),
    modified=st.none() | spans,
    size=st.sampled_from([None, ">300", 7]),
    revised=st.sampled_from([None, True, False]),
    once=st.booleans(),
    sort=st.sampled_from([None, "oldest", "relevance"]),
    limit=st.sampled_from([None, 1, 300]),
)
@settings(max_examples=150, deadline=None)
def test_every_query_has_a_spelling_that_means_the_same(*, text, without, also, source, since, modified, size,
                                                        revised, once, sort, limit) -> None:  # fmt: skip
    query = Query(text=text, without=without, also=also, source=source, since=since, modified=modified, words=size,
                  revised=revised, one_per_story=once, sort=sort, limit=limit)  # fmt: skip
    again = Query.parse(query.spelling)
    assert again.spelling == query.spelling
    assert again.filters == query.filters
    assert (again.read.expression, again.read.negated, again.read.hopeless) == (
        query.read.expression, query.read.negated, query.read.hopeless)  # fmt: skip


signs = ["-", '"', ",", "(", ")", "..", ">", "x", " ", "NOT ", "OR ", "AND ", "\x00", "\ud800", "\\"]
pieces = st.sampled_from([*(f"{name}:" for name in FIELDS), *signs])


@given(st.text(max_size=30) | st.lists(pieces, max_size=12).map("".join))
@example("date:99999-01-01")
@example("date:>9999")
@example("date:<0001")
@example("-" * 3000 + "source:x")
@example("source:x " * 500)
@settings(max_examples=200, deadline=None)
def test_whatever_is_typed_is_a_query_or_told_to_be_none(text: str) -> None:
    try:
        query = Query.parse(text)
    except BadQuery as error:
        assert error.at is not None and error.end is not None
        assert 0 <= error.at < error.end <= len(text) + 1
    else:
        assert Query.parse(query.spelling).spelling == query.spelling


def test_spans_are_spelled_as_short_as_they_can_be() -> None:
    for value in ("2026", "2026-11", "2026-10..2026-11", "2024-02-29", "2025..2026", "2026-11-10..", "..2024-02-29"):
        assert Query.parse(f"modified:{value}").spelling == f"modified:{value}"
    assert Query.parse("date:2026-11-10T08:30Z").spelling == "date:2026-11-10T08:30:00Z..2026-11-10T08:30:59Z"
