"""The command line completed by the shell: the script for it, and the names that an archive knows."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path

import click
from click.shell_completion import CompletionItem, get_completion_class

from archive.errors import DRIVER_ERRORS, ArchiveError

_SHELLS = ("bash", "zsh", "fish")
_WHERE = {"bash": "~/.bashrc", "zsh": "~/.zshrc", "fish": "~/.config/fish/completions/nightdesk.fish"}
_NAME = "nightdesk"


@click.command()
@click.argument("shell", type=click.Choice(_SHELLS), required=False)
@click.pass_context
def completion(ctx: click.Context, shell: str | None) -> None:
    """Print what makes SHELL complete commands, options and names of sources; the present shell if not given.

    \b
    nightdesk completion bash >> ~/.bashrc
    nightdesk completion zsh >> ~/.zshrc
    nightdesk completion fish > ~/.config/fish/completions/nightdesk.fish
    """
    shell = shell or Path(os.environ.get("SHELL", "")).name
    kind = get_completion_class(shell) if shell in _SHELLS else None
    if kind is None:
        raise click.UsageError(f"which shell? One of {', '.join(_SHELLS)}")
    script = kind(ctx.find_root().command, {}, _NAME, f"_{_NAME.upper()}_COMPLETE")
    click.echo(script.source())
    click.echo(f"for all shells to come: nightdesk completion {shell} >> {_WHERE[shell]}", err=True)


def complete_source(ctx: click.Context, _parameter: click.Parameter, begun: str) -> list[CompletionItem]:
    """Names of the archive's sources that begin so. An archive that cannot be read has none."""
    return [CompletionItem(name) for name in _known(ctx) if name.startswith(begun)]


def _known(ctx: click.Context) -> list[str]:
    from archive.reading import Archive

    folder = ctx.params.get("folder") or os.environ.get("NIGHTDESK_ARCHIVE") or "."
    with suppress(ArchiveError, *DRIVER_ERRORS), Archive(str(folder)) as archive:
        return archive.source_names()
    return []
