"""Documents that stand in for the one asked for: error pages, redirects, walls, false bodies."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

from crawler.demo.documents import Document, Site, redirect

Option = str | int | float | bool


Options = Mapping[str, Option]


#: Query that marks the later hops of a redirect chain.
HOP = "?hop="


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """The request that is to be spoilt, and what it would have got."""

    url: str
    headers: Mapping[str, str]
    document: Document
    site: Site


def _status(status: int, headline: str, text: str) -> Callable[[Asked, Options], Document]:
    def page(asked: Asked, options: Options) -> Document:
        document = asked.site.framed(headline, f"<p>{text}</p>", status=status)
        if "retry_after" not in options:
            return document
        return replace(document, headers=(("Retry-After", _retry_after(options)),))

    return page


def _any_status(asked: Asked, options: Options) -> Document:
    return _status(int(options["status"]), "This is not the page", "Something is not as it should be.")(asked, options)


def _retry_after(options: Options) -> str:
    seconds = int(options["retry_after"])
    if not options["as_date"]:
        return str(seconds)
    return format_datetime(datetime.now(UTC) + timedelta(seconds=seconds), usegmt=True)


def _missing(asked: Asked, _: Options) -> Document:
    return asked.site.missing()


def _soft_404(asked: Asked, _: Options) -> Document:
    return asked.site.missing(status=200)


def _redirect(_: Asked, options: Options) -> Document:
    return redirect(str(options["to"]), int(options["status"]))


def _redirect_chain(asked: Asked, options: Options) -> Document:
    plain, _, hop = asked.url.partition(HOP)
    done = int(hop or 0)
    if done >= int(options["hops"]):
        return asked.document
    return redirect(f"{plain}{HOP}{done + 1}", int(options["status"]))


def _redirect_loop(asked: Asked, options: Options) -> Document:
    plain, hop, _ = asked.url.partition(HOP)
    return redirect(plain if hop else f"{plain}{HOP}1", int(options["status"]))


def _consent_wall(asked: Asked, _: Options) -> Document:
    return asked.site.framed(
        "Before you continue",
        f"""<div class="cmp-dialog" role="dialog"><p>{asked.site.title} and its 214 partners store and access
information on your device, such as cookies, to show you personalised advertising and to measure it.</p>
<p>You can change your choices at any time in our privacy settings. Some partners process your data on the basis of
legitimate interest.</p><form method="post" action="/consent"><button>Accept all</button> <button>Reject all</button>
<button>Manage options</button></form></div>""",
    )


def _login_wall(asked: Asked, _: Options) -> Document:
    return asked.site.framed(
        "Log in to keep reading",
        """<p>This page is for registered readers. Log in or create a free account to continue.</p>
<form method="post" action="/login"><label>E-mail <input name="email"></label>
<label>Password <input type="password" name="password"></label><button>Log in</button></form>""",
    )


def _blocked(asked: Asked, options: Options) -> Document:
    host = asked.url.split("/")[2]
    text = f"""<!doctype html><html><head><title>Just a moment...</title></head><body>
<h1>Checking your browser before you enter {host}</h1>
<p>Please verify that you are a human by completing the action below. Enable JavaScript and cookies to continue.</p>
<p>Request ID: 7f3c0d2a91be44e1</p></body></html>"""
    return Document(body=text.encode(), status=int(options["status"]))


def _empty(asked: Asked, _: Options) -> Document:
    return replace(asked.document, body=b"")


def _not_html(_: Asked, options: Options) -> Document:
    if options["kind"] == "pdf":
        return Document(body=b"%PDF-1.4\n%\xe2\xe3\xcf\xd3\n1 0 obj<<>>endobj\n%%EOF\n", content_type="application/pdf")
    return Document(body=b"GIF89a" + bytes(range(256)) * 8 + b";", content_type="text/html")


def _wrong_charset(asked: Asked, options: Options) -> Document:
    """The page's own bytes in one encoding, and a header that says another."""
    declared = asked.document.content_type.partition("charset=")[2] or "windows-1252"
    text = asked.document.body.decode(declared, "replace")
    return replace(
        asked.document,
        body=text.encode(str(options["bytes"]), "xmlcharrefreplace"),
        content_type=f"text/html; charset={options['header']}",
    )


def _malformed(asked: Asked, _: Options) -> Document:
    """A feed cut off inside an element, with a bare ampersand and a control character before that."""
    half = asked.document.body[: len(asked.document.body) // 2]
    return replace(asked.document, body=half.replace(b"<title>", b"<title>Fish & chips \x0b", 1) + b"<item><ti")


def _entities(asked: Asked, options: Options) -> Document:
    """A "billion laughs": ``depth`` levels of ten references each."""
    depth = int(options["depth"])
    levels = [f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, depth + 1)]
    text = (
        '<?xml version="1.0"?>\n<!DOCTYPE rss [<!ENTITY l0 "ha">\n' + "\n".join(levels) + "]>\n"
        f'<rss version="2.0"><channel><title>&l{depth};</title></channel></rss>\n'
    )
    return replace(asked.document, body=text.encode(), content_type="application/rss+xml")


FALSE_PAGES: Mapping[str, Callable[[Asked, Options], Document]] = {
    "404": _missing,
    "410": _status(410, "Gone", "This page has been removed."),
    "429": _status(429, "Too many requests", "You have asked for too many pages. Please slow down."),
    "500": _status(500, "Internal server error", "Something went wrong on our side."),
    "status": _any_status,
    "503": _status(503, "Service unavailable", "We are carrying out maintenance and will be back shortly."),
    "redirect": _redirect,
    "redirect_chain": _redirect_chain,
    "redirect_loop": _redirect_loop,
    "soft_404": _soft_404,
    "consent_wall": _consent_wall,
    "login_wall": _login_wall,
    "blocked": _blocked,
    "empty": _empty,
    "not_html": _not_html,
    "wrong_charset": _wrong_charset,
    "malformed": _malformed,
    "entities": _entities,
}
