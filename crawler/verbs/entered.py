"""What came of a list of newspapers, for a person or as JSON: added, known already, or wrong and why."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from crawler.sourcelist.proposal import Sorted


def print_entered(file: Path, found: Sorted, *, written: bool, as_json: bool) -> None:
    """Each line of the list and what came of it. ``written``: False, because of what is wrong nothing was added."""
    new = "added" if written else "not added"
    if as_json:
        _print_json(found, new)
    else:
        _print_plain(file, found, new)
    guessed = sum(each.guessed for each in found.new)
    if guessed:
        click.echo(f"{guessed} without a front page: that of the feed's host was taken, look at it", err=True)
    numbers = [(len(found.new), new), (len(found.known), "known already"), (len(found.wrong), "wrong")]
    click.echo(", ".join(f"{number} {what}" for number, what in numbers), err=True)
    if not written:
        click.echo("nothing was written; mend the list, or take the good lines: --skip-wrong", err=True)


def _print_plain(file: Path, found: Sorted, new: str) -> None:
    for added in found.new:
        guess = "\t(front page guessed)" if added.guessed else ""
        click.echo(f"{new}\t{added.name}\t{added.values['home']}{guess}")
    for known in found.known:
        same = f"\t(the newspaper of line {known.same_as})" if known.same_as else ""
        click.echo(f"known\t{known.name}\t{known.home}{same}")
    for wrong in found.wrong:
        click.echo(f"{file}:{wrong.line}: {wrong.reason}", err=True)


def _print_json(found: Sorted, new: str) -> None:
    rows: list[dict[str, object]] = [
        {"line": each.line, "outcome": new, "name": each.name, **each.values, "guessed": each.guessed}
        for each in found.new
    ]
    rows += [
        {"line": each.line, "outcome": "known", "name": each.name, "home": each.home, "same_as": each.same_as}
        for each in found.known
    ]
    rows += [{"line": each.line, "outcome": "wrong", "reason": each.reason} for each in found.wrong]
    for row in sorted(rows, key=lambda row: int(str(row["line"]))):
        click.echo(json.dumps(row, ensure_ascii=False, default=str))
