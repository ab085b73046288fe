"""``nightdesk report``: a night as a page for the browser, as JSON, or in short on the terminal."""

from __future__ import annotations

import webbrowser
from pathlib import Path

import click

from archive.export import check_target, whole_file
from archive.reading import Archive
from archive.verb import reading, say


@click.command()
@click.argument("run", metavar="[RUN]", type=int, required=False)
@click.option("--html", "target", metavar="FILE.html", help="Write the page to this file; - is stdout.")
@click.option("--json", "as_json", is_flag=True, help="The whole report as one JSON object, to stdout.")
@click.option("--metrics", metavar="FILE.prom", help="Write the last night as metrics for Prometheus to this file.")
@click.option("--open", "show", is_flag=True, help="Also open the page in a browser.")
@reading
def report(
    archive: Archive, *, run: int | None, target: str | None, as_json: bool, metrics: str | None, show: bool
) -> None:
    """Tell a night, the last one or RUN: the funnel, charts over the last nights, the sick sources first.

    Without --html or --json the page is reports/night-….html in the archive's folder, its address on stdout.
    """
    from archive.report.metrics import write_metrics
    from archive.report.page import place_of, to_html

    if as_json and (target or show):
        raise click.UsageError("either --json or a page")
    if metrics:
        if run is not None or as_json or target or show:
            raise click.UsageError("--metrics tells of the last night, and stands alone")
        write_metrics(archive.folder, check_target(metrics, (".prom",)))
        return
    told = archive.report(run)
    if as_json:
        click.echo(told.as_json(), nl=False)
        return
    if target == "-":
        click.echo(to_html(told), nl=False)
        return
    path = check_target(target, (".html", ".htm")) if target else place_of(archive.folder, told)
    with whole_file(path) as file:
        file.write(to_html(told).encode())
    say(told.headline)
    click.echo(path)
    if show:
        webbrowser.open(Path(path).absolute().as_uri())
