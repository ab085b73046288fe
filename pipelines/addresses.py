"""An address in, what it says of its page out: a service page, a list, a shop, a forum, a manual."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

_SERVICE = re.compile(
    r"(?i)^/(?:[a-z]{2}/)?(?:about|about-us|contact|contact-us|kontakt|impressum|imprint|privacy|privacy-policy"
    r"|datenschutz|terms|terms-of-(?:use|service)|legal|cookies?|cookie-policy|subscribe|newsletters?|advertise|jobs"
    r"|careers|faq|help|agb|ueber-uns|qui-sommes-nous|mentions-legales|contacto|contatti|chi-siamo|contato|over-ons"
    r"|o-nama|pravila|login|register|search)(?:\.\w{2,5})?/?$"
)
#: Lists that are marked as such to the end of the address: a tag's, a writer's, a list's second page.
_LIST = re.compile(
    r"(?i)/(?:category|categories|tags?|authors?|autor(?:en)?|rubrik|kategorija|ressort|hub|topics?|sections?)/[^/]+"
    r"(?:/page/\d+)?/?$"
    r"|/page/\d+/?$|^/(?:[a-z]{2}/)?(?:blogs?|news|articles|stories|insights|press|newsroom|reviews|aktuelles|nachrichten"
    r"|actualites|noticias|notizie|nieuws|vijesti)/?$"
)
#: Addresses that are lists if the text says nothing else: a topic's, a day's.
_LIKE_LIST = re.compile(
    r"(?i)/(?:category|categories|tag|tags|topics?|themen?|authors?|autor(?:en)?|sections?|rubrik|kategorija|ressort"
    r"|archives?)(?:/[^/]+)*/?$|/page/\d+/?$|^/(?:19|20)\d\d(?:/\d\d){0,2}/?$"
)
_ONE_WORD = re.compile(r"(?i)^/(?:[a-z]{2}/)?[a-z]+(?:-[a-z]+)?(?:\.(?:html?|php|aspx?))?/?$")
_OTHER_HOST = re.compile(
    r"(?i)^(?:(?P<forum>forums?|boards?|community|discuss|discourse|users)|(?P<manual>docs?|developers?|wiki|support|help|api)"
    r"|(?P<shop>shop|store))\."
)
_OTHER_PATH = re.compile(
    r"(?i)/(?:(?P<forum>forums?|threads?|viewtopic\.php|showthread\.php|questions|t/[^/]+/\d+|topic/\d+|thread-\d+"
    r"|showtopic-[^/]+|r/[^/]+/comments|discussions?/(?:topic|\d+)|boards?/\d+[^/]*)"
    r"|(?P<manual>docs?|documentation|api|wiki|man-pages)|(?P<shop>products?|product-category|dp|itm|cart))(?=[/.]|$)"
)
_THREAD = re.compile(r"(?i)(?:^|&)(?:topic|tid|thread|threadid|showtopic)=\d")
#: A shop's or a project's own column has articles.
_COLUMN = re.compile(r"(?i)/(?:blogs?|news|articles?|story|stories|posts?|magazine)(?=/|$)")
_MAYBE_OTHER_PATH = re.compile(
    r"(?i)/(?:(?P<shop>collections?|shop|store|departments?|pricing|plans|(?:parts|app|c)(?=/\w))|(?P<manual>reference|manual)"
    r"|(?<=^/)(?P<service>services?))(?=/|$)"
)


def _parts(url: str | None) -> tuple[str, str, str]:
    parts = urlsplit(url or "")
    return parts.netloc, parts.path, parts.query


def is_home(url: str | None) -> bool:
    """True for the address of a site's front page."""
    host, path, query = _parts(url)
    return bool(host) and path in ("", "/") and not query


def is_service(url: str | None) -> bool:
    """True for the address of a page about the site itself: contact, imprint, privacy."""
    return bool(_SERVICE.search(_parts(url)[1]))


def is_list(url: str | None) -> bool:
    """True for an address that is marked as a list's: a category, a tag, a writer, a page number."""
    return bool(_LIST.search(_parts(url)[1]))


def may_be_list(url: str | None, *, without_text: bool) -> bool:
    """True for an address that a list could have; one short word counts for a page hardly ``without_text``."""
    _, path, query = _parts(url)
    if any(c.isdigit() for c in query):  # artikel.php?id=123
        return False
    return bool(_LIKE_LIST.search(path) or (without_text and _ONE_WORD.search(path)))


def other_kind(url: str | None) -> str | None:
    """``forum``, ``manual`` or ``shop`` if host or path say so."""
    host, path, query = _parts(url)
    if _COLUMN.search(path):
        return None
    if _THREAD.search(query):
        return "forum"
    found = _OTHER_HOST.search(host) or _OTHER_PATH.search(path)
    return found.lastgroup if found else None


def other_kind_perhaps(url: str | None) -> str | None:
    """As ``other_kind``, by words that stand in the addresses of articles too."""
    found = _MAYBE_OTHER_PATH.search(_parts(url)[1])
    return found.lastgroup if found else None
