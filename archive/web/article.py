"""An article's page: its text for reading, then its past, its copies, its rights, how to cite it, its origins."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from archive.cite.formats import Format
from archive.errors import NotFound
from archive.explain import explain
from archive.query import Query
from archive.reading import Archive
from archive.record import Revision, StoredArticle, plain
from archive.web.asked import Answer, Asked, as_json, to_save
from archive.web.layout import minute, page
from archive.web.links import facet_filter, search_url, with_filter
from archive.web.passages import parts_of, passages_of
from archive.web.past import past_of

_MOST = 30  # tags, pictures, copies: a page has room for so many
_CITED = (Format.APA, Format.CHICAGO, Format.BIBTEX)
_FILES = {
    "bib": (Format.BIBTEX, "application/x-bibtex; charset=utf-8"),
    "ris": (Format.RIS, "application/x-research-info-systems; charset=utf-8"),
    "csl.json": (Format.CSL_JSON, "application/vnd.citationstyles.csl+json; charset=utf-8"),
}


def show(archive: Archive, wanted: Asked) -> Answer:
    """The page, or the record as JSON. Raises NotFound."""
    article = archive.get(wanted.parts["id"])
    if article.id != wanted.parts["id"]:
        raise NotFound(f"no article has the id {wanted.parts['id'][:200]!r}; it may be {article.id}")
    revisions = archive.revisions(article.id)
    if wanted.ending == "json":
        earlier = [plain(revision) for revision in revisions[:-1]]
        return as_json(plain(article) | {"rights_asks": archive.rights(article.id).asks, "earlier": earlier})
    number = wanted.number("revision", least=1)
    shown = next((each for each in revisions if each.number == number), None)
    if number is not None and shown is None:
        raise NotFound(f"{article.id} has no revision {number}; it has 1 to {article.revision}")
    older = shown if shown and shown.number != article.revision else None
    return _page(archive, article, revisions, older, wanted)


def cite(archive: Archive, wanted: Asked) -> Answer:
    """A reference as a file. Raises NotFound."""
    form, media_type = _FILES[wanted.ending]
    article = archive.get(wanted.parts["id"])
    return to_save(archive.cite(article.id, form).encode(), f"{article.id}.{wanted.ending}", media_type)


def _page(
    archive: Archive, article: StoredArticle, revisions: Sequence[Revision], older: Revision | None, wanted: Asked
) -> Answer:
    text = older.body if older else article.markdown or article.body
    parts = parts_of(text)
    part = min(wanted.number("part", least=1) or 1, len(parts))
    story = archive.story(article.id)
    copies = [copy for copy in story.copies if copy.id != article.id] if story else []
    return page(
        "article.html",
        here="/search",
        article=article,
        older=older,
        title=older.title if older else article.title,
        passages=passages_of(parts[part - 1], marked_up=not older and bool(article.markdown)),
        part=part,
        parts_count=len(parts),
        entries=[] if older else article.entries[: 2 * _MOST],
        labels=list(_labels(article)),
        pictures=[each for each in article.images if each.url or each.caption][:_MOST],
        past=past_of(revisions, wanted) if part == 1 and len(revisions) > 1 else None,
        copies=copies[:_MOST],
        all_copies=search_url(Query(story=article.id)) if copies else None,
        earliest=story.earliest.id if story else None,
        credit=story.credit if story else None,
        rights=archive.rights(article.id),
        cited=[(str(form), archive.cite(article.id, form).strip()) for form in _CITED] if part == 1 else [],
        files=list(_FILES),
        facts=list(_facts(article)),
        origins=list(explain(article)) if part == 1 else [],
        address=f"{wanted.home}/article/{article.id}",
    )


def _labels(article: StoredArticle) -> Iterator[tuple[str, str]]:
    """Section and tags, each with where the others of it are."""
    named = [("section", article.section)] if article.section else []
    for field, value in [*named, *(("tag", tag) for tag in article.tags[:_MOST])]:
        if value.strip():
            yield value[:200], search_url(with_filter(Query(), facet_filter(field, value)))


def _facts(article: StoredArticle) -> Iterator[tuple[str, str]]:
    """What is known of the article, in words."""
    if article.published_as_written:
        yield "published, as written", article.published_as_written[:300]
    if article.modified_at:
        yield "changed, as the page says", minute(article.modified_at)
    if article.language:
        yield "language", article.language
    if article.type:
        yield "type", article.type
    yield "words", f"{article.word_count:,}"
    yield "access", str(article.access)
    yield "seen on the site", f"{minute(article.first_seen_at)} to {minute(article.last_seen_at)}"
    if article.gone_at:
        yield "removed from the site", f"since {minute(article.gone_at)}"
    if article.dropped:
        yield "left out", f"{len(article.dropped)} lines that its source repeats"
    for name, value in list(article.rights.items())[:_MOST]:
        yield f"rights: {name[:60]}", str(value)[:500]
    if article.capture:
        yield "archived page", f"{article.capture.file} at byte {article.capture.offset:,}"
        yield "its digest", article.capture.digest
    yield "record made by", article.extractor
    yield "id", article.id
