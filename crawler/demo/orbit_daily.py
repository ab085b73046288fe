"""Orbit Daily: a paper of science and space whose pages are empty until a script has filled them."""

from __future__ import annotations

import json
from html import escape
from typing import Any

from crawler.demo.documents import Document, Site, html_page, image, plain
from crawler.demo.editions import Edition
from crawler.demo.feeds import Item, json_feed, robots, sitemap
from crawler.demo.stories import Story

TITLE = "Orbit Daily"
HOME = "http://orbit-daily.example/"
_SECTIONS = ("Space", "Earth", "Machines")
_PAGES = {
    "about": (
        "About Orbit Daily",
        "Orbit Daily is made by six people and a very old telescope. We take no advertising.",
    ),
    "contact": ("Contact", "Write to hello@orbit-daily.example, or wave; we may be looking."),
}
_SCRIPT = """// Fills the page: what is shown follows from the address.
const root = document.getElementById("root");

function element(tag, text, kind) {
  const node = document.createElement(tag);
  if (text) node.textContent = text;
  if (kind) node.className = kind;
  return node;
}

function link(address, text) {
  const node = element("a", text);
  node.setAttribute("href", address);
  return node;
}

function showArticle(story) {
  document.title = story.title + " | Orbit Daily";
  const article = element("article", "", "story");
  article.append(element("h1", story.title));
  const facts = element("p", "By " + story.authors.join(" and ") + ", ", "byline");
  const time = element("time", story.published.slice(0, 10));
  time.setAttribute("datetime", story.published);
  facts.append(time);
  article.append(facts);
  for (const block of story.blocks) {
    if (block.kind === "figure") {
      const figure = element("figure", "");
      const picture = element("img", "");
      picture.setAttribute("src", block.src);
      figure.append(picture, element("figcaption", block.caption));
      article.append(figure);
    } else if (block.kind === "list") {
      const list = element("ul", "");
      for (const line of block.text.split("\\n")) list.append(element("li", line));
      article.append(list);
    } else {
      article.append(element(block.kind === "quote" ? "blockquote" : block.kind, block.text));
    }
  }
  root.replaceChildren(article);
}

function showList(stories) {
  const list = element("ul", "", "stories");
  for (const story of stories) {
    const item = element("li", "");
    item.append(link(story.path, story.title), element("p", story.summary));
    list.append(item);
  }
  root.replaceChildren(list);
}

async function start() {
  const article = location.pathname.match(/^\\/(?:articles|lab)\\/(\\d+)$/);
  const address = article
    ? "/api/articles/" + article[1] + ".json"
    : "/api/lists" + location.pathname.replace(/\\/?$/, "/index.json");
  const answer = await fetch(address);
  if (!answer.ok) {
    root.replaceChildren(element("p", "Nothing here."));
    return;
  }
  const found = await answer.json();
  if (article) showArticle(found);
  else showList(found.stories);
}

start();
"""


def build(edition: Edition) -> Site:
    """The whole site on one night."""
    listed = edition.listed
    documents = {
        "/": _shell(TITLE, _menu(edition)),
        "/app.js": plain(_SCRIPT, "application/javascript; charset=utf-8"),
        "/feed.json": json_feed(TITLE, HOME, f"{HOME}feed.json", map(_item, listed), language="en"),
        "/sitemap.xml": sitemap((_url(story), story.modified or story.published) for story in listed),
        "/robots.txt": robots("/lab/", sitemaps=[f"{HOME}sitemap.xml"]),
        "/api/lists/index.json": _list(listed),
        **{f"/{name}": _static(head, f"<p>{escape(text)}</p>") for name, (head, text) in _PAGES.items()},
    }
    for section in _SECTIONS:
        documents[f"/{section.lower()}"] = _shell(TITLE, _menu(edition))
        documents[f"/api/lists/{section.lower()}/index.json"] = _list([s for s in listed if s.section == section])
    for story in edition.stories:
        documents[_path(story)] = _article(edition, story)
        documents[f"/api/articles/{story.number}.json"] = _json(_data(story))
        documents.update({f"/pictures/{b.figure.file}": image() for b in story.blocks if b.figure})
    site = Site(
        title=TITLE,
        documents=documents,
        frame=lambda headline, inner: _static(headline, inner).body,
        not_found=("Lost in space", "There is nothing at this address. There may never have been."),
    )
    documents.update({_path(story): site.missing(status) for story, status in edition.gone})
    return site


def _path(story: Story) -> str:
    return f"/lab/{story.number}" if story.closed else f"/articles/{story.number}"


def _url(story: Story) -> str:
    return HOME.rstrip("/") + _path(story)


def _article(edition: Edition, story: Story) -> Document:
    """The empty shell; two stories carry their text as JSON-LD all the same."""
    changed = story.modified or story.published
    if story.kind != "inline":
        return _shell(TITLE, _menu(edition), story=story)
    data = {
        "@context": "https://schema.org",
        "@type": "NewsArticle",
        "url": _url(story),
        "headline": story.title,
        "description": story.summary,
        "datePublished": story.published.isoformat(),
        "dateModified": changed.isoformat(),
        "author": [{"@type": "Person", "name": name} for name in story.authors],
        "publisher": {"@type": "NewsMediaOrganization", "name": TITLE},
        "articleSection": story.section,
        "keywords": ", ".join(story.tags),
        "inLanguage": "en",
        "isAccessibleForFree": True,
        "articleBody": "\n\n".join(block.text for block in story.blocks if block.text),
    }
    if story.figure:
        data["image"] = f"{HOME}pictures/{story.figure.file}"
    script = f'<script type="application/ld+json">{json.dumps(data, ensure_ascii=False)}</script>'
    head = f'<link rel="canonical" href="{_url(story)}">\n{script}'
    return _shell(f"{story.title} | {TITLE}", _menu(edition), story=story, head=head)


def _shell(title: str, menu: str, *, story: Story | None = None, head: str = "") -> Document:
    changed = (story.modified or story.published) if story else None
    text = _html(title, head, menu, '<div id="root"></div><script src="/app.js" defer></script>')
    return html_page(text, modified=changed)


def _static(headline: str, inner: str) -> Document:
    """A page that needs no script."""
    return html_page(_html(f"{headline} | {TITLE}", "", "", f"<main><h1>{escape(headline)}</h1>{inner}</main>"))


def _html(title: str, head: str, menu: str, inner: str) -> str:
    return f"""<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>{escape(title)}</title>
<meta name="viewport" content="width=device-width"><link rel="alternate" type="application/feed+json" href="/feed.json">
{head}</head><body>
<noscript>You need to enable JavaScript to run this app.</noscript>
{menu}{inner}
<footer><a href="/about">About</a> <a href="/contact">Contact</a> <a href="http://social.example/orbitdaily">Social</a>
<a href="http://www.capital-ledger.example/">The Capital Ledger</a></footer></body></html>
"""


def _menu(edition: Edition) -> str:
    sections = "".join(f'<a href="/{name.lower()}">{name}</a> ' for name in _SECTIONS)
    closed = "".join(f'<a href="{_path(story)}">Lab</a>' for story in edition.stories if story.closed)
    return f'<nav><a href="/">{TITLE}</a> {sections}{closed}</nav>\n'


def _data(story: Story) -> dict[str, Any]:
    blocks = []
    for block in story.blocks:
        if block.figure:
            caption = f"{block.figure.caption} {block.figure.credit}".strip()
            blocks.append({"kind": "figure", "src": f"/pictures/{block.figure.file}", "caption": caption})
        else:
            blocks.append({"kind": block.kind, "text": block.text})
    return {
        "id": story.number,
        "title": story.title,
        "authors": list(story.authors),
        "published": story.published.isoformat(),
        "section": story.section,
        "blocks": blocks,
    }


def _list(stories: list[Story]) -> Document:
    rows = [{"path": _path(story), "title": story.title, "summary": story.summary} for story in stories]
    return _json({"stories": rows})


def _json(value: Any) -> Document:
    return plain(json.dumps(value, ensure_ascii=False, indent=1), "application/json; charset=utf-8")


def _item(story: Story) -> Item:
    return Item(
        url=_url(story),
        title=story.title,
        summary=story.summary,
        authors=story.authors,
        published=story.published,
        modified=story.modified,
        tags=(story.section, *story.tags),
    )
