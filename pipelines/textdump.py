"""The plain text of a page in (as a browser's "select all" gives it), an Article or a Rejection out."""

from __future__ import annotations

from datetime import datetime

from archive.types import Article, Image, Origin, Reason, Rejection
from archive.urls import normalise_or_none
from pipelines.authors import clean_names
from pipelines.blocks import Block
from pipelines.boilerplate import Cleaned, Known, clean
from pipelines.dates import Clock
from pipelines.dumplines import Line, Parts, is_fact, part, read_lines
from pipelines.language import detect_language
from pipelines.leads import has_lead, strip_lead, written_part
from pipelines.sizes import RUNNING_TEXT

#: Lines after the headline in which a writer's bare name is looked for.
_HEAD_LINES = 12
_MAX_CHARACTERS = 5_000_000


def _head_names(lines: list[Line], clock: Clock, not_names: list[str]) -> list[str]:
    """Writers named in the head: after "Writer:" or "By", or as a bulleted line that is a name and nothing else."""
    marked: list[str] = []
    for line in lines[:_HEAD_LINES]:
        if len(line.text) >= RUNNING_TEXT:
            break
        if has_lead(line.text):
            marked.append(strip_lead(written_part(line.text)))
        elif (
            line.bulleted and not is_fact(line.text, clock) and clean_names([line.text]) and len(line.text.split()) <= 5
        ):
            marked.append(line.text)
    return clean_names(marked, not_names=not_names)


def read_dump(
    text: str, *, url: str | None, fetched_at: datetime, source: str | None, extractor: str
) -> Article | Rejection:
    """Headline, byline, date, captions and running text from the lines of a dump.

    Without any of a page's marks the first line is the title and the rest the body.
    """
    if len(text) > _MAX_CHARACTERS:
        return Rejection(reason=Reason.UNREADABLE, detail=f"{len(text)} characters, more than {_MAX_CHARACTERS}")
    clock = Clock(fetched_at=fetched_at)
    parts = part(read_lines(text), clock)
    if parts is None:
        return Rejection(reason=Reason.EMPTY, detail="no line that could be a headline")
    names = _head_names(parts.below, clock, [source or ""])
    before = [Block(kind="paragraph", text=line.text) for line in parts.above]
    blocks = [Block(kind="item" if line.bulleted else "paragraph", text=line.text) for line in parts.below]
    known = Known(title=parts.title, names=tuple(names), captions=(), links=frozenset(), clock=clock)
    cleaned = clean([*before, *blocks], known)
    if not cleaned.blocks:
        return Rejection(reason=Reason.TOO_SHORT, detail="a headline and no text")
    return _article(parts, names, cleaned, normalise_or_none(url) if url else None, extractor)


def _article(parts: Parts, names: list[str], cleaned: Cleaned, url: str | None, extractor: str) -> Article:
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
        title=parts.title,
        authors=names,
        published_at=published.at if published else None,
        published_precision=published.precision if published else None,
        published_as_written=published.as_written if published else None,
        modified_at=modified.at if modified else None,
        language=language.value if language else None,
        body=cleaned.text,
        images=_once(cleaned.captions),
        comments=parts.comments,
        reading_minutes=cleaned.minutes,
        origins=origins,
        extractor=extractor,
    )


def _once(images: list[Image]) -> list[Image]:
    return list({(image.caption, image.credit): image for image in images}.values())
