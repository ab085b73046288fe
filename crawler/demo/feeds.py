"""Stories in, the bytes of feeds and sitemaps out: RSS, Atom, JSON Feed, sitemaps, sitemap indexes, robots.txt."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import format_datetime
from xml.sax.saxutils import escape

from crawler.demo.documents import Document, plain

_RSS_NAMESPACES = (
    'xmlns:content="http://purl.org/rss/1.0/modules/content/" '
    'xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:atom="http://www.w3.org/2005/Atom"'
)
_SITEMAP = 'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"'
_NEWS = 'xmlns:news="http://www.google.com/schemas/sitemap-news/0.9"'


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """What feeds and sitemaps say of a story."""

    url: str
    title: str
    summary: str
    authors: tuple[str, ...]
    published: datetime
    modified: datetime | None = None
    tags: tuple[str, ...] = ()
    #: Full text as HTML; empty: not in the feed.
    content: str = ""


def rss(
    title: str, home: str, address: str, items: Sequence[Item], *, generator: str, language: str, dated: bool = True
) -> Document:
    """An RSS 2.0 feed, with ``dc:creator`` and, where an item has its text, ``content:encoded``.

    ``dated=False``: without dates, as RSS allows, so that an article's page is the only one to tell its day.
    """
    built = max((item.published for item in items), default=datetime(2026, 1, 1, tzinfo=UTC))
    return plain(
        f'<?xml version="1.0" encoding="UTF-8"?>\n<rss version="2.0" {_RSS_NAMESPACES}>\n<channel>\n'
        f"<title>{escape(title)}</title>\n<link>{escape(home)}</link>\n"
        f'<atom:link href="{escape(address)}" rel="self" type="application/rss+xml"/>\n'
        f"<description>{escape(title)}</description>\n<language>{language}</language>\n"
        + (f"<lastBuildDate>{format_datetime(built)}</lastBuildDate>\n" if dated else "")
        + f"<generator>{escape(generator)}</generator>\n"
        f"{''.join(_rss_item(item, dated=dated) for item in items)}</channel>\n</rss>\n",
        "application/rss+xml; charset=UTF-8",
    )


def _rss_item(item: Item, *, dated: bool) -> str:
    creators = "".join(f"<dc:creator><![CDATA[{name}]]></dc:creator>\n" for name in item.authors)
    tags = "".join(f"<category><![CDATA[{tag}]]></category>\n" for tag in item.tags)
    content = f"<content:encoded><![CDATA[{item.content}]]></content:encoded>\n" if item.content else ""
    return (
        f"<item>\n<title>{escape(item.title)}</title>\n<link>{escape(item.url)}</link>\n"
        f'<guid isPermaLink="true">{escape(item.url)}</guid>\n{creators}'
        + (f"<pubDate>{format_datetime(item.published)}</pubDate>\n" if dated else "")
        + f"{tags}"
        f"<description><![CDATA[{item.summary}]]></description>\n{content}</item>\n"
    )


def atom(title: str, home: str, address: str, items: Sequence[Item], *, encoding: str, language: str) -> Document:
    """An Atom feed in ``encoding``; the HTTP header does not name it."""
    updated = max((item.modified or item.published for item in items), default=datetime(2026, 1, 1, tzinfo=UTC))
    text = (
        f'<?xml version="1.0" encoding="{encoding}"?>\n'
        f'<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="{language}">\n'
        f"<title>{escape(title)}</title>\n<id>{escape(home)}</id>\n"
        f'<link href="{escape(home)}"/>\n<link rel="self" href="{escape(address)}"/>\n'
        f"<updated>{updated.isoformat()}</updated>\n{''.join(map(_atom_entry, items))}</feed>\n"
    )
    body = text.encode(encoding, "xmlcharrefreplace")
    return Document(body=body, content_type="application/atom+xml")


def _atom_entry(item: Item) -> str:
    authors = "".join(f"<author><name>{escape(name)}</name></author>\n" for name in item.authors)
    return (
        f"<entry>\n<title>{escape(item.title)}</title>\n<id>{escape(item.url)}</id>\n"
        f'<link rel="alternate" type="text/html" href="{escape(item.url)}"/>\n{authors}'
        f"<published>{item.published.isoformat()}</published>\n"
        f"<updated>{(item.modified or item.published).isoformat()}</updated>\n"
        f"<summary>{escape(item.summary)}</summary>\n</entry>\n"
    )


def json_feed(title: str, home: str, address: str, items: Iterable[Item], *, language: str) -> Document:
    """A JSON Feed 1.1 with summaries."""
    feed = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": title,
        "home_page_url": home,
        "feed_url": address,
        "language": language,
        "items": [
            {
                "id": item.url.partition("?")[0],
                "url": item.url,
                "title": item.title,
                "summary": item.summary,
                "content_text": item.summary,
                "date_published": item.published.isoformat(),
                **({"date_modified": item.modified.isoformat()} if item.modified else {}),
                "authors": [{"name": name} for name in item.authors],
                "tags": list(item.tags),
            }
            for item in items
        ],
    }
    return plain(json.dumps(feed, ensure_ascii=False, indent=1), "application/feed+json; charset=utf-8")


def sitemap(urls: Iterable[tuple[str, datetime | None]]) -> Document:
    """A sitemap of addresses, each with its ``lastmod`` where that is known."""
    rows = "".join(f"<url><loc>{escape(url)}</loc>{_lastmod(when)}</url>\n" for url, when in urls)
    return _xml(f"<urlset {_SITEMAP}>\n{rows}</urlset>\n")


def news_sitemap(name: str, language: str, items: Iterable[Item]) -> Document:
    """A sitemap with titles and publication times in the news namespace."""
    rows = "".join(
        f"<url><loc>{escape(item.url)}</loc>{_lastmod(item.modified)}<news:news><news:publication>"
        f"<news:name>{escape(name)}</news:name><news:language>{language}</news:language></news:publication>"
        f"<news:publication_date>{item.published.isoformat()}</news:publication_date>"
        f"<news:title>{escape(item.title)}</news:title></news:news></url>\n"
        for item in items
    )
    return _xml(f"<urlset {_SITEMAP} {_NEWS}>\n{rows}</urlset>\n")


def sitemap_index(urls: Iterable[str]) -> Document:
    """A sitemap of sitemaps."""
    rows = "".join(f"<sitemap><loc>{escape(url)}</loc></sitemap>\n" for url in urls)
    return _xml(f"<sitemapindex {_SITEMAP}>\n{rows}</sitemapindex>\n")


def gzipped(document: Document) -> Document:
    """The same as a ``.gz`` file: compressed whatever the reader asked for, and no Content-Encoding."""
    return Document(body=gzip.compress(document.body, mtime=0), content_type="application/gzip")


def robots(*closed: str, sitemaps: Sequence[str] = (), delay_s: float | None = None) -> Document:
    """A robots.txt that closes some paths to everybody."""
    lines = ["User-agent: *", *(f"Disallow: {path}" for path in closed)]
    if delay_s is not None:
        lines.append(f"Crawl-delay: {delay_s}")
    return plain("\n".join([*lines, "", *(f"Sitemap: {url}" for url in sitemaps), ""]))


def _lastmod(when: datetime | None) -> str:
    return f"<lastmod>{when.isoformat()}</lastmod>" if when else ""


def _xml(text: str) -> Document:
    return plain('<?xml version="1.0" encoding="UTF-8"?>\n' + text, "application/xml; charset=utf-8")
