"""Bytes in, text out, as browsers decode a page: byte-order mark, header, declaration in the page, guess."""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass

from w3lib.encoding import read_bom

from pipelines.charsets import SEVEN_BIT, UTF_16, find_codec
from pipelines.guess import guess_codec

#: Share of undecodable bytes above which a declared encoding is taken for a wrong declaration.
_TOLERATED = 0.005
#: Bytes in which a declaration is looked for. The standard asks for 1,024; browsers that find one later read again.
_HEAD = 4_096
_IN_HEADER = re.compile(r"""(?i)(?:^|;)\s*charset\s*=\s*["']?\s*([^\s"';,]+)""")
_IN_PAGE = re.compile(
    rb"""(?is)<!--.*?-->|<\s*meta(?=[\s/])(?P<meta>[^>]*)|<\?xml[^>]*?\sencoding\s*=\s*["'](?P<xml>[^"']+)|<\s*body\b"""
)
_CHARSET = re.compile(rb"""(?i)(?P<content>content\s*=[^=]*?)?\bcharset\s*=\s*["']?\s*(?P<label>[^\s"'/>;]+)""")
#: How iso-2022-jp begins its Japanese: what tells it from ASCII.
_JAPANESE_ESCAPE = re.compile(rb"\x1b\$[@B]")
#: Codecs that have a wider sister, for the letters that makers of machines added.
_WIDER = {"euc-jp": "euc-jis-2004"}


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
    if wide := _utf_16(body):
        origin = next((origin for name, origin in declared if name == wide), "detected")
        return Decoded(text=_lenient(body, wide), encoding=wide, origin=origin)
    declared = [pair for pair in declared if pair[0] not in UTF_16]
    if not any(name in SEVEN_BIT for name, _ in declared) and (proven := _proven(body, declared)):
        return proven
    for name, origin in declared:
        text = _fitting(body, name)
        if text is not None:
            return Decoded(text=text, encoding=name, origin=origin)
    if detected := guess_codec(body):
        return Decoded(text=_lenient(body, detected), encoding=detected, origin="detected")
    return Decoded(text=_lenient(body, "cp1252"), encoding="cp1252", origin="fallback")


def _declared(body: bytes, content_type: str | None) -> list[tuple[str, str]]:
    """Codecs that the header and the page name, in their order, each with its origin."""
    found = []
    if (told := _IN_HEADER.search(content_type or "")) and (codec := find_codec(told[1])):
        found.append((codec, "header"))
    # A page that can be read as ASCII far enough to find its declaration is not UTF-16: WHATWG says UTF-8.
    if (label := _label_in_page(body[:_HEAD])) and (codec := find_codec(label)):
        found.append(("utf-8" if codec in UTF_16 else codec, "meta"))
    return found


def _label_in_page(head: bytes) -> str | None:
    """The first encoding that a ``meta`` or the XML declaration names; what is commented out or in the body is not."""
    xml = None
    for mark in _IN_PAGE.finditer(head):
        if mark["xml"] is not None:
            xml = mark["xml"]
        elif mark["meta"] is not None:
            told = _CHARSET.search(mark["meta"])
            if told and (told["content"] is None or b"http-equiv" in mark["meta"].lower()):
                return told["label"].decode("latin-1")
        elif not mark[0].startswith(b"<!--"):
            break
    return xml.decode("latin-1") if xml else None


def _proven(body: bytes, declared: list[tuple[str, str]]) -> Decoded | None:
    """What the bytes themselves prove: UTF-8 beyond ASCII, or the escapes of iso-2022-jp."""
    if body.isascii():
        if _JAPANESE_ESCAPE.search(body) and (text := _strict(body, "iso2022-jp-ext")) is not None:
            return Decoded(text=text, encoding="iso2022-jp-ext", origin="detected")
        if declared:
            return None
    text = _strict(body, "utf-8")
    if text is None:
        return None
    return Decoded(text=text, encoding="utf-8", origin=next((o for name, o in declared if name == "utf-8"), "utf-8"))


def _utf_16(body: bytes) -> str | None:
    """UTF-16 shows by the zero bytes of the markup that a page begins with; no other encoding of text has any."""
    head = body[:128]
    zeros = [head[start::2].count(0) for start in (0, 1)]
    if sum(zeros) <= 0.3 * len(head):
        return None
    return "utf-16-be" if zeros[0] > zeros[1] else "utf-16-le"


def _strict(body: bytes, name: str) -> str | None:
    # Not final: a page cut short in the middle of a character is still in its encoding.
    try:
        return codecs.getincrementaldecoder(name)("strict").decode(body, final=False)
    except UnicodeError:
        return None


def _lenient(body: bytes, name: str) -> str:
    return body.decode(name, errors="replace")


def _fitting(body: bytes, name: str) -> str | None:
    for codec in (name, _WIDER.get(name, name)):
        text = _strict(body, codec)
        if text is not None:
            return text
    text = _lenient(body, name)
    return text if text.count("�") <= _TOLERATED * len(text) else None
