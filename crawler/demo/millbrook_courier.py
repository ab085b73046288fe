"""The Millbrook Courier: a local daily on WordPress. Comments, share bars, related posts, archives of every kind."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import date
from html import escape

from crawler.demo import millbrook_post as posts
from crawler.demo.documents import Document, Site, html_page, image, redirect
from crawler.demo.editions import Edition
from crawler.demo.feeds import Item, robots, rss, sitemap, sitemap_index
from crawler.demo.millbrook_frame import HOME, TITLE, Frame, listing, page, path, slug, url
from crawler.demo.stories import Story

_A_PAGE = 4
_GENERATOR = "https://wordpress.example/?v=6.8"
_CALENDAR = re.compile(r"/calendar/(\d{4})/(\d{2})/(\d{2})/")
_PAGES = {
    "about": (
        "About the Courier",
        "The Millbrook Courier has reported from the Mill Valley since 1903. It is owned by its readers: 2,340 of "
        "them hold a share, and none holds more than one.",
    ),
    "contact": ("Contact us", "Newsroom: 14 Bridge Street, Millbrook. news@millbrook-courier.example."),
    "privacy-policy": ("Privacy policy", "We store what the law requires, and delete it when the law allows."),
}


def build(edition: Edition) -> Site:
    """The whole site on one night; the third night has a new design."""

    def frame(headline: str, inner: str) -> str:
        return page(headline, f'<h1 class="entry-title">{escape(headline)}</h1>{inner}', edition)

    documents = {
        **{f"/{name}/": html_page(frame(head, f"<p>{text}</p>")) for name, (head, text) in _PAGES.items()},
        **dict(_listings(edition)),
        **dict(_machine_readable(edition)),
        **{f"/wp-content/uploads/{file}": image() for file in _files(edition)},
    }
    for story in edition.stories:
        address = path(story)
        documents[address] = posts.article(edition, story)
        documents[address.rstrip("/")] = redirect(url(story))
        documents[f"/?p={story.number}"] = redirect(url(story))
    site = Site(
        title=TITLE,
        documents=documents,
        frame=lambda headline, inner: frame(headline, inner).encode(),
        not_found=(
            "Oops! That page can’t be found.",
            "It looks like nothing was found at this location. Maybe try one of the links below or a search?",
        ),
        keep=frozenset({"p"}),
        endless=lambda address: _calendar(address, frame) if edition.traps else None,
    )
    documents.update({path(story): site.missing(status) for story, status in edition.gone})
    return site


def _files(edition: Edition) -> set[str]:
    return {block.figure.file for story in edition.stories for block in story.blocks if block.figure}


def _listings(edition: Edition) -> Iterator[tuple[str, Document]]:
    """The front page and the archives by category, tag and author, a few posts a page."""
    listed = edition.listed
    yield from _paged("/", TITLE, listed, edition)
    for section in dict.fromkeys(story.section for story in listed):
        chosen = [story for story in listed if story.section == section]
        yield from _paged(f"/category/{slug(section)}/", f"Category: {section}", chosen, edition)
    for tag in dict.fromkeys(tag for story in listed for tag in story.tags):
        chosen = [story for story in listed if tag in story.tags]
        yield from _paged(f"/tag/{slug(tag)}/", f"Tag: {tag}", chosen, edition)
    for author in dict.fromkeys(name for story in listed for name in story.authors):
        chosen = [story for story in listed if author in story.authors]
        yield from _paged(f"/author/{slug(author)}/", f"Author: {author}", chosen, edition)


def _paged(base: str, title: str, stories: Sequence[Story], edition: Edition) -> Iterator[tuple[str, Document]]:
    count = -(-len(stories) // _A_PAGE)
    for number in range(1, count + 1):
        shown = stories[(number - 1) * _A_PAGE : number * _A_PAGE]
        address = base if number == 1 else f"{base}page/{number}/"
        yield address, listing(edition, title, base, shown, number=number, count=count)
    if count > 1:
        yield f"{base}page/1/", redirect(HOME.rstrip("/") + base)


def _machine_readable(edition: Edition) -> Iterator[tuple[str, Document]]:
    listed = edition.listed
    yield "/robots.txt", robots("/wp-admin/", "/subscribers/", sitemaps=[f"{HOME}wp-sitemap.xml"])
    yield (
        "/feed/",
        rss(TITLE, HOME, f"{HOME}feed/", [_item(story) for story in listed], generator=_GENERATOR, language="en-GB"),
    )
    yield "/feed", redirect(f"{HOME}feed/")
    yield "/comments/feed/", _comments_feed(edition)
    names = ("posts-post-1", "posts-page-1", "taxonomies-category-1", "users-1")
    yield "/wp-sitemap.xml", sitemap_index(f"{HOME}wp-sitemap-{name}.xml" for name in names)
    yield "/wp-sitemap-posts-post-1.xml", sitemap((url(s), s.modified or s.published) for s in listed)
    yield "/wp-sitemap-posts-page-1.xml", sitemap((f"{HOME}{name}/", None) for name in _PAGES)
    sections = dict.fromkeys(story.section for story in listed)
    yield (
        "/wp-sitemap-taxonomies-category-1.xml",
        sitemap((f"{HOME}category/{slug(section)}/", None) for section in sections),
    )
    authors = dict.fromkeys(name for story in listed for name in story.authors)
    yield "/wp-sitemap-users-1.xml", sitemap((f"{HOME}author/{slug(a)}/", None) for a in authors)


def _item(story: Story) -> Item:
    more = (
        f'<p>The post <a href="{url(story)}">{escape(story.title)}</a> appeared first on '
        f'<a href="{HOME}">{TITLE}</a>.</p>'
    )
    return Item(
        url=url(story),
        title=story.title,
        summary=story.summary,
        authors=story.authors,
        published=story.published,
        tags=(story.section, *story.tags),
        content=posts.body(story) + more,
    )


def _comments_feed(edition: Edition) -> Document:
    """What WordPress offers beside the posts' feed: its items are comments and no articles."""
    items = [
        Item(
            url=f"{url(story)}#comment-{posts.comment_number(story, place)}",
            title=f"Comment on {story.title} by {remark.author}",
            summary=remark.text,
            authors=(remark.author,),
            published=remark.at,
        )
        for story in edition.listed
        for place, remark in enumerate(story.remarks)
    ]
    title = f"Comments for {TITLE}"
    return rss(title, HOME, f"{HOME}comments/feed/", items, generator=_GENERATOR, language="en-GB")


def _calendar(address: str, frame: Frame) -> Document | None:
    """A day of the events calendar: every day links to the next and the one before, for ever."""
    found = _CALENDAR.fullmatch(address)
    try:
        day = date(*map(int, found.groups())) if found else None
    except ValueError:
        return None
    if day is None or not date.min < day < date.max:
        return None
    before, after = (date.fromordinal(day.toordinal() + step) for step in (-1, 1))
    inner = (
        f"<p>There are no events on {day:%A}, {day.day} {day:%B %Y}.</p>"
        f'<p><a rel="prev" href="{HOME}calendar/{before:%Y/%m/%d}/">Previous day</a> '
        f'<a rel="next" href="{HOME}calendar/{after:%Y/%m/%d}/">Next day</a></p>'
    )
    return html_page(frame(f"Events for {day:%d/%m/%Y}", inner))
