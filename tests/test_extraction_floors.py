"""How good the record is on the project's own page fixtures: the floors of bench/floors.json. Lowering one is seen."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from bench.measures import FIGURES, SHARES, page_figures, summarise
from bench.samples import list_ids, read_samples
from bench.systems import load_system

ROOT = Path(__file__).parent.parent
PAGES = ROOT / "tests" / "pages"
FLOORS = json.loads((ROOT / "bench" / "floors.json").read_text())
#: Pages that must be rejected have a test of their own; here they would count as empty.
SAMPLES = [sample for sample in read_samples(PAGES, list_ids(PAGES)) if sample.reason is None]


@pytest.fixture(scope="module")
def row() -> dict[str, float | None]:
    read = load_system("nightdesk")
    return summarise({sample.id: page_figures(sample.truth, read(sample)) for sample in SAMPLES}, {})


@pytest.mark.parametrize("figure", FLOORS["at_least"])
def test_a_figure_is_not_below_its_floor(row: dict[str, float | None], figure: str) -> None:
    assert figure in {**FIGURES, **SHARES}
    value = row[figure]
    assert value is not None
    assert value >= FLOORS["at_least"][figure]


@pytest.mark.parametrize("figure", FLOORS["at_most"])
def test_nothing_is_made_up_where_the_page_says_nothing(row: dict[str, float | None], figure: str) -> None:
    value = row[figure]
    assert value is not None, f"no page without it in {PAGES}"
    assert value <= FLOORS["at_most"][figure]


def test_many_fixtures_have_their_whole_text() -> None:
    assert sum(sample.truth.body is not None for sample in SAMPLES) >= FLOORS["full_texts"]
