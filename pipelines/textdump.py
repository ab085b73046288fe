"""The plain text of a page in (as a browser's "select all" gives it), an Article or a Rejection out."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime

from archive.types import Article, Image, Origin, Reason, Rejection
from archive.urls import normalise_or_none
from pipelines.authors import clean_names, has_lead, strip_lead
from pipelines.body import Block
from pipelines.boilerplate import RUNNING_TEXT, Cleaned, Known, clean, is_byline
from pipelines.datelines import read_date_line
from pipelines.dates import Clock
from pipelines.language import detect_language
from pipelines.phrases import is_furniture, reading_minutes

_BULLET = re.compile(r"^\s*[•·●▪◦‣*-]\s+")
_INVISIBLE = re.compile(r"[\ufeff\u200b\u2060\x00-\x08\x0b\x0c\x0e-\x1f]")
_LINE_END = re.compile(r"\r\n?|[\u2028\u2029\x85]")
#: Lines after the headline in which a writer's bare name is looked for.
_HEAD_LINES = 12
_MAX_CHARACTERS = 5_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class _Line:
    text: str
    bulleted: bool


def _lines(text: str) -> list[_Line]:
    """Lines without indentation and bullets; empty ones left out."""
    lines = []
    for raw in _LINE_END.sub("\n", _INVISIBLE.sub("", text)).split("\n"):
        bulleted = bool(_BULLET.match(raw))
        stripped = " ".join(_BULLET.sub("", raw).split())
        if stripped:
            lines.append(_Line(text=stripped, bulleted=bulleted))
    return lines


def _headline_at(lines: list[_Line], clock: Clock) -> int | None:
    """The first line that is not the page's furniture, a date or a byline."""
    for number, line in enumerate(lines):
        if is_furniture(line.text) or reading_minutes(line.text) is not None:
            continue
        if read_date_line(line.text, clock) or (has_lead(line.text) and is_byline(line.text, ())):
            continue
        return number
    return None


def _head_names(lines: list[_Line], clock: Clock, not_names: list[str]) -> list[str]:
    """Writers named in the head: after "Writer:" or "By", or as a bulleted line that is a name and nothing else."""
    marked: list[str] = []
    for line in lines[:_HEAD_LINES]:
        if len(line.text) >= RUNNING_TEXT:
            break
        if has_lead(line.text):
            marked.append(strip_lead(line.text))
        elif (
            line.bulleted
            and not _is_fact(line.text, clock)
            and clean_names([line.text])
            and len(line.text.split()) <= 5
        ):
            marked.append(line.text)
    return clean_names(marked, not_names=not_names)


def _is_fact(text: str, clock: Clock) -> bool:
    return is_furniture(text) or reading_minutes(text) is not None or read_date_line(text, clock) is not None


def read_dump(
    text: str, *, url: str | None, fetched_at: datetime, source: str | None, extractor: str
) -> Article | Rejection:
    """Headline, byline, date, captions and running text from the lines of a dump.

    Without any of a page's marks the first line is the title and the rest the body.
    """
    if len(text) > _MAX_CHARACTERS:
        return Rejection(reason=Reason.UNREADABLE, detail=f"{len(text)} characters, more than {_MAX_CHARACTERS}")
    clock = Clock(fetched_at=fetched_at)
    lines = _lines(text)
    at = _headline_at(lines, clock)
    if at is None:
        return Rejection(reason=Reason.EMPTY, detail="no line that could be a headline")
    title, rest = lines[at].text, lines[at + 1 :]
    names = _head_names(rest, clock, [source or ""])
    before = [Block(kind="paragraph", text=line.text) for line in lines[:at]]
    blocks = [Block(kind="item" if line.bulleted else "paragraph", text=line.text) for line in rest]
    known = Known(title=title, names=tuple(names), captions=(), links=frozenset(), clock=clock)
    cleaned = clean([*before, *blocks], known)
    if not cleaned.blocks:
        return Rejection(reason=Reason.TOO_SHORT, detail="a headline and no text")
    return _article(title, names, cleaned, normalise_or_none(url) if url else None, extractor)


def _article(title: str, names: list[str], cleaned: Cleaned, url: str | None, extractor: str) -> Article:
    origins = {"title": Origin(origin="text", confidence=0.8), "body": Origin(origin="text", confidence=0.8)}
    if names:
        origins["authors"] = Origin(origin="byline", confidence=0.8)
    published = cleaned.published[0] if cleaned.published else None
    modified = cleaned.modified[0] if cleaned.modified else None
    if published:
        origins["published_at"] = Origin(origin="text", confidence=0.7, inferred=published.inferred)
    if modified:
        origins["modified_at"] = Origin(origin="text", confidence=0.7, inferred=modified.inferred)
    language = detect_language(cleaned.text)
    if language:
        origins["language"] = language.origin
    return Article(
        url=url,
        canonical_url=url,
        title=title,
        authors=names,
        published_at=published.at if published else None,
        published_precision=published.precision if published else None,
        published_as_written=published.as_written if published else None,
        modified_at=modified.at if modified else None,
        language=language.value if language else None,
        body=cleaned.text,
        images=_once(cleaned.captions),
        reading_minutes=cleaned.minutes,
        origins=origins,
        extractor=extractor,
    )


def _once(images: list[Image]) -> list[Image]:
    return list({(image.caption, image.credit): image for image in images}.values())
