"""Care killed at random instants: whatever was under way, it is begun again and comes to the same end."""

from __future__ import annotations

from bench.care_kills import WORKS, kill_works


def test_kills_of_every_work_cost_nothing() -> None:
    losses = kill_works(7, seed=20261128, each=1)
    assert losses.none, losses
    assert losses.kills == 7
    assert len(losses.killed) >= 4  # a short one may end before its kill


def test_every_work_is_known() -> None:
    assert set(WORKS) == {"import", "reextract", "takedown", "merge", "backup", "compact", "roll-over"}
