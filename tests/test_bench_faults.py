"""The campaign of faults: a part of it for real, and its table in the documentation."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from bench.faults import BLOWS, FAULTS, campaign

PAGE = Path(__file__).parents[1] / "docs" / "faults.md"


@pytest.mark.parametrize("only", ["the connection is reset", "the disk is full"])
def test_nothing_is_lost_and_the_operator_is_told(only: str) -> None:
    lines = list(campaign(only))
    assert [line.injected for line in lines] == [each.name for each in (*FAULTS, *BLOWS) if only in each.name]
    assert {line.lost for line in lines} == {"nothing"}
    assert all(line.told and "TRACEBACK" not in line.happened for line in lines)


def test_the_table_has_every_fault_and_none_that_lost_anything() -> None:
    rows = re.findall(r"(?m)^\| (.+?) \| (.+?) \| (.+?) \| (.+?) \|$", PAGE.read_text(encoding="utf-8"))[1:]
    assert [row[0] for row in rows] == [each.name for each in (*FAULTS, *BLOWS)]
    assert len(rows) >= 40
    assert {row[2] for row in rows} == {"nothing"}
