"""The lists of past exports of two archives in, one out: a takedown must name whoever was given an article."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

from archive.export.log import FOLDER, LOG


def take_exports(folder: Path, part: Path) -> int:
    """Bring the other archive's exports into ours → how many. A line that a kill cut off is left out."""
    ours, theirs = folder / FOLDER, part / FOLDER
    if not (theirs / LOG).exists():
        return 0
    known = {_ids(line) for line in _lines(ours / LOG)}
    new = [
        line for line in _lines(theirs / LOG) if (ids := _ids(line)) and ids not in known and (theirs / ids).exists()
    ]
    if new:
        ours.mkdir(exist_ok=True)
        for line in new:
            ids = _ids(line)
            assert ids is not None, "they were chosen by it"
            shutil.copyfile(theirs / ids, ours / ids)
        with (ours / LOG).open("ab") as log:
            log.write(b"".join(line + b"\n" for line in new))
    return len(new)


def _lines(path: Path) -> list[bytes]:
    return path.read_bytes().splitlines() if path.exists() else []


def _ids(line: bytes) -> str | None:
    """The file with an export's ids: no two exports have one of a name."""
    try:
        name = json.loads(line)["ids"]
    except (ValueError, KeyError, TypeError):
        return None
    return name if isinstance(name, str) and "/" not in name else None
