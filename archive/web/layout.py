"""Templates, and how values look on a page. What comes from the archive is escaped."""

from __future__ import annotations

import hashlib
import shlex
import unicodedata
from collections.abc import Callable
from datetime import UTC, datetime
from functools import cache
from importlib.resources import files
from typing import Any
from urllib.parse import quote, urlsplit

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup, escape

from archive.report.page import size
from archive.types import Precision
from archive.version import __version__
from archive.web.asked import HTML, Answer

#: Around found words: noncharacters, which no text holds.
MARKS = ("\ufdd0", "\ufdd1")
#: The files beside the pages, with their types.
STATIC = {"room.css": "text/css; charset=utf-8", "room.js": "text/javascript; charset=utf-8"}


def page(template: str, *, status: int = 200, **values: Any) -> Answer:
    """A page of a template and what it shows."""
    body = templates().get_template(template).render(values)
    return Answer(body=body.encode(errors="replace"), status=status, content_type=HTML)


@cache
def templates() -> Environment:
    """The room's templates."""
    made = Environment(
        loader=PackageLoader("archive.web", "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    filters: dict[str, Callable[..., Any]] = {
        "many": lambda number: f"{number:,}",
        "size": size,
        "day": day,
        "minute": minute,
        "iso": lambda moment: moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "marked": marked,
        "plainly": plainly,
        "segment": segment,
        "shell": shlex.quote,
        "weblink": weblink,
        "shown_url": shown_url,
    }
    made.filters.update(filters)
    made.globals |= {"version": __version__, "published": published}
    made.globals |= {"sheet": static_url("room.css"), "script": static_url("room.js")}
    return made


@cache
def static(name: str) -> bytes:
    """A file beside the pages."""
    return (files("archive.web") / "static" / name).read_bytes()


def static_url(name: str) -> str:
    """Its address, which changes when the file does: so it may be kept for ever."""
    return f"/room/{name}?v={hashlib.sha256(static(name)).hexdigest()[:12]}"


def day(moment: datetime) -> str:
    """``10 November 2026``."""
    return f"{moment.astimezone(UTC):%-d %B %Y}"


def minute(moment: datetime) -> str:
    """``10 November 2026, 08:30 UTC``."""
    return f"{moment.astimezone(UTC):%-d %B %Y, %H:%M} UTC"


def published(article: Any) -> str:
    """When something was published, as exactly as is known; without a date, when it was first seen."""
    if article.published_at is None:
        return f"no date; first seen {minute(article.first_seen_at)}"
    return day(article.published_at) if article.published_precision is Precision.DAY else minute(article.published_at)


def plainly(text: str | None) -> str:
    """A text without what is no letter: control characters, and those that turn the direction for all that follows."""
    return "".join("\ufffd" if _turns(c) else c for c in text or "")


def _turns(sign: str) -> bool:
    return (
        (unicodedata.category(sign) == "Cc" and sign not in "\t\n")
        or "\u202a" <= sign <= "\u202e"
        or ("\u2066" <= sign <= "\u2069")
    )


def marked(text: str) -> Markup:
    """A passage whose found words stand in ``MARKS``."""
    return escape(plainly(text)).replace(MARKS[0], Markup("<mark>")).replace(MARKS[1], Markup("</mark>"))


def segment(text: str) -> str:
    """A text as one step of an address."""
    return quote(text, safe="")


def weblink(url: str | None) -> str | None:
    """The address if a reader may be led there: http and https alone. None for any other."""
    if not url or not url.lower().startswith(("http://", "https://")):
        return None
    try:
        return url if urlsplit(url).hostname else None
    except ValueError:
        return None


def shown_url(url: str | None) -> str:
    """An address for reading: what is invisible or turns the direction stands in percent signs."""
    return "".join(c if c.isprintable() and not _turns(c) else quote(c, errors="replace") for c in url or "")
