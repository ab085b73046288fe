"""Which passages of a page are in its true text: what the model of blocks is taught with."""

from __future__ import annotations

from bench.align import align

TRUTH = "Travel news\n\nThe ferry leaves at noon. It is late.\n\nShare your views with the council before Friday."


def test_passages_are_found_in_order_and_a_menu_of_the_same_words_is_not() -> None:
    page = ["Share", "Travel news", "Home", "Travel news", "The ferry leaves at noon. It is late.", "Share"]
    page += ["Share your views with the council before Friday.", "Contact"]
    found = align(page, TRUTH)
    assert found[4] and found[6]
    assert (found[1], found[3]).count(True) == 1
    assert not (found[2] or found[7])


def test_a_word_that_stands_elsewhere_in_the_text_is_not_taken_out_of_order() -> None:
    found = align(["The ferry leaves at noon. It is late.", "Travel news"], TRUTH)
    assert found == [True, False]


def test_a_long_passage_that_is_there_in_large_part_counts() -> None:
    assert align(["LATEST The ferry leaves at noon. It is late. More"], TRUTH) == [True]


def test_an_empty_truth_has_nothing() -> None:
    assert align(["One", ""], "") == [False, False]
