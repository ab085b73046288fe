"""``nightdesk cdxj``: the index by which other programs find captures in the WARC files."""

from __future__ import annotations

import json
from contextlib import closing
from pathlib import Path

import click

from archive.completion import complete_source
from archive.errors import NotFound
from archive.reading import Archive
from archive.verb import reading, say


@click.command()
@click.option("--to", "target", type=click.Path(path_type=Path), metavar="FILE", help="Where to write; else stdout.")
@click.option("--source", metavar="NAME", help="Only of this source.", shell_complete=complete_source)
@click.option("--json", "as_json", is_flag=True, help="JSON Lines, with urlkey and timestamp in each object.")
@reading
def cdxj(archive: Archive, *, target: Path | None, source: str | None, as_json: bool) -> None:
    """Write an index of all captures as CDXJ, sorted, as pywb and others read it.

    File names in it begin at the archive's folder.
    """
    from archive.cdxj import iter_cdxj
    from archive.export import check_new_file, whole_file
    from archive.opening import open_to_read

    with closing(open_to_read(archive.folder / "archive.db")) as db:
        if source is not None and not db.execute("select 1 from sources where id = ?", [source]).fetchone():
            raise NotFound(f"no source is called {source!r}; nightdesk stats lists them")
        lines = iter_cdxj(db, source=source)
        lines = map(_as_object, lines) if as_json else lines
        if target is None:
            for line in lines:
                click.echo(line)
            return
        check_new_file(target)
        with whole_file(target) as file:
            number = sum(file.write(line.encode() + b"\n") > 0 for line in lines)
    say(f"{number:,} captures indexed in {target}")


def _as_object(line: str) -> str:
    key, stamp, told = line.split(" ", 2)
    return json.dumps({"urlkey": key, "timestamp": stamp} | json.loads(told))
