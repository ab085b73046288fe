"""Systems and pages in, readings with their CPU time out. Run as a program: the same in another interpreter.

Every page goes to every system in turn in one process, who is first changes from page to page, and the first page
is read once beforehand: so caches, the machine's mood and what is imported late fall on all alike.
"""

from __future__ import annotations

import gc
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path

from bench.samples import Sample, list_ids, read_samples
from bench.systems import REFERENCE, Found, is_installed, load_system

ROOT = Path(__file__).resolve().parent.parent


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """A system's result for one page. ``seconds`` of CPU; ``reference_seconds``: trafilatura's for the same page."""

    found: Found
    seconds: float
    reference_seconds: float


def race(systems: list[str], samples: Iterable[Sample]) -> dict[str, dict[str, Reading]]:
    """System → page → reading, in this process. trafilatura takes part whether asked for or not."""
    entrants = {name: load_system(name) for name in dict.fromkeys([*systems, REFERENCE])}
    readings: dict[str, dict[str, Reading]] = {name: {} for name in systems}
    order = list(entrants)
    for number, sample in enumerate(samples):
        if number == 0:
            for read in entrants.values():
                read(sample)
        order = [*order[1:], order[0]]
        # One system's leftovers (trafilatura keeps caches) are not looked through again on another's time.
        gc.collect()
        gc.freeze()
        taken: dict[str, tuple[Found, float]] = {}
        for name in order:
            start = time.process_time()
            found = entrants[name](sample)
            taken[name] = found, time.process_time() - start
        for name in systems:
            found, seconds = taken[name]
            readings[name][sample.id] = Reading(found=found, seconds=seconds, reference_seconds=taken[REFERENCE][1])
    return readings


def race_elsewhere(python: str, systems: list[str], folder: Path, ids: list[str]) -> dict[str, dict[str, Reading]]:
    """The same in another interpreter, which has the libraries; systems that it lacks are left out."""
    with tempfile.TemporaryDirectory() as room:
        asked, answered = Path(room) / "asked.json", Path(room) / "answered.json"
        asked.write_text(json.dumps({"systems": systems, "folder": str(folder.resolve()), "ids": ids}))
        command = [python, "-m", "bench.race", str(asked), str(answered)]
        done = subprocess.run(
            command, cwd=ROOT, env=os.environ | {"PYTHONPATH": str(ROOT)}, capture_output=True, text=True, check=False
        )
        if done.returncode or not answered.exists():
            last = (done.stderr.strip().splitlines() or ["no message"])[-1]
            raise SystemExit(f"{python} could not run {', '.join(systems)}: {last}")
        told = json.loads(answered.read_text())
    return {name: {page: _reading(value) for page, value in pages.items()} for name, pages in told.items()}


def _reading(told: dict[str, object]) -> Reading:
    found = dict(told["found"])  # type: ignore[call-overload]
    found["authors"] = tuple(found["authors"])
    return Reading(found=Found(**found), seconds=told["seconds"], reference_seconds=told["reference_seconds"])  # type: ignore[arg-type]


def run(
    systems: list[str], folder: Path, *, step: int, offset: int, python: str | None
) -> tuple[list[str], dict[str, dict[str, Reading]]]:
    """Pages and readings; systems not importable here run in ``python``, and are missing if neither has them."""
    ids = list_ids(folder, step=step, offset=offset)
    here = [name for name in systems if is_installed(name)]
    readings = race(here, read_samples(folder, ids))
    elsewhere = [name for name in systems if name not in here]
    if elsewhere and python:
        readings |= race_elsewhere(python, elsewhere, folder, ids)
    return ids, readings


def main(asked: Path, answered: Path) -> None:
    order = json.loads(asked.read_text())
    systems = [name for name in order["systems"] if is_installed(name)]
    readings = race(systems, read_samples(Path(order["folder"]), order["ids"])) if systems else {}
    answered.write_text(
        json.dumps({name: {page: asdict(one) for page, one in pages.items()} for name, pages in readings.items()})
    )


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
