from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from archive.types import Article
from pipelines import extract
from pipelines.authors import clean_names
from pipelines.house import house_of
from pipelines.leads import has_lead, strip_lead, written_part
from pipelines.names import has_name_shape


@pytest.mark.parametrize(
    ("byline", "names"),
    [
        ("By Jo Doe", ["Jo Doe"]),
        ("By Jo Doe and Ann Poe", ["Jo Doe", "Ann Poe"]),
        ("Jo Doe, Ann Poe & Mia Roe", ["Jo Doe", "Ann Poe", "Mia Roe"]),
        ("Writer: Ana Kovač", ["Ana Kovač"]),
        ("Von Jörg Müller und Käthe Groß", ["Jörg Müller", "Käthe Groß"]),
        ("Par Élodie Dupont", ["Élodie Dupont"]),
        ("Por José Núñez y María Ruiz", ["José Núñez", "María Ruiz"]),
        ("Piše: Ivo Marić", ["Ivo Marić"]),
        ("Text: Mia Roe", ["Mia Roe"]),
        ("Written by Jo Doe", ["Jo Doe"]),
        ("BY JO DOE, STAFF WRITER", ["Jo Doe"]),
        ("Jo Doe (jo@gazette.example)", ["Jo Doe"]),
        ("Jo Doe jo@gazette.example @jodoe", ["Jo Doe"]),
        ("By Jo Doe | Nov 10, 2026", ["Jo Doe"]),
        ("Jo Doe - Political Correspondent", ["Jo Doe"]),
        ("Ludwig van der Berg", ["Ludwig van der Berg"]),
        ("Jo Doe, PhD", ["Jo Doe"]),
        ("Ana KovačAna Kovač", ["Ana Kovač"]),
        ("Staff and agencies", ["Staff and agencies"]),
        ("Reuters", ["Reuters"]),
        ("By Jo Doe, Associated Press", ["Jo Doe", "Associated Press"]),
        ("张伟", ["张伟"]),
        ("Md Rahim Uddin", ["Md Rahim Uddin"]),
        ("Amadou Ba", ["Amadou Ba"]),
        ("Jo Doe MD", ["Jo Doe"]),
        ("Jo (Poe) Doe", ["Jo (Poe) Doe"]),
        ("By Jo Doe ⋅ Review Editor", ["Jo Doe"]),
        ("Jo Doe, Head of Marketing and Community Affairs", ["Jo Doe"]),
        ("Jo Doe, Harbour Gardens on Facebook", ["Jo Doe"]),
        ("Centre for River Research and Care", ["Centre for River Research and Care"]),
        ("By the Gazette Team", ["the Gazette Team"]),
        ("Team Gazette", ["Team Gazette"]),
        ("View all posts by Jo Doe", ["Jo Doe"]),
        ("jdoe", ["jdoe"]),
        ("JoDoe", ["JoDoe"]),
    ],
)
def test_names_come_out_of_bylines(byline: str, names: list[str]) -> None:
    assert clean_names([byline]) == names


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Editor",
        "By",
        "admin",
        "Staff Writer",
        "Share this story",
        "3 min read",
        "Nov 10",
        "Read more",
        "by the sea",
        "https://gazette.example/authors/jo",
        "jo@gazette.example",
        "siteadmin",
        "undefined",
        "our editors",
        "Marketing Team",
        "Harbour Software Inc",
        "What the mayor said next about the ferry and the pier",
    ],
)
def test_what_is_no_name_is_left_out(text: str) -> None:
    assert clean_names([text]) == []


def test_a_name_comes_once_however_often_it_is_given() -> None:
    assert clean_names(["Writer: Ana Kovač", "Ana Kovač", "ANA KOVAČ"]) == ["Ana Kovač"]


def test_the_site_is_no_author() -> None:
    assert clean_names(["The Gazette"], not_names=["The Gazette"]) == []
    assert clean_names(["Jo Doe, The Gazette"], not_names=["The Gazette"]) == ["Jo Doe"]


def test_a_lead_is_known_in_several_languages() -> None:
    assert has_lead("By Jo Doe")
    assert has_lead("Autor: Jo Doe")
    assert not has_lead("Byron was a poet")
    assert strip_lead("Text: Von Jo Doe") == "Jo Doe"


@pytest.mark.parametrize(
    ("byline", "part"),
    [
        ("By Jo Doe | Edited by Ann Poe", "By Jo Doe"),
        ("By Jo Doe Updated by Ann Poe", "By Jo Doe"),
        ("Medically reviewed by Ann Poe", ""),
        ("Reviewed by Ann Poe | Written by Jo Doe", "Written by Jo Doe"),
        ("Text: Jo Doe Fotos: Ann Poe", "Text: Jo Doe"),
        ("Words: Jo Doe, Photography by Ann Poe", "Words: Jo Doe"),
        ("By Jo Doe", "By Jo Doe"),
        ("Edith Photon", "Edith Photon"),
    ],
)
def test_reviewers_editors_and_photographers_are_no_writers(byline: str, part: str) -> None:
    assert written_part(byline) == part


def test_a_user_name_and_a_word_alone_count_only_where_a_byline_is_known() -> None:
    assert clean_names(["jdoe"], told=False) == []
    assert clean_names(["Alberta"], told=False) == []
    assert clean_names(["Alberta"]) == ["Alberta"]


def test_the_site_written_as_one_word_is_no_user_name() -> None:
    assert clean_names(["thegazette"], not_names=["The Gazette"]) == []


@pytest.mark.parametrize("name", ["Jo Doe", "Ana Kovač", "Dr. Jo Doe"])
def test_names_have_a_shape(name: str) -> None:
    assert has_name_shape(name)


@pytest.mark.parametrize("name", ["Harbour", "Harbour Bank", "River Insurance Group", "Sign In", "ana kovač"])
def test_firms_and_words_have_another_shape(name: str) -> None:
    assert not has_name_shape(name)


def test_a_house_knows_its_own_bylines() -> None:
    house = house_of("The Gazette | News", "Gazette Ltd", label="gazette")
    assert house.signs("By | The Gazette | Staff Writer")
    assert house.signs("Posted by Gazette")
    assert not house.signs("By | Jo Doe | The Gazette")
    assert not house.signs("Gazette Sports Desk")


def test_a_house_is_known_by_its_address_but_a_person_may_be_called_like_it() -> None:
    assert house_of(None, label="gazette").is_named("Gazette")
    assert house_of("Harbour Press", label="harbour-press").is_named("HarbourPress")
    assert not house_of(None, label="anapoe").is_named("Ana Poe")
    assert not house_of("Notes", label="idleshore").is_named("Idle Shore")


def authors_of(head: str, body: str) -> Article:
    text = "".join(
        f"<p>The ferry will run all winter, and pupils of class {n} will travel free of charge.</p>" for n in range(9)
    )
    main = f"<main><h1>Ferry to run</h1>{body}{text}</main>"
    html = f"<html><head><title>Ferry</title>{head}</head><body>{main}</body></html>"
    article = extract(html, "https://gazette.example/ferry", datetime(2026, 11, 22, tzinfo=UTC))
    assert isinstance(article, Article)
    return article


def test_markup_that_names_two_people_in_two_places_is_a_conflict() -> None:
    json_ld = '<script type="application/ld+json">{"@type": "Article", "author": {"name": "Ann Poe"}}</script>'
    origin = authors_of(f'{json_ld}<meta name="author" content="Jo Doe">', "").origins["authors"]
    assert origin.conflict
    assert ("meta", "Jo Doe") in origin.rivals


def test_a_name_with_and_without_its_companion_is_no_conflict() -> None:
    json_ld = '<script type="application/ld+json">{"@type": "Article", "author": {"name": "Ann Poe"}}</script>'
    article = authors_of(f'{json_ld}<meta name="author" content="Ann Poe, Jo Doe">', "")
    assert article.authors == ["Ann Poe", "Jo Doe"]
    assert not article.origins["authors"].conflict


def test_the_words_of_a_byline_are_its_evidence() -> None:
    origin = authors_of("", '<p class="byline">Words: Ann Poe, head of rivers</p>').origins["authors"]
    assert origin.origin == "byline"
    assert origin.evidence == "Words: Ann Poe, head of rivers"


def test_a_page_shows_its_writer_in_a_life_below_the_headline() -> None:
    life = "<div>Ann Poe</div><aside>Ann Poe is a freelance writer who lives on a barge.</aside>"
    assert authors_of("", life).authors == ["Ann Poe"]
    assert authors_of("", "<div>Long Pier</div><aside>Long Pier is a good place to fish.</aside>").authors == []


LINKS = [
    f"<a href='/authors/{name.lower().replace(' ', '-')}'>{name}</a>" for name in ("Ana Kovač", "Jo Doe", "Mia Roe")
]


def test_links_to_writers_pages_in_a_row_complete_the_one_that_markup_names() -> None:
    told = "<meta name='author' content='Ana Kovač'>"
    row = "<div>" + "</div><div>,</div><div>".join(LINKS) + "</div>"
    assert authors_of(told, row).authors == ["Ana Kovač", "Jo Doe", "Mia Roe"]
    apart = "<div>" + "</div><div>Reviewed by</div><div>".join(LINKS) + "</div>"
    assert authors_of(told, apart).authors == ["Ana Kovač"]


def test_a_byline_of_links_without_commas_has_a_name_each() -> None:
    items = "".join(f"<li>{link}</li>" for link in LINKS[:2])
    assert authors_of("", f"<div>Written by: <ul>{items}</ul></div>").authors == ["Ana Kovač", "Jo Doe"]


def test_a_name_right_above_a_life_is_the_writers() -> None:
    box = "<div><p>Ana Kovač</p><div class='dynamic-author-description'>Judge of ropes, twice champion</div></div>"
    assert authors_of("", box).authors == ["Ana Kovač"]


@pytest.mark.parametrize(
    ("url", "foot", "authors"),
    [
        ("https://annamarten.example/ropes", "© 2026 Anna Marten. All rights reserved.", ["Anna Marten"]),
        ("https://ropes.example/again", "© 2026 Anna Marten. All rights reserved.", []),
        ("https://austinhardware.example/ropes", "© 2026 Austin Hardware", []),
    ],
)
def test_who_signs_the_foot_of_a_site_of_that_name_is_its_writer(url: str, foot: str, authors: list[str]) -> None:
    text = "".join(
        f"<p>The ferry will run all winter, and pupils of class {n} will travel free of charge.</p>" for n in range(9)
    )
    main = f"<main><h1>Ferry to run</h1>{text}</main><footer>{foot}</footer>"
    page = f"<html><head><title>Ferry</title></head><body>{main}</body></html>"
    article = extract(page, url, datetime(2026, 11, 22, tzinfo=UTC))
    assert isinstance(article, Article)
    assert article.authors == authors


@settings(max_examples=150, deadline=None)
@given(st.lists(st.text(max_size=80), max_size=4))
def test_any_texts_give_distinct_names_and_no_error(texts: list[str]) -> None:
    names = clean_names(texts)
    assert len(names) == len(set(names))
    assert all(name.strip() == name and name for name in names)
