"""The Millbrook Courier's posts: text, share bars, boxes and comments."""

from __future__ import annotations

from html import escape

from crawler.demo.documents import Document, html_page
from crawler.demo.editions import Edition
from crawler.demo.millbrook_frame import HOME, TITLE, bylines, page, slug, url, written
from crawler.demo.stories import Block, Story


def comment_number(story: Story, place: int) -> int:
    """WordPress numbers comments across the site."""
    return story.number * 100 + place


def article(edition: Edition, story: Story) -> Document:
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
<meta name="twitter:label2" content="Estimated reading time">
<meta name="twitter:data2" content="{story.minutes} minutes">
"""
    inner = f"""<article id="post-{story.number}" class="post type-post status-publish hentry">
<header class="entry-header">
<span class="cat-links"><a href="{HOME}category/{slug(story.section)}/" rel="category tag">{story.section}</a></span>
<h1 class="entry-title">{escape(story.title)}</h1>
<div class="entry-meta"><span class="byline">By {bylines(story)}</span>
<span class="posted-on"><time class="published" datetime="{story.published.isoformat()}">{written(story)}</time></span>
<span class="reading-time">{story.minutes} min read</span>
<span class="comments-link"><a href="{address}#comments">{len(story.remarks)} Comments</a></span></div></header>
{_share(story)}<div class="entry-content">
{body(story)}
{_newsletter()}</div>
{_share(story)}<footer class="entry-footer">{_tags(story)}</footer></article>
{_author_box(story)}{_related(edition, story)}{_comments(story)}"""
    title = f"{story.title} - {TITLE}"
    return html_page(page(title, inner, edition, head), modified=modified)


def body(story: Story) -> str:
    """A post's text as HTML, also for the feed."""
    correction = f"<p><em>{escape(story.correction)}</em></p>" if story.correction else ""
    return "\n".join(_block(block) for block in story.blocks) + correction


def _block(block: Block) -> str:
    text = escape(block.text, quote=False)
    if block.figure:
        credit = f" Photo: {escape(block.figure.credit)}" if block.figure.credit else ""
        caption = f'<figcaption class="wp-caption-text">{escape(block.figure.caption)}{credit}</figcaption>'
        alt = escape(block.figure.caption)
        picture = f'<img src="{_upload(block.figure.file)}" alt="{alt}">'
        return f'<figure class="wp-block-image size-large">{picture}{caption}</figure>'
    if block.kind == "quote":
        return f'<blockquote class="wp-block-quote"><p>{text}</p></blockquote>'
    if block.kind == "list":
        return f"<ul>{''.join(f'<li>{line}</li>' for line in text.splitlines())}</ul>"
    return f"<{block.kind}>{text}</{block.kind}>"


def _upload(file: str) -> str:
    return f"{HOME}wp-content/uploads/{file}"


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
        f'<li><a href="{url(other)}"><img src="{HOME}wp-content/uploads/thumb.png" alt=""> '
        f"{escape(other.title)}</a></li>"
        for other in edition.related(story)
    )
    return f'<div class="jp-relatedposts"><h3>You may also like</h3><ul>{items}</ul></div>\n'


def _comments(story: Story) -> str:
    count = len(story.remarks)
    heading = f"{count} thought{'s' if count != 1 else ''} on “{escape(story.title)}”"
    items = ""
    for place, remark in enumerate(story.remarks):
        number = comment_number(story, place)
        depth = "depth-2" if remark.answer else "depth-1"
        items += f"""<li id="comment-{number}" class="comment {depth}"><article class="comment-body">
<footer class="comment-meta"><b class="fn">{escape(remark.author)}</b> says:
<a href="{url(story)}#comment-{number}">
<time datetime="{remark.at.isoformat()}">{remark.at:%d/%m/%Y at %H:%M}</time></a></footer>
<div class="comment-content"><p>{escape(remark.text, quote=False)}</p></div>
<div class="reply"><a rel="nofollow" href="{url(story)}?replytocom={number}#respond">Reply</a></div></article></li>
"""
    listed = f'<h2 class="comments-title">{heading}</h2><ol class="comment-list">{items}</ol>' if count else ""
    return f"""<div id="comments" class="comments-area">{listed}
<div id="respond" class="comment-respond"><h3 id="reply-title">Leave a Reply</h3>
<form><p class="comment-notes">Your email address will not be published. Required fields are marked *</p>
<textarea name="comment"></textarea><input name="author"><input type="submit" value="Post Comment"></form></div></div>
"""
