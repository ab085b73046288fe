"""A page's truth and what a system found in, figures out; then means over pages and their difference from a rival's."""

from __future__ import annotations

from collections.abc import Mapping

from bench.race import Reading
from bench.samples import Truth
from bench.scores import (
    mean,
    name_f1,
    names,
    paired,
    same_day,
    same_title,
    share_absent,
    share_found,
    share_said,
    word_f1,
)
from bench.systems import Found

#: What is counted on a page, and what it is called in a table's head.
FIGURES = {
    "body_f1": "body word-F1",
    "with": "“with” found",
    "said": "“with”, quotes aside",
    "without": "“without” absent",
    "title": "title exact",
    "author_f1": "author F1",
    "date": "date same day",
}
#: The same for what is a share of names or pages, not a mean of figures to be compared page by page.
SHARES = {
    "author_precision": "author precision",
    "authors_on_unsigned": "authors on unsigned pages",
    "dates_on_undated": "dates on undated pages",
    "rejected": "rejected",
    "speed": "docs/s against trafilatura",
}


def page_figures(truth: Truth, found: Found) -> dict[str, float]:
    """The figures that the page's truth allows; a rejected page has found nothing."""
    figures: dict[str, float] = {"rejected": float(found.rejected is not None)}
    if truth.body is not None:
        figures["body_f1"] = word_f1(found.body, truth.body)
    if truth.present:
        figures["with"] = share_found(found.body, truth.present)
        figures["said"] = share_said(found.body, truth.present)
    if truth.absent:
        figures["without"] = share_absent(found.body, truth.absent)
    if truth.title:
        figures["title"] = float(same_title(found.title, truth.title))
    if not found.signed:
        return figures
    figures |= _author_figures(truth, names(found.authors))
    if truth.published:
        # A truth with a time of day is in UTC, a mere day is that of the page.
        found_day = found.published if "T" in truth.published else found.day or found.published
        figures["date"] = float(same_day(found_day, truth.published))
    elif truth.published == "":
        figures["dates_on_undated"] = float(found.published is not None)
    return figures


def _author_figures(truth: Truth, found: set[str]) -> dict[str, float]:
    if truth.author is None:
        return {}
    right = names(truth.author)
    if not right:
        return {"authors_on_unsigned": float(bool(found))}
    return {"author_f1": name_f1(found, right), "_named": len(found), "_right": len(found & right)}


def summarise(figures: Mapping[str, Mapping[str, float]], readings: Mapping[str, Reading]) -> dict[str, float | None]:
    """A system's row: means over the pages that allow each figure; ``pages`` is how many there were."""

    def values(key: str) -> list[float]:
        return [page[key] for page in figures.values() if key in page]

    named, seconds = sum(values("_named")), sum(reading.seconds for reading in readings.values())
    row = {key: mean(values(key)) for key in (*FIGURES, "authors_on_unsigned", "dates_on_undated", "rejected")}
    row["author_precision"] = sum(values("_right")) / named if named else None
    row["speed"] = sum(reading.reference_seconds for reading in readings.values()) / seconds if seconds else None
    row["milliseconds"] = 1000 * seconds / len(readings) if readings else None
    return row | {"pages": len(figures)}


def compare(
    ours: Mapping[str, Mapping[str, float]], theirs: Mapping[str, Mapping[str, float]]
) -> dict[str, tuple[float, float] | None]:
    """Figure → mean difference page by page and its standard error."""
    differences = {}
    for key in FIGURES:
        pages = [page for page in ours if key in ours[page] and key in theirs.get(page, {})]
        differences[key] = paired([ours[page][key] for page in pages], [theirs[page][key] for page in pages])
    return differences
