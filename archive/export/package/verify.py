"""A package → whether every file is whole, and as many articles in it as it says. Needs no archive."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from itertools import zip_longest
from pathlib import Path
from typing import Any

from archive.errors import ArchiveError
from archive.export.earlier import MEMBERS, iter_export
from archive.export.files import digest_of
from archive.export.package.descriptor import DESCRIPTOR
from archive.export.package.make import SUMS, Packing

_SUM = re.compile(r"([0-9a-f]{64})  ([^/\0]+)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Verified:
    """What was looked at in a package, and what is wrong with it."""

    files: int
    rows: int
    #: True: the rows are revisions, not articles.
    history: bool
    #: In sentences; empty: nothing.
    wrong: tuple[str, ...]


def verify(folder: Path) -> Verified:
    """Check a package against its own digests and numbers. Raises ArchiveError for what is no package."""
    told = read_descriptor(folder)
    packing = packing_of(told, folder)
    sums = _sums(folder)
    wrong = [_wrong_file(folder / name, digest) for name, digest in sums.items()]
    wrong += [f"{name} is described, but has no digest in {SUMS}" for name in _needed(packing) if name not in sums]
    wrong += [
        f"{path.name} is no part of the package" for path in sorted(folder.iterdir()) if path.name not in {SUMS, *sums}
    ]
    rows = told["nightdesk"]["rows"]
    if not any(wrong):
        stated = next((r.get("hash") for r in told["resources"] if r.get("path") == packing.file), None)
        if stated != f"sha256:{sums[packing.file]}":
            wrong.append(f"{DESCRIPTOR} states another digest of {packing.file} than {SUMS}")
        wrong += _wrong_rows(folder, packing, rows)
    return Verified(files=len(sums), rows=rows, history=is_history(told), wrong=tuple(each for each in wrong if each))


def read_descriptor(folder: Path) -> dict[str, Any]:
    """``datapackage.json`` of a package of ours. Raises ArchiveError."""
    try:
        told = json.loads((folder / DESCRIPTOR).read_bytes())
        if {"wanted", "shape", "rows"} <= told["nightdesk"].keys() and isinstance(told["resources"], list):
            return dict(told)
    except OSError as error:
        raise ArchiveError(f"{folder} is no package: {DESCRIPTOR} cannot be read: {error.strerror}") from error
    except (ValueError, TypeError, KeyError, AttributeError):
        pass
    raise ArchiveError(f"{folder} is no package of nightdesk: {DESCRIPTOR} does not say how it was made")


def is_history(told: dict[str, Any]) -> bool:
    """Whether a package of ours has a row a revision."""
    return isinstance(told["nightdesk"]["wanted"], dict) and bool(told["nightdesk"]["wanted"].get("history"))


def packing_of(told: dict[str, Any], folder: Path) -> Packing:
    """How the data of a package were written. Raises ArchiveError."""
    try:
        return Packing.from_json(told["nightdesk"]["shape"])
    except (KeyError, TypeError) as error:
        raise ArchiveError(f"{folder} was made by a later nightdesk: {error} is unknown here") from error


def _needed(packing: Packing) -> tuple[str, ...]:
    return (packing.file, MEMBERS, DESCRIPTOR)


def _sums(folder: Path) -> dict[str, str]:
    try:
        lines = (folder / SUMS).read_text(encoding="utf-8").splitlines()
    except (OSError, ValueError) as error:
        raise ArchiveError(f"{folder} is no package: {SUMS} cannot be read: {error}") from error
    found = [_SUM.fullmatch(line) for line in lines]
    if not all(found):
        raise ArchiveError(f"{folder}: {SUMS} is no list of digests")
    return {match[2]: match[1] for match in found if match}


def _wrong_file(path: Path, digest: str) -> str:
    try:
        return "" if digest_of(path) == digest else f"{path.name} is not what it was: its digest differs"
    except FileNotFoundError:
        return f"{path.name} is missing"
    except OSError as error:
        return f"{path.name} cannot be read: {error.strerror}"


def _wrong_rows(folder: Path, packing: Packing, stated: int) -> list[str]:
    listed = sum(1 for _ in iter_export(folder))
    wrong = [] if listed == stated else [f"{MEMBERS} has {listed:,} rows, stated are {stated:,}"]
    readable = packing.shape.format.name in ("csv", "jsonl", "hf", "parquet")
    if readable and "id" in {column.name for column in packing.columns}:
        rows = zip_longest(iter_export(folder), iter_export(folder / packing.file))
        if not all(member and row and member["id"] == row["id"] for member, row in rows):
            wrong.append(f"the rows of {packing.file} are not those of {MEMBERS} in their order")
    return wrong
