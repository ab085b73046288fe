"""``nightdesk package``: the captures of a query's articles as a WACZ file."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from archive.errors import DamagedCapture
from archive.querying import Querying, query_of, querying
from archive.reading import Archive
from archive.record import plain
from archive.verb import reading, say, to_json

if TYPE_CHECKING:
    from sqlite_utils import Database

    from archive.wacz.pack import Packed


@click.command(cls=Querying)
@querying
@click.option(
    "--to", "target", type=click.Path(path_type=Path), required=True, metavar="FILE", help="Where to write: X.wacz."
)
@click.option("--title", metavar="TEXT", help="What viewers call it.")
@click.option("--json", "as_json", is_flag=True, help="What was written, as one JSON object on stdout.")
@reading
def package(
    archive: Archive, *, words: tuple[str, ...], target: Path, title: str | None, as_json: bool, **filters: Any
) -> None:
    """Pack the raw pages of articles into a WACZ file, which viewers of web archives replay.

    QUERY and filters as in search; all articles without. In it are the answers as received, with requests, redirects
    and earlier texts, an index, and title and text of each article. For a data set of records: export --package.
    """
    from archive.export.log import note
    from archive.export.wanted import Wanted
    from archive.export.write import Exported
    from archive.times import utc_now
    from archive.wacz.pack import pack

    query = query_of(words, **filters)
    if target.suffix.lower() != ".wacz":
        raise click.UsageError(f"--to {target}: name a file that ends in .wacz")

    def noted(db: Database, done: Packed) -> None:
        exported = Exported(
            rows=done.articles,
            articles=done.articles,
            format="wacz",
            path=done.path,
            bytes=done.bytes,
            sha256=done.sha256,
        )
        note(db, archive.folder, exported, Wanted(query=query), utc_now())

    done = pack(archive.folder, query, target, title=title, after=noted)
    if as_json:
        click.echo(to_json(plain(done) | {"path": str(done.path)}))
    else:
        without = done.articles - done.pages
        say(
            f"{done.pages:,} of {done.articles:,} articles in {target}: {done.captures:,} captures,"
            f" {done.bytes / 1e6:.1f} MB" + (f"; of {without:,} no raw page can be read" if without else "")
        )
    if done.damaged:
        first = "; ".join(done.damaged[:3])
        raise DamagedCapture(f"{len(done.damaged)} captures could not be read and are left out: {first}")
