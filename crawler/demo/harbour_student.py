"""The Harbour Student: a student paper on a site builder. Opaque class names, everything twice, no metadata."""

from __future__ import annotations

from hashlib import sha1
from html import escape

from crawler.demo.documents import Document, Site, html_page, image
from crawler.demo.editions import Edition
from crawler.demo.feeds import Item, robots, rss
from crawler.demo.stories import Block, Story

TITLE = "The Harbour Student"
HOME = "http://harbour-student.example/"
_SECTIONS = ("News", "Culture", "Opinion", "Sport")
_PAGES = {
    "about": (
        "About",
        "The Harbour Student is written, edited and laid out by students of the Harbour University. We print nine "
        "times a year and publish here whenever something happens. We meet on Tuesdays at six in room 2.14; "
        "the biscuits are free.",
    ),
    "contact": (
        "Contact",
        "Write to desk@harbour-student.example. Corrections go to the same address and are read first. "
        "Our post box is in the porter's lodge of the Old Arsenal.",
    ),
}


def build(edition: Edition) -> Site:
    """The whole site on one night."""
    documents = {
        "/": _front(edition),
        "/blog-feed.xml": _feed(edition),
        "/robots.txt": robots("/members/", "/_api/"),
        **{f"/{name}": html_page(_frame(*page)) for name, page in _PAGES.items()},
        **{f"/{section.lower()}": _section(edition, section) for section in _SECTIONS},
        **{_tag_path(tag): _tag(edition, tag) for story in edition.stories for tag in story.tags},
        **{_path(story): _article(edition, story) for story in edition.stories},
    }
    for story in edition.stories:
        for block in story.blocks:
            if block.figure:
                documents[_media(block.figure.file)] = image()
    site = Site(title=TITLE, documents=documents, frame=_framed, not_found=_NOT_FOUND)
    documents.update({_path(story): site.missing(status) for story, status in edition.gone})
    return site


_NOT_FOUND = ("Page not found", "This page isn’t available. It may have been moved or deleted. Try the menu above.")


def _framed(headline: str, inner: str) -> bytes:
    return _page(headline, f'<div class="hq7"><h1 class="f0_2">{escape(headline)}</h1>{inner}</div>').encode()


def _frame(headline: str, text: str) -> str:
    return _framed(headline, _rich(escape(text))).decode()


def _path(story: Story) -> str:
    return f"/members/{story.slug}" if story.closed else f"/post/{story.slug}"


def _url(story: Story) -> str:
    return HOME.rstrip("/") + _path(story)


def _media(file: str) -> str:
    return f"/media/{sha1(file.encode(), usedforsecurity=False).hexdigest()[:12]}~mv2.png"


def _rich(inner: str, tag: str = "p", style: str = "f8_0") -> str:
    """A piece of text as the builder wraps it."""
    return (
        f'<div class="kx1 Qm_r4"><div class="kx1 tW9" data-tx="rt"><{tag} class="{style} vv-rt__tx">'
        f'<span class="vv-g"><span style="font-family:lora,serif">{inner}</span></span></{tag}></div></div>'
    )


def _menu() -> str:
    items = "".join(
        f'<li class="mN_i"><a class="mN_a" href="{HOME}{name.lower()}"><p class="mN_t">{name}</p></a></li>'
        for name in (*_SECTIONS, "About", "Contact")
    )
    return f'<nav class="mN_0" aria-label="Site"><ul class="mN_u">{items}<li class="mN_i">More</li></ul></nav>'


_FOOT = f"""<div class="kx1 zF_0"><div class="kx1 zF_1">{_rich("The Harbour Student", "h6", "f6_1")}
<div class="zF_s"><a href="http://social.example/harbourstudent"><img alt="Instagram" src="/media/ig.png"></a>
<a href="http://video.example/@harbourstudent"><img alt="YouTube" src="/media/yt.png"></a></div>
<a class="zF_a" href="{HOME}about">About</a> <a class="zF_a" href="{HOME}contact">Contact</a>
<a class="zF_a" href="http://millbrook-courier.example/">Our neighbours: The Millbrook Courier</a>
<div class="kx1">{_rich("Join our mailing list", "p", "f7_1")}<form class="eM_0"><label class="eM_l">Email
<input type="email"></label><button class="eM_b">Subscribe</button></form></div>
{_rich("©2026 by The Harbour Student. Proudly put together between lectures.", "p", "f9_1")}</div></div>"""


def _page(title: str, inner: str, head: str = "") -> str:
    return f"""<!DOCTYPE html>
<html lang="en">
<head><meta charset="utf-8"><title>{escape(title)}</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="generator" content="Shipshape Site Builder">
{head}<link rel="alternate" type="application/rss+xml" title="{TITLE} - RSS" href="{HOME}blog-feed.xml">
<style>.kx1{{position:relative}}.vv-g{{display:inline}}.zz0{{clip:rect(0 0 0 0);position:absolute}}</style></head>
<body class="dv-x"><div id="SITE_BOX"><div id="box_TOP" class="zz0"><span>top of page</span></div>
<div class="kx1 hD_0"><a href="{HOME}" class="hD_l">{_rich(TITLE, "h2", "f2_0")}</a>{_menu()}
<button class="hD_b">Log In</button></div>
<main class="kx1 pG_0"><div class="kx1 pG_1"><div class="kx1 pG_2">{inner}</div></div></main>
{_FOOT}<div id="box_END" class="zz0"><span>bottom of page</span></div></div>
<script>window.viewerModel={{"site":"harbour","flags":{{"lazy":true}}}};</script></body></html>
"""


def _day(story: Story) -> str:
    """``Nov 10``: a date without its year."""
    return f"{story.published:%b} {story.published.day}"


def _article(edition: Edition, story: Story) -> Document:
    body = "".join(map(_block, story.blocks))
    writers = "".join(
        f'<li class="bY_i"><span class="bY_w">Writer: <span>{escape(name)}</span></span>'
        f'<span class="bY_n" title="{escape(name)}">{escape(name)}</span></li>'
        for name in story.authors
    )
    tags = "".join(f'<li><a href="{HOME}{_tag_path(tag)[1:]}">{escape(tag)}</a></li>' for tag in story.tags)
    inner = f"""<article class="aR_0 kx1"><div class="aR_1">
<h1 class="aR_h f1_0"><span>{escape(story.title)}</span></h1>
<ul class="bY_0">{writers}<li class="bY_i"><span class="bY_d">{_day(story)}</span></li>
<li class="bY_i"><span class="bY_r">{story.minutes} min read</span></li></ul>
<div class="aR_b" dir="auto">{body}</div>
<div class="tG_0"><ul>{tags}</ul>
<div class="sH_0"><button aria-label="Share via Facebook"></button><button aria-label="Copy link"></button></div></div>
</div></article>{_recent(edition, story)}
<div class="cM_0 kx1"><div class="cM_1"><h4 class="cM_h">Comments</h4></div><div class="cM_2"></div></div>"""
    figure = story.figure
    picture = f'<meta property="og:image" content="{HOME}{_media(figure.file)[1:]}">\n' if figure else ""
    head = f"""<link rel="canonical" href="{_url(story)}">
<meta name="description" content="{escape(story.summary)}">
<meta property="og:title" content="{escape(story.title)}"><meta property="og:type" content="article">
<meta property="og:description" content="{escape(story.summary)}"><meta property="og:url" content="{_url(story)}">
<meta property="og:site_name" content="{TITLE}">
{picture}"""
    return html_page(_page(story.title, inner, head), modified=story.modified or story.published)


def _block(block: Block) -> str:
    if block.figure:
        shown = escape(block.figure.caption)
        if block.figure.credit:
            shown += f" (Credit: {escape(block.figure.credit)})"
        return (
            f'<figure class="iM_0"><div role="button" class="iM_1">'
            f'<img alt="{shown}" src="{_media(block.figure.file)}">'
            f'</div><figcaption class="iM_c"><span>{shown}</span></figcaption></figure>'
            f'<div class="iM_x"><span class="iM_y">{shown}</span></div>'
        )
    if block.kind == "h2":
        return _rich(escape(block.text), "h2", "f4_1")
    if block.kind == "quote":
        return f'<div class="kx1 qT_0"><div class="qT_1">{_rich(escape(block.text), "p", "f5_3")}</div></div>'
    if block.kind == "list":
        return f"<ul class='f8_0'>{''.join(f'<li>{escape(line)}</li>' for line in block.text.splitlines())}</ul>"
    return _rich(escape(block.text))


def _card(story: Story, *, summary: bool) -> str:
    text = f'<div class="cD_s">{escape(story.summary)}</div>' if summary else ""
    picture = f'<img alt="" src="{_media(story.figure.file)}">' if story.figure else ""
    return (
        f'<div class="cD_0"><a class="cD_i" href="{_url(story)}">{picture}</a><div class="cD_m">'
        f"<span>{escape(story.authors[0])}</span><span>{_day(story)}</span><span>{story.minutes} min</span></div>"
        f'<a class="cD_a" href="{_url(story)}"><h2 class="cD_h">{escape(story.title)}</h2></a>{text}</div>'
    )


def _recent(edition: Edition, story: Story) -> str:
    cards = "".join(_card(other, summary=False) for other in edition.related(story))
    return (
        f'<section class="rP_0"><div class="rP_t"><h3>Recent Posts</h3><a href="{HOME}">See All</a></div>'
        f'<div class="rP_g">{cards}</div></section>'
    )


def _front(edition: Edition) -> Document:
    cards = "".join(_card(story, summary=True) for story in edition.listed)
    closed = "".join(
        f'<a class="cD_a" href="{_url(story)}">Members: {escape(story.title)}</a>'
        for story in edition.stories
        if story.closed
    )
    return html_page(_page(f"Home | {TITLE}", f'<div class="gR_0">{cards}</div><div class="kx1">{closed}</div>'))


def _section(edition: Edition, section: str) -> Document:
    return _list(section, [story for story in edition.listed if story.section == section])


def _tag(edition: Edition, tag: str) -> Document:
    return _list(tag, [story for story in edition.listed if tag in story.tags])


def _tag_path(tag: str) -> str:
    return f"/tags/{tag.replace(' ', '-').replace('’', '')}"


def _list(heading: str, stories: list[Story]) -> Document:
    cards = "".join(_card(story, summary=True) for story in stories)
    inner = f'{_rich(escape(heading), "h1", "f0_2")}<div class="gR_0">{cards}</div>'
    return html_page(_page(f"{heading} | {TITLE}", inner))


def _feed(edition: Edition) -> Document:
    items = [
        Item(
            url=_url(story),
            title=story.title,
            summary=story.summary,
            authors=story.authors,
            published=story.published,
            tags=(story.section, *story.tags),
        )
        for story in edition.listed
    ]
    return rss(
        TITLE, HOME, f"{HOME}blog-feed.xml", items, generator="Shipshape Site Builder", language="en", dated=False
    )
