"""``nightdesk cite``: references to articles, for a bibliography program or for a text."""

from __future__ import annotations

import json
import re
from itertools import chain
from typing import Any

import click

from archive.cite.formats import Format
from archive.history import spellings
from archive.querying import Querying, query_of, querying
from archive.reading import Archive
from archive.record import StoredArticle
from archive.verb import reading, say, to_json

_ID = re.compile(r"[a-z2-7]{16}", re.IGNORECASE)


@click.command(cls=Querying)
@querying
@click.option(
    "--as",
    "form",
    type=click.Choice([form.value for form in Format]),
    default=Format.CSL_JSON.value,
    show_default=True,
    help="For programs: csl-json, bibtex, ris. For a text: apa, chicago.",
)
@click.option("--revision", metavar="N", type=int, help="The article as it was in this revision.")
@click.option("--json", "as_json", is_flag=True, help="JSON Lines: the reference to an article on each.")
@reading
def cite(
    archive: Archive, *, words: tuple[str, ...], form: str, revision: int | None, as_json: bool, **filters: Any
) -> None:
    """Cite articles, named by id or URL, or found by QUERY as in search.

    Each reference says when this very text was fetched, and the digest of the raw page in the archive. Zotero imports
    csl-json and ris whole; bibtex is for LaTeX. nightdesk cite harbour --as ris > harbour.ris
    """
    named = bool(words) and all(_ID.fullmatch(word) or _is_url(word) for word in words)
    if revision is not None and (not named or len(words) > 1):
        raise click.UsageError("--revision is of one article: name it by its id or URL")
    if named and any(value is not None for value in filters.values()):
        raise click.UsageError("articles that are named need no filters")
    articles = map(archive.get, words) if named else archive.articles(query_of(words, **filters))
    first = next(articles, None)
    if first is None:
        say("no articles match")
    cited = chain([first] if first else [], articles)
    if as_json:
        for article in cited:
            click.echo(to_json(_told(archive, article, form, revision)))
        return
    for part in archive.iter_citations(cited, form, revision=revision):
        click.echo(part, nl=False)


def _told(archive: Archive, article: StoredArticle, form: str, revision: int | None) -> dict[str, Any]:
    """A reference by itself: an object in CSL-JSON, else a text."""
    written = archive.cite([article], form, revision=revision)
    reference = json.loads(written)[0] if form == Format.CSL_JSON else written.strip()
    number = article.revision if revision is None else revision
    return {"id": article.id, "revision": number, "as": form, "reference": reference}


def _is_url(word: str) -> bool:
    return "://" in word and bool(spellings(word))
