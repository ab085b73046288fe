"""What a site has to give: Documents by address, and one way to look them up."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from html import escape
from urllib.parse import parse_qsl, urlencode

HTML = "text/html; charset=utf-8"
#: One grey pixel.
PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108000000003a7e9b55"
    "0000000a49444154789c636800000082008177cd72b60000000049454e44ae426082"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """One answer of a site, before any header is made of it."""

    body: bytes
    content_type: str = HTML
    status: int = 200
    #: Where a redirect leads.
    location: str | None = None
    #: When it was last changed before the first night; None: unknown.
    modified: datetime | None = None
    #: Further headers.
    headers: tuple[tuple[str, str], ...] = ()


def html_page(text: str, *, modified: datetime | None = None, status: int = 200) -> Document:
    """A UTF-8 page of HTML."""
    return Document(body=text.encode(), modified=modified, status=status)


def plain(text: str, content_type: str = "text/plain; charset=utf-8", *, status: int = 200) -> Document:
    """A text that is no page."""
    return Document(body=text.encode(), content_type=content_type, status=status)


def redirect(location: str, status: int = 301) -> Document:
    """A redirect to ``location``, an absolute address."""
    body = f'<html><body>Moved: <a href="{escape(location)}">here</a></body></html>'
    return Document(body=body.encode(), status=status, location=location)


def image() -> Document:
    """A tiny picture."""
    return Document(body=PNG, content_type="image/png")


def _nothing(_: str) -> Document | None:
    return None


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """Everything that one host serves on one night."""

    title: str
    #: Path, with those query parameters that matter → document.
    documents: Mapping[str, Document]
    #: Headline and inner HTML → a page in the paper's look, as bytes in the paper's encoding.
    frame: Callable[[str, str], bytes]
    #: Headline and text of the paper's own "not found" page.
    not_found: tuple[str, str]
    content_type: str = HTML
    #: Query parameters that choose a document; all others change nothing.
    keep: frozenset[str] = frozenset()
    #: Path → document, for addresses without end.
    endless: Callable[[str], Document | None] = _nothing

    def find(self, path: str, query: str) -> Document:
        """The document at an address; the paper's "not found" page where there is none."""
        chosen = [(name, value) for name, value in parse_qsl(query) if name in self.keep]
        key = f"{path}?{urlencode(chosen)}" if chosen else path
        return self.documents.get(key) or self.endless(path) or self.missing()

    def missing(self, status: int = 404) -> Document:
        """The paper's "not found" page."""
        headline, text = self.not_found
        return self.framed(headline, f"<p>{escape(text)}</p>", status=status)

    def framed(self, headline: str, inner: str, *, status: int = 200) -> Document:
        """A page in the paper's look."""
        return Document(body=self.frame(headline, inner), content_type=self.content_type, status=status)
