"""A folder of saved pages in, Samples out: the page and what a person found on it. Standard library only.

Two layouts are known:

    ground-truth/ID.json, html/ID.html.gz or html/ID.html     the WCXB collection's: {"url", "ground_truth": {…}}
    NAME/page.html or page.bin, case.json, expected.json      the project's own page fixtures (tests/pages)
"""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Truth:
    """What a person found on a page. None: the ground truth says nothing of it; empty: it says there is none."""

    title: str | None
    #: Names as written there, several in one string or a list.
    author: str | list[str] | None
    #: ISO 8601, a day or (rarely) a month.
    published: str | None
    body: str | None
    #: Passages that belong to the article, and such as do not.
    present: tuple[str, ...] = ()
    absent: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """A page and its truth."""

    id: str
    url: str
    html: bytes
    truth: Truth
    #: ``article``, ``product``, ``forum`` …, as the folder says; ``unknown`` if it does not.
    kind: str = "unknown"
    #: The project's own fixtures: fetched_at, headers, timezone, hints, truncated of case.json.
    case: Mapping[str, Any] = field(default_factory=dict)
    #: The same: the reason for which it must be rejected.
    reason: str | None = None


def list_ids(folder: Path, *, step: int = 1, offset: int = 0) -> list[str]:
    """Every ``step``-th page of a folder from ``offset``, in the order of their names."""
    truths = folder / "ground-truth"
    if truths.is_dir():
        names = sorted(file.stem for file in truths.glob("*.json"))
    else:
        names = sorted(file.parent.name for file in folder.glob("*/expected.json"))
    if not names:
        raise SystemExit(f"{folder}: neither ground-truth/*.json nor */expected.json: no folder of pages")
    return names[offset::step]


def read_samples(folder: Path, ids: list[str]) -> Iterator[Sample]:
    """The pages of a folder, one at a time: thousands do not fit into memory."""
    read: Callable[[Path, str], Sample] = _read_wcxb if (folder / "ground-truth").is_dir() else _read_fixture
    for name in ids:
        yield read(folder, name)


def _read_wcxb(folder: Path, name: str) -> Sample:
    told = json.loads((folder / "ground-truth" / f"{name}.json").read_text(encoding="utf-8"))
    truth = told["ground_truth"]
    packed = folder / "html" / f"{name}.html.gz"
    page = gzip.decompress(packed.read_bytes()) if packed.exists() else packed.with_suffix("").read_bytes()
    return Sample(
        id=name,
        url=told.get("url") or f"http://unknown.example/{name}",
        html=page,
        kind=told.get("_internal", {}).get("page_type", {}).get("primary", "unknown"),
        truth=Truth(
            title=truth.get("title"),
            author=truth.get("author") or "",
            published=truth.get("publish_date") or "",
            body=truth.get("main_content") or "",
            present=tuple(truth.get("with") or ()),
            absent=tuple(truth.get("without") or ()),
        ),
    )


def _read_fixture(folder: Path, name: str) -> Sample:
    home = folder / name
    case = json.loads((home / "case.json").read_text(encoding="utf-8"))
    expected = json.loads((home / "expected.json").read_text(encoding="utf-8"))
    binary, body = home / "page.bin", home / "body.txt"
    return Sample(
        id=name,
        url=case["url"],
        html=(binary if binary.exists() else home / "page.html").read_bytes(),
        kind="other" if "reason" in expected else "article",
        case=case,
        reason=expected.get("reason"),
        truth=Truth(
            title=expected.get("title"),
            author=expected.get("authors"),
            published=(expected["published_at"] or "") if "published_at" in expected else None,
            body=body.read_text(encoding="utf-8") if body.exists() else None,
            present=tuple(expected.get("body_must", ())),
            absent=tuple(expected.get("body_must_not", ())),
        ),
    )
