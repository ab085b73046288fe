"""The commands that read an archive: search, show, stories, diff, edits, cite, explain, stats, runs …

They load neither Scrapy nor trafilatura. Data goes to stdout, everything else to stderr. A command that
fails says why in one line and exits with the status of the ArchiveError; Ctrl-C is 130.
"""

from __future__ import annotations

import click

from archive import terminal
from archive.care.sizes_shown import print_sizes
from archive.cdxj_verb import cdxj
from archive.cite.verb import cite
from archive.edits.verb import diff, edits
from archive.export.verb import export
from archive.health.verb import health
from archive.pager import paged
from archive.reading import Archive
from archive.record import plain
from archive.report.verb import report
from archive.search_verb import search
from archive.stories.verb import print_others, stories
from archive.template_verb import template
from archive.verb import reading, say, to_json
from archive.wacz.verb import package


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
@click.option("--sizes", is_flag=True, help="What it takes on the disk instead: by table, by source, by night.")
@reading
def stats(archive: Archive, *, sizes: bool, as_json: bool) -> None:
    """Count what the archive holds, source by source."""
    if sizes:
        measured = archive.sizes()
        if as_json:
            click.echo(to_json(measured))
        else:
            print_sizes(measured)
        return
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
    diff,
    edits,
    cite,
    explain,
    stats,
    runs,
    health,
    report,
    export,
    package,
    cdxj,
    template,
)


@click.group(name="nightdesk", commands=reading_commands)
def archive_commands() -> None:
    """Read a news archive: find, show, explain, count and export."""
