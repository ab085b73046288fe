"""Pictures in; the article's images out, the lead first, each once, with caption and credit."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from functools import lru_cache
from typing import Any
from urllib.parse import urljoin, urlsplit

from archive.types import Image
from pipelines.boilerplate import image_of
from pipelines.jsonld import resolve, text_in
from pipelines.landmarks import Landmarks
from pipelines.sheet import Sheet
from pipelines.structured import Structured

_MOST = 60
#: What sizes and crops add to one image's address.
_SIZE = re.compile(r"[-_](?:\d{2,4}x\d{2,4}|scaled|large|medium|small|thumb(?:nail)?)(?=\.\w+$)")


def _absolute(address: str | None, base: str | None) -> str | None:
    if not address:
        return None
    try:
        url = urljoin(base or "", address.strip())
        return url if urlsplit(url).scheme in ("http", "https") else None
    except ValueError:
        return None


@lru_cache(maxsize=1024)  # every picture is compared with every other one
def _key(url: str) -> str:
    return _SIZE.sub("", urlsplit(url).path.rpartition("/")[2].casefold())


def _told(told: Structured, base: str | None) -> Iterator[Image]:
    """Lead images by JSON-LD and OpenGraph."""
    value: Any = told.article.get("image")
    for item in value if isinstance(value, list) else [value]:
        node = resolve(item, told.nodes)
        if isinstance(node, str):
            yield Image(url=_absolute(node, base))
        elif isinstance(node, dict):
            url = _absolute(text_in(node.get("url")) or text_in(node.get("contentUrl")), base)
            shown = image_of(text_in(node.get("caption")) or "")
            credit = text_in(node.get("creditText")) or text_in(node.get("copyrightNotice")) or shown.credit
            yield Image(url=url, caption=shown.caption, credit=credit)
    for name in ("og:image", "og:image:url", "twitter:image", "twitter:image:src"):
        for address in told.meta.get(name, ())[:1]:
            yield Image(url=_absolute(address, base), alt=told.first_meta("og:image:alt", "twitter:image:alt"))


def _merge(images: Iterable[Image]) -> list[Image]:
    """One Image for each picture: the same file in other sizes, or the same caption, is the same picture."""
    merged: list[Image] = []
    for image in images:
        twin = next((i for i, known in enumerate(merged) if _same(known, image)), None)
        if twin is None:
            merged.append(image)
            continue
        known = merged[twin]
        merged[twin] = replace(
            known,
            url=known.url or image.url,
            caption=known.caption or image.caption,
            credit=known.credit or image.credit,
            alt=known.alt or image.alt,
        )
    return merged


def _same(a: Image, b: Image) -> bool:
    if a.url and b.url:
        return _key(a.url) == _key(b.url)
    return (a.caption is not None and a.caption in (b.caption, b.alt)) or (b.caption is not None and b.caption == a.alt)


def find_images(sheet: Sheet, told: Structured, seen: Landmarks, captions: Iterable[Image]) -> list[Image]:
    """The lead image and all images with a caption. ``captions``: found in the text, their image unknown."""
    base = sheet.url
    images = [image for image in _told(told, base) if image.url][:3]
    for picture in seen.pictures:
        url = _absolute(picture.url, base)
        if picture.caption:
            images.append(image_of(picture.caption, url=url, alt=picture.alt))
        elif url and picture.alt:
            images.append(Image(url=url, alt=picture.alt))
    merged = _merge([*images, *captions])
    lead = merged[:1] if merged and merged[0].url else []
    return [*lead, *(image for image in merged[len(lead) :] if image.caption or image.credit)][:_MOST]
