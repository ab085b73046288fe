"""Tasks side by side: results in order, and a task that kills its worker costs itself."""

from __future__ import annotations

import os
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from concurrent.futures.process import BrokenProcessPool

import pytest

from crawler.errors import CrawlerError
from crawler.machines.lanes import Lanes
from crawler.machines.machines import Machines, this_machine

Numbers = tuple[int, ...]


def squares(numbers: Numbers) -> list[int]:
    if 13 in numbers:
        os._exit(1)
    return [number * number for number in numbers]


def parts(numbers: Numbers) -> list[Numbers]:
    return [(number,) for number in numbers]


def unlucky(numbers: Numbers) -> list[int]:
    return [-1 for _ in numbers]


def test_results_come_in_the_order_of_the_tasks_and_a_deadly_one_costs_itself() -> None:
    tasks = [(1, 2), (3, 13, 4), (5,), (13,), (6, 7)]
    machines = this_machine(2, preload="crawler.machines.lanes", recycle_after=2)
    with machines, Lanes(machines, squares, split=parts, given_up=unlucky) as lanes:
        found = list(lanes.in_order(tasks))
    assert found == [((1, 2), [1, 4]), ((3, 13, 4), [9, -1, 16]), ((5,), [25]), ((13,), [-1]), ((6, 7), [36, 49])]


class Stillborn(Executor):
    """Workers that die whatever they are given."""

    def submit(self, *_call: object, **_named: object) -> Future[object]:  # type: ignore[override]
        future: Future[object] = Future()
        future.set_exception(BrokenProcessPool("no memory"))
        return future


def machines_of(executor: type[Executor]) -> Machines:
    return Machines(
        name="some", width=1, make=lambda _workers: executor(), died=(BrokenProcessPool,), recycle_after=None
    )


def test_workers_that_die_of_nothing_are_no_proof_against_any_page() -> None:
    lanes = Lanes(machines_of(Stillborn), squares, split=parts, given_up=unlucky)
    with lanes, pytest.raises(CrawlerError, match="die as soon as they begin: no memory"):
        list(lanes.in_order([(1,)]))


def test_no_more_tasks_are_made_than_workers_need_next() -> None:
    made = []

    def tasks() -> object:
        for number in range(20):
            made.append(number)
            yield (number,)

    with Lanes(machines_of(ThreadPoolExecutor), squares, split=parts, given_up=unlucky) as lanes:
        results = lanes.in_order(tasks())  # type: ignore[arg-type]
        next(results)
        assert len(made) == 3
