"""The door of the reading room: who may come in, which doors there are, and what every answer says to browsers.

Archived text is hostile by assumption. Pages may load nothing but the room's own sheet and script; they say no
referrer, set no cookies, and cannot be framed by others.
"""

from __future__ import annotations

import binascii
import hmac
from base64 import b64decode
from collections.abc import Awaitable, Callable, Iterable, MutableMapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Any]]
Send = Callable[[Any], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]

#: What our own pages may do: show themselves, run the room's own script and let it ask for pages of the room, send a
#: form back, hold a capture in a frame. What is archived is never served as a script: see ``nosniff`` and the types of
#: captures.
POLICY = (
    "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; img-src 'self'; form-action 'self';"
    " frame-src 'self'; base-uri 'none'; frame-ancestors 'none'"
)
#: Datasette's own pages come with scripts and with styles in the page; they are of this address all the same.
DATASETTE_POLICY = (
    "default-src 'none'; style-src 'self' 'unsafe-inline'; script-src 'self'; img-src 'self'; connect-src 'self';"
    " form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
_HEADERS = (
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"cross-origin-resource-policy", b"same-origin"),
    (b"x-dns-prefetch-control", b"off"),
    (b"permissions-policy", b"camera=(), geolocation=(), microphone=(), browsing-topics=()"),
    (b"x-robots-tag", b"noindex"),
)
_OURS = frozenset(name for name, _ in _HEADERS) | {b"set-cookie", b"content-security-policy"}
#: Of Datasette's pages about itself, those that are anybody's business; the others show the machine or change state.
_OPEN = ("/-/static/", "/-/static-plugins/", "/-/versions", "/-/plugins", "/-/settings", "/-/metadata")
LOOPBACK = ("localhost", "127.0.0.1", "::1")


@dataclass(frozen=True, slots=True, kw_only=True)
class Door:
    """Who may come in."""

    #: What everybody must know; None: nothing.
    token: str | None = None
    #: Names that the room is reached by; None: any. On loopback it is loopback's, or a page of the web whose name
    #: leads to this machine could read the archive through the reader's own browser.
    hosts: tuple[str, ...] | None = LOOPBACK


def guarded(app: App, door: Door, own_pages: Callable[[str], bool]) -> App:
    """The application behind the door. ``own_pages``: whether a path is one of ours rather than of Datasette."""

    async def enter(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await app(scope, receive, send)
            return
        policy = POLICY if own_pages(scope["path"]) else DATASETTE_POLICY

        async def send_guarded(message: Any) -> None:
            if message["type"] == "http.response.start":
                message = dict(message, headers=_with_ours(message.get("headers", []), policy))
            await send(message)

        refusal = _refusal(scope, door)
        if refusal is None:
            await app(scope, receive, send_guarded)
        else:
            status, words, further = refusal
            headers = [(b"content-type", b"text/plain; charset=utf-8"), *further]
            await send_guarded({"type": "http.response.start", "status": status, "headers": headers})
            await send_guarded({"type": "http.response.body", "body": words.encode()})

    return enter


def _with_ours(headers: Iterable[tuple[bytes, bytes]], policy: str) -> list[tuple[bytes, bytes]]:
    """Headers with ours in place of theirs; a page with a policy of its own, a capture's, keeps that."""
    held = [(bytes(name).lower(), bytes(value)) for name, value in headers]
    strict = next((value for name, value in held if name == b"content-security-policy"), policy.encode())
    kept = [(name, value) for name, value in held if name not in _OURS]
    return [*kept, *_HEADERS, (b"content-security-policy", strict)]


def _refusal(scope: Scope, door: Door) -> tuple[int, str, list[tuple[bytes, bytes]]] | None:
    """Status, words and headers for a request that is turned away; None: it may come in."""
    headers = {bytes(name).lower(): bytes(value) for name, value in scope["headers"]}
    if door.hosts is not None and _host(headers.get(b"host", b"")) not in door.hosts:
        return 421, "This archive is not served under that name. See: nightdesk serve --help\n", []
    if scope["method"] not in ("GET", "HEAD"):
        return 405, "This archive can only be read.\n", [(b"allow", b"GET, HEAD")]
    if door.token is not None and not _knows(headers.get(b"authorization", b""), door.token):
        challenge = (b"www-authenticate", b'Basic realm="nightdesk", charset="UTF-8"')
        return 401, "This archive asks for a token: any name, and the token as password.\n", [challenge]
    path = scope["path"]
    if path.startswith("/-/") and not path.startswith(_OPEN):
        return 404, "There is no such page.\n", []
    return None


def _host(header: bytes) -> str:
    """The name of a Host header, without its port."""
    try:
        return urlsplit(f"//{header.decode('ascii')}").hostname or ""
    except ValueError:
        return ""


def _knows(header: bytes, token: str) -> bool:
    """Whether an Authorization header has the token: as the password of any name, or as a bearer's."""
    kind, _, said = header.partition(b" ")
    if kind.lower() == b"basic":
        try:
            said = b64decode(said, validate=True).partition(b":")[2]
        except binascii.Error:
            return False
    elif kind.lower() != b"bearer":
        return False
    return hmac.compare_digest(said.strip(), token.encode())
