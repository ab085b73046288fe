#!/usr/bin/env python3
"""Any extractor against any folder of pages with ground truth: how good the text and the fields are, and how fast.

    bench/extraction.py ../eval/articles                                    us and trafilatura
    bench/extraction.py ../eval/articles --other ../eval/other              … and what the gate does with other pages
    bench/extraction.py tests/pages --systems nightdesk,trafilatura-fast    the project's own page fixtures
    bench/extraction.py ../eval/articles --systems all --peers-python ../peers/bin/python

A folder is ground-truth/ID.json with html/ID.html.gz, as in the WCXB collection, or fixtures as in tests/pages.
A system that is not importable here runs in ``--peers-python``, else its row says so.

Definitions (bench/scores.py has them as code). Every figure is a mean over the pages whose ground truth allows it;
nothing is left out, also not where the ground truth is wrong or empty.

    body word-F1           F1 of the bags of lower-cased \\w+ words; both empty is 1
    with, without          share of the page's snippets found / absent; white space collapsed, case folded
    title exact            equal after case folding and collapsing what is no letter or digit
    author F1              between sets of names, normalised likewise, on pages that have an author
    author precision       of all names given on those pages, the share that is right
    authors on unsigned    share of pages without an author that are given one; likewise dates on undated pages
    date same day          same calendar day (ours: as the page writes it, in its own zone), on pages that have one
    rejected               taken for no article: counts as empty everywhere above
    docs/s                 CPU time of trafilatura's default with metadata ÷ ours; page by page in turn, in one process
    minus trafilatura      mean of the differences page by page ± its standard error
"""

from __future__ import annotations

import argparse
import json
import sys
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))  # run as a script, it is this checkout that is measured

from bench.causes import find_causes  # noqa: E402  # after the path is set
from bench.measures import compare, page_figures, summarise  # noqa: E402
from bench.race import Reading, run  # noqa: E402
from bench.samples import Sample, list_ids, read_samples  # noqa: E402
from bench.systems import REFERENCE, SYSTEMS, load_system  # noqa: E402
from bench.tables import cause_table, difference_table, gate_table, main_table, worst_table  # noqa: E402

OURS = "nightdesk"


def measure(
    folder: Path, systems: list[str], *, step: int, offset: int, python: str | None, worst: int
) -> dict[str, Any]:
    """The report of a folder: a row a system, every page's figures, our worst pages and why."""
    ids, readings = run(list(dict.fromkeys([*systems, REFERENCE])), folder, step=step, offset=offset, python=python)
    figures: dict[str, dict[str, dict[str, float]]] = {name: {} for name in readings}
    pages: dict[str, dict[str, Any]] = {}
    for sample in read_samples(folder, ids):
        for name, read in readings.items():
            figures[name][sample.id] = page_figures(sample.truth, read[sample.id].found)
        pages[sample.id] = {"url": sample.url, "kind": sample.kind, **_our_page(sample, readings.get(OURS))}
    rows: dict[str, Any] = {}
    for name in systems:
        if name not in readings:
            rows[name] = None
            continue
        against = None if name == REFERENCE else compare(figures[name], figures[REFERENCE])
        rows[name] = {"figures": summarise(figures[name], readings[name]), "against_trafilatura": against}
    for name, by_page in figures.items():
        for page, values in by_page.items():
            pages[page].setdefault("figures", {})[name] = {k: v for k, v in values.items() if not k.startswith("_")}
    report: dict[str, Any] = {"folder": str(folder), "pages": len(ids), "systems": rows, "by_page": pages}
    if OURS in readings:
        report |= count_causes(pages, figures, worst=worst)
    return report


def _our_page(sample: Sample, readings: Mapping[str, Reading] | None) -> dict[str, Any]:
    """What we made of a page beside its truth, and the words lost or too much by cause."""
    if readings is None:
        return {}
    found, truth = readings[sample.id].found, sample.truth
    causes: Counter[str] = Counter()
    if truth.body is not None:
        causes = find_causes(sample.html, truth.body, truth.title, found.body, rejected=found.rejected is not None)
    return {
        "rejected": found.rejected,
        "title": [found.title, truth.title],
        "authors": [list(found.authors), truth.author],
        "published": [found.published, truth.published],
        "causes": dict(causes.most_common()),
    }


def count_causes(pages: dict[str, dict[str, Any]], figures: Mapping[str, Any], *, worst: int) -> dict[str, Any]:
    """Our worst pages, and each cause counted over them and over all."""
    scored = [page for page in pages if "body_f1" in figures[OURS][page]]
    scored.sort(key=lambda page: figures[OURS][page]["body_f1"])
    counts: dict[str, Counter[str]] = {}
    for rank, page in enumerate(scored):
        for place, (cause, words) in enumerate(pages[page]["causes"].items()):
            count = counts.setdefault(cause, Counter())
            count.update(all_pages=1, all_words=words)
            if rank < worst:
                count.update(worst_pages=1, worst_first=int(place == 0))
    listed = [
        {
            "id": page,
            "url": pages[page]["url"],
            "body_f1": figures[OURS][page]["body_f1"],
            "trafilatura": figures[REFERENCE][page]["body_f1"],
            "causes": pages[page]["causes"],
        }
        for page in scored[:worst]
    ]
    return {"worst": listed, "causes": {cause: dict(count) for cause, count in counts.items()}}


def measure_gate(folder: Path, *, step: int, offset: int) -> dict[str, Counter[str]]:
    """Kind of page → what our gate did with how many: kept, or the reason."""
    read, kinds = load_system(OURS), dict[str, Counter[str]]()
    for sample in read_samples(folder, list_ids(folder, step=step, offset=offset)):
        kinds.setdefault(sample.kind, Counter())[read(sample).rejected or "kept"] += 1
    return dict(sorted(kinds.items())) | {"all": sum(kinds.values(), Counter())}


def show(report: dict[str, Any], worst: int) -> None:
    systems = report["systems"]
    print(f"{report['pages']} pages of {report['folder']}\n")
    print(main_table(systems), "\n")
    if any(row and row["against_trafilatura"] for row in systems.values()):
        print(difference_table(systems), "\n")
    if report.get("worst"):
        shown = min(worst, len(report["worst"]))
        print(f"Why ours differs from the truth:\n\n{cause_table(report['causes'], worst=shown)}\n")
        print(f"Our worst {shown}:\n\n{worst_table(report['worst'])}\n")
    if OURS in systems:
        print(f"What the gate does with these:\n\n{gate_table(_own_gate(report))}\n")
    if "gate" in report:
        print(f"What it does with {report['other']}:\n\n{gate_table(report['gate'])}\n")


def _own_gate(report: dict[str, Any]) -> dict[str, Counter[str]]:
    kinds: dict[str, Counter[str]] = {}
    for page in report["by_page"].values():
        kinds.setdefault(page["kind"], Counter())[page["rejected"] or "kept"] += 1
    return kinds


def parse(arguments: list[str] | None = None) -> argparse.Namespace:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("folder", type=Path, help="pages with ground truth")
    options.add_argument("--other", type=Path, help="pages that are no articles: what the gate does with each kind")
    options.add_argument("--systems", default=f"{OURS},{REFERENCE}", help=f"of {', '.join(SYSTEMS)}, or all")
    options.add_argument("--peers-python", metavar="PATH", help="an interpreter that has the systems missing here")
    options.add_argument("--step", type=int, default=1, help="only every so many pages")
    options.add_argument("--offset", type=int, default=0, help="beginning with this one")
    options.add_argument("--worst", type=int, default=20, help="how many of our worst pages to list")
    options.add_argument("--json", type=Path, metavar="FILE", help="write everything, page by page, for machines")
    chosen = options.parse_args(arguments)
    chosen.systems = list(SYSTEMS) if chosen.systems == "all" else chosen.systems.split(",")
    if unknown := [name for name in chosen.systems if name not in SYSTEMS]:
        options.error(f"no system {unknown[0]!r}: there are {', '.join(SYSTEMS)}")
    for folder in filter(None, (chosen.folder, chosen.other)):
        if not folder.is_dir():
            options.error(f"{folder} is no folder")
    if chosen.step < 1 or chosen.offset < 0 or chosen.worst < 0:
        options.error("--step is at least 1, --offset and --worst at least 0")
    return chosen


def main() -> int:
    chosen = parse()
    part = {"step": chosen.step, "offset": chosen.offset}
    report = measure(chosen.folder, chosen.systems, **part, python=chosen.peers_python, worst=chosen.worst)
    if chosen.other:
        report |= {"other": str(chosen.other), "gate": measure_gate(chosen.other, **part)}
    show(report, chosen.worst)
    if chosen.json:
        chosen.json.write_text(json.dumps(report, indent=1, ensure_ascii=False), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
