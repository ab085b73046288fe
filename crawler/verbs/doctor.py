"""``nightdesk doctor``: what would keep a night from going well, and what to do about it."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from crawler.verbs.option import archive_option

if TYPE_CHECKING:
    from crawler.night.doctor import Finding

_MARKS = {"fine": ("ok", "green"), "warning": ("warning", "yellow"), "wrong": ("wrong", "red")}


@click.command()
@click.option("--json", "as_json", is_flag=True, help="One JSON object a finding.")
@archive_option
def doctor(as_json: bool, archive: Path) -> None:
    """Check the installation, the machine and the archive; name what is wrong and its remedy.

    Asks nothing of the network, changes nothing. Status 1 if something is wrong, 0 if there are only warnings.
    """
    from dataclasses import asdict

    from crawler.night.doctor import examine

    wrong = False
    for finding in examine(archive):
        wrong = wrong or finding.grade == "wrong"
        if as_json:
            click.echo(json.dumps(asdict(finding), ensure_ascii=False))
        else:
            _print(finding)
    if wrong:
        sys.exit(1)


def _print(finding: Finding) -> None:
    mark, colour = _MARKS[finding.grade]
    first, *more = finding.said.splitlines() or [""]
    click.echo(f"{click.style(f'{mark:<8}', fg=colour)} {finding.name:<12} {first}")
    for line in more:
        click.echo(f"{'':<21} {line}")
    if finding.remedy:
        click.echo(f"{'':<21} → {finding.remedy}")
