"""What a request is for."""

from __future__ import annotations

from dataclasses import dataclass

from archive.ledger import Entry
from crawler.sources import Source


@dataclass(frozen=True, slots=True, kw_only=True)
class Errand:
    """What a request is for; travels in ``request.meta["errand"]``."""

    source: Source
    entry: Entry
    #: How many links lead to this document from a front page, feed or sitemap of the source.
    depth: int = 0
    #: True: asked of a host that is not the source's, because the operator named it for a backfill.
    lent: bool = False
    #: False: the answer is part of a file of others, of which only some pages are kept.
    kept: bool = True
