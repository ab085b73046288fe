"""A Page laid open: decoded and parsed once, for all readers."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from lxml import etree
from lxml.html import HtmlElement, HTMLParser, document_fromstring

from archive.types import Page, Reason, Rejection
from archive.urls import normalise_or_none
from pipelines.decode import decode

#: Larger pages are no articles: the largest of 793 news pages has 3.5 MB.
MAX_BYTES = 10_000_000

_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")
_BLOCKS_WORDS = """
    address article aside blockquote br caption dd details div dl dt figcaption figure footer form h1 h2 h3 h4
    h5 h6 header hr li main nav ol option p pre section summary table td th tr ul
"""
_BLOCKS = frozenset(_BLOCKS_WORDS.split())
#: Elements that hold no text of an article, taken out once: the tree is copied several times a page later on.
_WEIGHT = ("script", "style", "svg", "iframe", "canvas", "object", "embed", "video", "audio", "source", "picture")
_UNSEEN = frozenset(("script", "style", "noscript", "template", "svg", "iframe", "head"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """A page's tree with what its readers need to know about the page. Readers do not change the tree.

    Scripts (JSON-LD excepted), styles and embedded media are not in it.
    """

    page: Page
    #: Final URL, normalised; None for a page that came without one.
    url: str | None
    tree: HtmlElement
    #: True: the page came with scripts that do something.
    scripted: bool
    #: All words of the page's body, navigation included, on one line.
    shown: str


def _parse(text: str) -> HtmlElement | None:
    # The parser is given UTF-8 bytes: as text, a page with an XML declaration would be refused.
    parser = HTMLParser(encoding="utf-8", remove_comments=True, remove_pis=True, collect_ids=False)
    try:
        tree = document_fromstring(_CONTROL.sub(" ", text).encode(), parser=parser)
    except (etree.LxmlError, ValueError):
        return None
    return tree if isinstance(tree.tag, str) else None


def open_sheet(page: Page) -> Sheet | Rejection:
    """Decode and parse a page; a Rejection if no parser makes a page of its bytes."""
    if len(page.body) > MAX_BYTES:
        detail = f"{len(page.body)} bytes, more than {MAX_BYTES}"
        return Rejection(reason=Reason.UNREADABLE, detail=detail)
    text = decode(page.body, page.header("content-type")).text
    tree = _parse(text)
    if tree is None:
        return Rejection(reason=Reason.UNREADABLE, detail="the HTML parser found no element")
    scripted = _lighten(tree)
    body = tree.find("body")
    return Sheet(
        page=page,
        url=normalise_or_none(page.final_url),
        tree=tree,
        scripted=scripted,
        shown=squeeze(" ".join(_shown(tree if body is None else body))),
    )


def _lighten(tree: HtmlElement) -> bool:
    """Take out what no reader reads; True if there were scripts."""
    scripted = False
    for element in list(tree.iter(*_WEIGHT)):
        if element.tag == "script":
            if "json" in (element.get("type") or ""):
                continue
            scripted = True
        if element.tag == "picture":
            element.drop_tag()
        elif element.getparent() is not None:
            element.drop_tree()
    return scripted


def _shown(body: HtmlElement) -> Iterator[str]:
    for element in body.iter():
        if element.tag not in ("script", "noscript", "template") and element.text:
            yield element.text
        if element.tail:
            yield element.tail


def squeeze(text: str | None) -> str:
    """Text with every run of white space as one space."""
    return " ".join((text or "").split())


def _pieces(element: HtmlElement) -> Iterator[str]:
    tag = element.tag
    if not isinstance(tag, str) or tag in _UNSEEN:
        return
    breaks = tag in _BLOCKS
    if breaks:
        yield " "
    if element.text:
        yield element.text
    for child in element:
        yield from _pieces(child)
        if child.tail:
            yield child.tail
    if breaks:
        yield " "


def text_of(element: HtmlElement) -> str:
    """The text that a reader sees of an element, on one line. For small elements: see ``Sheet.shown``."""
    if len(element) == 0:
        return squeeze(element.text)
    return squeeze("".join(_pieces(element)))
