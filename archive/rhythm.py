"""How often a URL's text, and those of its whole source, were found changed: what the next visit is judged by."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Rhythm:
    """An article's and its source's changes so far. The defaults stand for a page that is no article (yet)."""

    #: Earlier texts of the article.
    changes: int = 0
    #: When its present text was first met; None: it never had another.
    changed_at: datetime | None = None
    #: True: a live blog.
    live: bool = False
    #: Visits to known articles of the source, in a row, that found the text unchanged.
    steady: int = 0


#: What stands for a page of which nothing is known but when it was first seen.
NO_RHYTHM = Rhythm()
