"""``nightdesk offload``: closed WARC files into object storage, or back."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

import click

from archive.care.opened import archive_folder, existing
from archive.errors import ArchiveError
from archive.verb import plainly, say, to_json


@click.command()
@click.option("--to", "store", metavar="URL", help="Where to: s3://bucket/folder, file:///mnt/large …")
@click.option("--back", is_flag=True, help="Bring all files back that lie elsewhere.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object.")
@archive_folder
@plainly
def offload(*, folder: Path, store: str | None, back: bool, as_json: bool) -> None:
    """Move WARC files that are complete to another place; captures are read from there.

    The place is a URL that fsspec understands; how to log in there is told to its library, as by AWS_ACCESS_KEY_ID.
    Each file is removed here once its copy was read back.
    """
    if (store is None) == (not back):
        raise click.UsageError("say where to with --to URL, or bring the files back with --back")
    if store is not None and "://" not in store:
        raise click.UsageError(f"--to {store}: name a URL, such as s3://bucket/folder or file:///mnt/large")
    from archive.lock import WriterLock
    from archive.opening import open_to_read
    from archive.warcstore import bring_back, move_out

    lock = WriterLock(existing(folder), "offload")
    files = size = 0
    try:
        with closing(open_to_read(folder / "archive.db")) as db:
            names = [row[0] for row in db.execute("select path from warc_files where closed = 1 order by id")]
        for name in names:
            path = folder / name
            if back and bring_back(path):
                files, size = files + 1, size + path.stat().st_size
            elif store is not None and path.exists():
                files, size = files + 1, size + move_out(path, f"{store.rstrip('/')}/{name}").size
    except OSError as error:
        raise ArchiveError(f"{error.filename or folder}: {error.strerror or error}; run it again to go on") from error
    finally:
        lock.release()
    if as_json:
        click.echo(to_json({"files": files, "bytes": size}))
    else:
        say(f"{files:,} files, {size / 1e6:,.1f} MB {'brought back' if back else f'moved to {store}'}")
