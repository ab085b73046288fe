"""A report in, Markdown for a terminal out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from bench.measures import FIGURES, SHARES


def table(head: Sequence[str], rows: Iterable[Sequence[str]], *, words: Sequence[int] = (0,)) -> str:
    """A Markdown table whose columns stand under each other; ``words``: those that stand to the left."""
    cells = [list(head), *(list(row) for row in rows)]
    widths = [max(len(row[column]) for row in cells) for column in range(len(head))]

    def line(row: Sequence[str]) -> str:
        padded = (
            cell.ljust(width) if number in words else cell.rjust(width)
            for number, (cell, width) in enumerate(zip(row, widths, strict=True))
        )
        return f"| {' | '.join(padded)} |"

    marks = ("-" * (width + 2) if number in words else "-" * (width + 1) + ":" for number, width in enumerate(widths))
    return "\n".join([line(cells[0]), f"|{'|'.join(marks)}|", *(line(row) for row in cells[1:])])


def _figure(value: float | None, key: str) -> str:
    if value is None:
        return "–"
    return f"{value:.2f}" if key == "speed" else f"{value:.3f}"


def main_table(systems: Mapping[str, dict[str, Any] | None]) -> str:
    """A row a system, in the order of the question; None: not installed."""
    keys = {**dict(list(FIGURES.items())[:6]), "author_precision": SHARES["author_precision"]}
    keys |= {"authors_on_unsigned": SHARES["authors_on_unsigned"], "date": FIGURES["date"]}
    keys |= {key: SHARES[key] for key in ("dates_on_undated", "rejected", "speed")}
    rows = []
    for name, report in systems.items():
        missing = "not installed"
        cells = [_figure(report["figures"][key], key) for key in keys] if report else [missing, *[""] * (len(keys) - 1)]
        rows.append([name, *cells])
    return table(["system", *keys.values()], rows)


def difference_table(systems: Mapping[str, dict[str, Any] | None]) -> str:
    """Mean difference to trafilatura page by page, with its standard error."""
    rows = []
    for name, report in systems.items():
        if report and report["against_trafilatura"]:
            told = report["against_trafilatura"]
            rows.append([name, *(f"{told[key][0]:+.3f} ± {told[key][1]:.3f}" if told[key] else "–" for key in FIGURES)])
    return table(["minus trafilatura", *FIGURES.values()], rows)


def cause_table(causes: Mapping[str, Mapping[str, float]], *, worst: int) -> str:
    """How many pages have each cause, among the worst and among all."""
    head = ["cause", f"worst {worst}: first cause of", f"worst {worst}: pages", "all: pages", "all: words"]
    order = sorted(causes.items(), key=lambda item: -item[1]["all_words"])
    keys = ("worst_first", "worst_pages", "all_pages", "all_words")
    return table(head, ([cause, *(str(int(counts.get(key, 0))) for key in keys)] for cause, counts in order))


def worst_table(pages: Sequence[dict[str, Any]]) -> str:
    """The worst pages, each with its figure, trafilatura's, and its largest causes."""
    rows = []
    for page in pages:
        causes = ", ".join(f"{cause} {words}" for cause, words in list(page["causes"].items())[:4])
        rows.append(
            [page["id"], f"{page['body_f1']:.3f}", f"{page['trafilatura']:.3f}", causes or "–", page["url"][:70]]
        )
    return table(["page", "ours", "trafilatura", "words by cause", "address"], rows, words=(0, 3, 4))


def gate_table(kinds: Mapping[str, Mapping[str, int]]) -> str:
    """Kind of page × what became of it."""
    outcomes = sorted({outcome for counts in kinds.values() for outcome in counts} - {"kept"})
    rows = []
    for kind, counts in kinds.items():
        total = sum(counts.values())
        kept = counts.get("kept", 0)
        rows.append(
            [kind, str(total), str(kept), f"{1 - kept / total:.1%}", *(str(counts.get(o, 0)) for o in outcomes)]
        )
    return table(["kind", "pages", "kept", "kept out", *outcomes], rows)
