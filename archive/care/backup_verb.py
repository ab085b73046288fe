"""``nightdesk backup`` and ``nightdesk restore``."""

from __future__ import annotations

from pathlib import Path

import click

from archive.care.opened import archive_folder, existing
from archive.care.verify_verb import Line
from archive.verb import plainly, say, to_json

_FOLDER = click.Path(file_okay=False, path_type=Path)


@click.command()
@click.argument("to", metavar="TO", type=_FOLDER)
@click.option("--verify", "check", is_flag=True, help="Read all of the backup back, and compare every digest.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object.")
@archive_folder
@plainly
def backup(to: Path, *, folder: Path, check: bool, as_json: bool) -> None:
    """Copy the archive to the folder TO, also beside a crawl; the next time only what has changed."""
    from archive.care.backup import back_up

    progress = Line()
    done = back_up(existing(folder), to, progress, check=check)
    progress.clear()
    if as_json:
        click.echo(to_json(done))
    else:
        say(
            f"{to}: {done.copied:,} files copied ({done.bytes / 1_000_000:,.1f} MB), {done.unchanged:,} had not changed"
            + (", all read back" if check and not done.wrong else "")
        )
    for path in done.lost:
        say(f"the archive has lost {path}; see `nightdesk verify`")
    for what in done.wrong:
        say(what)
    if done.wrong or done.lost:
        raise SystemExit(1)


@click.command()
@click.argument("source", metavar="FROM", type=_FOLDER)
@click.argument("to", metavar="TO", type=_FOLDER)
@click.option("--json", "as_json", is_flag=True, help="One JSON object.")
@plainly
def restore(source: Path, to: Path, *, as_json: bool) -> None:
    """Make an archive in the new folder TO of the backup in FROM. Every file is checked, then the whole of it."""
    from archive.care.backup import restore as bring_back
    from archive.care.verify import verify

    progress = Line()
    files = bring_back(source, to, progress)
    faults = list(verify(to, progress, quick=True))
    progress.clear()
    if as_json:
        click.echo(to_json({"files": files, "faults": faults}))
    else:
        say(f"{to}: {files:,} files restored, every digest right")
        for damage in faults:
            say(f"{damage.kind}: {damage.where}: {damage.what}")
    if faults:
        raise SystemExit(1)
