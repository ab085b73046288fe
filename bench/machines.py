#!/usr/bin/env python3
"""Cleaning again on a Dask cluster of this machine: articles a second with several workers, against one.

    bench/machines.py --workers 1,2,3

A scheduler and the workers are processes of their own on loopback. Workers beyond the machine's cores give nothing:
expected on two cores is a ratio of up to 2 for two workers, less what the scheduler and the comparing process take of
the same cores, and no more for three. On several machines they have cores of their own.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import tempfile
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from archive.generations.wanted import Wanted
from bench.reextract import ROOT, fill, pages_of, timed
from bench.tables import table
from crawler.again.options import Asked
from crawler.again.reextract import try_again
from tests.cluster import a_cluster


def measure(workers: list[int], *, most: int, copies: int, pages: Path) -> dict[str, Any]:
    """Articles a second for each number of workers; each cluster is warmed first."""
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary) / "archive"
        kept = fill(folder, pages_of(pages)[:most], copies)
        rates = {}
        for number in workers:
            with a_cluster(Path(temporary) / f"dask-{number}", number) as cluster:
                asked = Asked(folder=folder, wanted=Wanted(), dask=cluster.address)
                try_again(asked, lambda _done, _all: None)
                rates[number] = len(kept) / timed(lambda asked=asked: try_again(asked, lambda _done, _all: None))  # type: ignore[misc]
        first = rates[workers[0]]
        return {
            "articles": len(kept),
            "cores": os.cpu_count(),
            "articles_per_second": rates,
            "over_first": {number: rate / first for number, rate in rates.items()},
        }


def main() -> int:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--workers", default="1,2,3")
    options.add_argument("--pages", type=Path, default=ROOT / "tests" / "pages")
    options.add_argument("--most", type=int, default=1_000_000)
    options.add_argument("--copies", type=int, default=2)
    options.add_argument("--json", action="store_true")
    chosen = options.parse_args()
    workers = [int(each) for each in chosen.workers.split(",")]
    told = measure(workers, most=chosen.most, copies=chosen.copies, pages=chosen.pages)
    if chosen.json:
        print(json.dumps(told))
        return 0
    print(f"{told['articles']} articles, {told['cores']} cores")
    rows = [
        [str(number), f"{rate:.1f}", f"{told['over_first'][number]:.2f}"]
        for number, rate in told["articles_per_second"].items()
    ]
    print(table(["workers", "articles/s", f"× {workers[0]} worker"], rows))
    return 0


if __name__ == "__main__":
    sys.exit(main())
