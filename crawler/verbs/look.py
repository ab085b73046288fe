"""What was found at newspapers and what would be kept of them, for a person or as JSON."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from rich.console import Console

    from archive.types import Article
    from crawler.sample import Sample
    from crawler.sourcelist.found import Found

#: Characters of an article's text that are shown.
_FIRST_WORDS = 180


def print_found(found: Found) -> None:
    """A newspaper's lists, and a few of its pages as they would be kept, or why they would not."""
    from archive.typeset import indented, new_console, put, put_line, styled

    console = new_console()
    put_line(console, f"{found.source.name}  {found.source.home}", style="bold")
    if found.problem:
        put(console, indented(styled(found.problem, style="yellow")))
    for document in found.documents:
        if document.reason != "no sitemap":
            told = ": ".join(text for text in (document.reason, document.detail) if text)
            line = f"  {document.state:<8} {document.kind:<8} {document.url}" + (f" ({told})" if told else "")
            put_line(console, line)
    print_samples(found.samples)
    if found.to_fetch:
        left = f", {found.left_alone} to leave alone" if found.left_alone else ""
        put(console, indented(styled(f"{found.to_fetch} pages found to fetch{left}")))


def print_samples(samples: Iterable[Sample]) -> None:
    """Pages as they would be kept: headline, authors, date, first words; or why they would not."""
    from archive.reasons import because
    from archive.types import Article
    from archive.typeset import indented, new_console, put, put_line, styled

    console = new_console()
    for sample in samples:
        if isinstance(sample.result, Article):
            _print_article(console, sample.url, sample.result)
        elif sample.outcome is not None:
            put_line(console, f"  not kept {sample.url}")
            why = ": ".join(text for text in (because(sample.reason), sample.detail) if text)
            put(console, indented(styled(why or str(sample.outcome), style="dim"), by=11))


def _print_article(console: Console, url: str, article: Article) -> None:
    from archive.typeset import indented, put, put_line, styled

    put_line(console, f"  keep     {article.title}", style="bold")
    about = [_date(article), ", ".join(article.authors) or "no author", f"{article.word_count:,} words"]
    put(console, indented(styled(" · ".join(about)), by=11))
    put(console, indented(styled(_first_words(article), style="dim"), by=11))
    put_line(console, f"{'':<11}{url}", style="dim")


def _date(article: Article) -> str:
    if article.published_at is None:
        return "undated"
    day = article.published_precision == "day"
    return f"{article.published_at:%Y-%m-%d}" if day else f"{article.published_at:%Y-%m-%d %H:%M} UTC"


def _first_words(article: Article) -> str:
    words = " ".join(article.body.split())
    return words if len(words) <= _FIRST_WORDS else words[:_FIRST_WORDS].rpartition(" ")[0] + " …"


def found_as_json(found: Found) -> str:
    """The same as one object on one line."""
    from dataclasses import asdict

    return json.dumps(
        {
            "name": found.source.name,
            "home": found.source.home,
            "problem": found.problem,
            "documents": [asdict(document) for document in found.documents],
            "to_fetch": found.to_fetch,
            "left_alone": found.left_alone,
            "sample": [sample_as_dict(sample) for sample in found.samples],
        },
        ensure_ascii=False,
    )


def sample_as_dict(sample: Sample) -> dict[str, object]:
    """A sample for ``--json``."""
    from archive.record import plain
    from archive.types import Article

    told: dict[str, object] = {"url": sample.url, "outcome": sample.outcome}
    told |= {"reason": sample.reason, "detail": sample.detail}
    if isinstance(sample.result, Article):
        names = ("title", "authors", "published_at", "published_precision", "language", "word_count", "body")
        told |= {name: plain(getattr(sample.result, name)) for name in names}
    return told


def echo_pinned(names: Iterable[str]) -> None:
    """Say in whose tables the documents stand now."""
    if told := ", ".join(names):
        click.echo(f"pinned in sources.toml: {told}", err=True)
