"""A newspaper with a past, and a web archive that remembers it: one HTTP server on loopback, asked as a proxy."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from random import Random
from typing import Any
from urllib.parse import parse_qs, urlsplit

from archive.captures import Exchange, encode_exchange, encode_warcinfo

PAPER = "http://gazette.example"
MEMORY = "http://memory.example"
_WORDS = [
    *("harbour", "council", "bridge", "ferry", "school", "market", "river", "mayor", "budget", "theatre", "museum"),
    *("library", "station", "garden", "festival", "winter", "summer", "engine", "teacher", "captain", "keeper"),
    *("choir", "bakery", "orchard", "valley", "tower", "window", "letter", "answer", "morning", "evening", "report"),
    *("committee", "visitor", "company", "minister", "summit", "doctor", "nurse", "player", "victory", "defeat"),
]


def article(url: str, day: date, *, title: str | None = None) -> bytes:
    """An article's page; its text is that of no other address."""
    random = Random(url)

    def sentence() -> str:
        words = random.sample(_WORDS, 9)
        return f"The {words[0]} and the {words[1]} {' '.join(words[2:])} said on the day."

    paragraphs = "".join(f"<p>{' '.join(sentence() for _ in range(4))}</p>" for _ in range(5))
    heading = title or " ".join(random.sample(_WORDS, 5)).capitalize()
    return f"""<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><title>{heading} - Gazette</title>
<meta property="og:type" content="article">
<meta property="article:published_time" content="{day}T08:30:00Z"></head><body>
<article><h1>{heading}</h1><p class="byline">By Ana Marsh</p>{paragraphs}</article></body></html>""".encode()


def page(inner: str, head: str = "") -> bytes:
    """A page that is no article."""
    return f"<!DOCTYPE html><html><head><title>Gazette</title>{head}</head><body>{inner}</body></html>".encode()


def listing(urls: list[str], more: str = "", head: str = "") -> bytes:
    """A page that lists articles."""
    items = "".join(
        f'<li><h2><a href="{url}">A story of the town and its people, {n}</a></h2></li>' for n, url in enumerate(urls)
    )
    return page(f"<main><ul>{items}</ul>{more}</main>", head)


def sitemap(urls: list[tuple[str, str | None]], *, index: bool = False) -> bytes:
    """A sitemap, or an index of them: addresses with the days of their last change."""
    root, each = ("sitemapindex", "sitemap") if index else ("urlset", "url")
    rows = "".join(
        f"<{each}><loc>{url}</loc>{f'<lastmod>{day}</lastmod>' if day else ''}</{each}>" for url, day in urls
    )
    return f'<{root} xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{rows}</{root}>'.encode()


@dataclass
class Past:
    """What the server answers, and what it was asked."""

    pages: dict[str, tuple[int, dict[str, str], bytes]] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    #: Copies in the web archive: (page, time of capture, body).
    copies: list[tuple[str, datetime, bytes]] = field(default_factory=list)
    #: Seconds for which it wants to be left alone, when it is asked for a copy; 0: it does not.
    patience: int = 0
    #: Pages whose copies it lists, but has not.
    forgotten: set[str] = field(default_factory=set)
    #: Seconds before each answer.
    slow: float = 0
    port: int = 0

    def put(self, url: str, body: bytes, content_type: str = "text/html; charset=utf-8", status: int = 200) -> None:
        self.pages[url] = (status, {"Content-Type": content_type}, body)

    def put_article(self, url: str, day: date) -> str:
        self.put(url, article(url, day))
        return url

    @property
    def proxy_url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def answer(self, url: str, headers: Any) -> tuple[int, dict[str, str], bytes]:
        if url.startswith(f"{MEMORY}/cdx?"):
            return self._index({k: v[0] for k, v in parse_qs(urlsplit(url).query).items()})
        if url.startswith(f"{MEMORY}/web/"):
            return self._copy(url.removeprefix(f"{MEMORY}/web/"))
        status, given, body = self.pages.get(url, (404, {"Content-Type": "text/html"}, page("<h1>Not found</h1>")))
        asked = headers.get("Range", "")
        if status == 200 and asked.startswith("bytes="):
            first, last = (int(n) for n in asked.removeprefix("bytes=").split("-"))
            if first >= len(body):
                return 416, given, b""
            part = body[first : last + 1]
            return 206, given | {"Content-Range": f"bytes {first}-{first + len(part) - 1}/{len(body)}"}, part
        return status, given, body

    def _index(self, query: dict[str, str]) -> tuple[int, dict[str, str], bytes]:
        rows = [
            [f"{at:%Y%m%d%H%M%S}", url, "text/html", "200"]
            for url, at, _ in self.copies
            if query["from"] <= f"{at:%Y%m%d%H%M%S}" <= query["to"]
        ]
        rows = rows[: int(query["limit"])]
        names = ["timestamp", "original", "mimetype", "statuscode"]
        text = json.dumps([names, *rows] if rows else [])
        return 200, {"Content-Type": "text/plain"}, text.encode()

    def _copy(self, rest: str) -> tuple[int, dict[str, str], bytes]:
        if self.patience:
            return 429, {"Retry-After": str(self.patience)}, b""
        stamp, _, url = rest.partition("id_/")
        for known, at, body in self.copies:
            if known == url and url not in self.forgotten and f"{at:%Y%m%d%H%M%S}" == stamp:
                kept = {"X-Archive-Orig-Content-Type": "text/html; charset=utf-8", "X-Archive-Orig-ETag": '"old"'}
                return 200, kept | {"Content-Type": "text/html", "ETag": '"archive"'}, body
        return 404, {"Content-Type": "text/html"}, page("<h1>This archive has no such copy</h1>")


@contextmanager
def serving(past: Past) -> Iterator[Past]:
    """Answer for as long as the block lasts."""
    import time

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            url = MEMORY + self.path if self.path.startswith("/") else self.path  # asked without a proxy
            past.asked.append(url)
            time.sleep(past.slow)
            status, headers, body = past.answer(url, self.headers)
            self.send_response(status)
            for name, value in (headers | {"Content-Length": str(len(body))}).items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_arguments: object) -> None:
            """Nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        past.port = server.server_address[1]
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        try:
            yield past
        finally:
            server.shutdown()
            thread.join()


def paper() -> Past:
    """The Gazette: dated sitemaps from 2022 on, sections with pages, lists of months; most of it from 2024."""
    past = Past()
    months: dict[str, list[tuple[str, str | None]]] = {}
    for n in range(24):
        day = date(2023, 7, 15) + timedelta(days=30 * n)
        url = past.put_article(f"{PAPER}/news/a-story-of-the-harbour-number-{1000 + n}", day)
        months.setdefault(f"{day:%Y-%m}", []).append((url, f"{day}T09:00:00Z"))
    index = [(f"{PAPER}/sitemaps/posts-{month}.xml", f"{month}-28") for month in sorted(months)]
    for month, rows in months.items():
        past.put(f"{PAPER}/sitemaps/posts-{month}.xml", sitemap(rows), "application/xml")
    past.put(f"{PAPER}/sitemap.xml", sitemap(index, index=True), "application/xml")
    past.put(
        f"{PAPER}/robots.txt",
        f"User-agent: *\nDisallow: /closed/\nSitemap: {PAPER}/sitemap.xml\n".encode(),
        "text/plain",
    )
    past.put(f"{PAPER}/", listing([]))
    return past


def sections(past: Past) -> None:
    """A section of dateless addresses in parts of four, newest first; and stories in folders of months, with lists."""
    stories = []
    for n in range(24):
        day = date(2025, 1, 20) - timedelta(days=30 * n)
        stories.append(past.put_article(f"{PAPER}/sport/the-match-of-the-season-number-{2000 + n}", day))
    parts = [stories[at : at + 4] for at in range(0, len(stories), 4)]
    for number, part in enumerate(parts, 1):
        address = f"{PAPER}/sport/" + (f"?page={number}" if number > 1 else "")
        more = f'<a rel="next" href="{PAPER}/sport/?page={number + 1}">Older</a>' if number < len(parts) else ""
        past.put(address, listing(part, more))
    dated = []
    for month in range(1, 7):
        urls = [
            past.put_article(f"{PAPER}/2024/{month:02}/{day:02}/what-happened-in-the-old-town", date(2024, month, day))
            for day in (5, 20)
        ]
        past.put(f"{PAPER}/2024/{month:02}/", listing(urls))
        dated += urls
    menu = f'<nav><a href="{PAPER}/sport/">Sport</a></nav>'
    past.put(f"{PAPER}/", listing(dated[-4:], menu))


def warc(pages: list[tuple[str, datetime, bytes]]) -> bytes:
    """A WARC file of others."""
    members = [encode_warcinfo("others.warc.gz", agent="other/1", robots="obey", operator=None)]
    for url, at, body in pages:
        exchange = Exchange(
            url=url,
            asked=url,
            source=None,
            fetched_at=at,
            status=200,
            response_headers=(("Content-Type", "text/html; charset=utf-8"),),
            body=body,
        )
        members += encode_exchange(exchange)[0]
    return b"".join(members)


def at(day: date) -> datetime:
    """Noon of a day, UTC."""
    return datetime(day.year, day.month, day.day, 12, tzinfo=UTC)
