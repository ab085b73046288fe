from __future__ import annotations

import codecs

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.decode import decode

GERMAN = "Die Fähre über die Elbe fährt – trotz „höherer“ Kosten – weiter. " * 4
POLISH = "Zażółć gęślą jaźń, powiedział Łukasz Źrebak. Prom będzie kursował także zimą. " * 4
RUSSIAN = "Паром будет ходить всю зиму, решил городской совет во вторник вечером. " * 8


def page(text: str, charset: str | None = None) -> str:
    meta = f'<meta charset="{charset}">' if charset else ""
    return f"<html><head>{meta}<title>x</title></head><body><p>{text}</p></body></html>"


@pytest.mark.parametrize(
    ("text", "encoding"),
    [(GERMAN, "windows-1252"), (POLISH, "iso-8859-2"), (RUSSIAN, "windows-1251"), (RUSSIAN, "koi8-r")],
)
def test_a_declaration_in_the_page_is_believed(text: str, encoding: str) -> None:
    decoded = decode(page(text, encoding).encode(encoding))
    assert text in decoded.text
    assert decoded.origin == "meta"


def test_the_header_goes_before_the_page() -> None:
    decoded = decode(page(RUSSIAN, "koi8-r").encode("windows-1251"), "text/html; charset=windows-1251")
    assert RUSSIAN in decoded.text
    assert decoded.origin == "header"


def test_latin_1_means_windows_1252_as_in_browsers() -> None:
    assert "„höherer“" in decode(page(GERMAN, "iso-8859-1").encode("windows-1252")).text


@pytest.mark.parametrize("bom_encoding", ["utf-8-sig", "utf-16"])
def test_a_byte_order_mark_goes_before_everything(bom_encoding: str) -> None:
    decoded = decode(page(GERMAN, "iso-8859-2").encode(bom_encoding), "text/html; charset=koi8-r")
    assert GERMAN in decoded.text
    assert decoded.origin == "bom"
    assert not decoded.text.startswith("\ufeff")


def test_bytes_that_are_utf_8_are_utf_8_whatever_is_declared() -> None:
    assert GERMAN in decode(page(GERMAN, "iso-8859-1").encode(), "text/html; charset=iso-8859-1").text


def test_a_declaration_that_does_not_fit_is_passed_over() -> None:
    decoded = decode(page(GERMAN).encode("windows-1252"), "text/html; charset=utf-8")
    assert "Fähre über" in decoded.text


def test_without_any_declaration_the_letters_decide() -> None:
    assert "Паром будет ходить" in decode(page(RUSSIAN).encode("windows-1251")).text


def test_a_page_cut_in_the_middle_of_a_character_keeps_its_encoding() -> None:
    body = ("ž" * 50).encode()[:-1]
    assert decode(body).text == "ž" * 49


def test_an_unknown_label_is_no_declaration() -> None:
    assert decode(page("abc", "x-unheard-of").encode(), "text/html; charset=base64").text == page("abc", "x-unheard-of")


def test_seven_bit_japanese_is_not_taken_for_utf_8() -> None:
    body = page("船は冬も走る", "iso-2022-jp").encode("iso-2022-jp")
    assert "船は冬も走る" in decode(body).text


@settings(max_examples=60, deadline=None)
@given(st.text(st.characters(min_codepoint=32, max_codepoint=0x2FFF, exclude_categories=["Cs"]), max_size=80))
def test_utf_8_comes_back_as_it_was(text: str) -> None:
    assert decode(text.encode(), "text/html; charset=utf-8").text == text.removeprefix("\ufeff")


@settings(max_examples=60, deadline=None)
@given(st.binary(max_size=200), st.sampled_from([None, "text/html; charset=utf-8", "text/html; charset=shift_jis"]))
def test_any_bytes_become_text(body: bytes, content_type: str | None) -> None:
    decoded = decode(body, content_type)
    assert isinstance(decoded.text, str)
    codecs.lookup(decoded.encoding)
