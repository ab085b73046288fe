"""Pieces are worked off in order by another thread, and what goes wrong on either side is told."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest

from archive.export.behind import each_behind


def test_all_pieces_are_done_in_order_by_another_thread_when_it_returns() -> None:
    done: list[tuple[int, bool]] = []
    here = threading.get_ident()
    each_behind(range(1000), lambda piece: done.append((piece, threading.get_ident() == here)))
    assert done == [(piece, False) for piece in range(1000)]


def test_what_the_work_raises_comes_out_and_nothing_is_done_after_it() -> None:
    done: list[int] = []
    made: list[int] = []

    def pieces() -> Iterator[int]:
        for piece in range(100_000):
            made.append(piece)
            yield piece

    def work(piece: int) -> None:
        if piece == 3:
            raise OSError("the disk is full")
        done.append(piece)

    with pytest.raises(OSError, match="the disk is full"):
        each_behind(pieces(), work)
    assert done == [0, 1, 2]
    assert len(made) < 100_000


def test_what_making_the_pieces_raises_comes_out_when_those_before_are_done() -> None:
    done: list[int] = []

    def pieces() -> Iterator[int]:
        yield from range(5)
        raise ValueError("no more")

    with pytest.raises(ValueError, match="no more"):
        each_behind(pieces(), done.append)
    assert done == [0, 1, 2, 3, 4]
