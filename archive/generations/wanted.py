"""What is to be cleaned again, as it was asked."""

from __future__ import annotations

import json
import shlex
from dataclasses import asdict, dataclass
from typing import Self


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Texts of articles, or pages that are no articles. The same words again go on with what was begun."""

    #: The canonical spelling of a Query; empty: all articles.
    query: str = ""
    #: Of pages: only of this source; None: of all.
    source: str | None = None
    #: Only what an earlier nightdesk than this made: ``0.2`` or ``0.2.1``.
    older_than: str | None = None
    #: Also what the present version and template made.
    force: bool = False
    #: Pages that were captured and never cleaned; pages that were rejected. With either, no text of an article.
    pending: bool = False
    rejected: bool = False

    @property
    def pages(self) -> bool:
        """Whether it is pages that are no articles."""
        return self.pending or self.rejected

    def as_json(self) -> str:
        """The same whenever the same was asked."""
        return json.dumps(asdict(self), ensure_ascii=False, sort_keys=True)

    @classmethod
    def from_json(cls, text: str) -> Self:
        """The reverse."""
        return cls(**json.loads(text))

    def as_typed(self) -> str:
        """As one would type it behind the command; empty: all articles."""
        words = [shlex.quote(self.query)] if self.query else []
        words += [f"--source {self.source}"] if self.source else []
        words += [f"--older-than {self.older_than}"] if self.older_than else []
        words += [f"--{name}" for name in ("pending", "rejected", "force") if getattr(self, name)]
        return " ".join(words)


def version_of(text: str) -> tuple[int, ...] | None:
    """``0.10.2`` → (0, 10, 2), to be compared; of what made a record, ``nightdesk 0.1.0, …``, its version.

    None for what has none.
    """
    word = text.removeprefix("nightdesk ").split(",")[0].strip()
    parts = word.split(".")
    return tuple(map(int, parts)) if word and all(part.isdecimal() for part in parts) else None
