"""What `nightdesk reextract` was asked, and what came of it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from archive.generations.tally import Tally
from archive.generations.wanted import Wanted


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What is to be cleaned again, and where."""

    folder: Path
    wanted: Wanted
    #: Processes on this machine; 0: one per core.
    workers: int = 0
    #: Address of a Dask scheduler, whose workers do it instead; None: this machine does.
    dask: str | None = None
    #: Allowed for one page.
    seconds: float = 30.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Reextraction:
    """What came of it, or would."""

    #: Its number; None: nothing was changed, or it was a dry run.
    generation: int | None
    tally: Tally
    #: Captures that were to be cleaned.
    captures: int
    #: Texts that would have been, but of which no capture was kept.
    without_capture: int
    #: What cleaned them, with versions.
    extractor: str
    #: Why it ended before its end: ``interrupted`` or ``night``; None: it did not. The same words again go on.
    ended_by: str | None = None

    def as_dict(self) -> dict[str, Any]:
        """For ``--json``."""
        return {
            "generation": self.generation,
            "captures": self.captures,
            "without_capture": self.without_capture,
            "extractor": self.extractor,
            "ended_by": self.ended_by,
            **self.tally.as_dict(),
        }
