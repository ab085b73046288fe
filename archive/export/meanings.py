"""What each column of an export holds: for the data dictionary of a package. The same as in docs/fields.md."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Meaning:
    """A column in words."""

    type: str
    #: When the cell is empty; ``never``.
    missing: str
    meaning: str


MEANINGS: dict[str, Meaning] = {
    "id": Meaning(
        "text",
        "never",
        "16 letters and digits, the same in every archive: made from `canonical_url` without scheme and `www.`",
    ),
    "url": Meaning(
        "text",
        "imported text without an address",
        "Address the page was reached at after redirects, without tracking parameters, session and fragment",
    ),
    "canonical_url": Meaning(
        "text",
        "as `url`",
        "The page's own canonical address where it is believable, else `url`; `id` is made from it",
    ),
    "source": Meaning("text", "never", "Name of the newspaper in `sources.toml`"),
    "title": Meaning("text", "never", "Headline, without the site's name"),
    "description": Meaning("text", "the page has none", "Standfirst or summary written by the publisher"),
    "authors": Meaning(
        "list of texts",
        "`[]`: no byline found",
        "People and agencies in the order of the byline; a user name only where the page has no other; no "
        "roles, no site names",
    ),
    "published_at": Meaning(
        "time",
        "no date found",
        "First published. Where the head of the page shows nothing but the day of its last change: that, "
        "and `inferred` says `change`",
    ),
    "published_precision": Meaning(
        "text",
        "`published_at` is missing",
        "How exactly it is known: `second`, `minute` or `day`. With `day` the time is 00:00 and means nothing",
    ),
    "published_as_written": Meaning(
        "text",
        "`published_at` is missing",
        "The text that `published_at` was read from, such as `Nov 10`. Where the page shows the day in "
        "its own zone beside a stamp in UTC, the words shown",
    ),
    "modified_at": Meaning("time", "not stated", "Last changed, as the publisher says"),
    "section": Meaning("text", "not stated", "Part of the paper"),
    "tags": Meaning("list of texts", "`[]`: none", "Keywords"),
    "language": Meaning("text", "not declared and not recognised", "BCP 47 tag, such as `en` or `pt-BR`"),
    "body": Meaning(
        "text",
        "never",
        "The text: paragraphs separated by one blank line; no captions, bylines, comments or page furniture",
    ),
    "word_count": Meaning("whole number", "never", "Words in `body`, split at white space"),
    "reading_minutes": Meaning(
        "whole number",
        "not stated",
        'Minutes, as the page itself states them ("3 min read")',
    ),
    "images": Meaning(
        "list of objects",
        "`[]`: none",
        "Pictures as references, not downloaded: objects with `url`, `caption`, `credit`, `alt`, each may be null",
    ),
    "comments": Meaning("list of texts", "`[]`: none", "Readers' comments that stood on the page, as texts"),
    "access": Meaning(
        "text",
        "never",
        "`free`, `metered` or `paywalled` as far as the page says, else `unknown`. Of a paywalled article "
        "`body` holds what everyone may read",
    ),
    "type": Meaning(
        "text",
        "not declared",
        "Type that the page declares, such as `NewsArticle`, `OpinionNewsArticle`, `LiveBlogPosting`",
    ),
    "site_name": Meaning("text", "not stated", "The publisher's name for the site"),
    "rights": Meaning(
        "object",
        "`{}`: nothing said",
        'What page and headers say of use, verbatim: `{"x-robots-tag": "noarchive"}`; several of one kind one a line',
    ),
    "first_seen_at": Meaning("time", "never", "First fetched"),
    "last_seen_at": Meaning("time", "never", "Last found on the site, changed or not"),
    "gone": Meaning("`true`, `false`", "never", "Whether `gone_at` is set"),
    "gone_at": Meaning(
        "time",
        "the site still has it, as far as is known",
        "First answer 404 or 410 since it was last seen",
    ),
    "revision": Meaning("whole number", "never", "1, and one more for each change of headline or text"),
    "revised_at": Meaning("time", "never", "Since when the site shows this revision: when we first saw it"),
    "content_hash": Meaning(
        "text",
        "never",
        "SHA-256 of title and body, blind to white space and to the shape of quotes",
    ),
    "published_origin": Meaning("text", "no origin noted", "`origin` of `published_at`"),
    "published_inferred": Meaning("text", "nothing was inferred", "`inferred` of `published_at`"),
    "authors_origin": Meaning("text", "no origin noted", "`origin` of `authors`"),
    "capture_file": Meaning("text", "nothing was captured", "WARC file, relative to the archive's folder"),
    "capture_offset": Meaning("whole number", "nothing was captured", "Where its record begins, in bytes"),
    "capture_digest": Meaning("text", "nothing was captured", "Payload digest, `sha1:` and base32"),
    "extractor": Meaning("text", "never", "What made the record, with versions"),
    "template": Meaning(
        "text",
        "none was known",
        "What the source was known to repeat when the record was made: 16 hex digits, the same for the same lines",
    ),
    "markdown": Meaning(
        "text",
        "empty: no structure was kept",
        "The same text with its structure: headings, lists, quotes, tables and code as Markdown",
    ),
    "entries": Meaning(
        "list of objects",
        "`[]`: no live blog",
        "A live blog's entries in the order of the page: objects with `at` (time), `as_written` (the time "
        "as shown), `title`, `body`; all but `body` may be null",
    ),
    "corrections": Meaning(
        "list of texts",
        "`[]`: none",
        "Paragraphs of `body` that correct or clarify an earlier text of the article",
    ),
    "dropped": Meaning(
        "list of objects",
        "`[]`: nothing",
        "What was left out of `body` because the source repeats it on its pages: objects with `text` and `reason`",
    ),
    "origins": Meaning(
        "object",
        "`{}`: nothing noted",
        "Field → `{origin, confidence, rivals, inferred, evidence, conflict}`, see below",
    ),
    "valid_from": Meaning("time", "never", "Since when the site showed this text: when we first saw it"),
    "valid_until": Meaning("time", "it is the last one of its article", "When we first saw the next text instead"),
}
