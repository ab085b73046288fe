"""``nightdesk takedown``: a page or a domain out of the archive for good, with a tombstone in its place."""

from __future__ import annotations

import getpass
from pathlib import Path

import click

from archive.care.opened import archive_folder, existing
from archive.care.takedown import Takedown
from archive.care.tombstones import Tombstone
from archive.record import plain
from archive.verb import plainly, say, to_json


@click.command()
@click.argument("name", metavar="[URL|ID|DOMAIN]", required=False)
@click.option("--reason", metavar="TEXT", help="Why; it is kept with the tombstone.")
@click.option("--by", "who", metavar="NAME", help="Who decides it; your user name if not given.")
@click.option("--lists", "lists_too", is_flag=True, help="Also overwrite raw feeds, fronts and sitemaps that quote it.")
@click.option("--dry-run", is_flag=True, help="Only say what would be removed.")
@click.option("--list", "listed", is_flag=True, help="What was taken down so far.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object; with --list one a line.")
@archive_folder
@plainly
def takedown(
    name: str | None,
    *,
    folder: Path,
    reason: str | None,
    who: str | None,
    lists_too: bool,
    dry_run: bool,
    listed: bool,
    as_json: bool,
) -> None:
    """Take a page down: its texts, words and traces, and its raw record. Later crawls refuse it."""
    if listed:
        if name or reason:
            raise click.UsageError("--list takes no name and no --reason")
        _list(folder, as_json=as_json)
        return
    if not name:
        raise click.UsageError("name a URL, an article's id or a domain, or ask with --list what was taken down")
    if not reason and not dry_run:
        raise click.UsageError("say why with --reason: it is kept with the tombstone")
    from archive.care.takedown import take_down
    from archive.times import utc_now
    from archive.writer import ArchiveWriter

    with ArchiveWriter(existing(folder), purpose="takedown", dry_run=dry_run) as writer:
        done = take_down(
            writer, name, reason=reason or "", who=who or getpass.getuser(), now=utc_now(), lists_too=lists_too
        )
    if as_json:
        click.echo(to_json(plain(done) | {"dry_run": dry_run}))
    else:
        _tell(done, dry_run=dry_run)


def _list(folder: Path, *, as_json: bool) -> None:
    from archive.reading import Archive

    with Archive(folder) as archive:
        stones = list(archive.tombstones())
    for stone in stones:
        click.echo(to_json(stone) if as_json else _line(stone))
    if not stones:
        say("nothing was taken down so far")


def _line(stone: Tombstone) -> str:
    told = f"{stone.at:%Y-%m-%d %H:%M}  {stone.id or stone.scope:<16}  {stone.name}  {stone.reason} ({stone.who})"
    return told if stone.finished else f"{told}  (its bytes are still to be overwritten: by whoever writes next)"


def _tell(done: Takedown, *, dry_run: bool) -> None:
    for id_, title in done.articles:
        click.echo(f"{id_}  {title}")
    for path in done.files:
        click.echo(path)
    quoting = "overwritten as well" if done.lists_too else "left as they are; --lists overwrites them too"
    say(
        f"{'would be removed' if dry_run else 'removed'}: {_many(len(done.articles), 'article')},"
        f" {_many(done.revisions, 'earlier text')}, {_many(done.urls, 'URL')} refused from now on,"
        f" {_many(done.captures, 'raw record')} overwritten, {_many(len(done.files), 'report')} deleted"
    )
    if done.lists:
        say(f"{_many(done.lists, 'raw list')} (feeds, fronts, sitemaps) quote it: {quoting}")
    if not (done.articles or done.urls or done.captures):
        say(f"nothing of {done.name} is in the archive; it {'would be' if dry_run else 'is'} refused from now on")
    for noted in done.exports:
        say(f"an export of {noted.at:%Y-%m-%d %H:%M} held it: {noted.path or 'to a stream'}")
    for why in done.unread:
        say(f"not all exports that held it are known: {why}")
    for path in done.copies:
        say(f"{path}, from before a migration, still holds it: delete it")
    if not done.scrubbed:
        say("somebody reads the database: its journal is emptied by the next command that writes")
    if not dry_run:
        say("backups made before still hold it: make the next one to bring them up to date")


def _many(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'' if number == 1 else 's'}"
