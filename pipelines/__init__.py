"""Page in, Article or Rejection out. Pure: no network, no database."""

from __future__ import annotations

import traceback
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from archive.types import Article, Page, Reason, Rejection
from archive.version import __version__
from pipelines.body import read_body
from pipelines.boilerplate import Known, clean
from pipelines.byline import choose_authors
from pipelines.dates import Clock
from pipelines.fields import make_article
from pipelines.filetype import gate_bytes
from pipelines.headline import choose_title, find_site_name
from pipelines.landmarks import find_landmarks
from pipelines.language import declared_language
from pipelines.quality import gate_text
from pipelines.sheet import open_sheet
from pipelines.structured import read_structured
from pipelines.textdump import read_dump
from pipelines.walls import gate_page

__all__ = ["EXTRACTOR", "extract", "refine", "refine_dump"]


def _trafilatura_version() -> str:
    try:
        return version("trafilatura")
    except PackageNotFoundError:
        return "absent"


#: What made a record: kept with each.
EXTRACTOR = f"nightdesk {__version__}, trafilatura {_trafilatura_version()}"


def refine(page: Page) -> Article | Rejection:
    """Clean one page. Never raises: a failure of ours is a Rejection with reason ``crashed``.

    The same page gives the same answer at night, in re-extraction, in tests and in benchmarks.
    """
    try:
        outcome = _refine(page)
    except Exception as error:  # noqa: BLE001  # recorded as the page's outcome, with the place: see Reason.CRASHED
        outcome = _crashed(error)
    if isinstance(outcome, Rejection):
        return Rejection(reason=outcome.reason, detail=outcome.detail, extractor=EXTRACTOR)
    return outcome


def _refine(page: Page) -> Article | Rejection:
    """The chain: bytes → tree → what it says of itself, what the eye sees, what runs as text → fields.

    A gate follows each step that may show that the page is no article.
    """
    if refused := gate_bytes(page):
        return refused
    sheet = open_sheet(page)
    if isinstance(sheet, Rejection):
        return sheet
    told = read_structured(sheet)
    seen = find_landmarks(sheet.tree)
    if refused := gate_page(sheet, told, seen):
        return refused
    body = read_body(sheet, told, seen)
    site_name = find_site_name(told)
    title = choose_title(sheet, told, seen, site_name)
    language = declared_language(sheet, told)
    clock = Clock(fetched_at=page.fetched_at, timezone=page.timezone, language=language.value if language else None)
    authors = choose_authors(sheet, told, seen, clock, site_name=site_name)
    captions = [text for picture in seen.pictures for text in (picture.caption, picture.alt) if text]
    known = Known(
        title=title.value if title else None,
        names=tuple(authors.value) if authors else (),
        captions=tuple(captions),
        links=frozenset(anchor.text for anchor in sheet.anchors) - {""},
        clock=clock,
    )
    cleaned = clean(body.blocks, known)
    if refused := gate_text(sheet, told, seen, cleaned, known.links):
        return refused
    if title is None:
        return Rejection(reason=Reason.NOT_ARTICLE, detail="no headline")
    # Bylines in the text tell nothing new where the page has named its authors.
    authors = authors or choose_authors(sheet, told, seen, clock, bylines=cleaned.bylines, site_name=site_name)
    return make_article(
        sheet=sheet,
        told=told,
        seen=seen,
        body=body,
        cleaned=cleaned,
        title=title,
        authors=authors,
        site_name=site_name,
        clock=clock,
        extractor=EXTRACTOR,
    )


def extract(html: bytes | str, url: str | None = None, fetched_at: datetime | None = None) -> Article | Rejection:
    """Clean a page that is at hand: ``extract(open("page.html", "rb").read(), url=…)``.

    ``fetched_at`` bounds its dates and completes those without a year: now if None, UTC if naive.
    """
    body = html.encode("utf-8", errors="replace") if isinstance(html, str) else html
    # Text has been decoded by the caller: what the page declares does not count any more.
    headers = (("content-type", "text/html; charset=utf-8"),) if isinstance(html, str) else ()
    page = Page(url=url or "", final_url=url or "", headers=headers, body=body, fetched_at=_aware(fetched_at))
    return refine(page)


def refine_dump(
    text: str, *, url: str | None = None, fetched_at: datetime, source: str | None = None
) -> Article | Rejection:
    """Clean a page that was saved as plain text, its skip links, byline and captions as lines. Never raises.

    ``source``: the newspaper's name, which is never taken for an author.
    """
    try:
        outcome = read_dump(text, url=url, fetched_at=_aware(fetched_at), source=source, extractor=EXTRACTOR)
    except Exception as error:  # noqa: BLE001  # as in refine
        outcome = _crashed(error)
    if isinstance(outcome, Rejection):
        return Rejection(reason=outcome.reason, detail=outcome.detail, extractor=EXTRACTOR)
    return outcome


def _aware(moment: datetime | None) -> datetime:
    if moment is None:
        return datetime.now(UTC)
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)


def _crashed(error: Exception) -> Rejection:
    frames = traceback.extract_tb(error.__traceback__)
    where = f"{Path(frames[-1].filename).name}:{frames[-1].lineno}" if frames else "?"
    return Rejection(reason=Reason.CRASHED, detail=f"{type(error).__name__}: {error} ({where})"[:500])
