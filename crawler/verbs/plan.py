"""What a crawl would do, for a person or as JSON: documents first, then pages."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import TYPE_CHECKING

import click

from crawler.verbs.look import print_samples, sample_as_dict

if TYPE_CHECKING:
    from crawler.night.crawl import CrawlResult


def print_plan(result: CrawlResult, *, as_json: bool) -> None:
    """Documents that list pages, then each page and why; for a person source by source."""
    from crawler.sources import say_paused

    if result.left_out:
        click.echo(say_paused(result.left_out), err=True)
    if as_json:
        from dataclasses import asdict

        lines: list[dict[str, object]] = [{"document": asdict(document)} for document in result.documents]
        lines += [{"page": page} for page in result.plan]
        lines += [{"sample": {"source": each.source} | sample_as_dict(each)} for each in result.samples]
        for line in lines:
            click.echo(json.dumps(line, ensure_ascii=False))
        return
    for name in sorted({d.source for d in result.documents} | {p["source"] for p in result.plan}):
        click.echo(name)
        for document in result.documents:
            if document.source == name:
                said = ": ".join(text for text in (document.reason, document.detail) if text)
                click.echo(f"  {document.state:<8} {document.kind:<8} {document.url}" + (f" ({said})" if said else ""))
        _print_pages([page for page in result.plan if page["source"] == name])
        print_samples(sample for sample in result.samples if sample.source == name)


def _print_pages(pages: Iterable[dict[str, str]]) -> None:
    shown = list(pages)
    for page in shown:
        if page["outcome"] == "waiting":
            why = "due again" if page["fetched_at"] else "new"
            click.echo(f"  fetch    {page['url']} ({why}; listed by {page['via'].replace(',', ', ')})")
        else:
            click.echo(f"  leave    {page['url']} ({page['outcome']}: {page['reason']})")
    fetch = sum(page["outcome"] == "waiting" for page in shown)
    click.echo(f"  {fetch} pages would be fetched, {len(shown) - fetch} left alone")
