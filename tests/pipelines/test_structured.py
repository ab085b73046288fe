from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from archive.types import Page
from pipelines.canonical import choose_canonical
from pipelines.jsonld import article_type, find_article, read_json, text_in, texts_in
from pipelines.language import language_tag
from pipelines.sheet import Sheet, open_sheet
from pipelines.structured import read_structured


def sheet_of(html: str, url: str = "https://www.gazette.example/news/ferry") -> Sheet:
    body = f"<html><head></head><body>{html}</body></html>".encode()
    sheet = open_sheet(Page(url=url, final_url=url, body=body, fetched_at=datetime(2026, 11, 22, tzinfo=UTC)))
    assert isinstance(sheet, Sheet)
    return sheet


@pytest.mark.parametrize(
    "text",
    [
        '{"a": "b"}',
        '<![CDATA[{"a": "b"}]]>',
        '//<![CDATA[\n{"a": "b"}\n//]]>',
        '/*<![CDATA[*/{"a": "b"}/*]]>*/',
        '<!-- {"a": "b"} -->',
        '{"a": "b",}',
        '/* hand-made */ {"a": "b" /* note */, // end\n}',
        "{&quot;a&quot;: &quot;b&quot;}",
        '{"a": "b"};',
    ],
)
def test_json_is_read_in_the_spellings_that_pages_use(text: str) -> None:
    assert read_json(text) == [{"a": "b"}]


def test_comment_signs_inside_strings_are_text() -> None:
    assert read_json('{"a": "http://x//y /* z */",}') == [{"a": "http://x//y /* z */"}]


def test_raw_line_breaks_and_several_values_are_read() -> None:
    assert read_json('{"a": "b\nc"}\n{"d": 1}') == [{"a": "b\nc"}, {"d": 1}]


@pytest.mark.parametrize("text", ["", "{", "not json", '{"a": }', "[" * 10_000])
def test_what_cannot_be_mended_is_left_out(text: str) -> None:
    assert read_json(text) == []


@settings(max_examples=100, deadline=None)
@given(st.text(alphabet='{}[]",:/*\\n a1&;<!-', max_size=60))
def test_any_script_is_read_without_an_error(text: str) -> None:
    assert isinstance(read_json(text), list)


def test_the_node_of_this_page_is_chosen_among_teasers() -> None:
    nodes = [{"@type": "NewsArticle", "headline": h, "url": f"https://gazette.example/{h}"} for h in ("a", "b", "c")]
    assert find_article(nodes, "https://www.gazette.example/b/") == nodes[1]
    assert find_article(nodes, "https://www.gazette.example/section") is None


def test_a_review_is_the_article_only_if_nothing_else_is() -> None:
    review = {"@type": "Review", "name": "r"}
    news = {"@type": ["Thing", "OpinionNewsArticle"], "headline": "n"}
    assert find_article([review, news], None) == news
    assert find_article([review], None) == review
    assert article_type(news) == "OpinionNewsArticle"
    assert article_type({"@type": "https://schema.org/NewsArticle"}) == "NewsArticle"


def test_values_are_text_however_they_are_wrapped() -> None:
    assert text_in({"@value": "A &amp; B"}) == "A & B"
    assert text_in([{"name": " x  y "}, "z"]) == "x y"
    assert texts_in(["a", {"name": "b"}, None, 3]) == ["a", "b"]
    assert text_in(7) is None


def test_metas_links_and_microdata_are_read() -> None:
    told = read_structured(
        sheet_of(
            "<meta property='og:title' content=' A  B '><meta name=Author content=x>"
            "<link rel='alternate canonical' href='/c'>"
            "<div itemscope itemtype='http://schema.org/NewsArticle'><b itemprop=headline>H</b>"
            "<time itemprop=datePublished datetime=2026-11-10>today</time>"
            "<div itemprop=author itemscope itemtype='http://schema.org/Person'><i itemprop=name>Jo Doe</i></div></div>"
            "<div itemscope itemtype='http://schema.org/NewsArticle'><b itemprop=headline>A teaser</b></div>"
        )
    )
    assert told.first_meta("og:title") == "A B"
    assert told.first_meta("missing", "author") == "x"
    assert told.links["canonical"] == ["/c"]
    assert told.microdata["headline"] == ["H"]
    assert told.microdata["datePublished"] == ["2026-11-10"]
    assert told.microdata["author"] == ["Jo Doe"]


@pytest.mark.parametrize(
    ("head", "canonical"),
    [
        ("<link rel=canonical href='/news/ferry-2?utm_source=x'>", "https://www.gazette.example/news/ferry-2"),
        ("<link rel=canonical href='https://gazette.example/f'>", "https://gazette.example/f"),
        ("<link rel=canonical href='https://elsewhere.example/f'>", "https://www.gazette.example/news/ferry"),
        ("<link rel=canonical href='https://www.gazette.example/'>", "https://www.gazette.example/news/ferry"),
        (
            "<link rel=canonical href='http://[bad'><meta property=og:url content=/news/og>",
            "https://www.gazette.example/news/og",
        ),
        ("<meta property=og:url content='https://www.gazette.example/news/og'>", "https://www.gazette.example/news/og"),
        ("", "https://www.gazette.example/news/ferry"),
    ],
)
def test_a_canonical_address_is_believed_on_the_same_site_only(head: str, canonical: str) -> None:
    sheet = sheet_of(head)
    choice = choose_canonical(sheet, read_structured(sheet))
    assert choice is not None
    assert choice.value == canonical


def test_the_front_page_may_name_itself() -> None:
    sheet = sheet_of("<link rel=canonical href='https://www.gazette.example/'>", url="https://www.gazette.example/?x=1")
    choice = choose_canonical(sheet, read_structured(sheet))
    assert choice is not None
    assert choice.value == "https://www.gazette.example/?x=1"


@pytest.mark.parametrize(
    ("written", "tag"),
    [
        ("en", "en"),
        ("pt_br", "pt-BR"),
        ("EN-us", "en-US"),
        ("zh-hant-tw", "zh-Hant-TW"),
        ("German", "de"),
        ("de, en", "de"),
        ("es-419", "es-419"),
        ("und", None),
        ("", None),
        (None, None),
        ("x", None),
        ("language", None),
    ],
)
def test_languages_become_tags(written: str | None, tag: str | None) -> None:
    assert language_tag(written) == tag
