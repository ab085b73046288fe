"""``nightdesk verify``: is all of it there, and as it was stored?"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import click

from archive.care.damage import Damage
from archive.care.opened import archive_folder, existing
from archive.lock import writer_is_at_work
from archive.verb import plainly, say, to_json


@click.command()
@click.option("--repair", "mend", is_flag=True, help="Mend what the articles or the WARC allow; flag what they do not.")
@click.option("--quick", is_flag=True, help="Read neither the WARC files nor the texts: seconds, not minutes.")
@click.option("--json", "as_json", is_flag=True, help="JSON Lines, one fault a line.")
@archive_folder
@plainly
def verify(*, folder: Path, mend: bool, quick: bool, as_json: bool) -> None:
    """Check every row and every raw byte, and name what is damaged. Exit status 1: something is, and was not mended."""
    from archive.care.verify import verify as check

    progress = Line()
    beside = not mend and writer_is_at_work(existing(folder))
    found, left = 0, 0
    for damage in _mended(folder, progress) if mend else check(folder, progress, quick=quick):
        progress.clear()
        found += 1
        left += not damage.mended
        click.echo(to_json(damage) if as_json else _line(damage))
    progress.clear()
    if beside and not quick:
        say("somebody writes to the archive: the words of the index were not compared with the texts")
    if not found:
        say("all that was looked at is whole")
        return
    say(f"{found:,} {'fault' if found == 1 else 'faults'}" + (f", {found - left:,} mended" if mend else ""))
    if left:
        if not mend:
            say("`nightdesk verify --repair` mends what can be; `nightdesk restore` brings a backup back")
        raise SystemExit(1)


def _mended(folder: Path, progress: Line) -> Iterator[Damage]:
    from archive.care.repair import repair
    from archive.care.verify import verify as check
    from archive.writer import ArchiveWriter

    damages = list(check(folder, progress))
    if damages:
        with ArchiveWriter(folder, purpose="verify") as writer:
            yield from repair(writer, damages)


def _line(damage: Damage) -> str:
    article = f"  [{damage.article}]" if damage.article else ""
    return f"{damage.kind}: {damage.where}: {damage.what}{article}{'  (mended)' if damage.mended else ''}"


class Line:
    """How far a check has got, on one line of a terminal; nothing where standard error is none."""

    def __init__(self) -> None:
        self._shown = 0
        self._terminal = sys.stderr.isatty()

    def __call__(self, what: str, done: int, of: int) -> None:
        """Tell it."""
        if self._terminal:
            text = f"{what}: {100 * done // max(of, 1)} %"
            click.echo(f"\r{text:<{self._shown}}", nl=False, err=True)
            self._shown = len(text)

    def clear(self) -> None:
        """Make room for a line of what was found."""
        if self._shown:
            click.echo(f"\r{'':<{self._shown}}\r", nl=False, err=True)
            self._shown = 0
