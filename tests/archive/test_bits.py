"""Sets as integers say what Python's own sets say."""

from __future__ import annotations

from array import array
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from archive.bits import (
    array_of,
    at_least,
    between,
    bytes_of,
    counts_between,
    every,
    highest,
    lowest,
    numbers_of,
    packed_of,
    set_of,
    slices_of,
    unpacked,
)

SIZE = 70
numbers = st.sets(st.integers(0, SIZE - 1))


@given(numbers=numbers, first=st.integers(0, SIZE), end=st.integers(0, SIZE), most=st.integers(1, 9))
def test_sets_say_what_python_s_sets_say(numbers: set[int], first: int, end: int, most: int) -> None:
    bits = set_of(numbers, SIZE)
    assert list(numbers_of(bits)) == sorted(numbers)
    assert highest(bits, most) == sorted(numbers, reverse=True)[:most]
    assert lowest(bits, most) == sorted(numbers)[:most]
    assert set(numbers_of(between(first, end))) == set(range(first, end))
    assert set(numbers_of(every(SIZE) & ~bits)) == set(range(SIZE)) - numbers
    assert unpacked(packed_of(bits, SIZE)) == bits


@given(numbers=numbers, bounds=st.lists(st.integers(0, SIZE)).map(sorted))
def test_numbers_are_counted_between_bounds(numbers: set[int], bounds: list[int]) -> None:
    expected = [sum(first <= number < end for number in numbers) for first, end in pairwise(bounds)]
    assert counts_between(set_of(numbers, SIZE), bounds) == expected


@given(values=st.lists(st.integers(0, 2**40)), least=st.integers(-3, 2**41), among=numbers)
def test_places_are_told_by_the_digits_of_their_numbers(values: list[int], least: int, among: set[int]) -> None:
    found = at_least(slices_of(array("Q", values)), least, set_of(among & set(range(len(values))), SIZE))
    assert list(numbers_of(found)) == [n for n, value in enumerate(values) if value >= least and n in among]


@given(st.lists(st.integers(-(2**63), 2**63 - 1)))
def test_arrays_are_kept_as_bytes_of_one_order(numbers: list[int]) -> None:
    packed = bytes_of(array("q", numbers))
    assert list(array_of("q", packed)) == numbers
    assert packed == b"".join(number.to_bytes(8, "little", signed=True) for number in numbers)
