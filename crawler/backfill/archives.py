"""A page in, its links to a paper's own archive out: lists of days, months and years, and where those are listed. Pure.

Also guesses: most blogs, and papers made like one, have a list at ``/2024/05/`` whose address nothing shows.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterable
from itertools import islice

from crawler.backfill.days import Days, days_of_list
from crawler.discovery.anchors import iter_anchors
from crawler.discovery.likeness import is_machinery, looks_like_article
from crawler.discovery.spelling import absolute, parts_of
from crawler.discovery.tree import parse
from pipelines.site import same_site

#: Links looked at on one page.
_MOST_ANCHORS = 10_000
_ARCHIVE_NAMES = frozenset({
    "archive", "archives", "archiv", "archivo", "archivos", "arhiv", "arhiva", "archiwum", "arkiv", "archief",
    "archivio", "arquivo",
})  # fmt: skip
_DATED_FOLDER = re.compile(r"^(https?://[^/]+/(?:[a-z0-9_-]+/)?)(?:19[89]\d|20[0-4]\d)/(0[1-9]|1[0-2])/", re.IGNORECASE)
#: Articles that must be in dated folders before a list is looked for there.
_ENOUGH = 3


def archive_links(body: bytes, url: str, *, content_type: str | None, also_on: Collection[str]) -> list[str]:
    """Addresses on the same site that are lists of a day, month or year, or the page where such lists are listed."""
    tree = parse(body, content_type)
    if tree is None:
        return []
    found: dict[str, None] = {}
    for anchor in islice(iter_anchors(tree), _MOST_ANCHORS):
        target = absolute(anchor.href, url)
        if target is None or is_machinery(target) or not (same_site(target, url) or parts_of(target)[0] in also_on):
            continue
        if _is_archive(target) or (days_of_list(target) and not looks_like_article(target, anchor.text, anchor.place)):
            found.setdefault(target)
    return list(found)


def _is_archive(url: str) -> bool:
    _, path, _ = parts_of(url)
    leaf = path.rstrip("/").rpartition("/")[2].lower()
    return leaf.partition(".")[0] in _ARCHIVE_NAMES


def guess_months(articles: Iterable[str], days: Days) -> list[tuple[str, Days]]:
    """Lists of months that may be there, newest first, each with its days; where articles lie in folders of months."""
    folders = Counter(match[1] for url in articles if (match := _DATED_FOLDER.match(url)))
    if not folders:
        return []
    (folder, number), *_ = folders.most_common(1)
    if number < _ENOUGH:
        return []
    return [(f"{folder}{month.last:%Y/%m}/", month) for month in days.months()]
