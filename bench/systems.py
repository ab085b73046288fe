"""A page's bytes in, what an extractor found out: one function a system, each with its library's own defaults."""

from __future__ import annotations

import importlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.util import find_spec
from typing import TYPE_CHECKING

from bench.samples import Sample


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What a system made of a page."""

    title: str = ""
    authors: tuple[str, ...] = ()
    #: ISO 8601, the day at least.
    published: str | None = None
    #: The day as the page writes it, if the system tells it from that of its UTC time.
    day: str | None = None
    body: str = ""
    #: Why it is no article for this system.
    rejected: str | None = None
    #: False: the system knows no authors and dates, which is not the same as finding none.
    signed: bool = True


if TYPE_CHECKING:
    from archive.types import Page

System = Callable[[Sample], Found]
_NOW = datetime.now(UTC)


def page_of(sample: Sample) -> Page:
    """The sample as ``pipelines.refine`` takes it."""
    from archive.types import Hint, Page, Via  # an interpreter with the peers alone has no need of them

    case = sample.case
    hints = tuple(
        Hint(**{**hint, "via": Via(hint["via"]), "authors": tuple(hint.get("authors", ()))})
        for hint in case.get("hints", ())
    )
    return Page(
        url=sample.url,
        final_url=sample.url,
        headers=tuple(case.get("headers", {}).items()),
        body=sample.html,
        fetched_at=datetime.fromisoformat(case["fetched_at"]) if "fetched_at" in case else _NOW,
        timezone=case.get("timezone"),
        truncated=case.get("truncated", False),
        hints=hints,
    )


def _nightdesk() -> System:
    from archive.types import Rejection
    from pipelines import refine
    from pipelines.dates import Clock, read_date

    def read(sample: Sample) -> Found:
        page = page_of(sample)
        outcome = refine(page)
        if isinstance(outcome, Rejection):
            return Found(rejected=str(outcome.reason))
        clock = Clock(fetched_at=page.fetched_at, timezone=page.timezone, language=outcome.language)
        written = read_date(outcome.published_as_written or "", clock)
        published = outcome.published_at
        return Found(
            title=outcome.title,
            authors=tuple(outcome.authors),
            published=published.isoformat() if published else None,
            day=written.day.isoformat() if published and written else None,
            body=outcome.body,
        )

    return read


def _trafilatura(**options: bool) -> Callable[[], System]:
    def load() -> System:
        bare_extraction = importlib.import_module("trafilatura").bare_extraction

        def read(sample: Sample) -> Found:
            document = bare_extraction(sample.html, url=sample.url, with_metadata=True, **options)
            if document is None:
                return Found()
            authors = tuple(name.strip() for name in (document.author or "").split(";") if name.strip())
            return Found(title=document.title or "", authors=authors, published=document.date, body=document.text or "")

        return read

    return load


def _readability() -> System:
    document = importlib.import_module("readability").Document
    lxml_html = importlib.import_module("lxml.html")

    def read(sample: Sample) -> Found:
        page = document(_text(sample.html))
        tree = lxml_html.fromstring(page.summary())
        text = "\n".join(part.strip() for part in tree.itertext() if part.strip())
        return Found(title=page.short_title(), body=text, signed=False)

    return read


def _newspaper() -> System:
    # Both newspapers' default is to ask the network for every image's size: a benchmark asks nobody.
    article = importlib.import_module("newspaper").Article

    def read(sample: Sample) -> Found:
        page = article(sample.url, fetch_images=False)
        page.download(input_html=_text(sample.html))
        page.parse()
        published = page.publish_date.isoformat() if page.publish_date else None
        return Found(title=page.title or "", authors=tuple(page.authors), published=published, body=page.text or "")

    return read


def _news_please() -> System:
    please = importlib.import_module("newsplease").NewsPlease

    def read(sample: Sample) -> Found:
        page = please.from_html(_text(sample.html), url=sample.url, fetch_images=False)
        published = page.date_publish.isoformat() if page.date_publish else None
        return Found(
            title=page.title or "",
            authors=tuple(page.authors or ()),
            published=published,
            body=page.maintext or "",
        )

    return read


def _text(page: bytes) -> str:
    """As trafilatura decodes it, for libraries that want text."""
    text: str = importlib.import_module("trafilatura.utils").decode_file(page)
    return text


#: What everybody is compared with.
REFERENCE = "trafilatura"
#: Name → the module it needs, and what loads it.
SYSTEMS: dict[str, tuple[str, Callable[[], System]]] = {
    "nightdesk": ("pipelines", _nightdesk),
    REFERENCE: ("trafilatura", _trafilatura()),
    "trafilatura-precision": ("trafilatura", _trafilatura(favor_precision=True)),
    "trafilatura-fast": ("trafilatura", _trafilatura(fast=True)),
    "readability": ("readability", _readability),
    "newspaper4k": ("newspaper", _newspaper),
    "news-please": ("newsplease", _news_please),
}


def is_installed(name: str) -> bool:
    return find_spec(SYSTEMS[name][0]) is not None


def load_system(name: str) -> System:
    """The function of a system. What fails on a page has found nothing there: a peer's bug is its result."""
    read = SYSTEMS[name][1]()

    def careful(sample: Sample) -> Found:
        try:
            return read(sample)
        except Exception as error:  # noqa: BLE001  # any library's any failure, recorded as its outcome
            return Found(rejected=f"{type(error).__name__}: {error}"[:200])

    return careful
