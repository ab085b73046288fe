"""The Capital Ledger's addresses, and its stories as data for machines."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from crawler.demo.stories import Entry, Story

TITLE = "The Capital Ledger"


HOME = "http://www.capital-ledger.example/"


SECTIONS = ("Politics", "Business", "World", "Opinion", "Culture")


_TYPES = {"article": "NewsArticle", "opinion": "OpinionNewsArticle", "live": "LiveBlogPosting"}


def path(story: Story) -> str:
    """Path of a story."""
    if story.closed:
        return f"/members/{story.slug}"
    return f"/{story.section.lower()}/{story.published:%Y/%m/%d}/{story.slug}-{story.number}"


def url(story: Story) -> str:
    """Address of a story."""
    return HOME.rstrip("/") + path(story)


def author_path(name: str) -> str:
    """Path of an author's page."""
    return f"/by/{name.lower().replace(' ', '-')}"


def graph(story: Story) -> dict[str, Any]:
    """The JSON-LD of a story: the site, the publisher, the article and its bread crumbs in one graph."""
    paper = {"@type": "NewsMediaOrganization", "@id": f"{HOME}#paper", "name": TITLE, "url": HOME}
    site = {
        "@type": "WebSite",
        "@id": f"{HOME}#site",
        "url": HOME,
        "name": TITLE,
        "publisher": {"@id": f"{HOME}#paper"},
    }
    crumbs = {
        "@type": "BreadcrumbList",
        "itemListElement": [
            {"@type": "ListItem", "position": 1, "name": "Home", "item": HOME},
            {"@type": "ListItem", "position": 2, "name": story.section, "item": f"{HOME}{story.section.lower()}"},
        ],
    }
    return {"@context": "https://schema.org", "@graph": [site, paper, _article_data(story), crumbs]}


def _article_data(story: Story) -> dict[str, Any]:
    data: dict[str, Any] = {
        "@type": _TYPES[story.kind],
        "@id": f"{url(story)}#article",
        "mainEntityOfPage": {"@type": "WebPage", "@id": url(story)},
        "headline": story.title,
        "description": story.summary,
        "datePublished": story.published.isoformat(),
        "dateModified": (story.modified or story.published).isoformat(),
        "author": [_author(name) for name in story.authors],
        "publisher": {"@id": f"{HOME}#paper"},
        "articleSection": story.section,
        "keywords": list(story.tags),
        "inLanguage": "en",
        "isAccessibleForFree": story.access == "free",
    }
    if story.figure:
        data["image"] = [
            {
                "@type": "ImageObject",
                "url": f"{HOME}img/{story.figure.file}",
                "caption": story.figure.caption,
                "creditText": story.figure.credit,
            }
        ]
    if story.access != "free":
        css = ".c-article__rest" if story.access == "metered" else ".c-article__locked"
        data["hasPart"] = {"@type": "WebPageElement", "isAccessibleForFree": False, "cssSelector": css}
    if story.kind == "live":
        data["coverageStartTime"] = story.published.isoformat()
        data["coverageEndTime"] = (story.modified or story.published + timedelta(hours=12)).isoformat()
        data["liveBlogUpdate"] = [_update_data(story, entry) for entry in story.entries]
    return data


def _author(name: str) -> dict[str, str]:
    if name == "Staff and agencies":
        return {"@type": "Organization", "name": name}
    return {"@type": "Person", "name": name, "url": HOME.rstrip("/") + author_path(name)}


def _update_data(story: Story, entry: Entry) -> dict[str, Any]:
    return {
        "@type": "BlogPosting",
        "headline": entry.headline,
        "datePublished": entry.at.isoformat(),
        "articleBody": entry.text,
        "url": f"{url(story)}#{entry.at:%H%M}",
    }
