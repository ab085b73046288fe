"""The Capital Ledger: a big daily. JSON-LD, live blog, paywall, AMP twins, gzipped sitemaps, tracking parameters."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import timedelta
from html import escape

from crawler.demo import ledger_pages as pages
from crawler.demo.documents import Document, Site, html_page, image
from crawler.demo.editions import Edition
from crawler.demo.feeds import Item, gzipped, json_feed, news_sitemap, robots, sitemap, sitemap_index
from crawler.demo.ledger_data import HOME, SECTIONS, TITLE, author_path, path, url
from crawler.demo.stories import Story

_A_PAGE = 4
#: Older stories move from the news sitemap to the archive's.
_NEWS_DAYS = 6
_PAGES = {
    "about": (
        "About The Capital Ledger",
        "Founded in 1871, independent since 1946. Our statutes are on display in the lobby.",
    ),
    "contact": ("Contact", "The Capital Ledger, 1 Mint Square. Readers’ editor: readers@capital-ledger.example."),
    "imprint": (
        "Imprint",
        "Published by Ledger Press Ltd. Responsible under press law: the editor-in-chief, Dr. Miriam Falk.",
    ),
    "subscribe": ("Subscribe to The Capital Ledger", "Digital, print or both: your first month costs €1."),
    "login": ("Sign in", "Sign in with your subscriber number and the name of your first newspaper carrier."),
    "newsletters": ("Newsletters", "The Morning Ledger, The Evening Ledger, and Butter: our letter about money."),
}


def build(edition: Edition) -> Site:
    """The whole site on one night."""

    def frame(headline: str, inner: str) -> str:
        return pages.page(headline, f'<main class="l-main"><h1>{escape(headline)}</h1>{inner}</main>')

    documents = {
        "/": _front(edition),
        **{f"/{name}": html_page(frame(head, f"<p>{text}</p>")) for name, (head, text) in _PAGES.items()},
        **dict(_sections(edition)),
        **dict(_authors(edition)),
        **_machine_readable(edition),
        **{f"/img/{file}": image() for file in pages.files(edition)},
    }
    for story in edition.stories:
        documents[path(story)] = pages.article(edition, story)
        if pages.has_twin(story):
            documents[f"/amp{path(story)}"] = pages.amp(story)
    site = Site(
        title=TITLE,
        documents=documents,
        frame=lambda headline, inner: frame(headline, inner).encode(),
        not_found=("Sorry, we can’t find that page", "The page may have been moved, or the address mistyped."),
        keep=frozenset({"page"}),
    )
    for story, status in edition.gone:
        documents[path(story)] = site.missing(status)
        documents[f"/amp{path(story)}"] = site.missing(status)
    return site


def _front(edition: Edition) -> Document:
    first, *others = edition.listed
    cards = "".join(
        pages.card(story, f"?utm_source=front&utm_medium=teaser&cmp=pos{n}") for n, story in enumerate(others, 2)
    )
    closed = "".join(
        f'<li><a href="{url(story)}">{escape(story.title)}</a></li>' for story in edition.stories if story.closed
    )
    inner = f"""<main class="l-front">
<div class="l-lead">{pages.card(first, "?utm_source=front&utm_medium=lead", lead=True)}</div>
<div class="l-grid">{cards}</div><section class="l-extra"><h2>Members’ briefing</h2><ul>{closed}</ul></section>
<section class="l-web"><h2>From the web</h2><ul>
<li><a href="http://millbrook-courier.example/">The Millbrook Courier</a></li>
<li><a href="http://orbit-daily.example/">Orbit Daily</a></li></ul></section></main>"""
    return html_page(pages.page(f"{TITLE} – news, politics, business", inner))


def _sections(edition: Edition) -> Iterator[tuple[str, Document]]:
    for section in SECTIONS:
        stories = [story for story in edition.listed if story.section == section]
        count = max(1, -(-len(stories) // _A_PAGE))
        for number in range(1, count + 1):
            shown = stories[(number - 1) * _A_PAGE : number * _A_PAGE]
            address = f"/{section.lower()}" + (f"?page={number}" if number > 1 else "")
            yield address, _section(section, shown, number, count)


def _authors(edition: Edition) -> Iterator[tuple[str, Document]]:
    for name in dict.fromkeys(name for story in edition.listed for name in story.authors):
        cards = "".join(pages.card(story, "?utm_source=author") for story in edition.listed if name in story.authors)
        inner = f'<main class="l-front"><h1>{escape(name)}</h1><div class="l-grid">{cards}</div></main>'
        yield author_path(name), html_page(pages.page(f"{name} | {TITLE}", inner))


def _section(section: str, stories: Sequence[Story], number: int, count: int) -> Document:
    base = f"{HOME}{section.lower()}"
    links = []
    if number > 1:
        before = base if number == 2 else f"{base}?page={number - 1}"
        links.append(f'<link rel="prev" href="{before}">')
    if number < count:
        links.append(f'<link rel="next" href="{base}?page={number + 1}">')
    more = f'<a rel="next" href="{base}?page={number + 1}">Older stories</a>' if number < count else ""
    cards = "".join(pages.card(story, "?utm_source=section") for story in stories)
    inner = f'<main class="l-front"><h1>{section}</h1><div class="l-grid">{cards}</div>{more}</main>'
    return html_page(pages.page(f"{section} | {TITLE}", inner, "\n".join(links)))


def _machine_readable(edition: Edition) -> dict[str, Document]:
    listed = edition.listed
    # Counted from the first night, so that a story does not move between the sitemaps from night to night.
    limit = edition.today - timedelta(days=_NEWS_DAYS)
    recent = [story for story in listed if story.published.date() >= limit]
    older = [story for story in listed if story.published.date() < limit]
    maps = (f"{HOME}sitemaps/news.xml.gz", f"{HOME}sitemaps/archive-1.xml.gz", f"{HOME}sitemaps/sections.xml")
    return {
        "/robots.txt": robots("/members/", "/search", sitemaps=[f"{HOME}sitemap.xml"]),
        "/sitemap.xml": sitemap_index(maps),
        "/sitemaps/news.xml.gz": gzipped(news_sitemap(TITLE, "en", map(_item, recent))),
        "/sitemaps/archive-1.xml.gz": gzipped(sitemap((url(s), s.modified or s.published) for s in older)),
        "/sitemaps/sections.xml": sitemap((f"{HOME}{section.lower()}", None) for section in SECTIONS),
        "/feed.json": json_feed(
            TITLE,
            HOME,
            f"{HOME}feed.json",
            [_item(story, "?utm_source=feed&utm_medium=json&cmpid=ldg-feed") for story in listed],
            language="en",
        ),
    }


def _item(story: Story, tracking: str = "") -> Item:
    return Item(
        url=url(story) + tracking,
        title=story.title,
        summary=story.summary,
        authors=story.authors,
        published=story.published,
        modified=story.modified,
        tags=(story.section, *story.tags),
    )
