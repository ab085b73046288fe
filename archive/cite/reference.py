"""An article, or an earlier text of it, in; what a reference to it says out, in no format yet."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from archive.cite.names import Name, split_name
from archive.record import Revision, StoredArticle
from archive.times import from_iso_or_none, parse_stamp
from archive.types import CaptureRef, Precision


@dataclass(frozen=True, slots=True, kw_only=True)
class Reference:
    """What is cited: one text of one article, as the archive has it."""

    #: The article's id.
    id: str
    title: str
    authors: tuple[Name, ...]
    #: The newspaper.
    newspaper: str
    #: The day of publication, in the paper's own zone where the page tells it; None: not known.
    published: date | None
    url: str | None
    section: str | None
    language: str | None
    abstract: str | None
    keywords: tuple[str, ...]
    #: When this very text was fetched.
    retrieved_at: datetime
    revision: int
    #: How many texts of the article the archive has.
    revisions: int
    #: The raw page that it was read from; None: it was not kept.
    capture: CaptureRef | None
    #: True: a blog's post, not a newspaper's article.
    blog: bool

    @property
    def archived(self) -> str:
        """What finds this very text again, in words: the id, the revision, when it was fetched, the digest."""
        text = f"revision {self.revision} of {self.revisions}" if self.revisions > 1 else "the only text"
        parts = [f"nightdesk {self.id}", text, f"retrieved {self.retrieved_at:%Y-%m-%dT%H:%M:%SZ}"]
        return ", ".join([*parts, self.capture.digest] if self.capture else parts)


def reference_to(article: StoredArticle, *, newspaper: str, revision: Revision | None = None) -> Reference:
    """The reference to an article's present text, or to an earlier ``revision``."""
    told = dict(revision.record) if revision else {}
    present = revision is None or revision.number == article.revision
    authors = article.authors if present else told.get("authors", article.authors)
    published = article.published_at if present else from_iso_or_none(told.get("published_at"))
    written = article.published_as_written if present else told.get("published_as_written")
    precision = article.published_precision if present else told.get("published_precision")
    return Reference(
        id=article.id,
        title=" ".join((article.title if present or revision is None else revision.title).split()),
        authors=tuple(split_name(name, article.language) for name in authors if name.strip()),
        newspaper=newspaper,
        published=_day(published, written, precision),
        url=article.url or article.canonical_url,
        section=article.section,
        language=article.language,
        abstract=article.description if present else told.get("description"),
        keywords=tuple(article.tags),
        retrieved_at=article.revised_at if present or revision is None else revision.valid_from,
        revision=article.revision if present or revision is None else revision.number,
        revisions=article.revision,
        capture=article.capture if present or revision is None else revision.capture,
        blog=article.type == "BlogPosting",
    )


def _day(published: datetime | None, written: str | None, precision: object) -> date | None:
    """The day of an instant, in the zone in which the page wrote it, where it did."""
    if published is None:
        return None
    if written and precision != Precision.DAY and parse_stamp(written) == published:
        try:
            return datetime.fromisoformat(written.strip()).date()
        except ValueError:
            return published.date()
    return published.date()
