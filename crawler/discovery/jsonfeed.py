"""A JSON Feed's bytes (versions 1.0 and 1.1) in, its items as Links out."""

from __future__ import annotations

import json
from typing import Any

from archive.types import Hint, Kind, Link, Via
from crawler.discovery import Listing
from crawler.discovery.spelling import MAX_SUMMARY, absolute, tidy, words_of

_NO_FEED = "This is JSON, but not a JSON Feed: it has no list of items."


def read_json_feed(body: bytes, url: str, via: Via, max_items: int, problem: str | None = None) -> Listing:
    """The items of the feed at ``url``, at most ``max_items``. ``problem``: what is already known to be wrong."""
    try:
        feed = json.loads(body)
    except (ValueError, RecursionError) as error:
        return Listing(problem=problem or f"The JSON cannot be parsed ({tidy(str(error), 200)}).")
    items = feed.get("items") if isinstance(feed, dict) else None
    if not isinstance(items, list):
        return Listing(problem=problem or _NO_FEED)
    links: dict[str, Link] = {}
    dropped = 0
    for item in items[:max_items]:
        target = _target(item, url) if isinstance(item, dict) else None
        if target is None:
            dropped += 1
        elif target not in links:
            links[target] = Link(url=target, kind=Kind.PAGE, hint=_hint(item, feed, url, via))
    if len(items) > max_items:
        problem = f"The feed has {len(items)} items; only the first {max_items} were read."
    return Listing(
        links=tuple(links.values()),
        next=_next(feed, url),
        problem=problem,
        title=words_of(feed.get("title")),
        dropped=dropped,
    )


def _target(item: dict[str, Any], url: str) -> str | None:
    for key in ("url", "external_url", "id"):
        value = item.get(key)
        if isinstance(value, str) and (key != "id" or value.startswith(("http://", "https://"))):
            target = absolute(value, url)
            if target:
                return target
    return None


def _next(feed: dict[str, Any], url: str) -> str | None:
    following = feed.get("next_url")
    target = absolute(following, url) if isinstance(following, str) else None
    return None if target == absolute(url, url) else target


def _hint(item: dict[str, Any], feed: dict[str, Any], url: str, via: Via) -> Hint:
    tags = item.get("tags")
    return Hint(
        via=via,
        where=url,
        title=words_of(item.get("title")),
        authors=_authors(item),
        published=tidy(item.get("date_published"), 100),
        modified=tidy(item.get("date_modified"), 100),
        tags=tuple(t for tag in tags[:50] if (t := tidy(tag, 100))) if isinstance(tags, list) else (),
        language=tidy(item.get("language"), 35) or tidy(feed.get("language"), 35),
        summary=words_of(item.get("summary"), MAX_SUMMARY),
    )


def _authors(item: dict[str, Any]) -> tuple[str, ...]:
    """Names of ``authors`` (1.1) or ``author`` (1.0). The feed's own author is mostly the site: left out."""
    listed = item.get("authors")
    people = listed if isinstance(listed, list) else [item.get("author")]
    names = (tidy(person.get("name"), 200) for person in people if isinstance(person, dict))
    return tuple(dict.fromkeys(name for name in names if name))
