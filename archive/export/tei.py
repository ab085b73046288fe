"""The chosen → XML-TEI (P5): one corpus, or a document an article.

A header says what the archive knows: headline, authors, date with its precision, address, source, language, keywords,
rights, capture. The text is paragraphs; entries of a live blog are divisions of their own.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from archive.export.records import iter_records
from archive.export.xml import element, empty, xml_text
from archive.record import StoredArticle
from archive.times import iso
from archive.types import Precision
from archive.version import __version__

if TYPE_CHECKING:
    from sqlite_utils import Database

_TEI = "http://www.tei-c.org/ns/1.0"
_LANGUAGE = re.compile(r"[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*")


def corpus(db: Database) -> Iterator[bytes]:
    """The chosen as pieces of one ``teiCorpus``."""
    records = iter_records(db)
    yield (
        f'<?xml version="1.0" encoding="UTF-8"?>\n<teiCorpus xmlns="{_TEI}">\n<teiHeader><fileDesc>'
        "<titleStmt><title>Articles of a nightdesk archive</title></titleStmt>"
        "<publicationStmt><p>Made for research; the rights are those of the sources.</p></publicationStmt>"
        f"<sourceDesc><p>Web pages, see each document.</p></sourceDesc></fileDesc>{_made_by()}</teiHeader>\n"
    ).encode()
    number = 0
    for number, article in enumerate(records, 1):  # noqa: B007 (the last number counts)
        yield f"{_document(article, 'TEI')}\n".encode()
    if not number:  # a corpus holds at least one document
        yield _NOTHING.encode()
    yield b"</teiCorpus>\n"


def document(article: StoredArticle) -> bytes:
    """One article as a TEI document."""
    return (
        f'<?xml version="1.0" encoding="UTF-8"?>\n{_document(article, f"""TEI xmlns="{_TEI}" """.strip())}\n'.encode()
    )


_NOTHING = (
    "<TEI><teiHeader><fileDesc><titleStmt><title>No article matches</title></titleStmt><publicationStmt><p/>"
    "</publicationStmt><sourceDesc><p/></sourceDesc></fileDesc></teiHeader><text><body><p/></body></text></TEI>\n"
)


def _document(article: StoredArticle, opening: str) -> str:
    return f"<{opening}>{_header(article)}<text{_language(article)}><body>{_body(article)}</body></text></TEI>"


def _language(article: StoredArticle) -> str:
    tag = article.language or ""
    return f' xml:lang="{tag}"' if _LANGUAGE.fullmatch(tag) else ""


def _header(article: StoredArticle) -> str:
    title = element("title", article.title or "Untitled", level="a")
    authors = "".join(element("author", name) for name in article.authors)
    availability = "".join(element("p", f"{name}: {value}") for name, value in article.rights.items())
    published = (
        f"<publicationStmt>{element('publisher', article.site_name or article.source)}"
        f"{element('idno', article.id, type='nightdesk')}"
        f"{f'<availability>{availability}</availability>' if availability else ''}{_date(article)}</publicationStmt>"
    )
    capture = article.capture
    bibliography = (
        f"<bibl>{title}{authors}{element('title', article.site_name or article.source, level='j')}{_date(article)}"
        f"{element('idno', article.url, type='URL')}"
        f"{element('idno', capture.digest if capture else None, type='capture')}"
        f"{element('idno', article.content_hash, type='content_hash')}"
        f"{element('note', f'revision {article.revision}, seen {iso(article.revised_at)}', type='revision')}</bibl>"
    )
    stated = f"<titleStmt>{title}{authors}</titleStmt>{published}<sourceDesc>{bibliography}</sourceDesc>"
    return f"<teiHeader><fileDesc>{stated}</fileDesc>{_made_by(article.extractor)}{_profile(article)}</teiHeader>"


def _date(article: StoredArticle) -> str:
    if article.published_at is None:
        return ""
    day = article.published_precision is Precision.DAY
    when = f"{article.published_at:%Y-%m-%d}" if day else iso(article.published_at)
    return element("date", article.published_as_written or when, when=when) or empty("date", when=when)


def _profile(article: StoredArticle) -> str:
    parts = []
    if article.description:
        parts.append(f"<abstract>{element('p', article.description)}</abstract>")
    if article.language and _LANGUAGE.fullmatch(article.language):
        parts.append(f"<langUsage>{element('language', article.language, ident=article.language)}</langUsage>")
    terms = "".join(element("term", tag) for tag in article.tags)
    kinds = {"section": article.section, "type": article.type, "access": str(article.access)}
    terms += "".join(element("term", value, type=name) for name, value in kinds.items())
    parts.append(f"<textClass><keywords>{terms}</keywords></textClass>")
    return f"<profileDesc>{''.join(parts)}</profileDesc>"


def _made_by(extractor: str = "") -> str:
    text = xml_text(f"Exported by nightdesk; cleaned by {extractor}" if extractor else "Exported by nightdesk")
    version = re.match(r"[0-9.]*[0-9]", __version__)
    return (
        f'<encodingDesc><appInfo><application ident="nightdesk" version="{version[0] if version else 0}">'
        f"<label>nightdesk</label><desc>{text}</desc></application></appInfo></encodingDesc>"
    )


def _body(article: StoredArticle) -> str:
    head = element("head", article.title)
    if article.entries:
        inside = "".join(
            f'<div type="entry">{element("head", entry.title)}'
            f"{element('p', entry.as_written or (iso(entry.at) if entry.at else None), rend='time')}"
            f"{_paragraphs(entry.body)}</div>"
            for entry in article.entries
        )
        return f'<div type="liveblog">{head}{inside}</div>'
    return f'<div type="article">{head}{_paragraphs(article.body)}</div>'


def _paragraphs(text: str) -> str:
    return "".join(element("p", part.strip()) for part in text.split("\n\n")) or "<p/>"
