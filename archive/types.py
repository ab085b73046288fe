"""The values that travel between the stations: Page → Article | Rejection → row.

Every time is an aware UTC ``datetime``; sizes are bytes; an empty string or list means
"the page has none", ``None`` means "not known".
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from archive.recovered import Recovered


class Via(StrEnum):
    """How a URL came to be known."""

    FEED = "feed"
    SITEMAP = "sitemap"
    FRONT = "front"
    SECTION = "section"
    GIVEN = "given"  # named by the operator: --url, an imported file
    ARCHIVE = "archive"  # a web archive has a copy of it, or a WARC file of others
    REVISIT = "revisit"  # not seen tonight; its own schedule says it is due


class Kind(StrEnum):
    """What a URL in the ledger is expected to be."""

    PAGE = "page"
    FRONT = "front"
    SECTION = "section"
    FEED = "feed"
    SITEMAP = "sitemap"


class State(StrEnum):
    """Where a URL stands. Every URL ever discovered has exactly one."""

    FOUND = "found"  # discovered, not yet asked for
    CAPTURED = "captured"  # in the WARC, not yet cleaned
    KEPT = "kept"  # an article in the archive
    DUPLICATE = "duplicate"  # another URL of an article in the archive
    REJECTED = "rejected"  # cleaned, and no article: the reason is a Reason
    REFUSED = "refused"  # never asked for: robots.txt, guard, off-site …
    FAILED = "failed"  # asked for, no usable answer
    GONE = "gone"  # 404 or 410
    READ = "read"  # a feed, sitemap, front or section page, read for its links


class Outcome(StrEnum):
    """What one run did with a page URL. discovered = the sum of these, every run."""

    NEW = "new"
    UPDATED = "updated"  # known article, its text or headline changed: a revision
    UNCHANGED = "unchanged"  # known article, asked again, same text (or 304)
    KNOWN = "known"  # known and not due: not asked
    DUPLICATE = "duplicate"
    REJECTED = "rejected"
    REFUSED = "refused"
    FAILED = "failed"
    GONE = "gone"
    WAITING = "waiting"  # left for a later run: limit, interruption


class Reason(StrEnum):
    """Why a page is no article: the closed list of ``Rejection.reason``."""

    EMPTY = "empty"  # no bytes, or no text at all
    NOT_HTML = "not-html"  # a PDF, an image, JSON …
    INDEX_PAGE = "index-page"  # front, section, tag or author page: links, not an article
    NOT_ARTICLE = "not-article"  # shop, forum, login-free service page …
    TOO_SHORT = "too-short"  # an article's layout, but hardly any text
    SOFT_404 = "soft-404"  # status 200, and the text says not found
    CONSENT_WALL = "consent-wall"
    LOGIN_WALL = "login-wall"
    NEEDS_JAVASCRIPT = "needs-javascript"
    BLOCKED = "blocked"  # a bot check or an access-denied page with status 200
    CUT_SHORT = "cut-short"  # the body ended before its declared length
    UNREADABLE = "unreadable"  # bytes that no parser makes a page of
    TIMED_OUT = "timed-out"  # cleaning took longer than the time allowed
    RIGHTS = "rights"  # it asks for what the operator respects: decided after cleaning, never by refine
    CRASHED = "crashed"  # cleaning failed: a bug of ours, the detail holds it


class Precision(StrEnum):
    """How exactly ``published_at`` is known. ``day``: the time of day is 00:00 UTC and means nothing."""

    SECOND = "second"
    MINUTE = "minute"
    DAY = "day"


class Access(StrEnum):
    """Whether the publisher lets everyone read it, as far as the page itself says."""

    FREE = "free"
    METERED = "metered"
    PAYWALLED = "paywalled"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class Hint:
    """What a feed, sitemap or front page said of a URL before it was fetched."""

    via: Via
    #: URL of the document that said it.
    where: str
    title: str | None = None
    authors: tuple[str, ...] = ()
    #: As written there, unparsed (RFC 822 in RSS, ISO 8601 elsewhere).
    published: str | None = None
    #: As written there; for a plain sitemap its ``lastmod``.
    modified: str | None = None
    section: str | None = None
    tags: tuple[str, ...] = ()
    language: str | None = None
    summary: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """A URL worth fetching and how it was seen. ``url`` is absolute and normalised."""

    url: str
    kind: Kind
    hint: Hint


@dataclass(frozen=True, slots=True, kw_only=True)
class CaptureRef:
    """Where a raw record lies. ``digest`` is the WARC payload digest, ``sha1:BASE32``."""

    #: Path of the WARC file, relative to the archive's folder.
    file: str
    #: Byte offset of the record's gzip member.
    offset: int
    #: Bytes of the gzip member.
    length: int
    digest: str
    #: Of a revisit: where the record lies whose payload it repeats; None: the payload is in the record itself.
    payload: CaptureRef | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """An immutable raw page, as fetched: what ``refine`` works on."""

    #: URL asked for.
    url: str
    #: URL reached after redirects.
    final_url: str
    #: HTTP status; 200 for an imported file.
    status: int = 200
    #: Header names in lower case, in the order received; a name may repeat.
    headers: tuple[tuple[str, str], ...] = ()
    #: Body with transfer and content encodings undone.
    body: bytes
    fetched_at: datetime
    #: Name of the source in sources.toml.
    source: str | None = None
    #: IANA zone of the source, for times written without one; None: not declared.
    timezone: str | None = None
    #: True: the connection ended before the declared length.
    truncated: bool = False
    hints: tuple[Hint, ...] = ()
    capture: CaptureRef | None = None
    #: The browser that made the body by running the answer's scripts; None: the body is the answer's own.
    rendered_by: str | None = None

    def header(self, name: str) -> str | None:
        """The first value of a header, or None. ``name`` in lower case."""
        return next((value for key, value in self.headers if key == name), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Image:
    """An image of an article, as a reference: it is not downloaded."""

    url: str | None
    caption: str | None = None
    credit: str | None = None
    alt: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """Where a field's value came from."""

    #: ``json-ld``, ``microdata``, ``opengraph``, ``meta``, ``html``, ``byline``, ``feed``, ``sitemap``,
    #: ``front``, ``url``, ``trafilatura``, ``text`` or ``import``.
    origin: str
    #: 0 to 1.
    confidence: float
    #: Other candidates that disagreed: (origin, value as text).
    rivals: tuple[tuple[str, str], ...] = ()
    #: What was inferred, such as ``year`` for a date written without one.
    inferred: str | None = None
    #: The words or the mark it was read from, where the value itself does not show them.
    evidence: str | None = None
    #: True: a rival that is about as good says otherwise.
    conflict: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One entry of a live blog, in the order of the page."""

    at: datetime | None
    #: The time as the page shows it.
    as_written: str | None
    title: str | None
    body: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Dropped:
    """A block that was taken out of the running text because its source repeats it."""

    text: str
    #: For a person: "in 14 of the source's last 15 articles", "pinned".
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A block as its page had it, for the counts that the source's template is learnt from. Not part of the record."""

    fingerprint: str
    text: str
    #: Where it stood among the page's blocks: 0 first, 1 last.
    place: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Template:
    """What a source repeats on its pages, as learnt so far: handed to ``refine`` as a value."""

    source: str
    #: From so many articles.
    articles: int
    #: Fingerprint of each block that is no article's own text → the reason, for ``Dropped``.
    lines: Mapping[str, str]

    @property
    def digest(self) -> str:
        """16 hex digits for what it leaves out, however often that was met: two of one digest clean alike."""
        return hashlib.blake2b("\n".join(sorted(self.lines)).encode(), digest_size=8).hexdigest()


@dataclass(frozen=True, slots=True, kw_only=True)
class Article:
    """A clean record of one article. Field meanings: docs/fields.md."""

    #: Final URL, normalised; None only for an imported text without one.
    url: str | None
    #: The page's own canonical URL where it is believable, else ``url``.
    canonical_url: str | None
    title: str
    description: str | None = None
    #: People and agencies, in the order of the byline; never a role or the site's name.
    authors: list[str] = field(default_factory=list)
    published_at: datetime | None = None
    published_precision: Precision | None = None
    #: The text that ``published_at`` was read from.
    published_as_written: str | None = None
    modified_at: datetime | None = None
    section: str | None = None
    tags: list[str] = field(default_factory=list)
    #: BCP 47, such as ``en`` or ``pt-BR``.
    language: str | None = None
    #: Plain text, paragraphs separated by one blank line. No caption, byline or boilerplate.
    body: str
    #: The same text with its structure as Markdown: headings, lists, quotes, tables, code.
    markdown: str = ""
    #: A live blog's entries, each with its time; empty for every other article.
    entries: list[Entry] = field(default_factory=list)
    #: Paragraphs of the body that correct or clarify an earlier text of the article.
    corrections: list[str] = field(default_factory=list)
    #: What was taken out as the source's template, with the reason.
    dropped: list[Dropped] = field(default_factory=list)
    #: The page's blocks, for its source's template; not stored with the record.
    lines: tuple[Line, ...] = ()
    images: list[Image] = field(default_factory=list)
    access: Access = Access.UNKNOWN
    #: schema.org type, such as ``NewsArticle`` or ``LiveBlogPosting``.
    type: str | None = None
    site_name: str | None = None
    #: Readers' comments as text, kept apart from the body.
    comments: list[str] = field(default_factory=list)
    #: As the page itself states it ("3 min read"); not computed.
    reading_minutes: int | None = None
    #: Rights signals verbatim, as found: ``{"x-robots-tag": "noarchive", "license": "…"}``; several of one
    #: kind one a line.
    rights: Mapping[str, str] = field(default_factory=dict)
    #: Field name → where its value came from.
    origins: Mapping[str, Origin] = field(default_factory=dict)
    #: What made this record, with versions: ``nightdesk 0.1.0, trafilatura 2.3.1``.
    extractor: str = ""
    #: ``Template.digest`` of what its source was known to repeat when it was cleaned; None: nothing was known.
    template: str | None = None

    @property
    def word_count(self) -> int:
        """Words in the body, split at white space."""
        return len(self.body.split())


@dataclass(frozen=True, slots=True, kw_only=True)
class Rejection:
    """Why a Page is no Article: a value, not an exception."""

    reason: Reason
    #: For a person: the evidence in a few words.
    detail: str = ""
    #: As in Article, where the page was read so far.
    rights: Mapping[str, str] = field(default_factory=dict)
    extractor: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """One crawl or import, from start to end."""

    id: int
    #: ``crawl`` or ``import``.
    kind: str
    started_at: datetime
    #: None while running, and for a run that was killed.
    finished_at: datetime | None
    #: ``running``, ``finished``, ``interrupted`` (stopped on request) or ``crashed``.
    status: str
    software: str
    arguments: Mapping[str, Any]
    #: What the start after it found of it in the WARC files; None: nothing.
    recovered: Recovered | None = None
