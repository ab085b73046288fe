"""The Millbrook Courier's templates, in the design of the first two nights and in that of the third."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from html import escape

from crawler.demo.documents import Document, html_page
from crawler.demo.stories import Block, Edition, Story

TITLE = "The Millbrook Courier"
HOME = "http://millbrook-courier.example/"
#: Headline and inner HTML → a page.
Frame = Callable[[str, str], str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """The class names of one design."""

    site: str
    main: str
    article: str
    heading: str
    meta: str
    content: str
    comments: str
    aside: str


CLASSIC = Look(
    site="site-container",
    main="content-area",
    article="post type-post status-publish hentry",
    heading="entry-title",
    meta="entry-meta",
    content="entry-content",
    comments="comments-area",
    aside="widget-area",
)
MODERN = Look(
    site="mc-shell",
    main="mc-main",
    article="mc-story",
    heading="mc-story__title",
    meta="mc-story__facts",
    content="mc-story__text",
    comments="mc-talk",
    aside="mc-rail",
)


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


def comment_number(story: Story, place: int) -> int:
    """WordPress numbers comments across the site."""
    return story.number * 100 + place


def article(look: Look, edition: Edition, story: Story) -> Document:
    """A post's page."""
    address = url(story)
    modified = story.modified or story.published
    tags = "".join(f'<meta property="article:tag" content="{escape(tag)}">\n' for tag in story.tags)
    figure = story.figure
    picture = f'<meta property="og:image" content="{_upload(figure.file)}">\n' if figure else ""
    head = f"""<link rel="canonical" href="{address}">
<link rel="shortlink" href="{HOME}?p={story.number}">
<meta name="description" content="{escape(story.summary)}">
<meta property="og:locale" content="en_GB"><meta property="og:type" content="article">
<meta property="og:title" content="{escape(story.title)} - {TITLE}">
<meta property="og:description" content="{escape(story.summary)}"><meta property="og:url" content="{address}">
<meta property="og:site_name" content="{TITLE}">
<meta property="article:published_time" content="{story.published.isoformat()}">
<meta property="article:modified_time" content="{modified.isoformat()}">
<meta property="article:section" content="{escape(story.section)}">
{tags}{picture}<meta name="author" content="{escape(story.authors[0])}">
<meta name="twitter:label1" content="Written by"><meta name="twitter:data1" content="{escape(story.authors[0])}">
<meta name="twitter:label2" content="Estimated reading time"><meta name="twitter:data2" content="{story.minutes} minutes">
"""
    inner = f"""<article id="post-{story.number}" class="{look.article}"><header class="entry-header">
<span class="cat-links"><a href="{HOME}category/{slug(story.section)}/" rel="category tag">{story.section}</a></span>
<h1 class="{look.heading}">{escape(story.title)}</h1>
<div class="{look.meta}"><span class="byline">By {_bylines(story)}</span>
<span class="posted-on"><time class="published" datetime="{story.published.isoformat()}">{_written(story)}</time></span>
<span class="reading-time">{story.minutes} min read</span>
<span class="comments-link"><a href="{address}#comments">{len(story.remarks)} Comments</a></span></div></header>
{_share(story)}<div class="{look.content}">
{body(story, look)}
{_newsletter()}</div>
{_share(story)}<footer class="entry-footer">{_tags(story)}</footer></article>
{_author_box(story)}{_related(edition, story)}{_comments(look, story)}"""
    title = f"{story.title} - {TITLE}"
    return html_page(page(look, title, inner, edition, head), modified=modified)


def body(story: Story, look: Look) -> str:
    """A post's text as HTML, also for the feed."""
    correction = f"<p><em>{escape(story.correction)}</em></p>" if story.correction else ""
    return "\n".join(_block(block, look) for block in story.blocks) + correction


def _block(block: Block, look: Look) -> str:
    text = escape(block.text, quote=False)
    if block.figure:
        credit = f" Photo: {escape(block.figure.credit)}" if block.figure.credit else ""
        caption = f'<figcaption class="wp-caption-text">{escape(block.figure.caption)}{credit}</figcaption>'
        size = "wp-block-image size-large" if look is CLASSIC else "mc-picture"
        alt = escape(block.figure.caption)
        return f'<figure class="{size}"><img src="{_upload(block.figure.file)}" alt="{alt}">{caption}</figure>'
    if block.kind == "quote":
        return f'<blockquote class="wp-block-quote"><p>{text}</p></blockquote>'
    if block.kind == "list":
        return f"<ul>{''.join(f'<li>{line}</li>' for line in text.splitlines())}</ul>"
    return f"<{block.kind}>{text}</{block.kind}>"


def _upload(file: str) -> str:
    return f"{HOME}wp-content/uploads/{file}"


def _written(story: Story) -> str:
    return f"{story.published:%B} {story.published.day}, {story.published:%Y} at {story.published:%H:%M}"


def _bylines(story: Story) -> str:
    return " and ".join(
        f'<a class="url fn n" rel="author" href="{HOME}author/{slug(name)}/">{escape(name)}</a>'
        for name in story.authors
    )


def _share(story: Story) -> str:
    address = url(story)
    return f"""<div class="sharedaddy sd-sharing-enabled"><h3 class="sd-title">Share this:</h3><ul>
<li><a href="{address}?share=facebook" rel="nofollow">Share on Facebook</a></li>
<li><a href="{address}?share=email" rel="nofollow">Email this to a friend</a></li>
<li><a href="http://social.example/intent?url={address}">Post it</a></li></ul></div>
"""


def _newsletter() -> str:
    return """<div class="newsletter-box"><h4>The Courier in your inbox</h4>
<p>Sign up for our free morning newsletter and never miss a story from the valley.</p>
<form><input type="email" placeholder="Your email"><button>Sign me up</button></form></div>
"""


def _tags(story: Story) -> str:
    links = ", ".join(f'<a href="{HOME}tag/{slug(tag)}/" rel="tag">{escape(tag)}</a>' for tag in story.tags)
    return f'<span class="tags-links">Tagged {links}</span>'


def _author_box(story: Story) -> str:
    name = story.authors[0]
    return f"""<div class="author-box"><h4>About {escape(name)}</h4>
<p>{escape(name)} writes for {TITLE}. Do you have a story? Call the newsroom.</p>
<a href="{HOME}author/{slug(name)}/">View all posts by {escape(name)}</a></div>
"""


def _related(edition: Edition, story: Story) -> str:
    items = "".join(
        f'<li><a href="{url(other)}"><img src="{HOME}wp-content/uploads/thumb.png" alt=""> {escape(other.title)}</a></li>'
        for other in edition.related(story)
    )
    return f'<div class="jp-relatedposts"><h3>You may also like</h3><ul>{items}</ul></div>\n'


def _comments(look: Look, story: Story) -> str:
    count = len(story.remarks)
    heading = f"{count} thought{'s' if count != 1 else ''} on “{escape(story.title)}”"
    items = ""
    for place, remark in enumerate(story.remarks):
        number = comment_number(story, place)
        depth = "depth-2" if remark.answer else "depth-1"
        items += f"""<li id="comment-{number}" class="comment {depth}"><article class="comment-body">
<footer class="comment-meta"><b class="fn">{escape(remark.author)}</b> says:
<a href="{url(story)}#comment-{number}"><time datetime="{remark.at.isoformat()}">{remark.at:%d/%m/%Y at %H:%M}</time></a></footer>
<div class="comment-content"><p>{escape(remark.text, quote=False)}</p></div>
<div class="reply"><a rel="nofollow" href="{url(story)}?replytocom={number}#respond">Reply</a></div></article></li>
"""
    listed = f'<h2 class="comments-title">{heading}</h2><ol class="comment-list">{items}</ol>' if count else ""
    return f"""<div id="comments" class="{look.comments}">{listed}
<div id="respond" class="comment-respond"><h3 id="reply-title">Leave a Reply</h3>
<form><p class="comment-notes">Your email address will not be published. Required fields are marked *</p>
<textarea name="comment"></textarea><input name="author"><input type="submit" value="Post Comment"></form></div></div>
"""


def listing(
    look: Look, edition: Edition, title: str, base: str, stories: Sequence[Story], *, number: int, count: int
) -> Document:
    """One page of an archive of posts; page 1 of ``/`` is the front page."""
    posts = "".join(_teaser(look, story) for story in stories)
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
    return html_page(page(look, title if base == "/" else f"{title} - {TITLE}", inner, edition, following))


def _teaser(look: Look, story: Story) -> str:
    return f"""<article class="{look.article}"><h2 class="{look.heading}"><a href="{url(story)}" rel="bookmark">
{escape(story.title)}</a></h2><div class="{look.meta}">By {_bylines(story)} · {_written(story)}</div>
<div class="entry-summary"><img src="{HOME}wp-content/uploads/thumb.png" alt=""><p>{escape(story.summary)}
<a class="more-link" href="{url(story)}#more-{story.number}">Continue reading</a></p></div></article>
"""


def page(look: Look, title: str, inner: str, edition: Edition, head: str = "") -> str:
    """Everything around ``inner``."""
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
</head><body class="wp-singular"><div class="{look.site}"><a class="skip-link" href="#content">Skip to content</a>
<header class="site-header"><p class="site-title"><a href="{HOME}" rel="home">{TITLE}</a></p>
<p class="site-description">News from the Mill Valley since 1903</p><ul class="menu">{menu}</ul></header>
<div id="content" class="{look.main}"><main>{inner}</main>
<aside class="{look.aside}"><h3>Around the valley</h3><ul>{closed}
<li><a href="http://harbour-student.example/">The Harbour Student</a></li>
<li><a href="http://www.capital-ledger.example/">The Capital Ledger</a></li></ul>
<h3>Advertisement</h3><p>Grundel &amp; Daughters, stoves and chimneys. Ask for our winter prices.</p></aside></div>
<footer class="site-footer"><a href="{HOME}about/">About</a> | <a href="{HOME}contact/">Contact</a> |
<a href="{HOME}privacy-policy/">Privacy policy</a>{calendar}
| <a href="http://social.example/millbrookcourier">Find us on Social</a>
<p>&copy; The Millbrook Courier Co-operative. All rights reserved.</p></footer></div></body></html>
"""
