"""``nightdesk schedule``: a ready unit for this archive."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

import click

from crawler.verbs.option import archive_option


def _clock(_context: click.Context, _option: click.Parameter, value: str | None) -> str | None:
    from datetime import datetime

    from crawler.night.budget import read_deadline

    if value is None:
        return None
    try:
        return f"{read_deadline(value, datetime.now().astimezone()):%H:%M}"
    except ValueError as error:
        raise click.BadParameter(str(error)) from None


@click.command()
@click.option("--systemd", "kind", flag_value="systemd", help="A service and its timer, for /etc/systemd/system.")
@click.option("--cron", "kind", flag_value="cron", help="A line for crontab -e.")
@click.option("--kubernetes", "kind", flag_value="kubernetes", help="A CronJob, for kubectl apply -f -.")
@click.option("--at", default="02:15", show_default=True, metavar="HH:MM", callback=_clock, help="When it begins.")
@click.option("--deadline", metavar="HH:MM", callback=_clock, help="When nothing new is begun any more.")
@click.option("--user", metavar="NAME", help="systemd: the user that it runs as.")
@click.option(
    "--to", type=click.Path(file_okay=False, path_type=Path), metavar="DIR", help="systemd: write the files there."
)
@click.option("--image", default="nightdesk", show_default=True, help="Kubernetes: the container image.")
@click.option("--claim", default="nightdesk", show_default=True, help="Kubernetes: the archive's volume claim.")
@archive_option
def schedule(
    kind: str | None,
    at: str,
    deadline: str | None,
    user: str | None,
    to: Path | None,
    image: str,
    claim: str,
    archive: Path,
) -> None:
    """Print a ready unit that runs `nightdesk nightly` for this archive every night."""
    from crawler.night.schedule import Plan, cron_line, kubernetes_manifest, systemd_units

    if kind is None:
        raise click.UsageError("say which: --systemd, --cron or --kubernetes")
    plan = Plan(program=_program(), folder=archive.resolve(), at=at, deadline=deadline, user=user)
    if kind == "cron":
        click.echo(cron_line(plan), nl=False)
    elif kind == "kubernetes":
        click.echo(kubernetes_manifest(plan, image=image, claim=claim), nl=False)
    else:
        _give_units(systemd_units(plan), to)


def _program() -> Path:
    """The nightdesk that is running, or the one beside this Python."""
    named = shutil.which(sys.argv[0]) if Path(sys.argv[0]).name == "nightdesk" else None
    return Path(named).absolute() if named else Path(sys.executable).with_name("nightdesk")


def _give_units(units: dict[str, str], to: Path | None) -> None:
    from archive.errors import CannotWrite

    for name, text in units.items():
        if to is None:
            click.echo(f"# {name}\n{text}")
            continue
        try:
            to.mkdir(parents=True, exist_ok=True)
            (to / name).write_text(text, encoding="utf-8")
        except OSError as error:
            raise CannotWrite(f"{to / name} cannot be written: {error.strerror}") from error
        click.echo(str(to / name))
    if to is not None:
        click.echo("Next: systemctl daemon-reload; systemctl enable --now nightdesk.timer", err=True)
