"""Der Elbe-Bote: an old regional paper. Tables and font tags, a legacy encoding, session ids, a dateline."""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import md5
from html import escape

from crawler.demo.documents import Document, Site, image
from crawler.demo.editions import Edition
from crawler.demo.feeds import Item, atom, robots
from crawler.demo.stories import Block, Story

TITLE = "Elbe-Bote"
HOME = "http://elbe-bote.example/"
#: Declared only inside the pages, as browsers of the time wanted it.
_ENCODING = "windows-1252"
_BARE = "text/html"
_A_PAGE = 5
#: Stories up to here are files of their own; later ones come out of a script.
_FIRST_OF_SCRIPT = 200
_SECTIONS = {"Lokales": "lokales", "Kultur": "kultur", "Wirtschaft": "wirtschaft", "Sport": "sport"}
#: Under every article, where only someone who has seen several can tell that it is none of the article's text.
HOUSE_LINE = (
    "Der Elbe-Bote erscheint dienstags und freitags; wer ihn halten will, schreibt eine Postkarte an die Deichstraße."
)
_MONTHS = (
    *("Januar", "Februar", "März", "April", "Mai", "Juni"),
    *("Juli", "August", "September", "Oktober", "November", "Dezember"),
)
_PAGES = {
    "impressum.htm": (
        "Impressum",
        "Elbe-Bote Verlagsgesellschaft mbH, Am Fährhaus 3, Elbmünde. Verantwortlich für den Inhalt: Gerlinde Köster.",
    ),
    "kontakt.htm": ("Kontakt", "Redaktion: redaktion@elbe-bote.example. Sie erreichen uns täglich außer samstags."),
}


def build(edition: Edition) -> Site:
    """The whole site on one night."""
    documents = {
        "/": _front(edition, "/"),
        "/index.htm": _front(edition, "/index.htm"),
        "/atom.xml": _feed(edition),
        "/robots.txt": robots("/intern/", delay_s=0.2),
        "/bilder/logo.gif": image(),
        **{f"/{name}": _document(name, head, f"<p>{text}</p>") for name, (head, text) in _PAGES.items()},
    }
    for section, short in _SECTIONS.items():
        documents.update(_section(edition, section, short))
    for story in edition.stories:
        documents[_path(story)] = _article(edition, story)
        documents.update({f"/bilder/{b.figure.file}": image() for b in story.blocks if b.figure})
    site = Site(
        title=TITLE,
        documents=documents,
        frame=lambda headline, inner: _encoded(_page("fehler", headline, f"<h2>{headline}</h2>{inner}")),
        not_found=(
            "Seite nicht gefunden",
            "Die von Ihnen aufgerufene Seite gibt es nicht (mehr). "
            "Bitte benutzen Sie die Übersicht auf der linken Seite.",
        ),
        content_type=_BARE,
        keep=frozenset({"id", "seite"}),
    )
    documents.update({_path(story): site.missing(status) for story, status in edition.gone})
    return site


def _encoded(text: str) -> bytes:
    return text.encode(_ENCODING, "xmlcharrefreplace")


def _document(name: str, title: str, inner: str, story: Story | None = None) -> Document:
    changed = (story.modified or story.published) if story else None
    return Document(body=_encoded(_page(name, title, inner)), content_type=_BARE, modified=changed)


def _path(story: Story) -> str:
    if story.closed:
        return f"/intern/{story.slug}.htm"
    return f"/archiv/{story.slug}.htm" if story.number < _FIRST_OF_SCRIPT else f"/artikel.php?id={story.number}"


def _url(story: Story) -> str:
    return HOME.rstrip("/") + _path(story)


def _link(target: str, seen_on: str) -> str:
    """An address with a session id, as the page ``seen_on`` shows it: another one on every page."""
    session = md5(seen_on.encode(), usedforsecurity=False).hexdigest()
    return escape(f"{target}{'&' if '?' in target else '?'}PHPSESSID={session}")


def _day(story: Story) -> str:
    """``10. November 2026``."""
    day = story.published
    return f"{day.day}. {_MONTHS[day.month - 1]} {day.year}"


def _article(edition: Edition, story: Story) -> Document:
    # The dateline's place is the story's first tag: the page says it in no other way.
    blocks = [block for block in story.blocks if block.kind != "figure"]
    dateline = f"<b>{story.tags[0]}, {_day(story)} –</b> "
    picture = _picture(story)
    others = "".join(
        f'<li><a href="{_link(_path(other), _path(story))}"><font size="2">{escape(other.title)}</font></a></li>'
        for other in edition.related(story)
    )
    inner = f"""<font face="Times New Roman" size="2" color="#666666">{story.section}</font><br>
<font face="Times New Roman" size="5"><b>{escape(story.title)}</b></font><br><br>
<font face="Times New Roman" size="3"><b>{escape(story.summary, quote=False)}</b></font><br>
<font size="2"><i>Von {escape(" und ".join(story.authors))}</i></font><br><br>
{picture}{_text(story, blocks, dateline)}
<hr size="1" noshade><font size="2"><a href="javascript:window.print()">Artikel drucken</a> |
<a href="mailto:?subject=Artikel">Artikel versenden</a> | <a href="#oben">nach oben</a></font>
<p><font size="2"><b>Lesen Sie auch:</b></font><ul>{others}</ul>"""
    return _document(_path(story), f"{TITLE}: {story.title}", inner, story)


def _picture(story: Story) -> str:
    figure = story.figure
    if figure is None:
        return ""
    credit = f" Foto: {escape(figure.credit)}" if figure.credit else ""
    return (
        f'<table align="right" width="220" border="0" cellpadding="4"><tr><td>'
        f'<img src="/bilder/{figure.file}" width="210" height="150" alt=""></td></tr>'
        f'<tr><td><font size="1">{escape(figure.caption)}{credit}</font></td></tr></table>\n'
    )


def _text(story: Story, blocks: Sequence[Block], dateline: str) -> str:
    """The running text: paragraphs in the script's pages, mere line breaks in the older ones; the house's line last."""
    pieces = [f"<b>{block.text}</b>" if block.kind == "h2" else escape(block.text, quote=False) for block in blocks]
    pieces[0] = dateline + pieces[0]
    pieces.append(HOUSE_LINE)
    if story.number < _FIRST_OF_SCRIPT:
        return f'<font face="Times New Roman" size="3">{"<br><br>".join(pieces)}<br><br></font>'
    paragraphs = "\n".join(f'<p><font face="Times New Roman" size="3">{piece}</font></p>' for piece in pieces)
    return f'<div class="text">{paragraphs}</div>'


def _front(edition: Edition, name: str) -> Document:
    rows = _rows(edition.listed[:8], name)
    closed = "".join(
        f'<p><font size="2"><a href="{_path(story)}">Aus dem Hausarchiv: {escape(story.title)}</a></font>'
        for story in edition.stories
        if story.closed
    )
    inner = f'<table width="100%" border="0" cellspacing="0" cellpadding="6">{rows}</table>{closed}'
    return _document(name, f"{TITLE} - Die Zeitung für die Unterelbe", inner)


def _section(edition: Edition, section: str, short: str) -> dict[str, Document]:
    stories = [story for story in edition.listed if story.section == section]
    count = max(1, -(-len(stories) // _A_PAGE))
    pages = {}
    for number in range(1, count + 1):
        path = f"/{short}.php" + (f"?seite={number}" if number > 1 else "")
        rows = _rows(stories[(number - 1) * _A_PAGE : number * _A_PAGE], path)
        more = (
            f'<a href="{_link(f"/{short}.php?seite={number + 1}", path)}">weiter &gt;&gt;</a>' if number < count else ""
        )
        inner = f'<h2>{section}</h2><table width="100%" border="0" cellpadding="6">{rows}</table>{more}'
        pages[path] = _document(path, f"{TITLE} - {section}", inner)
    return pages


def _rows(stories: Sequence[Story], seen_on: str) -> str:
    return "".join(
        f'<tr><td width="90" valign="top"><img src="/bilder/logo.gif" width="80" height="60" alt=""></td>'
        f'<td valign="top">'
        f'<font size="4"><a href="{_link(_path(story), seen_on)}">{escape(story.title)}</a></font><br>'
        f'<font size="2">{escape(story.summary, quote=False)}</font> '
        f'<font size="2"><a href="{_link(_path(story), seen_on)}">mehr</a></font></td></tr>\n'
        for story in stories
    )


def _page(name: str, title: str, inner: str) -> str:
    menu = "".join(
        f'<tr><td bgcolor="#e8e8d8"><font size="2">'
        f'<a href="{_link(f"/{short}.php", name)}">{section}</a></font></td></tr>\n'
        for section, short in _SECTIONS.items()
    )
    return f"""<!DOCTYPE HTML PUBLIC "-//W3C//DTD HTML 4.01 Transitional//EN">
<html><head>
<meta http-equiv="Content-Type" content="text/html; charset={_ENCODING}">
<title>{escape(title)}</title>
<link rel="alternate" type="application/atom+xml" title="{TITLE}" href="/atom.xml">
</head>
<body bgcolor="#ffffff" text="#000000" link="#003366" topmargin="0"><a name="oben"></a>
<table width="780" border="0" cellspacing="0" cellpadding="0" align="center">
<tr><td colspan="3" bgcolor="#003366"><a href="/">
<img src="/bilder/logo.gif" width="200" height="60" border="0" alt="{TITLE}"></a>
<font color="#ffffff" size="2">Die Zeitung für die Unterelbe – gegründet 1848</font></td></tr>
<tr><td width="130" valign="top"><table width="130" border="0" cellspacing="1" cellpadding="4">
<tr><td bgcolor="#e8e8d8"><font size="2"><a href="{_link("/", name)}">Startseite</a></font></td></tr>
{menu}<tr><td><font size="1">Wetter: wechselnd bewölkt, Wind aus Nordwest</font></td></tr></table></td>
<td width="500" valign="top">
{inner}
</td><td width="150" valign="top"><table width="150" border="0" cellpadding="4">
<tr><td bgcolor="#ffffcc"><font size="1"><b>Anzeige</b><br>
Schuh-Petersen, Deichstraße 9: Gummistiefel für die ganze Familie!</font></td></tr>
<tr><td><font size="1"><a href="http://www.capital-ledger.example/">The Capital Ledger</a><br>
<a href="http://social.example/elbebote">Besuchen Sie uns</a></font></td></tr></table></td></tr>
<tr><td colspan="3" align="center"><hr size="1"><font size="1">© Elbe-Bote Verlagsgesellschaft mbH |
<a href="/impressum.htm">Impressum</a> | <a href="/kontakt.htm">Kontakt</a> | Optimiert für 800 x 600</font></td></tr>
</table></body></html>
"""


def _feed(edition: Edition) -> Document:
    items = [
        Item(
            url=_url(story),
            title=story.title,
            summary=story.summary,
            authors=story.authors,
            published=story.published,
            modified=story.modified,
        )
        for story in edition.listed
    ]
    return atom(TITLE, HOME, f"{HOME}atom.xml", items, encoding=_ENCODING, language="de")
