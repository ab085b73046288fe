"""The commands that read an archive: search, show, stories, explain, stats, runs, health, report, export, template.

They load neither Scrapy nor trafilatura. Data goes to stdout, everything else to stderr. A command that
fails says why in one line and exits with the status of the ArchiveError; Ctrl-C is 130.
"""

from __future__ import annotations

from typing import Any

import click

from archive import terminal
from archive.export.verb import export
from archive.health.verb import health
from archive.pager import paged
from archive.query import Query
from archive.querying import query_of, querying
from archive.reading import Archive
from archive.record import plain
from archive.report.verb import report
from archive.stories.verb import print_others, stories
from archive.template_verb import template
from archive.typeset import MARKS
from archive.verb import reading, say, to_json

#: Hits shown when nobody says how many: a screenful or two.
_SHOWN = 20


@click.command()
@querying
@click.option("--count", "only_count", is_flag=True, help="Only say how many there are.")
@click.option("--json", "as_json", is_flag=True, help="JSON Lines: one article a line, with its snippet.")
@reading
def search(
    archive: Archive,
    *,
    words: tuple[str, ...],
    only_count: bool,
    as_json: bool,
    limit: int | None,
    **filters: Any,
) -> None:
    """Find articles by words and filters, newest first.

    \b
    harbour talks            both words, anywhere in title, authors, description or body
    "harbour talks"          these words side by side
    harbour OR port          either
    talks NOT strike         without the word, phrase or group after NOT
    (harbour OR port) talks  groups
    dock*                    words that begin so
    NEAR(union offer, 5)     with at most 5 words between them

    Quote for the shell: nightdesk search '"harbour talks" NOT strike'. Without QUERY: all articles. The
    first 20 are shown if there is no --limit; --json and --count take all.
    """
    if not (as_json or only_count):
        limit = limit or _SHOWN
    query = query_of(words, limit=limit, **filters)
    if only_count:
        number = archive.count(query)
        click.echo(to_json({"count": number}) if as_json else number)
        return
    if as_json:
        shown = 0
        for shown, hit in enumerate(archive.search(query), 1):  # noqa: B007 (the last number counts)
            click.echo(to_json(plain(hit.article) | {"headline": hit.headline, "snippet": hit.snippet}))
    else:
        shown = -1
        with paged():
            shown = terminal.print_hits(archive.search(query, marks=MARKS))
    if shown >= 0:  # else the reader left before the end
        _sum_up(archive, query, shown)


def _sum_up(archive: Archive, query: Query, shown: int) -> None:
    """Say how many there are when that is more than shown, and help where there are none."""
    if shown:
        total = archive.search(query).total if query.limit and shown == query.limit else shown
        if total > shown:
            say(f"\n{shown} of {total:,} articles; --limit N shows more")
        return
    say("no articles match")
    names = archive.source_names()
    if query.source is not None and query.source not in names:
        say(f"there is no source {query.source!r}; there are: {', '.join(names) or 'none'}")


@click.command()
@click.argument("article", metavar="ID|URL")
@click.option("--origins", is_flag=True, help="Also where each field comes from, and what disagreed.")
@click.option("--markdown", is_flag=True, help="Only headline and text, as Markdown: headings, lists, quotes, tables.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object.")
@reading
def show(archive: Archive, *, article: str, origins: bool, markdown: bool, as_json: bool) -> None:
    """Show an article, named by its id or any of its URLs, with its revisions and its place in the WARC."""
    if markdown and (origins or as_json):
        raise click.UsageError("--markdown gives the text alone: leave out --origins and --json")
    found = archive.get(article)
    revisions = archive.revisions(found.id)
    if markdown:
        click.echo(f"# {found.title}\n\n{found.markdown or found.body}")
    elif as_json:
        earlier = [{name: v for name, v in plain(r).items() if name != "article_id"} for r in revisions[:-1]]
        rights = archive.rights(found.id)
        story = archive.story(found.id)
        copies = [copy for copy in story.copies if copy.id != found.id] if story else []
        told = {"asks": rights.asks, "basis": rights.basis, "earlier": earlier, "copies": copies}
        click.echo(to_json(plain(found) | told))
    else:
        rights = archive.rights(found.id)
        with paged():
            terminal.print_article(found, revisions, rights=rights, origins=origins)
            print_others(archive, found)


@click.command()
@click.argument("url")
@click.option("--json", "as_json", is_flag=True, help="One JSON object.")
@reading
def explain(archive: Archive, *, url: str, as_json: bool) -> None:
    """Tell the story of a URL: seen where, asked when, answered what, kept or refused why."""
    history = archive.explain(url)
    if as_json:
        click.echo(to_json(history))
    else:
        with paged():
            terminal.print_history(history)


@click.command()
@click.option("--json", "as_json", is_flag=True, help="One JSON object.")
@reading
def stats(archive: Archive, *, as_json: bool) -> None:
    """Count what the archive holds, source by source."""
    figures = archive.stats()
    if as_json:
        click.echo(to_json(figures))
    else:
        terminal.print_stats(figures, str(archive.folder))


@click.command()
@click.argument("number", metavar="[RUN]", type=int, required=False)
@click.option("--json", "as_json", is_flag=True, help="JSON Lines, one run a line; one object for one run.")
@reading
def runs(archive: Archive, *, number: int | None, as_json: bool) -> None:
    """List the runs, each with what it did with how many pages; or one RUN with its problems."""
    if number is not None:
        run, funnel, problems = archive.run(number), archive.funnel(number), archive.problems(number)
        completeness = archive.completeness(number)
        if as_json:
            told = {"funnel": funnel, "problems": problems, "completeness": completeness}
            click.echo(to_json(plain(run) | told))
        else:
            terminal.print_run(run, funnel, problems, completeness)
        return
    every = archive.runs()
    if as_json:
        for run in every:
            click.echo(to_json(plain(run) | {"funnel": archive.funnel(run.id)}))
    elif every:
        funnels = {run.id: archive.funnel(run.id) for run in every}
        with paged():
            terminal.print_runs(every, funnels)
    else:
        say("no run so far; start one with: nightdesk crawl")


#: For a group that mounts them, and for ``python -m archive``.
reading_commands: tuple[click.Command, ...] = (
    search,
    show,
    stories,
    explain,
    stats,
    runs,
    health,
    report,
    export,
    template,
)


@click.group(name="nightdesk", commands=reading_commands)
def archive_commands() -> None:
    """Read a news archive: find, show, explain, count and export."""
