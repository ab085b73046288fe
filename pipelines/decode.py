"""Bytes in, text out, as browsers decode a page: byte-order mark, header, declaration in the page, guess."""

from __future__ import annotations

import codecs
from dataclasses import dataclass

from w3lib.encoding import (
    html_body_declared_encoding,
    http_content_type_encoding,
    read_bom,
    resolve_encoding,
)

#: Encodings in which every text is also valid UTF-8 or ASCII by its bytes: for these a declaration wins
#: over the finding that the bytes are valid UTF-8.
_SEVEN_BIT = frozenset({"iso2022_jp", "iso2022_kr", "hz"})
#: Share of undecodable bytes above which a declared encoding is taken for a wrong declaration.
_TOLERATED = 0.005
#: Bytes shown to the detector: its cost grows with the length, and its answer hardly changes.
_SAMPLE = 32_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Decoded:
    """A page as text."""

    text: str
    #: Python's name of the codec.
    encoding: str
    #: ``bom``, ``header``, ``meta``, ``utf-8`` (the bytes prove it), ``detected`` or ``fallback``.
    origin: str


def decode(body: bytes, content_type: str | None = None) -> Decoded:
    """Decode a page; never raises: what cannot be decoded becomes U+FFFD.

    Two departures from browsers, both because archives meet more wrong declarations than wrong bytes:
    text that is valid UTF-8 beyond ASCII is UTF-8 whatever is declared, and a declaration that does not
    fit the bytes is passed over for the next one.
    """
    bom_name, bom = read_bom(body)
    if bom_name and bom:
        return Decoded(text=_lenient(body[len(bom) :], bom_name), encoding=bom_name, origin="bom")
    declared = _declared(body, content_type)
    seven_bit = next((pair for pair in declared if pair[0] in _SEVEN_BIT), None)
    if seven_bit is None and (not body.isascii() or not declared):
        text = _strict(body, "utf-8")
        if text is not None:
            origin = next((origin for name, origin in declared if name == "utf-8"), "utf-8")
            return Decoded(text=text, encoding="utf-8", origin=origin)
    for name, origin in declared:
        text = _fitting(body, name)
        if text is not None:
            return Decoded(text=text, encoding=name, origin=origin)
    detected = _detect(body)
    if detected:
        return Decoded(text=_lenient(body, detected), encoding=detected, origin="detected")
    return Decoded(text=_lenient(body, "cp1252"), encoding="cp1252", origin="fallback")


def _declared(body: bytes, content_type: str | None) -> list[tuple[str, str]]:
    found = [
        (http_content_type_encoding(content_type), "header"),
        (html_body_declared_encoding(body), "meta"),
    ]
    # A page that can be read as ASCII far enough to find its declaration is not UTF-16: WHATWG says UTF-8.
    names = [("utf-8" if (name or "").startswith("utf-16") and o == "meta" else name, o) for name, o in found]
    return [(name, origin) for name, origin in names if name and _is_text_codec(name)]


def _is_text_codec(name: str) -> bool:
    try:
        "".encode(name)
    except (LookupError, UnicodeError):
        return False
    return True


def _strict(body: bytes, name: str) -> str | None:
    # Not final: a page cut short in the middle of a character is still in its encoding.
    try:
        return codecs.getincrementaldecoder(name)("strict").decode(body, final=False)
    except (UnicodeError, LookupError):
        return None


def _lenient(body: bytes, name: str) -> str:
    return body.decode(name, errors="replace")


def _fitting(body: bytes, name: str) -> str | None:
    text = _strict(body, name)
    if text is not None:
        return text
    text = _lenient(body, name)
    return text if text.count("�") <= _TOLERATED * len(text) else None


def _detect(body: bytes) -> str | None:
    from charset_normalizer import from_bytes  # slow to import, and seldom needed

    best = from_bytes(body[:_SAMPLE], explain=False).best()
    if best is None or best.encoding == "ascii":
        return None
    return resolve_encoding(best.encoding) or best.encoding
