"""``nightdesk merge``: archives joined into one."""

from __future__ import annotations

import shutil
from pathlib import Path

import click

from archive.care.merge import Merged
from archive.care.opened import existing
from archive.verb import plainly, say, to_json

_FOLDER = click.Path(file_okay=False, path_type=Path)


@click.command()
@click.argument("folders", metavar="A B…", nargs=-1, required=True, type=_FOLDER)
@click.option("--into", metavar="C", type=_FOLDER, help="A new or other archive that all of them are joined into.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object for each archive that is joined in.")
@plainly
def merge(folders: tuple[Path, ...], *, into: Path | None, as_json: bool) -> None:
    """Join archives: B and those after it into A, or all of them into C. Doing it again changes nothing."""
    target, parts = (into, folders) if into else (folders[0], folders[1:])
    if not parts:
        raise click.UsageError("name two archives at least, or where to join it with --into")
    for folder in folders:
        existing(folder)
    from archive.afterwards import catch_up
    from archive.care.merge import merge_into
    from archive.writer import ArchiveWriter

    with ArchiveWriter(target, purpose="merge") as writer:
        for part in parts:
            merged = merge_into(writer, part)
            if as_json:
                click.echo(to_json({"from": str(part), "into": str(target)} | to_dict(merged)))
            else:
                say(f"{part}: {_told(merged)}")
        catch_up(writer)
    _take_sources(target, folders)


def to_dict(merged: Merged) -> dict[str, int]:
    """The numbers of a merge by name."""
    return {name: getattr(merged, name) for name in Merged.__slots__}


def _told(merged: Merged) -> str:
    if not merged:
        return "nothing that was not there already"
    parts = [
        f"{number:,} {what}"
        for number, what in (
            (merged.articles, "new articles"),
            (merged.changed, "that both have, joined"),
            (merged.urls, "URLs"),
            (merged.captures, "captures"),
            (merged.files, "WARC files"),
            (merged.runs, "runs"),
            (merged.tombstones, "tombstones"),
            (merged.removed, "articles removed for a tombstone"),
        )
        if number
    ]
    return ", ".join(parts) or "nothing that was not there already"


def _take_sources(target: Path, folders: tuple[Path, ...]) -> None:
    """A new archive gets the first one's list of sources; lists that differ are left to the operator."""
    ours = target / "sources.toml"
    lists = [folder / "sources.toml" for folder in folders if (folder / "sources.toml").exists()]
    if lists and not ours.exists():
        shutil.copyfile(lists[0], ours)
    others = [path for path in lists if ours.exists() and path.read_bytes() != ours.read_bytes()]
    for path in others:
        say(f"{path} declares other sources than {ours}: add those that are to be crawled with `nightdesk sources add`")
