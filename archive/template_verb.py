"""``nightdesk template``: what was learnt of a source's pages, shown; and what somebody decides on it, written."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from archive.completion import complete_source
from archive.errors import DRIVER_ERRORS, CannotWrite
from archive.learnt import Learnt, LearntTemplate
from archive.reading import Archive
from archive.typeset import indented, new_console, put, styled
from archive.verb import reading, say, to_json

if TYPE_CHECKING:
    from archive.templates import TemplateStore


@click.command()
@click.argument("source", metavar="SOURCE", shell_complete=complete_source)
@click.option("--pin", metavar="LINE", help="Always leave out this line, given by its text or its fingerprint.")
@click.option("--release", metavar="LINE", help="Always leave this line in, however often it comes.")
@click.option("--all", "every", is_flag=True, help="Also the lines that are only watched so far.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object.")
@reading
def template(
    archive: Archive, *, source: str, pin: str | None, release: str | None, every: bool, as_json: bool
) -> None:
    """Show what SOURCE repeats on its pages: lines that its articles are kept without.

    They are learnt as articles come, after about a dozen of a source or of a new design. What is pinned or released
    by hand stays so, whatever is learnt. Articles that the archive has already are not changed.
    """
    if pin is not None and release is not None:
        raise click.UsageError("either --pin or --release")
    if pin is not None:
        _decided(_write(archive.folder, lambda templates: templates.pin(source, pin)), as_json=as_json)
    elif release is not None:
        _decided(_write(archive.folder, lambda templates: templates.release(source, release)), as_json=as_json)
    else:
        _show(archive.template(source), every=every, as_json=as_json)


def _write(folder: Path, decide: Callable[[TemplateStore], Learnt]) -> Learnt:
    from archive.writer import ArchiveWriter  # brings warcio: only who writes pays

    try:
        with ArchiveWriter(folder, purpose="template") as writer:
            return decide(writer.templates)
    except DRIVER_ERRORS as error:
        raise CannotWrite(f"{folder} cannot be written: {error}; nothing was changed") from error


def _decided(line: Learnt, *, as_json: bool) -> None:
    if as_json:
        click.echo(to_json(line))
        return
    _print_line(line)
    how = "go without it" if line.left_out else "keep it"
    say(f"from now on new articles {how}; those in the archive stay as they are")


def _show(learnt: LearntTemplate, *, every: bool, as_json: bool) -> None:
    shown = [line for line in learnt.lines if every or line.settled]
    if as_json:
        click.echo(to_json(replace(learnt, lines=tuple(shown))))
        return
    out = sum(line.left_out for line in learnt.lines)
    console = new_console()
    put(
        console,
        styled(f"{learnt.source}: {_many(out, 'line')} left out, learnt from {_many(learnt.articles, 'article')}"),
    )
    for line in shown:
        put(console)
        _print_line(line)
    if watched := len(learnt.lines) - len(shown):
        say(f"\n{_many(watched, 'line')} more came again and may yet be learnt; see --all")


def _print_line(line: Learnt) -> None:
    console = new_console()
    put(console, styled(line.text, style="bold" if line.left_out else ""))
    span = f"{line.first_day} to {line.last_day}" if line.first_day else ""
    put(console, indented(styled(" · ".join(filter(None, [line.state, line.told, span])), style="dim")))
    place = _place(line.place) if line.first_day else ""
    put(console, indented(styled(" · ".join(filter(None, [line.fingerprint, place])), style="dim")))


def _place(place: float) -> str:
    if place < 0.25:
        return "near the beginning"
    return "near the end" if place > 0.75 else "in the midst"


def _many(number: int, what: str) -> str:
    return f"{number:,} {what}{'' if number == 1 else 's'}"
