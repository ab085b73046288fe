"""docs/import.md against the code."""

from __future__ import annotations

from pathlib import Path

from pipelines.columns import USUAL

GUIDE = (Path(__file__).parents[3] / "docs" / "import.md").read_text(encoding="utf-8")


def test_the_table_of_columns_is_the_one_that_is_used() -> None:
    lines = GUIDE.partition("<!-- columns -->")[2].partition("\n\n")[0].strip().splitlines()[2:]
    assert lines == [f"| `{field}` | {', '.join(f'`{name}`' for name in names)} |" for field, names in USUAL.items()]
