"""A share of a night as a task: what a worker is told, what it does, what it tells. A share may be begun again.

Twisted's reactor starts once in a process, in its main thread, so the crawl is a process of its own (child.py), which
ends with the worker: it holds the other end of a pipe.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import asdict, dataclass
from pathlib import Path
from tempfile import TemporaryFile
from typing import Any, Self
from uuid import uuid4

from archive.lock import purpose_of
from crawler.backfill.makeway import NIGHT_LOCK
from pipelines import EXTRACTOR


@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    """Sources to be crawled into a part."""

    #: The archive's folder and the part's, absolute: the same on all machines.
    folder: str
    part: str
    #: A file: once it is there, the night is to end in order.
    stop: str
    name: str
    sources: tuple[str, ...]
    sites: tuple[str, ...]
    #: ISO 8601; None: as long as it takes.
    deadline: str | None
    requests: int | None
    bytes: int | None
    source_requests: int | None
    source_bytes: int | None

    def to_json(self) -> str:
        """For the crawl's process."""
        return json.dumps(asdict(self))

    @classmethod
    def from_json(cls, text: str) -> Self:
        """The reverse."""
        told: dict[str, Any] = json.loads(text)
        told |= {name: tuple(value) for name, value in told.items() if isinstance(value, list)}
        return cls(**told)


@dataclass(frozen=True, slots=True, kw_only=True)
class Done:
    """What became of a share."""

    #: Stopped on request.
    interrupted: bool = False
    #: URLs that were due after all, because the clock of an earlier run was ahead.
    mended: int = 0
    #: Why it ended before its end; None: it did not.
    problem: str | None = None
    extractor: str = EXTRACTOR


def crawl_share(share: Share) -> list[Done]:
    """Crawl a share, on whichever machine → what came of it, as the only one of a list."""
    if purpose_of(Path(share.folder), NIGHT_LOCK) is None:
        return [Done(problem=f"its worker does not see that a night of {share.folder} goes on: {_LOCKS}")]
    command = [sys.executable, "-m", "crawler.shares.child", uuid4().hex]
    env = os.environ | {"PYTHONPATH": os.pathsep.join(path for path in sys.path if path)}
    pipe = subprocess.PIPE
    with (
        TemporaryFile("w+") as errors,
        subprocess.Popen(command, stdin=pipe, stdout=pipe, stderr=errors, env=env, text=True) as child,  # noqa: S603
    ):
        assert child.stdin is not None and child.stdout is not None
        child.stdin.write(share.to_json() + "\n")
        child.stdin.flush()  # and stays open: its end is our end
        said = child.stdout.read()
        child.stdin.close()
        status = child.wait()
        errors.seek(0)
        complaint = errors.read().strip()[-500:] or "without a word"
    try:
        return [Done(**json.loads(said))]
    except (ValueError, TypeError):
        return [Done(problem=f"its process ended with status {status}: {complaint}")]


_LOCKS = (
    "the folder is not shared under that path, its file system does not share locks,"
    " or whoever divided the night is gone"
)


def itself(share: Share) -> list[Share]:
    """A share is not divided further."""
    return [share]


def given_up(_share: Share) -> list[Done]:
    """Of a share at which several workers died."""
    return [Done(problem="several workers died at it; what they had is kept, and the next night goes on from there")]
