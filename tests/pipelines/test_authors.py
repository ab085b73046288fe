from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.authors import clean_names, has_lead, strip_lead


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


@settings(max_examples=150, deadline=None)
@given(st.lists(st.text(max_size=80), max_size=4))
def test_any_texts_give_distinct_names_and_no_error(texts: list[str]) -> None:
    names = clean_names(texts)
    assert len(names) == len(set(names))
    assert all(name.strip() == name and name for name in names)
