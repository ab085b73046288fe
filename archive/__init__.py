"""Article in; rows, hits, citations and exports out. Imports nothing else of ours.

>>> from archive import Archive
>>> with Archive("my-archive") as archive:                  # doctest: +SKIP
...     for hit in archive.search('"harbour talks"', since="2026-11"):
...         print(hit.published_at, hit.title)
"""

from archive.edits.reading import Change, Edit
from archive.errors import ArchiveError, BadQuery, DamagedCapture, Locked, NoArchive, NotAnArchive, NotFound
from archive.query import Query
from archive.reading import Archive
from archive.record import Revision, StoredArticle
from archive.stories.reading import Copy, Story
from archive.types import Article, Rejection
from archive.version import __version__

__all__ = [
    "Archive",
    "ArchiveError",
    "Article",
    "BadQuery",
    "Change",
    "Copy",
    "DamagedCapture",
    "Edit",
    "Locked",
    "NoArchive",
    "NotAnArchive",
    "NotFound",
    "Query",
    "Rejection",
    "Revision",
    "StoredArticle",
    "Story",
    "__version__",
]
