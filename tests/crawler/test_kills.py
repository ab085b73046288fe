"""Crawls killed at random instants: at each of them the archive is one that the next crawl goes on from."""

from __future__ import annotations

from bench.kills import kill_crawls


def test_ten_kills_at_random_instants_lose_nothing_and_fetch_nothing_twice() -> None:
    losses = kill_crawls(10, seed=20261122, papers=("millbrook-courier",))
    assert losses.none, losses
    assert losses.kills == 10
    assert losses.at_work >= 4  # the others found it opening or closing the archive
