"""The Millbrook Courier's two designs: addresses, what stands around every page, and the lists of posts."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Sequence
from html import escape

from crawler.demo.documents import Document, html_page
from crawler.demo.editions import Edition
from crawler.demo.stories import Story

TITLE = "The Millbrook Courier"


HOME = "http://millbrook-courier.example/"


#: Headline and inner HTML → a page.
Frame = Callable[[str, str], str]


#: The first night of the new design.
_REDESIGN = 3
_CLASSES = re.compile(r'class="([^"]+)"')
#: What the new design calls things where it has its own word; elsewhere it only puts ``mc-`` before the old one.
_NEW_NAMES = {
    "hentry": "story",
    "entry-header": "story__top",
    "entry-title": "story__headline",
    "entry-meta": "story__facts",
    "entry-content": "story__text",
    "entry-footer": "story__end",
    "posted-on": "story__when",
    "byline": "story__who",
    "comments-area": "talkback",
    "comment-body": "talkback__comment",
    "comment-content": "talkback__words",
    "sharedaddy": "share-bar",
    "jp-relatedposts": "read-on",
    "widget-area": "rail",
}


def slug(name: str) -> str:
    """``Town Hall`` → ``town-hall``."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")


def path(story: Story) -> str:
    """Path of a post."""
    if story.closed:
        return f"/subscribers/{story.slug}/"
    return f"/{story.published:%Y/%m/%d}/{story.slug}/"


def url(story: Story) -> str:
    """Address of a post."""
    return HOME.rstrip("/") + path(story)


def written(story: Story) -> str:
    """When it was published, as the page says it."""
    return f"{story.published:%B} {story.published.day}, {story.published:%Y} at {story.published:%H:%M}"


def bylines(story: Story) -> str:
    """Who wrote it, each with a link to all their posts."""
    return " and ".join(
        f'<a class="url fn n" rel="author" href="{HOME}author/{slug(name)}/">{escape(name)}</a>'
        for name in story.authors
    )


def listing(edition: Edition, title: str, base: str, stories: Sequence[Story], *, number: int, count: int) -> Document:
    """One page of an archive of posts; page 1 of ``/`` is the front page."""
    posts = "".join(_teaser(story) for story in stories)
    address = HOME.rstrip("/") + base
    links = [
        f'<a class="page-numbers" href="{address if n == 1 else f"{address}page/{n}/"}">{n}</a>'
        for n in range(1, count + 1)
    ]
    if number < count:
        links.append(f'<a class="next page-numbers" href="{address}page/{number + 1}/">Next</a>')
    following = f'<link rel="next" href="{address}page/{number + 1}/">\n' if number < count else ""
    heading = "" if base == "/" else f'<h1 class="page-title">{escape(title)}</h1>'
    inner = f'{heading}{posts}<nav class="navigation pagination">{" ".join(links)}</nav>'
    return html_page(page(title if base == "/" else f"{title} - {TITLE}", inner, edition, following))


def _teaser(story: Story) -> str:
    return f"""<article class="post type-post status-publish hentry">
<h2 class="entry-title"><a href="{url(story)}" rel="bookmark">
{escape(story.title)}</a></h2><div class="entry-meta">By {bylines(story)} · {written(story)}</div>
<div class="entry-summary"><img src="{HOME}wp-content/uploads/thumb.png" alt=""><p>{escape(story.summary)}
<a class="more-link" href="{url(story)}#more-{story.number}">Continue reading</a></p></div></article>
"""


def page(title: str, inner: str, edition: Edition, head: str = "") -> str:
    """Everything around ``inner``, in the design of the night."""
    text = _page(title, inner, edition, head)
    return text if edition.night < _REDESIGN else _CLASSES.sub(_renamed, text)


def _renamed(classes: re.Match[str]) -> str:
    names = [_NEW_NAMES.get(name, f"mc-{name}") for name in classes[1].split()]
    return f'class="{" ".join(names)}"'


def _page(title: str, inner: str, edition: Edition, head: str = "") -> str:
    sections = ("News", "Town Hall", "Sport", "Life")
    menu = "".join(f'<li><a href="{HOME}category/{slug(name)}/">{name}</a></li>' for name in sections)
    closed = "".join(
        f'<li><a href="{url(story)}">Subscribers: {escape(story.title)}</a></li>'
        for story in edition.stories
        if story.closed
    )
    day = f"{edition.today:%Y/%m/%d}"
    calendar = f' | <a href="{HOME}calendar/{day}/">Events calendar</a>' if edition.traps else ""
    return f"""<!DOCTYPE html>
<html lang="en-GB">
<head><meta charset="UTF-8"><title>{escape(title)}</title>
{head}<link rel="alternate" type="application/rss+xml" title="{TITLE} &raquo; Feed" href="{HOME}feed/">
<link rel="alternate" type="application/rss+xml" title="{TITLE} &raquo; Comments Feed" href="{HOME}comments/feed/">
<meta name="generator" content="WordPress 6.8">
</head><body class="wp-singular"><div class="site-container"><a class="skip-link" href="#content">Skip to content</a>
<header class="site-header"><p class="site-title"><a href="{HOME}" rel="home">{TITLE}</a></p>
<p class="site-description">News from the Mill Valley since 1903</p><ul class="menu">{menu}</ul></header>
<div id="content" class="content-area"><main>{inner}</main>
<aside class="widget-area"><h3>Around the valley</h3><ul>{closed}
<li><a href="http://harbour-student.example/">The Harbour Student</a></li>
<li><a href="http://www.capital-ledger.example/">The Capital Ledger</a></li></ul>
<h3>Advertisement</h3><p>Grundel &amp; Daughters, stoves and chimneys. Ask for our winter prices.</p></aside></div>
<footer class="site-footer"><a href="{HOME}about/">About</a> | <a href="{HOME}contact/">Contact</a> |
<a href="{HOME}privacy-policy/">Privacy policy</a>{calendar}
| <a href="http://social.example/millbrookcourier">Find us on Social</a>
<p>&copy; The Millbrook Courier Co-operative. All rights reserved.</p></footer></div></body></html>
"""
