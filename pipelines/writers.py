"""A page in, every place out that may name its writers: markup, bylines in sight, boxes and links about a writer."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from itertools import pairwise
from typing import Any, NamedTuple

from archive.fingerprint import plain
from archive.types import Via
from pipelines.authors import clean_names
from pipelines.boilerplate import is_byline
from pipelines.datelines import read_date_line
from pipelines.dates import Clock
from pipelines.jsonld import Node, resolve, text_in
from pipelines.landmarks import Landmarks
from pipelines.leads import has_lead, strip_lead, written_part
from pipelines.names import has_name_shape, is_collective, is_person
from pipelines.sheet import Sheet
from pipelines.signs import Profile
from pipelines.structured import Structured

_META_WORDS = """
    author article:author parsely-author sailthru.author dc.creator dcterms.creator byl article:author_name
    citation_author citation_authors dable:author twitter:data1 cxenseparse:author news_authors author_name
"""
_META = tuple(_META_WORDS.split())
#: Lines of a page's head in which a bare name is looked for, and how near to a date.
_HEAD = 24
_NEAR = 3
_FEW_NAMES = 3
_MANY_BYLINES = 4
#: Lines after the headline in which a name alone may be the writer's, if the page says elsewhere who that is.
_UNDER_HEADLINE = 8
_LONG_WORD = 4
_GIVEN_AND_FAMILY = 2
_BLOG = re.compile(r"(?i)['’]?s (?:own |personal )?(?:web)?(?:blog|log|site|page|notes|journal)$")
_PARTS_OF_LINE = re.compile(
    r"\s*[|•·⋅∙・–—│]\s*|\s+-\s+|\s+(?=by\s+[A-Z]|(?:By|Von|Par|Por)\s+[A-Z]"
    r"|(?:Author|Autor(?:in|a)?|Auteure?|Autore|Text|Автор|Текст)\s?:)"
)
_HAS_DIGIT = re.compile(r"\d")
#: "Authors: …" heads a list of the page's as often as its byline.
_LABEL_ALONE = re.compile(
    r"(?i)(?:authors?|author\(s\)|writers?|written by|autor(?:in|en|a|es)?|auteurs?|autore|autori)"
)
_LABEL = re.compile(r"(?i)(?:authors|contributors)\s*:")
#: "Written by Ana Kovač" anywhere; a film was directed, too.
_SIGNED = re.compile(
    r"\b(?<!, )(?<!and )(?:Written|Authored|Words|Article|Text|Geschrieben|Écrit|Rédigé|Escrito|Scritto) "
    r"(?:[Bb]y|von|par|por|da):? ([A-Z][\w'’-]+(?: [A-Z]\.)?(?: (?:de|van|von|der|la|di|da))* [A-Z][\w'’-]+)"
)
#: Without one of these no expression need look.
_SIGNED_WORDS = "Written Authored Words Article Text Geschrieben Écrit Rédigé Escrito Scritto"
_SIGNED_PARTS = tuple(
    f"{signed} {by}" for signed in _SIGNED_WORDS.split() for by in ("by", "By", "von", "par", "por", "da")
)
#: The title's end, and the foot of the page, as they name the owner: "The walk (Ana Kovač)", "© 2026 Ana Kovač".
_IN_BRACKETS = re.compile(r"\(([^()]{4,40})\)$")
_OWNED = re.compile(r"(?:©|[Cc]opyright)[\s\d©,–-]*([A-Z][\w'’-]+ [A-Z][\w'’-]+)")
_FOOT = 1000
#: What stands between the links of two writers of one story.
_BETWEEN = frozenset((",", "&", "and", ", and", "und", "et", "y", "e"))
#: What follows a name in "Ana Kovač is a freelance writer …".
_LIFE = re.compile(
    r" (?:is|has been|was|writes|covers|ist|schreibt|est|es) [^.!?]{0,100}\b(?:writ|author|editor|journalis|reporter"
    r"|founder|freelanc|contributor|blogger|expert|specialist|coach|Autor|Redakt|rédact|periodista|redactor)"
)


class Claim(NamedTuple):
    """Texts that may name the writers."""

    texts: Iterable[str]
    #: As in ``archive.types.Origin.origin``.
    origin: str
    confidence: float
    #: As in ``authors.clean_names``.
    told: bool = True


def claims_of_markup(sheet: Sheet, told: Structured) -> Iterator[Claim]:
    """What the markup and the feeds say."""
    for key, confidence in (("author", 0.95), ("creator", 0.7)):
        yield Claim(_json_names(told.article.get(key), told.nodes), "json-ld", confidence)
    yield Claim(_json_names(told.page.get("author"), told.nodes), "json-ld", 0.9)
    for name in _META:
        texts = [text for text in told.meta.get(name, ()) if "://" not in text]
        if name == "citation_author":
            texts = [" ".join(reversed(text.split(", ", 1))) for text in texts]
        if name == "twitter:data1" and "by" not in (told.first_meta("twitter:label1") or "").lower():
            continue
        yield Claim(texts[:20], "meta", 0.85)
    yield Claim(_item_names(told.microdata.get("author", [])), "microdata", 0.8)
    yield Claim(_rel_authors(sheet), "html", 0.72)
    for hint in sheet.page.hints:
        if hint.via is Via.FEED:
            yield Claim(hint.authors, "feed", 0.65)


def _json_names(value: Any, nodes: list[Node]) -> Iterator[str]:
    for item in value if isinstance(value, list) else [value]:
        node = resolve(item, nodes)
        if isinstance(node, dict):
            name = node.get("name")
            yield from (text for one in (name if isinstance(name, list) else [name]) if (text := text_in(one)))
        elif isinstance(node, str) and not node.startswith(("http://", "https://", "#", "/")):
            yield node


def _item_names(texts: list[str]) -> list[str]:
    """Many, or one twice: the item is the page, and those after the first wrote other stories."""
    return texts[:1] if len(texts) > _MANY_BYLINES or len(set(texts)) < len(texts) else texts


def _rel_authors(sheet: Sheet) -> list[str]:
    """Links marked as the author's, unless there are so many that they belong to teasers."""
    texts = {anchor.text for anchor in sheet.anchors if "author" in anchor.marks} - {""}
    return sorted(texts) if len(texts) <= _FEW_NAMES else []


def claims_in_sight(sheet: Sheet, seen: Landmarks, clock: Clock) -> Iterator[Claim]:
    """What a reader sees: bylines by their mark or their words, names beside dates, boxes about the writer."""
    sure = list(dict.fromkeys(text for text, level in seen.bylines if level == 2))
    yield Claim(sure if len(sure) <= _FEW_NAMES else [], "html", 0.75)
    shown = [text for text, level in seen.bylines if level == 1]
    # Where there are many, those after the first belong to other stories.
    for text in shown[: 1 if len(set(shown)) >= _MANY_BYLINES else 3]:
        if has_lead(text):
            # Right behind "By" a word alone may be a name, but not in what follows: "By | Ana | Privacy".
            yield Claim([_opening(written_part(text))], "byline", 0.73)
        yield Claim([text], "byline", 0.72 if has_lead(text) else 0.66, told=False)
    for line in _lines(seen.lines[: seen.before + _HEAD]):
        yield Claim([_parted(line, seen.profiles)], "byline", 0.67 if _LABEL.match(line) else 0.7)
    yield Claim(_in_a_row(seen), "byline", 0.7, told=False)
    yield Claim(_profiles(seen.profiles, seen.before), "html", 0.68)
    yield Claim(_boxes(seen.writers), "byline", 0.665, told=False)
    yield Claim(_in_date_lines(seen.lines, clock), "byline", 0.62, told=False)
    yield Claim(_confirmed(sheet, seen), "byline", 0.6, told=False)
    yield Claim(_beside_dates(seen.lines, clock), "byline", 0.58, told=False)


def _opening(byline: str) -> str:
    """A byline up to the first bar after its lead: "By | Ana | Privacy" → "By Ana"."""
    names = strip_lead(byline)
    lead = byline.strip().removesuffix(names).strip(" |")
    return f"{lead} {names.strip(' |').split(' | ')[0]}"


def _lines(lines: list[str]) -> list[str]:
    """Bylines by their words: "By Jo Doe", or "Written by" and the name in the line after it."""
    found = [line for line in lines if has_lead(line) and is_byline(line, ())]
    for lead, name in pairwise(lines):
        if (has_lead(lead) and not strip_lead(lead)) or (_LABEL_ALONE.fullmatch(lead) and has_name_shape(name)):
            found.append(name)
    return found[:1]


def _parted(line: str, links: list[Profile]) -> str:
    """A byline with commas between the writers' links that stand in it one after the other."""
    for link, after in pairwise(links):
        line = line.replace(f"{link.text} {after.text}", f"{link.text}, {after.text}")
    return line


def _in_a_row(seen: Landmarks) -> list[str]:
    """The names of links to writers' pages in the head that follow each other with commas and "&" between them."""
    names: list[str] = []
    last = 0
    for link in seen.profiles:
        if link.early or link.lines - seen.before > _HEAD or not has_name_shape(link.text):
            continue
        between = seen.lines[last : link.lines]
        # Nothing between them: the other may have reviewed what the one wrote.
        if names and not (between and _BETWEEN.issuperset(between)):
            break
        names.append(link.text)
        last = link.lines + 1
    return list(dict.fromkeys(names)) if len(set(names)) > 1 else []


def _profiles(links: list[Profile], headline: int) -> list[str]:
    """The links to writers' pages under the headline; of many, the one in the head: others belong to teasers."""
    under = [link for link in links if not link.early]
    if len({link.text for link in under}) > _FEW_NAMES:
        under = [link for link in under if link.lines - headline <= _HEAD][:1]
    return list(dict.fromkeys(link.text for link in under))


def claims_at_last(sheet: Sheet, told: Structured) -> Iterator[Claim]:
    """What may be believed where nothing else names a writer: words far from the headline, the owner of the site."""
    found = _SIGNED.findall(sheet.shown) if any(part in sheet.shown for part in _SIGNED_PARTS) else []
    signed = {" ".join(name.split()): None for name in found}
    people = list(filter(is_person, signed))
    yield Claim(people if len(people) == 1 else [], "text", 0.52)
    yield Claim(_owners(sheet, told), "html", 0.5)


def _owners(sheet: Sheet, told: Structured) -> list[str]:
    """The person whose site it is by its name and its address: "A walk · Ana Kovač" at anakovac.example."""
    named = [told.first_meta("og:site_name") or "", _PARTS_OF_LINE.split(sheet.headed)[-1]]
    named += _IN_BRACKETS.findall(sheet.headed)
    host = re.sub(r"^https?://|(?<=\w)/(?!~).*$", "", sheet.url or "")
    owners = [name for name in map(_without_blog, named) if is_person(name) and _is_of(name, host)]
    # At the foot it may be a firm's name as well: the address must have all of it, and the page no other name.
    signed = [] if named[0] else _OWNED.findall(sheet.shown[-_FOOT:])
    return [*owners, *(name for name in signed if is_person(name) and _is_all_of(name, host))][:1]


def _is_all_of(name: str, host: str) -> bool:
    return plain(name).casefold().replace(" ", "") in host


def _without_blog(name: str) -> str:
    return _BLOG.sub("", name)


def _is_of(name: str, host: str) -> bool:
    """True for a given and a family name of which the address has one."""
    words = plain(name).casefold().split()
    return len(words) == _GIVEN_AND_FAMILY and any(word in host for word in words if len(word) >= _LONG_WORD)


def _boxes(boxes: list[str]) -> list[str]:
    """The name that the first box about a writer begins with."""
    names: dict[str, None] = {}
    for box in boxes:
        parts = clean_names([strip_lead(part) for part in box.split(" | ")], told=False)
        names.update(dict.fromkeys(part for part in parts[:1] if has_name_shape(part) or is_collective(part)))
    return list(names)[:1]


def _in_date_lines(lines: list[str], clock: Clock) -> list[str]:
    """ "Ana Kovač | Senior Writer | July 2, 2026": names in lines that have a date as a part of their own."""
    for line in filter(_HAS_DIGIT.search, lines[:_HEAD]):
        parts = _PARTS_OF_LINE.split(written_part(line))
        if len(parts) > 1 and any(read_date_line(part, clock) for part in parts):
            names = [
                name
                for part in parts
                for name in clean_names([part], told=False)
                if is_person(name) or (has_lead(part) and has_name_shape(name))
            ]
            if names:
                return names
    return []


def _confirmed(sheet: Sheet, seen: Landmarks) -> list[str]:
    """Names alone in a line under the headline of whom the page tells in a sentence: "Ana Kovač is a writer"."""
    under = seen.lines[seen.before : seen.before + _UNDER_HEADLINE]
    return [line for line in under if has_name_shape(line) and _has_life(line, sheet.shown)][:1]


def _has_life(name: str, shown: str) -> bool:
    # An expression for each name would have to be compiled for each: two milliseconds a page.
    _, *after = shown.split(name)
    return any(_LIFE.match(text) for text in after)


def _beside_dates(lines: list[str], clock: Clock) -> list[str]:
    """Lines that are a person's name and nothing else, near a line that is a date; none if there are many."""
    head = lines[:_HEAD]
    people = [number for number, line in enumerate(head) if is_person(line)]
    names = {
        head[number]: None
        for number in people
        if any(read_date_line(line, clock) for line in head[max(0, number - _NEAR) : number + _NEAR + 1])
    }
    return list(names) if len(names) <= _FEW_NAMES else []
