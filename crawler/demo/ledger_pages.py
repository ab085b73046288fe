"""The Capital Ledger's templates: the article, its AMP twin, and what stands around them."""

from __future__ import annotations

import json
from html import escape

from crawler.demo.documents import Document, html_page
from crawler.demo.editions import Edition
from crawler.demo.ledger_data import HOME, SECTIONS, TITLE, author_path, graph, path, url
from crawler.demo.stories import Block, Entry, Story

#: Paragraphs that a locked story shows.
_TEASER = 2


def has_twin(story: Story) -> bool:
    """Whether a story has an AMP twin: locked ones and live blogs have none."""
    return story.access != "paywalled" and story.kind != "live" and not story.closed


def files(edition: Edition) -> set[str]:
    """Names of all pictures."""
    return {block.figure.file for story in edition.stories for block in story.blocks if block.figure}


def article(edition: Edition, story: Story) -> Document:
    """A story's page."""
    address = url(story)
    twin = f'<link rel="amphtml" href="{HOME}amp{path(story)}">\n' if has_twin(story) else ""
    tier = {"free": "free", "metered": "metered", "paywalled": "locked"}[story.access]
    figure = story.figure
    picture = f'<meta property="og:image" content="{HOME}img/{figure.file}">\n' if figure else ""
    head = f"""<link rel="canonical" href="{address}">
{twin}<meta name="description" content="{escape(story.summary)}">
<meta property="og:type" content="article"><meta property="og:title" content="{escape(story.title)}">
<meta property="og:description" content="{escape(story.summary)}"><meta property="og:url" content="{address}">
<meta property="og:site_name" content="{TITLE}"><meta property="article:content_tier" content="{tier}">
<meta property="article:published_time" content="{story.published.isoformat()}">
<meta property="article:section" content="{story.section}">
{picture}<meta name="robots" content="max-image-preview:large">
<script type="application/ld+json">
{json.dumps(graph(story), ensure_ascii=False, indent=1)}
</script>
"""
    topics = "".join(f"<li>{escape(tag)}</li>" for tag in story.tags)
    inner = f"""<main class="l-main"><article class="c-article">
<nav class="c-crumbs"><a href="{HOME}">Home</a> › <a href="{HOME}{story.section.lower()}">{story.section}</a></nav>
<h1 class="c-article__headline">{escape(story.title)}</h1><p class="c-article__standfirst">{escape(story.summary)}</p>
<div class="c-byline">{_byline(story)}
<time datetime="{story.published.isoformat()}">{_written(story)}</time>{_updated(story)}</div>
<div class="c-tools"><button>Save</button><button>Share</button><a href="#comments">Join the conversation</a></div>
<div class="c-article__body">{_text(story)}</div>
{_wall(story)}<ul class="c-topics"><li>More on:</li>{topics}</ul></article>
<aside class="c-most-read"><h2>Most read</h2><ol>{_others(edition, story)}</ol></aside>
<section class="c-promo"><h2>The Morning Ledger</h2>
<p>Everything you need to know before eight, in your inbox every weekday.</p>
<a href="{HOME}newsletters">Sign up</a></section></main>"""
    title = f"{story.title} | {story.section} | {TITLE}"
    return html_page(page(title, inner, head), modified=story.modified or story.published)


def amp(story: Story) -> Document:
    """A story's AMP twin."""
    data = json.dumps(graph(story)["@graph"][2], ensure_ascii=False)
    body = "\n".join(map(_amp_block, story.blocks))
    correction = f"<p>{escape(story.correction)}</p>" if story.correction else ""
    text = f"""<!doctype html>
<html amp lang="en"><head><meta charset="utf-8"><title>{escape(story.title)}</title>
<link rel="canonical" href="{url(story)}"><meta name="viewport" content="width=device-width">
<script type="application/ld+json">{data}</script>
<style amp-custom>body{{font:16px serif}}</style></head>
<body><header><a href="{HOME}">{TITLE}</a></header><article><h1>{escape(story.title)}</h1>
<p>By {escape(", ".join(story.authors))} · {_written(story)}</p>
{body}{correction}</article><footer><a href="{url(story)}">Read on our website</a></footer></body></html>
"""
    return html_page(text, modified=story.modified or story.published)


def _text(story: Story) -> str:
    if story.kind == "live":
        return "\n".join(map(_block, story.blocks)) + "\n".join(map(_entry, story.entries))
    shown = story.blocks
    if story.access == "free":
        html = "\n".join(map(_block, shown))
    else:
        places = [place for place, block in enumerate(shown) if block.kind == "p"]
        cut = places[_TEASER]
        html = "\n".join(map(_block, shown[:cut]))
        if story.access == "metered":
            html += '\n<div class="c-article__rest">' + "\n".join(map(_block, shown[cut:])) + "</div>"
        else:
            html += '\n<div class="c-article__locked"></div>'
    if story.correction:
        html += f'\n<p class="c-correction"><em>{escape(story.correction)}</em></p>'
    return html


def _block(block: Block) -> str:
    text = escape(block.text, quote=False)
    if block.figure:
        credit = f'<span class="c-figure__credit">{escape(block.figure.credit)}</span>' if block.figure.credit else ""
        return (
            f'<figure class="c-figure"><picture><img src="{HOME}img/{block.figure.file}" alt=""></picture>'
            f"<figcaption>{escape(block.figure.caption)} {credit}</figcaption></figure>"
        )
    if block.kind == "quote":
        return f'<aside class="c-pullquote"><blockquote>{text}</blockquote></aside>'
    if block.kind == "list":
        return f"<ul>{''.join(f'<li>{line}</li>' for line in text.splitlines())}</ul>"
    return f"<{block.kind}>{text}</{block.kind}>"


def _amp_block(block: Block) -> str:
    if not block.figure:
        return _block(block)
    source = f"{HOME}img/{block.figure.file}"
    return f'<amp-img src="{source}" width="600" height="400" alt="{escape(block.figure.caption)}"></amp-img>'


def _entry(entry: Entry) -> str:
    return f"""<section class="c-live__entry" id="{entry.at:%H%M}">
<time datetime="{entry.at.isoformat()}">{entry.at:%H.%M}</time>
<h2>{escape(entry.headline)}</h2><p>{escape(entry.text, quote=False)}</p></section>"""


def _wall(story: Story) -> str:
    if story.access == "metered":
        return (
            '<div class="c-meter">You have 2 free articles left this month. <a href="/subscribe">Subscribe</a></div>\n'
        )
    if story.access == "paywalled":
        return """<div class="c-wall"><h2>This story is for subscribers</h2>
<p>Subscribe to continue reading. Your first month costs €1; you can cancel at any time.</p>
<a href="/subscribe">See all offers</a> <a href="/login">Log in</a></div>
"""
    return ""


def _byline(story: Story) -> str:
    if story.authors == ("Staff and agencies",):
        return '<span class="c-byline__agency">Staff and agencies</span>'
    return "By " + " and ".join(
        f'<a href="{HOME.rstrip("/")}{author_path(name)}">{escape(name)}</a>' for name in story.authors
    )


def _written(story: Story) -> str:
    return f"{story.published.day} {story.published:%B %Y, %H.%M}"


def _updated(story: Story) -> str:
    if story.modified is None:
        return ""
    when = f"{story.modified.day} {story.modified:%B %Y, %H.%M}"
    return f' <time class="c-byline__updated" datetime="{story.modified.isoformat()}">Updated {when}</time>'


def _others(edition: Edition, story: Story) -> str:
    return "".join(
        f'<li><a href="{url(other)}?int_source=mostread">{escape(other.title)}</a></li>'
        for other in edition.related(story)
    )


def card(story: Story, tracking: str, *, lead: bool = False) -> str:
    """A story on the front page or a section's page."""
    picture = f'<img src="{HOME}img/{story.figure.file}" alt="">' if story.figure else ""
    badge = '<span class="c-badge">Subscribers</span>' if story.access == "paywalled" else ""
    live = '<span class="c-badge c-badge--live">Live</span>' if story.kind == "live" else ""
    size = "h1" if lead else "h3"
    return (
        f'<article class="c-card"><a href="{url(story)}{escape(tracking)}">{picture}<{size}>{live}{badge}'
        f"{escape(story.title)}</{size}></a><p>{escape(story.summary)}</p></article>"
    )


def page(title: str, inner: str, head: str = "") -> str:
    """Everything around ``inner``."""
    menu = "".join(f'<a href="{HOME}{name.lower()}?int_source=nav">{name}</a>' for name in SECTIONS)
    return f"""<!DOCTYPE html>
<html lang="en">
<head><meta charset="utf-8"><title>{escape(title)}</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
{head}<link rel="alternate" type="application/feed+json" title="{TITLE}" href="{HOME}feed.json">
</head><body><div class="c-cookie-hint" hidden>We use necessary cookies only.</div>
<header class="l-header"><a class="c-logo" href="{HOME}">{TITLE}</a><nav class="c-nav">{menu}</nav>
<a href="/subscribe">Subscribe</a> <a href="/login">Sign in</a></header>
{inner}
<footer class="l-footer"><a href="{HOME}about">About us</a> <a href="{HOME}contact">Contact</a>
<a href="{HOME}imprint">Imprint</a> <a href="http://social.example/capitalledger">Follow us</a>
<p>© The Capital Ledger. All rights reserved. Registered office: 1 Mint Square.</p></footer></body></html>
"""
