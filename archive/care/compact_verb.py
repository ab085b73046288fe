"""``nightdesk compact`` and ``nightdesk migrate``."""

from __future__ import annotations

from pathlib import Path

import click

from archive.care.opened import archive_folder, existing
from archive.verb import plainly, say, to_json


@click.command()
@click.option("--json", "as_json", is_flag=True, help="One JSON object.")
@archive_folder
@plainly
def compact(*, folder: Path, as_json: bool) -> None:
    """Pack the database and its full-text index, and say what that gained. Needs as much free disk as it has."""
    from archive.care.compact import compact as make_small
    from archive.writer import ArchiveWriter

    with ArchiveWriter(existing(folder), purpose="compact") as writer:
        done = make_small(writer)
    if as_json:
        click.echo(to_json(done))
        return
    gained = done.before - done.after
    say(
        f"{done.before / 1_000_000:,.1f} MB before, {done.after / 1_000_000:,.1f} MB after: "
        f"{gained / 1_000_000:,.1f} MB gained ({100 * gained / max(done.before, 1):.0f} %)"
    )
    if not done.emptied:
        say("somebody reads the database: its journal is emptied later")


@click.command()
@click.option("--json", "as_json", is_flag=True, help="One JSON object.")
@archive_folder
@plainly
def migrate(*, folder: Path, as_json: bool) -> None:
    """Bring an archive of an earlier nightdesk to this one, with a copy of its database beside it."""
    from archive.care.migration import bring_forward

    done = bring_forward(existing(folder))
    if as_json:
        click.echo(to_json(done))
    elif done.copy is None:
        say(f"{folder} is of this version: there is nothing to do")
    else:
        say(f"{len(done.steps)} steps taken: {', '.join(done.steps)}")
        say(f"the database as it was: {done.copy}; delete it when all is well")
