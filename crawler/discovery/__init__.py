"""The bytes of a feed, sitemap or front page in, the Links it lists out. Pure, and never raises.

A document that cannot be read is an expected thing on the web: it gives a Listing whose ``problem`` says
in a sentence what is wrong, with the links that could be read nevertheless. The readers::

    feeds.read_feed          RSS 0.9x, 1.0, 2.0, Atom, JSON Feed
    sitemaps.read_sitemap    sitemap, sitemap index, news sitemap, plain text, a feed in a sitemap's place
    links.read_front         a front or section page
    sniff                    which of these a document is, whatever it was declared to be
"""

from __future__ import annotations

from dataclasses import dataclass

from archive.types import Link
from crawler.discovery.sniff import sniff

__all__ = ["FrontListing", "Listing", "sniff"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """What a feed or sitemap lists."""

    #: In the document's order, one a URL. Kind PAGE; from a sitemap index kind SITEMAP.
    links: tuple[Link, ...] = ()
    #: Absolute URL of the next, older part (RFC 5005, JSON Feed ``next_url``, a front's pagination).
    next: str | None = None
    #: What kept the document from being read, wholly or in part, as a sentence; None: all was read.
    problem: str | None = None
    #: The feed's or site's own name.
    title: str | None = None
    #: Entries whose URL is missing or none that can be fetched.
    dropped: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class FrontListing(Listing):
    """What a front or section page lists: ``links`` are the pages that look like articles."""

    #: Absolute URLs of the feeds it declares or links to; those of comments and single articles left out.
    feeds: tuple[str, ...] = ()
    #: Pages that list a part of the paper, from the menus; kind SECTION, ``hint.title`` is the menu's word.
    sections: tuple[Link, ...] = ()
