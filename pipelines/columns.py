"""The names of a table's columns in, which of them is which field of an article out. Pure.

The names that are understood without being told are those of news-please's JSON, of schema.org, of RSS and of the data
sets of articles that are passed round.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence

#: Field → names that columns for it usually have, the best first; compared without case, spaces and ``_-.``.
USUAL: Mapping[str, Sequence[str]] = {
    "url": ("url", "link", "permalink", "article_url", "page_url", "source_url", "uri", "canonical_url"),
    "title": ("title", "headline", "title_page", "title_rss", "heading"),
    "body": (
        *("body", "maintext", "text", "content", "article_body", "article_text", "full_text", "plain_text"),
        *("cleaned_text", "body_text", "article"),
    ),
    "html": ("html", "raw_html", "page_html", "source_html"),
    "description": ("description", "summary", "lead", "teaser", "abstract", "excerpt", "subtitle"),
    "authors": ("authors", "author", "byline", "writers", "creator"),
    "published_at": (
        *("published_at", "date_publish", "date_published", "publish_date", "publication_date", "published"),
        *("published_date", "pub_date", "published_time", "publish_time", "date", "datetime", "timestamp"),
    ),
    "modified_at": ("modified_at", "date_modify", "date_modified", "modified", "updated_at", "updated"),
    "fetched_at": (
        *("fetched_at", "date_download", "retrieved_at", "downloaded_at", "download_date", "crawled_at"),
        *("crawl_date", "scraped_at", "captured_at", "first_seen_at"),
    ),
    "section": ("section", "category", "rubric", "desk", "article_section"),
    "tags": ("tags", "keywords"),
    "language": ("language", "lang", "in_language"),
    "image": ("image", "image_url", "top_image", "thumbnail", "thumbnail_url"),
    "site_name": ("site_name", "source_domain", "publisher", "publication", "outlet", "newspaper", "source"),
}
_NOISE = re.compile(r"[\s_.\-]+")


class WrongColumns(ValueError):
    """A table's columns do not give an article, or not the ones that were named."""


def read_map(text: str) -> dict[str, str]:
    """``title=headline,body=text`` as field → column. Raises WrongColumns."""
    found: dict[str, str] = {}
    for pair in text.split(","):
        field, equals, column = (part.strip() for part in pair.partition("="))
        if not equals or not column:
            raise WrongColumns(f"{pair.strip()!r}: write FIELD=COLUMN, such as title=headline")
        if field not in USUAL:
            raise WrongColumns(f"there is no field {field!r}; fields are {', '.join(USUAL)}")
        if field in found:
            raise WrongColumns(f"the field {field!r} is named twice")
        found[field] = column
    return found


def columns_of(names: Iterable[str], told: Mapping[str, str]) -> dict[str, str]:
    """Field → column, the usual names for fields that were not told.

    Raises WrongColumns where a told column is not there, or where no article can come of it.
    """
    names = list(names)
    missing = [column for column in told.values() if column not in names]
    if missing:
        raise WrongColumns(f"there is no column {missing[0]!r}; columns are {_listed(names)}")
    bare: dict[str, str] = {}
    for name in names:
        bare.setdefault(_bare(name), name)
    taken = set(told.values())
    found = dict(told)
    for field, usual in USUAL.items():
        column = next((bare[_bare(name)] for name in usual if bare.get(_bare(name)) not in (None, *taken)), None)
        if field not in found and column is not None:
            found[field] = column
            taken.add(column)
    if "html" in found or ("title" in found and "body" in found):
        return found
    lacking = "title" if "title" not in found else "body"
    raise WrongColumns(
        f"no column is known to be the {lacking}; say which with --map {lacking}=COLUMN; columns are {_listed(names)}"
    )


def _bare(name: str) -> str:
    return _NOISE.sub("", name).lower()


def _listed(names: Sequence[str], most: int = 30) -> str:
    listed = ", ".join(names[:most]) or "none"
    return f"{listed}, and {len(names) - most} more" if len(names) > most else listed
