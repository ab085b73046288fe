"""An element's names in (class, id, itemprop …), what they say that it is out: a byline, a date, a side box."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, fields
from functools import lru_cache
from operator import concat

from lxml.html import HtmlElement

#: Attributes whose words tell what an element is for.
_TELLING = frozenset(("class", "id", "itemprop", "rel", "data-testid", "data-hook"))
_LONGEST = 300
_TO_WORDS = str.maketrans("_:-", "   ")

# Words of names; two words in a row count as one as well, so that "most-read" and "mostread" are both found.
_AWAY_WORDS = """
    related recommend recommended recommendation recommendations sidebar teaser teasers comment comments
    commentlist disqusthread respond footer nav navbar navigation menu promo promos newsletter trending
    popular mostread widgetarea widgettitle morestories seeall recentpost recentposts latest readmore readnext
    outbrain taboola cookie consent breadcrumb breadcrumbs share social modal popup
"""
_AWAY = frozenset(_AWAY_WORDS.split())
#: Of these, the names of boxes that are never part of an article: "widget" and "latest" are on its paragraphs too.
_BESIDE_WORDS = """
    related recommend recommended recommendation recommendations sidebar teaser teasers footer nav navbar navigation
    menu promo promos newsletter trending mostread morestories seeall recentpost recentposts readnext outbrain
    taboola cookie consent breadcrumb breadcrumbs share social modal popup
"""
_BESIDE = frozenset(_BESIDE_WORDS.split())
_BYLINE_WORDS = """
    byline author authors writer writers autor autores autoren autorin autora auteur autore metaauthor
    postedby contributor contributors authorname bylinename
"""
_BYLINE = frozenset(_BYLINE_WORDS.split())
_NO_BYLINE = re.compile(
    r"bio|description|avatar|image|photo|about|follow|social|more-?from|posts|title|role|job|box__text|desc|card"
)
#: Names of boxes that tell of the writer; not those of a comment or of its writer.
_WRITER_BOX = re.compile(r"author|byline|writer|contributor|biobox|bio-box|\bautor(?:in|en|es|a)?\b|\bauteur")
_NO_WRITER_BOX = re.compile(r"comment|byuser|reply|more-?from|related|recirc|review|avatar|image|photo")
_DATE_WORDS = """
    date datum time timestamp publish published publishdate publishtime publishon publishat
    publisheddate publishedtime publishedon publishedat pubdate postdate posttime poston posteddate
    postedtime postedon entrydate articledate dateline updated fecha data datetime publicationdate
    publicationtime datepublished datepublication datepublish
"""
_DATE = frozenset(_DATE_WORDS.split())
#: Comment threads where class names are not English.
_COMMENTS_WORDS = """
    yorum yorumlar kommentare leserkommentare commentaires comentarios comentários commenti komentari komentarze
    komentáře reacties kommentarer kommentit hozzászólások
"""
_COMMENTS = frozenset(_COMMENTS_WORDS.split())
_CAPTION = frozenset(("caption", "imagecaption", "bildunterschrift", "legend", "legende", "figcaption", "captiontext"))
_PHOTO = frozenset(("photo", "foto", "photobox", "fotobox"))
_PICTURE_TEXT = re.compile(r"(?:photo|img)-?desc")
_PAYWALL = re.compile(
    r"(?:^|[\s_-])(?:paywall|pay-wall|piano-offer|premium-paywall|paywall-\w+|article-paywall|subscriber-only"
    r"|subscription-required|metered-paywall|regwall)(?:$|[\s_-])"
)
#: Without one of these no expression need look.
_PAYWALL_PARTS = ("wall", "piano", "subscri")
_WRITER_PARTS = ("author", "byline", "writer", "contributor", "biobox", "bio-box", "autor", "auteur")
_COMMENTS_PARTS = ("comment", "disqus")
_UPDATED_PARTS = ("updat", "modif", "reviewed")
_ADDED = frozenset(("disclaimer", "cta", "calltoaction"))
_CONSENT_WORDS = """
    consent gdpr onetrust cmplz cookiebot didomi usercentrics borlabs cookiebanner cookiebar cookieconsent
    cookienotice cookielaw cookiepolicy cookieinfo cookiewall cookiemessage
"""
_CONSENT = frozenset(_CONSENT_WORDS.split())
_UPDATED = re.compile(
    r"(?i)updat|modif|aktualisiert|geändert|mis à jour|actualizado|aggiornat|atualizad|bijgewerkt"
    r"|ažurirano|posodobljeno|uppdatera|oppdatert|opdateret|päivitetty|aktualizov|zaktualizowan|reviewed"
    r"|обновл|оновл|ενημέρ|güncel|تحديث|更新|수정"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Marks:
    """What the names on an element say that it is."""

    #: A box that a reader of the article looks past.
    away: bool
    #: One that holds nothing of the article.
    beside: bool
    comments: bool
    author: bool
    byline: bool
    #: A box about the writer: a name first, then perhaps a role and a life.
    writer: bool
    date: bool
    caption: bool
    #: A box for a picture.
    photo: bool
    updated: bool
    paywall: bool
    #: What asks for consent to cookies.
    consent: bool
    #: What is added under every article: a disclaimer, a call to action.
    added: bool


#: What most elements are.
UNMARKED = Marks(**dict.fromkeys((mark.name for mark in fields(Marks)), False))
#: Names without one of these words and parts say nothing: three elements in four.
_TELLING_WORDS = frozenset(
    ("author", "cap", *_AWAY, *_BESIDE, *_COMMENTS, *_BYLINE, *_DATE, *_CAPTION, *_PHOTO, *_CONSENT, *_ADDED)
)
_TELLING_PARTS = (*_PAYWALL_PARTS, *_WRITER_PARTS, *_COMMENTS_PARTS, *_UPDATED_PARTS, "recirc", "desc")


def tells_of_change(text: str) -> bool:
    """True if words beside a date say that it is of a change ("Updated", "Aktualisiert")."""
    return bool(_UPDATED.search(text))


# Names repeat, on a page and between pages of a site.
@lru_cache(maxsize=8192)
def _read(names: str) -> Marks:
    lowered = names.lower()
    words = lowered.translate(_TO_WORDS).split()
    terms = {*words, *map(concat, words, words[1:])}
    if _TELLING_WORDS.isdisjoint(terms) and not _has_one(lowered, _TELLING_PARTS):
        return UNMARKED
    return Marks(
        away=not _AWAY.isdisjoint(terms) or "recirc" in lowered,
        beside=not _BESIDE.isdisjoint(terms),
        comments=_has_one(lowered, _COMMENTS_PARTS) or not _COMMENTS.isdisjoint(terms),
        author="author" in terms,
        byline=not _BYLINE.isdisjoint(terms) and not _NO_BYLINE.search(lowered),
        writer=_has_one(lowered, _WRITER_PARTS)
        and bool(_WRITER_BOX.search(lowered))
        and not _NO_WRITER_BOX.search(lowered),
        date=not _DATE.isdisjoint(terms),
        caption=not _CAPTION.isdisjoint(terms)
        or ("cap" in terms and "drop" not in lowered)
        or ("desc" in lowered and bool(_PICTURE_TEXT.search(lowered))),
        photo=not _PHOTO.isdisjoint(terms),
        updated=_has_one(lowered, _UPDATED_PARTS),
        paywall=_has_one(lowered, _PAYWALL_PARTS) and bool(_PAYWALL.search(lowered)),
        consent=not _CONSENT.isdisjoint(terms),
        added=not _ADDED.isdisjoint(terms),
    )


def _has_one(names: str, parts: Iterable[str]) -> bool:
    for part in parts:  # noqa: SIM110  # ``any`` takes half as long again, and this is asked of every new name
        if part in names:
            return True
    return False


def marks_of(element: HtmlElement) -> Marks:
    """What an element's names say that it is."""
    names = [value for name, value in element.items() if name in _TELLING]
    return _read(" ".join(names)[:_LONGEST]) if names else UNMARKED
