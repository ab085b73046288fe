"""A Page laid open: decoded and parsed once, for all readers."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import dropwhile
from typing import NamedTuple, cast

from lxml import etree
from lxml.html import HtmlElement, HTMLParser, document_fromstring

from archive.types import Page, Reason, Rejection
from archive.urls import normalise_or_none
from pipelines.decode import decode

#: Larger pages are no articles: the largest of 793 news pages has 3.5 MB.
MAX_BYTES = 10_000_000

#: Bytes of UTF-8 that no XML text may have, as spaces: half of the cost of parsing as a regular expression.
_CONTROLS = bytes([*range(9), 0x0B, 0x0C, *range(0x0E, 0x20)])
_TO_SPACE = bytes.maketrans(_CONTROLS, b" " * len(_CONTROLS))
_NO_CHARACTERS = ("\ufffe".encode(), "\uffff".encode())
_BLOCKS_WORDS = """
    address article aside blockquote br caption dd details div dl dt figcaption figure footer form h1 h2 h3 h4
    h5 h6 header hr li main nav ol option p pre section summary table td th tr ul
"""
_BLOCKS = frozenset(_BLOCKS_WORDS.split())
#: Elements that hold no text of an article, taken out once: the tree is copied several times a page later on.
_WEIGHT = ("style", "svg", "iframe", "canvas", "object", "embed", "video", "audio", "source")
_OF_HEAD = frozenset(("title", "meta", "link", "base", "style", "script", "noscript", "template"))
_UNSEEN = frozenset(("script", "style", "noscript", "template", "svg", "iframe", "head"))


class Anchor(NamedTuple):
    """A link as its text, and the words of its ``rel`` and ``itemprop``."""

    text: str
    marks: frozenset[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """A page's tree with what its readers need to know about the page.

    Readers do not change the tree, except the reader of the body, which comes last and takes it apart.

    Scripts (JSON-LD excepted), styles and embedded media are not in it.
    """

    page: Page
    #: Final URL, normalised; None for a page that came without one.
    url: str | None
    tree: HtmlElement
    #: Text of its ``title`` element; empty if it has none.
    headed: str
    #: Its links in the order of the page.
    anchors: tuple[Anchor, ...]
    #: True: the page came with scripts that do something.
    scripted: bool
    #: All words of the page's body, navigation included, on one line.
    shown: str


#: Every element is an HtmlElement. lxml.html asks a Python function for the class of each element visited
#: (forms and inputs have their own): a tenth of the whole cleaning, and nobody here needs them.
_ONE_CLASS = etree.ElementDefaultClassLookup(element=HtmlElement)


def _parse(text: str) -> HtmlElement | None:
    # The parser is given UTF-8 bytes: as text, a page with an XML declaration would be refused.
    parser = HTMLParser(encoding="utf-8", remove_comments=True, remove_pis=True, collect_ids=False)
    parser.set_element_class_lookup(_ONE_CLASS)
    encoded = text.encode(errors="replace").translate(_TO_SPACE)
    for character in () if text.isascii() else _NO_CHARACTERS:
        encoded = encoded.replace(character, b" ")
    try:
        tree = document_fromstring(encoded, parser=parser)
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
    _part_head_and_body(tree)
    scripted = _lighten(tree)
    body = tree.find("body")
    title = next(tree.iter("title"), None)
    return Sheet(
        page=page,
        url=normalise_or_none(page.final_url),
        tree=tree,
        headed="" if title is None else text_of(title),
        anchors=tuple(map(_anchor, tree.iter("a"))),
        scripted=scripted,
        shown=squeeze(" ".join(cast("list[str]", _SHOWN(tree if body is None else body)))),
    )


def _part_head_and_body(tree: HtmlElement) -> None:
    """Move to the body what is none of the head's, as browsers do.

    libxml2 leaves what HTML 5 brought (``main``, ``article``) in the head of a page that has no ``body`` tag.
    """
    head = tree.find("head")
    strays = [] if head is None else list(dropwhile(lambda child: child.tag in _OF_HEAD, head))
    if strays:
        body = tree.find("body")
        if body is None:
            body = etree.SubElement(tree, "body")
        body[:0] = strays


def _lighten(tree: HtmlElement) -> bool:
    """Take out what no reader reads; True if there were scripts."""
    scripted = False
    for script in list(tree.iter("script")):
        if "json" not in (script.get("type") or ""):
            scripted = True
            script.drop_tree()
    etree.strip_elements(tree, *_WEIGHT, with_tail=False)
    etree.strip_tags(tree, "picture")
    return scripted


_SHOWN = etree.XPath(
    "descendant::text()[not(parent::script or parent::noscript or parent::template)]", smart_strings=False
)
_UNMARKED: frozenset[str] = frozenset()


def _anchor(link: HtmlElement) -> Anchor:
    text = squeeze("".join(link.itertext()) if len(link) else link.text)
    rel, prop = link.get("rel"), link.get("itemprop")
    marks = frozenset(f"{rel or ''} {prop or ''}".lower().split()) if rel or prop else _UNMARKED
    return Anchor(text, marks)


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
