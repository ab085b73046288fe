"""The chosen → an Atom or RSS feed, for readers and other programs."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from datetime import UTC, datetime
from email.utils import format_datetime
from typing import TYPE_CHECKING

from archive.export.chosen import select_chosen
from archive.export.records import iter_records
from archive.export.xml import element, empty
from archive.record import StoredArticle
from archive.times import from_iso, iso
from archive.version import __version__

if TYPE_CHECKING:
    from sqlite_utils import Database

#: What the ids of entries are made in: they are the same in every archive and every feed.
_NAMES = uuid.UUID("6f6c2d3a-3b0e-5c55-9d0b-6e6967687464")
_SUMMARY = 500


def feed(db: Database, name: str, *, text: bool = True) -> Iterator[bytes]:
    """The chosen as pieces of a feed. ``text`` False: without summaries and texts."""
    (latest,) = db.execute(f"select max(at) from ({select_chosen(db, 'a.revised_at as at')})").fetchone()  # noqa: S608
    updated = from_iso(latest) if latest else datetime(1970, 1, 1, tzinfo=UTC)
    head, entry, end = (_ATOM_HEAD, _atom, "</feed>\n") if name == "atom" else (_RSS_HEAD, _rss, "</channel></rss>\n")
    about = {"updated": iso(updated), "built": format_datetime(updated, usegmt=True), "version": __version__}
    yield head.format_map(about).encode()
    for article in iter_records(db):
        yield f"{entry(article, text=text)}\n".encode()
    yield end.encode()


_ATOM_HEAD = (
    '<?xml version="1.0" encoding="UTF-8"?>\n<feed xmlns="http://www.w3.org/2005/Atom">'
    "<title>Articles of a nightdesk archive</title>"
    f"<id>urn:uuid:{_NAMES}</id><updated>{{updated}}</updated><author><name>nightdesk</name></author>"
    '<generator version="{version}">nightdesk</generator>\n'
)
_RSS_HEAD = (
    '<?xml version="1.0" encoding="UTF-8"?>\n<rss version="2.0" xmlns:dc="http://purl.org/dc/elements/1.1/"><channel>'
    "<title>Articles of a nightdesk archive</title><link>https://localhost/</link>"
    "<description>Articles that a search of the archive finds</description>"
    "<lastBuildDate>{built}</lastBuildDate><generator>nightdesk {version}</generator>\n"
)


def _atom(article: StoredArticle, *, text: bool) -> str:
    authors = "".join(f"<author>{element('name', name)}</author>" for name in article.authors)
    tags = "".join(empty("category", term=tag) for tag in article.tags)
    return (
        f"<entry>{element('title', article.title or 'Untitled')}{element('id', _id(article))}"
        f"{empty('link', href=article.url) if article.url else ''}"
        f"{element('published', iso(article.published_at) if article.published_at else None)}"
        f"{element('updated', iso(article.revised_at))}{authors or '<author><name/></author>'}{tags}"
        f"{element('summary', _summary(article)) if text else ''}"
        f"{element('content', article.body, type='text') if text or not article.url else ''}</entry>"
    )


def _rss(article: StoredArticle, *, text: bool) -> str:
    moment = article.published_at or article.first_seen_at
    authors = "".join(element("dc:creator", name) for name in article.authors)
    tags = "".join(element("category", tag) for tag in article.tags)
    return (
        f"<item>{element('title', article.title or 'Untitled')}{element('link', article.url)}"
        f'<guid isPermaLink="false">{_id(article)}</guid>{element("pubDate", format_datetime(moment, usegmt=True))}'
        f"{authors}{tags}{element('description', _summary(article)) if text else ''}</item>"
    )


def _id(article: StoredArticle) -> str:
    return f"urn:uuid:{uuid.uuid5(_NAMES, article.id)}"


def _summary(article: StoredArticle) -> str:
    if article.description or len(article.body) <= _SUMMARY:
        return article.description or article.body
    return article.body[:_SUMMARY].rsplit(maxsplit=1)[0] + "…"
