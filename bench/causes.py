"""A page, its true text and what a system made of it in, the causes of the difference in words out.

What is missing is sorted by where it stands in the page (heading, list, table, quote, long paragraph …), what is too
much by what it says (byline, share bar, related …, in several languages). A line counts as missing, or as too much,
if less than half of its runs of four words (of its words, when shorter) are in the other text.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

from lxml import etree, html

from bench.scores import plain

MISSING = (
    "heading",
    "list",
    "table",
    "quote",
    "long paragraph",
    "short paragraph",
    "other container",
    "not in the page",
)
TOO_MUCH = (
    "headline repeated",
    "said twice",
    "byline or date",
    "share",
    "newsletter",
    "related",
    "comments",
    "legal",
    "call to action",
    "caption or credit",
    "running text",
    "short line",
)
WHOLE = ("rejected", "empty", "ground truth empty", "wrong text")

_RUN = 4
_LONG = 40
_VERY_LONG = 200
_SENTENCE_END = re.compile(r"(?<=[.!?。])\s+")
#: Elements whose own text is a line of their own, with the cause that their loss has.
_PLACES = {
    **dict.fromkeys(("h1", "h2", "h3", "h4", "h5", "h6", "dt", "summary"), "heading"),
    **dict.fromkeys(("li", "dd"), "list"),
    **dict.fromkeys(("td", "th", "tr", "caption"), "table"),
    "blockquote": "quote",
    "p": "paragraph",
    **dict.fromkeys(
        ("div", "section", "article", "span", "pre", "figcaption", "label", "button", "a"), "other container"
    ),
}
_MONTH = (
    r"jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec|mai|juin|août|déc|okt|dez|ene|abr|ago|dic|gen|giu|lug|ott|fev"
)
_BYLINE = (
    r"^(by|von|par|por|di|da|text|words|written by|reviewed by|author|posted|published|updated|last updated)\b"
    rf"|\bmin(ute)?s? read|\b({_MONTH})[a-zäéûç]*\.? \d{{1,2}}(st|nd|rd|th)?,? \d{{4}}"
    rf"|\b\d{{1,2}}\.? ({_MONTH})[a-z]*\.?,? \d{{4}}"
    r"|\d{1,2}[./]\d{1,2}[./]\d{4}|\d{4}-\d\d-\d\d"
)
_SHARE = r"\b(share|teilen|partager|compartir|condividi|tweet|facebook|whatsapp|linkedin|pinterest|copy link|print)\b"
_NEWSLETTER = r"newsletter|subscribe|sign up|inbox|abonn|suscr|iscriviti|unsubscribe|email address"
_RELATED = (
    r"^(related|read (more|also|next)|see also|more (from|on|in|stories)|you (may|might) also|recommended|up next"
    r"|popular|trending|lesen sie auch|mehr zum|à lire aussi|lire aussi|lea también|leggi anche|previous|next|tags?"
    r"|categor|filed)"
)
_COMMENTS = r"\bcomments?\b|\brepl(y|ies)\b|kommentar|commentaire|comentario|leave a"
_LEGAL = (
    r"©|copyright|all rights reserved|cookie|privacy|terms of|disclaimer|affiliate|commission|disclosure|impressum"
    r"|not (intended|a substitute)|registered|informational purposes|licen[cs]e"
)
_CALL = (
    r"^(contact|call|book|buy|shop|get|download|try|learn|click|order|schedule|start|join|request|find out|discover"
    r"|donate)\b"
)
_CREDIT = (
    r"^(photo|image|credit|source|foto|bild|video|watch|listen|figure)\b"
    r"|\b(photo|image|credit|getty|shutterstock|via)\b"
)
#: The first that fits a line names its cause.
_SAYS = [
    (cause, re.compile(pattern, re.IGNORECASE))
    for cause, pattern in (
        ("byline or date", _BYLINE),
        ("related", _RELATED),
        ("newsletter", _NEWSLETTER),
        ("share", _SHARE),
        ("comments", _COMMENTS),
        ("legal", _LEGAL),
        ("call to action", _CALL),
        ("caption or credit", _CREDIT),
    )
]
_FOR_SHORT_LINES = frozenset({"byline or date", "share", "call to action", "caption or credit", "comments"})


def find_causes(page: bytes, truth: str, title: str | None, body: str, *, rejected: bool) -> Counter[str]:
    """Words lost or too much by cause, as ``missing: …`` and ``too much: …``, or one of ``WHOLE`` for the page."""
    if not truth.strip():
        return Counter() if not body.strip() else Counter({"ground truth empty": len(body.split())})
    if not body.strip():
        return Counter({"rejected" if rejected else "empty": len(truth.split())})
    lost, extra = list(_lines_without(truth, body)), list(_lines_without(body, truth))
    if sum(map(_size, lost)) > 0.9 * _size(truth):
        return Counter({"wrong text": _size(truth)})
    causes: Counter[str] = Counter()
    places = _places(page) if lost else {}
    for line in lost:
        causes[f"missing: {_place(line, places)}"] += _size(line)
    for line in extra:
        causes[f"too much: {_says(line, title)}"] += _size(line)
    for line, times in (Counter(map(plain, body.splitlines())) - Counter(map(plain, truth.splitlines()))).items():
        if line in plain(truth) and times > 1:
            causes["too much: said twice"] += _size(line) * (times - 1)
    return +causes


def _size(line: str) -> int:
    return len(line.split())


def _runs(text: str, length: int) -> set[tuple[str, ...]]:
    tokens = plain(text).split()
    return set(zip(*(tokens[start:] for start in range(length)), strict=False))


def _lines_without(text: str, other: str) -> Iterator[str]:
    """Lines of a text that the other has less than half of; of a very long line, the sentences."""
    known = {length: _runs(other, length) for length in (1, _RUN)}
    for line in filter(str.strip, _pieces(text)):
        length = _RUN if len(plain(line).split()) >= _RUN else 1
        runs = _runs(line, length)
        if runs and len(runs & known[length]) < 0.5 * len(runs):
            yield line


def _pieces(text: str) -> Iterator[str]:
    for line in text.splitlines():
        yield from (_SENTENCE_END.split(line) if _size(line) > _VERY_LONG else [line])


def _places(page: bytes) -> dict[str, str]:
    """The page's lines, only their words → the cause that their loss has; outer elements give way to inner ones."""
    try:
        tree = html.document_fromstring(page, parser=html.HTMLParser(encoding="utf-8"))
    except (etree.LxmlError, ValueError):
        return {}
    etree.strip_elements(tree, "script", "style", "noscript", "template", with_tail=False)
    places: dict[str, str] = {}
    for element in tree.iter(*_PLACES):
        text = plain("".join(str(part) for part in element.itertext()))
        if text and len(text) < 5000:
            places[text] = _cause_of(element)
    return places


def _cause_of(element: html.HtmlElement) -> str:
    chain = [element.tag, *(above.tag for above in element.iterancestors())]
    for cause in ("table", "quote", "list", "heading"):
        if any(_PLACES.get(str(tag)) == cause for tag in chain):
            return cause
    return _PLACES[str(element.tag)]


def _place(line: str, places: dict[str, str]) -> str:
    text = plain(line)
    place = (
        places.get(text)
        or min(((len(whole), where) for whole, where in places.items() if text in whole), default=(0, None))[1]
    )
    if place is None:
        return "not in the page"
    if place == "paragraph":
        return "long paragraph" if _size(line) >= _LONG else "short paragraph"
    return place


def _says(line: str, title: str | None) -> str:
    if title and plain(line) == plain(title):
        return "headline repeated"
    short = _size(line) < 20
    for cause, pattern in _SAYS:
        if (short or cause not in _FOR_SHORT_LINES) and pattern.search(line):
            return cause
    return "short line" if short else "running text"
