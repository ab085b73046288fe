"""A page in the browser: what its scripts may ask for, and what they asked for. No browser is needed to decide."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from urllib.parse import urlsplit

from crawler.fetch.addresses import Allowed
from crawler.fetch.guard import LONGEST_URL

#: Kinds of requests, in Playwright's words, that may bring the text. The rest is looks, sound, tracking, or a way out:
#: image, media, font, websocket, eventsource, ping, manifest, frames' documents …
_BRING_TEXT = frozenset(("script", "xhr", "fetch", "stylesheet"))
_ASKS_ONLY = ("GET", "HEAD", "OPTIONS")


class Visit:
    """One page's stay. ``is_own``: whether a URL is on the site of the page's source."""

    def __init__(self, *, allowed: Allowed, is_own: Callable[[str], bool], most_requests: int, most_bytes: int) -> None:
        self._allowed = allowed
        self._is_own = is_own
        self._most_requests = most_requests
        self._most_bytes = most_bytes
        #: Whether the page itself has been given to the browser.
        self.opened = False
        self.requests = 0
        self.bytes = 0
        #: Why requests were not made → how many.
        self.held_back: Counter[str] = Counter()

    def refusal(self, url: str, *, kind: str, method: str) -> str | None:
        """Why a request is not made, in a word or two; None: it is, as far as can be told without asking."""
        if kind not in _BRING_TEXT:
            return kind
        if wrong := self._wrong_address(url):
            return wrong
        if method not in _ASKS_ONLY and not self._is_own(url):
            return f"{method} to another site"
        if self.requests >= self._most_requests:
            return "too many requests"
        return None

    def _wrong_address(self, url: str) -> str | None:
        if not url.startswith(("http://", "https://")):
            return "scheme"
        if len(url) > LONGEST_URL:
            return "url-too-long"
        try:
            host = urlsplit(url).hostname or ""
        except ValueError:
            return "no address"
        return "private-address" if self._allowed.refusal(host) else None

    def hold_back(self, why: str) -> None:
        """A request was not made."""
        self.held_back[why] += 1

    def receive(self, size: int) -> bool:
        """Bytes came in; False when that is enough."""
        self.bytes += size
        return self.bytes <= self._most_bytes
