"""Page in, Article or Rejection out. Pure: no network, no database."""

from __future__ import annotations

import traceback
from dataclasses import replace
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from types import UnionType

from archive.types import Article, Page, Reason, Rejection, Template
from archive.version import __version__
from pipelines.blocks import markdown_of
from pipelines.body import read_body
from pipelines.boilerplate import Known, clean
from pipelines.byline import choose_authors
from pipelines.corrections import is_correction
from pipelines.dates import Clock
from pipelines.fields import make_article
from pipelines.filetype import gate_bytes
from pipelines.headline import choose_title, find_site_name
from pipelines.judge import Judge, load_judge
from pipelines.kinds import Kinds, gate_kind, shipped_kinds
from pipelines.landmarks import find_landmarks
from pipelines.language import declared_language
from pipelines.liveblog import read_entries
from pipelines.quality import gate_text
from pipelines.rights import find_rights
from pipelines.sheet import open_sheet
from pipelines.structured import read_structured
from pipelines.template import lines_of, without_template
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


def refine(
    page: Page, template: Template | None = None, *, judge: Judge | None = None, kinds: Kinds | None = None
) -> Article | Rejection:
    """Clean one page. Never raises: a failure of ours is a Rejection with reason ``crashed``.

    ``template``: what its source is known to repeat. The same page with the same template gives the same answer at
    night, in re-extraction, in tests and in benchmarks. ``judge``, ``kinds``: other models of blocks and of
    kinds of pages than the package's own.
    """
    try:
        outcome = _refine(page, template, judge or load_judge(), kinds or shipped_kinds())
    except Exception as error:  # noqa: BLE001  # recorded as the page's outcome, with the place: see Reason.CRASHED
        outcome = _crashed(error)
    return replace(outcome, extractor=EXTRACTOR) if isinstance(outcome, Rejection) else outcome


def _refine(page: Page, template: Template | None, judge: Judge, kinds: Kinds) -> Article | Rejection:
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
    rights = find_rights(sheet, told)  # before the body is read, which takes the tree apart
    if refused := gate_page(sheet, told, seen) or gate_kind(sheet, told, seen, kinds):
        return replace(refused, rights=rights)
    body = read_body(sheet, told, seen, judge)
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
    parted = without_template(body.blocks, template, known)
    cleaned = clean(parted.blocks, known)
    if refused := gate_text(sheet, told, seen, cleaned, known.links):
        return replace(refused, rights=rights)
    if title is None:
        return Rejection(reason=Reason.NOT_ARTICLE, detail="no headline", rights=rights)
    # Bylines in the text tell nothing new where the page has named its authors.
    authors = authors or choose_authors(sheet, told, seen, clock, bylines=cleaned.bylines, site_name=site_name)
    article = make_article(
        sheet=sheet,
        told=told,
        seen=seen,
        body=body,
        cleaned=cleaned,
        title=title,
        authors=authors,
        site_name=site_name,
        clock=clock,
        rights=rights,
        extractor=EXTRACTOR,
    )
    notes = (f"rendered by {page.rendered_by}" if page.rendered_by else None, parted.note)
    if any(notes):
        article = _with_note(article, "; ".join(note for note in notes if note))
    texts = {block.text for block in cleaned.blocks}
    return replace(
        article,
        template=template.digest if template else None,
        markdown=markdown_of(cleaned.blocks),
        entries=read_entries(told, body.passages, texts, clock),
        corrections=[block.text for block in cleaned.blocks if is_correction(block.text)],
        dropped=parted.dropped,
        lines=lines_of(body.blocks, texts | {each.text for each in parted.dropped}),
    )


def _with_note(article: Article, note: str) -> Article:
    origins = dict(article.origins)
    return replace(article, origins=origins | {"body": replace(origins["body"], evidence=note)})


def extract(
    html: bytes | bytearray | memoryview | str,
    url: str | None = None,
    fetched_at: datetime | None = None,
    *,
    template: Template | None = None,
) -> Article | Rejection:
    """Clean a page that is at hand: ``extract(open("page.html", "rb").read(), url=…)``.

    ``fetched_at`` bounds its dates and completes those without a year: now if None, UTC if naive. ``template``: what
    its source is known to repeat. Raises TypeError or ValueError for what is no page, address or time.
    """
    _check("html", html, bytes | bytearray | memoryview | str, "bytes or str")
    _check("url", url, str | None, "a str")
    body = html.encode("utf-8", errors="replace") if isinstance(html, str) else bytes(html)
    # Text has been decoded by the caller: what the page declares does not count any more.
    headers = (("content-type", "text/html; charset=utf-8"),) if isinstance(html, str) else ()
    page = Page(url=url or "", final_url=url or "", headers=headers, body=body, fetched_at=_aware(fetched_at))
    return refine(page, template)


def refine_dump(
    text: str, *, url: str | None = None, fetched_at: datetime, source: str | None = None
) -> Article | Rejection:
    """Clean a page that was saved as plain text, its skip links, byline and captions as lines.

    ``source``: the newspaper's name, which is never taken for an author. Raises as ``extract`` does, and for nothing
    that stands in the text.
    """
    _check("text", text, str, "a str")
    _check("url", url, str | None, "a str")
    now = _aware(fetched_at)
    try:
        outcome = read_dump(text, url=url, fetched_at=now, source=source, extractor=EXTRACTOR)
    except Exception as error:  # noqa: BLE001  # as in refine
        outcome = _crashed(error)
    if isinstance(outcome, Rejection):
        return Rejection(reason=outcome.reason, detail=outcome.detail, extractor=EXTRACTOR)
    return outcome


def _check(name: str, value: object, kinds: type | UnionType, wanted: str) -> None:
    if not isinstance(value, kinds):
        raise TypeError(f"{name}: {wanted} is wanted, not {type(value).__name__}")


def _aware(moment: datetime | None) -> datetime:
    _check("fetched_at", moment, datetime | None, "a datetime")
    if moment is None:
        return datetime.now(UTC)
    if not 1 < moment.year < 9999:  # dates near it are compared with the days before and after
        raise ValueError(f"fetched_at: a time of this age is wanted, not {moment.isoformat()}")
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)


def _crashed(error: Exception) -> Rejection:
    frames = traceback.extract_tb(error.__traceback__)
    where = f"{Path(frames[-1].filename).name}:{frames[-1].lineno}" if frames else "?"
    return Rejection(reason=Reason.CRASHED, detail=f"{type(error).__name__}: {error} ({where})"[:500])
